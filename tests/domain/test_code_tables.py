"""Code tables: every word means one row, in the words that offices and OpenStreetMap use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pytest

from gridsvc.domain import fire_lanes, gates, organisations, parking, people, posts, stations, streets
from gridsvc.domain.code_tables import Code, key_of

TABLES: dict[str, Mapping[str, Code]] = {
    "stations": stations.KINDS,
    "premises": stations.PREMISES,
    "gates": gates.KINDS,
    "parking": parking.KINDS,
    "levels": parking.LEVELS,
    "fire lanes": fire_lanes.FORMS,
    "streets": streets.CLASSES,
    "organisations": organisations.KINDS,
    "set-ups": organisations.SET_UPS,
    "posts": posts.POSTS,
    "origins": posts.ORIGINS,
    "rosters": posts.ROSTERS,
    "members": people.MEMBER_KINDS,
    "standings": people.STANDINGS,
    "exemptions": people.EXEMPTIONS,
}


@pytest.mark.parametrize("name", TABLES)
def test_no_word_means_two_rows(name: str) -> None:
    rows = ((key, code.name_zh, code.name_en, *code.words) for key, code in TABLES[name].items())
    words = Counter(word for row in rows for word in {each.casefold() for each in row})
    assert [word for word, count in words.items() if count > 1] == []


@pytest.mark.parametrize("name", TABLES)
def test_words_are_written_as_they_are_compared(name: str) -> None:
    assert [word for code in TABLES[name].values() for word in code.words if word != word.strip().casefold()] == []


@pytest.mark.parametrize(
    ("table", "word", "key"),
    [
        ("stations", "小区党群服务站", "compound_station"),
        ("stations", " 红驿站 ", "rest_stop"),
        ("premises", "物业用房", "property_rooms"),
        ("gates", "消防出入口", "emergency"),
        ("parking", "人防", "air_defence"),
        ("parking", "消防禁停", "kept_clear"),
        ("levels", "负二层", "B2"),
        ("levels", "b1", "B1"),
        ("levels", "机械", "mechanical"),
        ("fire lanes", "登高面", "operation_site"),
        ("streets", "次干路", "secondary"),
        ("streets", "living_street", "residential"),
        ("streets", "Primary", "primary"),
        ("organisations", "业委会", "owners_committee"),
        ("organisations", "大工委", "street_joint_committee"),
        ("set-ups", "联建", "jointly"),
        ("posts", "书记", "secretary"),
        ("posts", "楼栋长", "building_head"),
        ("origins", "退役军人", "veteran"),
        ("members", "在职", "in_service"),
        ("standings", "预备党员", "probationary"),
        ("exemptions", "长期外出", "away"),
        ("stations", "酒吧", None),
        ("levels", "", None),
        ("levels", None, None),
    ],
)
def test_a_word_finds_its_row(table: str, word: str | None, key: str | None) -> None:
    assert key_of(TABLES[table], word) == key


@pytest.mark.parametrize(("word", "name"), [("tertiary_link", "tertiary"), ("小径", "road"), (None, "road")])
def test_a_street_of_no_known_class_is_a_road(word: str | None, name: str) -> None:
    assert streets.class_of(word) == name
