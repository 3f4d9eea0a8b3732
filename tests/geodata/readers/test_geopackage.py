import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from geodata.findings import GeodataError
from geodata.measure import area_m2
from geodata.readers import read
from tests.conftest import shared_data

PLACES = [shapely.Point(112.72, 37.69), None, shapely.Point(112.73, 37.7, 800), shapely.Point()]


def written(
    path: Path, layer: str = "网格", *, crs: str | None = "EPSG:4490", geometry: Sequence[shapely.Point | None] = PLACES, **columns: object
) -> Path:
    frame = geopandas.GeoDataFrame(columns, geometry=geometry, crs=crs)
    frame.to_file(path, layer=layer, driver="GPKG")
    return path


def changed(path: Path, statement: str, *values: object) -> None:
    """Change a file behind the back of the functions that its triggers ask for."""
    with sqlite3.connect(path) as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute('DROP TRIGGER "{}"'.format(trigger.replace('"', '""')))
        database.execute(statement, values)
    database.close()


def test_columns_come_as_what_they_are(tmp_path: Path) -> None:
    path = written(
        tmp_path / "网格 1.gpkg",
        code=["007", None, "𠮷😀", ""],
        households=pd.array([12, None, 2**40, 0], dtype="Int64"),
        floors=[1, 2, 3, 4],
        height=[1.5, np.nan, 3.0, 4.0],
        open=pd.array([True, None, False, True], dtype="boolean"),
        since=pd.to_datetime(["2024-01-02T03:04:05", None, "2024-02-01T00:00:00", "2024-02-01T00:00:00"]),
    )
    first, second, third, _ = read(path).attributes
    assert first == {"code": "007", "households": 12, "floors": 1, "height": 1.5, "open": True, "since": "2024-01-02T03:04:05"}
    assert second == {"code": None, "households": None, "floors": 2, "height": None, "open": None, "since": None}
    assert [type(third[name]) for name in ("code", "households", "floors", "height", "open")] == [str, int, int, float, bool]


def test_every_naughty_string_survives(tmp_path: Path) -> None:
    texts = json.loads(shared_data("vectors/blns/blns.json").read_text("utf-8"))
    path = written(tmp_path / "a.gpkg", geometry=[shapely.Point(112, 37)] * len(texts), text=texts)
    assert [one["text"] for one in read(path).attributes] == texts


def test_places_are_stored_and_what_has_none_is_told(tmp_path: Path) -> None:
    table = read(written(tmp_path / "a.gpkg", code=list("abcd")))
    assert table.geometry.tolist() == [shapely.Point(112.72, 37.69), None, shapely.Point(112.73, 37.7), None]
    assert [(finding.code, finding.row) for finding in table.findings] == [("no-geometry", 2), ("empty-geometry", 4)]


def test_metres_come_as_degrees(tmp_path: Path) -> None:
    path = written(tmp_path / "a.gpkg", crs="EPSG:4547", geometry=[shapely.Point(387100.448, 4173861.115)], code=["a"])
    assert read(path).geometry.tolist() == [shapely.Point(112.72, 37.69)]


def test_the_only_layer_needs_no_name(tmp_path: Path) -> None:
    assert len(read(written(tmp_path / "a.gpkg", code=list("abcd")))) == 4


def test_several_layers_have_to_be_named(tmp_path: Path) -> None:
    written(tmp_path / "a.gpkg", "grids", code=list("abcd"))
    path = written(tmp_path / "a.gpkg", "buildings", code=list("abcd"))
    with pytest.raises(GeodataError, match=r"a\.gpkg has 2 layers; name one of them: grids, buildings"):
        read(path)
    assert len(read(path, layer="buildings")) == 4


def test_a_layer_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(GeodataError, match=r"no layer 'grids'; it has 网格"):
        read(written(tmp_path / "a.gpkg", code=list("abcd")), layer="grids")


def test_a_layer_without_system_is_refused_with_a_hint(tmp_path: Path) -> None:
    path = written(tmp_path / "a.gpkg", code=list("abcd"))
    with sqlite3.connect(path) as database:
        database.execute("UPDATE gpkg_geometry_columns SET srs_id = -1")
    database.close()
    with pytest.raises(GeodataError, match="does not say its reference system"):
        read(path)


