"""Accounts, what they were granted where, how they prove who they are, and who is signed in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, DateTime, ForeignKey, Index, LargeBinary, Text, text
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
    must_change: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether the password was handed out and has to be changed before anything else."""
    password_set_at: Mapped[Now]
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The secret that the account shares with its device for codes (RFC 6238), encrypted."""
    totp_used: Mapped[int | None] = mapped_column(BigInteger)
    """The time step of the last code that was taken, none twice; without one the secret is not in use yet."""
    subject: Mapped[str | None] = mapped_column(unique=True)
    """What the OpenID Connect issuer calls it, where an administrator has linked them."""
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
    public_id: Mapped[PublicId]
    waits_for: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    """What is still to be done, in this order: code, password, enrol. Until then its holder is nobody."""
    browser: Mapped[str | None]
    address: Mapped[str | None]
    created_at: Mapped[Now]
    seen_at: Mapped[Now]
    expires_at: Mapped[Instant]


class FormerPassword(Base):
    """A password of before, so that it is not taken again soon."""

    __tablename__ = "former_password"

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    password_hash: Mapped[str]
    replaced_at: Mapped[Now]

    __table_args__ = (
        # Usage: the last passwords of an account, when it chooses another.
        Index("ix_former_password_account", "account_id", "id"),
    )


class RecoveryCode(Base):
    """A code that lets in once in place of the device."""

    __tablename__ = "recovery_code"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    code_digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    """SHA-256; the code itself has 80 random bits."""


class ApiToken(Base):
    """What a program shows in place of a password: some of its account's rights, at and below one path, for a while."""

    __tablename__ = "api_token"

    id: Mapped[Key]
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str]
    token_digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    """SHA-256 of the random token, which was shown once."""
    actions: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Names of domain.permissions.Action."""
    path: Mapped[str] = mapped_column(Ltree)
    created_at: Mapped[Now]
    expires_at: Mapped[Instant]
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        # Usage: the own tokens, on the own page.
        Index("ix_api_token_account", "account_id"),
    )


class SecurityTerm(Base):
    """A figure that an installation may choose about passwords and tokens, and who asks for it."""

    __tablename__ = "security_term"

    key: Mapped[str] = mapped_column(primary_key=True)
    """password_days, former_passwords or token_days; 60_terms.sql holds what they begin with."""
    value: Mapped[int]
    source: Mapped[str]
