"""The people's side of a look: who is on duty here, below and next door, what is vacant, how dwellings are used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from geodata.findings import Finding
from gridsvc.database.queries import corrections, duties, dwellings, unit_lists, urgent_times
from gridsvc.database.queries.duties import PostRow, Vacancy
from gridsvc.database.queries.dwellings import PAGE, HouseholdRow
from gridsvc.database.queries.organisations import OrganisationRow, organisations
from gridsvc.database.queries.people import PeopleFilter, PeopleSums, PersonRow, people, people_sums
from gridsvc.database.queries.people_findings import people_findings
from gridsvc.database.queries.unit_lists import VersionRow
from gridsvc.database.queries.units import UnitRow
from gridsvc.database.queries.urgent_times import UrgentRow
from gridsvc.domain.paths import building_path
from gridsvc.domain.permissions import Action, Actor, may
from web.maps.view import View


@dataclass(frozen=True, slots=True)
class Duties:
    """What panel and map say of people."""

    posts: Mapping[UUID, Sequence[PostRow]] = field(default_factory=dict)
    """At the place that is shown, at those below and at those next door."""
    vacant: Mapping[UUID, Sequence[Vacancy]] = field(default_factory=dict)
    """Here and below."""
    beside: Sequence[UnitRow] = ()
    uses: Mapping[str, Row[Any]] = field(default_factory=dict)
    """By path, of a building that is shown and of the buildings of a leaf."""
    dwellings: Sequence[HouseholdRow] = ()
    """Of a building that is shown, for whoever may read the people there."""
    sums: Mapping[str, PeopleSums] = field(default_factory=dict)
    """What is counted of people by path, of what is shown and, where that is several places, of each."""
    urgent: Sequence[UrgentRow] = ()
    """Where it is urgent at, above or below what is shown."""
    due: Sequence[Finding] = ()
    """Rules about people that are not met here."""
    waiting: int = 0
    """Corrections that wait for the reader's decision, or that the reader proposed."""
    versions: Sequence[VersionRow] = ()
    """Of the unit that is shown, where its changes are listed."""
    people: Sequence[PersonRow] = ()
    """Where people are listed, a page of the members who live here, or of all people who are looked for."""
    found: int = 0
    """How many these are on all pages."""
    organisations: Sequence[OrganisationRow] = ()
    """A page of those attached to ground here, where they are listed."""
    reads_people: bool = False


def read(session: Session, actor: Actor, view: View) -> Duties:
    """Return what the reader may know today; nothing for strangers and of another date."""
    versions = unit_lists.versions(session, view.unit.public_id) if view.unit and view.asked.tab == "changes" else ()
    if actor.account_id is None or view.asked.as_of is not None or view.box is None:
        return Duties(versions=versions)
    rows = _rows(view)
    paths = [row.path for row in rows] if view.areas else [view.path]
    beside = duties.units_beside(session, view.unit) if view.unit and not view.building else []
    units = [row.public_id for row in [*rows, *beside] if row.kind not in ("remainder", "building")]
    houses = [row.public_id for row in rows if row.kind == "building"] + [house.public_id for house in view.buildings]
    houses += [view.building.public_id] if view.building else []
    posts = duties.posts_at(session, units, houses)
    counted = [row for row in rows if may(actor, Action.READ_HOUSEHOLDS, row.path if view.areas else view.path)]
    reads = any(may(actor, Action.READ_PEOPLE, path) for path in paths)
    wanted = PeopleFilter(view.path, view.asked.words, None if view.asked.words else "members")
    listed, found = people(session, actor, wanted, view.asked.page) if reads and view.asked.tab == "people" else ([], 0)
    return Duties(
        posts,
        duties.vacancies(session, view.jurisdiction.scheme, [row for row in counted if row.kind != "building"]),
        beside,
        dwellings.dwelling_sums(session, _paths_of_buildings(view)),
        _dwellings(session, actor, view.building.path) if view.building and reads else (),
        people_sums(session, paths, view.jurisdiction.scheme),
        list(dict.fromkeys(row for path in paths for row in urgent_times.urgent_at(session, path))),
        () if view.building else people_findings(session, actor, *([view.unit] if view.unit else rows)),
        sum(corrections.open_corrections(session, path) for path in paths),
        versions,
        listed,
        found,
        _organisations(session, paths, view.asked.page) if view.asked.tab == "organisations" else (),
        reads,
    )


def _organisations(session: Session, paths: Sequence[str], page: int) -> list[OrganisationRow]:
    """Return a page of each place's organisations; a joint one once, where it leads."""
    rows = [row for path in paths for row in organisations(session, path, page=page)[0]]
    return list({row.public_id: row for row in sorted(rows, key=lambda row: row.leads)}.values())


def _rows(view: View) -> list[UnitRow]:
    here = [view.unit] if view.unit and not view.building else []
    return [*here, *(child.unit for child in view.children)]


def _paths_of_buildings(view: View) -> list[str]:
    if view.building:
        return [view.building.path]
    return [building_path(view.path, house.id) for house in view.buildings]


def _dwellings(session: Session, actor: Actor, path: str) -> list[HouseholdRow]:
    """Return all dwellings of a building, however tall."""
    found: list[HouseholdRow] = []
    while len(some := dwellings.households(session, actor, path, page=1 + len(found) // PAGE)) == PAGE:
        found += some
    return found + some
