"""A household: what is recorded, the forms to correct it and to say who looks after it; the list of corrections that wait."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gridsvc.api.errors import sentence, status_of
from gridsvc.database.queries import corrections as queries
from gridsvc.database.queries import dwellings, jurisdictions
from gridsvc.database.queries.contracts import takers
from gridsvc.database.queries.dwellings import HouseholdRow
from gridsvc.database.queries.jurisdictions import JurisdictionRow
from gridsvc.database.session import transaction
from gridsvc.domain.households import CARE, USES
from gridsvc.domain.masking import mask_name
from gridsvc.domain.paths import covers, jurisdiction_path
from gridsvc.domain.permissions import Action, may, may_anywhere, require
from gridsvc.errors import Conflict, GridError, Invalid, NotAllowed, NotFound
from gridsvc.operations import contracts, corrections
from gridsvc.operations.corrections import Proposed
from web.maps import figures
from web.pages.correction_words import CorrectionWords


def show(household_id: UUID, wrong: GridError | None = None) -> ResponseReturnValue:
    """Answer the page of one household."""
    with transaction(g.actor) as session:
        home = dwellings.household(session, g.actor, household_id)
        place = _place(session, home)
        grid = contracts.sharing_path(home, place.scheme)
        assigns = home.use != "shop" and may(g.actor, Action.ASSIGN_CONTRACTS, grid)
        members = takers(session, g.actor, grid) if assigns else []
    page = render_template(
        "household.html",
        home=home,
        place=place,
        uses=USES,
        care=CARE,
        given=request.form if wrong else None,
        wrong=sentence(wrong) if wrong else None,
        directly=corrections.changes_directly(g.actor, home.path),
        may_propose=may(g.actor, Action.PROPOSE_CORRECTIONS, home.path),
        assigns=assigns,
        members=members,
        mask_name=mask_name,
    )
    return page if wrong is None else (page, status_of(wrong))


def correct(household_id: UUID) -> ResponseReturnValue:
    """Correct a household at once, or propose it to whoever decides; what was wrong stands above the form."""
    wanted = Proposed("household", household_id, _given(), request.form.get("reason", ""))
    try:
        with transaction(g.actor) as session:
            home = dwellings.household(session, g.actor, household_id)
            directly = corrections.changes_directly(g.actor, home.path)
            (corrections.correct if directly else corrections.propose)(session, g.actor, wanted)
            slug = _place(session, home).slug
    except Invalid as error:
        return show(household_id, error)
    if directly:
        return redirect(url_for("map", slug=slug, building=home.building))
    return redirect(url_for("corrections", slug=slug, sent="yes"))


def hand_over(household_id: UUID) -> ResponseReturnValue:
    """Give a household into the care of another member, or of nobody; what was wrong stands above the form."""
    try:
        person = UUID(request.form["person"]) if request.form.get("person") else None
    except ValueError:
        raise NotFound("There is no such member in this grid.") from None
    try:
        with transaction(g.actor) as session:
            contracts.hand_over(session, g.actor, household_id, person, request.form.get("reason", ""))
    except Invalid as error:
        return show(household_id, error)
    return redirect(url_for("household", household_id=household_id))


def listed(slug: str, wrong: GridError | None = None) -> ResponseReturnValue:
    """Answer the corrections that the reader decides about or proposed."""
    if not any(may_anywhere(g.actor, action) for action in (Action.DECIDE_CORRECTIONS, Action.PROPOSE_CORRECTIONS)):
        require(g.actor, Action.PROPOSE_CORRECTIONS, "")
    with transaction(g.actor) as session:
        place = jurisdictions.jurisdiction(session, slug)
        if place is None:
            raise NotFound("There is no jurisdiction {slug!r}.", slug=slug)
        found = queries.corrections(session, jurisdiction_path(place.id), _page())
    page = render_template(
        "corrections.html",
        place=place,
        found=found,
        wrong=sentence(wrong) if wrong else None,
        sent=request.args.get("sent") == "yes",
        page=_page(),
        more=len(found) == queries.PAGE,
        words=CorrectionWords(g.language),
        may_decide=lambda path: may(g.actor, Action.DECIDE_CORRECTIONS, path),
        own=lambda row: row.account_id == g.actor.account_id,
        local_date=figures.local_date,
    )
    return page if wrong is None else (page, status_of(wrong))


def decide(slug: str, correction_id: UUID) -> ResponseReturnValue:
    """Accept, refuse or withdraw a correction, and show the list again."""
    do = request.form.get("do")
    try:
        with transaction(g.actor) as session:
            if do == "withdraw":
                corrections.withdraw(session, g.actor, correction_id)
            else:
                corrections.decide(session, g.actor, correction_id, accept=do == "accept", answer=request.form.get("answer", ""))
    except (Invalid, Conflict, NotAllowed) as error:
        return listed(slug, error)
    return redirect(url_for("corrections", slug=slug))


def _given() -> dict[str, Any]:
    form = request.form
    return {
        "use": form.get("use"),
        "resident": form.get("resident", ""),
        "persons": form.get("persons", ""),
        "care": form.getlist("care"),
        "away": form.get("away") == "yes",
    }


def _place(session: Session, home: HouseholdRow) -> JurisdictionRow:
    return next(place for place in jurisdictions.jurisdictions(session) if covers(jurisdiction_path(place.id), home.path))


def _page() -> int:
    text = request.args.get("page", "1")
    return max(1, int(text)) if text.isdecimal() else 1
