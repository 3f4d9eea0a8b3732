"""The words of one look at a plan, in its reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from flask import url_for

from gridsvc import words
from gridsvc.database.queries.plan_comments import CommentRow
from gridsvc.database.queries.plan_units import BuildingOfPlan, Planted
from gridsvc.domain.permissions import Action, Actor, may
from gridsvc.domain.plans import DECISIONS, STATES
from web.maps import figures
from web.maps.features import Drawn, Shape, drawn
from web.maps.layers import LAYERS
from web.maps.plan_view import PlanView
from web.pages import level_words
from web.pages.plan_way import Way
from web.pages.times import local_time

WORDS = {
    "lost": "The service could not be reached; nothing is lost. What was asked for can be sent again.",
    "stale_title": "Somebody changed this plan meanwhile",
    "stale": "Your step was made upon an older state of the plan. Look at the newest state, or do your step again upon it?",
    "do_again": "Do it again upon the newest state",
    "look_newest": "Only look at the newest state",
    "take_bridges": "Transfer these too",
    "do_it": "Do it",
    "leave_it": "Leave it",
    "look_title": "What this step does",
    "look": "{ground} m² change hands, with {buildings} buildings and {households} households.",
    "done": "Done: {sentence}",
    "undo": "Undo",
    "nothing_to_undo": "There is nothing left to undo.",
    "crosses": "The line crosses itself; take the last point back.",
    "few_points": "Press at least two points.",
    "points": "{count} points, {metres} m",
    "kept_line": "A line that was not finished is still here.",
    "go_on": "Go on drawing",
    "no_units": "The line does not run between two units; choose them.",
    "pair": "{one} and {other}",
    "chosen": "Chosen: {names}",
    "choose_unit": "Press a unit on the map or in the list.",
    "locked": "locked",
    "moved_building": "comes from {unit}",
    "reload": "Load anew",
    "tab_failed": "This could not be loaded.",
    "today": "As it is today",
    "planned": "As planned",
    "place_chosen": "A place on the map is chosen.",
    "go_there": "Go there",
    "cancel": "Cancel",
    "newer_edition": "Another edition came meanwhile; look at it first.",
    "ticked_one": "Ticked: {count} building, {households} households",
    "press_place": "Press the place on the map.",
    "no_drafts": "Tick at least one draft.",
}
"""Templates that scripts of a plan say beside those of every map."""

TABS = {
    "conflicts": "Newer edition",
    "impact": "Impact",
    "units": "Units",
    "steps": "Steps",
    "proposals": "Alternatives",
    "drafts": "Drafts",
    "comments": "Comments",
}
"""What the panel lists, by the name that addresses use; conflicts where it has to be carried over, else drafts that can be gathered."""
SHOWN = ("outline", "units", "labels", "buildings", "compounds", "streets", "barriers")


@dataclass(frozen=True, slots=True)
class PlanWords:
    """What to call the parts of a view of a plan."""

    view: PlanView
    actor: Actor
    language: str
    way: Way

    def say(self, template: str, **values: object) -> str:
        """Return a sentence in the reader's language."""
        return words.say(template, self.language, **values)

    def for_templates(self) -> dict[str, Any]:
        """Return what the panel's templates call."""
        names = (
            self.address, self.unit_name, self.word_of, self.range_of, self.is_off, self.deviation,
            figures.grouped, figures.ground, figures.local_date, local_time,
        )  # fmt: skip
        return {each.__name__: each for each in names} | {
            "title": self.title(),
            "state_word": STATES[self.view.plan.state][self.language != "zh"],
            "may_draw": self.may_draw(),
            "parents": self.view.parents,
            "tabs": self.tabs(),
            "counts": self.counts(),
            "way_times": self.way_times(),
            "way": self.way,
            "decisions": DECISIONS,
            "names_of_steps": {step.key: step.name_zh if self.language == "zh" else step.name_en for step in self.way.path},
            "moved": self.moved(),
            "before": self.before(),
            "shown_layers": self.shown_layers(),
        }

    def tabs(self) -> dict[str, str]:
        """Return the titles of what the panel lists, by name."""
        stale, draws = self.view.plan.stale, self.may_draw()
        missing = {"conflicts": not (stale and draws), "drafts": stale or not (self.way.drafts and draws)}
        return {tab: word for tab, word in TABS.items() if not missing.get(tab)}

    def counts(self) -> dict[str, int]:
        """Return what stands beside the titles."""
        open_comments = sum(each.settled_at is None for each in self.view.comments)
        return {"drafts": self.way.drafts, "steps": self.view.plan.moves, "comments": open_comments}

    def may_draw(self) -> bool:
        """Say whether the reader may change the plan as it is."""
        return self.view.is_draft and may(self.actor, Action.DRAW_PLANS, self.view.plan.path)

    def way_times(self) -> list[tuple[str, datetime]]:
        """Return two instants of the map to look at once the plan is an edition: just before, and when it began to hold."""
        at = self.view.plan.effective_at
        if self.way.edition is None or at is None:
            return []
        return [(self.say("The map before"), at - timedelta(seconds=1)), (self.say("The map since"), at)]

    def moved(self) -> dict[str, int]:
        """Return how many of the buildings that are shown change hands, with their households, and how many units get other borders."""
        houses = [each for each in self.view.buildings if each.was is not None and each.was != each.unit_key]
        today = {each.key: each.geometry for each in self.view.today}
        units = sum(today.get(child.key) != child.geometry for child in self.view.children if child.kind != "remainder")
        return {"units": units, "buildings": len(houses), "households": sum(each.households or 0 for each in houses)}

    def before(self) -> dict[int, int]:
        """Return the households of each leaf today, by key."""
        found: dict[int, int] = {}
        for each in self.view.buildings:
            if each.was is not None and each.households is not None:
                found[each.was] = found.get(each.was, 0) + each.households
        return found

    def deviation(self, unit: Planted) -> float | None:
        """Return by which share the households of a unit differ from the mean of those beside it; None where nobody knows."""
        known = [child.load.households for child in self.view.children if child.load.households is not None and child.kind == "unit"]
        mean = sum(known) / len(known) if known else 0
        return unit.load.households / mean - 1 if mean and unit.load.households is not None else None

    def title(self) -> str:
        """Return the page's title."""
        return f"{self.view.unit.name} · {self.view.plan.title}"

    def address(self, unit: int | None = None, level: int | None = None) -> str:
        """Return the address of a look at another unit of this plan, or at its units of a level."""
        return url_for("plan", slug=self.view.jurisdiction.slug, plan_id=self.view.plan.public_id, unit=unit, level=level)

    def unit_name(self, unit: Planted) -> str:
        """Return what to call a unit."""
        return level_words.unit_name(unit, self.language)

    def word_of(self, number: int, count: int = 1) -> str:
        """Return the scheme's word for so many units of a level."""
        return level_words.word_of(self.view.jurisdiction.scheme, self.language, number, count)

    def range_of(self, unit: Planted) -> str:
        """Return the households that a unit of this level should have; empty where the scheme does not say."""
        limit = self.view.jurisdiction.scheme.households(unit.level)
        if limit is None:
            return ""
        return f"{limit.low or 0:,.0f}–{limit.high:,.0f}" if limit.high is not None else f"≥ {limit.low or 0:,.0f}"

    def is_off(self, unit: Planted) -> bool:
        """Say whether a unit has fewer or more households than it should."""
        limit = self.view.jurisdiction.scheme.households(unit.level)
        return limit is not None and unit.kind == "unit" and not limit.admits(unit.load.households or 0)

    def shown_layers(self) -> dict[str, str]:
        """Return the titles of the layers that this look has, by name."""
        level = self.word_of(self.view.children[0].level, 2) if self.view.children else ""
        titles = {name: self.say(LAYERS[name].title, name=self.unit_name(self.view.unit), level=level, deeper="") for name in SHOWN}
        missing = {"units": not self.view.children, "barriers": "barriers" not in self.view.sources}
        return {name: title for name, title in titles.items() if not missing.get(name)}

    def drawn(self) -> Drawn:
        """Return the shapes with their labels."""
        shapes = [
            Shape(str(child.key), self.unit_name(child), self._note(child), tint, child.geometry)
            for child, tint in zip(self.view.children, self.view.tints, strict=True)
        ]
        return drawn(shapes, self.view.ground, self.view.unit.geometry)

    def _note(self, child: Planted) -> str:
        return self._counted(child.load.households, child.load.estimated)

    def _counted(self, households: int | None, estimated: bool) -> str:
        """Return a count of households, marked where it is estimated; empty where nobody knows."""
        return "" if households is None else ("≈ " if estimated else "") + self.say("{count} households", count=figures.grouped(households))

    def state(self) -> dict[str, Any]:
        """Return what the script has to know beside the shapes."""
        view = self.view
        return {
            "name": self.unit_name(view.unit),
            "box": view.box,
            "attribution": view.jurisdiction.attribution or "",
            "titles": self.shown_layers(),
            "sources": [name for name in view.sources if name in SHOWN],
            "deeper": None,
            "version": view.plan.version,
            "state": view.plan.state,
            "may_draw": self.may_draw(),
            "unit": str(view.unit.key),
            "chosen": None if view.chosen is None else str(view.chosen),
            "units": {str(child.key): self._unit(child) for child in view.children},
            "today": [{"key": str(each.key), "name": each.name, "shape": orjson.loads(each.geometry)} for each in view.today],
            "buildings": [self._building(each) for each in view.buildings],
            "comments": [self._comment(number, each) for number, each in enumerate(view.comments, start=1)],
        }

    def settled(self) -> dict[str, Any]:
        """Return what the script has to know of the same look after a move: all but the ground, which the move's answer brings."""
        view = self.view
        return {
            "version": view.plan.version,
            "shapes": [each["properties"] for each in orjson.loads(self.drawn().units)["features"]],
            "units": {str(child.key): self._unit(child) for child in view.children},
            "held": {str(each.public_id): str(each.unit_key) for each in view.buildings},
        }

    def _comment(self, number: int, said: CommentRow) -> dict[str, Any]:
        at = None if said.lon is None else (said.lon, said.lat)
        return {
            "key": str(said.public_id), "number": number, "at": at, "body": said.body, "by": said.by or "",
            "settled": said.settled_at is not None,
        }  # fmt: skip

    def _unit(self, unit: Planted) -> dict[str, Any]:
        return {
            "parent": None if unit.parent_key is None else str(unit.parent_key), "level": unit.level, "kind": unit.kind,
            "code": unit.code or "", "leaf": unit.leaf, "households": unit.load.households, "buildings": unit.load.buildings,
        }  # fmt: skip

    def _building(self, building: BuildingOfPlan) -> dict[str, Any]:
        return {
            "key": str(building.public_id), "name": building.name or "", "box": building.bounds, "at": building.point,
            "unit": str(building.unit_key), "was": None if building.was is None else str(building.was),
            "households": building.households, "note": self._counted(building.households, building.estimated),
            "shape": orjson.loads(building.geometry),
        }  # fmt: skip
