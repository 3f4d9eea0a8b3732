"""What the rules of party organisation say of a place, for whoever may count there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import add

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.findings import Box, Finding
from gridsvc.database.queries.schemes import scheme_of
from gridsvc.database.queries.units import UnitRow
from gridsvc.domain.people_rules import Branch, Duties, Place, branch_findings, duty_findings, group_findings, leaf_kinds
from gridsvc.domain.permissions import Action, Actor, may
from gridsvc.domain.posts import tiers_needed
from gridsvc.domain.schemes import Scheme

MOST_DWELLINGS, MOST_VACANT = 5000, 100
"""Where there are more, a box around those in question would be the whole place: go down a level instead."""


def people_findings(session: Session, actor: Actor, *units: UnitRow) -> list[Finding]:
    """Return what needs somebody among people and organisations at or below units of one jurisdiction that do not overlap.

    Nothing is told of a unit where the actor may not count.
    """
    paths = [unit.path for unit in units if may(actor, Action.READ_HOUSEHOLDS, unit.path)]
    if not paths:
        return []
    scheme = scheme_of(session, units[0].jurisdiction_id)
    duties = reduce(add, (_duties(session, scheme, path) for path in paths))
    branches = [branch for path in paths for branch in _branches(session, path)]
    places = [place for path in paths for place in _places(session, scheme, path)]
    return [*duty_findings(duties), *branch_findings(scheme, branches), *group_findings(scheme, places)]


def _branches(session: Session, path: str) -> list[Branch]:
    rows = session.execute(text(_BRANCHES), {"path": path})
    return [Branch(row.name, row.kind, row.members, row.full_members, _box(row.place)) for row in rows]


def _places(session: Session, scheme: Scheme, path: str) -> list[Place]:
    least, full = (scheme.threshold(key).low for key in ("group_members", "group_formal_members"))
    rows = session.execute(text(_DUE), {"path": path, "kinds": leaf_kinds(scheme), "least": least, "full": full})
    return [Place(row.name or "-", row.full_members, (row.west, row.south, row.east, row.north)) for row in rows]


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
    places = {"posts-crowded": loads.crowded_place, "double-posts": loads.doubled_place}
    vacant = posts.vacant if posts else None
    if vacant and vacant <= MOST_VACANT:
        places["posts-vacant"] = session.scalar(text(_VACANT), given)
    if shares is None or not shares.covered:  # nobody has shared them out yet
        return Duties(vacant, loads.crowded, loads.doubled, 0, 0, where=_boxes(places))
    if shares.dwellings <= MOST_DWELLINGS:
        places |= {_GAPS[row.gap]: row.place for row in session.execute(text(_LACKING), given)}
    uncovered = shares.dwellings - shares.covered
    return Duties(vacant, loads.crowded, loads.doubled, shares.idle, uncovered, shares.over, _boxes(places))


def _boxes(places: Mapping[str, Sequence[float] | None]) -> dict[str, Box]:
    return {code: box for code, place in places.items() if (box := _box(place))}


def _box(edges: Sequence[float] | None) -> Box | None:
    return (edges[0], edges[1], edges[2], edges[3]) if edges else None


_DUE = "SELECT * FROM groups_due(cast(:path AS ltree), cast(:kinds AS text[]), cast(:least AS integer), cast(:full AS integer))"
_BRANCHES = "SELECT name, kind, members, full_members, place FROM branch_sizes(cast(:path AS ltree))"
_GAPS = {"idle": "members-idle", "laden": "members-laden", "uncovered": "households-uncovered"}
"""What contract_gaps() calls it -> the code of the finding."""
_LACKING = "SELECT gap, place FROM contract_gaps(cast(:path AS ltree), cast(:high AS integer))"
_VACANT = "SELECT vacant_place(cast(:path AS ltree), cast(:tiers AS jsonb))"
_POSTS = "SELECT vacant FROM post_sums(ARRAY[cast(:path AS ltree)], cast(:tiers AS jsonb))"
_OVERLOADS = "SELECT * FROM post_overloads(cast(:path AS ltree), cast(:admitted AS jsonb))"
_SHARES = """
SELECT dwellings, covered, idle, over FROM contract_sums(ARRAY[cast(:path AS ltree)], cast(:low AS integer), cast(:high AS integer))
"""
