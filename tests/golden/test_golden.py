"""What other people's tools rely on, word for word; `make bless` accepts what is there now."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

FOLDER = Path(__file__).parent
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

GRID_ONE, REMAINDER, OUTSIDE = "lon=120.5292&lat=36.1100", "lon=120.5250&lat=36.1100", "lon=120.0&lat=30.0"
TILE = (16, 54709, 25710)
"""The tile around the compound."""


@pytest.fixture(scope="module")
def engine(longze_engine: Engine) -> Engine:
    return longze_engine


def asked(client: FlaskClient, address: str) -> Any:
    answer = client.get(address, headers={"Accept-Language": "zh"})
    assert answer.status_code == 200, answer.text
    return json.loads(ID.sub("00000000-0000-0000-0000-000000000000", answer.text))


def tile(client: FlaskClient, layer: str) -> Any:
    z, x, y = TILE
    layers = mapbox_vector_tile.decode(client.get(f"/tiles/{layer}/{z}/{x}/{y}.mvt").data)
    for feature in layers[layer]["features"]:
        feature.pop("id", None)
        feature["properties"].pop("id", None)
    return layers


ANSWERS: dict[str, Callable[[FlaskClient], Any]] = {
    "locate_grid": lambda client: asked(client, f"/api/v1/locate?{GRID_ONE}"),
    "locate_remainder": lambda client: asked(client, f"/api/v1/locate?{REMAINDER}"),
    "locate_nowhere": lambda client: asked(client, f"/api/v1/locate?{OUTSIDE}"),
    "locate_before_the_grids": lambda client: asked(client, f"/api/v1/locate?{GRID_ONE}&as_of=2020-01-01"),
    "units_found": lambda client: asked(client, "/api/v1/units?jurisdiction=longze&q=龙泽"),
    "openapi": lambda client: asked(client, "/api/v1/openapi.json"),
    "tile_units": lambda client: tile(client, "units"),
    "tile_streets": lambda client: tile(client, "streets"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_what_it_was(name: str, client: FlaskClient) -> None:
    seen = json.dumps(ANSWERS[name](client), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    file = FOLDER / f"{name}.json"
    if os.environ.get("GRIDSVC_BLESS"):
        file.write_text(seen, encoding="utf-8")
    assert seen == file.read_text(encoding="utf-8")
