"""Plans: the list, one plan on the map, and its changes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gridsvc import words
from gridsvc.database.queries import plans
from gridsvc.database.queries.jurisdictions import jurisdiction
from gridsvc.database.session import transaction
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, may, may_anywhere, require, widest_below
from gridsvc.domain.plans import STATES
from gridsvc.errors import NotFound
from gridsvc.operations import plans as changes
from gridsvc.operations.jobs import Ask, ask
from gridsvc.operations.plan_path import describe
from gridsvc.words import say
from web import uploads
from web.maps import figures, plan_view
from web.maps.base_maps import offered
from web.maps.features import script_json
from web.maps.folium_page import parts
from web.maps.layers import LAYERS
from web.pages import map_words, plan_words
from web.pages.plan_way import way
from web.pages.plan_words import PlanWords


def listed(slug: str) -> ResponseReturnValue:
    """Answer the plans of a jurisdiction, newest first."""
    with transaction(g.actor) as session:
        place = jurisdiction(session, slug)
        if place is None:
            raise NotFound("There is no jurisdiction {slug!r}.", slug=slug)
        if not may_anywhere(g.actor, Action.READ_PLANS):
            require(g.actor, Action.READ_PLANS, jurisdiction_path(place.id))
        found = plans.plans(session, place.id)
    here = jurisdiction_path(place.id)
    draws, may_build = widest_below(g.actor, Action.DRAW_PLANS, here) is not None, may(g.actor, Action.DRAW_PLANS, here)
    return render_template(
        "plans.html",
        place=place,
        plans=found,
        states=STATES,
        may_draw=draws,
        may_build=may_build,
        local_date=figures.local_date,
        grouped=figures.grouped,
    )


def build(slug: str) -> ResponseReturnValue:
    """Ask for a plan to be built, around the buildings of the ledger that was sent or from the ground alone; answer its job."""
    with transaction(g.actor) as session:
        place = jurisdiction(session, slug)
        if place is None:
            raise NotFound("There is no jurisdiction {slug!r}.", slug=slug)
        require(g.actor, Action.DRAW_PLANS, jurisdiction_path(place.id))
    uploads.refuse_too_large(request)
    title = request.form.get("title", "").strip()[:100] or say("New grids", g.language)
    sent = [file for file in request.files.getlist("file") if file.filename]
    arguments: dict[str, Any] = {"jurisdiction": slug, "title": title, "from_level": request.form.get("from_level") or None}
    if sent:
        arguments["path"] = str(uploads.keep(sent))
    with transaction(g.actor) as session:
        kind = "ledger" if sent else "build"
        job_id = ask(session, g.actor, Ask(kind, jurisdiction_path(place.id), arguments, action=Action.DRAW_PLANS))
    return redirect(url_for("job", job_id=job_id), 303)


def begin(slug: str) -> ResponseReturnValue:
    """Begin an empty plan upon what holds today, as the form names it; answer its page."""
    with transaction(g.actor) as session:
        place = jurisdiction(session, slug)
        if place is None:
            raise NotFound("There is no jurisdiction {slug!r}.", slug=slug)
        title = request.form.get("title", "").strip()[:100] or say("New borders", g.language)
        below = widest_below(g.actor, Action.DRAW_PLANS, jurisdiction_path(place.id))
        plan = changes.begin(session, g.actor, place.id, title, path=below)
        describe(session, g.actor, plan, purpose=request.form.get("purpose", "")[:1000])
    return redirect(url_for("plan", slug=slug, plan_id=plan.public_id), 303)


def show(slug: str, plan_id: UUID) -> str:
    """Answer the page of one look at a plan."""
    said = _words(slug, plan_id)
    settings = current_app.config["SETTINGS"]
    base_maps = offered(settings)
    known = words.translations(g.language)
    return render_template(
        "plan.html",
        view=said.view,
        map=parts(base_maps, g.csp_nonce),
        shapes=said.drawn().as_json(),
        view_json=script_json(said.state()),
        words=script_json({key: known.get(template, template) for key, template in (map_words.WORDS | plan_words.WORDS).items()}),
        layers=LAYERS,
        base_maps=base_maps,
        first_base=settings.base_map,
        **said.for_templates(),
    )


def panel(slug: str, plan_id: UUID) -> ResponseReturnValue:
    """Answer the same look as JSON: the panel's HTML, the shapes, and what the script has to know."""
    said = _words(slug, plan_id)
    html = render_template("_plan_panel.html", view=said.view, **said.for_templates())
    head = script_json({"html": html, "timeline": render_template("_no_timeline.html"), "title": said.title(), "state": said.state()})
    return current_app.response_class(f'{{"view":{head},"shapes":{said.drawn().as_json()}}}', mimetype="application/json")


def changed(slug: str, plan_id: UUID) -> ResponseReturnValue:
    """Answer the same look after a move as JSON, without any ground: the panel's HTML and what the script has to know."""
    said = _words(slug, plan_id)
    html = render_template("_plan_panel.html", view=said.view, **said.for_templates())
    return current_app.response_class(script_json({"html": html} | said.settled()), mimetype="application/json")


def _words(slug: str, plan_id: UUID) -> PlanWords:
    asked = plan_view.Asked(slug, plan_id, _number("unit"), _number("level"))
    with transaction(g.actor) as session:
        view = plan_view.read(session, g.actor, asked)
        stands = way(session, g.actor, view.plan, view.jurisdiction.scheme)
    return PlanWords(view, g.actor, g.language, stands)


def _number(name: str) -> int | None:
    given = request.args.get(name) or None
    if given is not None and not given.removeprefix("-").isdecimal():
        raise NotFound("The plan has no unit {unit}.", unit=given)
    return None if given is None else int(given)
