"""Which polygon a point stands on: a lattice of cells that answers most points by one look.

The border rule, the same here and in SQL: a point stands on every polygon within `BORDER_DEG` of it,
and belongs to the first of them. The caller gives the polygons by rank (leaves by code, then
remainders). In SQL: `WHERE ST_DWithin(geometry, point, BORDER_DEG) ORDER BY rank`.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geodata.alike import leaders, mixed
from geodata.ranges import members

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

BORDER_DEG = 1.0001e-8
"""One step of the stored grid (about 1 mm), and a little, so that a point exactly one step off a
straight border is on it for every way of computing the distance."""

_MARGIN_DEG = 2 * BORDER_DEG
_CELLS_PER_EDGE = 4
_MOST_CELLS = 16_000_000
_REFERENCE = (0.6180339887, 0.4142135624)
"""Where in its cell the reference point stands, as shares of the cell: off every line that people draw."""
_NUMBER = (1 << 24) - 1
"""The low bits of a key: the polygon's number from 1; 0 is no polygon."""
_CHUNK = 1 << 17
"""Points answered at a time, so that their pairs with edges stay in the processor's cache and in little memory."""


class Located(NamedTuple):
    """Where many points stand."""

    polygon: Ints
    """For each point the polygon it belongs to, or -1."""
    other_point: Ints
    """The rows of points that stand on further polygons (on a border, or where polygons overlap), ascending ..."""
    other_polygon: Ints
    """... and these polygons."""


