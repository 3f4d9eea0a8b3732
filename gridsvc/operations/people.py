"""People, and in the same rows what they are as members of the party."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.queries.dwellings import known_households
from gridsvc.domain.cells import Unread, id_number_of, name_of, phone_of, plain_text
from gridsvc.domain.masking import mask_name, mask_phone
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.people import EXEMPTIONS, MEMBER_KINDS, STANDINGS
from gridsvc.domain.permissions import Action, Actor, may, may_anywhere, require
from gridsvc.domain.proposals import ImportFile, Proposal
from gridsvc.operations.address_book import AddressBook, Located
from gridsvc.operations.address_review import Waiting, put_on_review
from gridsvc.operations.exchange import Incoming, Versions, bring_in, compare
from gridsvc.operations.named_places import NamedPlaces
from gridsvc.operations.records import Record, Records, Text
from gridsvc.sealing import look_up_digest, seal

MEMBER = {
    "kind": "text",
    '"full"': "boolean",  # a word of SQL's own
    "branch_id": "bigint",
    "reporting_branch_id": "bigint",
    "unit_id": "bigint",
    "exemption": "text",
    "max_households": "integer",
}
PRIVATE = ("name", "phone", "id_number", "born_on", "home")
"""Fields that exports mask."""
BRANCHES = {"branch": "branch_id", "reporting_branch": "reporting_branch_id", "unit": "unit_id"}

PEOPLE = Versions(
    "person",
    {
        "name": "text",
        "phone_sealed": "bytea",
        "phone_digest": "bytea",
        "id_number_sealed": "bytea",
        "id_number_digest": "bytea",
        "born_on": "date",
        "home_building_id": "bigint",
        "home_household_id": "bigint",
        "home_text": "text",
    },
    more=MEMBER,
    own={"paths": "ltree[]"},
)


def import_people(session: Session, actor: Actor, file: ImportFile) -> Proposal:
    """Say what the file would do, and do it where `file.commit` says so.

    Whoever may change people in a part of the jurisdiction alone brings in those who live there. Membership is written where the file
    has a column of it; 组织关系 and 报到 name organisations that are there already.
    """
    whole = jurisdiction_path(file.jurisdiction_id)
    if not may_anywhere(actor, Action.CHANGE_PEOPLE):
        require(actor, Action.CHANGE_PEOPLE, whole)
    read = Records(file, "people", _ref)
    homes = _Homes(session, file.jurisdiction_id, read)
    drafts = [draft for record in read.accepted if (draft := _draft(read, record, homes, sealed=file.commit))]
    rows = []
    for draft in drafts:
        path = homes.book.paths[draft.home.building] if draft.home.building else whole
        if may(actor, Action.CHANGE_PEOPLE, path):
            rows.append(Incoming(draft.record.row, draft.record.ref, draft.name, draft.record.digest, (*draft.values, [path])))
        else:
            read.refuse(draft.record, "outside", "Row {row}: the home is not in the area where you may change people; check the address.")
    outcomes = compare(session, file.jurisdiction_id, file.source, PEOPLE, rows) + read.refused
    outcomes = [replace(each, key=mask_name(each.key)) for each in outcomes]
    proposal = Proposal("people", read.columns, outcomes, read.findings)
    if bring_in(session, actor, file, PEOPLE, proposal, rows) and {"kind", "full", *BRANCHES} & read.columns.keys():
        given = {"id": file.jurisdiction_id, "source": file.source, "at": file.effective_at}
        session.execute(_LEAVE, given)
        session.execute(_JOIN, given)
    if file.commit:
        put_on_review(session, actor, file, "person", homes.waiting)
    return proposal


def _ref(said: Text) -> str | None:
    """Return the number of a row; without one, what stays the same about a person: the identity number, else name and phone."""
    if said.get("ref"):
        return said["ref"]
    phone = _one_form(phone_of, said.get("phone"))
    known = _one_form(id_number_of, said.get("id_number")) or " ".join(filter(None, (said.get("name"), phone)))
    return f"#{look_up_digest(known).hex()[:32]}" if known else None


class _Home(NamedTuple):
    """Where somebody lives, as far as it is known."""

    building: int | None = None
    household: int | None = None
    text: str | None = None


class _Draft(NamedTuple):
    """A row resolved, until it is known whether it may be brought in."""

    record: Record
    name: str
    home: _Home
    values: tuple[Any, ...]


class _Homes:
    """What the words of a file mean: addresses, numbers of buildings, organisations."""

    def __init__(self, session: Session, jurisdiction_id: int, read: Records) -> None:
        self.places = NamedPlaces(session, jurisdiction_id)
        self.book = AddressBook(session, jurisdiction_id)
        self.waiting: list[Waiting] = []
        self._read = read
        known = known_households(session, jurisdiction_id) if "home" in read.columns else []
        self._households = {(row.building_id, row.entrance, row.room): row.id for row in known}

    def of(self, record: Record) -> _Home:
        """Return the home of a row; one that means no building, or several, is left open and waits on the review list."""
        address, number = record.text.get("home"), record.text.get("building")
        if not address and not number:
            return _Home()
        by_text = self.book.located(address) if address else Located(())
        building = Located(self.book.numbered(number)).building if number else by_text.building
        if building is None:
            told = "Row {row}: {given} is no building here, or several; 龙泽书苑3号楼2单元501 would be right. The home was left open."
            self._read.warn(record, "building-unknown", told, given=number or "***")
            self.waiting.append(Waiting(record.ref, address or number or ""))
            return _Home(text=address)
        return _Home(building, self._households.get((building, by_text.entrance, by_text.room)), address)


def _draft(read: Records, record: Record, homes: _Homes, *, sealed: bool) -> _Draft | None:
    """Return a row resolved, or None with a finding where it cannot be brought in."""
    if any("*" in (record.text.get(field) or "") for field in PRIVATE):
        told = "Row {row}: a private value is masked and is not the one that stands; write it in full, or take the row out."
        read.refuse(record, "value-masked", told)
        return None
    try:
        name, phone, number = name_of(record.cells.get("name")), _phone(read, record), _id_number(read, record)
    except Unread as unread:
        read.refuse(record, unread.code, unread.template, given=unread.given)
        return None
    if name is None:
        read.refuse(record, "name-missing", "Row {row}: there is no name; please give one.")
        return None
    home = homes.of(record)
    kept = (*_kept(phone, sealed=sealed), *_kept(number, sealed=sealed))
    values = (name, *kept, read.day(record, "born_on"), *home, *_member(read, record, homes.places))
    return _Draft(record, name, home, values)


def _kept(value: str | None, *, sealed: bool) -> tuple[bytes | None, bytes | None]:
    """Return a private value as it is stored: sealed, and the digest by which it is found; nothing before it is to be written."""
    return (seal(value), look_up_digest(value)) if value and sealed else (None, None)


def _phone(read: Records, record: Record) -> str | None:
    """Return a phone number; what is none is left out, with a warning. Raises Unread where its last digits are lost."""
    try:
        return phone_of(record.cells.get("phone"))
    except Unread as unread:
        if unread.code == "phone-rounded":
            raise
        read.warn(record, unread.code, unread.template, given=mask_phone(unread.given))
        return None


def _id_number(read: Records, record: Record) -> str | None:
    """Return an identity number; a passport's is kept as it stands, with a warning. Raises Unread where its last digits are lost."""
    cell = record.cells.get("id_number")
    try:
        return id_number_of(cell)
    except Unread as unread:
        if unread.code == "id-number-rounded":
            raise
        told = "Row {row}: the identity number is not one that is given out; look at its digits (spreadsheets round long numbers)."
        read.warn(record, "id-number-odd", told)
        return _one_form(id_number_of, cell)


