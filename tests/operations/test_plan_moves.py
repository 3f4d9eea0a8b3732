"""Moves of a plan: what each does to the ground, to what stands on it and to the units above."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.findings import GeodataError
from gridsvc.database.queries.plan_standing import loads_of
from gridsvc.database.queries.plans import Planned, PlanRow, moves, plan, planned
from gridsvc.domain.coverage import UnitState
from gridsvc.domain.permissions import Actor
from gridsvc.errors import Conflict, Invalid, NotAllowed, NotFound
from gridsvc.operations import plan_publishing, plans
from gridsvc.operations.plan_asking import make
from gridsvc.operations.plan_locks import lock, unlock
from gridsvc.operations.plan_undoing import redo, take_back, undo
from gridsvc.operations.streets import import_streets
from gridsvc.operations.units import import_units
from tests import builders
from tests.grids import draw
from tests.scenarios.holding import levels_tile

TOP = draw("T T T T", "T T T T")
GRIDS = draw("W W E E", "W W E E")
MICROS = draw("A B C D", "A B C D")
PLACES = {"a1": (0, 0), "a2": (0, 1), "a3": (0, 2), "b1": (1, 0), "b2": (1, 2), "c1": (2, 1), "d1": (3, 1), "d2": (3, 2)}
HOUSES = {
    name: shapely.box(*(round(degrees, 8) for degrees in (x + 3e-4, y + 1e-4, x + 6e-4, y + 3e-4)))
    for name, (x, y) in {name: (120 + 0.001 * column, 30 + 0.0005 * row) for name, (column, row) in PLACES.items()}.items()
}
CODES = {"T": "370212", "W": "370212001", "E": "370212002"}
CODES |= {"A": "370212001001", "B": "370212001002", "C": "370212002001", "D": "370212002002"}


class Desk:
    """A planner with a plan upon a city of two grids of two micro-grids each."""

    def __init__(self, session: Session, actor: Actor, path: str | None = None) -> None:
        self.session, self.actor = session, actor
        self.here = builders.jurisdiction(session, actor, scheme=builders.CODED)
        for level, grounds in enumerate((TOP, GRIDS, MICROS), start=1):
            rows = [({"name": name, "level": level, "code": CODES[name]}, ground) for name, ground in grounds.items()]
            import_units(session, actor, builders.file(self.here, rows), keep="parent")
        builders.buildings(session, actor, self.here, HOUSES, households=10)
        self.id = plans.begin(session, actor, self.here, "Borders", path=path and self.path(path)).public_id

    def path(self, name: str) -> str:
        found: str = self.session.scalars(
            text("SELECT path::text FROM unit_version WHERE name = :name AND upper_inf(valid)"), {"name": name}
        ).one()
        return found

    @property
    def plan(self) -> PlanRow:
        return plan(self.session, self.actor, self.id)

    @property
    def at(self) -> Planned:
        return planned(self.session, self.plan)

    def key(self, name: str) -> int:
        at = self.at
        return next(key for key, unit in zip(at.keys, at.was, strict=True) if unit.name == name and not unit.gone)

    def unit(self, name: str) -> UnitState:
        at = self.at
        return at.was[at.place_of(self.key(name))]

    def names(self) -> set[str]:
        return {unit.name for unit in self.at.was if not unit.gone}

    def make(self, kind: str, **asked: Any) -> list[int]:
        """Make a move and hold all levels to what has to hold; names stand for keys, shapes for GeoJSON."""
        given = {name: self._said(name, value) for name, value in asked.items()}
        made = make(self.session, self.actor, self.plan, {"kind": kind, **given})
        levels_tile(self.at.after)
        return list(made.keys)

    def _said(self, name: str, value: Any) -> Any:
        if isinstance(value, shapely.Geometry):
            return shapely.geometry.mapping(value)
        if name in ("unit", "to"):
            return self.key(value)
        return [self.key(each) for each in value] if name == "units" else value

    def standing(self, name: str) -> int:
        load = loads_of(self.session, self.plan, [self.key(name)]).get(self.key(name))
        return load.buildings if load else 0

    def houses(self, *names: str) -> list[str]:
        asked = "SELECT b.public_id FROM building b JOIN building_version v ON v.building_id = b.id WHERE v.name = ANY(:names)"
        return [str(each) for each in self.session.scalars(text(asked), {"names": list(names)})]

    def ids(self, *names: str) -> list[int]:
        asked = "SELECT b.id FROM building b JOIN building_version v ON v.building_id = b.id WHERE v.name = ANY(:names)"
        return list(self.session.scalars(text(asked), {"names": list(names)}))

    def bytes(self) -> dict[int, tuple[object, ...]]:
        at = self.at
        return {
            key: (unit.ground.wkb, unit.name, unit.code, unit.parent, unit.level)
            for key, unit in zip(at.keys, at.was, strict=True)
            if not unit.gone
        }


@pytest.fixture
def desk(session: Session, operator: Actor) -> Desk:
    return Desk(session, operator)


def line(*points: tuple[float, float]) -> shapely.LineString:
    """Return a line through points given in cells of the drawing, east and north."""
    return shapely.LineString([(round(120 + 0.001 * x, 8), round(30 + 0.001 * y, 8)) for x, y in points])


EAST_OF_A = line((1.2, -0.1), (1.2, 2.1))


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


def test_undone_moves_leave_no_trace_and_come_back_whole(desk: Desk) -> None:
    states = [desk.bytes()]
    desk.make("shift", units=["A", "B"], line=EAST_OF_A)
    states.append(desk.bytes())
    desk.make("split", unit="A", line=line((-0.1, 0.45), (1.3, 0.45)))
    states.append(desk.bytes())
    desk.make("reparent", units=["B"], to="E")
    for state in reversed(states):
        undo(desk.session, desk.actor, desk.plan)
        assert desk.bytes() == state
    for state in states[1:]:
        redo(desk.session, desk.actor, desk.plan)
        assert desk.bytes() == state


def test_what_was_undone_before_another_move_stays_undone(desk: Desk) -> None:
    desk.make("rename", unit="A", name="Apple")
    undo(desk.session, desk.actor, desk.plan)
    desk.make("rename", unit="B", name="Berry")
    with pytest.raises(Conflict):
        redo(desk.session, desk.actor, desk.plan)


def test_redone_is_the_move_that_was_undone_last(desk: Desk) -> None:
    desk.make("rename", unit="A", name="Apple")
    undo(desk.session, desk.actor, desk.plan)
    desk.make("rename", unit="B", name="Berry")
    undo(desk.session, desk.actor, desk.plan)
    redo(desk.session, desk.actor, desk.plan)
    assert desk.names() == {"T", "W", "E", "A", "Berry", "C", "D"}
    with pytest.raises(Conflict):
        redo(desk.session, desk.actor, desk.plan)


def test_a_move_in_the_middle_is_taken_back_byte_for_byte(desk: Desk) -> None:
    before = desk.bytes()
    desk.make("shift", units=["A", "B"], line=line((1.2, 2.1), (1.2, 1), (1, 1)))
    desk.make("rename", unit="D", name="Date")
    take_back(desk.session, desk.actor, desk.plan, 1)
    undo_name = {key: state for key, state in desk.bytes().items() if key != desk.key("Date")}
    assert undo_name == {key: state for key, state in before.items() if key != desk.key("Date")}


def test_what_is_taken_back_is_unmoved(desk: Desk) -> None:
    desk.make("shift", units=["A", "B"], line=EAST_OF_A)
    take_back(desk.session, desk.actor, desk.plan, 1)
    assert desk.at.after.moved == set()
    assert [move.undone for move in moves(desk.session, desk.plan.id)] == [True, False]
    assert desk.standing("A") == 3


def test_a_unit_that_began_ends_when_its_move_is_taken_back(desk: Desk) -> None:
    before = desk.bytes()
    desk.make("split", unit="A", line=line((-0.1, 0.45), (1.1, 0.45)))
    take_back(desk.session, desk.actor, desk.plan, 1)
    assert desk.bytes() == before


def test_merged_grids_come_back_when_it_is_taken_back(desk: Desk) -> None:
    before = desk.bytes()
    desk.make("merge", units=["W", "E"])
    take_back(desk.session, desk.actor, desk.plan, 1)
    assert desk.bytes() == before


def test_a_move_that_a_later_one_needs_is_not_taken_back(desk: Desk) -> None:
    desk.make("shift", units=["A", "B"], line=EAST_OF_A)
    desk.make("merge", units=["B", "C"])
    with pytest.raises(Conflict) as refused:
        take_back(desk.session, desk.actor, desk.plan, 1)
    assert refused.value.values["later"] == 2


def test_a_code_that_another_unit_got_since_does_not_come_back(desk: Desk) -> None:
    desk.make("split", unit="A", line=line((0.5, -0.1), (0.5, 2.1)))
    desk.make("rename", unit="微网格3", name="first", code="370212001009")
    desk.make("split", unit="B", line=line((1.5, -0.1), (1.5, 2.1)))
    [second] = desk.names() - {"T", "W", "E", "A", "B", "C", "D", "first"}
    desk.make("rename", unit=second, name="second", code="370212001003")
    with pytest.raises(Conflict, match="second has the code 370212001003"):
        take_back(desk.session, desk.actor, desk.plan, 2)


def test_taking_back_can_be_undone_and_taken_back(desk: Desk) -> None:
    desk.make("shift", units=["A", "B"], line=EAST_OF_A)
    after = desk.bytes()
    take_back(desk.session, desk.actor, desk.plan, 1)
    take_back(desk.session, desk.actor, desk.plan, 2)
    assert desk.bytes() == after
    assert [move.undone for move in moves(desk.session, desk.plan.id)] == [False, True, False]


def test_a_move_that_is_not_there_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        take_back(desk.session, desk.actor, desk.plan, 1)


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
