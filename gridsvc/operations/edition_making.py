"""Making an edition of a changed coverage, and letting everything follow that stands on it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from geodata.topology import check
from gridsvc.domain.coverage import Coverage
from gridsvc.errors import Invalid
from gridsvc.operations import editions
from gridsvc.operations.assignment import assign
from gridsvc.operations.households import store_estimates
from gridsvc.operations.lineage import record_household_shares
from gridsvc.operations.progress import report
from gridsvc.operations.successions import propose_successions


def make_edition(
    session: Session, jurisdiction_id: int, before: Coverage, after: Coverage, *, at: datetime, reason: str
) -> tuple[editions.Published, int]:
    """Publish `after` from `at` on; every building takes its leaf, households without a count get an estimate.

    Returns the edition, and how many buildings changed their leaf. Raises Invalid where the leaves would not tile.
    """
    refuse_broken(after)
    report(session, "Writing the edition …")
    edition = editions.publish(session, jurisdiction_id, before, after.pruned(), effective_at=at, reason=reason)
    store_estimates(session, jurisdiction_id, at)
    moved = assign(session, jurisdiction_id, at, around=edition.around)
    record_household_shares(session, edition.edition_id, moved)
    propose_successions(session, jurisdiction_id, edition.edition_id, [move.thing_id for move in moved])
    return edition, len(moved)


def refuse_broken(after: Coverage) -> None:
    """Raise Invalid with the findings where the leaves do not tile."""
    findings = check(after.ground_of(after.leaves()))
    if findings:
        raise Invalid("The units would not tile; nothing was written. {first}", first=findings[0], findings=findings)
