import json
from pathlib import Path

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.findings import GeodataError
from geodata.readers import read
from geodata.records import Table
from tests.conftest import shared_data

POINT = {"type": "Point", "coordinates": [112.72, 37.69]}
EXAMPLES = "vectors/geojson/examples"


def loaded(folder: Path, document: object) -> Table:
    path = folder / "units.geojson"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return read(path)


def feature(geometry: object = POINT, **properties: object) -> dict[str, object]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def collection(*features: object, **more: object) -> dict[str, object]:
    return {"type": "FeatureCollection", "features": list(features), **more}


@pytest.mark.parametrize("name", ["valid", "problematic_structure"])
def test_every_valid_example_is_read_without_a_fault(name: str) -> None:
    for path in sorted(shared_data(f"{EXAMPLES}/{name}").iterdir()):
        assert not [finding for finding in read(path).findings if finding.severity == "error"], path.name


def test_every_invalid_structure_is_refused_or_read_with_what_can_be_read() -> None:
    for path in sorted(shared_data(f"{EXAMPLES}/invalid_structure").iterdir()):
        try:
            table = read(path)
        except GeodataError as error:
            assert error.values["source"] == path.name  # noqa: PT017 - a refusal is one of two good ends
        else:
            assert len(table) == 1


@pytest.mark.parametrize(
    "name",
    [
        "invalid_geometries/invalid_unclosed",
        "invalid_geometries/invalid_incorrect_geometry_data_type",
        "invalid_structure/invalid_geometry_depth_deep_polygon",
        "invalid_structure/invalid_geometry_coordinates_string",
        "invalid_structure/invalid_geometry_geometrycollection_null_geometry",
        "invalid_structure/invalid_feature_geometry_is_string",
    ],
)
def test_a_broken_geometry_leaves_its_row_with_a_finding(name: str) -> None:
    table = read(shared_data(f"{EXAMPLES}/{name}.geojson"))
    assert table.geometry.tolist() == [None]
    assert [(finding.code, finding.row) for finding in table.findings] == [("unreadable-geometry", 1)]


def test_every_problematic_geometry_is_read_or_named() -> None:
    for path in sorted(shared_data(f"{EXAMPLES}/problematic_geometries").iterdir()):
        table = read(path)
        assert (table.geometry[0] is None) == bool(table.findings), path.name


def test_a_fourth_number_of_a_position_is_left_out() -> None:
    (geometry,) = read(shared_data(f"{EXAMPLES}/problematic_geometries/problematic_4d_coordinates.geojson")).geometry
    assert geometry.is_valid
    assert not shapely.has_z(geometry)


def test_the_old_crs_member_is_believed() -> None:
    table = read(shared_data(f"{EXAMPLES}/problematic_structure/problematic_crs_defined.geojson"))
    assert table.crs == "urn:ogc:def:crs:EPSG::32632"
    assert table.geometry[0].centroid.distance(shapely.Point(13.386, 52.515)) < 0.01


@pytest.mark.parametrize("member", [{"type": "link"}, {"type": "name", "properties": None}, "EPSG:4490", {"properties": {"name": 4490}}])
def test_a_crs_member_without_a_name_is_refused(tmp_path: Path, member: object) -> None:
    with pytest.raises(GeodataError, match="crs member"):
        loaded(tmp_path, collection(feature(), crs=member))


def test_a_crs_member_that_is_null_means_the_standard(tmp_path: Path) -> None:
    assert loaded(tmp_path, collection(feature(), crs=None)).crs == "EPSG:4326"


@pytest.mark.parametrize("document", [POINT, feature(), collection(feature()), {"type": "GeometryCollection", "geometries": [POINT]}])
def test_a_geometry_a_feature_and_a_collection_are_read_alike(tmp_path: Path, document: object) -> None:
    assert loaded(tmp_path, document).geometry[0].centroid == shapely.Point(112.72, 37.69)


def test_broken_json_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(GeodataError, match=r"^units\.geojson, line 2, column 9: no JSON"):
        loaded(tmp_path, '{"type":\n        Feature}')


@pytest.mark.parametrize("text", ["[]", "5", "null", '"x"'])
def test_json_that_is_no_object_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(GeodataError, match="no GeoJSON object"):
        loaded(tmp_path, text)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 5000 + "1" + "}" * 5000, '{"type": ' + "9" * 5000 + "}"])
def test_json_that_would_exhaust_a_reader_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(GeodataError, match=r"too deep|thousands of digits"):
        loaded(tmp_path, text)


