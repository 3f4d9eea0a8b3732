"""What a drawn line means: a new border between two leaves, or through one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import shapely
from shapely import LineString, MultiLineString

from geodata.findings import Finding, GeodataError
from geodata.topology.check import box_of
from geodata.topology.cut import Cut
from geodata.topology.faces import holders
from geodata.topology.grid import Geometries, Integers
from geodata.topology.lines import REACH_M, fit_line, refusal, short, stray
from geodata.topology.neighbours import neighbours
from geodata.topology.rearrange import Rearranged, rearrange
from geodata.topology.tree import Tree, tree_of


def shift(leaves: Geometries, a: int, b: int, line: LineString, *, tree: Tree | None = None) -> Rearranged:
    """Redraw the border between two leaves along a line.

    If the line alone divides their common ground, its sides go to them so that most ground stays where it is. Else the pieces that
    the line cuts off change hands: each leaf keeps its largest piece. What a piece has left without connection to its new unit goes
    back over the longest border. Ends up to 3 m short of a border are lengthened, points within 0.1 m of a vertex are laid upon it.
    Errors: GeodataError for a line that crosses itself, closes, changes nothing, or leaves a part under 1 m².
    """
    if a == b:
        raise GeodataError("A border lies between two different units; unit {unit} was named twice.", unit=a)
    if not len(neighbours(leaves[[a, b]]).pairs):
        raise GeodataError("Units {unit} and {other} have no common border that could be moved.", unit=a, other=b)
    shifted = _along(leaves, [a, b], line, lambda cut: cut.redrawn(a, b), tree)
    if shifted.emptied:
        raise GeodataError("The line would leave unit {unit} without ground.", unit=min(shifted.emptied))
    return shifted


def split(leaves: Geometries, index: int, line: LineString, *, tree: Tree | None = None) -> Rearranged:
    """Divide a leaf along a line; the larger side keeps the index, the other is the new unit `len(leaves)`.

    Ends and errors as in `shift`; a side of several parts gets a warning.
    """
    parted = _along(leaves, [index], line, lambda cut: cut.parted(index, len(leaves)), tree)
    told = []
    for unit in (index, len(leaves)):
        ground = parted.geometries[unit]
        parts = len(shapely.get_parts(ground))
        if parts > (len(shapely.get_parts(leaves[index])) if unit == index else 1):
            told.append(Finding("parts", "warning", "One side of the line has {parts} parts.", {"parts": parts}, box_of(ground)))
    return replace(parted, findings=(*parted.findings, *told))


def _along(leaves: Geometries, units: Sequence[int], line: LineString, meaning: Callable[[Cut], Integers], tree: Tree | None) -> Rearranged:
    """Cut the units along the line and give their faces to whom the meaning says."""
    tree = tree_of(leaves, tree)
    ground = leaves[list(units)]
    fitted = fit_line(line, ground)
    told = _strays(leaves, units, line, tree)

    def owner(points: Geometries, faces: Geometries) -> Integers:
        owners = holders(leaves, points, tree=tree)
        mine = np.isin(owners, units)
        owners[mine] = meaning(Cut.of(faces[mine], owners[mine], fitted))
        return owners

    result = rearrange(leaves, np.array([fitted]), owner, tree=tree)
    if not result.moved_m2:
        raise _useless(fitted, ground)
    return replace(result, findings=told)


def _strays(leaves: Geometries, units: Sequence[int], line: LineString, tree: Tree) -> tuple[Finding, ...]:
    """Tell of ends that reach far over the border, and of third units that the line runs through on its way."""
    before_m, between_m, behind_m = stray(line, leaves[list(units)])
    told = []
    if max(before_m, behind_m) > REACH_M:
        template = "The line reaches {over_m:.0f} m beyond the border; that part is left out."
        told.append(Finding("line-overshoots", "info", template, {"over_m": float(max(before_m, behind_m))}, box_of(line)))
    if between_m > REACH_M:
        third = np.setdiff1d(tree.query(np.array([line]), predicate="intersects")[1], units)
        crossed = shapely.intersection(line, leaves[third])
        if len(third):
            other = int(shapely.length(crossed).argmax())
            template = "The line runs through unit {other} on its way, which keeps its ground."
            told.append(Finding("line-crosses-third", "warning", template, {"other": int(third[other])}, box_of(crossed[other])))
    return tuple(told)


def _useless(fitted: MultiLineString, ground: Geometries) -> GeodataError:
    """Say why a line moves nothing."""
    end = short(fitted, ground)
    if end is None:
        template = "The line moves no border: it follows one, or cuts off what the other unit does not touch."
        return refusal("line-divides-nothing", template, fitted)
    template = "The line ends {gap_m:.1f} m short of the border; draw it on to there."
    return refusal("line-falls-short", template, end[0], gap_m=end[1])
