from __future__ import annotations

import csv
import math
import tempfile
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import orjson
import pytest
import shapely
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from geodata.findings import GeodataError
from geodata.readers import read
from geodata.readers.text import is_storable
from geodata.records import Geometries, Table
from geodata.writers import WRITERS, Layer, write
from tests.conftest import shared_data
from tests.geodata.writers.drawn import layers

NOTES = ("示意数据(合成)", "© OpenStreetMap contributors")
LAYER = Layer("some", ["code"], [{"code": "007"}], np.array([shapely.Point(120, 30)]), NOTES)


def there_and_back(layer: Layer, suffix: str) -> Table:
    """Return what is read from the file that was written."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, f"drawn{suffix}")
        write(file, layer)
        return read(file)


def parts(geometry: Geometries) -> list[set[bytes]]:
    """Return what is the same for equal coordinates, wherever rings begin, whichever way they run and however parts are wrapped."""
    return [set(shapely.to_wkb(shapely.normalize(shapely.get_parts(shape)))) if shape else set() for shape in geometry]


def typed(table: Table | Layer) -> list[dict[str, tuple[type, object]]]:
    return [{name: (type(value), value) for name, value in attributes.items()} for attributes in table.attributes]


@pytest.mark.parametrize("suffix", [".csv", ".geojson", ".gpkg"])
@given(layer=layers())
@hypothesis_settings(max_examples=60)
def test_what_was_written_is_read_as_it_was(suffix: str, layer: Layer) -> None:
    table = there_and_back(layer, suffix)
    assert typed(table) == typed(layer)
    assert [shape and shape.geom_type for shape in table.geometry] == [shape and shape.geom_type for shape in layer.geometry]
    assert parts(table.geometry) == parts(layer.geometry)


@pytest.mark.parametrize("kinds", [("Point",), ("LineString",), ("Polygon", "MultiPolygon"), ("Point", "MultiPoint")])
@given(data=st.data())
@hypothesis_settings(max_examples=30)
def test_a_shapefile_keeps_what_dbase_cannot(kinds: tuple[str, ...], data: st.DataObject) -> None:
    layer = data.draw(layers(kinds))
    table = there_and_back(layer, ".zip")
    assert typed(table) == typed(layer)
    assert parts(table.geometry) == parts(layer.geometry)


def say_the_same(cell: object, value: object) -> bool:
    """Tell whether a cell says the value: an empty one is no text, a number has 15 digits and no type, a longer integer is text."""
    if type(value) in (int, float):
        return math.isclose(float(str(cell)), float(str(value)), rel_tol=1e-14)
    return cell == (None if value == "" else value)


@given(layer=layers(("Point",)))
@hypothesis_settings(max_examples=60)
def test_a_sheet_keeps_points_and_what_its_cells_can_say(layer: Layer) -> None:
    numbered = [{"id": f"r{row}", **attributes} for row, attributes in enumerate(layer.attributes)]  # no row is blank
    table = there_and_back(replace(layer, columns=["id", *layer.columns], attributes=numbered), ".xlsx")
    assert [row.keys() for row in table.attributes] == [row.keys() for row in numbered]
    for cells, values in zip(table.attributes, numbered, strict=True):
        assert [(cells[name], value) for name, value in values.items() if not say_the_same(cells[name], value)] == []
    assert table.geometry.tolist() == layer.geometry.tolist()


@pytest.mark.parametrize("suffix", WRITERS)
def test_every_kind_of_file_says_whom_to_name(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"a{suffix}"
    write(file, LAYER)
    said = file.read_bytes() if suffix not in (".xlsx", ".zip") else b"".join(map(ZipFile(file).read, ZipFile(file).namelist()))
    assert all(note.encode() in said for note in NOTES)


@pytest.mark.parametrize("suffix", WRITERS)
def test_no_records_are_written_and_read_too(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"none{suffix}"
    write(file, Layer("none", ["code", "名称"], [], np.empty(0, dtype=object)))
    assert len(read(file)) == 0


def test_a_formula_is_text_in_a_spreadsheet_and_a_negative_number_stays_a_number(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", replace(LAYER, columns=["a", "b"], attributes=[{"a": "=HYPERLINK(1)", "b": -5}]))
    (row,) = csv.DictReader((tmp_path / "a.csv").read_text("utf-8-sig").splitlines())
    assert (row["a"], row["b"]) == ("'=HYPERLINK(1)", "-5")


def test_a_sheet_holds_formulas_as_text_that_stays_text(tmp_path: Path) -> None:
    write(tmp_path / "a.xlsx", replace(LAYER, columns=["a"], attributes=[{"a": "=1+1"}]))
    with ZipFile(tmp_path / "a.xlsx") as parts:
        sheet, styles = (parts.read(f"xl/{name}.xml").decode() for name in ("worksheets/sheet1", "styles"))
    assert "<f>" not in sheet
    assert ("<t>=1+1</t>" in sheet, 'quotePrefix="1"' in styles) == (True, True)


def test_a_sheet_has_its_header_frozen_and_a_point_of_each_geometry(tmp_path: Path) -> None:
    write(tmp_path / "a.xlsx", replace(LAYER, geometry=np.array([shapely.box(120, 30, 120.2, 30.2)])))
    with ZipFile(tmp_path / "a.xlsx") as parts:
        assert '<pane ySplit="1"' in parts.read("xl/worksheets/sheet1.xml").decode()
    assert read(tmp_path / "a.xlsx").geometry.tolist() == [shapely.Point(120.1, 30.1)]


def test_a_cell_too_small_for_a_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(GeodataError, match=r"Row 2, column 1: a cell of a sheet holds 32,767 characters, not 40,000; CSV"):
        write(tmp_path / "a.xlsx", replace(LAYER, attributes=[{"code": "x" * 40_000}]))


def test_a_shapefile_has_names_of_ten_ascii_letters_each_once(tmp_path: Path) -> None:
    columns = ["street_class", "street_class_2", "名称", "a b", "A-B"]
    write(tmp_path / "a.zip", replace(LAYER, columns=columns, attributes=[dict.fromkeys(columns, "x")]))
    about = orjson.loads(ZipFile(tmp_path / "a.zip").read("some.columns.json"))
    assert about["columns"] == dict(zip(["street_cla", "street_c_2", "column3", "a_b", "a_b_2"], columns, strict=True))


def test_kinds_of_geometry_are_a_shapefile_each(tmp_path: Path) -> None:
    shapes = np.array([shapely.Point(120, 30), None, shapely.box(120, 30, 121, 31)])
    write(tmp_path / "a.zip", replace(LAYER, attributes=[{"code": name} for name in "abc"], geometry=shapes))
    found = {layer: [row["code"] for row in read(tmp_path / "a.zip", layer=layer).attributes] for layer in ("some_points", "some_areas")}
    assert found == {"some_points": ["a", "b"], "some_areas": ["c"]}


@pytest.mark.parametrize("suffix", [".gpkg", ".zip"])
def test_columns_of_one_name_in_other_capitals_are_kept_apart_or_refused(tmp_path: Path, suffix: str) -> None:
    layer = replace(LAYER, columns=["Code", "code"], attributes=[{"Code": "A", "code": "b"}])
    if suffix == ".gpkg":
        with pytest.raises(GeodataError, match="Columns 'Code' and 'code' would be one"):
            write(tmp_path / "a.gpkg", layer)
    else:
        write(tmp_path / "a.zip", layer)
        assert list(read(tmp_path / "a.zip").attributes) == [{"Code": "A", "code": "b"}]


def test_a_file_that_fails_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    write(file, LAYER)
    before = file.read_bytes()
    with pytest.raises(GeodataError):
        write(file, replace(LAYER, attributes=[{"code": "x" * 40_000}]))
    assert (file.read_bytes(), list(tmp_path.iterdir())) == (before, [file])


@pytest.mark.parametrize("name", ["plan.dwg", "absent/plan.csv"])
def test_what_cannot_be_written_is_one_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(GeodataError, match=r"plan\.(dwg is of a kind|csv cannot be written: No such file)"):
        write(tmp_path / name, LAYER)


@pytest.mark.parametrize("suffix", WRITERS)
def test_naughty_strings_come_back_as_they_were(tmp_path: Path, suffix: str) -> None:
    strings = [text for text in orjson.loads(shared_data("vectors/blns/blns.json").read_bytes()) if text and is_storable(text)]
    if suffix == ".xlsx":
        strings = [text for text in strings if "\ufffe" not in text]  # no XML can hold it
    rows = [{"id": str(row), "text": text} for row, text in enumerate(strings)]
    write(tmp_path / f"a{suffix}", Layer("naughty", ["id", "text"], rows, np.full(len(rows), shapely.Point(120, 30))))
    assert [row["text"] for row in read(tmp_path / f"a{suffix}").attributes] == strings
