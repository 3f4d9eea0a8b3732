"""Whether leaves are still a coverage."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from geodata.findings import Box, Finding
from geodata.measure import area_m2
from geodata.topology.edges import ALONE, Edges, directed, partners
from geodata.topology.grid import Geometries, Ground, Integers, as_array
from geodata.topology.tree import Tree, tree_of

LEAST_PART_M2 = 1.0
"""Smaller parts broke coverages after thousands of moves; nothing on the ground is that small."""

_OUTSIDE = -1
_SUSPECT_DEG2 = 1e-9
"""1 m² is less than this south of 84 degrees; only such parts are measured."""


def check(geometries: Geometries, *, outer: Ground | None = None) -> list[Finding]:
    """Say where the leaves fail to tile; an empty list means that they do.

    Three things: directed edges pair exactly, by integers; the unpaired ones are the stored outer ring, when
    `outer` (the union's ground) is given; rings are valid and every part has at least 1 m². Without `outer`
    a missing leaf looks like a void, and leaves that overlap without a common edge are searched among those
    with unpaired edges and whatever lies there. Every finding is an error with a box; `unit` in its values is the
    index (`named` puts a name there). Empty polygons are ignored.
    """
    everyone = np.arange(len(geometries))
    edges, partner = _paired(directed(geometries), outer)
    with_outside = np.append(everyone, _OUTSIDE)
    findings = [*_broken_leaves(geometries, everyone), *_border_findings(edges, partner, with_outside, strict=outer is not None)]
    if outer is None:
        loose = np.unique(edges.leaves[partner == ALONE])
        around = STRtree(geometries).query(geometries[loose])[1]
        findings += _misfits(geometries, np.unique(around), everyone)
    return findings


def check_around(
    geometries: Geometries, changed: Collection[int], *, tree: Tree | None = None, outer: Ground | None = None
) -> list[Finding]:
    """Say where the changed leaves fail to tile with their neighbours, looking at nothing else.

    `changed` are indices. `tree` may be a tree of the leaves as they were before the change (leaves added at
    the end are then covered by `changed`); without it one is built, which costs more than the check.
    """
    indices = np.array(sorted(changed), dtype=np.int64)
    tree = tree_of(geometries, tree)
    around = tree.query(geometries[indices], predicate="intersects")[1]
    here = np.union1d(indices, around)
    found = directed(geometries[here])
    edges, partner = _paired(Edges(found.starts, found.ends, here[found.leaves]), outer)
    findings = [*_broken_leaves(geometries, indices), *_border_findings(edges, partner, indices, strict=outer is not None)]
    if outer is None and _misfits(geometries, here, indices):
        wider = tree.query(geometries[here], predicate="intersects")[1]  # a cut-out gives rare false alarms: look again with two rings
        findings += _misfits(geometries, np.union1d(here, wider), indices)
    return findings


def _paired(edges: Edges, outer: Ground | None) -> tuple[Edges, Integers]:
    """Return the edges, with what lies outside as one more leaf, and their partners."""
    if outer is not None:
        edges += directed(as_array([outer])).reverse(_OUTSIDE)
    return edges, partners(edges)


def _broken_leaves(geometries: Geometries, asked: Integers) -> Iterator[Finding]:
    for leaf in map(int, asked[~shapely.is_valid(geometries[asked])]):
        values = {"unit": leaf, "reason": shapely.is_valid_reason(geometries[leaf])}
        yield Finding("ring", "error", "Unit {unit}: its rings are not valid ({reason}).", values, box_of(geometries[leaf]))
    asked = asked[(shapely.area(geometries[asked]) < _SUSPECT_DEG2) | (shapely.get_num_geometries(geometries[asked]) > 1)]
    parts, owner = shapely.get_parts(geometries[asked], return_index=True)
    suspects = np.flatnonzero((shapely.area(parts) < _SUSPECT_DEG2) & ~shapely.is_empty(parts))
    for part, part_m2 in zip(suspects, area_m2(parts[suspects]), strict=True):
        if part_m2 < LEAST_PART_M2:
            values = {"unit": int(asked[owner[part]]), "part_m2": float(part_m2)}
            yield Finding(
                "small-part", "error", "Unit {unit}: a part has {part_m2:.2f} m²; the least is 1 m².", values, box_of(parts[part])
            )


def _border_findings(edges: Edges, partner: Integers, asked: Integers, *, strict: bool) -> Iterator[Finding]:
    """Name the leaves with edges that lie wrongly, and when strict those that lie alone."""
    bad = (partner < ALONE) | (partner >= 0) & (edges.leaves == edges.leaves[partner])
    wrong = edges.only(bad | (partner == ALONE) if strict else bad)
    for leaf in map(int, np.intersect1d(wrong.leaves, asked)):
        place = wrong.only(wrong.leaves == leaf).box()
        if leaf == _OUTSIDE:
            yield Finding("outer", "error", "Ground inside the stored outer border belongs to no unit.", {}, place)
        else:
            yield _misfit(leaf, place)


def _misfits(geometries: Geometries, here: Integers, asked: Integers) -> list[Finding]:
    """Name leaves whose edges run through another's ground, or along a border without its vertices."""
    lines = shapely.coverage_invalid_edges(geometries[here])
    wrong = np.isin(here, asked) & ~shapely.is_empty(lines) & ~shapely.is_missing(lines)
    return [_misfit(int(leaf), box_of(line)) for leaf, line in zip(here[wrong], lines[wrong], strict=True)]


def _misfit(leaf: int, where: Box) -> Finding:
    return Finding("border", "error", "Unit {unit}: its border does not match what lies beside it.", {"unit": leaf}, where)


def box_of(geometry: BaseGeometry) -> Box:
    """Return the box to zoom to."""
    west, south, east, north = (float(edge) for edge in geometry.bounds)
    return west, south, east, north
