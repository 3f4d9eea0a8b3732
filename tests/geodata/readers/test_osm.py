import struct
from pathlib import Path

import pytest
import shapely

from geodata.findings import GeodataError
from geodata.readers import read

XML = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6">
  <node id="1" lat="37" lon="112"><tag k="amenity" v="cafe"/><tag k="name" v="一号&quot;=&gt;"/><tag k="odd" v="x&quot;,y=&gt;\\"/></node>
  <node id="2" lat="37" lon="112.1"/><node id="3" lat="37.1" lon="112.1"/>
  <way id="9"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/><tag k="building" v="yes"/><tag k="building:levels" v="6"/></way>
  <way id="10"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/></way>
</osm>"""


def number(value: int) -> bytes:
    """Return an integer as protocol buffers write it."""
    low = bytes([value & 0x7F | (0x80 if value > 0x7F else 0)])
    return low + (number(value >> 7) if value > 0x7F else b"")


def field(tag: int, value: int | bytes) -> bytes:
    return number(tag << 3) + number(value) if isinstance(value, int) else number(tag << 3 | 2) + number(len(value)) + value


def blob(kind: str, data: bytes) -> bytes:
    body = field(1, data)
    head = field(1, kind.encode()) + field(3, len(body))
    return struct.pack(">I", len(head)) + head + body


def pbf(texts: list[str], lon: float, lat: float) -> bytes:
    """Return a file with one node; the texts are its keys and values in turn."""
    strings = field(1, b"") + b"".join(field(1, text.encode()) for text in texts)
    keys = b"".join(number(at) for at in range(1, len(texts) + 1, 2))
    values = b"".join(number(at) for at in range(2, len(texts) + 1, 2))
    node = field(1, 2 * 7) + field(2, keys) + field(3, values) + field(8, 2 * round(lat * 1e7)) + field(9, 2 * round(lon * 1e7))
    header = field(4, b"OsmSchema-V0.6")
    return blob("OSMHeader", header) + blob("OSMData", field(1, strings) + field(2, field(1, node)))


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    path = tmp_path / "片区.osm"
    path.write_text(XML, encoding="utf-8")
    return path


def test_every_tag_of_a_point_is_a_column(drawn: Path) -> None:
    table = read(drawn, layer="points")
    assert table.attributes == [{"osm_id": "node/1", "name": '一号"=>', "amenity": "cafe", "odd": 'x",y=>\\'}]
    assert (table.crs, table.geometry.tolist()) == ("EPSG:4326", [shapely.Point(112, 37)])


def test_a_closed_way_with_an_area_tag_is_ground(drawn: Path) -> None:
    table = read(drawn, layer="multipolygons")
    assert table.attributes == [{"osm_id": "way/9", "building": "yes", "building:levels": "6"}]
    assert table.geometry[0].area == pytest.approx(0.005)


def test_a_way_is_a_line(drawn: Path) -> None:
    assert read(drawn, layer="lines").attributes == [{"osm_id": "way/10", "highway": "residential"}]


def test_the_layer_has_to_be_named(drawn: Path) -> None:
    with pytest.raises(GeodataError, match="5 layers; name one of them: points, lines, multipolygons"):
        read(drawn)


def test_the_packed_form_is_read_alike(tmp_path: Path) -> None:
    path = tmp_path / "片区.osm.pbf"
    path.write_bytes(pbf(["name", "一号😀", "amenity", "cafe"], 112.72, 37.69))
    table = read(path, layer="points")
    assert table.attributes == [{"osm_id": "node/7", "name": "一号😀", "amenity": "cafe"}]
    assert table.geometry.tolist() == [shapely.Point(112.72, 37.69)]


@pytest.mark.parametrize("name", ["a.osm", "a.pbf"])
def test_a_file_that_points_to_others_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(
        '<OGRVRTDataSource><OGRVRTLayer name="points"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer><osm/></OGRVRTDataSource>'
    )
    with pytest.raises(GeodataError, match="is no file of OpenStreetMap"):
        read(path, layer="points")


def test_a_file_that_breaks_off_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.pbf"
    path.write_bytes(pbf(["name", "x"], 112, 37)[:-5])
    with pytest.raises(GeodataError, match=r"a\.pbf cannot be read"):
        read(path, layer="points")
