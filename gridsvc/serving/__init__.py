"""Serve pages and API: processes under granian, a database that is looked after, https where phones need it."""

from __future__ import annotations

import dataclasses
import gc
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import structlog
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from gridsvc.database.cluster import Database
from gridsvc.database.freshness import keep_mark
from gridsvc.database.resident import warm
from gridsvc.database.session import connect
from gridsvc.errors import Conflict, GridError
from gridsvc.serving.jobs import Worker
from gridsvc.serving.worker import application
from gridsvc.settings import Settings

LOOK_S = 1.0
"""How often the database's server and the worker are looked at."""
STOP_S = 10
"""How long a worker may finish its requests."""


@dataclasses.dataclass(frozen=True, slots=True)
class Listening:
    """Where the service listens and how it proves who it is."""

    address: str
    port: int
    certificate: Path | None = None
    key: Path | None = None


@contextmanager
def reserved(where: Listening) -> Iterator[None]:
    """Keep the port for this process while the database is made ready and served; granian itself would share one with anybody.

    Raises Conflict when the port cannot be used.
    """
    family = socket.AF_INET6 if ":" in where.address else socket.AF_INET
    with socket.socket(family) as kept:
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections that are ending stop nobody
        try:
            kept.bind((where.address, where.port))
        except OSError as error:
            raise Conflict(
                "Port {port} of {address} cannot be used: {reason}. GRIDSVC_PORT chooses another.",
                port=where.port,
                address=where.address,
                reason=error.strerror,
            ) from error
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)  # from now on whoever else tries is refused,
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # save granian in this process, which asks for sharing
        yield


def serve(settings: Settings, database: Database, where: Listening, ready: Callable[[], None]) -> None:
    """Serve until Ctrl-C, SIGTERM or the end of the terminal; `ready` is called when the workers are being started.

    A process that dies is replaced, that of the jobs too; a private database server that dies is started again.
    """
    multiprocessing.set_start_method("fork", force=True)  # what this process has imported, workers need not import again
    # Workers get the app's address alone: they neither look after the cluster nor know the owner.
    served = dataclasses.replace(settings, database_url=database.url("app"), owner_database_url=None)
    server = _server(settings, where)
    ignores_hangup = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN

    @server.on_startup
    def begin() -> None:
        # Granian has taken SIGHUP to start the workers anew; a closed terminal should end them, unless nohup says otherwise.
        signal.signal(signal.SIGHUP, signal.SIG_IGN if ignores_hangup else server.signal_handler_interrupt)
        ready()

    _warm(served)
    with _looking_after(database, served):
        try:
            server.serve(target_loader=partial(application, served, os.getpid()), wrap_loader=False)
        except SystemExit:
            if not server.interrupt_signal:  # workers that SIGTERM reached before their parent are no failure
                raise


def _warm(served: Settings) -> None:
    """Read public ground before the workers are forked, so that none reads it again and memory holds it once."""
    engine = connect(str(served.database_url))
    keep_mark(served.data_dir / "run" / "generation")
    warm()
    engine.dispose()  # a connection cannot be shared with a fork
    gc.freeze()  # no search for garbage goes through it again, in no worker: that would take a moment, and memory of its own


def _server(settings: Settings, where: Listening) -> MPServer:
    return MPServer(
        "gridsvc.serving.worker:application",
        address=where.address,
        port=where.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=1,
        http=HTTPModes.http1,
        ssl_cert=where.certificate,
        ssl_key=where.key,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_S,
        log_level=LogLevels.critical,
    )


@contextmanager
def _looking_after(database: Database, served: Settings) -> Iterator[None]:
    over = threading.Event()
    worker = Worker(served)

    def look() -> None:
        while not over.wait(LOOK_S):
            try:
                database.look_after()
                worker.look_after()
            except (GridError, OSError) as error:
                structlog.get_logger().error("database", reason=str(error))  # the next look tries again

    thread = threading.Thread(target=look, name="look-after")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        worker.end(STOP_S)
