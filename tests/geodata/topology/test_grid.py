import numpy as np
from shapely import Point, Polygon

from geodata.topology import snap


def test_a_stored_coordinate_is_the_nearest_double_of_eight_decimals() -> None:
    rng = np.random.default_rng(1)
    points = np.array([Point(*xy) for xy in rng.uniform(-180, 180, (1000, 2))], dtype=object)
    assert all(point.x == round(point.x, 8) == float(f"{point.x:.8f}") for point in snap(points))


def test_snapping_again_changes_nothing() -> None:
    ground = snap(np.array([Polygon([(120.123456789, 30.1), (120.2, 30.1), (120.2, 30.2)])], dtype=object))
    assert snap(ground)[0].wkb == ground[0].wkb


def test_heights_are_dropped() -> None:
    assert not snap(np.array([Point(120, 30, 5)], dtype=object))[0].has_z
