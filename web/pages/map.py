"""The map of a jurisdiction: the page, the fragment that drilling down swaps in, and search."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from flask import current_app, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from gridsvc.database.queries import jurisdictions, my_area
from gridsvc.database.queries.search import search as search_words
from gridsvc.database.session import transaction
from gridsvc.domain.facilities import FACILITIES
from gridsvc.domain.instants import instant
from gridsvc.errors import NotFound
from gridsvc.settings import Settings
from web.maps import duties, own_view
from web.maps import view as views
from web.maps.base_maps import offered
from web.maps.features import script_json
from web.maps.folium_page import parts
from web.maps.layers import LAYERS
from web.pages.duty_words import DutyWords
from web.pages.map_words import Words

SEARCH_LIMIT = 12


def show(slug: str) -> ResponseReturnValue:
    """Answer the page of one look at a jurisdiction."""
    words, people = _look(slug)
    settings: Settings = current_app.config["SETTINGS"]
    base_maps = offered(settings)
    return render_template(
        "map.html",
        view=words.view,
        map=parts(base_maps, g.csp_nonce),
        shapes=words.drawn().as_json(),
        view_json=script_json(words.state() | people.state()),
        words=script_json(words.for_scripts()),
        layers=LAYERS,
        base_maps=base_maps,
        first_base=settings.base_map,
        **words.for_templates(),
        **people.for_templates(),
    )


def panel(slug: str) -> ResponseReturnValue:
    """Answer the same look as JSON: the panel's HTML, the shapes, and what the script has to know."""
    words, people = _look(slug)
    told = words.for_templates() | people.for_templates()
    html = render_template("_panel.html", view=words.view, **told)
    timeline = render_template("_timeline.html", view=words.view, **told)
    head = script_json({"html": html, "timeline": timeline, "title": words.title(), "state": words.state() | people.state()})
    return current_app.response_class(f'{{"view":{head},"shapes":{words.drawn().as_json()}}}', mimetype="application/json")


def search(slug: str) -> ResponseReturnValue:
    """Answer units and buildings whose name or code holds `q`."""
    asked = _asked(slug)
    text = request.args.get("q", "").strip()[:100]
    with transaction(g.actor) as session:
        jurisdiction = jurisdictions.jurisdiction(session, slug)
        if jurisdiction is None:
            raise NotFound("There is no jurisdiction {slug!r}.", slug=slug)
        hits = search_words(session, jurisdiction.id, text, asked.as_of, SEARCH_LIMIT)
    return jsonify([{"kind": hit.kind, "name": hit.name, "code": hit.code, "unit": hit.unit_public_id, "box": hit.bounds} for hit in hits])


def _look(slug: str) -> tuple[Words, DutyWords]:
    with transaction(g.actor) as session:
        asked = _asked(slug)
        read = own_view.read if asked.own or asked.building else views.read
        view = read(session, g.actor, asked)
        view = replace(view, led=[led for led in my_area.led_by(session, g.actor) if led.jurisdiction_id == view.jurisdiction.id])
        told = duties.read(session, g.actor, view)
    words = Words(view, g.actor, g.language)
    return words, DutyWords(words, told)


def _asked(slug: str) -> views.Asked:
    as_of = request.args.get("as_of")
    page = _page(request.args.get("page", "1"))
    return views.Asked(
        slug,
        _public_id("unit"),
        instant(as_of) if as_of else None,
        page,
        _noun(request.args.get("list")),
        _public_id("building"),
        tab=_tab(request.args.get("tab"), request.args.get("list")),
        own=request.args.get("own") == "all",
        words=request.args.get("q", "").strip()[:100] or None,
    )


def _public_id(what: str) -> UUID | None:
    text = request.args.get(what)
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise NotFound("There is no unit {unit} here at that time.", unit=text) from error


def _noun(text: str | None) -> str | None:
    if text and text not in FACILITIES:
        raise NotFound("There is no list of {noun}; there are: {known}.", noun=text, known=", ".join(FACILITIES))
    return text or None


def _tab(text: str | None, noun: str | None) -> str:
    return text if text in views.TABS else "things" if noun else "below"


def _page(text: str) -> int:
    return max(1, int(text)) if text.isdecimal() else 1
