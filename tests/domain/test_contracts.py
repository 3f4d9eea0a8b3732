"""Within a group every dwelling goes to somebody, neighbours together; what cannot be met is explained."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from gridsvc.domain.contracts import Dealt, Dwelling, LinkingMember, Range, deal, reasons

PLACES = {1: (120.0, 30.0), 2: (120.001, 30.0), 3: (120.01, 30.0)}
USUAL = Range(10, 15)


def dwellings(building: int, count: int) -> list[Dwelling]:
    return [Dwelling(building * 1000 + number, building, "1", str(101 + number)) for number in range(count)]


def loads(dealt: Dealt) -> dict[int, int]:
    return dict(Counter(pair.member for pair in dealt.pairs))


def told(dealt: Dealt, wanted: Range = USUAL) -> list[str]:
    return [str(finding) for finding in reasons("A", dealt, wanted)]


def test_members_of_one_building_share_its_dwellings_evenly_and_by_neighbours() -> None:
    dealt = deal([LinkingMember(7, 1), LinkingMember(5, 1)], dwellings(1, 25), PLACES, USUAL)
    assert loads(dealt) == {5: 13, 7: 12}
    assert [pair.dwelling for pair in dealt.pairs if pair.member == 5] == list(range(1000, 1013))


def test_rooms_are_neighbours_as_people_count_them() -> None:
    flats = [Dwelling(number, 1, "1", room) for number, room in enumerate(("1001", "901", "101", "102"))]
    dealt = deal([LinkingMember(1, 1), LinkingMember(2, 1)], flats, PLACES, Range(0, 2))
    assert [pair.dwelling for pair in dealt.pairs] == [2, 3, 1, 0]


def test_the_own_building_comes_before_the_next() -> None:
    dealt = deal([LinkingMember(1, 1), LinkingMember(2, 2)], dwellings(1, 12) + dwellings(2, 12), PLACES, USUAL)
    assert {pair.distance_m for pair in dealt.pairs} == {0}


def test_who_takes_on_fewer_gets_no_more() -> None:
    dealt = deal([LinkingMember(1, 1, most=3), LinkingMember(2, 1)], dwellings(1, 18), PLACES, USUAL)
    assert loads(dealt) == {1: 3, 2: 15}


def test_what_a_member_keeps_counts() -> None:
    dealt = deal([LinkingMember(1, 1, held=12), LinkingMember(2, 1)], dwellings(1, 13), PLACES, USUAL)
    assert loads(dealt) == {2: 13} or loads(dealt) == {1: 3, 2: 10}
    assert (dealt.left, dealt.short) == (0, 0)


def test_too_few_members_are_told_with_how_many_more_would_do() -> None:
    dealt = deal([LinkingMember(1, 1)], dwellings(1, 46), PLACES, USUAL)
    assert told(dealt) == ["A: 1 members at 15 households at most cannot take 46; 31 stay without, 3 more members would do."]


def test_too_few_households_are_told_with_who_stays_below() -> None:
    dealt = deal([LinkingMember(1, 1), LinkingMember(2, 3)], dwellings(1, 14), PLACES, USUAL)
    assert told(dealt) == ["A: 14 households are too few for 2 members at 10 at least; 1 members stay below, 6 households in all."]


def test_a_group_that_fits_has_nothing_to_tell() -> None:
    assert told(deal([LinkingMember(1, 1)], dwellings(1, 12), PLACES, USUAL)) == []


def test_a_group_without_members_leaves_everything() -> None:
    assert deal([], dwellings(1, 4), PLACES, USUAL).left == 4


@given(
    st.lists(st.tuples(st.sampled_from([1, 2, 3]), st.none() | st.integers(0, 5)), max_size=5),
    st.lists(st.integers(0, 9), min_size=3, max_size=3),
    st.integers(0, 4),
    st.integers(1, 4),
)
def test_every_dwelling_goes_to_one_member_within_the_range(
    homes: list[tuple[int, int | None]], counts: list[int], low: int, more: int
) -> None:
    wanted = Range(low, low + more)
    members = [LinkingMember(number, home, most) for number, (home, most) in enumerate(homes)]
    flats = [flat for building, count in enumerate(counts, start=1) for flat in dwellings(building, count)]
    dealt = deal(members, flats, PLACES, wanted)
    assert len({pair.dwelling for pair in dealt.pairs}) == len(dealt.pairs) == len(flats) - dealt.left
    held = loads(dealt)
    assert all(held.get(member.id, 0) <= member.room(wanted).high for member in members)
    below = [member.room(wanted).low - held.get(member.id, 0) for member in members if held.get(member.id, 0) < member.room(wanted).low]
    assert (len(below), sum(below)) == (dealt.short, dealt.lacking)
    room = sum(member.room(wanted).high for member in members)
    assert dealt.left == max(0, len(flats) - room)
