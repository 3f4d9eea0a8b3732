"""Start, stop and look after the server process of one data directory."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from gridsvc.database.cluster.places import Places, runner
from gridsvc.database.cluster.programs import Programs, for_data
from gridsvc.errors import Conflict

START_S = 300
"""How long recovery after a crash may take."""
STOP_S = 60
ACCEPTING, STARTING_OR_STOPPING = 0, 1
"""What pg_isready answers with its exit code; anything else is no answer."""
SPARE_MB = 32
"""With less than this free, a failure to start is put down to the full disk."""

CONFIGURATION = """\
# Written by gridsvc at every start.
listen_addresses = ''
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = {shared_mb}MB
effective_cache_size = {cache_mb}MB
work_mem = 16MB
maintenance_work_mem = 128MB
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
logging_collector = on
log_directory = 'log'
log_filename = 'postgresql-%a.log'
log_truncate_on_rotation = on
log_rotation_age = 1d
log_rotation_size = 0
"""


def ensure_running(places: Places) -> None:
    """Return when the server accepts connections, starting it where it does not run; the caller holds the lock for changes."""
    programs = for_data(places.data)
    wait_until(lambda: _answer(programs, places) != STARTING_OR_STOPPING, START_S)
    if _answer(programs, places) != ACCEPTING:
        start(programs, places)


def start(programs: Programs, places: Places, data: Path | None = None) -> None:
    """Start the server of `data` (default: the installation's) after clearing away what a crash left; raise Conflict with the reason."""
    data = data or places.data
    clear(data)
    if not (data / "postmaster.pid").exists():
        for left in places.socket.glob(".s.PGSQL.*"):
            left.unlink()
    (data / "start.log").unlink(missing_ok=True)
    (data.parent / "server.conf").write_text(configuration(places))
    # Run inside the data directory: pg_ctl hands its paths to a shell without quoting them.
    done = programs.run("pg_ctl", "start", "-D", ".", "-s", "-w", "-t", str(START_S), "-l", "start.log", cwd=data)
    if done.returncode:
        refuse_full_disk(places, SPARE_MB)
        reason = _last_word(data) or done.stdout.strip()
        raise Conflict("PostgreSQL does not start: {reason} (log: {log})", reason=reason, log=data / "start.log")


def stop(programs: Programs, data: Path) -> None:
    """Stop the server of `data`, if there is one, without waiting for its clients."""
    if programs.run("pg_ctl", "stop", "-D", ".", "-s", "-m", "fast", "-w", "-t", str(STOP_S), cwd=data).returncode:
        clear(data)


def clear(data: Path) -> None:
    """End what is left of a dead or silent server, so that its number in postmaster.pid, perhaps another program's by now, stops nobody.

    Safe because no process works in the directory afterwards: whoever does is ended first. Where one may be out of sight, the
    file stays and PostgreSQL's own check decides.
    """
    for pid in processes(data):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    wait_until(lambda: not processes(data), STOP_S)
    if not any(_hidden(entry) for entry in Path("/proc").glob("[0-9]*")):
        (data / "postmaster.pid").unlink(missing_ok=True)


def alive(data: Path) -> bool:
    """Answer whether the main server process of this data directory runs."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return False
    return pid in processes(data)


def processes(data: Path) -> list[int]:
    """Return the numbers of all server processes that work in this directory, orphans included."""
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if _works_in(entry, data.resolve())]


def _works_in(process: Path, folder: Path) -> bool:
    try:
        return (process / "cwd").readlink() == folder and (process / "exe").readlink().name.startswith("postgres")
    except OSError:  # it has ended, or is somebody else's
        return False


def _hidden(process: Path) -> bool:
    """Answer whether this may be a server of ours that the kernel does not show, as in some containers."""
    try:
        if process.stat().st_uid != runner().pw_uid or (process / "comm").read_text() != "postgres\n":
            return False
        (process / "cwd").readlink()
    except OSError as error:
        return isinstance(error, PermissionError)
    return False


def configuration(places: Places) -> str:
    """Return the settings for this machine: an eighth of the memory, at most 1 GB, shared; half of it taken as the system's cache."""
    memory_mb = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 20
    socket = str(places.socket).replace("'", "''")
    return CONFIGURATION.format(socket=socket, shared_mb=min(1024, max(64, memory_mb // 8)), cache_mb=max(256, memory_mb // 2))


def refuse_full_disk(places: Places, needed_mb: int) -> None:
    """Raise Conflict when less than this is free where the data live."""
    room = os.statvfs(places.data_dir)
    free_mb = room.f_bavail * room.f_frsize >> 20
    if free_mb < needed_mb:
        raise Conflict(
            "The disk of {folder} is full: {free_mb} MB are free, {needed_mb} MB are needed. Make room, or set GRIDSVC_DATA_DIR.",
            folder=places.data_dir,
            free_mb=free_mb,
            needed_mb=needed_mb,
        )


def wait_until(condition: Callable[[], bool], limit_s: float) -> None:
    """Return when the condition holds or the time is over."""
    end = time.monotonic() + limit_s
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)


def _answer(programs: Programs, places: Places) -> int:
    return programs.run("pg_isready", "-q", "-h", str(places.socket)).returncode


def _last_word(data: Path) -> str:
    """Return the last reason in the server's own logs of its start."""
    logs = [data / "start.log", *sorted((data / "log").glob("*"), key=lambda path: path.stat().st_mtime)[-1:]]
    lines = [line for log in logs if log.exists() for line in log.read_text(errors="replace").splitlines()[-10:]]
    return next((line.split("FATAL:", 1)[1].strip() for line in reversed(lines) if "FATAL:" in line), "")
