"""Which scheme a jurisdiction follows."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from gridsvc.database.kept import kept
from gridsvc.database.tables import Jurisdiction
from gridsvc.database.tables import Scheme as SchemeRow
from gridsvc.domain.schemes import Scheme, parse_scheme


def scheme_of(session: Session, jurisdiction_id: int) -> Scheme:
    """Return the scheme of a jurisdiction."""
    return parsed(*_stored(session, jurisdiction_id))


@kept
def _stored(session: Session, jurisdiction_id: int) -> tuple[str, str]:
    stored = select(SchemeRow.key, SchemeRow.body).join(Jurisdiction, Jurisdiction.scheme_id == SchemeRow.id)
    key, body = session.execute(stored.where(Jurisdiction.id == jurisdiction_id)).one()
    return key, body


@lru_cache(maxsize=64)
def parsed(key: str, body: str) -> Scheme:
    """Read a stored scheme; the same text is read once a process."""
    return parse_scheme(body, name=key)
