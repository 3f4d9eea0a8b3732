"""Appointments: who holds which post where. Given, ended, confirmed; what has lapsed stays as history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, text
from sqlalchemy.orm import Session

from geodata.findings import Finding
from gridsvc.database.queries.schemes import scheme_of
from gridsvc.database.tables import Appointment
from gridsvc.domain.organisations import PARTY
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.domain.posts import ROSTERS, Post, posts_of
from gridsvc.errors import Conflict, Invalid, NotFound
from gridsvc.operations.audit import record


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a post hangs: at most one place, and the organisation it belongs to; alone, that one's ground is the post's."""

    unit_id: int | None = None
    building_id: int | None = None
    street_id: int | None = None
    household_id: int | None = None
    organisation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Appoint:
    """What somebody asks to be given."""

    jurisdiction_id: int
    person_id: int
    post: str
    """A tier's key of the scheme, or a key of domain.posts.POSTS."""
    ground: Ground
    deputy: bool = False
    roster: str = "ordinary"
    origin: str | None = None
    duty_phone: str | None = None
    ends_on: date | None = None
    reason: str | None = None
    replaces: bool = False
    """Whether who holds the post now makes room."""


@dataclass(frozen=True, slots=True)
class Appointed:
    """What came of it: the appointment, and what somebody should look at."""

    public_id: UUID
    findings: Sequence[Finding] = ()


def appoint(session: Session, actor: Actor, wanted: Appoint, at: datetime | None = None) -> Appointed:
    """Give a post from `at` on, now where nothing else is said; its right holds at once.

    Raises NotAllowed where the actor may not give this post there, Invalid where the post does not hang at such a place, Conflict where
    as many hold it as the scheme admits and nobody makes room, NotFound for a person whom the actor may not see.
    """
    post = post_of(session, wanted.jurisdiction_id, wanted.post)
    check_place(session, post, wanted.ground)
    paths = _allowed(session, actor, post, wanted)
    if wanted.roster not in ROSTERS:
        raise Invalid("{given!r} is no roster; {known} would be right.", given=wanted.roster, known=", ".join(ROSTERS))
    if session.scalar(text("SELECT 1 FROM person WHERE id = :id"), {"id": wanted.person_id}) is None:
        raise NotFound("There is no such person here.")
    _make_room(session, post, wanted, at)
    findings = _double(session, wanted)
    values = asdict(wanted) | asdict(wanted.ground)
    row = {name: values[name] for name in _COLUMNS} | {"role": role_of(session, post, wanted.ground), "valid": _from(at)}
    public_id = session.scalars(insert(Appointment).values(row).returning(Appointment.public_id)).one()
    told = {"appointment": str(public_id), "post": wanted.post, "person": wanted.person_id}
    record(session, actor, "appointments.appoint", paths[0], **told)
    return Appointed(public_id, findings)


def end(session: Session, actor: Actor, appointment: UUID, reason: str, at: datetime | None = None) -> Appointed:
    """End a post; its right is gone at once, the row stays. A place that has too few left is told.

    Raises NotFound where the actor may not see it, NotAllowed where the actor may not end it, Conflict where it has ended.
    """
    row, post = _found(session, actor, appointment)
    session.execute(_END, {"id": row.id, "at": at, "reason": reason})
    _trace(session, actor, "appointments.end", row)
    return Appointed(appointment, _vacant(session, post, row))


def confirm(session: Session, actor: Actor, appointment: UUID, *, accept: bool = True) -> Appointed:
    """Confirm the successor that a redraw proposed (待确认): it is held from now on, and the post that lost its ground ends.

    With `accept` false the proposal ends and the old post stays. Raises as `end` does, and Conflict where nothing waits.
    """
    row, _ = _found(session, actor, appointment)
    if row.state != "proposed":
        raise Conflict("This post is held already; there is nothing to confirm.")
    if accept:
        session.execute(_HOLD, {"id": row.id})
        session.execute(_SUCCEEDED, _at(row))
    else:
        session.execute(_END, {"id": row.id, "at": None, "reason": None})
    _trace(session, actor, "appointments.confirm", row, accepted=accept)
    return Appointed(appointment)


