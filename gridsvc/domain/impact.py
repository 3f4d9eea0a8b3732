"""What a plan changes for whom: how much of each kind goes from which unit to which, at any level."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from geodata.findings import Box, Finding
from gridsvc.domain.permissions import Action

Stands: TypeAlias = Literal["ground", "buildings", "people", "facilities"]


@dataclass(frozen=True, slots=True)
class Kind:
    """Something that is counted by unit and may come to another one."""

    name_zh: str
    name_en: str
    measure: str
    """What one of them is counted in, as Chinese files say it: 栋, 户, 米."""
    stands: Stands
    """Where its amount comes from: the ground itself; what a building says of itself; `counted_at_buildings` of sql/81_impact.sql, which
    answers by the key of the kind; or a noun of FACILITIES of the same key."""
    action: Action | None = None
    """Who may count it; None where whoever reads the plan may."""
    digits: int = 0
    """After the decimal point, for people."""


KINDS: dict[str, Kind] = {
    "ground_m2": Kind("面积", "ground", "平方米", "ground"),
    "buildings": Kind("楼栋", "buildings", "栋", "buildings"),
    "households": Kind("户数", "households", "户", "buildings", Action.READ_HOUSEHOLDS),
    "households_estimated": Kind("其中估算户数", "households estimated", "户", "buildings", Action.READ_HOUSEHOLDS),
    "shops": Kind("商铺", "shops", "户", "buildings", Action.READ_HOUSEHOLDS),
    "let": Kind("出租住房", "dwellings let", "户", "people", Action.READ_HOUSEHOLDS),
    "care": Kind("关怀住户", "households in care", "户", "people", Action.READ_HOUSEHOLDS),
    "members": Kind("党员", "members", "人", "people", Action.READ_HOUSEHOLDS),
    "full_members": Kind("其中正式党员", "full members", "人", "people", Action.READ_HOUSEHOLDS),
    "contracts": Kind("包联关系", "contracts", "户", "people", Action.READ_HOUSEHOLDS),
    "posts": Kind("岗位", "posts", "个", "people", Action.READ_HOUSEHOLDS),
    "stations": Kind("服务站点", "stations", "个", "facilities"),
    "gates": Kind("出入口", "gates", "个", "facilities"),
    "parking_lots": Kind("停车场", "parking lots", "个", "facilities", Action.READ_FACILITIES),
    "parking_spaces": Kind("车位", "parking spaces", "个", "facilities", Action.READ_FACILITIES),
    "fire_lanes": Kind("消防通道", "fire lanes", "条", "facilities", Action.READ_FACILITIES),
    "fire_lanes_m": Kind("消防通道长度", "metres of fire lanes", "米", "facilities", Action.READ_FACILITIES),
}
"""What an impact counts, in the order of its tables; a later kind joins by an entry here."""

LENGTHS = {"fire_lanes": "fire_lanes_m"}
"""Kinds of lines, and the kind under which their metres count."""
ACROSS = frozenset({*LENGTHS, *LENGTHS.values()})
"""Kinds whose things stand in several leaves at once: what changes in one leaf may count for others, so they are always told of whole."""


@dataclass(frozen=True, slots=True)
class UnitSeen:
    """A unit as a plan finds it, or leaves it."""

    key: int
    """Its id, below 0 for one that the plan makes."""
    parent: int | None
    level: int
    kind: str
    code: str | None
    name: str
    leaf: bool


Units: TypeAlias = Mapping[int, UnitSeen]
"""By key: changed leaves, what they are attached to, and all above."""


@dataclass(frozen=True, slots=True)
class Flow:
    """How much of a kind stands in one unit before and in another after; the same one where it stays."""

    kind: str
    source: int | None
    """None: in no unit before."""
    target: int | None
    """None: in no unit after."""
    amount: float


@dataclass(frozen=True, slots=True)
class Pinned:
    """What stays where it is by a hand-made exception although the ground under it goes to another leaf."""

    kind: str
    thing_id: int
    unit: int
    """Where it stays."""
    ground: int | None
    """Whose ground it then stands on."""
    where: Box


@dataclass(frozen=True, slots=True)
class Sums:
    """Of one kind in one unit."""

    before: float
    after: float
    lost: float
    """What goes to other units."""
    gained: float
    """What comes from others."""


@dataclass(frozen=True, slots=True)
class Impact:
    """What a plan changes, under its reader's rights."""

    before: Units
    after: Units
    flows: tuple[Flow, ...]
    """Between leaves, by kind, source and target; what stays in a changed leaf included."""
    pinned: tuple[Pinned, ...] = ()
    findings: tuple[Finding, ...] = ()
    withheld: tuple[str, ...] = ()
    """Kinds that the reader may not count here."""
    keys: frozenset[int] | None = None
    """Leaves, and units above that end, of which alone it tells; None where it tells of all."""
    touched: frozenset[int] = frozenset()
    """Units of today that the plan touches: nothing else has a flow that begins there."""

    def moved(self, level: int | None = None) -> list[Flow]:
        """Return what changes its unit at a level, by kind; None asks for the leaves. A leaf above the level stands for itself."""
        if level is None:
            return [flow for flow in self.flows if flow.source != flow.target]
        ends = ((flow, at_level(self.before, flow.source, level), at_level(self.after, flow.target, level)) for flow in self.flows)
        at = summed((flow.kind, source, target, flow.amount) for flow, source, target in ends)
        return [flow for flow in at if flow.source != flow.target]

    def sums(self) -> dict[int, dict[str, Sums]]:
        """Return what each changed leaf had and will have, by key and kind."""
        found: dict[int, dict[str, list[float]]] = defaultdict(lambda: defaultdict(lambda: [0.0] * 4))
        for flow in self.flows:
            stays = flow.source == flow.target
            if flow.source is not None:
                had = found[flow.source][flow.kind]
                had[0] += flow.amount
                had[2] += 0 if stays else flow.amount
            if flow.target is not None:
                has = found[flow.target][flow.kind]
                has[1] += flow.amount
                has[3] += 0 if stays else flow.amount
        return {key: {kind: Sums(*figures) for kind, figures in kinds.items()} for key, kinds in found.items()}

    def total(self, kind: str) -> float:
        """Return how much of a kind changes its leaf."""
        return sum(flow.amount for flow in self.flows if flow.kind == kind and flow.source != flow.target)

    def had(self, kind: str) -> float:
        """Return how much of a kind stood in the changed leaves before."""
        return sum(flow.amount for flow in self.flows if flow.kind == kind and flow.source is not None)

    def before_name(self, key: int | None) -> str | None:
        """Return what a unit is called before the plan."""
        return self.before[key].name if key is not None and key in self.before else self.name(key)

    def name(self, key: int | None) -> str | None:
        """Return what a unit is called after the plan, or was before."""
        unit = None if key is None else self.after.get(key) or self.before.get(key)
        return unit.name if unit else None


