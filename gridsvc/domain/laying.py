"""Laying units upon a coverage: each takes its ground from the unit it stands under; what remains there is its remainder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import shapely
from shapely import Polygon

from geodata.findings import Finding
from geodata.measure import area_m2
from geodata.topology import Built, Change, Geometries, Ground, build, carve, merge
from gridsvc.domain.coverage import REMAINDER, Coverage, UnitState
from gridsvc.domain.known import NOWHERE, Known, Terms
from gridsvc.domain.unit_rows import UnitRow, UnitRows

MOST_CHANGED = 0.05
"""A unit whose ground changes by a larger share needs somebody's consent."""
REPORTED_M2 = 1.0
"""A drawn boundary that differs from the computed one by more ground is kept as reported."""


def lay(coverage: Coverage, read: UnitRows, terms: Terms) -> None:
    """Lay the rows upon the coverage, level by level from the top, and unite the ancestors; rows that do not fit are refused.

    A row is the unit of its id, of its code, else the one that the same row brought before, else the one of its name at its level,
    else a new one. Refused rows leave no mark: the others are laid as if the file had only them.
    """
    start, told = list(coverage.units), len(read.findings)
    while True:
        rows = [row for row in read.rows if not read.is_refused(row)]
        for level in sorted({row.level.number for row in rows}):
            _Level(coverage, read, terms).lay([row for row in rows if row.level.number == level])
        if not any(read.is_refused(row) for row in rows):
            break
        coverage.reset(start)
        read.forget(told)
    coverage.unite_ancestors()
    _report_drawn(coverage, rows, terms)


def _report_drawn(coverage: Coverage, rows: Iterable[UnitRow], terms: Terms) -> None:
    """Keep the drawn boundary of a unit whose computed one differs."""
    known, below = Known(coverage, terms.source), coverage.children()
    for row in rows:
        place = known.unit(row)
        if place is not None and below.get(place):
            differs = _apart_m2(row.ground, coverage.units[place].ground) > REPORTED_M2
            coverage.describe(place, reported=row.ground if differs else None)


