"""The people of Longze Shuyuan, made up: 875 households and 75 shops, one branch, ten building groups, posts and helpers.

From the account of 2024-04-19: 724 households with permanent residents, 276 dwellings let, at least 125 of them both; the chain
社区党委 → 小区党组织 → 楼栋党小组 → 党员中心户; 红管家, 物管家, 和事佬, a secretary's assistant, 青鸟党员; more than 310 residents who
are visited, by more than 60 members and volunteers. Chosen: 60 dwellings vacant, 66 members, 20 homes as hubs, 312 households with
somebody who is visited, one each.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

from geodata.samples.houses import Dwelling, House, dwellings
from geodata.samples.longze_plan import dwellings as buildings
from geodata.samples.register import Register, shop

COMMUNITY, GRIDS = "370212002040", ("370212002040001", "370212002040002")
RESIDENT, LET, VACANT, VISITED = 724, 276, 60, 312
CARE = ("高龄", "独居", "患病", "残疾")
MEMBERS = {"离退休党员": 26, "无职党员": 12, "在职党员": 18, "青鸟党员": 10}
"""Members by kind: those in service and the returning young have their membership elsewhere and report here."""


def houses() -> list[House]:
    """Return the ten buildings: 1 to 5 in the western grid."""
    found = []
    for turn, each in enumerate(buildings()):
        size = (each.households or 0, each.drawn.units, each.drawn.storeys)
        found.append(House(each.ref, f"龙泽书苑{each.name}", GRIDS[turn >= 5], *size, each.compound, each.shops or 0))
    return found


def write(folder: Path) -> list[Path]:
    """Write all lists in the order to import them."""
    return register().write(folder)


def register() -> Register:
    """Return all lists of the compound."""
    found = Register(370212, "0532")
    held = houses()
    homes = list(dwellings(held))
    _households(found, held, homes)
    order = [homes[place] for place in found.random.permutation(len(homes)).tolist()]
    branch, groups = _organisations(found, held)
    _members(found, [home for home in order if found.lives_in(home)], branch, groups)
    _offices(found, branch, order[-20:])
    return found


def _households(found: Register, held: Sequence[House], homes: Sequence[Dwelling]) -> None:
    """List the dwellings: each has one use; who lives there permanently is drawn apart from it, in at least 125 of those let."""
    order = found.random.permutation(len(homes)).tolist()
    let, vacant = set(order[:LET]), set(order[LET : LET + VACANT])
    occupied = [place for place in order if place not in vacant]
    resident = set([place for place in occupied if place not in let] + order[: RESIDENT - (len(homes) - LET - VACANT)])
    visited = {place: CARE[turn % len(CARE)] for turn, place in enumerate(sorted(resident - let)[:VISITED])}
    for place, home in enumerate(homes):
        use = "出租" if place in let else "空置" if place in vacant else "自住"
        persons = 0 if place not in resident else 1 if visited.get(place) == "独居" else 1 + place * 7 % 4
        found.household(home, use, resident=place in resident, persons=persons, care=visited.get(place))
        found.households[-1].address = home.address
    found.households += [shop(house, number) for house in held for number in range(1, house.shops + 1)]


def _organisations(found: Register, held: Sequence[House]) -> tuple[str, dict[str, str]]:
    """List the party's organisations and the compound's; return the branch, and the group of each building."""
    street = found.organisation("沙子口街道党工委", "街道党工委", units=COMMUNITY[:9])
    community = found.organisation("山海社区党委", "社区党委", parent=street, units=COMMUNITY, phone=found.duty_phone())
    branch = found.organisation(
        "龙泽书苑小区党支部", "小区党支部", parent=community, set_up="单建", compound="龙泽书苑", phone=found.duty_phone()
    )
    groups = {house.ref: found.organisation(f"{house.address}党小组", "楼栋党小组", parent=branch, building=house.ref) for house in held}
    found.organisation("龙泽书苑业主委员会", "业主委员会", compound="龙泽书苑")
    found.organisation(
        "青岛示例物业服务有限公司", "物业公司", compound="龙泽书苑", contract_from="2023-01-01", contract_until="2027-12-31", score=92.5
    )
    found.organisation("龙泽书苑帮办代办专班", "站点班组", compound="龙泽书苑")
    found.organisation("青鸟志愿服务队", "志愿服务队", compound="龙泽书苑")
    return branch, groups


def _members(found: Register, homes: Sequence[Dwelling], branch: str, groups: dict[str, str]) -> None:
    """List the members, spread over the buildings, with the heads of groups and buildings and the homes that are hubs."""
    units = [found.organisation(f"崂山区示例单位{number}党支部", "双报到单位") for number in range(1, 6)]
    by_house: dict[str, list[tuple[str, Dwelling]]] = {ref: [] for ref in groups}
    waiting = {ref: [home for home in homes if home.house.ref == ref] for ref in groups}
    turn, everywhere = cycle(groups), cycle(units)
    for kind, count in MEMBERS.items():
        away = kind in ("在职党员", "青鸟党员")
        for number in range(count):
            ref = next(turn)
            home = waiting[ref].pop()
            standing = "预备党员" if kind == "青鸟党员" and number < 2 else "正式党员"
            own = {"reporting_branch": branch, "unit": next(everywhere)} if away else {"branch": branch, "reporting_branch": branch}
            by_house[ref].append((found.person(home, kind=kind, full=standing, **own), home))
    for ref, people in by_house.items():
        (head, hub), (second, other) = people[:2]
        found.appoint(head, "党小组长", organisation=groups[ref], building=ref)
        found.appoint(head, "党员中心户", household=hub.ref)
        found.appoint(second, "党员中心户", household=other.ref)
        found.appoint(second, "楼栋长", building=ref, duty_phone=found.duty_phone())
        found.appoint(people[2][0], "红管家", building=ref)
    young = [person for people in by_house.values() for person, _ in people if found.kind_of(person) == "青鸟党员"]
    for person in young:
        found.appoint(person, "志愿者", organisation=found.number_of("青鸟志愿服务队"))
    secretary, assistant, *committee = [people[3][0] for people in by_house.values()]
    found.appoint(secretary, "党支部书记", organisation=branch, origin="居民党员", duty_phone=found.duty_phone())
    found.appoint(assistant, "书记助理", organisation=branch)
    for person in committee[:4]:
        found.appoint(person, "支部委员", organisation=branch)


def _offices(found: Register, branch: str, homes: Sequence[Dwelling]) -> None:
    """List who serves from outside: street, community, grids, owners' committee, property company, counter."""
    street, community, *leaders = (found.person(kind="在职党员", full="正式党员") for _ in range(4))
    found.appoint(street, "街道网格长", unit=COMMUNITY[:9], duty_phone=found.duty_phone())
    found.appoint(community, "社区网格长", unit=COMMUNITY, duty_phone=found.duty_phone())
    for grid, leader in zip(GRIDS, leaders, strict=True):
        found.appoint(leader, "网格长", unit=grid, duty_phone=found.duty_phone())
        for _ in range(2):
            found.appoint(found.person(), "网格员", unit=grid, duty_phone=found.duty_phone())
    owners = [found.person(home) for home in homes[:5]]
    for person in owners:
        found.appoint(person, "业委会主任" if person == owners[0] else "业委会委员", organisation=found.number_of("龙泽书苑业主委员会"))
        found.appoint(person, "和事佬", organisation=found.number_of("龙泽书苑业主委员会"))
    staff = [found.person() for _ in range(4)]
    for person in staff:
        found.appoint(person, "物管家", organisation=found.number_of("青岛示例物业服务有限公司"))
    found.appoint(staff[0], "物业经理", organisation=found.number_of("青岛示例物业服务有限公司"), duty_phone=found.duty_phone())
    for home in homes[5:9]:
        found.appoint(found.person(home), "站点工作人员", organisation=found.number_of("龙泽书苑帮办代办专班"))
    for home in homes[9:]:
        found.appoint(found.person(home), "志愿者", organisation=branch)
