"""Processes killed at random moments of a job: all of it is done or nothing, and in the end it is done exactly once."""

from __future__ import annotations

import json
import os
import random
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from gridsvc.database import cluster, freshness, resident
from gridsvc.database import session as sessions
from gridsvc.database.install import install
from gridsvc.database.queries import jobs as queries
from gridsvc.database.queries.accounts import actor_named
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import NOBODY, Actor
from gridsvc.operations.jobs import Ask, ask
from gridsvc.operations.units import import_units
from gridsvc.settings import Settings
from tests import builders
from tests.clusters import PATIENCE_S, empty_installation, eventually, has_another_server, postmaster
from tests.faults.processes import alive, answers, free_port, job_workers, kill, serving
from tests.grids import CELL_DEG, SOUTH, WEST, draw
from tests.scenarios.holding import everything_holds

TIMES = int(os.environ.get("GRIDSVC_FAULTS", "2"))
"""How many kills of each kind of job; `make test-faults` asks for more."""
VICTIMS = ("worker", "postgres", "service")
GRIDS = ("A A B B", "A A B B", "C C D D", "C C D D")
RANGE = """
[thresholds.micro_grid_households]
level = "micro"
low = 20
high = 60
unit = "households"
severity = "warning"
source = "drawn for a test"
"""
"""What the micro-grids of a tree are to hold."""
ACROSS = 30
"""Buildings along each side: enough that their import takes a while."""
WRITTEN = (
    "edition", "unit", "unit_version", "unit_code", "building", "building_version", "building_place", "audit", "column_choice",
    "plan", "plan_move", "plan_unit", "plan_place",
)  # fmt: skip
"""What these jobs write to."""
COUNTS = "SELECT (SELECT state FROM job WHERE public_id = :id), " + ", ".join(f"(SELECT count(*) FROM {table})" for table in WRITTEN)


def buildings(folder: Path, edition: int) -> dict[str, Any]:
    """Many buildings, each with other households than in the edition before."""
    step = 4 * CELL_DEG / ACROSS
    places = [(WEST + column * step, SOUTH + row * step) for column in range(ACROSS) for row in range(ACROSS)]
    rows = {
        f"b{number}": (shapely.box(west + step / 4, south + step / 4, west + step * 0.7, south + step * 0.7), {"households": edition + 1})
        for number, (west, south) in enumerate(places)
    }
    return {"noun": "buildings", "path": written(folder, edition, rows)}


def units(folder: Path, edition: int) -> dict[str, Any]:
    """Four units whose borders shift to and fro."""
    ground = draw(*(GRIDS if edition % 2 else ("A B B B", *GRIDS[1:])))
    rows = {name: (shape, {"level": 2, "code": f"c{name}"}) for name, shape in ground.items()}
    return {"noun": "units", "path": written(folder, edition, rows), "terms": {"accept_loss": True}}


def tree(folder: Path, edition: int) -> dict[str, Any]:
    """A new plan each time; the first time the buildings that it stands on."""
    return buildings(folder, 0) if edition == 0 else {"from_level": "micro", "title": f"plan {edition}"}


CASES: dict[str, Callable[[Path, int], dict[str, Any]]] = {"buildings": buildings, "units": units, "tree": tree}
"""From a folder and a number to the arguments of a job that writes as much each time, from the number 1 on."""


def written(folder: Path, edition: int, rows: dict[str, tuple[shapely.Geometry, dict[str, Any]]]) -> str:
    file = folder / f"edition-{edition}.geojson"
    features = [
        {"type": "Feature", "properties": {"id": name, "name": name} | more, "geometry": shapely.geometry.mapping(shape)}
        for name, (shape, more) in rows.items()
    ]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return str(file)


