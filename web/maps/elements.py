"""The Folium elements that the map is made of; their names are fixed, so that a page is the same each time."""

from __future__ import annotations

from typing import Any, TypeVar

from branca.element import MacroElement
from folium.elements import JSCSSMixin
from folium.map import Layer
from folium.template import Template

from gridsvc.domain.scales import MAIN_STREETS, MINOR_STREETS_ZOOM
from web.maps.base_maps import LARGEST_ZOOM, BaseMap
from web.maps.layers import ALWAYS, tile_layers

Made = TypeVar("Made", bound=MacroElement)


def named(element: Made, name: str) -> Made:
    """Give an element a name of ours in place of a random one; scripts find it as `<kind>_<name>`."""
    element._id = name  # branca offers no other way
    return element


class Shapes(Layer):
    """Polygons drawn by the style sheet: each carries the class of its layer and of its tint.

    The shapes stand in the page as JSON of their own, see folium_page.parts.
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.geoJson(JSON.parse(document.getElementById("shapes").textContent)[{{ this.drawn_from|tojson }}], {
          interactive: {{ this.interactive|tojson }},
          smoothFactor: 0,
          style: feature => ({className: {{ this.kind|tojson }} + " tint-" + feature.properties.tint}),
        });
        {% endmacro %}
        """
    )

    def __init__(self, kind: str, drawn_from: str, *, interactive: bool = False) -> None:
        """`drawn_from` is a name of features.Drawn."""
        super().__init__(name=kind, overlay=True)
        self._name = "Shapes"
        self.kind, self.drawn_from, self.interactive = kind, drawn_from, interactive
        named(self, kind)


class OwnGround(JSCSSMixin, Layer):
    """Streets, compounds and buildings, painted from the service's own vector tiles."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = ownGround({{ this.sources|tojson }});
        {% endmacro %}
        """
    )
    default_js = [  # noqa: RUF012  # folium declares it an instance's
        ("protomaps", "/static/vendor/protomaps-leaflet/protomaps-leaflet.js"),
        ("own_ground", "/static/js/own_ground.js"),
    ]

    def __init__(self) -> None:
        super().__init__(name="ground", overlay=True, show=False)
        self._name = "Ground"
        self.sources: dict[str, Any] = {
            name: {"url": f"/tiles/{layer.tiles}/{{z}}/{{x}}/{{y}}.mvt", "maxDataZoom": layer.largest_data_zoom, "always": name in ALWAYS}
            for name, layer in tile_layers().items()
        }
        self.sources["streets"] |= {"main": MAIN_STREETS, "minorZoom": MINOR_STREETS_ZOOM}
        named(self, "own")


class Tiles(Layer):
    """Raster tiles of a provider."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.layerGroup({{ this.urls|tojson }}.map(url => {{ this.maker }}(url, {{ this.options|tojson }})));
        {% endmacro %}
        """
    )
    maker = "L.tileLayer"

    def __init__(self, name: str, base: BaseMap) -> None:
        super().__init__(name=name, overlay=False, show=False)
        self._name = "Tiles"
        self.urls = base.urls
        self.options = {
            "attribution": base.attribution,
            "maxNativeZoom": base.largest_zoom,
            "maxZoom": LARGEST_ZOOM,
            "subdomains": "1234",
            "className": "raster",
        }
        named(self, name)


class ShiftedTiles(JSCSSMixin, Tiles):
    """Raster tiles drawn in GCJ-02, each moved back to where its centre truly lies."""

    maker = "shiftedTiles"
    default_js = [("shifted_tiles", "/static/js/shifted_tiles.js")]  # noqa: RUF012  # folium declares it an instance's
