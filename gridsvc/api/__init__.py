"""HTTP in, JSON out: the URL table of the API."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import Blueprint

from gridsvc.api import buildings, compounds, jurisdictions, locate, plans, units
from gridsvc.api.batch import POINTS
from gridsvc.api.openapi import describe
from gridsvc.api.parse import AS_OF, CODE, CRS, JURISDICTION, LAT, LEVEL, LON, OF_JURISDICTION, PAGE, Q
from gridsvc.api.plans import CHANGING, MOVES
from gridsvc.api.routes import GEOJSON, Route, add


@cache
def openapi() -> dict[str, Any]:
    """Answer the description of this API."""
    return describe(ROUTES)


ROUTES: tuple[Route, ...] = (
    Route("/openapi.json", openapi, problems=()),
    Route("/locate", locate.locate, (LON, LAT, CRS, AS_OF, JURISDICTION)),
    Route("/locate/batch", locate.batch, (CRS, AS_OF, JURISDICTION), method="POST", takes=POINTS, problems=(404, 413, 422)),
    Route("/jurisdictions", jurisdictions.listed, problems=()),
    Route("/jurisdictions/<slug>/editions", jurisdictions.editions),
    Route("/units", units.find, (JURISDICTION, Q, CODE, LEVEL, AS_OF, PAGE)),
    Route("/units/<uuid:unit_id>", units.one, (AS_OF,)),
    Route("/units/<uuid:unit_id>/children", units.children, (AS_OF,)),
    Route("/units/<uuid:unit_id>/summary", units.summary, (AS_OF,), public=False),
    Route("/units/<uuid:unit_id>/boundary", units.boundary, (AS_OF,), mimetype=GEOJSON),
    Route("/buildings/<uuid:building_id>", buildings.one, (AS_OF,), mimetype=GEOJSON, public=False),
    Route("/plans", plans.listed, (OF_JURISDICTION,), public=False),
    Route("/plans/<uuid:plan_id>", plans.one, public=False),
    Route("/plans/<uuid:plan_id>/units", plans.units, public=False, mimetype=GEOJSON),
    Route("/plans/<uuid:plan_id>/moves", plans.move, method="POST", takes=MOVES, asks=False, public=False, problems=CHANGING),
    Route("/plans/<uuid:plan_id>/undo", plans.undo, method="POST", asks=False, public=False, problems=CHANGING),
    Route("/plans/<uuid:plan_id>/discard", plans.discard, method="POST", asks=False, public=False, problems=CHANGING),
    Route("/plans/<uuid:plan_id>/publish", plans.publish, method="POST", asks=False, public=False, problems=CHANGING),
    Route("/compounds", compounds.listed, (OF_JURISDICTION, AS_OF, PAGE)),
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
