"""Files in and out of a jurisdiction: choose one, see what it would do, and what was brought in before."""

from __future__ import annotations

from typing import Any

from flask import current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import ValidationError, validate_csrf  # type: ignore[import-untyped]  # it has no types
from sqlalchemy.orm import Session

from geodata.readers import READERS
from geodata.writers import WRITERS
from gridsvc.database.queries import jobs as queries
from gridsvc.database.queries import jurisdictions
from gridsvc.database.queries.exports import EXPORTS
from gridsvc.database.queries.jurisdictions import JurisdictionRow
from gridsvc.database.session import transaction
from gridsvc.domain.instants import SHANGHAI, instant
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, may, require
from gridsvc.errors import Invalid, NotFound
from gridsvc.operations.imports import IMPORTERS
from gridsvc.operations.jobs import Ask, ask
from gridsvc.operations.templates import NOUNS as TEMPLATES
from web import uploads
from web.maps import figures
from web.pages import import_words

READABLE = (*sorted(READERS), ".shx", ".dbf", ".prj", ".cpg")
"""The ends of names that the form lets choose: what is read, and what accompanies a Shapefile."""


def choice() -> ResponseReturnValue:
    """Answer where the reader may bring something in; straight there where that is one place."""
    with transaction(g.actor) as session:
        found = [place for place in jurisdictions.jurisdictions(session) if may(g.actor, Action.IMPORT, jurisdiction_path(place.id))]
    if not found:
        require(g.actor, Action.IMPORT, "")
    if len(found) == 1:
        return redirect(url_for("exchange", slug=found[0].slug))
    return render_template("exchange_choice.html", places=found)


def show(slug: str) -> ResponseReturnValue:
    """Answer the form for a file, and the jobs of this place."""
    with transaction(g.actor) as session:
        place = place_called(session, slug)
        before = request.args.get("before", "")
        found = queries.jobs(session, g.actor, path=jurisdiction_path(place.id), before=int(before) if before.isdecimal() else None)
    files = {"templates": TEMPLATES, "exports": list(EXPORTS), "suffixes": [suffix.removeprefix(".") for suffix in WRITERS]}
    limits = {"largest_mib": int(current_app.config["MAX_CONTENT_LENGTH"]) >> 20, "readable": ",".join(READABLE)}
    return render_template("exchange.html", place=place, jobs=found, more=len(found) == queries.PAGE, **files, **limits, **words_of(place))


def send(slug: str) -> ResponseReturnValue:
    """Keep the file that was sent and ask for a look at it; rights and size come before its body is read, the form's token after."""
    with transaction(g.actor) as session:
        place = place_called(session, slug)
    uploads.refuse_too_large(request)
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        raise Invalid("This form is too old or came from elsewhere; load the page again and repeat.") from None
    path = uploads.keep(request.files.getlist("file"))
    arguments = arguments_of(slug, request.form.get("noun", "")) | {"path": str(path)}
    with transaction(g.actor) as session:
        job_id = ask(session, g.actor, Ask("import", jurisdiction_path(place.id), arguments))
    return redirect(url_for("job", job_id=job_id), 303)


def place_called(session: Session, slug: str) -> JurisdictionRow:
    """Return the jurisdiction of this short name; raise unless the reader may bring something in there."""
    place = jurisdictions.jurisdiction(session, slug)
    if place is None:
        raise NotFound("There is no jurisdiction {slug!r}.", slug=slug)
    require(g.actor, Action.IMPORT, jurisdiction_path(place.id))
    return place


def arguments_of(slug: str, noun: str) -> dict[str, Any]:
    """Return the arguments of a look by the form that was sent; an empty choice is none."""
    if noun not in IMPORTERS:
        raise Invalid("{noun!r} cannot be brought in; {nouns} can.", noun=noun, nouns=", ".join(IMPORTERS))
    given = {name: request.form.get(name, "").strip() or None for name in ("crs", "layer", "source", "effective", "level", "keep")}
    if given["effective"]:
        instant(given["effective"])
    if given["keep"] not in (None, "parent", "child"):
        raise Invalid("Whose border holds is {given!r}; parent or child would be right.", given=given["keep"])
    terms = {"level": given.pop("level"), "keep": given.pop("keep"), "accept_loss": "accept_loss" in request.form}
    return {"jurisdiction": slug, "noun": noun, "terms": terms if noun == "units" else {}, **given}


def words_of(place: JurisdictionRow) -> dict[str, Any]:
    """Return what the templates of imports say, in the reader's language."""
    chinese = g.language == "zh"
    return {
        "place_name": place.name if chinese else place.name_en or place.name,
        "nouns": import_words.nouns(),
        "outcomes": import_words.OUTCOMES,
        "states": import_words.STATES,
        "choices": import_words.CHOICES,
        "crs_examples": import_words.CRS_EXAMPLES,
        "levels": {level.key: level.name_zh if chinese else level.name_en for level in place.scheme.levels},
        "field_title": lambda noun, field: import_words.field_title(noun, field, g.language),
        "said": lambda found: import_words.sentence(found, g.language),
        "local_time": lambda moment: moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
        "grouped": figures.grouped,
    }
