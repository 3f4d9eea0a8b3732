from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.lookup import BORDER_DEG, Cells, first_at
from tests.grids import draw

STEP = 1e-8
ORIGIN = np.array([120.0, 30.0])


def _exact(shapes: list[shapely.Geometry], lon: float, lat: float) -> tuple[int, tuple[int, ...]]:
    on = np.flatnonzero(shapely.distance(np.array(shapes, dtype=object), shapely.Point(lon, lat)) <= BORDER_DEG).tolist()
    return (on[0], tuple(on[1:])) if on else (-1, ())


def _partition(seed: int, count: int = 40) -> list[shapely.Geometry]:
    """Cut a square into irregular cells, join some to multiparts, leave some out as gaps and holes."""
    random = np.random.default_rng(seed)
    seeds = shapely.MultiPoint(random.uniform(0, 0.01, (count, 2)))
    square = shapely.box(0, 0, 0.01, 0.01)
    lines = shapely.voronoi_polygons(seeds, extend_to=square, only_edges=True)
    noded = shapely.union_all([shapely.intersection(lines, square), square.boundary], grid_size=STEP)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    owner = random.integers(-1, count // 2, len(faces))
    shapes = [shapely.union_all(faces[owner == i]) for i in range(count // 2) if (owner == i).any()]
    return [shapely.transform(shape, lambda xy: np.round(xy + ORIGIN, 8)) for shape in shapes]


def _asked(shapes: list[shapely.Geometry], seed: int) -> np.ndarray:
    """Points anywhere, on vertices, on edges, one and two steps beside both, all on the stored grid."""
    random = np.random.default_rng(seed)
    vertices = shapely.get_coordinates(shapes)
    inner = (vertices[:-1] + vertices[1:]) / 2
    beside = [vertices + STEP * random.integers(-2, 3, vertices.shape), inner + STEP * random.integers(-2, 3, inner.shape)]
    return np.round(np.concatenate([random.uniform(-0.001, 0.011, (300, 2)) + ORIGIN, vertices, inner, *beside]), 8)


def _at_the_tolerance(shapes: list[shapely.Geometry], points: np.ndarray) -> np.ndarray:
    """Say which points are so near to being BORDER_DEG off a border that rounding decides."""
    borders = shapely.boundary(np.array(shapes, dtype=object))
    return (np.abs(shapely.distance(borders[:, None], shapely.points(points)[None]) - BORDER_DEG) < 1e-4 * STEP / 2).any(axis=0)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_every_point_stands_where_the_exact_distance_says(seed: int) -> None:
    shapes = _partition(seed)
    points = _asked(shapes, seed)
    points = points[~_at_the_tolerance(shapes, points)]
    cells = Cells(shapes)
    assert [cells.locate(*point) for point in points.tolist()] == [_exact(shapes, *point) for point in points.tolist()]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_many_points_are_answered_as_each_alone(seed: int) -> None:
    shapes = _partition(seed)
    points = _asked(shapes, seed)
    cells = Cells(shapes)
    many = cells.locate_many(*points.T)
    others = [tuple(many.other_polygon[many.other_point == row].tolist()) for row in range(len(points))]
    assert list(zip(many.polygon.tolist(), others, strict=True)) == [cells.locate(*point) for point in points.tolist()]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_few_points_are_answered_without_cells_as_with_them(seed: int) -> None:
    shapes = _partition(seed, 12)
    points = _asked(shapes, seed)
    points = points[~_at_the_tolerance(shapes, points)]
    with_cells = Cells(shapes).locate_many(*points.T).polygon
    assert first_at(np.array(shapes, dtype=object), shapely.points(points)).tolist() == with_cells.tolist()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_overlapping_polygons_all_answer(seed: int) -> None:
    random = np.random.default_rng(seed)
    corner, size = random.uniform(120, 120.01, (30, 2)), random.uniform(0.0005, 0.004, (30, 2))
    shapes = [shapely.box(*np.round(np.concatenate([low, low + side]), 8)) for low, side in zip(corner, size, strict=True)]
    points = np.round(random.uniform(120, 120.012, (200, 2)), 8)
    cells = Cells(shapes)
    many = cells.locate_many(*points.T)
    assert [cells.locate(*point) for point in points.tolist()] == [_exact(shapes, *point) for point in points.tolist()]
    assert many.polygon.tolist() == [_exact(shapes, *point)[0] for point in points.tolist()]


@pytest.mark.parametrize(
    ("lon", "lat", "answer"),
    [
        (120.0005, 30.0015, (0, ())),
        (120.001, 30.0015, (0, (1,))),
        (120.00100001, 30.0015, (0, (1,))),
        (120.00100002, 30.0015, (1, ())),
        (120.001, 30.001, (0, (1, 2))),
        (120.0, 30.0, (0, ())),
        (119.99999999, 30.0005, (0, ())),
        (119.99999998, 30.0005, (-1, ())),
    ],
    ids=[
        "inside",
        "on a border",
        "one step off",
        "two steps off",
        "where three meet",
        "outer corner",
        "one step outside",
        "two steps outside",
    ],
)
def test_a_border_belongs_to_the_lowest_rank_and_the_others_are_named(lon: float, lat: float, answer: tuple[int, tuple[int, ...]]) -> None:
    assert Cells(list(draw("A B", "A C").values())).locate(lon, lat) == answer


def test_the_ring_of_a_hole_is_a_border() -> None:
    cells = Cells(list(draw("A A A", "A . A", "A A A").values()))
    assert [cells.locate(120.0015, lat)[0] for lat in (30.0005, 30.001, 30.0010001, 30.0015)] == [0, 0, -1, -1]


def test_parts_of_one_unit_are_one_answer() -> None:
    cells = Cells(list(draw("A B A").values()))
    assert [cells.locate(lon, 30.0005) for lon in (120.0005, 120.0015, 120.0025)] == [(0, ()), (1, ()), (0, ())]


def test_a_long_border_across_many_cells_is_met_everywhere() -> None:
    kite = shapely.Polygon([(120, 30), (121, 30.9999), (121, 30)])
    fringe = [shapely.box(120 + i * 1e-4, 29.9, 120 + (i + 1) * 1e-4, 29.99) for i in range(500)]
    points = np.round(120 + np.random.default_rng(3).uniform(0, 1, (500, 2)) - [0, 90], 8)
    assert (Cells([kite, *fringe]).locate_many(*points.T).polygon == np.where(shapely.intersects_xy(kite, points), 0, -1)).all()


def test_what_is_no_place_stands_nowhere() -> None:
    cells = Cells(list(draw("A").values()))
    assert cells.locate(float("nan"), 30.0) == (-1, ())
    assert cells.locate_many([float("nan"), float("inf"), 120.0005], [30.0, 30.0005, 30.0005]).polygon.tolist() == [-1, -1, 0]


def test_no_ground_and_no_points_are_answered() -> None:
    assert Cells([]).locate(120.0, 30.0) == (-1, ())
    assert [len(column) for column in Cells([]).locate_many([], [])] == [0, 0, 0]


def test_a_polygon_without_ground_is_passed_over() -> None:
    cells = Cells([shapely.Polygon(), *draw("A").values()])
    assert cells.locate(120.0005, 30.0005) == (1, ())
