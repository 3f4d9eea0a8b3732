"""Every noun as a file of every kind, and back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import shapely
from sqlalchemy.orm import Session

from geodata.readers import read
from geodata.writers import WRITERS
from gridsvc.database.queries.export_households import OF_HOUSEHOLDS
from gridsvc.database.queries.export_nouns import EXPORTS
from gridsvc.database.queries.export_people import OF_PEOPLE
from gridsvc.database.queries.exports import Wanted
from gridsvc.database.queries.jurisdictions import JurisdictionRow, jurisdiction
from gridsvc.database.session import set_actor
from gridsvc.domain.permissions import NOBODY, Actor
from gridsvc.operations.exports import OSM, ExportRequest, export
from gridsvc.operations.imports import IMPORTERS, ImportRequest, run
from tests import builders
from tests.grids import draw

SPOT, FAR = shapely.Point(120.0005, 30.0005), shapely.Point(120.0015, 30.0005)
YARD = shapely.box(120.0001, 30.0001, 120.0009, 30.0009) - shapely.box(120.0004, 30.0004, 120.0006, 30.0006)
WAY = shapely.LineString([(120.0001, 30.0002), (120.0019, 30.0002)])
SIDE = shapely.LineString([(120, 30), (120, 30.001)])

ROWS: dict[str, list[tuple[Mapping[str, Any], shapely.Geometry]]] = {
    "units": [({"name": name, "level": 2, "code": f"00{name}", "kind": "专属网格"}, ground) for name, ground in draw("A B").items()],
    "compounds": [({"id": "7", "name": "龙泽𠮷苑"}, YARD), ({"name": None}, shapely.box(120.001, 30, 120.0015, 30.0004))],
    "buildings": [
        ({"id": "1", "name": "=1号楼", "use": "公寓", "floors": "12层", "height_m": 33.300000000000004, "households": 48}, YARD),
        ({"name": None, "use": "apartments", "shops": 3}, shapely.box(120.0011, 30.0001, 120.0014, 30.0004)),
    ],
    "streets": [({"id": "s", "name": "海口路", "class": "次干道"}, WAY), ({"class": "没听说过"}, SIDE)],
    "barriers": [({"name": "护城河", "类型": "河"}, WAY), ({"kind": "lake"}, YARD)],
    "stations": [({"名称": "暖心驿站", "类型": "红驿站", "电话": "0532-1", "面积": "28.5", "用房来源": "物业用房", "地址": "a\nb"}, SPOT)],
    "gates": [({"id": "g1", "name": "东门"}, SPOT), ({"id": "g2"}, FAR)],
    "parking_lots": [({"id": "p1", "name": "地库", "层": "B1", "车位数": 120}, YARD), ({"id": "p2", "name": "路侧"}, FAR)],
    "parking_spaces": [({"id": "x1", "车位号": "001", "停车场": "地库"}, SPOT), ({"id": "x2", "车位号": "002"}, FAR)],
    "fire_lanes": [({"id": "f1", "净宽": "4米"}, WAY), ({"id": "f2", "name": "登高场地"}, YARD)],
}  # fmt: skip
"""What an office brings of each noun: words of its own, numbers in text, rows without a number."""


@pytest.fixture
def place(session: Session, operator: Actor) -> JurisdictionRow:
    """Give a jurisdiction with some of everything."""
    here = builders.jurisdiction(session, operator, synthetic=True, attribution="某测绘院")
    for noun, rows in ROWS.items():
        IMPORTERS[noun](session, operator, builders.file(here, rows))
    found = jurisdiction(session, "here")
    assert found is not None
    return found


def layers(file: Path) -> list[str | None]:
    """Return the layers that have to be named."""
    names = [name.removesuffix(".shp") for name in ZipFile(file).namelist() if name.endswith(".shp")] if file.suffix == ".zip" else []
    return [*names] if len(names) > 1 else [None]


@pytest.mark.parametrize("suffix", WRITERS)
def test_everything_comes_back_unchanged(session: Session, operator: Actor, place: JurisdictionRow, tmp_path: Path, suffix: str) -> None:
    assert ROWS.keys() == EXPORTS.keys() - OF_PEOPLE.keys() - OF_HOUSEHOLDS.keys()
    outcomes: dict[str, Counter[str]] = {noun: Counter() for noun in ROWS}
    for noun in ROWS:
        file = tmp_path / f"{noun}{suffix}"
        export(session, operator, ExportRequest(place, Wanted(noun)), file)
        for layer in layers(file):
            done = run(session, operator, ImportRequest(noun, file, place.id, layer=layer, commit=True))
            outcomes[noun].update(done.proposal.counts)
    assert outcomes == {noun: {"unchanged": len(rows) + (noun == "units")} for noun, rows in ROWS.items()}  # units have a made root


def test_files_for_people_speak_chinese_the_others_keys(session: Session, operator: Actor, place: JurisdictionRow, tmp_path: Path) -> None:
    for name, english in (("a.csv", False), ("b.csv", True), ("c.gpkg", False)):
        export(session, operator, ExportRequest(place, Wanted("streets"), english), tmp_path / name)
    first = [read(tmp_path / name).attributes[0] for name in ("a.csv", "b.csv", "c.gpkg")]
    assert [list(row)[1:] for row in first] == [["编号", "名称", "道路等级"], *[["ref", "name", "street_class"]] * 2]
    assert [list(row.values())[3] for row in first] == ["次干路", "secondary", "secondary"]


def test_a_thing_without_a_number_shows_none(session: Session, operator: Actor, place: JurisdictionRow, tmp_path: Path) -> None:
    export(session, operator, ExportRequest(place, Wanted("compounds")), tmp_path / "a.csv")
    assert [row["编号"] for row in read(tmp_path / "a.csv").attributes] == ["7", None]


def test_an_estimate_is_never_taken_for_a_count(session: Session, operator: Actor, place: JurisdictionRow, tmp_path: Path) -> None:
    export(session, operator, ExportRequest(place, Wanted("buildings")), tmp_path / "a.csv")
    assert [row["户数"] for row in read(tmp_path / "a.csv").attributes] == [48, None]


@pytest.mark.parametrize(("noun", "count"), [("buildings", 1), ("streets", 1), ("compounds", 1), ("units", 1), ("fire_lanes", 1)])
def test_under_a_unit_is_what_stands_or_runs_there(
    session: Session, operator: Actor, place: JurisdictionRow, tmp_path: Path, noun: str, count: int
) -> None:
    assert export(session, operator, ExportRequest(place, Wanted(noun, under="00B")), tmp_path / "a.csv") == count


def test_a_file_says_that_its_data_are_made_up_and_whom_to_name(
    session: Session, operator: Actor, place: JurisdictionRow, tmp_path: Path
) -> None:
    IMPORTERS["gates"](session, operator, builders.file(place.id, [({"id": "o"}, SPOT)], source="osm"))
    export(session, operator, ExportRequest(place, Wanted("gates")), tmp_path / "gates.geojson")
    export(session, operator, ExportRequest(place, Wanted("streets")), tmp_path / "streets.geojson")
    said = [(tmp_path / name).read_text("utf-8") for name in ("gates.geojson", "streets.geojson")]
    assert all("示意数据(合成) 某测绘院" in text for text in said)
    assert [OSM in text for text in said] == [True, False]


def test_units_say_what_is_in_them_and_what_bounds_them(session: Session, operator: Actor, place: JurisdictionRow, tmp_path: Path) -> None:
    export(session, operator, ExportRequest(place, Wanted("units")), tmp_path / "a.csv")
    rows = {row["编码"]: row for row in read(tmp_path / "a.csv").attributes}
    assert [(rows[code]["楼栋数"], rows[code]["户数"], rows[code]["户数含估算"]) for code in ("00A", "00B")] == [
        (1, 48, False),
        (1, None, None),
    ]
    assert rows["00A"]["四至"].startswith("东至B，")


def test_who_reads_households_nowhere_gets_no_such_column(session: Session, place: JurisdictionRow, tmp_path: Path) -> None:
    set_actor(session, NOBODY)
    for noun in ("units", "buildings"):
        export(session, NOBODY, ExportRequest(place, Wanted(noun)), tmp_path / f"{noun}.csv")
        assert not [header for header in read(tmp_path / f"{noun}.csv").attributes[0] if "户" in header]


def test_a_workbook_of_units_says_what_is_in_them_and_what_bounds_them(
    session: Session, operator: Actor, place: JurisdictionRow, tmp_path: Path
) -> None:
    export(session, operator, ExportRequest(place, Wanted("units")), tmp_path / "units.xlsx")
    rows = {row["名称"]: row for row in read(tmp_path / "units.xlsx").attributes}
    assert [(rows[name]["楼栋数"], rows[name].get("户数")) for name in ("A", "B")] == [(1, 48), (1, None)]
    assert {"面积(平方米)", "四至", "户数含估算"} <= set(rows["A"])
