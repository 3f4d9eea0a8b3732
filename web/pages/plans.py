"""Plans: the list, one plan on the map, and its changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gridsvc import words
from gridsvc.database.queries import plans
from gridsvc.database.queries.buildings import ids_of
from gridsvc.database.queries.jurisdictions import jurisdiction
from gridsvc.database.queries.plans import PlanRow
from gridsvc.database.session import transaction
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, may, may_anywhere, require
from gridsvc.domain.plans import STATES
from gridsvc.errors import GridError, Invalid, NotFound, Stale
from gridsvc.operations import plan_publishing
from gridsvc.operations import plans as changes
from gridsvc.operations.jobs import Ask, ask
from gridsvc.words import say
from web import uploads
from web.maps import figures, plan_view
from web.maps.base_maps import offered
from web.maps.features import script_json
from web.maps.folium_page import parts
from web.maps.layers import LAYERS
from web.pages.map_words import WORDS
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
    may_draw = may(g.actor, Action.DRAW_PLANS, jurisdiction_path(place.id))
    return render_template(
        "plans.html", place=place, plans=found, states=STATES, may_draw=may_draw, local_date=figures.local_date, grouped=figures.grouped
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


def show(slug: str, plan_id: UUID, message: GridError | None = None) -> str:
    """Answer the page of one look at a plan, with what was wrong with the last change."""
    said = _words(slug, plan_id)
    settings = current_app.config["SETTINGS"]
    base_maps = offered(settings)
    known = words.translations(g.language)
    return render_template(
        "plan.html",
        view=said.view,
        message=message,
        map=parts(base_maps, g.csp_nonce),
        shapes=said.drawn().as_json(),
        view_json=script_json(said.state()),
        words=script_json({key: known.get(template, template) for key, template in WORDS.items()}),
        layers=LAYERS,
        base_maps=base_maps,
        first_base=settings.base_map,
        **said.for_templates(),
    )


def panel(slug: str, plan_id: UUID) -> ResponseReturnValue:
    """Answer the same look as JSON: the panel's HTML, the shapes, and what the script has to know."""
    said = _words(slug, plan_id)
    html = render_template("_plan_panel.html", view=said.view, message=None, **said.for_templates())
    head = script_json({"html": html, "timeline": render_template("_no_timeline.html"), "title": said.title(), "state": said.state()})
    return current_app.response_class(f'{{"view":{head},"shapes":{said.drawn().as_json()}}}', mimetype="application/json")


def change(slug: str, plan_id: UUID) -> ResponseReturnValue:
    """Change a plan as a form asks, and show it again; what was wrong stands above the form."""
    try:
        with transaction(g.actor) as session:
            plan = plans.plan(session, g.actor, plan_id)
            _check_seen(plan)
            CHANGES.get(request.form.get("do", ""), _unknown)(session, plan)
    except (Invalid, Stale) as error:
        return show(slug, plan_id, error), 422 if isinstance(error, Invalid) else 412
    if request.form.get("do") in ("publish", "discard"):
        return redirect(url_for("plans", slug=slug))
    return redirect(url_for("plan", slug=slug, plan_id=plan_id, unit=request.form.get("unit") or None))


def _check_seen(plan: PlanRow) -> None:
    if request.form.get("version") != str(plan.moves):
        raise Stale("The plan has {moves} moves now; look at it again.", moves=plan.moves)


def _move(session: Session, plan: PlanRow) -> None:
    chosen = request.form.getlist("building")
    if not chosen:
        raise Invalid("No building is chosen; tick those that should move.")
    changes.move_buildings(session, g.actor, plan, ids_of(session, plan.jurisdiction_id, chosen), _key("to"))


def _merge(session: Session, plan: PlanRow) -> None:
    changes.merge_units(session, g.actor, plan, [_key("to"), _key("unit")])


def _rename(session: Session, plan: PlanRow) -> None:
    changes.rename(session, g.actor, plan, _key("unit"), request.form.get("name", ""))


def _publish(session: Session, plan: PlanRow) -> None:
    plan_publishing.publish(session, g.actor, plan, at=datetime.now(UTC))


def _unknown(_session: Session, _plan: PlanRow) -> None:
    raise Invalid("This is no move; a plan knows {known}.", known=", ".join(CHANGES))


CHANGES: dict[str, Callable[[Session, PlanRow], None]] = {
    "move": _move,
    "merge": _merge,
    "rename": _rename,
    "undo": lambda session, plan: changes.undo(session, g.actor, plan),
    "publish": _publish,
    "discard": lambda session, plan: changes.discard(session, g.actor, plan),
}
"""What the buttons of the page do."""


def _key(name: str) -> int:
    given = request.form.get(name, "")
    if not given.removeprefix("-").isdecimal():
        raise Invalid("The plan has no unit {unit}.", unit=given)
    return int(given)


def _words(slug: str, plan_id: UUID) -> PlanWords:
    asked = request.args.get("unit") or None
    if asked is not None and not asked.removeprefix("-").isdecimal():
        raise NotFound("The plan has no unit {unit}.", unit=asked)
    with transaction(g.actor) as session:
        view = plan_view.read(session, g.actor, slug, plan_id, None if asked is None else int(asked))
    return PlanWords(view, g.actor, g.language)
