"""The rows of a file as features of a noun: text by field, geometry fit to store, refusals with a remedy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.findings import Finding
from geodata.measure import area_m2, length_m
from geodata.shapes import Shaped, box_of, linear, polygonal, polygonal_or_linear, polygonal_or_punctual, punctual
from geodata.topology import Geometries
from gridsvc.domain.columns import match_columns, texts_of
from gridsvc.domain.features import Feature
from gridsvc.domain.proposals import ImportFile, RowOutcome, row_digest, shape_keys
from gridsvc.operations.parts import one_each

Wanted: TypeAlias = Literal["polygon", "line", "point", "point or polygon", "line or polygon"]


def _size(geometries: Geometries) -> NDArray[np.float64]:
    """Measure the ground of polygons in m², lines in m, points as 0."""
    return np.where(shapely.get_dimensions(geometries) == 2, area_m2(geometries), length_m(geometries))


KINDS: dict[Wanted, tuple[Callable[[Geometries], Shaped], Callable[[Geometries], NDArray[np.float64]]]] = {
    "polygon": (polygonal, area_m2),
    "line": (linear, length_m),
    "point": (punctual, _size),
    "point or polygon": (polygonal_or_punctual, _size),
    "line or polygon": (polygonal_or_linear, _size),
}
"""How the geometries of a noun are made fit, and what is measured of them."""


@dataclass(frozen=True, slots=True)
class Features:
    """The rows of a file, accepted and refused."""

    columns: dict[str, str]
    accepted: list[Feature]
    refused: list[RowOutcome]
    findings: list[Finding]


def features(file: ImportFile, noun: str, kind: Wanted) -> Features:
    """Read the rows of a noun, one feature an id; refuse those without a fit geometry and those whose id means something else already.

    A row without a fit geometry whose id has one in another row adds nothing, and is no loss.
    """
    headers = list(dict.fromkeys(header for attributes in file.table.attributes[:100] for header in attributes))
    columns = match_columns(noun, headers, file.columns)
    shape, measure = KINDS[kind]
    fit, unfit = _rows(file, columns, shape(file.table.geometry), measure)
    # A building and its parts share an id and differ in what they say; it is one building all the same.
    each = one_each(fit, shape, measure, agree=noun != "buildings")
    read = Features(columns, each.accepted, each.refused, [*file.table.findings, *map(_mended, filter(_is_mended, fit)), *each.findings])
    standing = {feature.ref for feature in each.accepted}
    for row in unfit:
        if row.ref in standing:
            read.findings.append(_label_of(row))
        else:
            read.refused.append(RowOutcome(row.row, row.label, "refused"))
            read.findings.append(_unfit(row, kind))
    return read


@dataclass(frozen=True, slots=True)
class _Shapeless:
    """A row whose geometry is not of the wanted kind."""

    row: int
    ref: str | None
    label: str
    geometry: shapely.Geometry | None

    @property
    def told(self) -> dict[str, object]:
        given = "null" if self.geometry is None else shapely.GeometryType(int(shapely.get_type_id(self.geometry))).name
        return {"row": self.row, "label": self.label, "given": given}


def _rows(
    file: ImportFile, columns: dict[str, str], shaped: Shaped, measure: Callable[[Geometries], NDArray[np.float64]]
) -> tuple[list[Feature], list[_Shapeless]]:
    sizes, keys = measure(shaped.geometries), shape_keys(shaped.geometries)
    fields = sorted(columns)
    said = [texts_of([attributes.get(columns[field]) for attributes in file.table.attributes]) for field in fields]
    fit, unfit = [], []
    for index, row in enumerate(file.table.rows):
        text = {field: texts[index] for field, texts in zip(fields, said, strict=True)}
        geometry = shaped.geometries[index]
        if geometry is None:
            unfit.append(_Shapeless(row, text.get("ref"), _label(text), file.table.geometry[index]))
        else:
            digest = row_digest(keys[index], list(text.items()))
            ref = text.get("ref") or f"#{digest}"
            fit.append(Feature(row, ref, text, geometry, float(sizes[index]), digest, bool(shaped.repaired[index])))
    return fit, unfit


def _label(text: dict[str, str | None]) -> str:
    return text.get("name") or text.get("number") or text.get("ref") or ""


def _is_mended(feature: Feature) -> bool:
    return feature.repaired


_UNFIT = {
    "polygon": "Row {row} ({label}): there is no polygon in its geometry ({given}); draw one, or leave the row out.",
    "line": "Row {row} ({label}): there is no line in its geometry ({given}); draw one, or leave the row out.",
    "point": "Row {row} ({label}): its geometry is not one point ({given}); give one, or leave the row out.",
    "point or polygon": "Row {row} ({label}): its geometry is neither a polygon nor one point ({given}); draw one, or leave it out.",
    "line or polygon": "Row {row} ({label}): its geometry is neither a line nor a polygon ({given}); draw one, or leave it out.",
}


def _unfit(row: _Shapeless, kind: Wanted) -> Finding:
    return Finding("geometry-unfit", "error", _UNFIT[kind], row.told, box_of(row.geometry), row.row)


def _label_of(row: _Shapeless) -> Finding:
    template = "Row {row} ({label}): its geometry ({given}) adds nothing; another row of {ref} has the shape."
    return Finding("rows-beside", "info", template, {**row.told, "ref": row.ref}, box_of(row.geometry), row.row)


def _mended(feature: Feature) -> Finding:
    template = "Row {row} ({label}): the ring crossed itself or held stray lines and was mended."
    given = {"row": feature.row, "label": _label(feature.text)}
    return Finding("geometry-mended", "warning", template, given, box_of(feature.geometry), feature.row)
