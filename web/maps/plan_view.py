"""What one look at a plan shows: a unit of it, the units and buildings in it, and how they are today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
import shapely
from sqlalchemy.orm import Session

from geodata.findings import Box, Finding
from geodata.topology import Geometries, neighbours
from gridsvc.database.queries import plan_comments, plan_units, plans
from gridsvc.database.queries.jurisdictions import JurisdictionRow, jurisdiction
from gridsvc.database.queries.plan_comments import CommentRow
from gridsvc.database.queries.plan_units import BuildingOfPlan, Planted, Tree, UnitToday
from gridsvc.database.queries.plans import Load, MoveRow, PlanRow
from gridsvc.domain.permissions import Actor
from gridsvc.errors import NotFound
from web.maps.things import sources
from web.maps.tints import tints

MOST_LEAVES, MOST_BUILDINGS = 300, 3000
"""What a page draws one by one; of more, the units directly below are shown, and one comes closer."""


@dataclass(frozen=True, slots=True)
class PlanView:
    """Everything that panel and map show."""

    jurisdiction: JurisdictionRow
    plan: PlanRow
    moves: Sequence[MoveRow]
    unit: Planted
    chosen: int | None
    """The key of the leaf that the address names; its unit above is shown."""
    ancestors: Sequence[Planted]
    """Top first, without the unit itself."""
    children: Sequence[Planted]
    """The leaves in the unit, or its units of the level asked for; where they are too many those directly below."""
    levels: Sequence[int]
    """Of the units below it, highest first."""
    parents: Sequence[Planted]
    """The units of the plan one level above the children."""
    tints: Sequence[str]
    """Of the children."""
    ground: Geometries
    """Of the children, lon and lat of EPSG:4490."""
    today: Sequence[UnitToday]
    """The leaves before the plan, where leaves are shown."""
    buildings: Sequence[BuildingOfPlan]
    """Of the leaves that are shown; none where they are too many."""
    reasons: Sequence[tuple[int, str, Finding]]
    """Key and name of the units here that are as they are for a reason, and the reason."""
    comments: Sequence[CommentRow]
    """What is said about the plan, the first comment first."""
    sources: Sequence[str]
    """The nouns of the jurisdiction that the map can draw."""

    @property
    def is_draft(self) -> bool:
        """Say whether it can still be changed."""
        return self.plan.state == "draft"

    @property
    def box(self) -> Box:
        """Return what the map fits: the units, without ground that none of them covers, where there are any."""
        boxes = [child.bounds for child in self.children if child.kind != "remainder"] or [self.unit.bounds]
        west, south, east, north = zip(*boxes, strict=True)
        return min(west), min(south), max(east), max(north)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    slug: str
    plan_id: UUID
    key: int | None = None
    """None is the plan's first unit."""
    level: int | None = None
    """None are the leaves."""


def read(session: Session, actor: Actor, asked: Asked) -> PlanView:
    """Return one look at a plan; raise NotFound where there is no such plan or unit."""
    place, plan = jurisdiction(session, asked.slug), plans.plan(session, actor, asked.plan_id)
    if place is None or place.id != plan.jurisdiction_id:
        raise NotFound("There is no such plan.")
    tree = plan_units.tree(session, plan)
    key = _first(tree) if asked.key is None else asked.key
    if key not in tree.parents:
        raise NotFound("The plan has no unit {unit}.", unit=key)
    chosen = None if tree.children(key) else key
    key = tree.parents[key] or key if chosen else key
    above, leaves = tree.above(key), tree.leaves(key) or [key]
    drawn = tree.at_level(key, asked.level) if asked.level else leaves
    close = drawn == leaves and len(leaves) <= MOST_LEAVES
    drawn = drawn if len(drawn) <= MOST_LEAVES else tree.children(key)
    parents = _parents(tree, drawn)
    buildings = plan_units.buildings(session, plan, leaves, MOST_BUILDINGS + 1) if close else []
    known = plan_units.planted(session, plan, tree, [*above, key, *drawn, *parents])
    shown = {unit.key: _loaded(unit, buildings) for unit in known}
    children = [unit for unit in shown.values() if unit.key in set(drawn)]
    ground = np.asarray(shapely.from_geojson([child.geometry for child in children]), dtype=object)
    return PlanView(
        place, plan, plans.moves(session, plan.id), _whole(shown[key], children), chosen, [shown[each] for each in above],
        children, sorted(tree.below.get(key, ())), [shown[each] for each in parents], _tints(children, ground), ground,
        today=plan_units.today(session, plan, [*above, key]) if close else [],
        buildings=buildings if len(buildings) <= MOST_BUILDINGS else [],
        reasons=plan_units.reasons(session, plan, [*shown, *leaves]),
        comments=plan_comments.comments(session, plan.id),
        sources=sources(session, actor, place.id),
    )  # fmt: skip


def _parents(tree: Tree, keys: Sequence[int]) -> list[int]:
    """Return the units that could be above these instead: those of the levels of the ones that are, at most as many as are drawn."""
    levels = {tree.levels[parent] for key in keys if (parent := tree.parents[key]) is not None}
    units = [each for each in tree.parents if tree.kinds[each] == "unit" and each not in set(keys)]
    return [each for each in units if tree.levels[each] in levels][:MOST_LEAVES]


def _loaded(unit: Planted, buildings: Sequence[BuildingOfPlan]) -> Planted:
    """Return a leaf with what stands in it; the others keep what the plan placed."""
    own = [each for each in buildings if each.unit_key == unit.key]
    return replace(unit, load=_load(own)) if own else unit


def _load(buildings: Sequence[BuildingOfPlan]) -> Load:
    known = [each.households for each in buildings if each.households is not None]
    return Load(len(buildings), sum(known) if known else None, any(each.estimated for each in buildings))


def _whole(unit: Planted, children: Sequence[Planted]) -> Planted:
    """Return the unit that is shown with the sum of what its children have."""
    known = [child.load.households for child in children if child.load.households is not None]
    load = Load(
        sum(child.load.buildings for child in children), sum(known) if known else None, any(child.load.estimated for child in children)
    )
    return replace(unit, load=load) if load.buildings else unit


def _first(tree: Tree) -> int:
    """Return where to begin: the top unit, or the highest below it that is divided into several; remainders do not count."""
    tops = tree.tops()
    if not tops:
        raise NotFound("The plan has no units.")
    here = tops[0]
    while len(below := [each for each in tree.children(here) if tree.kinds[each] != "remainder"]) == 1:
        here = below[0]
    return here


def _tints(children: Sequence[Planted], ground: Geometries) -> list[str]:
    pairs = [(int(one), int(other)) for one, other in neighbours(ground).pairs] if len(children) > 1 else []
    numbers = tints([abs(child.key) for child in children], pairs)
    return ["rest" if child.kind == "remainder" else str(number) for child, number in zip(children, numbers, strict=True)]
