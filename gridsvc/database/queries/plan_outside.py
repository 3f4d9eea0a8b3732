"""Which buildings stand in no unit of a plan: outside today, or given up by a move of it."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.topology import Geometries
from gridsvc.database.queries.coverage import from_wkb
from gridsvc.database.queries.near import boxes, near
from gridsvc.database.queries.plan_standing import Standing, Stood
from gridsvc.database.queries.plans import PlanRow


def outside(session: Session, plan: PlanRow, around: Geometries) -> Standing:
    """Return the buildings near these grounds that stand in no unit of the plan; the key of their unit is 0."""
    given = {"plan": plan.id, "place": plan.jurisdiction_id, "boxes": boxes(around)}
    rows = session.execute(text(_OUTSIDE), given).all()
    return Standing([Stood(*row[:-1]) for row in rows], from_wkb([row.geom for row in rows]))


_OUTSIDE = f"""
SELECT v.building_id, 0, v.name, s.households, coalesce(s.basis = 'estimated', false), false, ST_AsBinary(v.geom) AS geom
FROM building_version v JOIN building b ON b.id = v.building_id AND b.jurisdiction_id = :place
LEFT JOIN building_households s ON s.building_id = v.building_id AND upper_inf(s.valid)
WHERE v.id = ANY ({near("building_version")}) AND 0 = coalesce((
    SELECT q.unit_key FROM plan_place q JOIN plan_move m ON m.id = q.move_id AND NOT m.undone
    WHERE q.plan_id = :plan AND q.building_id = v.building_id ORDER BY m.serial DESC LIMIT 1),
  (SELECT p.unit_id FROM building_place p WHERE p.building_id = v.building_id AND upper_inf(p.valid)), 0)
ORDER BY v.building_id
"""
