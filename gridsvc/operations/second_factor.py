"""The second factor: six digits of a device that shares a secret with the account (TOTP, RFC 6238), or a recovery code."""

from __future__ import annotations

import hashlib
import re
import secrets
import time

import pyotp
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.domain.paths import EVERYWHERE
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.errors import Conflict
from gridsvc.operations.audit import record
from gridsvc.operations.passwords import id_of
from gridsvc.sealing import seal, unseal

STEP_S = 30
TOLERATED = 1
"""How many steps a device's clock may be off, either way."""
RECOVERY_CODES = 10


def begin(session: Session, actor: Actor, issuer: str) -> tuple[str, str]:
    """Return the secret that the session's actor is about to share with a device, and the address that a QR code of it holds.

    It is the same until it is confirmed. Raises Conflict where one is in use: who manages accounts resets it first.
    """
    row = session.execute(text("SELECT totp_sealed, totp_used FROM own_second_factor()")).one()
    if row.totp_used is not None:
        raise Conflict("A device is in use for this account already; whoever looks after accounts resets it when it is lost.")
    secret = unseal(row.totp_sealed) if row.totp_sealed is not None else pyotp.random_base32()
    if row.totp_sealed is None:
        session.execute(text("SELECT keep_totp(:sealed)"), {"sealed": seal(secret)})
    return secret, pyotp.TOTP(secret).provisioning_uri(name=actor.name, issuer_name=issuer)


def confirm(session: Session, actor: Actor, code: str) -> list[str] | None:
    """Take the new device into use by its first code and return recovery codes, to be shown once; None for a wrong code."""
    row = session.execute(text("SELECT totp_used FROM own_second_factor()")).one()
    if row.totp_used is not None or not _is_code(session, code):
        return None
    record(session, actor, "accounts.second_factor", EVERYWHERE, account_id=actor.account_id)
    return new_recovery_codes(session)


def is_right(session: Session, code: str) -> bool:
    """Say whether this is a code of the session's actor: of the device, each once, or a recovery code, which is used up."""
    given = re.sub(r"[\s-]", "", code).lower()
    if re.fullmatch(r"\d{6}", given):
        return _is_code(session, given)
    return bool(session.scalar(text("SELECT take_recovery_code(:digest)"), {"digest": _digest(given)}))


def new_recovery_codes(session: Session) -> list[str]:
    """Put new recovery codes in place of the old ones and return them, to be shown once."""
    codes = [secrets.token_hex(10) for _ in range(RECOVERY_CODES)]
    session.execute(text("SELECT keep_recovery_codes(:digests)"), {"digests": [_digest(code) for code in codes]})
    return ["-".join(re.findall(".{5}", code)) for code in codes]


def reset(session: Session, actor: Actor, name: str) -> None:
    """Take the second factor of an account away, as when a device is lost, and end all its sign-ins."""
    require(actor, Action.MANAGE_ACCOUNTS, EVERYWHERE)
    account_id = id_of(session, name)
    session.execute(text("SELECT reset_second_factor(:account), end_sign_ins_of(:account)"), {"account": account_id})
    record(session, actor, "accounts.reset_second_factor", EVERYWHERE, account_id=account_id)


def _is_code(session: Session, code: str) -> bool:
    """Compare with the codes of now and the steps beside it; a step that was taken once is not taken again."""
    row = session.execute(text("SELECT totp_sealed FROM own_second_factor()")).one()
    if row.totp_sealed is None:
        return False
    totp, now = pyotp.TOTP(unseal(row.totp_sealed)), int(time.time()) // STEP_S
    for step in range(now - TOLERATED, now + TOLERATED + 1):
        if secrets.compare_digest(totp.generate_otp(step), code):
            return bool(session.scalar(text("SELECT take_totp_step(:step)"), {"step": step}))
    return False


def _digest(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()
