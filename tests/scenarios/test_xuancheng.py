"""Xuancheng arrives with 513 compounds city-wide, 8 streets of the city proper and 66 stations, 23 of them in those streets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from geodata.samples.xuancheng import DISTRICT, STREETS
from geodata.topology import check
from gridsvc.database.queries.coverage import coverage
from tests.presets import Presets
from tests.scenarios.figures import computed, flags, told
from tests.scenarios.loading import Place, opened
from tests.scenarios.people import organisations, posts_held, unplaced

EIGHT = tuple(DISTRICT + digits for digits, _ in STREETS.values())


@pytest.fixture(scope="module")
def xuancheng(presets: Presets) -> Iterator[Place]:
    with opened(presets, "xuancheng") as place:
        yield place


def test_its_leaves_tile(xuancheng: Place) -> None:
    now = coverage(xuancheng.session, xuancheng.id)
    assert check(now.ground_of(now.leaves())) == []


def test_each_reported_figure_that_can_be_computed_is_so(xuancheng: Place) -> None:
    assert told(xuancheng) == []
    assert flags(xuancheng) == set()


def test_513_compounds_66_stations_and_23_of_them_in_the_8_streets(xuancheng: Place) -> None:
    found = computed(xuancheng)
    assert (found["compounds", ()], found["stations.property", ()], found["stations.property", EIGHT]) == (513, 66, 23)


def test_a_station_stands_in_each_of_the_8_streets(xuancheng: Place) -> None:
    served = """
    SELECT count(DISTINCT street.code) FROM unit_version street
    JOIN unit_version v ON v.path <@ street.path AND upper_inf(v.valid)
    JOIN station_place p ON p.unit_id = v.unit_id AND upper_inf(p.valid)
    WHERE street.jurisdiction_id = :id AND street.code = ANY(:codes) AND upper_inf(street.valid)
    """
    assert xuancheng.count(served, codes=list(EIGHT)) == 8


def test_the_eighth_street_says_that_its_code_is_synthetic(xuancheng: Place) -> None:
    named = text("SELECT name FROM unit_version WHERE jurisdiction_id = :id AND code = '341802090'")
    assert "示意编码" in xuancheng.session.execute(named, {"id": xuancheng.id}).scalar_one()


def test_micro_grids_are_buildings_lanes_and_patches(xuancheng: Place) -> None:
    kinds = text("SELECT DISTINCT kind FROM unit_version WHERE jurisdiction_id = :id AND level = 6 AND kind <> 'remainder'")
    assert set(xuancheng.session.scalars(kinds, {"id": xuancheng.id})) == {"building", "lane", "patch"}


def test_46_compound_branches_37_of_property_companies_and_2_committees_of_the_trade(xuancheng: Place) -> None:
    kinds = ("compound_branch", "property_branch", "industry_committee", "property_company")
    assert [organisations(xuancheng, kind) for kind in kinds] == [46, 37, 2, 249]


def test_a_group_stands_exactly_where_3_full_members_live(xuancheng: Place) -> None:
    due = """
    SELECT array_agg(unit_id ORDER BY unit_id) FROM (
      SELECT p.unit_id FROM member m JOIN person_version v ON v.person_id = m.person_id AND upper_inf(v.valid)
      JOIN building_place p ON p.building_id = v.home_building_id AND upper_inf(p.valid)
      JOIN unit_version u ON u.unit_id = p.unit_id AND upper_inf(u.valid) AND u.level = 6 AND u.jurisdiction_id = :id
      WHERE m.full AND upper_inf(m.valid) GROUP BY p.unit_id HAVING count(*) >= 3) d
    """
    listed = """
    SELECT array_agg(g.unit_id ORDER BY g.unit_id) FROM organisation_ground g
    JOIN organisation_version v ON v.organisation_id = g.organisation_id AND v.kind = 'group' AND upper_inf(v.valid)
    JOIN organisation o ON o.id = g.organisation_id WHERE o.jurisdiction_id = :id
    """
    assert xuancheng.count(due) == xuancheng.count(listed)
    assert (
        100
        < len(xuancheng.count(due))
        < xuancheng.count(
            "SELECT count(*) FROM unit_version WHERE jurisdiction_id = :id AND level = 6 AND kind <> 'remainder' AND upper_inf(valid)"
        )
    )


def test_in_5_compounds_a_community_cadre_heads_the_owners_committee(xuancheng: Place) -> None:
    assert computed(xuancheng)["committees_headed", ()] == 5


def test_20000_members_or_more_reported_and_each_of_the_six_levels_has_leaders(xuancheng: Place) -> None:
    assert computed(xuancheng)["members_reported", ()] >= 20_000
    posts = ("county_leader", "street_leader", "community_leader", "grid_leader", "micro_grid_leader", "linking_member")
    assert all(posts_held(xuancheng, post) for post in posts)
    assert unplaced(xuancheng) == 0
