"""Which buildings stand in units of a plan: as its moves placed them, the others as they stand today."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from sqlalchemy.orm import Session

from geodata.topology import Geometries
from gridsvc.database.asking import ask
from gridsvc.database.queries.coverage import from_wkb
from gridsvc.database.queries.plans import Load, PlanRow


class Stood(NamedTuple):
    """A building and the leaf of the plan that it stands in."""

    building_id: int
    unit_key: int
    name: str | None
    households: int | None
    """None where none are known or the reader may not see them."""
    estimated: bool
    pinned: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Buildings with their footprints, EPSG:4490, in the order of their numbers."""

    rows: Sequence[Stood]
    footprints: Geometries

    def without(self, buildings: Collection[int]) -> Standing:
        """Return the others than these."""
        if not buildings:
            return self
        return self._only(index for index, row in enumerate(self.rows) if row.building_id not in buildings)

    def by_unit(self, keys: Iterable[int]) -> dict[int, Standing]:
        """Return what stands in each of these leaves."""
        found: dict[int, list[int]] = {key: [] for key in keys}
        for index, row in enumerate(self.rows):
            found[row.unit_key].append(index)
        return {key: self._only(chosen) for key, chosen in found.items()}

    def _only(self, chosen: Iterable[int]) -> Standing:
        kept = list(chosen)
        return Standing([self.rows[index] for index in kept], self.footprints[np.array(kept, dtype=np.int64)])


def standing(session: Session, plan: PlanRow, keys: Iterable[int]) -> Standing:
    """Return the buildings that stand in these leaves of the plan."""
    rows = ask(session, _FOOTPRINTS, {"plan": plan.id, "keys": list(keys)})
    return Standing([Stood(*row[:-1]) for row in rows], from_wkb([row.geom for row in rows]))


def together(parts: Iterable[Standing]) -> Standing:
    """Return what stands in several leaves."""
    several = list(parts)
    rows = [row for each in several for row in each.rows]
    footprints = np.concatenate([np.empty(0, dtype=object), *(each.footprints for each in several)])
    order = sorted(range(len(rows)), key=lambda index: rows[index].building_id)
    return Standing([rows[index] for index in order], footprints[np.array(order, dtype=np.int64)])


def loads_of(session: Session, plan: PlanRow, keys: Iterable[int]) -> dict[int, Load]:
    """Return what stands in each of these leaves of the plan, by key."""
    rows = ask(session, _LOADS, {"plan": plan.id, "keys": list(keys)})
    return {row.unit_key: Load(row.buildings, row.households, bool(row.estimated)) for row in rows}


_STANDING = """
WITH today AS MATERIALIZED (
  SELECT p.building_id, p.unit_id, p.pinned FROM building_place p WHERE p.unit_id = ANY(:keys) AND upper_inf(p.valid)
), placed AS MATERIALIZED (
  SELECT DISTINCT ON (p.building_id) p.building_id, p.unit_key, p.households, p.estimated
  FROM plan_place p JOIN plan_move m ON m.id = p.move_id AND NOT m.undone
  WHERE p.plan_id = :plan AND p.building_id = ANY(ARRAY(
    SELECT t.building_id FROM today t UNION ALL SELECT q.building_id FROM plan_place q WHERE q.plan_id = :plan AND q.unit_key = ANY(:keys)))
  ORDER BY p.building_id, m.serial DESC
), standing AS (
  SELECT n.building_id, n.unit_key, n.households, n.estimated, false AS pinned FROM placed n WHERE n.unit_key = ANY(:keys)
  UNION ALL
  SELECT t.building_id, t.unit_id, s.households, coalesce(s.basis = 'estimated', false), t.pinned
  FROM today t LEFT JOIN building_households s ON s.building_id = t.building_id AND upper_inf(s.valid)
  WHERE NOT EXISTS (SELECT FROM placed n WHERE n.building_id = t.building_id)
)
"""
_FOOTPRINTS = f"""
{_STANDING}
SELECT s.building_id, s.unit_key, v.name, s.households, s.estimated, s.pinned, ST_AsBinary(v.geom) AS geom
FROM standing s JOIN building_version v ON v.building_id = s.building_id AND upper_inf(v.valid) ORDER BY s.building_id
"""
_LOADS = f"""
{_STANDING}
SELECT unit_key, count(*) AS buildings, sum(households) AS households, bool_or(estimated) AS estimated FROM standing GROUP BY unit_key
"""
