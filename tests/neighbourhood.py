"""A drawn neighbourhood with its people: a street of two communities, five grids, ten buildings, and a holder of each tier."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from shapely import Polygon, box
from sqlalchemy import insert, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from gridsvc.database.freshness import raise_generation
from gridsvc.database.tables import (
    Appointment,
    Contract,
    Household,
    HouseholdVersion,
    Member,
    Organisation,
    OrganisationGround,
    OrganisationVersion,
    Person,
    PersonVersion,
)
from gridsvc.domain.permissions import Actor, Role
from gridsvc.operations.accounts import GrantRole, add_account, grant_role
from gridsvc.sealing import look_up_digest, seal
from tests import builders
from tests.grids import draw

SCHEME = """
key = "neighbourhood"
name_zh = "示例街道"
name_en = "Example"
source = "drawn for a test"
levels = [
  { key = "street", name_zh = "街道", name_en = "Sub-district", counter_zh = "个" },
  { key = "community", name_zh = "社区", name_en = "Community", name_en_plural = "Communities", counter_zh = "个" },
  { key = "grid", name_zh = "网格", name_en = "Grid", counter_zh = "个" },
]
tiers = [
  { key = "street_leader", name_zh = "街道网格长", name_en = "Sub-district leader", at = ["street"], holders_max = 1 },
  { key = "community_leader", name_zh = "社区网格长", name_en = "Community leader", at = ["community"], holders_max = 1 },
  { key = "grid_leader", name_zh = "网格长", name_en = "Grid leader", at = ["grid"], holders_max = 1 },
  { key = "building_leader", name_zh = "楼长", name_en = "Building head", at = ["building"], holders_min = 0, holders_max = 1 },
]
"""
GROUND = {
    1: draw("晨光街道 晨光街道 晨光街道 晨光街道 晨光街道", "晨光街道 晨光街道 晨光街道 晨光街道 晨光街道"),
    2: draw("东湖社区 东湖社区 东湖社区 西山社区 西山社区", "东湖社区 东湖社区 东湖社区 西山社区 西山社区"),
    3: draw("东湖一网格 东湖二网格 东湖三网格 西山一网格 西山二网格", "东湖一网格 东湖二网格 东湖三网格 西山一网格 西山二网格"),
}
ALWAYS = Range(datetime(2026, 1, 1, tzinfo=UTC), None)
ROOMS = [(entrance, f"{floor}0{side}") for floor in (3, 2, 1) for entrance in ("1", "2") for side in (1, 2)]
"""Of each building: two entrances, three floors, two rooms a floor."""
USES = ["own", "own", "own", "let", "vacant", "own", "let", "own", "own", "own", "shop", "shop"]
LEADERS = {
    "街道": ("street_leader", "晨光街道", "周建国", "0532-5555 0100", "street"),
    "社区": ("community_leader", "东湖社区", "李明霞", "0532-5555 0110", "community"),
    "西山": ("community_leader", "西山社区", "赵国强", "0532-5555 0120", "westcommunity"),
    "一": ("grid_leader", "东湖一网格", "王秀英", "0532-5555 0111", "grid"),
    "二": ("grid_leader", "东湖二网格", "孙立军", "0532-5555 0112", None),
    "西一": ("grid_leader", "西山一网格", "陈小红", "0532-5555 0121", None),
    "楼": ("building_leader", "1号楼", "吴大勇", "0532-5555 0131", "head"),
    "县": ("contracting_head", ("东湖一网格", "西山二网格", "3号楼"), "高志远", None, "scattered"),
}
"""Name -> post, ground, person, duty phone, account. 东湖三网格 and 西山二网格 have no leader."""
PASSWORD = "Long-Password-4-Tests"  # of a test's accounts


def lay(session: Session, operator: Actor, slug: str = "street") -> int:
    """Lay the neighbourhood and return the id of its jurisdiction."""
    place = builders.jurisdiction(session, operator, slug, SCHEME, name="晨光街道", synthetic=True)
    for level, grounds in GROUND.items():
        builders.units(session, operator, place, grounds, level)
    houses = _houses()
    builders.buildings(session, operator, place, houses, floors=3, households=10, shops=2)
    _dwellings(session, place)
    _people(session, operator, place)
    for kind, where, account in ((Role.DATA_CLERK, "东湖社区", "community-clerk"), (Role.STREET_OFFICE, "晨光街道", "office")):
        add_account(session, operator, account, PASSWORD, handed_out=False)
        grant_role(session, operator, GrantRole(account, kind, path_of(session, place, where)))
    raise_generation()
    return place


def path_of(session: Session, place: int, name: str) -> str:
    """Return the path of a unit or building by its name."""
    unit = "SELECT path::text FROM unit_version WHERE jurisdiction_id = :place AND name = :name AND upper_inf(valid)"
    building = """SELECT building_path(b.id)::text FROM building b JOIN building_version v ON v.building_id = b.id AND upper_inf(v.valid)
        WHERE b.jurisdiction_id = :place AND v.name = :name"""
    given = {"place": place, "name": name}
    return str(session.scalar(text(unit), given) or session.scalar(text(building), given))


def number_of(path: str) -> int:
    """Return the id that the last label of a path stands for."""
    return int(path.rpartition(".")[2].removeprefix("b_"), 36)


def appoint(session: Session, place: int, person: int, post: str, where: str, **more: Any) -> None:
    """Put a person into a post at a unit or building by its name."""
    path = path_of(session, place, where)
    ground = "building_id" if ".b_" in path else "unit_id"
    values = {"jurisdiction_id": place, "person_id": person, "post": post, ground: number_of(path), "valid": ALWAYS} | more
    session.execute(insert(Appointment).inline().values(**values))


def person(session: Session, place: int, name: str, home: str | None = None, phone: str | None = None) -> int:
    """Add a person who lives in a building by its name, and return the id."""
    number = session.scalars(insert(Person).values(jurisdiction_id=place, source="drawn", source_ref=name).returning(Person.id)).one()
    secret = {"phone_sealed": seal(phone), "phone_digest": look_up_digest(phone)} if phone else {}
    building = number_of(path_of(session, place, home)) if home else None
    version = {"person_id": number, "valid": ALWAYS, "name": name, "home_building_id": building, "source_digest": ""}
    session.execute(insert(PersonVersion).inline().values(**version, **secret))
    return number


def _houses() -> dict[str, Polygon]:
    found = {}
    for at, ground in enumerate(GROUND[3].values()):
        west, south, east, north = ground.bounds
        middle = (south + north) / 2
        for row, low in enumerate((south, middle)):
            number = at * 2 + row + 1
            found[f"{number}号楼"] = box(west + 0.00015, low + 0.0003, east - 0.00015, low + 0.00055)
    return found


def _dwellings(session: Session, place: int) -> None:
    homes, versions = [], []
    for number in range(1, 11):
        building = number_of(path_of(session, place, f"{number}号楼"))
        for at, ((entrance, room), use) in enumerate(zip(ROOMS, USES, strict=True)):
            ref = {"source": "drawn", "source_ref": f"{number}-{entrance}-{room}", "jurisdiction_id": place}
            homes.append(ref | {"building_id": building, "entrance": entrance, "room": room})
            care = ["elderly"] if at == 0 else []
            persons = 3 if use == "own" else None
            versions.append({"use": use, "resident": use == "own", "persons": persons, "care": care, "valid": ALWAYS, "source_digest": ""})
    ids = session.scalars(insert(Household).returning(Household.id, sort_by_parameter_order=True), homes).all()
    numbered = [version | {"household_id": number} for number, version in zip(ids, versions, strict=True)]
    session.execute(insert(HouseholdVersion).inline(), numbered)


def _people(session: Session, operator: Actor, place: int) -> None:
    branch = _organisation(session, place, "东湖小区党支部", "compound_branch", {"set_up": "alone"}, ["东湖一网格"])
    _organisation(session, place, "绿城物业", "property_company", {"contract_until": "2027-06-30", "score": 92.5}, ["东湖社区"])
    posts = {"contracting_head": "grid_leader", "building_leader": "grid_worker"}
    for post, where, name, phone, account in LEADERS.values():
        someone = person(session, place, name, home="2号楼", phone="13912340" + str(len(name)).zfill(3))
        for ground in (where,) if isinstance(where, str) else where:
            appoint(session, place, someone, post, ground, duty_phone=phone, role=posts.get(post, "grid_leader"))
        if account:
            number = add_account(session, operator, account, PASSWORD, handed_out=False)
            session.execute(text("SELECT link_person(:account, :person)"), {"account": number, "person": someone})
    for at in range(4):
        member = person(session, place, f"党员{'甲乙丙丁'[at]}", home="1号楼", phone=f"1390000000{at}")
        values = {"person_id": member, "valid": ALWAYS, "kind": "in_service", "branch_id": branch}
        session.execute(insert(Member).inline().values(**values))
    first = text("SELECT h.id FROM household h WHERE h.path = cast(:path AS ltree) ORDER BY h.id LIMIT 3")
    for household in session.scalars(first, {"path": path_of(session, place, "1号楼")}).all():
        session.execute(insert(Contract).inline().values(person_id=member, household_id=household, valid=ALWAYS))


def _organisation(session: Session, place: int, name: str, kind: str, more: dict[str, Any], where: list[str]) -> int:
    named = insert(Organisation).values(jurisdiction_id=place, source="drawn", source_ref=name).returning(Organisation.id)
    number = session.scalars(named).one()
    version = {"organisation_id": number, "valid": ALWAYS, "name": name, "kind": kind, "source_digest": ""}
    session.execute(insert(OrganisationVersion).inline().values(**version, **more))
    for at, ground in enumerate(where):
        unit = number_of(path_of(session, place, ground))
        session.execute(insert(OrganisationGround).inline().values(organisation_id=number, unit_id=unit, leads=at == 0, valid=ALWAYS))
    return number
