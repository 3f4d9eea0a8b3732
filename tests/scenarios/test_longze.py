"""The demo's compound arrives as its published account says, through the same imports as anybody's data."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from geodata.readers import read
from geodata.samples.scenarios import SCENARIOS
from gridsvc.cli.demo import SINCE
from gridsvc.database.queries.jurisdictions import editions, jurisdiction
from gridsvc.database.queries.unit_lists import UnitFilter, find_units
from gridsvc.database.queries.units import UnitRow, ancestors, children, summaries
from gridsvc.domain.instants import instant
from gridsvc.domain.permissions import Actor
from gridsvc.domain.proposals import ImportFile
from gridsvc.operations.imports import IMPORTERS
from tests.scenarios.figures import flags, told
from tests.scenarios.holding import everything_holds
from tests.scenarios.loading import Place
from tests.scenarios.people import organisations, posts_held, unplaced


@pytest.fixture(scope="module")
def engine(longze_engine: Engine) -> Engine:
    return longze_engine


@pytest.fixture
def longze(session: Session) -> int:
    found = jurisdiction(session, "longze")
    assert found is not None
    return found.id


def unit(session: Session, code: str) -> UnitRow:
    return find_units(session, UnitFilter(code=code))[0][0]


def test_its_ground_tiles_and_its_figures_add_up(session: Session, longze: int) -> None:
    everything_holds(session, longze)


def test_two_grids_of_50_491_m2_have_875_households_and_75_shops(session: Session, longze: int) -> None:
    grids = [child for child in children(session, unit(session, "370212002040")) if child.kind != "remainder"]
    found = summaries(session, grids).values()
    assert [grid.code for grid in grids] == ["370212002040001", "370212002040002"]
    assert round(sum(grid.area_m2 for grid in grids)) == 50_491
    assert sum(each.households or 0 for each in found) == 875
    assert sum(each.shops or 0 for each in found) == 75


def test_its_grids_stand_in_shanhai_shazikou_laoshan(session: Session, longze: int) -> None:
    above = ancestors(session, unit(session, "370212002040002"))
    assert [each.name for each in above[:3]] == ["崂山区", "沙子口街道", "山海社区"]
    assert [each.code for each in above] == ["370212", "370212002", "370212002040", "370212002040002"]


def test_ten_buildings_of_12_to_16_storeys_stand_in_the_compound(session: Session, longze: int) -> None:
    dwellings = text("""
    SELECT v.floors FROM building_version v JOIN compound_version c ON c.compound_id = v.compound_id
    JOIN building_households h ON h.building_id = v.building_id
    WHERE c.name = '龙泽书苑' AND v.use = 'residential' AND h.households > 0 ORDER BY v.floors
    """)
    floors = session.scalars(dwellings).all()
    assert len(floors) == 10
    assert (floors[0], floors[-1]) == (12, 16)


def test_before_its_grids_the_community_was_undivided(session: Session, longze: int) -> None:
    community = unit(session, "370212002040")
    before, since = (children(session, community, instant(day)) for day in ("2024-04-18", "2024-04-19"))
    assert [each.serial for each in editions(session, longze)] == [1, 2]
    assert before == []
    assert [each.kind for each in since] == ["unit", "unit", "remainder"]


def test_the_same_files_change_nothing(session: Session, operator: Actor, longze: int, tmp_path: Path) -> None:
    counts = {}
    for sample in SCENARIOS["longze"].files(tmp_path):
        day = max(sample.since, SINCE["units-grids"])
        file = ImportFile(longze, read(sample.path, crs="EPSG:4490"), instant(day), commit=True)
        counts[sample.path.stem] = set(IMPORTERS[sample.noun](session, operator, file).counts)
    assert set(map(frozenset, counts.values())) == {frozenset({"unchanged"})}
    assert len(editions(session, longze)) == 2


def test_each_reported_figure_that_can_be_computed_is_so_and_the_overlap_is_flagged(session: Session, operator: Actor, longze: int) -> None:
    place = Place(session, longze, operator)
    assert told(place) == []
    assert flags(place) == {"households"}


def test_the_places_of_the_account_stand_in_and_around_the_compound(session: Session, longze: int) -> None:
    stored = text("SELECT s.name, s.kind FROM station_version s JOIN station n ON n.id = s.station_id WHERE n.jurisdiction_id = :id")
    kinds = {row.name: row.kind for row in session.execute(stored, {"id": longze})}
    assert {name: kinds[name] for name in ("小木屋", "暖心驿站", "助老食堂")} == {
        "小木屋": "deliberation",
        "暖心驿站": "rest_stop",
        "助老食堂": "canteen",
    }


def test_875_households_are_listed_724_with_residents_276_let_and_75_shops_beside_them(session: Session, longze: int) -> None:
    uses = text("""
    SELECT v.use, count(*), count(*) FILTER (WHERE v.resident) FROM household h JOIN household_version v ON v.household_id = h.id
    WHERE h.jurisdiction_id = :id GROUP BY v.use
    """)
    found = {use: (number, resident) for use, number, resident in session.execute(uses, {"id": longze})}
    assert found["shop"] == (75, 0)
    assert sum(number for use, (number, _) in found.items() if use != "shop") == 875
    assert sum(resident for _, resident in found.values()) == 724
    assert found["let"][0] == 276
    assert found["let"][1] >= 125


def test_each_building_has_its_head_group_and_members_homes_and_each_helper_has_a_role(
    session: Session, operator: Actor, longze: int
) -> None:
    place = Place(session, longze, operator)
    posts = (
        "building_leader",
        "member_home",
        "grid_leader",
        "secretary_assistant",
        "red_housekeeper",
        "property_housekeeper",
        "peacemaker",
    )
    assert [posts_held(place, post) for post in posts] == [10, 20, 2, 1, 10, 4, 5]
    assert (organisations(place, "group"), organisations(place, "compound_branch"), unplaced(place)) == (10, 1, 0)
    assert place.count("SELECT count(*) FROM member WHERE kind = 'bluebird'") == 10
