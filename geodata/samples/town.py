"""A made-up town: what it is to consist of, laid out, built upon, and brought to the ground; the same each time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely

from geodata.samples.bend import Bend
from geodata.samples.filling import Built, Row, build, rows_of
from geodata.samples.parts import Part
from geodata.samples.rings import Rings, outline, polygons
from geodata.samples.slicing import CLASSES, Laid, Layout, lay_out
from geodata.samples.yards import Shop, Yard, shops, yards
from geodata.topology import Geometries


@dataclass(frozen=True)
class Town:
    """A town and where it lies."""

    root: Part
    bend: Bend
    wide_to_high: float = 1.5
    classes: tuple[str, ...] = CLASSES
    """The class of the streets that divide the whole, its parts, theirs, and so on."""
    area_code: str = "000"
    """Of its telephones; the numbers behind it begin with 0, which none does."""

    islands: bool = False
    """Whether the compounds that are units end at their outlines, so that streets belong to what remains of the community."""

    has_shops: bool = True

    @cached_property
    def _rows(self) -> tuple[Layout, list[Row]]:
        layout = lay_out(self.root, wide_to_high=self.wide_to_high, classes=self.classes)
        return layout, rows_of(layout)

    @property
    def layout(self) -> Layout:
        """Return all parts in their places."""
        return self._rows[0]

    @cached_property
    def rings(self) -> Rings:
        """Return the borders and streets."""
        return Rings(self.layout.walls)

    @cached_property
    def built(self) -> Built:
        """Return the buildings of all parts, shops aside."""
        return build(self.layout, self._rows[1], self.random(1))

    @cached_property
    def shops(self) -> list[Shop]:
        """Return the buildings with shops along wide streets."""
        return shops(self.layout, self.random(2)) if self.has_shops else []

    @cached_property
    def yards(self) -> dict[int, list[Yard]]:
        """Return the yards of each compound, and of parts outside any, by their place in the layout."""
        return yards(self.layout, self._rows[1])

    def random(self, purpose: int) -> np.random.Generator:
        """Return chance for one purpose, so that what is drawn for another stays as it is."""
        return np.random.default_rng([self.bend.seed, purpose])

    def units(self) -> list[Laid]:
        """Return the units, each before those below it."""
        return [laid for laid in self.layout.laid if laid.part.level]

    def grounds(self, units: Sequence[Laid]) -> Geometries:
        """Return the ground of units: neighbours share their vertices, and the top unit has land around the town."""
        grounds = self.rings.polygons([unit.rect for unit in units], self.bend)
        grounds[[unit is self.layout.laid[0] for unit in units]] = self._surroundings()
        alone = [place for place, unit in enumerate(units) if self.islands and unit.part.is_compound]
        if alone:
            grounds[alone] = self.outlines([units[place] for place in alone])
        return grounds

    def _surroundings(self) -> shapely.Geometry:
        rect = self.layout.laid[0].rect
        turn = np.linspace(0, 2 * np.pi, 240, endpoint=False)
        square = (np.cos(turn) ** 4 + np.sin(turn) ** 4) ** -0.25
        waves = 1.34 + sum(0.03 / k * np.sin(k * turn * 2 + self.bend.seed + k) for k in (1, 2, 4, 9))
        ring = np.column_stack([np.cos(turn) * rect.east, np.sin(turn) * rect.north]) * (square * waves)[:, None]
        ground: shapely.Geometry = polygons([ring], self.bend)[0]
        return ground

    def compounds(self) -> list[Laid]:
        """Return the compounds."""
        return [laid for laid in self.layout.laid if laid.part.is_compound]

    def outlines(self, compounds: Sequence[Laid]) -> Geometries:
        """Return the ground that compounds have for themselves, behind streets and shops."""
        return polygons([outline(laid.rect.behind_shops()) for laid in compounds], self.bend)

    def holder(self, place: int) -> int:
        """Return the compound that a part lies in, else the part itself, by their places in the layout."""
        compound = self.layout.laid[place].compound
        return place if compound is None else compound

    def part(self, place: int) -> Part:
        """Return the part at a place of the layout."""
        return self.layout.laid[place].part

    def points(self, places: Sequence[tuple[float, float]]) -> Geometries:
        """Return places of the plan on the ground."""
        return np.asarray(shapely.points(self.bend.lonlat(np.array(places, dtype=np.float64).reshape(-1, 2))), dtype=object)

    def rectangles(self, middles: Sequence[tuple[float, float]], sizes_m: Sequence[tuple[float, float]]) -> Geometries:
        """Return rectangles of the plan on the ground, their angles right."""
        half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]) / 2
        rings = half[None] * np.array(sizes_m, dtype=np.float64).reshape(-1, 1, 2)
        return np.asarray(shapely.polygons(self.bend.footprints(np.array(middles, dtype=np.float64).reshape(-1, 2), rings)), dtype=object)
