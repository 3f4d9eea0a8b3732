"""What an export says of units beside their own columns: how much is in them, and what bounds them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.records import Attributes
from gridsvc.database.queries.four_sides import four_sides
from gridsvc.database.queries.units import _row, _units, summaries
from gridsvc.words import say

UNIT_FIGURES = {
    "area_m2": "面积(平方米)",
    "buildings": "楼栋数",
    "households": "户数",
    "households_estimated": "户数含估算",
    "four_sides": "四至",
}
"""Field -> header in Chinese."""


def unit_figures(session: Session, ids: Sequence[int], as_of: datetime | None, language: str) -> list[Attributes]:
    """Return the figures of units in their order; households are None where none are known or the reader may not see them."""
    rows = session.execute(text(_units("u.id = ANY(:ids)", as_of)), {"ids": list(ids), "as_of": as_of})
    units = {row.id: row for row in map(_row, rows)}
    sums, sides = summaries(session, list(units.values()), as_of), four_sides(session, list(units.values()), as_of)
    return [
        {
            "area_m2": round(units[unit_id].area_m2, 2),
            "buildings": sums[unit_id].buildings,
            "households": sums[unit_id].households,
            "households_estimated": sums[unit_id].estimated if sums[unit_id].households is not None else None,
            "four_sides": say(sides[unit_id].template, language, **sides[unit_id].values),
        }
        for unit_id in ids
    ]
