"""The presets by name: each writes files and says how to bring them in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from geodata.samples import city as cities
from geodata.samples import (
    huating,
    huating_people,
    longze,
    longze_people,
    qingshui,
    qingshui_people,
    xuancheng,
    xuancheng_people,
    yuci,
    yuci_people,
)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A made-up place that follows a published account."""

    slug: str
    """Its short name."""
    name: str
    name_en: str
    write: Callable[[Path], list[Path]]
    """Write its files into a folder, in the order to import them."""
    people: Callable[[Path], list[Path]]
    """Write those of its organisations, households, people and posts, which come in behind the ground."""
    since: str
    """The day from which on its files hold."""
    later: Mapping[str, str] = field(default_factory=dict)
    """Files that hold from another day on, by their names without ending."""
    follows: str | None = None
    """Its scheme, where that has another name than the place."""

    @property
    def scheme(self) -> str:
        """Return the key of its scheme."""
        return self.follows or self.slug

    def files(self, folder: Path) -> list[SampleFile]:
        """Write the files into a folder and return them in the order to import them."""
        reported = FIGURES / f"{self.slug}.toml"
        paths = [*self.write(folder), *self.people(folder), *([reported] if reported.exists() else [])]
        return [SampleFile(noun_of(path), path, self.later.get(path.stem, self.since)) for path in paths]


@dataclass(frozen=True, slots=True)
class SampleFile:
    """A file to bring in."""

    noun: str
    path: Path
    since: str


FIGURES = Path(__file__).parent / "figures"
"""What the accounts report, a file for each place."""


def noun_of(path: Path) -> str:
    """Return the noun of a file: its folder's where it lies with the figures, else what its name begins with."""
    return "figures" if path.parent == FIGURES else path.stem.partition("-")[0]


SCENARIOS: dict[str, Scenario] = {
    each.slug: each
    for each in (
        Scenario(
            "longze",
            "青岛市崂山区",
            "Laoshan, Qingdao",
            longze.write,
            longze_people.write,
            "2013-01-01",
            dict.fromkeys(("units-grids", "longze", "organisations", "people", "appointments", "households"), "2024-04-19"),
        ),
        Scenario("qingshui", "天水市清水县", "Qingshui, Tianshui", qingshui.write, qingshui_people.write, "2023-01-01"),
        Scenario(
            "huating",
            "平凉市华亭市",
            "Huating, Pingliang",
            huating.write,
            huating_people.write,
            "2019-01-01",
            {"units-rural": "2020-06-16", "organisations-raised": "2020-06-16"},
        ),
        Scenario("yuci", "晋中市榆次区", "Yuci, Jinzhong", yuci.write, yuci_people.write, "2023-09-13"),
        Scenario("xuancheng", "宣城市", "Xuancheng", xuancheng.write, xuancheng_people.write, "2025-04-25"),
    )
}
"""Longze first: `gridsvc demo` loads it."""


def city(leaves: int) -> Scenario:
    """Return a city of so many micro-grids as a place to load."""
    slug = "city" if leaves == CITY_LEAVES else f"city-{leaves}"
    ground = partial(cities.write, leaves=leaves)
    return Scenario(slug, "示意城市", "A city to measure with", ground, lambda _: [], "2026-01-01", follows="yuci")


CITY_LEAVES = 20_000
"""Of the city of the published measurements."""
