from __future__ import annotations

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from gridsvc.database.queries.coverage import from_wkb
from gridsvc.database.queries.four_sides import four_sides, names_near
from gridsvc.database.queries.units import UnitRow, _row, _units
from gridsvc.words import say


@pytest.fixture(scope="module")
def engine(longze_engine: Engine) -> Engine:
    return longze_engine


@pytest.fixture
def units(session: Session) -> list[UnitRow]:
    return [_row(row) for row in session.execute(text(_units("v.kind <> 'remainder'", None)))]


def named(units: list[UnitRow], name: str) -> UnitRow:
    return next(unit for unit in units if unit.name == name)


def test_longzes_grids_and_community_lie_between_their_streets(session: Session, units: list[UnitRow]) -> None:
    found = four_sides(session, units)
    said = {unit.name: say(found[unit.id].template, "zh", **found[unit.id].values) for unit in units}
    assert said["龙泽书苑一网格"] == "东至龙泽书苑中心路，南至山海路，西至龙泽路，北至松涛路"
    assert said["龙泽书苑二网格"] == "东至书苑路，南至山海路，西至龙泽书苑中心路，北至松涛路"
    assert said["山海社区"] == "东至望岳路，南至滨海大道，西至海川路，北至听涛路"


def test_a_side_at_the_sea_is_the_edge_and_one_in_the_hills_is_undivided(session: Session, units: list[UnitRow]) -> None:
    unit = named(units, "沙子口街道")
    found = four_sides(session, [unit])[unit.id]
    assert (found.south.kind, found.north.kind) == ("edge", "undivided")
    assert say(found.template, "en", **found.values).startswith("east to undivided ground, south to the edge of the jurisdiction")


def test_without_streets_the_neighbours_bound(session: Session, units: list[UnitRow]) -> None:
    session.execute(text("UPDATE street_version SET name = NULL"))
    session.info["after_commit"] = True  # this transaction has changed the ground: nothing is kept
    unit = named(units, "龙泽书苑一网格")
    found = four_sides(session, [unit])[unit.id]
    assert (found.east.kind, found.east.name) == ("unit", "龙泽书苑二网格")


def test_however_many_units_the_queries_are_as_many(session: Session, units: list[UnitRow], statements: list[str]) -> None:
    grids = [unit for unit in units if unit.level == 4]
    session.info["after_commit"] = True
    four_sides(session, grids[:1])
    once = len(statements)
    four_sides(session, grids)
    assert len(statements) == 2 * once


def test_what_is_near_each_side_has_its_names(session: Session, units: list[UnitRow]) -> None:
    unit = named(units, "龙泽书苑一网格")
    ground = from_wkb(list(session.scalars(text("SELECT ST_AsBinary(geom) FROM unit_version WHERE unit_id = :id"), {"id": unit.id})))
    [[east, south, _west, _north]] = names_near(session, unit.jurisdiction_id, ground)
    assert "龙泽书苑中心路" in east
    assert "滨海大道" not in south
