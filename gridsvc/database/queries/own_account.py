"""What somebody sees of the own account: devices, tokens, the second factor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from gridsvc.database.tables import ApiToken
from gridsvc.domain.permissions import Actor


@dataclass(frozen=True, slots=True)
class Device:
    """A browser that is signed in."""

    public_id: UUID
    browser: str | None
    address: str | None
    created_at: datetime
    seen_at: datetime
    here: bool
    """Whether it is the one that asks."""


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A program's token; the token itself is nowhere."""

    public_id: UUID
    name: str
    actions: tuple[str, ...]
    path: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """Whether a device gives codes, and how many recovery codes are left."""

    bound: bool
    codes_left: int


def devices(session: Session, digest: bytes) -> list[Device]:
    """Return where the session's actor is signed in, the latest first; `digest` is of the token that asks."""
    return [Device(*row) for row in session.execute(text("SELECT * FROM own_sign_ins(:digest)"), {"digest": digest})]


def tokens(session: Session, actor: Actor) -> list[TokenRow]:
    """Return the own tokens, the newest first, with those that were revoked or have run out."""
    columns = (ApiToken.public_id, ApiToken.name, ApiToken.actions, ApiToken.path, ApiToken.created_at)
    asked = select(*columns, ApiToken.expires_at, ApiToken.revoked_at, ApiToken.used_at).where(ApiToken.account_id == actor.account_id)
    return [TokenRow(row[0], row[1], tuple(row[2]), *row[3:]) for row in session.execute(asked.order_by(ApiToken.id.desc()))]


def second_factor(session: Session) -> SecondFactor:
    """Return how it stands with the second factor of the session's actor."""
    row = session.execute(text("SELECT totp_used, codes_left FROM own_second_factor()")).one()
    return SecondFactor(row.totp_used is not None, row.codes_left)
