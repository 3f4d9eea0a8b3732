"""Make a private cluster: in a folder beside its place, renamed when it is whole."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from pathlib import Path

from gridsvc.database.cluster import server
from gridsvc.database.cluster.places import Places, runner
from gridsvc.database.cluster.programs import Programs, newest
from gridsvc.errors import Conflict

NEEDED_MB = 500
"""What a cluster with one neighbourhood grows to within a day."""
ROLES = {"owner": "gridsvc_owner", "app": "gridsvc_app", "reader": "gridsvc_reader", "superuser": "postgres"}
"""Who connects for what: migrations, serving, reading, and setting up."""
SUPERUSER = "\\getenv superuser_password GRIDSVC_SUPERUSER_PASSWORD\nALTER ROLE postgres PASSWORD :'superuser_password';\n"


def create(places: Places) -> None:
    """Make the cluster with its roles, passwords, database and extensions; whatever goes wrong leaves nothing behind."""
    programs = newest()
    server.refuse_full_disk(places, NEEDED_MB)
    remove(places.unfinished)
    try:
        _make(programs, places)
    except BaseException:
        remove(places.unfinished)
        raise
    places.unfinished.rename(places.home)


def remove(home: Path) -> None:
    """Remove an unfinished cluster, ending a server that may still work in it."""
    if home.exists():
        server.clear(home / "data")
        shutil.rmtree(home)


def _make(programs: Programs, places: Places) -> None:
    home, data, user = places.unfinished, places.unfinished / "data", runner()
    home.mkdir(mode=0o755)
    data.mkdir(mode=0o700)
    os.chown(data, user.pw_uid, user.pw_gid)
    # Trust lasts while the roles are made; until then only the runner can reach the socket, by the mode of its folder.
    _demand(
        places,
        programs.run(
            "initdb", "-D", str(data), "-U", ROLES["superuser"], "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums"
        ),
    )
    with (data / "postgresql.conf").open("a") as conf:
        conf.write("\ninclude = '../server.conf'\n")
    passwords = _write_passwords(home / "passwords")
    server.start(programs, places, data)
    try:
        _make_roles(programs, places, passwords)
    finally:
        server.stop(programs, data)
    (data / "pg_hba.conf").write_text("local all all scram-sha-256\n")


def _demand(places: Places, done: subprocess.CompletedProcess[str]) -> None:
    """Go on only when the program succeeded."""
    if done.returncode:
        server.refuse_full_disk(places, server.SPARE_MB)
        lines = done.stdout.strip().splitlines()
        reason = next((line for line in lines if "error" in line.lower()), lines[-1] if lines else "-")
        raise Conflict("PostgreSQL cannot make its data folder: {reason}", reason=reason)


def _write_passwords(folder: Path) -> dict[str, str]:
    """Write one file a role, which libpq reads by itself; return what roles.sql asks for."""
    folder.mkdir(mode=0o700)
    passwords = {role: secrets.token_urlsafe(24) for role in ROLES}
    for role, password in passwords.items():
        with open(folder / role, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(f"*:*:*:{ROLES[role]}:{password}\n")
    return {f"GRIDSVC_{role.upper()}_PASSWORD": password for role, password in passwords.items()}


def _make_roles(programs: Programs, places: Places, passwords: dict[str, str]) -> None:
    sql = Path(__file__).with_name("roles.sql").read_text() + SUPERUSER
    done = subprocess.run(  # noqa: S603  # a fixed program with our own arguments
        [programs.path("psql"), "-X", "-q", "-h", str(places.socket), "-U", ROLES["superuser"], "-d", "postgres"],
        input=sql,
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", **passwords},
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    _demand(places, done)
