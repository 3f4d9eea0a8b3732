import numpy as np
import pytest
import shapely

from geodata.crs import parse_crs
from geodata.findings import Finding, GeodataError
from geodata.placing import place
from geodata.records import Geometries

with np.errstate(invalid="ignore"):
    BROKEN = shapely.from_wkt("LINESTRING (112 37, nan 38)")
HOME = shapely.box(112.72, 37.69, 112.73, 37.7)


def placed(*geometries: shapely.Geometry | None, crs: str = "EPSG:4490") -> tuple[Geometries, list[Finding]]:
    return place(np.array(geometries, dtype=object), parse_crs(crs), source="buildings.gpkg", rows=range(1, len(geometries) + 1))


def test_what_lies_well_is_stored_without_a_word() -> None:
    stored, findings = placed(HOME, shapely.Point(112.123456789, 37.5))
    assert stored.tolist() == [HOME, shapely.Point(112.12345679, 37.5)]
    assert findings == []


def test_the_given_geometries_stay_as_they_were() -> None:
    given = np.array([shapely.Point(387100, 4173861), shapely.Point(0, 0)], dtype=object)
    place(given, parse_crs("EPSG:4547"), source="a", rows=[1, 2])
    assert given.tolist() == [shapely.Point(387100, 4173861), shapely.Point(0, 0)]


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        (None, "no-geometry"),
        (shapely.MultiPolygon(), "empty-geometry"),
        (shapely.Point(0, 0), "null-island"),
        (shapely.Point(112, 91), "impossible-place"),
        (shapely.Point(np.inf, 37), "impossible-place"),
        (BROKEN, "impossible-place"),
        (shapely.box(112, 37, 181, 38), "impossible-place"),
    ],
)
def test_a_row_without_a_usable_place_has_none_and_a_finding(geometry: shapely.Geometry | None, code: str) -> None:
    stored, (finding,) = placed(HOME, geometry, HOME)
    assert stored.tolist() == [HOME, None, HOME]
    assert (finding.code, finding.row) == (code, 2)


def test_a_row_has_one_finding_however_many_of_its_corners_are_impossible() -> None:
    _, findings = placed(HOME, HOME, shapely.box(200, 100, 201, 101))
    assert [str(finding) for finding in findings] == ["201.0, 100.0 is no place in EPSG:4490."]


def test_a_rounding_error_at_the_date_line_is_no_fault() -> None:
    stored, findings = placed(shapely.Point(180.00000000000006, 71.5))
    assert (stored[0].x, findings) == (180, [])


def test_a_file_most_of_whose_numbers_are_impossible_is_refused() -> None:
    with pytest.raises(GeodataError, match="latitude before longitude"):
        placed(shapely.Point(37.69, 112.72), shapely.Point(37.7, 112.73), HOME.centroid)


def test_heights_are_left_out() -> None:
    stored, _ = placed(shapely.Point(112, 37, 800))
    assert not shapely.has_z(stored[0])


def test_an_old_datum_is_told() -> None:
    _, (finding,) = placed(shapely.Point(112, 37), crs="Xian 1980")
    assert finding.code == "rough-datum"


@pytest.mark.parametrize("crs", ["EPSG:4490", "EPSG:4547", "BD-09"])
def test_nothing_is_placed_as_nothing(crs: str) -> None:
    stored, findings = placed(crs=crs)
    assert (stored.tolist(), findings) == ([], [])
