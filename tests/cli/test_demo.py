from __future__ import annotations

from collections.abc import Mapping

import pytest

from gridsvc.cli import EXIT_CODES
from gridsvc.cli.demo import ACCOUNTS
from gridsvc.domain.permissions import Role
from gridsvc.errors import Conflict
from tests.cli.conftest import Done, Run

PLACE = "120.5295,36.11"
"""Inside the compound of the demo."""


@pytest.fixture(scope="module")
def loaded() -> list[Done]:
    """Return how the demo was loaded, once for all tests."""
    return []


@pytest.fixture(autouse=True)
def demo(run: Run, loaded: list[Done], installed: Mapping[str, str]) -> Done:
    if not loaded:
        loaded.append(run("demo"))
    return loaded[0]


def test_it_prints_how_to_sign_in(demo: Done) -> None:
    assert demo.code == 0
    assert demo.out.startswith(f"The demo is loaded. Sign in as {', '.join(ACCOUNTS)}; the password, shown this once: ")


def test_its_accounts_hold_their_roles_alone(run: Run) -> None:
    listed = dict(line.split("\t")[:2] for line in run("users", "list").out.splitlines())
    granted = {name: example.roles for name, example in ACCOUNTS.items() if example.roles}
    held = {name: {word for word in listed[name].replace(",", " ").split() if word in set(Role)} for name in granted}
    assert held == {name: {role.value for role in roles} for name, roles in granted.items()}


def test_whoever_leads_holds_the_post_and_no_grant(run: Run) -> None:
    listed = dict(line.split("\t")[:2] for line in run("users", "list").out.splitlines())
    assert {listed[name] for name, example in ACCOUNTS.items() if example.post} == {"-"}


def test_its_ground_is_there(run: Run) -> None:
    assert "龙泽书苑" in run("locate", PLACE, "--jurisdiction", "longze").out


def test_before_2024_the_compound_was_not_yet_divided(run: Run) -> None:
    now, then = (run("locate", PLACE, "--jurisdiction", "longze", *as_of).out for as_of in ((), ("--as-of", "2020-01-01")))
    assert len(then.splitlines()) < len(now.splitlines())


def test_it_is_loaded_once(run: Run) -> None:
    done = run("demo")
    assert (done.code, done.out, done.err) == (EXIT_CODES[Conflict], "", "The demo is loaded already.\n")


def test_a_small_town_loads_beside_it_with_a_leader_of_its_own_and_only_once(run: Run) -> None:
    done = run("demo", "--size", "town", "--leaves", 40)
    assert (done.code, done.out.partition(";")[0]) == (0, "The demo is loaded. Sign in as city-40, city-40-office")
    assert run("demo", "--size", "town", "--leaves", 40).out == "示意城市 is loaded already.\n"


def test_a_named_scenario_that_is_loaded_stays_as_it_is(run: Run) -> None:
    done = run("demo", "--scenario", "longze")
    assert (done.code, done.out) == (0, "青岛市崂山区 is loaded already.\n")
