"""Organisations, people, posts and households of a made-up place as offices list them: tables by Chinese headers."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from itertools import cycle, product
from pathlib import Path
from typing import Any

import numpy as np

from geodata.samples import SYNTHETIC
from geodata.samples.houses import Dwelling, House

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
STEMS, BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
"""Given names are made of these signs of the calendar, as those of examples are: 赵甲子, 钱乙丑."""


def head(header: str) -> Any:  # noqa: ANN401  # what dataclasses call a field with a default has no type
    """Return a column of a table, which is empty where nothing is said."""
    return field(default=None, metadata={"header": header})


@dataclass(slots=True)
class Organisation:
    """A row of the list of organisations."""

    ref: str = head("组织编号")
    name: str = head("组织名称")
    kind: str = head("组织类别")
    parent: str | None = head("上级组织编号")
    set_up: str | None = head("组建方式")
    units: str | None = head("网格编码")
    """Codes; where there are several, the one that leads comes first."""
    compound: str | None = head("小区")
    building: str | None = head("楼栋编号")
    phone: str | None = head("办公电话")
    contract_from: str | None = head("合同开始日期")
    contract_until: str | None = head("合同结束日期")
    score: float | None = head("考评得分")


@dataclass(slots=True)
class Person:
    """A row of the list of people."""

    ref: str = head("人员编号")
    name: str = head("姓名")
    phone: str | None = head("手机号码")
    born_on: str | None = head("出生日期")
    home: str | None = head("家庭住址")
    building: str | None = head("居住楼栋编号")
    kind: str | None = head("党员类别")
    full: str | None = head("党员身份")
    branch: str | None = head("组织关系所在支部编号")
    reporting_branch: str | None = head("报到支部编号")
    unit: str | None = head("报到单位编号")


@dataclass(slots=True)
class Appointment:
    """A row of the list of posts and who holds them."""

    person: str = head("人员编号")
    post: str = head("职务")
    unit: str | None = head("网格编码")
    building: str | None = head("楼栋编号")
    household: str | None = head("住户编号")
    organisation: str | None = head("组织编号")
    origin: str | None = head("书记来源")
    deputy: str | None = head("是否副职")
    roster: str | None = head("平急")
    duty_phone: str | None = head("值班电话")
    ends_on: str | None = head("任期至")


@dataclass(slots=True)
class Household:
    """A row of the list of households."""

    ref: str = head("住户编号")
    building: str = head("楼栋编号")
    address: str | None = head("地址")
    entrance: str | None = head("单元")
    room: str = head("室号")
    use: str = head("房屋用途")
    resident: str | None = head("是否常住")
    persons: int | None = head("居住人数")
    care: str | None = head("关爱类别")
    away: str | None = head("长期外出")


@dataclass
class Register:
    """The lists of a place, filled row by row; chance is the place's own."""

    seed: int
    area_code: str
    organisations: list[Organisation] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    appointments: list[Appointment] = field(default_factory=list)
    households: list[Household] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin the names, which come in an order of the place's own."""
        self.random = np.random.default_rng([self.seed, 4])
        self._names = self._named()
        self._phones = 0
        self._lived_in: set[str] = set()

    def _named(self) -> Iterator[str]:
        names = [surname + stem + branch for surname, stem, branch in product(SURNAMES, STEMS, BRANCHES)]
        return cycle([names[place] for place in np.random.default_rng([self.seed, 5]).permutation(len(names))])

    def organisation(self, name: str, kind: str, **more: Any) -> str:  # noqa: ANN401  # the columns by name
        """Add an organisation and return its number."""
        self.organisations.append(Organisation(f"O{len(self.organisations) + 1:05}", name, kind, **more))
        return self.organisations[-1].ref

    def person(self, home: Dwelling | None = None, **more: Any) -> str:  # noqa: ANN401  # the columns by name
        """Add somebody with a made-up name and a phone that nobody has, and return the number of the row."""
        number = len(self.people) + 1
        born = date(1945, 1, 1) + timedelta(days=int(self.random.integers(0, 365 * 58)))
        at = (home.address, home.house.ref) if home else (None, None)
        self.people.append(Person(f"R{number:06}", next(self._names), f"1000{number:07}", born.isoformat(), *at, **more))
        return self.people[-1].ref

    def appoint(self, person: str, post: str, **more: Any) -> None:  # noqa: ANN401  # the columns by name
        """Give somebody a post."""
        self.appointments.append(Appointment(person, post, **more))

    def duty_phone(self) -> str:
        """Return another number for a post, which begins with 0 behind the area code as none does."""
        self._phones += 1
        return f"{self.area_code}-01{self._phones:05}"

    def household(self, home: Dwelling, use: str, *, resident: bool, persons: int, care: str | None = None) -> None:
        """Add a dwelling."""
        told = ("是" if resident else "否", persons, care)
        self.households.append(Household(home.ref, home.house.ref, None, home.entrance, home.room, use, *told))
        if resident:
            self._lived_in.add(home.ref)

    def settle(self, homes: Sequence[Dwelling], *, let: float = 0.22, vacant: float = 0.07) -> None:
        """Add dwellings, such shares of them let and vacant; whether somebody lives there permanently is drawn apart from it."""
        drawn, stays = self.random.uniform(size=(2, len(homes))).tolist()
        persons = self.random.integers(1, 5, len(homes)).tolist()
        for home, use, stay, count in zip(homes, drawn, stays, persons, strict=True):
            word = "空置" if use < vacant else "出租" if use < vacant + let else "自住"
            resident = word != "空置" and stay < (0.55 if word == "出租" else 0.94)
            self.household(home, word, resident=resident, persons=count if resident else 0)

    def lives_in(self, home: Dwelling) -> bool:
        """Say whether somebody lives there permanently."""
        return home.ref in self._lived_in

    def number_of(self, name: str) -> str:
        """Return the number of an organisation."""
        return next(each.ref for each in self.organisations if each.name == name)

    def kind_of(self, person: str) -> str | None:
        """Return what kind of member somebody is."""
        return self.people[int(person[1:]) - 1].kind

    def write(self, folder: Path) -> list[Path]:
        """Write the lists that have rows as CSV in the order to import them."""
        lists: dict[str, Sequence[Any]] = {
            "organisations.csv": self.organisations,
            "households.csv": self.households,
            "people.csv": self.people,
            "appointments.csv": self.appointments,
        }
        return [table(folder / name, rows) for name, rows in lists.items() if rows]


def shop(house: House, number: int) -> Household:
    """Return a shop on the ground floor, which has no entrance of its own kind."""
    return Household(f"{house.ref}-S{number:02}", house.ref, f"{house.address}商铺{number}", None, f"商铺{number}", "商铺", "否")


def table(path: Path, rows: Sequence[Any]) -> Path:
    """Write rows as CSV in UTF-8 with the mark that spreadsheets look for; columns that are empty throughout are left out."""
    columns = [each for each in fields(rows[0]) if any(getattr(row, each.name) is not None for row in rows)]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*(each.metadata["header"] for each in columns), "来源"])
        writer.writerows([*(getattr(row, each.name) for each in columns), SYNTHETIC] for row in rows)
    return path
