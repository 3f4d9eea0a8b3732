"""The trail, for the audit administrator: who did what where and when, as a page and as a file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta

from flask import Response, g, render_template, request
from sqlalchemy.orm import Session

from gridsvc.api import reader
from gridsvc.database.queries import jurisdictions, places
from gridsvc.database.queries.accounts import named, path_of_place
from gridsvc.database.queries.audit import AuditRow, Wanted, trail
from gridsvc.database.queries.audit_seals import verify
from gridsvc.database.session import transaction
from gridsvc.domain.instants import instant
from gridsvc.domain.paths import EVERYWHERE
from gridsvc.domain.permissions import Action, may
from gridsvc.errors import GridError
from gridsvc.operations.audit import record
from gridsvc.words import say
from web.pages.times import local_time

PAGE, MOST_ROWS = 50, 100_000
KINDS = {
    "sign_in": "Signing in and out",
    "sign_in.refused": "Refused sign-ins",
    "accounts.": "Accounts and roles",
    "tokens.": "Tokens",
    "keys.": "Keys",
    "audit.": "The trail itself",
    "people.": "People",
    "appointments.": "Posts",
    "corrections.": "Corrections",
    "contracts.": "Contracts with members",
    "times.": "Ordinary and urgent times",
    "plans.": "Plans",
    "reports.": "Reports",
    "buildings.": "Buildings",
    "ground.": "Imports",
}
"""Beginnings of the names of what is done, and English templates of what they are called; others can be typed."""
DONE = {
    "sign_in": "Signed in",
    "sign_in.begun": "Began to sign in",
    "sign_in.refused": "Was not let in",
    "sign_out": "Signed out",
    "sign_out.elsewhere": "Signed out other devices",
    "accounts.add": "Added an account",
    "accounts.grant": "Gave a role",
    "accounts.revoke": "Ended a role",
    "accounts.password": "Changed a password",
    "accounts.disable": "Shut an account",
    "accounts.enable": "Opened an account again",
    "accounts.second_factor": "Bound a device",
    "accounts.reset_second_factor": "Reset a device",
    "accounts.link": "Linked an account",
    "accounts.link_person": "Linked an account with a person",
    "accounts.links": "Offered links to the demonstration",
    "tokens.make": "Made a token",
    "tokens.revoke": "Revoked a token",
    "keys.rotate": "Changed the keys",
    "audit.export": "Carried the trail away",
    "jurisdiction.add": "Added a jurisdiction",
    "scheme.add": "Added a scheme",
    Action.IMPORT: "Brought data in",
    Action.PUBLISH_PLANS: "Published a plan",
    Action.PIN: "Pinned a building",
    Action.REVEAL: "Looked at a private field",
    Action.CHANGE_PEOPLE: "Changed people or households",
    "appointments.appoint": "Gave a post",
    Action.PROPOSE_CORRECTIONS: "Proposed a correction",
    Action.DECIDE_CORRECTIONS: "Decided on a correction",
    Action.SWITCH_TIMES: "Switched between ordinary and urgent times",
    "contracts.import": "Brought contracts in",
    "contracts.propose": "Had contracts proposed",
    "contracts.commit": "Committed proposed contracts",
    "contracts.drop": "Put proposed contracts aside",
    "contracts.hand_over": "Gave a household to another member",
    "ledger.export": "Carried a ledger away",
    "reports.freeze": "Froze a report",
    "people.leave": "Took somebody out",
    "people.retain": "Deleted for good what ended long ago",
    "people.answer": "Answered what is held about somebody",
    "accounts.term": "Chose a term",
    "address.learned": "Said which building an address means",
    "address.dropped": "Took an address off the review list",
    "places.assign": "Placed all that stands in the grid anew",
    "successions.confirm": "Decided who comes after a redraw",
    "edition.undo": "Undid an edition",
    "plan.schedule": "Set a day for a plan",
    "plan.gather": "Gathered drafts into a plan",
    "plan.discard": "Put a plan aside",
    "plan.submitted": "Submitted a plan",
    "plan.passed": "Passed a plan on",
    "plan.sent_back": "Sent a plan back",
    "plan.withdrawn": "Withdrew a plan",
    ".import": "Brought data in",
    ".export": "Carried data away",
    "plan.impact_book": "Took the impact of a plan along",
    "plan.paper": "Printed a paper of a plan",
}
"""English templates of what was done, by its name or the end of it."""
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""What a cell must not begin with, lest a spreadsheet computes it."""


