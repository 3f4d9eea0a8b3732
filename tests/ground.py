"""A small ground in the database: one jurisdiction, three units, a building in each leaf."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import func, insert, select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from geodata.samples import scheme_text
from gridsvc.api.reader import TOKEN_COOKIE
from gridsvc.database.freshness import raise_generation
from gridsvc.database.queries.accounts import actor_named
from gridsvc.database.session import set_actor
from gridsvc.database.tables import (
    Account,
    Building,
    BuildingHouseholds,
    BuildingPlace,
    BuildingVersion,
    Edition,
    FireLane,
    FireLanePlace,
    FireLaneVersion,
    Jurisdiction,
    ParkingLot,
    ParkingLotPlace,
    ParkingLotVersion,
    ParkingSpace,
    ParkingSpacePlace,
    ParkingSpaceVersion,
    RoleGrant,
    Scheme,
    Unit,
    UnitVersion,
)
from gridsvc.domain.paths import below, jurisdiction_path
from gridsvc.domain.permissions import Actor
from gridsvc.operations.sign_ins import LONGEST, token_digest

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
ALWAYS = Range(BEGAN, None)
EAST_HOUSEHOLDS, WEST_HOUSEHOLDS = 4711, 1213
EAST_NUMBER, WEST_NUMBER = "E-7193", "W-3671"
"""What is painted on the parking space of each leaf; the lots and fire lanes have the same names."""
"""Counted and estimated: numbers that nothing else on a page has."""


@dataclass(frozen=True)
class Ground:
    """Paths, and the buildings of the two leaves: EAST_HOUSEHOLDS and WEST_HOUSEHOLDS."""

    jurisdiction: str
    top: str
    east: str
    west: str
    east_building: int
    west_building: int
    ids: dict[str, UUID]
    """Public ids of top, east, west, east_building, west_building."""


def as_operator(session: Session) -> Actor:
    operator = actor_named(session, "operator")
    set_actor(session, operator)
    return operator


def lay(session: Session, slug: str = "here") -> Ground:
    """Lay it as the operator, who stays the session's actor."""
    as_operator(session)
    scheme = Scheme(key=f"of-{slug}", name_zh="方案", name_en="scheme", body=scheme_text("longze"))
    session.add(scheme)
    session.flush()
    place = Jurisdiction(slug=slug, name=slug, scheme_id=scheme.id)
    session.add(place)
    session.flush()
    edition = Edition(jurisdiction_id=place.id, serial=1, effective_at=BEGAN, reason="test")
    session.add(edition)
    session.flush()
    root = jurisdiction_path(place.id)
    top, top_id = _unit(session, edition, None, root, 120.0, 120.02)
    east, east_id = _unit(session, edition, top_id, top, 120.01, 120.02)
    west, west_id = _unit(session, edition, top_id, top, 120.0, 120.01)
    buildings = _building(session, place.id, east_id, 120.015), _building(session, place.id, west_id, 120.005)
    ids = {
        name: session.scalars(select(table.public_id).where(table.id == number)).one()
        for name, table, number in (
            ("top", Unit, top_id), ("east", Unit, east_id), ("west", Unit, west_id),
            ("east_building", Building, buildings[0]), ("west_building", Building, buildings[1]),
        )
    }  # fmt: skip
    found = Ground(root, top, east, west, *buildings, ids)
    _households(session, found.east_building, EAST_HOUSEHOLDS, "counted")
    _households(session, found.west_building, WEST_HOUSEHOLDS, "estimated")
    for lon, leaf_id, number in ((120.015, east_id, EAST_NUMBER), (120.005, west_id, WEST_NUMBER)):
        _facilities(session, place.id, leaf_id, lon, number)
    raise_generation()
    return found


def somebody(
    session: Session, name: str, role: str | None, path: str = "", *, period: Range[datetime] = ALWAYS, disabled: bool = False
) -> int:
    """Add an account with one grant, whatever its period, past the rules for grants; return its id."""
    as_operator(session)
    account = session.scalars(insert(Account).values(name=name).returning(Account.id)).one()
    if role is not None:
        session.execute(insert(RoleGrant).inline().values(account_id=account, role=role, path=path, valid=period))
    if disabled:
        session.execute(text("UPDATE account SET disabled_at = now() WHERE id = :id"), {"id": account})
    return account


