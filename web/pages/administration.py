"""系统: the door of the three administrators, and the state of the service."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from gridsvc.api import reader
from gridsvc.database.backup import last
from gridsvc.database.install import fingerprint
from gridsvc.database.queries.system import SystemState, system_state
from gridsvc.database.session import transaction
from gridsvc.domain.paths import EVERYWHERE
from gridsvc.domain.permissions import Action, may_anywhere, require
from web.health import newest_migration
from web.language import ADMINISTRATION
from web.pages.times import local_time

TITLES = {"database": "Database", "tables": "Tables", "jobs": "Jobs", "trail": "Trail", "disk": "Disk", "backup": "Last backup"}
SAID = {
    "database": "PostgreSQL {postgresql}, PostGIS {postgis}, {size_mb:,.0f} MB",
    "tables": "as this version needs them ({migration})",
    "tables_old": "of migration {migration}; this version needs {newest}: `gridsvc database install`",
    "jobs": "{queued} wait, {under_way} under way; in seven days {done} done, {failed} failed",
    "jobs_wait": "{queued} wait, one since {since}; is the worker running?",
    "trail": "{unsealed} rows not sealed yet; last sealed {at}",
    "trail_open": "{unsealed} rows, nothing sealed yet",
    "disk": "{free_gb:.1f} GB free of {total_gb:.0f} GB",
    "backup": "{at}: {file}, {size_mb:.1f} MB",
    "backup_none": "none is known here; `gridsvc database backup` makes one",
}
"""English templates of what is looked at, and of how it may stand."""

WAITS_LONG = timedelta(minutes=5)
SPARE_BYTES = 1_000_000_000
BACKUP_OLD = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Light:
    """One thing that was looked at, how it stands, and whether that is fine."""

    title: str
    said: str
    values: dict[str, object] = field(default_factory=dict)
    fine: bool = True


def door() -> ResponseReturnValue:
    """Go to the first page that the reader may open."""
    for page, action in ADMINISTRATION.items():
        if may_anywhere(g.actor, action):
            return redirect(url_for(page))
    require(g.actor, Action.SET_UP, EVERYWHERE)
    return redirect(url_for("home"))


def system() -> ResponseReturnValue:
    """Answer the state of the service: health, versions, jobs, disk, backup."""
    with transaction(g.actor) as session:
        state = system_state(session, g.actor)
    lights = [_database(state), _tables(state), _jobs(state), _trail(state), _disk(), _backup()]
    words = {"titles": TITLES, "said": SAID}
    return render_template("administration_system.html", lights=lights, state=state, version=fingerprint()[:12], **words)


def _database(state: SystemState) -> Light:
    version = state.postgresql.split(" ")[0]
    return Light("database", "database", {"postgresql": version, "postgis": state.postgis, "size_mb": state.database_bytes / 1e6})


def _tables(state: SystemState) -> Light:
    newest, values = newest_migration(), {"migration": state.migration}
    return (
        Light("tables", "tables", {**values})
        if state.migration == newest
        else Light("tables", "tables_old", {**values, "newest": newest}, fine=False)
    )


def _jobs(state: SystemState) -> Light:
    since = state.oldest_waiting
    if since is not None and datetime.now(UTC) - since > WAITS_LONG:
        return Light("jobs", "jobs_wait", {"queued": state.queued, "since": local_time(since)}, fine=False)
    values = {"queued": state.queued, "under_way": state.under_way, "done": state.done, "failed": state.failed}
    return Light("jobs", "jobs", {**values})


def _trail(state: SystemState) -> Light:
    if state.sealed_at is None:
        return Light("trail", "trail_open", {"unsealed": state.unsealed})
    return Light("trail", "trail", {"unsealed": state.unsealed, "at": local_time(state.sealed_at)})


def _disk() -> Light:
    usage = shutil.disk_usage(reader.settings().data_dir)
    return Light("disk", "disk", {"free_gb": usage.free / 1e9, "total_gb": usage.total / 1e9}, fine=usage.free > SPARE_BYTES)


def _backup() -> Light:
    made = last(reader.settings().data_dir)
    if made is None:
        return Light("backup", "backup_none", fine=False)
    at = datetime.fromisoformat(made["at"])
    values = {"at": local_time(at), "file": made["file"], "size_mb": made["bytes"] / 1e6}
    return Light("backup", "backup", values, fine=datetime.now(UTC) - at < BACKUP_OLD)
