"""The rows of a file as features of a noun: text by field, geometry fit to store, refusals with a remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.findings import Finding
from geodata.measure import area_m2, length_m
from geodata.shapes import Shaped, box_of, linear, polygonal, polygonal_or_linear, polygonal_or_punctual, punctual
from geodata.topology import Geometries
from gridsvc.domain.columns import match_columns, text_of
from gridsvc.domain.proposals import ImportFile, RowOutcome, row_digest, shape_keys

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
class Feature:
    """One accepted row."""

    row: int
    ref: str
    """What its source calls it; without such a column, a digest of the row."""
    text: dict[str, str | None]
    geometry: shapely.Geometry
    size: float
    """Ground of a polygon in m², length of a line in m, 0 for a point."""
    digest: str
    repaired: bool


@dataclass(frozen=True, slots=True)
class Features:
    """The rows of a file, accepted and refused."""

    columns: dict[str, str]
    accepted: list[Feature]
    refused: list[RowOutcome]
    findings: list[Finding]


def features(file: ImportFile, noun: str, kind: Wanted) -> Features:
    """Read the rows of a noun; refuse those without a fit geometry and those whose ref an earlier row has with other content."""
    headers = list(dict.fromkeys(header for attributes in file.table.attributes[:100] for header in attributes))
    columns = match_columns(noun, headers, file.columns)
    read = Features(columns, [], [], list(file.table.findings))
    seen: dict[str, Feature] = {}
    for feature, finding in _rows(file, columns, kind):
        if isinstance(feature, RowOutcome):
            read.refused.append(feature)
        elif feature.ref not in seen or noun == "buildings":
            seen[feature.ref] = feature
            read.accepted.append(feature)
        else:
            told = _repeated(feature, seen[feature.ref])
            read.findings.append(told)
            if told.severity == "error":
                read.refused.append(RowOutcome(feature.row, feature.ref, "refused"))
        if finding is not None:
            read.findings.append(finding)
    return read


def _rows(file: ImportFile, columns: dict[str, str], kind: Wanted) -> Iterator[tuple[Feature | RowOutcome, Finding | None]]:
    shape, measure = KINDS[kind]
    shaped = shape(file.table.geometry)
    sizes, keys = measure(shaped.geometries), shape_keys(shaped.geometries)
    for index, (row, attributes) in enumerate(zip(file.table.rows, file.table.attributes, strict=True)):
        text = {field: text_of(attributes.get(header)) for field, header in columns.items()}
        label = text.get("name") or text.get("number") or text.get("ref") or ""
        geometry = shaped.geometries[index]
        if geometry is None:
            yield RowOutcome(row, label, "refused"), _unfit(row, label, kind, file.table.geometry[index])
            continue
        digest = row_digest(keys[index], sorted(text.items()))
        repaired = bool(shaped.repaired[index])
        feature = Feature(row, text.get("ref") or f"#{digest}", text, geometry, float(sizes[index]), digest, repaired)
        yield feature, _mended(feature, label) if repaired else None


_UNFIT = {
    "polygon": "Row {row} ({label}): there is no polygon in its geometry ({given}); draw one, or leave the row out.",
    "line": "Row {row} ({label}): there is no line in its geometry ({given}); draw one, or leave the row out.",
    "point": "Row {row} ({label}): its geometry is not one point ({given}); give one, or leave the row out.",
    "point or polygon": "Row {row} ({label}): its geometry is neither a polygon nor one point ({given}); draw one, or leave it out.",
    "line or polygon": "Row {row} ({label}): its geometry is neither a line nor a polygon ({given}); draw one, or leave it out.",
}


def _unfit(row: int, label: str, kind: Wanted, geometry: shapely.Geometry | None) -> Finding:
    given = "null" if geometry is None else shapely.GeometryType(int(shapely.get_type_id(geometry))).name
    return Finding("geometry-unfit", "error", _UNFIT[kind], {"row": row, "label": label, "given": given}, box_of(geometry), row)


def _mended(feature: Feature, label: str) -> Finding:
    return Finding(
        "geometry-mended",
        "warning",
        "Row {row} ({label}): the ring crossed itself or held stray lines and was mended.",
        {"row": feature.row, "label": label},
        box_of(feature.geometry),
        feature.row,
    )


def _repeated(feature: Feature, first: Feature) -> Finding:
    given = {"row": feature.row, "ref": feature.ref, "first": first.row}
    if feature.digest == first.digest:
        return Finding("row-repeated", "info", "Row {row} is the same as row {first} and counts once.", given, None, feature.row)
    return Finding(
        "ref-repeated",
        "error",
        "Row {row}: {ref} is also row {first} and says something else; give each its own number.",
        given,
        box_of(feature.geometry),
        feature.row,
    )
