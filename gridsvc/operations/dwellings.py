"""Households (dwellings and shops) from a file: found by building or address text, with use, residence and care."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.queries.dwellings import known_households
from gridsvc.domain.addresses import Address, entrance_of, room_of
from gridsvc.domain.cells import Unread, yes_of
from gridsvc.domain.code_tables import key_of
from gridsvc.domain.households import CARE, USES
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, Actor, may, may_anywhere, require
from gridsvc.domain.proposals import ImportFile, Proposal
from gridsvc.errors import Invalid
from gridsvc.operations.address_book import AddressBook, Located
from gridsvc.operations.address_review import Waiting, put_on_review
from gridsvc.operations.exchange import Incoming, Versions, bring_in, compare
from gridsvc.operations.progress import report
from gridsvc.operations.records import Record, Records
from gridsvc.sealing import look_up_digest

HOUSEHOLDS = Versions(
    "household",
    {"use": "text", "resident": "boolean", "persons": "integer", "care": "text[]", "away": "boolean"},
    own={"building_id": "bigint", "entrance": "text", "room": "text"},
)

_At = tuple[int, str, str]
"""Building, entrance and room: each once."""


def import_households(session: Session, actor: Actor, file: ImportFile) -> Proposal:
    """Say what the file would do, and do it where `file.commit` says so.

    Whoever may change people in a part of the jurisdiction alone brings in the households there. A household is known by where it is,
    else by its number; a row whose address means no building, or several, is refused, and waits on the review list once the others
    are brought in.
    """
    if not may_anywhere(actor, Action.CHANGE_PEOPLE):
        require(actor, Action.CHANGE_PEOPLE, jurisdiction_path(file.jurisdiction_id))
    read = Records(file, "households", lambda said: said.get("ref"))
    if "use" not in read.columns:
        raise Invalid("No column says how the dwellings are used; one called 房屋用途 with 自住, 出租, 空置 or 商铺 would be right.")
    report(session, "Matching {count} rows with the buildings …", count=len(read.accepted))
    intake = _Intake(session, actor, file, read)
    rows = [row for record in read.accepted if (row := intake.incoming(record))]
    outcomes = compare(session, file.jurisdiction_id, file.source, HOUSEHOLDS, rows) + read.refused
    proposal = Proposal("households", read.columns, outcomes, read.findings)
    if bring_in(session, actor, file, HOUSEHOLDS, proposal, rows):
        session.execute(text(_MOVE), {"id": file.jurisdiction_id, "source": file.source})
    if file.commit:
        put_on_review(session, actor, file, "household", intake.waiting)
    return proposal


_MOVE = """
UPDATE household h SET building_id = i.building_id, entrance = i.entrance, room = i.room FROM incoming i
WHERE h.jurisdiction_id = :id AND h.source = :source AND h.source_ref = i.ref
  AND (h.building_id, h.entrance, h.room) IS DISTINCT FROM (i.building_id, i.entrance, i.room)
