"""Rows of one id: copies, parts of one thing, its outline or label beside it; or two things under one number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.findings import Finding
from geodata.footprints import gather
from geodata.shapes import Shaped, box_of
from geodata.topology import Geometries
from gridsvc.domain.features import Feature
from gridsvc.domain.proposals import RowOutcome, row_digest, shape_keys

Text = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class OneEach:
    """One feature an id."""

    accepted: list[Feature] = field(default_factory=list)
    refused: list[RowOutcome] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(slots=True)
class _Thing:
    """The rows of one id that agree."""

    rows: list[int]
    text: Text


def one_each(
    rows: Sequence[Feature], shape: Callable[[Geometries], Shaped], measure: Callable[[Geometries], NDArray[np.float64]], *, agree: bool
) -> OneEach:
    """Make one feature of the rows of each id: its ground, else its lines, united; an outline or a point beside that adds nothing.

    With `agree`, a row that says something else than the ones before it, or is another point, is refused, and what some leave empty
    others fill; without, the words of the first row hold. `shape` makes geometries fit, `measure` gives their size.
    """
    found = OneEach()
    things = _things(rows, found, agree=agree)
    shapes = np.array([row.geometry for row in rows], dtype=object)
    gathered = gather([row.ref for row in rows], _highest(shapes, things))
    several = {rows[thing.rows[0]].ref: thing for thing in things if len(thing.rows) > 1}
    standing = [index for index, footprint in enumerate(gathered.footprints) if footprint is not None]
    heads = [index for index in standing if rows[index].ref in several]
    kinds = dict.fromkeys(heads, "beside") | {repeat.rows[0]: str(repeat.kind) for repeat in gathered.repeats}
    whole = shape(_merged(gathered.footprints[heads])).geometries
    made = {
        index: _made(rows[index], several[rows[index].ref].text, (geometry, float(size), key), joined=kinds[index] in _JOINED)
        for index, geometry, size, key in zip(heads, whole, measure(whole), shape_keys(whole), strict=True)
    }
    found.accepted.extend(made.get(index, rows[index]) for index in standing)
    found.findings.extend(_repeat(kinds[index], rows, several[rows[index].ref]) for index in heads)
    found.findings.extend(_lacking(rows[index]) for index in gathered.lacking)
    return found


def _things(rows: Sequence[Feature], found: OneEach, *, agree: bool) -> list[_Thing]:
    """Return the rows of each id, those refused that do not agree with the others."""
    things: dict[str, _Thing] = {}
    for index, row in enumerate(rows):
        thing = things.setdefault(row.ref, _Thing([], dict(row.text)))
        if agree and thing.rows and _differ(row, rows[thing.rows[0]], thing.text):
            found.refused.append(RowOutcome(row.row, row.ref, "refused"))
            found.findings.append(_clash(row, rows[thing.rows[0]]))
            continue
        thing.rows.append(index)
        if agree:
            thing.text |= {name: value for name, value in row.text.items() if value is not None}
    return list(things.values())


def _differ(row: Feature, first: Feature, said: Text) -> bool:
    if any(value is not None and said.get(name) not in (None, value) for name, value in row.text.items()):
        return True
    return bool(shapely.get_dimensions(row.geometry) == 0 == shapely.get_dimensions(first.geometry)) and row.geometry != first.geometry


def _highest(shapes: Geometries, things: Sequence[_Thing]) -> Geometries:
    """Return the shapes with None in place of lines beside ground, of points beside either, and of what was refused."""
    dimensions, kept = shapely.get_dimensions(shapes), np.full(len(shapes), None, dtype=object)
    alone = [thing.rows[0] for thing in things if len(thing.rows) == 1]
    kept[alone] = shapes[alone]
    for thing in things:
        if len(thing.rows) == 1:
            continue
        here = dimensions[thing.rows]
        best = np.array(thing.rows)[here == here.max()]
        kept[best] = shapes[best]
    return kept


def _merged(geometries: Geometries) -> Geometries:
    """Return the shapes with lines joined where they meet."""
    return np.where(shapely.get_dimensions(geometries) == 1, shapely.line_merge(geometries), geometries)


def _made(row: Feature, text: Text, shape: tuple[shapely.Geometry, float, bytes], *, joined: bool) -> Feature:
    geometry, size, key = shape
    digest = row_digest(key, sorted(text.items()))
    return replace(row, text=text, geometry=geometry, size=size, digest=digest, repaired=row.repaired or joined)


_JOINED = ("halves", "overlapping")
_REPEATS = {
    "copies": "Rows {rows} are copies of one row ({ref}) and count once.",
    "halves": "Rows {rows} are parts of one thing ({ref}); they were joined.",
    "overlapping": "Rows {rows} are parts of one thing ({ref}) that overlap; common ground counts once.",
    "beside": "Rows {rows} are one thing ({ref}): one of them has its shape, the others its outline or a point of it.",
}


def _repeat(kind: str, rows: Sequence[Feature], thing: _Thing) -> Finding:
    first = rows[thing.rows[0]]
    values = {"rows": ", ".join(str(rows[index].row) for index in thing.rows), "ref": first.ref}
    return Finding(f"rows-{kind}", "info", _REPEATS[kind], values, box_of(first.geometry), first.row)


def _lacking(row: Feature) -> Finding:
    template = "Row {row} ({ref}): this ends at the seam of two tiles; its other half is not in the file."
    return Finding("half-missing", "warning", template, {"row": row.row, "ref": row.ref}, box_of(row.geometry), row.row)


def _clash(row: Feature, first: Feature) -> Finding:
    template = "Row {row}: {ref} is also row {first} and says something else; give each its own number."
    given = {"row": row.row, "ref": row.ref, "first": first.row}
    return Finding("ref-repeated", "error", template, given, box_of(row.geometry), row.row)
