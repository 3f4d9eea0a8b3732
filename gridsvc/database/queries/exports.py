"""The things of a jurisdiction as files carry them away: rows by the importer's fields, geometry, whom to name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.records import Attributes, Geometries
from gridsvc.database.queries.coverage import from_wkb
from gridsvc.database.queries.export_nouns import EXPORTS, Column
from gridsvc.database.queries.jurisdictions import JurisdictionRow
from gridsvc.database.queries.time import holds
from gridsvc.domain.paths import EVERYWHERE
from gridsvc.domain.permissions import NOBODY, may_anywhere, require
from gridsvc.errors import NotFound

__all__ = ["EXPORTS", "Exported", "Wanted", "exported", "exported_by_id"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a noun somebody wants."""

    noun: str
    """A key of EXPORTS."""
    as_of: datetime | None = None
    under: str | None = None
    """The code of a unit; None is the whole jurisdiction."""
    source: str | None = None
    """Whose numbering; None is everybody's."""


@dataclass(frozen=True, slots=True, eq=False)
class Exported:
    """Rows that are wanted, by the time they came."""

    columns: Mapping[str, Column]
    """Those that the reader may see."""
    rows: list[Attributes]
    """By field, with stored keys, not words."""
    geometry: Geometries
    ids: list[int]
    sources: list[str]
    """Whose numbering each follows."""
    refs: list[str | None]
    """What each is called there; None for a unit."""
    clear: list[bool]
    """Whether the reader may have the private values of each in full, for a reason."""


def exported(session: Session, place: JurisdictionRow, wanted: Wanted, most: int | None = None) -> Exported:
    """Return the rows of a noun, the oldest first, at most `most`, with the columns that the reader may see.

    Raises NotSignedIn or NotAllowed for a protected noun, NotFound for a unit that is not there.
    """
    export = EXPORTS[wanted.noun]
    given = {"source": wanted.source, "path": _path(session, place, wanted), "most": most}
    conditions = {f"{export.source} = :source": wanted.source is not None, export.under: wanted.under is not None}
    return _exported(session, place.id, wanted, [condition for condition, asked in conditions.items() if asked], given)


def exported_by_id(session: Session, jurisdiction_id: int, noun: str, ids: Sequence[UUID]) -> Exported:
    """Return those of these things that stand here now."""
    return _exported(session, jurisdiction_id, Wanted(noun), ["n.public_id = ANY(:ids)"], {"ids": list(ids), "most": None})


def _path(session: Session, place: JurisdictionRow, wanted: Wanted) -> str | None:
    if wanted.under is None:
        return None
    unit = f"SELECT v.path::text FROM unit_version v WHERE v.jurisdiction_id = :id AND v.code = :code AND {holds('v', wanted.as_of)}"
    path: str | None = session.scalar(text(unit), {"id": place.id, "code": wanted.under, "as_of": wanted.as_of})
    if path is None:
        raise NotFound("{slug} has no unit with the code {code!r} at that time.", slug=place.slug, code=wanted.under)
    return path


def _exported(session: Session, jurisdiction_id: int, wanted: Wanted, conditions: list[str], given: dict[str, Any]) -> Exported:
    export, actor = EXPORTS[wanted.noun], session.info.get("actor", NOBODY)
    if export.action is not None and not may_anywhere(actor, export.action):
        require(actor, export.action, EVERYWHERE)
    columns = {name: column for name, column in export.columns.items() if column.action is None or may_anywhere(actor, column.action)}
    listed = ", ".join(column.sql for column in columns.values())
    statement = f"""
    SELECT n.id, {export.source}, {export.number}, {export.geometry}, {export.clear}, {listed} FROM {export.tables}
    WHERE {" AND ".join(["n.jurisdiction_id = :jurisdiction_id", *conditions])} ORDER BY n.id LIMIT :most
    """
    held = re.sub(r"\{holds:(\w+)\}", lambda found: holds(found[1], wanted.as_of), statement)
    found = session.execute(text(held), given | {"jurisdiction_id": jurisdiction_id, "as_of": wanted.as_of}).all()
    rows = [dict(zip(columns, row[5:], strict=True)) for row in found]
    for name, opened in ((name, column.opened) for name, column in columns.items() if column.opened):
        for row in rows:
            row[name] = None if row[name] is None else opened(row[name])
    ids, sources, refs, clear = ([row[at] for row in found] for at in (0, 1, 2, 4))
    return Exported(columns, rows, from_wkb([row[3] for row in found]), ids, sources, refs, clear)
