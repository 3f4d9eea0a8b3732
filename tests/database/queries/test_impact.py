"""What a plan changes for whom, what rules and measures say of it, and that publishing does just that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from gridsvc.database.queries.accounts import actor_named
from gridsvc.database.queries.impact import impact
from gridsvc.database.queries.measures import Measured, measures
from gridsvc.database.queries.plans import PlanRow, plan
from gridsvc.database.queries.redraw_findings import redraw_findings
from gridsvc.database.session import set_actor
from gridsvc.domain.impact import ACROSS, KINDS, Impact
from gridsvc.domain.permissions import Actor, Role
from gridsvc.errors import NotAllowed
from gridsvc.operations import plan_publishing
from gridsvc.operations.accounts import GrantRole, add_account, grant_role
from gridsvc.operations.pins import Thing, pin_facility
from tests import neighbourhood, redrawn

LATER = datetime(2026, 3, 1, tzinfo=UTC)


class Laid(NamedTuple):
    """The neighbourhood, and the plan that divides its middle grid among the others."""

    session: Session
    operator: Actor
    place: int
    plan: PlanRow
    found: Impact


@pytest.fixture(scope="module")
def laid(engine: Engine) -> Iterator[Laid]:
    with redrawn.opened(engine) as session:
        operator = actor_named(session, "operator")
        place = redrawn.lay(session, operator)
        drawn = redrawn.two_of_three(session, operator, place)
        yield Laid(session, operator, place, drawn, impact(session, operator, drawn))


@pytest.fixture
def aside(laid: Laid) -> Iterator[Laid]:
    """Give the same to a test that changes something."""
    with laid.session.begin_nested() as savepoint:
        yield laid
        savepoint.rollback()
    set_actor(laid.session, laid.operator)


def named(laid: Laid, name: str) -> int:
    return redrawn.number(laid.session, laid.place, name)


def moved(found: Impact, kind: str, level: int | None = None) -> dict[tuple[str | None, str | None], float]:
    return {
        (found.before_name(flow.source), found.name(flow.target)): round(flow.amount, 1) for flow in found.moved(level) if flow.kind == kind
    }


def values(found: Measured, measure: str) -> dict[str, tuple[float | None, float | None]]:
    return {unit.name: (unit.was[measure], unit.becomes[measure]) for unit in found.units}


def test_households_go_with_their_buildings(laid: Laid) -> None:
    assert moved(laid.found, "households") == {("东湖二网格", "东湖一网格"): 10, ("东湖二网格", "东湖三网格"): 10}


def test_what_stands_in_the_open_goes_with_its_ground(laid: Laid) -> None:
    assert moved(laid.found, "stations") == {("东湖二网格", "东湖一网格"): 1}
    assert moved(laid.found, "parking_spaces") == {("东湖二网格", "东湖一网格"): 6}


def test_sums_of_a_leaf_are_before_less_lost_and_gained(laid: Laid) -> None:
    for sums in laid.found.sums().values():
        assert [each.after for each in sums.values()] == pytest.approx([s.before - s.lost + s.gained for s in sums.values()])


def test_nothing_changes_its_community(laid: Laid) -> None:
    assert laid.found.moved(2) == []


def test_only_some_units_are_told_of_on_demand(laid: Laid) -> None:
    key = named(laid, "东湖三网格")
    part = impact(laid.session, laid.operator, laid.plan, [key])
    assert part.flows == tuple(flow for flow in laid.found.flows if flow.kind in ACROSS or key in (flow.source, flow.target))


def test_measures_are_told_before_and_after(laid: Laid) -> None:
    found = measures(laid.session, laid.operator, laid.plan)
    assert values(found, "households") == {"东湖一网格": (20, 30), "东湖三网格": (20, 30), "东湖二网格": (20, None)}
    assert values(found, "deviation")["东湖一网格"] == (0, 0)
    assert values(found, "let")["东湖一网格"] == (4, 6)
    assert values(found, "round_m")["东湖一网格"][0] == pytest.approx(110.9, abs=0.1)
    was, becomes = values(found, "polsby_popper")["东湖一网格"]
    assert (was or 0) > (becomes or 0) > 0


def test_a_community_is_measured_with_all_its_grids(laid: Laid) -> None:
    assert values(measures(laid.session, laid.operator, laid.plan, 2), "households") == {"东湖社区": (60, 60), "西山社区": (40, 40)}


def test_a_unit_without_leader_is_found_where_it_lies(laid: Laid) -> None:
    found = redraw_findings(laid.session, laid.operator, laid.plan)
    assert [(each.code, each.values["name"]) for each in found] == [("without-leader", "东湖三网格")]
    assert found[0].where == pytest.approx((120.001, 30, 120.003, 30.002))


def test_a_planner_counts_and_names_nobody(aside: Laid) -> None:
    actor = somebody(aside, Role.PLANNER, "晨光街道")
    assert impact(aside.session, actor, aside.plan).flows == aside.found.flows


def test_who_may_not_read_plans_there_is_told_nothing(aside: Laid) -> None:
    actor = somebody(aside, Role.PLANNER, "西山社区")
    with pytest.raises(NotAllowed):
        impact(aside.session, actor, aside.plan)


def test_counts_outside_the_own_scope_are_nought_in_the_database_itself(aside: Laid) -> None:
    houses = {"one": named(aside, "1号楼"), "other": named(aside, "2号楼"), "unit": named(aside, "东湖一网格")}
    aside.session.execute(text(LOOKED_AFTER_NEXT_DOOR), houses)
    asked = [
        "SELECT count(*) FROM counted_at_buildings(ARRAY[:one]::bigint[], ARRAY[0])",
        "SELECT count(*) FROM posts_at_units(ARRAY[:unit]::bigint[])",
        "SELECT sum(amount) FROM contracts_crossing(ARRAY[:other]::bigint[], ARRAY[0]::bigint[])",
    ]
    assert [aside.session.scalar(text(each), houses) for each in asked][1:] == [2, 1]
    somebody(aside, Role.PLANNER, "西山社区")
    assert [aside.session.scalar(text(each), houses) for each in asked] == [0, 0, None]


LOOKED_AFTER_NEXT_DOOR = """
INSERT INTO contract (person_id, household_id, valid)
SELECT (SELECT person_id FROM person_version WHERE home_building_id = :one LIMIT 1), id, tstzrange('2026-01-01', NULL)
FROM household WHERE building_id = :other LIMIT 1
"""


def test_a_pinned_thing_stays_and_is_told(aside: Laid) -> None:
    lot = aside.session.execute(text("SELECT public_id FROM parking_lot WHERE source_ref = 'l'")).scalar_one()
    pin_facility(aside.session, aside.operator, Thing("parking_lots", lot), public(aside, "东湖一网格"), reason="自管", at=LATER)
    found = impact(aside.session, aside.operator, aside.plan)
    assert [(each.kind, found.name(each.unit), found.name(each.ground)) for each in found.pinned] == [
        ("parking_lots", "东湖一网格", "东湖三网格")
    ]


def test_publishing_leads_to_what_the_impact_says_of_each_kind_and_leaf(aside: Laid) -> None:
    was = redrawn.stands(aside.session, aside.place)
    plan_publishing.publish(aside.session, aside.operator, aside.plan, at=LATER)
    becomes = redrawn.stands(aside.session, aside.place)
    sums = {(kind, key): each for key, kinds in aside.found.sums().items() for kind, each in kinds.items()}
    said = {at: each for at, each in sums.items() if at[0] not in ("households_estimated", "full_members")}
    assert {kind for kind, _ in said} == KINDS.keys() - {"households_estimated", "full_members"}
    assert {at: each.before for at, each in said.items() if each.before} == pytest.approx(
        {at: was[at] for at in said if at in was}, abs=0.05
    )
    assert {at: each.after for at, each in said.items() if each.after} == pytest.approx(
        {at: becomes[at] for at in said if at in becomes}, abs=0.05
    )
    again = impact(aside.session, aside.operator, plan(aside.session, aside.operator, aside.plan.public_id))
    assert amounts(again, people=False) == pytest.approx(amounts(aside.found, people=False), abs=0.05)


def amounts(found: Impact, *, people: bool) -> dict[object, float]:
    """Return the flows; without people, who are counted where they are today."""
    return {(flow.kind, flow.source, flow.target): flow.amount for flow in found.flows if people or KINDS[flow.kind].stands != "people"}


def public(laid: Laid, name: str) -> Any:  # a UUID
    return laid.session.scalars(text("SELECT public_id FROM unit WHERE id = :id"), {"id": named(laid, name)}).one()


def somebody(laid: Laid, role: Role, where: str) -> Actor:
    """Let somebody with a role at a unit be who asks."""
    name = f"{role}-{where}"
    add_account(laid.session, laid.operator, name, neighbourhood.PASSWORD, handed_out=False)
    path = neighbourhood.path_of(laid.session, laid.place, where)
    grant_role(laid.session, laid.operator, GrantRole(name, role, path if where != "晨光街道" else path.partition(".")[0]))
    actor = actor_named(laid.session, name)
    set_actor(laid.session, actor)
    return actor
