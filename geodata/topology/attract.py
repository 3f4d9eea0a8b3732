"""Borders within noise of others are laid upon them."""

from __future__ import annotations

import numpy as np
import shapely
from shapely import STRtree

from geodata.topology.edges import directed
from geodata.topology.grid import DECIMALS, STEP_DEG, Flags, Floats, Geometries, as_array
from geodata.topology.plane import Plane

_END_M = 1e-4
"""A corner this near an edge's end is that end."""


def attract(polygons: Geometries, leaves: Geometries, noise_m: float) -> Geometries:
    """Return the polygons with vertices within `noise_m` of the leaves' borders moved there, corners first.

    Their edges also take up the leaves' corners within `noise_m`. Equal vertices and edges change equally, so a coverage
    stays paired. The rings may touch themselves afterwards.
    """
    if not len(leaves) or not len(polygons) or noise_m <= 0:
        return polygons
    pull = _Pull(leaves, noise_m, Plane.around(polygons))
    parts, polygon_of_part = shapely.get_parts(polygons, return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    points, ring_of_point = shapely.get_coordinates(rings, return_index=True)
    moved = pull.places(points)
    inserted = pull.corners_along(points[:-1], points[1:], ring_of_point[1:] == ring_of_point[:-1])
    chains = [np.concatenate([moved[place : place + 1], inserted.get(place, np.empty((0, 2)))]) for place in range(len(points))]
    first = np.searchsorted(ring_of_point, np.arange(len(rings) + 1))
    drawn = [shapely.LinearRing(np.concatenate(chains[first[ring] : first[ring + 1]])) for ring in range(len(rings))]
    whole = shapely.polygons([drawn[ring] for ring in np.searchsorted(part_of_ring, np.arange(len(parts)))])
    for ring in np.flatnonzero(part_of_ring[1:] == part_of_ring[:-1]) + 1:
        part = part_of_ring[ring]
        whole[part] = shapely.Polygon(whole[part].exterior, [*whole[part].interiors, drawn[ring]])
    attracted = [shapely.multipolygons(list(whole[polygon_of_part == polygon])) for polygon in range(len(polygons))]
    return shapely.remove_repeated_points(as_array(attracted))


class _Pull:
    """The borders that attract, in metres."""

    def __init__(self, leaves: Geometries, noise_m: float, plane: Plane) -> None:
        edges = directed(leaves)
        self.noise_m, self.plane = noise_m, plane
        self.corners = np.unique(edges.starts, axis=0) * STEP_DEG
        self.flat_corners = plane.flat(as_array(shapely.points(self.corners)))
        self.sides = plane.flat(as_array(shapely.linestrings(np.stack([edges.starts, edges.ends], axis=1) * STEP_DEG)))

    def places(self, points: Floats) -> Floats:
        """Return where each point goes: to the next corner, else to the next side, else nowhere."""
        moved, flat = points.copy(), self.plane.flat(as_array(shapely.points(points)))
        point, side = STRtree(self.sides).query_nearest(flat, max_distance=self.noise_m, all_matches=False)
        on_side = shapely.line_interpolate_point(self.sides[side], shapely.line_locate_point(self.sides[side], flat[point]))
        moved[point] = shapely.get_coordinates(self.plane.back(as_array(on_side)))
        point, corner = STRtree(self.flat_corners).query_nearest(flat, max_distance=self.noise_m, all_matches=False)
        moved[point] = self.corners[corner]
        return np.round(moved, DECIMALS)

    def corners_along(self, starts: Floats, ends: Floats, real: Flags) -> dict[int, Floats]:
        """Return the corners that each edge takes up, in its direction, by its place; both directions take the same."""
        backwards = (starts[:, 0] > ends[:, 0]) | ((starts[:, 0] == ends[:, 0]) & (starts[:, 1] > ends[:, 1]))
        ordered = np.where(backwards[:, None, None], np.stack([ends, starts], axis=1), np.stack([starts, ends], axis=1))
        lines = self.plane.flat(as_array(shapely.linestrings(ordered)))
        lines[~real] = None
        corner, edge = STRtree(lines).query(self.flat_corners, predicate="dwithin", distance=self.noise_m)
        along_m = shapely.line_locate_point(lines[edge], self.flat_corners[corner])
        between: Flags = (along_m > _END_M) & (along_m < shapely.length(lines[edge]) - _END_M)
        corner, edge, along_m = corner[between], edge[between], along_m[between]
        order = np.lexsort([corner, along_m, edge])
        places, first = np.unique(edge[order], return_index=True)
        runs = np.split(np.round(self.corners[corner[order]], DECIMALS), first[1:])
        return {
            int(place): run[::-1] if backwards[place] else run for place, run in zip(places, runs, strict=False)
        }  # no places: one empty run
