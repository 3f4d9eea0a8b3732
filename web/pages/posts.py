"""The posts of a unit or a building: who holds them, and the form by which they are given, ended and confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gridsvc.api.errors import sentence, status_of
from gridsvc.database.queries import duties, jurisdictions, my_area, units
from gridsvc.database.queries.duties import PostRow
from gridsvc.database.queries.households import household_sums
from gridsvc.database.queries.jurisdictions import JurisdictionRow
from gridsvc.database.queries.named_people import Named, named
from gridsvc.database.queries.one_building import one_building
from gridsvc.database.queries.people import people_sums
from gridsvc.database.session import transaction
from gridsvc.domain.paths import covers, jurisdiction_path
from gridsvc.domain.permissions import Action, may, require
from gridsvc.domain.posts import ORIGINS, Post, posts_of
from gridsvc.errors import Conflict, GridError, Invalid, NotFound
from gridsvc.operations import appointments
from gridsvc.operations.appointments import Appoint, Ground
from web.maps import figures

SECRETARY = "secretary"
"""The post of which is recorded where its holder comes from."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the posts hang."""

    jurisdiction: JurisdictionRow
    path: str
    name: str
    kind: str
    """unit or building."""
    key: str
    """The level of a unit, or building."""

    @property
    def ground(self) -> Ground:
        """Return the place as an appointment names it."""
        number = int(self.path.rpartition(".")[2].removeprefix("b_"), 36)
        return Ground(unit_id=number) if self.kind == "unit" else Ground(building_id=number)


@dataclass(frozen=True, slots=True)
class Asked:
    """What would be done, waiting for a second press."""

    do: str
    post: str
    candidates: list[Named]
    chosen: Named | None
    leaves: list[PostRow]
    """Who would leave the post."""


def show(place_id: UUID, wrong: GridError | None = None, asked: Asked | None = None) -> ResponseReturnValue:
    """Answer the posts of a place and the forms of those that the reader may give."""
    with transaction(g.actor) as session:
        place = _place(session, place_id)
        require(g.actor, Action.READ_PEOPLE, place.path)
        held = duties.posts_at(session, [place_id], [place_id]).get(place_id, [])
        sums = household_sums(session, [place.path]).get(place.path)
        people = people_sums(session, [place.path], place.jurisdiction.scheme).get(place.path)
        buildings = 1 if place.kind == "building" else _buildings(session, place_id)
    page = render_template(
        "posts.html",
        place=place.jurisdiction,
        spot=place,
        place_id=place_id,
        held=held,
        open_posts=_open(place),
        origins=ORIGINS if SECRETARY in _open(place) else {},
        counts={"buildings": buildings, "households": sums.households if sums else None, "members": people.members if people else 0},
        wrong=sentence(wrong) if wrong else None,
        asked=asked,
        given=request.form,
        title_of=lambda key: _title(place, key),
        titles_of=lambda keys: "、".join(_title(place, key) for key in keys),
        may_end=lambda post: may(g.actor, posts_of(place.jurisdiction.scheme)[post.post].action, place.path),
        local_date=figures.local_date,
        grouped=figures.grouped,
    )
    return page if wrong is None else (page, status_of(wrong))


def change(place_id: UUID) -> ResponseReturnValue:
    """Give, end or confirm a post; the first press says what will happen, the second does it."""
    form = request.form
    try:
        with transaction(g.actor) as session:
            place = _place(session, place_id)
            require(g.actor, Action.READ_PEOPLE, place.path)
            if form.get("do") == "appoint":
                if asked := _appoint(session, place_id, place):
                    return show(place_id, asked=asked)
            else:
                _settle(session, form.get("do", ""))
    except (Invalid, Conflict) as error:
        return show(place_id, error)
    return redirect(url_for("posts", place_id=place_id))


def _appoint(session: Session, place_id: UUID, place: Place) -> Asked | None:
    """Give a post, once it is clear to whom and the reader is sure; until then return what is asked."""
    form = request.form
    found = named(session, g.actor, place.jurisdiction.id, place.path, form.get("name", ""))
    if not found:
        raise Invalid(
            "Nobody you may see is called {name!r}; bring the person in first, or write the name as recorded.", name=form.get("name", "")
        )
    chosen = found[0] if len(found) == 1 else next((each for each in found if str(each.public_id) == form.get("person")), None)
    if chosen is None or form.get("sure") != "yes":
        post = appointments.post_of(session, place.jurisdiction.id, form.get("post", ""))
        require(g.actor, post.action, place.path)
        here = duties.posts_at(session, [place_id], [place_id]).get(place_id, [])
        leaves = [each for each in here if each.post == form.get("post") and each.state == "held" and not each.deputy]
        full = post.holders_max is not None and len(leaves) >= post.holders_max
        return Asked("appoint", form.get("post", ""), found, chosen, leaves if full and form.get("deputy") != "yes" else [])
    wanted = Appoint(
        place.jurisdiction.id, chosen.id, form.get("post", ""), place.ground, deputy=form.get("deputy") == "yes",
        duty_phone=form.get("duty_phone", "").strip() or None, ends_on=_day(form.get("ends_on", "")),
        reason=form.get("reason", "").strip() or None, replaces=True,
        origin=form["origin"] if form.get("post") == SECRETARY and form.get("origin") in ORIGINS else None,
    )  # fmt: skip
    appointments.appoint(session, g.actor, wanted)
    return None


def _settle(session: Session, do: str) -> None:
    form = request.form
    appointment = UUID(form.get("appointment", "")) if len(form.get("appointment", "")) == 36 else UUID(int=0)
    if do not in ("end", "confirm", "decline"):
        raise Invalid("The request cannot be answered as it was put.")
    if do != "end":
        appointments.confirm(session, g.actor, appointment, accept=do == "confirm")
        return
    if not form.get("reason", "").strip():
        raise Invalid("Ending a post needs a reason.")
    appointments.end(session, g.actor, appointment, form["reason"].strip())


def _open(place: Place) -> dict[str, Post]:
    """Return the posts that the reader may give there: those that hang at such a place, at a unit also those that hang at none."""
    known = posts_of(place.jurisdiction.scheme).items()
    fits = {key: post for key, post in known if place.key in post.at or (not post.at and place.kind == "unit")}
    return {key: post for key, post in fits.items() if may(g.actor, post.action, place.path)}


def _title(place: Place, key: str) -> str:
    post = posts_of(place.jurisdiction.scheme).get(key)
    return key if post is None else post.name_zh if g.language == "zh" else post.name_en


def _place(session: Session, place_id: UUID) -> Place:
    unit = units.unit(session, place_id)
    house = None if unit else one_building(session, place_id)
    row = unit or house
    if row is None:
        raise NotFound("There is no such place today.")
    place = next(each for each in jurisdictions.jurisdictions(session) if covers(jurisdiction_path(each.id), row.path))
    if unit:
        return Place(place, unit.path, unit.name, "unit", place.scheme.levels[min(unit.level, len(place.scheme.levels)) - 1].key)
    chain = my_area.chain_of(session, row.path)
    name = f"{chain[-1].name} {row.name or ''}".strip() if chain else row.name or ""
    return Place(place, row.path, name, "building", "building")


def _buildings(session: Session, place_id: UUID) -> int:
    unit = units.unit(session, place_id)
    return units.summaries(session, [unit])[unit.id].buildings if unit else 0


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid("{text!r} is no date; 2026-11-22 or 2026-11-22T08:00:00+08:00 would be right.", text=text) from None
