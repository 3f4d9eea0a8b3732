"""In which leaf what stands in the grid stands before a plan and after it, by the rules that place it when the plan is published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from shapely import STRtree
from sqlalchemy import Row

from geodata.assignment import Ints
from geodata.lookup import Cells, first_at
from geodata.measure import length_m as metres_of
from geodata.topology import Geometries
from geodata.topology.grid import as_array
from gridsvc.database.queries.coverage import from_wkb
from gridsvc.database.queries.near import boxes, near
from gridsvc.database.queries.plan_buildings import BuildingsBetween
from gridsvc.database.queries.plan_change import PlanChange, rank
from gridsvc.domain.facilities import FACILITIES
from gridsvc.domain.impact import LENGTHS, Counted, Pinned, UnitSeen
from gridsvc.domain.standing import Stand, Stands, by_geometry, main

FEW = 5000
"""More shapes than these are placed upon all ground rather than upon what is found around each; as operations.placement does."""


class GroundAfter:
    """The leaves and buildings around some shapes as a plan leaves them."""

    def __init__(self, change: PlanChange, buildings: BuildingsBetween, shapes: Geometries) -> None:
        self._change, self._becomes = change, buildings.becomes()
        self._shapes = shapes if len(shapes) <= FEW else None
        kept = [(unit, shape) for unit, shape in self._leaves_of_today() if unit.key not in change.redrawn]
        drawn = [
            (change.after[key], change.ground_after[key]) for key in change.new_leaves if key in change.redrawn or key not in change.before
        ]
        both = sorted([*kept, *drawn], key=lambda each: rank(each[0]))
        self.unit_ids: Ints = np.array([unit.key for unit, _ in both], dtype=np.int64)
        self.leaves = as_array(shape for _, shape in both)

    def _leaves_of_today(self) -> list[tuple[UnitSeen, Any]]:
        frame = self._change.frame
        if frame is None or self._shapes is None:
            return [(_unit(row), shape) for row, shape in self._rows(_LEAVES, "unit_version")]
        places = [frame.leaves[at] for at in np.unique(frame.tree.query(self._shapes)[1]).tolist()]
        units = self._change.base.units([frame.units[place].unit_id or 0 for place in places])
        return [(unit, frame.units[place].ground) for unit, place in zip(units, places, strict=True)]

    def _rows(self, query: str, table: str) -> list[tuple[Row[Any], Any]]:
        where = "" if self._shapes is None else f"AND v.id = ANY ({near(table)})"
        given = {"id": self._change.plan.jurisdiction_id, "boxes": None if self._shapes is None else boxes(self._shapes)}
        rows = self._change.ask(query.format(where=where), given)
        return list(zip(rows, from_wkb([row.geom for row in rows]), strict=True))

    def leaf_at(self, points: Geometries) -> Ints:
        """Return the index of the leaf that each point stands in, on a border the first one; -1 for none."""
        if len(points) <= FEW:
            return first_at(self.leaves, points)
        return Cells(self.leaves).locate_many(shapely.get_x(points), shapely.get_y(points)).polygon

    @cached_property
    def buildings(self) -> tuple[Geometries, Ints]:
        """Give the footprints around, and the leaf of each after the plan."""
        rows = [(self._becomes.get(row.id, row.unit_id), shape) for row, shape in self._rows(_BUILDINGS, "building_version")]
        placed = [(unit, shape) for unit, shape in rows if unit is not None]
        return as_array(shape for _, shape in placed), np.array([unit for unit, _ in placed], dtype=np.int64)


def _unit(row: Row[Any]) -> UnitSeen:
    return UnitSeen(row.key, None, row.level, row.kind, row.code, row.name, leaf=True)


@dataclass(slots=True)
class Standing:
    """What a noun counts for between leaves, and which of its things a pin keeps."""

    counted: list[Counted] = field(default_factory=list)
    pinned: list[Pinned] = field(default_factory=list)


def facilities_between(change: PlanChange, buildings: BuildingsBetween, leaves: Mapping[str, frozenset[int]]) -> Iterator[Standing]:
    """Yield where the things of each noun (a key of FACILITIES) that stand in these leaves of today go."""
    before = _places(change, leaves)
    nowhere = {noun: _unplaced(change, FACILITIES[noun].noun) if change.grows else [] for noun in leaves}
    moving = {
        noun: [thing for thing, stood in before[noun].items() if not change.redrawn.isdisjoint(stood.at)] + nowhere[noun] for noun in leaves
    }
    shapes = _shapes(change, moving)
    ground = GroundAfter(change, buildings, as_array(shape for each in shapes.values() for shape in each.values()))
    for noun in leaves:
        things = before[noun] | {thing: _Stood() for thing in nowhere[noun]}
        yield _between(change, noun, things, shapes[noun], _after(shapes[noun], ground))


@dataclass(slots=True)
class _Stood:
    """Where a thing stands today."""

    at: Stands = field(default_factory=dict)
    pinned: bool = False


def _places(change: PlanChange, leaves: Mapping[str, frozenset[int]]) -> dict[str, dict[int, _Stood]]:
    """Return where the things stand, all units of each that stands in one of the leaves of its noun."""
    found: dict[str, dict[int, _Stood]] = {noun: {} for noun in leaves}
    each = [_PLACES.format(key=key, noun=FACILITIES[key].noun, length=LENGTH if key in LENGTHS else NO_LENGTH) for key in leaves]
    rows = change.ask(" UNION ALL ".join(each), {f"leaves_{key}": list(chosen) for key, chosen in leaves.items()}) if each else ()
    for row in rows:
        stood = found[row.key].setdefault(row.thing, _Stood())
        stood.at[row.unit_id] = Stand(row.share, row.length_m)
        stood.pinned |= row.pinned and change.stays_leaf(row.unit_id)
    return found


def _shapes(change: PlanChange, things: Mapping[str, list[int]]) -> dict[str, dict[int, Any]]:
    """Return the shape of each of these things."""
    found: dict[str, dict[int, Any]] = {noun: {} for noun in things}
    asked = {noun: ids for noun, ids in things.items() if ids}
    if not asked:
        return found
    each = [_SHAPES.format(key=key, noun=FACILITIES[key].noun) for key in asked]
    rows = change.ask(" UNION ALL ".join(each) + " ORDER BY key, id", {f"things_{key}": ids for key, ids in asked.items()})
    for row, shape in zip(rows, from_wkb([row.geom for row in rows]), strict=True):
        found[row.key][row.id] = shape
    return found


def _after(shapes: Mapping[int, Any], ground: GroundAfter) -> dict[int, Stands]:
    found = by_geometry(list(shapes), as_array(shapes.values()), ground) if shapes else {}
    return {thing: found.get(thing, {}) for thing in shapes}


def _between(
    change: PlanChange, noun: str, things: Mapping[int, _Stood], shapes: Mapping[int, Any], after: Mapping[int, Stands]
) -> Standing:
    found = Standing()
    for thing, stood in things.items():
        then = after.get(thing, stood.at)
        now = stood.at if stood.pinned else then
        found.counted += _counted(change, noun, stood.at, now, None if stood.pinned else shapes.get(thing))
        if stood.pinned and main(then) != main(now):
            found.pinned.append(Pinned(noun, thing, main(now) or 0, main(then), (0, 0, 0, 0)))
    return found


def _unplaced(change: PlanChange, table: str) -> list[int]:
    """Return the things without place on ground that the plan draws: where it adds some at the edge, they come to stand in a leaf."""
    rows = change.ask(_UNPLACED.format(noun=table), {"id": change.plan.jurisdiction_id})
    if not rows:
        return []
    shapes = from_wkb([row.geom for row in rows])
    inside = STRtree(shapes).query(as_array(change.ground_after.values()), predicate="intersects")[1]
    return [rows[at].id for at in sorted(set(inside.tolist()))]


def _counted(change: PlanChange, noun: str, old: Stands, new: Stands, shape: Any) -> Iterable[Counted]:  # noqa: ANN401  # a geometry
    yield noun, main(old), main(new), 1
    if noun in LENGTHS:
        yield from _metres(change, LENGTHS[noun], _lengths(old), _lengths(new), shape)


def _lengths(stands: Stands) -> dict[int, float]:
    return {unit: stand.length_m for unit, stand in stands.items() if stand.length_m}


def _metres(
    change: PlanChange,
    kind: str,
    old: dict[int, float],
    new: dict[int, float],
    shape: Any,  # noqa: ANN401  # a geometry, None where it stays
) -> Iterable[Counted]:
    """Give how many metres of a line go from each leaf to each, and what stays; each leaf loses and gains as its sums say."""
    went = dict(_pieces(change, old, new, shape)) if shape is not None else {}
    stays = {unit: length_m - sum(gone for (source, _), gone in went.items() if source == unit) for unit, length_m in old.items()}
    has = {unit: stays.get(unit, 0.0) + sum(come for (_, target), come in went.items() if target == unit) for unit in {*old, *new}}
    over = {unit: more_m for unit, length_m in has.items() if (more_m := length_m - new.get(unit, 0.0)) > 0}
    under = {unit: more_m for unit, length_m in has.items() if (more_m := new.get(unit, 0.0) - length_m) > 0}
    for _, source, target, length_m in shared_out(kind, over, under):
        if source is not None:
            stays[source] = stays.get(source, 0.0) - length_m
        yield kind, source, target, length_m
    yield from ((kind, *ends, length_m) for ends, length_m in went.items())
    yield from ((kind, unit, unit, length_m) for unit, length_m in stays.items() if length_m > LEAST_M)


def _pieces(
    change: PlanChange,
    old: dict[int, float],
    new: dict[int, float],
    shape: Any,  # noqa: ANN401  # a geometry
) -> Iterable[tuple[tuple[int, int], float]]:
    """Give the metres of a line on ground that goes from one leaf to another."""
    for source in sorted(old.keys() & change.redrawn):
        piece = shapely.intersection(shape, change.ground_before[source])
        for target in sorted(new.keys() & change.ground_after.keys() - {source}):
            here_m = float(metres_of(shapely.intersection(piece, change.ground_after[target]))[0])
            if here_m > LEAST_M:
                yield (source, target), here_m


def shared_out(kind: str, over: dict[int, float], under: dict[int, float]) -> Iterable[Counted]:
    """Give what leaves have too much to those that have too little, each in the same proportion; a line upon a border may change sides."""
    given_m, taken_m = sum(over.values()), sum(under.values())
    both_m = max(given_m, taken_m)
    for source, from_m in [*over.items(), (None, both_m - given_m)]:
        for target, to_m in [*under.items(), (None, both_m - taken_m)]:
            if both_m and (length_m := from_m * to_m / both_m) > LEAST_M:
                yield kind, source, target, length_m


LEAST_M = 0.1
"""A shorter piece of a line did not move: lengths are told to the decimetre, and a line that runs along a border crosses it elsewhere once
a vertex is put there."""

LENGTH, NO_LENGTH = "p.length_m", "cast(NULL AS double precision)"
_PLACES = """
SELECT '{key}' AS key, p.{noun}_id AS thing, p.unit_id, p.share, {length} AS length_m, p.pinned FROM {noun}_place p
WHERE upper_inf(p.valid) AND p.{noun}_id = ANY(ARRAY(
  SELECT q.{noun}_id FROM {noun}_place q WHERE q.unit_id = ANY(cast(:leaves_{key} AS bigint[])) AND upper_inf(q.valid)))
