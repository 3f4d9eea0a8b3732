"""PostgreSQL's own programs: which version, and run as the user who may run them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gridsvc.database.cluster.places import runner
from gridsvc.errors import Conflict

DEBIAN = Path("/usr/lib/postgresql")
EXTENSIONS = Path("/usr/share/postgresql")
OLDEST = 15
"""Row security on views, and \\getenv in psql, came with PostgreSQL 15."""


@dataclass(frozen=True, slots=True)
class Programs:
    """The programs of one major version of PostgreSQL."""

    version: int

    def path(self, name: str) -> str:
        """Return the full path of the program called `name`."""
        return str(DEBIAN / str(self.version) / "bin" / name)

    def run(self, name: str, *arguments: str, cwd: Path = Path("/")) -> subprocess.CompletedProcess[str]:
        """Run a program as the cluster's user, in a session of its own so that Ctrl-C does not reach it; never raises on failure."""
        user = runner() if os.geteuid() == 0 else None
        return subprocess.run(  # noqa: S603  # a fixed program with our own arguments
            [self.path(name), *arguments],
            cwd=cwd,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )


def installed() -> list[int]:
    """Return the major versions of PostgreSQL on this machine that have PostGIS, the newest first."""
    found = [int(path.name) for path in DEBIAN.glob("*") if path.name.isdecimal() and (path / "bin" / "initdb").exists()]
    return sorted((v for v in found if v >= OLDEST and (EXTENSIONS / str(v) / "extension" / "postgis.control").exists()), reverse=True)


def newest() -> Programs:
    """Return the programs that a new cluster is made with; raise Conflict where none are installed."""
    for version in installed():
        return Programs(version)
    raise Conflict("PostgreSQL {oldest} or newer with PostGIS is not installed; `make run` installs it.", oldest=OLDEST)


def clients() -> Programs:
    """Return the newest programs that talk to a server; unlike those of a cluster they need no PostGIS here."""
    found = [int(path.parents[1].name) for path in DEBIAN.glob("*/bin/pg_dump") if path.parents[1].name.isdecimal()]
    if not found:
        raise Conflict(
            "PostgreSQL's client programs are not installed: psql, pg_dump and pg_restore of version {oldest} or newer.", oldest=OLDEST
        )
    return Programs(max(found))


def for_data(data: Path) -> Programs:
    """Return the programs of the version that made this data directory; raise Conflict naming both versions where it is not installed."""
    made_by = (data / "PG_VERSION").read_text().strip()
    here: Sequence[int] = installed()
    if made_by not in map(str, here):
        raise Conflict(
            "The data in {folder} were made by PostgreSQL {made_by}, and installed is {installed}. "
            "Install PostgreSQL {made_by} with PostGIS, or choose another folder with GRIDSVC_DATA_DIR.",
            folder=data,
            made_by=made_by,
            installed=", ".join(map(str, here)) or "-",
        )
    return Programs(int(made_by))
