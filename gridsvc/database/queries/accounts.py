"""Who somebody is, and which accounts there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, literal_column, select, text
from sqlalchemy.orm import Session

from gridsvc.database.tables import Account, Jurisdiction, SecurityTerm, UnitVersion
from gridsvc.domain.paths import EVERYWHERE, jurisdiction_path
from gridsvc.domain.permissions import NOBODY, Action, Actor, Grant, Role, Token, may_anywhere, require
from gridsvc.errors import NotFound

_HELD = "(SELECT array_agg({} ORDER BY g.id) FROM role_grant g WHERE g.account_id = account.id AND g.valid @> now())"
_ROWS: Any = select(
    Account.id, Account.public_id, Account.name, Account.created_at, Account.disabled_at, Account.totp_used.is_not(None),
    Account.must_change, Account.subject, Account.person_id.is_not(None),
    literal_column(_HELD.format("g.role")).label("roles"), literal_column(_HELD.format("g.path::text")).label("paths"),
)  # fmt: skip
_OF_TOKEN = text("SELECT * FROM actor_of_token(:digest, :idle)")
_OF_API_TOKEN = text("SELECT * FROM actor_of_api_token(:digest)")
_OF_NAME = text("SELECT * FROM actor_of_name(:name)")


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as its administrator sees it."""

    id: int
    public_id: UUID
    name: str
    created_at: datetime
    disabled_at: datetime | None
    has_device: bool
    must_change: bool
    subject: str | None
    has_person: bool
    """Whether the posts of somebody give it rights; whose, an administrator does not read."""
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class TermRow:
    """A figure about passwords or tokens, and who asks for it."""

    key: str
    value: int
    source: str


def actor_of_token(connection: Connection, digest: bytes, idle: timedelta) -> Actor:
    """Return who holds the token of this SHA-256 digest, or nobody, in one round trip."""
    row = connection.execute(_OF_TOKEN, {"digest": digest, "idle": idle}).one_or_none()
    return NOBODY if row is None else _actor(row)


def actor_of_api_token(connection: Connection, digest: bytes) -> Actor:
    """Return who shows the program's token of this digest, with what of its rights the token is for, or nobody."""
    row = connection.execute(_OF_API_TOKEN, {"digest": digest}).one_or_none()
    return NOBODY if row is None else replace(_actor(row), token=Token(row.token_id, frozenset(row.actions), row.path))


def actor_named(session: Session, name: str) -> Actor:
    """Return the actor of this name, for the command line; raise NotFound for an unknown or disabled one."""
    row = session.execute(_OF_NAME, {"name": name}).one_or_none()
    if row is None:
        raise NotFound("There is no account {name!r}.", name=name)
    return _actor(row)


def accounts(session: Session, actor: Actor, *, like: str = "", after: str = "", limit: int | None = None) -> list[AccountRow]:
    """Return accounts by name with those of their grants that the actor manages: whose names hold `like`, from after `after` on."""
    if not may_anywhere(actor, Action.MANAGE_ACCOUNTS):
        require(actor, Action.MANAGE_ACCOUNTS, EVERYWHERE)
    wanted = _ROWS.where(Account.name > after, Account.name.contains(like, autoescape=True))
    return [_account(row) for row in session.execute(wanted.order_by(Account.name).limit(limit))]


def account(session: Session, actor: Actor, public_id: UUID) -> AccountRow:
    """Return one account; raise NotFound where there is none of this id."""
    if not may_anywhere(actor, Action.MANAGE_ACCOUNTS):
        require(actor, Action.MANAGE_ACCOUNTS, EVERYWHERE)
    row = session.execute(_ROWS.where(Account.public_id == public_id)).one_or_none()
    if row is None:
        raise NotFound("There is no account {name!r}.", name=str(public_id))
    return _account(row)


def terms(session: Session) -> list[TermRow]:
    """Return the figures about passwords and tokens."""
    columns = (SecurityTerm.key, SecurityTerm.value, SecurityTerm.source)
    return [TermRow(*row) for row in session.execute(select(*columns).order_by(SecurityTerm.key))]


def named(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Return the names of accounts by their numbers, as far as the session's actor may read them."""
    found = session.execute(select(Account.id, Account.name).where(Account.id.in_(set(ids))))
    return {row.id: row.name for row in found}


def path_of_place(session: Session, place: str) -> str:
    """Return the path of a place as a person writes it: a jurisdiction's short name, or with a unit's code: `longze/370212004001`."""
    slug, _, code = place.partition("/")
    jurisdiction = session.scalar(select(Jurisdiction.id).where(Jurisdiction.slug == slug))
    if jurisdiction is None:
        raise NotFound("There is no jurisdiction {slug!r}.", slug=slug)
    if not code:
        return jurisdiction_path(jurisdiction)
    unit = select(UnitVersion.path).where(UnitVersion.jurisdiction_id == jurisdiction, UnitVersion.code == code)
    path = session.scalar(unit.where(text("upper_inf(valid)")))
    if path is None:
        raise NotFound("{slug} has no unit with the code {code!r} today.", slug=slug, code=code)
    return path


def _account(row: Row[Any]) -> AccountRow:
    columns: tuple[Any, ...] = (*row[:-2], zip_grants(row.roles or (), row.paths or ()))
    return AccountRow(*columns)


def _actor(row: Row[Any]) -> Actor:
    return Actor(row.account_id, row.name, zip_grants(row.roles, row.paths), row.language)


def zip_grants(roles: Sequence[str], paths: Sequence[str]) -> tuple[Grant, ...]:
    """Return grants from roles and paths as the functions of the database answer them."""
    return tuple(Grant(Role(role), path) for role, path in zip(roles, paths, strict=True))
