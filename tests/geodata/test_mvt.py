from __future__ import annotations

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon, box
from shapely.geometry import shape

from geodata.findings import GeodataError
from geodata.mvt import BUFFER, EXTENT, TileLayer, tile

Z, X, Y = 16, 54600, 26400


def _lonlat(units: np.ndarray, z: int = Z, x: int = X, y: int = Y) -> np.ndarray:
    """Turn units of the tile, y south, into degrees."""
    square = (np.asarray(units, dtype=float) / EXTENT + [x, y]) / 2**z
    return np.stack([square[:, 0] * 360 - 180, np.degrees(np.arctan(np.sinh((0.5 - square[:, 1]) * 2 * np.pi)))], axis=1)


def _at(geometry: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(geometry, _lonlat)


def _decode(data: bytes) -> dict[str, dict]:
    return mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})


def _features(*geometries: shapely.Geometry, **options: object) -> list[dict]:
    return _decode(tile([TileLayer("layer", [_at(g) for g in geometries], **options)], Z, X, Y))["layer"]["features"]


def _commands(data: bytes) -> list[int]:
    """Read the geometry of the only feature without a library, so that winding and order are seen."""
    content = data.split(b"\x18\x03\x22", 1)[1]
    numbers, value, shift = [], 0, 0
    for byte in content[1 : 1 + content[0]]:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            numbers.append(value)
            value, shift = 0, 0
    return numbers


SQUARE = Polygon([(100, 100), (100, 200), (200, 200), (200, 100)])


@pytest.mark.parametrize(
    "geometry",
    [
        SQUARE,
        Polygon([(0, 0), (0, 400), (400, 400), (400, 0)], [[(100, 100), (200, 100), (200, 200)]]),
        MultiPolygon([SQUARE, box(300, 300, 400, 500)]),
        LineString([(0, 0), (50, 70), (100, 0)]),
        MultiLineString([[(0, 0), (50, 70)], [(100, 0), (100, 9), (0, 9)]]),
        Point(7, 9),
        MultiPoint([(7, 9), (4000, 1), (8, 8)]),
    ],
    ids=lambda geometry: geometry.geom_type,
)
def test_whole_units_come_back_as_they_went_in(geometry: shapely.Geometry) -> None:
    (feature,) = _features(geometry)
    assert shapely.normalize(shape(feature["geometry"])) == shapely.normalize(geometry)


