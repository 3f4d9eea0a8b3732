"""Households and contracts (包联) as files, in the order of columns that offices use."""

from __future__ import annotations

from gridsvc.database.queries.export_columns import COMPOUND, ID, OF_COMPOUND, Column, Export, Words, named, versions
from gridsvc.domain.households import CARE, USES
from gridsvc.domain.masking import MASKS
from gridsvc.domain.permissions import Action

_YES: Words = lambda _, said: "是" if said else "否"  # noqa: E731  # a row of the table below
_CARE: Words = lambda _, keys: "、".join(CARE[key].name_zh for key in keys.split(","))  # noqa: E731  # the same

_REF = Column("住户编号", "CASE WHEN n.source_ref NOT LIKE '#%' THEN n.source_ref END")
_ADDRESS = Column("地址", "concat(c.name, d.name, CASE WHEN n.entrance <> '' THEN n.entrance || '单元' END, n.room)")
_BUILDING = (
    "JOIN building b ON b.id = n.building_id JOIN building_version d ON d.building_id = b.id AND {holds:d}",
    COMPOUND.replace("v.compound_id", "d.compound_id"),
)

OF_HOUSEHOLDS: dict[str, Export] = {
    "households": Export(
        "住户",
        {
            "id": ID,
            "ref": _REF,
            "compound": OF_COMPOUND,
            "building": Column("楼栋编号", "b.source_ref"),
            "entrance": Column("单元", "nullif(n.entrance, '')"),
            "room": Column("室号", "n.room"),
            "address": _ADDRESS,
            "use": Column("房屋用途", "v.use", named(USES)),
            "resident": Column("是否常住", "v.resident", _YES),
            "persons": Column("居住人数", "v.persons"),
            "care": Column("关爱类别", "nullif(array_to_string(v.care, ','), '')", _CARE),
            "away": Column("长期外出", "v.away", _YES),
        },
        versions("household", *_BUILDING),
        "n.path <@ cast(:path AS ltree)",
        action=Action.READ_PEOPLE,
        geometry="NULL::bytea",
    ),
    "contracts": Export(
        "包联",
        {
            "person": Column("人员编号", "CASE WHEN p.source_ref NOT LIKE '#%' THEN p.source_ref END"),
            "name": Column("姓名", "q.name", masked=MASKS["name"]),
            "household": _REF,
            "address": _ADDRESS,
            "since": Column("包联起始", "lower(k.valid)::date::text"),
            "reason": Column("说明", "k.reason"),
        },
        " ".join(
            [
                "contract k JOIN household n ON n.id = k.household_id AND {holds:k} JOIN person p ON p.id = k.person_id",
                "JOIN person_version q ON q.person_id = p.id AND {holds:q}",
                *_BUILDING,
            ]
        ),
        "k.path <@ cast(:path AS ltree)",
        action=Action.READ_PEOPLE,
        geometry="NULL::bytea",
        clear="p.paths <@ ANY ((SELECT scopes('people.reveal'))::ltree[])",
    ),
}
"""Beside the things that have a shape."""
