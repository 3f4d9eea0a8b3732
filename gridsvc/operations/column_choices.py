"""Which column of a source's files holds what: kept when a file is brought in, the first guess for the next one."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from gridsvc.database.tables import ColumnChoice


def last(session: Session, jurisdiction_id: int, source: str, noun: str) -> dict[str, str]:
    """Return field -> header as they were when a file of this source last brought in this noun; {} where none did.

    Needs the right to import there: row security shows nothing to others.
    """
    key = (ColumnChoice.jurisdiction_id == jurisdiction_id, ColumnChoice.source == source, ColumnChoice.noun == noun)
    return dict(session.scalar(select(ColumnChoice.columns).where(*key)) or {})


def keep(session: Session, jurisdiction_id: int, source: str, noun: str, columns: Mapping[str, str]) -> None:
    """Remember these columns in place of the last ones; the right to import was asked for by the import."""
    given = {"jurisdiction_id": jurisdiction_id, "source": source, "noun": noun, "columns": dict(columns)}
    fresh = {"columns": given["columns"], "chosen_at": func.now()}
    keys = ["jurisdiction_id", "source", "noun"]
    session.execute(insert(ColumnChoice).values(given).on_conflict_do_update(index_elements=keys, set_=fresh))
