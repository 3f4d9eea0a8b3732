"""Back up a database into one file, and restore it into an empty one so that it equals the original.

The file is a zip archive of two entries: `database.dump`, pg_dump's custom format, and `manifest.json`, which says what made
it and has a checksum for every table, taken in the snapshot that was dumped.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, LiteralString

import psycopg
from alembic.script import ScriptDirectory
from psycopg.sql import SQL, Composed, Identifier, Literal

from gridsvc.database.checksums import EXACT, checksums, question, tables
from gridsvc.database.cluster.programs import clients
from gridsvc.database.freshness import CHANNEL
from gridsvc.database.install import MIGRATIONS
from gridsvc.errors import Conflict, Invalid

FORMAT = 1
DUMP, MANIFEST, NOTE = "database.dump", "manifest.json", "last_backup"
SEEDED = {
    "alembic_version": "false",
    "role_action": "false",
    "role_grant": "false",
    "account": "name <> 'operator'",
    "security_term": "false",
}
"""Tables that a new installation has rows in, and which rows would be somebody's work."""
Manifest = dict[str, Any]


def backup(owner_url: str, file: Path) -> Manifest:
    """Write the database to a new file, readable by its owner only, whole or not at all; return its manifest."""
    if file.exists():
        raise Conflict("The file {file} exists already; another name would be right.", file=file)
    part = file.with_name(file.name + ".part")
    try:
        with open(part, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as raw:
            manifest = _write(owner_url, raw)
        part.rename(file)
    except OSError as error:
        raise Invalid("The file {file} cannot be written: {reason}", file=file, reason=error.strerror) from error
    finally:
        part.unlink(missing_ok=True)
    return manifest


def remember(data_dir: Path, file: Path) -> None:
    """Note that a backup has been written, for those who look after the service."""
    note = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "file": file.name, "bytes": file.stat().st_size}
    (data_dir / "run").mkdir(parents=True, exist_ok=True)
    (data_dir / "run" / NOTE).write_text(json.dumps(note), encoding="utf-8")


def last(data_dir: Path) -> Mapping[str, Any] | None:
    """Return when the last backup that is known here was made, its file's name and size: `at`, `file`, `bytes`."""
    note = data_dir / "run" / NOTE
    found: Mapping[str, Any] | None = json.loads(note.read_text(encoding="utf-8")) if note.exists() else None
    return found


