"""Reports: a list of what was frozen, one in full, and the form that freezes the next."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask import Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gridsvc.database.queries import jurisdictions
from gridsvc.database.queries import reports as queries
from gridsvc.database.queries.jurisdictions import JurisdictionRow
from gridsvc.database.session import transaction
from gridsvc.domain.figures import QUALIFIERS
from gridsvc.domain.instants import SHANGHAI, instant
from gridsvc.domain.reports import Change, Period, digest_of, misses
from gridsvc.errors import NotFound
from gridsvc.operations.report_books import workbook
from gridsvc.operations.reports import Freeze, freeze, unit_called

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def listed(slug: str) -> ResponseReturnValue:
    """Answer the reports of a jurisdiction that the reader may see."""
    with transaction(g.actor) as session:
        place = _place(session, slug)
        found = queries.reports(session, g.actor, place.id)
        units = queries.units_to_freeze(session, g.actor, place.id)
    now = datetime.now(SHANGHAI)
    periods = [f"{now.year}-Q{(now.month + 2) // 3}", f"{now:%Y-%m}", str(now.year), str(now.year - 1)]
    return render_template("reports.html", place=place, rows=found, units=units, periods=periods, day=_day)


def freeze_one(slug: str) -> ResponseReturnValue:
    """Freeze a report of a unit by its code, and show it."""
    with transaction(g.actor) as session:
        place = _place(session, slug)
        unit_id = unit_called(session, place, request.form.get("unit", ""))
        cut_off = request.form.get("cut_off")
        wanted = Freeze(place, unit_id, Period.of(request.form.get("period", "")), instant(cut_off) if cut_off else None)
        row = freeze(session, g.actor, wanted)
    return redirect(url_for("report", slug=slug, report_id=row.public_id), 303)


def show(slug: str, report_id: UUID) -> ResponseReturnValue:
    """Answer a report: its top unit and those right below it, with the check, what changed and what was reported elsewhere."""
    with transaction(g.actor) as session:
        place = _place(session, slug)
        row, content = queries.report(session, g.actor, report_id)
    shown = [each for each in content["rows"] if each["parent"] == 0]
    changes = [change for each in content["changes"] if (change := Change(*each)).row == 0]
    told = {"row": row, "content": content, "top": content["rows"][0], "below": shown, "changes": changes, "place": place}
    return render_template(
        "report.html", **told, misses=misses(content), intact=digest_of(content) == row.digest, day=_day, qualifiers=QUALIFIERS
    )


def download(slug: str, report_id: UUID) -> ResponseReturnValue:
    """Answer a report as a workbook."""
    with transaction(g.actor) as session:
        _place(session, slug)
        row, content = queries.report(session, g.actor, report_id)
    answer = Response(workbook(row, content), mimetype=XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="{slug}-{row.number}.xlsx"'
    return answer


def _place(session: Session, slug: str) -> JurisdictionRow:
    found = jurisdictions.jurisdiction(session, slug)
    if found is None:
        raise NotFound("There is no jurisdiction {slug!r}.", slug=slug)
    return found


def _day(given: datetime) -> str:
    return f"{given.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
