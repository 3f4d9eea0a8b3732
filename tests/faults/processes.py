"""The service as processes of the machine: started, asked whether it answers, counted, killed."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from pathlib import Path

from gridsvc.settings import Settings
from tests.clusters import environment, eventually


def free_port() -> int:
    """Return a port that nobody uses, below those that the kernel lends to connections: one of them could have it between two starts."""
    while True:
        port = random.randrange(20_000, 32_000)  # noqa: S311  # no secret
        with socket.socket() as attempt, suppress(OSError):
            attempt.bind(("127.0.0.1", port))
            return port


def start(settings: Settings, port: int, stderr: int | None = None, **more: str) -> subprocess.Popen[str]:
    """Start the service; what it complains of is shown with the test, unless `stderr` takes it elsewhere."""
    command = [sys.executable, "-m", "gridsvc", "serve"]
    own = environment(settings, GRIDSVC_PORT=str(port), GRIDSVC_WORKERS="1", **more)
    return subprocess.Popen(command, env=own, stdout=subprocess.PIPE, stderr=stderr, text=True, start_new_session=True)


@contextmanager
def serving(settings: Settings, port: int, **more: str) -> Iterator[subprocess.Popen[str]]:
    """Run the service, from when it answers; whatever is left of it afterwards is killed."""
    with start(settings, port, **more) as process:
        try:
            if not more:
                eventually(lambda: process.poll() is not None or answers(port))
            assert process.poll() is None, "the service has ended by itself"
            yield process
        finally:
            eventually(lambda: not killed(settings))


def answers(port: int, path: str = "readyz") -> bool:
    """Answer whether the service says there that it is ready."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=10) as answer:
            return answer.status == 200
    except (OSError, HTTPException):
        return False


def alive(settings: Settings) -> set[int]:
    """Return the processes of this installation's service, orphans included; those of its database are none of them."""
    mark = f"GRIDSVC_DATA_DIR={settings.data_dir}".encode()
    return {int(entry.name) for entry in Path("/proc").glob("[0-9]*") if mark in _words(entry / "environ")}


def killed(settings: Settings) -> set[int]:
    """Kill all processes of the service; return those that there were."""
    found = alive(settings)
    for pid in found:
        kill(pid)
    return found


def kill(pid: int) -> None:
    """Kill a process; one that has just ended is no fault."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def job_workers(settings: Settings) -> set[int]:
    """Return the processes that do jobs: one, or none while it is replaced."""
    return {pid for pid in alive(settings) if b"work" in _words(Path(f"/proc/{pid}/cmdline"))}


def workers(settings: Settings, process: subprocess.Popen[str]) -> set[int]:
    """Return the processes that serve: one, or none while it is replaced."""
    return {pid for pid in alive(settings) - {process.pid} if b"serve" in _words(Path(f"/proc/{pid}/cmdline"))}


def _words(file: Path) -> list[bytes]:
    """Return the words of a file of the kernel's; none of a process that has ended, even if nobody has asked how."""
    try:
        return file.read_bytes().split(b"\0")
    except OSError:
        return []
