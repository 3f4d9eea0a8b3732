"""Looks that are not one unit: a single building, and all that a reader leads when it lies in several places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from sqlalchemy.orm import Session

from geodata.findings import Box
from gridsvc.database.queries import facilities, jurisdictions, my_area, units
from gridsvc.database.queries.households import household_sums
from gridsvc.database.queries.my_area import Area
from gridsvc.database.queries.one_building import OneBuilding, one_building
from gridsvc.database.queries.units import Summary, UnitRow
from gridsvc.domain.permissions import Actor
from gridsvc.errors import NotFound, NotSignedIn
from web.maps import view as views
from web.maps.things import sources, standing, things
from web.maps.view import Asked, Child, View


def read(session: Session, actor: Actor, asked: Asked) -> View:
    """Return the building, or all own areas, that the address asks for; raise NotFound where there is none of it."""
    place = views.place_of(session, asked)
    editions = jurisdictions.editions(session, place.id)
    begun = View(asked, place, editions, sources=sources(session, actor, place.id))
    return _building(session, begun) if asked.building else _own(session, actor, begun)


def _building(session: Session, begun: View) -> View:
    asked = begun.asked
    found = one_building(session, asked.building, asked.as_of) if asked.building else None
    if found is None or found.jurisdiction_id != begun.jurisdiction.id:
        raise NotFound("There is no building {building} here.", building=asked.building)
    chain = my_area.chain_of(session, found.path)
    summary = _of_building(session, found)
    return replace(
        begun, unit=chain[-1] if chain else None, ancestors=chain, summary=summary, building=found, outline=found.geojson,
        box=_box(found.geojson),
    )  # fmt: skip


def _own(session: Session, actor: Actor, begun: View) -> View:
    if actor.account_id is None:
        raise NotSignedIn("Sign in first.")
    areas = [led for led in my_area.widest(my_area.led_by(session, actor)) if led.jurisdiction_id == begun.jurisdiction.id]
    if not areas:
        raise NotFound("You lead no ground here.")
    houses = {led.path: house for led in areas if led.kind == "building" and (house := one_building(session, led.public_id))}
    rows = [row for led in areas if (row := _as_row(led, houses.get(led.path)) or units.unit(session, led.public_id))]
    real, asked = [row for row in rows if row.kind != "building"], begun.asked
    summaries, drawn = units.summaries(session, real), units.geojson(session, real, None, views.TOP_ZOOM)
    of_rows = [_of_building(session, houses[row.path]) if row.kind == "building" else summaries[row.id] for row in rows]
    geometries = [houses[row.path].geojson if row.kind == "building" else drawn[row.id] for row in rows]
    ground = np.asarray(shapely.from_geojson(geometries), dtype=object)
    together = _together(of_rows)
    outline = shapely.to_geojson(shapely.union_all(ground))
    return replace(
        begun, summary=together, standing=standing(together), areas=areas, geometries=geometries, ground=ground,
        things=[thing for row in real for thing in things(session, actor, asked.noun, row, None, asked.page)] if asked.noun else (),
        findings=[finding for row in real for finding in units.findings(session, row)],
        children=[Child(row, each, tint) for row, each, tint in zip(rows, of_rows, views.tints_of(rows, ground), strict=True)],
        outline=outline, box=_box(outline),
    )  # fmt: skip


def _as_row(led: Area, house: OneBuilding | None) -> UnitRow | None:
    """Return a building as a row among units; None for what is none."""
    if house is None:
        return None
    return UnitRow(
        id=int(led.path.rpartition("_")[2], 36), public_id=led.public_id, jurisdiction_id=led.jurisdiction_id,
        parent_public_id=house.unit_public_id, level=0, kind="building", code=None, name=led.name or "", leaf=True,
        area_m2=house.footprint_m2, path=led.path, bounds=led.bounds,
    )  # fmt: skip


def _of_building(session: Session, house: OneBuilding) -> Summary:
    sums = household_sums(session, [house.path]).get(house.path)
    known: dict[str, Any] = {}
    if sums is not None:
        known = {"buildings_known": sums.known, "households": sums.households, "shops": sums.shops}
    return replace(Summary(house.footprint_m2, buildings=1), **known)


def _together(summaries: Sequence[Summary]) -> Summary:
    """Return the sums over ground that does not overlap."""
    levels: dict[int, int] = {}
    for level, count in ((level, count) for each in summaries for level, count in each.units_by_level.items()):
        levels[level] = levels.get(level, 0) + count
    return Summary(
        area_m2=sum(each.area_m2 for each in summaries),
        units_by_level=dict(sorted(levels.items())),
        buildings=sum(each.buildings for each in summaries),
        buildings_known=_sum(each.buildings_known for each in summaries),
        households=_sum(each.households for each in summaries),
        shops=_sum(each.shops for each in summaries),
        estimated=any(each.estimated for each in summaries),
        stations=sum(each.stations for each in summaries),
        gates=sum(each.gates for each in summaries),
        facilities=facilities.together([each.facilities for each in summaries if each.facilities]),
    )


def _sum(figures: Iterable[int | None]) -> int | None:
    """Return the sum of those that are known, None where none is."""
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None


def _box(geojson: str) -> Box:
    west, south, east, north = shapely.from_geojson(geojson).bounds
    return west, south, east, north
