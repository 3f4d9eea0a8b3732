"""Accounts, what they were granted where, and who is signed in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from gridsvc.database.base import Base, Instant, Key, Ltree, Now, Period, PublicId
from gridsvc.database.tables.units import CURRENT


class Account(Base):
    """Somebody who may sign in, or the operator of the machine, who may not."""

    __tablename__ = "account"

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    name: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    """argon2id; an account without one cannot sign in."""
    language: Mapped[str | None]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Whose account it is: the posts of this person give it their rights."""
    disabled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[Now]


class RoleGrant(Base):
    """A role held at a place for a period."""

    __tablename__ = "role_grant"

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    role: Mapped[str]
    """A name of domain.permissions.Role."""
    path: Mapped[str] = mapped_column(Ltree)
    """The role holds here and below; the empty path is the whole installation."""
    valid: Mapped[Period]

    __table_args__ = (
        # Usage: scopes(), on every transaction of somebody signed in.
        Index("ix_role_grant_account", "account_id", postgresql_where=CURRENT),
    )


class RoleAction(Base):
    """Which role may do what: domain.permissions.RULES, written here by each installation for row security."""

    __tablename__ = "role_action"

    role: Mapped[str] = mapped_column(primary_key=True)
    action: Mapped[str] = mapped_column(primary_key=True)


class SignIn(Base):
    """One signed-in browser; ending it here ends it everywhere."""

    __tablename__ = "sign_in"

    token_digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    """SHA-256 of the random token in the cookie."""
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[Now]
    seen_at: Mapped[Now]
    expires_at: Mapped[Instant]
