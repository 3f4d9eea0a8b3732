"""A draft as a file for other programs, and back: what was edited there becomes moves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely import STRtree
from sqlalchemy.orm import Session

from geodata import topology
from geodata.findings import Finding
from geodata.measure import area_m2
from geodata.readers import read
from geodata.records import Attributes, Table
from geodata.shapes import box_of
from geodata.topology import Geometries, overlaps
from geodata.topology.neighbours import connected
from geodata.writers import Layer, write
from gridsvc.database.queries.plans import Planned, PlanRow, plan, planned
from gridsvc.domain.coverage import UnitState
from gridsvc.domain.permissions import Actor
from gridsvc.errors import Invalid
from gridsvc.operations.plan_asking import carry_out, make
from gridsvc.operations.plan_drawing import Drawing
from gridsvc.operations.plan_moves import Made, Move, check_draft

COLUMNS = ("key", "parent", "level", "kind", "code", "name", "above")
"""`key` and `parent` say which unit a row is and below which it lies; `above` is that one's name, for people."""
LEAST_M2 = 0.05
"""Less ground than this is no difference, no gap and no overlap: it is what coordinates are rounded by."""
SAME_DEG2 = 1e-13
"""Some 0.001 m²: grounds that differ by less are the same."""


def export_draft(session: Session, row: PlanRow, path: Path) -> int:
    """Write the leaves that a plan leads to as a file, with a key each, and return how many they are."""
    at = planned(session, row)
    leaves = _inside(at, row)
    units = [at.was[place] for place in leaves]
    attributes: list[Attributes] = [
        {
            "key": at.keys[place], "parent": None if unit.parent is None else at.keys[unit.parent], "level": unit.level, "kind": unit.kind,
            "code": unit.code, "name": unit.name, "above": None if unit.parent is None else at.was[unit.parent].name,
        }
        for place, unit in zip(leaves, units, strict=True)
    ]  # fmt: skip
    write(path, Layer("draft", COLUMNS, attributes, at.after.ground_of(leaves), notes=[row.title]))
    return len(leaves)


def _inside(at: Planned, row: PlanRow) -> list[int]:
    """Return the leaves at or below where the plan is."""
    _, dot, label = row.path.rpartition(".")
    anchor = at.places.get(int(label, 36)) if dot else None
    return [place for place in at.after.leaves() if anchor is None or anchor in (place, *at.after.above(place))]


class _Unmoved(Exception):  # no error: what was drawn leaves all ground where it was
    """What differs is no ground."""


@dataclass(frozen=True, slots=True)
class _Edited:
    """A row of the file that came back."""

    key: int | None
    """None for a unit that is new, or the smaller part of one that was divided."""
    ground: Any
    name: str
    code: str | None
    parent: int | None


def import_draft(session: Session, actor: Actor, row: PlanRow, path: Path, *, repair: bool = False) -> list[Made]:
    """Make moves of what differs between a plan and its edited file: ground, then names and codes, then units above.

    Neighbouring units that were drawn otherwise are one move. Gaps and overlaps are refused, each with its place, unless `repair` closes
    them: overlaps go to the smaller unit, gaps to the nearest. Raises Invalid for them and for rows that are of no use.
    """
    check_draft(actor, row)
    at, rows = planned(session, row), _rows(read(path))
    leaves = _inside(at, row)
    unknown = [each.key for each in rows if each.key is not None and at.places.get(each.key) not in leaves]
    if unknown:
        raise Invalid("The file has units that this plan has not ({keys}); export the plan anew.", keys=", ".join(map(str, unknown)))
    findings = _faults(at.after.ground_of(leaves), rows)
    if findings and not repair:
        raise Invalid("The units of the file leave gaps or overlap in {count} places; repair them.", count=len(findings), findings=findings)
    made = []
    for group in _groups(at, leaves, rows):
        with suppress(_Unmoved):
            made.append(carry_out(session, actor, plan(session, actor, row.public_id), _redraw(group, at, findings)))
    for each in rows:
        made += _said(session, actor, row, at, each)
    return made


def _rows(table: Table) -> list[_Edited]:
    """Return the rows of a file; of several with one key, as cutting leaves them, the largest is the unit and the others are new."""
    found: list[_Edited] = []
    taken: set[int] = set()
    order = np.argsort(-shapely.area(table.geometry), kind="stable").tolist()
    for index in order:
        ground, said = table.geometry[index], table.attributes[index]
        if ground is None or shapely.get_dimensions(ground) != 2:
            raise Invalid("Row {row} of the file has no ground.", row=table.rows[index])
        key = _whole(said.get("key"))
        known = key is not None and key not in taken
        if key is not None:
            taken.add(key)
        name = str(said.get("name") or "").strip()
        code = str(said["code"]) if known and said.get("code") else None
        found.append(_Edited(key if known else None, shapely.make_valid(ground), name if known else "", code, _whole(said.get("parent"))))
    return found


def _whole(value: object) -> int | None:
    text = str(value if value is not None else "").strip().removesuffix(".0")
    return int(text) if text.removeprefix("-").isdecimal() else None


