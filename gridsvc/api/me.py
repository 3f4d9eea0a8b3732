"""What the one who asks leads, and where the one who asks belongs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, TypedDict
from uuid import UUID

from sqlalchemy.orm import Session

from gridsvc.api import reader, shapes
from gridsvc.api.shapes import Coded, Unit
from gridsvc.database.queries import my_area
from gridsvc.database.queries.my_area import Area, Post
from gridsvc.database.session import transaction
from gridsvc.domain.code_tables import Code
from gridsvc.domain.paths import EVERYWHERE, covers
from gridsvc.domain.permissions import Action, require
from gridsvc.domain.posts import posts_of
from gridsvc.errors import NotSignedIn


class PostHeld(TypedDict):
    """A post that one holds; `roster` is ordinary or urgent, `until` when its term runs out."""

    post: Coded
    roster: str
    deputy: bool
    duty_phone: str | None
    since: datetime
    until: date | None


class Place(TypedDict):
    """A unit or a building; `bounds` are west, south, east, north, `chain` the units at and above it."""

    kind: Literal["unit", "building"]
    id: UUID
    jurisdiction: str
    name: str | None
    bounds: list[float]
    chain: list[Unit]


class Led(Place):
    """What one leads: by posts, and by roles that were granted or come with a post."""

    posts: list[PostHeld]
    roles: list[str]


class MyArea(TypedDict):
    """What the reader leads, widest first, and the building where the reader lives; null where none is known."""

    leads: list[Led]
    belongs_to: Place | None


def leads() -> MyArea:
    """Answer what one leads and where one belongs; a program that may read people is told what lies in the area of its token."""
    who = reader.actor()
    if who.account_id is None:
        raise NotSignedIn("Sign in first.")
    within = who.token.path if who.token else EVERYWHERE
    if who.token and Action.READ_PEOPLE not in who.token.actions:
        require(who, Action.READ_PEOPLE, within)
    with transaction(who) as session:
        home = my_area.lived_in(session, who)
        return {
            "leads": [_led(session, each) for each in my_area.led_by(session, who) if covers(within, each.path)],
            "belongs_to": _place(session, home) if home and covers(within, home.path) else None,
        }


def _led(session: Session, led: Area) -> Led:
    posts = [_post(led, post) for post in led.posts]
    return {**_place(session, led), "posts": posts, "roles": [role.value for role in led.roles]}


def _place(session: Session, led: Area) -> Place:
    place = shapes.jurisdiction_of(led.jurisdiction_id)
    chain = [shapes.unit(row) for row in my_area.chain_of(session, led.path)]
    return {
        "kind": led.kind,
        "id": led.public_id,
        "jurisdiction": place.slug,
        "name": led.name,
        "bounds": list(led.bounds),
        "chain": chain,
    }


def _post(led: Area, post: Post) -> PostHeld:
    known = {post.post: Code(post.post, post.post), **posts_of(shapes.jurisdiction_of(led.jurisdiction_id).scheme)}
    return {
        "post": shapes.coded(known, post.post),
        "roster": post.roster,
        "deputy": post.deputy,
        "duty_phone": post.duty_phone,
        "since": post.since,
        "until": post.ends_on,
    }
