"""Undoing an edition: ground, names and units come back as an edition of its own, or what stands in the way is named."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from shapely import LineString
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.queries.coverage import coverage
from gridsvc.database.queries.editions import edition_of
from gridsvc.domain.permissions import Actor
from gridsvc.errors import Conflict, NotAllowed, NotFound
from gridsvc.operations import plan_asking, plans
from gridsvc.operations.undoing import undo_edition
from tests import builders
from tests.domain.test_permissions import holder
from tests.grids import draw
from tests.operations.four_grids import PICTURE, TO_B, TO_D, WIDER, cells_of, drawn, key_of, publish
from tests.scenarios.holding import everything_holds

LATER = datetime(2024, 6, 1, tzinfo=UTC)


def undo(session: Session, actor: Actor, place: int, serial: int) -> int:
    return undo_edition(session, actor, place, serial, at=LATER).serial


def move(session: Session, actor: Actor, place: int, kind: str, **more: Any) -> None:
    """Publish a plan of one move."""
    begun = plans.begin(session, actor, place, kind)
    keys = {name: key_of(session, begun, name) for name in {unit.name for unit in coverage(session, place).units}}
    named = {name: [keys[each] for each in value] if name == "units" else value for name, value in more.items()}
    if "unit" in named:
        named["unit"] = keys[named["unit"]]
    plan_asking.make(session, actor, begun, {"kind": kind, **named})
    publish(session, actor, begun)


def ids(session: Session, place: int) -> dict[str, int]:
    return {unit.name: unit.unit_id for unit in coverage(session, place).units}


def test_ground_comes_back(session: Session, operator: Actor, place: int) -> None:
    publish(session, operator, drawn(session, operator, place, "AB", TO_B))
    assert undo(session, operator, place, 3) == 4
    assert [cells_of(session, place, name) for name in "ABCD"] == [4, 4, 4, 4]
    assert edition_of(session, place, 4).undoes == 3
    everything_holds(session, place)


def test_ground_comes_back_after_editions_that_have_nothing_to_do_with_it(session: Session, operator: Actor, place: int) -> None:
    publish(session, operator, drawn(session, operator, place, "AB", TO_B))
    publish(session, operator, drawn(session, operator, place, "CD", TO_D))
    undo(session, operator, place, 3)
    assert [cells_of(session, place, name) for name in "ABCD"] == [4, 4, 3, 5]
    everything_holds(session, place)


def test_who_has_the_ground_now_is_named_and_nothing_is_changed(session: Session, operator: Actor, place: int) -> None:
    publish(session, operator, drawn(session, operator, place, "AB", TO_B))
    whole = LineString([(120.004, 30.0025), (120.0005, 30.0025), (120.0005, 30.002)])
    begun = drawn(session, operator, place, "BC", whole)
    publish(session, operator, begun)
    before = [unit.ground.wkb for unit in coverage(session, place).units]
    with pytest.raises(Conflict, match="C") as caught:
        undo(session, operator, place, 3)
    assert caught.value.findings
    assert [unit.ground.wkb for unit in coverage(session, place).units] == before


def test_who_would_get_the_ground_and_is_no_more_is_named(session: Session, operator: Actor, place: int) -> None:
    publish(session, operator, drawn(session, operator, place, "AB", TO_B))
    move(session, operator, place, "merge", units=["B", "A"])
    with pytest.raises(Conflict) as caught:
        undo(session, operator, place, 3)
    assert [finding.values["name"] for finding in caught.value.findings] == ["A"]
    assert caught.value.values["units"] == "A"


def test_a_unit_that_ended_is_itself_again(session: Session, operator: Actor, place: int) -> None:
    before = ids(session, place)
    move(session, operator, place, "merge", units=["A", "B"])
    publish(session, operator, drawn(session, operator, place, "CD", TO_D))
    undo(session, operator, place, 3)
    assert ids(session, place) == before
    everything_holds(session, place)


def test_units_of_a_split_become_one_again(session: Session, operator: Actor, place: int) -> None:
    before = ids(session, place)
    move(session, operator, place, "split", unit="A", line=WIDER.__geo_interface__)
    undo(session, operator, place, 3)
    assert (ids(session, place), cells_of(session, place, "A")) == (before, 4)


def test_a_name_comes_back(session: Session, operator: Actor, place: int) -> None:
    move(session, operator, place, "rename", unit="D", name="Dune")
    undo(session, operator, place, 3)
    assert "D" in ids(session, place)


def test_a_name_that_was_changed_again_is_in_the_way(session: Session, operator: Actor, place: int) -> None:
    move(session, operator, place, "rename", unit="D", name="Dune")
    move(session, operator, place, "rename", unit="Dune", name="Duck")
    with pytest.raises(Conflict, match="Duck"):
        undo(session, operator, place, 3)


def test_an_import_is_undone_and_the_same_file_brings_it_again(session: Session, operator: Actor, place: int) -> None:
    shifted = draw("A A A B", *PICTURE[1:])
    builders.units(session, operator, place, shifted, level=2, effective_at=LATER, accept_loss=True)
    undo(session, operator, place, 3)
    assert cells_of(session, place, "A") == 4
    builders.units(session, operator, place, shifted, level=2, effective_at=LATER, accept_loss=True)
    assert cells_of(session, place, "A") == 5


def test_buildings_stand_where_they_stood(session: Session, operator: Actor, place: int) -> None:
    where = "SELECT building_id, unit_id FROM building_place WHERE upper_inf(valid) ORDER BY 1"
    before = session.execute(text(where)).all()
    move(session, operator, place, "merge", units=["B", "A"])
    assert session.execute(text(where)).all() != before
    undo(session, operator, place, 3)
    assert session.execute(text(where)).all() == before


def test_an_undone_edition_can_be_brought_back(session: Session, operator: Actor, place: int) -> None:
    publish(session, operator, drawn(session, operator, place, "AB", TO_B))
    undo(session, operator, place, 3)
    undo(session, operator, place, 4)
    assert cells_of(session, place, "A") == 3


def test_an_edition_is_undone_once(session: Session, operator: Actor, place: int) -> None:
    publish(session, operator, drawn(session, operator, place, "AB", TO_B))
    undo(session, operator, place, 3)
    with pytest.raises(Conflict, match="already"):
        undo(session, operator, place, 3)


@pytest.mark.parametrize(("serial", "error"), [(1, Conflict), (9, NotFound)])
def test_the_first_edition_and_one_that_is_not_there_are_not_undone(
    session: Session, operator: Actor, place: int, serial: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        undo(session, operator, place, serial)


def test_a_planner_undoes_nothing(session: Session, place: int) -> None:
    with pytest.raises(NotAllowed):
        undo(session, holder("planner", ""), place, 2)
