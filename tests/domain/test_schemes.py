from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.findings import Finding
from geodata.samples import SCHEMES, scheme_text
from gridsvc.domain.schemes import Scheme, parse_scheme
from gridsvc.errors import Invalid
from gridsvc.words import translations

TEXT = scheme_text("longze")


def scheme(name: str) -> Scheme:
    return parse_scheme(scheme_text(name), name=name)


def faults(text: str) -> list[tuple[int, str]]:
    with pytest.raises(Invalid) as caught:
        parse_scheme(text, name="x.toml")
    return [(finding.row, str(finding).split(": ", 1)[1]) for finding in caught.value.findings]


def line_of(part: str, text: str = TEXT) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize("name", SCHEMES)
def test_the_five_places_have_schemes(name: str) -> None:
    assert scheme(name).key == name


@pytest.mark.parametrize(("name", "levels"), [("yuci", 5), ("longze", 4), ("qingshui", 4), ("huating", 5), ("xuancheng", 6)])
def test_each_place_has_its_levels(name: str, levels: int) -> None:
    assert [level.number for level in scheme(name).levels] == list(range(1, levels + 1))


def test_a_level_has_an_english_plural_of_its_own_or_a_plain_one() -> None:
    assert [level.name_en_plural for level in scheme("longze").levels] == ["Districts", "Sub-districts", "Communities", "Grids"]


def test_the_top_of_a_city_has_four_digits_and_communities_have_twelve_all_the_same() -> None:
    xuancheng, longze = scheme("xuancheng"), scheme("longze")
    assert xuancheng.code_length(xuancheng.level("社区")) == longze.code_length(longze.level("社区")) == 12


def test_in_qingshui_several_tiers_share_one_compound() -> None:
    assert [tier.key for tier in scheme("qingshui").tiers if "compound" in tier.at] == ["tier_1", "tier_2", "tier_3"]


def test_in_xuancheng_the_last_level_may_be_a_lane_or_a_patch() -> None:
    assert scheme("xuancheng").levels[-1].kinds == ("building", "lane", "patch")


def test_a_scheme_overrides_a_default_and_keeps_the_others() -> None:
    yuci, longze = scheme("yuci"), scheme("longze")
    ends = [(each.threshold("households_per_member").low, each.threshold("cut_m2").value) for each in (yuci, longze)]
    assert ends == [(10, 1), (5, 1)]


def test_a_threshold_nobody_sets_is_told_and_not_guessed() -> None:
    with pytest.raises(Invalid, match="longze sets no threshold 'micro_grid_households'"):
        scheme("longze").threshold("micro_grid_households")


def test_the_ends_of_a_range_belong_to_it() -> None:
    households = scheme("longze").threshold("grid_households")
    assert [households.admits(figure) for figure in (299, 300, 500, 501)] == [False, True, True, False]


@pytest.mark.parametrize("word", ["4", "grid", "Grid", "网格", " 网格 "])
def test_a_file_may_call_a_level_by_number_key_or_name(word: str) -> None:
    assert scheme("longze").level(word).key == "grid"


def test_full_width_brackets_are_brackets() -> None:
    assert scheme("yuci").level("小区（网格）").key == "grid"


def test_an_unknown_level_is_answered_with_the_known_ones() -> None:
    with pytest.raises(Invalid, match="区、街道、社区、网格"):
        scheme("longze").level("村")


def without(part: str) -> str:
    assert part in TEXT
    return TEXT.replace(part, "", 1)


def instead(part: str, other: str) -> str:
    assert part in TEXT
    return TEXT.replace(part, other, 1)


