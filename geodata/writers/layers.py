"""What a writer gets: records with their columns in order, and what has to be said about them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from geodata.readers.text import storable
from geodata.records import Attributes, Geometries

_WHOLE = range(-(2**63), 2**63)
"""Integers that files can hold as such."""


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Records to be written."""

    name: str
    """What the file calls them: letters, digits and _ at best."""
    columns: Sequence[str]
    """The columns in their order."""
    attributes: Sequence[Attributes]
    """What each record says, by column: text, numbers, truth values, dates, None."""
    geometry: Geometries
    """EPSG:4490, longitude and latitude, two-dimensional, snapped; None where a record has none."""
    notes: Sequence[str] = ()
    """Whom a map of these records has to name, and whether they are made up."""
    place: tuple[str, str] = ("经度", "纬度")
    """What a table without geometry calls the longitude and latitude of a point in each."""

    def column(self, name: str) -> list[object]:
        """Return the values of a column."""
        return [attributes.get(name) for attributes in self.attributes]


def plain(layer: Layer) -> Layer:
    """Return the layer with values that every kind of file can hold.

    Dates are ISO 8601 text, integers beyond 64 bits are text, numbers that are none are missing, and text loses NUL and halves of
    surrogate pairs, as it does when a file is read.
    """
    rows = [{name: _plain(attributes.get(name)) for name in layer.columns} for attributes in layer.attributes]
    return replace(layer, attributes=rows, notes=[str(storable(note)) for note in layer.notes])


def _plain(value: object) -> object:
    match value:
        case str():
            return storable(value)
        case None | bool():
            return value
        case float():
            return value if math.isfinite(value) else None
        case int():
            return value if value in _WHOLE else str(value)
        case date():
            return value.isoformat()
    return storable(str(value))
