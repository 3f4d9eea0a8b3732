"""Moves of buildings with their ground from leaf to leaf."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np
import shapely
from shapely import Polygon

from geodata.districting.parcels import Parcels, parcels
from geodata.findings import Finding
from geodata.topology import Ground, neighbours, transfer, unite
from geodata.topology.check import box_of
from gridsvc.database.asking import ask
from gridsvc.database.queries.plan_standing import Standing
from gridsvc.errors import Invalid
from gridsvc.operations.plan_drawing import Drawing
from gridsvc.operations.plan_moves import OUTSIDE, Move


def move_buildings(drawing: Drawing, buildings: Sequence[int], to: int, *, apart: bool = False) -> Move:
    """Give buildings with their ground to another leaf, from whichever leaves they stand in.

    Raises Invalid where a unit would fall into pieces, unless `apart` says that it may: the findings name the further
    buildings that would bridge, `bridges` in the error's values holds their ids.
    """
    taker = drawing.leaf(to)
    givers = _givers(drawing, buildings, taker)
    drawing.standing([*givers, taker])  # asked for at once
    for giver, chosen in givers.items():
        _give(drawing, giver, taker, chosen, apart=apart)
        drawing.__dict__.pop("mosaic", None)  # the next giver meets the leaves as they are then
    told = {"count": len(buildings), "old": "、".join(drawing.name(giver) for giver in givers), "new": drawing.name(taker)}
    return Move("{count} buildings from {old} to {new}", told, kind="transfer")


def within(drawing: Drawing, ground: Polygon, to: int) -> list[int]:
    """Return the buildings outside a leaf most of which lies within some ground; raise Invalid where there are none."""
    mosaic, taker = drawing.mosaic, drawing.leaf(to)
    near = np.unique(mosaic.tree.query(np.array([ground]), predicate="intersects")[1]).tolist()
    standing = drawing.standing([mosaic.places[index] for index in near if mosaic.places[index] != taker])
    if not standing.rows:
        raise Invalid("No building of another unit stands within what was drawn.")
    inside = shapely.area(shapely.intersection(standing.footprints, ground)) > shapely.area(standing.footprints) / 2
    chosen = [row.building_id for row, mine in zip(standing.rows, inside.tolist(), strict=True) if mine]
    if not chosen:
        raise Invalid("No building of another unit stands within what was drawn.")
    return chosen


def _givers(drawing: Drawing, buildings: Sequence[int], taker: int) -> dict[int, list[int]]:
    """Return the chosen buildings by the leaf that they stand in."""
    placed = ask(drawing.session, _WHERE, {"plan": drawing.plan.id, "ids": list(buildings)})
    rows = [row for row in placed if row.unit_key != OUTSIDE]
    found: dict[int, list[int]] = {}
    for row in rows:
        found.setdefault(drawing.at.place_of(row.unit_key), []).append(row.building_id)
    if not buildings or len(rows) < len(set(buildings)):
        raise Invalid("{count} of the buildings stand in no unit of the plan; choose buildings that do.", count=len(buildings) - len(rows))
    if taker in found:
        raise Invalid("{count} of the buildings stand in {name} already.", count=len(found[taker]), name=drawing.name(taker))
    return found


def _give(drawing: Drawing, giver: int, taker: int, chosen: Sequence[int], *, apart: bool) -> None:
    leaf, standing = drawing.after.units[giver].ground, drawing.standing([giver])
    divided = parcels(leaf, standing.footprints, blocks=np.array([leaf], dtype=object))
    mine = np.isin([row.building_id for row in standing.rows], list(chosen))
    taken = np.unique(divided.of_building[mine])
    taken = taken[taken >= 0]
    if not len(taken):
        raise Invalid("The buildings have no ground of their own in {name}.", name=drawing.name(giver))
    if len(taken) == len(divided.ground):
        raise Invalid("That is all of {name}; merge it with {new} instead.", name=drawing.name(giver), new=drawing.name(taker))
    if not apart:
        _refuse_apart(drawing, _Around(divided, drawing.after.units[taker].ground, standing), taken.tolist(), (giver, taker))
    ground = unite(divided.ground[taken]).ground
    mosaic = drawing.mosaic
    drawing.take(transfer(mosaic.ground, ground, drawing.index(giver), drawing.index(taker), tree=mosaic.tree))


class _Around:
    """The parcels of a leaf, which lie beside which, and which beside the unit that shall take some."""

    def __init__(self, divided: Parcels, taker: Ground, standing: Standing) -> None:
        self.divided, self.standing = divided, standing
        self.beside: dict[int, set[int]] = {parcel: set() for parcel in range(len(divided.ground))}
        for one, other in neighbours(divided.ground).pairs.tolist():
            self.beside[one].add(other)
            self.beside[other].add(one)
        reach = shapely.intersection(divided.ground, taker)
        self.at_taker = set(np.flatnonzero(shapely.length(reach) > 0).tolist())

    def bridge(self, start: set[int], taken: set[int]) -> list[int] | None:
        """Return the fewest further parcels that connect some with the taker; None where none do, nothing where they touch it."""
        came: dict[int, int | None] = dict.fromkeys(start)
        waiting = deque(start)
        while waiting:
            here = waiting.popleft()
            if here in self.at_taker:
                way: list[int] = []
                at: int | None = here
                while at is not None:
                    way, at = [at, *way], came[at]
                return [parcel for parcel in way if parcel not in taken]
            for parcel in sorted(self.beside[here] - came.keys()):
                came[parcel] = here
                waiting.append(parcel)
        return None

    def pieces(self, parcels: set[int]) -> list[set[int]]:
        """Return what of these parcels hangs together."""
        found, left = [], set(parcels)
        while left:
            piece, waiting = set(), [left.pop()]
            while waiting:
                here = waiting.pop()
                piece.add(here)
                waiting += (near := self.beside[here] & left)
                left -= near
            found.append(piece)
        return sorted(found, key=lambda piece: (-len(piece), min(piece)))

    def buildings(self, parcels: Sequence[int]) -> list[int]:
        """Return the indices of the buildings on parcels."""
        found: list[int] = np.flatnonzero(np.isin(self.divided.of_building, list(parcels))).tolist()
        return found


def _refuse_apart(drawing: Drawing, around: _Around, taken: list[int], pair: tuple[int, int]) -> None:
    """Raise Invalid where the taken parcels would not touch the taker, or what is left of the giver would fall into pieces."""
    giver, taker = (drawing.name(place) for place in pair)
    missing = [around.bridge(piece, set(taken)) for piece in around.pieces(set(taken))]
    bridging = sorted({parcel for way in missing if way for parcel in way})
    if any(way is None for way in missing):
        raise Invalid("The buildings do not reach {new}: nothing of {old} that lies between them touches it.", new=taker, old=giver)
    if bridging:
        template = "The ground would not hang together with {new}; with these {count} buildings it would: {names}."
        _refuse(around, bridging, template, {"new": taker})
    before = len(around.pieces(set(around.beside)))
    left = around.pieces(set(around.beside) - set(taken))
    if len(left) > before:
        cut_off = sorted({parcel for piece in left[before:] for parcel in piece})
        template = "{old} would fall into {parts} parts; with these {count} buildings given too it would not: {names}."
        _refuse(around, cut_off, template, {"old": giver, "parts": len(left)})


def _refuse(around: _Around, parcels: list[int], template: str, told: dict[str, object]) -> None:
    rows = [around.standing.rows[index] for index in around.buildings(parcels)]
    names = "、".join(row.name or str(row.building_id) for row in rows[:MOST_NAMED]) or "-"
    where = box_of(shapely.union_all(around.divided.ground[parcels]))
    finding = Finding("apart", "error", template, {**told, "count": len(rows), "names": names}, where)
    raise Invalid(template, findings=[finding], **dict(finding.values), bridges=[row.building_id for row in rows])


MOST_NAMED = 12
"""How many buildings a sentence names."""
_WHERE = """
SELECT DISTINCT ON (building_id) building_id, unit_key FROM (
  SELECT p.building_id, p.unit_key, m.serial FROM plan_place p JOIN plan_move m ON m.id = p.move_id AND NOT m.undone
  WHERE p.plan_id = :plan AND p.building_id = ANY(:ids)
  UNION ALL
  SELECT p.building_id, p.unit_id, 0 FROM building_place p WHERE p.building_id = ANY(:ids) AND upper_inf(p.valid)
) placed ORDER BY building_id, serial DESC
"""
