"""Undoing an edition: its ground goes back, as an edition of its own, also after others that have nothing to do with it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from geodata.findings import Finding
from geodata.shapes import box_of
from gridsvc.database.queries.coverage import coverage
from gridsvc.database.queries.editions import coverage_after, edition_before, edition_of
from gridsvc.database.tables import Edition
from gridsvc.domain.carrying import Carrying, Stand, changed_units
from gridsvc.domain.coverage import Coverage
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.errors import Conflict
from gridsvc.operations.audit import record
from gridsvc.operations.edition_making import make_edition
from gridsvc.operations.editions import Published
from gridsvc.operations.jurisdictions import lock_borders
from gridsvc.operations.rebase import keys_of


def undo_edition(session: Session, actor: Actor, jurisdiction_id: int, serial: int, *, at: datetime) -> Published:
    """Give back what an edition changed: ground, names, codes, parents; a unit that it ended is itself again.

    Each piece returns if its holder still has it; raises Conflict with a finding for each unit that stands in the way else, and then
    nothing is changed. Raises Conflict too for the first edition, and for one that was undone.
    """
    require(actor, Action.PUBLISH_PLANS, jurisdiction_path(jurisdiction_id))
    lock_borders(session, jurisdiction_id)
    edition = edition_of(session, jurisdiction_id, serial)
    if edition.undone_by is not None:
        raise Conflict("Edition {serial} was undone by edition {other} already.", serial=serial, other=edition.undone_by)
    earlier = edition_before(session, jurisdiction_id, edition.id)
    if earlier is None:
        raise Conflict("Before the first edition there was nothing; it cannot be undone.")
    base, wanted = (_stand(coverage_after(session, jurisdiction_id, each)) for each in (edition.id, earlier))
    now = coverage(session, jurisdiction_id)
    before = Coverage(now.units)
    way = Carrying(base, wanted, now, keys_of(now), {})
    if way.in_the_way:
        raise _in_the_way(way, serial)
    _take_sources(way, base, wanted)
    made, moved = make_edition(session, jurisdiction_id, before, now, at=at, reason=f"↶ {serial}: {edition.reason}")
    session.execute(update(Edition).where(Edition.id == made.edition_id).values(undoes_id=edition.id))
    told = {"edition": made.serial, "undoes": serial, "buildings_moved": moved}
    record(session, actor, "edition.undo", jurisdiction_path(jurisdiction_id), **told)
    return made


def _stand(stored: Coverage) -> Stand:
    return Stand(stored, keys_of(stored))


def _take_sources(way: Carrying, base: Stand, wanted: Stand) -> None:
    """Let the units be as their source said before, so that the file that changed them changes them again."""
    changed = changed_units(base, wanted)
    for place, key in enumerate(way.keys):
        if key in changed and key in wanted.units:
            was = wanted.units[key]
            way.now.describe(place, source=was.source, source_digest=was.source_digest, reported=was.reported)


def _in_the_way(way: Carrying, serial: int) -> Conflict:
    """Return the error that names the units, each with a box to zoom to; those that are no more as they were after the edition."""
    there = {key: way.now.units[place] for place, key in enumerate(way.keys)}
    known = way.wanted.units | way.base.units | there
    units = [known[key] for key in sorted(way.in_the_way & known.keys())]
    template = "{name} has ground of edition {serial} or was changed since."
    findings = [Finding("in-the-way", "error", template, {"name": unit.name, "serial": serial}, box_of(unit.ground)) for unit in units]
    names = "、".join(unit.name for unit in units)
    return Conflict("Edition {serial} cannot be undone: {units} stand in the way.", serial=serial, units=names, findings=findings)
