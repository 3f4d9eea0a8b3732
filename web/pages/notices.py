"""The inbox: what waits for the reader, each with its place; reading it is marked for the reader alone."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gridsvc.database.queries import inbox, jurisdictions, my_area
from gridsvc.database.queries.inbox import NoticeRow
from gridsvc.database.queries.jurisdictions import JurisdictionRow
from gridsvc.database.queries.my_area import Area
from gridsvc.database.session import transaction
from gridsvc.domain.posts import posts_of
from gridsvc.domain.told import finding_of
from gridsvc.errors import NotSignedIn
from gridsvc.operations.inbox import mark_read
from gridsvc.words import say
from web.maps import figures


def show() -> ResponseReturnValue:
    """Answer what is open for the reader, unread first."""
    if g.actor.account_id is None:
        raise NotSignedIn("Sign in first.")
    page = _page()
    with transaction(g.actor) as session:
        found = inbox.inbox(session, page)
        places = {place.id: place for place in jurisdictions.jurisdictions(session)}
        areas = my_area.at_paths(session, list({row.path for row in found}))

    def place_of(row: NoticeRow) -> JurisdictionRow:
        return places[int(row.path.partition(".")[0][1:], 36)]

    return render_template(
        "notices.html",
        found=found,
        way=lambda row: _way(place_of(row).slug, row, areas.get(row.path)),
        page=page,
        more=len(found) == inbox.PAGE,
        sentence=lambda row: _sentence(row, place_of(row)),
        local_date=figures.local_date,
    )


def read() -> ResponseReturnValue:
    """Mark everything that is open as read, and show it again."""
    with transaction(g.actor) as session:
        mark_read(session, g.actor)
    return redirect(url_for("notices"))


def _way(slug: str, row: NoticeRow, led: Area | None) -> str | None:
    """Return where what is told is dealt with: the list of corrections, else the map there; None where the ground is no more."""
    if row.kind == "corrections":
        return url_for("corrections", slug=slug)
    there: dict[str, Any] = {led.kind: led.public_id} if led else {}
    return url_for("map", slug=slug, **there) if led else None


def unread() -> int:
    """Return how many notices the reader has not read, for the bell in the header."""
    with transaction(g.actor) as session:
        return inbox.unread(session)


def _sentence(row: NoticeRow, place: JurisdictionRow) -> str:
    """Return what is told, in the reader's language; a notice keeps the Chinese name of its post."""
    titles = {post.name_zh: post.name_en for post in posts_of(place.scheme).values()} if g.language == "en" else {}
    values = {name: titles.get(value, value) if name == "post" else value for name, value in row.values.items()}
    said = finding_of({"template": row.template, "values": values})
    return say(said.template, g.language, **said.values)


def _page() -> int:
    text = request.args.get("page", "1")
    return max(1, int(text)) if text.isdecimal() else 1
