"""Which buildings a move of a plan brings into another leaf: largest overlap decides, as when an edition is published."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from geodata.assignment import clusters, place
from geodata.topology import Geometries
from geodata.topology.grid import Integers
from gridsvc.database.queries.plan_outside import outside
from gridsvc.database.queries.plan_standing import Standing
from gridsvc.domain.coverage import rank
from gridsvc.domain.schemes import Scheme
from gridsvc.operations.households import Households, Weight
from gridsvc.operations.plan_drawing import Drawing


def resettled(drawing: Drawing, kept: Collection[int] = (), placed: Collection[int] = ()) -> tuple[dict[int, int | None], Households]:
    """Return the place of the new leaf of every building that a finished move brings into another, None for none; and their households.

    `kept` are buildings that stay where they belong though the move cuts them; `placed` those whose leaf the move itself names.
    """
    after, below = drawing.after, drawing.after.children()
    leaves = sorted(
        (place for place in after.moved if place not in below and not after.units[place].gone),
        key=lambda place: rank(after.units[place], place),
    )
    standing = _concerned(drawing, leaves).without(placed)
    if not standing.rows:
        return {}, {}
    by_ground = _by_ground(drawing.scheme, after.ground_of(leaves), standing.footprints)
    places: list[int | None] = [*leaves, None]
    moved: dict[int, int | None] = {}
    for row, index in zip(standing.rows, by_ground.tolist(), strict=True):
        before = drawing.at.places.get(row.unit_key)
        held = before is not None and before not in below and not after.units[before].gone
        stays = held and (row.pinned or row.building_id in kept)
        if not stays and places[index] != before:
            moved[row.building_id] = places[index]
    return moved, weights(standing, moved)


def _concerned(drawing: Drawing, leaves: Sequence[int]) -> Standing:
    """Return the buildings in leaves that a finished move changed, and where the edge of all moved, those that stood outside."""
    after, below = drawing.after, drawing.after.children()
    touched = [place for place in after.touched() if place in drawing.mosaic.index_of and (place in after.moved or place in below)]
    standing = drawing.standing(touched)
    if not leaves or all(after.units[place].parent is not None for place in after.moved):
        return standing
    more = outside(drawing.session, drawing.plan, after.ground_of(leaves))
    return Standing([*standing.rows, *more.rows], np.concatenate([standing.footprints, more.footprints]))


def weights(standing: Standing, chosen: dict[int, int | None]) -> Households:
    """Return the households of the chosen ones among buildings, of those of which they are known."""
    known = (row for row in standing.rows if row.building_id in chosen and row.households is not None)
    return {row.building_id: Weight(row.households or 0, row.estimated) for row in known}


def households_in(scheme: Scheme, grounds: Geometries, standing: Standing) -> Sequence[int]:
    """Return how many households stand on each of several grounds."""
    held = _by_ground(scheme, grounds, standing.footprints)
    known = np.array([row.households or 0 for row in standing.rows], dtype=np.int64)
    inside = held >= 0
    counted: list[int] = np.bincount(held[inside], known[inside], minlength=len(grounds)).astype(int).tolist()
    return counted


def _by_ground(scheme: Scheme, grounds: Geometries, footprints: Geometries) -> Integers:
    """Return the index of the ground of each footprint, -1 for none; those that overlap stay together."""
    if not len(grounds) or not len(footprints):
        return np.full(len(footprints), -1, dtype=np.int64)
    together = clusters(footprints, cut_m2=scheme.threshold("cut_m2").figure, cut_share=scheme.threshold("cut_share").figure)
    return place(grounds, footprints, together=together).leaf
