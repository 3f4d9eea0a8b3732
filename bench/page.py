"""The map page of a jurisdiction: a frame with tiles, beside Folium with all units inline."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from urllib.request import urlopen

import folium
import geopandas

from bench.city import SERVED, City
from bench.contest import Contest
from bench.service import installed, serving


def contests(city: City) -> Iterator[Contest]:
    """Yield the one contest."""
    small = city.cut_to(SERVED)
    units = geopandas.GeoDataFrame({"name": [str(at) for at in range(len(small.leaves))]}, geometry=small.leaves, crs=4490)

    def inline() -> str:
        page = folium.Map(location=(36.1, 120.4), zoom_start=14, tiles=None)
        folium.GeoJson(units.to_json(), tooltip=folium.GeoJsonTooltip(["name"])).add_to(page)
        return str(page.get_root().render())

    with installed(small) as environment, serving(environment) as address:

        def ours() -> str:
            return str(urlopen(f"{address}/map/bench").read(), "utf-8")  # noqa: S310  # our own address

        title = f"Map page of {len(units):,} micro-grids ({len(ours()) / 1024:.0f} KiB beside {len(inline()) / 1024:,.0f} KiB)"
        yield Contest(
            title,
            {"gridsvc, over HTTP": ours, f"folium {version('folium')}, GeoJson inline": inline},
            differs=lambda mine, _: "" if "<html" in mine else "no page",
        )
