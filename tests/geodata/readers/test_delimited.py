import csv
import io
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

one_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


def loaded(folder: Path, text: str | bytes, crs: str | None = None) -> Table:
    path = folder / "people.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(path, crs=crs)


def codes(table: Table) -> list[tuple[str, int | None]]:
    return [(finding.code, finding.row) for finding in table.findings]


def spectrum() -> list[Path]:
    """Return the cases but one, whose expected telephone number is not the one in its file."""
    return sorted(path for path in shared_data("vectors/csv-spectrum/csvs").iterdir() if path.stem != "location_coordinates")


def test_the_whole_spectrum_of_dialects_is_read_as_expected() -> None:
    for path in spectrum():
        expected = json.loads((path.parents[1] / "json" / f"{path.stem}.json").read_text("utf-8").replace("\\r\\n", "\\n"))
        got = json.loads(json.dumps(list(read(path).attributes)).replace("\\r\\n", "\\n"))
        assert got == expected, path.name


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_separators_and_encodings_of_spreadsheets_are_told_by_themselves(tmp_path: Path, mark: str, encoding: str) -> None:
    text = f'编码{mark}"姓名"{mark}备注\r\n0012{mark}张三{mark}"a{mark}""b"""\r\n'
    assert loaded(tmp_path, text.encode(encoding)).attributes == [{"编码": "0012", "姓名": "张三", "备注": f'a{mark}"b"'}]


@pytest.mark.parametrize("header", ["wkt", "WKT", "geometry", "geom", "几何"])
def test_a_column_of_geometries_is_known_by_its_name(tmp_path: Path, header: str) -> None:
    table = loaded(tmp_path, f'code,{header}\n1,"POLYGON ((112 37, 113 37, 113 38, 112 37))"\n', "4490")
    assert table.attributes == [{"code": "1"}]
    assert table.geometry[0].area == 0.5


@pytest.mark.parametrize(("x", "y"), [("lon", "lat"), ("lng", "lat"), ("Longitude", "Latitude"), ("X", "Y"), ("经度", "纬度")])
def test_two_columns_of_a_position_are_known_by_their_names(tmp_path: Path, x: str, y: str) -> None:
    table = loaded(tmp_path, f"{y},code,{x}\n37.69,1,112.72\n", "4490")
    assert (table.attributes, table.geometry.tolist()) == ([{"code": "1"}], [shapely.Point(112.72, 37.69)])


def test_easting_and_northing_are_read_in_their_zone(tmp_path: Path) -> None:
    assert loaded(tmp_path, "x,y\n387100.448,4173861.115\n", "EPSG:4547").geometry.tolist() == [shapely.Point(112.72, 37.69)]


@pytest.mark.parametrize("cell", ["东", "112°43'", "112,72", "nan", "inf", "1e400"])
def test_a_cell_that_is_no_number_leaves_its_row_with_a_finding(tmp_path: Path, cell: str) -> None:
    table = loaded(tmp_path, f'lon,lat\n"{cell}",37.69\n112.72,37.69\n', "4490")
    assert (codes(table), table.geometry[0]) == ([("unreadable-geometry", 2)], None)


def test_an_empty_position_is_a_row_without_place(tmp_path: Path) -> None:
    assert codes(loaded(tmp_path, "code,lon,lat\n1,,\n2,112.72,37.69\n", "4490")) == [("no-geometry", 2)]


@pytest.mark.parametrize("wkt", ["POLYGON ((112 37))", "nowhere", "POINT (112)", "POINT (nan 37)", "SRID=4490;POINT (112 37)"])
def test_a_geometry_that_cannot_be_read_leaves_its_row_with_a_finding(tmp_path: Path, wkt: str) -> None:
    table = loaded(tmp_path, f"wkt\tcode\n{wkt}\t1\nPOINT (112 37)\t2\n", "4490")
    assert ([row for _, row in codes(table)], table.geometry[0]) == ([2], None)


