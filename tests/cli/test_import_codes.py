import json
from pathlib import Path

from gridsvc.cli import EXIT_CODES
from gridsvc.errors import Invalid
from tests.cli.conftest import Run


def test_a_list_of_codes_comes_in_without_a_jurisdiction(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "codes.csv"
    file.write_text("code,name\n370212,崂山区\n370212002,沙子口街道\n", encoding="utf-8")
    looked = run("import", "codes", file)
    assert looked.out.splitlines() == [
        "Columns: code ← code, name ← name",
        "2 new",
        "Nothing was written. Repeat with --commit to bring it in.",
    ]
    assert json.loads(run("import", "codes", file, "--commit", "--json").out)["counts"] == {"new": 2}
    assert run("import", "codes", file, "--commit").out.splitlines()[-1] == "2 unchanged"


def test_refused_codes_are_named(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "codes.csv"
    file.write_text("代码,名称\n1234567,甲\n", encoding="utf-8")
    done = run("import", "codes", file, "--commit")
    assert done.code == EXIT_CODES[Invalid]
    assert done.err.splitlines()[0] == "✗ Row 2: The code 1234567 has 7 digits; 6 would be right."


def test_other_imports_need_a_jurisdiction(run: Run, tmp_path: Path) -> None:
    done = run("import", "units", tmp_path / "units.geojson")
    assert (done.code, "--jurisdiction" in done.err) == (2, True)
