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
    "uses": MapLayer("Use of dwellings"),
    "stations": MapLayer("Stations", "stations"),
    "gates": MapLayer("Gates", "gates"),
    "parking_lots": MapLayer("Parking lots", "parking_lots"),
    "parking_spaces": MapLayer("Parking spaces", "parking_spaces", 18),
    "fire_lanes": MapLayer("Fire lanes", "fire_lanes"),
    "buildings": MapLayer("Buildings", "buildings"),
    "compounds": MapLayer("Compounds", "compounds"),
    "streets": MapLayer("Streets", "streets"),
    "barriers": MapLayer("Water and railways", "barriers"),
}


ALWAYS = frozenset({"deeper", "buildings", "compounds", "streets"})
"""The tiles that every map asks for; of the others those that its view names: there are some here, and the reader may see them."""


def tile_layers() -> dict[str, MapLayer]:
    """Return the layers that are painted from vector tiles: the service's own base map, and borders farther below."""
    return {name: layer for name, layer in LAYERS.items() if layer.tiles}
