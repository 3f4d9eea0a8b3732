"""`gridsvc work`: do the jobs that are asked for, one after the other."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

import click
import psycopg

from gridsvc.database import cluster
from gridsvc.errors import Busy
from gridsvc.operations import audit_seals
from gridsvc.parent import end_with, orphaned
from gridsvc.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

CHANNEL = "gridsvc_jobs"
"""Where a new job is announced."""
LOOK_S = 5.0
"""How often a waiting worker looks without being told."""
SEAL_S = 180.0
"""How often it looks whether there is something of the trail to seal."""
RENEW_S = 3600.0
"""How often it renews what is told of posts and organisations."""
QUIET_LOOKS = 3
"""After so many looks at nothing a worker has time to spare."""
RETRY_S = 1.0
"""How long it waits before it asks a database again that does not answer."""


@click.command("work", help="Do the jobs that wait, and those to come, until Ctrl-C; `gridsvc serve` starts one such worker by itself.")
@click.option("--parent", type=int, hidden=True, help="End with this process.")
@click.option("--once", is_flag=True, help="End when no job waits.")
def command(*, parent: int | None, once: bool) -> None:
    """Work; a parent has brought the database up to date already."""
    if parent is not None:
        end_with(parent)
    settings = Settings.from_environment()
    with cluster.open(settings) as database:
        if parent is None:
            from gridsvc.database.install import bring_up_to_date  # noqa: PLC0415  # waiting should cost next to nothing

            bring_up_to_date(settings, database)
        work(settings, database.url("app"), once=once, parent=parent)


def work(settings: Settings, url: str, *, once: bool = False, parent: int | None = None) -> None:
    """Do jobs of the database at this address of the app role until told to end or the parent dies; with `once`, until none waits.

    A lost connection is taken up again, and the job that it cut off is begun anew.
    """
    while not orphaned(parent):
        try:
            with psycopg.connect(url, autocommit=True) as side:
                side.execute(f"LISTEN {CHANNEL}".encode())
                _listen(settings, url, side, once=once, parent=parent)
                return
        except psycopg.OperationalError:
            time.sleep(RETRY_S)


def _listen(settings: Settings, url: str, side: psycopg.Connection[Any], *, once: bool, parent: int | None) -> None:
    seal_at, renew_at, quiet = time.monotonic(), time.monotonic() + LOOK_S * QUIET_LOOKS, 0
    while not orphaned(parent):
        [due_s] = side.execute("SELECT job_waits_in_s()").fetchone() or [None]
        waits = due_s == 0
        if waits and _do_next(settings, url, side):
            continue
        if once and not waits:
            return
        if time.monotonic() >= seal_at:
            _seal(settings, side)
            seal_at = time.monotonic() + SEAL_S
        if time.monotonic() >= renew_at:
            _renew(settings, url)
            renew_at = time.monotonic() + RENEW_S
        quiet = 0 if list(side.notifies(timeout=min(due_s or LOOK_S, LOOK_S), stop_after=1)) else quiet + 1
        if quiet == QUIET_LOOKS:
            _warm_up()


@cache
def _warm_up() -> subprocess.Popen[bytes]:
    """Have what building needs compiled once, so that the first build finds it on the disk."""
    return subprocess.Popen([sys.executable, "-m", "gridsvc.warm", str(os.getpid())])  # noqa: S603  # ours


def _seal(settings: Settings, side: psycopg.Connection[Any]) -> None:
    """Seal what of the trail is not sealed; while somebody writes a long transaction it waits for the next time."""
    if side.execute("SELECT audit_is_unsealed()").fetchone() == (True,):
        with suppress(Busy):
            audit_seals.seal(side, settings.audit_heads)


def _do_next(settings: Settings, url: str, side: psycopg.Connection[Any]) -> bool:
    """Do a job and answer whether there was one."""

    def run(session: Session) -> bool:
        from gridsvc.operations.job_running import run_next  # noqa: PLC0415  # a worker that waits has no use for it

        return run_next(session, side)

    return _in_session(settings, url, run)


def _renew(settings: Settings, url: str) -> None:
    """Renew the notices; what fails is logged, and tried again the next time."""
    import structlog  # noqa: PLC0415  # a worker that waits has no use for it
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415  # the same

    from gridsvc.operations.notices import renew  # noqa: PLC0415  # the same

    try:
        _in_session(settings, url, lambda session: bool(renew(session)))
    except DBAPIError as error:
        structlog.get_logger().error("notices", exc_info=error)


def _in_session(settings: Settings, url: str, act: Callable[[Session], bool]) -> bool:
    """Do something in a transaction of nobody's; what it needs is imported with the first of them."""
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415  # a worker that waits has no use for it

    from gridsvc.database import freshness, session  # noqa: PLC0415  # the same
    from gridsvc.domain.permissions import NOBODY  # noqa: PLC0415  # the same
    from gridsvc.sealing import use_keys  # noqa: PLC0415  # the same

    engine = session.connect(url)
    freshness.keep_mark(settings.data_dir / "run" / "generation")
    use_keys(settings.data_dir / "keys")
    try:
        with session.transaction(NOBODY) as opened:
            return act(opened)
    except OperationalError as error:
        raise psycopg.OperationalError(str(error)) from error
    finally:
        engine.dispose()
