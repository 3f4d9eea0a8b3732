"""The units of a ledger as a tree with ground, and what is odd about them once they are drawn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely

from geodata.findings import Finding
from geodata.progress import Tell, silent
from geodata.topology import Geometries, Ground
from geodata.topology.grid import Integers
from gridsvc.domain.coverage import REMAINDER, Coverage
from gridsvc.domain.ledger import sentences
from gridsvc.domain.ledger.areas import REST, Areas, carried
from gridsvc.domain.ledger.drawing import Drawn, Site, Surroundings, divide
from gridsvc.domain.ledger.matching import Matched
from gridsvc.domain.ledger.pieces import Holding, Streets, look
from gridsvc.domain.ledger.register import Register
from gridsvc.domain.ledger.rows import Chain, Ledger, LedgerRow
from gridsvc.domain.plans import PlanUnit


@dataclass(frozen=True, slots=True, eq=False)
class Stock:
    """All that is known before anything is drawn."""

    coverage: Coverage
    ledger: Ledger
    areas: Areas
    register: Register
    matched: Matched
    footprints: Geometries
    """Of each building of the register."""


@dataclass(slots=True)
class Drafted:
    """The tree, parents first."""

    units: list[PlanUnit] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Leaf:
    """What gets ground: a unit, or what stays undivided below one."""

    chain: Chain
    """The unit, or the one whose remainder it is; REST for that of the anchor."""
    is_remainder: bool = False


def tree(stock: Stock, around: Surroundings, streets: Streets, tell: Tell = silent) -> Drafted:
    """Draw every unit around its buildings, area by area; what no row claims stays undivided, with findings that name it."""
    drafted = Drafted()
    leaf_of = _leaves(stock, drafted.findings)
    grounds: dict[Leaf, Ground] = {}
    held: dict[Leaf, Integers] = {}
    for head, boundary in stock.areas.grounds.items():
        index = list(stock.areas.grounds).index(head)
        here = np.array([place for place, building in enumerate(stock.register.standing) if building.within == index], dtype=np.int64)
        leaves = [leaf_of.get(int(place), Leaf(head, is_remainder=True)) for place in here]
        order = list(dict.fromkeys(leaves))
        label = np.array([order.index(leaf) for leaf in leaves], dtype=np.int64)
        drawn = divide(Site(boundary, stock.footprints[here], label, around), tell=tell)
        drafted.findings.extend(drawn.findings)
        for number, leaf in enumerate(order):
            if not shapely.is_empty(drawn.ground[number]):
                grounds[leaf], held[leaf] = drawn.ground[number], here[label == number]
                drafted.findings.extend(_odd(stock, leaf, drawn, (here, label, number), streets))
    drafted.units = list(_units(stock, grounds, held))
    drafted.findings.extend(_empty(stock, grounds))
    return drafted


def _leaves(stock: Stock, findings: list[Finding]) -> dict[int, Leaf]:
    """Return the leaf of each claimed building; what a row claims for a unit that others divide stays undivided there."""
    divided = {chain[:end] for chain in stock.ledger.units() for end in range(1, len(chain))}
    findings.extend(sentences.without_lower(row) for row in stock.ledger.rows if row.chain in divided)
    return {place: Leaf(chain, chain in divided) for place, chain in stock.matched.unit_of.items()}


def _odd(stock: Stock, leaf: Leaf, drawn: Drawn, which: tuple[Integers, Integers, int], streets: Streets) -> Iterator[Finding]:
    """Yield what is odd about a leaf as drawn."""
    here, label, number = which
    mine = here[label == number]
    if leaf.is_remainder:
        unclaimed = [int(place) for place in mine if int(place) not in stock.matched.unit_of]
        yield from _unclaimed(stock.register, unclaimed)
        return
    row = _row_of(stock.ledger, leaf.chain)

    def called(indices: Integers) -> str:
        return stock.register.told(mine[indices].tolist())

    yield from look(Holding(row, drawn.ground[number], stock.footprints[mine], drawn.block[label == number], called), streets)


def _unclaimed(register: Register, places: Sequence[int]) -> Iterator[Finding]:
    """Yield a finding for each compound with buildings that no row claims, and one for those without a name."""
    by_compound: dict[str, list[int]] = defaultdict(list)
    for place in places:
        by_compound[register.compound_of(place) if register.told([place]) else ""].append(place)
    for compound, these in by_compound.items():
        named = [place for place in these if register.told([place])]
        if named:
            yield sentences.unclaimed(register.told(named), len(named), register.box(named))
        elif not compound:
            yield sentences.unclaimed_nameless(len(these), register.box(these))


def _units(stock: Stock, grounds: dict[Leaf, Ground], held: dict[Leaf, Integers]) -> Iterator[PlanUnit]:
    """Yield the tree, parents first: what is carried over, then the ledger's units in its order, each with its remainder."""
    levels = {level.number: level for level in stock.ledger.levels}
    yield from _carried(stock)
    anchor = stock.areas.anchor
    chains = [chain for chain in stock.ledger.units() if any(leaf.chain[: len(chain)] == chain for leaf in grounds)]
    for head in stock.areas.fixed:
        if head not in chains:
            chains.append(head)
    for chain in chains:
        fixed = stock.areas.fixed.get(chain)
        if fixed is None or fixed != anchor:
            level, name = chain[-1]
            state = None if fixed is None else stock.coverage.units[fixed]
            leaf = Leaf(chain)
            row = next((row for row in stock.ledger.rows if row.chain == chain and row.code), None)
            yield PlanUnit(
                key=key(chain),
                level=level,
                name=name if state is None else state.name,
                parent=_parent(stock, chain),
                kind=levels[level].kinds[0] if state is None else state.kind,
                code=state.code if state is not None else row.code if row else None,
                ground=grounds.get(leaf),
                buildings=_ids(stock, held.get(leaf)),
            )
    for leaf, ground in grounds.items():
        if leaf.is_remainder:
            above = stock.coverage.units[anchor or 0] if leaf.chain == REST else None
            level, name = (above.level, above.name) if above is not None else leaf.chain[-1]
            parent = None if leaf.chain == REST or stock.areas.fixed.get(leaf.chain, -1) == anchor else key(leaf.chain)
            yield PlanUnit(f"{key(leaf.chain)}/", level + 1, name, parent, REMAINDER, ground=ground, buildings=_ids(stock, held[leaf]))


