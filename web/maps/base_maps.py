"""What lies under the units: the service's own ground by default, others where an installation asks for them."""

from __future__ import annotations

from dataclasses import dataclass

from gridsvc.errors import Invalid
from gridsvc.settings import Settings

LARGEST_ZOOM = 20


@dataclass(frozen=True, slots=True)
class BaseMap:
    """A ground that the reader may choose."""

    title: str
    """English template of its name."""
    urls: tuple[str, ...] = ()
    """Addresses of its raster tiles, bottom first; none where the ground is drawn from the service's own data or stays blank."""
    attribution: str = ""
    """Whom the provider wants named; plain text."""
    shifted: bool = False
    """Whether its tiles are drawn in GCJ-02, so that each has to be moved back."""
    host: str | None = None
    """The foreign host, with wildcard, that a content-security policy must allow pictures from."""
    largest_zoom: int = 18
    """The largest zoom that the provider draws; beyond it tiles are enlarged."""


BASE_MAPS: dict[str, BaseMap] = {
    "own": BaseMap("Streets and buildings"),
    "blank": BaseMap("Blank"),
    "tianditu": BaseMap("Tianditu", ("/base/vec/{z}/{x}/{y}", "/base/cva/{z}/{x}/{y}"), "天地图"),
    "gaode": BaseMap(
        "Amap",
        ("https://webrd0{s}.is.autonavi.com/appmaptile?lang=zh_cn&size=1&scale=1&style=8&x={x}&y={y}&z={z}",),
        "© 高德地图",
        shifted=True,
        host="https://*.is.autonavi.com",
    ),
    "osm": BaseMap(
        "OpenStreetMap", ("https://tile.openstreetmap.org/{z}/{x}/{y}.png",), "© OpenStreetMap contributors",
        host="https://tile.openstreetmap.org", largest_zoom=19,
    ),
}  # fmt: skip
"""By the name that GRIDSVC_BASE_MAP takes."""


def offered(settings: Settings) -> dict[str, BaseMap]:
    """Return the base maps that this installation offers: none that would ask a foreign host unless its settings say so.

    Raise Invalid for a first base map that is none of these, or that needs a key which the settings lack.
    """
    if settings.base_map not in BASE_MAPS:
        raise Invalid(
            "GRIDSVC_{name} is {given!r}; one of {choices} would be right.",
            name="BASE_MAP", given=settings.base_map, choices=", ".join(BASE_MAPS),
        )  # fmt: skip
    if settings.base_map == "tianditu" and not settings.tianditu_key:
        raise Invalid("GRIDSVC_BASE_MAP is tianditu, which needs a key; set GRIDSVC_TIANDITU_KEY too.")
    asked_for = {"own", "blank", settings.base_map} | ({"tianditu"} if settings.tianditu_key else set())
    return {name: base for name, base in BASE_MAPS.items() if name in asked_for}


def picture_hosts(settings: Settings) -> list[str]:
    """Return what `img-src` must allow beside 'self'."""
    return [base.host for base in offered(settings).values() if base.host]
