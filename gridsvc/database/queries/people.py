"""People, members and posts: lists with private fields masked, and counts that say what they count."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from gridsvc.database.session import nobody_asks
from gridsvc.domain.cells import Unread, phone_of
from gridsvc.domain.masking import mask_name, mask_phone
from gridsvc.domain.organisations import BRANCHES
from gridsvc.domain.permissions import Action, Actor, may_anywhere, require
from gridsvc.domain.posts import tiers_needed
from gridsvc.domain.schemes import Scheme
from gridsvc.sealing import look_up_digest, unseal

PAGE = 100
"""Rows of a page."""
Only: TypeAlias = Literal["members", "posts"] | None


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as lists show one: nothing private in full."""

    public_id: UUID
    name: str
    """Masked: 王*."""
    phone: str | None
    """Masked: 138****1234."""
    has_id_number: bool
    home: UUID | None
    """The building."""
    home_name: str | None
    lives_here: bool
    """Whether the home is at or below the path that was asked about; else a post is."""
    member_kind: str | None
    """A key of domain.people.MEMBER_KINDS; None for nobody's member."""
    is_full: bool | None
    branch: str | None
    """组织关系."""
    reporting_branch: str | None
    """报到."""
    posts: tuple[str, ...]
    """Keys of what is held where the reader may see it."""
    households: int
    """How many are in the person's care (包联)."""
    can_reveal: bool


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """What is asked for; what is None does not matter."""

    path: str
    """Of a unit, building or jurisdiction."""
    words: str | None = None
    """Part of a name, or a whole phone number."""
    only: Only = None


@dataclass(frozen=True, slots=True)
class PeopleSums:
    """What is counted of people at a place. Children add up to it, but for what stands at the unit itself."""

    members: int
    """By home: the leaf of the building they live in."""
    full_members: int
    members_by_branch: int
    """By 组织关系: at the ground where the branch leads."""
    full_by_branch: int
    members_reporting: int
    """By 报到: at the ground where the branch leads that they reported to."""
    organisations: dict[str, int] = field(default_factory=dict)
    """By kind, each once: where it leads."""
    joint_elsewhere: int = 0
    """Organisations that are attached here and lead elsewhere (联建)."""
    secretaries: dict[str, int] = field(default_factory=dict)
    """By where they come from; `unknown` where nobody has said."""
    posts_held: int = 0
    posts_filled: int | None = None
    """Of those that the scheme's tiers need; None where nobody was ever appointed."""
    posts_vacant: int | None = None

    @property
    def branches(self) -> int:
        """Return how many branches there are."""
        return sum(self.organisations.get(kind, 0) for kind in BRANCHES)

    @property
    def groups(self) -> int:
        """Return how many groups there are."""
        return self.organisations.get("group", 0)


def people(session: Session, actor: Actor, wanted: PeopleFilter, page: int = 1) -> tuple[list[PersonRow], int]:
    """Return a page of those who live or serve at or below a path, by name, and how many there are; pages count from 1.

    Raises NotSignedIn or NotAllowed where the actor reads people nowhere.
    """
    if not may_anywhere(actor, Action.READ_PEOPLE):
        require(actor, Action.READ_PEOPLE, wanted.path)
    words = (wanted.words or "").strip() or None
    phones = _phones(words)
    given = {
        "path": wanted.path, "part": None if phones else words, "only": wanted.only, "most": PAGE, "skip": (page - 1) * PAGE,
    }  # fmt: skip
    asked = (session.execute(text(_PEOPLE), given | {"phone": look_up_digest(form) if form else None}).all() for form in phones or (None,))
    rows = next(filter(None, asked), [])
    return [_person(row) for row in rows], rows[0].total if rows else 0


def people_sums(session: Session, paths: Sequence[str], scheme: Scheme) -> dict[str, PeopleSums]:
    """Return what is counted by path, for those paths of one jurisdiction that lie wholly inside the reader's scopes."""
    if nobody_asks(session) or not paths:
        return {}
    given = {"paths": list(paths), "tiers": json.dumps(tiers_needed(scheme))}
    posts = {row.path: (row.filled, row.vacant) for row in session.execute(text(_POSTS), given)}
    return {path: PeopleSums(*(*figures, *posts.get(path, (None, None)))) for path, *figures in session.execute(text(_SUMS), given)}


def _phones(words: str | None) -> tuple[str, ...]:
    """Return a phone number in the forms in which it may be kept: as it is now, and by its digits alone as in older rows; else nothing."""
    try:
        phone = phone_of(words)
    except Unread:
        return ()
    return tuple(dict.fromkeys((phone, phone.replace("-", "")))) if phone else ()


def _person(row: Row[Any]) -> PersonRow:
    return PersonRow(
        row.public_id,
        mask_name(row.name),
        mask_phone(unseal(row.phone_sealed)) if row.phone_sealed else None,
        row.has_id_number,
        row.home,
        row.home_name,
        bool(row.lives_here),
        row.member_kind,
        row.is_full,
        row.branch,
        row.reporting_branch,
        tuple(row.posts or ()),
        row.households,
        row.revealing,
    )


_PEOPLE = "SELECT * FROM people_in(cast(:path AS ltree), :part, :phone, :only, :most, :skip)"
_SUMS = """
SELECT path::text, members, full_members, members_by_branch, full_by_branch, members_reporting, organisations, joint_elsewhere, secretaries,
       posts_held
FROM people_sums(cast(:paths AS ltree[]))
"""
_POSTS = "SELECT path::text, filled, vacant FROM post_sums(cast(:paths AS ltree[]), cast(:tiers AS jsonb))"
