"""The people of Xuancheng, made up: six levels of leaders, branches of compounds and property companies, members who reported.

From the account of 2025-04-25: 46 compound branches, 37 property-company branches, 2 industry committees; 249 property companies;
in 5 compounds a community cadre heads the owners' committee; more than 20,000 members reported; a building, lane or patch with
3 resident full members has a group. Chosen: 20,318 members, where they live (unevenly, so that part of the micro-grids have a
group), that the branches stand in the 8 streets, which companies manage what, and two linking members a group. The groups are
listed exactly where they are due; tests compare them with what the system computes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from geodata.samples.houses import Dwelling, Homes, dwellings
from geodata.samples.parts import Part, shared
from geodata.samples.register import Register
from geodata.samples.xuancheng import town

REPORTED, COMPOUND_BRANCHES, PROPERTY_BRANCHES, COMPANIES, HEADED = 20_318, 46, 37, 249, 5
DUE_FROM = 3
"""Resident full members of a building, lane or patch that make a group due."""
LEVELS = {"区(市、县)": "区(市、县)级网格长", "街道": "街道网格长", "社区": "社区网格长", "小区(网格)": "小区网格长"}
KINDS = ("在职党员", "在职党员", "在职党员", "离退休党员", "无职党员")


def write(folder: Path) -> list[Path]:
    """Write all lists in the order to import them."""
    return register().write(folder)


def register() -> Register:
    """Return all lists of the city."""
    found = Register(3418, "0563")
    place = town()
    homes = Homes(place, found.random)
    found.settle(list(dwellings(homes.houses)))
    grids = homes.units("小区(网格)")
    committees = _leaders(found, homes)
    branches = _branches(found, homes, grids, committees)
    compounds = [laid.part for laid in place.compounds()]
    _companies(found, compounds)
    members = _reported(found, homes, compounds, _reporting(homes, compounds, branches, committees))
    _groups(found, homes, members, branches | committees)
    return found


def _leaders(found: Register, homes: Homes) -> dict[str, str]:
    """List the leaders of the upper four levels and the committees of streets and communities; return these by code."""
    committees: dict[str, str] = {}
    for level, post in LEVELS.items():
        for each in homes.units(level):
            code = each.code or ""
            leader = found.person(kind="在职党员", full="正式党员")
            found.appoint(leader, post, unit=code, duty_phone=found.duty_phone())
            if level in ("街道", "社区"):
                kind = "街道大工委" if level == "街道" else "社区大党委"
                above = committees.get(homes.parents[code] or "")
                committees[code] = found.organisation(each.name + kind[2:], kind, parent=above, units=code, phone=found.duty_phone())
    return committees


def _branches(found: Register, homes: Homes, grids: Sequence[Part], committees: dict[str, str]) -> dict[str, str]:
    """List the branches of compounds, set up in three ways, with their secretaries, and the owners' committees; return them by code."""
    branches: dict[str, str] = {}
    for turn, grid in enumerate(grids):
        code = grid.code or ""
        owners = found.organisation(f"{grid.name}业主委员会", "业主委员会", units=code) if turn % 3 == 0 else None
        if turn % 6 == 0 and len(branches) < COMPOUND_BRANCHES:
            number = len(branches)
            how = ("单建", "联建", "依托物业服务站")[number % 3]
            beside = grids[turn + 1].code if how == "联建" else None
            ground = f"{code}、{beside}" if beside else code
            parent = committees[homes.parents[code] or ""]
            branches[code] = found.organisation(f"{grid.name}党支部", "小区党支部", parent=parent, set_up=how, units=ground)
            cadre = found.person(kind="在职党员", full="正式党员", branch=branches[code])
            found.appoint(cadre, "党支部书记", organisation=branches[code], origin="社区两委成员", duty_phone=found.duty_phone())
            if number < HEADED and owners:
                found.appoint(cadre, "业委会主任", organisation=owners, origin="社区两委成员")
        elif owners:
            found.appoint(found.person(), "业委会主任", organisation=owners)
    return branches


def _companies(found: Register, compounds: Sequence[Part]) -> None:
    """List the property companies with what they manage, and the branches of some under the committees of their trade."""
    industry = [
        found.organisation(name, "行业党委", units=code)
        for name, code in (("宣城市物业行业党委", "3418"), ("宣州区物业行业党委", "341802"))
    ]
    for turn in range(COMPANIES):
        name = f"宣城示例物业{turn + 1}公司"
        managed = "、".join(part.name for part in compounds[turn::COMPANIES])
        found.organisation(
            name, "物业公司", compound=managed, contract_from="2024-01-01", contract_until="2026-12-31", score=60 + turn % 40
        )
        if turn < PROPERTY_BRANCHES:
            found.organisation(f"{name}党支部", "物业企业党支部", parent=industry[turn % 2], set_up="单建", compound=managed)


def _reporting(homes: Homes, compounds: Sequence[Part], branches: dict[str, str], committees: dict[str, str]) -> list[str]:
    """Return the organisation that the members of each compound report to: its branch, else the nearest committee above."""
    found = []
    for part in compounds:
        code: str | None = part.code if part.level else homes.below[part.name][0].leaf
        while code not in branches and code not in committees:
            code = homes.parents[code or ""]
        found.append((branches | committees)[code])
    return found


def _reported(found: Register, homes: Homes, compounds: Sequence[Part], reporting: Sequence[str]) -> list[tuple[str, Dwelling, bool]]:
    """List the members where they live; return each with the dwelling, and whether a full one."""
    weights = [float(sum(house.households for house in homes.below[part.name])) for part in compounds]
    members = []
    for part, branch, count in zip(compounds, reporting, shared(REPORTED, weights), strict=True):
        places = list(dwellings(homes.below[part.name]))
        leaves = sorted({home.house.leaf for home in places})
        liked = dict(zip(leaves, found.random.uniform(0.02, 1.0, len(leaves)) ** 3, strict=True))
        likely = np.array([liked[home.house.leaf] for home in places])
        for place in found.random.choice(len(places), count, replace=False, p=likely / likely.sum()).tolist():
            home, drawn = places[place], int(found.random.integers(0, 100))
            kind, full = KINDS[drawn % len(KINDS)], drawn >= 6
            own = None if kind == "在职党员" else branch
            standing = "正式党员" if full else "预备党员"
            members.append((found.person(home, kind=kind, full=standing, branch=own, reporting_branch=branch), home, full))
    return members


def _groups(found: Register, homes: Homes, members: Sequence[tuple[str, Dwelling, bool]], above: dict[str, str]) -> None:
    """List the groups where they are due, with head, the member in charge of the ground and two linking members."""
    units = {each.code or "": each for each in homes.units("楼栋(巷、片)")}
    counts = Counter(home.house.leaf for _, home, full in members if full)
    by_unit: dict[str, list[tuple[str, Dwelling]]] = {code: [] for code in units}
    for person, home, full in members:
        if full and home.house.leaf in units:
            by_unit[home.house.leaf].append((person, home))
    for code, people in by_unit.items():
        if people:
            found.appoint(people[0][0], "党员楼栋(巷、片)长", unit=code, duty_phone=found.duty_phone())
        if counts[code] >= DUE_FROM:
            grid = homes.parents[code] or ""
            parent = above.get(grid) or above[homes.parents[grid] or ""]
            group = found.organisation(f"{units[code].name}党小组", "楼栋党小组", parent=parent, set_up="单建", units=code)
            found.appoint(people[0][0], "党小组长", organisation=group)
            for person, home in people[1:3]:
                found.appoint(person, "党员干部联户", household=home.ref)
