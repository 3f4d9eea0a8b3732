"""People: lists with private fields masked, one value in full for a reason, posts with duty phones."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypedDict
from uuid import UUID

from flask import request

from gridsvc.api import reader, shapes
from gridsvc.api.shapes import Coded, Named, Unit, unit_read
from gridsvc.database.queries import duties, units
from gridsvc.database.queries import people as queries
from gridsvc.database.queries.people import Only, PeopleFilter, PeopleSums, PersonRow
from gridsvc.database.queries.people_findings import people_findings
from gridsvc.database.session import transaction
from gridsvc.domain.code_tables import Code
from gridsvc.domain.masking import MASKS
from gridsvc.domain.people import MEMBER_KINDS
from gridsvc.domain.posts import posts_of
from gridsvc.errors import Invalid
from gridsvc.operations import reveal as operations
from gridsvc.words import say

REVEALING = {
    "application/json": {
        "type": "object",
        "properties": {"field": {"type": "string", "enum": list(MASKS)}, "reason": {"type": "string", "minLength": 1}},
        "required": ["field", "reason"],
    }
}


class Membership(TypedDict):
    """What somebody is as a member: `branch` by 组织关系, `reporting_branch` by 报到."""

    kind: Coded
    full: bool
    branch: str | None
    reporting_branch: str | None


class Person(TypedDict):
    """A person: name and phone masked. `lives_here` is false for somebody who only serves here."""

    id: UUID
    name: str
    phone: str | None
    has_id_number: bool
    home: Named | None
    lives_here: bool
    membership: Membership | None
    posts: list[Coded]
    households: int
    can_reveal: bool


class People(shapes.PageOf):
    """A page of people by name; `total` counts those of all pages."""

    items: list[Person]


class Revealed(TypedDict):
    """A private value in full; null where none is known."""

    field: str
    value: str | None


class Post(TypedDict):
    """A post and its duty phone. `holder` is null for whoever does not read the people there."""

    id: UUID
    post: Coded
    deputy: bool
    roster: str
    state: str
    duty_phone: str | None
    since: datetime
    until: date | None
    holder: Named | None


class UnitPosts(Unit):
    """A unit and the posts that hang at it."""

    posts: list[Post]


class Posts(TypedDict):
    """The posts of a unit and of those above it, the top one first."""

    chain: list[UnitPosts]


class RuleFinding(TypedDict):
    """What a rule says; `bounds` are west, south, east, north of where."""

    code: str
    severity: str
    message: str
    bounds: list[float] | None


class Findings(TypedDict):
    """What needs somebody, counts first."""

    items: list[RuleFinding]


class PeopleCounts(TypedDict):
    """What is counted of people; children add up to it, but for what stands at the unit itself.

    `members` go by home, `members_by_branch` by 组织关系, `members_reporting` by 报到, each at the ground where that branch leads.
    Organisations are counted once, where they lead; those of `joint_elsewhere` are attached here and counted elsewhere.
    """

    members: int
    full_members: int
    members_by_branch: int
    full_by_branch: int
    members_reporting: int
    branches: int
    groups: int
    organisations: dict[str, int]
    joint_elsewhere: int
    secretaries: dict[str, int]
    posts_held: int
    posts_filled: int | None
    posts_vacant: int | None


def of_unit(unit_id: UUID, q: str | None, only: str | None, page: int) -> People:
    """Answer who lives or serves in a unit, by part of a name or a whole phone number; names and phones are masked.

    A unit is public and its people are not: outside the reader's area the list is empty and its total nought, whoever lives there.
    """
    actor = reader.actor()
    with transaction(actor) as session:
        row = unit_read(session, unit_id, None)
        found, total = queries.people(session, actor, PeopleFilter(row.path, q, _only(only)), page)
    known = _posts(row.jurisdiction_id)
    return {"items": [_person(each, known) for each in found], **shapes.page_of(total, page, queries.PAGE)}


def posts(unit_id: UUID) -> Posts:
    """Answer the posts of a unit and above it with their duty phones; who holds them for whoever reads the people there."""
    with transaction(reader.actor()) as session:
        chain = units.ancestors(session, unit_read(session, unit_id, None))
        found = duties.posts_at(session, [row.public_id for row in chain])
    return {"chain": [_of_unit(row, found.get(row.public_id, [])) for row in chain]}


def findings(unit_id: UUID) -> Findings:
    """Answer what the rules say of people and organisations in a unit; nothing for whoever may not count there."""
    actor = reader.actor()
    with transaction(actor) as session:
        found = people_findings(session, actor, unit_read(session, unit_id, None))
    language = reader.language()
    return {
        "items": [
            {
                "code": each.code,
                "severity": each.severity,
                "message": say(each.template, language, **each.values),
                "bounds": list(each.where) if each.where else None,
            }
            for each in found
        ]
    }


def reveal(person_id: UUID) -> Revealed:
    """Answer one private value of a person in full; the reason stays in the trail."""
    given = request.get_json(silent=True)
    if not isinstance(given, dict) or not isinstance(given.get("field"), str) or not isinstance(given.get("reason"), str):
        raise Invalid(
            "A field and a reason are asked for as a JSON object, for example {example}.", example='{"field": "phone", "reason": "…"}'
        )
    actor = reader.actor()
    with transaction(actor) as session:
        value = operations.reveal(session, actor, person_id, given["field"], given["reason"])
    return {"field": given["field"], "value": value}


def counts(found: PeopleSums | None) -> PeopleCounts | None:
    """Return counts as they stand in answers."""
    if found is None:
        return None
    return {
        "members": found.members,
        "full_members": found.full_members,
        "members_by_branch": found.members_by_branch,
        "full_by_branch": found.full_by_branch,
        "members_reporting": found.members_reporting,
        "branches": found.branches,
        "groups": found.groups,
        "organisations": found.organisations,
        "joint_elsewhere": found.joint_elsewhere,
        "secretaries": found.secretaries,
        "posts_held": found.posts_held,
        "posts_filled": found.posts_filled,
        "posts_vacant": found.posts_vacant,
    }


def _only(word: str | None) -> Only:
    """Return whom a list is narrowed down to."""
    if word is None or word == "members" or word == "posts":  # noqa: PLR1714  # each narrows the type
        return word  # type: ignore[return-value]  # one of the three
    raise Invalid("{given!r} narrows nothing down; members or posts would be right.", given=word)


def _posts(jurisdiction_id: int) -> dict[str, Code]:
    return dict(posts_of(shapes.jurisdiction_of(jurisdiction_id).scheme))


def _coded(known: dict[str, Code], key: str) -> Coded:
    return shapes.coded({key: Code(key, key), **known}, key)


def _person(row: PersonRow, known: dict[str, Code]) -> Person:
    membership: Membership | None = None
    if row.member_kind is not None:
        membership = {
            "kind": shapes.coded(MEMBER_KINDS, row.member_kind),
            "full": bool(row.is_full),
            "branch": row.branch,
            "reporting_branch": row.reporting_branch,
        }
    return {
        "id": row.public_id,
        "name": row.name,
        "phone": row.phone,
        "has_id_number": row.has_id_number,
        "home": {"id": row.home, "name": row.home_name} if row.home else None,
        "lives_here": row.lives_here,
        "membership": membership,
        "posts": [_coded(known, key) for key in row.posts],
        "households": row.households,
        "can_reveal": row.can_reveal,
    }


def _of_unit(row: units.UnitRow, found: list[duties.PostRow]) -> UnitPosts:
    known = _posts(row.jurisdiction_id)
    return {**shapes.unit(row), "posts": [_post(each, known) for each in found]}


def _post(row: duties.PostRow, known: dict[str, Code]) -> Post:
    return {
        "id": row.appointment,
        "post": _coded(known, row.post),
        "deputy": row.deputy,
        "roster": row.roster,
        "state": row.state,
        "duty_phone": row.duty_phone,
        "since": row.since,
        "until": row.ends_on,
        "holder": {"id": row.person, "name": row.name} if row.person else None,
    }
