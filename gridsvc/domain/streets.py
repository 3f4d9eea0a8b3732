"""Streets: their classes, from motorways to footways."""

from __future__ import annotations

from dataclasses import dataclass

from gridsvc.domain.code_tables import Code, key_of


@dataclass(frozen=True, slots=True)
class StreetClass(Code):
    """A class of street."""

    is_driven: bool = True
    """Whether cars pass through, so that it parts blocks."""


CLASSES: dict[str, StreetClass] = {
    "motorway": StreetClass("高速公路", "motorway", frozenset({"高速", "motorway_link"})),
    "trunk": StreetClass("快速路", "trunk road", frozenset({"城市快速路", "国道", "trunk_link", "一级公路"})),
    "primary": StreetClass("主干路", "primary road", frozenset({"主干道", "省道", "primary_link", "城市主干路", "二级公路"})),
    "secondary": StreetClass("次干路", "secondary road", frozenset({"次干道", "secondary_link", "县道", "城市次干路", "三级公路"})),
    "tertiary": StreetClass("支路", "branch road", frozenset({"支线", "tertiary_link", "城市支路", "乡道", "四级公路"})),
    "residential": StreetClass(
        "街巷", "residential street", frozenset({"居住区道路", "小区外道路", "living_street", "居民区道路", "街坊路"})
    ),
    "road": StreetClass("道路", "road", frozenset({"unclassified", "其他", "其他道路", "等外公路", "村道"})),
    "service": StreetClass(
        "内部道路", "service road", frozenset({"小区道路", "小区内道路", "单位内部道路", "alley", "driveway"}), is_driven=False
    ),
    "track": StreetClass("机耕路", "track", frozenset({"田间路", "土路"}), is_driven=False),
    "pedestrian": StreetClass("步行街", "pedestrian street", frozenset({"商业步行街"}), is_driven=False),
    "cycleway": StreetClass("自行车道", "cycleway", frozenset({"非机动车道", "绿道"}), is_driven=False),
    "footway": StreetClass(
        "人行道", "footway", frozenset({"步道", "步行道", "path", "sidewalk", "人行路", "corridor", "bridleway"}), is_driven=False
    ),
    "steps": StreetClass("台阶", "steps", frozenset({"阶梯", "梯道"}), is_driven=False),
}
"""Classes of street, the widest first; the keys are OpenStreetMap's where it has one."""

UNCLASSED = "road"
"""What a street without a class, or with one of another word, is taken for."""


def class_of(word: str | None) -> str:
    """Return the key of the class that a file calls `word`; UNCLASSED where it says nothing or a word of no class."""
    return key_of(CLASSES, word) or UNCLASSED
