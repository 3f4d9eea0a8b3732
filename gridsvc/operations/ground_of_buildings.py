"""The ground that goes along when buildings change hands: what lies nearer to them than to the others of their leaf."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geodata.districting.parcels import parcels
from geodata.topology import Ground
from gridsvc.database.queries.coverage import from_wkb
from gridsvc.database.tables import BuildingVersion


def ground_of_buildings(session: Session, leaf: Ground, standing: Sequence[int], chosen: Sequence[int]) -> Ground:
    """Return the ground of the chosen buildings among those standing in a leaf, EPSG:4490; no footprint is cut."""
    rows = session.execute(
        select(BuildingVersion.building_id, func.ST_AsBinary(BuildingVersion.geom)).where(
            BuildingVersion.building_id == func.any(list(standing)), func.upper_inf(BuildingVersion.valid)
        )
    ).all()
    footprints = from_wkb([wkb for _, wkb in rows])
    divided = parcels(leaf, footprints, blocks=np.array([leaf], dtype=object))
    mine = np.isin([building for building, _ in rows], list(chosen))
    ground = shapely.coverage_union_all(divided.ground[np.unique(divided.of_building[mine])])
    return cast("Ground", ground)
