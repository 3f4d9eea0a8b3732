"""Appointments from files: each row a person, a post and where it hangs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.queries.schemes import scheme_of
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Actor, may, may_anywhere, require
from gridsvc.domain.posts import HEADS, ORIGINS, ROSTERS, Post, post_key, posts_of
from gridsvc.domain.proposals import ImportFile, Proposal, RowOutcome
from gridsvc.domain.schemes import Scheme
from gridsvc.operations.appointments import Ground, carried, stands_alone
from gridsvc.operations.audit import record as trace
from gridsvc.operations.exchange import Incoming, Versions, copy_in
from gridsvc.operations.named_places import NamedPlaces
from gridsvc.operations.records import Record, Records, Text

COLUMNS = {
    "person_id": "bigint",
    "post": "text",
    "unit_id": "bigint",
    "building_id": "bigint",
    "street_id": "bigint",
    "household_id": "bigint",
    "organisation_id": "bigint",
    "roster": "text",
    "deputy": "boolean",
    "origin": "text",
    "duty_phone": "text",
    "ends_on": "date",
    "reason": "text",
    "role": "text",
}
"""Columns of an appointment as they come in; the first eight tell one from another."""
SAME, SAID = tuple(COLUMNS)[:8], tuple(COLUMNS)[8:12]
WHERE = {"unit": "units", "building": "buildings", "street": "streets", "household": "households", "organisation": "organisations"}
"""Field of the file -> table of NamedPlaces."""


def import_appointments(session: Session, actor: Actor, file: ImportFile) -> Proposal:
    """Say what the file would do, and do it where `file.commit` says so.

    A row is one appointment: the same person in the same post at the same place is the same one. Posts that the file does not name
    stay as they are. A place with more holders than the scheme admits, and a row without right, are told.
    """
    if not any(may_anywhere(actor, post.action) for post in posts_of(scheme_of(session, file.jurisdiction_id)).values()):
        require(actor, HEADS, jurisdiction_path(file.jurisdiction_id))
    read = Records(file, "appointments", lambda _: None)
    rows = _Rows(session, actor, file, read).taken()
    incoming = [Incoming(record.row, record.ref, record.text.get("post"), record.digest, values) for record, values in rows]
    copy_in(session, Versions("appointment", COLUMNS), incoming)
    outcomes = _outcomes(session, file, rows)
    proposal = Proposal("appointments", read.columns, outcomes + read.refused, read.findings)
    if file.commit:
        proposal.check_refused(skip=file.skip_refused)
        if not proposal.changes_nothing:
            given = {"id": file.jurisdiction_id, "at": file.effective_at, "known": list(file.known.values())}
            for statement in (_END, _BEGIN):
                session.execute(statement, given)
            trace(session, actor, "appointments.import", jurisdiction_path(file.jurisdiction_id), file=file.table.source, **proposal.counts)
    return proposal


@dataclass
class _Rows:
    """The rows of a file on their way."""

    session: Session
    actor: Actor
    file: ImportFile
    read: Records

    def __post_init__(self) -> None:
        self.scheme: Scheme = scheme_of(self.session, self.file.jurisdiction_id)
        self.posts = posts_of(self.scheme)
        self.places = NamedPlaces(self.session, self.file.jurisdiction_id)

    def taken(self) -> list[tuple[Record, tuple[Any, ...]]]:
        """Return the rows that can be brought in, with their values; the others are refused."""
        drafts = [draft for record in self.read.accepted if (draft := self._draft(record))]
        paths = self._paths([ground for _, _, ground, _ in drafts])
        taken = []
        for (record, key, ground, person), here in zip(drafts, paths, strict=True):
            post = self.posts[key]
            if all(may(self.actor, post.action, path) for path in here):
                taken.append((record, self._values(record, key, ground, person)))
            else:
                self.read.refuse(record, "outside", "Row {row}: you may not give the post {post} there.", post=post.name_zh)
        self._crowded(taken)
        return taken

    def _draft(self, record: Record) -> tuple[Record, str, Ground, int] | None:
        said = record.text
        key = post_key(self.posts, said.get("post"))
        if key is None:
            known = "、".join(post.name_zh for post in self.posts.values())
            self.read.refuse(
                record, "post-unknown", "Row {row}: {given!r} is no post here; the posts are {known}.", given=said.get("post"), known=known
            )
            return None
        person = self.places.people.get(said.get("person") or "")
        if person is None:
            told = "Row {row}: nobody here has this number or, alone, this name; bring the person in first."
            self.read.refuse(record, "person-unknown", told)
            return None
        ground = self._ground(record)
        return None if ground is None or not self._fits(record, self.posts[key], ground) else (record, key, ground, person)

    def _ground(self, record: Record) -> Ground | None:
        """Return where the row says that the post hangs, or None with a finding where a word means nothing or several things."""
        found: dict[str, int] = {}
        for field, table in WHERE.items():
            word = record.text.get(field)
            if word is None:
                continue
            known: Mapping[str, int] = getattr(self.places, table)
            if word not in known:
                told = "Row {row}: {given} is no {field} here, or several; a code or number that one of them has would be right."
                self.read.refuse(record, "ground-unknown", told, given=word, field=field)
                return None
            found[f"{field}_id"] = known[word]
        return Ground(**found)

    def _fits(self, record: Record, post: Post, ground: Ground) -> bool:
        """Say whether the post hangs at such a place."""
        places = [name for name in ("unit", "building", "street", "household") if getattr(ground, f"{name}_id") is not None]
        kind = places[0] if places else "organisation" if ground.organisation_id else None
        if kind == "unit":
            kind = self.scheme.levels[self.places.levels[ground.unit_id or 0] - 1].key
        if len(places) > 1 or kind is None:
            told = "Row {row}: a post hangs at one place: a unit, building, street or household, or at an organisation alone."
            self.read.refuse(record, "place-missing", told)
        elif post.at and kind not in post.at:
            told = "Row {row}: {post} does not hang at {given}, but at {right}."
            self.read.refuse(record, "place-wrong", told, post=post.name_zh, given=kind, right=", ".join(post.at))
        else:
            return True
        return False

    def _paths(self, grounds: Sequence[Ground]) -> list[list[str]]:
        """Return the ground of each post as paths; an organisation's that has none is the jurisdiction."""
        if not grounds:
            return []
        given = {name: [getattr(ground, name) for ground in grounds] for name in Ground.__slots__}
        found = self.session.scalars(text(_PATHS), given)
        return [list(paths) or [jurisdiction_path(self.file.jurisdiction_id)] for paths in found]

    def _values(self, record: Record, key: str, ground: Ground, person: int) -> tuple[Any, ...]:
        said, post = record.text, self.posts[key]
        role: str | None = post.role
        if role is not None and stands_alone(ground):
            kind, stands = self.places.organisation_kinds[ground.organisation_id or 0]
            role = carried(post, kind, stands=stands)
        places = (ground.unit_id, ground.building_id, ground.street_id, ground.household_id, ground.organisation_id)
        return (
            person, key, *places, self.read.code(record, "roster", ROSTERS) or "ordinary", _says_yes(said, "deputy"),
            self.read.code(record, "origin", ORIGINS), said.get("duty_phone"), self.read.day(record, "ends_on"), said.get("reason"), role,
        )  # fmt: skip

    def _crowded(self, taken: Sequence[tuple[Record, tuple[Any, ...]]]) -> None:
        """Tell the rows of the file that alone put more holders into a post than the scheme admits."""
        held = Counter(values[1:8] for _, values in taken if not values[8])
        for record, values in taken:
            post = self.posts[values[1]]
            if post.holders_max is not None and not values[8] and held[values[1:8]] > post.holders_max:
                told = "Row {row}: {post} has {count} holders here; the scheme admits {most}."
                self.read.warn(record, "post-crowded", told, post=post.name_zh, count=held[values[1:8]], most=post.holders_max)


