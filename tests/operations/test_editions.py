from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.topology import BANDS
from gridsvc.database.freshness import generation
from gridsvc.database.queries.coverage import coverage
from gridsvc.database.session import transaction
from gridsvc.database.tables import Edition, Lineage, UnitShape, UnitVersion
from gridsvc.domain.coverage import Coverage
from gridsvc.domain.permissions import Actor
from gridsvc.errors import Conflict, Invalid
from gridsvc.operations.editions import Published, publish
from tests import builders
from tests.builders import FIRST_DAY
from tests.grids import CELL_DEG, draw

LATER = FIRST_DAY + timedelta(days=90)


@pytest.fixture
def here(session: Session, operator: Actor) -> int:
    """Return a jurisdiction of one top unit, T, with two leaves, A and B, and a remainder."""
    here = builders.jurisdiction(session, operator)
    builders.units(session, operator, here, {"T": draw("T T T", "T T T")["T"]}, level=1)
    builders.units(session, operator, here, draw("A B .", "A . ."), level=2)
    return here


def change(session: Session, here: int, *, at: datetime = LATER, **names: str) -> Published:
    """Publish an edition that renames units."""
    before = coverage(session, here)
    after = Coverage(before.units)
    for place, unit in enumerate(before.units):
        if unit.name in names and unit.kind == "unit":
            after.describe(place, name=names[unit.name])
    return publish(session, here, before, after, effective_at=at, reason="renamed")


def versions(session: Session, name: str) -> list[UnitVersion]:
    return list(session.scalars(select(UnitVersion).where(UnitVersion.name == name, UnitVersion.kind == "unit").order_by(UnitVersion.id)))


def test_editions_of_a_jurisdiction_count_from_one(session: Session, operator: Actor, here: int) -> None:
    other = builders.jurisdiction(session, operator, "other")
    builders.units(session, operator, other, draw("A"))
    assert session.scalars(select(Edition.serial).where(Edition.jurisdiction_id == here).order_by(Edition.id)).all() == [1, 2]
    assert session.scalars(select(Edition.serial).where(Edition.jurisdiction_id == other)).all() == [1]


def test_a_version_ends_where_the_next_begins(session: Session, here: int) -> None:
    change(session, here, A="renamed")
    (old,), (new,) = versions(session, "A"), versions(session, "renamed")
    assert (old.valid.upper, new.valid.lower, new.valid.upper) == (LATER, LATER, None)


def test_a_unit_keeps_its_identity_through_a_change(session: Session, here: int) -> None:
    change(session, here, A="renamed")
    assert versions(session, "A")[0].unit_id == versions(session, "renamed")[0].unit_id


def test_only_what_changed_gets_a_new_version(session: Session, here: int) -> None:
    published = change(session, here, A="renamed")
    assert (published.opened, published.closed, published.touched) == (1, 1, 0)
    assert len(versions(session, "B")) == 1


def test_what_was_pruned_and_did_not_change_is_not_written(session: Session, here: int) -> None:
    before = coverage(session, here)
    after = Coverage(before.units)
    after.describe(0, name="renamed")
    published = publish(session, here, before, after.pruned(), effective_at=LATER, reason="renamed")
    assert (published.opened, published.closed, published.touched) == (1, 1, 0)


def test_a_change_at_the_same_instant_leaves_the_first_version_no_time(session: Session, here: int) -> None:
    change(session, here, at=FIRST_DAY, A="renamed")
    assert [version.valid.isempty for version in (*versions(session, "A"), *versions(session, "renamed"))] == [True, False]


def test_an_edition_may_not_begin_before_the_last_one(session: Session, here: int) -> None:
    change(session, here, A="renamed")
    with pytest.raises(Invalid, match="would begin on 2024-01-01, before the last one of 2024-03-31; that day or a later one"):
        change(session, here, at=FIRST_DAY, A="again")


def test_an_edition_may_not_begin_in_the_future(session: Session, here: int) -> None:
    with pytest.raises(Invalid, match="which is not yet"):
        change(session, here, at=datetime.now(UTC) + timedelta(hours=1), A="renamed")