"""
_SHAPES = """
SELECT '{key}' AS key, v.{noun}_id AS id, ST_AsBinary(v.geom) AS geom FROM {noun}_version v
WHERE v.{noun}_id = ANY(:things_{key}) AND upper_inf(v.valid)
"""
_UNPLACED = """
SELECT n.id, ST_AsBinary(v.geom) AS geom FROM {noun} n JOIN {noun}_version v ON v.{noun}_id = n.id AND upper_inf(v.valid)
WHERE n.jurisdiction_id = :id AND NOT EXISTS (SELECT FROM {noun}_place p WHERE p.{noun}_id = n.id AND upper_inf(p.valid))
ORDER BY n.id
"""
_LEAVES = """
SELECT v.unit_id AS key, v.level, v.kind, v.code, v.name, ST_AsBinary(v.geom) AS geom FROM unit_version v
WHERE v.jurisdiction_id = :id AND upper_inf(v.valid) AND v.leaf {where}
"""
_BUILDINGS = """
SELECT v.building_id AS id, p.unit_id, ST_AsBinary(v.geom) AS geom FROM building_version v JOIN building b ON b.id = v.building_id
LEFT JOIN building_place p ON p.building_id = b.id AND upper_inf(p.valid)
WHERE b.jurisdiction_id = :id AND upper_inf(v.valid) {where} ORDER BY b.id
"""