def _says_yes(said: Text, field: str) -> bool:
    return (said.get(field) or "").casefold() in {"是", "副", "副职", "yes", "true", "1", "y"}


def _outcomes(session: Session, file: ImportFile, rows: Sequence[tuple[Record, tuple[Any, ...]]]) -> list[RowOutcome]:
    """Say of each row whether the appointment is new, changed or as it was."""
    found = {row.ref: row.same for row in session.execute(_COMPARE, {"id": file.jurisdiction_id})}
    return [
        RowOutcome(record.row, str(values[1]), "new" if found[record.ref] is None else "unchanged" if found[record.ref] else "changed")
        for record, values in rows
    ]


_IS = " AND ".join(f"a.{name} IS NOT DISTINCT FROM i.{name}" for name in SAME)
_SAYS = " AND ".join(f"a.{name} IS NOT DISTINCT FROM i.{name}" for name in SAID)
_HELD = "a.jurisdiction_id = :id AND upper_inf(a.valid) AND a.state = 'held'"
_COMPARE = text(f"""
SELECT i.ref, CASE WHEN a.id IS NOT NULL THEN {_SAYS} END AS same
FROM incoming i LEFT JOIN appointment a ON a.person_id = i.person_id AND {_IS} AND {_HELD}
""")
_END = text(f"""
UPDATE appointment a SET valid = tstzrange(lower(a.valid), greatest(lower(a.valid), :at))
WHERE {_HELD} AND (
  EXISTS (SELECT FROM incoming i WHERE a.person_id = i.person_id AND {_IS} AND NOT ({_SAYS}))
  OR a.id = ANY (:known) AND NOT EXISTS (SELECT FROM incoming i WHERE a.person_id = i.person_id AND {_IS}))
""")
_BEGIN = text(f"""
INSERT INTO appointment (jurisdiction_id, {", ".join(COLUMNS)}, valid)
SELECT :id, {", ".join(f"i.{name}" for name in COLUMNS)}, tstzrange(:at, NULL) FROM incoming i
WHERE NOT EXISTS (SELECT FROM appointment a WHERE a.person_id = i.person_id AND {_IS} AND {_HELD})
""")
_PATHS = """
SELECT appointment_paths(g.unit_id, g.building_id, g.household_id, g.street_id, g.organisation_id)::text[]
FROM unnest(cast(:unit_id AS bigint[]), cast(:building_id AS bigint[]), cast(:street_id AS bigint[]), cast(:household_id AS bigint[]),
            cast(:organisation_id AS bigint[])) WITH ORDINALITY AS g (unit_id, building_id, street_id, household_id, organisation_id, at)
ORDER BY g.at
"""
