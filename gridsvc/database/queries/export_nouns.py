"""Which nouns leave as files: the columns of each by the importer's fields, and where they come from."""

from __future__ import annotations

from gridsvc.database.queries.export_columns import COMPOUND, CROSSING, ID, NAME, OF_COMPOUND, REF, Column, Export, named, placed, versions
from gridsvc.database.queries.export_figures import UNIT_FIGURES, unit_figures
from gridsvc.database.queries.export_households import OF_HOUSEHOLDS
from gridsvc.database.queries.export_people import OF_PEOPLE
from gridsvc.database.queries.jurisdictions import JurisdictionRow
from gridsvc.domain import barriers, buildings, fire_lanes, gates, parking, stations, streets, units
from gridsvc.domain.permissions import Action

__all__ = ["EXPORTS", "Column", "Export"]


def _level(place: JurisdictionRow, number: int) -> str:
    levels = place.scheme.levels
    return levels[min(number, len(levels)) - 1].name_zh


EXPORTS: dict[str, Export] = {
    "units": Export(
        "网格",
        {
            "id": ID,
            "code": Column("编码", "v.code"),
            "name": NAME,
            "level": Column("层级", "v.level", _level),
            "parent": Column("上级编码", "coalesce(above.code, above.name)"),
            "kind": Column("类型", "v.kind", named(units.KINDS)),
        },
        "unit n JOIN unit_version v ON v.unit_id = n.id AND {holds:v} AND v.kind <> 'remainder' "
        "LEFT JOIN unit_version above ON above.unit_id = v.parent_id AND {holds:above}",
        "v.path <@ cast(:path AS ltree)",
        source="v.source",
        number="NULL",
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
            "use": Column("用途", "v.use", named(buildings.USES)),
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
        {"id": ID, "ref": REF, "name": NAME, "street_class": Column("道路等级", "v.street_class", named(streets.CLASSES))},
        versions("street"),
        CROSSING,
    ),
    "barriers": Export(
        "阻隔",
        {"id": ID, "ref": REF, "name": NAME, "kind": Column("类型", "v.kind", named(barriers.BARRIERS))},
        versions("barrier"),
        CROSSING,
    ),
    "stations": Export(
        "服务站点",
        {
            "id": ID,
            "ref": REF,
            "name": NAME,
            "kind": Column("站点类型", "v.kind", named(stations.KINDS)),
            "hours": Column("开放时间", "v.hours"),
            "phone": Column("值班电话", "v.phone"),
            "address": Column("地址", "v.address"),
            "floor_area_m2": Column("建筑面积", "v.floor_area_m2"),
            "premises": Column("用房来源", "v.premises", named(stations.PREMISES)),
            "services": Column("服务事项", "v.services"),
            "compound": OF_COMPOUND,
        },
        versions("station", COMPOUND),
        placed("station"),
    ),
    "gates": Export(
        "出入口",
        {"id": ID, "ref": REF, "name": NAME, "kind": Column("出入口类型", "v.kind", named(gates.KINDS)), "compound": OF_COMPOUND},
        versions("gate", COMPOUND),
        placed("gate"),
    ),
    "parking_lots": Export(
        "停车场",
        {
            "id": ID,
            "ref": REF,
            "name": NAME,
            "kind": Column("车位性质", "v.kind", named(parking.KINDS)),
            "level": Column("层", "v.level", named(parking.LEVELS)),
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
            "kind": Column("车位性质", "v.kind", named(parking.KINDS)),
            "level": Column("层", "v.level", named(parking.LEVELS)),
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
            "form": Column("通道形式", "v.form", named(fire_lanes.FORMS)),
            "clear_width_m": Column("净宽", "v.clear_width_m"),
            "clear_height_m": Column("净高", "v.clear_height_m"),
        },
        versions("fire_lane"),
        placed("fire_lane"),
        action=Action.READ_FACILITIES,
    ),
    **OF_PEOPLE,
    **OF_HOUSEHOLDS,
}
"""What can be carried away; the keys are those of the importers."""
