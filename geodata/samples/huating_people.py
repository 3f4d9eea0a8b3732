"""The people of Huating, made up: three tiers of grid leaders, every third-level grid staffed, joint committees, members who reported.

From the account of 2020-06-16: 9 community secretaries selected and 17 community workers hired; 18 unit heads in the street's 大工委,
75 members in the communities' 大党委; 4 general branches raised to committees; 62 units and more than 3,800 members reported;
36 service teams. Chosen: 3,826 members, a branch and a worker for each third-level grid (支部建在楼上), that the 18 head
reporting units, that the 4 were raised on the account's day, and that everybody else serves since the beginning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from geodata.samples.houses import Homes, dwellings
from geodata.samples.huating import STREET, town
from geodata.samples.parts import Part, shared
from geodata.samples.register import Register, table

UNITS, REPORTED, HEADS, JOINT, WORKERS, TEAMS, RAISED = 62, 3826, 18, 75, 17, 36, 4


def write(folder: Path) -> list[Path]:
    """Write all lists, and behind them the committees that were general branches before."""
    found = register()
    raised = [each for each in found.organisations if each.kind == "党总支"][:RAISED]
    later = [replace(each, kind="社区党委", name=each.name.replace("党总支", "党委")) for each in raised]
    return [*found.write(folder), table(folder / "organisations-raised.csv", later)]


def register() -> Register:
    """Return all lists of the city as they were before the account."""
    found = Register(620881, "0933")
    homes = Homes(town(), found.random)
    found.settle(list(dwellings(homes.houses)))
    first, second, third = (homes.units(f"{word}级网格") for word in "一二三")
    committees = _committees(found, homes, first, [each for each in second if each.kind])
    for word, units in (("街道", homes.units("街道")), ("一级", first), ("二级", second), ("三级", third)):
        for unit in units:
            leader = found.person(kind="在职党员", full="正式党员")
            found.appoint(leader, f"{word}网格长", unit=unit.code, duty_phone=found.duty_phone())
    for unit in third:
        found.appoint(found.person(homes.take(unit.code or "")), "网格员", unit=unit.code, duty_phone=found.duty_phone())
    for turn in range(WORKERS):
        found.appoint(found.person(), "专职网格员", unit=first[turn % len(first)].code)
    _reported(found, homes, third, committees)
    return found


def _committees(found: Register, homes: Homes, first: Sequence[Part], rural: Sequence[Part]) -> dict[str, str]:
    """List the committees of streets and communities, and the joint ones with their members; return those of communities by code."""
    streets = {each.code: found.organisation(f"{each.name}党工委", "街道党工委", units=each.code) for each in homes.units("街道")}
    heads = [found.person(kind="在职党员", full="正式党员") for _ in range(HEADS)]
    joint = found.organisation("东华街道大工委", "街道大工委", parent=streets[STREET], units=STREET)
    for turn, head in enumerate(heads):
        unit = found.organisation(f"华亭市示例单位{turn + 1}", "双报到单位", units=STREET)
        found.appoint(head, "单位负责人", organisation=unit)
        found.appoint(head, "兼职委员", organisation=joint)
    for turn in range(HEADS, UNITS):
        found.organisation(f"华亭市示例单位{turn + 1}", "双报到单位", units=first[turn % len(first)].code)
    committees: dict[str, str] = {}
    for turn, (each, members) in enumerate(zip(first, shared(JOINT, [1.0] * len(first)), strict=True)):
        kind = "党总支" if turn < RAISED + 2 else "社区党委"
        name, code = f"{each.name}{kind.removeprefix('社区')}", each.code or ""
        committees[code] = found.organisation(name, kind, parent=streets[STREET], units=code, phone=found.duty_phone())
        found.appoint(found.person(kind="在职党员", full="正式党员"), "党支部书记", organisation=committees[code])
        together = found.organisation(f"{each.name}大党委", "社区大党委", parent=committees[code], units=code)
        for _ in range(members):
            found.appoint(found.person(kind="在职党员", full="正式党员"), "兼职委员", organisation=together)
    for each in rural:
        found.organisation(f"{each.name}党委", "社区党委", parent=streets[homes.parents[each.code or ""]], units=each.code)
    return committees


def _reported(found: Register, homes: Homes, third: Sequence[Part], committees: dict[str, str]) -> None:
    """List the branches of the third-level grids, the members who reported there, and the service teams."""
    units = [each.ref for each in found.organisations if each.kind == "双报到单位"]
    weights = [float(sum(house.households for house in homes.below[each.code or ""])) for each in third]
    turn = 0
    for each, count in zip(third, shared(REPORTED, weights), strict=True):
        code = each.code or ""
        above = committees[homes.parents[homes.parents[code] or ""] or ""]
        branch = found.organisation(f"{each.name}党支部", "小区党支部", parent=above, set_up="单建", units=code)
        for _ in range(count):
            found.person(homes.take(code), kind="在职党员", full="正式党员", reporting_branch=branch, unit=units[turn % UNITS])
            turn += 1
        resident = [found.person(homes.take(code), kind="离退休党员", full="正式党员", branch=branch) for _ in range(4)]
        found.appoint(resident[0], "支部委员", organisation=branch)
        found.appoint(resident[1], "支部委员", organisation=branch)
    for number, each in enumerate(islice(third, TEAMS), start=1):
        found.organisation(f"华亭示例第{number}服务队", "志愿服务队", units=each.code)
