"""`gridsvc database`: install, back up, restore and check the database."""

from __future__ import annotations

from pathlib import Path

import click
import psycopg

from gridsvc.database import backup, cluster
from gridsvc.database.checks import CHECKS, Subject
from gridsvc.database.freshness import keep_mark, raise_generation
from gridsvc.database.install import install
from gridsvc.errors import GridError
from gridsvc.settings import Settings
from gridsvc.words import say

FILE = click.Path(dir_okay=False, path_type=Path)


@click.group("database", help="Install, back up, restore and check the database.")
def command() -> None:
    """Hold the commands below."""


@command.command("install")
def install_() -> None:
    """Bring the tables to this version; nothing happens where they are."""
    with cluster.open(Settings.from_environment()) as database:
        install(database.url("owner"))


@command.command("backup")
@click.argument("file", type=FILE)
def backup_(file: Path) -> None:
    """Write everything to FILE, with a checksum for every table."""
    settings = Settings.from_environment()
    with cluster.open(settings) as database:
        manifest = backup.backup(database.url("owner"), file)
    backup.remember(settings.data_dir, file)
    size_mb = file.stat().st_size / 1e6
    click.echo(say("{file}: {tables} tables, {size_mb:.1f} MB.", settings.language, file=file, tables=_tables(manifest), size_mb=size_mb))


@command.command("restore")
@click.argument("file", type=FILE)
def restore_(file: Path) -> None:
    """Restore FILE into an empty installation; every table is compared by checksum."""
    settings = Settings.from_environment()
    with cluster.open(settings) as database:
        manifest = backup.restore(database.url("owner"), file)
        install(database.url("owner"))
    keep_mark(settings.data_dir / "run" / "generation")
    raise_generation()
    click.echo(
        say(
            "{tables} tables restored, all equal to the backup of {made_at}.",
            settings.language,
            tables=_tables(manifest),
            made_at=manifest["made_at"],
        )
    )


@command.command("check")
def check() -> None:
    """Look at the database; exit code 1 when something is wrong."""
    settings = Settings.from_environment()
    wrong = 0
    with cluster.open(settings) as database, psycopg.connect(database.url("owner"), autocommit=True) as connection:
        for look in CHECKS.values():
            try:
                look(Subject(connection, settings))
                click.echo(f"✓ {say((look.__doc__ or '').splitlines()[0], settings.language)}")
            except GridError as error:
                wrong += 1
                click.echo(f"✗ {say(error.template, settings.language, **error.values)}")
    raise SystemExit(1 if wrong else 0)


def _tables(manifest: backup.Manifest) -> int:
    return len(manifest["checksums"]) - 1  # one line is that of the sequences
