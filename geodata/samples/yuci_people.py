"""The people of Yuci, made up: 336 branches, 524 groups, 14,000 members who reported, and 153,600 households for them to look after.

From the account of 2023-09-13: 336 secretaries, 17 retired, 12 veterans, 174 cadres of the communities, 133 residents; 162 unit
organisations; 14,000 members in service, part-time micro-grid workers all; more than 11,000 of them, and more than 300 couriers, in
posts of 7 kinds; more than 260 volunteer teams and 100 activity teams. Chosen: one branch leads in each grid, every seventh set up
jointly with the next grid of its community; four to eleven members by membership in each; one or two groups a branch, each over
several buildings; 11,046 and 312 in posts; 262 and 104 teams; 96 secretaries in the owners' committee as well; two homes as hubs a
grid. Members are shared out among the grids as households are, so that each has 10 to 15. Contracts are computed, not made up.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from geodata.samples.houses import Dwelling, Homes, dwellings
from geodata.samples.parts import Part, shared
from geodata.samples.qingshui_people import SERVICE
from geodata.samples.register import Register
from geodata.samples.yuci import town

MEMBERS, UNITS, GROUPS, POSTED, COURIERS, VOLUNTEERS, ACTIVITIES = 14_000, 162, 524, 11_046, 312, 262, 104
ORIGINS = {"离退休党员": 17, "退役军人": 12, "社区两委成员": 174, "居民党员": 133}
CROSS_APPOINTED, OWNERS, COMPANIES, JOINT_EVERY = 96, 214, 60, 7


def write(folder: Path) -> list[Path]:
    """Write all lists in the order to import them."""
    return register().write(folder)


def register() -> Register:
    """Return all lists of the district."""
    found = Register(140702, "0354")
    homes = Homes(town(), found.random)
    found.settle(list(dwellings(homes.houses)))
    grids = homes.units("小区(网格)")
    committees = _committees(found, homes)
    units = [
        found.organisation(f"榆次示例单位{number + 1}党组织", "双报到单位", units=homes.units("社区")[number % 71].code)
        for number in range(UNITS)
    ]
    branches = _branches(found, homes, grids, committees)
    _reported(found, homes, grids, branches, units)
    for turn in range(COURIERS):
        found.appoint(found.person(), SERVICE[turn % 7], unit=grids[turn].code)
    return found


def _committees(found: Register, homes: Homes) -> dict[str, str]:
    """List the committees of streets and communities with their leaders, and the teams; return the committees by code."""
    committees: dict[str, str] = {}
    for level, kind in (("街道", "街道党工委"), ("社区", "社区党委")):
        for each in homes.units(level):
            code = each.code or ""
            above = committees.get(homes.parents[code] or "")
            committees[code] = found.organisation(each.name + kind[2:], kind, parent=above, units=code, phone=found.duty_phone())
            leader = found.person(kind="在职党员", full="正式党员")
            found.appoint(leader, f"{level}网格长", unit=code, duty_phone=found.duty_phone())
    communities = homes.units("社区")
    for kind, count in (("志愿服务队", VOLUNTEERS), ("文体活动队", ACTIVITIES)):
        for turn in range(count):
            found.organisation(f"榆次示例第{turn + 1}{kind}", kind, units=communities[turn % len(communities)].code)
    return committees


def _branches(found: Register, homes: Homes, grids: Sequence[Part], committees: dict[str, str]) -> dict[str, str]:
    """List the branch of each grid with secretary, members, groups and homes as hubs, and who manages the compound."""
    branches: dict[str, str] = {}
    every = [origin for origin, count in ORIGINS.items() for _ in range(count)]
    origins = [every[place] for place in found.random.permutation(len(every)).tolist()]
    groups = shared(GROUPS, [1.0] * len(grids))
    for turn, grid in enumerate(grids):
        code = grid.code or ""
        beside = grids[(turn + 1) % len(grids)].code or ""
        jointly = turn % JOINT_EVERY == 0 and homes.parents[beside] == homes.parents[code]
        ground = f"{code}、{beside}" if jointly else code
        told = {"parent": committees[homes.parents[code] or ""], "set_up": "联建" if jointly else "单建", "units": ground}
        branch = branches[code] = found.organisation(f"{grid.name}党支部", "小区党支部", phone=found.duty_phone(), **told)
        kind = "业主委员会" if turn < OWNERS else "物业管理委员会"
        owners = found.organisation(grid.name + kind, kind, units=code)
        resident = [homes.take(code) for _ in range(int(found.random.integers(4, 12)))]
        people = [found.person(home, kind="离退休党员", full="正式党员", branch=branch) for home in resident]
        is_cadre = origins[turn] == "社区两委成员"
        secretary = found.person(kind="在职党员", full="正式党员", branch=branch) if is_cadre else people[0]
        found.appoint(secretary, "党支部书记", organisation=branch, origin=origins[turn], duty_phone=found.duty_phone())
        found.appoint(secretary, "网格长", unit=code, duty_phone=found.duty_phone())
        if turn < CROSS_APPOINTED:
            found.appoint(secretary, "业委会主任", organisation=owners)
        _groups(found, grid, branch, people[: groups[turn] + 1])
        _hubs(found, list(zip(people, resident, strict=True))[-2:])
    for number in range(COMPANIES):
        managed, term = "、".join(grid.code or "" for grid in grids[number::COMPANIES]), ("2022-07-01", "2026-06-30")
        name = f"榆次示例物业{number + 1}公司"
        found.organisation(name, "物业公司", units=managed, contract_from=term[0], contract_until=term[1])
    return branches


def _groups(found: Register, grid: Part, branch: str, people: Sequence[str]) -> None:
    """List the groups of a branch, each over some of its buildings, with their heads."""
    heads = people[1:]
    codes = [part.code or "" for part in grid.parts]
    ends = [len(codes) * turn // len(heads) for turn in range(len(heads) + 1)]
    for turn, head in enumerate(heads):
        mine = codes[ends[turn] : ends[turn + 1]]
        name = f"{grid.name}第{turn + 1}党小组"
        how = "联建" if len(mine) > 1 else "单建"
        group = found.organisation(name, "楼栋党小组", parent=branch, set_up=how, units="、".join(mine))
        found.appoint(head, "党小组长", organisation=group)


def _hubs(found: Register, people: Sequence[tuple[str, Dwelling]]) -> None:
    for person, home in people:
        found.appoint(person, "党员中心户", household=home.ref)


def _reported(found: Register, homes: Homes, grids: Sequence[Part], branches: dict[str, str], units: Sequence[str]) -> None:
    """List the members in service where they live: each a part-time worker of the building, one its leader, most in a post."""
    weights = [float(sum(house.households for house in homes.below[grid.code or ""])) for grid in grids]
    turn = 0
    for grid, count in zip(grids, shared(MEMBERS, weights), strict=True):
        code, led = grid.code or "", set[str]()
        for _ in range(count):
            home = homes.take(code)
            leaf = home.house.leaf
            told = {"kind": "在职党员", "full": "正式党员", "reporting_branch": branches[code], "unit": units[turn % UNITS]}
            person = found.person(home, **told)
            found.appoint(person, "兼职微网格员", unit=leaf)
            if leaf not in led:
                found.appoint(person, "微网格长", unit=leaf, duty_phone=found.duty_phone())
                led.add(leaf)
            if turn < POSTED:
                found.appoint(person, SERVICE[turn % 7], unit=code)
            turn += 1