def at_level(units: Units, key: int | None, level: int) -> int | None:
    """Return the unit at a level above one, or the unit itself where it stands higher."""
    while key is not None and key in units and units[key].level > level:
        key = units[key].parent
    return key


def only(flows: Iterable[Flow], keys: frozenset[int]) -> tuple[Flow, ...]:
    """Return the flows that begin or end in one of these units, and those that are told of whole."""
    return tuple(flow for flow in flows if _is_told_whole(flow) or flow.source in keys or flow.target in keys)


def _is_told_whole(flow: Flow) -> bool:
    """Say whether a flow may change by units where it neither begins nor ends: another unit gives ground up that it has of the source."""
    return flow.kind in ACROSS or (flow.kind == "ground_m2" and flow.target is None)


def updated(whole: Impact, part: Impact) -> Impact:
    """Return an impact by difference: `whole` was before some moves, `part` is of the units that they changed, as are the findings."""
    keys = part.keys or frozenset()
    kept = [flow for flow in whole.flows if not _is_told_whole(flow) and flow.source not in keys and flow.target not in keys]
    kept = [flow for flow in kept if flow.source is None or flow.source in part.touched]
    pinned = [each for each in whole.pinned if each.unit not in keys and each.ground not in keys]
    return Impact(
        {**whole.before, **part.before}, {**whole.after, **part.after}, tuple(in_order([*kept, *part.flows])),
        (*pinned, *part.pinned), part.findings, part.withheld, None, part.touched,
    )  # fmt: skip


def in_order(flows: Iterable[Flow]) -> list[Flow]:
    """Return flows by kind, then by source and target."""
    place = {kind: at for at, kind in enumerate(KINDS)}
    return sorted(flows, key=lambda flow: (place[flow.kind], flow.source is None, flow.source or 0, flow.target is None, flow.target or 0))


Counted: TypeAlias = tuple[str, int | None, int | None, float]
"""Kind, source, target and amount."""


def summed(counted: Iterable[Counted]) -> list[Flow]:
    """Return a flow for each kind, source and target, in order."""
    amounts: dict[tuple[str, int | None, int | None], float] = defaultdict(float)
    for kind, source, target, amount in counted:
        amounts[kind, source, target] += amount
    return in_order(Flow(*ends, amount) for ends, amount in amounts.items() if amount)
