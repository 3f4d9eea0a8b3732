"""The things of a jurisdiction as files carry them away: rows by the importer's fields, geometry, whom to name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.records import Attributes, Geometries
from gridsvc.database.queries.coverage import from_wkb
from gridsvc.database.queries.jurisdictions import JurisdictionRow
from gridsvc.database.queries.time import holds
from gridsvc.domain.buildings import USES
from gridsvc.domain.paths import EVERYWHERE
from gridsvc.domain.permissions import NOBODY, Action, may_anywhere, require
from gridsvc.domain.streets import CLASSES
from gridsvc.domain.units import KINDS
from gridsvc.errors import NotFound

Words: TypeAlias = Callable[[JurisdictionRow, Any], object]
"""From a stored key to the word that people use in Chinese."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an export."""

    title: str
    """Its header in Chinese; the importer knows it as the same field."""
    sql: str
    words: Words | None = None
    action: Action | None = None
    """What the reader has to be allowed, at least somewhere, to see the column at all; row security keeps its cells."""


@dataclass(frozen=True, slots=True)
class Export:
    """Where a noun comes from: `n` is the thing, `v` its version, `{holds:x}` the condition that a row of x holds."""

    columns: Mapping[str, Column]
    """By the name of the importer's field."""
    tables: str
    under: str
    """The condition that it stands at or below :path."""
    source: str = "n.source"
    action: Action | None = None
    """What the reader of a protected noun has to be allowed, at least somewhere; row security keeps the rows."""


def _named(table: Mapping[str, Any]) -> Words:
    return lambda _, key: table[key].name_zh if key in table else key


def _level(place: JurisdictionRow, number: int) -> str:
    levels = place.scheme.levels
    return levels[min(number, len(levels)) - 1].name_zh


def versions(noun: str, *joined: str) -> str:
    """Return the tables of a noun that has versions, and those joined to them."""
    return " ".join([f"{noun} n JOIN {noun}_version v ON v.{noun}_id = n.id AND {{holds:v}}", *joined])


def placed(noun: str) -> str:
    """Return the condition that a thing which belongs to leaves stands at or below :path."""
    return f"""EXISTS (SELECT FROM {noun}_place p JOIN unit_version u ON u.unit_id = p.unit_id AND {{holds:u}}
    WHERE p.{noun}_id = n.id AND {{holds:p}} AND u.path <@ cast(:path AS ltree))"""


CROSSING = """EXISTS (SELECT FROM unit_version u WHERE u.path = cast(:path AS ltree) AND {holds:u}
    AND ST_Intersects(v.geom, u.geom) AND NOT ST_Touches(v.geom, u.geom))"""
"""The condition that a thing which belongs to no leaf lies at least in part on the ground of :path."""

COMPOUND = "LEFT JOIN compound_version c ON c.compound_id = v.compound_id AND {holds:c}"
"""The compound of what belongs to one."""

ID = Column("标识", "n.public_id::text")
REF = Column("编号", "CASE WHEN n.source_ref NOT LIKE '#%' THEN n.source_ref END")
"""What its source calls it; one without a number has a digest there, which is nobody's number."""
NAME = Column("名称", "v.name")

EXPORTS: dict[str, Export] = {
    "units": Export(
        {
            "id": ID,
            "code": Column("编码", "v.code"),
            "name": NAME,
            "level": Column("层级", "v.level", _level),
            "parent": Column("上级编码", "coalesce(above.code, above.name)"),
            "kind": Column("类型", "v.kind", _named(KINDS)),
        },
        "unit n JOIN unit_version v ON v.unit_id = n.id AND {holds:v} AND v.kind <> 'remainder' "
        "LEFT JOIN unit_version above ON above.unit_id = v.parent_id AND {holds:above}",
        "v.path <@ cast(:path AS ltree)",
        source="v.source",
    ),
    "compounds": Export({"id": ID, "ref": REF, "name": NAME}, versions("compound"), CROSSING),
    "buildings": Export(
        {
            "id": ID,
            "ref": REF,
            "name": NAME,
            "use": Column("用途", "v.use", _named(USES)),
            "floors": Column("层数", "v.floors"),
            "height_m": Column("高度", "v.height_m"),
            "compound": Column("小区", "c.name"),
            "households": Column("户数", "CASE h.basis WHEN 'counted' THEN h.households END", action=Action.READ_HOUSEHOLDS),
            "households_estimated": Column(
                "户数(估算)", "CASE h.basis WHEN 'estimated' THEN h.households END", action=Action.READ_HOUSEHOLDS
            ),
            "shops": Column("商户数", "h.shops", action=Action.READ_HOUSEHOLDS),
        },
        versions("building", COMPOUND, "LEFT JOIN building_households h ON h.building_id = n.id AND {holds:h}"),
        placed("building"),
    ),
    "streets": Export(
        {"id": ID, "ref": REF, "name": NAME, "street_class": Column("道路等级", "v.street_class", _named(CLASSES))},
        versions("street"),
        CROSSING,
    ),
}
"""What can be carried away; the keys are those of the importers."""


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
    number = "NULL" if wanted.noun == "units" else "n.source_ref"
    statement = f"""
    SELECT n.id, {export.source}, {number}, ST_AsBinary(v.geom), {listed} FROM {export.tables}
    WHERE {" AND ".join(["n.jurisdiction_id = :jurisdiction_id", *conditions])} ORDER BY n.id LIMIT :most
    """
    held = re.sub(r"\{holds:(\w+)\}", lambda found: holds(found[1], wanted.as_of), statement)
    found = session.execute(text(held), given | {"jurisdiction_id": jurisdiction_id, "as_of": wanted.as_of}).all()
    rows = [dict(zip(columns, row[4:], strict=True)) for row in found]
    return Exported(
        columns, rows, from_wkb([row[3] for row in found]), [row[0] for row in found], [row[1] for row in found], [row[2] for row in found]
    )
