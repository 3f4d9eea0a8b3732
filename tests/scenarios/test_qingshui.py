"""Qingshui arrives with the counts of its account: 115 compounds, 59 fire lanes, 3,570 spaces of which 242 in Xijiang."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.scenarios.figures import computed, flags, told
from tests.scenarios.holding import everything_holds
from tests.scenarios.loading import Place, loaded


@pytest.fixture(scope="module")
def qingshui(engine: Engine) -> Iterator[Place]:
    with loaded(engine, "qingshui") as place:
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
