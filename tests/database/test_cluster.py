"""The private cluster: made whole or not at all, shared, and back after every kind of death."""

from __future__ import annotations

import multiprocessing
import os
import pwd
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from gridsvc.database import cluster
from gridsvc.database.cluster import creation, places, programs, server
from gridsvc.errors import Conflict, Invalid
from gridsvc.settings import Settings
from tests.clusters import PATIENCE_S, ask, copy, empty_installation, eventually, postmaster, running


@pytest.fixture
def settings() -> Iterator[Settings]:
    with empty_installation() as settings:
        yield settings


@pytest.fixture(scope="module")
def stored() -> Iterator[Settings]:
    """A finished, stopped cluster."""
    with empty_installation() as settings:
        with cluster.open(settings) as database:
            ask(database, "CREATE TABLE kept AS SELECT 7 AS n")
        yield settings


@pytest.fixture
def made(settings: Settings, stored: Settings) -> Settings:
    """A copy of it, to be broken."""
    copy(stored, settings)
    return settings


@pytest.fixture(scope="module")
def opened(stored: Settings) -> Iterator[cluster.Database]:
    """It itself, running, for looking only."""
    with empty_installation() as settings:
        copy(stored, settings)
        with cluster.open(settings) as database:
            yield database


def use_and_wait(settings: Settings, opened: object, leave: object) -> None:
    with cluster.open(settings):
        opened.set()
        leave.wait(PATIENCE_S)


def another_user(settings: Settings) -> tuple[multiprocessing.Process, object]:
    """Start another process that has the cluster open until it is told to leave."""
    context = multiprocessing.get_context("spawn")
    opened, leave = context.Event(), context.Event()
    process = context.Process(target=use_and_wait, args=(settings, opened, leave))
    process.start()
    assert opened.wait(PATIENCE_S)
    return process, leave


def test_a_new_cluster_answers_all_roles(settings: Settings) -> None:
    with cluster.open(settings) as database:
        assert [ask(database, "SELECT current_user", role) for role in ("owner", "app", "reader")] == [
            "gridsvc_owner",
            "gridsvc_app",
            "gridsvc_reader",
        ]


def test_no_role_of_the_service_is_superuser_or_passes_row_security(opened: cluster.Database) -> None:
    assert ask(opened, "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'gridsvc%' AND (rolsuper OR rolbypassrls OR rolcreaterole)") == 0


def test_the_extensions_are_there(opened: cluster.Database) -> None:
    found = ask(opened, "SELECT array_agg(extname::text ORDER BY extname) FROM pg_extension WHERE extname <> 'plpgsql'")
    assert found == ["btree_gist", "ltree", "pg_trgm", "postgis"]


