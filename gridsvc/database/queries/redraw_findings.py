"""What the rules say of a plan, located; read under rights, so that what a reader may not count is not judged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from sqlalchemy.orm import Session

from geodata.assignment import place
from geodata.findings import Box, Finding
from geodata.topology import check_around, named
from geodata.topology.check import box_of
from geodata.topology.grid import as_array
from gridsvc.database.queries.impact_findings import people_findings
from gridsvc.database.queries.measures import Measured, measured
from gridsvc.database.queries.plan_buildings import BuildingsBetween, buildings_between, footprints
from gridsvc.database.queries.plan_change import PlanChange, plan_change
from gridsvc.database.queries.plan_facilities import GroundAfter
from gridsvc.database.queries.plan_ground import ground_between
from gridsvc.database.queries.plan_people import at_buildings, posts_at
from gridsvc.database.queries.plans import PlanRow
from gridsvc.database.queries.schemes import scheme_of
from gridsvc.domain.impact import at_level
from gridsvc.domain.permissions import Action, Actor, may, require
from gridsvc.domain.redraw_rules import Crossed, Cut, Divided, Judged, Leaf, Redrawn, judge
from gridsvc.domain.schemes import Scheme


def redraw_findings(session: Session, actor: Actor, plan: PlanRow) -> list[Finding]:
    """Return what all rules say of a plan, errors first, each with a box to zoom to where it has a place.

    Raises NotAllowed for whoever may not read the plan.
    """
    require(actor, Action.READ_PLANS, plan.path)
    change = plan_change(session, plan)
    if not change.overlay:
        return []
    scheme = scheme_of(session, plan.jurisdiction_id)
    buildings = buildings_between(change, change.leaves)
    found = measured(change, actor)
    counts = may(actor, Action.READ_HOUSEHOLDS, plan.path)
    ground = GroundAfter(change, buildings, as_array(change.ground_after.values()))
    redrawn = Redrawn(
        scheme,
        change.after,
        _tiling(change, ground),
        list(_leaves(change)),
        _judged(found),
        list(_cuts(change, buildings, ground)),
        list(_compounds(change, buildings)),
        list(_crossed(change, scheme)),
        posts_at(change, change.after) if counts else None,
        change.overlay,
        _taken(change),
    )
    people = people_findings(change, buildings, change.leaves, at_buildings(change, buildings.rows)) if counts else []
    return [*judge(redrawn), *people]


def _tiling(change: PlanChange, ground: GroundAfter) -> list[Finding]:
    drawn = set(change.new_leaves)
    keys = ground.unit_ids.tolist()
    found = check_around(ground.leaves, [at for at, key in enumerate(keys) if key in drawn])
    change.complete(keys)
    names = [change.after[key].name for key in keys]
    return [named(finding, names) for finding in found]


def _leaves(change: PlanChange) -> Iterator[Leaf]:
    before = change.grounds_before(key for key in change.new_leaves if key > 0)
    for key, shape in change.ground_after.items():
        parts = sorted(shapely.get_parts(shape), key=lambda part: -part.area)
        yield Leaf(change.after[key], [box_of(part) for part in parts], shapely.get_num_geometries(before[key]) if key in before else 0)


def _judged(found: Measured) -> list[Judged]:
    return [Judged(unit.after, unit.becomes, unit.where) for unit in found.units if unit.after is not None and unit.touched]


def _cuts(change: PlanChange, buildings: BuildingsBetween, ground: GroundAfter) -> Iterator[Cut]:
    """Give the buildings of which some lies in another leaf than most."""
    shapes = footprints(change, [row.id for row in buildings.rows if row.was in change.redrawn or row.becomes in change.drawn])
    if not shapes or not len(ground.leaves):
        return
    placed = place(ground.leaves, as_array(shapes.values()))
    called = _building_names(change, [list(shapes)[at] for at in np.flatnonzero(placed.cut_m2 > 0).tolist()])
    for at in np.flatnonzero(placed.cut_m2 > 0).tolist():
        key = list(shapes)[at]
        unit = change.after.get(int(ground.unit_ids[placed.leaf[at]]))
        cut_m2, share = float(placed.cut_m2[at]), float(placed.cut_share[at])
        yield Cut(called.get(key, "-"), unit.name if unit else "-", cut_m2, share, box_of(shapes[key]))


def _building_names(change: PlanChange, ids: list[int]) -> dict[int, str]:
    rows = change.ask(_NAMES, {"ids": ids})
    return {row.building_id: row.name for row in rows}


def _compounds(change: PlanChange, buildings: BuildingsBetween) -> Iterator[Divided]:
    """Give the compounds whose buildings stand in more leaves than before; buildings that the plan leaves alone stand where they do."""
    becomes = buildings.becomes()
    rows = change.ask(_COMPOUNDS, {"ids": list(becomes)})
    was: dict[str, set[int | None]] = defaultdict(set)
    now: dict[str, set[int | None]] = defaultdict(set)
    boxes: dict[str, list[Box]] = defaultdict(list)
    change.complete(row.unit_id for row in rows)
    for row in rows:
        was[row.name].add(row.unit_id)
        now[row.name].add(becomes.get(row.building_id, row.unit_id))
        boxes[row.name].append((row.west, row.south, row.east, row.north))
    for name, leaves in now.items():
        if len(leaves) > len(was[name]):
            names = sorted(change.after[key].name for key in leaves if key is not None and key in change.after)
            yield Divided(name, names, len(was[name]), around(boxes[name]))


def _crossed(change: PlanChange, scheme: Scheme) -> Iterator[Crossed]:
    """Give the ground that goes from one community to another; where the scheme has none, at the level above the lowest."""
    level = next((level.number for level in scheme.levels if "社区" in level.name_zh), len(scheme.levels) - 1)
    sums: dict[tuple[int, int], float] = defaultdict(float)
    boxes: dict[tuple[int, int], list[Box]] = defaultdict(list)
    for _, source, target, size_m2 in ground_between(change, change.leaves):
        if source is None or target is None:
            continue
        ends = at_level(change.before, source, level), at_level(change.after, target, level)
        if ends[0] is not None and ends[1] is not None and ends[0] != ends[1]:
            sums[ends[0], ends[1]] += size_m2
            boxes[ends[0], ends[1]].append(box_of(_ground_of(change, target)))
    for (old, new), size_m2 in sums.items():
        yield Crossed(change.before[old].name, change.after[new].name, size_m2, around(boxes[old, new]))


def _ground_of(change: PlanChange, key: int) -> Any:  # noqa: ANN401  # a geometry
    return change.ground_after[key] if key in change.ground_after else change.grounds_before([key])[key]


def _taken(change: PlanChange) -> dict[str, int]:
    codes = [change.after[key].code for key in change.overlay if key in change.after and change.after[key].code]
    rows = change.ask(_CODES, {"place": change.plan.jurisdiction_id, "codes": codes})
    return {row.code: row.unit_id for row in rows}


def around(boxes: list[Box]) -> Box:
    """Return the box around boxes."""
    all_ = np.array(boxes)
    (west, south), (east, north) = all_[:, :2].min(axis=0).tolist(), all_[:, 2:].max(axis=0).tolist()
    return west, south, east, north


_NAMES = "SELECT building_id, coalesce(name, '-') AS name FROM building_version v WHERE building_id = ANY(:ids) AND upper_inf(v.valid)"
_COMPOUNDS = """
SELECT v.building_id, c.name, p.unit_id,
       ST_XMin(v.geom) AS west, ST_YMin(v.geom) AS south, ST_XMax(v.geom) AS east, ST_YMax(v.geom) AS north
FROM building_version v JOIN compound_version c ON c.compound_id = v.compound_id AND upper_inf(c.valid)
LEFT JOIN building_place p ON p.building_id = v.building_id AND upper_inf(p.valid)
WHERE upper_inf(v.valid) AND v.compound_id IN (
  SELECT w.compound_id FROM building_version w WHERE w.building_id = ANY(cast(:ids AS bigint[])) AND upper_inf(w.valid))
ORDER BY c.compound_id, v.building_id
"""
_CODES = "SELECT code, unit_id FROM unit_code WHERE jurisdiction_id = :place AND code = ANY(cast(:codes AS text[]))"