class _Level:
    """The rows of one level being laid."""

    def __init__(self, coverage: Coverage, read: UnitRows, terms: Terms) -> None:
        self.coverage, self.read, self.terms = coverage, read, terms
        self.known = Known(coverage, terms.source, read.rows)
        self.below = {parent: list(below) for parent, below in coverage.children().items()}

    def lay(self, rows: Sequence[UnitRow]) -> None:
        """Sort out what is as it was and what needs no ground; give ground to the others."""
        pending = [row for row in rows if not self._settled(row)]
        if pending:
            built = build(_array(row.ground for row in pending), [row.label for row in pending])
            self._settle_built(pending, built)
            good = [index for index, row in enumerate(pending) if not self.read.is_refused(row)]
            self._take_ground([pending[index] for index in good], built.coverage[good])

    def _settled(self, row: UnitRow) -> bool:
        place = self.known.unit(row)
        if place is None:
            return False
        if self.coverage.units[place].source_digest == row.digest:
            self.read.settle(row, "unchanged")
            return True
        if self.below.get(place) or _apart_m2(row.ground, self.coverage.units[place].ground) <= REPORTED_M2:
            self._describe(place, row)
            self._move_under(place, row)
            self.read.settle(row, "changed")
            return True
        return False

    def _move_under(self, place: int, row: UnitRow) -> None:
        """Put a unit that keeps its ground under the parent that its row names; a parent left without any children is no more."""
        old, new = self.coverage.units[place].parent, self.known.parent(row, row.ground, self.terms) if row.parent else None
        if new is None or new == old:
            return
        self._remainder(new)
        self.coverage.describe(place, parent=new)
        if old is not None and not self.coverage.children().get(old):
            self.coverage.put(old, Polygon(), moved=True)

    def _settle_built(self, rows: Sequence[UnitRow], built: Built) -> None:
        """Note which rows making a coverage of them changed, and refuse those that it changed too much."""
        changed = {change.index: change for change in built.changes}
        for index, row in enumerate(rows):
            change = changed.get(index)
            if change and (change.share > MOST_CHANGED or change.emptied) and not self.terms.accept_loss:
                self.read.refuse(row.row, row.label, _too_much(row, change))
            elif row.repaired or (change and max(change.lost_m2, change.gained_m2) > 1):
                self.read.settle(row, "repaired")
            else:
                self.read.settle(row, "new" if self.known.unit(row) is None else "changed")
        self.read.findings.extend(replace(finding, row=None) for finding in built.findings if finding.severity != "error")

    def _take_ground(self, rows: Sequence[UnitRow], grounds: Geometries) -> None:
        """Let the rows take their ground from what remains of their parents; at the top, from nobody."""
        parents = [self.known.parent(row, ground, self.terms) for row, ground in zip(rows, grounds, strict=True)]
        for row in rows:
            self._release(self.known.unit(row))
        rest = {parent: self._remainder(parent) for parent in sorted({parent for parent in parents if parent is not None})}
        leaves = self.coverage.leaves()
        index_of: dict[int | None, int] = {place: index for index, place in enumerate(leaves)}
        under = np.array([index_of.get(rest[parent] if parent is not None else None, NOWHERE) for parent in parents], dtype=np.int64)
        places = [self._put(row, parent) for row, parent in zip(rows, parents, strict=True)]
        if not leaves:
            for place, ground in zip(places, grounds, strict=True):
                self.coverage.put(place, ground, moved=True)
            return
        top = all(parent is None for parent in parents)
        keys = [row.label for row in rows]
        change = carve(self.coverage.ground_of(leaves), grounds, keys, parents=under, keep="child" if top else self.terms.keep)
        self._tell(rows, change.findings, top=top)
        self.coverage.rearranged([*leaves, *places], replace(change, findings=()))

    def _tell(self, rows: Sequence[UnitRow], findings: Iterable[Finding], *, top: bool) -> None:
        for finding in findings:
            if finding.row is None:
                self.read.findings.append(finding)
            elif not (top and finding.code == "outside"):
                row = rows[finding.row - 1]
                told = replace(finding, row=row.row)
                if finding.severity == "error":
                    self.read.refuse(row.row, row.label, told)
                else:
                    self.read.findings.append(told)

    def _release(self, place: int | None) -> None:
        """Give the ground of a leaf that is drawn anew back to what remains of its parent."""
        if place is None:
            return
        unit = self.coverage.units[place]
        rest = self._remainder(unit.parent) if unit.parent is not None else None
        if rest is not None:
            both = [rest, place]
            self.coverage.rearranged(both, merge(self.coverage.ground_of(both), [0, 1]))
        elif unit.parent is not None:
            self._add_remainder(unit.parent, unit.ground)
        self.coverage.put(place, Polygon(), moved=True)

    def _remainder(self, parent: int) -> int | None:
        """Return the place of what remains of a unit; of a leaf, all of it."""
        unit = self.coverage.units[parent]
        below = [place for place in self.below.get(parent, ()) if not self.coverage.units[place].gone]
        for place in below:
            if self.coverage.units[place].kind == REMAINDER:
                return place
        return None if below or unit.gone else self._add_remainder(parent, unit.ground)

    def _add_remainder(self, parent: int, ground: Ground) -> int:
        above = self.coverage.units[parent]
        place = self.coverage.add(UnitState(above.level + 1, above.name, REMAINDER, parent=parent, ground=ground))
        self.below.setdefault(parent, []).append(place)
        return place

    def _put(self, row: UnitRow, parent: int | None) -> int:
        """Return the place of the row's unit, new or as described now; its ground comes later."""
        place = self.known.unit(row)
        if place is None:
            place = self.coverage.add(UnitState(row.level.number, row.name or "", row.kind, row.code, parent))
        else:
            self.coverage.describe(place, parent=parent)
        self._describe(place, row)
        return place

    def _describe(self, place: int, row: UnitRow) -> None:
        unit = self.coverage.units[place]
        self.coverage.describe(
            place, name=row.name or unit.name, code=row.code or unit.code, kind=row.kind, source=self.terms.source, source_digest=row.digest
        )


def _apart_m2(one: Ground, other: Ground) -> float:
    return float(area_m2(np.array([shapely.symmetric_difference(one, other)]))[0])


def _too_much(row: UnitRow, change: Change) -> Finding:
    told = {"row": row.row, "label": row.label, "lost_m2": change.lost_m2, "gained_m2": change.gained_m2}
    template = (
        "Row {row} ({label}): others of the file claim its ground; it would lose {lost_m2:,.0f} and gain {gained_m2:,.0f} m²; "
        "mend the drawing, or agree with --accept-loss."
    )
    return Finding("unit-ground-lost", "error", template, told, change.where, row.row)


def _array(grounds: Iterable[Ground]) -> Geometries:
    given = list(grounds)
    array = np.empty(len(given), dtype=object)
    array[:] = given
    return array