def deputise(session: Session, actor: Actor, appointment: UUID, *, deputy: bool) -> Appointed:
    """Make the holder of a post a deputy in it, or no longer one: a new row, so that history says since when."""
    row, post = _found(session, actor, appointment)
    session.execute(_END, {"id": row.id, "at": None, "reason": row.reason})
    copied = session.execute(_AGAIN, {"id": row.id, "deputy": deputy}).scalar_one()
    _trace(session, actor, "appointments.deputise", row, deputy=deputy)
    return Appointed(copied, _vacant(session, post, row))


def post_of(session: Session, jurisdiction_id: int, key: str) -> Post:
    """Return a post of the jurisdiction's scheme; raise Invalid for a key that is none."""
    posts = posts_of(scheme_of(session, jurisdiction_id))
    if key not in posts:
        raise Invalid(
            "{given!r} is no post here; the posts are {known}.", given=key, known="、".join(each.name_zh for each in posts.values())
        )
    return posts[key]


def stands_alone(ground: Ground) -> bool:
    """Say whether a post hangs at an organisation and no place of its own."""
    return ground == Ground(organisation_id=ground.organisation_id)


def role_of(session: Session, post: Post, ground: Ground) -> str | None:
    """Return the role that a post carries; at an organisation alone `carried` says."""
    if post.role is None or not stands_alone(ground):
        return post.role
    kind, stands = session.execute(text(_KIND), {"id": ground.organisation_id}).one()
    return carried(post, kind, stands=stands)


def carried(post: Post, kind: str, *, stands: bool) -> str | None:
    """Return the role that a post carries at an organisation of a kind: it has to have ground, and be the party's for party posts."""
    return post.role if stands and (kind in PARTY or post.action != Action.APPOINT_PARTY) else None


def check_place(session: Session, post: Post, ground: Ground) -> None:
    """Raise Invalid where a post does not hang at such a place."""
    given = asdict(ground)
    places = [name for name in ("unit_id", "building_id", "street_id", "household_id") if given[name] is not None]
    if len(places) > 1 or not (places or ground.organisation_id):
        raise Invalid("A post hangs at one place: a unit, building, street or household, or at an organisation alone.")
    if not post.at:
        return
    kind = places[0].removesuffix("_id") if places else "organisation"
    if kind == "unit":
        kind = _level(session, ground.unit_id)
    if kind not in post.at:
        raise Invalid("{post} does not hang at {given}, but at {right}.", post=post.name_zh, given=kind, right=", ".join(post.at))


def _level(session: Session, unit_id: int | None) -> str:
    unit = session.execute(
        text("SELECT level, jurisdiction_id FROM unit_version WHERE unit_id = :id AND upper_inf(valid)"), {"id": unit_id}
    )
    row = unit.one_or_none()
    if row is None:
        raise NotFound("There is no unit of this id today.")
    return str(scheme_of(session, row.jurisdiction_id).levels[row.level - 1].key)


def _allowed(session: Session, actor: Actor, post: Post, wanted: Appoint) -> list[str]:
    """Return the paths of a ground, all of which the actor may give this post at; an organisation's that has none is the jurisdiction."""
    paths: list[str] = session.scalar(text(_PATHS), asdict(wanted.ground)) or []
    if not paths and stands_alone(wanted.ground):
        paths = [jurisdiction_path(wanted.jurisdiction_id)]
    if not paths:
        raise NotFound("There is no such place today.")
    for path in paths:
        require(actor, post.action, path)
    return paths


def _found(session: Session, actor: Actor, appointment: UUID) -> tuple[Row[Any], Post]:
    row = session.execute(text(_ONE), {"id": appointment}).one_or_none()
    if row is None:
        raise NotFound("There is no such appointment.")
    post = post_of(session, row.jurisdiction_id, row.post)
    for path in row.paths:
        require(actor, post.action, path)
    if not row.holds:
        raise Conflict("This appointment has ended already.")
    return row, post


def _make_room(session: Session, post: Post, wanted: Appoint, at: datetime | None) -> None:
    if wanted.deputy or post.holders_max is None:
        return
    holding = session.scalars(text(_HOLDERS), asdict(wanted.ground) | {"post": wanted.post, "roster": wanted.roster}).all()
    if len(holding) < post.holders_max:
        return
    if not wanted.replaces:
        told = "{post} has {count} here already, and the scheme admits {most}; end one first, or say that the new one replaces them."
        raise Conflict(told, post=post.name_zh, count=len(holding), most=post.holders_max)
    for held in holding:
        session.execute(_END, {"id": held, "at": at, "reason": wanted.reason})


