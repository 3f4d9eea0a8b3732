from pathlib import Path

import pytest
import shapely

from geodata.findings import GeodataError
from geodata.readers import READERS, read
from tests.conftest import shared_data

LINES = "code,lon,lat\n0012,112.72,37.69\n0013,112.73,37.70\n"


def written(folder: Path, text: str, name: str = "stations.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_read_with_its_name_system_rows_texts_and_places(tmp_path: Path) -> None:
    table = read(written(tmp_path, LINES), crs="EPSG:4490", attribution="some office")
    assert (table.source, table.crs, table.attribution, list(table.rows)) == ("stations.csv", "EPSG:4490", "some office", [2, 3])
    assert table.attributes == [{"code": "0012"}, {"code": "0013"}]
    assert table.geometry.tolist() == [shapely.Point(112.72, 37.69), shapely.Point(112.73, 37.7)]


def test_the_kind_of_a_file_is_told_by_the_end_of_its_name_in_any_case(tmp_path: Path) -> None:
    assert len(read(str(written(tmp_path, LINES, "站.CSV")), crs="4490")) == 2


def test_an_unknown_kind_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(GeodataError, match=r"plan\.dwg is of a kind.*\.gpkg"):
        read(written(tmp_path, "", "plan.dwg"))


@pytest.mark.parametrize("suffix", READERS)
def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(GeodataError, match="There is no file"):
        read(tmp_path / f"missing{suffix}")


@pytest.mark.parametrize("suffix", READERS)
@pytest.mark.parametrize(
    "data", [b"", b"\x00\xff\xfe\x81", b"SQLite format 3\0garbage", b"PK\x03\x04", bytes([0, 0, 0x27, 0x0A]) + b"x" * 200]
)
def test_a_broken_file_of_any_kind_is_refused_with_its_name_or_read_as_text(tmp_path: Path, suffix: str, data: bytes) -> None:
    path = tmp_path / f"broken{suffix}"
    path.write_bytes(data)
    try:
        assert read(path).source == path.name
    except GeodataError as error:
        assert error.values["source"] == path.name  # noqa: PT017 - a refusal is one of two good ends


def test_a_file_without_a_system_is_refused_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(GeodataError, match=r"does not say its reference system.*--crs EPSG:4490"):
        read(written(tmp_path, LINES))


def test_the_caller_is_believed_against_the_file_and_told_so() -> None:
    path = shared_data("shanghai/shanghai_pois.geojson")
    (finding,) = read(path, crs="GCJ-02").findings
    assert str(finding) == "Read in GCJ-02 as told, though the file itself says EPSG:4326."


@pytest.mark.parametrize("crs", ["WGS 84", "EPSG:4490", "OGC:CRS84"])
def test_the_caller_may_repeat_what_the_file_says_in_other_words(crs: str) -> None:
    assert read(shared_data("shanghai/shanghai_pois.geojson"), crs=crs).findings == ()


def test_the_caller_may_help_a_file_that_names_no_known_system(tmp_path: Path) -> None:
    path = written(tmp_path, '{"type": "Point", "coordinates": [112, 37], "crs": {"properties": {"name": "ours"}}}', "a.json")
    assert len(read(path, crs="EPSG:4490")) == 1
    with pytest.raises(GeodataError, match="'ours' names no reference system"):
        read(path)


def test_a_plain_table_needs_no_system_and_has_no_places(tmp_path: Path) -> None:
    table = read(written(tmp_path, "code,name\n0012,x\n"))
    assert (table.crs, table.geometry.tolist(), table.findings) == (None, [None], ())


def test_a_plain_table_with_a_system_is_told_how_places_are_named(tmp_path: Path) -> None:
    (finding,) = read(written(tmp_path, "code,X坐标\n0012,x\n"), crs="4490").findings
    assert finding.code == "no-places"


def test_a_row_with_an_unreadable_place_has_one_finding(tmp_path: Path) -> None:
    table = read(written(tmp_path, LINES + "0014,east,north\n"), crs="4490")
    assert [(finding.code, finding.row) for finding in table.findings] == [("unreadable-geometry", 4)]
    assert table.geometry[2] is None


def test_positions_of_a_chinese_map_service_are_moved_back(tmp_path: Path) -> None:
    table = read(written(tmp_path, "lon,lat\n116.41024450,39.91640428\n"), crs="火星坐标")
    assert table.geometry[0].equals_exact(shapely.Point(116.404, 39.915), 2e-8)
