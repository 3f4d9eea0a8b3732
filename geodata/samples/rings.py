"""Borders and streets along the walls of a plan: neighbours share every vertex, wherever a third one ends between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import shapely

from geodata.samples.bend import Bend
from geodata.samples.plan import Floats
from geodata.samples.slicing import Rect, Wall
from geodata.topology import Geometries

STEP_M = 25.0
"""No edge is longer, so that borders bend with the ground they cross."""


class Edge(NamedTuple):
    """A street between two crossings."""

    wall: int
    """The wall it runs along."""
    places: Floats


class Rings:
    """The vertices of all walls, by the line that they stand on."""

    def __init__(self, walls: Sequence[Wall], step_m: float = STEP_M) -> None:
        self._walls = walls
        self._nodes = _on_lines(wall for wall in walls if wall.street_class)
        self._vertices = {line: _dense(ats, step_m) for line, ats in _on_lines(walls).items()}

    def polygons(self, rects: Sequence[Rect], bend: Bend) -> Geometries:
        """Return the ground of rectangles that are bounded by walls; those that touch share their vertices."""
        return polygons([self._ring(rect) for rect in rects], bend)

    def _ring(self, rect: Rect) -> Floats:
        west, south, east, north = rect[:4]
        sides = (self._side(False, south, west, east), self._side(True, east, south, north))
        back = (self._side(False, north, west, east)[::-1], self._side(True, west, south, north)[::-1])
        return np.concatenate([side[:-1] for side in (*sides, *back)])

    def _side(self, upright: bool, at: float, low: float, high: float) -> Floats:
        """Return the vertices of a line from one end to the other."""
        return _places(upright, at, _between(self._vertices[upright, at], low, high))

    def edges(self) -> Iterator[Edge]:
        """Yield the streets of all walls, from crossing to crossing."""
        for number, wall in enumerate(self._walls):
            if wall.street_class:
                nodes = _between(self._nodes[wall.upright, wall.at], wall.low, wall.high)
                for low, high in zip(nodes[:-1].tolist(), nodes[1:].tolist(), strict=True):
                    yield Edge(number, self._side(wall.upright, wall.at, low, high))


def polygons(rings: Sequence[Floats], bend: Bend) -> Geometries:
    """Return the ground inside rings of the plan, given without their closing vertex."""
    whole = [np.concatenate([ring, ring[:1]]) for ring in rings]
    indices = np.repeat(np.arange(len(whole)), [len(ring) for ring in whole])
    return np.asarray(shapely.polygons(shapely.linearrings(bend.lonlat(np.concatenate(whole)), indices=indices)), dtype=object)


def lines(places: Sequence[Floats], bend: Bend) -> Geometries:
    """Return lines of the plan on the ground."""
    indices = np.repeat(np.arange(len(places)), [len(line) for line in places])
    return np.asarray(shapely.linestrings(bend.lonlat(np.concatenate(places)), indices=indices), dtype=object)


def outline(rect: Rect, step_m: float = STEP_M) -> Floats:
    """Return the ring of a rectangle that stands alone, its sides dense enough to bend."""
    west, south, east, north = rect[:4]
    ring = shapely.segmentize(shapely.box(west, south, east, north, ccw=True), step_m)
    return np.asarray(shapely.get_coordinates(ring)[:-1], dtype=np.float64)


def _on_lines(walls: Iterable[Wall]) -> dict[tuple[bool, float], Floats]:
    """Return by line the places where walls stand on it, cross it or end on it."""
    found: dict[tuple[bool, float], set[float]] = defaultdict(set)
    for wall in walls:
        found[wall.upright, wall.at] |= {wall.low, wall.high}
        for end in (wall.low, wall.high):
            found[not wall.upright, end].add(wall.at)
    return {line: np.array(sorted(ats)) for line, ats in found.items()}


def _dense(ats: Floats, step_m: float) -> Floats:
    """Return the places with others between them, so that none is farther from the next than the step."""
    counts = np.maximum(np.ceil(np.diff(ats) / step_m).astype(int), 1)
    starts, widths = np.repeat(ats[:-1], counts), np.repeat(np.diff(ats) / counts, counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.append(starts + within * widths, ats[-1])


def _between(ats: Floats, low: float, high: float) -> Floats:
    return ats[np.searchsorted(ats, low) : np.searchsorted(ats, high, side="right")]


def _places(upright: bool, at: float, along: Floats) -> Floats:
    fixed = np.full(len(along), at)
    return np.column_stack([fixed, along] if upright else [along, fixed])