@dataclass
class Town:
    """A service with its jobs, and what was seen of the database while they were done."""

    settings: Settings
    port: int
    jurisdiction_id: int
    stack: ExitStack = field(default_factory=ExitStack)
    process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self.process = self.stack.enter_context(serving(self.settings, self.port))

    def kill(self, victim: str) -> None:
        assert self.process is not None
        if victim == "worker":
            workers = job_workers(self.settings)
            assert workers
            for worker in workers:
                kill(worker)
        elif victim == "postgres":
            before = postmaster(self.settings)
            kill(before)  # what its children do until they notice is no answer of a server
            eventually(lambda: has_another_server(self.settings, before))
            eventually(lambda: answers(self.port))
        else:
            kill(self.process.pid)
            self.process.wait()
            eventually(lambda: not alive(self.settings))  # they answered on its port
            self.start()

    def ask(self, arguments: dict[str, Any]) -> UUID:
        with acting() as (session, operator):
            given = {"jurisdiction": "here", "commit": True} | arguments
            kind = "import" if "noun" in arguments else "build"
            return ask(session, operator, Ask(kind, jurisdiction_path(self.jurisdiction_id), given))

    def wait_for(self, job_id: UUID, state: str) -> None:
        """Return when the job has come so far, or farther."""
        eventually(lambda: job(job_id).state in (state, "done", "failed"))

    def takes_s(self, arguments: dict[str, Any]) -> float:
        """Do a job and return how long the work itself took."""
        job_id = self.ask(arguments)
        self.wait_for(job_id, "done")
        return self.took_s(job_id)

    def took_s(self, job_id: UUID) -> float:
        """Return how long the work of a job took that is done."""
        done = job(job_id)
        assert done.state == "done", outcome(job_id)
        assert done.started_at is not None
        assert done.finished_at is not None
        return (done.finished_at - done.started_at).total_seconds()

    def wait(self, job_id: UUID) -> list[tuple[Any, ...]]:
        """Return what was seen until the job ended: its state and the counts of one snapshot each time."""
        seen: list[tuple[Any, ...]] = []
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end and (not seen or seen[-1][0] == "queued"):
            with suppress(DBAPIError):  # the server is being started again
                seen.append(look(job_id))
            time.sleep(0.02)
        return seen


@contextmanager
def acting() -> Iterator[tuple[Session, Actor]]:
    with sessions.transaction(NOBODY) as session:
        operator = actor_named(session, "operator")
        sessions.set_actor(session, operator)
        yield session, operator


def look(job_id: UUID) -> tuple[Any, ...]:
    with acting() as (session, _):
        return tuple(session.execute(text(COUNTS), {"id": job_id}).one())


def grown(before: tuple[int, ...], after: tuple[int, ...]) -> dict[str, int]:
    return {table: now - then for table, then, now in zip(WRITTEN, before, after, strict=True) if now != then}


def job(job_id: UUID) -> queries.JobRow:
    with acting() as (session, operator):
        return queries.job(session, operator, job_id)


def outcome(job_id: UUID) -> dict[str, Any]:
    with acting() as (session, operator):
        return dict(queries.result(session, queries.job(session, operator, job_id)))


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    for module, name in ((sessions, "_sessions"), (freshness, "_file"), (resident, "_resident")):
        monkeypatch.setattr(module, name, None)
    with empty_installation() as settings, cluster.open(settings) as database:
        install(database.url("owner"))
        engine = sessions.connect(database.url("app"))
        freshness.keep_mark(settings.data_dir / "run" / "generation")
        with acting() as (session, operator):
            place = builders.jurisdiction(session, operator, scheme=builders.PLAIN + RANGE)
            rows = [({"name": name, "code": f"c{name}", "level": 2, "id": name}, shape) for name, shape in draw(*GRIDS).items()]
            import_units(session, operator, builders.file(place, rows))
        found = Town(settings, free_port(), place)
        with found.stack:
            found.start()
            yield found
        engine.dispose()
        if freshness._file is not None:
            os.close(freshness._file)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_a_job_is_done_wholly_and_once_whoever_is_killed(town: Town, tmp_path: Path, case: str) -> None:
    chance = random.Random(f"{case} {TIMES}")  # noqa: S311  # moments, no secrets
    tmp_path.chmod(0o755)
    first = town.ask(CASES[case](tmp_path, 0))
    town.wait(first)
    start = look(first)[1:]
    town.takes_s(CASES[case](tmp_path, 1))  # and what is compiled and loaded for the first of them
    written_once = grown(start, look(first)[1:])
    takes_s = town.takes_s(CASES[case](tmp_path, 2))
    caught, turn = 0, list(CASES).index(case)
    for edition in range(3, TIMES + 3):
        victim = VICTIMS[(edition + turn) % len(VICTIMS)]
        arguments = CASES[case](tmp_path, edition)
        before = look(first)[1:]
        job_id = town.ask(arguments)
        town.wait_for(job_id, "running")
        time.sleep(chance.uniform(0, takes_s))
        caught += look(job_id)[0] == "queued"
        town.kill(victim)
        seen = town.wait(job_id)
        assert seen[-1][0] == "done", f"{victim} {edition}: {seen[-1]}"
        assert {each[1:] for each in seen if each[0] == "queued"} <= {before}, victim
        assert grown(before, seen[-1][1:]) == written_once, victim
        if "noun" in arguments:
            again = town.ask(arguments)
            assert town.wait(again)[-1] == seen[-1], victim
            assert set(job(again).counts or {}) == {"unchanged"}
    assert caught >= TIMES // 10, f"only {caught} of {TIMES} kills met a job under way"  # a few kills may all come too late
    with acting() as (session, _):
        everything_holds(session, town.jurisdiction_id, points=60)