def test_long_integers_keep_their_last_digits_though_some_are_missing(tmp_path: Path) -> None:
    numbers = [2**60 + 1, None, -(2**53) - 1, 2**63 - 1]
    table = read(written(tmp_path / "a.gpkg", '网 "格', **{'编 "码\\': pd.array(numbers, dtype="Int64")}))
    assert [list(one.values()) for one in table.attributes] == [[number] for number in numbers]


def test_text_behind_a_nul_is_kept_without_it_and_told(tmp_path: Path) -> None:
    path = written(tmp_path / "小区 #1?.gpkg", '网 "格', code=list("abcd"), **{'名 "称': list("abcd")})
    changed(path, """UPDATE "网 ""格" SET "名 ""称" = '甲' || char(0) || '乙' WHERE code = 'c'""")
    table = read(path)
    assert [one['名 "称'] for one in table.attributes] == ["a", "b", "甲乙", "d"]
    assert [(finding.code, finding.row) for finding in table.findings if finding.code == "text-cleaned"] == [("text-cleaned", 3)]


def test_a_geometry_that_cannot_be_read_leaves_its_row_with_a_finding(tmp_path: Path) -> None:
    path = written(tmp_path / "a.gpkg", code=list("abcd"))
    changed(path, 'UPDATE "网格" SET geom = substr(geom, 1, 20) WHERE fid = 1')
    table = read(path)
    assert table.geometry[0] is None
    assert 1 in [finding.row for finding in table.findings]


def test_a_layer_of_text_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.gpkg", code=list("abcd"))
    changed(path, 'UPDATE "网格" SET code = CAST(? AS TEXT)', "网格".encode("gbk"))
    with pytest.raises(GeodataError, match=r"a\.gpkg cannot be read"):
        read(path)


def test_another_kind_of_file_under_its_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    path.write_text('<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>')
    with pytest.raises(GeodataError, match=r"a\.gpkg is no GeoPackage"):
        read(path)


@pytest.mark.parametrize(
    ("name", "layer", "count"),
    [
        ("hangzhou_residential.gpkg", None, 2112),
        ("osm/moscow.gpkg", "buildings", 628),
        ("osm/moscow.gpkg", "roads", 588),
        ("osm/monaco-tilemaker.gpkg", "buildings", 1283),
        ("osm/monaco-tilemaker.gpkg", "parking", 124),
        ("osm/helsinki-kamppi.gpkg", "fire", 39),
        ("osm/helsinki-kamppi.gpkg", "landuse_other", 194),
        ("districting/momepy_bubenec.gpkg", "plots", 407),
    ],
)
def test_real_layers_are_read_whole(name: str, layer: str | None, count: int) -> None:
    table = read(shared_data(name), layer=layer)
    assert (len(table), table.findings) == (count, ())
    assert not shapely.is_missing(table.geometry).any()


def test_buildings_of_prague_have_the_ground_they_cover() -> None:
    buildings = read(shared_data("districting/momepy_bubenec.gpkg"), layer="buildings")
    assert 100 < np.median(area_m2(buildings.geometry)) < 1000


def test_a_country_that_reaches_the_date_line_is_read_whole() -> None:
    table = read(shared_data("vectors/ogc-ats/cql2/standard/data/ne110m4cql2.gpkg"), layer="ne_110m_admin_0_countries")
    assert (len(table), table.findings) == (177, ())


def test_a_layer_without_geometry_is_a_plain_table(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(pd.DataFrame({"code": ["007", "008"]}), path)
    table = read(path)
    assert ([one["code"] for one in table.attributes], table.crs, table.geometry.tolist()) == (["007", "008"], None, [None, None])


def test_a_list_of_people_beside_the_map_does_not_make_the_layer_doubtful(tmp_path: Path) -> None:
    path = written(tmp_path / "a.gpkg", code=list("abcd"))
    pyogrio.write_dataframe(pd.DataFrame({"name": ["x"]}), path, layer="people", append=True)
    assert len(read(path)) == 4


def test_an_empty_layer_is_an_empty_table(tmp_path: Path) -> None:
    table = read(written(tmp_path / "a.gpkg", geometry=[], code=[]))
    assert (len(table), table.findings) == (0, ())
