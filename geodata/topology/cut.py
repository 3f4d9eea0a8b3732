"""What a line leaves of one unit or two, and what it may mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import MultiLineString

from geodata.measure import area_m2
from geodata.topology.edges import directed, partners
from geodata.topology.grid import STEP_DEG, Flags, Floats, Geometries, Integers
from geodata.topology.neighbours import connected


@dataclass(frozen=True, slots=True)
class Cut:
    """The faces of the ground that a line runs through."""

    holder: Integers
    size_m2: Floats
    pairs: Integers
    """Shape (n, 2): faces that share an edge."""
    on_line: Flags
    """Shape (n,): whether that edge lies on the line."""

    @classmethod
    def of(cls, faces: Geometries, holder: Integers, line: MultiLineString) -> Cut:
        """Read the faces: what divides two faces of one holder is the line, what divides two holders may be."""
        edges = directed(faces)
        partner = partners(edges)
        shared = np.flatnonzero(partner > np.arange(len(partner)))
        pairs = np.stack([edges.leaves[shared], edges.leaves[partner[shared]]], axis=1)
        middles = shapely.points((edges.starts[shared] + edges.ends[shared]) * (STEP_DEG / 2))
        on_line = (holder[pairs[:, 0]] == holder[pairs[:, 1]]) | shapely.dwithin(middles, line, 2 * STEP_DEG)
        return cls(holder, area_m2(faces), pairs, on_line)

    def redrawn(self, a: int, b: int) -> Integers:
        """Return the owners when the line is the new border between two units."""
        touched = np.isin(np.arange(len(self.holder)), self.pairs[self.on_line])
        side = connected(len(self.holder), self.pairs[~self.on_line])
        sides = np.unique(side[touched])
        owners = self._by_sides(side, sides, a, b) if len(sides) > 1 else self._flipped(touched, a, b)
        return self._regrown(owners, a, b)

    def parted(self, index: int, new: int) -> Integers:
        """Return the owners when the line divides one unit: the smaller side is the new unit."""
        away = np.full(len(self.holder), -1)
        away[self.size_m2.argmax()] = 0
        across = self.pairs[self.on_line]
        while len(unseen := across[(away[across] < 0).sum(axis=1) == 1]):
            for one, two in unseen:
                away[one], away[two] = (away[one], 1 - away[one]) if away[two] < 0 else (1 - away[two], away[two])
        one_side, other_side = away == 0, away == 1
        smaller = min(one_side, other_side, key=lambda side: self.size_m2[side].sum())
        return np.where(smaller, new, index)

    def _by_sides(self, side: Integers, sides: Integers, a: int, b: int) -> Integers:
        """Give each side to who has more of it, but both units one in which they have ground."""
        has_a, has_b = (np.bincount(side, np.where(self.holder == unit, self.size_m2, 0)) for unit in (a, b))
        to_a = has_a >= has_b
        for has, other, wanted in ((has_a, has_b, True), (has_b, has_a, False)):
            own = sides[has[sides] > 0]
            if len(own) and (to_a[sides] != wanted).all():
                to_a[own[(has - other)[own].argmax()]] = wanted
        return np.where(np.isin(side, sides), np.where(to_a[side], a, b), self.holder)

    def _flipped(self, touched: Flags, a: int, b: int) -> Integers:
        """Let the pieces that touch the line change hands, the largest of each unit excepted."""
        flipped = touched.copy()
        for unit in (a, b):
            flipped[np.where(self.holder == unit, self.size_m2, -1).argmax()] = False
        return np.where(flipped, a + b - self.holder, self.holder)

    def _regrown(self, owners: Integers, a: int, b: int) -> Integers:
        """Give back what has no connection to the core of its unit, unless it was a separate part before."""
        part = connected(len(owners), self.pairs[self.holder[self.pairs[:, 0]] == self.holder[self.pairs[:, 1]]])
        for _ in range(len(owners)):
            piece = connected(len(owners), self.pairs[owners[self.pairs[:, 0]] == owners[self.pairs[:, 1]]])
            kept = owners == self.holder
            orphan = np.ones(len(owners), bool)
            for unit in (a, b):
                core = np.where(owners == unit, self.size_m2 * (1 + kept * self.size_m2.sum()), -1).argmax()
                orphan &= piece != piece[core]
                orphan &= ~np.isin(piece, piece[kept & (owners == unit) & (part != part[core])])
            bordering = np.isin(piece, piece[self.pairs[owners[self.pairs[:, 0]] != owners[self.pairs[:, 1]]]])
            if not (orphan & bordering).any():
                return owners
            owners = np.where(orphan & bordering, a + b - owners, owners)
        return owners