def test_collections_within_collections_without_end_are_refused(tmp_path: Path) -> None:
    deep = '{"type":"GeometryCollection","geometries":[' * 300 + json.dumps(POINT) + "]}" * 300
    table = loaded(tmp_path, deep)
    assert len(table) == 1


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "null", "true", '"112"', "9" * 400])
def test_a_coordinate_that_is_no_number_leaves_its_row_with_a_finding(tmp_path: Path, number: str) -> None:
    table = loaded(tmp_path, f'{{"type": "Point", "coordinates": [{number}, 37.69]}}')
    assert table.geometry.tolist() == [None]
    assert [finding.row for finding in table.findings] == [1]


def test_a_null_geometry_is_a_row_without_place(tmp_path: Path) -> None:
    table = loaded(tmp_path, collection(feature(None, name="a"), feature(name="b")))
    assert [one["name"] for one in table.attributes] == ["a", "b"]
    assert [(finding.code, finding.row) for finding in table.findings] == [("no-geometry", 1)]


def test_an_entry_that_is_no_feature_does_not_shift_the_rows(tmp_path: Path) -> None:
    table = loaded(tmp_path, collection(feature(name="a"), None, feature(name="c")))
    assert table.attributes[2] == {"name": "c"}
    assert [(finding.code, finding.row) for finding in table.findings] == [("no-feature", 2)]


def test_texts_and_numbers_stay_what_they_are(tmp_path: Path) -> None:
    said: dict[str, object] = {"code": "007", "serial": 12345678901234567890123, "name": "𠮷野家😀", "tags": ["a", {"b": None}]}
    assert loaded(tmp_path, feature(**said)).attributes == [said]


def test_the_id_of_a_feature_is_kept(tmp_path: Path) -> None:
    assert loaded(tmp_path, {**feature(name="a"), "id": "way/1"}).attributes == [{"id": "way/1", "name": "a"}]


def test_an_id_among_the_properties_goes_first(tmp_path: Path) -> None:
    assert loaded(tmp_path, {**feature(id="mine"), "id": "way/1"}).attributes == [{"id": "mine"}]


def test_what_a_database_cannot_keep_is_removed_with_a_finding(tmp_path: Path) -> None:
    table = loaded(tmp_path, collection(feature(name="a"), feature(name="b\0c", more=["\ud800d"])))
    assert table.attributes[1] == {"name": "bc", "more": ["d"]}
    assert [(finding.code, finding.row) for finding in table.findings] == [("text-cleaned", 2)]


def test_every_naughty_string_survives(tmp_path: Path) -> None:
    texts = json.loads(shared_data("vectors/blns/blns.json").read_text("utf-8"))
    table = loaded(tmp_path, collection(*(feature(text=text) for text in texts)))
    assert [one["text"] for one in table.attributes] == texts


def test_buildings_of_shanghai_are_all_read() -> None:
    table = read(shared_data("shanghai/shanghai_buildings.geojson"))
    assert (len(table), table.findings) == (1981, ())


def test_parking_of_freiburg_lies_in_freiburg() -> None:
    table = read(shared_data("parking/freiburg_disabled_static.geojson"))
    assert len(table) == 312
    assert shapely.box(7.6, 47.9, 8, 48.1).contains(shapely.box(*shapely.total_bounds(table.geometry)))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["Point", "Polygon", "Feature"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["type", "coordinates", "geometry", "geometries", "features", "properties", "crs", "id"]), inner)
    ),
    max_leaves=25,
)
kinds = st.sampled_from(
    ["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection", "Feature"]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.fixed_dictionaries({"type": kinds}, optional={"coordinates": anything, "geometries": st.lists(anything)}) | anything, max_size=5
    )
)
def test_any_geometry_is_read_or_named_and_never_breaks_the_reader(tmp_path: Path, geometries: list[object]) -> None:
    table = loaded(tmp_path, collection(*(feature(geometry) for geometry in geometries)))
    told = {finding.row for finding in table.findings}
    assert all((geometry is None) == (row in told) for row, geometry in zip(table.rows, table.geometry, strict=True))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(anything)
def test_any_json_is_read_or_refused_with_a_sentence(tmp_path: Path, document: object) -> None:
    try:
        assert loaded(tmp_path, document).source == "units.geojson"
    except GeodataError as error:
        assert str(error)  # noqa: PT017 - a refusal is one of two good ends
