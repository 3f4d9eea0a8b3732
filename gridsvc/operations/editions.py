"""Publishing a changed coverage: versions closed and opened, codes, lineage, shapes for drawing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import shapely
from shapely import STRtree
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from geodata.crs import STORED
from geodata.measure import area_m2
from geodata.topology import Geometries
from gridsvc.database.freshness import ground_changed
from gridsvc.database.statistics import take_statistics
from gridsvc.database.tables import Edition, Lineage, Unit, UnitCode, UnitVersion
from gridsvc.domain.coverage import Coverage, UnitState, moved_m2, multi
from gridsvc.domain.instants import day
from gridsvc.domain.paths import below, jurisdiction_path
from gridsvc.errors import Conflict, Invalid
from gridsvc.operations.unit_shapes import changed_leaves, redraw


@dataclass(frozen=True, slots=True)
class Published:
    """What an edition did."""

    edition_id: int
    serial: int
    opened: int
    """Versions that began."""
    closed: int
    """Versions that ended."""
    touched: int
    """Units whose stored geometry got vertices and which are otherwise as they were."""
    around: Geometries | None
    """The ground of the leaves that changed, as it was and as it is; None where most of them did."""


def publish(session: Session, jurisdiction_id: int, before: Coverage, after: Coverage, *, effective_at: datetime, reason: str) -> Published:
    """Make `after` the current coverage from `effective_at` on; the caller holds `lock_borders` and has the right.

    `before` is what `queries.coverage` answered under the same lock, and the units of `after` start with the same ones in the
    same places. Raises Invalid where `effective_at` precedes the last edition's, Conflict where a code belonged to another unit.
    """
    edition = _next_edition(session, jurisdiction_id, effective_at, reason)
    ids = _identities(session, jurisdiction_id, after)
    paths = _paths(jurisdiction_id, after, ids)
    old_paths = _paths(jurisdiction_id, before, ids)
    known = range(len(before.units))
    turned = set(before.children()) ^ set(after.children())
    changed = {
        place
        for place, unit in enumerate(after.units)
        if place not in known or place in after.moved | turned or paths[place] != old_paths[place] or _other(before.units[place], unit)
    }
    opened = [place for place in sorted(changed) if not after.units[place].gone]
    closed = [place for place in sorted(changed) if place in known]
    touched = [place for place in known if place not in changed and _said(before.units[place]) != _said(after.units[place])]
    _close(session, [ids[place] for place in closed], edition)
    _open(session, edition, after, opened, ids, paths)
    take_statistics(session, len(opened), "unit", "unit_version")
    _touch(session, [_version(after.units[place]) | {"unit_id": ids[place]} for place in touched])
    _record_codes(session, jurisdiction_id, [(after.units[place].code, ids[place]) for place in opened])
    _record_lineage(session, edition, before, after, ids)
    redraw(session, before, after, ids)
    session.execute(text("SELECT propose_successors(:id)"), {"id": jurisdiction_id})
    ground_changed(session)
    return Published(edition.id, edition.serial, len(opened), len(closed), len(touched), _around(before, after))


def _around(before: Coverage, after: Coverage) -> Geometries | None:
    """Return where things may stand in another leaf than before: leaves were drawn otherwise, or rank otherwise on a border."""
    known = range(len(before.units))
    ranked = {place for place in known if (before.units[place].code, before.units[place].kind) != _rank(after.units[place])}
    changed = sorted(changed_leaves(before, after) | ranked & set(after.leaves()))
    if len(changed) * MOST_CHANGED > len(after.leaves()):
        return None
    return np.concatenate([before.ground_of(place for place in changed if place in known), after.ground_of(changed)])


def _rank(unit: UnitState) -> tuple[str | None, str]:
    return unit.code, unit.kind


MOST_CHANGED = 10
"""Above this part of the leaves, a tenth, it costs less to place everything anew than to search what lies near."""


def _next_edition(session: Session, jurisdiction_id: int, effective_at: datetime, reason: str) -> Edition:
    last = session.scalars(
        select(Edition).where(Edition.jurisdiction_id == jurisdiction_id).order_by(Edition.serial.desc()).limit(1)
    ).first()
    if last and effective_at < last.effective_at:
        raise Invalid(
            "The edition would begin on {given}, before the last one of {last}; that day or a later one would be right.",
            given=day(effective_at),
            last=day(last.effective_at),
        )
    if effective_at > datetime.now(UTC):
        raise Invalid(
            "The edition would begin on {given}, which is not yet; today or a day before would be right.", given=day(effective_at)
        )
    edition = Edition(jurisdiction_id=jurisdiction_id, serial=last.serial + 1 if last else 1, effective_at=effective_at, reason=reason)
    session.add(edition)
    session.flush()
    return edition


def _identities(session: Session, jurisdiction_id: int, after: Coverage) -> list[int]:
    """Return the id of every unit, new ones made now."""
    new = sum(unit.unit_id is None for unit in after.units)
    made: Iterator[int] = iter(())
    if new:
        rows = [{"jurisdiction_id": jurisdiction_id}] * new
        made = iter(session.scalars(insert(Unit).returning(Unit.id, sort_by_parameter_order=True), rows).all())
    return [next(made) if unit.unit_id is None else unit.unit_id for unit in after.units]


def _paths(jurisdiction_id: int, coverage: Coverage, ids: list[int]) -> list[str]:
    paths: dict[int, str] = {}

    def path(place: int) -> str:
        if place not in paths:
            parent = coverage.units[place].parent
            paths[place] = below(jurisdiction_path(jurisdiction_id) if parent is None else path(parent), ids[place])
        return paths[place]

    return [path(place) for place in range(len(coverage.units))]


def _other(old: UnitState, new: UnitState) -> bool:
    """Say whether anything but ground and the mark of its source differs."""
    return (old.level, old.name, old.kind, old.code, old.parent) != (new.level, new.name, new.kind, new.code, new.parent)


def _said(unit: UnitState) -> tuple[int, int, str | None, str | None]:
    """Return what `_touch` stores of a unit; geometries that nobody wrote are the same objects."""
    return id(unit.ground), id(unit.reported), unit.source, unit.source_digest


def _close(session: Session, unit_ids: list[int], edition: Edition) -> None:
    """End the current versions; the range of one that was in force for no time at all becomes empty."""
    current = (UnitVersion.unit_id == func.any(unit_ids), func.upper_inf(UnitVersion.valid))
    ended = func.tstzrange(func.lower(UnitVersion.valid), edition.effective_at)
    session.execute(update(UnitVersion).where(*current).values(valid=ended, ended_id=edition.id))


def _open(session: Session, edition: Edition, after: Coverage, places: list[int], ids: list[int], paths: list[str]) -> None:
    with_children = set(after.children())
    areas_m2 = area_m2(after.ground_of(places))
    rows = [
        _version(after.units[place])
        | {
            "unit_id": ids[place],
            "parent_id": None if after.units[place].parent is None else ids[after.units[place].parent],  # type: ignore[index]  # None was taken out
            "path": paths[place],
            "leaf": place not in with_children,
            "area_m2": float(ground_m2),
        }
        for place, ground_m2 in zip(places, areas_m2, strict=True)
    ]
    whole = {"jurisdiction_id": edition.jurisdiction_id, "edition_id": edition.id, "effective": edition.effective_at}
    session.execute(_OPEN, _arrays(_OPENED, rows) | whole)


def _arrays(columns: Iterable[str], rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in columns}


def _given(columns: Mapping[str, str]) -> str:
    """Return the rows of `_arrays` as a table of a statement: one statement fires each trigger once."""
    return f"unnest({', '.join(f'cast(:{name} AS {kind}[])' for name, kind in columns.items())}) AS given ({', '.join(columns)})"


_TOUCHED = {"unit_id": "bigint", "geom": "bytea", "reported": "bytea", "source": "text", "source_digest": "text"}
_OPENED = _TOUCHED | {
    "parent_id": "bigint", "path": "text", "level": "smallint", "kind": "text", "code": "text", "name": "text", "leaf": "boolean",
    "area_m2": "double precision",
}  # fmt: skip
_OPEN = text(f"""
INSERT INTO unit_version (unit_id, jurisdiction_id, edition_id, valid, parent_id, path, level, kind, code, name, leaf,
                          geom, area_m2, reported, source, source_digest)
