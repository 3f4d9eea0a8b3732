"""`gridsvc people`: who lives and serves where, who holds which post, and who looks after whom."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from gridsvc.cli.contracts import assign
from gridsvc.cli.operator import as_operator
from gridsvc.cli.proposals import told
from gridsvc.database.queries.accounts import path_of_place
from gridsvc.database.queries.jurisdictions import JurisdictionRow, jurisdiction
from gridsvc.database.queries.people import PAGE, Only, PeopleFilter, PersonRow, people
from gridsvc.database.queries.units import UnitRow, unit
from gridsvc.database.tables import Unit
from gridsvc.domain.code_tables import key_of
from gridsvc.domain.people import MEMBER_KINDS
from gridsvc.domain.posts import ORIGINS, post_key, posts_of
from gridsvc.errors import Conflict, Invalid, NotFound
from gridsvc.operations import appointments, notices, personal_data, times
from gridsvc.operations.appointments import Appoint, Appointed, Ground
from gridsvc.operations.named_places import NamedPlaces
from gridsvc.settings import Settings
from gridsvc.words import say


@click.group("people")
def command() -> None:
    """People, their posts and the households they look after."""


command.add_command(assign)


@command.command("list")
@click.argument("place", metavar="UNIT")
@click.option("--words", help="Part of a name, or a whole phone number.")
@click.option("--only", type=click.Choice(["members", "posts"]), help="Only members, or only those with a post.")
@click.option("--json", "in_json", is_flag=True, help="Answer for programs.")
def list_(place: str, words: str | None, only: Only, *, in_json: bool) -> None:
    """List who lives or serves in UNIT (longze, longze/370212002040), names and phones masked."""
    settings = Settings.from_environment()
    with as_operator(settings) as (session, operator):
        wanted, found, page = PeopleFilter(path_of_place(session, place), words, only), list[PersonRow](), 1
        while rows := people(session, operator, wanted, page)[0]:
            found += rows
            if len(rows) < PAGE:
                break
            page += 1
        known = posts_of(_place(session, place).scheme)
    for row in found:
        posts = "、".join(known[key].name_zh if key in known else key for key in row.posts)
        kind = MEMBER_KINDS[row.member_kind].name_zh if row.member_kind else "-"
        line = {"id": str(row.public_id), "name": row.name, "phone": row.phone, "member": row.member_kind, "posts": list(row.posts)}
        shown = "\t".join([str(row.public_id), row.name, row.phone or "-", kind, posts or "-", row.home_name or "-"])
        click.echo(json.dumps(line, ensure_ascii=False) if in_json else shown)


@command.command("appoint")
@click.argument("slug", metavar="JURISDICTION")
@click.argument("person", metavar="PERSON")
@click.argument("post", metavar="POST")
@click.option("--unit", help="The code of a unit, where the post hangs at one.")
@click.option("--building", help="The number of a building.")
@click.option("--street", help="The number or name of a street.")
@click.option("--household", help="The number of a household.")
@click.option("--organisation", help="The number or name of the organisation that the post belongs to.")
@click.option("--origin", help="Of a secretary: where the person comes from.")
@click.option("--duty-phone", help="The post's own phone, which is public.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The day on which the term runs out.")
@click.option("--reason", help="Why.")
@click.option("--deputy", is_flag=True, help="As a deputy.")
@click.option("--urgent", is_flag=True, help="On the roster of urgent times.")
@click.option("--replace", is_flag=True, help="Who holds the post now makes room.")
def appoint(slug: str, person: str, post: str, **given: Any) -> None:  # noqa: ANN401  # the options by name
    """Give PERSON (a number or id) the post POST (its key or name)."""
    settings = Settings.from_environment()
    with as_operator(settings) as (session, operator):
        place = _place(session, slug)
        posts = posts_of(place.scheme)
        key = post_key(posts, post)
        if key is None:
            known = "、".join(each.name_zh for each in posts.values())
            raise Invalid("{given!r} is no post here; the posts are {known}.", given=post, known=known)
        wanted = Appoint(
            place.id,
            _person(session, place, person),
            key,
            _ground(session, place, given),
            deputy=given["deputy"],
            roster="urgent" if given["urgent"] else "ordinary",
            origin=key_of(ORIGINS, given["origin"]),
            duty_phone=given["duty_phone"],
            ends_on=given["until"] and given["until"].date(),
            reason=given["reason"],
            replaces=given["replace"],
        )
        _tell(appointments.appoint(session, operator, wanted), settings)


@command.command("end")
@click.argument("appointment", type=click.UUID)
@click.option("--reason", required=True, help="Why; it stays with the appointment.")
def end(appointment: UUID, reason: str) -> None:
    """End a post; its right is gone at once."""
    settings = Settings.from_environment()
    with as_operator(settings) as (session, operator):
        _tell(appointments.end(session, operator, appointment, reason), settings)


@command.command("confirm")
@click.argument("appointment", type=click.UUID)
@click.option("--refuse", is_flag=True, help="Put the proposal aside.")
def confirm(appointment: UUID, *, refuse: bool) -> None:
    """Confirm the successor that a redraw proposed."""
    settings = Settings.from_environment()
    with as_operator(settings) as (session, operator):
        _tell(appointments.confirm(session, operator, appointment, accept=not refuse), settings)


@command.command("notices")
@click.argument("slug", metavar="JURISDICTION", required=False)
def renew_notices(slug: str | None) -> None:
    """Renew what is told of vacancies, terms that run out and posts to be confirmed; a worker does so every hour by itself."""
    settings = Settings.from_environment()
    with as_operator(settings) as (session, _):
        for name, count in notices.renew(session, slug).items():
            click.echo(say("{slug}: {count} notices are open.", settings.language, slug=name, count=count))


@command.command("switch")
@click.argument("place", metavar="UNIT")
@click.argument("roster", metavar="TIMES", type=click.Choice(["ordinary", "urgent"]))
@click.option("--reason", required=True, help="Why; it stays in the trail.")
def switch(place: str, roster: str, reason: str) -> None:
    """Switch UNIT (longze/370212002040) between ordinary and urgent times."""
    with as_operator(Settings.from_environment()) as (session, operator):
        times.switch(session, operator, _unit(session, path_of_place(session, place)), reason, urgent=roster == "urgent")


@command.command("leave")
@click.argument("slug", metavar="JURISDICTION")
@click.argument("person", metavar="PERSON")
@click.option("--reason", required=True, help="Why; it stays in the trail.")
def leave(slug: str, person: str, reason: str) -> None:
    """End all that is held about PERSON (a number or id), who is no longer here, and shut the account; `retain` deletes it in time."""
    with as_operator(Settings.from_environment()) as (session, operator):
        personal_data.take_leave(session, operator, _public_id(session, _person(session, _place(session, slug), person)), reason)


@command.command("retain")
@click.argument("slug", metavar="JURISDICTION")
@click.option("--older-than", required=True, metavar="PERIOD", help="What ended longer ago: 3y, 18m, 90d.")
@click.option("--commit", "is_final", is_flag=True, help="Delete; without it nothing is deleted.")
def retain(slug: str, older_than: str, *, is_final: bool) -> None:
    """Delete for good what ended long ago about people, and whoever nothing is left of."""
    settings = Settings.from_environment()
    with as_operator(settings) as (session, operator):
        gone, rows = personal_data.retain(session, operator, _place(session, slug).id, _before(older_than))
        if not is_final:
            session.rollback()
    click.echo(say("{people} people and {rows} rows of what has ended.", settings.language, people=gone, rows=rows))
    if not is_final:
        click.echo(say("Nothing was deleted. Repeat with --commit to delete it.", settings.language))


@command.command("answer")
@click.argument("slug", metavar="JURISDICTION")
@click.argument("person", metavar="PERSON")
@click.option("--out", "path", required=True, type=click.Path(path_type=Path), help="The file to write, which must not be there yet.")
@click.option("--reason", required=True, help="Who asked for it; it stays in the trail.")
def answer(slug: str, person: str, path: Path, reason: str) -> None:
    """Write everything that is held about PERSON (a number or id), in full, as JSON."""
    if path.exists():
        raise Conflict("{file} is there already; another name would be right.", file=str(path))
    with as_operator(Settings.from_environment()) as (session, operator):
        held = personal_data.answer(session, operator, _public_id(session, _person(session, _place(session, slug), person)), reason)
        path.touch(mode=0o600)
        path.write_text(json.dumps(held, ensure_ascii=False, indent=2), encoding="utf-8")


def _place(session: Session, place: str) -> JurisdictionRow:
    found = jurisdiction(session, place.partition("/")[0])
    if found is None:
        raise NotFound("There is no jurisdiction {slug!r}.", slug=place)
    return found


def _person(session: Session, place: JurisdictionRow, word: str) -> int:
    known = NamedPlaces(session, place.id).people
    try:
        found = session.scalar(text("SELECT id FROM person WHERE public_id = :id"), {"id": UUID(word)})
    except ValueError:
        found = known.get(word)
    if found is None:
        raise NotFound("There is no such person here.")
    return int(found)


def _public_id(session: Session, person_id: int) -> UUID:
    return UUID(str(session.scalar(text("SELECT public_id FROM person WHERE id = :id"), {"id": person_id})))


def _ground(session: Session, place: JurisdictionRow, given: dict[str, Any]) -> Ground:
    places, found = NamedPlaces(session, place.id), dict[str, int]()
    for name in ("unit", "building", "street", "household", "organisation"):
        if given[name] is not None:
            table: dict[str, int] = getattr(places, f"{name}s")
            if given[name] not in table:
                raise NotFound("There is no {field} {given!r} here, or several.", field=name, given=given[name])
            found[f"{name}_id"] = table[given[name]]
    return Ground(**found)


def _unit(session: Session, path: str) -> UnitRow:
    label = path.rpartition(".")[2]
    public_id = session.scalar(select(Unit.public_id).where(Unit.id == int(label, 36))) if "." in path else None
    found = unit(session, public_id) if public_id else None
    if found is None:
        raise NotFound("There is no unit of this id today.")
    return found


def _before(period: str) -> datetime:
    match = re.fullmatch(r"(\d{1,4})([ymd])", period)
    if match is None:
        raise Invalid("{given!r} is no period; 3y, 18m or 90d would be right.", given=period)
    days = int(match[1]) * {"y": 365.25, "m": 30.4375, "d": 1}[match[2]]
    return datetime.now(UTC) - timedelta(days=days)


def _tell(done: Appointed, settings: Settings) -> None:
    click.echo(str(done.public_id))
    for line in told(done.findings, settings.language):
        click.echo(line, err=True)
