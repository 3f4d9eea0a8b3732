"""Contracts (包联) from a file: a member, and a household by number or address, a row."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, Actor, may, may_anywhere, require
from gridsvc.domain.proposals import ImportFile, Outcome, Proposal, RowOutcome
from gridsvc.operations.address_book import AddressBook
from gridsvc.operations.audit import record
from gridsvc.operations.named_places import NamedPlaces
from gridsvc.operations.records import Record, Records, Text


class _Known(NamedTuple):
    """A household that the reader may see."""

    id: int
    path: str
    member: int | None
    """The id of the person who looks after it."""


class _Row(NamedTuple):
    """A row resolved."""

    record: Record
    person: int
    household: _Known

    @property
    def outcome(self) -> Outcome:
        """Say whether the household has nobody yet, somebody else, or this member."""
        if self.household.member is None:
            return "new"
        return "unchanged" if self.household.member == self.person else "changed"


def import_contracts(session: Session, actor: Actor, file: ImportFile) -> Proposal:
    """Say what the file would do, and do it where `file.commit` says so: from `effective_at` on each household has its row's member.

    Households that the file does not name keep theirs.
    """
    if not may_anywhere(actor, Action.ASSIGN_CONTRACTS):
        require(actor, Action.ASSIGN_CONTRACTS, jurisdiction_path(file.jurisdiction_id))
    read = Records(file, "contracts", _ref)
    resolver = _Resolver(session, actor, file, read)
    rows = [row for accepted in read.accepted if (row := resolver.row(accepted))]
    outcomes = [RowOutcome(row.record.row, row.record.ref, row.outcome) for row in rows] + read.refused
    proposal = Proposal("contracts", read.columns, outcomes, read.findings)
    if file.commit:
        proposal.check_refused(skip=file.skip_refused)
        _write(session, file, [row for row in rows if row.outcome != "unchanged"])
        record(session, actor, "contracts.import", jurisdiction_path(file.jurisdiction_id), file=file.table.source, **proposal.counts)
    return proposal


def _ref(said: Text) -> str | None:
    return said.get("household") or said.get("address")


class _Resolver:
    """Finds the member and the household that a row means."""

    def __init__(self, session: Session, actor: Actor, file: ImportFile, read: Records) -> None:
        self._session, self._actor, self._file, self._read = session, actor, file, read
        self._people = NamedPlaces(session, file.jurisdiction_id).people
        known = session.execute(text(_KNOWN), {"id": file.jurisdiction_id}).all()
        self._by_ref = {row.ref: _Known(row.id, row.path, row.member) for row in known}
        self._by_place = {(row.building_id, row.entrance, row.room): self._by_ref[row.ref] for row in known}
        self._members = set(session.scalars(text("SELECT person_id FROM member WHERE upper_inf(valid)")))
        self._book: AddressBook | None = None

    def row(self, accepted: Record) -> _Row | None:
        """Return a row resolved, or None with a finding where it cannot be brought in."""
        said = accepted.text
        person, household = self._people.get(said.get("person") or ""), self._household(said)
        if person is None:
            told = "Row {row}: {given!r} is nobody here, or several; the number of one person would be right."
            self._read.refuse(accepted, "person-unknown", told, given=said.get("person") or "")
        elif person not in self._members:
            told = "Row {row}: {given!r} is no member of the party; bring the membership in first."
            self._read.refuse(accepted, "no-member", told, given=said.get("person") or "")
        elif household is None:
            told = "Row {row}: {given!r} is no household here; bring it in first, or give its number."
            self._read.refuse(accepted, "household-unknown", told, given=accepted.ref if not accepted.ref.startswith("#") else "")
        elif not may(self._actor, Action.ASSIGN_CONTRACTS, household.path):
            told = "Row {row}: the dwelling is not in the area where you may assign contracts; check the address."
            self._read.refuse(accepted, "outside", told)
        else:
            return _Row(accepted, person, household)
        return None

    def _household(self, said: Text) -> _Known | None:
        if found := self._by_ref.get(said.get("household") or ""):
            return found
        if not said.get("address"):
            return None
        self._book = self._book or AddressBook(self._session, self._file.jurisdiction_id)
        located = self._book.located(said["address"] or "")
        return None if located.building is None else self._by_place.get((located.building, located.entrance, located.room))


_KNOWN = """
SELECT h.id, h.source_ref AS ref, h.building_id, h.entrance, h.room, h.path::text, c.person_id AS member
FROM household h JOIN household_version v ON v.household_id = h.id AND upper_inf(v.valid)
LEFT JOIN contract c ON c.household_id = h.id AND upper_inf(c.valid) WHERE h.jurisdiction_id = :id
"""


def _write(session: Session, file: ImportFile, rows: list[_Row]) -> None:
    given = {
        "households": [row.household.id for row in rows],
        "people": [row.person for row in rows],
        "reasons": [row.record.text.get("reason") for row in rows],
        "at": file.effective_at,
    }
    session.execute(text(_END), given)
    session.execute(text(_BEGIN), given)


_END = """
UPDATE contract SET valid = tstzrange(lower(valid), greatest(lower(valid), :at)) WHERE household_id = ANY(:households) AND upper_inf(valid)
"""
_BEGIN = """
INSERT INTO contract (person_id, household_id, valid, reason)
SELECT g.person, g.household, tstzrange(:at, NULL), g.reason
FROM unnest(cast(:households AS bigint[]), cast(:people AS bigint[]), cast(:reasons AS text[])) AS g (household, person, reason)
"""
