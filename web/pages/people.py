"""One person: what is recorded, masked; a private field in full for whoever says why; the form to correct a phone."""

from __future__ import annotations

from uuid import UUID

from flask import g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gridsvc.api.errors import sentence, status_of
from gridsvc.database.queries import jurisdictions
from gridsvc.database.queries.one_person import OnePerson, person
from gridsvc.database.session import transaction
from gridsvc.domain.masking import mask_name
from gridsvc.domain.people import MEMBER_KINDS
from gridsvc.domain.permissions import Action, may, may_anywhere, require
from gridsvc.domain.posts import posts_of
from gridsvc.errors import GridError, Invalid, NotFound
from gridsvc.operations import corrections
from gridsvc.operations.corrections import Proposed
from gridsvc.operations.reveal import reveal
from gridsvc.words import say


def show(person_id: UUID, wrong: GridError | None = None, revealed: dict[str, str] | None = None) -> ResponseReturnValue:
    """Answer the page of one person; what is revealed stands on this answer alone."""
    if not may_anywhere(g.actor, Action.READ_PEOPLE):
        require(g.actor, Action.READ_PEOPLE, "")
    with transaction(g.actor) as session:
        row = person(session, person_id)
        if row is None:
            raise NotFound("There is no such household or person here.")
        place = next(each for each in jurisdictions.jurisdictions(session) if each.id == row.jurisdiction_id)
    posts = posts_of(place.scheme)
    page = render_template(
        "person.html",
        row=row,
        place=place,
        masked=mask_name(row.name),
        kinds=MEMBER_KINDS,
        titles=[(posts[key].name_zh if g.language == "zh" else posts[key].name_en) if key in posts else key for key in row.posts],
        revealed=revealed or {},
        wrong=sentence(wrong) if wrong else None,
        may_reveal=may(g.actor, Action.REVEAL, row.path),
        directly=corrections.changes_directly(g.actor, row.path),
        may_propose=may(g.actor, Action.PROPOSE_CORRECTIONS, row.path),
    )
    answer = make_response(page, status_of(wrong) if wrong else 200)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def change(person_id: UUID) -> ResponseReturnValue:
    """Reveal a field, or correct the phone; what was wrong stands above the forms."""
    form = request.form
    try:
        with transaction(g.actor) as session:
            if form.get("do") == "reveal":
                value = reveal(session, g.actor, person_id, form.get("field", ""), form.get("reason", ""))
                found = {form["field"]: value or say("not recorded", g.language)}
            else:
                row = _known(person(session, person_id))
                wanted = Proposed("person", person_id, {"phone": form.get("phone", "")}, form.get("reason", ""))
                directly = corrections.changes_directly(g.actor, row.path)
                (corrections.correct if directly else corrections.propose)(session, g.actor, wanted)
                slug = next(each.slug for each in jurisdictions.jurisdictions(session) if each.id == row.jurisdiction_id)
                found = {}
    except Invalid as error:
        return show(person_id, error)
    if found:
        return show(person_id, revealed=found)
    return redirect(url_for("person", person_id=person_id) if directly else url_for("corrections", slug=slug, sent="yes"))


def _known(row: OnePerson | None) -> OnePerson:
    if row is None:
        raise NotFound("There is no such household or person here.")
    return row
