"""What was backed up comes back equal, into an empty installation, or nothing is changed."""

from __future__ import annotations

import json
import shutil
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from gridsvc.database import backup, cluster
from gridsvc.database.checksums import checksums
from gridsvc.database.install import install
from gridsvc.errors import Conflict, Invalid
from gridsvc.settings import Settings
from tests.clusters import ask, copy, empty_installation

SPECIMEN = """
    CREATE TABLE specimen (n bigint GENERATED ALWAYS AS IDENTITY, f float8, g geometry(Polygon, 4490), l ltree, t timestamptz, b bytea,
                           s text);
    INSERT INTO specimen (f, g, l, t, b, s)
    SELECT 0.1 + i / 3e0, ST_Translate(ST_MakeEnvelope(120.1, 36.2, 120.10000001, 36.30000007, 4490), i / 7e0, 0), 'a.b',
           '2026-11-22 01:02:03.456789+08', '\\x00ff', CASE WHEN i % 2 = 0 THEN '网格''s "一"' END
    FROM generate_series(1, 50) AS i
"""


@pytest.fixture(scope="module")
def bare() -> Iterator[Settings]:
    """An installation without tables, stopped."""
    with empty_installation() as settings:
        cluster.open(settings).close()
        yield settings


@pytest.fixture(scope="module")
def original(bare: Settings) -> Iterator[cluster.Database]:
    with empty_installation() as settings:
        copy(bare, settings)
        with cluster.open(settings) as database:
            install(database.url("owner"))
            ask(database, SPECIMEN)
            yield database


@pytest.fixture(scope="module")
def file(original: cluster.Database, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backup") / "all.gridsvc"
    backup.backup(original.url("owner"), path)
    return path


@pytest.fixture
def empty(bare: Settings) -> Iterator[cluster.Database]:
    with empty_installation() as settings:
        copy(bare, settings)
        with cluster.open(settings) as database:
            yield database


def lines(database: cluster.Database) -> dict[str, str]:
    with psycopg.connect(database.url("owner")) as connection:
        return checksums(connection)


def altered(file: Path, target: Path, **changes: object) -> Path:
    """Copy a backup with another manifest."""
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(target, "w") as changed:
        changed.writestr(backup.DUMP, source.read(backup.DUMP))
        changed.writestr(backup.MANIFEST, json.dumps({**json.loads(source.read(backup.MANIFEST)), **changes}))
    return target


def test_a_database_without_tables_is_not_backed_up(empty: cluster.Database, tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="nothing to back up"):
        backup.backup(empty.url("owner"), tmp_path / "nothing")
    assert list(tmp_path.iterdir()) == []


def test_a_restore_into_an_empty_installation_equals_the_original(original: cluster.Database, file: Path, empty: cluster.Database) -> None:
    backup.restore(empty.url("owner"), file)
    assert lines(empty) == lines(original)


def test_a_restore_into_a_new_installation_with_tables_equals_it_too(
    original: cluster.Database, file: Path, empty: cluster.Database
) -> None:
    install(empty.url("owner"))
    backup.restore(empty.url("owner"), file)
    assert lines(empty) == lines(original)


def test_the_restored_tables_serve_the_app(file: Path, empty: cluster.Database) -> None:
    backup.restore(empty.url("owner"), file)
    install(empty.url("owner"))
    assert ask(empty, "SELECT count(*) FROM jurisdiction", "app") == 0


def test_numbers_go_on_where_they_stood(file: Path, empty: cluster.Database) -> None:
    backup.restore(empty.url("owner"), file)
    assert ask(empty, "INSERT INTO specimen (f) VALUES (0) RETURNING n") == 51


def test_a_changed_value_changes_the_checksum(original: cluster.Database) -> None:
    before = lines(original)
    with psycopg.connect(original.url("owner")) as connection:
        connection.execute("UPDATE specimen SET f = f + 1e-15 WHERE n = 1")
        assert checksums(connection)["public.specimen"] != before["public.specimen"]
        connection.rollback()


def test_the_checksum_does_not_depend_on_the_reader_s_time_zone(original: cluster.Database) -> None:
    with psycopg.connect(original.url("owner") + "&options=-ctimezone%3DAsia/Shanghai") as connection:
        assert checksums(connection) == lines(original)


def test_an_installation_with_data_is_left_as_it_is(original: cluster.Database, file: Path) -> None:
    before = lines(original)
    with pytest.raises(Conflict, match="has data"):
        backup.restore(original.url("owner"), file)
    assert lines(original) == before


def test_what_arrives_otherwise_than_it_was_is_taken_back(file: Path, empty: cluster.Database, tmp_path: Path) -> None:
    wrong = altered(file, tmp_path / "wrong", checksums={"public.specimen": "50 0"})
    with pytest.raises(Conflict, match="specimen differs"):
        backup.restore(empty.url("owner"), wrong)
    assert lines(empty).keys() == {"sequences"}


def test_a_damaged_file_is_refused(file: Path, empty: cluster.Database, tmp_path: Path) -> None:
    damaged = shutil.copy(file, tmp_path / "damaged")
    with Path(damaged).open("r+b") as raw:
        raw.seek(5000)
        raw.write(b"\0" * 20)
    with pytest.raises(Invalid, match="damaged"):
        backup.restore(empty.url("owner"), Path(damaged))


def test_another_file_is_refused(empty: cluster.Database) -> None:
    with pytest.raises(Invalid, match="not a backup"):
        backup.restore(empty.url("owner"), Path(__file__))


def test_a_backup_of_a_newer_version_is_refused(file: Path, empty: cluster.Database, tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="newer"):
        backup.restore(empty.url("owner"), altered(file, tmp_path / "newer", migration="9999_future"))


def test_a_backup_overwrites_nothing(original: cluster.Database, file: Path) -> None:
    before = file.read_bytes()
    with pytest.raises(Conflict, match="exists"):
        backup.backup(original.url("owner"), file)
    assert file.read_bytes() == before


def test_a_failed_backup_leaves_no_file(original: cluster.Database, tmp_path: Path) -> None:
    with pytest.raises(Conflict):
        backup.backup(original.url("app"), tmp_path / "as-app")
    assert not list(tmp_path.iterdir())


def test_a_backup_is_for_one_user_only(file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_manifest_says_what_made_it(file: Path) -> None:
    manifest = json.loads(zipfile.ZipFile(file).read(backup.MANIFEST))
    assert manifest["checksums"]["public.specimen"].startswith("50 ")
    assert {"migration", "postgresql", "postgis", "made_at"} <= manifest.keys()
