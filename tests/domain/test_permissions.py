"""The first lock, against a table of its own: who may do what where."""

import pytest

from gridsvc.domain.permissions import ADMINISTRATORS, NOBODY, RULES, Action, Actor, Grant, Role, exclude_each_other, may, require
from gridsvc.errors import NotAllowed, NotSignedIn

ALLOWED = {
    "households.read": {
        "grid_leader", "grid_worker", "data_clerk", "planner", "approver", "inspector", "street_office", "party_office", "operator"
    },
    "ground.import": {"data_clerk", "operator"},
    "facilities.read": {
        "grid_leader", "grid_worker", "data_clerk", "planner", "approver", "surveyor", "inspector", "street_office", "party_office",
        "property_staff", "operator",
    },
    "people.read": {"grid_leader", "grid_worker", "data_clerk", "street_office", "party_office", "operator"},
    "people.reveal": {"grid_leader", "data_clerk", "street_office", "party_office", "operator"},
    "people.change": {"data_clerk", "party_office", "operator"},
    "people.delete": {"data_clerk", "operator"},
    "posts.appoint": {"street_office", "operator"},
    "posts.appoint_heads": {"data_clerk", "street_office", "operator"},
    "posts.appoint_party": {"party_office", "operator"},
    "contracts.assign": {"data_clerk", "party_office", "operator"},
    "corrections.propose": {"grid_leader", "grid_worker", "operator"},
    "corrections.decide": {"data_clerk", "street_office", "operator"},
    "times.switch": {"street_office", "operator"},
    "reports.read": {
        "grid_leader", "data_clerk", "planner", "approver", "inspector", "street_office", "party_office", "operator"
    },
    "reports.freeze": {"street_office", "inspector", "operator"},
    "buildings.pin": {"data_clerk", "planner", "operator"},
    "plans.read": {"data_clerk", "planner", "approver", "street_office", "operator"},
    "plans.draw": {"planner", "operator"},
    "plans.review": {"street_office", "approver", "operator"},
    "plans.publish": {"approver", "operator"},
    "system.set_up": {"system_admin", "operator"},
    "accounts.manage": {"security_admin", "operator"},
    "audit.read": {"audit_admin", "operator"},
}  # fmt: skip
"""Written by hand from the description of the roles, not from RULES; tests of row security read it too."""
ROLES = (
    "grid_leader", "grid_worker", "data_clerk", "planner", "approver", "surveyor", "inspector", "street_office", "party_office",
    "property_staff", "station_staff", "system_admin", "security_admin", "audit_admin", "operator",
)  # fmt: skip
ACTIONS = tuple(ALLOWED)
EXPECTED = {role: tuple(role in ALLOWED[action] for action in ACTIONS) for role in ROLES}

CASES = [(role, action, open_) for role, row in EXPECTED.items() for action, open_ in zip(ACTIONS, row, strict=True)]


def holder(role: str, path: str) -> Actor:
    return Actor(1, "somebody", (Grant(Role(role), path),))


def test_the_table_knows_every_role_and_action() -> None:
    assert (set(EXPECTED), set(ACTIONS)) == ({role.value for role in Role}, {action.value for action in Action})


def test_every_action_has_its_rule() -> None:
    assert set(RULES) == set(Action)


@pytest.mark.parametrize(("role", "action", "open_"), CASES)
def test_a_role_carries_its_actions_where_it_is_held(role: str, action: str, open_: bool) -> None:
    assert may(holder(role, "j1.a"), Action(action), "j1.a") is open_


@pytest.mark.parametrize(("role", "action", "open_"), CASES)
def test_a_role_carries_its_actions_below_where_it_is_held(role: str, action: str, open_: bool) -> None:
    assert may(holder(role, "j1.a"), Action(action), "j1.a.b_7") is open_


@pytest.mark.parametrize("place", ["", "j1", "j1.b", "j1.ab", "j2", "j1.b.a"])
@pytest.mark.parametrize("role", EXPECTED)
def test_a_role_carries_nothing_outside(role: str, place: str) -> None:
    assert not any(may(holder(role, "j1.a"), action, place) for action in Action)


@pytest.mark.parametrize("action", list(Action))
def test_nobody_may_do_anything(action: Action) -> None:
    assert not may(NOBODY, action, "j1")


def test_nobody_is_asked_to_sign_in() -> None:
    with pytest.raises(NotSignedIn):
        require(NOBODY, Action.PIN, "j1")


def test_somebody_without_the_role_is_refused() -> None:
    with pytest.raises(NotAllowed, match=r"buildings\.pin"):
        require(holder("inspector", ""), Action.PIN, "j1")


def test_a_role_held_everywhere_holds_at_every_path() -> None:
    assert may(holder("inspector", ""), Action.READ_HOUSEHOLDS, "j9.z.b_1")


@pytest.mark.parametrize("admin", sorted(ADMINISTRATORS))
@pytest.mark.parametrize("other", sorted(set(Role) - {Role.OPERATOR}))
def test_an_administrator_holds_no_second_role(admin: Role, other: Role) -> None:
    assert exclude_each_other({admin, other}) is (admin != other)


def test_business_roles_go_together() -> None:
    assert not exclude_each_other({Role.PLANNER, Role.DATA_CLERK, Role.GRID_LEADER})


@pytest.mark.parametrize("admin", sorted(ADMINISTRATORS))
def test_no_administrator_reads_residents_data(admin: Role) -> None:
    assert admin not in RULES[Action.READ_HOUSEHOLDS]
