"""Notices about posts, organisations and corrections: opened and closed by what stands, whoever looks."""

from __future__ import annotations

import json

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.queries.jurisdictions import JurisdictionRow, jurisdictions
from gridsvc.domain.notices import CORRECTIONS, KINDS, SOON_DAYS
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.posts import posts_of, tiers_needed


def renew(session: Session, slug: str | None = None) -> dict[str, int]:
    """Renew the notices of one jurisdiction, or of all, and return how many are open in each.

    A vacancy, a term that runs out within 30 days or has, a post to be confirmed after a redraw, an organisation whose ground ended, a
    contract that ends. What is told once is not told again while it holds. Corrections that wait are told too, and not counted here.
    """
    return {place.slug: _renew(session, place) for place in jurisdictions(session) if slug in (None, place.slug)}


def tell_of_corrections(session: Session, path: str) -> None:
    """Tell whoever decides how many corrections wait at each place at or below a path; nothing where the asker has no part in it."""
    session.execute(text("SELECT tell_of_corrections(cast(:path AS ltree), :told)"), {"path": path, "told": CORRECTIONS.template})


def _renew(session: Session, place: JurisdictionRow) -> int:
    tell_of_corrections(session, jurisdiction_path(place.id))
    posts = {key: {"name": post.name_zh, "action": post.action.value} for key, post in posts_of(place.scheme).items()}
    kinds = {
        name: {"template": kind.template, "action": kind.action and kind.action.value, "days": kind.days} for name, kind in KINDS.items()
    }
    given = {"id": place.id, "tiers": tiers_needed(place.scheme), "posts": posts, "kinds": kinds, "soon": SOON_DAYS}
    told = {name: json.dumps(value) if isinstance(value, dict | list) else value for name, value in given.items()}
    count: int = session.execute(text(_RENEW), told).scalar_one()
    return count


_RENEW = "SELECT renew_notices(:id, cast(:tiers AS jsonb), cast(:posts AS jsonb), cast(:kinds AS jsonb), :soon)"
