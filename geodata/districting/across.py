"""Leaves out of range at the border of a grid put right from beyond it.

A leaf changes its grid, and the grid that it comes to is divided anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from geodata.districting.certificates import certify
from geodata.districting.graph import Graph, Limits
from geodata.districting.land import Land
from geodata.districting.refine import Search
from geodata.districting.whole import Groups, Reason, whole_groups
from geodata.ranges import members
from geodata.topology.grid import Integers


@dataclass(eq=False)
class _Nest:
    """Leaves in grids, while they change."""

    land: Land
    limits: Limits
    """Of the grids."""
    leaf_limits: Limits
    borders: Graph
    """What may be in one grid."""
    leaf_borders: Graph
    """What may be in one leaf."""
    grid: Integers
    leaf: Integers
    reasons: dict[int, Reason]
    """For each leaf out of range."""
    search: Search

    def moves(self, leaf: int) -> Iterator[tuple[Integers, int]]:
        """Yield what may be tried for a leaf: ground, and the grid it would come to. Itself first, then leaves, then parcels beyond."""
        own = np.flatnonzero(self.leaf == leaf)
        net = self.leaf_borders.net
        row, edge = members(net.start[own], net.start[own + 1])
        beyond = net.neighbour[edge]
        open_ = (self.grid[beyond] != self.grid[own[0]]) & (self.land.above[beyond] == self.land.above[own[row]])
        for grid in np.unique(self.grid[beyond[open_]]).tolist():
            yield own, grid
        for other in np.unique(self.leaf[beyond[open_]]).tolist():
            yield np.flatnonzero(self.leaf == other), int(self.grid[own[0]])
        for parcel in np.unique(beyond[open_]).tolist():
            yield np.array([parcel]), int(self.grid[own[0]])

    def allows(self, nodes: Integers, grid: int) -> bool:
        """Say whether ground may come to another grid: both then are as near to their range, in one piece, and compounds whole."""
        weight, of_grid = self.land.borders.weight, np.flatnonzero(self.grid == self.grid[nodes[0]])
        rest, moved = np.setdiff1d(of_grid, nodes), weight[nodes].sum()
        left, grown = weight[rest].sum(), weight[self.grid == grid].sum()
        if len(rest) and (left == 0 or self.borders.of(rest).component.max() > 0):
            return False
        compound = self.land.compound
        if np.intersect1d(compound[nodes][compound[nodes] >= 0], compound[rest]).size:
            return False
        after = self._outside(left) * bool(len(rest)) + self._outside(grown + moved)
        return after <= self._outside(left + moved) + self._outside(grown) and self._spares(nodes)

    def _outside(self, weight: float) -> float:
        return max(0.0, self.limits.low - weight, weight - self.limits.high)

    def _spares(self, nodes: Integers) -> bool:
        """Say whether what remains of the leaf, if anything, is a leaf."""
        rest = np.setdiff1d(np.flatnonzero(self.leaf == self.leaf[nodes[0]]), nodes)
        within = self.leaf_limits.low <= self.land.borders.weight[rest].sum() <= self.leaf_limits.high
        return not len(rest) or (bool(within) and self.leaf_borders.of(rest).component.max() == 0)

    def move(self, nodes: Integers, grid: int) -> bool:
        """Bring ground to another grid and divide that anew, if fewer leaves are out of range then; say whether it was done."""
        inside = np.union1d(np.flatnonzero(self.grid == grid), nodes)
        old = [leaf for leaf in np.unique(self.leaf[inside]).tolist() if leaf in self.reasons]
        none = np.zeros(len(inside), dtype=np.int64)
        found = whole_groups(self.leaf_borders.of(inside), self.leaf_limits, self.land.compound[inside], none, self.search)
        if _curable(found.reasons.values()) >= _curable(self.reasons[leaf] for leaf in old):
            return False
        for leaf in old:
            del self.reasons[leaf]
        new = int(self.leaf.max()) + 1
        self.grid[inside], self.leaf[inside] = grid, new + found.label
        self.reasons |= {new + leaf: replace(why, parcels=inside[why.parcels]) for leaf, why in found.reasons.items()}
        return True


def across(land: Land, ranges: Sequence[Limits], grids: Groups, leaves: Groups, search: Search) -> tuple[Groups, Groups]:
    """Return grids and leaves with fewer leaves out of range; `ranges` are those of both.

    What remains without a proof that holds whatever the grids are has a reason that says so.
    """
    borders, leaf_borders = (land.joined(limits.low, land.above) for limits in ranges)
    nest = _Nest(land, ranges[0], ranges[1], borders, leaf_borders, grids.label.copy(), leaves.label.copy(), dict(leaves.reasons), search)
    proven = {_key(proof.kind, proof.nodes) for proof in certify(leaf_borders, nest.leaf_limits)} if nest.reasons else set()
    for leaf in sorted(nest.reasons):
        if leaf in nest.reasons and not _holds(nest.reasons[leaf], proven):
            any(nest.allows(nodes, grid) and nest.move(nodes, grid) for nodes, grid in nest.moves(leaf))
    households = np.bincount(nest.grid, land.borders.weight)
    wrong = np.flatnonzero((households < ranges[0].low) | (households > ranges[0].high)).tolist()
    reasons = {leaf: replace(why, within=bool(why.certificate) and not _holds(why, proven)) for leaf, why in nest.reasons.items()}
    return Groups(nest.grid, {grid: why for grid, why in grids.reasons.items() if grid in wrong}), Groups(nest.leaf, reasons)


def _key(kind: str, nodes: Integers) -> tuple[object, ...]:
    return (kind, *nodes.tolist())


def _holds(why: Reason, proven: set[tuple[object, ...]]) -> bool:
    """Say whether a reason is a proof whatever the grids are."""
    return why.certificate is not None and _key(why.certificate.kind, why.parcels) in proven


def _curable(reasons: Iterable[Reason]) -> int:
    """Return how many units are out of range that other borders might help."""
    return sum(why.certificate is None or why.certificate.kind != "above" for why in reasons)
