"""Undoing an edition."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypedDict

from flask import request

from gridsvc.api import reader
from gridsvc.api.shapes import jurisdiction as jurisdiction_called
from gridsvc.database.queries import jurisdictions
from gridsvc.database.session import transaction
from gridsvc.errors import MissingPrecondition, Stale
from gridsvc.operations.undoing import undo_edition


class Undone(TypedDict):
    """The edition that undoes another."""

    edition: int
    undoes: int
    opened: int
    closed: int


def undo(serial: int, jurisdiction: str) -> Undone:
    """Give back what an edition changed, as an edition of its own from now on; If-Match names the last edition that was seen."""
    place, actor = jurisdiction_called(jurisdiction), reader.actor()
    with transaction(actor) as session:
        last = jurisdictions.editions(session, place.id)[-1].serial
        if not request.if_match:
            raise MissingPrecondition("Undoing an edition needs If-Match with the last edition, here {last}.", last=f'"{last}"')
        if not request.if_match.contains(str(last)):
            raise Stale("The last edition is {last} now; look at it again.", last=last)
        made = undo_edition(session, actor, place.id, serial, at=datetime.now(UTC))
    return {"edition": made.serial, "undoes": serial, "opened": made.opened, "closed": made.closed}
