from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run

NOUNS = ["units", "compounds", "buildings", "streets"]


@pytest.fixture(scope="module")
def loaded() -> list[str]:
    """Remember whether the small jurisdiction is there already."""
    return []


@pytest.fixture(autouse=True)
def longze(run: Run, loaded: list[str]) -> None:
    if not loaded:
        done = run("demo")
        assert done.code == 0, done.err
        loaded.append("longze")


@pytest.mark.parametrize("suffix", [".csv", ".geojson", ".gpkg", ".xlsx", ".zip"])
@pytest.mark.parametrize("noun", NOUNS)
def test_what_was_exported_comes_back_unchanged(run: Run, tmp_path: Path, noun: str, suffix: str) -> None:
    file = tmp_path / f"{noun}{suffix}"
    written = run("export", noun, file, "--jurisdiction", "longze")
    assert written.code == 0, written.err
    back = run("import", noun, file, "--jurisdiction", "longze", "--commit")
    count = written.out.split()[0]
    assert (back.code, back.out.splitlines()[-1]) == (0, f"{count} unchanged"), back.err
