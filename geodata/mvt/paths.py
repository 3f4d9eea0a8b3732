"""Ragged geometry as flat arrays: points, the paths they form, and the features these belong to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Self, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.ranges import members

POINT: Final = 1
LINE: Final = 2
POLYGON: Final = 3
KINDS: Final = {0: POINT, 4: POINT, 1: LINE, 2: LINE, 5: LINE, 3: POLYGON, 6: POLYGON}
"""What the specification (4.3.4) calls each of Shapely's geometry types."""
COLLECTION: Final = 7
"""Shapely's number of a geometry collection."""
Projection: TypeAlias = Callable[[NDArray[np.float64]], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Paths:
    """Paths of one kind: rings without the closing point, lines, or all points of a feature."""

    kind: int
    xy: NDArray[np.float64] | NDArray[np.int64]
    """The points of all paths, shape (n, 2); y runs south, as in tiles."""
    first: NDArray[np.int64]
    """Where each path begins in `xy`, and last the number of points."""
    feature: NDArray[np.int64]
    """The feature of each path, ascending."""
    hole: NDArray[np.bool_]
    """Whether the path is the ring of a hole; it follows the ring around it."""

    @classmethod
    def of(cls, kind: int, shapes: NDArray[np.object_], features: NDArray[np.int64], project: Projection | None = None) -> Self:
        """Return the paths of the kind in the shapes, their points projected; `features` numbers the shapes, ascending."""
        part, row = shapely.get_parts(shapes, return_index=True)
        if (shapely.get_type_id(shapes) == COLLECTION).any():  # it may hold multiparts
            part, again = shapely.get_parts(part, return_index=True)
            row = row[again]
        right = np.isin(shapely.get_type_id(part), [key for key, value in KINDS.items() if value == kind])
        path, row = part[right], row[right]
        hole = np.zeros(len(path), dtype=np.bool_)
        if kind == POLYGON:
            path, of_part = shapely.get_rings(path, return_index=True)
            row, hole = row[of_part], np.append(False, of_part[1:] == of_part[:-1])[: len(path)]
        xy, of_path = shapely.get_coordinates(path, return_index=True)
        xy = xy if project is None else project(xy)
        if kind == POINT:
            row, of_path = np.unique(row[of_path], return_inverse=True)
            hole = np.zeros(len(row), dtype=np.bool_)
        first = np.searchsorted(of_path, np.arange(len(row) + 1))
        paths = cls(kind, xy, first, features[row], hole)
        return paths._open_and_turned() if kind == POLYGON else paths

    def _open_and_turned(self) -> Self:
        """Return the rings without their closing points, those around ground positive, those of holes negative (4.3.3.3)."""
        path, point = members(self.first[:-1], self.first[1:] - 1)
        rings = replace(self, xy=self.xy[point], first=self.first - np.arange(len(self.first)))
        wrong = (rings.doubled_areas() > 0) == self.hole
        start, stop = rings.first[:-1], rings.first[1:]
        place = np.arange(len(point))
        return replace(rings, xy=rings.xy[np.where(wrong[path], (start + stop - 1)[path] - place, place)])

    def doubled_areas(self) -> NDArray[np.float64] | NDArray[np.int64]:
        """Return twice the area of each ring, positive where x turns towards y; every ring must have a point."""
        following = np.arange(1, len(self.xy) + 1)
        following[self.first[1:] - 1] = self.first[:-1]
        base = self.xy - np.repeat(self.xy[self.first[:-1]], np.diff(self.first), axis=0)  # near zero, so that no digits are lost
        (x, y), (next_x, next_y) = base.T, base[following].T
        return np.add.reduceat(x * next_y - next_x * y, self.first[:-1]) if len(self.xy) else np.empty(0)

    def between(self, first: int, stop: int) -> Self:
        """Return the paths of the features from `first` to before `stop`, numbered anew from 0."""
        low, high = np.searchsorted(self.feature, [first, stop])
        begin = self.first[low : high + 1]
        xy, feature, hole = self.xy[begin[0] : begin[-1]], self.feature[low:high] - first, self.hole[low:high]
        return replace(self, xy=xy, first=begin - begin[0], feature=feature, hole=hole)

    def snapped(self, scale: float) -> Self:
        """Return what is left on whole numbers, `round(xy * scale)`: no point twice in a row, no ring without ground."""
        xy = np.rint(self.xy * scale).astype(np.int64)
        if self.kind == POINT or not len(xy):
            return replace(self, xy=xy)
        before = np.arange(-1, len(xy) - 1)
        before[self.first[:-1]] = self.first[1:] - 1
        fresh = (xy != xy[before]).any(axis=1)
        if self.kind == LINE:
            fresh[self.first[:-1]] = True
        count = np.add.reduceat(fresh, self.first[:-1], dtype=np.int64)
        return self._only(xy, fresh, count)

    def _only(self, xy: NDArray[np.int64], fresh: NDArray[np.bool_], count: NDArray[np.int64]) -> Self:
        """Return the paths of the fresh points that still are lines or rings, and no hole whose outer ring is gone."""
        some = count > 0
        left = replace(self, xy=xy[fresh], first=starts(count[some]), feature=self.feature[some], hole=self.hole[some])
        if self.kind == LINE:
            good = count[some] > 1
        else:
            good = np.where(left.hole, -1, 1) * left.doubled_areas() > 0
            outer = np.maximum.accumulate(np.where(self.hole, -1, np.arange(len(self.hole))))[some]
            whole = np.zeros(len(self.hole), dtype=np.bool_)
            whole[np.flatnonzero(some)] = good
            good &= whole[outer]
        if good.all():
            return left
        _, point = members(left.first[:-1][good], left.first[1:][good])
        return replace(left, xy=left.xy[point], first=starts(count[some][good]), feature=left.feature[good], hole=left.hole[good])


def starts(count: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where runs of these lengths begin, and where the last one ends."""
    return np.concatenate([np.zeros(1, dtype=np.int64), count.cumsum()])
