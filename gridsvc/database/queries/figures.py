"""Reported figures beside what is computed of the same units, with the difference and what does not add up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, TypeAlias

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.findings import Finding
from gridsvc.database.queries.facilities import FacilitySums, facility_sums
from gridsvc.database.queries.households import household_sums
from gridsvc.database.queries.jurisdictions import JurisdictionRow
from gridsvc.database.queries.time import holds
from gridsvc.domain.figures import AGREES, parse_claim
from gridsvc.domain.organisations import BRANCHES

Verdict: TypeAlias = Literal["agrees", "differs", "unknown"]
"""`unknown` where nothing is computed, or the reader may not see it."""


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A reported figure and the computed one."""

    key: str
    unit_codes: tuple[str, ...]
    value: float
    qualifier: str
    measure: str | None
    counts_zh: str
    counts_en: str | None
    period: str | None
    account: str
    published_on: date | None
    note_zh: str | None
    note_en: str | None
    computed: float | None
    verdict: Verdict
    flag: Finding | None
    """What does not add up in the account itself."""

    @property
    def difference(self) -> float | None:
        """Return by how much the computed figure is larger; None where there is none."""
        return None if self.computed is None else self.computed - self.value


@dataclass(frozen=True, slots=True)
class Asked:
    """What a computed figure is to be of."""

    session: Session
    scheme_levels: dict[str, int]
    """Number of a level by its key."""
    paths: list[str]
    """Units, together."""
    detail: str
    """What stands behind the first point of the key: a level, a kind."""
    as_of: datetime | None
    told: dict[tuple[str, ...], dict[str, float]] = field(default_factory=dict)
    """What is known of people by the units it is of, so that it is asked once."""


Computed: TypeAlias = Callable[[Asked], float | None]
"""None where nothing is known, or the reader may not see it."""


def figures(session: Session, place: JurisdictionRow, as_of: datetime | None = None) -> list[FigureRow]:
    """Return the figures of a jurisdiction in the order of their accounts, computed under the rights of this session."""
    stored = session.execute(_STORED, {"id": place.id}).all()
    levels = {level.key: level.number for level in place.scheme.levels}
    told: dict[str, dict[str, float]] = {}
    people: dict[tuple[str, ...], dict[str, float]] = {}
    for row in stored:
        told.setdefault(row.account, {})[row.key] = row.value
    found = []
    for row in stored:
        name, _, detail = row.key.partition(".")
        paths = _paths(session, place.id, row.unit_codes, as_of)
        compute = COMPUTED.get(name)
        computed = compute(Asked(session, levels, paths, detail, as_of, people)) if compute and paths else None
        claimed = parse_claim(row.claim).finding(told[row.account]) if row.claim else None
        plain = {name: value for name, value in row._mapping.items() if name not in ("claim", "unit_codes", "serial")}
        verdict = _verdict(row.qualifier, row.value, computed)
        found.append(FigureRow(**plain, unit_codes=tuple(row.unit_codes), computed=computed, verdict=verdict, flag=claimed))
    return found


_STORED = text("""
SELECT key, unit_codes, value, qualifier, measure, counts_zh, counts_en, period, account, published_on, claim, note_zh, note_en, serial
FROM reported_figure WHERE jurisdiction_id = :id ORDER BY account, serial, key
""")


def _verdict(qualifier: str, reported: float, computed: float | None) -> Verdict:
    if computed is None:
        return "unknown"
    return "agrees" if AGREES[qualifier](reported, computed) else "differs"


def _paths(session: Session, jurisdiction_id: int, codes: Sequence[str], as_of: datetime | None) -> list[str]:
    """Return the paths of the units of these codes, of the top unit where there are none."""
    which = "v.code = ANY(:codes)" if codes else "v.parent_id IS NULL"
    units = text(f"SELECT v.path::text FROM unit_version v WHERE v.jurisdiction_id = :id AND {which} AND {holds('v', as_of)}")
    return list(session.scalars(units, {"id": jurisdiction_id, "codes": list(codes), "as_of": as_of}))


def _ground_m2(asked: Asked) -> float | None:
    return _one(asked, "SELECT round(sum(v.area_m2)) FROM unit_version v WHERE v.path = ANY(cast(:paths AS ltree[])) AND {v}")


def _units(asked: Asked) -> float | None:
    level = asked.scheme_levels.get(asked.detail.partition(".")[0])
    kind = asked.detail.partition(".")[2]
    counted = f"SELECT count(*) FROM unit_version v WHERE {_BELOW} AND v.level = :level AND v.kind <> 'remainder'"
    return _one(asked, counted + (" AND v.kind = :kind" if kind else "") + " AND {v}", level=level, kind=kind)


def _buildings(asked: Asked) -> float | None:
    return _one(
        asked,
        f"SELECT count(*) FROM building_place p JOIN unit_version v ON v.unit_id = p.unit_id WHERE {_BELOW} AND {{v}} AND {{p}}",
    )


def _compounds(asked: Asked) -> float | None:
    """Count the compounds with buildings in the units."""
    return _one(
        asked,
        f"""
        SELECT count(DISTINCT b.compound_id) FROM building_version b JOIN building_place p ON p.building_id = b.building_id
        JOIN unit_version v ON v.unit_id = p.unit_id WHERE {_BELOW} AND {{v}} AND {{p}} AND {{b}}
        """,
    )


def _stations(asked: Asked) -> float | None:
    return _of_stations(asked, "count(*)")


