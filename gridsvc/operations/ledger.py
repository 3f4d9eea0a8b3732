"""From a ledger of grids (网格台账) to a plan: the grids that the office has, drawn around exactly their buildings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import shapely
from sqlalchemy.orm import Session

from geodata.assignment import place
from geodata.findings import Finding
from geodata.records import Table
from geodata.topology import Geometries
from gridsvc.database.queries import ledger as stored
from gridsvc.database.queries.coverage import coverage, from_wkb
from gridsvc.database.queries.four_sides import names_near
from gridsvc.database.queries.plans import PlanRow
from gridsvc.database.queries.schemes import scheme_of
from gridsvc.domain.coverage import REMAINDER, Coverage
from gridsvc.domain.ledger.areas import Areas, areas
from gridsvc.domain.ledger.drawing import Surroundings
from gridsvc.domain.ledger.matching import Matched, match
from gridsvc.domain.ledger.pieces import Streets
from gridsvc.domain.ledger.register import Register, Standing
from gridsvc.domain.ledger.rows import Ledger, read_ledger
from gridsvc.domain.ledger.sides import compare
from gridsvc.domain.ledger.tree import Drafted, Stock, key, tree
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.errors import Invalid
from gridsvc.operations import plans
from gridsvc.operations.progress import report


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """A ledger, and where it holds."""

    jurisdiction_id: int
    table: Table
    columns: Mapping[str, str] = field(default_factory=dict)
    """Field or key of a level -> header, where the guess would be wrong."""
    anchor: int | None = None
    """The id of the unit below which its grids are drawn anew; None: the ledger and its buildings tell."""


@dataclass(frozen=True, slots=True)
class FromLedger:
    """What a ledger gives."""

    columns: Mapping[str, str]
    anchor: int | None
    """The id of the unit below which the tree stands."""
    drafted: Drafted
    findings: list[Finding]


def build_from_ledger(session: Session, actor: Actor, file: LedgerFile, title: str) -> tuple[PlanRow, FromLedger]:
    """Draw the units of a ledger as a plan to look at and correct, with every row that does not fit among its findings.

    Raises Invalid where the ledger has no usable columns, there is no ground to divide, or none of its buildings stands.
    """
    found = read(session, actor, file)
    plan = plans.begin(session, actor, file.jurisdiction_id, title)
    plans.add_tree(session, actor, plan, found.anchor, found.drafted.units, findings=found.findings)
    return plan, found


def read(session: Session, actor: Actor, file: LedgerFile) -> FromLedger:
    """Match a ledger with the buildings that stand, and draw its units."""
    require(actor, Action.DRAW_PLANS, jurisdiction_path(file.jurisdiction_id))
    ledger = read_ledger(file.table, scheme_of(session, file.jurisdiction_id), file.columns)
    report(session, "Matching {count} rows with the buildings …", count=len(ledger.rows))
    rows = stored.buildings(session, file.jurisdiction_id)
    footprints = from_wkb([row.geom for row in rows])
    boxes = [(west, south, east, north) for west, south, east, north in shapely.bounds(footprints).tolist()]
    learned = [(tuple(row.learned or ()), tuple(row.compound_learned or ())) for row in rows]
    standing = [
        Standing(row.id, row.name, row.compound, where, None, *besides) for row, where, besides in zip(rows, boxes, learned, strict=True)
    ]
    now = coverage(session, file.jurisdiction_id)
    here = _areas(now, ledger, standing, footprints, file.anchor)
    keys = list(here.grounds)
    grounds = np.array([*here.grounds.values(), None], dtype=object)[:-1]
    placed = place(grounds, footprints).leaf
    standing = [replace(building, within=int(index) if index >= 0 else None) for building, index in zip(standing, placed, strict=True)]
    register = Register(standing)
    area_of = {row.chain[:1]: keys.index(here.of(row.chain)) for row in ledger.rows}
    matched = match(ledger.rows, register, area_of)
    if not matched.unit_of:
        findings = _in_order([*ledger.findings, *here.findings, *matched.findings])
        raise Invalid("None of the ledger's buildings stands here, so there is nothing to draw around.", findings=findings)
    drafted = _drawn(session, file.jurisdiction_id, Stock(now, ledger, here, register, matched, footprints))
    anchor = None if here.anchor is None else now.units[here.anchor].unit_id
    found = [
        *ledger.findings,
        *here.findings,
        *matched.findings,
        *drafted.findings,
        *_sides(session, file.jurisdiction_id, ledger, drafted),
    ]
    return FromLedger(ledger.columns, anchor, drafted, _in_order(found))


def _sides(session: Session, jurisdiction_id: int, ledger: Ledger, drafted: Drafted) -> list[Finding]:
    """Return what the ledger says of borders, and where what is drawn disagrees."""
    drawn = {unit.key: unit.ground for unit in drafted.units if unit.ground is not None and unit.kind != REMAINDER}
    said = [(row, drawn[key(row.chain)]) for row in ledger.rows if row.sides and key(row.chain) in drawn]
    if not said:
        return []
    near = names_near(session, jurisdiction_id, np.array([*(ground for _, ground in said), None], dtype=object)[:-1])
    units = {unit.name for unit in drafted.units}
    return [finding for (row, ground), names in zip(said, near, strict=True) for finding in compare(row, ground, names, units - {row.unit})]


def _in_order(findings: list[Finding]) -> list[Finding]:
    """Return findings by row, those of no row last."""
    return sorted(findings, key=lambda finding: (finding.row is None, finding.row or 0))


def _areas(now: Coverage, ledger: Ledger, standing: list[Standing], footprints: Geometries, anchor: int | None) -> Areas:
    """Return what the ledger divides, judged by the buildings that it claims wherever they stand."""
    claimed: Matched = match(ledger.rows, Register(standing))
    points = shapely.point_on_surface(footprints[sorted(claimed.unit_of)])
    place_of = {unit.unit_id: index for index, unit in enumerate(now.units)}
    return areas(now, ledger, points, None if anchor is None else place_of[anchor])


def _drawn(session: Session, jurisdiction_id: int, stock: Stock) -> Drafted:
    names, named, streets = stored.named_streets(session, jurisdiction_id)
    lines = (stored.barriers(session, jurisdiction_id), stored.walls(session, jurisdiction_id), stored.outlines(session, jurisdiction_id))
    around = Surroundings(streets, *lines)
    report(session, "Drawing {count} units …", count=len(stock.ledger.units()))
    return tree(stock, around, Streets(names, named), lambda template, values: report(session, template, **values))
