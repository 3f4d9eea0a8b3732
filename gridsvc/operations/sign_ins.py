"""Sign in, step by step, and out. Until the last step is done the one who signs in is nobody."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.session import set_actor
from gridsvc.domain.paths import EVERYWHERE
from gridsvc.domain.permissions import ADMINISTRATORS, NOBODY, Actor
from gridsvc.errors import Invalid, TooMany
from gridsvc.operations import passwords, second_factor
from gridsvc.operations.audit import record

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
"""A sign-in ends when unused for IDLE, and after LONGEST in any case."""

PAUSE = timedelta(minutes=30)
REFUSALS_BY_NAME = 5
REFUSALS_BY_ADDRESS = 30
"""After so many refusals within PAUSE signing in waits (GB/T 22239-2019, 8.1.4.1; an office shares one address)."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Let me in: what the form brought, from which address, and what the browser calls itself."""

    name: str
    password: str
    address: str
    browser: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody whose sign-in waits: for a code, a password, the enrolment of a device, in this order."""

    actor: Actor
    """Without any right."""
    steps: tuple[str, ...]


def sign_in(session: Session, command: SignIn) -> str | None:
    """Open a sign-in and return its token, or None when name or password is not right; `waiting` says what is still to be done.

    An unknown name takes the same time as a wrong password. The refusal is recorded and must be
    committed, so it is an answer, not an exception. Raise TooMany after too many of them.
    """
    refuse_guessers(session, command.name, command.address)
    row = session.execute(text("SELECT account_id, password_hash FROM credentials_of(:name)"), {"name": command.name}).one_or_none()
    if not passwords.is_right(row.password_hash if row else None, command.password) or row is None:
        refused(session, command.name, command.address)
        return None
    return _opened(session, Actor(row.account_id, command.name), command)


def sign_in_by_subject(session: Session, subject: str, address: str, browser: str = "") -> str | None:
    """Open a sign-in for the account that an administrator has linked with what the issuer calls somebody; None where there is none."""
    row = session.execute(text("SELECT account_id, name FROM account_of_subject(:subject)"), {"subject": subject}).one_or_none()
    if row is None:
        refused(session, subject, address)
        return None
    by_issuer = SignIn(row.name, "", address, browser)
    return _opened(session, Actor(row.account_id, row.name), by_issuer, spared=("password",))


def sign_in_by_link(session: Session, link: str, address: str, browser: str = "") -> str | None:
    """Use up a demo's one-time link and open a sign-in that waits for nothing; None for a link that was used, ran out or never was."""
    refuse_guessers(session, link, address)
    row = session.execute(text("SELECT account_id, name FROM take_link(:digest)"), {"digest": token_digest(link)}).one_or_none()
    if row is None:
        refused(session, link, address)
        return None
    by_link = SignIn(row.name, "", address, browser)
    return _opened(session, Actor(row.account_id, row.name), by_link, spared=("code", "password", "enrol"))


def waiting(session: Session, token: str) -> Waiting | None:
    """Return whose sign-in waits for what, and make that account the session's actor; None where it waits for nothing."""
    asked = {"digest": token_digest(token), "idle": IDLE}
    row = session.execute(text("SELECT * FROM waiting_sign_in(:digest, :idle)"), asked).one_or_none()
    if row is None:
        return None
    found = Waiting(Actor(row.account_id, row.name, language=row.language), tuple(row.waits_for))
    set_actor(session, found.actor)
    return found


def prove_by_code(session: Session, who: Waiting, token: str, code: str, address: str) -> str | None:
    """Take the step `code` and return the sign-in's new token, or None for a wrong code, which counts as a refusal."""
    refuse_guessers(session, who.actor.name, address)
    if not second_factor.is_right(session, code):
        refused(session, who.actor.name, address)
        set_actor(session, who.actor)
        return None
    return _after(session, who, token, "code", address)


def choose_password(session: Session, who: Waiting, token: str, password: str, address: str) -> str:
    """Take the step `password`: a new one in place of one that was handed out or has grown old; return the new token."""
    _only_at(who, "password")
    passwords.set_own_password(session, who.actor, password)
    _end_own(session, token)
    return _after(session, who, token, "password", address)


def enrol(session: Session, who: Waiting, token: str, code: str, address: str) -> tuple[str, list[str]] | None:
    """Take the step `enrol`: return the new token and the recovery codes, or None for a wrong code."""
    _only_at(who, "enrol")
    codes = second_factor.confirm(session, who.actor, code)
    return None if codes is None else (_after(session, who, token, "enrol", address), codes)


