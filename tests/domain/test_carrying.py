"""Carrying a change over to ground that others have changed meanwhile, on drawn grids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
import shapely

from geodata.topology import check
from gridsvc.domain.carrying import Carrying, Choice, Stand, changed_units, pieces
from gridsvc.domain.coverage import Coverage, UnitState, multi
from tests.grids import draw

KEYS = {"Z": 1} | {letter: number for number, letter in enumerate("ABCDEFGH", start=2)} | {"X": -1, "Y": -2}
BASE = ("A A B B", "A A B B", "C C D D", "C C D D")


def cover(*rows: str, under: Mapping[str, str] | None = None, **names: str) -> tuple[Coverage, list[int]]:
    """Return the leaves of a picture below the city Z, or below those named, and their keys."""
    ground = {"Z": shapely.Polygon(), **{letter: shapely.Polygon() for letter in (under or {}).values()}} | draw(*rows)
    letters = sorted(ground, key=lambda letter: (letter != "Z", letter not in (under or {}).values(), letter))
    places = {letter: place for place, letter in enumerate(letters)}
    made = Coverage(
        UnitState(
            level=1 if letter == "Z" else 2 if letter not in (under or {}) else 3, name=names.get(letter, letter),
            parent=None if letter == "Z" else places[(under or {}).get(letter, "Z")],
            unit_id=KEYS[letter] if KEYS[letter] > 0 else None, ground=ground[letter],
        )
        for letter in letters
    )  # fmt: skip
    for place in range(len(made.units)):
        made.put(place, made.units[place].ground, moved=False)
    made.unite_ancestors()
    return made, [KEYS[letter] for letter in letters]


def stand(*rows: str, **more: object) -> Stand:
    return Stand(*cover(*rows, **more))


def carried(
    wanted: tuple[str, ...], now: tuple[str, ...], choices: Mapping[int, Choice] | None = None, base: tuple[str, ...] = BASE
) -> tuple[Carrying, Coverage]:
    coverage, keys = cover(*now)
    return Carrying(stand(*base), stand(*wanted), coverage, keys, choices or {}), coverage


def looks(coverage: Coverage, keys: list[int], *rows: str) -> bool:
    """Say whether the leaves lie as the picture says, and tile."""
    drawn = {KEYS[letter]: ground for letter, ground in draw(*rows).items()}
    leaves = coverage.leaves()
    found = {keys[place]: coverage.units[place].ground for place in leaves}
    assert check(coverage.ground_of(leaves)) == []
    return found.keys() == drawn.keys() and all(shapely.equals(found[key], drawn[key]) for key in drawn)


def test_ground_that_changes_hands_is_told_by_giver_and_taker() -> None:
    assert {(giver, taker) for giver, taker, _ in pieces(stand(*BASE), stand("A A A B", *BASE[1:]))} == {(KEYS["B"], KEYS["A"])}


def test_changes_of_different_units_go_together() -> None:
    way, after = carried(("A A A B", *BASE[1:]), (*BASE[:3], "C D D D"))
    assert not way.in_the_way
    assert looks(after, way.keys, "A A A B", "A A B B", "C C D D", "C D D D")


def test_ancestors_stay_the_union() -> None:
    _, after = carried(("A A A B", *BASE[1:]), (*BASE[:3], "C D D D"))
    assert shapely.equals(after.units[0].ground, draw("Z Z Z Z", "Z Z Z Z", "Z Z Z Z", "Z Z Z Z")["Z"])


def test_a_unit_that_others_changed_elsewhere_gives_its_ground() -> None:
    way, after = carried(("A A A B", *BASE[1:]), ("A A B B", "A A B D", *BASE[2:]))
    assert not way.in_the_way
    assert looks(after, way.keys, "A A A B", "A A B D", *BASE[2:])


def test_ground_that_somebody_else_took_is_in_the_way() -> None:
    way, _ = carried(("A A A B", "A A A B", *BASE[2:]), ("A A B B", "A A D B", *BASE[2:]))
    assert way.in_the_way == {KEYS["D"]}


def test_what_both_did_is_done_once() -> None:
    both = ("A A A B", *BASE[1:])
    way, after = carried(both, both)
    assert not way.in_the_way
    assert looks(after, way.keys, *both)


def test_a_new_unit_comes_with_its_key() -> None:
    way, after = carried(("A A X X", "A A B B", *BASE[2:]), (*BASE[:3], "C D D D"))
    assert not way.in_the_way
    assert looks(after, way.keys, "A A X X", "A A B B", "C C D D", "C D D D")


def test_a_merged_unit_ends() -> None:
    way, after = carried(("A A A A", "A A A A", *BASE[2:]), (*BASE[:3], "C D D D"))
    assert looks(after, way.keys, "A A A A", "A A A A", "C C D D", "C D D D")


def test_a_unit_that_ended_comes_back_as_itself() -> None:
    merged = ("A A A A", "A A A A", *BASE[2:])
    way, after = carried(BASE, (*merged[:3], "C D D D"), base=merged)
    assert looks(after, way.keys, *BASE[:3], "C D D D")
    assert after.units[way.keys.index(KEYS["B"])].unit_id == KEYS["B"]


@pytest.mark.parametrize(("choice", "row"), [("mine", "A A A B"), ("theirs", "A B B B")])
def test_of_a_unit_that_both_changed_the_chosen_version_stands(choice: Choice, row: str) -> None:
    way, after = carried(("A A A B", *BASE[1:]), ("A B B B", *BASE[1:]), {KEYS["A"]: choice})
    assert not way.in_the_way
    assert looks(after, way.keys, row, *BASE[1:])


def test_a_unit_that_others_ended_comes_back_where_that_is_chosen() -> None:
    now = ("A A B B", "A A B B", "D D D D", "D D D D")
    wanted = ("A A B B", "A C B B", *BASE[2:])
    assert carried(wanted, now)[0].in_the_way == {KEYS["C"]}
    way, after = carried(wanted, now, {KEYS["C"]: "mine"})
    assert not way.in_the_way
    assert looks(after, way.keys, *wanted)


def test_a_chosen_version_of_others_leaves_the_rest_of_the_change() -> None:
    way, after = carried(("A A A B", "A A B B", "C C C D", "C C D D"), ("A B B B", *BASE[1:]), {KEYS["A"]: "theirs"})
    assert looks(after, way.keys, "A B B B", "A A B B", "C C C D", "C C D D")


def test_units_changed_are_found_by_ground_and_by_name() -> None:
    assert changed_units(stand(*BASE), stand("A A A B", *BASE[1:])) == {KEYS["A"], KEYS["B"]}
    assert changed_units(stand(*BASE), stand(*BASE, C="Pear")) == {KEYS["C"]}
    assert changed_units(stand(*BASE), stand("A A X B", *BASE[1:])) == {KEYS["B"], KEYS["X"]}


def test_names_of_both_sides_stand() -> None:
    coverage, keys = cover(*BASE, D="Quince")
    Carrying(stand(*BASE), stand(*BASE, C="Pear"), coverage, keys, {})
    assert [unit.name for unit in coverage.units] == ["Z", "A", "B", "Pear", "Quince"]


def test_another_name_of_the_same_unit_is_in_the_way() -> None:
    coverage, keys = cover(*BASE, C="Quince")
    assert Carrying(stand(*BASE), stand(*BASE, C="Pear"), coverage, keys, {}).in_the_way == {KEYS["C"]}


def test_another_parent_is_carried_and_what_it_left_empty_ends() -> None:
    under = {"A": "E", "B": "E", "C": "F", "D": "G"}
    now, keys = cover("A A A B", *BASE[1:], under=under)
    way = Carrying(stand(*BASE, under=under), stand(*BASE, under=under | {"C": "E"}), now, keys, {})
    ended = [keys[place] for place, unit in enumerate(now.units) if unit.gone]
    assert (way.in_the_way, ended, now.units[keys.index(KEYS["C"])].parent) == (set(), [KEYS["F"]], keys.index(KEYS["E"]))
    assert shapely.equals(now.units[keys.index(KEYS["E"])].ground, draw("E E E E", "E E E E", "E E . .", "E E . .")["E"])


def bent(coverage: Coverage, places: tuple[int, ...]) -> None:
    """Put a vertex half a grid step beside a border of two units, as a seam does."""
    for place in places:
        ring = np.array(coverage.units[place].ground.exterior.coords)
        ring = np.where((ring == [120.002, 30.004]).all(axis=1)[:, None], [120.00200001, 30.004], ring)
        coverage.units[place] = replace(coverage.units[place], ground=shapely.Polygon(ring))


def test_a_seam_is_no_change_and_moves_nobody() -> None:
    now, keys = cover(*BASE)
    bent(now, (1, 2))
    assert pieces(stand(*BASE), Stand(now, keys)) == []
    now = Coverage(now.units)
    way = Carrying(stand(*BASE), stand(*BASE[:2], "C C C D", "C C D D"), now, keys, {})
    assert (way.in_the_way, {now.units[place].name for place in now.moved}) == (set(), {"C", "D"})


def test_a_piece_along_a_bent_border_is_carried_whole() -> None:
    now, keys = cover(*BASE)
    bent(now, (1, 2))
    now = Coverage(now.units)
    way = Carrying(stand(*BASE), stand("A B B B", "B B B B", *BASE[2:]), now, keys, {})
    assert not way.in_the_way
    assert check(now.ground_of(now.leaves())) == []
    assert multi(now.units[keys.index(KEYS["A"])].ground).area == pytest.approx(1e-6, rel=1e-3)
