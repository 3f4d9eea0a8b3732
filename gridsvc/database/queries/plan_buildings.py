"""In which leaf each building stands before a plan and after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import Row

from geodata.assignment import clusters, place
from geodata.topology.grid import as_array
from gridsvc.database.queries.coverage import from_wkb
from gridsvc.database.queries.plan_change import PlanChange
from gridsvc.domain.buildings import Size, estimate_households
from gridsvc.domain.impact import Counted, Pinned
from gridsvc.domain.schemes import Scheme


@dataclass(frozen=True, slots=True)
class BuildingBetween:
    """A building, where it stands and will stand."""

    id: int
    was: int | None
    becomes: int | None
    ground: int | None
    """Where it would stand but for its pin."""
    households: int | None
    """As counted, else as expected; None where nothing can be said."""
    estimated: bool
    shops: int | None
    floor_m2: float
    """Footprint times storeys, one where nobody has counted them."""
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class BuildingsBetween:
    """The buildings in the leaves that a plan touches."""

    rows: list[BuildingBetween] = field(default_factory=list)

    def counted(self) -> Iterator[Counted]:
        """Give what each building counts for."""
        for row in self.rows:
            yield "buildings", row.was, row.becomes, 1
            if row.households:
                yield "households", row.was, row.becomes, row.households
                if row.estimated:
                    yield "households_estimated", row.was, row.becomes, row.households
            if row.shops:
                yield "shops", row.was, row.becomes, row.shops

    def pinned(self) -> Iterator[Pinned]:
        """Give the buildings that a pin keeps on ground that goes to another leaf."""
        for row in self.rows:
            if row.ground != row.becomes and row.becomes is not None:
                yield Pinned("buildings", row.id, row.becomes, row.ground, row.box)

    def becomes(self) -> dict[int, int | None]:
        """Return where each building will stand, by its id."""
        return {row.id: row.becomes for row in self.rows}


def buildings_between(change: PlanChange, leaves: frozenset[int], wanted: frozenset[int] | None = None) -> BuildingsBetween:
    """Return the buildings that stand in these leaves of today, and those that the plan places in the wanted ones.

    Where the plan says nothing of a building in a leaf that it redraws, largest overlap decides, as publishing decides.
    """
    given = {
        "plan": change.plan.id,
        "place": change.plan.jurisdiction_id,
        "leaves": list(leaves),
        "wanted": None if wanted is None else list(wanted),
    }
    rows = change.ask(_BUILDINGS.format(around="" if wanted is None else _AROUND), given)
    if not rows:
        return BuildingsBetween()
    stays = {row.id: row.was for row in rows if row.was is not None and row.was not in change.redrawn}
    planned = {row.id: row.planned for row in rows if row.planned is not None}
    open_ = [row for row in rows if row.id not in planned and row.id not in stays]
    ground = stays | _by_geometry(change, open_) | planned
    return BuildingsBetween([_between(row, change, ground.get(row.id), change.scheme) for row in rows])


def _between(row: Row[Any], change: PlanChange, ground: int | None, scheme: Scheme) -> BuildingBetween:
    keeps = row.pinned and change.stays_leaf(row.was)
    expected = estimate_households(Size(row.footprint_m2, row.floors, row.height_m), row.use, scheme) if row.households is None else None
    households = expected.households if expected else row.households
    estimated = bool(expected) or row.basis == "estimated"
    floor_m2 = row.footprint_m2 * max(row.floors or 1, 1)
    box = (row.west, row.south, row.east, row.north)
    return BuildingBetween(row.id, row.was, row.was if keeps else ground, ground, households, estimated, row.shops, floor_m2, box)


def _by_geometry(change: PlanChange, rows: list[Row[Any]]) -> dict[int, int | None]:
    """Return the leaf of each building by its footprint alone, among the leaves that the plan draws."""
    if not rows:
        return {}
    solid, scheme = from_wkb([row.geom for row in rows]), change.scheme
    together = clusters(solid, cut_m2=scheme.threshold("cut_m2").figure, cut_share=scheme.threshold("cut_share").figure)
    leaf = place(as_array(change.ground_after[key] for key in change.new_leaves), solid, together=together).leaf
    units = [*change.new_leaves, None]
    return dict(zip((row.id for row in rows), (units[at] for at in leaf.tolist()), strict=True))


def footprints(change: PlanChange, ids: list[int]) -> dict[int, Any]:
    """Return the current footprints of buildings, by id."""
    rows = change.ask(_FOOTPRINTS, {"ids": ids})
    return dict(zip((row.id for row in rows), from_wkb([row.geom for row in rows]), strict=True))


def groups(rows: list[BuildingBetween]) -> tuple[list[tuple[int | None, int | None]], np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Return the pairs of leaves between which buildings stay or go, and for each building the number of its pair."""
    pairs: dict[tuple[int | None, int | None], int] = {}
    number = np.array([pairs.setdefault((row.was, row.becomes), len(pairs)) for row in rows], dtype=np.int64)
    return list(pairs), number


_FOOTPRINTS = """
SELECT v.building_id AS id, ST_AsBinary(v.geom) AS geom FROM building_version v
WHERE v.building_id = ANY(:ids) AND upper_inf(v.valid) ORDER BY v.building_id
"""
_AROUND = """
AND p.building_id = ANY(ARRAY(
  SELECT s.building_id FROM standing s
  UNION ALL SELECT w.building_id FROM plan_place w WHERE w.plan_id = :plan AND w.unit_key = ANY(cast(:wanted AS bigint[]))))
"""
"""What a plan has placed elsewhere is none of the business of the wanted leaves, and may be all of a city."""
_BUILDINGS = """
WITH standing AS MATERIALIZED (
  SELECT p.building_id, p.unit_id AS was, p.pinned FROM building_place p
  WHERE p.unit_id = ANY(cast(:leaves AS bigint[])) AND upper_inf(p.valid)
), settled AS MATERIALIZED (
  SELECT DISTINCT ON (p.building_id) p.building_id, p.unit_key FROM plan_place p JOIN plan_move m ON m.id = p.move_id AND NOT m.undone
  WHERE p.plan_id = :plan {around} ORDER BY p.building_id, m.serial DESC
), asked AS MATERIALIZED (
  SELECT s.building_id, s.was, s.pinned FROM standing s
  UNION ALL
  SELECT n.building_id, q.unit_id, coalesce(q.pinned, false)
  FROM settled n LEFT JOIN building_place q ON q.building_id = n.building_id AND upper_inf(q.valid)
  WHERE NOT EXISTS (SELECT FROM standing s WHERE s.building_id = n.building_id)
    AND (cast(:wanted AS bigint[]) IS NULL OR n.unit_key = ANY(cast(:wanted AS bigint[]))) AND q.unit_id IS DISTINCT FROM n.unit_key
)
SELECT a.building_id AS id, a.was, a.pinned, n.unit_key AS planned, v.use, v.floors, v.height_m, v.footprint_m2,
       h.households, h.shops, h.basis, ST_AsBinary(v.geom) AS geom,
       ST_XMin(v.geom) AS west, ST_YMin(v.geom) AS south, ST_XMax(v.geom) AS east, ST_YMax(v.geom) AS north
FROM asked a JOIN building_version v ON v.building_id = a.building_id AND upper_inf(v.valid)
LEFT JOIN settled n ON n.building_id = a.building_id
LEFT JOIN building_households h ON h.building_id = a.building_id AND upper_inf(h.valid)
ORDER BY a.building_id
"""
