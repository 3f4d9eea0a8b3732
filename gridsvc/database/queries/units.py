"""Units as pages and the API show them, now or at an instant; counts that add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from geodata.findings import Box, Finding
from geodata.topology import BANDS
from gridsvc.database.kept import kept
from gridsvc.database.queries.buildings import cut_buildings, unplaced_buildings
from gridsvc.database.queries.compounds import unnamed_compounds
from gridsvc.database.queries.facilities import FacilitySums, facility_sums
from gridsvc.database.queries.households import household_sums
from gridsvc.database.queries.schemes import scheme_of
from gridsvc.database.queries.time import holds
from gridsvc.domain.coverage import REMAINDER
from gridsvc.domain.ledger.numerals import in_order
from gridsvc.domain.permissions import Actor, Grant, Token


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as it stood."""

    id: int
    public_id: UUID
    jurisdiction_id: int
    parent_public_id: UUID | None
    level: int
    kind: str
    code: str | None
    name: str
    leaf: bool
    area_m2: float
    path: str
    bounds: Box


@dataclass(frozen=True, slots=True)
class Summary:
    """What is in a unit; the figures of children and remainder add up to it."""

    area_m2: float
    units_by_level: dict[int, int] = field(default_factory=dict)
    """Units below it by level, remainders not counted."""
    buildings: int = 0
    buildings_known: int | None = None
    """How many of them have a count of households; None where the reader may not see any."""
    households: int | None = None
    """What the known counts add up to; None where none is known or the reader may not see them."""
    shops: int | None = None
    estimated: bool = False
    """Whether some of the households are estimates."""
    stations: int = 0
    gates: int = 0
    facilities: FacilitySums | None = None
    """Parking and fire lanes; None where the reader may not see them."""


def _units(condition: str, as_of: datetime | None, order: str = "v.code NULLS LAST, v.kind = 'remainder', v.name, u.id") -> str:
    return f"""
    SELECT u.id, u.public_id, v.jurisdiction_id, parent.public_id AS parent_public_id, v.level, v.kind, v.code, v.name, v.leaf, v.area_m2,
           v.path::text AS path, ST_XMin(v.geom) AS west, ST_YMin(v.geom) AS south, ST_XMax(v.geom) AS east, ST_YMax(v.geom) AS north
    FROM unit_version v JOIN unit u ON u.id = v.unit_id LEFT JOIN unit parent ON parent.id = v.parent_id
    WHERE {holds("v", as_of)} AND {condition} ORDER BY {order}
    """


def _row(row: Row[Any]) -> UnitRow:
    fields = row._mapping
    plain = {name: fields[name] for name in UnitRow.__slots__ if name != "bounds"}
    return UnitRow(**plain, bounds=(row.west, row.south, row.east, row.north))


@kept
def root(session: Session, jurisdiction_id: int, as_of: datetime | None = None) -> UnitRow | None:
    """Return the top unit of a jurisdiction, None while it has none."""
    found = session.execute(
        text(_units("v.jurisdiction_id = :id AND v.parent_id IS NULL", as_of) + "LIMIT 1"), {"id": jurisdiction_id, "as_of": as_of}
    )
    row = found.one_or_none()
    return None if row is None else _row(row)


@kept
def start(session: Session, jurisdiction_id: int, as_of: datetime | None = None) -> UnitRow | None:
    """Return where to begin to look: the top unit, or the highest below it that is divided into several."""
    here = root(session, jurisdiction_id, as_of)
    while here is not None and len(real := [child for child in children(session, here, as_of) if child.kind != "remainder"]) == 1:
        if real[0].leaf:
            break
        here = real[0]
    return here


@kept
def unit(session: Session, public_id: UUID, as_of: datetime | None = None) -> UnitRow | None:
    """Return a unit, None where there is none of this id at that time."""
    row = session.execute(text(_units("u.public_id = :id", as_of)), {"id": public_id, "as_of": as_of}).one_or_none()
    return None if row is None else _row(row)


