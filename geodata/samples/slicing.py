"""Where the parts of a town lie on its plan: rectangles sliced out of each other, with the streets between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import NamedTuple

from geodata.samples.parts import Part

SETBACK_M = {"primary": 17.0, "secondary": 13.0, "residential": 9.0, "service": 4.5, "footway": 2.0, "": 0.0}
"""By the class of the street on a side: from its middle line to the first wall behind it. No class: no street."""
SHOPS_M = 13.0
"""How deep the ground of the shops is that stand along wide streets, outside the compound."""
SHOPPING = frozenset({"primary", "secondary"})
"""Classes of street with shops along them."""


class Rect(NamedTuple):
    """Ground on the plan, in metres from its middle, with the class of the street along each side."""

    west: float
    south: float
    east: float
    north: float
    sides: tuple[str, str, str, str] = ("", "", "", "")
    """West, south, east, north."""

    @property
    def wide_m(self) -> float:
        """Return how far it reaches from west to east."""
        return self.east - self.west

    @property
    def high_m(self) -> float:
        """Return how far it reaches from south to north."""
        return self.north - self.south

    def behind_streets(self) -> Rect:
        """Return what is left of it behind its streets."""
        west, south, east, north = (SETBACK_M[side] for side in self.sides)
        return Rect(self.west + west, self.south + south, self.east - east, self.north - north, self.sides)

    def behind_shops(self) -> Rect:
        """Return what a compound has for itself: behind its streets, and behind the shops along wide ones."""
        behind = self.behind_streets()
        west, south, east, north = (SHOPS_M if side in SHOPPING else 0.0 for side in self.sides)
        return Rect(behind.west + west, behind.south + south, behind.east - east, behind.north - north, self.sides)


class Wall(NamedTuple):
    """A straight line of the plan between two pieces of ground."""

    upright: bool
    """Whether it runs from south to north; its place is then its distance to the east."""
    at: float
    low: float
    high: float
    street_class: str
    """Empty where no street runs along it."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A part in its place."""

    part: Part
    rect: Rect
    parent: int | None
    """The unit above, as its place in the list of all."""
    compound: int | None
    """The compound it is or lies in, likewise."""


@dataclass(slots=True)
class Layout:
    """All parts of a town in their places, and the walls between them."""

    laid: list[Laid] = field(default_factory=list)
    walls: list[Wall] = field(default_factory=list)

    def leaves(self) -> Iterator[tuple[int, Laid]]:
        """Yield what is not divided further, with its place in the list."""
        return ((place, laid) for place, laid in enumerate(self.laid) if not laid.part.parts)


CLASSES = ("primary", "primary", "secondary", "residential", "service")
"""The class of the streets that divide the whole, its parts, theirs, and so on; below them the last."""


def lay_out(root: Part, *, wide_to_high: float = 1.5, classes: Sequence[str] = CLASSES) -> Layout:
    """Return the town with its middle at the plan's; a compound's own parts have footways or nothing between them."""
    whole_m2 = root.whole_m2
    right, up = round((whole_m2 * wide_to_high) ** 0.5 / 2), round((whole_m2 / wide_to_high) ** 0.5 / 2)
    layout = Layout()
    for upright, at, reach in ((True, -right, up), (True, right, up), (False, -up, right), (False, up, right)):
        layout.walls.append(Wall(upright, at, -reach, reach, classes[0]))
    _place(layout, root, Rect(-right, -up, right, up, (classes[0],) * 4), _Above(tuple(classes)))
    return layout


@dataclass(frozen=True, slots=True)
class _Above:
    """What a part has to know of those above it."""

    classes: tuple[str, ...]
    parent: int | None = None
    compound: int | None = None


def _place(layout: Layout, part: Part, rect: Rect, above: _Above) -> None:
    place = len(layout.laid)
    compound = place if part.is_compound else above.compound
    layout.laid.append(Laid(part, rect, above.parent, compound))
    here = _Above(above.classes[1:] or above.classes, place if part.level else above.parent, compound)
    for below, ground in _divided(layout, part, rect, above.classes[0]):
        _place(layout, below, ground, here)


