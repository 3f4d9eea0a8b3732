"""Area codes: the published lists in from files, streamed and compared in the database, and units beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.findings import Finding, GeodataError
from geodata.readers.delimited import stream
from geodata.readers.tabular import Record
from gridsvc.database.queries.area_codes import held, names_of
from gridsvc.domain.area_codes import COMMUNITY, DIGITS, STREET, CodesProposal, ListedRow, official, refusal, unlike
from gridsvc.domain.codes import AREA_DIGITS
from gridsvc.domain.columns import match_columns
from gridsvc.domain.paths import EVERYWHERE
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.domain.unit_rows import UnitRow
from gridsvc.errors import Invalid
from gridsvc.operations.audit import record
from gridsvc.operations.progress import report

ENDINGS = (".csv", ".tsv", ".txt")
"""What a list is written as; only text can be read as a stream."""
TOLD = 1000
"""Refused rows that get a sentence; the others are counted."""
_EVERY = 50_000
"""Rows between two words of progress."""

_FORM = "^(1[1-9]|[2-7][0-9]|8[0-2])([0-9]{2}([0-9]{2}([0-9]{3}([0-9]{3})?)?)?)?$"
"""A code of 2, 4, 6, 9 or 12 digits of a province that exists; 000 at the end of twelve is filling."""


@dataclass(frozen=True, slots=True)
class CodesFile:
    """A list that somebody asks to bring in."""

    path: Path
    columns: Mapping[str, str] = field(default_factory=dict)
    """Field -> header, where the guess would be wrong."""
    skip_refused: bool = False
    commit: bool = False


def import_area_codes(session: Session, actor: Actor, file: CodesFile) -> CodesProposal:
    """Say what a list would do, and do it where `file.commit` says so: codes that are new are added, names that differ replaced.

    A street's county and a community's street have to be known, from this file or one before. What the file does not name
    stays. Raises GeodataError where it is no table as text, Invalid where a column is missing.
    """
    require(actor, Action.IMPORT, EVERYWHERE)
    if file.path.suffix.lower() not in ENDINGS:
        raise GeodataError(
            "{source} is of a kind that cannot be read; {kinds} would be right.", source=file.path.name, kinds=", ".join(ENDINGS)
        )
    if not file.path.is_file():
        raise GeodataError("There is no file {source}.", source=file.path.name)
    sheet, records = stream(file.path)
    columns = match_columns("area_codes", sheet.names, file.columns)
    if len(columns) < 2:
        raise Invalid("The file needs a column of codes and one of names; it has {columns}.", columns=", ".join(sheet.names))
    _copy_in(session, _cells(session, records, sheet.names.index(columns["code"]), sheet.names.index(columns["name"])))
    _judge(session)
    counts = _counts(session)
    proposal = CodesProposal("area_codes", columns, (), [*sheet.findings, *_refusals(session)], counts)
    if file.commit:
        proposal.check_refused(skip=file.skip_refused)
        if not proposal.changes_nothing:
            report(session, "Writing {count} rows …", count=counts["new"] + counts["changed"])
            session.execute(text(_WRITE))
            record(session, actor, "area_codes.import", EVERYWHERE, file=file.path.name, **proposal.counts)
    return proposal


def beside_the_list(session: Session, rows: Sequence[UnitRow]) -> list[Finding]:
    """Return a finding for each unit whose official code is not in the published list, or has another name there.

    Only where the list holds codes of that level in the county: it is rarely brought in for the whole country.
    """
    asked = official(rows)
    codes = {str(row.code) for row in asked}
    if not codes:
        return []
    known, names = held(session, codes), names_of(session, codes)
    found = [unlike(row, names.get(str(row.code))) for row in asked if row.code in known]
    return [finding for finding in found if finding is not None]


def _cells(session: Session, records: Iterator[Record], code: int, name: int) -> Iterator[tuple[int, str, str]]:
    for row, cells in records:
        if row % _EVERY == 0:
            report(session, "{count} rows read …", count=row)
        yield row, str(cells[code] or ""), str(cells[name] or "").strip()


def _copy_in(session: Session, rows: Iterator[tuple[int, str, str]]) -> None:
    session.execute(text("DROP TABLE IF EXISTS incoming_code, judged_code"))
    session.execute(text('CREATE TEMPORARY TABLE incoming_code (row int, code text COLLATE "C", name text) ON COMMIT DROP'))
    connection = session.connection().connection.driver_connection
    if not isinstance(connection, psycopg.Connection):
        raise TypeError("the database is reached through psycopg")
    with connection.cursor() as cursor, cursor.copy("COPY incoming_code FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


_JUDGE = """
CREATE TEMPORARY TABLE judged_code ON COMMIT DROP AS
SELECT row, code, name, array_position(cast(:digits AS int[]), length(code))::smallint AS level,
       CASE WHEN code !~ :form OR (length(code) = 12 AND code LIKE '%000') THEN 'form'
            WHEN name = '' THEN 'name'
            WHEN row <> first_row AND name = first_name THEN 'twice'
            WHEN row <> first_row THEN 'repeated' END AS fault
