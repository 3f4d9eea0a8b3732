"""Reported figures beside computed ones: a calm table, account by account."""

from __future__ import annotations

from itertools import groupby

from flask import g, render_template
from flask.typing import ResponseReturnValue

from gridsvc.database.queries import jurisdictions
from gridsvc.database.queries.figures import UNDER_RIGHTS, FigureRow, figures
from gridsvc.database.session import transaction
from gridsvc.domain.figures import QUALIFIERS
from gridsvc.domain.paths import jurisdiction_path
from gridsvc.domain.permissions import Action, may
from gridsvc.errors import NotFound
from gridsvc.words import say


def show(slug: str) -> ResponseReturnValue:
    """Answer the page of what accounts report of a jurisdiction."""
    with transaction(g.actor) as session:
        place = jurisdictions.jurisdiction(session, slug)
        if place is None:
            raise NotFound("There is no jurisdiction {slug!r}.", slug=slug)
        found = figures(session, place)
    accounts = [(account, list(rows)) for account, rows in groupby(found, key=lambda row: (row.account, row.published_on))]
    reads = may(g.actor, Action.READ_HOUSEHOLDS, jurisdiction_path(place.id))
    hidden = not reads and any(row.verdict == "unknown" and row.key.partition(".")[0] in UNDER_RIGHTS for row in found)
    return render_template("figures.html", place=place, accounts=accounts, counts=_counts(found), hidden=hidden, words=Words(g.language))


def _counts(found: list[FigureRow]) -> dict[str, int]:
    """Return how many figures agree and differ, and how many do not add up in themselves."""
    verdicts = [row.verdict for row in found]
    return {"agrees": verdicts.count("agrees"), "differs": verdicts.count("differs"), "flagged": sum(row.flag is not None for row in found)}


class Words:
    """What a figure is called in the reader's language."""

    def __init__(self, language: str) -> None:
        self._language = language

    def counts(self, row: FigureRow) -> str:
        """Return what it counts."""
        return row.counts_zh if self._language == "zh" else row.counts_en or row.counts_zh

    def note(self, row: FigureRow) -> str | None:
        """Return what is said of it besides."""
        return row.note_zh if self._language == "zh" else row.note_en or row.note_zh

    def reported(self, row: FigureRow) -> str:
        """Return the figure as it is meant: 7,900余, at least 7,900."""
        code, number = QUALIFIERS[row.qualifier], self.number(row.value)
        if row.qualifier in ("exact", "chosen"):
            return number
        if self._language == "en":
            return f"{code.name_en} {number}"
        return f"{number}{code.name_zh}" if row.qualifier == "at_least" else f"{code.name_zh}{number}"

    def measure(self, row: FigureRow) -> str | None:
        """Return what it is counted in; Chinese counting words say nothing in English."""
        return row.measure if self._language == "zh" or row.measure == "%" else None

    def number(self, value: float | None) -> str:
        """Return a number with its thousands; a dash for none."""
        return "–" if value is None else f"{value:,.10g}"

    def difference(self, row: FigureRow) -> str:
        """Return by how much the computed figure is larger."""
        return "–" if row.difference is None else "0" if row.difference == 0 else f"{row.difference:+,.10g}"

    def flag(self, row: FigureRow) -> str | None:
        """Return what does not add up."""
        return say(row.flag.template, self._language, **row.flag.values) if row.flag else None
