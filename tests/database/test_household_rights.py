"""The second lock on households: what each role is told of them, by every function of sql/76_households.sql."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.session import set_actor
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import NOBODY, Actor
from tests.builders import FIRST_DAY
from tests.domain.test_permissions import ALLOWED, EXPECTED
from tests.dwellings import bring, lay
from tests.ground import somebody

LATER = FIRST_DAY + timedelta(days=30)
ROWS = (
    {"地址": "龙泽书苑1号楼1单元101", "是否常住": "是", "居住人数": 2, "关爱类别": "独居、高龄"},
    {"地址": "龙泽书苑1号楼1单元102", "房屋用途": "出租", "是否常住": "是", "居住人数": 3},
    {"地址": "龙泽书苑2号楼101", "房屋用途": "空置", "长期外出": "是"},
    {"地址": "龙泽书苑2号楼商铺1", "房屋用途": "商铺"},
    {"地址": "海晏花园1号楼101", "关爱类别": "残疾"},
)


@pytest.fixture
def here(session: Session, operator: Actor) -> int:
    """Give three dwellings and a shop in the grid A, one dwelling in the grid B."""
    here = lay(session, operator)
    bring(session, operator, here, *ROWS)
    return here


def paths(session: Session, here: int) -> dict[str, str]:
    rows = session.execute(text("SELECT name, path::text FROM unit_version WHERE jurisdiction_id = :id AND kind = 'unit'"), {"id": here})
    return {row.name: row.path for row in rows} | {"root": jurisdiction_path(here)}


def speak_as(session: Session, account_id: int) -> None:
    set_actor(session, Actor(account_id, "somebody"))


def sums(session: Session, wanted: list[str], as_of: datetime | None = None) -> dict[str, dict[str, Any]]:
    rows = session.execute(text("SELECT * FROM dwelling_sums(cast(:paths AS ltree[]), :at)"), {"paths": wanted, "at": as_of})
    return {row.path: {name: value for name, value in row._mapping.items() if name != "path" and value} for row in rows}


def rooms(session: Session, path: str, **given: Any) -> list[str]:
    known = {"place": None, "names": None, "entrance": None, "room": None, "use": None} | given
    asked = "SELECT room_ FROM households_in(cast(:path AS ltree), :place, cast(:names AS text[]), :entrance, :room, :use, 99, 0)"
    return list(session.scalars(text(asked), {"path": path, **known}))


def test_children_add_up_to_their_parents(session: Session, here: int) -> None:
    at = paths(session, here)
    found = sums(session, list(at.values()))
    assert found[at["A"]] == {
        "dwellings": 3, "own": 1, "let": 1, "vacant": 1, "shops": 1, "resident": 2, "persons": 5,
        "care": 1, "elderly": 1, "alone": 1, "away": 1,
    }  # fmt: skip
    assert found[at["B"]] == {"dwellings": 1, "own": 1, "care": 1, "disabled": 1}
    assert found[at["root"]] == {
        name: found[at["A"]].get(name, 0) + found[at["B"]].get(name, 0) for name in found[at["A"]] | found[at["B"]]
    }


@pytest.mark.parametrize("as_of", [None, LATER])
def test_a_single_building_has_its_sums(session: Session, here: int, as_of: datetime | None) -> None:
    path = session.scalar(text("SELECT path::text FROM household ORDER BY id LIMIT 1"))
    assert sums(session, [path], as_of)[path]["dwellings"] == 2


def test_sums_are_those_of_the_day_asked_about(session: Session, operator: Actor, here: int) -> None:
    bring(session, operator, here, ROWS[0] | {"房屋用途": "出租"}, effective_at=LATER)
    root = jurisdiction_path(here)
    assert [sums(session, [root], at)[root].get("let") for at in (FIRST_DAY, LATER, None)] == [1, 2, 2]


@pytest.mark.parametrize("as_of", [None, LATER])
@pytest.mark.parametrize("role", sorted(set(EXPECTED) - {"operator"}))
def test_sums_are_given_inside_the_grant_alone(session: Session, here: int, role: str, as_of: datetime | None) -> None:
    at = paths(session, here)
    speak_as(session, somebody(session, "somebody", role, at["A"]))
    told = sums(session, list(at.values()), as_of).keys()
    assert told == ({at["A"]} if role in ALLOWED["households.read"] else set())


@pytest.mark.parametrize("role", sorted(set(EXPECTED) - {"operator"}))
def test_households_are_listed_inside_the_grant_alone(session: Session, here: int, role: str) -> None:
    at = paths(session, here)
    speak_as(session, somebody(session, "somebody", role, at["A"]))
    assert len(rooms(session, at["root"])) == (4 if role in ALLOWED["people.read"] else 0)
    assert rooms(session, at["B"]) == []


def test_nobody_is_told_anything_but_what_is_public(session: Session, here: int) -> None:
    at = paths(session, here)
    set_actor(session, NOBODY)
    assert sums(session, list(at.values())) == {}
    assert rooms(session, at["root"]) == []


def test_the_public_is_told_tens_and_no_small_numbers(session: Session, operator: Actor, here: int) -> None:
    more = [{"地址": f"海晏花园1号楼{room}"} for room in range(102, 125)] + [{"地址": "海晏花园1号楼201", "房屋用途": "出租"}]
    bring(session, operator, here, *more)
    at = paths(session, here)
    set_actor(session, NOBODY)
    asked = text("SELECT dwellings, own, let FROM public_dwelling_sums(cast(:paths AS ltree[]))")
    assert [tuple(row) for row in session.execute(asked, {"paths": [at["B"]]})] == [(20, 20, None)]


def test_no_building_is_told_to_the_public(session: Session, here: int) -> None:
    asked = text("SELECT count(*) FROM public_dwelling_sums((SELECT array_agg(path) FROM household))")
    assert session.scalar(asked) == 0


def test_households_are_found_by_building_entrance_room_and_use(session: Session, here: int) -> None:
    root = jurisdiction_path(here)
    assert rooms(session, root) == ["101", "101", "102", "101", "商铺1"]
    assert rooms(session, root, place="龙泽", names=["1号楼"], entrance="1", room="10") == ["101", "102"]
    assert rooms(session, root, use="vacant") == ["101"]
    assert rooms(session, root, place="海晏") == ["101"]
