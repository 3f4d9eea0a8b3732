"""The parts of a plan's panel that are asked for when they are opened: what the plan changes, and what is said about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID

import shapely
from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gridsvc.database.queries import plan_comments, plan_proposals, plans
from gridsvc.database.queries.impact import impact as impact_of
from gridsvc.database.queries.jurisdictions import jurisdiction
from gridsvc.database.queries.measures import measures
from gridsvc.database.queries.plans import PlanRow
from gridsvc.database.queries.redraw_findings import redraw_findings
from gridsvc.database.session import transaction
from gridsvc.domain.impact import KINDS, Impact
from gridsvc.domain.permissions import Action, may
from gridsvc.domain.plans import STATES
from gridsvc.domain.redrawing import NAMES, WAYS
from gridsvc.errors import NotFound
from gridsvc.operations import plan_merging, rebase
from gridsvc.operations.plan_papers import PAPERS
from gridsvc.words import say
from web.maps import figures
from web.pages import level_words
from web.pages.times import local_time

Ends = tuple[int | None, int | None]
CARDS = ("buildings", "households", "members")
"""What stands in large figures above the table."""


def impact(slug: str, plan_id: UUID) -> ResponseReturnValue:
    """Answer what the plan changes: in figures, by unit, and from which unit to which."""
    with transaction(g.actor) as session:
        plan = _plan(session, slug, plan_id)
        found = impact_of(session, g.actor, plan)
        findings = redraw_findings(session, g.actor, plan)
        measured = measures(session, g.actor, plan).units if found.flows else []
    return render_template(
        "_plan_impact.html",
        plan=plan,
        may_draw=plan.state == "draft" and may(g.actor, Action.DRAW_PLANS, plan.path),
        impact=found,
        findings=findings,
        deviation={unit.key: unit.becomes.get("deviation") for unit in measured},
        cards=[(KINDS[kind], round(found.total(kind))) for kind in CARDS if kind not in found.withheld],
        pairs=pairs(found),
        unit_name=lambda key: unit_name(found, key),
        sums={key: each for key, each in found.sums().items() if "households" in each},
        kinds=KINDS,
        amount=amount,
        papers={name: paper.title for name, paper in PAPERS.items()},
        grouped=figures.grouped,
    )


def _plan(session: Session, slug: str, plan_id: UUID) -> PlanRow:
    """Return a plan; raise NotFound where there is none of this place that the reader may see."""
    place, plan = jurisdiction(session, slug), plans.plan(session, g.actor, plan_id)
    if place is None or place.id != plan.jurisdiction_id:
        raise NotFound("There is no such plan.")
    return plan


def pairs(found: Impact) -> Mapping[Ends, list[tuple[str, float]]]:
    """Return how much of each kind goes from one unit to another, by both; where most households go comes first."""
    by_ends: dict[Ends, list[tuple[str, float]]] = defaultdict(list)
    for flow in found.moved():
        by_ends[flow.source, flow.target].append((flow.kind, flow.amount))
    return dict(sorted(by_ends.items(), key=lambda each: -dict(each[1]).get("households", -1)))


def unit_name(found: Impact, key: int | None) -> str:
    """Return what to call an end of a flow."""
    unit = None if key is None else found.after.get(key) or found.before.get(key)
    return say("outside all units", g.language) if unit is None else level_words.unit_name(unit, g.language)


def amount(kind: str, value: float) -> str:
    """Return an amount of a kind with its thousands set apart."""
    return f"{value:,.{KINDS[kind].digits}f}"


def comments(slug: str, plan_id: UUID) -> ResponseReturnValue:
    """Answer what is said about the plan, with the form to say something."""
    with transaction(g.actor) as session:
        plan = _plan(session, slug, plan_id)
        said = plan_comments.comments(session, plan.id)
    draws = may(g.actor, Action.DRAW_PLANS, plan.path) or may(g.actor, Action.REVIEW_PLANS, plan.path)
    return render_template("_plan_comments.html", plan=plan, comments=said, may_settle=draws, local_time=local_time)


def conflicts(slug: str, plan_id: UUID) -> ResponseReturnValue:
    """Answer the units that the plan and an edition since have both changed, in their versions, with the form to carry it over."""
    with transaction(g.actor) as session:
        plan = _plan(session, slug, plan_id)
        found = rebase.clashes(session, plan)
    return render_template("_plan_conflicts.html", clashes=[_clash(each) for each in found], grouped=figures.grouped)


def drafts(slug: str, plan_id: UUID) -> ResponseReturnValue:
    """Answer the drafts that the plan can take over; where `draft` ticks some, also the units that they or the plan have both changed."""
    ticked = set(request.args.getlist("draft"))
    with transaction(g.actor) as session:
        plan = _plan(session, slug, plan_id)
        found = plan_merging.to_gather(session, g.actor, plan)
        chosen = [each for each in found if str(each.public_id) in ticked]
        clashes = plan_merging.clashes(session, g.actor, plan, chosen)
    return render_template(
        "_plan_drafts.html",
        drafts=found,
        ticked=ticked,
        clashes=[_clash(each) | {"draft": draft.title} for draft, each in clashes],
        states=STATES,
        local_date=figures.local_date,
        grouped=figures.grouped,
    )


def _clash(clash: rebase.Clash) -> dict[str, object]:
    versions = {"base": clash.base, "mine": clash.mine, "theirs": clash.theirs}
    return {"key": clash.key, "name": clash.name} | {word: each and _version(each) for word, each in versions.items()}


def _version(version: rebase.Version) -> dict[str, object]:
    return {name: getattr(version, name) for name in ("name", "area_m2", "buildings", "households")} | {
        "shape": shapely.to_geojson(version.ground)
    }


def proposals(slug: str, plan_id: UUID) -> ResponseReturnValue:
    """Answer what was proposed for the plan, the alternatives side by side, with the form to ask for more."""
    with transaction(g.actor) as session:
        plan = _plan(session, slug, plan_id)
        found = plan_proposals.proposals(session, plan)
    return render_template(
        "_plan_proposals.html",
        plan=plan,
        proposals=found,
        may_draw=plan.state == "draft" and may(g.actor, Action.DRAW_PLANS, plan.path),
        unit=request.args.get("unit"),
        ways=WAYS,
        names=NAMES,
        grouped=figures.grouped,
        local_time=local_time,
    )
