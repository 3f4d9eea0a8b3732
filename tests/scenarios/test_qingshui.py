"""Qingshui arrives with the counts of its account: 115 compounds, 59 fire lanes, 3,570 spaces of which 242 in Xijiang."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.presets import Presets
from tests.scenarios.figures import computed, flags, told
from tests.scenarios.holding import everything_holds
from tests.scenarios.loading import Place, opened
from tests.scenarios.people import holders, organisations, posts_held, unplaced


@pytest.fixture(scope="module")
def qingshui(presets: Presets) -> Iterator[Place]:
    with opened(presets, "qingshui") as place:
        yield place


def test_its_ground_tiles_and_its_figures_add_up(qingshui: Place) -> None:
    everything_holds(qingshui.session, qingshui.id)


def test_each_reported_figure_that_can_be_computed_is_so(qingshui: Place) -> None:
    assert told(qingshui) == []


def test_115_compounds_hold_3570_spaces_of_which_242_in_xijiang_and_59_fire_lanes(qingshui: Place) -> None:
    found = computed(qingshui)
    xijiang = qingshui.count("SELECT code FROM unit_version WHERE jurisdiction_id = :id AND name = '西江小区'")
    assert found["compounds", ()] == found["units.compound", ()] == 115
    assert (found["parking_spaces", ()], found["parking_spaces", (xijiang,)], found["fire_lanes", ()]) == (3570, 242, 59)


def test_70_deliberation_places_and_77_practice_stations_stand_in_them(qingshui: Place) -> None:
    found = computed(qingshui)
    assert (found["stations.deliberation", ()], found["stations.practice", ()]) == (70, 77)


def test_figures_that_do_not_add_up_are_kept_and_flagged(qingshui: Place) -> None:
    assert flags(qingshui) == {"matters", "attendances"}


def test_every_compound_has_a_gate(qingshui: Place) -> None:
    shut = """
    SELECT count(*) FROM compound c
    WHERE jurisdiction_id = :id AND NOT EXISTS (SELECT FROM gate_version g WHERE g.compound_id = c.id)
    """
    assert qingshui.count(shut) == 0


def test_34_county_leaders_and_98_units_share_out_115_compounds(qingshui: Place) -> None:
    shared = """
    SELECT count(DISTINCT unit_id) FROM appointment WHERE jurisdiction_id = :id AND post = :post AND upper_inf(valid)
    """
    assert (holders(qingshui, "tier_1"), qingshui.count(shared, post="tier_1")) == (34, 115)
    assert (holders(qingshui, "tier_3"), qingshui.count(shared, post="tier_3")) == (98, 115)
    assert organisations(qingshui, "contracting_unit") == 98


def test_each_compound_has_several_leaders_of_the_second_tier(qingshui: Place) -> None:
    fewest = """
    SELECT min(number) FROM (
      SELECT count(*) AS number FROM appointment WHERE jurisdiction_id = :id AND post = 'tier_2' AND upper_inf(valid) GROUP BY unit_id) n
    """
    assert qingshui.count(fewest) >= 2


def test_each_residential_building_has_one_head(qingshui: Place) -> None:
    dwellings = """
    SELECT count(*) FROM building_households h JOIN building b ON b.id = h.building_id
    WHERE b.jurisdiction_id = :id AND upper_inf(h.valid) AND h.households > 0
    """
    heads = "SELECT count(DISTINCT building_id) FROM appointment WHERE jurisdiction_id = :id AND post = 'tier_4' AND upper_inf(valid)"
    assert qingshui.count(heads) == qingshui.count(dwellings) == posts_held(qingshui, "tier_4")


def test_115_functional_branches_with_275_members_serving_and_2466_reported(qingshui: Place) -> None:
    found = computed(qingshui)
    assert (found["branches", ()], found["branch_members", ()], found["members_reported", ()]) == (115, 275, 2466)
    assert (found["committee_officials", ()], found["posts", ()]) == (648, 449)
    assert unplaced(qingshui) == 0
