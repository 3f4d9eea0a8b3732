"""What one look at a jurisdiction shows: a unit, what it is part of, what is in it, what needs its reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import log2
from uuid import UUID

import numpy as np
import shapely
from sqlalchemy.orm import Session

from geodata.findings import Box, Finding
from geodata.topology import Geometries, neighbours
from gridsvc.database.queries import jurisdictions, units
from gridsvc.database.queries.buildings import BuildingRow, buildings_in
from gridsvc.database.queries.four_sides import four_sides
from gridsvc.database.queries.jurisdictions import EditionRow, JurisdictionRow
from gridsvc.database.queries.my_area import Area
from gridsvc.database.queries.one_building import OneBuilding
from gridsvc.database.queries.units import Summary, UnitRow
from gridsvc.database.queries.unplaced import unplaced_things
from gridsvc.domain.four_sides import FourSides
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Actor
from gridsvc.domain.scales import SEEN_PX, pixel_m
from gridsvc.errors import NotFound
from web.maps.things import Standing, Thing, sources, standing, things
from web.maps.tints import tints

TABS = {
    "below": "{level}",
    "people": "People",
    "organisations": "Organisations",
    "things": "Facilities",
    "changes": "Changes",
}
"""The lists of the panel, by the name that addresses use, with what they are called."""
TOP_ZOOM = 17


@dataclass(frozen=True, slots=True)
class Deeper:
    """The borders two levels down, which appear as one comes closer."""

    level: int
    zoom: float
    """From this zoom on."""


@dataclass(frozen=True, slots=True)
class Child:
    """A unit directly below the one that is shown."""

    unit: UnitRow
    summary: Summary
    tint: str
    """0 to 5, or `rest` for a remainder."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    slug: str
    unit: UUID | None = None
    """None is the top unit."""
    as_of: datetime | None = None
    """None is now."""
    page: int = 1
    """Of the buildings of a leaf, or of the things of `noun`."""
    noun: str | None = None
    """What is listed instead of the units below: a key of domain.facilities.FACILITIES."""
    building: UUID | None = None
    """One building instead of a unit."""
    tab: str = "below"
    """What the panel lists: a key of TABS."""
    own: bool = False
    """All that the reader leads here, instead of one unit."""
    words: str | None = None
    """Who is looked for among people: part of a name, or a whole phone number."""


@dataclass(frozen=True, slots=True)
class View:
    """Everything that panel and map show."""

    asked: Asked
    jurisdiction: JurisdictionRow
    editions: Sequence[EditionRow]
    """Oldest first."""
    unit: UnitRow | None = None
    """None while the jurisdiction has no units at that time."""
    summary: Summary | None = None
    sides: FourSides | None = None
    """What bounds the unit; None where nothing here does."""
    ancestors: Sequence[UnitRow] = ()
    """Top first, without the unit itself."""
    children: Sequence[Child] = ()
    buildings: Sequence[BuildingRow] = ()
    """Of a leaf only."""
    things: Sequence[Thing] = ()
    """Of the noun that is asked for."""
    standing: Sequence[Standing] = ()
    """What else is in the unit, by noun."""
    sources: Sequence[str] = ()
    """The layers of what stands in the grid that there are here and that the reader may ask for."""
    findings: Sequence[Finding] = ()
    deeper: Deeper | None = None
    """None where there are none, and in history, of which there are no tiles."""
    outline: str | None = None
    """GeoJSON of the unit."""
    geometries: Sequence[str] = ()
    """GeoJSON of each child."""
    building: OneBuilding | None = None
    """Where one building is shown; `unit` is then its leaf."""
    areas: Sequence[Area] = ()
    """Where all that the reader leads is shown: one for each child."""
    led: Sequence[Area] = ()
    """What the reader leads in this jurisdiction."""
    box: Box | None = None
    """What the map fits."""
    ground: Geometries = field(default_factory=lambda: np.empty(0, dtype=object))
    """The same as geometries, lon and lat of EPSG:4490."""

    @property
    def path(self) -> str:
        """Return where rights to what is shown are asked for."""
        return self.building.path if self.building else self.unit.path if self.unit else jurisdiction_path(self.jurisdiction.id)

    @property
    def whole_path(self) -> str | None:
        """Return the path of the jurisdiction where its beginning is shown, else None."""
        return None if self.asked.unit or self.building or self.areas else jurisdiction_path(self.jurisdiction.id)