def show() -> str:
    """Answer what was done, newest first, as the filters say; on the first page also whether all is as it was sealed."""
    before = request.args.get("before", "")
    with transaction(g.actor) as session:
        known = jurisdictions.jurisdictions(session)
        wrong, wanted = _filters(session)
        rows = trail(session, g.actor, wanted, before=int(before) if before.isdecimal() else None, limit=PAGE)
        called, whose = places.names(session, {row.path for row in rows}), named(session, _numbers(rows))
        verified = verify(session, g.actor, reader.settings().audit_heads) if "verify" in request.args else None
    given = {name: value for name, value in request.args.items() if name in FILTERS and value}
    more = rows[-1].id if len(rows) == PAGE else None
    words = {"kinds": KINDS, "done": done, "local_time": local_time, "detail": detail, "whose": whose}
    return render_template(
        "administration_trail.html", rows=rows, places=known, called=called, given=given, more=more, wrong=wrong,
        verified=verified, may_verify=may(g.actor, Action.READ_AUDIT, EVERYWHERE), **words,
    )  # fmt: skip


def table() -> Response:
    """Answer the same rows as CSV, at most 100,000; carrying them away stands in the trail itself."""
    with transaction(g.actor) as session:
        wrong, wanted = _filters(session)
        if wrong is not None:
            raise wrong
        rows = trail(session, g.actor, wanted, limit=MOST_ROWS)
        chosen = {name: str(value) for name, value in asdict(wanted).items() if value is not None}
        record(session, g.actor, "audit.export", wanted.path or EVERYWHERE, rows=len(rows), chosen=chosen)
        called, whose = places.names(session, {row.path for row in rows}), named(session, _numbers(rows))
    headers = {"Content-Disposition": "attachment; filename=audit.csv", "Cache-Control": "no-store"}
    return Response("".join(_lines(rows, called, whose)), mimetype="text/csv", headers=headers)


FILTERS = ("account", "action", "place", "code", "since", "until")


def done(action: str) -> str | None:
    """Return the template of what was done; None for what has no words yet."""
    return DONE.get(action) or DONE.get(f".{action.rpartition('.')[2]}")


def detail(row: AuditRow, whose: Mapping[int, str]) -> str:
    """Return what is recorded beside, as one line; an account's number becomes its name, a digest of a name is left out."""
    said = {name: value for name, value in row.detail.items() if not (name == "name" and row.action.startswith("sign_in"))}
    if isinstance(number := said.get("account_id"), int):
        said["account_id"] = whose.get(number, number)
    return ", ".join(f"{name} {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}" for name, value in said.items())


def _numbers(rows: list[AuditRow]) -> set[int]:
    return {number for row in rows if isinstance(number := row.detail.get("account_id"), int)}


def _filters(session: Session) -> tuple[GridError | None, Wanted]:
    """Return what the address asks for, or what is wrong with it and no filter."""
    given = {name: request.args.get(name, "").strip() for name in FILTERS}
    try:
        place = f"{given['place']}/{given['code']}" if given["code"] else given["place"]
        until = _day(given["until"])
        wanted = Wanted(
            account=given["account"] or None,
            action=given["action"] or None,
            path=path_of_place(session, place) if given["place"] else None,
            since=_day(given["since"]),
            until=until + timedelta(days=1) if until else None,
        )
    except GridError as error:
        return error, Wanted()
    return None, wanted


def _day(given: str) -> datetime | None:
    return instant(given) if given else None


def _lines(rows: list[AuditRow], called: Mapping[str, str], whose: Mapping[int, str]) -> Iterator[str]:
    """Give the lines of the file, in the reader's language and with a mark by which Excel knows UTF-8."""
    titles: list[object] = [say(title, reader.language()) for title in ("Number", "Time", "Who", "What", "Where", "Detail")]
    cells: Iterator[list[object]] = (
        [row.id, local_time(row.at), row.account or "", row.action, called.get(row.path, row.path), detail(row, whose)] for row in rows
    )
    yield "\ufeff"
    for line in (titles, *cells):
        written = io.StringIO()
        csv.writer(written, lineterminator="\r\n").writerow([_plain(str(cell)) for cell in line])
        yield written.getvalue()


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell
