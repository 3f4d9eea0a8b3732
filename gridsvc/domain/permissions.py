"""Who may do what where: the first of two locks; row security under it is the second."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from gridsvc.domain.paths import EVERYWHERE, covers
from gridsvc.errors import NotAllowed, NotSignedIn


class Role(StrEnum):
    """What somebody is here; a role holds at a path and below."""

    GRID_LEADER = "grid_leader"
    GRID_WORKER = "grid_worker"
    DATA_CLERK = "data_clerk"
    PLANNER = "planner"
    APPROVER = "approver"
    SURVEYOR = "surveyor"
    INSPECTOR = "inspector"
    STREET_OFFICE = "street_office"
    """Appoints grid leaders and confirms what the communities enter (街道)."""
    PARTY_OFFICE = "party_office"
    """The party organisation: party posts and members are its own."""
    PROPERTY_STAFF = "property_staff"
    STATION_STAFF = "station_staff"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"
    OPERATOR = "operator"
    """Whoever may read the database passwords on the machine; never granted to a person (docs/decisions)."""


ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
"""Each of these excludes every other role; none reads residents' data (GB/T 22239-2019, separation of administrators)."""

GRANTABLE = frozenset(Role) - {Role.OPERATOR}
"""What a person may be given."""


class Action(StrEnum):
    """What may be done; every operation and every query of a protected class names one."""

    READ_HOUSEHOLDS = "households.read"
    READ_FACILITIES = "facilities.read"
    """Parking lots and spaces and fire lanes; stations and gates are public."""
    IMPORT = "ground.import"
    PIN = "buildings.pin"
    READ_PEOPLE = "people.read"
    """People, members, households and contracts one by one, private fields masked."""
    REVEAL = "people.reveal"
    """A private field in full, with a reason that stays in the trail."""
    CHANGE_PEOPLE = "people.change"
    DELETE_PEOPLE = "people.delete"
    """For good, what ended long ago; nothing brings it back."""
    APPOINT = "posts.appoint"
    APPOINT_HEADS = "posts.appoint_heads"
    """Building heads and what else the community gives itself."""
    APPOINT_PARTY = "posts.appoint_party"
    ASSIGN_CONTRACTS = "contracts.assign"
    PROPOSE_CORRECTIONS = "corrections.propose"
    DECIDE_CORRECTIONS = "corrections.decide"
    """Refuse what somebody near proposes, or accept it, which records it."""
    SWITCH_TIMES = "times.switch"
    """Between ordinary and urgent times (平时/急时)."""
    READ_REPORTS = "reports.read"
    FREEZE_REPORTS = "reports.freeze"
    READ_PLANS = "plans.read"
    DRAW_PLANS = "plans.draw"
    REVIEW_PLANS = "plans.review"
    """Pass a plan on at a step of the office's path, or send it back."""
    PUBLISH_PLANS = "plans.publish"
    SET_UP = "system.set_up"
    MANAGE_ACCOUNTS = "accounts.manage"
    READ_AUDIT = "audit.read"


_AT_WORK = frozenset({Role.GRID_LEADER, Role.GRID_WORKER, Role.DATA_CLERK, Role.STREET_OFFICE, Role.PARTY_OFFICE, Role.OPERATOR})
"""Who knows the people of the own area."""
_COUNTING = _AT_WORK | {Role.PLANNER, Role.APPROVER, Role.INSPECTOR}
"""Who sees how much of what there is, not who."""