def successors(session: Session, public_id: UUID, as_of: datetime | None = None) -> list[UnitRow]:
    """Return the units of the same level that have the ground of one that had ended at that time, who has most first; none for others."""
    ids = list(session.scalars(text(_SUCCESSORS), {"id": public_id, "as_of": as_of}))
    found = {row.id: row for row in by_ids(session, tuple(ids))}
    return [found[each] for each in ids if each in found]


_SUCCESSORS = """
SELECT h.unit_id FROM (
  SELECT v.* FROM unit u JOIN unit_version v ON v.unit_id = u.id
  WHERE u.public_id = :id AND lower(v.valid) <= coalesce(cast(:as_of AS timestamptz), now()) ORDER BY lower(v.valid) DESC LIMIT 1
) o JOIN unit_version h ON h.geom && o.geom AND upper_inf(h.valid) AND h.jurisdiction_id = o.jurisdiction_id AND h.level = o.level
  AND h.kind <> 'remainder', LATERAL (SELECT ST_Area(ST_Intersection(h.geom, o.geom)) AS common) c
WHERE NOT o.valid @> coalesce(cast(:as_of AS timestamptz), now()) AND c.common > ST_Area(o.geom) / 1000 ORDER BY c.common DESC, h.unit_id
"""
"""Slivers of less than a thousandth are nobody's inheritance."""


@kept
def by_ids(session: Session, ids: tuple[int, ...]) -> list[UnitRow]:
    """Return the units of these ids as they stand now."""
    return [_row(row) for row in session.execute(text(_units("v.unit_id = ANY(:ids)", None)), {"ids": list(ids)})] if ids else []


@kept
def ancestors(session: Session, unit: UnitRow, as_of: datetime | None = None) -> list[UnitRow]:
    """Return the unit and all above it, the top one first."""
    above = _units("v.path @> cast(:path AS ltree)", as_of, order="nlevel(v.path)")
    return [_row(row) for row in session.execute(text(above), {"path": unit.path, "as_of": as_of})]


@kept
def children(session: Session, unit: UnitRow, as_of: datetime | None = None) -> list[UnitRow]:
    """Return the units directly below by code, those without one by name as people count, the remainder last."""
    found = [_row(row) for row in session.execute(text(_units("v.parent_id = :id", as_of)), {"id": unit.id, "as_of": as_of})]
    return sorted(found, key=lambda row: (row.code is None, row.code or "", row.kind == REMAINDER, in_order(row.name)))


def summaries(session: Session, units: Sequence[UnitRow], as_of: datetime | None = None) -> dict[int, Summary]:
    """Return what is in each of these units, by id; in six queries at most, however many units."""
    public = _below(session, tuple(units), as_of)
    actor: Actor = session.info["actor"]
    sums, facilities = _of_place(session, tuple(unit.path for unit in units), as_of, actor.account_id, (actor.grants, actor.token))
    return {unit.id: _summary(public[unit.id], sums.get(unit.path), facilities.get(unit.path)) for unit in units}


@kept
def _of_place(
    session: Session,
    paths: tuple[str, ...],
    as_of: datetime | None,
    _account_id: int | None,
    _rights: tuple[tuple[Grant, ...], Token | None],
) -> tuple[dict[str, Row[Any]], dict[str, FacilitySums]]:
    """Return the sums that are of a place by path; who asks and by what right of today is part of the question that is kept."""
    return household_sums(session, list(paths), as_of), facility_sums(session, list(paths), as_of)


def _summary(public: Summary, sums: Row[Any] | None, facilities: FacilitySums | None) -> Summary:
    if sums is None:
        return replace(public, facilities=facilities)
    households = {"buildings_known": sums.known, "households": sums.households, "shops": sums.shops, "estimated": bool(sums.estimated)}
    return replace(public, facilities=facilities, **households)


