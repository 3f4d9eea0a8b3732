"""Lines drawn by hand, laid upon what they are meant to follow, and led around what they must not cut."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely
from shapely import LineString, Point, Polygon, STRtree
from shapely.ops import substring

from geodata.topology.grid import Floats, Geometries, as_array
from geodata.topology.plane import Plane

STEP_M = 4.0
"""How far apart the places of a line are looked at."""
LONGEST = 1.5
"""A way along a guide is taken while it is at most so many times as long as what was drawn."""


def follow(line: LineString, guides: Geometries, tolerance_m: float) -> LineString:
    """Return the line with each stretch that runs within a tolerance of a guide, for at least four times as long, laid upon it.

    `guides` are lines and polygons (their edges count): street centre lines, walls, banks, borders. EPSG:4490.
    """
    if not len(guides) or tolerance_m <= 0:
        return line
    plane = Plane.around(as_array([line]))
    edges = _edges(plane.flat(guides))
    drawn = shapely.segmentize(plane.flat(as_array([line])), STEP_M)[0]
    points = as_array(shapely.points(shapely.get_coordinates(drawn)))
    near = np.full(len(points), -1)
    found, guide = STRtree(edges).query_nearest(points, max_distance=tolerance_m, all_matches=False)
    near[found] = guide
    laid: list[Floats] = []
    for first, last in _runs(near):
        chain = shapely.get_coordinates(points[first : last + 1])
        way = _along(edges[near[first]], points[first], points[last]) if near[first] >= 0 else None
        drawn_m = np.hypot(*np.diff(chain, axis=0).T).sum()
        use = way is not None and drawn_m >= 4 * tolerance_m and way.length <= LONGEST * drawn_m
        laid.append(shapely.get_coordinates(way) if use else chain)
    return LineString(shapely.get_coordinates(plane.back(shapely.simplify(as_array([LineString(np.concatenate(laid))]), 0.01))))


def _edges(guides: Geometries) -> Geometries:
    """Return single lines of lines and of the edges of polygons."""
    polygons = shapely.get_dimensions(guides) == 2
    lines = shapely.get_parts(np.concatenate([guides[~polygons], shapely.boundary(guides[polygons])]))
    return lines[shapely.length(lines) > 0]


def _runs(near: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> list[tuple[int, int]]:
    """Return first and last of each run of equal values."""
    ends = np.flatnonzero(np.diff(near, append=-2))
    return list(zip([0, *(ends[:-1] + 1).tolist()], ends.tolist(), strict=True))


def _along(guide: LineString, start: Point, end: Point) -> LineString | None:
    """Return the way along a guide between the places nearest to two points; of a ring the shorter one."""
    one, other = guide.project(start), guide.project(end)
    way = substring(guide, one, other)
    if guide.is_closed and abs(one - other) > guide.length / 2:
        low, high = sorted((one, other))
        over = [*substring(guide, high, guide.length).coords, *list(substring(guide, 0, low).coords)[1:]]
        way = LineString(over if one == high else over[::-1])
    return way if way.geom_type == "LineString" and way.length > 0 else None


def around(line: LineString, footprints: Geometries) -> LineString:
    """Return the line led along the walls of each footprint that it runs through, on the side with the smaller part of it.

    A line that begins or ends inside one still does. EPSG:4490.
    """
    plane = Plane.around(as_array([line]))
    drawn: LineString = plane.flat(as_array([line]))[0]
    tree = STRtree(footprints)
    for index in sorted(tree.query(line, predicate="intersects").tolist()):
        for part in shapely.get_parts(plane.flat(footprints[index : index + 1])[0]):
            drawn = _past(drawn, part)
    return LineString(shapely.get_coordinates(plane.back(as_array([drawn]))))


def _past(line: LineString, footprint: Polygon) -> LineString:
    """Return a flat line with what lies between its first and last touch of a footprint laid along the walls."""
    wall = LineString(footprint.exterior.coords)
    touched = shapely.get_coordinates(shapely.intersection(line, wall))
    inside = shapely.length(shapely.intersection(line, footprint))
    ends = [Point(line.coords[0]), Point(line.coords[-1])]
    if len(touched) < 2 or inside == 0 or any(footprint.contains(end) for end in ends):
        return line
    along = np.sort([line.project(Point(point)) for point in touched])
    first, last = float(along[0]), float(along[-1])
    before, through, after = substring(line, 0, first), substring(line, first, last), substring(line, last, line.length)
    start, end = wall.project(line.interpolate(first)), wall.project(line.interpolate(last))
    ways = [way for way in _both_ways(wall, start, end) if len(way) > 1]
    if not ways or through.geom_type != "LineString":
        return line
    best = min(ways, key=lambda way: _between_m2(way, shapely.get_coordinates(through)))
    return LineString(_joined([shapely.get_coordinates(before), best, shapely.get_coordinates(after)]))


def _both_ways(wall: LineString, start: float, end: float) -> list[Floats]:
    """Return the two ways along a closed wall from one place to another."""
    low, high = sorted((start, end))
    inner = shapely.get_coordinates(substring(wall, low, high))
    outer = _joined([shapely.get_coordinates(substring(wall, high, wall.length)), shapely.get_coordinates(substring(wall, 0, low))])
    return [inner, outer[::-1]] if start == low else [inner[::-1], outer]


def _between_m2(way: Floats, through: Floats) -> float:
    ring = np.concatenate([way, through[::-1]])
    x, y = (ring - ring[0]).T
    return abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2


def _joined(chains: list[Floats]) -> Floats:
    """Return chains one behind the other, a point that repeats once."""
    points = np.concatenate(chains)
    kept = np.concatenate([[True], (np.diff(points, axis=0) != 0).any(axis=1)])
    joined: Floats = points[kept]
    return joined


def crossing(line: LineString) -> tuple[float, float] | None:
    """Return where a line crosses or touches itself; None where it does not."""
    if line.is_simple:
        return None
    pieces = as_array([LineString(pair) for pair in pairwise(line.coords)])
    one, other = STRtree(pieces).query(pieces, predicate="intersects")
    for here, there in zip(one.tolist(), other.tolist(), strict=True):
        if there > here + 1:
            lon, lat = shapely.get_coordinates(shapely.intersection(pieces[here], pieces[there]))[0]
            return float(lon), float(lat)
    return line.coords[0][0], line.coords[0][1]
