from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import GeometryCollection, LineString, MultiPoint, Point, box

from geodata.shapes import polygonal_or_punctual, punctual

SPOT, FAR = Point(120, 30), Point(121, 30)


def of(*shapes: shapely.Geometry | None) -> np.ndarray:
    return np.array([*shapes, None], dtype=object)[:-1]


@pytest.mark.parametrize("shape", [SPOT, MultiPoint([SPOT]), GeometryCollection([SPOT, LineString([SPOT, FAR])])])
def test_the_one_point_in_a_geometry_is_its_point(shape: shapely.Geometry) -> None:
    assert punctual(of(shape)).geometries.tolist() == [SPOT]


@pytest.mark.parametrize("shape", [MultiPoint([SPOT, FAR]), LineString([SPOT, FAR]), Point(), None])
def test_several_points_or_none_are_no_point(shape: shapely.Geometry | None) -> None:
    assert punctual(of(shape, FAR)).geometries.tolist() == [None, FAR]


def test_a_point_is_moved_onto_the_grid_and_not_called_mended() -> None:
    found = punctual(of(Point(120.0000000049, 30)))
    assert found.geometries.tolist() == [SPOT]
    assert not found.repaired.any()


def test_ground_wins_over_a_point_beside_it() -> None:
    ground = box(120, 30, 120.001, 30.001)
    shapes = polygonal_or_punctual(of(GeometryCollection([ground, FAR]), FAR)).geometries
    assert shapes[0].equals(ground)
    assert shapes[1] == FAR
