from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gridsvc.database.tables import Building, BuildingHouseholds, BuildingPlace, BuildingVersion, Unit, UnitVersion
from gridsvc.domain.permissions import NOBODY, Actor, Grant, Role
from gridsvc.domain.proposals import Proposal
from gridsvc.errors import Invalid, NotAllowed, NotFound, NotSignedIn
from gridsvc.operations.assignment import assign
from gridsvc.operations.buildings import import_buildings, pin, unpin
from gridsvc.words import say
from tests import builders
from tests.builders import FIRST_DAY
from tests.grids import CELL_DEG, SOUTH, WEST, draw

LATER = FIRST_DAY + timedelta(days=30)


@pytest.fixture
def here(session: Session, operator: Actor) -> int:
    """Return a jurisdiction of two leaves, A in the west and B in the east."""
    here = builders.jurisdiction(session, operator)
    builders.units(session, operator, here, draw("A B"), level=2)
    return here


def house(west: float, east: float, south: float = 0.4) -> shapely.Polygon:
    """Return a footprint from west to east, in cells of the drawing."""
    return shapely.box(WEST + west * CELL_DEG, SOUTH + south * CELL_DEG, WEST + east * CELL_DEG, SOUTH + (south + 0.2) * CELL_DEG)


def bring(session: Session, actor: Actor, here: int, *rows: tuple[Mapping[str, Any], shapely.Geometry], **fields: Any) -> Proposal:
    return import_buildings(session, actor, builders.file(here, rows, **fields))


def told(proposal: Proposal) -> list[str]:
    return [say(finding.template, "en", **finding.values) for finding in proposal.findings]


def leaf_of(session: Session, building: str) -> str | None:
    """Return the name of the leaf where a building stands."""
    v, p = BuildingVersion, BuildingPlace
    place = select(UnitVersion.name).join(p, p.unit_id == UnitVersion.unit_id).join(v, v.building_id == p.building_id)
    now = (func.upper_inf(UnitVersion.valid), func.upper_inf(p.valid), func.upper_inf(v.valid))
    return session.scalar(place.where(v.name == building, *now))


def ids(session: Session, building: str, unit: str) -> tuple[UUID, UUID]:
    b = select(Building.public_id).join(BuildingVersion, BuildingVersion.building_id == Building.id).where(BuildingVersion.name == building)
    u = select(Unit.public_id).join(UnitVersion, UnitVersion.unit_id == Unit.id).where(UnitVersion.name == unit)
    return session.scalars(b).one(), session.scalars(u).one()


# Coming in


def test_a_building_keeps_what_its_row_says(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, ({"id": 1, "楼号": "3号楼", "用途": "住宅", "层数": "12层", "高度": "35.9"}, house(0.2, 0.4)))
    (version,) = session.scalars(select(BuildingVersion))
    assert (version.name, version.use, version.floors, version.height_m) == ("3号楼", "residential", 12, 35.9)
    assert version.footprint_m2 == pytest.approx(428, abs=1)


@pytest.mark.parametrize(("west", "east", "leaf"), [(0.5, 1.2, "A"), (0.8, 1.5, "B")])
def test_a_building_stands_in_the_leaf_with_most_of_it(
    session: Session, operator: Actor, here: int, west: float, east: float, leaf: str
) -> None:
    builders.buildings(session, operator, here, {"3": house(west, east)})
    assert leaf_of(session, "3") == leaf


def test_a_cut_building_says_how_much_is_cut_off(session: Session, operator: Actor, here: int) -> None:
    builders.buildings(session, operator, here, {"cut": house(0.5, 1.2)})
    (place,) = session.scalars(select(BuildingPlace))
    assert place.share == pytest.approx(5 / 7, abs=1e-3)
    assert place.cut_m2 == pytest.approx(428, abs=1)


def test_footprints_that_overlap_stay_together(session: Session, operator: Actor, here: int) -> None:
    builders.buildings(session, operator, here, {"large": house(0.2, 0.95), "small": house(0.9, 1.2)})
    assert (leaf_of(session, "large"), leaf_of(session, "small")) == ("A", "A")


