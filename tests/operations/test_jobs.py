from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from shapely.geometry import mapping
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from gridsvc.database.queries import jobs as queries
from gridsvc.database.queries.accounts import actor_named
from gridsvc.database.session import set_actor
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import NOBODY, Action, Actor, Role
from gridsvc.domain.told import finding_of
from gridsvc.errors import Conflict, Invalid, NotAllowed, NotFound
from gridsvc.operations import job_running, jobs
from gridsvc.operations.accounts import GrantRole, add_account, disable_account, grant_role, revoke_role
from gridsvc.operations.job_running import run_next
from gridsvc.operations.jobs import Ask, ask, cancel
from gridsvc.operations.progress import report
from tests import builders
from tests.domain.test_permissions import EXPECTED
from tests.grids import draw
from tests.ground import somebody

Kind = Callable[[Session, Actor, dict[str, Any]], dict[str, Any]]


@pytest.fixture
def place(session: Session, operator: Actor) -> str:
    return jurisdiction_path(builders.jurisdiction(session, operator))


@pytest.fixture
def clerk(session: Session, operator: Actor, place: str) -> Actor:
    add_account(session, operator, "clerk")
    grant_role(session, operator, GrantRole("clerk", Role.DATA_CLERK, place))
    return actor_named(session, "clerk")


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> Callable[[Kind], None]:
    """Give what makes a function the only kind of job, `draw`."""
    monkeypatch.setattr(jobs, "KINDS", ("draw",))
    return lambda does: monkeypatch.setattr(job_running, "DOES", {"draw": does})


def side(session: Session) -> psycopg.Connection[Any]:
    """Return the test's own connection: what it wrote is seen by nobody else."""
    found = session.connection().connection.driver_connection
    assert isinstance(found, psycopg.Connection)
    return found


def queue(session: Session, actor: Actor, place: str, name: str = "draw", **more: Any) -> UUID:
    set_actor(session, actor)
    return ask(session, actor, Ask(name, place, **more))


def work(session: Session) -> bool:
    return run_next(session, side(session))


def seen(session: Session, actor: Actor, job_id: UUID) -> tuple[queries.JobRow, str]:
    """Return a job as the actor sees it, with the sentence of its result."""
    set_actor(session, actor)
    job = queries.job(session, actor, job_id)
    result = queries.result(session, job)
    return job, str(finding_of(result)) if "template" in result else ""


def add_scheme(session: Session, *_: object) -> dict[str, Any]:
    session.execute(text("INSERT INTO scheme (key, name_zh, name_en, body) VALUES ('done', '', '', '')"))
    return {"rows": 1}


def schemes(session: Session) -> int:
    return session.execute(text("SELECT count(*) FROM scheme WHERE key = 'done'")).scalar_one()


def test_without_a_job_there_is_nothing_to_do(session: Session) -> None:
    assert work(session) is False


def test_a_job_is_done_once_and_says_what_came_of_it(session: Session, clerk: Actor, place: str, kind: Callable[[Kind], None]) -> None:
    kind(add_scheme)
    job_id = queue(session, clerk, place)
    assert (work(session), work(session)) == (True, False)
    job, _ = seen(session, clerk, job_id)
    assert (job.state, job.attempts, schemes(session)) == ("done", 1, 1)
    assert queries.result(session, job) == {"rows": 1}


def test_jobs_are_done_in_their_order(session: Session, clerk: Actor, place: str, kind: Callable[[Kind], None]) -> None:
    done: list[int] = []
    kind(lambda _session, _actor, arguments: done.append(arguments["n"]) or {})  # type: ignore[func-returns-value]  # for its effect
    for n in (1, 2, 3):
        queue(session, clerk, place, arguments={"n": n})
    while work(session):
        pass
    assert done == [1, 2, 3]


def test_a_refusal_undoes_the_work_and_keeps_its_sentence(session: Session, clerk: Actor, place: str, kind: Callable[[Kind], None]) -> None:
    def refuse(session: Session, *_: object) -> dict[str, Any]:
        add_scheme(session)
        raise Invalid("Row {row}: no {what}.", row=3, what=Conflict("place of {name}", name="甲"))

    kind(refuse)
    job_id = queue(session, clerk, place)
    work(session)
    job, sentence = seen(session, clerk, job_id)
    assert (job.state, sentence, schemes(session)) == ("failed", "Row 3: no place of 甲.", 0)