def test_app_and_reader_cannot_make_tables(opened: cluster.Database) -> None:
    for role in ("app", "reader"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(opened, "CREATE TABLE public.mine (n int)", role)


def test_nobody_comes_in_without_the_password(opened: cluster.Database) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(opened.url("app").split("&passfile")[0] + "&passfile=/dev/null")


def test_the_server_listens_on_no_network(opened: cluster.Database) -> None:
    assert ask(opened, "SHOW listen_addresses") == ""


def test_writes_survive_the_power_cut(opened: cluster.Database) -> None:
    assert [ask(opened, f"SHOW {name}") for name in ("fsync", "full_page_writes", "data_checksums")] == ["on", "on", "on"]


def test_secrets_are_for_one_user_only(made: Settings) -> None:
    with cluster.open(made):
        where = places.Places(made.data_dir)
        secret = [where.password_file(role) for role in creation.ROLES]
        assert {stat.S_IMODE(path.stat().st_mode) for path in secret} == {0o600}
        assert {stat.S_IMODE(path.stat().st_mode) for path in (where.data, where.socket, where.home / "passwords")} == {0o700}


def test_data_are_there_the_next_time(made: Settings) -> None:
    for _ in range(2):
        with cluster.open(made) as database:
            assert ask(database, "SELECT n FROM kept") == 7


def test_the_last_user_stops_it(made: Settings) -> None:
    first, second = cluster.open(made), cluster.open(made)
    first.close()
    assert running(made)
    second.close()
    assert not running(made)


def test_another_process_keeps_it_running(made: Settings) -> None:
    process, leave = another_user(made)
    with cluster.open(made) as database:
        leave.set()
        process.join(PATIENCE_S)
        assert ask(database, "SELECT n FROM kept") == 7
    assert not running(made)


def test_a_forked_child_does_not_keep_it_running(made: Settings) -> None:
    forked = multiprocessing.get_context("fork")
    with cluster.open(made):
        child = forked.Process(target=time.sleep, args=(PATIENCE_S,))
        child.start()
    try:
        assert not running(made)
    finally:
        child.kill()
        child.join()


def test_a_user_who_is_killed_does_not_keep_it_running(made: Settings) -> None:
    process, _ = another_user(made)
    os.kill(process.pid, signal.SIGKILL)
    process.join(PATIENCE_S)
    assert running(made)
    with cluster.open(made):
        pass
    assert not running(made)


def test_it_comes_back_after_the_server_is_killed(made: Settings) -> None:
    with cluster.open(made) as database:
        ask(database, "INSERT INTO kept VALUES (8)")
        os.kill(postmaster(made), signal.SIGKILL)
        eventually(lambda: not running(made))
        database.look_after()
        assert ask(database, "SELECT sum(n) FROM kept") == 15


def test_it_comes_back_after_everything_is_killed(made: Settings) -> None:
    process, _ = another_user(made)
    for pid in (process.pid, *server.processes(places.Places(made.data_dir).data)):
        with suppress(ProcessLookupError):  # the server's processes end with the first of them
            os.kill(pid, signal.SIGKILL)
    process.join(PATIENCE_S)
    with cluster.open(made) as database:
        assert ask(database, "SELECT n FROM kept") == 7


def test_a_backend_that_outlives_the_server_does_not_block_the_next(made: Settings) -> None:
    with cluster.open(made) as database, psycopg.connect(database.url("owner")) as connection:
        backend = connection.info.backend_pid
        os.kill(backend, signal.SIGSTOP)  # it cannot notice that the server is gone
        os.kill(postmaster(made), signal.SIGKILL)
        eventually(lambda: not running(made))
        database.look_after()
        assert ask(database, "SELECT n FROM kept") == 7
        assert backend not in server.processes(places.Places(made.data_dir).data)


def test_a_number_in_the_pid_file_that_belongs_to_another_program_stops_nobody(made: Settings) -> None:
    where = places.Places(made.data_dir)
    other = subprocess.Popen(["sleep", str(PATIENCE_S)], user=places.runner().pw_name if os.geteuid() == 0 else None)
    (where.data / "postmaster.pid").write_text(f"{other.pid}\n{where.data}\n1\n5432\n{where.socket}\n\n 1 1\n")
    try:
        with cluster.open(made) as database:
            assert ask(database, "SELECT n FROM kept") == 7
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_the_server_has_a_session_of_its_own(made: Settings) -> None:
    with cluster.open(made):
        assert os.getsid(postmaster(made)) != os.getsid(0)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes to another user")
def test_root_does_not_run_the_server(made: Settings) -> None:
    with cluster.open(made):
        assert Path(f"/proc/{postmaster(made)}").stat().st_uid == pwd.getpwnam(places.UNPRIVILEGED).pw_uid


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user needs to pass through nothing")
def test_root_is_told_about_a_folder_that_nobody_else_may_pass(settings: Settings) -> None:
    settings.data_dir.chmod(0o700)
    with pytest.raises(Invalid, match="cannot pass through"):
        cluster.open(settings)
    settings.data_dir.chmod(0o755)


def test_a_path_too_long_for_a_socket_gets_a_short_one(tmp_path: Path) -> None:
    deep = places.Places(tmp_path / ("x" * 120))
    assert len(os.fsencode(deep.socket / ".s.PGSQL.5432")) <= places.SOCKET_PATH_BYTES
    assert deep.socket != places.Places(tmp_path / ("y" * 120)).socket


def test_a_folder_with_quotes_and_spaces_serves_too(made: Settings) -> None:
    odd = made.data_dir / 'it\'s $HOME; a "folder"'
    odd.mkdir(mode=0o755)
    (made.data_dir / "cluster").rename(odd / "cluster")
    with cluster.open(Settings(data_dir=odd)) as database:
        assert ask(database, "SELECT n FROM kept") == 7


def test_a_socket_folder_that_others_may_enter_is_refused(made: Settings) -> None:
    places.Places(made.data_dir).socket.mkdir()
    with pytest.raises(Conflict, match="only"):
        cluster.open(made)


def test_data_of_another_version_are_refused_untouched(made: Settings) -> None:
    version = places.Places(made.data_dir).data / "PG_VERSION"
    version.write_text("12\n")
    with pytest.raises(Conflict, match="made by PostgreSQL 12"):
        cluster.open(made)
    assert version.read_text() == "12\n"
    assert not running(made)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_data_of_another_owner_are_refused(made: Settings) -> None:
    os.chown(places.Places(made.data_dir).data, 12345, 12345)
    with pytest.raises(Conflict, match="belongs to 12345"):
        cluster.open(made)


def test_a_machine_without_postgis_is_told_what_is_missing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "DEBIAN", settings.data_dir / "none")
    with pytest.raises(Conflict, match="PostGIS is not installed"):
        cluster.open(settings)


def test_a_full_disk_is_told_before_anything_is_made(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(creation, "NEEDED_MB", 10**12)
    with pytest.raises(Conflict, match="is full"):
        cluster.open(settings)
    assert not list(settings.data_dir.glob("cluster*/"))


def test_a_failure_half_way_leaves_nothing_and_the_next_start_succeeds(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(creation, "SUPERUSER", "SELECT no_such_thing;")
        with pytest.raises(Conflict, match="no_such_thing"):
            cluster.open(settings)
    assert not [path for path in settings.data_dir.glob("cluster*") if path.is_dir()]
    with cluster.open(settings) as database:
        assert ask(database, "SELECT 1") == 1


def test_what_a_killed_creation_left_is_cleared_away(settings: Settings) -> None:
    where = places.Places(settings.data_dir)
    (where.unfinished / "data").mkdir(parents=True)
    with cluster.open(settings) as database:
        assert ask(database, "SELECT 1") == 1
    assert not where.unfinished.exists()


def test_a_server_of_ones_own_is_left_alone() -> None:
    own = Settings(data_dir=Path("/nowhere"), database_url="postgresql://app@db/x", owner_database_url="postgresql://owner@db/x")
    with cluster.open(own) as database:
        assert (database.url("app"), database.url("owner")) == ("postgresql://app@db/x", "postgresql://owner@db/x")


def test_a_server_of_ones_own_needs_the_owner_named() -> None:
    with pytest.raises(Invalid, match="GRIDSVC_OWNER_DATABASE_URL"):
        cluster.open(Settings(data_dir=Path("/nowhere"), database_url="postgresql://app@db/x")).url("owner")


def test_many_at_once_share_one_server(made: Settings) -> None:
    users = [another_user(made) for _ in range(3)]
    assert len({postmaster(made)}) == 1
    for process, leave in users:
        leave.set()
        process.join(PATIENCE_S)
    eventually(lambda: not running(made))