def read(session: Session, actor: Actor, asked: Asked) -> View:
    """Return what the address asks for; raise NotFound where there is no such jurisdiction or unit at that time."""
    jurisdiction = place_of(session, asked)
    editions = jurisdictions.editions(session, jurisdiction.id)
    unit = _unit(session, jurisdiction, asked)
    if unit is None:
        return View(asked, jurisdiction, editions)
    children = units.children(session, unit, asked.as_of)
    family = [unit, *children]
    summaries = units.summaries(session, family, asked.as_of)
    shapes = units.geojson(session, family, asked.as_of, drawing_zoom(unit.bounds))
    geometries = [shapes[child.id] for child in children]
    ground = np.asarray(shapely.from_geojson(geometries), dtype=object)
    return View(
        asked, jurisdiction, editions, unit, summaries[unit.id], _sides(session, unit, asked.as_of),
        ancestors=[each for each in units.ancestors(session, unit, asked.as_of) if each.id != unit.id],
        children=[Child(child, summaries[child.id], tint) for child, tint in zip(children, tints_of(children, ground), strict=True)],
        buildings=() if children or asked.noun else buildings_in(session, unit.id, unit.path, asked.as_of, asked.page),
        things=things(session, actor, asked.noun, unit, asked.as_of, asked.page) if asked.noun else (),
        standing=standing(summaries[unit.id]),
        sources=sources(session, actor, jurisdiction.id),
        findings=[*units.findings(session, unit), *unplaced_things(session, actor, unit)] if asked.as_of is None else (),
        deeper=_deeper(session, unit, children, summaries[unit.id]) if asked.as_of is None else None,
        outline=shapes[unit.id], geometries=geometries, ground=ground, box=unit.bounds,
    )  # fmt: skip


def place_of(session: Session, asked: Asked) -> JurisdictionRow:
    """Return the jurisdiction of the address; raise NotFound for an unknown one."""
    found = jurisdictions.jurisdiction(session, asked.slug)
    if found is None:
        raise NotFound("There is no jurisdiction {slug!r}.", slug=asked.slug)
    return found


def _sides(session: Session, unit: UnitRow, as_of: datetime | None) -> FourSides | None:
    found = four_sides(session, [unit], as_of)[unit.id]
    return found if any(side.kind != "edge" for side in found.values.values()) else None


def drawing_zoom(bounds: Box) -> int:
    """Return the zoom whose simplified shapes suffice when a unit fills a large screen, with two steps to spare."""
    span_deg = max(bounds[2] - bounds[0], bounds[3] - bounds[1], 1e-4)
    return min(TOP_ZOOM, int(360 * 6 / span_deg).bit_length() + 1)


def _deeper(session: Session, unit: UnitRow, children: Sequence[UnitRow], summary: Summary) -> Deeper | None:
    lowest = max((child.level for child in children if child.kind != "remainder"), default=0)
    level = min((level for level in summary.units_by_level if level > lowest > 0), default=None)
    if level is None:
        return None
    width_m = units.typical_area_m2(session, unit, level) ** 0.5
    return Deeper(level, round(log2(SEEN_PX * pixel_m((unit.bounds[1] + unit.bounds[3]) / 2) / width_m), 2))


def _unit(session: Session, jurisdiction: JurisdictionRow, asked: Asked) -> UnitRow | None:
    if asked.unit is None:
        return units.start(session, jurisdiction.id, asked.as_of)
    unit = units.unit(session, asked.unit, asked.as_of)
    if unit is None or unit.jurisdiction_id != jurisdiction.id:
        raise NotFound("There is no unit {unit} here at that time.", unit=asked.unit)
    return unit


def tints_of(children: Sequence[UnitRow], ground: Geometries) -> list[str]:
    """Return the tint of each child; ground that no child covers is grey."""
    pairs = [(int(one), int(other)) for one, other in neighbours(ground).pairs] if len(children) > 1 else []
    numbers = tints([child.id for child in children], pairs)
    return ["rest" if child.kind == "remainder" else str(number) for child, number in zip(children, numbers, strict=True)]
