"""Posts of a scheme: tiers before the table, what each carries, and who gives it."""

import pytest

from geodata.samples import SCHEMES, scheme_text
from gridsvc.domain.permissions import Action, Role
from gridsvc.domain.posts import POSTS, Post, post_key, posts_of
from gridsvc.domain.schemes import parse_scheme


def posts(name: str) -> dict[str, Post]:
    return posts_of(parse_scheme(scheme_text(name), name=name))


@pytest.mark.parametrize(
    ("scheme", "post", "role", "action"),
    [
        ("longze", "grid_leader", Role.GRID_LEADER, Action.APPOINT),
        ("longze", "grid_worker", Role.GRID_WORKER, Action.APPOINT_HEADS),
        ("longze", "building_leader", Role.GRID_WORKER, Action.APPOINT_HEADS),
        ("longze", "member_home", None, Action.APPOINT_PARTY),
        ("qingshui", "tier_1", Role.GRID_LEADER, Action.APPOINT),
        ("qingshui", "tier_4", Role.GRID_WORKER, Action.APPOINT_HEADS),
        ("yuci", "part_time_worker", Role.GRID_WORKER, Action.APPOINT_HEADS),
        ("yuci", "secretary", Role.GRID_LEADER, Action.APPOINT_PARTY),
        ("xuancheng", "linking_member", None, Action.APPOINT_PARTY),
    ],
)
def test_a_post_carries_its_role_and_is_given_by_who_may(scheme: str, post: str, role: Role | None, action: Action) -> None:
    found = posts(scheme)[post]
    assert (found.role, found.action) == (role, action)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_two_posts_of_a_place_have_one_name(scheme: str) -> None:
    names = [post.name_zh for post in posts(scheme).values()]
    assert len(names) == len(set(names))


def test_what_a_tier_is_called_wins_over_the_table() -> None:
    assert post_key(posts("longze"), "楼栋长") == "building_leader"


@pytest.mark.parametrize("post", POSTS)
def test_a_party_post_is_given_by_the_party_alone(post: str) -> None:
    party = {"secretary", "deputy_secretary", "committee_member", "group_head", "secretary_assistant", "member_home", "linking_member"}
    assert (POSTS[post].action == Action.APPOINT_PARTY) is (post in party | {"joint_member"})


def test_a_tier_keeps_how_many_may_hold_it() -> None:
    assert posts("longze")["grid_leader"].holders_max == 1
