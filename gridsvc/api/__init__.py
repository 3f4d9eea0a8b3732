"""HTTP in, JSON out: the URL table of the API."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import Blueprint

from gridsvc.api import (
    buildings,
    compounds,
    contracts,
    corrections,
    editions,
    exports,
    figures,
    households,
    jobs,
    jurisdictions,
    locate,
    me,
    organisations,
    parking,
    people,
    plan_files,
    plan_impact,
    plan_moves,
    plan_path,
    plan_proposals,
    plan_rebase,
    plans,
    reports,
    stations,
    successions,
    templates,
    units,
)
from gridsvc.api.batch import POINTS
from gridsvc.api.contracts import ASKED
from gridsvc.api.corrections import DECIDED, PROPOSED
from gridsvc.api.households import ANSWER, CHANGE, REASON
from gridsvc.api.openapi import describe
from gridsvc.api.parse import (
    AS_OF,
    AT,
    BY,
    CODE,
    CRS,
    JURISDICTION,
    KIND,
    LAT,
    LEVEL,
    LIMIT,
    LON,
    OF_JURISDICTION,
    ONLY,
    PAGE,
    UNDER,
    UNIT,
    USE,
    Q,
)
from gridsvc.api.people import REVEALING
from gridsvc.api.plan_files import GEOPACKAGE, REPAIR
from gridsvc.api.plan_moves import LOCKS, LOOK, MOVES
from gridsvc.api.plan_path import DECIDING, DESCRIBING, SAYING, WITHDRAWING
from gridsvc.api.plan_proposals import PROPOSING
from gridsvc.api.plan_rebase import CHOOSING, GATHERING
from gridsvc.api.plans import CHANGING, PUBLISHING
from gridsvc.api.routes import FILE, GEOJSON, Route, add
from gridsvc.api.successions import CONFIRMING


@cache
def openapi() -> dict[str, Any]:
    """Answer the description of this API."""
    return describe(ROUTES)


GUARDED = (401, 403, 404, 422)
"""What an address of protected data answers besides."""

ROUTES: tuple[Route, ...] = (
    Route("/openapi.json", openapi, problems=()),
    Route("/locate", locate.locate, (LON, LAT, CRS, AS_OF, JURISDICTION)),
    Route("/locate/duty", locate.duty, (LON, LAT, CRS, JURISDICTION), public=False),
    Route("/locate/batch", locate.batch, (CRS, AS_OF, JURISDICTION), method="POST", takes=POINTS, problems=(404, 413, 422)),
    Route("/jurisdictions", jurisdictions.listed, problems=()),
    Route("/jurisdictions/<slug>/editions", jurisdictions.editions),
    Route("/jurisdictions/<slug>/figures", figures.listed, (AS_OF,), public=False),
    Route("/units", units.find, (JURISDICTION, Q, CODE, LEVEL, AS_OF, PAGE)),
    Route("/units/<uuid:unit_id>", units.one, (AS_OF,)),
    Route("/units/<uuid:unit_id>/children", units.children, (AS_OF,)),
    Route("/units/<uuid:unit_id>/summary", units.summary, (AS_OF,), public=False),
    Route("/units/<uuid:unit_id>/boundary", units.boundary, (AS_OF,), mimetype=GEOJSON),
    Route("/buildings/<uuid:building_id>", buildings.one, (AS_OF,), mimetype=GEOJSON, public=False),
    Route("/plans", plans.listed, (OF_JURISDICTION,), public=False),
    Route("/plans/<uuid:plan_id>", plans.one, public=False),
    Route("/plans/<uuid:plan_id>/units", plans.units, public=False, mimetype=GEOJSON),
    Route("/plans/<uuid:plan_id>/moves", plan_moves.move, (LOOK,), method="POST", takes=MOVES, asks=False, public=False, problems=CHANGING),
    Route("/plans/<uuid:plan_id>/undo", plan_moves.undo, method="POST", asks=False, public=False, problems=CHANGING),
    Route("/plans/<uuid:plan_id>/redo", plan_moves.redo, method="POST", asks=False, public=False, problems=CHANGING),
    Route(
        "/plans/<uuid:plan_id>/moves/<int:serial>/take-back",
        plan_moves.take_back,
        method="POST",
        asks=False,
        public=False,
        problems=CHANGING,
    ),
    Route("/plans/<uuid:plan_id>/draft.gpkg", plan_files.download, mimetype=FILE, public=False, problems=(401, 403, 404)),
    Route(
        "/plans/<uuid:plan_id>/draft.gpkg",
        plan_files.upload,
        (REPAIR,),
        method="PUT",
        takes=GEOPACKAGE,
        asks=False,
        public=False,
        problems=CHANGING,
    ),
    Route("/plans/<uuid:plan_id>/locks", plan_moves.locks, public=False),
    Route("/plans/<uuid:plan_id>/locks", plan_moves.lock, method="PUT", takes=LOCKS, asks=False, public=False, problems=CHANGING),
    Route("/plans/<uuid:plan_id>/locks", plan_moves.unlock, method="DELETE", takes=LOCKS, asks=False, public=False, problems=CHANGING),
    Route("/plans/<uuid:plan_id>/discard", plans.discard, method="POST", asks=False, public=False, problems=CHANGING),
    Route("/plans/<uuid:plan_id>/publish", plans.publish, method="POST", takes=PUBLISHING, asks=False, public=False, problems=CHANGING),
    Route("/plans/<uuid:plan_id>", plan_path.describe, method="PATCH", takes=DESCRIBING, asks=False, public=False, problems=CHANGING),
    Route("/plans/<uuid:plan_id>/impact", plan_impact.impact, (LEVEL,), public=False, problems=GUARDED),
    Route("/plans/<uuid:plan_id>/impact.xlsx", plan_impact.book, mimetype=FILE, public=False, problems=GUARDED),
    Route("/plans/<uuid:plan_id>/papers/<name>.pdf", plan_impact.paper, (UNIT,), mimetype=FILE, public=False, problems=GUARDED),
    Route("/plans/<uuid:plan_id>/findings", plan_impact.findings, public=False, problems=GUARDED),
    Route("/plans/<uuid:plan_id>/measures", plan_impact.measures, (BY, LEVEL), public=False, problems=GUARDED),
    Route("/plans/<uuid:plan_id>/steps", plan_path.steps, public=False),
    Route("/plans/<uuid:plan_id>/submit", plan_path.submit, method="POST", asks=False, public=False, problems=CHANGING),
    Route("/plans/<uuid:plan_id>/pass", plan_path.pass_on, method="POST", takes=DECIDING, asks=False, public=False, problems=CHANGING),
    Route(
        "/plans/<uuid:plan_id>/send-back", plan_path.send_back, method="POST", takes=DECIDING, asks=False, public=False, problems=CHANGING
    ),
    Route(
        "/plans/<uuid:plan_id>/withdraw", plan_path.withdraw, method="POST", takes=WITHDRAWING, asks=False, public=False, problems=CHANGING
    ),
    Route("/plans/<uuid:plan_id>/proposals", plan_proposals.listed, public=False),
    Route(
        "/plans/<uuid:plan_id>/proposals",
        plan_proposals.propose,
        method="POST",
        takes=PROPOSING,
        asks=False,
        public=False,
        problems=(401, 403, 404, 409, 422),
    ),
    Route(
        "/plans/<uuid:plan_id>/proposals/<uuid:proposal_id>/<int:serial>",
        plan_proposals.units,
        public=False,
        mimetype=GEOJSON,
    ),
    Route(
        "/plans/<uuid:plan_id>/proposals/<uuid:proposal_id>/<int:serial>/take",
        plan_proposals.take,
        method="POST",
        asks=False,
        public=False,
        problems=CHANGING,
    ),
    Route("/plans/<uuid:plan_id>/conflicts", plan_rebase.conflicts, public=False),
    Route(
        "/plans/<uuid:plan_id>/rebase", plan_rebase.carry_over, method="POST", takes=CHOOSING, asks=False, public=False, problems=CHANGING
    ),
    Route("/plans/<uuid:plan_id>/gather", plan_rebase.gather, method="POST", takes=GATHERING, asks=False, public=False, problems=CHANGING),
    Route(
        "/editions/<int(max=2147483647):serial>/undo",
        editions.undo,
        (OF_JURISDICTION,),
        method="POST",
        asks=False,
        public=False,
        problems=CHANGING,
    ),
    Route("/plans/<uuid:plan_id>/comments", plan_path.comments, public=False),
    Route("/plans/<uuid:plan_id>/comments", plan_path.comment, method="POST", takes=SAYING, asks=False, public=False, problems=GUARDED),
    Route(
        "/plans/<uuid:plan_id>/comments/<uuid:comment_id>/settle",
        plan_path.settle,
        method="POST",
        asks=False,
        public=False,
        problems=GUARDED,
    ),
    Route(
        "/exports/<slug>/<noun>.<suffix>", exports.download, (AS_OF, UNDER), mimetype=FILE, public=False, problems=(401, 403, 404, 413, 422)
    ),
    Route("/templates/<noun>.xlsx", templates.download, mimetype=FILE),
    Route("/units/<uuid:unit_id>/people", people.of_unit, (Q, ONLY, PAGE), public=False, problems=GUARDED),
    Route("/units/<uuid:unit_id>/people/findings", people.findings, public=False),
    Route("/units/<uuid:unit_id>/posts", people.posts, public=False),
    Route("/units/<uuid:unit_id>/organisations", organisations.of_unit, (KIND, PAGE), public=False),
    Route("/people/<uuid:person_id>/reveal", people.reveal, method="POST", takes=REVEALING, asks=False, public=False, problems=GUARDED),
    Route("/units/<uuid:unit_id>/stations", stations.of_unit, (KIND, AS_OF, PAGE)),
    Route("/units/<uuid:unit_id>/gates", stations.gates_of_unit, (KIND, AS_OF, PAGE)),
    Route("/units/<uuid:unit_id>/parking", parking.lots_of_unit, (AS_OF, PAGE), public=False, problems=GUARDED),
    Route("/units/<uuid:unit_id>/parking-spaces", parking.spaces_of_unit, (AS_OF, PAGE), public=False, problems=GUARDED),
    Route("/units/<uuid:unit_id>/fire-lanes", parking.fire_lanes_of_unit, (AS_OF, PAGE), public=False, problems=GUARDED),
    Route("/stations", stations.listed, (OF_JURISDICTION, KIND, AS_OF, PAGE)),
    Route("/stations/nearest", stations.nearest, (LON, LAT, CRS, LIMIT, KIND, AT)),
    Route("/stations/<uuid:station_id>", stations.one, (AS_OF,), mimetype=GEOJSON),
    Route("/gates", stations.gates_listed, (OF_JURISDICTION, KIND, AS_OF, PAGE)),
    Route("/parking", parking.lots, (OF_JURISDICTION, AS_OF, PAGE), public=False, problems=GUARDED),
    Route("/fire-lanes", parking.fire_lanes, (OF_JURISDICTION, AS_OF, PAGE), public=False, problems=GUARDED),
    Route("/compounds", compounds.listed, (OF_JURISDICTION, AS_OF, PAGE)),
    Route("/units/<uuid:unit_id>/households", households.of_unit, (Q, USE, PAGE), public=False, problems=GUARDED),
    Route("/units/<uuid:unit_id>/dwellings", households.statistics, (AS_OF,), public=False),
    Route("/buildings/<uuid:building_id>/households", households.of_building, (Q, USE, PAGE), public=False, problems=GUARDED),
    Route("/households/<uuid:household_id>", households.one, public=False, problems=GUARDED),
    Route("/households/<uuid:household_id>", households.correct, method="PATCH", takes=CHANGE, asks=False, public=False, problems=CHANGING),
    Route(
        "/households/<uuid:household_id>/undo",
        households.take_back,
        method="POST",
        takes=REASON,
        asks=False,
        public=False,
        problems=CHANGING,
    ),
    Route("/jurisdictions/<slug>/address-reviews", households.reviews, public=False, problems=GUARDED),
    Route(
        "/address-reviews/<int(max=2147483647):review_id>",
        households.answer,
        method="POST",
        takes=ANSWER,
        asks=False,
        public=False,
        problems=GUARDED,
    ),
    Route("/corrections", corrections.listed, (OF_JURISDICTION, PAGE), public=False, problems=GUARDED),
    Route("/corrections", corrections.propose, method="POST", takes=PROPOSED, asks=False, public=False, problems=GUARDED),
    Route(
        "/corrections/<uuid:correction_id>/decide",
        corrections.decide,
        method="POST",
        takes=DECIDED,
        asks=False,
        public=False,
        problems=(401, 403, 404, 409, 422),
    ),
    Route(
        "/corrections/<uuid:correction_id>/withdraw",
        corrections.withdraw,
        method="POST",
        asks=False,
        public=False,
        problems=(401, 403, 404, 409, 422),
    ),
    Route("/units/<uuid:unit_id>/contracts", contracts.of_unit, public=False),
    Route("/units/<uuid:unit_id>/contract-proposals", contracts.listed, public=False, problems=GUARDED),
    Route("/people/<uuid:person_id>/contracts", contracts.of_person, public=False, problems=GUARDED),
    Route("/contracts/proposals", contracts.propose, method="POST", takes=ASKED, asks=False, public=False, problems=GUARDED),
    Route("/contracts/proposals/<uuid:proposal_id>", contracts.one, public=False, problems=GUARDED),
    Route("/contracts/proposals/<uuid:proposal_id>/commit", contracts.commit, method="POST", asks=False, public=False, problems=CHANGING),
    Route("/contracts/proposals/<uuid:proposal_id>/drop", contracts.drop, method="POST", asks=False, public=False, problems=CHANGING),
    Route("/successions", successions.listed, (OF_JURISDICTION,), public=False, problems=GUARDED),
    Route(
        "/successions/<uuid:succession_id>/confirm",
        successions.decide,
        method="POST",
        takes=CONFIRMING,
        asks=False,
        public=False,
        problems=(401, 403, 404, 409, 422),
    ),
    Route("/me/area", me.leads, public=False, problems=(401,)),
    Route("/reports", reports.listed, (OF_JURISDICTION,), public=False, problems=GUARDED),
    Route("/reports/<uuid:report_id>", reports.one, public=False, problems=GUARDED),
    Route("/jobs", jobs.listed, public=False, problems=(401,)),
    Route("/jobs/<uuid:job_id>", jobs.one, public=False),
)


def blueprint(*, public: bool) -> Blueprint:
    """Return the API as it is hung below /api/v1; `public` where its public data needs no sign-in."""
    api = Blueprint("api", __name__)
    for route in ROUTES:
        add(api, route, public=public)
    return api


def asking_by_post() -> list[str]:
    """Return the functions behind addresses that only ask although the method is POST, as the form protection names them."""
    return [f"{add.__module__}.{route.name}" for route in ROUTES if route.asks and route.method == "POST"]
