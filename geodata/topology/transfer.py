"""Ground that passes from one leaf to another."""

from __future__ import annotations

from shapely import STRtree

from geodata.topology.grid import Geometries, Ground
from geodata.topology.rearrange import Rearranged


def transfer(leaves: Geometries, ground: Ground, giver: int, taker: int, *, tree: STRtree | None = None) -> Rearranged:
    """Move what the giver has of `ground` to the taker; `len(leaves)` as taker makes a new unit.

    Ground of others inside `ground` stays theirs. Errors: GeodataError when the giver has nothing of it,
    or when a part under 1 m² would remain.
    """
    raise NotImplementedError