def test_a_building_outside_every_unit_stands_in_none(session: Session, operator: Actor, here: int) -> None:
    builders.buildings(session, operator, here, {"far": house(3.2, 3.4)})
    assert leaf_of(session, "far") is None


def test_buildings_follow_when_their_ground_is_divided(session: Session, operator: Actor, here: int) -> None:
    builders.buildings(session, operator, here, {"3": house(0.1, 0.3)})
    builders.units(session, operator, here, {"AA": draw("A .", "A .", cell_deg=CELL_DEG / 2)["A"]}, level=3, effective_at=LATER)
    assert leaf_of(session, "3") == "AA"
    assert session.scalars(select(BuildingPlace.valid).order_by(BuildingPlace.id)).first().upper == LATER  # type: ignore[union-attr]  # it has two


def test_a_moved_footprint_moves_the_building(session: Session, operator: Actor, here: int) -> None:
    builders.buildings(session, operator, here, {"3": house(0.2, 0.4)})
    bring(session, operator, here, ({"id": "3", "name": "3"}, house(1.2, 1.4)), effective_at=LATER)
    assert leaf_of(session, "3") == "B"


def test_the_same_file_again_changes_nothing(session: Session, operator: Actor, here: int) -> None:
    for outcome in ("new", "unchanged"):
        assert builders.buildings(session, operator, here, {"3": house(0.2, 0.4)}, households=7).counts == {outcome: 1}
    assert len(session.scalars(select(BuildingVersion)).all()) == 1


# One id on several rows


def test_copies_count_once(session: Session, operator: Actor, here: int) -> None:
    row = ({"id": 1}, house(0.2, 0.4))
    proposal = bring(session, operator, here, row, row)
    assert proposal.counts == {"new": 1}
    assert told(proposal) == ["Rows 1, 2 are copies of one row (1) and count once."]


def test_halves_cut_at_a_seam_are_joined(session: Session, operator: Actor, here: int) -> None:
    proposal = bring(session, operator, here, ({"id": 1}, house(0.2, 0.4)), ({"id": 1}, house(0.4, 0.6)))
    assert told(proposal) == ["Rows 1, 2 are parts of one thing (1); they were joined."]
    assert session.scalars(select(BuildingVersion.footprint_m2)).one() == pytest.approx(856, abs=1)


def test_common_ground_of_overlapping_parts_counts_once(session: Session, operator: Actor, here: int) -> None:
    proposal = bring(session, operator, here, ({"id": 1}, house(0.2, 0.5)), ({"id": 1}, house(0.4, 0.6)))
    assert told(proposal) == ["Rows 1, 2 are parts of one thing (1) that overlap; common ground counts once."]
    assert session.scalars(select(BuildingVersion.footprint_m2)).one() == pytest.approx(856, abs=1)


def test_a_half_without_its_other_half_is_named(session: Session, operator: Actor, here: int) -> None:
    joined = (({"id": 1}, house(0.2, 0.4)), ({"id": 1}, house(0.4, 0.6)))
    proposal = bring(session, operator, here, *joined, ({"id": 2}, house(0.2, 0.4, south=0.8)))
    assert told(proposal)[1:] == ["Row 3 (2): this ends at the seam of two tiles; its other half is not in the file."]


# Households


def test_counted_households_hold_from_the_files_day_on(session: Session, operator: Actor, here: int) -> None:
    builders.buildings(session, operator, here, {"3": house(0.2, 0.4)}, households="60户", shops=2)
    (count,) = session.scalars(select(BuildingHouseholds))
    assert (count.households, count.shops, count.basis, count.valid.lower) == (60, 2, "counted", FIRST_DAY)


