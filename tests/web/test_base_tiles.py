from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from flask import Flask

from gridsvc.errors import NotFound
from gridsvc.settings import Settings
from web.pages import base_tiles

SETTINGS = Settings(Path(), tianditu_key="the-key")


def answer(settings: Settings, layer: str, z: int, x: int, y: int) -> object:
    app = Flask("test")
    app.config["SETTINGS"] = settings
    with app.app_context():
        return base_tiles.tile(layer, z, x, y)


def test_the_key_is_added_on_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(base_tiles, "fetched", lambda address: (asked.append(address), (b"png", "image/png"))[1])
    answer(SETTINGS, "vec", 3, 6, 2)
    assert "tk=the-key" in asked[0]
    assert "TILEROW=2&TILECOL=6" in asked[0]


@pytest.mark.parametrize(("layer", "z", "x", "y"), [("img", 3, 1, 1), ("vec", 3, 8, 0), ("vec", 19, 0, 0)])
def test_a_tile_outside_the_grid_is_not_asked_for(layer: str, z: int, x: int, y: int) -> None:
    with pytest.raises(NotFound):
        answer(SETTINGS, layer, z, x, y)


def test_without_a_key_there_are_no_tiles() -> None:
    with pytest.raises(NotFound):
        answer(dataclasses.replace(SETTINGS, tianditu_key=None), "vec", 3, 1, 1)
