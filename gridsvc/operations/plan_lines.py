"""Moves by what somebody draws: a border shifted, a unit split, ground taken in or given up at the edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from shapely import LineString, Polygon

from geodata import topology
from geodata.measure import area_m2
from geodata.topology import NOBODY, Rearranged
from gridsvc.domain.coverage import UnitState
from gridsvc.operations.plan_drawing import Drawing
from gridsvc.operations.plan_moves import Move
from gridsvc.operations.plan_placing import households_in


def shift(drawing: Drawing, keys: tuple[int, int], line: LineString) -> Move:
    """Redraw the border between two leaves along a line."""
    one, other = (drawing.leaf(key) for key in keys)
    mosaic = drawing.mosaic
    change = topology.shift(mosaic.ground, drawing.index(one), drawing.index(other), line, tree=mosaic.tree)
    drawing.take(change)
    told = {"one": drawing.name(one), "other": drawing.name(other), "moved_m2": _moved_m2(change)}
    return Move("Border between {one} and {other}: {moved_m2:,.0f} m² change hands", told, kind="shift")


def split(drawing: Drawing, key: int, line: LineString) -> Move:
    """Divide a leaf by a line; the part with most households stays itself, the larger one of equals."""
    place = drawing.leaf(key)
    mosaic, index = drawing.mosaic, drawing.index(place)
    change = topology.split(mosaic.ground, index, line, tree=mosaic.tree)
    new = _part(drawing, place)
    drawing.take(_kept_by_most(drawing, change, place), [new])
    return _numbered(drawing, place, [new])


def _part(drawing: Drawing, place: int) -> int:
    """Add a unit beside one, without ground and name yet."""
    unit = drawing.after.units[place]
    return drawing.after.add(UnitState(unit.level, "", unit.kind, parent=unit.parent))


def _kept_by_most(drawing: Drawing, change: Rearranged, place: int) -> Rearranged:
    """Let the part with more households be the unit that is divided."""
    index, new = drawing.index(place), len(drawing.mosaic.ground)
    sides = [change.geometries[index], change.geometries[new]]
    own, others = households_in(drawing.scheme, _array(sides), drawing.standing([place]))
    if own >= others:
        return change
    grounds = {**change.geometries, index: sides[1], new: sides[0]}
    return replace(change, geometries=grounds, moved_m2={(index, new): float(area_m2(_array(sides))[0])})


def _numbered(drawing: Drawing, place: int, new: Sequence[int]) -> Move:
    parent = drawing.after.units[place].parent
    if parent is not None:
        drawing.number([parent])
    for serial, part in enumerate(new, start=2):
        if not drawing.name(part):
            drawing.after.describe(part, name=f"{drawing.name(place)}-{serial}")
    told = {"name": drawing.name(place), "new": "、".join(drawing.name(part) for part in new)}
    return Move("{name} divided; {new} begins", told, kind="split")


def annex(drawing: Drawing, key: int, ground: Polygon) -> Move:
    """Give a leaf ground beyond the edge of the jurisdiction."""
    place, mosaic = drawing.leaf(key), drawing.mosaic
    change = topology.annex(mosaic.ground, ground, drawing.index(place), tree=mosaic.tree)
    drawing.take(change)
    return Move("{name} takes in {moved_m2:,.0f} m²", {"name": drawing.name(place), "moved_m2": _moved_m2(change)}, kind="annex")


def retire(drawing: Drawing, key: int, ground: Polygon) -> Move:
    """Take ground from a leaf at the edge of the jurisdiction, for good."""
    place, mosaic = drawing.leaf(key), drawing.mosaic
    change = topology.retire(mosaic.ground, ground, drawing.index(place), tree=mosaic.tree)
    drawing.take(change)
    return Move("{name} gives up {moved_m2:,.0f} m²", {"name": drawing.name(place), "moved_m2": _moved_m2(change)}, kind="retire")


def _moved_m2(change: Rearranged) -> float:
    return sum(moved_m2 for (giver, taker), moved_m2 in change.moved_m2.items() if giver != taker and (giver, taker) != (NOBODY, NOBODY))


def _array(grounds: Sequence[topology.Ground]) -> topology.Geometries:
    array = np.empty(len(grounds), dtype=object)
    array[:] = grounds
    return array
