from __future__ import annotations

from pathlib import Path

from gridsvc.cli import EXIT_CODES
from gridsvc.errors import Invalid, NotFound
from tests.builders import PLAIN
from tests.cli.conftest import Run


def test_a_right_file_is_said_to_be_right_with_its_levels(run: Run, plain_scheme: Path) -> None:
    done = run("schemes", "check", plain_scheme)
    assert (done.code, done.out) == (0, "plain.toml is right: Top › Grid › Micro-grid\n")


def test_a_wrong_file_is_answered_line_by_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(PLAIN.replace('name_zh = "网格", ', "").replace('source = "drawn for a test"\n', ""), encoding="utf-8")
    done = run("schemes", "check", file)
    assert done.code == EXIT_CODES[Invalid]
    assert "wrong.toml:5: Line 5: name_zh is missing" in done.err


def test_a_scheme_is_printed_as_it_was_added(run: Run, plain_scheme: Path) -> None:
    assert run("schemes", "add", plain_scheme).out == "The scheme plain was added.\n"
    assert run("schemes", "show", "plain").out == PLAIN


def test_schemes_are_listed_by_key(run: Run, plain_scheme: Path) -> None:
    run("schemes", "add", plain_scheme)
    assert "plain\t示例\tPlain\n" in run("schemes", "list").out


def test_an_unknown_scheme_is_one_sentence(run: Run) -> None:
    done = run("schemes", "show", "nowhere")
    assert (done.code, done.out, done.err) == (EXIT_CODES[NotFound], "", "There is no scheme 'nowhere'.\n")


def test_a_wrong_scheme_is_not_added(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(PLAIN.replace('key = "plain"', 'key = "wrong"\nlevels = []').replace("levels = [\n", "x = [\n"), encoding="utf-8")
    assert run("schemes", "add", file).code == EXIT_CODES[Invalid]
    assert "wrong" not in run("schemes", "list").out
