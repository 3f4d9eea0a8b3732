from __future__ import annotations

import json
from collections import Counter

import numpy as np
import shapely
from shapely import box

from geodata.footprints import gather
from geodata.measure import area_m2
from tests.conftest import shared_data

WEST_HALF, EAST_HALF = box(120.0, 30.0, 120.0005, 30.0005), box(120.0005, 30.0, 120.001, 30.0005)


def arrays(*geometries: shapely.Geometry) -> np.ndarray:
    return np.array(geometries, dtype=object)


def test_copies_are_one_footprint() -> None:
    gathered = gather(["a", "a"], arrays(WEST_HALF, WEST_HALF))
    assert gathered.repeats[0].kind == "copies"
    assert gathered.footprints.tolist() == [WEST_HALF, None]


def test_halves_are_joined_without_a_seam() -> None:
    gathered = gather(["a", "a"], arrays(WEST_HALF, EAST_HALF))
    assert gathered.repeats[0].kind == "halves"
    assert gathered.footprints[0].equals(box(120.0, 30.0, 120.001, 30.0005))


def test_overlapping_halves_count_common_ground_once() -> None:
    wide = box(120.0, 30.0, 120.0007, 30.0005)
    gathered = gather(["a", "a"], arrays(wide, EAST_HALF))
    assert gathered.repeats[0].kind == "overlapping"
    assert np.isclose(area_m2(gathered.footprints[:1])[0], area_m2(arrays(box(120.0, 30.0, 120.001, 30.0005)))[0])


def test_a_footprint_that_ends_at_a_seam_lacks_its_other_half() -> None:
    south = box(120.0002, 29.9, 120.0005, 29.9005)
    gathered = gather(["a", "a", "b", "c"], arrays(WEST_HALF, EAST_HALF, south, box(120.2, 30, 120.3, 30.1)))
    assert gathered.lacking == [2]


def test_shanghais_repeated_ids_are_what_they_are() -> None:
    features = json.loads(shared_data("shanghai/shanghai_buildings.geojson").read_text(encoding="utf-8"))["features"]
    polygons = [feature for feature in features if feature["geometry"]["type"] == "Polygon"]
    shapes = shapely.from_geojson([json.dumps(feature["geometry"]) for feature in polygons])
    gathered = gather([str(feature["properties"]["id"]) for feature in polygons], shapes)
    assert Counter(repeat.kind for repeat in gathered.repeats) == {"copies": 89, "halves": 22, "overlapping": 3}
    assert len(gathered.lacking) == 3
