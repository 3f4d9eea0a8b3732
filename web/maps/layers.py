"""What may lie on the map, in the order of the legend; adding a layer is a row here and a swatch in map.css."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MapLayer:
    """A layer that the reader may hide."""

    title: str
    """English template; {name} is the unit that is shown, {level} the word for its children."""
    drawn: str
    """units: the shapes of the view itself · tiles: vector tiles of this layer's name."""
    largest_data_zoom: int = 16
    """For tiles: the largest zoom that is asked for; beyond it they are enlarged."""


LAYERS: dict[str, MapLayer] = {
    "outline": MapLayer("Border of {name}", "units"),
    "units": MapLayer("{level}", "units"),
    "labels": MapLayer("Names", "units"),
    "buildings": MapLayer("Buildings", "tiles"),
    "compounds": MapLayer("Compounds", "tiles"),
    "streets": MapLayer("Streets", "tiles"),
}


def tile_layers() -> dict[str, MapLayer]:
    """Return the layers that come as vector tiles, which together make the service's own base map."""
    return {name: layer for name, layer in LAYERS.items() if layer.drawn == "tiles"}
