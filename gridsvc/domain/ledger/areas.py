"""What ground a ledger divides: the units that stand already at its top level, else what the unit above has to give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

import numpy as np
import shapely

from geodata.findings import Finding
from geodata.topology import Geometries, Ground, unite
from gridsvc.domain.coverage import REMAINDER, Coverage
from gridsvc.domain.ledger import sentences
from gridsvc.domain.ledger.numerals import plain
from gridsvc.domain.ledger.rows import Chain, Ledger
from gridsvc.errors import Invalid

REST: Chain = ()
"""Stands for the ground of the anchor that no standing unit of the ledger holds."""


@dataclass(slots=True)
class Areas:
    """The grounds to divide."""

    anchor: int | None = None
    """The place of the unit below which everything is drawn anew."""
    fixed: dict[Chain, int] = field(default_factory=dict)
    """Units of the ledger that stand already and keep their ground, by the place in the coverage."""
    grounds: dict[Chain, Ground] = field(default_factory=dict)
    """What is divided: the ground of each fixed unit, and of the rest."""
    findings: list[Finding] = field(default_factory=list)

    def of(self, chain: Chain) -> Chain:
        """Return whose ground a unit of the ledger is drawn in."""
        return chain[:1] if chain[:1] in self.fixed else REST


def areas(coverage: Coverage, ledger: Ledger, claimed: Geometries, anchor: int | None) -> Areas:
    """Find what a ledger divides; `claimed` are points of the buildings it claims, `anchor` the place of a unit if one was named.

    Units of the ledger's top level that stand keep their ground, if the ledger divides them further. The others are drawn anew
    within the lowest unit above their level that holds most of the buildings. Raises Invalid where there is no ground yet.
    """
    found = Areas()
    top = ledger.levels[0]
    heads = list(dict.fromkeys(row.chain[:1] for row in ledger.rows))
    if len(ledger.levels) > 1 and (anchor is None or coverage.units[anchor].level < top.number):
        found.fixed = _standing(coverage, ledger, heads, found.findings)
    new = [head for head in heads if head not in found.fixed]
    if anchor is None:
        holder = [_holder(coverage, top.number, claimed)] if new else []
        anchor = _common(coverage, [*found.fixed.values(), *holder])
    found.anchor = anchor
    found.grounds = {head: coverage.units[place].ground for head, place in found.fixed.items()}
    if new:
        found.grounds[REST] = _rest(coverage, found, top.number + (len(ledger.levels) > 1))
    return found


def _standing(coverage: Coverage, ledger: Ledger, heads: Iterable[Chain], findings: list[Finding]) -> dict[Chain, int]:
    """Return the units that stand by what the ledger calls them; one that is alike is taken where no other is."""
    level = ledger.levels[0].number
    places = {unit_key(unit.name): place for place, unit in enumerate(coverage.units) if unit.level == level and _is_real(coverage, place)}
    found = {head: places[unit_key(head[0][1])] for head in heads if unit_key(head[0][1]) in places}
    for head in heads:
        free = [key for key, place in places.items() if place not in found.values()]
        alike = get_close_matches(unit_key(head[0][1]), free, 2)
        if head not in found and len(alike) == 1:
            found[head] = places[alike[0]]
            row = next(row for row in ledger.rows if row.chain[:1] == head)
            findings.append(sentences.unit_alike(row, head[0][1], coverage.units[places[alike[0]]].name))
    return found


def unit_key(name: str) -> str:
    """Return the plain form of a community's name: 山海社区居委会 is 山海."""
    bare = plain(name).replace(" ", "").removesuffix("居民委员会").removesuffix("居委会").removesuffix("社区")
    return bare or plain(name)


def _holder(coverage: Coverage, level: int, claimed: Geometries) -> int:
    """Return the lowest unit above a level that holds more than half of the points."""
    above = [place for place, unit in enumerate(coverage.units) if unit.level < level and _is_real(coverage, place)]
    if not above:
        raise Invalid("There is no ground yet that the ledger could divide; import the boundary of the community or the street first.")
    for place in sorted(above, key=lambda place: -coverage.units[place].level):
        if 2 * np.count_nonzero(shapely.intersects(coverage.units[place].ground, claimed)) > len(claimed):
            return place
    raise Invalid("The buildings of the ledger stand in no unit above its own; import the boundary of the community or the street first.")


def _common(coverage: Coverage, places: Sequence[int]) -> int:
    """Return the lowest unit above all of these."""
    chains = [list(_above(coverage, place)) for place in places]
    return next(place for place in chains[0] if all(place in chain for chain in chains))


def _above(coverage: Coverage, place: int) -> Iterable[int]:
    at: int | None = place
    while at is not None:
        yield at
        at = coverage.units[at].parent


def _rest(coverage: Coverage, found: Areas, level: int) -> Ground:
    """Return the ground of the anchor for units that do not stand yet: what is undivided, if units above `level` stand there."""
    anchor = found.anchor if found.anchor is not None else 0
    below = coverage.children().get(anchor, [])
    others = [place for place in below if coverage.units[place].kind != REMAINDER]
    if not others or not (found.fixed or _stay(coverage, others, level)):
        return coverage.units[anchor].ground
    undivided = [place for place in below if coverage.units[place].kind == REMAINDER]
    if not undivided:
        raise Invalid("{name} is divided already; the ledger names units there that do not stand.", name=coverage.units[anchor].name)
    return unite(coverage.ground_of(undivided)).ground


def _stay(coverage: Coverage, places: Iterable[int], level: int) -> bool:
    """Say whether units above a level stand, which a ledger does not redraw."""
    return any(coverage.units[place].level < level for place in places)


def _is_real(coverage: Coverage, place: int) -> bool:
    unit = coverage.units[place]
    return not unit.gone and unit.kind != REMAINDER


def carried(coverage: Coverage, found: Areas) -> list[int]:
    """Return the places of the units below the anchor that the ledger does not touch, parents first."""
    below: Mapping[int | None, list[int]] = coverage.children()
    replaced = set(found.fixed.values())
    if found.anchor in replaced or (REST in found.grounds and not replaced and _same(coverage, found)):
        return []
    waiting, kept = list(below.get(found.anchor, ())), []
    while waiting:
        place = waiting.pop(0)
        if place in replaced or (
            coverage.units[place].kind == REMAINDER and REST in found.grounds and coverage.units[place].parent == found.anchor
        ):
            continue
        kept.append(place)
        waiting.extend(below.get(place, ()))
    return kept


def _same(coverage: Coverage, found: Areas) -> bool:
    return found.grounds[REST] is coverage.units[found.anchor or 0].ground
