"""The words of one look at a plan, in its reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from flask import url_for

from gridsvc import words
from gridsvc.database.queries.plan_units import Planted
from gridsvc.domain.permissions import Action, Actor, may
from gridsvc.domain.plans import STATES
from web.maps import figures
from web.maps.features import Drawn, Shape, drawn
from web.maps.layers import LAYERS
from web.maps.plan_view import PlanView
from web.pages import level_words

SHOWN = ("outline", "units", "labels", "buildings", "compounds", "streets", "barriers")


@dataclass(frozen=True, slots=True)
class PlanWords:
    """What to call the parts of a view of a plan."""

    view: PlanView
    actor: Actor
    language: str

    def say(self, template: str, **values: object) -> str:
        """Return a sentence in the reader's language."""
        return words.say(template, self.language, **values)

    def for_templates(self) -> dict[str, Any]:
        """Return what the panel's templates call."""
        names = (
            self.address, self.unit_name, self.word_of, self.load_note, self.range_of, self.is_off,
            figures.grouped, figures.ground,
        )  # fmt: skip
        return {each.__name__: each for each in names} | {
            "title": self.title(),
            "state_word": STATES[self.view.plan.state][self.language != "zh"],
            "may_draw": may(self.actor, Action.DRAW_PLANS, self.view.plan.path) and self.view.is_draft,
            "may_publish": may(self.actor, Action.PUBLISH_PLANS, self.view.plan.path) and self.view.is_draft,
            "shown_layers": self.shown_layers(),
        }

    def title(self) -> str:
        """Return the page's title."""
        return f"{self.view.unit.name} · {self.view.plan.title}"

    def address(self, unit: int | None = None) -> str:
        """Return the address of a look at another unit of this plan."""
        return url_for("plan", slug=self.view.jurisdiction.slug, plan_id=self.view.plan.public_id, unit=unit)

    def unit_name(self, unit: Planted) -> str:
        """Return what to call a unit."""
        return level_words.unit_name(unit, self.language)

    def word_of(self, number: int, count: int = 1) -> str:
        """Return the scheme's word for so many units of a level."""
        return level_words.word_of(self.view.jurisdiction.scheme, self.language, number, count)

    def load_note(self, unit: Planted) -> str:
        """Return how many households and buildings stand in a unit."""
        buildings = self.say("{count} buildings", count=figures.grouped(unit.load.buildings))
        return " · ".join(filter(None, [self._counted(unit.load.households, unit.load.estimated), buildings]))

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
        buildings = [
            {
                "key": str(each.public_id), "name": each.name or "", "box": each.bounds,
                "note": self._counted(each.households, each.estimated),
                "shape": orjson.loads(each.geometry),
            }
            for each in self.view.buildings
        ]  # fmt: skip
        return {
            "name": self.unit_name(self.view.unit),
            "box": self.view.unit.bounds,
            "attribution": self.view.jurisdiction.attribution or "",
            "titles": self.shown_layers(),
            "sources": [name for name in self.view.sources if name in SHOWN],
            "deeper": None,
            "buildings": buildings,
        }