def test_a_violated_constraint_is_the_jobs_failure(session: Session, clerk: Actor, place: str, kind: Callable[[Kind], None]) -> None:
    def violate(session: Session, *_: object) -> dict[str, Any]:
        session.execute(text("INSERT INTO jurisdiction (slug, name, scheme_id, synthetic) VALUES ('NO', '', 1, false)"))
        return {}

    kind(violate)
    job_id = queue(session, clerk, place)
    work(session)
    assert seen(session, clerk, job_id)[1].startswith("A short name starts with a letter")


def test_what_nobody_foresaw_fails_with_a_reference(session: Session, clerk: Actor, place: str, kind: Callable[[Kind], None]) -> None:
    kind(lambda *_: {"never": 1 / 0})
    job_id = queue(session, clerk, place)
    work(session)
    job, sentence = seen(session, clerk, job_id)
    assert job.state == "failed"
    assert str(job_id) in sentence


def test_it_acts_with_the_rights_of_the_moment(
    session: Session, operator: Actor, clerk: Actor, place: str, kind: Callable[[Kind], None]
) -> None:
    held: list[Actor] = []
    kind(lambda _session, actor, _: held.append(actor) or {})  # type: ignore[func-returns-value]  # for its effect
    queue(session, clerk, place)
    set_actor(session, operator)
    revoke_role(session, operator, GrantRole("clerk", Role.DATA_CLERK, place))
    grant_role(session, operator, GrantRole("clerk", Role.INSPECTOR, place))
    work(session)
    assert [grant.role for actor in held for grant in actor.grants] == [Role.INSPECTOR]


def test_a_lost_right_fails_with_a_sentence(session: Session, operator: Actor, clerk: Actor, place: str) -> None:
    job_id = queue(session, clerk, place, "assign", arguments={"jurisdiction": "here"})
    set_actor(session, operator)
    revoke_role(session, operator, GrantRole("clerk", Role.DATA_CLERK, place))
    work(session)
    job, sentence = seen(session, clerk, job_id)
    assert (job.state, "do not allow this here" in sentence) == ("failed", True)


def test_a_shut_account_does_nothing(session: Session, operator: Actor, clerk: Actor, place: str, kind: Callable[[Kind], None]) -> None:
    kind(add_scheme)
    job_id = queue(session, clerk, place)
    set_actor(session, operator)
    disable_account(session, operator, "clerk")
    work(session)
    job, sentence = seen(session, operator, job_id)
    assert (job.state, sentence, schemes(session)) == ("failed", "The account that asked for this has been shut since.", 0)


def test_a_job_that_waits_is_stopped_at_once(session: Session, clerk: Actor, place: str, kind: Callable[[Kind], None]) -> None:
    kind(add_scheme)
    job_id = queue(session, clerk, place)
    cancel(session, job_id)
    assert (seen(session, clerk, job_id)[0].state, work(session), schemes(session)) == ("cancelled", False, 0)


def test_a_job_under_way_stops_at_its_next_step(session: Session, clerk: Actor, place: str, kind: Callable[[Kind], None]) -> None:
    def stopped(session: Session, *_: object) -> dict[str, Any]:
        add_scheme(session)
        side(session).execute("SELECT cancel_job(%s)", (asked[0],))
        report(session, "Next …")
        return {}

    kind(stopped)
    asked = [queue(session, clerk, place)]
    assert work(session)
    assert (seen(session, clerk, asked[0])[0].state, schemes(session)) == ("cancelled", 0)


def test_what_has_ended_is_not_stopped(session: Session, clerk: Actor, place: str, kind: Callable[[Kind], None]) -> None:
    kind(add_scheme)
    job_id = queue(session, clerk, place)
    work(session)
    set_actor(session, clerk)
    cancel(session, job_id)
    assert seen(session, clerk, job_id)[0].state == "done"


def test_a_job_over_which_three_processes_died_is_given_up(
    session: Session, clerk: Actor, place: str, kind: Callable[[Kind], None]
) -> None:
    kind(add_scheme)
    job_id = queue(session, clerk, place)
    [number] = session.scalars(text("SELECT id FROM job WHERE public_id = :id"), {"id": job_id})
    for _ in range(job_running.MOST_ATTEMPTS):
        session.execute(text("SELECT begin_job(:id)"), {"id": number})
    work(session)
    job, sentence = seen(session, clerk, job_id)
    assert (job.state, sentence.startswith("This was begun 3 times"), schemes(session)) == ("failed", True, 0)


