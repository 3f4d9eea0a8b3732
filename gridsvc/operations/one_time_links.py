"""One-time links, by which the accounts of a demo come in: offered by the operator of a private cluster alone."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.domain.paths import EVERYWHERE
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.operations.audit import record
from gridsvc.operations.sign_ins import token_digest, token_urlsafe

LASTING = timedelta(hours=24)
"""How long a link lasts that nobody uses."""


def admit(session: Session, actor: Actor, account_id: int) -> None:
    """Make an account one of those that are offered links."""
    require(actor, Action.MANAGE_ACCOUNTS, EVERYWHERE)
    session.execute(text("SELECT offer_link(:account, NULL, NULL)"), {"account": account_id})


def offer(session: Session, actor: Actor) -> dict[str, str]:
    """Offer each account of the demo a new link in place of the one before, and return the tokens by its name."""
    require(actor, Action.MANAGE_ACCOUNTS, EVERYWHERE)
    tokens = {}
    for account_id, name in session.execute(text("SELECT account_id, name FROM linked_accounts()")).all():
        tokens[name] = token_urlsafe()
        given = {"account": account_id, "digest": token_digest(tokens[name]), "lasting": LASTING}
        session.execute(text("SELECT offer_link(:account, :digest, :lasting)"), given)
    if tokens:
        record(session, actor, "accounts.links", EVERYWHERE, offered=len(tokens))
    return tokens


def withdraw(session: Session, actor: Actor) -> None:
    """Withdraw all links for good; a database that has become somebody's own keeps none."""
    require(actor, Action.MANAGE_ACCOUNTS, EVERYWHERE)
    session.execute(text("SELECT withdraw_links()"))