def _write(owner_url: str, raw: IO[bytes]) -> Manifest:
    with zipfile.ZipFile(raw, "w") as archive, psycopg.connect(owner_url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        if _value(connection, "SELECT to_regclass('alembic_version')") is None:
            raise Conflict("The database holds no tables yet; there is nothing to back up.")
        snapshot = _value(connection, "SELECT pg_export_snapshot()")
        # No extensions: making them takes a superuser, and the empty installation has them.
        options = ["-Fc", "--no-owner", "--no-comments", "-e", "plpgsql", f"--snapshot={snapshot}"]
        with archive.open(DUMP, "w", force_zip64=True) as entry:
            _dump([clients().path("pg_dump"), *options, "-d", owner_url], entry)
        manifest: Manifest = {
            "format": FORMAT,
            "migration": _value(connection, "SELECT version_num FROM alembic_version"),
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "postgresql": _value(connection, "SHOW server_version"),
            "postgis": _value(connection, "SELECT postgis_lib_version()"),
            "checksums": checksums(connection),
        }
        archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
    return manifest


def _dump(command: list[str], target: IO[bytes]) -> None:
    with tempfile.TemporaryFile("w+") as said:
        with _program(command, said) as program:
            shutil.copyfileobj(program.stdout, target, 1 << 20)
        said.seek(0)
        reason = said.read().strip().rpartition("\n")[2]
    if program.returncode:
        raise Conflict("The backup failed: {reason}", reason=reason)


def restore(owner_url: str, file: Path) -> Manifest:
    """Restore into an empty installation, all or nothing, and compare every table by checksum; return the manifest.

    Raises Invalid when the file is no whole backup, Conflict when the installation has data, when the backup is of a newer
    version, or when what arrived is not what was dumped; then nothing is changed.
    """
    with _opened(file) as archive:
        manifest: Manifest = json.loads(archive.read(MANIFEST))
        _check_version(manifest)
        with psycopg.connect(owner_url) as connection:
            _check_empty(connection)
            script = _closing(connection, manifest)
        with archive.open(DUMP) as dump:
            _replay(owner_url, dump, script)
    return manifest


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as archive:
            whole = {DUMP, MANIFEST} <= set(archive.namelist()) and archive.testzip() is None
            if whole:
                yield archive
    except zipfile.BadZipFile:
        whole = False
    except OSError as error:
        raise Invalid("The file {file} cannot be read: {reason}", file=file, reason=error.strerror) from error
    if not whole:
        raise Invalid("{file} is not a backup made by `gridsvc database backup`, or it is damaged.", file=file)


def _check_version(manifest: Manifest) -> None:
    known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if manifest["format"] > FORMAT or manifest["migration"] not in known:
        raise Conflict(
            "This backup was made by a newer version (migration {migration}); bring this installation to that version first.",
            migration=manifest["migration"],
        )


def _check_empty(connection: psycopg.Connection[Any]) -> None:
    for schema, name in tables(connection):
        work = SQL("SELECT EXISTS (SELECT FROM {} WHERE {})").format(Identifier(schema, name), SQL(SEEDED.get(name, "true")))
        if _value(connection, work):
            raise Conflict(
                "This installation has data (table {table}); a restore needs an empty one. GRIDSVC_DATA_DIR chooses another.", table=name
            )


def _closing(connection: psycopg.Connection[Any], manifest: Manifest) -> str:
    """Return SQL that ends the transaction if every table has the checksum of the manifest, and fails otherwise."""
    compare = SQL("IF ({}) IS DISTINCT FROM {} THEN RAISE EXCEPTION 'checksum of % differs', {}; END IF;")
    compared = [compare.format(question(name), Literal(line), Literal(name)) for name, line in manifest["checksums"].items()]
    body = SQL("\n").join([SQL("DO $compare$ BEGIN"), EXACT + SQL(";"), *compared, SQL("END $compare$;")])
    return body.as_string(connection) + f"\nNOTIFY {CHANNEL};\nCOMMIT;\n"


def _replay(owner_url: str, dump: IO[bytes], closing: str) -> None:
    """Run the dump as one transaction in place of what the installer made; only its closing words commit it."""
    to_script = [clients().path("pg_restore"), "--no-owner", "-f", "-"]
    to_database = [clients().path("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", owner_url]
    with tempfile.TemporaryFile("w+") as said, _program(to_script, said) as script, _program(to_database, said) as database:
        feeder = threading.Thread(target=_feed, args=(dump, script.stdin))
        feeder.start()
        with suppress(BrokenPipeError):  # psql ends at the first error, having said it
            database.stdin.write(b"BEGIN;\nDROP OWNED BY CURRENT_USER;\n")
            shutil.copyfileobj(script.stdout, database.stdin, 1 << 20)
            if script.wait() == 0:
                database.stdin.write(closing.encode())
        with suppress(BrokenPipeError):
            database.stdin.close()
        script.kill()
        feeder.join()
        failed = script.wait() or database.wait()
        said.seek(0)
        reason = next((line for line in said if "ERROR" in line or "error" in line), "-").rpartition("ERROR:")[2].strip()
    if failed:
        raise Conflict("The backup cannot be restored, and nothing was changed: {reason}", reason=reason)


def _program(command: list[str], said: IO[str]) -> Any:  # noqa: ANN401  # Popen's pipes are Optional in its type, and never None here
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said)  # noqa: S603  # our own arguments


def _feed(dump: IO[bytes], target: IO[bytes]) -> None:
    with suppress(BrokenPipeError), target:
        shutil.copyfileobj(dump, target, 1 << 20)


def _value(connection: psycopg.Connection[Any], query: LiteralString | SQL | Composed) -> Any:  # noqa: ANN401  # whatever the query asks for
    row = connection.execute(query).fetchone()
    return row[0] if row else None
