"""Organisations, and the ground that each is attached to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.domain.organisations import KINDS, SET_UPS
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, Actor, require
from gridsvc.domain.proposals import ImportFile, Proposal
from gridsvc.operations.exchange import Incoming, Versions, bring_in, compare
from gridsvc.operations.named_places import NamedPlaces, words_of
from gridsvc.operations.records import Record, Records, Text

PLACES = {"units": "unit_id", "compounds": "compound_id", "buildings": "building_id", "streets": "street_id"}
"""The columns that name ground, in the order in which the first place named leads."""

ORGANISATIONS = Versions(
    "organisation",
    {
        "name": "text",
        "kind": "text",
        "set_up": "text",
        "phone": "text",
        "contract_from": "date",
        "contract_until": "date",
        "score": "double precision",
        "note": "text",
    },
    more={"parent": "text", **dict.fromkeys(PLACES.values(), "bigint[]"), "leads_at": "text"},
)


def import_organisations(session: Session, actor: Actor, file: ImportFile) -> Proposal:
    """Say what the file would do, and do it where `file.commit` says so.

    An organisation without a number goes by its name. Of the ground that a row names, the first place leads: there a joint one (联建)
    is counted, elsewhere it is listed.
    """
    require(actor, Action.CHANGE_PEOPLE, jurisdiction_path(file.jurisdiction_id))
    read = Records(file, "organisations", _ref)
    places = NamedPlaces(session, file.jurisdiction_id)
    known = set(places.organisations) | {word for each in read.accepted for word in (each.ref, each.text.get("name")) if word}
    rows = [row for record in read.accepted if (row := _incoming(read, record, places, known))]
    outcomes = compare(session, file.jurisdiction_id, file.source, ORGANISATIONS, rows) + read.refused
    proposal = Proposal("organisations", read.columns, outcomes, read.findings)
    if bring_in(session, actor, file, ORGANISATIONS, proposal, rows):
        given = {"id": file.jurisdiction_id, "source": file.source, "at": file.effective_at}
        for statement in (_PARENTS, _LEAVE, _STAND):
            session.execute(statement, given)
    return proposal


def _ref(said: Text) -> str | None:
    return said.get("ref") or said.get("name")


def _incoming(read: Records, record: Record, places: NamedPlaces, known: set[str]) -> Incoming | None:
    said = record.text
    name = said.get("name")
    if name is None:
        read.refuse(record, "name-missing", "Row {row}: the organisation has no name; please give one.")
        return None
    parent = said.get("parent")
    if parent is not None and parent not in known:
        told = "Row {row}: there is no organisation {given!r} here; it was left without one above."
        read.warn(record, "organisation-unknown", told, given=parent)
    ground: list[list[int]] = []
    leads_at = None
    for field, column in PLACES.items():
        table: dict[str, int] = getattr(places, field) if said.get(field) else {}
        words = words_of(said.get(field))
        if unknown := [word for word in words if word not in table]:
            told = "Row {row}: {given} is no {field} here, or several; a code or number that one of them has would be right."
            read.refuse(record, "ground-unknown", told, given="、".join(unknown), field=field)
            return None
        ground.append(list(dict.fromkeys(table[word] for word in words)))
        leads_at = leads_at or (column if words else None)
    values: tuple[Any, ...] = (
        name,
        read.code(record, "kind", KINDS) or "other",
        read.code(record, "set_up", SET_UPS),
        said.get("phone"),
        read.day(record, "contract_from"),
        read.day(record, "contract_until"),
        read.number(record, "score"),
        said.get("note"),
        parent,
        *ground,
        leads_at,
    )
    return Incoming(record.row, record.ref, name, record.digest, values)


_OF_FILE = "n.jurisdiction_id = :id AND n.source = :source AND n.source_ref = i.ref"
_PARENTS = text(f"""
UPDATE organisation_version v SET parent_id = named.parent_id
FROM (
  SELECT n.id, (
    SELECT p.id FROM organisation p JOIN organisation_version pv ON pv.organisation_id = p.id AND upper_inf(pv.valid)
    WHERE p.jurisdiction_id = :id AND p.id <> n.id AND i.parent IN (p.source_ref, pv.name)
    ORDER BY p.source_ref <> i.parent, p.source <> :source, p.id LIMIT 1
  ) AS parent_id
  FROM incoming i JOIN organisation n ON {_OF_FILE}
) AS named
WHERE v.organisation_id = named.id AND upper_inf(v.valid) AND v.parent_id IS DISTINCT FROM named.parent_id
""")
_GROUND = f"""
SELECT n.id AS organisation_id, u AS unit_id, NULL::bigint AS compound_id, NULL::bigint AS building_id, NULL::bigint AS street_id,
       i.leads_at = 'unit_id' AND at = 1 AS leads
FROM incoming i JOIN organisation n ON {_OF_FILE}, unnest(i.unit_id) WITH ORDINALITY AS g (u, at)
UNION ALL SELECT n.id, NULL, c, NULL, NULL, i.leads_at = 'compound_id' AND at = 1
FROM incoming i JOIN organisation n ON {_OF_FILE}, unnest(i.compound_id) WITH ORDINALITY AS g (c, at)
UNION ALL SELECT n.id, NULL, NULL, b, NULL, i.leads_at = 'building_id' AND at = 1
FROM incoming i JOIN organisation n ON {_OF_FILE}, unnest(i.building_id) WITH ORDINALITY AS g (b, at)
UNION ALL SELECT n.id, NULL, NULL, NULL, s, i.leads_at = 'street_id' AND at = 1
FROM incoming i JOIN organisation n ON {_OF_FILE}, unnest(i.street_id) WITH ORDINALITY AS g (s, at)
"""
_SAME = """(g.unit_id, g.compound_id, g.building_id, g.street_id, g.leads)
  IS NOT DISTINCT FROM (w.unit_id, w.compound_id, w.building_id, w.street_id, w.leads)"""
_LEAVE = text(f"""
UPDATE organisation_ground g SET valid = tstzrange(lower(g.valid), greatest(lower(g.valid), :at))
FROM incoming i JOIN organisation n ON {_OF_FILE}
WHERE g.organisation_id = n.id AND upper_inf(g.valid)
  AND NOT EXISTS (SELECT FROM ({_GROUND}) AS w WHERE w.organisation_id = g.organisation_id AND {_SAME})
""")
_STAND = text(f"""
INSERT INTO organisation_ground (organisation_id, unit_id, compound_id, building_id, street_id, leads, valid)
SELECT w.*, tstzrange(:at, NULL) FROM ({_GROUND}) AS w
WHERE NOT EXISTS (
  SELECT FROM organisation_ground g WHERE g.organisation_id = w.organisation_id AND upper_inf(g.valid) AND {_SAME})
""")
