"""Exceptions by hand: a thing kept in a leaf whatever its geometry says."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from gridsvc.database.freshness import ground_changed
from gridsvc.database.tables import Unit, UnitVersion
from gridsvc.domain.facilities import FACILITIES
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.domain.standing import Stand
from gridsvc.errors import Invalid, NotFound
from gridsvc.operations.audit import record
from gridsvc.operations.placement import place_facilities, put_places, stands_of


class Thing(NamedTuple):
    """Something that stands in the grid."""

    name: str
    """Its noun, a key of FACILITIES."""
    public_id: UUID


def pin_facility(session: Session, actor: Actor, thing: Thing, unit: UUID, *, reason: str, at: datetime) -> None:
    """Keep a thing, whole, in a leaf whatever its geometry says; the pin survives redraws.

    Raises Invalid without a reason or for a unit that is no leaf, NotFound for a thing or unit that is not there.
    """
    facility = FACILITIES[thing.name]
    length = "v.length_m" if facility.noun == "fire_lane" else "cast(NULL AS double precision)"
    found: Any = session.execute(text(_THING.format(noun=facility.noun, length=length)), {"thing": thing.public_id}).one_or_none()
    leaf = leaf_for(session, actor, found, unit, reason)
    before, _ = stands_of(session, found.jurisdiction_id, facility.noun, [found.id])
    put_places(session, facility, {found.id: (before.get(found.id, {}), {leaf.unit_id: Stand(1.0, found.length_m)})}, at, reason)
    ground_changed(session)
    record(session, actor, Action.PIN, leaf.path, noun=facility.noun, thing=str(thing.public_id), reason=reason)


def leaf_for(session: Session, actor: Actor, thing: Any, unit: UUID, reason: str) -> Row[int, str, bool, str]:  # noqa: ANN401  # a row
    """Return unit_id and path of the leaf to which the actor may pin a thing, a row with its jurisdiction_id or None, for a reason.

    Raises Invalid without a reason or for a unit that is no leaf, NotFound where thing or unit is not there, and what `require` raises.
    """
    if not reason.strip():
        raise Invalid("A pin needs a reason.")
    leaf = session.execute(
        select(UnitVersion.unit_id, UnitVersion.path, UnitVersion.leaf, UnitVersion.name)
        .join(Unit, Unit.id == UnitVersion.unit_id)
        .where(Unit.public_id == unit, func.upper_inf(UnitVersion.valid))
    ).one_or_none()
    if thing is None or leaf is None or not leaf.path.startswith(jurisdiction_path(thing.jurisdiction_id) + "."):
        raise NotFound("There is no such thing or unit here.")
    require(actor, Action.PIN, leaf.path)
    if not leaf.leaf:
        raise Invalid("{name} has units below it; pin to one of those.", name=leaf.name)
    return leaf


def unpin_facility(session: Session, actor: Actor, thing: Thing, *, at: datetime) -> None:
    """Let a thing's geometry decide again; raise NotFound where it is not pinned."""
    noun = FACILITIES[thing.name].noun
    found = session.execute(text(_PINNED.format(noun=noun)), {"thing": thing.public_id}).one_or_none()
    if found is None:
        raise NotFound("There is nothing pinned of this number.")
    require(actor, Action.PIN, found.path)
    session.execute(text(_LET_GO.format(noun=noun)), {"id": found.id, "at": at})
    place_facilities(session, found.jurisdiction_id, at, [thing.name], changed=True)
    ground_changed(session)
    record(session, actor, Action.PIN, found.path, noun=noun, thing=str(thing.public_id), pinned=False)


_THING = """
SELECT n.id, n.jurisdiction_id, {length} AS length_m
FROM {noun} n JOIN {noun}_version v ON v.{noun}_id = n.id AND upper_inf(v.valid) WHERE n.public_id = :thing
"""
_PINNED = """
SELECT n.id, n.jurisdiction_id, u.path FROM {noun} n JOIN {noun}_place p ON p.{noun}_id = n.id AND upper_inf(p.valid) AND p.pinned
JOIN unit_version u ON u.unit_id = p.unit_id AND upper_inf(u.valid) WHERE n.public_id = :thing
"""
_LET_GO = "UPDATE {noun}_place SET valid = tstzrange(lower(valid), greatest(:at, lower(valid))) WHERE {noun}_id = :id AND upper_inf(valid)"
