"""`gridsvc organisations`: which there are, and what the rules find."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run
from tests.cli.test_import import units


def test_the_command_line_lists_organisations_and_says_what_the_rules_find(run: Run, plain_scheme: Path, tmp_path: Path) -> None:
    run("schemes", "add", plain_scheme)
    units(run, tmp_path, "bodies", "A B")
    files = {
        "organisations": "组织编号,组织名称,组织类别,网格编码\n1,第一支部,小区党支部,A\n2,物业公司,物业企业,B\n3,第二支部,小区党支部,\n",
        "people": "人员编号,姓名,党员类别,组织关系\nR1,亓大山,在职党员,1\n",
    }
    for noun, rows in files.items():
        (file := tmp_path / f"{noun}.csv").write_text(rows, encoding="utf-8")
        assert run("import", noun, file, "--jurisdiction", "bodies", "--commit").code == 0
    listed = [json.loads(line) for line in run("organisations", "list", "bodies", "--json").out.splitlines()]
    assert {(row["name"], row["kind"]) for row in listed} >= {("第一支部", "compound_branch"), ("第二支部", "compound_branch")}
    companies = run("organisations", "list", "bodies", "--kind", "物业企业").out.splitlines()
    assert [line.split("\t")[1:4] for line in companies] == [["物业公司", "物业公司", "B"]]
    assert run("organisations", "list", "bodies", "--kind", "nonsense").code == 3
    assert "第一支部 has 1 full members" in run("organisations", "check", "bodies").out
