"""`gridsvc redraw propose`: the three ways, stopped, repeated, and what is told where nothing fits."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import shapely
from click.testing import CliRunner, Result
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.cli import propose
from gridsvc.database.queries.accounts import actor_named
from gridsvc.database.queries.plans import PlanRow, planned
from gridsvc.domain import redrawing
from gridsvc.domain.permissions import Actor
from gridsvc.errors import Conflict, Invalid
from gridsvc.operations import redraw_ground
from gridsvc.operations.plan_locks import lock
from gridsvc.operations.stations import import_stations
from tests import builders
from tests.operations.test_propose import HOUSES, UNITS, begun, key_of

Run = Callable[..., Result]


@pytest.fixture
def row(session: Session, operator: Actor) -> PlanRow:
    """Begin a plan for three units in a grid: of 120, 30 and 60 households."""
    return begun(session, operator, shapely.union_all(list(UNITS.values())), HOUSES)


@pytest.fixture
def run(session: Session, operator: Actor, row: PlanRow, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command for the plan in the test's own transaction."""
    monkeypatch.setenv("GRIDSVC_LANGUAGE", "en")

    @contextmanager
    def as_operator(_settings: object) -> Iterator[tuple[Session, Actor]]:
        yield session, operator

    monkeypatch.setattr(propose, "as_operator", as_operator)
    return lambda *words: CliRunner().invoke(propose.command, [str(row.public_id), *map(str, words)], catch_exceptions=False)


def made(done: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_smallest_change_and_what_else_could_be_stand_side_by_side(run: Run) -> None:
    told = run("--households", "50-90")
    assert [line.split(":")[0] for line in told.stdout.splitlines()] == ["1. smallest change", "2. better balanced", "3. from scratch"]
    assert all(
        word in told.stdout.splitlines()[0] for word in ("3 units, 0 out of range", "deviation 0.", "compactness 0.", "40 households")
    )
    assert "Making units of 50 to 90 households" in told.stderr or "Reading the ground of 3 units" in told.stderr


def test_so_many_units_are_made_from_scratch(run: Run) -> None:
    told = made(run("--way", "parts", "--parts", 3, "--households", "50-90", "--json"))
    assert [each["measures"]["units"] for each in told["alternatives"]] == [3, 3]
    assert told["alternatives"][0]["measures"]["deviation"] == 0


def stations(session: Session, row: PlanRow, **at: str) -> list[str]:
    """Lay stations by name on houses; return the options that ask for them."""
    rows = [({"id": name, "name": name}, shapely.centroid(HOUSES[house])) for name, house in at.items()]
    import_stations(session, actor_named(session, "operator"), builders.file(row.jurisdiction_id, rows))
    return [word for each in session.scalars(text("SELECT public_id FROM station ORDER BY id")) for word in ("--station", str(each))]


def test_units_form_around_stations_within_the_range(session: Session, row: PlanRow, run: Run) -> None:
    asked = stations(session, row, East="h10", Middle="h12", West="h15")
    told = made(run("--way", "stations", *asked, "--households", "60-80", "--json"))
    assert [each["name"] for each in told["alternatives"]] == ["near", "even"]
    assert told["alternatives"][0]["measures"]["out_of_range"] == 0


def test_a_station_that_can_have_no_unit_is_named(session: Session, row: PlanRow, run: Run) -> None:
    asked = stations(session, row, Corner="h05", Beside="h04", Below="h15")
    told = run("--way", "stations", *asked, "--households", "50-150").stdout
    assert "The station Corner can have no unit in range beside the others: h05 has 10 households" in told


def test_stopping_keeps_the_best_so_far(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def pressed(*asked: Any) -> Iterator[redrawing.Found]:
        for found in redrawing.alternatives(*asked):
            signal.raise_signal(signal.SIGINT)
            yield found

    monkeypatch.setattr("gridsvc.operations.propose.alternatives", pressed)
    told = made(run("--households", "50-90", "--json"))
    assert (told["stopped"], [each["name"] for each in told["alternatives"]]) == (True, ["least"])


def test_stopping_before_anything_was_found_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def pressed(*asked: Any) -> redraw_ground.Site:
        signal.raise_signal(signal.SIGINT)
        return redraw_ground.site(*asked)

    monkeypatch.setattr("gridsvc.operations.propose.site", pressed)
    with pytest.raises(Conflict, match="Stopped before anything was found"):
        run("--households", "50-90")


def test_weighted_loads_are_told_beside_households(run: Run) -> None:
    told = run("--households", "50-90", "--load", "buildings=1", "--load", "households=1").stdout
    assert "3 units, 0 out of range" in told
    assert told.count("Deviation of the weighted loads: 0.") == 3


def test_the_same_seed_gives_the_same_result(run: Run) -> None:
    first, second = (made(run("--households", "50-90", "--seed", 3, "--json"))["alternatives"] for _ in range(2))
    assert first == second


def test_none_exists_names_the_building(session: Session, run: Run) -> None:
    session.execute(
        text("UPDATE building_households SET households = 300 WHERE building_id = (SELECT min(building_id) FROM building_version)")
    )
    told = run("--households", "50-90").stdout
    assert "h00 alone has 300 households, more than the 90 of one unit; it is a unit by itself." in told


def test_none_exists_names_the_lock(session: Session, operator: Actor, row: PlanRow, run: Run) -> None:
    lock(session, operator, row, units=[key_of(planned(session, row), "B")])
    told = run("--households", "70-90").stdout
    assert "With B locked: C has 60 households, a unit at least 70, and nothing adjoins that could join it." in told


def test_none_exists_names_the_choke_point(session: Session, run: Run) -> None:
    """The house in the corner has too many to be joined by its neighbours, and too few to be alone."""
    session.execute(
        text("UPDATE building_households SET households = 64 WHERE building_id = (SELECT min(building_id) FROM building_version)")
    )
    told = run("--households", "70-80").stdout
    assert "h00 has 64 households; joined with what adjoins it makes 64 at most or 84 at least, nothing from 70 to 80." in told


def test_none_found_says_which_limit_the_best_breaks(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redrawing, "certify", lambda *_, **__: [])
    monkeypatch.setattr(redrawing, "PATIENCE", 0)
    told = run("--way", "parts", "--parts", 4, "--households", "52-53").stdout
    assert "None was found" in told
    assert "more than 53" in told or "fewer than 52" in told


def test_one_is_taken_over_at_once(session: Session, row: PlanRow, run: Run) -> None:
    run("--households", "50-90", "--take", 1)
    assert session.execute(text("SELECT count(*) FROM plan_move WHERE plan_id = :id"), {"id": row.id}).scalar_one() == 1


@pytest.mark.parametrize(("words", "said"), [(("--households", "70"), "LOW-HIGH"), (("--load", "gold"), "NAME=WEIGHT")])
def test_what_is_no_range_or_weight_is_refused(run: Run, words: tuple[str, str], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        run(*words)
