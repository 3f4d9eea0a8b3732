"""Buildings: what they are used for, and how many households to expect where nobody has counted."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

from gridsvc.domain.schemes import Scheme


@dataclass(frozen=True, slots=True)
class Use:
    """What a building is for."""

    name_zh: str
    """What screens and files call it."""
    name_en: str
    """The same in English."""
    words: frozenset[str] = frozenset()
    """What files call it besides, OpenStreetMap's values among them."""
    is_residential: bool = False
    """Whether households are expected."""


USES: dict[str, Use] = {
    "residential": Use(
        "住宅",
        "residential",
        frozenset({"居住", "居民楼", "宿舍", "apartments", "house", "detached", "terrace", "dormitory", "semidetached_house", "bungalow"}),
        is_residential=True,
    ),
    "mixed": Use("商住", "mixed", frozenset({"商住两用", "商住楼", "底商住宅"}), is_residential=True),
    "commercial": Use("商业", "commercial", frozenset({"商铺", "商场", "酒店", "市场", "retail", "shop", "supermarket", "hotel", "kiosk"})),
    "office": Use("办公", "office", frozenset({"写字楼", "办公楼", "government"})),
    "school": Use("学校", "school", frozenset({"教育", "幼儿园", "kindergarten", "university", "college"})),
    "medical": Use("医疗", "medical", frozenset({"医院", "卫生", "hospital", "clinic"})),
    "industrial": Use("工业", "industrial", frozenset({"厂房", "仓储", "仓库", "warehouse", "factory"})),
    "garage": Use("车库", "garage", frozenset({"车棚", "停车楼", "garages", "parking", "carport"})),
    "public": Use("公共", "public", frozenset({"公建", "公共服务", "文化", "体育", "civic", "church", "temple"})),
    "ancillary": Use("附属用房", "ancillary", frozenset({"配电房", "门卫", "泵房", "service", "shed", "roof", "hut", "guardhouse"})),
    "other": Use("其他", "other"),
}
"""Uses of a building; `other` for words that mean none of them."""

DWELLING_USES: dict[str, tuple[str, str]] = {
    "own": ("自住", "own use"),
    "let": ("出租", "let"),
    "vacant": ("空置", "vacant"),
    "shop": ("商用", "shop"),
}
"""Uses of a dwelling, Chinese and English; permanent residence is another fact, and a let dwelling may have it."""

_BY_WORD = {word: key for key, use in USES.items() for word in (key, use.name_zh, use.name_en, *use.words)}


def use_of(word: str | None) -> str | None:
    """Return the key of the use that a file calls `word`; None where it says nothing or only that there is a building."""
    plain = (word or "").strip().casefold()
    return None if plain in ("", "yes", "building") else _BY_WORD.get(plain, "other")


@dataclass(frozen=True, slots=True)
class Size:
    """What is known of a building's size."""

    footprint_m2: float
    storeys: int | None = None
    height_m: float | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many households a building may have: a guess within a factor of two, to be shown as one."""

    households: int
    low: int
    """With the largest dwellings that the scheme thinks likely."""
    high: int
    """With the smallest."""
    storeys: int
    """As counted, or from the height."""


ESTIMATED = (
    "Estimated from {storeys} storeys and {footprint_m2:.0f} m² of footprint: {households}, likely {low} to {high}; nobody has counted."
)
"""What stands beside an estimate wherever it is shown."""


def estimate_households(size: Size, use: str | None, scheme: Scheme) -> Estimate | None:
    """Return the households to expect: footprint times storeys times the share of dwellings, by the ground of a dwelling.

    None for uses other than dwellings, buildings too high or too small by the scheme, and where neither storeys nor
    height is known. A building of unknown use is taken for dwellings. All figures are thresholds of the scheme.
    """
    storeys = _storeys(size, scheme)
    if storeys is None or (use is not None and not USES[use].is_residential) or not _is_estimable(size, scheme):
        return None
    living_m2 = size.footprint_m2 * storeys * scheme.threshold("dwelling_share").figure
    dwelling = scheme.threshold("dwelling_m2")
    figures = (dwelling.value, dwelling.high, dwelling.low)  # the scheme's file has all three
    likely, low, high = (max(1, floor(living_m2 / each_m2 + 0.5)) for each_m2 in figures if each_m2 is not None)
    return Estimate(likely, low, high, storeys)


def _storeys(size: Size, scheme: Scheme) -> int | None:
    """Return the storeys as counted, else from the height, at most as many as the scheme allows; None where neither is known."""
    most = scheme.threshold("estimated_storeys").high
    counted = size.storeys
    if counted is None and size.height_m is not None:
        counted = floor(size.height_m / scheme.threshold("storey_m").figure + 0.5)
    if counted is None or counted < 1:
        return None
    return counted if most is None else min(counted, int(most))


def _is_estimable(size: Size, scheme: Scheme) -> bool:
    is_high = size.height_m is not None and not scheme.threshold("estimated_height_m").admits(size.height_m)
    return not is_high and scheme.threshold("estimated_footprint_m2").admits(size.footprint_m2)