def test_rows_count_as_a_spreadsheet_counts_them(tmp_path: Path) -> None:
    assert list(loaded(tmp_path, 'a,b\n"two\nlines",x\n\n,\n5,y\n').rows) == [2, 5]


def test_a_repeated_column_is_kept_under_another_name(tmp_path: Path) -> None:
    table = loaded(tmp_path, "电话,电话,电话 2,\n1,2,3,4\n")
    assert table.attributes == [{"电话": "1", "电话 2": "2", "电话 2 2": "3", "column 4": "4"}]
    assert codes(table) == [("repeated-column", 1)] * 2


def test_missing_cells_are_empty_and_told(tmp_path: Path) -> None:
    table = loaded(tmp_path, "a,b,c\n1,2,3\n4,5\n")
    assert (table.attributes[1], codes(table)) == ({"a": "4", "b": "5", "c": ""}, [("too-few-cells", 3)])


def test_surplus_cells_are_left_out_and_told(tmp_path: Path) -> None:
    table = loaded(tmp_path, "a,b\n1,2\n3,4,5\n6,7,,\n")
    assert (table.attributes[1], codes(table)) == ({"a": "3", "b": "4"}, [("too-many-cells", 3)])


def test_a_quote_that_never_ends_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(GeodataError, match=r"^people\.csv, line 3: "):
        loaded(tmp_path, 'a,b\n1,"2\n3,4\n')


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff"])
def test_an_empty_file_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(GeodataError, match=r"people\.csv is empty"):
        loaded(tmp_path, text)


def test_a_header_alone_is_an_empty_table(tmp_path: Path) -> None:
    assert len(loaded(tmp_path, "code,lon,lat\n", "4490")) == 0


def test_an_outline_longer_than_a_usual_cell_is_read(tmp_path: Path) -> None:
    outline = shapely.Point(112, 37).buffer(1, quad_segs=4000)
    assert loaded(tmp_path, f'wkt\n"{outline.wkt}"\n', "4490").geometry[0].equals_exact(outline, 1e-8)


def test_nul_is_removed_with_a_finding(tmp_path: Path) -> None:
    table = loaded(tmp_path, "a,b\n1,2\n3,4\x00\n")
    assert (table.attributes[1], codes(table)) == ({"a": "3", "b": "4"}, [("text-cleaned", 3)])


def test_official_codes_keep_their_zeros_and_names() -> None:
    table = read(shared_data("codes/villages_5counties.csv"))
    assert {"code": "370212002040"}.items() <= next(one for one in table.attributes if str(one["name"]).startswith("山海社区")).items()
    assert (len(table), table.findings) == (1059, ())


def test_every_naughty_string_survives(tmp_path: Path) -> None:
    texts = [text for text in json.loads(shared_data("vectors/blns/blns.json").read_text("utf-8")) if "\0" not in text]
    written = io.StringIO(newline="")
    csv.writer(written).writerows([["n", "text"], *enumerate(texts)])
    assert [one["text"] for one in loaded(tmp_path, written.getvalue()).attributes] == texts


@one_folder
@given(st.lists(st.lists(cells, min_size=3, max_size=3), max_size=5), st.sampled_from([",", ";", "\t"]))
def test_any_table_that_is_written_is_read_back(tmp_path: Path, rows: list[list[str]], mark: str) -> None:
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=mark, quoting=csv.QUOTE_ALL).writerows([["a", "b", "c"], *rows])
    expected = [dict(zip("abc", row, strict=True)) for row in rows if any(row)]
    assert loaded(tmp_path, written.getvalue()).attributes == expected


@one_folder
@given(st.text(st.sampled_from('ab,;\t"\n\r\0é0.lonatwkt '), max_size=40) | st.text())
def test_any_text_is_a_table_or_refused(tmp_path: Path, text: str) -> None:
    try:
        assert loaded(tmp_path, text.encode("utf-8", "replace"), "4490").source == "people.csv"
    except GeodataError as error:
        assert error.values["source"] == "people.csv"  # noqa: PT017 - a refusal is one of two good ends
