"""Sign in and out; add accounts, give and end roles."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from gridsvc.database.session import set_actor
from gridsvc.database.tables import Account, RoleGrant
from gridsvc.domain.passwords import check_password
from gridsvc.domain.paths import EVERYWHERE
from gridsvc.domain.permissions import GRANTABLE, NOBODY, Action, Actor, Role, exclude_each_other, require
from gridsvc.errors import Conflict, Invalid, NotFound, TooMany
from gridsvc.operations.audit import record

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
"""A sign-in ends when unused for IDLE, and after LONGEST in any case."""

PAUSE = timedelta(minutes=30)
REFUSALS_BY_NAME = 5
REFUSALS_BY_ADDRESS = 30
"""After so many refusals within PAUSE signing in waits (GB/T 22239-2019, 8.1.4.1; an office shares one address)."""

HASHER = PasswordHasher()
"""argon2id with the parameters of RFC 9106, low memory."""

_TODAY = text("valid @> now()")


@dataclass(frozen=True, slots=True)
class SignIn:
    """Let me in: what the form brought, and from which address."""

    name: str
    password: str
    address: str


@dataclass(frozen=True, slots=True)
class GrantRole:
    """Give somebody a role at a path and below, from now on."""

    name: str
    role: Role
    path: str = EVERYWHERE


def sign_in(session: Session, command: SignIn) -> str | None:
    """Open a sign-in and return its token, or None when name or password is not right.

    An unknown name takes the same time as a wrong password. The refusal is recorded and must be
    committed, so it is an answer, not an exception. Raise TooMany after too many of them.
    """
    name = _digest_of_name(command.name)
    _refuse_guessers(session, name, command.address)
    row = session.execute(text("SELECT account_id, password_hash FROM credentials_of(:name)"), {"name": command.name}).one_or_none()
    right = _verified(row.password_hash if row else _nobodys_hash(), command.password)
    if row is None or not right:
        record(session, NOBODY, "sign_in.refused", EVERYWHERE, name=name, address=command.address)
        return None
    actor = Actor(row.account_id, command.name)
    set_actor(session, actor)
    record(session, actor, "sign_in", EVERYWHERE, name=name, address=command.address)
    token = secrets.token_urlsafe(32)
    opening = text("SELECT open_sign_in(:account, :digest, :longest)")
    session.execute(opening, {"account": row.account_id, "digest": token_digest(token), "longest": LONGEST})
    return token


def sign_out(session: Session, actor: Actor, token: str) -> None:
    """End this sign-in everywhere."""
    session.execute(text("SELECT end_sign_in(:digest)"), {"digest": token_digest(token)})
    record(session, actor, "sign_out", EVERYWHERE)


def token_digest(token: str) -> bytes:
    """Return what is stored of a token: its SHA-256; the token itself has 256 random bits and needs no salt."""
    return hashlib.sha256(token.encode()).digest()


def add_account(session: Session, actor: Actor, name: str, password: str | None = None) -> int:
    """Add an account and return its id; without a password it cannot sign in yet."""
    require(actor, Action.MANAGE_ACCOUNTS, EVERYWHERE)
    if not name.strip() or name != name.strip():
        raise Invalid("{name!r} is not a name for an account; some letters without spaces around them would be right.", name=name)
    hashed = _hashed(password, name) if password is not None else None
    account_id = session.scalars(insert(Account).values(name=name, password_hash=hashed).returning(Account.id)).one()
    record(session, actor, "accounts.add", EVERYWHERE, account_id=account_id)
    return account_id


def set_password(session: Session, actor: Actor, name: str, password: str) -> None:
    """Give an account a new password and end all its sign-ins; everybody may do this for oneself."""
    account_id = _account_id(session, name)
    if account_id != actor.account_id:
        require(actor, Action.MANAGE_ACCOUNTS, EVERYWHERE)
    session.execute(update(Account).where(Account.id == account_id).values(password_hash=_hashed(password, name)))
    _end_sign_ins(session, account_id)
    record(session, actor, "accounts.password", EVERYWHERE, account_id=account_id)


def disable_account(session: Session, actor: Actor, name: str) -> None:
    """Shut an account and end all its sign-ins; what it did stays in the trail."""
    require(actor, Action.MANAGE_ACCOUNTS, EVERYWHERE)
    account_id = _account_id(session, name)
    session.execute(update(Account).where(Account.id == account_id).values(disabled_at=func.now()))
    _end_sign_ins(session, account_id)
    record(session, actor, "accounts.disable", EVERYWHERE, account_id=account_id)


def grant_role(session: Session, actor: Actor, command: GrantRole) -> None:
    """Give a role; raise Conflict where an administrator's role would stand beside another."""
    require(actor, Action.MANAGE_ACCOUNTS, command.path)
    if command.role not in GRANTABLE:
        raise Invalid("The role {role} cannot be given to anybody.", role=command.role.value)
    account_id = _account_id(session, command.name)
    # Two grants at once must not slip past each other.
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('role_grant'), :account)"), {"account": account_id % 2**31})
    held = _roles_today(session, account_id)
    if exclude_each_other({*held, command.role}):
        raise Conflict(
            "An administrator's role stands alone; {name} would hold: {roles}.",
            name=command.name,
            roles=", ".join(sorted({*held, command.role})),
        )
    session.execute(
        insert(RoleGrant)
        .inline()
        .values(account_id=account_id, role=command.role.value, path=command.path, valid=func.tstzrange(func.now(), None))
    )
    record(session, actor, "accounts.grant", command.path, account_id=account_id, role=command.role.value)