def _station_floor_m2(asked: Asked) -> float | None:
    return _of_stations(asked, "sum(s.floor_area_m2)")


def _of_stations(asked: Asked, what: str) -> float | None:
    """Ask stations in the units, of one kind where the key names one."""
    return _one(
        asked,
        f"""
        SELECT {what} FROM station_version s JOIN station_place p ON p.station_id = s.station_id
        JOIN unit_version v ON v.unit_id = p.unit_id
        WHERE {_BELOW} AND {{v}} AND {{p}} AND {{s}} AND (:detail = '' OR s.kind = :detail)
        """,
    )


def _households(asked: Asked) -> float | None:
    sums = household_sums(asked.session, asked.paths, asked.as_of)
    return _whole([sums[path].households if path in sums else None for path in asked.paths])


def _shops(asked: Asked) -> float | None:
    sums = household_sums(asked.session, asked.paths, asked.as_of)
    return _whole([sums[path].shops if path in sums else None for path in asked.paths])


def _facilities(figure: Callable[[FacilitySums, str], float]) -> Computed:
    def compute(asked: Asked) -> float | None:
        sums = facility_sums(asked.session, asked.paths, asked.as_of)
        return _whole([figure(sums[path], asked.detail) if path in sums else None for path in asked.paths])

    return compute


def _people(*keys: str) -> Computed:
    """Return what adds up figures of sql/79_reports.sql about organisations, posts, members and dwellings; none of them known is None."""

    def compute(asked: Asked) -> float | None:
        paths = tuple(asked.paths)
        if paths not in asked.told:
            rows = asked.session.execute(_PEOPLE, {"paths": asked.paths, "as_of": asked.as_of})
            asked.told[paths] = {row.key: row.value for row in rows}
        known = asked.told[paths]
        return float(sum(known.get(key, 0) for key in keys)) if any(known.values()) else None

    return compute


_PEOPLE = text("SELECT key, value FROM people_figures(cast(:paths AS ltree[]), cast(:as_of AS timestamptz))")


def _whole(parts: Sequence[float | None]) -> float | None:
    """Return the sum; None where one of the parts is not known."""
    known = [part for part in parts if part is not None]
    return float(sum(known)) if known and len(known) == len(parts) else None


_BELOW = "v.path <@ ANY(cast(:paths AS ltree[]))"


def _one(asked: Asked, sql: str, **more: object) -> float | None:
    conditions = {alias: holds(alias, asked.as_of) for alias in ("v", "p", "b", "s")}
    given = {"paths": asked.paths, "as_of": asked.as_of, "detail": asked.detail, **more}
    found = asked.session.execute(text(sql.format(**conditions)), given).scalar_one()
    return None if found is None else float(found)


COMPUTED: dict[str, Computed] = {
    "ground_m2": _ground_m2,
    "units": _units,
    "compounds": _compounds,
    "buildings": _buildings,
    "households": _households,
    "shops": _shops,
    "stations": _stations,
    "station_floor_m2": _station_floor_m2,
    "parking_spaces": _facilities(lambda sums, level: sums.spaces_by_level.get(level, 0) if level else sums.parking_spaces),
    "fire_lanes": _facilities(lambda sums, _: sums.fire_lanes),
    "fire_lanes_m": _facilities(lambda sums, _: sums.fire_lanes_m),
    "households_resident": _people("dwellings.resident"),
    "households_let": _people("dwellings.let"),
    "visited": _people("dwellings.care"),
    "branches": _people(*(f"organisations.{kind}" for kind in sorted(BRANCHES))),
    "branches_compound": _people("organisations.compound_branch"),
    "branches_property": _people("organisations.property_branch"),
    "committees_industry": _people("organisations.industry_committee"),
    "committees_headed": _people("owners_heads.cadre"),
    "property_companies": _people("organisations.property_company"),
    "groups": _people("organisations.group"),
    "leaders": _people("holders.tier_1"),
    "county_units": _people("organisations.contracting_unit"),
    "branch_members": _people("posts_at.functional_branch"),
    "committee_officials": _people("posts_at.owners_committee", "posts_at.residents_group"),
    "posts": _people("taken.members", "taken.others"),
    "post_kinds": _people("taken.kinds"),
    "members_posted": _people("taken.members"),
    "workers_posted": _people("taken.others"),
    "members_reported": _people("members_reported"),
    "units_reported": _people("units_reported"),
    "unit_organisations": _people("organisations.reporting_unit"),
    "secretaries": _people("posts.secretary"),
    "secretaries_retired": _people("origins.retired"),
    "secretaries_veterans": _people("origins.veteran"),
    "secretaries_cadres": _people("origins.cadre"),
    "secretaries_residents": _people("origins.resident"),
    "workers": _people("posts.full_time_worker"),
    "heads": _people("posts_at.street_joint_committee"),
    "joint_members": _people("posts_at.community_joint_committee"),
    "raised": _people("raised"),
    "teams": _people("organisations.volunteer_team"),
    "volunteer_teams": _people("organisations.volunteer_team"),
    "activity_teams": _people("organisations.activity_team"),
}
"""What can be computed, by the beginning of a figure's key: `units.grid_2.rural`, `stations.practice`, `parking_spaces.B1`."""
UNDER_RIGHTS = COMPUTED.keys() - {"ground_m2", "units", "compounds", "buildings", "stations", "station_floor_m2"}
"""What is computed for those alone who may count in all of the ground."""
