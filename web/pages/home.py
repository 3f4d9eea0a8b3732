"""The door: to the own area for whoever leads one, else to the maps."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from gridsvc.database.queries import jurisdictions, my_area
from gridsvc.database.queries.jurisdictions import JurisdictionRow
from gridsvc.database.queries.my_area import Area
from gridsvc.database.session import transaction


def home() -> ResponseReturnValue:
    """Answer with the own area, or the choice among own areas; else with the only jurisdiction, or the list of them."""
    with transaction(g.actor) as session:
        places = {place.id: place for place in jurisdictions.jurisdictions(session)}
        areas = my_area.widest(my_area.led_by(session, g.actor))
    own = {led.jurisdiction_id: [each for each in areas if each.jurisdiction_id == led.jurisdiction_id] for led in areas}
    ways = [(place, address_of(place, own.get(number, []))) for number, place in places.items() if number in own or not own]
    return redirect(ways[0][1]) if len(ways) == 1 else render_template("home.html", ways=ways)


def address_of(place: JurisdictionRow, areas: list[Area]) -> str:
    """Return where these areas of a jurisdiction are looked at; without any, all of it."""
    if len(areas) > 1:
        return url_for("map", slug=place.slug, own="all")
    whole = all("." not in led.path for led in areas)
    chosen: dict[str, Any] = {} if whole else {areas[0].kind: areas[0].public_id}
    return url_for("map", slug=place.slug, **chosen)