RULES: dict[Action, frozenset[Role]] = {
    Action.READ_HOUSEHOLDS: _COUNTING,
    Action.READ_FACILITIES: _COUNTING | {Role.SURVEYOR, Role.PROPERTY_STAFF},
    Action.IMPORT: frozenset({Role.DATA_CLERK, Role.OPERATOR}),
    Action.PIN: frozenset({Role.DATA_CLERK, Role.PLANNER, Role.OPERATOR}),
    Action.READ_PEOPLE: _AT_WORK,
    Action.REVEAL: _AT_WORK - {Role.GRID_WORKER},
    Action.CHANGE_PEOPLE: frozenset({Role.DATA_CLERK, Role.PARTY_OFFICE, Role.OPERATOR}),
    Action.DELETE_PEOPLE: frozenset({Role.DATA_CLERK, Role.OPERATOR}),
    Action.APPOINT: frozenset({Role.STREET_OFFICE, Role.OPERATOR}),
    Action.APPOINT_HEADS: frozenset({Role.DATA_CLERK, Role.STREET_OFFICE, Role.OPERATOR}),
    Action.APPOINT_PARTY: frozenset({Role.PARTY_OFFICE, Role.OPERATOR}),
    Action.ASSIGN_CONTRACTS: frozenset({Role.DATA_CLERK, Role.PARTY_OFFICE, Role.OPERATOR}),
    Action.PROPOSE_CORRECTIONS: frozenset({Role.GRID_LEADER, Role.GRID_WORKER, Role.OPERATOR}),
    Action.DECIDE_CORRECTIONS: frozenset({Role.DATA_CLERK, Role.STREET_OFFICE, Role.OPERATOR}),
    Action.SWITCH_TIMES: frozenset({Role.STREET_OFFICE, Role.OPERATOR}),
    Action.READ_REPORTS: _COUNTING - {Role.GRID_WORKER},
    Action.FREEZE_REPORTS: frozenset({Role.STREET_OFFICE, Role.INSPECTOR, Role.OPERATOR}),
    Action.READ_PLANS: frozenset({Role.DATA_CLERK, Role.PLANNER, Role.APPROVER, Role.STREET_OFFICE, Role.OPERATOR}),
    Action.DRAW_PLANS: frozenset({Role.PLANNER, Role.OPERATOR}),
    Action.REVIEW_PLANS: frozenset({Role.STREET_OFFICE, Role.APPROVER, Role.OPERATOR}),
    Action.PUBLISH_PLANS: frozenset({Role.APPROVER, Role.OPERATOR}),
    Action.SET_UP: frozenset({Role.SYSTEM_ADMIN, Role.OPERATOR}),
    Action.MANAGE_ACCOUNTS: frozenset({Role.SECURITY_ADMIN, Role.OPERATOR}),
    Action.READ_AUDIT: frozenset({Role.AUDIT_ADMIN, Role.OPERATOR}),
}
"""Each action and the roles that carry it; an installation copies it into role_action for row security."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role at a path."""

    role: Role
    path: str = EVERYWHERE


@dataclass(frozen=True, slots=True)
class Token:
    """What a program may use of its account's rights: these actions at and below this path."""

    id: int
    actions: frozenset[str]
    path: str = EVERYWHERE


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: an account with its grants of today, or nobody."""

    account_id: int | None
    name: str
    grants: tuple[Grant, ...] = ()
    language: str | None = None
    token: Token | None = None
    """What a program showed in place of a password; it leaves of the rights what it is for."""


NOBODY = Actor(account_id=None, name="")


def may(actor: Actor, action: Action, path: str) -> bool:
    """Say whether one of the actor's roles carries this action at this path."""
    if actor.token and not (action in actor.token.actions and covers(actor.token.path, path)):
        return False
    return any(grant.role in RULES[action] and covers(grant.path, path) for grant in actor.grants)


def may_anywhere(actor: Actor, action: Action) -> bool:
    """Say whether one of the actor's roles carries this action at any place at all."""
    if actor.token is None:
        return any(grant.role in RULES[action] for grant in actor.grants)
    below = actor.token.path
    meeting = (grant for grant in actor.grants if covers(grant.path, below) or covers(below, grant.path))
    return action in actor.token.actions and any(grant.role in RULES[action] for grant in meeting)


def widest_below(actor: Actor, action: Action, path: str) -> str | None:
    """Return the widest place at or below a path where the actor may do this, the first of several; None where there is none."""
    places = [path, *(grant.path for grant in actor.grants), *([actor.token.path] if actor.token else [])]
    open_to = [place for place in places if covers(path, place) and may(actor, action, place)]
    return min(open_to, key=lambda place: place.count("."), default=None)


def require(actor: Actor, action: Action, path: str) -> None:
    """Raise NotSignedIn or NotAllowed unless the actor may do this here."""
    if may(actor, action, path):
        return
    if actor.account_id is None:
        raise NotSignedIn("Sign in first.")
    raise NotAllowed("Your roles do not allow this here ({action}).", action=action.value)


def exclude_each_other(roles: Iterable[Role]) -> bool:
    """Say whether nobody may hold all these roles at once: an administrator's role stands alone."""
    held = frozenset(roles)
    return len(held) > 1 and not held.isdisjoint(ADMINISTRATORS)