SELECT unit_id, :jurisdiction_id, :edition_id, tstzrange(:effective, NULL), parent_id, cast(path AS ltree), level, kind, code, name, leaf,
       ST_GeomFromWKB(geom, {STORED}), area_m2, ST_GeomFromWKB(reported, {STORED}), source, source_digest
FROM {_given(_OPENED)}
""")


def _version(unit: UnitState) -> dict[str, Any]:
    reported = None if unit.reported is None else shapely.to_wkb(multi(unit.reported))
    return {
        "level": unit.level,
        "kind": unit.kind,
        "code": unit.code,
        "name": unit.name,
        "geom": shapely.to_wkb(multi(unit.ground)),
        "reported": reported,
        "source": unit.source,
        "source_digest": unit.source_digest,
    }


def _touch(session: Session, rows: list[dict[str, Any]]) -> None:
    """Store what is no change of the unit: the vertices that a neighbour's new border added, and what its source last said."""
    session.execute(_TOUCH, _arrays(_TOUCHED, rows))


_TOUCH = text(f"""
UPDATE unit_version v SET geom = ST_GeomFromWKB(given.geom, {STORED}), reported = ST_GeomFromWKB(given.reported, {STORED}),
                          source = given.source, source_digest = given.source_digest
FROM {_given(_TOUCHED)} WHERE v.unit_id = given.unit_id AND upper_inf(v.valid)
""")


