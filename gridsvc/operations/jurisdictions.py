"""Schemes and jurisdictions: what has to be there before ground comes in."""

from __future__ import annotations

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from gridsvc.database.freshness import ground_changed
from gridsvc.database.tables import Jurisdiction, Scheme
from gridsvc.domain import schemes
from gridsvc.domain.paths import EVERYWHERE, jurisdiction_path
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.errors import Busy, NotFound
from gridsvc.operations.audit import record


def add_scheme(session: Session, actor: Actor, body: str, *, name: str) -> Scheme:
    """Store a scheme, or its new text under the same key; `name` is the file's, for the findings of a wrong one."""
    require(actor, Action.SET_UP, EVERYWHERE)
    given = schemes.parse_scheme(body, name=name)
    scheme = session.scalar(select(Scheme).where(Scheme.key == given.key)) or Scheme(key=given.key)
    scheme.name_zh, scheme.name_en, scheme.body = given.name_zh, given.name_en, body
    session.add(scheme)
    session.flush()
    record(session, actor, "scheme.add", EVERYWHERE, key=given.key)
    ground_changed(session)  # the names of levels may be others
    return scheme


def add_jurisdiction(session: Session, actor: Actor, new: Jurisdiction, *, scheme_key: str) -> Jurisdiction:
    """Store a jurisdiction under the scheme of this key; raise NotFound where there is no such scheme."""
    require(actor, Action.SET_UP, EVERYWHERE)
    scheme = session.scalar(select(Scheme).where(Scheme.key == scheme_key))
    if scheme is None:
        known = ", ".join(session.scalars(select(Scheme.key).order_by(Scheme.key)))
        raise NotFound("There is no scheme {key!r}; there are: {known}.", key=scheme_key, known=known or "-")
    new.scheme_id = scheme.id
    session.add(new)
    session.flush()
    record(session, actor, "jurisdiction.add", jurisdiction_path(new.id), slug=new.slug)
    ground_changed(session)
    return new


def lock_borders(session: Session, jurisdiction_id: int) -> None:
    """Be the only one who changes borders here until the transaction ends; raise Busy where somebody else is."""
    session.execute(text("SET LOCAL lock_timeout = '5s'"))
    free = session.scalar(select(func.pg_try_advisory_xact_lock(0x67726964, jurisdiction_id)))
    if not free:
        raise Busy("Somebody else is changing borders here at this moment; try again in a minute.")
