"""Ground for the units of a ledger: around exactly their buildings, divided midway to those of others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geodata.districting.blocks import blocks
from geodata.districting.draw import draw
from geodata.districting.graph import graph
from geodata.districting.parcels import parcels
from geodata.districting.streets import Streets
from geodata.findings import Finding
from geodata.progress import Tell, silent
from geodata.topology import NOBODY, Geometries, Ground
from geodata.topology.grid import Integers, as_array


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """What borders may follow. All in EPSG:4490."""

    streets: Streets
    barriers: Geometries
    """Water as polygons, railways as lines."""
    walls: Geometries
    """Lines: ground does not reach through them unless nobody stands there."""
    outlines: Geometries
    """Polygons of compounds, whose walls part them from what else stands in their block."""


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """What is to be divided."""

    boundary: Ground
    footprints: Geometries
    label: Integers
    """For each footprint the unit that it belongs to, from 0 on."""
    around: Surroundings


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Ground by label; it tiles the boundary."""

    ground: Geometries
    block: Integers
    """For each footprint the number of the block between streets that it stands in, -1 for one that stands in none."""
    findings: tuple[Finding, ...]


def divide(site: Site, *, tolerance_m: float = 2.0, tell: Tell = silent) -> Drawn:
    """Draw each label's ground: that of its buildings, and free ground beside it that touches it more than any other."""
    between = blocks(site.boundary, site.around.streets, site.footprints, barriers=site.around.barriers)
    middles = shapely.point_on_surface(site.footprints)
    block = _within(between, middles)
    walls = np.concatenate([site.around.walls, _parting(site.around.outlines, middles, block)])
    divided = parcels(site.boundary, site.footprints, blocks=between, walls=walls, tell=tell)
    label = np.full(len(divided.ground), NOBODY)
    placed = divided.of_building >= 0
    label[divided.of_building[placed]] = site.label[placed]
    borders = graph(divided.ground, np.zeros(len(label)), block=_within(between, shapely.point_on_surface(divided.ground)))
    spread(label, borders.one, borders.other, borders.length_m)
    _nearest(label, divided.ground)
    return Drawn(draw(divided, label, site.footprints, tolerance_m=tolerance_m), block, divided.findings)


def _parting(outlines: Geometries, middles: Geometries, block: Integers) -> Geometries:
    """Return the borders of the compounds that share a block with others; where one fills its block, the street bounds it."""
    held = shapely.STRtree(middles).query(outlines, predicate="contains")
    alone = np.ones(len(outlines), dtype=bool)
    for index in range(len(outlines)):
        inside = held[1][held[0] == index]
        alone[index] = np.isin(block, block[inside]).sum() == len(inside)
    return as_array(shapely.boundary(outlines[~alone]))


def spread(label: Integers, one: Integers, other: Integers, length_m: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    """Give grounds without a label that of the neighbours with the longest common border, round by round, in place."""
    ends, others, shared_m = np.concatenate([one, other]), np.concatenate([other, one]), np.concatenate([length_m, length_m])
    while True:
        open_ = (label[ends] == NOBODY) & (label[others] != NOBODY)
        if not open_.any():
            return
        pairs, where = np.unique(np.stack([ends[open_], label[others[open_]]]), axis=1, return_inverse=True)
        total_m = np.bincount(where.ravel(), weights=shared_m[open_])
        best = np.lexsort((pairs[1], -total_m, pairs[0]))
        taker, first = np.unique(pairs[0][best], return_index=True)
        label[taker] = pairs[1][best][first]


def _nearest(label: Integers, grounds: Geometries) -> None:
    """Give islands of free ground to the nearest label."""
    alone, settled = np.flatnonzero(label == NOBODY), np.flatnonzero(label != NOBODY)
    if len(alone) and len(settled):
        label[alone] = label[settled[shapely.STRtree(grounds[settled]).nearest(grounds[alone])]]


def _within(grounds: Geometries, points: Geometries) -> Integers:
    """Return for each point the ground that it lies in."""
    found = np.full(len(points), NOBODY)
    point, ground = shapely.STRtree(grounds).query(points, predicate="intersects")
    found[point[::-1]] = ground[::-1]
    return found
