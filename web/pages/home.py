"""The door to the maps: straight in where there is one jurisdiction, else a list of them."""

from __future__ import annotations

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from gridsvc.database.queries import jurisdictions
from gridsvc.database.session import transaction


def home() -> ResponseReturnValue:
    """Answer the list of jurisdictions; where nothing has been set up, how to begin."""
    with transaction(g.actor) as session:
        found = jurisdictions.jurisdictions(session)
    if len(found) == 1:
        return redirect(url_for("map", slug=found[0].slug))
    return render_template("home.html", jurisdictions=found)
