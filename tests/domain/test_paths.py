import re

import pytest

from gridsvc.domain.paths import EVERYWHERE, below, building_path, covers, jurisdiction_path, label


@pytest.mark.parametrize(("number", "expected"), [(1, "1"), (35, "z"), (36, "10"), (2**63 - 1, "1y2p0ij32e8e7")])
def test_a_label_is_the_id_in_base_36(number: int, expected: str) -> None:
    assert label(number) == expected


def test_a_path_leads_from_the_jurisdiction_down() -> None:
    assert building_path(below(below(jurisdiction_path(40), 7), 36), 71) == "j14.7.10.b_1z"


def test_a_path_is_what_ltree_accepts_in_every_version() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*", building_path(below(jurisdiction_path(1), 2), 3))


def test_no_building_is_mistaken_for_a_unit() -> None:
    assert building_path("j1", 9) != below("j1", 9)


@pytest.mark.parametrize(
    ("scope", "path", "inside"),
    [
        ("j1", "j1", True),
        ("j1", "j1.2", True),
        ("j1.2", "j1", False),
        ("j1", "j12", False),
        (EVERYWHERE, "j1.2", True),
        (EVERYWHERE, "", True),
    ],
)
def test_a_scope_covers_itself_and_all_below(scope: str, path: str, inside: bool) -> None:
    assert covers(scope, path) is inside