@kept
def _below(session: Session, units: tuple[UnitRow, ...], as_of: datetime | None) -> dict[int, Summary]:
    """Return by unit what everybody may know: how many units of each level are below it, how many buildings, stations and gates."""
    given = {"ids": [unit.id for unit in units], "paths": [unit.path for unit in units], "as_of": as_of}
    levels: dict[int, dict[int, int]] = {}
    for unit_id, level, count in session.execute(text(_BELOW.format(v=holds("v", as_of))), given):
        levels.setdefault(unit_id, {})[level] = count

    def held(noun: str) -> dict[int, int]:
        rows = session.execute(text(_HELD.format(noun=noun, v=holds("v", as_of), p=holds("p", as_of))), given)
        return {row[0]: row[1] for row in rows}

    buildings, stations, gates = held("building"), held("station"), held("gate")
    return {
        unit.id: Summary(
            unit.area_m2,
            levels.get(unit.id, {}),
            buildings.get(unit.id, 0),
            stations=stations.get(unit.id, 0),
            gates=gates.get(unit.id, 0),
        )
        for unit in units
    }


@kept
def typical_area_m2(session: Session, unit: UnitRow, level: int) -> float:
    """Return the median area of the units of a level below this one, now; there must be some."""
    median = """
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY area_m2) FROM unit_version v
    WHERE upper_inf(v.valid) AND v.path <@ cast(:path AS ltree) AND v.level = :level AND v.kind <> 'remainder'
    """
    area_m2: float = session.execute(text(median), {"path": unit.path, "level": level}).scalar_one()
    return area_m2


_BELOW = """
SELECT u.id, v.level, count(*) FROM unnest(cast(:ids AS bigint[]), cast(:paths AS ltree[])) AS u (id, path)
JOIN unit_version v ON v.path <@ u.path AND v.path <> u.path AND v.kind <> 'remainder' AND {v}
GROUP BY u.id, v.level ORDER BY v.level
"""
_HELD = """
SELECT u.id, count(*) FROM unnest(cast(:ids AS bigint[]), cast(:paths AS ltree[])) AS u (id, path)
JOIN unit_version v ON v.path <@ u.path AND v.leaf AND {v}
JOIN {noun}_place p ON p.unit_id = v.unit_id AND {p}
GROUP BY u.id
"""


def geojson(session: Session, units: Sequence[UnitRow], as_of: datetime | None = None, zoom: int | None = None) -> dict[int, str]:
    """Return the ground of each unit as GeoJSON of EPSG:4490, by id: with 8 decimals, or simplified for a zoom where one is given."""
    return _geojson(session, tuple(unit.id for unit in units), as_of, zoom)


@kept
def _geojson(session: Session, ids: tuple[int, ...], as_of: datetime | None, zoom: int | None) -> dict[int, str]:
    band = max((low for low, tolerance_m in BANDS.items() if tolerance_m and zoom is not None and low <= zoom), default=None)
    finest = max(low for low, tolerance_m in BANDS.items() if not tolerance_m)
    if as_of is None and band is not None and zoom is not None and zoom < finest:
        # What was simplified by metres is told to the decimetre.
        stored = "SELECT unit_id, ST_AsGeoJSON(geom, 6, 0) FROM unit_shape WHERE unit_id = ANY(:ids) AND zoom = :band"
    else:
        stored = f"SELECT v.unit_id, ST_AsGeoJSON(v.geom, 8, 0) FROM unit_version v WHERE v.unit_id = ANY(:ids) AND {holds('v', as_of)}"
    rows = session.execute(text(stored), {"ids": list(ids), "as_of": as_of, "band": band})
    return {row[0]: row[1] for row in rows}


@kept
def findings(session: Session, unit: UnitRow) -> list[Finding]:
    """Return what needs somebody here, now: cut buildings, compounds without a name, at the top also buildings in no unit."""
    scheme = scheme_of(session, unit.jurisdiction_id)
    cut_m2, cut_share = scheme.threshold("cut_m2").figure, scheme.threshold("cut_share").figure
    found = [*cut_buildings(session, unit.path, cut_m2, cut_share), *unnamed_compounds(session, unit.path)]
    return found if unit.parent_public_id else [*found, *unplaced_buildings(session, unit.jurisdiction_id)]
