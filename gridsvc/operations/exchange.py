"""Bringing the rows of a file into versioned tables: all in a few statements, however many rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.crs import STORED
from gridsvc.database.copying import fill_temporary
from gridsvc.database.freshness import ground_changed
from gridsvc.database.statistics import take_statistics
from gridsvc.domain.instants import day
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Actor
from gridsvc.domain.proposals import ImportFile, Outcome, Proposal, RowOutcome
from gridsvc.errors import Invalid
from gridsvc.operations.audit import record
from gridsvc.operations.progress import report


@dataclass(frozen=True, slots=True)
class Versions:
    """The two tables of a noun: `<noun>` with source and source_ref, `<noun>_version` with these columns."""

    noun: str
    columns: dict[str, str]
    """Column -> its type in PostgreSQL; geometries as `stored` writes them."""
    more: dict[str, str] = field(default_factory=dict)
    """Columns of `incoming` that belong to another table of the noun."""
    own: dict[str, str] = field(default_factory=dict)
    """Columns of the thing itself, which it gets when it is new."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A row that was accepted."""

    row: int
    ref: str
    """What its source calls it."""
    name: str | None
    digest: str
    values: tuple[Any, ...]
    """In the order of `Versions.columns`, `Versions.more` and `Versions.own`."""
    repaired: bool = False


def compare(session: Session, jurisdiction_id: int, source: str, tables: Versions, rows: Sequence[Incoming]) -> list[RowOutcome]:
    """Say of each row whether it is new, changed, repaired (new or changed, and mended) or as it was."""
    current = session.execute(
        text(f"""
        SELECT n.source_ref, v.source_digest FROM {tables.noun} n JOIN {tables.noun}_version v ON v.{tables.noun}_id = n.id
        WHERE n.jurisdiction_id = :jurisdiction_id AND n.source = :source AND upper_inf(v.valid)
        """),
        {"jurisdiction_id": jurisdiction_id, "source": source},
    )
    known = {str(ref): str(digest) for ref, digest in current}
    return [RowOutcome(row.row, row.name or row.ref, _outcome(known.get(row.ref), row)) for row in rows]


def _outcome(known: str | None, row: Incoming) -> Outcome:
    if known == row.digest:
        return "unchanged"
    if row.repaired:
        return "repaired"
    return "new" if known is None else "changed"


def write(session: Session, jurisdiction_id: int, source: str, tables: Versions, rows: Sequence[Incoming], at: datetime) -> None:
    """Make these rows the current versions from `at` on; rows that are as they were stay as they are.

    Leaves the temporary table `incoming` (ref, digest and the columns) for the rest of the transaction.
    """
    copy_in(session, tables, rows)
    noun, names = tables.noun, ", ".join(tables.columns)
    known = {"jurisdiction_id": jurisdiction_id, "source": source, "at": at}
    own = "".join(f", {name}" for name in tables.own)
    session.execute(
        text(f"""
        INSERT INTO {noun} (jurisdiction_id, source, source_ref{own})
        SELECT :jurisdiction_id, :source, i.ref{own} FROM incoming i
        ON CONFLICT (jurisdiction_id, source, source_ref) DO NOTHING
        """),
        known,
    )
    take_statistics(session, len(rows), noun)
    session.execute(
        text(f"""
        UPDATE {noun}_version v SET valid = tstzrange(lower(v.valid), :at)
        FROM {noun} n JOIN incoming i ON i.ref = n.source_ref
        WHERE n.jurisdiction_id = :jurisdiction_id AND n.source = :source
          AND v.{noun}_id = n.id AND upper_inf(v.valid) AND v.source_digest <> i.digest
        """),
        known,
    )
    session.execute(
        text(f"""
        INSERT INTO {noun}_version ({noun}_id, valid, source_digest, {names})
        SELECT n.id, tstzrange(:at, NULL), i.digest, {", ".join(f"i.{name}" for name in tables.columns)}
        FROM {noun} n JOIN incoming i ON i.ref = n.source_ref
        WHERE n.jurisdiction_id = :jurisdiction_id AND n.source = :source
          AND NOT EXISTS (SELECT FROM {noun}_version v WHERE v.{noun}_id = n.id AND upper_inf(v.valid))
        ORDER BY n.id  -- so that all is read before any is written: a table that looks empty is read whole for each row, and grows
        """),
        known,
    )
    take_statistics(session, len(rows), f"{noun}_version")


def bring_in(session: Session, actor: Actor, file: ImportFile, tables: Versions, proposal: Proposal, rows: Sequence[Incoming]) -> bool:
    """Write what was proposed where the file is to be committed and changes something; all or nothing, with its trace.

    Raises Invalid where rows are refused and the others were not asked for without them.
    """
    if not file.commit:
        return False
    proposal.check_refused(skip=file.skip_refused)
    if proposal.changes_nothing:
        return False
    _check_time(session, file, tables)
    report(session, "Writing {count} rows …", count=len(rows))
    write(session, file.jurisdiction_id, file.source, tables, rows, file.effective_at)
    path = jurisdiction_path(file.jurisdiction_id)
    record(session, actor, f"{proposal.noun}.import", path, file=file.table.source, **proposal.counts)
    ground_changed(session)
    return True


def _check_time(session: Session, file: ImportFile, tables: Versions) -> None:
    newest = session.scalar(
        text(f"""
        SELECT max(lower(v.valid)) FROM {tables.noun}_version v JOIN {tables.noun} n ON n.id = v.{tables.noun}_id
        WHERE n.jurisdiction_id = :jurisdiction_id AND n.source = :source
        """),
        {"jurisdiction_id": file.jurisdiction_id, "source": file.source},
    )
    if newest is not None and file.effective_at < newest:
        raise Invalid(
            "The file would hold from {given} on, before what was brought in for {last}; that day or a later one would be right.",
            given=day(file.effective_at),
            last=day(newest),
        )


def stored(geometries: Sequence[shapely.Geometry]) -> list[str]:
    """Return geometries as COPY takes them into a column of the stored CRS."""
    array = np.array(geometries, dtype=object)
    return list(shapely.to_wkb(shapely.set_srid(array, STORED), hex=True, include_srid=True))


def copy_in(session: Session, tables: Versions, rows: Sequence[Incoming]) -> None:
    """Put rows into the temporary table `incoming`, in place of those that were in it."""
    columns = {"ref": "text PRIMARY KEY", "digest": "text NOT NULL", **tables.columns, **tables.more, **tables.own}
    fill_temporary(session, "incoming", columns, ((row.ref, row.digest, *row.values) for row in rows))
