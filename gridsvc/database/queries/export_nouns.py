"""Which nouns leave as files: the columns of each by the importer's fields, and where they come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from geodata.records import Attributes
from gridsvc.database.queries.export_figures import UNIT_FIGURES, unit_figures
from gridsvc.database.queries.jurisdictions import JurisdictionRow
from gridsvc.domain import barriers, buildings, fire_lanes, gates, parking, stations, streets, units
from gridsvc.domain.permissions import Action

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

    title: str
    """What files in Chinese are called by."""
    columns: Mapping[str, Column]
    """By the name of the importer's field."""
    tables: str
    under: str
    """The condition that it stands at or below :path."""
    source: str = "n.source"
    action: Action | None = None
    """What the reader of a protected noun has to be allowed, at least somewhere; row security keeps the rows."""
    figures: Callable[[Session, Sequence[int], datetime | None, str], list[Attributes]] | None = None
    """What is computed of things besides, by id, as of an instant, in a language; nothing that an import takes back."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """The headers of the figures in Chinese."""


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
OF_COMPOUND = Column("小区", "c.name")

EXPORTS: dict[str, Export] = {
    "units": Export(
        "网格",
        {
            "id": ID,
            "code": Column("编码", "v.code"),
            "name": NAME,
            "level": Column("层级", "v.level", _level),
            "parent": Column("上级编码", "coalesce(above.code, above.name)"),
            "kind": Column("类型", "v.kind", _named(units.KINDS)),
        },
        "unit n JOIN unit_version v ON v.unit_id = n.id AND {holds:v} AND v.kind <> 'remainder' "
        "LEFT JOIN unit_version above ON above.unit_id = v.parent_id AND {holds:above}",
        "v.path <@ cast(:path AS ltree)",
        source="v.source",
        figures=unit_figures,
        titles=UNIT_FIGURES,
    ),
    "compounds": Export("小区", {"id": ID, "ref": REF, "name": NAME}, versions("compound"), CROSSING),
    "buildings": Export(
        "楼栋",
        {
            "id": ID,
            "ref": REF,
            "name": NAME,
            "use": Column("用途", "v.use", _named(buildings.USES)),
            "floors": Column("层数", "v.floors"),
            "height_m": Column("高度", "v.height_m"),
            "compound": OF_COMPOUND,
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
        "道路",
        {"id": ID, "ref": REF, "name": NAME, "street_class": Column("道路等级", "v.street_class", _named(streets.CLASSES))},
        versions("street"),
        CROSSING,
    ),
    "barriers": Export(
        "阻隔",
        {"id": ID, "ref": REF, "name": NAME, "kind": Column("类型", "v.kind", _named(barriers.BARRIERS))},
        versions("barrier"),
        CROSSING,
    ),
    "stations": Export(
        "服务站点",
        {
            "id": ID,
            "ref": REF,
            "name": NAME,
            "kind": Column("站点类型", "v.kind", _named(stations.KINDS)),
            "hours": Column("开放时间", "v.hours"),
            "phone": Column("值班电话", "v.phone"),
            "address": Column("地址", "v.address"),
            "floor_area_m2": Column("建筑面积", "v.floor_area_m2"),
            "premises": Column("用房来源", "v.premises", _named(stations.PREMISES)),
            "services": Column("服务事项", "v.services"),
            "compound": OF_COMPOUND,
        },
        versions("station", COMPOUND),
        placed("station"),
    ),
    "gates": Export(
        "出入口",
        {"id": ID, "ref": REF, "name": NAME, "kind": Column("出入口类型", "v.kind", _named(gates.KINDS)), "compound": OF_COMPOUND},
        versions("gate", COMPOUND),
        placed("gate"),
    ),
    "parking_lots": Export(
        "停车场",
        {
            "id": ID,
            "ref": REF,
            "name": NAME,
            "kind": Column("车位性质", "v.kind", _named(parking.KINDS)),
            "level": Column("层", "v.level", _named(parking.LEVELS)),
            "capacity": Column("车位数", "v.capacity"),
            "compound": OF_COMPOUND,
        },
        versions("parking_lot", COMPOUND),
        placed("parking_lot"),
        action=Action.READ_FACILITIES,
    ),
    "parking_spaces": Export(
        "停车位",
        {
            "id": ID,
            "ref": REF,
            "number": Column("车位号", "v.number"),
            "kind": Column("车位性质", "v.kind", _named(parking.KINDS)),
            "level": Column("层", "v.level", _named(parking.LEVELS)),
            "lot": Column("停车场", "l.name"),
        },
        versions("parking_space", "LEFT JOIN parking_lot_version l ON l.parking_lot_id = v.lot_id AND {holds:l}"),
        placed("parking_space"),
        action=Action.READ_FACILITIES,
    ),
    "fire_lanes": Export(
        "消防通道",
        {
            "id": ID,
            "ref": REF,
            "name": NAME,
            "form": Column("通道形式", "v.form", _named(fire_lanes.FORMS)),
            "clear_width_m": Column("净宽", "v.clear_width_m"),
            "clear_height_m": Column("净高", "v.clear_height_m"),
        },
        versions("fire_lane"),
        placed("fire_lane"),
        action=Action.READ_FACILITIES,
    ),
}
"""What can be carried away; the keys are those of the importers."""
