"""What is counted of people and organisations: each once for its purpose, children summing to their parent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.queries.organisations import organisations
from gridsvc.database.queries.people import PeopleFilter, PeopleSums, people, people_sums
from gridsvc.database.queries.reports import counts
from gridsvc.database.queries.schemes import scheme_of
from gridsvc.domain.permissions import Actor
from gridsvc.sealing import look_up_digest
from tests.ground import Ground, lay
from tests.people import EAST_PHONE, EAST_SURNAME, Lived, settle

MANY = 2000
"""Of so many people the path is looked up before the name."""
SHARING = f"""
INSERT INTO person (jurisdiction_id, source, source_ref, paths)
SELECT jurisdiction_id, 'many', n::text, paths FROM person, generate_series(1, {MANY}) n WHERE id = :id
"""
NAMED = """
INSERT INTO person_version (person_id, valid, name, home_building_id, source_digest)
SELECT p.id, v.valid, :name, v.home_building_id, '' FROM person p, person_version v WHERE p.source = 'many' AND v.person_id = :id
"""


@pytest.fixture
def ground(session: Session) -> Ground:
    return lay(session)


@pytest.fixture
def leaves(session: Session, ground: Ground) -> dict[str, Lived]:
    return settle(session, ground)


def sums(session: Session, ground: Ground) -> dict[str, PeopleSums]:
    scheme = scheme_of(session, int(ground.jurisdiction[1:], 36))
    found = people_sums(session, [ground.top, ground.east, ground.west], scheme)
    return {name: found[getattr(ground, name)] for name in ("top", "east", "west")}


def test_children_sum_to_their_parent(session: Session, ground: Ground, leaves: dict[str, Lived]) -> None:
    found = sums(session, ground)
    for figure in ("members", "full_members", "members_by_branch", "members_reporting", "branches", "groups", "posts_held", "posts_vacant"):
        assert getattr(found["top"], figure) == getattr(found["east"], figure) + getattr(found["west"], figure)
    assert (found["top"].members, found["top"].branches, found["top"].posts_held) == (2, 2, 2)


def test_a_member_counts_at_home_and_at_the_branch_each_for_its_purpose(session: Session, ground: Ground, leaves: dict[str, Lived]) -> None:
    moved = "UPDATE member SET branch_id = :branch, reporting_branch_id = :reporting WHERE person_id = :person"
    given = {"branch": leaves["west"].organisation, "reporting": leaves["east"].organisation, "person": leaves["east"].person}
    session.execute(text(moved), given)
    found = sums(session, ground)
    assert (found["east"].members, found["east"].members_by_branch, found["east"].members_reporting) == (1, 0, 1)
    assert (found["west"].members, found["west"].members_by_branch, found["west"].members_reporting) == (1, 2, 0)


def join_west(session: Session, ground: Ground, leaves: dict[str, Lived]) -> None:
    """Let the branch of the east be a joint one, that leads in the east."""
    also = "INSERT INTO organisation_ground (organisation_id, building_id, leads, valid) VALUES (:o, :b, false, tstzrange(now(), NULL))"
    session.execute(text(also), {"o": leaves["east"].organisation, "b": ground.west_building})


def test_a_joint_branch_counts_once_where_it_leads(session: Session, ground: Ground, leaves: dict[str, Lived]) -> None:
    join_west(session, ground, leaves)
    found = sums(session, ground)
    assert [found[name].branches for name in ("top", "east", "west")] == [2, 1, 1]
    assert [found[name].joint_elsewhere for name in ("top", "east", "west")] == [1, 0, 1]


def test_a_joint_branch_is_listed_elsewhere(session: Session, ground: Ground, leaves: dict[str, Lived]) -> None:
    join_west(session, ground, leaves)
    assert sorted(row.leads for row in organisations(session, ground.west)[0]) == [False, True]
    assert organisations(session, ground.top)[1] == 2


def test_secretaries_are_counted_by_where_they_come_from(session: Session, ground: Ground, leaves: dict[str, Lived]) -> None:
    held = """
    INSERT INTO appointment (jurisdiction_id, person_id, post, organisation_id, origin, deputy, valid)
    SELECT jurisdiction_id, :person, 'secretary', :organisation, 'veteran', false, tstzrange('2026-01-01', NULL)
    FROM person WHERE id = :person
    """
    session.execute(text(held), {"person": leaves["east"].person, "organisation": leaves["west"].organisation})
    found = sums(session, ground)
    assert [found[name].secretaries for name in ("top", "east", "west")] == [{"veteran": 1}, {}, {"veteran": 1}]


def test_a_post_is_vacant_until_somebody_holds_it(session: Session, ground: Ground, leaves: dict[str, Lived]) -> None:
    assert [(each.posts_filled, each.posts_vacant) for each in sums(session, ground).values()] == [(0, 2), (0, 1), (0, 1)]
    held = """
    INSERT INTO appointment (jurisdiction_id, person_id, post, unit_id, deputy, valid)
    SELECT jurisdiction_id, :person, 'street_leader', :unit, false, tstzrange('2026-01-01', NULL) FROM person WHERE id = :person
    """
    session.execute(text(held), {"person": leaves["east"].person, "unit": int(ground.west.rpartition(".")[2], 36)})
    assert [(each.posts_filled, each.posts_vacant) for each in sums(session, ground).values()] == [(1, 1), (0, 1), (1, 0)]


@pytest.mark.parametrize("words", [EAST_SURNAME, "亓大山", EAST_PHONE])
def test_somebody_is_found_by_part_of_a_name_or_the_whole_phone(
    session: Session, operator: Actor, ground: Ground, leaves: dict[str, Lived], words: str
) -> None:
    found, total = people(session, operator, PeopleFilter(ground.top, words))
    assert ([row.public_id for row in found], total) == ([leaves["east"].ids["person"]], 1)


def test_a_name_that_thousands_share_is_found_like_a_rare_one(
    session: Session, operator: Actor, ground: Ground, leaves: dict[str, Lived]
) -> None:
    session.execute(text(SHARING), {"id": leaves["east"].person})
    session.execute(text(NAMED), {"id": leaves["east"].person, "name": f"大{EAST_SURNAME}"})
    assert people(session, operator, PeopleFilter(ground.east, f"大{EAST_SURNAME}"))[1] == MANY
    assert people(session, operator, PeopleFilter(ground.west, EAST_SURNAME)) == ([], 0)


@pytest.mark.parametrize("kept", ["0532-55550001", "053255550001"])
@pytest.mark.parametrize("words", ["0532-55550001", "(0532) 5555 0001", "053255550001"])
def test_a_landline_is_found_however_it_is_written_or_was_kept(
    session: Session, operator: Actor, ground: Ground, leaves: dict[str, Lived], kept: str, words: str
) -> None:
    given = {"digest": look_up_digest(kept), "person": leaves["east"].person}
    session.execute(text("UPDATE person_version SET phone_digest = :digest WHERE person_id = :person"), given)
    assert people(session, operator, PeopleFilter(ground.top, words))[1] == 1


@pytest.mark.parametrize("words", ["13900007", "nobody", "%", "_"])
def test_part_of_a_phone_finds_nobody(session: Session, operator: Actor, ground: Ground, leaves: dict[str, Lived], words: str) -> None:
    assert people(session, operator, PeopleFilter(ground.top, words)) == ([], 0)


def test_a_list_is_masked(session: Session, operator: Actor, ground: Ground, leaves: dict[str, Lived]) -> None:
    found, _ = people(session, operator, PeopleFilter(ground.east))
    assert (found[0].name, found[0].phone, found[0].posts) == (f"{EAST_SURNAME}**", "139****7193", ("building_head",))


@pytest.mark.parametrize(("only", "count"), [("members", 1), ("posts", 2), (None, 2)])
def test_a_list_is_narrowed_to_members_or_posts(
    session: Session, operator: Actor, ground: Ground, leaves: dict[str, Lived], only: str | None, count: int
) -> None:
    session.execute(text("UPDATE member SET valid = tstzrange(lower(valid), now()) WHERE person_id = :id"), {"id": leaves["west"].person})
    assert people(session, operator, PeopleFilter(ground.top, only=only))[1] == count


def test_sums_and_reports_count_the_same(session: Session, ground: Ground, leaves: dict[str, Lived]) -> None:
    join_west(session, ground, leaves)
    moved = "UPDATE member SET reporting_branch_id = :west WHERE person_id = :person"
    session.execute(text(moved), {"west": leaves["west"].organisation, "person": leaves["east"].person})
    scheme = scheme_of(session, int(ground.jurisdiction[1:], 36))
    pairs = {
        "members_home": "members",
        "members_branch": "members_by_branch",
        "members_reported": "members_reporting",
        "branches": "branches",
        "groups": "groups",
        "posts_filled": "posts_held",
        "posts_vacant": "posts_vacant",
    }
    for name, found in sums(session, ground).items():
        counted = counts(session, scheme, int(getattr(ground, name).rpartition(".")[2], 36), datetime.now(UTC) + timedelta(seconds=1))
        assert {key: sum(counted.get(key, {}).values()) for key in pairs} == {key: getattr(found, figure) for key, figure in pairs.items()}


def test_a_building_counts_who_lives_and_serves_there(session: Session, ground: Ground, leaves: dict[str, Lived]) -> None:
    path = session.scalars(text("SELECT building_path(:id)::text"), {"id": ground.east_building}).one()
    found = people_sums(session, [path], scheme_of(session, int(ground.jurisdiction[1:], 36)))[path]
    assert (found.members, found.organisations, found.posts_held) == (1, {"compound_branch": 1}, 1)
