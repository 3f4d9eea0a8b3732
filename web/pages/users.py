"""Accounts and grants, for the security administrator: add, hand out a password, give and end roles, shut, reset a device."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gridsvc.api.errors import sentence, status_of
from gridsvc.database.queries import accounts as queries
from gridsvc.database.queries import jurisdictions, places
from gridsvc.database.queries.accounts import AccountRow
from gridsvc.database.session import transaction
from gridsvc.domain.paths import EVERYWHERE
from gridsvc.domain.permissions import GRANTABLE, Action, Role, may
from gridsvc.errors import GridError, Invalid
from gridsvc.operations import accounts, passwords, second_factor
from web.pages.right_words import ROLES
from web.pages.times import local_time

PAGE = 50


def listed(**shown: object) -> str:
    """Answer the accounts by name, page by page, and the form for a new one."""
    like, after = request.args.get("q", "").strip(), request.args.get("after", "")
    with transaction(g.actor) as session:
        found = queries.accounts(session, g.actor, like=like, after=after, limit=PAGE)
        called = places.names(session, {grant.path for row in found for grant in row.grants})
    more = found[-1].name if len(found) == PAGE else None
    return render_template(
        "administration_users.html", accounts=found, called=called, like=like, more=more, may_add=_may_add(), **_words(), **shown
    )


def add() -> ResponseReturnValue:
    """Add an account and show its first password, this once."""
    name = request.form.get("name", "").strip()
    password = passwords.random_password(name)
    try:
        with transaction(g.actor) as session:
            accounts.add_account(session, g.actor, name, password)
            row = next(each for each in queries.accounts(session, g.actor, like=name) if each.name == name)
    except GridError as error:
        return listed(wrong=sentence(error), name=name), status_of(error)
    return _handed_out(row, password)


def one(account_id: UUID, **shown: object) -> str:
    """Answer one account: its roles, its password and device, whether it is open."""
    with transaction(g.actor) as session:
        row = queries.account(session, g.actor, account_id)
        called = places.names(session, {grant.path for grant in row.grants})
        known = jurisdictions.jurisdictions(session)
    return render_template("administration_user.html", account=row, called=called, places=known, may_add=_may_add(), **_words(), **shown)


def change(account_id: UUID) -> ResponseReturnValue:
    """Do what one form of an account's page asks for."""
    kind = request.form.get("change", "")
    if kind not in _CHANGES:
        raise Invalid("The request cannot be answered as it was put.")
    try:
        with transaction(g.actor) as session:
            answer = _CHANGES[kind](session, queries.account(session, g.actor, account_id))
    except GridError as error:
        return one(account_id, wrong=sentence(error), wrong_at=kind), status_of(error)
    return answer or redirect(url_for("user", account_id=account_id), 303)


def _handed_out(row: AccountRow, password: str) -> str:
    return render_template("administration_password.html", account=row, password=password)


def _words() -> dict[str, object]:
    return {"roles": ROLES, "grantable": [role for role in Role if role in GRANTABLE], "local_time": local_time}


def _may_add() -> bool:
    return may(g.actor, Action.MANAGE_ACCOUNTS, EVERYWHERE)


def _grant(session: Session, row: AccountRow) -> None:
    place, code = request.form.get("place", ""), request.form.get("code", "").strip()
    path = queries.path_of_place(session, f"{place}/{code}" if code else place) if place else EVERYWHERE
    accounts.grant_role(session, g.actor, accounts.GrantRole(row.name, _role(), path))


def _end(session: Session, row: AccountRow) -> None:
    accounts.revoke_role(session, g.actor, accounts.GrantRole(row.name, _role(), request.form.get("path", "")))


def _role() -> Role:
    try:
        return Role(request.form.get("role", ""))
    except ValueError:
        raise Invalid("Choose a role.") from None


def _password(session: Session, row: AccountRow) -> str:
    password = passwords.random_password(row.name)
    passwords.set_password(session, g.actor, row.name, password)
    return _handed_out(row, password)


def _link(session: Session, row: AccountRow) -> None:
    accounts.link_subject(session, g.actor, row.name, request.form.get("subject", "").strip() or None)


def _link_person(session: Session, row: AccountRow) -> None:
    said = request.form.get("person", "").strip().rstrip("/").rpartition("/")[2]
    try:
        person = UUID(said) if said else None
    except ValueError:
        raise Invalid("{given!r} is no id of a person; the address of the person's page ends with it.", given=said) from None
    accounts.link_person(session, g.actor, row.name, person)


_CHANGES: dict[str, Callable[[Session, AccountRow], ResponseReturnValue | None]] = {
    "grant": _grant,
    "end": _end,
    "password": _password,
    "link": _link,
    "person": _link_person,
    "shut": lambda session, row: accounts.disable_account(session, g.actor, row.name),
    "open": lambda session, row: accounts.enable_account(session, g.actor, row.name),
    "reset": lambda session, row: second_factor.reset(session, g.actor, row.name),
}
"""What each form does, in the administrator's transaction."""
