"""The words for people on duty, in their reader's language: who, which post, since when, how to call."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from flask import url_for

from geodata.findings import Finding, around
from gridsvc.database.queries.buildings import BuildingRow
from gridsvc.database.queries.duties import PostRow, Vacancy
from gridsvc.database.queries.dwellings import HouseholdRow
from gridsvc.database.queries.organisations import PAGE as PAGE_OF_ORGANISATIONS
from gridsvc.database.queries.organisations import OrganisationRow
from gridsvc.database.queries.people import PAGE as PAGE_OF_PEOPLE
from gridsvc.database.queries.units import UnitRow
from gridsvc.domain import organisations
from gridsvc.domain.code_tables import Code
from gridsvc.domain.households import CARE, USES
from gridsvc.domain.paths import building_path, covers
from gridsvc.domain.people import MEMBER_KINDS
from gridsvc.domain.permissions import Action, may
from web.maps import figures
from web.maps.duties import Duties
from web.maps.view import TABS
from web.pages.map_words import Words

CODES: dict[str, Mapping[str, Code]] = {"organisations": organisations.KINDS, "set_ups": organisations.SET_UPS, "members": MEMBER_KINDS}
"""The code tables that lists name."""
MOST_NAMED = 3
"""How many places a sentence names."""
APPOINTING = (Action.APPOINT, Action.APPOINT_HEADS, Action.APPOINT_PARTY)


class Share(NamedTuple):
    """One of the four colours of a building."""

    use: str
    """A key of domain.households.USES."""
    name: str
    many: int


class Floor(NamedTuple):
    """The dwellings of a floor behind an entrance."""

    name: str
    """Empty where the room numbers name no floor."""
    homes: Sequence[HouseholdRow]


class Entrance(NamedTuple):
    """What is behind an entrance (单元)."""

    name: str
    floors: Sequence[Floor]


@dataclass(frozen=True, slots=True)
class DutyWords:
    """What to call the people of a view."""

    words: Words
    duties: Duties

    def for_templates(self) -> dict[str, Any]:
        """Return what the panel's templates call."""
        own = self.words.view.path
        return {
            "duties": self.duties,
            "tabs": list(self.tabs()),
            "waits": list(self.waits()),
            "needs": [*self.needs(), *self.rules(), *self.words.view.findings],
            "next_one": self.next_one,
            "vacancy": self.vacancy,
            "holder": self.holder,
            "shares": self.shares,
            "shares_of": self.shares_of,
            "use_word": self.use_word,
            "care_words": self.care_words,
            "here_id": self._here(),
            "members": sum(sums.members for sums in self.duties.sums.values()) if self.duties.sums else None,
            "posts_filled": self.posts_filled(),
            "kind_of": self.kind_of,
            "groups": self.groups(),
            "more_people": len(self.duties.people) == PAGE_OF_PEOPLE,
            "more_organisations": len(self.duties.organisations) >= PAGE_OF_ORGANISATIONS,
            "front": list(self.front()),
            "home_words": self.home_words,
            "may_appoint": any(may(self.words.actor, action, own) for action in APPOINTING),
            "versions": self.duties.versions,
        }

    def tabs(self) -> Iterator[tuple[str, str]]:
        """Yield key and title of each list that the reader finds something in."""
        view, told = self.words.view, self.duties
        offered = {
            "below": True,
            "people": bool(told.posts or told.vacant or told.reads_people),
            "organisations": bool(told.reads_people),
            "things": bool(view.standing),
            "changes": view.unit is not None and view.building is None,
        }
        level = (
            self.words.say("Households") if view.building else self.words.children_word() if view.children else self.words.say("Buildings")
        )
        for key, template in TABS.items():
            if offered[key]:
                yield key, self.words.say(template, level=level)

    def needs(self) -> Iterator[Finding]:
        """Yield what needs the reader here and below, as sentences: what waits, what is to be confirmed, what is vacant."""
        rows = {row.public_id: row for row in self._rows()}
        for place, found in self.duties.vacant.items():
            for each in found:
                yield self._vacant(rows[place], each)

    def rules(self) -> Iterator[Finding]:
        """Yield what the rules about people find here: places that are due a group in one sentence, vacancies that are not named yet."""
        due = [each for each in self.duties.due if each.code == "group-due"]
        if len(due) > 1:
            names = "、".join(str(each.values["place"]) for each in due[:MOST_NAMED]) + (" …" if len(due) > MOST_NAMED else "")
            yield Finding(
                "groups-due",
                "warning",
                "{count} places are due a group: {names}.",
                {"count": len(due), "names": names},
                around(*(each.where for each in due)),
            )
        named = sum(len(found) for found in self.duties.vacant.values())
        for each in self.duties.due:
            if (each.code != "group-due" or len(due) == 1) and not (each.code == "posts-vacant" and each.values["count"] == named):
                yield each

    def waits(self) -> Iterator[tuple[str, str]]:
        """Yield what waits for the reader, each as a sentence with the way to deal with it."""
        view, say = self.words.view, self.words.say
        if count := self.duties.waiting:
            decides = may(self.words.actor, Action.DECIDE_CORRECTIONS, view.path)
            mine, theirs = "{count} corrections wait for you", "{count} corrections wait for a decision"
            yield say(mine if decides else theirs, count=count), url_for("corrections", slug=view.jurisdiction.slug)
        for row in self._rows():
            if count := sum(post.state == "proposed" for post in self.duties.posts.get(row.public_id, ())):
                told = say("{count} successors at {name} wait to be confirmed", count=count, name=self.words.unit_name(row))
                yield told, url_for("posts", place_id=row.public_id)

    def posts_filled(self) -> tuple[int, int] | None:
        """Return how many of the posts that are needed here and below are held, and how many are needed; None where nobody says."""
        known = [(sums.posts_filled, sums.posts_vacant or 0) for sums in self.duties.sums.values() if sums.posts_filled is not None]
        filled = sum(held for held, _ in known if held)
        needed = filled + sum(vacant for _, vacant in known)
        return (filled, needed) if needed else None

    def next_one(self, place: UUID, path: str) -> PostRow | None:
        """Return whom to call about a place: the first tier there that the reader does not hold, deputies last."""
        mine = {post.post for led in self.words.view.led if led.path == path for post in led.posts}
        order = {tier.key: at for at, tier in enumerate(self.words.view.jurisdiction.scheme.tiers)}
        urgent = any(covers(row.path, path) for row in self.duties.urgent)
        held = [post for post in self.duties.posts.get(place, ()) if post.state == "held" and post.post not in mine and post.post in order]
        return min(held, key=lambda post: (post.deputy, (post.roster == "urgent") != urgent, order[post.post]), default=None)

    def vacancy(self, place: UUID) -> str:
        """Return what is vacant at a place, as words; empty where nothing is."""
        return "、".join(self._gap(each) for each in self.duties.vacant.get(place, ()))

    def holder(self, post: PostRow) -> str:
        """Return who holds a post: the post, and the name for whoever is inside."""
        title = self.words.post_title(post.post, deputy=post.deputy)
        return f"{title} {post.name}" if post.name else title

    def shares(self, path: str | None = None) -> list[Share]:
        """Return the four uses of a building in their order, with counts; empty where none is known."""
        sums = self.duties.uses.get(path or self.words.view.path)
        counts = {} if sums is None else {"own": sums.own, "let": sums.let, "vacant": sums.vacant, "shop": sums.shops}
        return [Share(key, self.use_word(key), count) for key, count in counts.items()] if any(counts.values()) else []

    def shares_of(self, house: BuildingRow) -> list[Share]:
        """Return the four uses of a building of the leaf that is shown."""
        return self.shares(building_path(self.words.view.path, house.id))

    def front(self) -> Iterator[Entrance]:
        """Yield the entrances of a building, each with its floors from the top down."""
        for entrance, homes in groupby(self.duties.dwellings, key=lambda home: home.entrance):
            floors: dict[int, list[HouseholdRow]] = {}
            for home in homes:
                floors.setdefault(_floor(home.room), []).append(home)
            down = [Floor(self.words.say("F{floor}", floor=at) if at else "", floors[at]) for at in sorted(floors, reverse=True)]
            yield Entrance(self.words.say("entrance {name}", name=entrance) if entrance else "", down)

    def home_words(self, home: HouseholdRow) -> str:
        """Return what is recorded of a dwelling, in words."""
        say = self.words.say
        lives = {True: say("lived in permanently"), False: say("nobody lives there permanently"), None: ""}[home.resident]
        persons = say("{count} persons", count=home.persons) if home.persons is not None else ""
        linked = say("a member looks after it") if home.person else ""
        entrance = say("entrance {name}", name=home.entrance) if home.entrance else ""
        parts = [f"{entrance} {home.room}".strip(), self.use_word(home.use), lives, persons, self.care_words(home.care), linked]
        return " · ".join(filter(None, parts))

    def kind_of(self, table: str, key: str | None) -> str:
        """Return what a key of a code table is called; empty for none."""
        code = CODES[table].get(key or "")
        return key or "" if code is None else code.name_zh if self.words.language == "zh" else code.name_en

    def groups(self) -> list[tuple[str, list[OrganisationRow]]]:
        """Return the organisations by kind, in the order of the table of kinds: branches before companies."""
        order = list(CODES["organisations"])
        found: dict[str, list[OrganisationRow]] = {}
        for row in self.duties.organisations:
            found.setdefault(row.kind, []).append(row)
        return sorted(found.items(), key=lambda each: order.index(each[0]) if each[0] in order else len(order))

    def use_word(self, key: str) -> str:
        """Return what a use is called."""
        return USES[key].name_zh if self.words.language == "zh" else USES[key].name_en

    def care_words(self, keys: Sequence[str]) -> str:
        """Return what care a household needs."""
        known = [CARE[key] for key in keys if key in CARE]
        return "、".join(code.name_zh if self.words.language == "zh" else code.name_en for code in known)

    def state(self) -> dict[str, Any]:
        """Return what the script has to know of people: the four colours of the buildings."""
        return {"markers": self.markers(), "times": self.times()}

    def times(self) -> dict[str, Any] | None:
        """Return whether it is urgent where one looks, the sentence that says so, and the way to switch for whoever may."""
        view = self.words.view
        if view.box is None or view.building or self.words.actor.account_id is None or view.asked.as_of:
            return None
        shown = [child.unit.path for child in view.children] if view.areas else [view.path]
        here = any(covers(row.path, path) for row in self.duties.urgent for path in shown)
        way = url_for("times", unit_id=view.unit.public_id) if view.unit and may(self.words.actor, Action.SWITCH_TIMES, view.path) else None
        return {"urgent": here, "way": way, "banner": self._banner()}

    def _banner(self) -> str:
        urgent = self.duties.urgent
        if not urgent:
            return ""
        first, since = urgent[0], figures.local_date(urgent[0].since)[5:]
        told = self.words.say("Urgent in {name} since {since}: {reason}", name=first.name, since=since, reason=first.reason)
        more = len(urgent) - 1
        return told if not more else told + self.words.say(" and in {count} more areas", count=more)

    def markers(self) -> list[dict[str, Any]]:
        """Return the buildings of a leaf with their four counts, for the map."""
        view = self.words.view
        return [
            {"box": house.bounds, "name": house.name or "", "uses": [[share.use, share.name, share.many] for share in found]}
            for house in view.buildings
            if (found := self.shares_of(house))
        ]

    def _here(self) -> UUID | None:
        view = self.words.view
        return view.building.public_id if view.building else view.unit.public_id if view.unit else None

    def _rows(self) -> list[UnitRow]:
        view = self.words.view
        here = [view.unit] if view.unit and not view.building else []
        return [*here, *(child.unit for child in view.children if child.unit.kind != "building")]

    def _vacant(self, row: UnitRow, gap: Vacancy) -> Finding:
        name, post = self.words.unit_name(row), self.words.post_title(gap.tier.key)
        values: dict[str, object] = {"name": name, "post": post}
        if gap.since is None:
            return Finding("vacant", "error", "{name} has no {post}.", values, row.bounds)
        days = (datetime.now(UTC) - gap.since).days
        values |= {"days": days, "since": figures.local_date(gap.since)[5:]}
        return Finding("vacant", "error", "{name}: {post} vacant for {days} days (since {since}).", values, row.bounds)

    def _gap(self, gap: Vacancy) -> str:
        return self.words.say("{post} vacant", post=self.words.post_title(gap.tier.key))


def _floor(room: str) -> int:
    """Return the floor that a room number names: 1203 is on the twelfth; 0 where it names none."""
    digits = re.sub(r"\D", "", room)
    return int(digits[:-2]) if len(digits) in (3, 4) else 0
