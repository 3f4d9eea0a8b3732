"""Plans that are published while processes are killed, others draw, and somebody reads: all or nothing, nothing lost, nothing mixed."""

from __future__ import annotations

import json
import random
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from threading import Event, Thread
from uuid import UUID

import pytest
from shapely import LineString
from sqlalchemy import text

from gridsvc.database.queries.plans import plan, planned
from gridsvc.errors import Busy
from gridsvc.operations import plan_asking, plan_publishing, plans
from tests.clusters import PATIENCE_S
from tests.faults import test_jobs
from tests.faults.test_jobs import (
    COUNTS,
    TIMES,
    VICTIMS,
    Town,
    acting,
    buildings,
    grown,
    look,
    outcome,
)
from tests.grids import CELL_DEG, SOUTH, WEST
from tests.scenarios.holding import everything_holds

town = test_jobs.town


class Reader:
    """Somebody who looks at all units of the town again and again, and keeps what was seen."""

    def __init__(self, place: Town) -> None:
        self.address = f"http://127.0.0.1:{place.port}/api/v1"
        self.seen: list[dict[str, float]] = []
        self.stop = Event()

    def look(self) -> None:
        """Read the areas of the units, asked for in one request."""
        [top] = self._get("units?jurisdiction=here&level=1")["items"]
        names = {unit["id"]: unit["name"] for unit in self._get(f"units/{top['id']}/children")["items"]}
        below = self._get(f"units/{top['id']}/summary")["children"]
        self.seen.append({names[key]: round(figures["area_m2"]) for key, figures in below.items()})

    def run(self) -> None:
        while not self.stop.is_set():
            with suppress(OSError, HTTPException):  # the service is being started again
                self.look()

    def _get(self, what: str) -> dict:
        with urllib.request.urlopen(f"{self.address}/{what}", timeout=10) as answer:  # noqa: S310  # our own address
            return json.load(answer)


@contextmanager
def reading(place: Town) -> Iterator[Reader]:
    reader = Reader(place)
    reader.look()
    thread = Thread(target=reader.run)
    thread.start()
    try:
        yield reader
    finally:
        reader.stop.set()
        thread.join()


def drawn(place: Town, names: str, west: float, rows: tuple[int, int]) -> UUID:
    """Begin a plan that lays the border of two grids at a column, over these rows from the south."""
    with acting() as (session, operator):
        begun = plans.begin(session, operator, place.jurisdiction_id, f"{names} at {west}")
        at = planned(session, begun)
        keys = [next(key for key, unit in zip(at.keys, at.was, strict=True) if unit.name == name) for name in names]
        line = LineString([(WEST + west * CELL_DEG, SOUTH + row * CELL_DEG) for row in rows])
        plan_asking.make(session, operator, begun, {"kind": "shift", "units": keys, "line": line.__geo_interface__})
        return begun.public_id


def scheduled(plan_id: UUID) -> tuple[UUID, tuple[int, ...]]:
    """Have a plan published at once by a job; return the job's id and what was stored before it."""
    with acting() as (session, operator):
        job_id = plan_publishing.schedule(session, operator, plan(session, operator, plan_id), at=datetime.now(UTC))
        return job_id, tuple(session.execute(text(COUNTS), {"id": job_id}).one())[1:]


def states() -> dict[str, int]:
    with acting() as (session, _):
        return dict(session.execute(text("SELECT state, count(*) FROM plan GROUP BY state")).all())


@pytest.mark.slow
def test_a_publish_is_all_or_nothing_whoever_is_killed(town: Town, tmp_path: Path) -> None:
    chance = random.Random(f"publishing {TIMES}")  # noqa: S311  # moments, no secrets
    tmp_path.chmod(0o755)
    town.takes_s(buildings(tmp_path, 0))
    town.wait(scheduled(drawn(town, "AB", 1.5, (4, 2)))[0])  # and what is loaded for the first of them
    first, before = scheduled(drawn(town, "AB", 2.5, (4, 2)))
    written_once = grown(before, town.wait(first)[-1][1:])
    takes_s, caught = town.took_s(first), 0
    with reading(town) as reader:
        for turn in range(TIMES):
            victim = VICTIMS[turn % len(VICTIMS)]
            job_id, before = scheduled(drawn(town, "AB", 2.5 if turn % 2 else 1.5, (4, 2)))
            town.wait_for(job_id, "running")
            time.sleep(chance.uniform(0, takes_s))
            caught += look(job_id)[0] == "queued"
            town.kill(victim)
            seen = town.wait(job_id)
            assert seen[-1][0] == "done", f"{victim} {turn}: {outcome(job_id)}"
            assert {each[1:] for each in seen if each[0] == "queued"} <= {before}, victim
            assert grown(before, seen[-1][1:]) == written_once, victim
    assert caught >= TIMES // 3, f"only {caught} of {TIMES} were killed in the middle"
    assert states() == {"published": TIMES + 2}
    whole = {round(sum(areas.values())) // 10 for areas in reader.seen}
    assert max(whole) - min(whole) <= 1, "an answer had one unit of the old edition and one of the new"
    with acting() as (session, _):
        everything_holds(session, town.jurisdiction_id, points=60)


@pytest.mark.slow
def test_two_planners_and_a_reader_lose_and_mix_nothing(town: Town) -> None:
    problems: list[BaseException] = []

    def planner(names: str, rows: tuple[int, int]) -> None:
        try:
            for turn in range(TIMES):
                publish_patiently(drawn(town, names, 1.5 if turn % 2 == 0 else 2.0, rows))
        except BaseException as error:  # noqa: BLE001  # told by the test
            problems.append(error)

    with reading(town) as reader:
        both = [Thread(target=planner, args=given) for given in (("AB", (4, 2)), ("CD", (2, 0)))]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join()
        reader.look()
    assert problems == []
    assert states() == {"published": 2 * TIMES}
    whole = {round(sum(areas.values())) // 10 for areas in reader.seen}
    assert max(whole) - min(whole) <= 1, "an answer had one unit of the old edition and one of the new"
    with acting() as (session, _):
        assert session.scalar(text("SELECT count(*) FROM edition")) == 2 * TIMES + 1
        everything_holds(session, town.jurisdiction_id, points=60)


def publish_patiently(plan_id: UUID) -> None:
    """Publish a plan, trying again while somebody else changes borders."""
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            with acting() as (session, operator):
                plan_publishing.publish(session, operator, plan(session, operator, plan_id), at=datetime.now(UTC))
        except Busy:
            assert time.monotonic() < end
            time.sleep(0.05)
        else:
            return