def revoke_role(session: Session, actor: Actor, command: GrantRole) -> None:
    """End a role at exactly this path; raise NotFound where it is not held there."""
    require(actor, Action.MANAGE_ACCOUNTS, command.path)
    account_id = _account_id(session, command.name)
    held = (
        RoleGrant.account_id == account_id,
        RoleGrant.role == command.role.value,
        RoleGrant.path == command.path,
        _TODAY,
    )
    period = func.tstzrange(func.lower(RoleGrant.valid), func.now())
    if not session.scalars(update(RoleGrant).where(*held).values(valid=period).returning(RoleGrant.id)).all():
        raise NotFound("{name} does not hold the role {role} there.", name=command.name, role=command.role.value)
    record(session, actor, "accounts.revoke", command.path, account_id=account_id, role=command.role.value)


def random_password() -> str:
    """Return a password that fits the rules, for showing once."""
    return f"{secrets.token_urlsafe(9)}-{secrets.choice('ABCDEFGH')}{secrets.choice('abcdefgh')}{secrets.randbelow(10)}"


def _refuse_guessers(session: Session, name: str, address: str) -> None:
    asked = text("SELECT by_name, by_address FROM recent_refusals(:name, :address, :within)")
    by_name, by_address = session.execute(asked, {"name": name, "address": address, "within": PAUSE}).one()
    if by_name >= REFUSALS_BY_NAME or by_address >= REFUSALS_BY_ADDRESS:
        raise TooMany("Signing in failed too often; try again in {minutes} minutes.", minutes=PAUSE.seconds // 60)


def _digest_of_name(name: str) -> str:
    """Return what the trail keeps of a name that was tried: people type their password there."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def _verified(hashed: str, password: str) -> bool:
    try:
        return HASHER.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    return HASHER.hash(secrets.token_urlsafe(32))


def _hashed(password: str, name: str) -> str:
    check_password(password, name)
    return HASHER.hash(password)


def _account_id(session: Session, name: str) -> int:
    found = session.scalar(select(Account.id).where(Account.name == name))
    if found is None:
        raise NotFound("There is no account {name!r}.", name=name)
    return found


def _roles_today(session: Session, account_id: int) -> set[Role]:
    return {Role(role) for role in session.scalars(select(RoleGrant.role).where(RoleGrant.account_id == account_id, _TODAY))}


def _end_sign_ins(session: Session, account_id: int) -> None:
    session.execute(text("SELECT end_sign_ins_of(:account)"), {"account": account_id})