def _carried(stock: Stock) -> Iterator[PlanUnit]:
    """Yield the units below the anchor that the ledger does not touch, as they are."""
    places = carried(stock.coverage, stock.areas)
    leaves = set(stock.coverage.leaves())
    for place in places:
        unit = stock.coverage.units[place]
        parent = None if unit.parent == stock.areas.anchor else f"#{unit.parent}"
        fixed = next((chain for chain, held in stock.areas.fixed.items() if held == unit.parent), None)
        ground = unit.ground if place in leaves else None
        yield PlanUnit(f"#{place}", unit.level, unit.name, key(fixed) if fixed else parent, unit.kind, unit.code, ground)


def _parent(stock: Stock, chain: Chain) -> str | None:
    """Return the key of the unit above; None directly below the anchor."""
    above = chain[:-1]
    if above:
        return None if stock.areas.fixed.get(above, -1) == stock.areas.anchor else key(above)
    fixed = stock.areas.fixed.get(chain)
    parent = None if fixed is None else stock.coverage.units[fixed].parent
    return None if parent is None or parent == stock.areas.anchor else f"#{parent}"


def _empty(stock: Stock, grounds: dict[Leaf, Ground]) -> Iterator[Finding]:
    """Yield a finding for each unit that got no ground."""
    for chain, rows in stock.ledger.units().items():
        if rows and not any(leaf.chain[: len(chain)] == chain for leaf in grounds):
            yield sentences.no_building(rows[0])


def _row_of(ledger: Ledger, chain: Chain) -> LedgerRow:
    return next(row for row in ledger.rows if row.chain == chain)


def _ids(stock: Stock, places: Integers | None) -> tuple[int, ...]:
    return () if places is None else tuple(stock.register.standing[int(place)].id for place in places)


def key(chain: Chain) -> str:
    """Return what the tree calls a unit of the ledger."""
    return "/".join(name for _, name in chain)
