"""A number that grows with every change of public data, so that each process knows when its copy is old."""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import TypeVar

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

from gridsvc.database.session import after_commit, one_snapshot

Answer = TypeVar("Answer")

RETRY_S = 5
CHANNEL = "gridsvc_ground"
"""Where changes are announced to processes of other machines."""
MOST_LOOKS = 3
"""So often an answer is made anew because the ground changed under it; under a flood of imports it is as good as it gets then."""

_NUMBER = struct.Struct("<Q")
_file: int | None = None


def keep_mark(file: Path) -> None:
    """Use this small shared file for the number; it is made when absent."""
    global _file  # noqa: PLW0603  # one mark a process, chosen by the edge at its start
    if _file is not None:
        os.close(_file)
    file.parent.mkdir(parents=True, exist_ok=True)
    _file = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)


def generation() -> int:
    """Return the number as of now; one read of eight bytes."""
    if _file is None:
        return 0
    written = os.pread(_file, _NUMBER.size, 0)
    return int(_NUMBER.unpack(written)[0]) if len(written) == _NUMBER.size else 0


def in_one_state(answer: Callable[[], Answer]) -> Answer:
    """Return what is answered from one state of the database: from before or after an edition that comes meanwhile, never of both."""
    for _ in range(MOST_LOOKS):
        seen = generation()
        with one_snapshot():
            found = answer()
        if seen == generation():  # else part of it may come from memory, which has changed
            break
    return found


def raise_generation() -> None:
    """Make every process of this machine read public data anew before its next answer."""
    if _file is None:
        return
    fcntl.flock(_file, fcntl.LOCK_EX)
    try:
        os.pwrite(_file, _NUMBER.pack(generation() + 1), 0)
    finally:
        fcntl.flock(_file, fcntl.LOCK_UN)


def follow(url: str) -> None:
    """Hear of changes made on other machines, in a thread of this process, and raise the number here for each.

    The net under the shared file, and the way with a database of several machines; a lost connection is taken up again.
    """
    Thread(target=_follow, args=(url,), daemon=True, name="freshness").start()


def _follow(url: str) -> None:
    while True:
        try:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(f"LISTEN {CHANNEL}")
                for heard in connection.notifies():
                    if heard.payload != _here():
                        raise_generation()
        except psycopg.OperationalError:
            time.sleep(RETRY_S)
            raise_generation()  # whatever was announced meanwhile


def _here() -> str:
    """Return what tells this machine's announcements from those of others."""
    return f"{socket.gethostname()}:{os.fstat(_file).st_ino}" if _file is not None else ""


def ground_changed(session: Session) -> None:
    """Announce, once this transaction is committed and before its writer is answered, that public data changed."""
    session.execute(text("SELECT pg_notify(:channel, :here)"), {"channel": CHANNEL, "here": _here()})
    if raise_generation not in session.info.get("after_commit", ()):
        after_commit(session, raise_generation)
