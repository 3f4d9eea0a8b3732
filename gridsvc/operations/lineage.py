"""What share of a unit's households went where, once the buildings stand in their new leaves."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.operations.placement import Moved


def record_household_shares(session: Session, edition_id: int, moved: Sequence[Moved]) -> None:
    """Complete the lineage of an edition with the households of the buildings that it moved.

    The share is of the households that the first unit had before; where none are known it stays empty.
    """
    went = [move for move in moved if move.old_unit_id is not None and move.new_unit_id is not None]
    if went:
        given = {
            "edition_id": edition_id,
            "buildings": [move.thing_id for move in went],
            "old": [move.old_unit_id for move in went],
            "new": [move.new_unit_id for move in went],
        }
        session.execute(_SHARES, given)


_SHARES = text("""
WITH moved AS (
  SELECT m.old_unit, m.new_unit, sum(h.households) AS households
  FROM unnest(cast(:buildings AS bigint[]), cast(:old AS bigint[]), cast(:new AS bigint[])) AS m (building_id, old_unit, new_unit)
  JOIN building_households h ON h.building_id = m.building_id AND upper_inf(h.valid)
  GROUP BY m.old_unit, m.new_unit
), stayed AS (
  SELECT p.unit_id, sum(h.households) AS households
  FROM building_place p JOIN building_households h ON h.building_id = p.building_id AND upper_inf(h.valid)
  WHERE upper_inf(p.valid) AND p.unit_id = ANY(:old)
    AND NOT p.building_id = ANY(:buildings)
  GROUP BY p.unit_id
), had AS (
  SELECT m.old_unit, sum(m.households) + coalesce(min(s.households), 0) AS households
  FROM moved m LEFT JOIN stayed s ON s.unit_id = m.old_unit GROUP BY m.old_unit
)
UPDATE lineage l SET household_share = m.households / nullif(h.households, 0)::double precision
FROM moved m JOIN had h ON h.old_unit = m.old_unit
WHERE l.edition_id = :edition_id AND l.from_unit_id = m.old_unit AND l.to_unit_id = m.new_unit
""")
