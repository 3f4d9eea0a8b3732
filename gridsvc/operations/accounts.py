"""Add and shut accounts, give and end roles."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from gridsvc.database.tables import Account, RoleGrant, SecurityTerm
from gridsvc.domain.paths import EVERYWHERE
from gridsvc.domain.permissions import ADMINISTRATORS, GRANTABLE, Action, Actor, Role, exclude_each_other, require
from gridsvc.errors import Conflict, Invalid, NotAllowed, NotFound
from gridsvc.operations.audit import record
from gridsvc.operations.passwords import hashed_for, id_of
from gridsvc.words import LANGUAGES

_TODAY = text("valid @> now()")


@dataclass(frozen=True, slots=True)
class GrantRole:
    """Give somebody a role at a path and below, from now on."""

    name: str
    role: Role
    path: str = EVERYWHERE


def add_account(session: Session, actor: Actor, name: str, password: str | None = None, *, handed_out: bool = True) -> int:
    """Add an account and return its id; without a password it cannot sign in yet, and one that is handed out has to be changed first."""
    require(actor, Action.MANAGE_ACCOUNTS, EVERYWHERE)
    if not name.strip() or name != name.strip():
        raise Invalid("{name!r} is not a name for an account; some letters without spaces around them would be right.", name=name)
    hashed = hashed_for(name, password) if password is not None else None
    must_change = handed_out and hashed is not None
    new = insert(Account).values(name=name, password_hash=hashed, must_change=must_change)
    account_id = session.scalars(new.returning(Account.id)).one()
    record(session, actor, "accounts.add", EVERYWHERE, account_id=account_id)
    return account_id


def disable_account(session: Session, actor: Actor, name: str) -> None:
    """Shut an account and end all its sign-ins; what it did stays in the trail."""
    require(actor, Action.MANAGE_ACCOUNTS, EVERYWHERE)
    account_id = id_of(session, name)
    session.execute(update(Account).where(Account.id == account_id).values(disabled_at=func.now()))
    _end_sign_ins(session, account_id)
    record(session, actor, "accounts.disable", EVERYWHERE, account_id=account_id)


def enable_account(session: Session, actor: Actor, name: str) -> None:
    """Open a shut account again, with the password and the roles that it still has."""
    require(actor, Action.MANAGE_ACCOUNTS, EVERYWHERE)
    account_id = id_of(session, name)
    session.execute(update(Account).where(Account.id == account_id).values(disabled_at=None))
    record(session, actor, "accounts.enable", EVERYWHERE, account_id=account_id)


def link_subject(session: Session, actor: Actor, name: str, subject: str | None) -> None:
    """Say what the OpenID Connect issuer calls an account, so that its holder may come in that way; None ends it."""
    require(actor, Action.MANAGE_ACCOUNTS, EVERYWHERE)
    account_id = id_of(session, name)
    session.execute(text("SELECT link_subject(:account, :subject)"), {"account": account_id, "subject": subject})
    record(session, actor, "accounts.link", EVERYWHERE, account_id=account_id, linked=subject is not None)


def link_person(session: Session, actor: Actor, name: str, person: UUID | None) -> None:
    """Say whose account this is: the posts of that person give it their rights from now on; None ends it.

    Raises NotFound for an account or person that is not there, NotAllowed for the actor's own account, Conflict where the person holds a
    post and the account administers.
    """
    require(actor, Action.MANAGE_ACCOUNTS, EVERYWHERE)
    account_id = id_of(session, name)
    if account_id == actor.account_id:
        raise NotAllowed("Nobody gives rights to the own account; somebody else who manages accounts does.")
    number = session.scalar(text("SELECT person_called(:person)"), {"person": person}) if person else None
    if person and number is None:
        raise NotFound("There is no such person here.")
    session.execute(text("SELECT link_person(:account, :person)"), {"account": account_id, "person": number})
    record(session, actor, "accounts.link_person", EVERYWHERE, account_id=account_id, person=number)


def set_term(session: Session, actor: Actor, key: str, value: int) -> None:
    """Choose a figure about passwords or tokens; raise NotFound where there is none of this key."""
    require(actor, Action.MANAGE_ACCOUNTS, EVERYWHERE)
    if value < 1:
        raise Invalid("{value} is no term; a whole number from 1 on would be right.", value=value)
    changed = update(SecurityTerm).where(SecurityTerm.key == key).values(value=value)
    if not session.scalars(changed.returning(SecurityTerm.key)).all():
        raise NotFound("There is no term {key!r}.", key=key)
    record(session, actor, "accounts.term", EVERYWHERE, key=key, value=value)


def set_language(session: Session, actor: Actor, language: str) -> None:
    """Say in which language one wants to be answered on every device."""
    if language not in LANGUAGES:
        raise Invalid("{language!r} is no language here; zh or en would be right.", language=language)
    session.execute(update(Account).where(Account.id == actor.account_id).values(language=language))


def grant_role(session: Session, actor: Actor, command: GrantRole) -> None:
    """Give a role; raise Conflict where an administrator's role would stand beside another."""
    require(actor, Action.MANAGE_ACCOUNTS, command.path)
    if command.role not in GRANTABLE:
        raise Invalid("The role {role} cannot be given to anybody.", role=command.role.value)
    account_id = id_of(session, command.name)
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
    if command.role in ADMINISTRATORS:
        _end_sign_ins(session, account_id)  # an administrator comes in by a second factor
    record(session, actor, "accounts.grant", command.path, account_id=account_id, role=command.role.value)


def revoke_role(session: Session, actor: Actor, command: GrantRole) -> None:
    """End a role at exactly this path; raise NotFound where it is not held there."""
    require(actor, Action.MANAGE_ACCOUNTS, command.path)
    account_id = id_of(session, command.name)
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


def _roles_today(session: Session, account_id: int) -> set[Role]:
    return {Role(role) for role in session.scalars(select(RoleGrant.role).where(RoleGrant.account_id == account_id, _TODAY))}


def _end_sign_ins(session: Session, account_id: int) -> None:
    session.execute(text("SELECT end_sign_ins_of(:account)"), {"account": account_id})
