"""The people of Qingshui, made up: four tiers in 115 compounds, functional branches, and members who reported.

From the account: 34 county leaders and 98 county units share out 115 compounds; 115 functional branches on which 275 members
serve; 648 officials on residents' groups and owners' committees; 98 units and 2,466 members reported; 449 posts. Chosen: who
has which compounds (three or four scattered ones a leader), that the 275, the 648 and the holders of the 449 posts are among
the 2,466, nine members of the town committee, a head for each residential building, 30 property companies.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from geodata.samples.houses import Homes, dwellings
from geodata.samples.parts import Part, shared
from geodata.samples.qingshui import TOWN_CODE, town
from geodata.samples.register import Register

LEADERS, UNITS, SERVING, OFFICIALS, REPORTED, POSTS = 34, 98, 275, 648, 2466, 449
"""By the account."""
TOWN_MEMBERS, COMPANIES = 9, 30
SERVICE = ("政策宣传岗", "民情收集岗", "矛盾调解岗", "环境卫生岗", "治安巡逻岗", "帮扶助困岗", "文明劝导岗")
"""Posts that reported members take; the account says how many there are, not which."""


def write(folder: Path) -> list[Path]:
    """Write all lists in the order to import them."""
    return register().write(folder)


def register() -> Register:
    """Return all lists of the county seat."""
    found = Register(620521, "0938")
    homes = Homes(town(), found.random)
    found.settle(list(dwellings(homes.houses)))
    compounds = homes.units("小区")
    reported = _organised(found, homes, compounds)
    _tiers(found, homes, compounds)
    for head, house in zip([found.person(homes.take(house.leaf)) for house in homes.houses], homes.houses, strict=True):
        found.appoint(head, "四级网格员", building=house.ref, duty_phone=found.duty_phone())
    for turn in range(POSTS):
        found.appoint(reported[-1 - turn][0], SERVICE[turn % len(SERVICE)], unit=reported[-1 - turn][1])
    return found


def _organised(found: Register, homes: Homes, compounds: Sequence[Part]) -> list[tuple[str, str]]:
    """List the 1+3 of each compound and the members who reported there; return them with the compound's code."""
    town_committee = found.organisation("永清镇党委", "街道党工委", units=TOWN_CODE)
    committees = {
        each.code: found.organisation(f"{each.name}党委", "社区党委", parent=town_committee, units=each.code, phone=found.duty_phone())
        for each in homes.units("社区")
    }
    # a county unit contracts one compound or two, and its members report there
    units = [
        found.organisation(f"清水县示例单位{turn + 1}", "包抓单位", units="、".join(each.code or "" for each in compounds[turn::UNITS]))
        for turn in range(UNITS)
    ]
    for number in range(COMPANIES):
        managed = "、".join(each.code or "" for each in compounds[number::COMPANIES])
        until = f"{2026 + number % 3}-12-31"
        found.organisation(
            f"清水示例物业{number + 1}公司", "物业公司", units=managed, contract_from="2023-01-01", contract_until=until, score=70 + number
        )
    people: list[tuple[str, str]] = []
    counts = (shared(whole, [1.0] * len(compounds)) for whole in (REPORTED, SERVING, OFFICIALS))
    for turn, (compound, count, serving, officials) in enumerate(zip(compounds, *counts, strict=True)):
        code = compound.code or ""
        parent = committees[homes.parents[code]]
        branch = found.organisation(f"{compound.name}功能型党支部", "功能型党支部", parent=parent, set_up="单建", units=code)
        group, owners = (found.organisation(f"{compound.name}{kind}", kind, units=code) for kind in ("居民小组", "业主委员会"))
        told = {"kind": "在职党员", "full": "正式党员", "reporting_branch": branch, "unit": units[turn % UNITS]}
        here = [found.person(homes.take(code), **told) for _ in range(count)]
        people += [(person, code) for person in here]
        for person, post in zip(here, ("党支部书记", "党支部副书记", "支部委员")[:serving], strict=False):
            found.appoint(person, post, organisation=branch)
        found.appoint(here[3], "居民小组长", organisation=group)
        for person in here[4 : 3 + officials]:
            found.appoint(person, "业委会主任" if person == here[4] else "业委会委员", organisation=owners)
    return people


def _tiers(found: Register, homes: Homes, compounds: Sequence[Part]) -> None:
    """Give each compound its county leader, its leaders from town and community, and the head of the unit that contracts it."""
    leaders = [found.person(kind="在职党员", full="正式党员") for _ in range(LEADERS)]
    town_members = [found.person(kind="在职党员", full="正式党员") for _ in range(TOWN_MEMBERS)]
    secretaries = {each.code: found.person(kind="在职党员", full="正式党员") for each in homes.units("社区")}
    heads = [found.person(kind="在职党员", full="正式党员") for _ in range(UNITS)]
    for turn, compound in enumerate(compounds):
        code = compound.code or ""
        found.appoint(leaders[turn % LEADERS], "一级网格长", unit=code, duty_phone=found.duty_phone())
        for second in (town_members[turn % TOWN_MEMBERS], secretaries[homes.parents[code]]):
            found.appoint(second, "二级网格长", unit=code, duty_phone=found.duty_phone())
        unit = found.number_of(f"清水县示例单位{turn % UNITS + 1}")
        found.appoint(heads[turn % UNITS], "三级网格长", unit=code, organisation=unit, duty_phone=found.duty_phone())
    for turn, community in enumerate(homes.units("社区")):
        for second in (town_members[turn % TOWN_MEMBERS], secretaries[community.code]):
            found.appoint(second, "二级网格长", unit=community.code, duty_phone=found.duty_phone())
