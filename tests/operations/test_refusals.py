"""What an import refuses, in which words, and that it then leaves nothing behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.findings import GeodataError
from geodata.readers import read
from gridsvc.domain.permissions import Actor
from gridsvc.errors import Conflict, Invalid
from gridsvc.operations.units import import_units
from tests import builders
from tests.grids import draw

TOP = shapely.box(120.0, 30.0, 120.002, 30.002)


@pytest.fixture
def here(session: Session, operator: Actor) -> int:
    here = builders.jurisdiction(session, operator)
    builders.units(session, operator, here, {"top": TOP}, level=1)
    return here


def stored(session: Session) -> tuple[int, ...]:
    tables = ("edition", "unit", "unit_version", "unit_code", "building", "building_version", "lineage", "audit")
    return tuple(session.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in tables)


def refused(session: Session, do: Callable[[], Any], error: type[Exception] = Invalid) -> list[str]:
    """Return what was found wrong; as the edge undoes what raises, nothing may be left."""
    before = stored(session)
    with pytest.raises(error) as refusal, session.begin_nested():
        do()
    assert stored(session) == before
    return [str(refusal.value), *(str(finding) for finding in getattr(refusal.value, "findings", ()))]


def geojson(folder: Path, *rings: list[tuple[float, float]], crs: str | None = None) -> Path:
    features = [{"type": "Feature", "properties": {"name": "x"}, "geometry": {"type": "Polygon", "coordinates": [ring]}} for ring in rings]
    named = {"crs": {"type": "name", "properties": {"name": crs}}} if crs else {}
    path = folder / "units.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features} | named), encoding="utf-8")
    return path


def square(x: float, y: float, side: float) -> list[tuple[float, float]]:
    return [(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)]


def test_metres_declared_as_degrees(tmp_path: Path) -> None:
    with pytest.raises(GeodataError, match="metre"):
        read(geojson(tmp_path, square(500_000, 3_300_000, 100), crs="EPSG:4490"))


def test_swapped_axes(tmp_path: Path) -> None:
    with pytest.raises(GeodataError, match=r"swapped|order|latitude"):
        read(geojson(tmp_path, square(30.0, 120.0, 0.001), crs="EPSG:4490"))


def test_no_reference_system(tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_text(f'name,wkt\nx,"{TOP.wkt}"\n', encoding="utf-8")
    with pytest.raises(GeodataError, match="does not say its reference system"):
        read(path)


def test_a_code_on_two_rows(session: Session, operator: Actor, here: int) -> None:
    drawn = draw("A B")
    rows = [({"name": name, "code": "7", "level": 2}, drawn[name]) for name in "AB"]
    found = refused(session, lambda: import_units(session, operator, builders.file(here, rows)))
    assert "1 rows are refused" in found[0]
    assert any("The code 7 is also that of row 1" in sentence for sentence in found)


def test_no_level(session: Session, operator: Actor, here: int) -> None:
    rows = [({"name": "A"}, draw("A")["A"])]
    found = refused(session, lambda: import_units(session, operator, builders.file(here, rows)))
    assert any("Nothing says its level" in sentence for sentence in found)


def test_a_level_that_the_scheme_does_not_have(session: Session, operator: Actor, here: int) -> None:
    found = refused(session, lambda: builders.units(session, operator, here, draw("A"), level=9))
    assert any("'9' is not a level of the scheme" in sentence for sentence in found)


def test_no_polygon(session: Session, operator: Actor, here: int) -> None:
    found = refused(session, lambda: builders.units(session, operator, here, {"A": shapely.Point(120, 30)}, level=2))
    assert any("It has no ground" in sentence for sentence in found)


def test_a_child_that_reaches_outside_is_asked_about(session: Session, operator: Actor, here: int) -> None:
    wide = {"A": shapely.box(120.001, 30.0, 120.003, 30.001)}
    found = refused(session, lambda: builders.units(session, operator, here, wide, level=2))
    assert any("outside its parent; which border is to be kept?" in sentence for sentence in found)


def test_the_parent_s_border_is_kept_when_told(session: Session, operator: Actor, here: int) -> None:
    builders.units(session, operator, here, {"A": shapely.box(120.001, 30.0, 120.003, 30.001)}, level=2, keep="parent")
    assert widths(session) == {"top": 0.002, "A": 0.001}


def test_the_child_s_border_is_kept_when_told(session: Session, operator: Actor, here: int) -> None:
    builders.units(session, operator, here, {"A": shapely.box(120.001, 30.0, 120.003, 30.001)}, level=2, keep="child")
    assert widths(session) == {"top": 0.003, "A": 0.002}


def widths(session: Session) -> dict[str, float]:
    rows = session.execute(
        text("SELECT name, ST_XMax(geom) - ST_XMin(geom) FROM unit_version WHERE upper_inf(valid) AND kind = 'unit' ORDER BY level")
    )
    return {name: round(width, 6) for name, width in rows}


def test_losing_much_ground_to_others_of_the_file_needs_consent(session: Session, operator: Actor, here: int) -> None:
    both = {"A": shapely.box(120.0, 30.0, 120.0012, 30.001), "B": shapely.box(120.001, 30.0, 120.0018, 30.001)}
    found = refused(session, lambda: builders.units(session, operator, here, both, level=2))
    assert any("--accept-loss" in sentence for sentence in found)
    builders.units(session, operator, here, both, level=2, accept_loss=True)
    assert widths(session)["A"] == 0.001


def test_a_code_of_a_unit_that_is_no_more(session: Session, operator: Actor) -> None:
    here = builders.jurisdiction(session, operator, scheme=builders.CODED)
    first, second = ({"name": name, "code": code, "level": 2} for name, code in (("A", "370212007"), ("B", "370212008")))
    import_units(session, operator, builders.file(here, [({"name": "top", "code": "370212", "level": 1}, TOP), (first, draw("A")["A"])]))
    import_units(session, operator, builders.file(here, [(second, draw("B B")["B"])]), keep="child")
    found = refused(
        session, lambda: import_units(session, operator, builders.file(here, [(first, draw(". . A")["A"])]), keep="child"), Conflict
    )
    assert "370212007 was given to another unit before" in found[0]


def test_a_code_that_breaks_the_level_s_rule(session: Session, operator: Actor) -> None:
    here = builders.jurisdiction(session, operator, scheme=builders.CODED)
    found = refused(session, lambda: import_units(session, operator, builders.file(here, [({"code": "37021", "level": 1}, TOP)])))
    assert any("37021" in sentence and "perhaps a zero was lost" in sentence for sentence in found)


def test_good_rows_do_not_come_in_without_the_bad_ones_unless_told(session: Session, operator: Actor, here: int) -> None:
    mixed = draw("A B") | {"C": shapely.Point(120, 30)}
    refused(session, lambda: builders.units(session, operator, here, mixed, level=2))
    proposal = builders.units(session, operator, here, mixed, level=2, skip_refused=True)
    assert proposal.counts == {"new": 2, "refused": 1}


def test_an_edition_before_the_last_one(session: Session, operator: Actor, here: int) -> None:
    earlier = builders.FIRST_DAY.replace(year=2023)
    found = refused(session, lambda: builders.units(session, operator, here, draw("A"), level=2, effective_at=earlier))
    assert "before the last one" in found[0]


def test_the_same_file_changes_nothing(session: Session, operator: Actor, here: int) -> None:
    wide = draw("A B") | {"C": shapely.box(120.0, 30.0015, 120.001, 30.003)}
    builders.units(session, operator, here, wide, level=2, keep="parent")
    before = stored(session)
    again = builders.units(session, operator, here, wide, level=2, keep="parent")
    assert again.counts == {"unchanged": 3}
    assert stored(session) == before


def test_without_commit_nothing_is_written(session: Session, operator: Actor, here: int) -> None:
    before = stored(session)
    proposal = builders.units(session, operator, here, draw("A B"), level=2, commit=False)
    assert proposal.counts == {"new": 2}
    assert stored(session) == before