FROM (
  SELECT row, code, name, first_value(row) OVER same AS first_row, first_value(name) OVER same AS first_name
  FROM incoming_code WINDOW same AS (PARTITION BY code ORDER BY row)
) AS incoming
"""

_ORPHANS = """
UPDATE judged_code j SET fault = 'parent'
WHERE j.level = :level AND j.fault IS NULL
  AND NOT EXISTS (SELECT FROM area_code a WHERE a.code = left(j.code, :above))
  AND NOT EXISTS (SELECT FROM judged_code p WHERE p.code = left(j.code, :above) AND p.fault IS NULL)
"""

_COUNTS = """
SELECT count(*) FILTER (WHERE j.fault IS NULL AND a.code IS NULL) AS new,
       count(*) FILTER (WHERE j.fault IS NULL AND a.name <> j.name) AS changed,
       count(*) FILTER (WHERE j.fault = 'twice' OR (j.fault IS NULL AND a.name = j.name)) AS unchanged,
       count(*) FILTER (WHERE j.fault <> 'twice') AS refused
FROM judged_code j LEFT JOIN area_code a ON a.code = j.code
"""

_KNOWN = """
SELECT code FROM area_code WHERE code = ANY(:codes)
UNION SELECT code FROM judged_code WHERE fault IS NULL AND code = ANY(:codes)
"""

_WRITE = """
INSERT INTO area_code (code, name, level, parent)
SELECT code, name, level, nullif(left(code, (cast('{0,2,4,6,9}' AS int[]))[level]), '') FROM judged_code WHERE fault IS NULL
ON CONFLICT (code) DO UPDATE SET name = excluded.name WHERE area_code.name <> excluded.name
"""


def _judge(session: Session) -> None:
    """Lay the temporary table `judged_code`: each row with its level and what is wrong with it."""
    session.execute(text(_JUDGE), {"digits": list(AREA_DIGITS), "form": _FORM})
    session.execute(text("ANALYZE judged_code"))
    for level in (STREET, COMMUNITY):
        session.execute(text(_ORPHANS), {"level": level, "above": DIGITS[level - 1]})


def _counts(session: Session) -> dict[str, int]:
    return dict(session.execute(text(_COUNTS)).mappings().one())


def _refusals(session: Session) -> list[Finding]:
    """Return a sentence for each of the first refused rows."""
    wrong = text("SELECT row, code, name, fault FROM judged_code WHERE fault <> 'twice' ORDER BY row LIMIT :told")
    rows = [ListedRow(*row) for row in session.execute(wrong, {"told": TOLD})]
    beginnings = {row.code[:digits] for row in rows for digits in AREA_DIGITS}
    known = set(session.scalars(text(_KNOWN), {"codes": list(beginnings)}))
    return [refusal(row, known) for row in rows]
