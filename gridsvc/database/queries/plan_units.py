"""The units of a plan as its page shows them: one, those below it, what stands in each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from geodata.findings import Box, Finding
from gridsvc.database.queries.plans import Load, PlanRow, loads
from gridsvc.domain.told import finding_of


@dataclass(frozen=True, slots=True)
class Planted:
    """A unit of a plan."""

    key: int
    parent_key: int | None
    level: int
    kind: str
    code: str | None
    name: str
    area_m2: float
    geometry: str
    """GeoJSON of EPSG:4490."""
    bounds: Box
    reason: Finding | None
    load: Load = field(default_factory=Load)
    below: Counter[int] = field(default_factory=Counter)
    """How many units of each level are below it, remainders not counted."""

    @property
    def leaf(self) -> bool:
        """Say whether nothing is below it."""
        return not self.below


@dataclass(frozen=True, slots=True)
class BuildingOfPlan:
    """A building that a plan places, where it stands."""

    public_id: UUID
    name: str | None
    households: int | None
    estimated: bool
    geometry: str
    bounds: Box


@dataclass(frozen=True, slots=True)
class Tree:
    """The units of a plan, without their ground."""

    parents: dict[int, int | None]
    levels: dict[int, int]
    kinds: dict[int, str]
    loads: dict[int, Load]
    """Of every unit, what stands in all below it."""
    below: dict[int, Counter[int]]

    def tops(self) -> list[int]:
        """Return the keys of the units without one above."""
        return [key for key, parent in self.parents.items() if parent is None]

    def children(self, key: int) -> list[int]:
        """Return the keys of the units directly below."""
        return [each for each, parent in self.parents.items() if parent == key]

    def above(self, key: int) -> list[int]:
        """Return the keys of the units above, the top one first."""
        parent = self.parents.get(key)
        return [] if parent is None else [*self.above(parent), parent]


def tree(session: Session, plan: PlanRow) -> Tree:
    """Return which units the plan leads to, how they hang together and what stands in them."""
    rows = session.execute(text(_TREE), {"plan": plan.id, "jurisdiction": plan.jurisdiction_id}).all()
    found = Tree(
        {row.key: row.parent_key for row in rows}, {row.key: row.level for row in rows}, {row.key: row.kind for row in rows}, {}, {}
    )
    standing = loads(session, plan.id)
    for key in found.parents:
        for above in [*found.above(key), key]:
            below = found.below.setdefault(above, Counter())
            if above != key and found.kinds[key] != "remainder":
                below[found.levels[key]] += 1
            found.loads[above] = _sum(found.loads.get(above, Load()), standing.get(key, Load()))
    return found


def _sum(one: Load, other: Load) -> Load:
    known = [load.households for load in (one, other) if load.households is not None]
    return Load(one.buildings + other.buildings, sum(known) if known else None, one.estimated or other.estimated)


def planted(session: Session, plan: PlanRow, of: Tree, keys: Sequence[int]) -> list[Planted]:
    """Return these units of a plan, in the order of their codes and making."""
    rows = session.execute(text(_SHOWN), {"plan": plan.id, "keys": list(keys)})
    found = [_planted(row, of) for row in rows]
    return sorted(found, key=lambda unit: (unit.kind == "remainder", unit.code is None, unit.code or "", abs(unit.key)))


def _planted(row: Row[Any], of: Tree) -> Planted:
    return Planted(
        row.key, row.parent_key, row.level, row.kind, row.code, row.name, row.area_m2, row.geometry,
        (row.west, row.south, row.east, row.north), None if row.reason is None else finding_of(row.reason),
        of.loads.get(row.key, Load()), of.below.get(row.key, Counter()),
    )  # fmt: skip


def reasons(session: Session, plan: PlanRow, keys: Iterable[int]) -> list[tuple[int, str, Finding]]:
    """Return key, name and reason of those of the units that have one."""
    rows = session.execute(text(_REASONS), {"plan": plan.id, "keys": list(keys)})
    return [(row.key, row.name, finding_of(row.reason)) for row in rows]


def buildings_in(session: Session, plan: PlanRow, key: int) -> list[BuildingOfPlan]:
    """Return the buildings that a plan places in a leaf, by name."""
    rows = session.execute(text(_BUILDINGS), {"plan": plan.id, "key": key})
    return [
        BuildingOfPlan(row.public_id, row.name, row.households, row.estimated, row.geometry, (row.west, row.south, row.east, row.north))
        for row in rows
    ]


def neighbours_of(session: Session, plan: PlanRow, key: int) -> list[tuple[int, str]]:
    """Return key and name of the leaves of a plan that touch one of them in more than a point, the longest border first.

    The name begins with that of the unit above where it is another one.
    """
    return [(row.key, row.name) for row in session.execute(text(_NEIGHBOURS), {"plan": plan.id, "key": key})]


_NEWEST = """
WITH newest AS MATERIALIZED (
  SELECT DISTINCT ON (u.unit_key) u.id, u.unit_key AS key, u.parent_key, u.level, u.kind, u.geom IS NULL AS gone
  FROM plan_unit u JOIN plan_move m ON m.id = u.move_id AND NOT m.undone
  WHERE u.plan_id = :plan ORDER BY u.unit_key, m.serial DESC
)
"""
_TREE = f"""
{_NEWEST}
SELECT key, parent_key, level, kind FROM newest WHERE NOT gone
UNION ALL
SELECT v.unit_id, v.parent_id, v.level, v.kind FROM unit_version v
WHERE v.jurisdiction_id = :jurisdiction AND upper_inf(v.valid) AND NOT EXISTS (SELECT FROM newest n WHERE n.key = v.unit_id)
"""
_FIELDS = """
ST_AsGeoJSON(geom, 8, 0) AS geometry, ST_XMin(geom) AS west, ST_YMin(geom) AS south, ST_XMax(geom) AS east, ST_YMax(geom) AS north
"""
_SHOWN = f"""
{_NEWEST}
SELECT key, parent_key, level, kind, code, name, reason, ST_Area(geom::geography) AS area_m2, {_FIELDS} FROM (
  SELECT n.key, u.parent_key, u.level, u.kind, u.code, u.name, u.reason, u.geom
  FROM newest n JOIN plan_unit u ON u.id = n.id WHERE n.key = ANY(:keys) AND NOT n.gone
  UNION ALL
  SELECT v.unit_id, v.parent_id, v.level, v.kind, v.code, v.name, NULL, v.geom FROM unit_version v
  WHERE v.unit_id = ANY(:keys) AND upper_inf(v.valid) AND NOT EXISTS (SELECT FROM newest n WHERE n.key = v.unit_id)
) shown
"""
_REASONS = f"""
{_NEWEST}
SELECT n.key, u.name, u.reason FROM newest n JOIN plan_unit u ON u.id = n.id
WHERE n.key = ANY(:keys) AND NOT n.gone AND u.reason IS NOT NULL ORDER BY n.key DESC
"""
_BUILDINGS = f"""
SELECT b.public_id, v.name, placed.households, placed.estimated, {_FIELDS.replace("(geom", "(v.geom")} FROM (
  SELECT DISTINCT ON (p.building_id) p.building_id, p.unit_key, p.households, p.estimated
  FROM plan_place p JOIN plan_move m ON m.id = p.move_id AND NOT m.undone
  WHERE p.plan_id = :plan ORDER BY p.building_id, m.serial DESC
) placed JOIN building b ON b.id = placed.building_id JOIN building_version v ON v.building_id = b.id AND upper_inf(v.valid)
WHERE placed.unit_key = :key ORDER BY v.name, b.id
"""
_NEIGHBOURS = f"""
{_NEWEST}, own AS (SELECT u.geom, n.parent_key FROM newest n JOIN plan_unit u ON u.id = n.id WHERE n.key = :key)
SELECT n.key, CASE WHEN n.parent_key = own.parent_key THEN u.name ELSE concat_ws(' · ', above.name, u.name) END AS name
FROM own, newest n JOIN plan_unit u ON u.id = n.id
LEFT JOIN newest p ON p.key = n.parent_key LEFT JOIN plan_unit above ON above.id = p.id
WHERE NOT n.gone AND n.key <> :key AND u.geom && own.geom AND NOT EXISTS (SELECT FROM newest c WHERE c.parent_key = n.key AND NOT c.gone)
  AND ST_Dimension(ST_Intersection(ST_Boundary(u.geom), ST_Boundary(own.geom))) = 1
ORDER BY ST_Length(ST_Intersection(ST_Boundary(u.geom), ST_Boundary(own.geom))) DESC, n.key DESC
"""