def change_own_password(session: Session, actor: Actor, token: str, old: str, new: str) -> str | None:
    """Change one's own password, end all other sign-ins, and return the new token of this one; None where the old one is not right."""
    refuse_guessers(session, actor.name, "")
    row = session.execute(text("SELECT password_hash FROM credentials_of(:name)"), {"name": actor.name}).one_or_none()
    if not passwords.is_right(row.password_hash if row else None, old):
        refused(session, actor.name, "")
        set_actor(session, actor)
        return None
    passwords.set_own_password(session, actor, new)
    _end_own(session, token)
    return _renewed(session, token, [])


def sign_out(session: Session, actor: Actor, token: str) -> None:
    """End this sign-in everywhere."""
    session.execute(text("SELECT end_sign_in(:digest)"), {"digest": token_digest(token)})
    record(session, actor, "sign_out", EVERYWHERE)


def end_others(session: Session, actor: Actor, token: str, wanted: UUID | None = None) -> None:
    """End one of the own sign-ins, or all but the one of this token."""
    _end_own(session, token, wanted)
    record(session, actor, "sign_out.elsewhere", EVERYWHERE)


def token_urlsafe() -> str:
    """Return a new token of 256 random bits."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> bytes:
    """Return what is stored of a token: its SHA-256; the token itself has 256 random bits and needs no salt."""
    return hashlib.sha256(token.encode()).digest()


def refuse_guessers(session: Session, name: str, address: str) -> None:
    """Raise TooMany where signing in was refused too often for this name or from this address."""
    asked = text("SELECT by_name, by_address FROM recent_refusals(:name, :address, :within)")
    given = {"name": digest_of_name(name), "address": address, "within": PAUSE}
    by_name, by_address = session.execute(asked, given).one()
    if by_name >= REFUSALS_BY_NAME or by_address >= REFUSALS_BY_ADDRESS:
        raise TooMany("Signing in failed too often; try again in {minutes} minutes.", minutes=PAUSE.seconds // 60)


def refused(session: Session, name: str, address: str) -> None:
    """Record that somebody was not let in."""
    set_actor(session, NOBODY)
    record(session, NOBODY, "sign_in.refused", EVERYWHERE, name=digest_of_name(name), address=address)


def digest_of_name(name: str) -> str:
    """Return what the trail keeps of a name that was tried: people type their password there."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def _opened(session: Session, actor: Actor, command: SignIn, spared: Sequence[str] = ()) -> str:
    set_actor(session, actor)
    asked = {"account": actor.account_id, "administrators": sorted(ADMINISTRATORS)}
    steps = session.scalar(text("SELECT steps_of(:account, :administrators)"), asked) or []
    waits = [step for step in steps if step not in spared]
    _recorded(session, actor, waits, command.address)
    token = token_urlsafe()
    opening = {
        "account": actor.account_id, "digest": token_digest(token), "longest": LONGEST, "waits": waits,
        "browser": command.browser[:200], "address": command.address,
    }  # fmt: skip
    session.execute(text("SELECT open_sign_in(:account, :digest, :longest, :waits, :browser, :address)"), opening)
    return token


def _after(session: Session, who: Waiting, token: str, step: str, address: str) -> str:
    """Give the sign-in a new token and let it wait for what comes after this step."""
    _only_at(who, step)
    waits = [each for each in who.steps if each != step]
    _recorded(session, who.actor, waits, address)
    return _renewed(session, token, waits)


def _renewed(session: Session, token: str, waits: Sequence[str]) -> str:
    fresh = token_urlsafe()
    given = {"digest": token_digest(token), "fresh": token_digest(fresh), "waits": list(waits)}
    session.execute(text("SELECT renew_sign_in(:digest, :fresh, :waits)"), given)
    return fresh


def _end_own(session: Session, but: str, wanted: UUID | None = None) -> None:
    session.execute(text("SELECT end_own_sign_ins(:wanted, :digest)"), {"wanted": wanted, "digest": token_digest(but)})


def _only_at(who: Waiting, step: str) -> None:
    if who.steps[0] != step:
        raise Invalid("This sign-in waits for something else; begin anew.")


def _recorded(session: Session, actor: Actor, waits: Sequence[str], address: str) -> None:
    """Record who came in, or has begun to; only the former makes earlier refusals forgotten."""
    record(session, actor, "sign_in.begun" if waits else "sign_in", EVERYWHERE, name=digest_of_name(actor.name), address=address)
