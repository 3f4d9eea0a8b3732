from __future__ import annotations

import pytest

from gridsvc.domain.toml_lines import line_index, line_of, syntax_fault

TEXT = """a = 1
[[b]]
c = 2
[b.d]
e = '''
f = 3
'''
[[b]]
"c" = 4
[g . h] # told
i.j = 5
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("a",), 1),
        (("b", 0, "c"), 3),
        (("b", 0, "d", "e"), 5),
        (("b", 1), 8),
        (("b", 1, "c"), 9),
        (("g", "h"), 10),
        (("g", "h", "i", "j"), 11),
    ],
)
def test_keys_and_tables_have_their_line(place: tuple[str | int, ...], line: int) -> None:
    assert line_of(line_index(TEXT), place) == line


def test_what_is_not_there_has_the_line_of_the_table_around_it() -> None:
    assert line_of(line_index(TEXT), ("b", 1, "missing", "deeper")) == 8


def test_lines_inside_a_long_text_are_no_keys() -> None:
    assert ("b", 0, "d", "f") not in line_index(TEXT)


def test_a_fault_at_the_end_stands_on_the_last_line() -> None:
    assert syntax_fault("Unclosed array (at end of document)", "a = [\n1,\n") == (2, "Unclosed array")