def _double(session: Session, wanted: Appoint) -> list[Finding]:
    """Return a warning where the person holds other posts."""
    held = session.scalars(text(_OTHERS), {"person_id": wanted.person_id}).all()
    posts = posts_of(scheme_of(session, wanted.jurisdiction_id))
    names = "、".join(posts[key].name_zh if key in posts else key for key in held)
    told = "The person holds {count} posts already: {posts}."
    return [Finding("double-post", "warning", told, {"count": len(held), "posts": names})] if held else []


def _vacant(session: Session, post: Post, row: Row[Any]) -> list[Finding]:
    left = len(session.scalars(text(_HOLDERS), _at(row)).all())
    told = "{post} has {count} left here; {least} would be right."
    few = {"post": post.name_zh, "count": left, "least": post.holders_min}
    return [Finding("post-vacant", "warning", told, few)] if left < post.holders_min else []


def _trace(session: Session, actor: Actor, action: str, row: Row[Any], **detail: object) -> None:
    """Leave a trace of what was done with an appointment, where it holds."""
    about = {"appointment": str(row.public_id), "post": row.post, "person": row.person_id}
    record(session, actor, action, row.paths[0] if row.paths else "", **about, **detail)


def _from(at: datetime | None) -> Any:  # noqa: ANN401  # an expression of SQL
    return text("tstzrange(coalesce(cast(:since AS timestamptz), now()), NULL)").bindparams(since=at)


def _at(row: Row[Any]) -> dict[str, Any]:
    names = ("unit_id", "building_id", "street_id", "household_id", "organisation_id", "post", "roster", "person_id")
    return {name: getattr(row, name) for name in names}


_COLUMNS = (
    "jurisdiction_id", "person_id", "post", "unit_id", "building_id", "street_id", "household_id", "organisation_id", "deputy", "roster",
    "origin", "duty_phone", "ends_on", "reason",
)  # fmt: skip
_PATHS = """
SELECT appointment_paths(cast(:unit_id AS bigint), cast(:building_id AS bigint), cast(:household_id AS bigint), cast(:street_id AS bigint),
                         cast(:organisation_id AS bigint))::text[]
"""
_KIND = "SELECT kind, organisation_paths(:id) <> '{}' FROM organisation_version WHERE organisation_id = :id AND upper_inf(valid)"
_ONE = """
SELECT id, public_id, jurisdiction_id, person_id, post, unit_id, building_id, street_id, household_id, organisation_id, roster, reason,
       state, paths::text[] AS paths, upper_inf(valid) AS holds
FROM appointment WHERE public_id = :id
"""
_HERE = " AND ".join(
    f"{name} IS NOT DISTINCT FROM cast(:{name} AS bigint)"
    for name in ("unit_id", "building_id", "street_id", "household_id", "organisation_id")
)
_HOLDERS = f"""
SELECT id FROM appointment
WHERE post = :post AND roster = :roster AND NOT deputy AND state = 'held' AND upper_inf(valid) AND {_HERE} ORDER BY id
"""
_OTHERS = (
    "SELECT post FROM appointment WHERE person_id = :person_id AND upper_inf(valid) AND state = 'held' AND roster = 'ordinary' ORDER BY id"
)
_END = text("""
UPDATE appointment SET reason = coalesce(:reason, reason),
  valid = tstzrange(lower(valid), greatest(lower(valid), coalesce(cast(:at AS timestamptz), now())))
WHERE id = :id
""")
_HOLD = text("UPDATE appointment SET state = 'held', valid = tstzrange(greatest(lower(valid), now()), NULL) WHERE id = :id")
_SUCCEEDED = text("""
UPDATE appointment a SET valid = tstzrange(lower(a.valid), greatest(lower(a.valid), now()))
WHERE a.person_id = :person_id AND a.post = :post AND a.roster = :roster AND a.state = 'held' AND upper_inf(a.valid)
  AND a.unit_id IS NOT NULL AND successor_of(a.unit_id) = :unit_id
""")
_AGAIN = text(f"""
INSERT INTO appointment ({", ".join(each for each in _COLUMNS if each != "deputy")}, deputy, role, state, valid)
SELECT {", ".join(each for each in _COLUMNS if each != "deputy")}, :deputy, role, state, tstzrange(now(), NULL)
FROM appointment WHERE id = :id RETURNING public_id
""")
