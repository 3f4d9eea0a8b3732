from gridsvc.domain.coverage import REMAINDER, Coverage, UnitState
from gridsvc.domain.numbering import number
from gridsvc.domain.schemes import Scheme, parse_scheme
from tests.grids import draw

CODED = """
key = "coded"
name_zh = "示例"
name_en = "Coded"
source = "drawn for a test"
levels = [
  { key = "community", name_zh = "社区", name_en = "Community", counter_zh = "个", code_digits = 12, code_required = true },
  { key = "grid", name_zh = "网格", name_en = "Grid", counter_zh = "个", code_digits = 3 },
  { key = "micro", name_zh = "微网格", name_en = "Micro-grid", counter_zh = "个" },
]
tiers = [{ key = "leader", name_zh = "网格长", name_en = "Grid leader", at = ["grid"] }]
"""
COMMUNITY = "370212002040"


def scheme() -> Scheme:
    return parse_scheme(CODED, name="coded.toml")


def under_a_community(*rows: str, code: str | None = COMMUNITY) -> Coverage:
    """Return a community divided into the grids that are drawn."""
    drawn = draw(*rows)
    whole = draw(*(" ".join("T" for _ in row.split()) for row in rows))["T"]
    top = UnitState(1, "社区", code=code, ground=whole)
    return Coverage([top, *(UnitState(2, "", parent=0, ground=ground) for ground in drawn.values())])


def codes(coverage: Coverage) -> list[str | None]:
    return [unit.code for unit in coverage.units[1:]]


def test_serials_run_west_to_east_then_north_to_south() -> None:
    coverage = under_a_community("C . . D", "A . . B")
    number(coverage, scheme(), ())
    assert codes(coverage) == [COMMUNITY + serial for serial in ("002", "004", "001", "003")]


def test_a_serial_once_given_is_never_given_again() -> None:
    coverage = under_a_community("A B")
    number(coverage, scheme(), {COMMUNITY + "001"})
    assert codes(coverage) == [COMMUNITY + "002", COMMUNITY + "003"]


def test_a_code_that_a_unit_has_stays() -> None:
    coverage = under_a_community("A B")
    coverage.describe(1, code=COMMUNITY + "007")
    number(coverage, scheme(), ())
    assert codes(coverage) == [COMMUNITY + "007", COMMUNITY + "001"]


def test_under_a_unit_without_a_code_there_are_none() -> None:
    coverage = under_a_community("A B", code=None)
    number(coverage, scheme(), ())
    assert codes(coverage) == [None, None]


def test_a_level_without_rule_has_no_codes() -> None:
    coverage = under_a_community("A B")
    coverage.add(UnitState(3, "", parent=1, ground=coverage.units[1].ground))
    number(coverage, scheme(), ())
    assert coverage.units[3].code is None


def test_a_remainder_has_neither_code_nor_serial_in_its_name() -> None:
    coverage = under_a_community("A B")
    coverage.describe(1, kind=REMAINDER, name="社区")
    number(coverage, scheme(), ())
    assert (coverage.units[1].code, coverage.units[1].name, coverage.units[2].code) == (None, "社区", COMMUNITY + "001")


def test_the_nameless_are_named_after_their_level_and_order() -> None:
    coverage = under_a_community("B A")
    number(coverage, scheme(), ())
    assert [unit.name for unit in coverage.units[1:]] == ["网格2", "网格1"]


def test_a_name_that_a_unit_has_stays() -> None:
    coverage = under_a_community("A B")
    coverage.describe(1, name="东风里")
    number(coverage, scheme(), ())
    assert coverage.units[1].name == "东风里"


def test_a_made_up_name_is_not_one_that_a_sibling_has() -> None:
    coverage = under_a_community("A B")
    coverage.describe(1, code=COMMUNITY + "002", name="网格2")
    number(coverage, scheme(), {COMMUNITY + "001"})
    assert [unit.name for unit in coverage.units[1:]] == ["网格2", "网格3"]
