"""What has to hold of the reported figures of a place: each that can be computed lies on the stated side."""

from __future__ import annotations

from gridsvc.database.queries.figures import FigureRow, figures
from gridsvc.database.queries.jurisdictions import jurisdictions
from tests.scenarios.loading import Place


def rows(place: Place) -> list[FigureRow]:
    """Return the figures of a place."""
    found = next(row for row in jurisdictions(place.session) if row.id == place.id)
    return figures(place.session, found)


def computed(place: Place) -> dict[tuple[str, tuple[str, ...]], float]:
    """Return the computed figures by key and units."""
    return {(row.key, row.unit_codes): row.computed for row in rows(place) if row.computed is not None}


def told(place: Place) -> list[tuple[str, float, float | None]]:
    """Return what differs: key, reported and computed."""
    return [(row.key, row.value, row.computed) for row in rows(place) if row.verdict == "differs"]


def flags(place: Place) -> set[str]:
    """Return the keys of the figures that do not add up in the account itself."""
    return {row.key for row in rows(place) if row.flag}
