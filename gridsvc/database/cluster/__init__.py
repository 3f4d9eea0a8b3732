"""The database an installation uses: a private PostgreSQL cluster, or a server of one's own.

The users of a private cluster share a lock: the first starts the server, the last stops it. The kernel drops the lock of a
user who dies, so a server left running is found by the next user and stopped by the last.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, Self
from urllib.parse import quote

from gridsvc.database.cluster import server
from gridsvc.database.cluster.creation import ROLES, create
from gridsvc.database.cluster.places import Places, prepare
from gridsvc.database.cluster.programs import for_data
from gridsvc.errors import Invalid
from gridsvc.settings import Settings


class Database(Protocol):
    """A database that answers for as long as it is open."""

    def url(self, role: str) -> str:
        """Return a libpq address for owner, app or reader."""

    def look_after(self) -> None:
        """Start the server again if it has died."""

    def close(self) -> None:
        """Say that it is no longer needed; the last user stops a private server."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


def open(settings: Settings) -> Database:  # noqa: A001  # callers read cluster.open(settings)
    """Return the database of this installation, running; use it as a context manager or close it.

    Raises Conflict or Invalid with a sentence where it cannot run: no PostgreSQL, another version or owner, a full disk.
    """
    return Own(settings) if settings.database_url else Private(settings.data_dir)


class Own:
    """A server of the installation's own, which others look after."""

    def __init__(self, settings: Settings) -> None:
        self._urls = {"app": settings.database_url, "reader": settings.database_url, "owner": settings.owner_database_url}

    def url(self, role: str) -> str:
        """Return the address from the settings; raise Invalid where the owner's is asked for and not given."""
        if url := self._urls.get(role):
            return url
        raise Invalid("This needs the database's {role}; GRIDSVC_OWNER_DATABASE_URL must name the server as that role.", role=role)

    def look_after(self) -> None:
        """Leave it to those who run the server."""

    def close(self) -> None:
        """Leave it running."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Private:
    """The installation's private cluster, made at first use, kept running while anybody has it open."""

    def __init__(self, data_dir: Path) -> None:
        self.places = Places(data_dir.resolve())
        self._pid = os.getpid()
        os.environ.pop("PGPASSWORD", None)  # libpq would prefer it to the password files
        prepare(self.places)
        with self._changing():
            self._use = _lock(self.places.data_dir / "cluster.users", fcntl.LOCK_SH)
            try:
                if not self.places.home.exists():
                    create(self.places)
                server.ensure_running(self.places)
            except BaseException:
                _unlock(self._use)
                raise

    def url(self, role: str, database: str = "gridsvc") -> str:
        """Return a libpq address for owner, app, reader or superuser; the password stands in a file that it names."""
        socket, passwords = (quote(str(path), safe="") for path in (self.places.socket, self.places.password_file(role)))
        return f"postgresql://{ROLES[role]}@/{database}?host={socket}&passfile={passwords}"

    def look_after(self) -> None:
        """Start the server again if it has died."""
        if not server.alive(self.places.data):
            with self._changing():
                server.ensure_running(self.places)

    def close(self) -> None:
        """Give the cluster up; stop it when nobody else uses it. A forked child gives up nothing."""
        if self._use < 0 or os.getpid() != self._pid:
            return
        with self._changing():
            use, self._use = self._use, -1
            try:
                fcntl.flock(use, fcntl.LOCK_EX | fcntl.LOCK_NB)
                server.stop(for_data(self.places.data), self.places.data)
            except BlockingIOError:
                pass  # somebody else uses it still
            finally:
                _unlock(use)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Hold the lock under which the cluster is made, started and stopped."""
        file = _lock(self.places.data_dir / "cluster.lock", fcntl.LOCK_EX)
        try:
            yield
        finally:
            _unlock(file)


_locked: set[int] = set()
"""The open files that hold this process's locks."""


def _lock(path: Path, kind: int) -> int:
    """Open and lock a file; unlocking it, or dying, gives the lock back."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    _locked.add(file)
    fcntl.flock(file, kind)
    return file


def _unlock(file: int) -> None:
    _locked.discard(file)
    os.close(file)


def _hold_nothing() -> None:
    """Close in a forked child what would hold its parent's locks beyond the parent's life."""
    for file in _locked:
        os.close(file)
    _locked.clear()


os.register_at_fork(after_in_child=_hold_nothing)
