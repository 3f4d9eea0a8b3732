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
    """A building where it stands, with the leaf it is in today and the one that the plan gives it."""

    public_id: UUID
    name: str | None
    unit_key: int
    """Its leaf in the plan."""
    was: int | None
    """Its leaf today; None where it has none."""
    households: int | None
    """None where none are known or the reader may not see them."""
    estimated: bool
    geometry: str
    """GeoJSON of EPSG:4490."""
    point: tuple[float, float]
    """Somewhere on it: lon, lat."""
    bounds: Box


@dataclass(frozen=True, slots=True)
class UnitToday:
    """A leaf as it is before the plan."""

    key: int
    name: str
    geometry: str
    """GeoJSON of EPSG:4490."""


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

    def leaves(self, key: int) -> list[int]:
        """Return the keys of the units below one that nothing is below."""
        inner = set(self.parents.values())
        return [each for each in self.parents if each not in inner and key in self.above(each)]

    def at_level(self, key: int, level: int) -> list[int]:
        """Return the keys of the units of a level below one."""
        return [each for each in self.parents if self.levels[each] == level and key in self.above(each)]

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


def buildings(session: Session, plan: PlanRow, keys: Sequence[int], most: int) -> list[BuildingOfPlan]:
    """Return the buildings of these leaves, by number then name, and at most so many."""
    values = {"plan": plan.id, "keys": list(keys), "most": most}
    return [_building(row) for row in session.execute(text(_BUILDINGS), values)]


def _building(row: Row[Any]) -> BuildingOfPlan:
    return BuildingOfPlan(
        row.public_id, row.name, row.unit_key, row.was, row.households, bool(row.estimated), row.geometry,
        (row.lon, row.lat), (row.west, row.south, row.east, row.north),
    )  # fmt: skip


def today(session: Session, plan: PlanRow, above: Sequence[int]) -> list[UnitToday]:
    """Return the leaves that are there before the plan, in the lowest of these units (top first) that is there; of none, all leaves."""
    rows = session.execute(text(_TODAY), {"jurisdiction": plan.jurisdiction_id, "above": list(above)})
    return [UnitToday(row.key, row.name, row.geometry) for row in rows]


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
WITH placed AS MATERIALIZED (
  SELECT DISTINCT ON (p.building_id) p.building_id, p.unit_key, p.households, p.estimated
  FROM plan_place p JOIN plan_move m ON m.id = p.move_id AND NOT m.undone
  WHERE p.plan_id = :plan ORDER BY p.building_id, m.serial DESC
), here AS (
  SELECT building_id, unit_key, households, estimated FROM placed WHERE unit_key = ANY(:keys)
  UNION ALL
  SELECT p.building_id, p.unit_id, NULL, NULL FROM building_place p
  WHERE p.unit_id = ANY(:keys) AND upper_inf(p.valid) AND NOT EXISTS (SELECT FROM placed WHERE placed.building_id = p.building_id)
)
SELECT b.public_id, v.name, here.unit_key, today.unit_id AS was, coalesce(here.households, h.households) AS households,
       coalesce(here.estimated, h.basis = 'estimated') AS estimated,
       ST_X(ST_PointOnSurface(v.geom)) AS lon, ST_Y(ST_PointOnSurface(v.geom)) AS lat, {_FIELDS.replace("(geom", "(v.geom")}
FROM here JOIN building b ON b.id = here.building_id JOIN building_version v ON v.building_id = b.id AND upper_inf(v.valid)
LEFT JOIN building_place today ON today.building_id = b.id AND upper_inf(today.valid)
LEFT JOIN building_households h ON h.building_id = b.id AND upper_inf(h.valid)
ORDER BY substring(v.name FROM '^[0-9]{{1,9}}')::int NULLS LAST, v.name, b.id LIMIT :most
"""
_TODAY = """
WITH base AS (
  SELECT path FROM unit_version WHERE unit_id = ANY(:above) AND upper_inf(valid) ORDER BY nlevel(path) DESC LIMIT 1
)
SELECT v.unit_id AS key, v.name, ST_AsGeoJSON(v.geom, 8, 0) AS geometry FROM unit_version v
WHERE v.jurisdiction_id = :jurisdiction AND upper_inf(v.valid) AND v.leaf
  AND (NOT EXISTS (SELECT FROM base) OR v.path <@ (SELECT path FROM base))
ORDER BY v.unit_id
"""
