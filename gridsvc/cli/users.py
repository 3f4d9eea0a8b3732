"""`gridsvc users`: accounts, and which role somebody holds where."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import click

from gridsvc.cli.operator import as_operator
from gridsvc.database.queries import accounts as queries
from gridsvc.domain.paths import EVERYWHERE
from gridsvc.domain.permissions import GRANTABLE, Grant, Role
from gridsvc.operations import accounts, passwords, second_factor
from gridsvc.settings import Settings
from gridsvc.words import say

ROLE = click.Choice(sorted(role.value for role in GRANTABLE))
AT = click.option(
    "--at", "place", metavar="PLACE", help="A jurisdiction's short name, or with a unit's code: longze/370212004001. Else everywhere."
)


@click.group("users")
def command() -> None:
    """Add accounts, give and end roles, change passwords, shut accounts, reset devices, choose terms."""


@command.command()
@click.argument("name")
@click.option("--role", type=ROLE, help="A role to give at once.")
@AT
@click.option("--no-password", is_flag=True, help="Leave the account without a way to sign in.")
def add(name: str, role: str | None, place: str | None, *, no_password: bool) -> None:
    """Add an account; its password is made here and shown once, or typed in."""
    password, shown = (None, False) if no_password else _password(name)
    settings = Settings.from_environment()
    with as_operator(settings) as (session, operator):
        accounts.add_account(session, operator, name, password)
        if role is not None:
            path = queries.path_of_place(session, place) if place else EVERYWHERE
            accounts.grant_role(session, operator, accounts.GrantRole(name, Role(role), path))
    click.echo(say("{name} was added.", settings.language, name=name))
    if shown:
        click.echo(say("Password, shown this once: {password}", settings.language, password=password))


@command.command()
@click.argument("name")
@click.argument("role", type=ROLE)
@AT
def grant(name: str, role: str, place: str | None) -> None:
    """Give a role at a place and below."""
    with as_operator(Settings.from_environment()) as (session, operator):
        path = queries.path_of_place(session, place) if place else EVERYWHERE
        accounts.grant_role(session, operator, accounts.GrantRole(name, Role(role), path))


@command.command()
@click.argument("name")
@click.argument("role", type=ROLE)
@AT
def revoke(name: str, role: str, place: str | None) -> None:
    """End a role at exactly this place."""
    with as_operator(Settings.from_environment()) as (session, operator):
        path = queries.path_of_place(session, place) if place else EVERYWHERE
        accounts.revoke_role(session, operator, accounts.GrantRole(name, Role(role), path))


@command.command()
@click.argument("name")
def password(name: str) -> None:
    """Give an account a new password and end all its sign-ins."""
    settings = Settings.from_environment()
    fresh, shown = _password(name)
    with as_operator(settings) as (session, operator):
        passwords.set_password(session, operator, name, fresh)
    if shown:
        click.echo(say("Password, shown this once: {password}", settings.language, password=fresh))


@command.command()
@click.argument("name")
def disable(name: str) -> None:
    """Shut an account and end all its sign-ins; what it did stays in the trail."""
    with as_operator(Settings.from_environment()) as (session, operator):
        accounts.disable_account(session, operator, name)


@command.command("reset-device")
@click.argument("name")
def reset_device(name: str) -> None:
    """Take the second factor of an account away, as when a device is lost, and end all its sign-ins."""
    with as_operator(Settings.from_environment()) as (session, operator):
        second_factor.reset(session, operator, name)


@command.command("link")
@click.argument("name")
@click.argument("subject", required=False)
def link(name: str, subject: str | None) -> None:
    """Say what the OpenID Connect issuer calls an account; without SUBJECT they are linked no longer."""
    with as_operator(Settings.from_environment()) as (session, operator):
        accounts.link_subject(session, operator, name, subject)


@command.command("link-person")
@click.argument("name")
@click.argument("person", type=click.UUID, required=False)
def link_person(name: str, person: UUID | None) -> None:
    """Say whose account this is, so that the posts of PERSON (an id of `gridsvc people list`) give it rights; without PERSON nobody's."""
    with as_operator(Settings.from_environment()) as (session, operator):
        accounts.link_person(session, operator, name, person)


@command.command("terms")
@click.argument("key", required=False)
@click.argument("value", type=int, required=False)
def terms(key: str | None, value: int | None) -> None:
    """List the figures about passwords and tokens; with KEY and VALUE, choose one."""
    with as_operator(Settings.from_environment()) as (session, operator):
        if key is not None and value is not None:
            accounts.set_term(session, operator, key, value)
        found = queries.terms(session)
    for term in found:
        click.echo(f"{term.key}\t{term.value}\t{term.source}")


@command.command("list")
def list_() -> None:
    """List accounts with their roles of today."""
    settings = Settings.from_environment()
    with as_operator(settings) as (session, operator):
        found = queries.accounts(session, operator)
    for account in found:
        state = "" if account.disabled_at is None else say("(disabled)", settings.language)
        click.echo("\t".join([account.name, _held(account.grants), state]).rstrip())


def _password(name: str) -> tuple[str, bool]:
    """Return a password, and whether it was made here and must be shown."""
    typed = click.prompt("Password / 密码 (empty: make one)", hide_input=True, default="", show_default=False)
    return (typed, False) if typed else (passwords.random_password(name), True)


def _held(grants: Iterable[Grant]) -> str:
    return ", ".join(grant.role.value + (f" @ {grant.path}" if grant.path else "") for grant in grants) or "-"
