"""Moves of a plan: what each does to the ground, to what stands on it and to the units above."""

from __future__ import annotations

import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.findings import GeodataError
from gridsvc.domain.permissions import Actor
from gridsvc.errors import Conflict, Invalid, NotAllowed
from gridsvc.operations import plan_publishing
from gridsvc.operations.plan_locks import lock, unlock
from gridsvc.operations.streets import import_streets
from tests import builders
from tests.operations.desk import EAST_OF_A, HOUSES, Desk, line


def test_a_shifted_border_moves_ground_between_two(desk: Desk) -> None:
    desk.make("shift", units=["A", "B"], line=EAST_OF_A)
    assert desk.unit("A").ground.equals(shapely.box(120, 30, 120.0012, 30.002))


def test_a_shift_within_a_grid_leaves_the_grid_as_it_is(desk: Desk) -> None:
    before = desk.unit("E").ground
    desk.make("shift", units=["A", "B"], line=EAST_OF_A)
    assert desk.unit("E").ground.wkb == before.wkb


def test_a_shift_across_grids_moves_them_too_and_not_what_is_above(desk: Desk) -> None:
    desk.make("shift", units=["B", "C"], line=line((2.2, -0.1), (2.2, 2.1)))
    at = desk.at
    assert {at.was[place].name for place in at.after.moved} == {"B", "C", "W", "E"}


def test_a_move_tells_the_units_it_changed_alone(desk: Desk) -> None:
    changed = desk.make("shift", units=["A", "B"], line=line((1.2, -0.1), (1.2, 1), (1, 1)))
    names = {desk.at.was[desk.at.places[key]].name for key in changed}
    assert names == {"A", "B", "W", "T"}


def test_houses_go_with_the_ground(desk: Desk) -> None:
    desk.make("shift", units=["A", "B"], line=line((1.8, -0.1), (1.8, 2.1)))
    assert (desk.standing("A"), desk.standing("B")) == (5, 0)


def test_the_part_with_most_households_stays_the_unit(desk: Desk) -> None:
    code = desk.unit("A").code
    desk.make("split", unit="A", line=line((-0.1, 0.45), (1.1, 0.45)))
    assert (desk.standing("A"), desk.unit("A").code) == (2, code)


def test_a_split_gives_the_new_part_the_next_code_and_a_name(desk: Desk) -> None:
    desk.make("split", unit="A", line=line((-0.1, 0.45), (1.1, 0.45)))
    new = desk.at.was[-1]
    assert (new.code, new.name, new.level) == ("370212001003", "微网格3", 3)


def test_merged_across_grids_a_unit_stays_where_the_first_was(desk: Desk) -> None:
    desk.make("merge", units=["B", "C"])
    assert desk.unit("W").ground.equals(shapely.box(120, 30, 120.003, 30.002))
    assert desk.standing("B") == 3


def test_merged_grids_take_what_is_below_along_with_new_codes(desk: Desk) -> None:
    desk.make("merge", units=["W", "E"])
    assert desk.names() == {"T", "W", "A", "B", "C", "D"}
    assert [desk.unit(name).code for name in "ABCD"] == ["370212001001", "370212001002", "370212001003", "370212001004"]


def test_a_grid_is_not_merged_with_a_micro_grid(desk: Desk) -> None:
    with pytest.raises(Invalid):
        desk.make("merge", units=["W", "C"])


def test_a_micro_grid_put_under_another_grid_gets_a_code_of_it(desk: Desk) -> None:
    desk.make("reparent", units=["B"], to="E")
    assert desk.unit("B").code == "370212002003"
    assert desk.unit("E").ground.equals(shapely.box(120.001, 30, 120.004, 30.002))


def test_a_grid_without_micro_grids_ends(desk: Desk) -> None:
    desk.make("reparent", units=["A", "B"], to="E")
    assert desk.names() == {"T", "E", "A", "B", "C", "D"}


def test_nothing_goes_below_its_equal(desk: Desk) -> None:
    with pytest.raises(Invalid):
        desk.make("reparent", units=["B"], to="C")


def test_a_code_breaks_no_rule(desk: Desk) -> None:
    with pytest.raises(Invalid):
        desk.make("rename", unit="A", code="370212002009")


def test_a_code_is_given_once(desk: Desk) -> None:
    with pytest.raises(Conflict):
        desk.make("rename", unit="A", code="370212001002")


def test_codes_below_follow_a_new_code(desk: Desk) -> None:
    desk.make("rename", unit="W", code="370212009", name="West")
    assert [desk.unit(name).code for name in ("West", "A", "B")] == ["370212009", "370212009001", "370212009002"]


def test_houses_take_their_ground_along(desk: Desk) -> None:
    desk.make("transfer", buildings=desk.houses("b2"), to="C")
    assert desk.standing("C") == 2
    assert desk.unit("C").ground.contains(HOUSES["b2"])


def test_a_line_is_led_around_a_house(desk: Desk) -> None:
    desk.make("shift", units=["A", "B"], line=line((1.55, -0.1), (1.55, 2.1)))
    assert (desk.standing("A"), desk.standing("B")) == (5, 0)
    assert all(desk.unit("A").ground.buffer(1e-7).contains(HOUSES[name]) for name in ("b1", "b2"))
    assert desk.unit("A").ground.bounds[2] == pytest.approx(120.0016)


