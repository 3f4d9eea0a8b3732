"""What may lie on the map, in the order of the legend; adding a layer is a row here and a swatch in floating.css."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MapLayer:
    """A layer that the reader may hide."""

    title: str
    """English template; {name} is the unit that is shown, {level} the word for its children, {deeper} for theirs."""
    tiles: str | None = None
    """The vector tiles that it is painted from; None for what the shapes of the view draw."""
    largest_data_zoom: int = 16
    """For tiles: the largest zoom that is asked for; beyond it they are enlarged."""


LAYERS: dict[str, MapLayer] = {
    "outline": MapLayer("Border of {name}"),
    "units": MapLayer("{level}"),
    "deeper": MapLayer("{deeper}", "units"),
    "labels": MapLayer("Names"),
    "buildings": MapLayer("Buildings", "buildings"),
    "compounds": MapLayer("Compounds", "compounds"),
    "streets": MapLayer("Streets", "streets"),
}


def tile_layers() -> dict[str, MapLayer]:
    """Return the layers that are painted from vector tiles: the service's own base map, and borders farther below."""
    return {name: layer for name, layer in LAYERS.items() if layer.tiles}
