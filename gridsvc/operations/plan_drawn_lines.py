"""Lines of a plan as people draw them: laid upon streets, walls and barriers, led around buildings, or cutting one for a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString
from sqlalchemy import text

from geodata.assignment import clusters, place
from geodata.findings import Finding
from geodata.shapes import box_of
from geodata.topology import Geometries
from geodata.topology.follow import around, follow
from geodata.topology.grid import Flags
from gridsvc.database.queries.coverage import from_wkb
from gridsvc.database.queries.near import boxes, near
from gridsvc.database.queries.plan_standing import Standing
from gridsvc.domain.coverage import rank
from gridsvc.errors import Invalid
from gridsvc.operations.plan_drawing import Drawing

SNAP_M = 3.0
"""How near a street, wall or barrier a line has to run to be laid upon it."""
MOST_SNAP_M = 30.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line, and how it is to be taken."""

    line: LineString
    snap_m: float = SNAP_M
    pin: str | None = None
    """Why buildings that it cuts stay where they belong; then it is not led around them."""


def prepared(drawing: Drawing, places: Sequence[int], drawn: Drawn) -> LineString:
    """Return the line laid upon what it follows and, unless it may cut them, led around the buildings of some leaves."""
    if not 0 <= drawn.snap_m <= MOST_SNAP_M:
        raise Invalid("A line is laid upon what lies within 0 to {most} m; {given} m was given.", most=MOST_SNAP_M, given=drawn.snap_m)
    if drawn.pin is not None and not drawn.pin.strip():
        raise Invalid("A pin needs a reason.")
    if not drawn.line.is_simple or len(drawn.line.coords) < 2:
        return drawn.line  # what is wrong with it is said where it is cut
    line = follow(drawn.line, _guides(drawing, drawn), drawn.snap_m)
    if not line.is_simple:
        line = drawn.line
    if drawn.pin is not None:
        return line
    led = around(line, _crossed(drawing, places, line))
    return led if led.is_simple else line


def _guides(drawing: Drawing, drawn: Drawn) -> Geometries:
    """Return streets and barriers in reach of a line."""
    if not drawn.snap_m:
        return np.empty(0, dtype=object)
    reach = shapely.buffer(drawn.line, drawn.snap_m * 2e-5, quad_segs=1)
    given = {"id": drawing.plan.jurisdiction_id, "boxes": boxes(np.array([reach]))}
    return from_wkb([row.geom for row in drawing.session.execute(_GUIDES, given)])


_GUIDES = text(f"""
SELECT ST_AsBinary(v.geom) AS geom FROM street_version v JOIN street s ON s.id = v.street_id
WHERE v.id = ANY ({near("street_version")}) AND s.jurisdiction_id = :id
UNION ALL
SELECT ST_AsBinary(v.geom) FROM barrier_version v JOIN barrier b ON b.id = v.barrier_id
WHERE v.id = ANY ({near("barrier_version")}) AND b.jurisdiction_id = :id
""")


def _crossed(drawing: Drawing, places: Sequence[int], line: LineString) -> Geometries:
    """Return what a line must not cut: the footprints that it runs through, those that overlap as one."""
    standing = drawing.standing(places)
    footprints = standing.footprints
    if not len(footprints):
        return footprints
    group = clusters(footprints, cut_m2=_tolerance(drawing, "cut_m2"), cut_share=_tolerance(drawing, "cut_share"))
    hit = np.unique(group[shapely.intersects(footprints, line)])
    return np.array([shapely.union_all(footprints[group == number]) for number in hit], dtype=object)


def _tolerance(drawing: Drawing, name: str) -> float:
    return drawing.scheme.threshold(name).figure


def pinned(drawing: Drawing, places: Sequence[int], before: Mapping[int, object], drawn: Drawn) -> list[list[int]]:
    """Return building and unit key of the buildings that a finished move cuts, to be kept where they were; none without a reason.

    `places` are the leaves that the line was drawn through, `before` their ground. Raises Invalid, with each building's place, where a
    building is cut that was whole, and there is no reason.
    """
    standing = drawing.standing([place for place in places if place < len(drawing.at.keys)])
    if not standing.rows:
        return []
    now = [place for place in drawing.after.moved if place not in drawing.after.children() and not drawing.after.units[place].gone]
    cut = _cut(drawing, drawing.after.ground_of(sorted(now, key=lambda each: rank(drawing.after.units[each], each))), standing)
    if not cut.any():
        return []
    cut &= ~_cut(drawing, np.array(list(before.values()), dtype=object), standing)
    rows = [standing.rows[index] for index in np.flatnonzero(cut).tolist()]
    if rows and drawn.pin is None:
        findings = [
            Finding("building-cut", "error", _CUT, {"building": row.name or row.building_id}, box_of(shape))
            for row, shape in zip(rows, standing.footprints[cut], strict=True)
        ]
        raise Invalid(findings[0].template, findings=findings, **dict(findings[0].values))
    return [[row.building_id, row.unit_key] for row in rows]


_CUT = (
    "The line cuts the building {building}, and there is no way around it within what was drawn; draw it beside, or pin it with a reason."
)


def _cut(drawing: Drawing, grounds: Geometries, standing: Standing) -> Flags:
    """Say of each building whether a border between these grounds cuts it by more than the scheme allows."""
    placed = place(grounds, standing.footprints)
    return (placed.cut_m2 > _tolerance(drawing, "cut_m2")) & (placed.cut_share > _tolerance(drawing, "cut_share"))