def _divided(layout: Layout, part: Part, rect: Rect, street_class: str) -> Iterator[tuple[Part, Rect]]:
    """Yield the parts of a part with their ground; a compound's lie in rows with lanes between them."""
    if part.is_compound and part.parts:
        rows = rows_for(rect.behind_shops(), len(part.parts), part.parts[0].form)
        yield from _in_rows(layout, part, rows, rect, ("service", ""))
    elif part.rows:
        yield from _in_rows(layout, part, part.rows, rect, (street_class, street_class))
    elif part.parts:
        yield from _slices(layout, part.parts, rect, street_class)


def rows_for(rect: Rect, buildings: int, form: str) -> int:
    """Return in how many rows so many buildings stand: each has about twice as much width as depth, and light."""
    wished: int = round((buildings * max(rect.high_m, 1) / max(rect.wide_m, 1) / DEPTH_TO_WIDTH) ** 0.5)
    return max(1, min(wished, buildings, int(rect.high_m / LEAST_M.get(form, 27.0))))


DEPTH_TO_WIDTH = 0.55
LEAST_M = {"towers": 46.0, "houses": 25.0}
"""How far apart rows are at least, by form; others 27 m."""


def _in_rows(layout: Layout, part: Part, count: int, rect: Rect, classes: tuple[str, str]) -> Iterator[tuple[Part, Rect]]:
    """Yield the parts in rows from the south, in each from the west; `classes` are those of what runs between rows and within."""
    parts, ends = part.parts, [len(part.parts) * row // count for row in range(count + 1)]
    rows = [parts[start:end] for start, end in pairwise(ends)]
    inner = rect.behind_shops() if part.is_compound else rect
    strips = _cut(layout, rect, inner, _Cut(False, classes[0], [sum(each.whole_m2 for each in row) for row in rows]))
    for row, strip in zip(rows, strips, strict=True):
        yield from zip(row, _cut(layout, strip, inner, _Cut(True, classes[1], [each.whole_m2 for each in row])), strict=True)


class _Cut(NamedTuple):
    """How a rectangle is cut into strips."""

    upright: bool
    street_class: str
    weights: Sequence[float]


def _cut(layout: Layout, rect: Rect, inner: Rect, how: _Cut) -> list[Rect]:
    """Return the rectangle cut into strips whose inner ground is in proportion to the weights."""
    low, high = (inner.west, inner.east) if how.upright else (inner.south, inner.north)
    whole = sum(how.weights)
    ats = [float(round(low + share / whole * (high - low))) for share in accumulate(how.weights[:-1])]
    found = []
    for at in ats:
        strip, rect = _halves(layout, rect, at, upright=how.upright, street_class=how.street_class)
        found.append(strip)
    return [*found, rect]


def _slices(layout: Layout, parts: Sequence[Part], rect: Rect, street_class: str) -> Iterator[tuple[Part, Rect]]:
    """Yield the parts with their ground: halved across the longer side, the halves likewise, until each has its own."""
    if len(parts) == 1:
        yield parts[0], rect
        return
    weights = [part.whole_m2 for part in parts]
    whole, share, end = sum(weights), 0.0, 0
    while end == 0 or (end < len(parts) - 1 and share + weights[end] / whole / 2 < 0.5):  # the halves as even as can be
        share += weights[end] / whole
        end += 1
    upright = rect.wide_m > rect.high_m
    low, high = (rect.west, rect.east) if upright else (rect.south, rect.north)
    first, second = _halves(layout, rect, float(round(low + share * (high - low))), upright=upright, street_class=street_class)
    yield from _slices(layout, parts[:end], first, street_class)
    yield from _slices(layout, parts[end:], second, street_class)


def _halves(layout: Layout, rect: Rect, at: float, *, upright: bool, street_class: str) -> tuple[Rect, Rect]:
    """Return what lies west or south of a new wall and what lies beyond it."""
    reach = (rect.south, rect.north) if upright else (rect.west, rect.east)
    layout.walls.append(Wall(upright, at, *reach, street_class))
    west, south, east, north = rect.sides
    if upright:
        return (
            rect._replace(east=at, sides=(west, south, street_class, north)),
            rect._replace(west=at, sides=(street_class, south, east, north)),
        )
    return rect._replace(north=at, sides=(west, south, east, street_class)), rect._replace(
        south=at, sides=(west, street_class, east, north)
    )
