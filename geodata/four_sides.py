"""What bounds ground in the east, south, west and north (四至): a line along most of a side, else whose ground lies behind it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from shapely import STRtree

from geodata.topology import NOBODY, Geometries
from geodata.topology.grid import Flags, Floats, Integers, as_array
from geodata.topology.plane import Plane

EAST, SOUTH, WEST, NORTH = range(4)
"""The order of columns, and of the sentence."""
REACH_M = 30.0
"""How far outside the border a line may run and still bound the ground: half of the widest street, and a pavement."""
INSIDE_M = 12.0
"""How far inside: a border may run along the near edge of a street. What lies deeper is a lane of the ground itself."""
MOST = 0.5
"""A line bounds a side if it runs along more of it."""
_STEP_M = 15.0
_STEPS = (12, 400)
"""A ring is looked at in at least and at most so many steps."""
_BEHIND_M = 2.0
"""So far behind the border one stands on the neighbour's ground."""


class FourSides(NamedTuple):
    """By ground and side, in the order east, south, west, north."""

    line: Integers
    """Shape (n, 4): the number of the line along the side, NOBODY where none runs along most of it."""
    neighbour: Integers
    """Shape (n, 4): the index of the ground behind most of the side, NOBODY where nobody's is."""


class _Border(NamedTuple):
    """Points along the borders, evenly spaced, in a flat frame."""

    ground: Integers
    side: Integers
    xy: Floats
    outward: Floats
    """Unit vectors."""
    length_m: Floats
    """How much border each point stands for."""

    @property
    def points(self) -> Geometries:
        """Return them as geometries."""
        return as_array(shapely.points(self.xy))

    @property
    def place(self) -> Integers:
        """Return a number for ground and side together."""
        return self.ground * 4 + self.side


class Lines(NamedTuple):
    """Streets, waters and railways, EPSG:4490."""

    shapes: Geometries
    number: Integers
    """Which of them are one street or river: those of the same number."""
    lesser: Flags
    """Lanes: they bound a side only where nothing else does."""


NO_LINES = Lines(as_array([]), np.empty(0, dtype=np.int64), np.empty(0, dtype=bool))


def four_sides(grounds: Geometries, lines: Lines, around: Geometries) -> FourSides:
    """Find what bounds each ground; all in EPSG:4490, lon and lat.

    `around` is ground that may lie behind a side, as a rule the same units. A side is the border that faces its direction from
    the outer half of the ground.
    """
    plane = Plane.around(grounds)
    border, flat = _border(plane.flat(grounds)), plane.flat(lines.shapes)
    first, second = (_along(border, flat[some], lines.number[some], len(grounds)) for some in (~lines.lesser, lines.lesser))
    return FourSides(np.where(first == NOBODY, second, first), _behind(border, plane.flat(around), len(grounds)))


def near_sides(grounds: Geometries, lines: Geometries, number: Integers, within_m: float) -> set[tuple[int, int, int]]:
    """Return (ground, side, number) for every line that comes within so many metres of a side."""
    plane = Plane.around(grounds)
    border = _border(plane.flat(grounds))
    at, line = STRtree(border.points).query(plane.flat(lines), predicate="dwithin", distance=within_m)[::-1]
    return set(zip(border.ground[at].tolist(), border.side[at].tolist(), number[line].tolist(), strict=True))


def _border(flat: Geometries) -> _Border:
    """Walk every outer ring in even steps."""
    parts, of_part = shapely.get_parts(flat, return_index=True)
    rings = shapely.get_exterior_ring(parts)
    rings[~shapely.is_ccw(rings)] = shapely.reverse(rings[~shapely.is_ccw(rings)])
    whole_m = shapely.length(rings)
    steps = np.clip(np.ceil(whole_m / _STEP_M), *_STEPS).astype(np.int64)
    ring = np.repeat(np.arange(len(rings)), steps)
    number = np.arange(len(ring)) - np.repeat(steps.cumsum() - steps, steps)
    step_m = (whole_m / steps)[ring]
    from_, middle, to = (shapely.get_coordinates(shapely.line_interpolate_point(rings[ring], (number + at) * step_m)) for at in (0, 0.5, 1))
    along = to - from_
    outward = np.stack([along[:, 1], -along[:, 0]], axis=1) / np.maximum(np.hypot(*along.T), 1e-9)[:, None]
    ground = of_part[ring]
    side = _side(outward)
    kept = _outer_half(shapely.bounds(flat)[ground], middle, side)
    return _Border(ground[kept], side[kept], middle[kept], outward[kept], step_m[kept])


