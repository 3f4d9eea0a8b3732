from __future__ import annotations

import re
from pathlib import Path

import pytest

from gridsvc.errors import Invalid
from gridsvc.settings import Settings
from web.maps import folium_page
from web.maps.base_maps import BASE_MAPS, offered, picture_hosts
from web.maps.folium_page import parts

OWN = {name: BASE_MAPS[name] for name in ("own", "blank")}


def test_the_same_map_is_the_same_text() -> None:
    first = parts(OWN, "n")
    folium_page._rendered.cache_clear()
    assert parts(OWN, "n") == first


def test_every_script_and_style_carries_the_nonce() -> None:
    tags = re.findall(r"<(?:script|style)[^>]*>", "".join(parts(BASE_MAPS, "secret")))
    assert tags
    assert all('nonce="secret"' in tag for tag in tags)


def test_nothing_foreign_is_named_by_default() -> None:
    assert not re.search(r"https?://", "".join(parts(offered(Settings(Path())), "n")))


def test_the_page_may_be_enlarged_by_its_reader() -> None:
    assert "user-scalable" not in parts(OWN, "n").head


@pytest.mark.parametrize(("chosen", "hosts"), [("own", []), ("tianditu", []), ("osm", ["https://tile.openstreetmap.org"])])
def test_pictures_of_foreign_hosts_are_allowed_only_where_settings_ask_for_them(chosen: str, hosts: list[str]) -> None:
    assert picture_hosts(Settings(Path(), base_map=chosen, tianditu_key="k")) == hosts


@pytest.mark.parametrize(("settings", "sentence"), [
    (Settings(Path(), base_map="baidu"), "GRIDSVC_BASE_MAP is 'baidu'; one of own, blank, tianditu, gaode, osm would be right."),
    (Settings(Path(), base_map="tianditu"), "needs a key"),
])  # fmt: skip
def test_a_first_base_map_that_cannot_be_shown_is_refused(settings: Settings, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        offered(settings)


def test_the_key_of_a_base_map_is_in_no_page() -> None:
    settings = Settings(Path(), base_map="tianditu", tianditu_key="the-key")
    assert "the-key" not in "".join(parts(offered(settings), "n"))
