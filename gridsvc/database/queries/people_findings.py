"""What the rules of party organisation say of a place, for whoever may count there."""

from __future__ import annotations

import json

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.findings import Finding
from gridsvc.database.queries.schemes import scheme_of
from gridsvc.database.queries.units import UnitRow
from gridsvc.domain.people_rules import Branch, Duties, Place, branch_findings, duty_findings, group_findings, leaf_kinds
from gridsvc.domain.permissions import Action, Actor, may
from gridsvc.domain.posts import tiers_needed
from gridsvc.domain.schemes import Scheme


def people_findings(session: Session, actor: Actor, unit: UnitRow) -> list[Finding]:
    """Return what needs somebody among people and organisations at or below a unit; nothing for whoever may not count there."""
    if not may(actor, Action.READ_HOUSEHOLDS, unit.path):
        return []
    scheme, given = scheme_of(session, unit.jurisdiction_id), {"path": unit.path}
    group = {
        "kinds": leaf_kinds(scheme),
        "least": scheme.threshold("group_members").low,
        "full": scheme.threshold("group_formal_members").low,
    }
    places = [
        Place(row.name or "-", row.full_members, (row.west, row.south, row.east, row.north))
        for row in session.execute(text(_DUE), given | group)
    ]
    branches = [Branch(row.name, row.kind, row.members, row.full_members) for row in session.execute(text(_BRANCHES), given)]
    return [*duty_findings(_duties(session, scheme, unit.path)), *branch_findings(scheme, branches), *group_findings(scheme, places)]


def _duties(session: Session, scheme: Scheme, path: str) -> Duties:
    limits = scheme.threshold("households_per_member")
    admitted = [{"post": tier.key, "most": tier.holders_max} for tier in scheme.tiers if tier.holders_max is not None]
    given = {
        "path": path, "tiers": json.dumps(tiers_needed(scheme)), "admitted": json.dumps(admitted), "low": limits.low or 0,
        "high": limits.high or 10**6,
    }  # fmt: skip
    posts = session.execute(text(_POSTS), given).one_or_none()
    loads = session.execute(text(_OVERLOADS), given).one()
    shares = session.execute(text(_SHARES), given).one_or_none()
    any_shares = shares is not None and shares.covered > 0
    return Duties(
        posts.vacant if posts else None,
        loads.crowded,
        loads.doubled,
        shares.idle if shares is not None and any_shares else 0,
        shares.dwellings - shares.covered if shares is not None and any_shares else 0,
    )


_DUE = "SELECT * FROM groups_due(cast(:path AS ltree), cast(:kinds AS text[]), cast(:least AS integer), cast(:full AS integer))"
_BRANCHES = "SELECT name, kind, members, full_members FROM branch_sizes(cast(:path AS ltree))"
_POSTS = "SELECT vacant FROM post_sums(ARRAY[cast(:path AS ltree)], cast(:tiers AS jsonb))"
_OVERLOADS = "SELECT crowded, doubled FROM post_overloads(cast(:path AS ltree), cast(:admitted AS jsonb))"
_SHARES = "SELECT dwellings, covered, idle FROM contract_sums(ARRAY[cast(:path AS ltree)], cast(:low AS integer), cast(:high AS integer))"
