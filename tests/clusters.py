"""Installations of a test's own, for tests that stop, kill, fill or break them."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from gridsvc.database import cluster
from gridsvc.database.cluster import places, server
from gridsvc.settings import Settings

IN_MEMORY = Path("/dev/shm")  # noqa: S108  # mkdtemp makes a folder of its own there
"""Where a cluster that lives for seconds need not wait for a busy disk, if there is room."""
ENOUGH_MB = 2000
PATIENCE_S = 600
"""How long a test waits for what has to happen: far longer than it takes, since a machine may do much else meanwhile."""


def eventually(condition: Callable[[], bool]) -> None:
    """Return as soon as the condition holds; fail where it never does."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, f"this did not come true within {PATIENCE_S} s"
        time.sleep(0.02)


def _room_mb(folder: Path) -> int:
    return shutil.disk_usage(folder).free >> 20 if folder.is_dir() else 0


@contextmanager
def empty_installation() -> Iterator[Settings]:
    """Give a folder that the cluster's user may pass through, which pytest's own is not; whatever runs there is ended."""
    folder = Path(tempfile.mkdtemp(prefix="gridsvc-test-", dir=IN_MEMORY if _room_mb(IN_MEMORY) > ENOUGH_MB else None))
    folder.chmod(0o755)
    try:
        yield Settings(data_dir=folder, workers=1)
    finally:
        server.clear(places.Places(folder).data)
        shutil.rmtree(folder)


def copy(source: Settings, target: Settings) -> None:
    """Copy a stopped cluster, owners included."""
    subprocess.run(["cp", "-a", str(source.data_dir / "cluster"), str(target.data_dir)], check=True)


def ask(database: cluster.Database, sql: str, role: str = "owner") -> object:
    """Run one statement as this role; return the first value of its answer."""
    with psycopg.connect(database.url(role)) as connection:
        cursor = connection.execute(sql.encode())
        return cursor.fetchone()[0] if cursor.description else None


def postmaster(settings: Settings) -> int:
    """Return the number of the main server process."""
    return int((places.Places(settings.data_dir).data / "postmaster.pid").read_text().split()[0])


def running(settings: Settings) -> bool:
    """Answer whether the server runs."""
    return server.alive(places.Places(settings.data_dir).data)


def has_another_server(settings: Settings, before: int) -> bool:
    """Answer whether a server runs that is not the one of this number."""
    with suppress(OSError, IndexError, ValueError):  # its file is being written, or cleared away
        return running(settings) and postmaster(settings) != before
    return False


def environment(settings: Settings, **more: str) -> dict[str, str]:
    """Return what a program started for this installation needs to know."""
    return {**os.environ, "GRIDSVC_DATA_DIR": str(settings.data_dir), "GRIDSVC_LANGUAGE": "en", **more}
