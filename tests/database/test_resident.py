from __future__ import annotations

from datetime import timedelta

import mapbox_vector_tile
import pytest
from sqlalchemy.orm import Session

from gridsvc.database import resident
from gridsvc.database.freshness import raise_generation
from gridsvc.database.ground_tiles import TILE_LAYERS
from gridsvc.database.resident import Ground, current
from gridsvc.database.session import set_actor
from gridsvc.domain.permissions import NOBODY, Actor
from gridsvc.operations.compounds import import_compounds
from gridsvc.operations.jurisdictions import add_scheme
from tests import builders
from tests.builders import FIRST_DAY, PLAIN
from tests.grids import CELL_DEG, SOUTH, WEST, draw

LATER = FIRST_DAY + timedelta(days=30)
CELLS = [(WEST + (east + 0.5) * CELL_DEG, SOUTH + 0.5 * CELL_DEG) for east in range(3)]
"""The middles of the cells of the drawing, from west to east."""

TILE = (14, 13653, 6759)
"""Zoom, x and y of the tile that holds them."""


@pytest.fixture
def here(session: Session, operator: Actor) -> int:
    """Return a jurisdiction of a leaf A in the west, a building and a compound in it, and a leaf B."""
    here = builders.jurisdiction(session, operator)
    builders.units(session, operator, here, draw("A B ."), level=2)
    builders.buildings(session, operator, here, {"3号楼": draw("H H", cell_deg=CELL_DEG / 4)["H"]})
    import_compounds(session, operator, builders.file(here, [({"name": "大"}, draw("C C C")["C"]), ({"name": "小"}, draw("C . .")["C"])]))
    raise_generation()
    return here


def ground() -> Ground:
    return current().grounds["here"]


def test_the_same_copy_answers_until_something_changes(here: int) -> None:
    first = current()
    assert current() is first
    raise_generation()
    assert current() is not first


def test_a_change_is_in_the_next_copy(session: Session, operator: Actor, here: int) -> None:
    assert ground().leaves.locate(*CELLS[2])[0] == -1
    set_actor(session, operator)
    builders.units(session, operator, here, {"C": draw(". . C")["C"]}, level=2, keep="child", effective_at=LATER)
    raise_generation()
    index, _ = ground().leaves.locate(*CELLS[2])
    assert ground().chains[index][-1].name == "C"


def test_a_chain_leads_from_the_top_to_the_leaf_in_the_schemes_words(here: int) -> None:
    index, _ = ground().leaves.locate(*CELLS[1])
    assert [(unit.level_name_zh, unit.level_name_en, unit.name) for unit in ground().chains[index]] == [
        ("区", "Top", "here"),
        ("网格", "Grid", "B"),
    ]


def test_a_scheme_that_reads_otherwise_is_in_the_next_copy(session: Session, operator: Actor, here: int) -> None:
    add_scheme(session, operator, PLAIN.replace('name_zh = "网格"', 'name_zh = "片区"'), name="plain.toml")
    raise_generation()
    assert ground().chains[0][-1].level_name_zh == "片区"


def test_a_point_finds_its_building(here: int) -> None:
    cells, refs = ground().buildings
    assert refs[cells.locate(WEST + 0.2 * CELL_DEG, SOUTH + 0.1 * CELL_DEG)[0]].name == "3号楼"


def test_of_two_compounds_the_smaller_holds_the_point(here: int) -> None:
    cells, refs = ground().compounds
    assert [refs[cells.locate(*point)[0]].name for point in (CELLS[0], CELLS[2])] == ["小", "大"]


def test_what_is_resident_is_read_as_nobody(session: Session, here: int) -> None:
    set_actor(session, NOBODY)
    assert {name: len(ground().tile_layers(name, 16)) > 0 for name in TILE_LAYERS} == dict.fromkeys(TILE_LAYERS, True)


def test_an_empty_jurisdiction_answers_nowhere(session: Session, operator: Actor) -> None:
    builders.jurisdiction(session, operator, "empty")
    raise_generation()
    assert current().grounds["empty"].leaves.locate(*CELLS[0]) == (-1, ())


def test_a_tile_holds_the_units_of_the_ground(here: int) -> None:
    decoded = mapbox_vector_tile.decode(current().tile("units", *TILE))
    assert {feature["properties"]["name"] for feature in decoded["units"]["features"]} >= {"A", "B"}


def test_a_tile_leaves_out_units_that_are_too_small_to_be_seen_but_never_the_top(here: int) -> None:
    z, x, y = TILE
    shown = {up: mapbox_vector_tile.decode(current().tile("units", z - up, x >> up, y >> up))["units"]["features"] for up in (0, 4, 8)}
    assert {up: {feature["properties"]["level"] for feature in features} for up, features in shown.items()} == {0: {1, 2}, 4: {1}, 8: {1}}


@pytest.mark.parametrize(("layer", "is_new"), [("units", True), ("buildings", False)])
def test_a_change_of_units_leaves_the_buildings_as_they_were_read(
    session: Session, operator: Actor, here: int, layer: str, is_new: bool
) -> None:
    before = ground().tile_layers(layer, 16)
    set_actor(session, operator)
    builders.units(session, operator, here, {"C": draw(". . C")["C"]}, level=2, keep="child", effective_at=LATER)
    raise_generation()
    assert (ground().tile_layers(layer, 16)[0] is not before[0]) is is_new


def test_what_is_warm_is_not_read_again(here: int, monkeypatch: pytest.MonkeyPatch) -> None:
    resident.warm()
    monkeypatch.setattr(Ground, "read", None)
    assert all(ground().tile_layers(name, 16) for name in TILE_LAYERS)
    assert ground().leaves.locate(*CELLS[0])[0] >= 0


def test_a_tile_is_encoded_once_a_generation(here: int, monkeypatch: pytest.MonkeyPatch) -> None:
    held = current()
    first = held.tile("units", *TILE)
    monkeypatch.setattr(resident, "tile", lambda *_: b"again")
    assert held.tile("units", *TILE) is first


def test_tiles_do_not_fill_the_memory(here: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resident, "MOST_TILES", 3)
    held = current()
    for x in range(10):
        held.tile("streets", 14, x, 0)
    assert len(held._tiles) <= 4
