"""The switch between ordinary and urgent times: what changes is said before it happens."""

from __future__ import annotations

from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gridsvc.api.errors import sentence, status_of
from gridsvc.database.queries import jurisdictions, units
from gridsvc.database.queries import urgent_times as queries
from gridsvc.database.session import transaction
from gridsvc.domain.paths import covers, jurisdiction_path
from gridsvc.domain.permissions import Action, require
from gridsvc.errors import Conflict, GridError, Invalid, NotFound
from gridsvc.operations import times
from web.maps import figures


def show(unit_id: UUID, wrong: GridError | None = None) -> ResponseReturnValue:
    """Answer what would change at a unit, and the button that does it."""
    with transaction(g.actor) as session:
        unit = units.unit(session, unit_id)
        if unit is None:
            raise NotFound("There is no unit of this id today.")
        require(g.actor, Action.SWITCH_TIMES, unit.path)
        place = next(each for each in jurisdictions.jurisdictions(session) if covers(jurisdiction_path(each.id), unit.path))
        urgent = queries.urgent_at(session, unit.path)
        page = render_template(
            "times.html",
            place=place,
            unit=unit,
            own=next((row for row in urgent if row.unit == unit_id), None),
            above=next((row for row in urgent if row.unit != unit_id and covers(row.path, unit.path)), None),
            roster=queries.roster_at(session, unit.path),
            summary=units.summaries(session, [unit])[unit.id],
            wrong=sentence(wrong) if wrong else None,
            given=request.form,
            local_date=figures.local_date,
            grouped=figures.grouped,
        )
    return page if wrong is None else (page, status_of(wrong))


def switch(unit_id: UUID) -> ResponseReturnValue:
    """Turn a unit urgent, or ordinary again, and show its map."""
    try:
        with transaction(g.actor) as session:
            unit = units.unit(session, unit_id)
            if unit is None:
                raise NotFound("There is no unit of this id today.")
            times.switch(session, g.actor, unit, request.form.get("reason", ""), urgent=request.form.get("to") != "ordinary")
            slug = next(p.slug for p in jurisdictions.jurisdictions(session) if covers(jurisdiction_path(p.id), unit.path))
    except (Invalid, Conflict) as error:
        return show(unit_id, error)
    return redirect(url_for("map", slug=slug, unit=unit_id))
