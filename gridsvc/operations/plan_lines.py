"""Moves by what somebody draws: a border shifted, a unit split, ground taken in or given up at the edge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from shapely import Polygon

from geodata import topology
from geodata.districting.draw import draw
from geodata.districting.graph import graph
from geodata.districting.parcels import parcels
from geodata.measure import area_m2
from geodata.topology import NOBODY, Rearranged
from gridsvc.domain.coverage import UnitState
from gridsvc.errors import Invalid
from gridsvc.operations.plan_drawing import Drawing
from gridsvc.operations.plan_drawn_lines import Drawn, pinned, prepared
from gridsvc.operations.plan_moves import Move
from gridsvc.operations.plan_placing import households_in


def shift(drawing: Drawing, keys: tuple[int, int], drawn: Drawn) -> Move:
    """Redraw the border between two leaves along a line."""
    one, other = (drawing.leaf(key) for key in keys)
    mosaic, before = drawing.mosaic, {place: drawing.after.units[place].ground for place in (one, other)}
    line = prepared(drawing, (one, other), drawn)
    change = topology.shift(mosaic.ground, drawing.index(one), drawing.index(other), line, tree=mosaic.tree)
    drawing.take(change)
    told = {"one": drawing.name(one), "other": drawing.name(other), "moved_m2": _moved_m2(change)}
    told |= _pins(drawing, before, drawn)
    return Move("Border between {one} and {other}: {moved_m2:,.0f} m² change hands", told, kind="shift")


def split(drawing: Drawing, key: int, drawn: Drawn) -> Move:
    """Divide a leaf by a line; the part with most households stays itself, the larger one of equals."""
    place = drawing.leaf(key)
    mosaic, index, before = drawing.mosaic, drawing.index(place), {place: drawing.after.units[place].ground}
    change = topology.split(mosaic.ground, index, prepared(drawing, [place], drawn), tree=mosaic.tree)
    new = _part(drawing, place)
    drawing.take(_kept_by_most(drawing, change, place), [new])
    pins = _pins(drawing, before, drawn)
    return _numbered(drawing, place, [new], pins)


def _pins(drawing: Drawing, before: Mapping[int, topology.Ground], drawn: Drawn) -> dict[str, object]:
    """Return what a move has to tell of buildings that it cuts."""
    pins = pinned(drawing, list(before), before, drawn)
    return {"pins": pins, "reason": drawn.pin} if pins else {}


def divide(drawing: Drawing, key: int, parts: int) -> Move:
    """Divide a leaf into parts of about the same number of households, between its buildings; the first part stays itself."""
    from geodata.districting.balanced import balanced  # noqa: PLC0415  # loads numba, which only this needs

    place = drawing.leaf(key)
    if not 2 <= parts <= MOST_PARTS:
        raise Invalid("A unit is divided into 2 to {most} parts; {given} were given.", most=MOST_PARTS, given=parts)
    leaf, standing = drawing.after.units[place].ground, drawing.standing([place])
    divided = parcels(leaf, standing.footprints, blocks=np.array([leaf], dtype=object))
    weight = np.zeros(len(divided.ground))
    known = np.array([row.households or 0 for row in standing.rows], dtype=np.float64)
    stood = divided.of_building >= 0
    np.add.at(weight, divided.of_building[stood], known[stood])
    if not weight.any():
        weight = area_m2(divided.ground)
    label = balanced(graph(divided.ground, weight), parts)
    grounds = draw(divided, label, standing.footprints)
    order = np.argsort(-np.bincount(label, weight), kind="stable")
    new = [_part(drawing, place) for _ in range(parts - 1)]
    drawing.take(topology.parted(drawing.mosaic.ground, drawing.index(place), grounds[order], tree=drawing.mosaic.tree), new)
    return _numbered(drawing, place, new, {})


MOST_PARTS = 50


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


def _numbered(drawing: Drawing, place: int, new: Sequence[int], more: Mapping[str, object]) -> Move:
    parent = drawing.after.units[place].parent
    if parent is not None:
        drawing.number([parent])
    for serial, part in enumerate(new, start=2):
        if not drawing.name(part):
            drawing.after.describe(part, name=f"{drawing.name(place)}-{serial}")
    told = {"name": drawing.name(place), "new": "、".join(drawing.name(part) for part in new), **more}
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
