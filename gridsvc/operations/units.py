"""Units: ground in from files, as an edition that tiles."""

from __future__ import annotations

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.topology import check
from gridsvc.database.queries.coverage import coverage
from gridsvc.database.queries.schemes import scheme_of
from gridsvc.database.tables import Jurisdiction, UnitCode
from gridsvc.domain.coverage import Coverage
from gridsvc.domain.known import Terms
from gridsvc.domain.laying import lay
from gridsvc.domain.numbering import number
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.domain.proposals import ImportFile, Keep, Proposal
from gridsvc.domain.unit_rows import UnitRows, unit_rows
from gridsvc.errors import Invalid
from gridsvc.operations.area_codes import beside_the_list
from gridsvc.operations.assignment import assign
from gridsvc.operations.audit import record
from gridsvc.operations.editions import publish
from gridsvc.operations.jurisdictions import lock_borders
from gridsvc.operations.lineage import record_household_shares
from gridsvc.operations.progress import report


def import_units(
    session: Session, actor: Actor, file: ImportFile, *, level: str | None = None, keep: Keep = None, accept_loss: bool = False
) -> Proposal:
    """Say what the file would do to the coverage, and do it as an edition where `file.commit` says so.

    `level` holds for rows that name none. `keep` says whose border holds where a unit reaches outside the one above it;
    `accept_loss` agrees to units that lose more than a twentieth of their ground to others of the file. Then leaves and
    remainders tile, every unit above is the union of its children, and every building has one leaf or none.
    """
    path = jurisdiction_path(file.jurisdiction_id)
    require(actor, Action.IMPORT, path)
    lock_borders(session, file.jurisdiction_id)
    before = coverage(session, file.jurisdiction_id)
    after = Coverage(before.units)
    scheme = scheme_of(session, file.jurisdiction_id)
    read = unit_rows(file, scheme, level)
    read.findings += beside_the_list(session, read.rows)
    name = session.scalar(select(Jurisdiction.name).where(Jurisdiction.id == file.jurisdiction_id)) or ""
    report(session, "Fitting {count} units together …", count=len(read.rows))
    lay(after, read, Terms(root_name=name, keep=keep, accept_loss=accept_loss, source=file.source))
    number(after, scheme, _codes(session, file.jurisdiction_id))
    proposal = _proposal(read, after)
    if file.commit:
        proposal.check_refused(skip=file.skip_refused)
        if not proposal.changes_nothing:
            _refuse_broken(after)
            report(session, "Writing the edition …")
            edition = publish(
                session, file.jurisdiction_id, before, after.pruned(), effective_at=file.effective_at, reason=file.table.source
            )
            moved = assign(session, file.jurisdiction_id, file.effective_at, around=edition.around)
            record_household_shares(session, edition.edition_id, moved)
            done = {"file": file.table.source, "edition": edition.serial, "buildings_moved": len(moved)} | proposal.counts
            record(session, actor, Action.IMPORT, path, **done)
    return proposal


def _proposal(read: UnitRows, after: Coverage) -> Proposal:
    rows = [read.outcomes[row] for row in sorted(read.outcomes)]
    return Proposal("units", read.columns, rows, [*read.findings, *after.findings])


def _codes(session: Session, jurisdiction_id: int) -> set[str]:
    return set(session.scalars(select(UnitCode.code).where(UnitCode.jurisdiction_id == jurisdiction_id)))


def _refuse_broken(after: Coverage) -> None:
    """Let no coverage be published that does not tile."""
    ground = after.ground_of(after.leaves())
    findings = check(np.asarray(ground, dtype=object))
    if findings:
        raise Invalid("The units would not tile; nothing was written. {first}", first=findings[0], findings=findings)
