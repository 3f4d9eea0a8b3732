"""The words of one look at a jurisdiction, in its reader's language, for the panel, the shapes and the script."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import url_for

from gridsvc import words
from gridsvc.database.queries.buildings import PAGE
from gridsvc.database.queries.jurisdictions import EditionRow
from gridsvc.database.queries.units import UnitRow
from gridsvc.domain.facilities import FACILITIES
from gridsvc.domain.instants import SHANGHAI
from gridsvc.domain.paths import covers
from gridsvc.domain.permissions import Actor
from gridsvc.domain.posts import posts_of
from web.maps import figures
from web.maps.features import Drawn, Shape, drawn
from web.maps.layers import LAYERS, MapLayer
from web.maps.things import KINDS
from web.maps.things import PAGE as THINGS
from web.maps.view import Child, View
from web.pages import level_words

WORDS = {
    "failed": "The service cannot be reached. What you see is the last view.",
    "retry": "Try again",
    "nothing": "Nothing here has this name or code.",
    "no_position": "This device did not tell its position.",
    "position_refused": "The browser may not use your position. Allow it in the browser's settings, then try again.",
    "position_insecure": "A position is given to pages over https only.",
    "position_outside": "You are outside this area.",
    "you": "You are here, within {metres} m",
    "stations": "No service stations have been entered here yet.",
    "ticked": "Ticked: {count} buildings, {households} households",
    "opened": "{name} is open",
    "building": "building",
    "compound": "compound",
    "station": "station",
    "gate": "gate",
    "remainder": "Remaining ground",
    "open": "Open",
    "nobody": "No unit of this installation.",
    "several": "{count} stations; press to come closer",
}
"""Templates that scripts say, translated once a page."""

SEVERAL = 2
"""Any number that needs the plural."""


@dataclass(frozen=True, slots=True)
class Words:
    """What to call the parts of a view."""

    view: View
    actor: Actor
    language: str

    def say(self, template: str, **values: object) -> str:
        """Return a sentence in the reader's language."""
        return words.say(template, self.language, **values)

    def for_scripts(self) -> dict[str, str]:
        """Return the sentences that scripts say, with their fields still to fill in, and the words for what one points at."""
        known = words.translations(self.language)
        kinds = {f"{noun}.{kind}": self.kind_word(noun, kind) for noun, table in KINDS.items() for kind in table}
        return {key: known.get(template, template) for key, template in WORDS.items()} | kinds

    def for_templates(self) -> dict[str, Any]:
        """Return what the panel's templates call."""
        names: tuple[Callable[..., object], ...] = (
            self.address, self.row_address, self.post_title,
            self.unit_name, self.level_word, self.word_of, self.row_note, self.edition_time, self.noun_word, self.kind_word,
            self.told,
            figures.grouped, figures.ground, figures.code_groups, figures.local_date,
        )  # fmt: skip
        return {each.__name__: each for each in names} | {
            "title": self.title(),
            "here_name": self.here_name(),
            "own_title": self.own_title(),
            "way_home": self.is_elsewhere(),
            "jurisdiction_name": self.jurisdiction_name(),
            "children_word": self.children_word(),
            "total_note": self.total_note(),
            "households_note": self.households_note(),
            "shown_layers": self.shown_layers(),
            "edition_shown": self.edition_shown(),
            "shown_date": self.shown_date(),
            "more_buildings": self.more_buildings(),
            "more_things": self.more_things(),
        }

    def address(self, **changes: object) -> str:
        """Return the address of this look with something changed; None takes it away.

        `unit`, `building` and `own` each go elsewhere; `as_of`, `list`, `page`, `box` stay there.
        """
        asked = self.view.asked
        here = {"unit": asked.unit, "building": asked.building, "own": "all" if asked.own else None}
        place = {} if here.keys() & changes.keys() else here
        tab = {"tab": asked.tab if place and asked.tab != "below" else None}
        given = place | {"as_of": asked.as_of and asked.as_of.isoformat(), "list": asked.noun} | tab | changes
        if isinstance(given.get("box"), tuple):
            given["box"] = ",".join(f"{edge:.6f}" for edge in given["box"])  # type: ignore[attr-defined]  # it is a tuple
        query = urlencode({key: str(value) for key, value in given.items() if value is not None}, safe=":,")
        return url_for("map", slug=asked.slug) + ("?" + query if query else "")

    def title(self) -> str:
        """Return the page's title: the unit first, for a row of browser tabs."""
        own, whole = self.here_name(), self.jurisdiction_name()
        return own if own == whole else f"{own} · {whole}"

    def here_name(self) -> str:
        """Return the name of what is shown: a building, all that one leads, a unit, or the jurisdiction while it has none."""
        view = self.view
        if view.building:
            return view.building.name or self.say("Building without a name")
        if view.areas:
            return self.say("My areas")
        return self.unit_name(view.unit) if view.unit else self.jurisdiction_name()

    def own_title(self) -> str | None:
        """Return that what is shown is the reader's own, and by which posts; None where it is not."""
        own = [led for led in self.view.led if led.path in (self.view.path, self.view.whole_path)]
        titles = [self.post_title(post.post, deputy=post.deputy) for led in own for post in led.posts]
        if not own:
            return None
        said = self.say("Your area") if any(led.roles for led in own) else self.say("Your post")
        return " · ".join([said, "、".join(dict.fromkeys(titles))] if titles else [said])

    def is_elsewhere(self) -> bool:
        """Say whether what is shown lies outside all that the reader leads here."""
        return bool(self.view.led) and not self.view.areas and not any(covers(led.path, self.view.path) for led in self.view.led)

    def post_title(self, key: str, *, deputy: bool = False) -> str:
        """Return what a post is called here: by the scheme's tiers, else by the table of posts."""
        post = posts_of(self.view.jurisdiction.scheme).get(key)
        title = key if post is None else post.name_zh if self.language == "zh" else post.name_en
        return self.say("deputy {post}", post=title) if deputy else title

    def jurisdiction_name(self) -> str:
        """Return the jurisdiction's name in the reader's language, if it has one there."""
        row = self.view.jurisdiction
        return row.name_en if self.language == "en" and row.name_en else row.name

    def unit_name(self, unit: UnitRow) -> str:
        """Return a unit's name as people typed it; ground that no child covers has a word of ours."""
        return level_words.unit_name(unit, self.language)

    def level_word(self, unit: UnitRow) -> str:
        """Return the scheme's word for the level of a unit."""
        return self.say("Remaining ground") if unit.kind == "remainder" else self.word_of(unit.level)

    def word_of(self, number: int, count: int = 1) -> str:
        """Return the scheme's word for so many units of a level counted from 1 at the top."""
        return level_words.word_of(self.view.jurisdiction.scheme, self.language, number, count)

    def noun_word(self, noun: str) -> str:
        """Return what screens call the things of a noun."""
        return self.say(LAYERS[noun].title)

    def kind_word(self, noun: str, kind: str) -> str:
        """Return what screens call a kind of a noun."""
        code = KINDS[noun].get(kind)
        return "" if code is None else code.name_zh if self.language == "zh" else code.name_en

    def told(self, note: tuple[str, Mapping[str, object]]) -> str:
        """Return a template with its values as a sentence."""
        template, values = note
        return self.say(template, **values)

    def children_word(self) -> str:
        """Return the word for what the list holds."""
        if self.view.areas:
            return self.say("My areas")
        levels = {child.unit.level for child in self.view.children if child.unit.kind != "remainder"}
        return self.word_of(levels.pop(), SEVERAL) if len(levels) == 1 else self.say("Units below")

    def row_address(self, child: Child) -> str:
        """Return where a row leads."""
        return self.address(**{"building" if child.unit.kind == "building" else "unit": child.unit.public_id})

    def row_note(self, child: Child) -> str:
        """Return what stands under a child's name: how many units it has, else its code."""
        if child.unit.kind == "remainder":
            return self.say("in no unit below")
        if child.unit.kind == "building":
            return self.say("building")
        below = [self._counted(level, count) for level, count in sorted(child.summary.units_by_level.items())]
        return " · ".join(below) or figures.code_groups(child.unit.code or "")

    def total_note(self) -> str:
        """Return the sums of the list, which are the figures of the cards."""
        total = self.view.summary
        if total is None:
            return ""
        houses = [] if total.households is None else [self.say("{count} households", count=figures.grouped(total.households))]
        return " · ".join(
            [*houses, self.say("{count} buildings", count=figures.grouped(total.buildings)), " ".join(figures.ground(total.area_m2))]
        )

    def households_note(self) -> str:
        """Return what the sum of households leaves out or rests on; empty where it is whole and counted."""
        total = self.view.summary
        if total is None or not total.buildings_known:
            return ""
        known, count = figures.grouped(total.buildings_known), figures.grouped(total.buildings)
        part = [self.say("Households: known for {known} of {count} buildings", known=known, count=count)] if known != count else []
        return " · ".join(part + ([self.say("partly estimated from floors and footprint")] if total.estimated else []))

    def layer_title(self, layer: MapLayer) -> str:
        """Return what the legend calls a layer."""
        view = self.view
        name = self.here_name()
        level = self.children_word() if view.children else self.say("Units below")
        return self.say(layer.title, name=name, level=level, deeper=self.word_of(view.deeper.level, SEVERAL) if view.deeper else "")

    def shown_layers(self) -> dict[str, str]:
        """Return the titles of the layers that this look has, by name."""
        here = {each.noun for each in self.view.standing}
        missing = {"units": not self.view.children, "deeper": self.view.deeper is None, "uses": not self.view.buildings}
        missing |= {noun: noun not in here for noun in FACILITIES} | {"barriers": "barriers" not in self.view.sources}
        return {name: self.layer_title(layer) for name, layer in LAYERS.items() if not missing.get(name)}

    def more_things(self) -> bool:
        """Say whether things follow after this page."""
        return len(self.view.things) >= THINGS

    def more_buildings(self) -> bool:
        """Say whether buildings follow after this page."""
        total, page = self.view.summary, self.view.asked.page
        return total is not None and total.buildings > (page - 1) * PAGE + len(self.view.buildings) > 0

    def edition_shown(self) -> int:
        """Return the position of the edition in force at the time that is shown."""
        at = self.view.asked.as_of
        return max(0, sum(at is None or edition.effective_at <= at for edition in self.view.editions) - 1)

    def edition_time(self, edition: EditionRow) -> str:
        """Return what `as_of` says for an edition: a date where it began with a day, else the instant."""
        local = edition.effective_at.astimezone(SHANGHAI)
        return (
            local.strftime("%Y-%m-%d") if (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0) else local.isoformat()
        )

    def shown_date(self) -> str:
        """Return the date that is shown."""
        return figures.local_date(self.view.asked.as_of) if self.view.asked.as_of else self.say("Today")

    def drawn(self) -> Drawn:
        """Return the shapes with their labels."""
        shapes = [
            Shape(str(child.unit.public_id), self.unit_name(child.unit), self._label_note(child), child.tint, geometry)
            for child, geometry in zip(self.view.children, self.view.geometries, strict=True)
        ]
        return drawn(shapes, self.view.ground, self.view.outline)

    def state(self) -> dict[str, Any]:
        """Return what the script has to know beside the shapes."""
        return {
            "name": self.here_name(),
            "box": self.view.box,
            "attribution": self.view.jurisdiction.attribution or "",
            "titles": self.shown_layers(),
            "sources": list(self.view.sources),
            "standing": [each.noun for each in self.view.standing],
            "deeper": {"level": self.view.deeper.level, "zoom": self.view.deeper.zoom} if self.view.deeper else None,
            "buildings": [{"key": str(each.public_id), "name": each.name or "", "box": each.bounds} for each in self.view.buildings],
        }

    def _label_note(self, child: Child) -> str:
        if child.summary.households is not None:
            return self.say("{count} households", count=figures.grouped(child.summary.households))
        return self.say("{count} buildings", count=figures.grouped(child.summary.buildings)) if child.summary.buildings else ""

    def _counted(self, level: int, count: int) -> str:
        """Return a count of units with the counting word of their level."""
        levels, word = self.view.jurisdiction.scheme.levels, self.word_of(level, count)
        if self.language == "en" or level > len(levels):
            return f"{figures.grouped(count)} {word}"
        return f"{figures.grouped(count)} {levels[level - 1].counter_zh}{word}"
