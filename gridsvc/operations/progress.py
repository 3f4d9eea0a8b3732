"""Long work says how far it is, to whoever listens."""

from __future__ import annotations

from sqlalchemy.orm import Session


class Cancelled(Exception):
    """Somebody asked to stop."""


def listen(session: Session, listener: object) -> None:
    """Have `listener(template, values)` called at each step of this session's work."""
    session.info["progress"] = listener


def report(session: Session, template: str, **values: object) -> None:
    """Say what is being done now: an English template with its values."""
    listener = session.info.get("progress")
    if listener is not None:
        listener(template, values)
