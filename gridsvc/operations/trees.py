"""A new tree of grids from streets, buildings, compounds and households, as a plan to look at and correct."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.districting.graph import Limits
from geodata.findings import Finding
from geodata.topology import holders
from gridsvc.database.queries import ledger as ground
from gridsvc.database.queries.coverage import coverage, from_wkb
from gridsvc.database.queries.plans import PlanRow
from gridsvc.database.queries.schemes import scheme_of
from gridsvc.domain.coverage import REMAINDER, Coverage
from gridsvc.domain.growing import Stock, Task, grow
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.domain.plans import PlanUnit
from gridsvc.domain.ranges import ranges
from gridsvc.domain.schemes import Scheme
from gridsvc.errors import Invalid
from gridsvc.operations import plans
from gridsvc.operations.households import households
from gridsvc.operations.progress import report

MAIN_ROADS = ("motorway", "trunk", "primary")
"""Classes of street that a unit should not lie on both sides of."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What tree somebody asks for."""

    jurisdiction_id: int
    anchor: int | None = None
    """The id of the unit below which it is built; None is the whole jurisdiction."""
    from_level: str | None = None
    """The word for the highest level that is built anew; None is the first below the anchor at which there is no unit yet."""
    ranges: Mapping[str, Limits] = field(default_factory=dict)
    """Word for a level -> households of its units, where the scheme's would be wrong."""
    seed: int = 0
    title: str = ""


def build(session: Session, actor: Actor, wanted: Wanted) -> PlanRow:
    """Build units inside every unit above the wanted levels, as one move of a new plan; what could not be met is among its findings.

    Raises Invalid where there is no ground to build on, no level is left to build, or no building stands there.
    """
    require(actor, Action.DRAW_PLANS, jurisdiction_path(wanted.jurisdiction_id))
    scheme, now = scheme_of(session, wanted.jurisdiction_id), coverage(session, wanted.jurisdiction_id)
    first, parents = _parents(scheme, now, wanted)
    levels = scheme.levels[first - 1 :]
    chosen = {scheme.level(word).key: limits for word, limits in wanted.ranges.items()}
    task = Task(levels, [Limits(*each) for each in ranges(scheme, levels, chosen)], wanted.seed)
    stock = _stock(session, wanted.jurisdiction_id)
    inside = holders(now.ground_of(parents), shapely.point_on_surface(stock.footprints))
    trees: list[tuple[int | None, list[PlanUnit]]] = []
    findings: list[Finding] = []
    for place, parent in enumerate(parents):
        here = np.flatnonzero(inside == place)
        if len(here):
            report(session, "Building in {name}: {count} buildings …", name=now.units[parent].name, count=len(here))
            grown = grow(stock.only(here), now.units[parent].ground, task, f"{place}", lambda said, values: report(session, said, **values))
            trees.append((now.units[parent].unit_id, grown.units))
            findings.extend(grown.findings)
    if not trees:
        raise Invalid("No building stands there; import buildings first.")
    plan = plans.begin(session, actor, wanted.jurisdiction_id, wanted.title)
    plans.add_trees(session, actor, plan, trees, findings=findings)
    return plan


def _parents(scheme: Scheme, now: Coverage, wanted: Wanted) -> tuple[int, list[int]]:
    """Return the number of the highest level to build, and the units (places) inside which it is built."""
    real = [place for place, unit in enumerate(now.units) if not unit.gone and unit.kind != REMAINDER]
    below = [place for place in real if wanted.anchor is None or wanted.anchor in _above(now, place)]
    if not below:
        raise Invalid("There is no ground to build on; import the boundary as a unit of the first level.")
    taken = {now.units[place].level for place in below}
    if wanted.from_level is not None:
        first = scheme.level(wanted.from_level).number
    else:
        first = next((level.number for level in scheme.levels if level.number > min(taken) and level.number not in taken), 0)
    if not min(taken) < first <= len(scheme.levels):
        names = "、".join(level.name_zh for level in scheme.levels)
        raise Invalid("Every level has units; say from which one on they are built anew with --from-level: {levels}.", levels=names)
    return first, [place for place in below if now.units[place].level == first - 1]


def _above(now: Coverage, place: int | None) -> Iterator[int | None]:
    """Give the ids of a unit and of those above it."""
    while place is not None:
        yield now.units[place].unit_id
        place = now.units[place].parent


def _stock(session: Session, jurisdiction_id: int) -> Stock:
    rows = session.execute(text(_BUILDINGS), {"id": jurisdiction_id}).all()
    weights = households(session, jurisdiction_id)
    streets, water = ground.named_streets(session, jurisdiction_id)[2], ground.barriers(session, jurisdiction_id)
    return Stock(
        ids=np.array([row.id for row in rows], dtype=np.int64),
        footprints=from_wkb([row.geom for row in rows]),
        compound=np.array([row.compound_id or -1 for row in rows], dtype=np.int64),
        households=np.array([weights[row.id].households if row.id in weights else 0 for row in rows], dtype=np.float64),
        streets=streets,
        water=water,
        barriers=np.concatenate([water, streets.lines[[kind in MAIN_ROADS for kind in streets.kind]]]),
        walls=ground.walls(session, jurisdiction_id),
    )


_BUILDINGS = """
SELECT b.id, v.compound_id, ST_AsBinary(v.geom) AS geom
FROM building b JOIN building_version v ON v.building_id = b.id AND upper_inf(v.valid)
WHERE b.jurisdiction_id = :id ORDER BY b.id
"""
