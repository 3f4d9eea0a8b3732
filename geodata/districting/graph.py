"""The graph of grounds: what they weigh, which adjoin, and along how much border."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import shapely

from geodata.measure import distance_m
from geodata.ranges import members
from geodata.topology.edges import directed, partners
from geodata.topology.grid import STEP_DEG, Flags, Floats, Geometries, Integers
from geodata.topology.neighbours import connected
from geodata.topology.plane import metres_per_degree

STREET_SHARE = 0.3
"""What a metre of border in a street counts beside one between courts: less than 0.1 gains nothing, 1 lets units straddle streets."""
BARRIER_M = 10.0
"""How far from a barrier's line a border may run and still be the barrier: half of a wide street or of a railway's bed."""
LEAST_M = 1.0
"""A shorter open border, as a corner leaves it, joins nothing."""


class Net(NamedTuple):
    """A graph as plain arrays, for compiled code: the neighbours of node i lie at `start[i]` up to `start[i + 1]`."""

    weight: Floats
    start: Integers
    neighbour: Integers
    length_m: Floats
    load: Floats


class Limits(NamedTuple):
    """The range of weights that a part may have, both ends included."""

    low: float
    high: float


ANY = Limits(0.0, np.inf)
"""The range of what may be anything."""


@dataclass(frozen=True)
class Graph:
    """Nodes with weights, and the borders between them, each pair once."""

    weight: Floats
    """Shape (n,): households, people."""
    one: Integers
    """Shape (m,): a node of each pair."""
    other: Integers
    """Shape (m,): the other."""
    length_m: Floats
    """Shape (m,), positive: the border that they share, as it counts."""
    load: Floats | None = None
    """Shape (n,): what is to be shared out evenly while the weights lie in a range; the weight unless given."""

    @property
    def loads(self) -> Floats:
        """Return what is to be shared out evenly."""
        return self.weight if self.load is None else self.load

    def __len__(self) -> int:
        """Return how many nodes there are."""
        return len(self.weight)

    @cached_property
    def net(self) -> Net:
        """Return the graph as each node's neighbours in ascending order."""
        ends, others = np.concatenate([self.one, self.other]), np.concatenate([self.other, self.one])
        order = np.lexsort((others, ends))
        start = np.concatenate([[0], np.bincount(ends, minlength=len(self)).cumsum()]).astype(np.int64)
        length_m = np.concatenate([self.length_m, self.length_m])[order]
        weight, load = (np.ascontiguousarray(each, dtype=np.float64) for each in (self.weight, self.loads))
        return Net(weight, start, others[order].astype(np.int64), length_m.astype(np.float64), load)

    @cached_property
    def component(self) -> Integers:
        """Return for each node the number, in order of first appearance, of the connected piece it is in."""
        return connected(len(self), np.stack([self.one, self.other], axis=1))

    def only(self, nodes: Flags) -> Graph:
        """Return the graph of some nodes, numbered anew in their order."""
        place = np.cumsum(nodes) - 1
        kept = nodes[self.one] & nodes[self.other]
        load = None if self.load is None else self.load[nodes]
        return Graph(self.weight[nodes], place[self.one[kept]], place[self.other[kept]], self.length_m[kept], load)

    def of(self, nodes: Integers) -> Graph:
        """Return the graph of a few nodes, in ascending order, without a look at all others."""
        row, place = members(self.net.start[nodes], self.net.start[nodes + 1])
        other = np.searchsorted(nodes, self.net.neighbour[place]).clip(max=len(nodes) - 1)
        kept = (nodes[other] == self.net.neighbour[place]) & (row < other)
        load = None if self.load is None else self.load[nodes]
        return Graph(self.weight[nodes], row[kept], other[kept], self.net.length_m[place][kept], load)

    def where(self, borders: Flags) -> Graph:
        """Return the graph of all nodes with some of the borders."""
        return Graph(self.weight, self.one[borders], self.other[borders], self.length_m[borders], self.load)

    def plus(self, other: Graph, share: float) -> Graph:
        """Return the graph with the borders of another one of the same nodes, which count `share` of their length."""
        mine, others = (self.one, self.other, self.length_m), (other.one, other.other, other.length_m * share)
        one, another, length_m = (np.concatenate(both) for both in zip(mine, others, strict=True))
        return Graph(self.weight, one, another, length_m, self.load)

    def merged(self, group: Integers, count: int) -> Graph:
        """Return the graph whose `count` nodes are the groups that the nodes are in; borders add up."""
        pairs = np.sort(np.stack([group[self.one], group[self.other]], axis=1), axis=1)
        apart = pairs[:, 0] != pairs[:, 1]
        codes, edge = np.unique(pairs[apart] @ np.array([count, 1]), return_inverse=True)
        one, other = np.divmod(codes, max(count, 1))
        length_m = np.bincount(edge, self.length_m[apart], minlength=len(codes)).astype(np.float64)
        weight, load = (
            None if each is None else np.bincount(group, each, minlength=count).astype(np.float64) for each in (self.weight, self.load)
        )
        assert weight is not None  # noqa: S101  # it always has one
        return Graph(weight, one, other, length_m, load)