def _one_form(read: Callable[[object], str | None], cell: object) -> str | None:
    """Return a number in its one form, or as it stands without blanks where it has none."""
    try:
        return read(cell)
    except Unread:
        return re.sub(r"\s", "", plain_text(cell)).upper()


def _member(read: Records, record: Record, places: NamedPlaces) -> tuple[Any, ...]:
    """Return what the row says of the membership; without kind, standing and branch somebody is no member."""
    said = record.text
    if not any(said.get(field) for field in ("kind", "full", *BRANCHES)):
        return (None,) * len(MEMBER)
    found: list[int | None] = []
    for field in BRANCHES:
        word = said.get(field)
        found.append(places.organisations.get(word) if word else None)
        if word and found[-1] is None:
            told = "Row {row}: there is no organisation {given!r} here, or several; bring it in first. The {field} was left empty."
            read.warn(record, "organisation-unknown", told, given=word, field=field)
    most = read.number(record, "max_households")
    return (
        read.code(record, "kind", MEMBER_KINDS) or "other",
        read.code(record, "full", STANDINGS) != "probationary",
        *found,
        read.code(record, "exemption", EXEMPTIONS),
        None if most is None else round(most),
    )


_NEW, _OLD = (", ".join(f"{alias}.{name}" for name in MEMBER) for alias in ("i", "m"))
_OF_FILE = "n.jurisdiction_id = :id AND n.source = :source AND n.source_ref = i.ref"
_LEAVE = text(f"""
UPDATE member m SET valid = tstzrange(lower(m.valid), greatest(lower(m.valid), :at))
FROM incoming i JOIN person n ON {_OF_FILE}
WHERE m.person_id = n.id AND upper_inf(m.valid) AND ({_OLD}) IS DISTINCT FROM ({_NEW})
""")
_JOIN = text(f"""
INSERT INTO member (person_id, valid, {", ".join(MEMBER)})
SELECT n.id, tstzrange(:at, NULL), {_NEW} FROM incoming i JOIN person n ON {_OF_FILE}
WHERE i.kind IS NOT NULL AND NOT EXISTS (SELECT FROM member m WHERE m.person_id = n.id AND upper_inf(m.valid))
""")