class Cells:
    """Answers on which of some polygons a point stands, exactly.

    `geometries` are polygons or multipolygons, with holes or without, in degrees lon, lat, by rank. They
    may leave gaps and may overlap; where they do not overlap, many points are answered fastest.

    Each cell knows the polygons at its reference point and the edges that pass through it. On the way
    from there to the asked point each edge crossed leaves or enters the polygons on its two sides. A set
    of polygons is the exclusive or of their keys, which are random but for the low bits.
    """

    def __init__(self, geometries: ArrayLike) -> None:
        shapes = np.asarray(geometries, dtype=object)
        self._keys = np.random.default_rng(4490).integers(1 << 38, size=len(shapes) + 1) << 24 | np.arange(len(shapes) + 1)
        self._keys[0] = 0
        ends, self._sides = _edges(shapes)
        corners = ends.reshape(-1, 2) if len(ends) else np.zeros((1, 2))
        low, high = corners.min(axis=0), corners.max(axis=0)
        self._west, self._south = (low - 2 * _MARGIN_DEG).tolist()
        self._width, self._height = (high - low + 4 * _MARGIN_DEG).tolist()
        cells = min(_CELLS_PER_EDGE * len(ends) + 1, _MOST_CELLS)
        self._step = max((self._width * self._height / cells) ** 0.5, max(self._width, self._height) / cells)
        self._columns, self._rows = int(self._width / self._step) + 1, int(self._height / self._step) + 1
        self._ends = ends - [self._west, self._south] * 2
        self._side_keys = np.bitwise_xor(*self._keys[self._sides].T)
        edge, row = members(*self._span(self._ends[:, 1], self._ends[:, 3], self._rows))
        self._cell_keys = self._keys_at_references(edge, row)
        self._first, self._cell_edges = self._edges_by_cell(edge, row)
        self._overlaps = self._overlaps_at_references(shapes)
        # items of a memoryview come out as Python numbers, several times faster than those of an array
        self._key_at, self._first_at = self._cell_keys.data, self._first.data

    def locate(self, lon: float, lat: float) -> tuple[int, tuple[int, ...]]:
        """Return the polygon that the point (degrees) belongs to, or -1, and the others on which it stands, ascending."""
        x, y = lon - self._west, lat - self._south
        if not (0 <= x < self._width and 0 <= y < self._height):
            return -1, ()
        column, row = int(x / self._step), int(y / self._step)
        cell = row * self._columns + column
        first, last = self._first_at[cell], self._first_at[cell + 1]
        number = self._key_at[cell] & _NUMBER
        if first == last and cell not in self._overlaps:
            return number - 1, ()
        rx, ry = (column + _REFERENCE[0]) * self._step - x, (row + _REFERENCE[1]) * self._step - y
        on, near = set(self._overlaps.get(cell, (number,))), {0}
        edges = self._cell_edges[first:last]
        for (ax, ay, bx, by), sides in zip(self._ends[edges].tolist(), self._sides[edges].tolist(), strict=True):
            ax, ay, bx, by = ax - x, ay - y, bx - x, by - y  # noqa: PLW2901  # from here on the asked point is the origin
            turn = ax * by - ay * bx
            if _near(turn, ax, ay, bx, by):
                near.update(sides)
            elif (rx * ay > ry * ax) != (rx * by > ry * bx) and (turn > 0) != ((ax - rx) * (by - ry) > (ay - ry) * (bx - rx)):
                on ^= set(sides)
        numbers = sorted((on | near) - {0})
        return (numbers[0] - 1, tuple(n - 1 for n in numbers[1:])) if numbers else (-1, ())

    def locate_many(self, lons: ArrayLike, lats: ArrayLike) -> Located:
        """Return the same for many points; a coordinate that is not a number stands nowhere."""
        x, y = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
        index = np.empty(len(x), dtype=np.int64)
        others: list[tuple[int, int]] = []
        for at in range(0, len(x), _CHUNK):
            chunk = slice(at, at + _CHUNK)
            index[chunk], several = self._locate_chunk(x[chunk] - self._west, y[chunk] - self._south)
            for point in (several + at).tolist():
                index[point], further = self.locate(x[point], y[point])
                others += [(point, other) for other in further]
        other = np.array(others, dtype=np.int64).reshape(-1, 2)
        return Located(index, other[:, 0], other[:, 1])

    def _locate_chunk(self, x: Floats, y: Floats) -> tuple[Ints, Ints]:
        """Return the polygons of points that stand on one or none, and the rows of those that may stand on several."""
        inside = (x >= 0) & (x < self._width) & (y >= 0) & (y < self._height)
        x, y = np.where(inside, x, 0.0), np.where(inside, y, 0.0)
        column, row = (x / self._step).astype(np.int64), (y / self._step).astype(np.int64)
        cell = row * self._columns + column
        point, entry = members(self._first[cell], self._first[cell + 1])
        edge = self._cell_edges[entry]
        px, py = x[point], y[point]
        ax, ay, bx, by = self._ends[edge].T - [px, py, px, py]
        rx, ry = (column + _REFERENCE[0])[point] * self._step - px, (row + _REFERENCE[1])[point] * self._step - py
        turn = ax * by - ay * bx
        crossed = ((rx * ay > ry * ax) != (rx * by > ry * bx)) & ((turn > 0) != ((ax - rx) * (by - ry) > (ay - ry) * (bx - rx)))
        key = self._cell_keys[cell]
        np.bitwise_xor.at(key, point[crossed], self._side_keys[edge[crossed]])
        number = np.minimum(key & _NUMBER, len(self._keys) - 1)
        several = key != self._keys[number]
        several[point[_near(turn, ax, ay, bx, by)]] = True
        return np.where(inside, number - 1, -1), np.flatnonzero(several & inside)

    def _span(self, one: Floats, two: Floats, count: int) -> tuple[Ints, Ints]:
        """Return the first row (or column) of the lattice from one to the other, and the one after the last, a margin added."""
        reach = np.stack([np.minimum(one, two) - _MARGIN_DEG, np.maximum(one, two) + _MARGIN_DEG]) / self._step
        first, last = np.clip(reach.astype(np.int64), 0, count - 1)
        return first, last + 1

    def _keys_at_references(self, edge: Ints, row: Ints) -> Ints:
        """Return for each cell the key at its reference point: what the edges west of it, in its row, add up to."""
        ax, ay, bx, by = self._ends[edge].T
        y = (row + _REFERENCE[1]) * self._step
        met = (ay > y) != (by > y)
        edge, row, ax, ay, bx, by, y = (column[met] for column in (edge, row, ax, ay, bx, by, y))
        column = np.floor((ax + (y - ay) / (by - ay) * (bx - ax)) / self._step - _REFERENCE[0]).astype(np.int64) + 1
        keys = np.zeros((self._rows, self._columns + 1), dtype=np.int64)
        np.bitwise_xor.at(keys, (row, column), self._side_keys[edge])
        return np.bitwise_xor.accumulate(keys, axis=1)[:, : self._columns].ravel()

    def _edges_by_cell(self, edge: Ints, row: Ints) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return where the edges of each cell begin in the list of all, and that list."""
        ax, ay, bx, by = self._ends[edge].T
        rise = np.where(by == ay, np.inf, by - ay)  # a level edge is in one row from end to end
        bottom, top = row * self._step - _MARGIN_DEG, (row + 1) * self._step + _MARGIN_DEG
        share = np.clip((np.stack([bottom, top]) - ay) / rise, 0, 1)
        share = np.where(by == ay, [[0.0], [1.0]], share)
        x = ax + share * (bx - ax)
        which, column = members(*self._span(x[0], x[1], self._columns))
        cell = (row[which] * self._columns + column).astype(np.int32)
        first = np.concatenate([[0], np.bincount(cell, minlength=self._rows * self._columns).cumsum()])
        return first.astype(np.int32), edge[which][np.argsort(cell, kind="stable")].astype(np.int32)  # it makes use of runs

    def _overlaps_at_references(self, shapes: NDArray[np.object_]) -> dict[int, tuple[int, ...]]:
        """Return the numbers at the reference points on which several polygons lie."""
        cells = np.flatnonzero(self._cell_keys != self._keys[np.minimum(self._cell_keys & _NUMBER, len(shapes))])
        found: dict[int, tuple[int, ...]] = {}
        if not len(cells):
            return found
        x = self._west + (cells % self._columns + _REFERENCE[0]) * self._step
        y = self._south + (cells // self._columns + _REFERENCE[1]) * self._step
        at, shape = shapely.STRtree(shapes).query(shapely.points(x, y), predicate="intersects")
        for cell, number in zip(cells[at].tolist(), (shape + 1).tolist(), strict=True):
            found[cell] = (*found.get(cell, ()), number)
        return found


def first_at(polygons: NDArray[np.object_], points: NDArray[np.object_]) -> Ints:
    """Return what `Cells.locate_many` answers as `polygon`, for few polygons and points: those of a lattice cost more to lay out."""
    found = np.full(len(points), len(polygons), dtype=np.int64)
    point, polygon = shapely.STRtree(polygons).query(points, predicate="dwithin", distance=BORDER_DEG)
    np.minimum.at(found, point, polygon)
    return np.where(found == len(polygons), -1, found)


def _near(turn: Floats, ax: Floats, ay: Floats, bx: Floats, by: Floats) -> Flags:
    """Return whether the origin is within BORDER_DEG of the edges from a to b; `turn` is twice the triangle."""
    dx, dy = bx - ax, by - ay
    beside = (turn * turn <= BORDER_DEG**2 * (dx * dx + dy * dy)) & (ax * dx + ay * dy <= 0) & (bx * dx + by * dy >= 0)
    return beside | (ax * ax + ay * ay <= BORDER_DEG**2) | (bx * bx + by * by <= BORDER_DEG**2)


def _edges(shapes: NDArray[np.object_]) -> tuple[Floats, Ints]:
    """Return the ends ax, ay, bx, by of each edge, shared ones once, and the numbers of the polygons on its two sides (0 is none)."""
    part, number = shapely.get_parts(shapes, return_index=True)
    ring, part_of = shapely.get_rings(part, return_index=True)
    xy, ring_of = shapely.get_coordinates(ring, return_index=True)
    start = np.flatnonzero(ring_of[1:] == ring_of[:-1])
    point = xy.view(np.complex128).ravel()  # complex numbers compare as points do: by x, then by y
    ends = np.stack([np.minimum(point[start], point[start + 1]), np.maximum(point[start], point[start + 1])], axis=1)
    return _pair(ends, number[part_of[ring_of[start]]] + 1)


def _pair(ends: NDArray[np.complex128], owner: Ints) -> tuple[Floats, Ints]:
    """Return each edge once, and its one or two owners: the same edge of two polygons is one with two sides."""
    ax, ay, bx, by = ends.view(np.int64).T
    leader = leaders(mixed(ax, ay) - mixed(bx, by))
    again = np.flatnonzero(leader != np.arange(len(ends)))
    first = leader[again]
    fit = (ends[again, 0] == ends[first, 0]) & (ends[again, 1] == ends[first, 1]) & (owner[again] != owner[first])
    partner = np.full(len(ends), -1)
    partner[first[fit]] = again[fit]
    once = np.ones(len(ends), dtype=np.bool_)
    once[partner[partner >= 0]] = False  # where three polygons have an edge, one keeps it to itself, which is as right
    sides = np.stack([owner, np.where(partner >= 0, owner[partner], 0)], axis=1)
    return ends[once].view(np.float64), sides[once]