def _side(outward: Floats) -> Integers:
    """Return the side that each direction faces."""
    x, y = outward.T
    sideways = np.abs(x) >= np.abs(y)
    side: Integers = np.where(sideways, np.where(x > 0, EAST, WEST), np.where(y > 0, NORTH, SOUTH)).astype(np.int64)
    return side


def _outer_half(boxes: Floats, xy: Floats, side: Integers) -> Flags:
    """Say which points lie in the half of their ground that they face out of; courts and notches open elsewhere."""
    axis = np.where((side == EAST) | (side == WEST), 0, 1)
    row = np.arange(len(side))
    middle = (boxes[row, axis] + boxes[row, axis + 2]) / 2
    ahead = xy[row, axis] - middle
    outer: Flags = np.where((side == EAST) | (side == NORTH), ahead, -ahead) >= 0
    return outer


def _along(border: _Border, lines: Geometries, number: Integers, count: int) -> Integers:
    """Return for each ground and side the line along most of it; of several the closest."""
    found = np.full((count, 4), NOBODY)
    if not len(lines):
        return found
    points = border.points
    line, at = STRtree(points).query(lines, predicate="dwithin", distance=REACH_M)
    nearest = shapely.get_coordinates(shapely.shortest_line(points[at], lines[line])).reshape(-1, 2, 2)
    way = nearest[:, 1] - nearest[:, 0]
    away_m = np.hypot(*way.T)
    outside = (way * border.outward[at]).sum(axis=1) >= -INSIDE_M
    at, line, away_m = at[outside], line[outside], away_m[outside]
    order = np.lexsort((away_m, number[line], at))
    at, which, away_m = at[order], number[line[order]], away_m[order]
    first = np.ones(len(at), dtype=bool)
    first[1:] = (at[1:] != at[:-1]) | (which[1:] != which[:-1])
    at, which, away_m = at[first], which[first], away_m[first]
    place = border.place
    whole_m = np.bincount(place, border.length_m, minlength=4 * count)
    pairs, where = np.unique(np.stack([place[at], which]), axis=1, return_inverse=True)
    share = np.bincount(where.ravel(), border.length_m[at], minlength=pairs.shape[1]) / whole_m[pairs[0]]
    close = np.bincount(where.ravel(), border.length_m[at] * (1 - away_m / (2 * REACH_M)), minlength=pairs.shape[1])
    most = share >= MOST
    _put_best(found, pairs[:, most], close[most])
    return found


def _behind(border: _Border, around: Geometries, count: int) -> Integers:
    """Return for each ground and side whose ground lies behind most of it."""
    found = np.full((count, 4), NOBODY)
    points = as_array(shapely.points(border.xy + _BEHIND_M * border.outward))
    at, behind = STRtree(around).query(points, predicate="intersects")
    whose = np.full(len(points), NOBODY)
    whose[at[::-1]] = behind[::-1]
    pairs, where = np.unique(np.stack([border.place, whose]), axis=1, return_inverse=True)
    _put_best(found, pairs, np.bincount(where.ravel(), border.length_m, minlength=pairs.shape[1]).astype(np.float64))
    return found


def _put_best(found: Integers, pairs: Integers, weight: Floats) -> None:
    """Write for each place the second of its pairs that weighs most, the lowest of equals."""
    order = np.lexsort((pairs[1], -weight, pairs[0]))
    place, first = np.unique(pairs[0][order], return_index=True)
    found.reshape(-1)[place] = pairs[1][order][first]