def _unit(session: Session, edition: Edition, parent_id: int | None, under: str, west: float, east: float) -> tuple[str, int]:
    unit = Unit(jurisdiction_id=edition.jurisdiction_id)
    session.add(unit)
    session.flush()
    path = below(under, unit.id)
    session.execute(
        insert(UnitVersion)
        .inline()
        .values(
            unit_id=unit.id, jurisdiction_id=unit.jurisdiction_id, edition_id=edition.id, valid=ALWAYS, parent_id=parent_id, path=path,
            level=2 if parent_id else 1, kind="unit", code=f"c{unit.id}", name=f"unit {unit.id}", leaf=parent_id is not None, area_m2=1.0,
            geom=_box(west, east),
        )
    )  # fmt: skip
    return path, unit.id


def _building(session: Session, jurisdiction_id: int, unit_id: int, lon: float) -> int:
    building = Building(jurisdiction_id=jurisdiction_id, source="test", source_ref=str(lon))
    session.add(building)
    session.flush()
    values = {"building_id": building.id, "valid": ALWAYS}
    session.execute(insert(BuildingVersion).inline().values(**values, geom=_box(lon, lon + 0.0005), footprint_m2=1.0, source_digest=""))
    session.execute(insert(BuildingPlace).inline().values(**values, unit_id=unit_id, share=1.0, cut_m2=0.0))
    return building.id


def _households(session: Session, building_id: int, households: int, basis: str) -> None:
    values = {"building_id": building_id, "valid": ALWAYS, "households": households, "shops": 1, "basis": basis}
    session.execute(insert(BuildingHouseholds).inline().values(**values))


def _facilities(session: Session, jurisdiction_id: int, unit_id: int, lon: float, name: str) -> None:
    """Lay a lot with one space, and a fire lane, at the building of a leaf."""
    for thing, version, place, columns in (
        (ParkingLot, ParkingLotVersion, ParkingLotPlace, {"name": name, "kind": "shared", "capacity": 1, "geom": _box(lon, lon + 0.0005)}),
        (
            ParkingSpace,
            ParkingSpaceVersion,
            ParkingSpacePlace,
            {"number": name, "kind": "shared", "level": "ground", "geom": _box(lon, lon + 0.0001)},
        ),
        (FireLane, FireLaneVersion, FireLanePlace, {"name": name, "form": "ring", "length_m": 7.0, "geom": _line(lon)}),
    ):
        number = session.scalars(
            insert(thing).values(jurisdiction_id=jurisdiction_id, source="test", source_ref=name).returning(thing.id)
        ).one()
        session.execute(insert(version).inline().values(thing_id=number, valid=ALWAYS, source_digest="", **columns))
        length = {"length_m": 7.0} if thing is FireLane else {}
        session.execute(insert(place).inline().values(thing_id=number, valid=ALWAYS, unit_id=unit_id, share=1.0, **length))


def _line(lon: float) -> object:
    return func.ST_Multi(
        func.ST_MakeLine(func.ST_SetSRID(func.ST_MakePoint(lon, 30.0), 4490), func.ST_SetSRID(func.ST_MakePoint(lon, 30.001), 4490))
    )


def _box(west: float, east: float) -> object:
    return func.ST_Multi(func.ST_MakeEnvelope(west, 30.0, east, 30.01, 4490))


def paths_in_sight(session: Session) -> set[str]:
    """Return the paths of the household rows that the session's actor sees in the table itself."""
    return set(session.scalars(select(BuildingHouseholds.path)))


def let_in(session: Session, client: FlaskClient, account_id: int) -> None:
    """Give a browser the cookie of somebody who is signed in."""
    token = f"token of {account_id}"
    opening = text("SELECT open_sign_in(:account, :digest, :longest)")
    session.execute(opening, {"account": account_id, "digest": token_digest(token), "longest": LONGEST})
    client.set_cookie(TOKEN_COOKIE, token)
