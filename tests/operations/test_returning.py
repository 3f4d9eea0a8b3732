"""Sheets that come back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from geodata.writers import Layer, write
from gridsvc.database.tables import BuildingHouseholds, BuildingVersion, StationVersion, UnitVersion
from gridsvc.domain.permissions import NOBODY, Actor
from gridsvc.domain.proposals import Proposal
from gridsvc.errors import Invalid, NotSignedIn
from gridsvc.operations.imports import IMPORTERS, ImportRequest, run
from tests import builders
from tests.grids import draw

HOUSE, OTHER = shapely.box(120.0001, 30.0001, 120.0009, 30.0009), shapely.box(120.0011, 30.0001, 120.0019, 30.0009)


@pytest.fixture
def here(session: Session, operator: Actor) -> int:
    """Give a jurisdiction of two units with a building each."""
    here = builders.jurisdiction(session, operator)
    rows = [({"name": name, "level": 2, "code": f"00{name}"}, ground) for name, ground in draw("A B").items()]
    IMPORTERS["units"](session, operator, builders.file(here, rows))
    houses = [({"id": "1", "name": "1号楼", "floors": 6, "households": 24}, HOUSE), ({"name": "2号楼", "floors": 3}, OTHER)]
    IMPORTERS["buildings"](session, operator, builders.file(here, houses))
    return here


def ids(session: Session, noun: str) -> list[str]:
    return [str(found) for found in session.scalars(text(f"SELECT public_id FROM {noun} ORDER BY id"))]


def sheet(folder: Path, *rows: dict[str, Any], shapes: list[shapely.Geometry | None] | None = None) -> Path:
    """Write a sheet as somebody sends it back, without places unless they are given."""
    geometry = np.empty(len(rows), dtype=object)
    geometry[:] = shapes or [None] * len(rows)
    write(folder / "back.xlsx", Layer("back", list(rows[0]), rows, geometry))
    return folder / "back.xlsx"


def bring(session: Session, actor: Actor, here: int, noun: str, file: Path, **more: Any) -> Proposal:
    return run(session, actor, ImportRequest(noun, file, here, commit=True, **more)).proposal


def outcomes(proposal: Proposal) -> list[str]:
    return [row.outcome for row in proposal.rows]


def current(session: Session, table: Any) -> list[Any]:
    return list(session.scalars(select(table).where(text("upper_inf(valid)")).order_by(table.id)))


@pytest.mark.parametrize("shape", [None, shapely.Point(120.0005, 30.0005)])
def test_a_row_with_a_known_id_changes_what_it_says_and_nothing_else(
    session: Session, operator: Actor, here: int, tmp_path: Path, shape: shapely.Point | None
) -> None:
    first, second = ids(session, "building")
    rows = [{"标识": first, "名称": "一号楼"}, {"标识": second, "名称": "2号楼"}]
    proposal = bring(session, operator, here, "buildings", sheet(tmp_path, *rows, shapes=[shape, shape]))
    assert outcomes(proposal) == ["changed", "unchanged"]
    house = next(version for version in current(session, BuildingVersion) if version.name == "一号楼")
    assert house.floors == 6
    shapes = dict(session.execute(text("SELECT name, ST_AsBinary(geom) FROM building_version WHERE upper_inf(valid)")).all())
    assert shapely.equals(shapely.from_wkb(bytes(shapes["一号楼"])), HOUSE)
    assert [count.households for count in current(session, BuildingHouseholds)] == [24]


def test_an_emptied_cell_empties_the_field(session: Session, operator: Actor, here: int, tmp_path: Path) -> None:
    first, _ = ids(session, "building")
    bring(session, operator, here, "buildings", sheet(tmp_path, {"标识": first, "名称": "1号楼", "层数": None}))
    assert {version.name: version.floors for version in current(session, BuildingVersion)} == {"1号楼": None, "2号楼": 3}


def test_what_says_what_stands_writes_nothing(session: Session, operator: Actor, here: int, tmp_path: Path) -> None:
    rows = [{"标识": found, "名称": name} for found, name in zip(ids(session, "building"), ("1号楼", "2号楼"), strict=True)]
    before = session.scalar(text("SELECT count(*) FROM building_version"))
    assert outcomes(bring(session, operator, here, "buildings", sheet(tmp_path, *rows))) == ["unchanged", "unchanged"]
    assert session.scalar(text("SELECT count(*) FROM building_version")) == before


def test_who_may_not_bring_anything_in_may_not_bring_back_either(session: Session, here: int, tmp_path: Path) -> None:
    file = sheet(tmp_path, {"标识": ids(session, "building")[0], "名称": "1号楼"})
    with pytest.raises(NotSignedIn):
        bring(session, NOBODY, here, "buildings", file)


def test_a_new_row_without_a_place_is_refused_beside_the_known_ones(session: Session, operator: Actor, here: int, tmp_path: Path) -> None:
    rows = [{"标识": ids(session, "building")[0], "名称": "一号楼"}, {"标识": None, "名称": "新楼"}]
    proposal = bring(session, operator, here, "buildings", sheet(tmp_path, *rows), skip_refused=True)
    assert outcomes(proposal) == ["changed", "refused"]


def test_a_known_row_follows_the_numbering_of_its_thing(session: Session, operator: Actor, here: int, tmp_path: Path) -> None:
    file = sheet(tmp_path, {"标识": ids(session, "building")[0], "名称": "一号楼"})
    assert outcomes(bring(session, operator, here, "buildings", file, source="somebody else's")) == ["changed"]
    assert len(ids(session, "building")) == 2


def test_rows_of_several_numberings_are_refused(session: Session, operator: Actor, here: int, tmp_path: Path) -> None:
    IMPORTERS["buildings"](session, operator, builders.file(here, [({"id": "9", "name": "9号楼"}, HOUSE)], source="osm"))
    rows = [{"标识": found, "名称": "改"} for found in ids(session, "building")]
    with pytest.raises(Invalid, match=r"several numberings \(main, osm\)"):
        bring(session, operator, here, "buildings", sheet(tmp_path, *rows))


def test_an_id_that_is_there_twice_is_refused(session: Session, operator: Actor, here: int, tmp_path: Path) -> None:
    row = {"标识": ids(session, "building")[0], "名称": "1号楼"}
    with pytest.raises(Invalid, match="Rows 2 and 3 have the same id"):
        bring(session, operator, here, "buildings", sheet(tmp_path, row, row))


def test_a_unit_keeps_its_identity_and_ground_when_name_and_code_change(
    session: Session, operator: Actor, here: int, tmp_path: Path
) -> None:
    unit_id, public_id = session.execute(
        text("SELECT u.id, u.public_id FROM unit u JOIN unit_version v ON v.unit_id = u.id AND upper_inf(v.valid) WHERE v.code = '00B'")
    ).one()
    ground = text("SELECT ST_AsText(geom) FROM unit_version WHERE unit_id = :id AND upper_inf(valid)")
    before = session.scalar(ground, {"id": unit_id})
    row = {"标识": str(public_id), "编码": "00Z", "名称": "新网格", "层级": "网格"}
    assert outcomes(bring(session, operator, here, "units", sheet(tmp_path, row, shapes=[shapely.Point(120.0015, 30.0005)]))) == ["changed"]
    now = next(version for version in current(session, UnitVersion) if version.unit_id == unit_id)
    assert (now.code, now.name, session.scalar(ground, {"id": unit_id})) == ("00Z", "新网格", before)
    assert {version.code for version in current(session, UnitVersion) if version.leaf} == {"00A", "00Z"}


def test_a_point_that_was_moved_in_the_sheet_moves(session: Session, operator: Actor, here: int, tmp_path: Path) -> None:
    IMPORTERS["stations"](session, operator, builders.file(here, [({"id": "s", "name": "驿站"}, shapely.Point(120.0005, 30.0005))]))
    row = {"标识": ids(session, "station")[0], "名称": "驿站"}
    moved = shapely.Point(120.0015, 30.0005)
    assert outcomes(bring(session, operator, here, "stations", sheet(tmp_path, row, shapes=[moved]))) == ["changed"]
    (now,) = current(session, StationVersion)
    assert session.scalar(text("SELECT ST_X(geom) FROM station_version WHERE id = :id"), {"id": now.id}) == 120.0015


def test_unchanged_rows_may_follow_any_numbering(session: Session, operator: Actor, here: int, tmp_path: Path) -> None:
    IMPORTERS["buildings"](session, operator, builders.file(here, [({"id": "9", "name": "9号楼"}, HOUSE)], source="osm"))
    rows = [{"标识": found, "名称": name} for found, name in zip(ids(session, "building"), ("1号楼", "2号楼", "九号楼"), strict=True)]
    assert outcomes(bring(session, operator, here, "buildings", sheet(tmp_path, *rows))) == ["unchanged", "unchanged", "changed"]
    assert len(ids(session, "building")) == 3