def _faults(leaves: Geometries, rows: Sequence[_Edited]) -> list[Finding]:
    """Name what the file's units leave of the plan's ground, and where they overlap."""
    grounds = _array([each.ground for each in rows])
    whole = shapely.coverage_union_all(leaves)
    gaps = shapely.get_parts(shapely.difference(whole, shapely.union_all(grounds)))
    sizes_m2 = area_m2(gaps)
    template = "Ground of {gap_m2:,.1f} m² belongs to no unit of the file."
    found = [
        Finding("gap", "error", template, {"gap_m2": float(size_m2)}, box_of(gap))
        for gap, size_m2 in zip(gaps, sizes_m2, strict=True)
        if size_m2 > LEAST_M2
    ]
    names = [each.name or str(index + 1) for index, each in enumerate(rows)]
    return [*found, *(overlap.finding for overlap in overlaps(grounds, names, least_m2=LEAST_M2))]


@dataclass(frozen=True, slots=True)
class _Group:
    """Units beside each other that were drawn otherwise, with the rows that divide their ground anew."""

    places: Sequence[int]
    rows: Sequence[_Edited]


def _groups(at: Planned, leaves: Sequence[int], rows: Sequence[_Edited]) -> Iterator[_Group]:
    by_place = {at.places[each.key]: each for each in rows if each.key is not None}
    ground = at.after.ground_of(leaves)
    changed = [place for place in leaves if place not in by_place or _differs(at.was[place].ground, by_place[place].ground)]
    fresh = [each for each in rows if each.key is None]
    shapes = [at.was[place].ground for place in changed] + [by_place[place].ground for place in changed if place in by_place]
    shapes += [each.ground for each in fresh]
    owner = [*range(len(changed)), *(at_ for at_, place in enumerate(changed) if place in by_place)]
    owner += range(len(changed), len(changed) + len(fresh))
    one, other = STRtree(_array(shapes)).query(_array(shapes), predicate="intersects")
    pairs = np.array(owner, dtype=np.int64)[np.stack([one, other], axis=1)].reshape(-1, 2)
    group = connected(len(changed) + len(fresh), pairs)
    for number in np.unique(group).tolist():
        mine = np.flatnonzero(group == number).tolist()
        places = [changed[index] for index in mine if index < len(changed)]
        divided = [by_place[place] for place in places if place in by_place]
        divided += [fresh[index - len(changed)] for index in mine if index >= len(changed)]
        if divided and places and len(ground):
            yield _Group(places, divided)


def _differs(before: Any, after: Any) -> bool:  # noqa: ANN401  # grounds
    return not shapely.equals_exact(shapely.normalize(before), shapely.normalize(after)) and bool(
        shapely.area(shapely.symmetric_difference(before, after)) > SAME_DEG2
    )


def _redraw(group: _Group, at: Planned, findings: Sequence[Finding]) -> Any:  # noqa: ANN401  # a maker of a move
    def maker(drawing: Drawing) -> Move:
        mosaic, new = drawing.mosaic, []
        takers = []
        for each in group.rows:
            if each.key is not None:
                takers.append(drawing.index(at.places[each.key]))
                continue
            unit = drawing.after.units[group.places[0]]
            parent = at.places.get(each.parent, unit.parent) if each.parent is not None else unit.parent
            new.append(drawing.after.add(UnitState(unit.level, "", unit.kind, parent=parent)))
            takers.append(len(mosaic.ground) + len(new) - 1)
        givers = [drawing.index(place) for place in group.places]
        grounds = _array([each.ground for each in group.rows])
        change = topology.redrawn(mosaic.ground, givers, grounds, np.array(takers, dtype=np.int64), tree=mosaic.tree)
        if not change.moved_m2:
            raise _Unmoved
        drawing.take(change, new)
        drawing.number({parent for place in new if (parent := drawing.after.units[place].parent) is not None})
        told = {"count": len(group.places) + len(new), "names": "、".join(drawing.at.was[place].name for place in group.places[:6])}
        return Move("{count} units drawn elsewhere: {names}", told, kind="redraw", findings=_repaired(findings, grounds))

    return maker


def _repaired(findings: Sequence[Finding], grounds: Geometries) -> list[Finding]:
    """Return what was repaired around here, as something that was done."""
    west, south, east, north = shapely.total_bounds(grounds)
    here = shapely.box(west, south, east, north)
    return [
        Finding(each.code, "info", each.template, each.values, each.where)
        for each in findings
        if each.where and here.intersects(shapely.box(*each.where))
    ]


def _said(session: Session, actor: Actor, row: PlanRow, at: Planned, each: _Edited) -> Iterator[Made]:
    """Make moves of what is said otherwise about a unit."""
    if each.key is None:
        return
    unit = at.was[at.places[each.key]]
    parent = None if unit.parent is None else at.keys[unit.parent]
    if each.parent is not None and each.parent != parent:
        yield make(session, actor, plan(session, actor, row.public_id), {"kind": "reparent", "units": [each.key], "to": each.parent})
    given = {"name": each.name} if each.name and each.name != unit.name else {}
    given |= {"code": each.code} if each.code and each.code != unit.code else {}
    if given:
        yield make(session, actor, plan(session, actor, row.public_id), {"kind": "rename", "unit": each.key, **given})


def _array(grounds: Sequence[Any]) -> Geometries:
    array = np.empty(len(grounds), dtype=object)
    array[:] = grounds
    return array