def _record_codes(session: Session, jurisdiction_id: int, given: Iterable[tuple[str | None, int]]) -> None:
    wanted = {code: unit_id for code, unit_id in given if code is not None}
    used = select(UnitCode.code, UnitCode.unit_id).where(
        UnitCode.jurisdiction_id == jurisdiction_id, UnitCode.code == func.any(list(wanted))
    )
    owners = {code: unit_id for code, unit_id in session.execute(used)}  # noqa: C416  # rows are no pairs to mypy
    for code, owner in owners.items():
        if wanted[code] != owner:
            raise Conflict("The code {code} was given to another unit before; a code is never given twice.", code=code)
    new = [{"jurisdiction_id": jurisdiction_id, "code": code, "unit_id": unit_id} for code, unit_id in wanted.items() if code not in owners]
    if new:
        session.execute(insert(UnitCode), new)


def _record_lineage(session: Session, edition: Edition, before: Coverage, after: Coverage, ids: list[int]) -> None:
    """Record what share of the ground of each leaf went where."""
    divided = set(after.children())
    givers = [place for place in before.leaves() if place in after.moved or after.units[place].gone or place in divided]
    takers = [place for place in after.leaves() if place in after.moved or place >= len(before.units)]
    if not givers or not takers:
        return
    old, new = before.ground_of(givers), after.ground_of(takers)
    taker, giver = STRtree(old).query(new, predicate="intersects")
    came_m2 = moved_m2(shapely.intersection(old[giver], new[taker]))
    whole_m2 = area_m2(old)
    rows = [
        {
            "edition_id": edition.id,
            "from_unit_id": ids[givers[g]],
            "to_unit_id": ids[takers[t]],
            "area_m2": float(m2),
            "area_share": float(min(m2 / whole_m2[g], 1.0)),
        }
        for g, t, m2 in zip(giver, taker, came_m2, strict=True)
        if m2 and ids[givers[g]] != ids[takers[t]]
    ]
    if rows:
        session.execute(insert(Lineage), rows)