def test_a_code_of_another_unit_is_never_given_again(session: Session, here: int) -> None:
    for name, code in (("A", "7"), ("A", None), ("B", "7")):
        before = coverage(session, here)
        after = Coverage(before.units)
        place = next(place for place, unit in enumerate(before.units) if unit.name == name)
        after.describe(place, code=code)
        if name == "B":
            with pytest.raises(Conflict, match="The code 7 was given to another unit before"):
                publish(session, here, before, after, effective_at=LATER, reason="code")
        else:
            publish(session, here, before, after, effective_at=LATER, reason="code")


def test_a_path_leads_from_the_jurisdiction_over_the_parents(session: Session, here: int) -> None:
    top, leaf = versions(session, "T")[-1], versions(session, "A")[0]
    assert leaf.path.startswith(top.path + ".")
    assert top.path.count(".") == 1


def test_a_leaf_that_is_divided_is_no_leaf_from_then_on(session: Session, here: int) -> None:
    assert [version.leaf for version in versions(session, "T")] == [True, False]


def test_a_neighbour_that_only_gets_a_vertex_has_no_new_version(session: Session, operator: Actor) -> None:
    here = builders.jurisdiction(session, operator, "seams")
    builders.units(session, operator, here, draw("A B", "A B"), level=2)
    before = shapely.from_wkb(bytes(versions(session, "B")[0].geom.data))
    builders.units(session, operator, here, {"AA": draw("A A", cell_deg=CELL_DEG / 2)["A"]}, level=3)
    session.expire_all()
    (after,) = versions(session, "B")
    ground = shapely.from_wkb(bytes(after.geom.data))
    assert shapely.equals(ground, before)
    assert shapely.get_num_coordinates(ground) == shapely.get_num_coordinates(before) + 1


def test_lineage_says_what_share_of_its_ground_a_unit_gave_to_which(session: Session, operator: Actor) -> None:
    here = builders.jurisdiction(session, operator, "lines")
    builders.units(session, operator, here, draw("A A A A"), level=1)
    builders.units(session, operator, here, draw(". B C C"), level=2)
    given = session.execute(
        select(UnitVersion.name, Lineage.area_share)
        .join(UnitVersion, UnitVersion.unit_id == Lineage.to_unit_id)
        .where(UnitVersion.kind == "unit")
    )
    assert {name: round(share, 4) for name, share in given} == {"B": 0.25, "C": 0.5}


def test_every_current_unit_is_drawn_for_every_band_of_zooms(session: Session, here: int) -> None:
    change(session, here, A="renamed")
    drawn = session.execute(select(UnitShape.unit_id, UnitShape.zoom)).all()
    current = [unit.unit_id for unit in coverage(session, here).units]
    assert sorted(drawn) == sorted((unit, zoom) for unit in current for zoom, tolerance_m in BANDS.items() if tolerance_m)


def test_publishing_tells_other_processes_after_the_commit(session: Session, operator: Actor, here: int) -> None:
    before = generation()
    with transaction(operator) as writing:
        change(writing, here, A="renamed")
        assert generation() == before
    assert generation() == before + 1


def test_a_unit_without_ground_ends_and_its_heir_is_known(session: Session, operator: Actor) -> None:
    here = builders.jurisdiction(session, operator, "merged")
    builders.units(session, operator, here, draw("A B"), level=2)
    before = coverage(session, here)
    after = Coverage(before.units)
    a, b = (next(place for place, unit in enumerate(before.units) if unit.name == name) for name in "AB")
    after.put(a, shapely.Polygon(), moved=True)
    after.put(b, draw("B B")["B"], moved=True)
    publish(session, here, before, after, effective_at=LATER, reason="merge")
    (ended,) = versions(session, "A")
    assert ended.valid.upper == LATER
    assert session.execute(select(Lineage.from_unit_id, Lineage.to_unit_id, Lineage.area_share)).one() == (
        ended.unit_id,
        versions(session, "B")[0].unit_id,
        pytest.approx(1),
    )
