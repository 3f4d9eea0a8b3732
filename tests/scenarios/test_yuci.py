"""Yuci arrives with the counts of its account, and within the bounds that follow from it where it gives none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from geodata.topology import check
from gridsvc.database.queries.coverage import coverage
from tests.presets import Presets
from tests.scenarios.figures import computed, flags, told
from tests.scenarios.loading import Place, opened
from tests.scenarios.people import holders, organisations, posts_held, unplaced


@pytest.fixture(scope="module")
def yuci(presets: Presets) -> Iterator[Place]:
    with opened(presets, "yuci") as place:
        yield place


def held(place: Place, level: int) -> list[int]:
    """Return the households of each unit of a level."""
    sums = text("""
    SELECT sum(h.households) FROM unit_version v JOIN building_households h ON h.path <@ v.path AND upper_inf(h.valid)
    WHERE v.jurisdiction_id = :id AND v.level = :level AND v.kind <> 'remainder' AND upper_inf(v.valid) GROUP BY v.unit_id
    """)
    return list(place.session.scalars(sums, {"id": place.id, "level": level}))


def test_its_leaves_tile(yuci: Place) -> None:
    now = coverage(yuci.session, yuci.id)
    assert check(now.ground_of(now.leaves())) == []


def test_each_reported_figure_that_can_be_computed_is_so(yuci: Place) -> None:
    assert told(yuci) == []
    assert flags(yuci) == set()


def test_336_grids_hold_at_most_500_households_each(yuci: Place) -> None:
    grids = held(yuci, 4)
    assert len(grids) == 336
    assert max(grids) <= 500
    assert 140_000 <= sum(grids) <= 168_000


def test_at_least_524_micro_grids_hold_30_to_70_households_each(yuci: Place) -> None:
    micro_grids = held(yuci, 5)
    assert len(micro_grids) >= 524
    assert (min(micro_grids) >= 30, max(micro_grids) <= 70) == (True, True)


def test_277_stations_have_7900_m2_or_more_from_four_sources_of_premises(yuci: Place) -> None:
    found = computed(yuci)
    premises = text("SELECT DISTINCT s.premises FROM station_version s JOIN station n ON n.id = s.station_id WHERE n.jurisdiction_id = :id")
    assert found["stations.compound_station", ()] == 277
    assert found["station_floor_m2", ()] >= 7900
    assert set(yuci.session.scalars(premises, {"id": yuci.id})) == {"public_rooms", "service_rooms", "property_rooms", "community_offices"}


def test_336_branches_alone_or_jointly_and_524_groups(yuci: Place) -> None:
    ways = "SELECT count(DISTINCT v.set_up) FROM organisation_version v WHERE v.kind = 'compound_branch' AND upper_inf(v.valid)"
    assert (organisations(yuci, "compound_branch"), organisations(yuci, "group")) == (336, 524)
    assert yuci.count(ways) == 2


def test_the_336_secretaries_come_from_where_the_account_says(yuci: Place) -> None:
    found = computed(yuci)
    origins = [found[f"secretaries_{origin}", ()] for origin in ("retired", "veterans", "cadres", "residents")]
    assert (origins, sum(origins)) == ([17, 12, 174, 133], 336)
    assert holders(yuci, "secretary") == 336


def test_162_units_and_14000_members_can_take_every_household_at_10_to_15_each(yuci: Place) -> None:
    found = computed(yuci)
    bounds = """
    SELECT bool_and(h.households BETWEEN 10 * m.members AND 15 * m.members) FROM (
      SELECT g.unit_id, count(*) AS members
      FROM member m JOIN organisation_ground g ON g.organisation_id = m.reporting_branch_id AND g.leads
      WHERE upper_inf(m.valid) GROUP BY g.unit_id) m
    JOIN (SELECT v.unit_id, sum(h.households) AS households FROM unit_version v JOIN building_households h ON h.path <@ v.path
          WHERE v.jurisdiction_id = :id AND v.level = 4 AND upper_inf(v.valid) AND upper_inf(h.valid) GROUP BY v.unit_id) h USING (unit_id)
    """
    assert (found["unit_organisations", ()], found["members_reported", ()]) == (162, 14_000)
    assert yuci.count(bounds)
    assert unplaced(yuci) == 0


def test_every_household_is_listed_and_no_contract_is_made_up(yuci: Place) -> None:
    assert yuci.count("SELECT count(*) FROM household WHERE jurisdiction_id = :id") == computed(yuci)["households", ()]
    assert yuci.count("SELECT count(*) FROM contract c JOIN household h ON h.id = c.household_id WHERE h.jurisdiction_id = :id") == 0
    assert posts_held(yuci, "part_time_worker") == 14_000
