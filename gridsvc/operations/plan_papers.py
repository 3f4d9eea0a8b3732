"""The papers of a plan as PDF, in Chinese: 网格调整对照表, 网格交接单 and 征求意见稿, from templates in gridsvc/papers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from math import ceil
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

import shapely
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from sqlalchemy.orm import Session

from gridsvc.database.queries.jurisdictions import JurisdictionRow
from gridsvc.database.queries.plan_papers import Face, HandOver, Papers, PaperUnit, papers
from gridsvc.database.queries.plans import PlanRow
from gridsvc.domain.impact import KINDS
from gridsvc.domain.instants import SHANGHAI
from gridsvc.domain.permissions import Actor
from gridsvc.domain.plans import STATES
from gridsvc.errors import Busy, NotFound
from gridsvc.operations.audit import record
from gridsvc.operations.plan_books import source_of
from gridsvc.operations.plan_sketch import Sketched, sketch
from gridsvc.words import say

FOLDER = Path(__file__).parents[1] / "papers"
Content: TypeAlias = dict[str, Any]
"""What a template is filled with."""
WIDE, UPRIGHT = 9, 6
"""How many kinds stand beside each other at most, on a page that lies and on one that stands."""


def paper(session: Session, actor: Actor, plan: PlanRow, place: JurisdictionRow, name: str, unit: int | None = None) -> bytes:
    """Return a paper (a key of PAPERS) as PDF; `unit` is the key of the only leaf whose hand-overs are wanted.

    Under the actor's rights: holders of posts are named to whoever may read the people there; the consultation names nobody. Raises
    NotFound for another name, NotAllowed for whoever may not read the plan. The trail keeps that it was taken.
    """
    if name not in PAPERS:
        raise NotFound("There is no paper {name!r}; there are {known}.", name=name, known=", ".join(PAPERS))
    found = papers(session, actor, plan)
    record(session, actor, "plan.paper", plan.path, plan=str(plan.public_id), version=plan.version, paper=name)
    return printed(name, content(name, found, plan, place, unit))


def content(name: str, found: Papers, plan: PlanRow, place: JurisdictionRow, unit: int | None = None) -> Content:
    """Return what the template of a paper is filled with."""
    told = PAPERS[name]
    whole: Content = {
        "title": f"{plan.title}{told.title}",
        "page": told.page,
        "source": f"{place.name} · {source_of(place)}",
        "plan": plan,
        "place": place.name,
        "document": found.document,
        "state": STATES[plan.state][0],
        "effective": plan.effective_at and f"{plan.effective_at.astimezone(SHANGHAI):%Y年%m月%d日}",
    }
    return whole | told.fill(found, unit)


def printed(name: str, filled: Content) -> bytes:
    """Return a filled template as PDF; nothing is fetched from anywhere. Raises Busy where the machine lacks what sets the type."""
    try:  # only papers need Pango, which takes a while to load
        from weasyprint import CSS, HTML  # type: ignore[import-untyped]  # noqa: PLC0415  # has no types
    except OSError as error:
        raise Busy("Papers cannot be printed on this machine; install {packages}.", packages=PACKAGES) from error
    text = _templates().get_template(f"{name.replace('-', '_')}.html").render(filled)
    style = CSS(string=(FOLDER / "paper.css").read_text(encoding="utf-8"), url_fetcher=_fetch_nothing)
    answer = HTML(string=text, url_fetcher=_fetch_nothing).write_pdf(stylesheets=[style])
    return bytes(answer or b"")


@cache
def _templates() -> Environment:
    return Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


PACKAGES = "libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk"
"""What Debian calls the libraries and the type."""


def _fetch_nothing(url: str, *_: object, **__: object) -> NoReturn:
    raise ValueError(url)


def _comparison(found: Papers, _: int | None) -> Content:
    moved = [
        {"name": _headed(kind), "amount": f"{amount:,.0f}", "share": f"{amount / had:.1%}" if (had := found.found.had(kind)) else ""}
        for kind in KINDS
        if (amount := found.found.total(kind))
    ]
    pinned = [f"{KINDS[each.kind].name_zh}（仍属{found.found.name(each.unit)}）" for each in found.found.pinned]
    return {"units": _units(found), "moved": _lines(moved, WIDE), "pinned": "、".join(dict.fromkeys(pinned))} | _maps(found)


def _consultation(found: Papers, _: int | None) -> Content:
    office, phone = found.office or (None, None)
    return {"units": _units(found), "office": office, "phone": phone} | _maps(found)


def _hand_over(found: Papers, unit: int | None) -> Content:
    if unit is not None and unit not in {each.key for each in found.units}:
        raise NotFound("The plan has no unit {unit}.", unit=unit)
    chosen = [each for each in found.hand_overs if unit in (None, each.source.key, each.target.key)]
    return {"sheets": [_sheet(found, each) for each in chosen]}


def _sheet(found: Papers, each: HandOver) -> Content:
    amounts = [{"name": _headed(kind), "amount": f"{each.amounts[kind]:,.0f}"} for kind in KINDS if each.amounts.get(kind)]
    buildings = [
        {"compound": house.compound, "name": house.name, "households": _count(house.households, estimated=house.estimated)}
        for house in each.buildings
    ]
    taker = each.target.after
    return {
        "source": each.source.name,
        "target": each.target.name,
        "givers": (each.source.before.leaders if each.source.before else ()) or ("＿＿＿＿＿＿",),
        "takers": (taker.leaders if taker else ()) or ("＿＿＿＿＿＿（待任命）",),
        "sides": _sides(taker),
        "amounts": _lines(amounts, UPRIGHT),
        "buildings": buildings,
        "map": _handed(found, each),
    }


def _lines(amounts: list[Content], most: int) -> list[list[Content]]:
    """Return what stands beside each other on the page, in lines of about the same length, at most so many in one."""
    lines = ceil(len(amounts) / most)
    return [amounts[len(amounts) * at // lines : len(amounts) * (at + 1) // lines] for at in range(lines)]


def _units(found: Papers) -> list[Content]:
    return [_unit(number, unit, found) for number, unit in enumerate(found.units, start=1)]


def _unit(number: int, unit: PaperUnit, found: Papers) -> Content:
    old, new = unit.before, unit.after
    face = new or old
    note = "撤销" if new is None else "新设" if old is None else f"原名：{old.unit.name}" if old.unit.name != new.unit.name else ""
    rows = [
        _row("调整前", old, unit, 0, "（调整前不存在）"),
        _row("调整后", new, unit, 1, f"（撤销，并入{'、'.join(_takers(found, unit)) or '其他网格'}）"),
    ]
    code, before = face.unit.code if face else None, old and new and old.unit.code
    told = [note, f"原编码：{before}" if before and before != code else ""]
    return {"number": number, "name": unit.name, "code": code, "notes": [each for each in told if each], "rows": rows}


def _takers(found: Papers, unit: PaperUnit) -> list[str]:
    return [each.target.name for each in found.hand_overs if each.source.key == unit.key and each.amounts.get("ground_m2")]


def _row(label: str, face: Face | None, unit: PaperUnit, at: int, absent: str) -> Content:
    if face is None:
        return {"label": label, "there": False, "absent": absent, "mark": "after" if at else ""}
    figures = {kind: (sums.before, sums.after)[at] for kind, sums in unit.sums.items()}
    leaders = face.leaders or (("待任命",) if at else ("空缺",))
    return {
        "label": label,
        "there": True,
        "mark": "after" if at else "",
        "above": face.above,
        "sides": _sides(face),
        "buildings": f"{figures.get('buildings', 0):,.0f}",
        "households": _count(figures.get("households"), estimated=bool(figures.get("households_estimated"))),
        "ground_m2": f"{face.ground_m2:,.0f}",
        "leaders": leaders,
    }


def _count(count: float | None, *, estimated: bool) -> str:
    return "—" if count is None else f"{'约 ' if estimated else ''}{count:,.0f}"


def _sides(face: Face | None) -> str:
    return "" if face is None or face.sides is None else say(face.sides.template, "zh", **face.sides.values)


def _headed(kind: str) -> str:
    return f"{KINDS[kind].name_zh}（{KINDS[kind].measure}）"


def _maps(found: Papers) -> Content:
    frame = _frame(found.units)
    if not frame:
        return {"map_before": Markup(), "map_after": Markup()}
    return {f"map_{name}": sketch(_sketched(found, name), frame) for name in ("before", "after")}


def _sketched(found: Papers, name: str) -> list[Sketched]:
    """Return the leaves of a map; the changed ones have the numbers that they have in the table."""
    beside = [Sketched(called, ground) for called, ground in found.around]
    faces: list[tuple[int, Face | None]] = [(at, getattr(unit, name)) for at, unit in enumerate(found.units, start=1)]
    return [*beside, *(Sketched(face.unit.name, face.ground, at) for at, face in faces if face is not None)]


def _frame(units: Sequence[PaperUnit]) -> list[Any]:
    return [face.ground for unit in units for face in (unit.before, unit.after) if face is not None]


def _handed(found: Papers, each: HandOver) -> Markup:
    old, new = each.source.before, each.target.after
    if old is None or new is None or not each.amounts.get("ground_m2"):
        return Markup()
    return sketch(_sketched(found, "after"), _frame([each.source, each.target]), shapely.intersection(old.ground, new.ground))


class Paper:
    """A kind of paper: what it is called, its page, and how its content is made."""

    def __init__(self, title: str, fill: Callable[[Papers, int | None], Content], page: str = "") -> None:
        self.title, self.fill, self.page = title, fill, page


PAPERS: Mapping[str, Paper] = {
    "comparison": Paper("网格调整对照表", _comparison, "wide"),
    "hand-over": Paper("网格交接单", _hand_over),
    "consultation": Paper("征求意见稿", _consultation),
}
"""Every paper by the name that addresses and files have."""
