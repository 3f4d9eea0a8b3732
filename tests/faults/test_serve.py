"""The service as people meet it: started, killed, started again."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from urllib.error import HTTPError

import pytest

from gridsvc.cli import EXIT_CODES
from gridsvc.database import cluster
from gridsvc.database.cluster import server
from gridsvc.database.cluster.places import Places
from gridsvc.database.install import install
from gridsvc.errors import Conflict
from gridsvc.settings import Settings
from tests.clusters import PATIENCE_S, copy, empty_installation, environment, eventually, has_another_server, postmaster, running
from tests.faults.processes import alive, answers, free_port, job_workers, kill, serving, start, workers


@pytest.fixture(scope="module")
def stored() -> Iterator[Settings]:
    """An installation with tables, stopped."""
    with empty_installation() as settings:
        with cluster.open(settings) as database:
            install(database.url("owner"))
        yield settings


@pytest.fixture
def settings(stored: Settings) -> Iterator[Settings]:
    with empty_installation() as settings:
        copy(stored, settings)
        yield settings


def test_it_says_where_to_go_and_answers(settings: Settings) -> None:
    port = free_port()
    with serving(settings, port) as process:
        assert f"http://127.0.0.1:{port}" in process.stdout.readline()
        eventually(lambda: answers(port, "healthz"))


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_stops_cleanly_with_its_cluster(settings: Settings, how: signal.Signals) -> None:
    port = free_port()
    with serving(settings, port) as process:
        os.killpg(process.pid, how)  # as a terminal does: all of the group
        assert process.wait(PATIENCE_S) == 0
    assert not running(settings)
    assert not answers(port)


@pytest.mark.parametrize("after_s", [0.0, 0.1, 0.3])
def test_ctrl_c_while_workers_start_ends_without_a_word(settings: Settings, after_s: float) -> None:
    with start(settings, free_port(), stderr=subprocess.PIPE) as process:
        process.stdout.readline()  # it says where to go when the workers are being started
        time.sleep(after_s)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, said) == (0, "")


def test_a_killed_database_server_comes_back(settings: Settings) -> None:
    port = free_port()
    with serving(settings, port):
        before = postmaster(settings)
        kill(before)
        eventually(lambda: has_another_server(settings, before))
        eventually(lambda: answers(port))


def test_without_the_database_readers_are_asked_for_patience(settings: Settings) -> None:
    with serving(settings, port := free_port()) as process:
        os.kill(process.pid, signal.SIGSTOP)  # nobody starts it again
        os.kill(postmaster(settings), signal.SIGKILL)
        eventually(lambda: not server.processes(Places(settings.data_dir).data))
        with pytest.raises(HTTPError) as refused:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/map/nowhere", timeout=PATIENCE_S)
    assert (refused.value.code, refused.value.headers["Retry-After"]) == (503, "5")
    refused.value.close()


def test_a_killed_worker_is_replaced(settings: Settings) -> None:
    port = free_port()
    with serving(settings, port) as process:
        [before] = workers(settings, process)
        kill(before)
        eventually(lambda: bool(workers(settings, process) - {before}))
        eventually(lambda: answers(port))


def test_a_killed_worker_of_jobs_is_replaced(settings: Settings) -> None:
    with serving(settings, free_port()):
        [before] = job_workers(settings)
        kill(before)
        eventually(lambda: bool(job_workers(settings) - {before}))


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_the_worker_of_jobs_ends_with_the_service(settings: Settings, how: signal.Signals) -> None:
    with serving(settings, free_port()) as process:
        assert job_workers(settings)
        os.kill(process.pid, how)
        process.wait()
        eventually(lambda: not job_workers(settings))


def test_a_killed_service_leaves_no_worker_and_starts_again(settings: Settings) -> None:
    port = free_port()
    with serving(settings, port) as process:
        kill(process.pid)
        process.wait()
        eventually(lambda: not alive(settings))
    with serving(settings, port):
        assert alive(settings)


def test_a_taken_port_is_said_before_the_database_is_started(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "gridsvc", "serve"],
            env=environment(settings, GRIDSVC_PORT=str(port)),
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == EXIT_CODES[Conflict]
    assert done.stderr == f"Port {port} of 127.0.0.1 cannot be used: Address already in use. GRIDSVC_PORT chooses another.\n"
    assert not (settings.data_dir / "cluster.lock").exists()


def test_the_local_network_gets_https_and_a_code_to_scan(settings: Settings) -> None:
    port = free_port()
    with serving(settings, port, GRIDSVC_HOST="lan") as process:
        said = "".join(process.stdout.readline() for _ in range(10))
        trust = ssl.create_default_context(cafile=str(settings.data_dir / "tls" / "authority.crt"))

        def trusted() -> bool:
            try:
                with urllib.request.urlopen(f"https://localhost:{port}/readyz", timeout=5, context=trust) as answer:
                    return json.load(answer)["database"]
            except OSError:
                return False

        eventually(trusted)
    assert "https://" in said
    assert "█" in said or "▀" in said
