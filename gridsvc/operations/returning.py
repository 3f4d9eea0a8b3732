"""Rows that come back from an export: known by their id, unchanged where they say what stands, completed where they leave out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

import numpy as np
import shapely
from sqlalchemy.orm import Session

from geodata.records import Attributes
from gridsvc.database.queries.export_nouns import EXPORTS, Column
from gridsvc.database.queries.exports import Exported, exported_by_id
from gridsvc.database.queries.jurisdictions import JurisdictionRow, jurisdictions
from gridsvc.domain.columns import HEADERS, match_columns, text_of
from gridsvc.domain.proposals import ImportFile, RowOutcome
from gridsvc.errors import Invalid

ID_HEADERS = {"id", EXPORTS["units"].columns["id"].title}


@dataclass(frozen=True, slots=True)
class Returned:
    """A file without the rows that say what stands."""

    file: ImportFile
    columns: dict[str, str] = field(default_factory=dict)
    """Field -> header of the whole file; none where no row is known."""
    unchanged: list[RowOutcome] = field(default_factory=list)


def returned(session: Session, file: ImportFile, noun: str) -> Returned:
    """Set the rows aside that say what stands here, and complete the others that are known by their id.

    A completed row follows the numbering of its thing. It keeps what stands wherever the file has no column, and the geometry
    where it has none, or a point where the thing is none: a sheet changes attributes alone.

    Raises Invalid where an id is there twice, or the known rows follow several numberings.
    """
    headers = list(dict.fromkeys(header for attributes in file.table.attributes[:100] for header in attributes))
    id_header = next((header for header in headers if header.strip().casefold() in ID_HEADERS), None)
    if id_header is None or noun not in EXPORTS:
        return Returned(file)
    wanted = _wanted(file, id_header)
    found = exported_by_id(session, file.jurisdiction_id, noun, list(wanted))
    if not found.ids:
        return Returned(file)
    place = next(row for row in jurisdictions(session) if row.id == file.jurisdiction_id)
    columns = match_columns(noun, headers, file.columns)
    known = {wanted[UUID(str(row["id"]))]: at for at, row in enumerate(found.rows)}
    return _Returning(file, columns, id_header, found, place).sorted_out(noun, known)


def _wanted(file: ImportFile, id_header: str) -> dict[UUID, int]:
    """Return the ids of the file and where in it they stand."""
    wanted: dict[UUID, int] = {}
    for index, attributes in enumerate(file.table.attributes):
        try:
            public_id = UUID(text_of(attributes.get(id_header)) or "")
        except ValueError:  # a number of the source's own
            continue
        first = wanted.setdefault(public_id, index)
        if first != index:
            raise Invalid(
                "Rows {first} and {row} have the same id; leave it empty for what is new.",
                first=file.table.rows[first],
                row=file.table.rows[index],
            )
    return wanted


@dataclass(frozen=True, slots=True)
class _Returning:
    """A file some of whose rows are known."""

    file: ImportFile
    columns: dict[str, str]
    id_header: str
    found: Exported
    place: JurisdictionRow

    def sorted_out(self, noun: str, known: dict[int, int]) -> Returned:
        """Return the file without the unchanged rows; `known` says which row of it is which of those found."""
        table = self.file.table
        drawn, stands = _keys(self._geometry(row, at) for row, at in known.items()), _keys(self.found.geometry[list(known.values())])
        alike = {row for row, one, other in zip(known, drawn, stands, strict=True) if one == other}
        unchanged = {row for row in alike if self._says_what_stands(row, known[row])}
        rest = [row for row in range(len(table)) if row not in unchanged]
        geometry = table.geometry.copy()
        geometry[:] = [self._geometry(row, known.get(row)) for row in range(len(table))]
        left_out = [name for name in HEADERS[noun] if name in self.found.columns and name not in self.columns]
        attributes = [self._completed(row, known.get(row), left_out) for row in rest]
        taken = {table.rows[row] for row in known}
        findings = tuple(one for one in table.findings if one.code != "no-geometry" or one.row not in taken)
        slim = replace(table, rows=[table.rows[row] for row in rest], attributes=attributes, geometry=geometry[rest], findings=findings)
        ids = {table.rows[row]: self.found.ids[at] for row, at in known.items()}
        told = [RowOutcome(table.rows[row], self._label(row), "unchanged") for row in sorted(unchanged)]
        chosen = self.columns | {name: name for name in left_out}
        return Returned(
            replace(self.file, table=slim, source=self._source(set(known) - unchanged, known), columns=chosen, known=ids),
            self.columns,
            told,
        )

    def _source(self, changed: Iterable[int], known: Mapping[int, int]) -> str:
        """Return the numbering that the changed rows follow; units follow none."""
        sources = sorted({self.found.sources[known[row]] for row in changed if self.found.refs[known[row]] is not None})
        if len(sources) > 1:
            raise Invalid(
                "The rows follow several numberings ({sources}); bring in each by itself, as `--source` exports them.",
                sources=", ".join(sources),
            )
        return sources[0] if sources else self.file.source

    def _says_what_stands(self, row: int, at: int) -> bool:
        """Answer whether the row says so of everything that it has a column for."""
        said, stands = self.file.table.attributes[row], self.found.rows[at]
        for name, header in self.columns.items():
            if header == self.id_header:
                continue
            column, value = self.found.columns.get(name), stands.get(name)
            if not any(_same(said.get(header), word) for word in self._words(column, value)):
                return False
        return True

    def _words(self, column: Column | None, value: object) -> list[object]:
        """Return what a cell says that means a stored value: itself, its word, or what is shown of it."""
        if column is None or value is None:
            return [value]
        words: list[object] = [value]
        if column.words is not None:
            words.append(column.words(self.place, value))
        if column.masked is not None:
            words.append(column.masked(str(value)))
        return words

    def _geometry(self, row: int, at: int | None) -> shapely.Geometry | None:
        """Return what a row draws; what stands where it draws nothing, or only the point of a sheet."""
        given: shapely.Geometry | None = self.file.table.geometry[row]
        stands: shapely.Geometry | None = None if at is None else self.found.geometry[at]
        is_sheet = given is None or (isinstance(given, shapely.Point) and not isinstance(stands, shapely.Point))
        return stands if stands is not None and is_sheet else given

    def _completed(self, row: int, at: int | None, left_out: Sequence[str]) -> Attributes:
        stands = {} if at is None else self.found.rows[at]
        completed = {**self.file.table.attributes[row], **{name: stands.get(name) for name in left_out}}
        for name, column in self.found.columns.items():
            masked = column.masked and stands.get(name) is not None and name in self.columns
            if masked and column.masked and _same(completed.get(self.columns[name]), column.masked(str(stands[name]))):
                completed[self.columns[name]] = stands[name]  # what came back masked stays as it is
        if at is not None and self.found.refs[at] is not None and "ref" in self.columns:
            completed[self.columns["ref"]] = self.found.refs[at]
        return completed

    def _label(self, row: int) -> str:
        said = self.file.table.attributes[row]
        return next((text for name in ("name", "code", "ref") if (text := text_of(said.get(self.columns.get(name, ""))))), "")


def _same(one: object, other: object) -> bool:
    """Say whether two cells say the same; sheets keep fifteen digits of a number."""
    if one == other or text_of(one) == text_of(other):
        return True
    return isinstance(one, int | float) and isinstance(other, int | float) and math.isclose(one, other, rel_tol=1e-12)


def _keys(geometries: Iterable[shapely.Geometry | None]) -> list[tuple[bytes, ...]]:
    """Return what is equal for equal shapes, however their rings begin and however many parts are wrapped."""
    array = np.fromiter(geometries, dtype=np.object_)
    parts, owner = shapely.get_parts(array, return_index=True)
    keys: list[list[bytes]] = [[] for _ in array]
    for key, row in zip(shapely.to_wkb(shapely.normalize(parts)), owner.tolist(), strict=True):
        keys[row].append(key)
    return [tuple(sorted(key)) for key in keys]
