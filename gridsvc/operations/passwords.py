"""Passwords: kept as argon2id, changed with care, none taken again soon."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from gridsvc.database.tables import Account
from gridsvc.domain.passwords import check_password
from gridsvc.domain.paths import EVERYWHERE
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.errors import Invalid, NotFound, NotSignedIn
from gridsvc.operations.audit import record

HASHER = PasswordHasher()
"""argon2id with the parameters of RFC 9106, low memory."""


def set_password(session: Session, actor: Actor, name: str, password: str) -> None:
    """Give an account a new password and end all its sign-ins; one that another hands out has to be changed before anything else."""
    account_id = id_of(session, name)
    if account_id != actor.account_id:
        require(actor, Action.MANAGE_ACCOUNTS, EVERYWHERE)
    _take(session, actor, account_id, name, password)
    session.execute(text("SELECT end_sign_ins_of(:account)"), {"account": account_id})


def set_own_password(session: Session, actor: Actor, password: str) -> None:
    """Give oneself a new password; sign-ins go on."""
    if actor.account_id is None:
        raise NotSignedIn("Sign in first.")
    _take(session, actor, actor.account_id, actor.name, password)


def hashed_for(name: str, password: str) -> str:
    """Return what is kept of a password; raise Invalid where it may not be that of an account of this name."""
    check_password(password, name)
    return HASHER.hash(password)


def is_right(hashed: str | None, password: str) -> bool:
    """Say whether this is the password; where there is none to compare with, no, after the same time."""
    try:
        HASHER.verify(hashed or _nobodys_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return hashed is not None


def random_password(*names: str) -> str:
    """Return a password that fits the rules for accounts of these names, for showing once; a short name is easily drawn by chance."""
    while True:
        drawn = [secrets.token_urlsafe(9), *map(secrets.choice, ("-.:+", "ABCDEFGH", "abcdefgh", "23456789"))]
        password = "".join(drawn)
        if not any(name.lower() in password.lower() for name in names if name):
            return password


def id_of(session: Session, name: str) -> int:
    """Return the number of the account of this name; raise NotFound."""
    found = session.scalar(select(Account.id).where(Account.name == name))
    if found is None:
        raise NotFound("There is no account {name!r}.", name=name)
    return found


def _take(session: Session, actor: Actor, account_id: int, name: str, password: str) -> None:
    hashed = hashed_for(name, password)
    former = session.scalars(text("SELECT last_passwords(:account)"), {"account": account_id}).all()
    if any(is_right(each, password) for each in former):
        raise Invalid("This password was used before; one that is none of the last {count} would be right.", count=len(former))
    given_out = account_id != actor.account_id
    taken = update(Account).where(Account.id == account_id)
    session.execute(taken.values(password_hash=hashed, must_change=given_out, password_set_at=func.now()))
    record(session, actor, "accounts.password", EVERYWHERE, account_id=account_id)


@cache
def _nobodys_hash() -> str:
    return HASHER.hash(secrets.token_urlsafe(32))