"""
"""A corrected address: the household stays the same."""


@dataclass
class _Intake:
    """The rows of a file on their way."""

    session: Session
    actor: Actor
    file: ImportFile
    read: Records
    waiting: list[Waiting] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Read what stands."""
        self.book = AddressBook(self.session, self.file.jurisdiction_id)
        known = known_households(self.session, self.file.jurisdiction_id)
        self.known: dict[_At, tuple[str, str]] = {(row.building_id, row.entrance, row.room): (row.source, row.ref) for row in known}
        self.seen: dict[_At, int] = {}
        self._open: dict[int, bool] = {}

    def incoming(self, record: Record) -> Incoming | None:
        """Return a row resolved, or None with a finding where it cannot be brought in."""
        found = self._located(record)
        building = found.building
        if building is None:
            self._wait(record, found)
        elif not self._is_open(building):
            self.read.refuse(
                record, "outside", "Row {row}: the dwelling is not in the area where you may change people; check the address."
            )
        elif not found.room:
            told = "Row {row}: {address} has no room; 龙泽书苑3号楼2单元501, or a column 室号, would be right."
            self.read.refuse(record, "room-missing", told, address=self._address(record))
        elif (use := self._use(record)) and (ref := self._ref(record, (building, found.entrance, found.room))):
            values = (use, self._yes(record, "resident"), self._count(record), self._care(record), self._yes(record, "away") or False)
            at = (building, found.entrance, found.room)
            digest = look_up_digest(repr((*values, *at))).hex()[:32]
            label = str(Address(self.book.name_of(building), found.entrance, found.room))
            return Incoming(record.row, ref, label, digest, (*values, *at))
        return None

    def _located(self, record: Record) -> Located:
        """Return where a row is: by its building, entrance and room where it has them, else by its address."""
        said = record.text
        compound, named, address = said.get("compound") or "", said.get("building"), said.get("address")
        by_text = self.book.located(address, compound) if address and not (named and said.get("room")) else Located(())
        buildings = self.book.numbered(named, compound) if named else by_text.buildings
        return Located(buildings, entrance_of(said.get("entrance")) or by_text.entrance, room_of(said.get("room")) or by_text.room)

    def _wait(self, record: Record, found: Located) -> None:
        address = self._address(record)
        told = self.book.finding(record.row, address, found.buildings)
        self.read.refuse(record, told.code, told.template, **{name: value for name, value in told.values.items() if name != "row"})
        self.waiting.append(Waiting(record.ref, address))

    def _address(self, record: Record) -> str:
        said = record.text
        parts = ("compound", "building", "entrance", "room")
        return said.get("address") or "".join(said.get(part) or "" for part in parts) or "-"

    def _is_open(self, building: int) -> bool:
        if building not in self._open:
            self._open[building] = may(self.actor, Action.CHANGE_PEOPLE, self.book.paths[building])
        return self._open[building]

    def _use(self, record: Record) -> str | None:
        given = record.text.get("use")
        key = key_of(USES, given)
        if key is None:
            told = "Row {row}: {given!r} is no use of a dwelling; 自住, 出租, 空置 or 商铺 would be right."
            self.read.refuse(record, "use-unknown", told, given=given or "")
        return key

    def _ref(self, record: Record, at: _At) -> str | None:
        """Return the number that the household is known by, or gets; None with a finding where another row or source has it."""
        first = self.seen.setdefault(at, record.row)
        if first != record.row:
            told = "Row {row}: this is the dwelling of row {first} as well; one row each would be right."
            self.read.refuse(record, "dwelling-repeated", told, first=first)
            return None
        source, ref = self.known.get(at, (self.file.source, ""))
        if source != self.file.source:
            told = "Row {row}: the dwelling is known by the numbering {source!r}; bring the file in with that one (--source)."
            self.read.refuse(record, "dwelling-of-another-source", told, source=source)
            return None
        number = record.ref if not record.ref.startswith("#") else ""
        return ref or number or "#{}/{}/{}".format(*at)

    def _yes(self, record: Record, field_: str) -> bool | None:
        try:
            return yes_of(record.text.get(field_))
        except Unread as unread:
            self.read.findings.append(unread.finding(record.row, "warning"))
            return None

    def _count(self, record: Record) -> int | None:
        number = self.read.number(record, "persons")
        return None if number is None else round(number)

    def _care(self, record: Record) -> list[str]:
        """Return the keys of who needs care; words of no row are left out with a warning."""
        words = [word for word in re.split(r"[、,;/\s]+", record.text.get("care") or "") if word not in ("", "无", "否")]
        keys: dict[str, Any] = {word: key_of(CARE, word) for word in words}
        for word in (word for word, key in keys.items() if key is None):
            known = "、".join(code.name_zh for code in CARE.values())
            told = "Row {row}: {given!r} is no known {field}; the known ones are {known}."
            self.read.warn(record, "code-unknown", told, given=word, field="care", known=known)
        return sorted({key for key in keys.values() if key})
