"""Which unit of a coverage a row of a file is, and which one it stands under."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely

from geodata.topology import Ground
from gridsvc.domain.coverage import REMAINDER, Coverage, UnitState
from gridsvc.domain.proposals import Keep
from gridsvc.domain.unit_rows import UnitRow

NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Terms:
    """What the one who brings in units has said and agreed to."""

    root_name: str
    """The name of the top unit where the file has none."""
    keep: Keep = None
    """Whose border holds where a unit reaches outside the one above; None: nobody has said."""
    accept_loss: bool = False
    """Whether a unit may lose more than a twentieth of its ground to others of the file."""
    source: str = "main"


class Known:
    """The units of a coverage by id, by code, by the row that brought them and by name."""

    def __init__(self, coverage: Coverage, source: str, rows: Iterable[UnitRow] = ()) -> None:
        self.coverage = coverage
        digests = {row.digest for row in rows}
        real = [(place, unit) for place, unit in enumerate(coverage.units) if not unit.gone and unit.kind != REMAINDER]
        self._by_id = {unit.unit_id: place for place, unit in real if unit.unit_id is not None}
        self._by_code = {unit.code: place for place, unit in real if unit.code}
        self._by_digest = {unit.source_digest: place for place, unit in real if unit.source == source}
        self._by_name = {(unit.level, unit.name): place for place, unit in real}
        self._namesakes: dict[tuple[int, str], list[int]] = {}
        for place, unit in real:
            if unit.source != source or unit.source_digest not in digests:
                self._namesakes.setdefault((unit.level, unit.name), []).append(place)
        self._by_level: dict[int, list[int]] = {}
        for place, unit in real:
            self._by_level.setdefault(unit.level, []).append(place)
        self._root: int | None = None

    def unit(self, row: UnitRow) -> int | None:
        """Return the place of the unit that this row describes, if it is there."""
        if row.unit_id is not None and row.unit_id in self._by_id:
            return self._by_id[row.unit_id]
        if row.code is not None:
            return self._by_code.get(row.code)
        if row.digest in self._by_digest:
            return self._by_digest[row.digest]
        namesakes = self._namesakes.get((row.level.number, row.name), []) if row.name else []
        return namesakes[0] if len(namesakes) == 1 else self._most_common(namesakes, row.ground)

    def parent(self, row: UnitRow, ground: Ground, terms: Terms) -> int | None:
        """Return the unit above: the one that the row names, else the longest code that its code begins with, else by its ground."""
        if row.level.number == 1:
            return None
        levels = [level for level in sorted(self._by_level, reverse=True) if level < row.level.number]
        if not levels:
            return self._made_root(terms)
        named = [self._by_name.get((level, row.parent)) for level in levels if row.parent]
        by_code = [self._by_code.get((row.code or "")[:end]) for end in range(len(row.code or "") - 1, 0, -1)]
        for place in (self._by_code.get(row.parent or ""), *named, *by_code):
            if place is not None and self.coverage.units[place].level < row.level.number:
                return place
        return next(
            (place for level in levels if (place := self._most_common(self._by_level[level], ground)) is not None),
            self._by_level[levels[-1]][0],
        )

    def _most_common(self, places: list[int], ground: Ground) -> int | None:
        """Return the unit with which the ground overlaps most."""
        grounds = self.coverage.ground_of(places)
        near = np.flatnonzero(shapely.intersects(grounds, shapely.box(*ground.bounds)))
        common = shapely.area(shapely.intersection(grounds[near], ground))
        return places[int(near[common.argmax()])] if len(near) and common.max() > 0 else None

    def _made_root(self, terms: Terms) -> int:
        """Return the top unit of a jurisdiction whose file begins further down, made when absent."""
        if self._root is None:
            self._root = self.coverage.add(UnitState(1, terms.root_name))
        return self._root