def test_a_worker_that_is_told_to_end_puts_its_job_back(session: Session, clerk: Actor, place: str, kind: Callable[[Kind], None]) -> None:
    def told_to_end(*_: object) -> dict[str, Any]:
        raise SystemExit(143)

    kind(told_to_end)
    job_id = queue(session, clerk, place)
    with pytest.raises(SystemExit):
        work(session)
    job, _ = seen(session, clerk, job_id)
    assert job.attempts == 0


@pytest.mark.parametrize(("values", "share"), [({"done": 1, "count": 4}, 0.25), ({"share": 0.5}, 0.5), ({"count": 4}, None)])
def test_progress_is_told_with_its_share(
    session: Session, clerk: Actor, place: str, kind: Callable[[Kind], None], values: dict[str, float], share: float | None
) -> None:
    kind(lambda session, *_: report(session, "Step", **values) or {})  # type: ignore[func-returns-value]  # for its effect
    job_id = queue(session, clerk, place)
    work(session)
    job, _ = seen(session, clerk, job_id)
    assert (job.template, job.said, job.share) == ("Step", values, share)


def test_nobody_asks_without_the_right(session: Session, operator: Actor, place: str) -> None:
    add_account(session, operator, "reader")
    grant_role(session, operator, GrantRole("reader", Role.INSPECTOR, place))
    with pytest.raises(NotAllowed):
        queue(session, actor_named(session, "reader"), place, "assign")


def test_an_unknown_kind_is_refused_when_it_is_asked_for(session: Session, clerk: Actor, place: str) -> None:
    with pytest.raises(Invalid, match="no kind of job"):
        queue(session, clerk, place, "nonsense")


def test_whatever_can_be_asked_for_is_done() -> None:
    assert set(job_running.DOES) == set(jobs.KINDS)


# Rights, in both locks


@pytest.mark.parametrize("role", sorted(set(EXPECTED) - {"operator"}))
def test_a_job_is_seen_by_those_with_its_right_at_its_place(session: Session, clerk: Actor, place: str, role: str) -> None:
    job_id = queue(session, clerk, place, "assign")
    other = Actor(somebody(session, "other", role, place), "other", actor_named(session, "other").grants)
    set_actor(session, other)
    rows = session.scalar(text("SELECT count(*) FROM job JOIN job_progress ON job_id = id"))
    assert (rows == 1) is EXPECTED[role][1]
    if EXPECTED[role][1]:
        assert queries.job(session, other, job_id).public_id == job_id
    else:
        with pytest.raises(NotFound):
            queries.job(session, other, job_id)


def test_who_asked_sees_the_job_after_losing_the_right(session: Session, operator: Actor, clerk: Actor, place: str) -> None:
    job_id = queue(session, clerk, place, "assign")
    set_actor(session, operator)
    revoke_role(session, operator, GrantRole("clerk", Role.DATA_CLERK, place))
    former = actor_named(session, "clerk")
    assert seen(session, former, job_id)[0].state == "queued"


def test_a_right_elsewhere_shows_no_job_and_stops_none(session: Session, clerk: Actor, place: str) -> None:
    job_id = queue(session, clerk, place, "assign")
    other = Actor(somebody(session, "other", "data_clerk", place + "x"), "other", actor_named(session, "other").grants)
    set_actor(session, other)
    cancel(session, job_id)
    with pytest.raises(NotFound):
        queries.job(session, other, job_id)
    assert seen(session, clerk, job_id)[0].state == "queued"


def test_nobody_sees_no_job(session: Session, clerk: Actor, place: str) -> None:
    queue(session, clerk, place, "assign")
    set_actor(session, NOBODY)
    assert queries.jobs(session, NOBODY) == []
    assert session.scalar(text("SELECT count(*) FROM job_progress")) == 0


def test_nobody_asks_in_anothers_name(session: Session, operator: Actor, clerk: Actor, place: str) -> None:
    set_actor(session, clerk)
    forged = (
        "INSERT INTO job (kind, arguments, account_id, action, path) VALUES ('assign', '{}', :id, 'ground.import', CAST(:path AS ltree))"
    )
    with pytest.raises(ProgrammingError, match="row-level security"):
        session.execute(text(forged), {"id": operator.account_id, "path": place})


@pytest.mark.parametrize("statement", ["UPDATE job SET state = 'done'", "DELETE FROM job", "UPDATE job_progress SET attempts = 0"])
def test_how_a_job_ends_is_written_by_functions_alone(session: Session, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text(statement))


def test_a_finished_job_has_its_time(owner: Session) -> None:
    given = "INSERT INTO job (kind, arguments, account_id, action, path, state) SELECT 'x', '{}', id, 'x', '', 'done' FROM account LIMIT 1"
    with pytest.raises(IntegrityError, match="finished_when_not_queued"):
        owner.execute(text(given))


