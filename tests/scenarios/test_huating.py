"""Huating arrives with 9, 25 and 56 grids, and seven rural communities come under the street's grids in a later edition."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from gridsvc.database.queries.figures import figures
from gridsvc.database.queries.jurisdictions import editions, jurisdictions
from gridsvc.domain.instants import instant
from tests.presets import Presets
from tests.scenarios.figures import computed, flags, told
from tests.scenarios.holding import everything_holds
from tests.scenarios.loading import Place, opened
from tests.scenarios.people import holders, organisations, posts_held, unplaced

STREET = ("620881001",)


@pytest.fixture(scope="module")
def huating(presets: Presets) -> Iterator[Place]:
    with opened(presets, "huating") as place:
        yield place


def test_its_ground_tiles_and_its_figures_add_up(huating: Place) -> None:
    everything_holds(huating.session, huating.id)


def test_each_reported_figure_that_can_be_computed_is_so(huating: Place) -> None:
    assert told(huating) == []
    assert flags(huating) == set()


def test_the_street_has_9_25_and_56_grids(huating: Place) -> None:
    found = computed(huating)
    assert [found[f"units.grid_{level}", STREET] for level in (1, 2, 3)] == [9, 25, 56]


def test_7_of_13_rural_communities_are_the_streets_since_the_second_edition(huating: Place) -> None:
    place = next(row for row in jurisdictions(huating.session) if row.id == huating.id)
    before = {(row.key, row.unit_codes): row.computed for row in figures(huating.session, place, instant("2020-06-15"))}
    now = computed(huating)
    assert [edition.serial for edition in editions(huating.session, huating.id)] == [1, 2]
    assert (before["units.grid_2.rural", STREET], now["units.grid_2.rural", STREET]) == (0, 7)
    assert before["units.grid_2.rural", ()] == now["units.grid_2.rural", ()] == 13


def test_the_seven_keep_their_identity_and_ground(huating: Place) -> None:
    versions = """
    SELECT count(*) FROM unit_version a JOIN unit_version b ON b.unit_id = a.unit_id AND upper_inf(b.valid)
    WHERE a.jurisdiction_id = :id AND a.kind = 'rural' AND NOT upper_inf(a.valid) AND a.parent_id <> b.parent_id
      AND a.code = b.code AND ST_Equals(a.geom, b.geom)
    """
    assert huating.count(versions) == 7


def test_each_of_the_22_communities_has_a_centre_of_500_m2_or_more(huating: Place) -> None:
    centres = """
    SELECT floor_area_m2 FROM station_version s JOIN station n ON n.id = s.station_id
    WHERE n.jurisdiction_id = :id AND s.kind = 'party_centre'
    """
    floors_m2 = huating.session.scalars(text(centres), {"id": huating.id}).all()
    assert len(floors_m2) == 22
    assert min(floors_m2) >= 500


def test_each_of_the_56_third_level_grids_has_a_leader_and_a_worker(huating: Place) -> None:
    staffed = """
    SELECT count(*) FROM unit_version v WHERE v.jurisdiction_id = :id AND v.level = 5 AND v.kind <> 'remainder' AND upper_inf(v.valid)
      AND 2 = (SELECT count(DISTINCT a.post) FROM appointment a
               WHERE a.unit_id = v.unit_id AND a.post IN ('tier_3', 'grid_worker') AND upper_inf(a.valid))
    """
    assert huating.count(staffed) == 56
    assert (posts_held(huating, "tier_1"), holders(huating, "tier_3")) == (9, 56)


def test_18_unit_heads_and_75_members_sit_in_the_joint_committees(huating: Place) -> None:
    found = computed(huating)
    assert (found["heads", ()], found["joint_members", ()], found["secretaries", ()], found["workers", ()]) == (18, 75, 9, 17)


def test_4_general_branches_were_raised_and_what_they_were_is_kept(huating: Place) -> None:
    assert computed(huating)["raised", ()] == 4
    assert organisations(huating, "general_branch") == 2


def test_62_units_and_3800_members_or_more_reported(huating: Place) -> None:
    found = computed(huating)
    assert found["units_reported", ()] == 62
    assert found["members_reported", ()] >= 3800
    assert unplaced(huating) == 0
