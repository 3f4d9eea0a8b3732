"""What a ledger's cell for buildings says: 1–6号楼, 甲1号楼, 3号楼1-2单元, 1-11单号, A座, 全部; read into a list and written again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

from gridsvc.domain.ledger.numerals import arabic, plain

MOST_OF_A_RANGE = 500
"""Longer ranges are slips of the pen: 1-60000号楼."""


@dataclass(frozen=True, slots=True)
class BuildingName:
    """One building of a compound as a ledger names it; 3号楼, 3#, 3栋 and 三号楼 are the same."""

    series: str = ""
    """What stands before the number (甲, 东, A, 1期), or the whole name of a building without a number (A, 综合楼)."""
    number: int | None = None
    letter: str = ""
    """What stands behind the number: 3甲, 12A."""
    entrances: tuple[str, ...] = ()
    """The entrances (单元) that are meant; none for the whole building."""

    @property
    def whole(self) -> BuildingName:
        """Return the building, whichever entrances were named."""
        return replace(self, entrances=())

    def __str__(self) -> str:
        """Return it as an office writes it."""
        return _stem(self) + _entrances_written(self.entrances)


@dataclass(frozen=True, slots=True)
class Claimed:
    """What one cell claims."""

    named: tuple[BuildingName, ...] = ()
    every: Literal["all", "rest"] | None = None
    """All buildings of the compound, or those that no other row claims."""
    excepted: tuple[BuildingName, ...] = ()
    """Of all of them, which not."""
    remarks: tuple[str, ...] = ()
    """What stood in brackets and names no building."""
    unread: tuple[str, ...] = ()
    """What could not be understood."""


_STEMS, _CAPITALS = "甲乙丙丁戊己庚辛壬癸", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LETTER = f"{_STEMS}A-Z"
_IN_ORDER = str.maketrans(_STEMS, "0123456789")
_WORD = "(?:号楼|#楼|号|#|栋|幢|座|排|楼)"
_SERIES = r"(?:.*\d(?:期|区|号院|院|弄|巷|组团|组|村))?[^\d]*?"
_STEP = "单号|双号|奇数|偶数|单|双"
_NUMBERED = re.compile(
    rf"(?P<series>{_SERIES})(?P<low>\d{{1,4}})(?P<letter>[{_LETTER}]?){_WORD}?"
    rf"(?:[-至到](?P<series2>{_SERIES})(?P<high>\d{{1,4}})(?P<letter2>[{_LETTER}]?){_WORD}?)?"
    rf"(?P<step>{_STEP})?{_WORD}?(?:(?P<entrances>[\d+-]+|[东西南北中])单元)?"
)
_NO_SERIES = re.compile("[#栋幢座(),-]|号楼|单元|除|全部")
_LETTERED = re.compile(rf"(?P<low>[{_LETTER}]){_WORD}?[-至到](?P<high>[{_LETTER}]){_WORD}?")
_SINGLE = re.compile(rf"([{_LETTER}东西南北中]|[A-Z]{{2}}){_WORD}")
_ENTRANCE = re.compile(r"(?P<entrances>[\d+-]+|[东西南北中])单元")
_ALL = re.compile("(?:全部|全小区|全体|整个小区|所有|全院|ALL)(?:楼栋|楼|栋|小区|BUILDINGS)?")
_REST = re.compile("(?:其余|其他|剩余)(?:全部|所有)?(?:楼栋|楼|栋)?")
_EXCEPT = re.compile(r"[(,]?除(?:去|了)?(?P<names>[^()]+?)(?:以?外|之外)?(?:[),]|$|(?=全部|所有|其余))")
_LISTED = re.compile(r"[、,;/|\n。]+|\s+|以及|(?<=[\d#号栋幢座楼元])[和及与](?=[\d东西南北甲乙丙丁A-Z])")


def read_buildings(text: str) -> Claimed:
    """Return what a cell claims; parts that cannot be understood are kept as `unread`, never guessed."""
    plainly = _tidy(arabic(plain(text)))
    excepted: list[BuildingName] = []
    unread: list[str] = []
    remarks: list[str] = []
    for found in _EXCEPT.finditer(plainly):
        excepted += _names(found["names"], unread)
    plainly = _EXCEPT.sub("、", plainly) if excepted else plainly
    plainly = re.sub(r"\(([^()]*)\)", lambda found: _bracketed(found[1], remarks), plainly)
    items = [item for item in _LISTED.split(plainly) if item]
    every: Literal["all", "rest"] | None = None
    if any(_REST.fullmatch(item) for item in items):
        every = "rest"
    elif excepted or any(_ALL.fullmatch(item) for item in items):
        every = "all"
    listed = "、".join(item for item in items if not _ALL.fullmatch(item) and not _REST.fullmatch(item))
    named = _names(listed, unread)
    return Claimed(tuple(dict.fromkeys(named)), every, tuple(dict.fromkeys(excepted)), tuple(remarks), tuple(unread))


def one_name(text: str) -> BuildingName:
    """Return the building that a single name means, as tables of buildings have it; a text without a number is its own name."""
    unread: list[str] = []
    found = _names(_tidy(arabic(plain(text))), unread)
    return found[0] if len(found) == 1 and not unread else BuildingName(_unspaced(text))


def written(names: Iterable[BuildingName]) -> str:
    """Return a list as an office writes it, with ranges: 1-6号楼、8号楼、甲1号楼; `read_buildings` reads the same list back."""
    return "、".join(_runs(sorted(set(names), key=_order)))