def test_a_house_that_is_cut_for_a_reason_stays_where_it_was_even_when_published(desk: Desk) -> None:
    desk.make("shift", units=["A", "B"], line=line((1.5, -0.1), (1.5, 2.1)), pin="one door")
    assert (desk.unit("A").ground.bounds[2], desk.standing("B")) == (120.0015, 2)
    plan_publishing.publish(desk.session, desk.actor, desk.plan, at=builders.FIRST_DAY)
    asked = "SELECT p.pinned, p.reason FROM building_place p WHERE p.building_id = ANY(:ids) AND upper_inf(p.valid)"
    assert set(desk.session.execute(text(asked), {"ids": desk.ids("b1", "b2")}).all()) == {(True, "one door")}


def test_a_line_along_a_street_is_laid_into_it(desk: Desk) -> None:
    street = [({"id": "1", "name": "Main", "class": "residential"}, line((1.25, -0.5), (1.25, 2.5)))]
    import_streets(desk.session, desk.actor, builders.file(desk.here, street))
    desk.make("shift", units=["A", "B"], line=line((1.265, -0.1), (1.235, 2.1)), snap_m=3)
    assert desk.unit("A").ground.bounds[2] == pytest.approx(120.00125, abs=1e-8)


def test_a_unit_is_divided_into_parts_of_as_many_households(desk: Desk) -> None:
    desk.make("split", unit="A", parts=3)
    assert [desk.standing(name) for name in ("A", "微网格3", "微网格4")] == [1, 1, 1]


def test_houses_of_several_units_move_at_once(desk: Desk) -> None:
    desk.make("transfer", buildings=desk.houses("b1", "d1"), to="C")
    assert (desk.standing("C"), desk.standing("B"), desk.standing("D")) == (3, 1, 1)


def test_a_lasso_takes_the_houses_in_it(desk: Desk) -> None:
    desk.make("transfer", within=shapely.box(120.0011, 30, 120.0019, 30.0005), to="A")
    assert (desk.standing("A"), desk.standing("B")) == (4, 1)


def test_houses_that_would_lie_apart_name_those_between(desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        desk.make("transfer", buildings=desk.houses("b1", "a2"), to="C")
    assert "A" in str(refused.value)


def test_a_unit_is_not_given_away_whole(desk: Desk) -> None:
    with pytest.raises(Invalid):
        desk.make("transfer", buildings=desk.houses("c1"), to="B")


def test_ground_at_the_edge_is_taken_in(desk: Desk) -> None:
    desk.make("annex", unit="D", ground=shapely.box(120.0039, 30, 120.005, 30.002))
    assert desk.unit("T").ground.equals(shapely.box(120, 30, 120.005, 30.002))


def test_what_stood_on_ground_that_is_taken_in_comes_along(desk: Desk) -> None:
    builders.buildings(desk.session, desk.actor, desk.here, {"out": shapely.box(120.0042, 30.0011, 120.0045, 30.0013)}, households=10)
    desk.make("annex", unit="D", ground=shapely.box(120.0039, 30, 120.005, 30.002))
    assert desk.standing("D") == 3
    desk.make("retire", unit="D", ground=shapely.box(120.0041, 30, 120.005, 30.002))
    assert desk.standing("D") == 2
    desk.make("annex", unit="D", ground=shapely.box(120.004, 30, 120.005, 30.002))
    assert desk.standing("D") == 3


def test_ground_at_the_edge_is_given_up_with_what_stands_there(desk: Desk) -> None:
    desk.make("retire", unit="D", ground=shapely.box(120.0032, 30, 120.005, 30.002))
    assert (desk.unit("D").ground.bounds[2], desk.standing("D")) == (120.0032, 0)


@pytest.mark.parametrize("name", ["A", "W"])
def test_a_locked_unit_and_what_is_below_it_keep_their_ground(desk: Desk, name: str) -> None:
    lock(desk.session, desk.actor, desk.plan, units=[desk.key(name)])
    with pytest.raises(Conflict):
        desk.make("shift", units=["A", "B"], line=EAST_OF_A)
    unlock(desk.session, desk.actor, desk.plan, units=[desk.key(name)])
    desk.make("shift", units=["A", "B"], line=EAST_OF_A)


def test_beside_a_locked_unit_a_border_may_end(desk: Desk) -> None:
    lock(desk.session, desk.actor, desk.plan, units=[desk.key("C")])
    before = desk.unit("C").ground
    desk.make("split", unit="B", line=line((0.9, 1.01), (2.1, 1.01)))
    assert shapely.get_num_coordinates(desk.unit("C").ground) == shapely.get_num_coordinates(before) + 1


def test_a_locked_house_stays_where_it_is(desk: Desk) -> None:
    lock(desk.session, desk.actor, desk.plan, buildings=desk.ids("b1"))
    with pytest.raises(Conflict):
        desk.make("merge", units=["A", "B"])


def test_a_plan_of_a_grid_changes_nothing_outside(session: Session, operator: Actor) -> None:
    desk = Desk(session, operator, path="W")
    desk.make("shift", units=["A", "B"], line=EAST_OF_A)
    with pytest.raises(NotAllowed):
        desk.make("shift", units=["B", "C"], line=line((2.2, -0.1), (2.2, 2.1)))


def test_a_line_that_changes_nothing_is_refused_by_name(desk: Desk) -> None:
    with pytest.raises(GeodataError):
        desk.make("shift", units=["A", "C"], line=EAST_OF_A)