GRID = TEXT[TEXT.index('[[levels]]\nkey = "grid"') : TEXT.index("[[tiers]]")]
LAST_TWO = TEXT[TEXT.index('[[levels]]\nkey = "community"') : TEXT.index("[[tiers]]")]
MORE = "".join(f'[[levels]]\nkey = "more_{n}"\nname_zh = "更{n}"\nname_en = "More {n}"\ncounter_zh = "个"\n' for n in range(3))
WRONG = {
    "two levels": (without(LAST_TWO), "2 levels; a scheme has 3 to 6."),
    "seven levels": (TEXT + MORE, "7 levels; a scheme has 3 to 6."),
    "no Chinese name": (without('name_zh = "社区"\n'), 'name_zh is missing; add name_zh = "网格".'),
    "misspelt key": (instead("counter_zh", "countre_zh"), "there is no key 'countre_zh' here; did you mean 'counter_zh'?"),
    "unlike any key": (
        instead('counter_zh = "个"', 'counter_zh = "个"\nxyz = 1'),
        "there is no key 'xyz' here; the keys are key, name_zh, name_en",
    ),
    "level twice": (instead('key = "street"', 'key = "district"'), "key = 'district' stands twice among the levels"),
    "tier nowhere": (instead('at = ["grid"]', 'at = ["gird"]'), "at names 'gird', which is not there; right would be grid."),
    "ends exchanged": (instead("low = 300", "low = 900"), "low end 900 lies above high end 500"),
    "no source": (TEXT[: TEXT.rindex("source")], 'source is missing; add source = "…".'),
    "text for a number": (instead("code_digits = 6", 'code_digits = "6"'), "code_digits = '6' is not right; write it like 3."),
    "truth for a number": (instead("low = 300", "low = true"), "low = True is not right; write it like 12.5."),
    "empty name": (instead('name_zh = "社区"', 'name_zh = ""'), "name_zh = '' is not right"),
    "code without rule": (instead("code_digits = 6\n", ""), "a code is required, but code_digits does not say how long it is"),
    "no digits": (instead("code_digits = 6", "code_digits = 0"), "code_digits = 0; write how many digits the level adds"),
    "unknown kind": (instead('kinds = ["unit"', 'kinds = ["unti"'), "kinds names 'unti', which is not there; right would be unit."),
    "remainder as a kind": (instead('kinds = ["unit"', 'kinds = ["remainder"'), "kinds names 'remainder', which is not there"),
    "more at least than at most": (instead("holders_max = 1", "holders_max = 0"), "low end 1 lies above high end 0"),
    "unknown threshold": (instead("thresholds.grid_households", "thresholds.grid_household"), "right would be grid_households."),
    "range as value": (instead("low = 300", "low = 300\nvalue = 400"), "this threshold is a range; write low and high instead of value."),
    "other unit": (
        instead('unit = "households"', 'unit = "people"'),
        "unit names 'people', which is not there; right would be households.",
    ),
    "other severity": (instead('severity = "warning"', 'severity = "wrong"'), "severity names 'wrong'"),
    "unknown level": (instead('level = "grid"', 'level = "grids"'), "level names 'grids', which is not there; right would be grid."),
    "below nothing": (instead("low = 300", "low = -1"), "low = -1 makes no sense"),
    "key with a space": (instead('key = "grid"', 'key = "my grid"'), "the key 'my grid' is not a word of a-z, 0-9 and _"),
    "no tiers": (TEXT[: TEXT.index("[[tiers]]")] + TEXT[TEXT.index("[thresholds") :], "tiers is missing; add tiers = [[tiers]]."),
    "levels as words": ('levels = ["a"]\n' + TEXT[: TEXT.index("[[levels]]")], "levels is a list of tables; begin each with [[levels]]."),
    "not TOML": (instead('name_zh = "龙泽书苑"', "name_zh = 龙泽书苑"), "this is not TOML (Invalid value)"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_is_refused_with_reason_and_remedy(case: str) -> None:
    text, reason = WRONG[case]
    assert any(reason in said for _, said in faults(text)), faults(text)


@pytest.mark.parametrize(
    ("text", "marker"),
    [
        (instead("low = 300", "low = 900"), "low = 900"),
        (instead("counter_zh", "countre_zh"), "countre_zh"),
        (instead('at = ["grid"]', 'at = ["gird"]'), 'at = ["gird"]'),
        (instead('name_zh = "龙泽书苑"', "name_zh = 龙泽书苑"), "name_zh = 龙泽书苑"),
        (instead('key = "street"', 'key = "district"'), 'key = "district"\nname_zh = "街道"'),
        (without('name_zh = "社区"\n'), '[[levels]]\nkey = "community"'),
        (TEXT[: TEXT.rindex("source")], "[thresholds.grid_households]"),
    ],
)
def test_the_line_is_that_of_the_fault(text: str, marker: str) -> None:
    assert faults(text)[0][0] == line_of(marker, text)


def test_a_value_where_a_range_belongs_and_a_missing_one_where_it_does_not() -> None:
    told = 'severity = "warning"\nsource = "?"\nunit = "m²"\n'
    more = f"[thresholds.cut_m2]\nlow = 1\n{told}[thresholds.dwelling_m2]\nvalue = 130\nlow = 60\nhigh = 120\n{told}"
    assert [said for _, said in faults(TEXT + more)] == ["value is missing; add value = 12.5.", "130 does not lie between low and high."]


def test_all_faults_are_told_in_the_order_of_the_file() -> None:
    text = instead("counter_zh", "countre_zh").replace('at = ["grid"]', 'at = ["gird"]').replace("low = 300", "low = 900")
    told = faults(text)
    assert len(told) == 4
    assert told == sorted(told, key=lambda fault: fault[0])


def test_the_error_names_the_file_and_counts_the_faults() -> None:
    with pytest.raises(Invalid, match=r"The scheme x\.toml has 1 faults"):
        parse_scheme(instead("low = 300", "low = 900"), name="x.toml")


def test_a_file_saved_with_a_byte_order_mark_and_windows_line_ends_is_read() -> None:
    assert parse_scheme("\ufeff" + TEXT.replace("\n", "\r\n"), name="x.toml") == scheme("longze")


def test_nothing_at_all_is_refused() -> None:
    assert next(said for _, said in faults("")) == 'key is missing; add key = "grid".'


@given(st.lists(st.integers(0, TEXT.count("\n")), min_size=1, max_size=6))
def test_a_file_with_any_lines_missing_is_read_or_refused_in_sentences(lines: list[int]) -> None:
    kept = "\n".join(line for number, line in enumerate(TEXT.split("\n")) if number not in lines)
    findings: list[Finding] = []
    try:
        parse_scheme(kept, name="x.toml")
    except Invalid as error:
        findings = list(error.findings)
    assert all(0 < finding.row <= kept.count("\n") + 1 for finding in findings)


@pytest.mark.parametrize("case", WRONG)
def test_every_fault_is_told_in_chinese_too(case: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_scheme(WRONG[case][0], name="x.toml")
    for finding in caught.value.findings:
        assert "行" in translations("zh")[finding.template].format(**finding.values)


PATH = """
[[approval]]
key = "draw"
name_zh = "起草"
name_en = "Drawn"
level = "{level}"
action = "plans.draw"
[[approval]]
key = "publish"
name_zh = "发布"
name_en = "Published"
level = "district"
action = "{action}"
"""


def test_a_scheme_says_through_which_steps_a_plan_goes() -> None:
    path = parse_scheme(TEXT + PATH.format(level="street", action="plans.publish"), name="longze").approvals
    assert [(step.key, step.level) for step in path] == [("draw", 2), ("publish", 1)]


def test_without_a_word_of_the_scheme_a_plan_goes_the_usual_way() -> None:
    assert [step.name_zh for step in scheme("longze").approvals] == ["社区提出", "街道审核", "区级审定", "公示", "备案", "发布"]


@pytest.mark.parametrize("asked", [{"level": "road", "action": "plans.publish"}, {"level": "street", "action": "plans.draw"}])
def test_a_step_of_no_level_or_of_a_wrong_right_is_a_fault(asked: dict[str, str]) -> None:
    assert len(faults(TEXT + PATH.format(**asked))) == 1