def _tidy(text: str) -> str:
    """Return a plain text without the spaces and words that say nothing; 甲/乙1号楼 in full, lists of entrances held together by +."""
    text = re.sub(rf"\s+(?={_WORD}|单元)|(?<=\d)\s*-\s*(?=\d)", lambda found: "-" if "-" in found[0] else "", text)
    text = re.sub(r"共\d+[栋幢座](?:楼)?$|等$|第(?=\d)|NO\.?\s*(?=\d)|№\s*(?=\d)", "", text)
    text = re.sub(rf"\((\s*(?:{_STEP}|[\d、,-]+单元)\s*)\)", r"\1", text)
    text = re.sub(r"(号楼|#楼|栋|幢|#)(?=\d+(?:号楼|#|栋|幢))", r"\1、", text)
    text = re.sub(rf"(\d+)([{_LETTER}])/([{_LETTER}])", r"\1\2、\1\3", text)
    text = re.sub(rf"([{_LETTER}])/([{_LETTER}])(\d+)", r"\1\3、\2\3", text)
    return re.sub(r"(?<=[楼#栋幢座号])\d+(?:[-,、]\d+)*(?=单元)", lambda found: re.sub("[,、]", "+", found[0]), text)


def _bracketed(inside: str, remarks: list[str]) -> str:
    remarks.append(inside)
    return ""


def _names(text: str, unread: list[str]) -> list[BuildingName]:
    names: list[BuildingName] = []
    for item in filter(None, _LISTED.split(text)):
        more = _more_entrances(item, names)
        found = more or _of_item(item)
        if found:
            names = (names[:-1] if more else names) + found
        else:
            unread.append(item)
    return names


def _more_entrances(item: str, names: Sequence[BuildingName]) -> list[BuildingName]:
    """Return the last building with the entrances of an item that names nothing else: 3号楼1单元、2单元."""
    found = _ENTRANCE.fullmatch(item)
    if found is None or not names:
        return []
    return [replace(names[-1], entrances=(*names[-1].entrances, *_entrances(found["entrances"])))]


def _of_item(item: str) -> list[BuildingName]:
    """Return the buildings of one item of a list; none where it cannot be understood."""
    if found := _LETTERED.fullmatch(item):
        return [BuildingName(letter) for letter in _letters(found["low"], found["high"])]
    if found := _NUMBERED.fullmatch(item):
        return list(_numbered(found))
    if found := _SINGLE.fullmatch(item):
        return [BuildingName(found[1])]
    return [] if re.search(r"[\d()-]|除|单元|全部", item) else [BuildingName(item)]


def _numbered(found: re.Match[str]) -> Iterator[BuildingName]:
    series, step = _unspaced(found["series"]), found["step"] or ""
    for word in ("单号", "双号"):
        if series.endswith(word):
            series, step = series.removesuffix(word), word
    series = re.sub("^[楼栋#]$", "", series)
    if _NO_SERIES.search(series):
        return
    low, high = int(found["low"]), int(found["high"] or found["low"])
    letters = {found["letter"], found["letter2"] or ""} - {""}
    is_range = found["high"] is not None
    if is_range and (letters or not low < high <= low + MOST_OF_A_RANGE or _unspaced(found["series2"]) not in ("", series)):
        return
    for number in range(low, high + 1):
        if not step or number % 2 == (step[0] in "单奇"):
            yield BuildingName(series, number, found["letter"], _entrances(found["entrances"] or ""))


def _letters(low: str, high: str) -> Sequence[str]:
    """Return the letters or stems from one to the other; none where they are of two alphabets or run backwards."""
    alphabet = _STEMS if low in _STEMS else _CAPITALS
    return alphabet[alphabet.index(low) : alphabet.find(high) + 1]


def _entrances(text: str) -> tuple[str, ...]:
    """Return the entrances of 1-2, 1+3 or 东."""
    found: list[str] = []
    for part in filter(None, text.split("+")):
        low, _, high = part.partition("-")
        found += [str(each) for each in range(int(low), int(high) + 1)] if low.isdecimal() and high.isdecimal() else [low]
    return tuple(dict.fromkeys(found))


def _unspaced(text: str) -> str:
    return re.sub(r"\s+", "", plain(text))


def _order(name: BuildingName) -> tuple[bool, str, int, str, tuple[str, ...]]:
    return name.number is None, name.series.translate(_IN_ORDER), name.number or 0, name.letter.translate(_IN_ORDER), name.entrances


def _runs(names: Sequence[BuildingName]) -> Iterator[str]:
    """Yield ranges of buildings that differ in their number alone, and the others one by one."""

    def alike(pair: tuple[int, BuildingName]) -> tuple[str, str, tuple[str, ...], int | None]:
        place, name = pair
        return name.series, name.letter, name.entrances, None if name.number is None else name.number - place

    for (series, letter, entrances, _), group in groupby(enumerate(names), alike):
        run = [name for _, name in group]
        if len(run) > 1 and not letter and not entrances:
            yield f"{series}{run[0].number}-{run[-1].number}号楼"
        else:
            yield from map(str, run)


def _stem(name: BuildingName) -> str:
    if name.number is not None:
        return f"{name.series}{name.number}{name.letter}号楼"
    return f"{name.series}座" if re.fullmatch(f"[{_LETTER}东西南北中]|[A-Z]{{2}}", name.series) else name.series


def _entrances_written(entrances: Sequence[str]) -> str:
    if not entrances:
        return ""
    if not all(each.isdecimal() for each in entrances):
        return "、".join(f"{each}单元" for each in entrances)
    numbers = sorted(map(int, entrances))
    runs = [[number for _, number in group] for _, group in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])]
    return "、".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs) + "单元"