# Imports as jobs


def drawn(folder: Path, *names: str, header: str = "name") -> Path:
    rows = [
        {"type": "Feature", "properties": {header: name, "层级": "Grid"}, "geometry": mapping(ground)}
        for name, ground in draw(" ".join(names)).items()
    ]
    file = folder / "网格.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": rows}), encoding="utf-8")
    return file


def bring_in(session: Session, clerk: Actor, place: str, file: Path, **more: Any) -> tuple[queries.JobRow, dict[str, Any]]:
    arguments = {"jurisdiction": "here", "noun": "units", "path": str(file)} | more
    job_id = queue(session, clerk, place, "import", arguments=arguments)
    work(session)
    set_actor(session, clerk)
    job = queries.job(session, clerk, job_id)
    return job, dict(queries.result(session, job))


def units(session: Session) -> int:
    return session.execute(text("SELECT count(*) FROM unit_version WHERE upper_inf(valid)")).scalar_one()


def test_a_look_says_everything_and_writes_nothing(session: Session, clerk: Actor, place: str, tmp_path: Path) -> None:
    before = units(session)
    job, result = bring_in(session, clerk, place, drawn(tmp_path, "A", "B"))
    assert (job.state, job.counts) == ("done", {"new": 2})
    assert [row["outcome"] for row in result["rows"]] == ["new", "new"]
    assert [each["properties"]["key"] for each in result["shapes"]["features"]] == ["A", "B"]
    assert result["headers"] == ["name", "层级"]
    assert units(session) == before


def test_a_commit_writes_and_a_second_one_changes_nothing(session: Session, clerk: Actor, place: str, tmp_path: Path) -> None:
    file = drawn(tmp_path, "A", "B")
    first, _ = bring_in(session, clerk, place, file, commit=True)
    again, _ = bring_in(session, clerk, place, file, commit=True)
    assert (first.counts, again.counts) == ({"new": 2}, {"unchanged": 2})


def test_a_file_that_is_no_longer_kept_is_asked_for_again(session: Session, clerk: Actor, place: str, tmp_path: Path) -> None:
    job, result = bring_in(session, clerk, place, tmp_path / "gone.geojson")
    assert (job.state, str(finding_of(result))) == ("failed", "The file gone.geojson is no longer kept here; choose it again.")


def test_columns_are_remembered_for_the_next_file_of_the_source(session: Session, clerk: Actor, place: str, tmp_path: Path) -> None:
    file = drawn(tmp_path, "A", "B", header="叫法")
    _, first = bring_in(session, clerk, place, file, columns={"name": "叫法"}, commit=True)
    _, again = bring_in(session, clerk, place, file)
    _, other = bring_in(session, clerk, place, file, source="elsewhere")
    assert (first["remembered"], again["remembered"], other["remembered"]) == ([], ["name"], [])
    assert (again["columns"]["name"], other["columns"].get("name")) == ("叫法", None)


def test_a_look_leaves_no_columns_behind(session: Session, clerk: Actor, place: str, tmp_path: Path) -> None:
    file = drawn(tmp_path, "A", "B", header="叫法")
    bring_in(session, clerk, place, file, columns={"name": "叫法"})
    assert bring_in(session, clerk, place, file)[1]["remembered"] == []


def test_what_is_told_now_overrules_what_is_remembered(session: Session, clerk: Actor, place: str, tmp_path: Path) -> None:
    file = drawn(tmp_path, "A", "B", header="叫法")
    bring_in(session, clerk, place, file, columns={"name": "叫法"}, commit=True)
    _, told = bring_in(session, clerk, place, file, columns={"name": ""})
    assert ("name" in told["columns"], told["remembered"]) == (False, [])


def test_columns_of_another_place_are_not_seen(session: Session, clerk: Actor, place: str, tmp_path: Path) -> None:
    bring_in(session, clerk, place, drawn(tmp_path, "A", "B"), commit=True)
    stranger = somebody(session, "stranger", "data_clerk", place + "x")
    set_actor(session, Actor(stranger, "stranger"))
    assert session.scalar(text("SELECT count(*) FROM column_choice")) == 0


def test_the_action_is_that_of_the_job(session: Session, operator: Actor, clerk: Actor, place: str, kind: Callable[[Kind], None]) -> None:
    kind(add_scheme)
    with pytest.raises(NotAllowed):
        queue(session, clerk, place, action=Action.SET_UP)
    assert queue(session, operator, place, action=Action.SET_UP)
