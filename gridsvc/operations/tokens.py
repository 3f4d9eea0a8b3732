"""Tokens for programs: some of an account's rights, at and below one place, for a while; shown once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from gridsvc.database.tables import ApiToken, SecurityTerm
from gridsvc.domain.paths import EVERYWHERE
from gridsvc.domain.permissions import Action, Actor, may
from gridsvc.errors import Invalid, NotAllowed, NotFound, NotSignedIn
from gridsvc.operations.audit import record
from gridsvc.operations.sign_ins import token_digest, token_urlsafe

PREFIX = "gridsvc_"
"""So that whoever finds one knows what it opens."""


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token for a program: what it is called, what it may do where, for how many days."""

    name: str
    actions: Collection[Action]
    path: str = EVERYWHERE
    days: int = 90


def make(session: Session, actor: Actor, wanted: NewToken) -> str:
    """Make a token and return it, this once; what it opens is never more than what its account may do on the day it is shown.

    Raises Invalid for a name, a period or a right that it cannot have, NotAllowed where a program asks for one.
    """
    if actor.account_id is None:
        raise NotSignedIn("Sign in first.")
    if actor.token is not None:
        raise NotAllowed("A program makes no tokens; sign in with a browser.")
    _check(session, actor, wanted)
    token = PREFIX + token_urlsafe()
    row = {
        "account_id": actor.account_id, "name": wanted.name.strip(), "token_digest": token_digest(token), "path": wanted.path,
        "actions": sorted(wanted.actions), "expires_at": datetime.now(UTC) + timedelta(days=wanted.days),
    }  # fmt: skip
    session.execute(insert(ApiToken).inline().values(row))
    record(session, actor, "tokens.make", wanted.path, actions=sorted(wanted.actions), days=wanted.days)
    return token


def revoke(session: Session, actor: Actor, token_id: UUID) -> None:
    """End one of the own tokens at once; raise NotFound where there is none of this id."""
    mine = update(ApiToken).where(ApiToken.public_id == token_id, ApiToken.account_id == actor.account_id, ApiToken.revoked_at.is_(None))
    if not session.scalars(mine.values(revoked_at=func.now()).returning(ApiToken.id)).all():
        raise NotFound("There is no token {id} of yours.", id=token_id)
    record(session, actor, "tokens.revoke", EVERYWHERE)


def _check(session: Session, actor: Actor, wanted: NewToken) -> None:
    longest = session.scalars(select(SecurityTerm.value).where(SecurityTerm.key == "token_days")).one()
    if not wanted.name.strip() or len(wanted.name) > 100:
        raise Invalid("A token needs a name by which you know it again, of at most 100 characters.")
    if not 1 <= wanted.days <= longest:
        raise Invalid("A token is good for 1 to {longest} days, not for {given}.", longest=longest, given=wanted.days)
    if not wanted.actions:
        raise Invalid("A token needs something that it may do; choose at least one.")
    beyond = sorted(action for action in wanted.actions if not may(actor, action, wanted.path))
    if beyond:
        raise Invalid("You may not do this there yourself: {actions}.", actions=", ".join(beyond))
