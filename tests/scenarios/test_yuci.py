"""Yuci arrives with the counts of its account, and within the bounds that follow from it where it gives none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from geodata.topology import check
from gridsvc.database.queries.coverage import coverage
from tests.scenarios.figures import computed, flags, told
from tests.scenarios.loading import Place, loaded


@pytest.fixture(scope="module")
def yuci(engine: Engine) -> Iterator[Place]:
    with loaded(engine, "yuci") as place:
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
