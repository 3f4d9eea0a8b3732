from pathlib import Path
from zipfile import ZipFile

import pytest
import shapely

from geodata.findings import GeodataError
from geodata.readers import read
from geodata.records import Table

POINT = "<Point><coordinates>112.72,37.69,800</coordinates></Point>"
RING = "112,37 113,37 113,38 112,37"


def loaded(folder: Path, inside: str, declared: str = "UTF-8", encoding: str = "utf-8") -> Table:
    path = folder / "站点.kml"
    text = f'<?xml version="1.0" encoding="{declared}"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{inside}</Document></kml>'
    path.write_bytes(text.encode(encoding))
    return read(path)


def placemark(shape: str = POINT, more: str = "", name: str = "一号站") -> str:
    return f"<Placemark><name>{name}</name>{more}{shape}</Placemark>"


def test_a_placemark_says_its_name_description_folders_and_data(tmp_path: Path) -> None:
    more = "<description><![CDATA[<b>24 小时</b>]]></description><ExtendedData><Data name='编码'><value>0012</value></Data>"
    more += "<SchemaData><SimpleData name='电话'>05551234567</SimpleData></SchemaData></ExtendedData>"
    table = loaded(
        tmp_path,
        f"<name>文档</name><Folder><name>街道</name><Folder><name>社区</name>{placemark(more=more)}</Folder></Folder>{placemark()}",
    )
    assert table.attributes == [
        {"name": "一号站", "description": "<b>24 小时</b>", "folder": "街道/社区", "编码": "0012", "电话": "05551234567"},
        {"name": "一号站"},
    ]
    assert (table.crs, table.geometry.tolist()) == ("EPSG:4326", [shapely.Point(112.72, 37.69)] * 2)


@pytest.mark.parametrize(
    ("shape", "wkt"),
    [
        (f"<LineString><coordinates>\n {RING} \n</coordinates></LineString>", "LINESTRING (112 37, 113 37, 113 38, 112 37)"),
        (
            f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{RING}</coordinates></LinearRing></outerBoundaryIs></Polygon>",
            "POLYGON ((112 37, 113 37, 113 38, 112 37))",
        ),
        (f"<MultiGeometry>{POINT}{POINT}</MultiGeometry>", "MULTIPOINT ((112.72 37.69), (112.72 37.69))"),
        (f"<MultiGeometry><MultiGeometry>{POINT}</MultiGeometry></MultiGeometry>", "POINT (112.72 37.69)"),
        ("<Track><when>2024</when><coord>112 37 5</coord><coord>113 37 5</coord></Track>", "LINESTRING (112 37, 113 37)"),
        ("<Point><coordinates> 112.72 , 37.69 </coordinates></Point>", "POINT (112.72 37.69)"),
    ],
)
def test_every_kind_of_shape_is_read(tmp_path: Path, shape: str, wkt: str) -> None:
    assert loaded(tmp_path, placemark(shape)).geometry.tolist() == [shapely.from_wkt(wkt)]


@pytest.mark.parametrize("coordinates", ["", "112.72", "east,north", "112,37 113", "112.72 37.69"])
def test_a_shape_without_readable_positions_leaves_its_row_with_a_finding(tmp_path: Path, coordinates: str) -> None:
    broken = placemark(f"<LineString><coordinates>{coordinates}</coordinates></LineString>", name="坏")
    table = loaded(tmp_path, placemark() + broken)
    assert [(one["name"], shape) for one, shape in zip(table.attributes, table.geometry, strict=True)][1] in [
        ("坏", None),
        ("坏", shapely.LineString()),
    ]
    assert [finding.row for finding in table.findings] == [2]


def test_a_placemark_without_shape_is_a_row_without_place(tmp_path: Path) -> None:
    assert [(one.code, one.row) for one in loaded(tmp_path, placemark("") + placemark()).findings] == [("no-geometry", 1)]


@pytest.mark.parametrize(("declared", "encoding"), [("GBK", "gbk"), ("gb2312", "gbk"), ("UTF-8", "utf-8-sig"), ("UTF-16", "utf-16")])
def test_the_encoding_is_the_one_declared(tmp_path: Path, declared: str, encoding: str) -> None:
    table = loaded(tmp_path, placemark(), declared, encoding)
    assert ([one["name"] for one in table.attributes], table.findings) == (["一号站"], ())


def test_text_in_gbk_that_claims_to_be_utf8_is_read_and_told(tmp_path: Path) -> None:
    table = loaded(tmp_path, placemark(), "UTF-8", "gbk")
    assert ([one["name"] for one in table.attributes], [one.code for one in table.findings]) == (["一号站"], ["read-as-gb18030"])


def test_an_archive_is_read_by_its_first_document(tmp_path: Path) -> None:
    loaded(tmp_path, placemark())
    with ZipFile(tmp_path / "a.kmz", "w") as archive:
        archive.writestr("files/other.kml", "<kml/>")
        archive.write(tmp_path / "站点.kml", "doc.kml")
    assert len(read(tmp_path / "a.kmz")) == 1


def test_an_archive_without_a_document_is_refused(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "a.kmz", "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with pytest.raises(GeodataError, match="no archive with a KML file"):
        read(tmp_path / "a.kmz")


def test_broken_xml_is_refused_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "a.kml").write_text("<kml>\n<Placemark></kml>")
    with pytest.raises(GeodataError, match=r"a\.kml, line 2, column 14: no XML \(mismatched tag\)"):
        read(tmp_path / "a.kml")


@pytest.mark.parametrize("text", ["<gpx/>", "<!DOCTYPE html><html></html>"])
def test_another_document_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.kml").write_text(text)
    with pytest.raises(GeodataError, match=r"a\.kml is no KML"):
        read(tmp_path / "a.kml")


def test_entities_that_grow_without_end_are_refused(tmp_path: Path) -> None:
    grown = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 50}">' for n in range(1, 9))
    (tmp_path / "a.kml").write_text(f'<!DOCTYPE kml [<!ENTITY e0 "x">{grown}]><kml>&e8;</kml>')
    with pytest.raises(GeodataError, match="limit on input amplification"):
        read(tmp_path / "a.kml")


def test_a_file_beside_the_document_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "a.kml").write_text(f'<!DOCTYPE kml [<!ENTITY s SYSTEM "file://{tmp_path}/secret">]><kml>{placemark(name="&s;")}</kml>')
    with pytest.raises(GeodataError, match="undefined entity"):
        read(tmp_path / "a.kml")