def test_an_outer_ring_runs_with_the_clock_on_the_screen() -> None:
    layer = TileLayer("layer", [_at(Polygon([(0, 0), (0, 2), (3, 2), (3, 0)]))])
    # move to (0, 2) · line to (3, 2), (3, 0), (0, 0) backwards from there · close, as the specification's 4.3.5.6 has it
    move, x, y, line, *steps, close = _commands(tile([layer], Z, X, Y))
    assert (move, line, close) == (9, 26, 15)
    corners = np.cumsum(
        [[x >> 1, y >> 1], *[[-(a + 1) // 2 if a & 1 else a // 2 for a in pair] for pair in zip(steps[::2], steps[1::2], strict=True)]],
        axis=0,
    )
    following = np.roll(corners, -1, axis=0)
    assert (corners[:, 0] * following[:, 1] - following[:, 0] * corners[:, 1]).sum() == 12


def test_what_is_smaller_than_the_tile_is_left_whole() -> None:
    (feature,) = _features(box(60, 4100, 4090, 8130))
    assert shape(feature["geometry"]).bounds == (60, 4100, 4090, 8130)


def test_what_is_larger_is_cut_at_the_buffer() -> None:
    (feature,) = _features(box(4000, 4000, 9000, 9000))
    assert shape(feature["geometry"]).bounds == (4000, 4000, EXTENT + BUFFER, EXTENT + BUFFER)


def test_a_polygon_around_the_tile_fills_it() -> None:
    (feature,) = _features(box(-90000, -90000, 90000, 90000))
    assert shape(feature["geometry"]).bounds == (-BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)


def test_a_line_that_comes_back_is_two_lines() -> None:
    (feature,) = _features(LineString([(4000, 100), (9000, 100), (9000, 200), (4000, 200)]))
    assert feature["geometry"]["coordinates"] == [[[4000, 100], [4160, 100]], [[4160, 200], [4000, 200]]]


def test_points_beyond_the_buffer_are_left_out() -> None:
    features = _features(Point(0, 0), Point(4160, 0), Point(4161, 0), Point(0, -65))
    assert [feature["geometry"]["coordinates"] for feature in features] == [[0, 0], [4160, 0]]


@pytest.mark.parametrize(
    "geometry", [box(10.1, 10.1, 10.3, 10.3), box(10, 10, 100, 10.2), LineString([(5.1, 5.1), (5.2, 5.2)]), box(9000, 0, 9001, 1)]
)
def test_what_has_no_extent_in_the_tile_is_not_in_it(geometry: shapely.Geometry) -> None:
    assert tile([TileLayer("layer", [_at(geometry)])], Z, X, Y) == b""


def test_a_hole_too_small_to_see_is_closed() -> None:
    (feature,) = _features(Polygon(box(0, 0, 400, 400).exterior, [box(9.6, 9.6, 10.2, 10.2).exterior.coords]))
    assert shape(feature["geometry"]) == box(0, 0, 400, 400) or shape(feature["geometry"]).equals(box(0, 0, 400, 400))


def test_every_kind_of_value_comes_back() -> None:
    properties = {"name": ["山海社区", ""], "storeys": [16, -3], "share": [0.25, None], "let": [True, False], "none": [None, None]}
    first, second = _features(SQUARE, SQUARE, properties=properties)
    assert first["properties"] == {"name": "山海社区", "storeys": 16, "share": 0.25, "let": True}
    assert second["properties"] == {"name": "", "storeys": -3, "let": False}


def test_one_and_true_are_different_values() -> None:
    values = [feature["properties"]["value"] for feature in _features(SQUARE, SQUARE, SQUARE, properties={"value": [1, True, 1.0]})]
    assert [type(value) for value in values] == [int, bool, float]


def test_large_ids_come_back() -> None:
    assert [feature["id"] for feature in _features(SQUARE, SQUARE, SQUARE, ids=[0, 300, 2**53 - 1])] == [0, 300, 2**53 - 1]


def test_ids_and_values_stay_with_their_feature_where_others_are_missing() -> None:
    features = _features(
        SQUARE, Polygon(), box(9000, 0, 9001, 1), box(-500, 5, 90, 95), ids=[1, 2, 3, 4], properties={"name": ["a", "b", "c", "d"]}
    )
    assert {feature["id"]: feature["properties"]["name"] for feature in features} == {1: "a", 4: "d"}


def test_layers_show_at_their_zooms_and_stand_side_by_side() -> None:
    layers = [
        TileLayer("near", [_at(SQUARE)], zooms=(16, 20)),
        TileLayer("far", [_at(SQUARE)], zooms=(0, 15)),
        TileLayer("all", [_at(Point(1, 1))]),
    ]
    assert list(_decode(tile(layers, Z, X, Y))) == ["near", "all"]


def test_each_feature_shows_from_its_own_zoom_on() -> None:
    names = {"name": ["near", "far"]}
    shown = _features(SQUARE, SQUARE, properties=names, since=[Z + 1, Z])
    assert [feature["properties"]["name"] for feature in shown] == ["far"]


def test_layers_of_one_name_become_one() -> None:
    layers = [
        TileLayer("units", [_at(square)], properties={"name": [name]}, ids=[at])
        for at, (square, name) in enumerate([(SQUARE, "a"), (SQUARE, "b")])
    ]
    data = tile(layers, Z, X, Y)
    assert data.count(b"units") == 1
    assert [feature["properties"]["name"] for feature in _decode(data)["units"]["features"]] == ["a", "b"]


def test_layers_of_one_name_must_have_the_same_properties() -> None:
    with pytest.raises(GeodataError, match="different properties"):
        tile([TileLayer("units", [_at(SQUARE)], properties={"name": ["a"]}), TileLayer("units", [_at(SQUARE)])], Z, X, Y)


def test_an_empty_layer_is_no_bytes() -> None:
    assert tile([TileLayer("layer", [])], Z, X, Y) == b""


def test_mixed_kinds_are_refused() -> None:
    with pytest.raises(GeodataError, match="Layer layer mixes kinds"):
        TileLayer("layer", [Point(1, 1), SQUARE])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_a_tile_shows_what_shapely_clips_to_a_unit(seed: int) -> None:
    random = np.random.default_rng(seed)
    centre, size = random.uniform(-300, EXTENT + 300, (40, 2)), random.choice([5, 90, 900, 9000], 40)
    stars = [_star(random, *at) for at in zip(centre, size, strict=True)]
    window = box(-BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)
    shown = {feature["id"]: shape(feature["geometry"]) for feature in _features(*stars, ids=range(40))}
    for at, star in enumerate(stars):
        got = shapely.make_valid(shown.get(at, Polygon()))  # rounding may let a ring touch itself
        missing = shapely.difference(shapely.buffer(shapely.intersection(star, window), -1), shapely.buffer(got, 0.01))
        assert missing.area < 0.01
        assert shapely.difference(got, shapely.buffer(star, 1)).area < 0.01


def _star(random: np.random.Generator, centre: np.ndarray, size: float) -> Polygon:
    """Return a random star-shaped polygon, some with a hole."""
    angle = np.sort(random.uniform(0, 2 * np.pi, 12))
    rim = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    outer = centre + rim * size * random.uniform(0.5, 1, (12, 1))
    return (
        shapely.make_valid(Polygon(outer))
        if random.random() < 0.5
        else shapely.difference(shapely.make_valid(Polygon(outer)), Point(centre).buffer(size / 5))
    )


def test_neighbours_stay_neighbours() -> None:
    """A border that two polygons share is the same in the tile, also where it is cut."""
    west, east = (
        Polygon([(-900, 10), (2000.4, 10.3), (1999.7, 2999.6), (-900, 3000)]),
        Polygon([(2000.4, 10.3), (9000, 0), (9000, 3100), (1999.7, 2999.6)]),
    )
    first, second = (shape(feature["geometry"]) for feature in _features(west, east))
    assert shapely.intersection(first, second).equals(LineString([(2000, 10), (2000, 3000)]))


def test_the_bytes_are_these() -> None:
    layer = TileLayer("a", [_at(Point(25, 17))], ids=[1], properties={"k": ["v"]})
    feature = "12 11 0801 1204 00 808000 1801 2205 09 b200 a200"  # slots of fixed width: 50 is b200 and the first value 808000
    assert tile([layer], Z, X, Y).hex() == ("1a 23 0a0161 7802 288020" + feature + "1a016b 2203 0a0176").replace(" ", "")