def graph(grounds: Geometries, weight: Floats, *, block: Integers | None = None, barriers: Geometries | None = None) -> Graph:
    """Return the graph of a coverage (EPSG:4490, on the grid), with a weight for each ground.

    Grounds that meet in points only do not adjoin. `block` numbers the block each ground lies in: the border between two
    blocks runs in a street and counts STREET_SHARE. What runs within BARRIER_M of `barriers` (lines or polygons: rivers,
    railways, walls, main roads) does not count at all.
    """
    edges = directed(grounds)
    partner = partners(edges)
    shared = np.flatnonzero(partner > np.arange(len(partner)))
    starts, ends = np.multiply(edges.starts[shared], STEP_DEG), np.multiply(edges.ends[shared], STEP_DEG)
    pairs = np.sort(np.stack([edges.leaves[shared], edges.leaves[partner[shared]]], axis=1), axis=1)
    counts_m = distance_m(*starts.T, *ends.T)
    if barriers is not None and len(barriers) and len(starts):
        counts_m *= _open_share(starts, ends, counts_m, barriers)
    if block is not None:
        counts_m *= np.where(block[pairs[:, 0]] == block[pairs[:, 1]], 1, STREET_SHARE)
    codes, edge = np.unique(pairs @ np.array([len(grounds), 1]), return_inverse=True)
    length_m = np.bincount(edge, counts_m, minlength=len(codes)).astype(np.float64)
    one, other = np.divmod(codes[length_m >= LEAST_M * STREET_SHARE], max(len(grounds), 1))
    return Graph(np.asarray(weight, dtype=np.float64), one, other, length_m[length_m >= LEAST_M * STREET_SHARE])


def _open_share(starts: Floats, ends: Floats, length_m: Floats, barriers: Geometries) -> Floats:
    """Return how much of each edge lies away from every barrier, 0 to 1, looked at every BARRIER_M."""
    steps = np.ceil(length_m / BARRIER_M).astype(np.int64).clip(1)
    edge, step = members(np.zeros_like(steps), steps)
    along = ((step + 0.5) / steps[edge])[:, None]
    scale = metres_per_degree(starts[:1, 1])[0]
    points = shapely.points((starts[edge] * (1 - along) + ends[edge] * along) * scale)
    flat = shapely.transform(barriers, lambda degrees: degrees * scale)
    closed = np.zeros(len(points), dtype=bool)
    closed[shapely.STRtree(points).query(flat, predicate="dwithin", distance=BARRIER_M)[1]] = True
    return np.asarray(1 - np.bincount(edge, closed, minlength=len(steps)) / steps, dtype=np.float64)