def test_a_new_count_ends_the_old_one(session: Session, operator: Actor, here: int) -> None:
    builders.buildings(session, operator, here, {"3": house(0.2, 0.4)}, households=60)
    bring(session, operator, here, ({"id": "3", "name": "3", "households": 61}, house(0.2, 0.4)), effective_at=LATER)
    counts = session.execute(select(BuildingHouseholds.households, BuildingHouseholds.valid).order_by(BuildingHouseholds.id)).all()
    assert [(households, valid.upper) for households, valid in counts] == [(60, LATER), (61, None)]


def test_a_file_that_counts_nothing_leaves_the_count(session: Session, operator: Actor, here: int) -> None:
    builders.buildings(session, operator, here, {"3": house(0.2, 0.4)}, households=60)
    bring(session, operator, here, ({"id": "3", "name": "三号楼"}, house(0.2, 0.4)), effective_at=LATER)
    assert session.scalars(select(BuildingHouseholds.households).where(func.upper_inf(BuildingHouseholds.valid))).all() == [60]


def test_a_count_below_zero_is_none(session: Session, operator: Actor, here: int) -> None:
    builders.buildings(session, operator, here, {"3": house(0.2, 0.4)}, households=-1)
    assert session.scalars(select(BuildingHouseholds.households)).all() == []


# Pins


def test_a_pinned_building_stays_when_buildings_are_placed_anew(session: Session, operator: Actor, here: int) -> None:
    builders.buildings(session, operator, here, {"3": house(0.2, 0.4)})
    pin(session, operator, *ids(session, "3", "B"), reason="居民约定", at=LATER)
    assert assign(session, here, LATER) == []
    assert leaf_of(session, "3") == "B"


def test_a_pin_let_go_leaves_the_footprint_to_decide(session: Session, operator: Actor, here: int) -> None:
    builders.buildings(session, operator, here, {"3": house(0.2, 0.4)})
    building, unit = ids(session, "3", "B")
    pin(session, operator, building, unit, reason="居民约定", at=LATER)
    unpin(session, operator, building, at=LATER)
    assert leaf_of(session, "3") == "A"


def test_a_pin_needs_a_reason(session: Session, operator: Actor, here: int) -> None:
    builders.buildings(session, operator, here, {"3": house(0.2, 0.4)})
    with pytest.raises(Invalid, match="needs a reason"):
        pin(session, operator, *ids(session, "3", "B"), reason=" ", at=LATER)


def test_a_building_is_pinned_to_a_leaf_only(session: Session, operator: Actor, here: int) -> None:
    builders.buildings(session, operator, here, {"3": house(0.2, 0.4)})
    with pytest.raises(Invalid, match="here has units below it"):
        pin(session, operator, *ids(session, "3", "here"), reason="why", at=LATER)


def test_a_building_is_not_pinned_to_a_unit_of_another_jurisdiction(session: Session, operator: Actor, here: int) -> None:
    builders.buildings(session, operator, here, {"3": house(0.2, 0.4)})
    there = builders.jurisdiction(session, operator, "there")
    builders.units(session, operator, there, {"C": draw("C")["C"]}, level=2)
    with pytest.raises(NotFound, match="no such thing or unit here"):
        pin(session, operator, *ids(session, "3", "C"), reason="why", at=LATER)


def test_a_building_that_is_not_pinned_cannot_be_let_go(session: Session, operator: Actor, here: int) -> None:
    with pytest.raises(NotFound, match="nothing pinned"):
        unpin(session, operator, uuid4(), at=LATER)


def test_who_may_not_pin_there_is_refused(session: Session, operator: Actor, here: int) -> None:
    builders.buildings(session, operator, here, {"3": house(0.2, 0.4)})
    leader = Actor(7, "leader", (Grant(Role.GRID_LEADER),))
    with pytest.raises(NotAllowed):
        pin(session, leader, *ids(session, "3", "B"), reason="why", at=LATER)


def test_nobody_brings_in_buildings_without_a_right(session: Session, here: int) -> None:
    with pytest.raises(NotSignedIn):
        bring(session, NOBODY, here, ({"id": 1}, house(0.2, 0.4)))
