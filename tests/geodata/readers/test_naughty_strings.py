"""Strings that break programs, in every place of every kind of file where text may stand: kept, or refused with a sentence."""

import csv
import json
from io import BytesIO, StringIO
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZipFile

import geopandas
import pytest
import shapely
import xlsxwriter

from geodata.findings import GeodataError
from geodata.readers import read
from geodata.records import Table
from tests.conftest import shared_data

POINT = {"type": "Point", "coordinates": [112.72, 37.69]}


@pytest.fixture(scope="module")
def texts() -> list[str]:
    given: list[str] = json.loads(shared_data("vectors/blns/blns.json").read_text("utf-8"))
    return [text for text in given if "\0" not in text]


def said(table: Table, column: str = "text") -> list[object]:
    return [attributes.get(column) for attributes in table.attributes]


def collection(*features: object, **more: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def in_xml(texts: list[str]) -> list[str]:
    """Return those that XML can hold, as it gives them back: line breaks are line feeds, blanks at the ends go."""
    fit = [text.replace("\r\n", "\n").replace("\r", "\n").strip() for text in texts]
    return [
        text for text in fit if text and not any((ord(sign) < 32 and sign not in "\t\n") or ord(sign) in (0xFFFE, 0xFFFF) for sign in text)
    ]


def sheet(rows: list[list[str]]) -> bytes:
    data = BytesIO()
    with xlsxwriter.Workbook(data) as book:
        page = book.add_worksheet()
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                page.write_string(row, column, cell)
    return data.getvalue()


def loaded(folder: Path, name: str, data: bytes, **asked: str) -> Table:
    path = folder / name
    path.write_bytes(data)
    return read(path, **asked)


# Kept


def test_a_name_of_a_property(tmp_path: Path, texts: list[str]) -> None:
    table = loaded(tmp_path, "a.geojson", collection({"type": "Feature", "geometry": POINT, "properties": {text: text for text in texts}}))
    assert table.attributes[0] == {text: text for text in texts}


def test_an_id_of_a_feature(tmp_path: Path, texts: list[str]) -> None:
    features = [{"type": "Feature", "id": text, "geometry": POINT, "properties": {}} for text in texts]
    assert said(loaded(tmp_path, "a.geojson", collection(*features)), "id") == texts


def test_a_header_of_text(tmp_path: Path, texts: list[str]) -> None:
    written = StringIO(newline="")
    names = list(dict.fromkeys(text.strip() for text in texts if text.strip()))
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows([names, ["x"] * len(names)])
    assert list(loaded(tmp_path, "a.csv", written.getvalue().encode()).attributes[0]) == names


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_a_cell_of_text_in_every_encoding(tmp_path: Path, texts: list[str], encoding: str) -> None:
    written = StringIO(newline="")
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows([["编号", "text"], *([str(row), text] for row, text in enumerate(texts))])
    assert said(loaded(tmp_path, "a.csv", written.getvalue().encode(encoding))) == texts


def test_a_cell_of_a_workbook(tmp_path: Path, texts: list[str]) -> None:
    fit = [text for text in texts if text and not any((ord(sign) < 32 and sign not in "\t\n") or sign == "\ufffe" for sign in text)]
    table = loaded(tmp_path, "a.xlsx", sheet([["编号", "text"], *([str(row), text] for row, text in enumerate(fit))]))
    assert said(table) == fit


def test_a_header_of_a_workbook(tmp_path: Path, texts: list[str]) -> None:
    names = list(dict.fromkeys(text.strip() for text in in_xml(texts)))
    assert list(loaded(tmp_path, "a.xlsx", sheet([names, ["x"] * len(names)])).attributes[0]) == names


def test_a_name_of_a_placemark_of_its_folder_and_of_its_data(tmp_path: Path, texts: list[str]) -> None:
    fit = in_xml(texts)
    data = [f"<Data name={quoteattr(text)}><value>{escape(text)}</value></Data>" for text in fit]
    marks = [f"<Placemark><name>{escape(text)}</name></Placemark>" for text in fit]
    folders = [f"<Folder><name>{escape(text)}</name>{mark}</Folder>" for text, mark in zip(fit, marks, strict=True)]
    all_data = f"<Placemark><ExtendedData>{''.join(data)}</ExtendedData></Placemark>"
    table = loaded(tmp_path, "a.kml", f"<kml>{''.join(folders)}{all_data}</kml>".encode())
    assert said(table, "name")[:-1] == said(table, "folder")[:-1] == fit
    assert list(table.attributes[-1].values())[-1] == fit[-1]


def test_a_tag_and_its_value(tmp_path: Path, texts: list[str]) -> None:
    fit = [text for text in in_xml(texts) if "\n" not in text and "\t" not in text]
    tags = "".join(f"<tag k={quoteattr(f'k {text}')} v={quoteattr(text)}/>" for text in fit)
    table = loaded(tmp_path, "a.osm", f'<osm version="0.6"><node id="1" lat="37" lon="112">{tags}</node></osm>'.encode(), layer="points")
    assert table.attributes[0] == {"osm_id": "node/1"} | {f"k {text}": text for text in fit}


def test_a_column_and_a_layer_of_a_geopackage(tmp_path: Path, texts: list[str]) -> None:
    names = {text.casefold(): text for text in texts if text and text.casefold() not in ("fid", "geom", "")}.values()
    frame = geopandas.GeoDataFrame({name: ["x"] for name in names}, geometry=[shapely.Point(112, 37)], crs="EPSG:4490")
    for at, layer in enumerate(["a-b", "DROP TABLE x", "𠮷😀"]):
        path = tmp_path / f"{at}.gpkg"
        frame.to_file(path, layer=layer, driver="GPKG")
        assert set(read(path, layer=layer).attributes[0]) == set(names)


# Kept or refused with a sentence


def test_a_geometry_of_text_leaves_its_row_with_a_finding(tmp_path: Path, texts: list[str]) -> None:
    kinds = [{"type": text, "coordinates": [1, 2]} for text in texts]
    positions = [{"type": "Point", "coordinates": [text, text]} for text in texts]
    for shapes in (kinds, positions):
        features = [{"type": "Feature", "geometry": shape, "properties": text} for shape, text in zip(shapes, texts, strict=True)]
        table = loaded(tmp_path, "a.geojson", collection(*features))
        assert {finding.row for finding in table.findings if finding.code == "unreadable-geometry"} == set(range(1, len(texts) + 1))


@pytest.mark.parametrize("header", [["lon", "lat"], ["wkt"]])
def test_a_place_of_text_leaves_its_row_with_a_finding_or_is_none(tmp_path: Path, texts: list[str], header: list[str]) -> None:
    written = StringIO(newline="")
    csv.writer(written).writerows([["name", *header], *(["x"] + [text] * len(header) for text in texts)])
    table = loaded(tmp_path, "a.csv", written.getvalue().encode(), crs="EPSG:4490")
    placeless = [at for at, shape in enumerate(table.geometry) if shape is None]
    told = {finding.row for finding in table.findings}
    assert {table.rows[at] for at in placeless} <= told


@pytest.mark.parametrize("name", ["a.geojson", "a.csv", "a.kml", "a.osm", "a.xlsx"])
def test_a_file_that_is_one_such_string_is_read_or_refused(tmp_path: Path, texts: list[str], name: str) -> None:
    for text in texts:
        try:
            said = loaded(tmp_path, name, text.encode(), crs="EPSG:4490").source
        except GeodataError as refusal:
            said = str(refusal)
        assert name in said


def test_a_type_of_a_document_is_refused_with_its_sentence(tmp_path: Path, texts: list[str]) -> None:
    for text in texts:
        with pytest.raises(GeodataError, match="would be right"):
            loaded(tmp_path, "a.geojson", json.dumps({"type": text}).encode())


def test_a_reference_system_of_text_is_refused(tmp_path: Path, texts: list[str]) -> None:
    for text in texts[::150]:  # looking for a system of that name takes its time
        crs = {"type": "name", "properties": {"name": f"{text}!"}}
        with pytest.raises(GeodataError, match="names no reference system"):
            loaded(tmp_path, "a.geojson", collection({"type": "Feature", "geometry": POINT, "properties": {}}, crs=crs))


@pytest.mark.parametrize("suffix", [".gpkg", ".xlsx", ".zip", ".osm"])
def test_a_layer_that_is_not_there_is_answered_with_a_sentence(tmp_path: Path, texts: list[str], suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    if suffix == ".gpkg":
        geopandas.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(1, 2)], crs="EPSG:4490").to_file(path, layer="网格")
    elif suffix == ".zip":
        ZipFile(path, "w").close()
    else:
        path.write_bytes(sheet([["a"], ["x"]]) if suffix == ".xlsx" else b"<osm/>")
    for text in texts[::8]:
        with pytest.raises(GeodataError, match=r"has no (layer|sheet)|holds 0|name one of them"):
            read(path, layer=text)
