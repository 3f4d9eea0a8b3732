"""GeoJSON (RFC 7946): positions with eight decimals at most, rings by the right-hand rule, no member that names a reference system."""

from __future__ import annotations

from pathlib import Path

import orjson
import shapely

from geodata.writers.layers import Layer


def write(path: Path, layer: Layer) -> None:
    """Write a collection of features, one a line; the notes stand in its `description`."""
    shapes = shapely.to_geojson(shapely.orient_polygons(layer.geometry))
    about = {"type": "FeatureCollection", "name": layer.name} | ({"description": " ".join(layer.notes)} if layer.notes else {})
    with path.open("wb") as file:
        file.write(orjson.dumps(about)[:-1] + b',"features":[')
        for row, (attributes, shape) in enumerate(zip(layer.attributes, shapes, strict=True)):
            feature = {"type": "Feature", "properties": attributes, "geometry": shape and orjson.loads(shape)}  # shortest digits again
            file.write((b",\n" if row else b"\n") + orjson.dumps(feature))
        file.write(b"\n]}\n")
