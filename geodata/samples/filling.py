"""What is built on the ground of a plan: rows of buildings facing south, their yards in front of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import shapely

from geodata.samples.bend import Bend
from geodata.samples.parts import Ints, shared
from geodata.samples.plan import Floats, block, court, slab, tower
from geodata.samples.slicing import Laid, Layout, Rect, Wall, rows_for
from geodata.topology import Geometries

YARD_M, BACK_M, GAP_M = 10.8, 3.2, 5.0
"""Ground kept free south and north of a row, and between two buildings of it: for fire lane and parked cars, for light, for passing."""
SHALLOW_M = 8.0
"""Depth of a building from which on the yard gives way."""
UNIT_M, SLAB_M = 15.5, 13.0
"""How wide an entrance's share of a slab is, and how deep the slab."""


class Row(NamedTuple):
    """Buildings side by side."""

    laid: int
    """The part they stand on, by its place in the layout."""
    ground: Rect
    held: int


@dataclass(frozen=True, slots=True)
class Built:
    """The buildings of a town, row by row."""

    laid: Ints
    """The part each stands on, by its place in the layout."""
    middle: Floats
    """Of shape (n, 2), in metres of the plan."""
    size_m: Floats
    """How wide and how deep, of shape (n, 2)."""
    shape: Ints
    """Its outline: a place in OUTLINES."""
    storeys: Ints
    households: Ints
    """-1 where nobody counts any."""

    def footprints(self, bend: Bend) -> Geometries:
        """Return the buildings on the ground."""
        found = np.empty(len(self.laid), dtype=object)
        for number, drawn in enumerate(OUTLINES):
            here = np.flatnonzero(self.shape == number)
            outline = np.asarray(drawn) / np.ptp(np.asarray(drawn), axis=0)
            ring = np.concatenate([outline, outline[:1]])
            found[here] = shapely.polygons(bend.footprints(self.middle[here], ring[None] * self.size_m[here, None]))
        return found


OUTLINES = (block(1, 1), *(slab(units, UNIT_M, SLAB_M) for units in range(1, 6)), tower(30, 24), court(60, 44, 13))
PLAIN, TOWER, COURT = 0, 6, 7
"""Places in OUTLINES; the slabs of 1 to 5 entrances stand at their numbers."""


def rows_of(layout: Layout) -> list[Row]:
    """Return where rows of buildings stand, and draw the lanes between them into the layout."""
    return [row for place, laid in layout.leaves() if laid.part.buildings for row in _rows(layout, place, laid)]


def _rows(layout: Layout, place: int, laid: Laid) -> Iterator[Row]:
    """Yield the rows of a part from the south."""
    inside, part = usable(layout, laid), laid.part
    count = rows_for(inside, part.buildings, part.form)
    ends = [float(round(inside.south + inside.high_m * row / count)) for row in range(count + 1)]
    ends[0], ends[-1] = inside.south, inside.north
    for south in ends[1:-1][: part.lanes]:
        layout.walls.append(Wall(False, south, laid.rect.west, laid.rect.east, "service"))
    for low, high, held in zip(ends[:-1], ends[1:], shared(part.buildings, [1] * count), strict=True):
        yield Row(place, inside._replace(south=low, north=high), held)


def usable(layout: Layout, laid: Laid) -> Rect:
    """Return the ground behind the streets, of a part of a compound what lies inside the compound."""
    if laid.compound is None:
        return laid.rect.behind_streets()
    here, whole = laid.rect, layout.laid[laid.compound].rect.behind_shops()
    return Rect(
        max(here.west, whole.west), max(here.south, whole.south), min(here.east, whole.east), min(here.north, whole.north), here.sides
    )


def build(layout: Layout, rows: Sequence[Row], random: np.random.Generator) -> Built:
    """Return the buildings of all rows; the households of a part are shared out among its buildings, and add up to it."""
    count = np.array([row.held for row in rows])
    ground = np.repeat(np.array([row.ground[:4] for row in rows]), count, axis=0)
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    laid = np.repeat([row.laid for row in rows], count)
    cell_m = (ground[:, 2] - ground[:, 0]) / np.repeat(count, count)
    high_m = ground[:, 3] - ground[:, 1]
    yard_m = np.clip(high_m - BACK_M - SHALLOW_M, 1.0, YARD_M)
    free_m = np.maximum(high_m - yard_m - BACK_M, 5.0)
    form = np.array([layout.laid[place].part.form for place in laid])
    shape, size_m = _shapes(form, cell_m, free_m, random)
    slack_m = np.maximum(free_m - size_m[:, 1], 0.0)
    right = ground[:, 0] + (within + 0.5) * cell_m + random.uniform(-0.5, 0.5, len(laid)) * np.maximum(cell_m - GAP_M - size_m[:, 0], 0.0)
    up = ground[:, 1] + yard_m + size_m[:, 1] / 2 + slack_m * random.uniform(0.0, 0.35, len(laid))
    households = _households(layout, laid)
    return Built(laid, np.column_stack([right, up]), size_m, shape, _storeys(form, shape, households, random), households)


def _shapes(form: Floats, cell_m: Floats, free_m: Floats, random: np.random.Generator) -> tuple[Ints, Floats]:
    """Return outline and size of each building, as its form says and its cell allows."""
    wide_m = np.maximum(cell_m - GAP_M, cell_m * 0.7)
    entrances = np.clip((wide_m / UNIT_M).astype(int), 0, 5)
    shape = np.select([form == "towers", form == "slabs", form == "school"], [TOWER, entrances, COURT], PLAIN)
    scale = random.uniform(0.88, 1.0, len(cell_m))
    wide = np.select(
        [form == "towers", form == "slabs", form == "houses"],
        [np.minimum(wide_m, 31.0), np.minimum(wide_m, np.maximum(entrances, 1) * UNIT_M), np.minimum(wide_m, 17.0 * scale)],
        np.minimum(wide_m, 70.0) * scale,
    )
    deep = np.select([form == "towers", form == "slabs", form == "houses"], [24.0, SLAB_M, 9.5 * scale], 36.0 * scale)
    return shape.astype(np.int64), np.column_stack([wide, np.minimum(deep, free_m)])


def _households(layout: Layout, laid: Ints) -> Ints:
    found = np.full(len(laid), -1)
    order = np.argsort(laid, kind="stable")
    starts = np.flatnonzero(np.diff(laid[order], prepend=-1))
    for start, end in zip(starts, np.append(starts[1:], len(laid)), strict=True):
        part = layout.laid[laid[order[start]]].part
        if part.households:
            found[order[start:end]] = shared(part.households, [1.0] * (end - start))
    return found


def _storeys(form: Floats, shape: Ints, households: Ints, random: np.random.Generator) -> Ints:
    """Return storeys that hold the households, two a floor and entrance in slabs, four a floor in towers; without any, what is usual."""
    held = np.maximum(households, 0)
    a_floor = np.select([form == "towers", form == "slabs"], [4, 2 * np.maximum(shape, 1)], 1)
    usual = np.select(
        [form == "towers", form == "slabs", form == "houses", form == "offices"],
        [
            random.integers(15, 33, len(form)),
            random.integers(5, 8, len(form)),
            random.integers(1, 4, len(form)),
            random.integers(8, 20, len(form)),
        ],
        random.integers(2, 5, len(form)),
    )
    counted = np.where(form == "houses", usual, np.clip(-(-held // a_floor), 3, 34))
    return np.asarray(np.where(households > 0, counted, usual), dtype=np.int64)
