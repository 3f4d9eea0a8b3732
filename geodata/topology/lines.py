"""Lines as people draw them, made fit to be borders."""

from __future__ import annotations

import numpy as np
import shapely
from shapely import LineString, MultiLineString, Point
from shapely.geometry.base import BaseGeometry

from geodata.findings import Finding, GeodataError
from geodata.topology.check import box_of
from geodata.topology.follow import crossing
from geodata.topology.grid import Floats, Geometries, as_array
from geodata.topology.plane import Plane

REACH_M = 3.0
"""How far short of a border a line may end."""
VERTEX_M = 0.1
"""How near a vertex a line is meant to run through it."""
_BEYOND_M = 1e-4
"""Lines reach this far over a border, a tenth of a grid step, so that rounding cannot pull them back and third borders get no node."""


def fit_line(line: LineString, leaves: Geometries) -> MultiLineString:
    """Return the parts of a drawn line within the leaves' ground, ends lengthened to the next border, on the grid.

    Ends up to 3 m short of a border are lengthened, vertices within 0.1 m of the line are taken up. Errors: GeodataError
    for a line that crosses itself, closes, or misses the ground.
    """
    _require_open(line)
    plane = Plane.around(leaves)
    flat_leaves = plane.flat(leaves)
    borders = shapely.union_all(shapely.boundary(flat_leaves))
    drawn = plane.flat(shapely.remove_repeated_points(shapely.force_2d(as_array([line]))))[0]
    corners = as_array(shapely.points(shapely.get_coordinates(borders)))
    near = corners[shapely.dwithin(corners, drawn, VERTEX_M)]
    if len(near):
        drawn = shapely.snap(drawn, shapely.multipoints(near), VERTEX_M)
    longer = _lengthened(drawn, borders)
    inside = shapely.get_parts(shapely.intersection(longer, shapely.union_all(shapely.buffer(flat_leaves, _BEYOND_M))))
    inside = inside[(shapely.get_type_id(inside) == shapely.GeometryType.LINESTRING) & ~shapely.is_empty(inside)]
    if not len(inside):
        raise refusal("line-misses", "The line does not run through the ground that it should divide.", line)
    return MultiLineString(list(plane.back(inside)))


def refusal(code: str, template: str, where: BaseGeometry, **values: object) -> GeodataError:
    """Return an error with its place as a finding."""
    return GeodataError(template, findings=(Finding(code, "error", template, values, box_of(where)),), **values)


def _require_open(line: LineString) -> None:
    if line.geom_type != "LineString" or line.is_empty or not np.isfinite(shapely.get_coordinates(line)).all():
        raise GeodataError("A line with two points or more is needed; {kind} was given.", kind=line.geom_type)
    if line.length == 0 or line.is_closed:
        raise refusal("line-closes", "The line closes; a border to be drawn has two ends.", line)
    if (where := crossing(line)) is not None:
        raise refusal("line-crosses-itself", "The line crosses or touches itself; draw it without a loop.", Point(where))


def stray(line: LineString, leaves: Geometries) -> Floats:
    """Return how many metres of a line lie outside some leaves: before it comes to them, on the way between, and behind them."""
    plane = Plane.around(leaves)
    flat, ground = plane.flat(as_array([line]))[0], shapely.union_all(plane.flat(leaves))
    out_m = np.zeros(3)
    for piece in shapely.get_parts(shapely.difference(flat, ground)):
        if piece.is_empty:
            continue
        ends = shapely.get_coordinates(piece)[[0, -1]]
        which = 0 if np.array_equal(ends[0], flat.coords[0]) else 2 if np.array_equal(ends[1], flat.coords[-1]) else 1
        out_m[which] += piece.length
    return out_m


def short(fitted: MultiLineString, leaves: Geometries) -> tuple[Point, float] | None:
    """Return the end of a fitted line that lies farthest from the borders around it, and how far; None where all lie on them."""
    plane = Plane.around(leaves)
    borders = shapely.union_all(shapely.boundary(plane.flat(leaves)))
    ends = shapely.get_parts(shapely.boundary(fitted))
    if not len(ends):
        return None
    gaps_m = shapely.distance(plane.flat(ends), borders)
    far = int(gaps_m.argmax())
    return (ends[far], float(gaps_m[far])) if gaps_m[far] > VERTEX_M else None


def _lengthened(line: LineString, borders: BaseGeometry) -> LineString:
    """Return a flat line with each end drawn on to the next border within 3 m, straight ahead."""
    points = shapely.get_coordinates(line)
    head, tail = (_ahead(one, two, borders) for one, two in ((points[1], points[0]), (points[-2], points[-1])))
    return LineString(np.concatenate([head, points, tail]))


def _ahead(before: Floats, end: Floats, borders: BaseGeometry) -> Floats:
    """Return the point just behind the next border ahead of the end, as an array of one, or of none."""
    direction = (end - before) / np.hypot(*(end - before))
    ray = LineString([end, end + REACH_M * direction])
    hits = shapely.get_coordinates(shapely.intersection(ray, borders))
    gaps_m = np.hypot(*(hits - end).T)
    if not len(gaps_m) or shapely.distance(Point(end), borders) < _BEYOND_M:
        return np.empty((0, 2))
    behind: Floats = end + (gaps_m.min() + 2 * _BEYOND_M) * direction
    return behind[None]
