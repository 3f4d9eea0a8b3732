"""What one look at a plan shows: a unit of it, what is below it, and what may be done there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import shapely
from sqlalchemy.orm import Session

from geodata.findings import Finding
from geodata.topology import Geometries, neighbours
from gridsvc.database.queries import plan_units, plans
from gridsvc.database.queries.jurisdictions import JurisdictionRow, jurisdiction
from gridsvc.database.queries.plan_units import BuildingOfPlan, Planted
from gridsvc.database.queries.plans import MoveRow, PlanRow
from gridsvc.domain.permissions import Actor
from gridsvc.errors import NotFound
from web.maps.things import sources
from web.maps.tints import tints


@dataclass(frozen=True, slots=True)
class PlanView:
    """Everything that panel and map show."""

    jurisdiction: JurisdictionRow
    plan: PlanRow
    moves: Sequence[MoveRow]
    unit: Planted
    ancestors: Sequence[Planted]
    """Top first, without the unit itself."""
    children: Sequence[Planted]
    tints: Sequence[str]
    """Of the children."""
    ground: Geometries
    """Of the children, lon and lat of EPSG:4490."""
    buildings: Sequence[BuildingOfPlan]
    """Of a leaf only."""
    neighbours: Sequence[tuple[int, str]]
    """Key and name of the leaves beside a leaf."""
    reasons: Sequence[tuple[int, str, Finding]]
    """Key and name of the units here that are as they are for a reason, and the reason."""
    sources: Sequence[str]
    """The nouns of the jurisdiction that the map can draw."""

    @property
    def is_draft(self) -> bool:
        """Say whether it can still be changed."""
        return self.plan.state == "draft"


def read(session: Session, actor: Actor, slug: str, plan_id: UUID, key: int | None) -> PlanView:
    """Return one look at a plan; None as key is its first unit. Raise NotFound where there is no such plan or unit."""
    place, plan = jurisdiction(session, slug), plans.plan(session, actor, plan_id)
    if place is None or place.id != plan.jurisdiction_id:
        raise NotFound("There is no such plan.")
    tree = plan_units.tree(session, plan)
    key = _first(tree) if key is None else key
    if key not in tree.parents:
        raise NotFound("The plan has no unit {unit}.", unit=key)
    above, below = tree.above(key), tree.children(key)
    shown = {unit.key: unit for unit in plan_units.planted(session, plan, tree, [*above, key, *below])}
    children = [unit for unit in shown.values() if unit.parent_key == key]
    ground = np.asarray(shapely.from_geojson([child.geometry for child in children]), dtype=object)
    return PlanView(
        place, plan, plans.moves(session, plan.id), shown[key], [shown[each] for each in above], children, _tints(children, ground), ground,
        buildings=[] if below else plan_units.buildings_in(session, plan, key),
        neighbours=[] if below else plan_units.neighbours_of(session, plan, key),
        reasons=plan_units.reasons(session, plan, _at_and_below(tree, key)),
        sources=sources(session, actor, place.id),
    )  # fmt: skip


def _first(tree: plan_units.Tree) -> int:
    """Return where to begin: the top unit, or the highest below it that is divided into several."""
    tops = tree.tops()
    if not tops:
        raise NotFound("The plan has no units.")
    here = tops[0]
    while len(below := tree.children(here)) == 1:
        here = below[0]
    return here


def _at_and_below(tree: plan_units.Tree, key: int) -> list[int]:
    return [key, *(below for child in tree.children(key) for below in _at_and_below(tree, child))]


def _tints(children: Sequence[Planted], ground: Geometries) -> list[str]:
    pairs = [(int(one), int(other)) for one, other in neighbours(ground).pairs] if len(children) > 1 else []
    numbers = tints([abs(child.key) for child in children], pairs)
    return ["rest" if child.kind == "remainder" else str(number) for child, number in zip(children, numbers, strict=True)]
