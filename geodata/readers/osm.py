"""OpenStreetMap, as PBF (.osm.pbf) or XML (.osm): points, lines and multipolygons, each tag a column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import orjson

from geodata.findings import GeodataError
from geodata.readers.gdal import read_layer
from geodata.records import Attributes, Content

LAYERS = ("points", "lines", "multipolygons", "multilinestrings", "other_relations")

_BEGINS = re.compile(rb"\x00\x00..\n\tOSMHeader|(\xef\xbb\xbf)?\s*(<\?xml[^>]*\?>)?\s*(<!--[^>]*-->\s*)*<osm[\s/>]", re.DOTALL)


def read(path: Path, layer: str | None) -> Content:
    """Return one layer: every tag under its own name, `osm_id` as node/1, way/1 or relation/1.

    Raises GeodataError where no layer is named, or it is broken.
    """
    with path.open("rb") as file:
        if not _BEGINS.match(file.read(1000)):
            raise GeodataError("{source} is no file of OpenStreetMap.", source=path.name)
    if layer not in LAYERS:
        raise GeodataError(
            "{source} has {count} layers; name one of them: {layers}.", source=path.name, count=len(LAYERS), layers=", ".join(LAYERS)
        )
    content = read_layer(str(path), layer, path.name, TAGS_FORMAT="JSON").content
    return replace(content, attributes=list(_tagged(content.attributes, layer)))


def _tagged(attributes: Sequence[Attributes], layer: str) -> Iterator[Attributes]:
    kind = {"points": "node", "lines": "way"}.get(layer, "relation")
    for said in attributes:
        way, given, more = said.pop("osm_way_id", None), said.pop("osm_id", None), said.pop("other_tags", None)
        said.pop("z_order", None)  # GDAL's own
        tags = {name: value for name, value in said.items() if value is not None}
        yield {"osm_id": f"way/{way}" if way else f"{kind}/{given}"} | tags | (orjson.loads(str(more)) if more else {})
