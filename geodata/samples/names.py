"""Names for streets and compounds of made-up towns, such as Chinese towns have; none comes twice."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, product

import numpy as np

FIRST = "文安永新建锦云龙凤朝东泰瑞景福和兴康宁明德华盛春晖金玉清河翠湖滨江学府中山北辰广顺祥嘉"
SECOND = "昌平庆源华苑山泉阳光宁远达乐苑林居园溪城湾岭桥门台口里坊田庄泽川海塘"
DIRECTIONS = "东西南北中前后"
NUMERALS = "一二三四五六七八九十"
ENDS = {"primary": "大道", "secondary": "路", "residential": "街"}
"""By the class of a street; others have no name."""
COMPOUNDS = ("小区", "花园", "家园", "苑", "新村", "雅居", "公馆", "嘉园", "名邸", "佳苑")


def words(random: np.random.Generator) -> Iterator[str]:
    """Yield words of two characters in an order of their own, each once; after the last, with a direction, a number or both behind them."""
    pairs = sorted({one + other for one, other in product(FIRST, SECOND) if one != other})
    for more in ("", *DIRECTIONS, *NUMERALS, *(direction + number for direction, number in product(DIRECTIONS, NUMERALS))):
        yield from (pairs[place] + more for place in random.permutation(len(pairs)))


def compound_names(random: np.random.Generator) -> Iterator[str]:
    """Yield names of compounds, each once."""
    for word, end in zip(words(random), cycle(COMPOUNDS), strict=False):
        yield word + end
