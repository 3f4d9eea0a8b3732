"""Whether the buildings of a unit stand together, and which streets lie between them where they do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from geodata.findings import Box, Finding
from geodata.shapes import box_of
from geodata.topology import Geometries, Ground
from geodata.topology.grid import Integers
from gridsvc.domain.ledger import sentences
from gridsvc.domain.ledger.rows import LedgerRow


@dataclass(frozen=True, slots=True, eq=False)
class Streets:
    """Streets with names."""

    names: Sequence[str]
    lines: Geometries

    def between(self, one: Geometries, other: Geometries) -> list[str]:
        """Return the names of the streets on the shortest way from some buildings to others."""
        way = shapely.shortest_line(shapely.geometrycollections(one), shapely.geometrycollections(other))
        return list(dict.fromkeys(self.names[int(index)] for index in np.flatnonzero(shapely.intersects(self.lines, way))))


@dataclass(frozen=True, slots=True, eq=False)
class Holding:
    """A unit as drawn, with its buildings."""

    row: LedgerRow
    ground: Ground
    footprints: Geometries
    block: Integers
    """For each footprint the block between streets that it stands in."""
    called: Callable[[Integers], str]
    """From indices of the footprints to what to call these buildings."""


def look(unit: Holding, streets: Streets) -> Iterator[Finding]:
    """Yield what is odd: ground in pieces, and streets that run through between the buildings."""
    parts = shapely.get_parts(unit.ground)
    part = np.argmax(shapely.intersects(shapely.point_on_surface(unit.footprints)[:, None], parts[None, :]), axis=1)
    pieces = _groups(part)
    if len(pieces) > 1:
        between = [name for piece in pieces[1:] for name in streets.between(unit.footprints[pieces[0]], unit.footprints[piece])]
        told = [unit.called(piece) for piece in pieces]
        yield sentences.in_pieces(unit.row, told, list(dict.fromkeys(between)), box_of(unit.ground))
    for piece in pieces:
        first, *others = [piece[group] for group in _groups(unit.block[piece])]
        for group in others:
            for street in streets.between(unit.footprints[first], unit.footprints[group]):
                where = _box(unit.footprints[[*first, *group]])
                yield sentences.across_street(unit.row, (unit.called(first), unit.called(group)), street, where)


def _box(shapes: Geometries) -> Box:
    west, south, east, north = map(float, shapely.total_bounds(shapes))
    return west, south, east, north


def _groups(label: Integers) -> list[Integers]:
    """Return the indices of each label, the largest group first."""
    groups = [np.flatnonzero(label == each) for each in np.unique(label)]
    return sorted(groups, key=lambda group: -len(group))
