"""The impact of a plan: what changes unit, from which to which, set-based and only around the leaves that the plan touches."""

from __future__ import annotations

from collections.abc import Iterable

import shapely
from sqlalchemy.orm import Session

from geodata.findings import Finding
from geodata.topology.grid import as_array
from gridsvc.database.queries.impact_findings import people_findings
from gridsvc.database.queries.plan_buildings import buildings_between
from gridsvc.database.queries.plan_change import PlanChange, plan_change
from gridsvc.database.queries.plan_facilities import facilities_between
from gridsvc.database.queries.plan_ground import ground_between
from gridsvc.database.queries.plan_people import at_buildings, posts_between
from gridsvc.database.queries.plans import Planned, PlanRow
from gridsvc.domain.facilities import FACILITIES
from gridsvc.domain.impact import ACROSS, KINDS, Counted, Impact, only, summed
from gridsvc.domain.permissions import Action, Actor, may, require


def impact(session: Session, actor: Actor, plan: PlanRow, keys: Iterable[int] | None = None, at: Planned | None = None) -> Impact:
    """Return what a plan changes; with `keys` only what begins or ends in these units, at the cost of these alone.

    Keys are those of leaves, as they are and as they will be; of a unit above, all below it where it comes under another one. Counts
    are what publishing leads to: buildings by the plan's places, else by geometry; facilities by geometry; pinned things stay. Under the
    reader's rights: kinds that the actor may not count at the plan's path are withheld. Raises NotAllowed for whoever may not read it.
    `at` is what `planned` answers, where the caller has asked just now.
    """
    require(actor, Action.READ_PLANS, plan.path)
    change = plan_change(session, plan, at)
    wanted = None if keys is None else _leaves(change, frozenset(keys))
    around = change.leaves if wanted is None else _around(change, wanted)
    may_count = [name for name, kind in KINDS.items() if kind.action is None or may(actor, kind.action, plan.path)]
    counted: list[Counted] = list(ground_between(change, *((change.leaves,) if change.edge_moves else (around, wanted))))
    change.grows = any(source is None for _, source, _, _ in counted)
    buildings = buildings_between(change, around, wanted)
    counted += buildings.counted()
    pinned = list(buildings.pinned())
    findings: list[Finding] = []
    if any(KINDS[name].stands == "people" for name in may_count):
        hanging = at_buildings(change, buildings.rows)
        counted += [*hanging, *posts_between(change, around)]
        findings = people_findings(change, buildings, around, hanging)
    nouns = [name for name in may_count if name in FACILITIES]
    for standing in facilities_between(change, buildings, {noun: change.leaves if noun in ACROSS else around for noun in nouns}):
        counted += standing.counted
        pinned += standing.pinned
    change.complete(end for _, *ends, _ in counted for end in ends)
    touched = change.leaves | change.apart
    flows = summed(each for each in counted if each[0] in may_count and (each[1] != each[2] or each[1] in touched))
    shown = flows if wanted is None else only(flows, wanted)
    stays = [each for each in pinned if wanted is None or each.unit in wanted or each.ground in wanted]
    withheld = tuple(name for name in KINDS if name not in may_count)
    return Impact(change.before, change.after, tuple(shown), tuple(stays), tuple(findings), withheld, wanted, touched)


def _leaves(change: PlanChange, keys: frozenset[int]) -> frozenset[int]:
    """Return the keys, and all that is below those that come under another unit."""
    hung = keys & change.hung
    if not hung:
        return keys
    return keys | {each for each in change.attached | change.redrawn | change.apart if not hung.isdisjoint(_chain(change, each))}


def _chain(change: PlanChange, key: int | None) -> set[int]:
    found = set()
    while key is not None:
        found.add(key)
        key = change.before[key].parent
    return found


def _around(change: PlanChange, wanted: frozenset[int]) -> frozenset[int]:
    """Return the touched leaves of today from which something may come to the wanted ones, or go."""
    mine = change.leaves & wanted
    new = as_array(change.ground_after[key] for key in change.new_leaves if key in wanted)
    old = change.grounds_before(sorted(change.redrawn - mine))
    if not len(new) or not old:
        return mine
    near = shapely.STRtree(new).query(as_array(old.values()), predicate="intersects")[0]
    return mine | {list(old)[at] for at in near.tolist()}
