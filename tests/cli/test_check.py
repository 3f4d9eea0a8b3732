"""`gridsvc check`: sound ground passes, a gap and an overlap are named and fail."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg

from tests.cli.conftest import Run
from tests.cli.test_import import units

MOVE = """
UPDATE unit_version v SET geom = ST_Translate(v.geom, 0.0001, 0) FROM jurisdiction j
WHERE j.id = v.jurisdiction_id AND j.slug = 'shaken' AND v.name = '甲' AND upper_inf(v.valid)
"""


def test_ground_that_does_not_tile_is_named_and_fails(run: Run, plain_scheme: Path, tmp_path: Path, installed: dict[str, str]) -> None:
    run("schemes", "add", plain_scheme)
    units(run, tmp_path, "shaken", "甲 乙")
    sound = run("check", "shaken")
    assert (sound.code, sound.out.splitlines()[0]) == (0, "# shaken")
    with psycopg.connect(installed["GRIDSVC_OWNER_DATABASE_URL"]) as connection:
        connection.execute(MOVE)
    shaken = run("check", "shaken", "--json")
    found = [each for each in json.loads(shaken.out)["findings"] if each["severity"] == "error"]
    assert shaken.code == 1
    assert any("甲" in each["sentence"] for each in found)
    assert run("check", "nowhere").code == 6
