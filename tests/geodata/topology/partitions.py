"""Random coverages and lines, for tests that look for what nobody thought of."""

from __future__ import annotations

import numpy as np
import shapely
from shapely import LineString

from geodata.measure import area_m2, length_m
from geodata.topology import Geometries, Ground, Rearranged, build, check, neighbours, outer_after, unite
from geodata.topology.grid import as_array
from tests.grids import CELL_DEG, SOUTH, WEST, draw

WIDTH_DEG = 0.02


def drawn(*rows: str) -> Geometries:
    """Return a drawn coverage in the order of its letters, every vertex of a neighbour in place."""
    grounds = draw(*rows)
    return build(as_array(list(grounds.values())), list(grounds)).coverage


def line(*points: tuple[float, float]) -> LineString:
    """Return a line by positions in cells of a drawn grid: (0, 0) is its south-western corner."""
    return LineString([(WEST + right * CELL_DEG, SOUTH + up * CELL_DEG) for right, up in points])


def cells(ground: shapely.Geometry) -> float:
    """Return a size in cells of a drawn grid."""
    return round(float(ground.area) / CELL_DEG**2, 3)


def partition(rng: np.random.Generator, count: int, *, voids: int = 2, multiparts: int = 3, enclaves: int = 2) -> Geometries:
    """Return a coverage made of Voronoi cells: some dropped, some united at random, some surrounded by one unit."""
    seeds = shapely.multipoints(rng.uniform(0, WIDTH_DEG, (count, 2)) + np.array([WEST, SOUTH]))
    frame = shapely.box(WEST, SOUTH, WEST + WIDTH_DEG, SOUTH + WIDTH_DEG)
    walls = shapely.intersection(shapely.voronoi_polygons(seeds, only_edges=True), frame)
    noded = shapely.union_all([walls, frame.boundary], grid_size=1e-8)
    noded = shapely.transform(noded, lambda xy: np.round(xy, 8))
    faces = shapely.normalize(shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))))
    faces = faces[area_m2(faces) > 50]
    unit = np.arange(len(faces))
    pairs = neighbours(faces).pairs
    for middle in rng.choice(len(faces), enclaves, replace=False):
        ring = pairs[(pairs == middle).any(axis=1)].ravel()
        unit[ring[ring != middle]] = ring.max()
    for one, two in rng.choice(len(faces), (multiparts, 2), replace=False):
        unit[unit == one] = unit[two]
    dropped = rng.choice(len(faces), voids, replace=False)
    kept = np.setdiff1d(np.arange(len(faces)), dropped)
    return np.array([unite(faces[kept[unit[kept] == each]]).ground for each in np.unique(unit[kept])], dtype=object)


def random_line(rng: np.random.Generator, border: shapely.Geometry) -> LineString:
    """Return a line that has to do with a border: across, along, almost along, through its vertices, or anywhere near."""
    points = shapely.get_coordinates(border)
    chosen = points[np.sort(rng.choice(len(points), min(len(points), int(rng.integers(2, 6))), replace=False))]
    noise_deg = rng.choice([0.0, 1e-8, 3e-8, 1e-6, 1e-5, 3e-4])
    chosen = chosen + rng.normal(0, noise_deg, chosen.shape)
    ahead = (chosen[-1] - chosen[0]) * rng.uniform(-0.05, 1.0, (2, 1))
    return LineString(np.concatenate([[chosen[0] - ahead[0]], chosen, [chosen[-1] + ahead[1]]]))


def assert_sound(leaves: Geometries, outer: Ground, result: Rearranged, concerned: set[int]) -> tuple[Geometries, Ground]:
    """Demand that a change left a coverage of the same ground, and everybody else alone; return both as they are now."""
    after, border = result.applied_to(leaves), outer_after(outer, leaves, result)
    assert check(after, outer=border) == []
    assert abs(flat_m2(border) - flat_m2(outer)) <= bend_m2(outer)
    assert abs(sum(map(flat_m2, after)) - sum(map(flat_m2, leaves))) <= bend_m2(outer)
    for index in set(result.geometries) - concerned:
        assert index in result.seams
        assert flat_m2(shapely.symmetric_difference(after[index], leaves[index])) <= bend_m2(leaves[index])
    return after, border


def bend_m2(ground: Ground) -> float:
    """Return what nodes at half a grid step from a border can change."""
    return float(length_m([ground])[0]) * 0.001


def flat_m2(ground: shapely.Geometry) -> float:
    """Return an area with edges straight in degrees, so that a vertex upon one changes nothing."""
    return float(ground.area) * 111_412 * 96_486 * 0.9948
