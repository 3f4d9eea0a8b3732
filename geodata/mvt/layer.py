"""A layer of tiles: geometry and properties made ready once, tiles cut out of them on request."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from threading import Lock
from typing import Final, TypeAlias

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geodata.findings import GeodataError
from geodata.mvt.encode import Encoded, encode
from geodata.mvt.paths import KINDS, POINT, Paths

Ints: TypeAlias = NDArray[np.int64]
Value: TypeAlias = str | int | float | bool | None

EXTENT: Final = 4096
"""Units along a side of a tile."""
BUFFER: Final = 64
"""Units around a tile within which geometry is kept, so that borders do not show at its edges."""
_BLOCK: Final = 1024
"""Features encoded together when one of them is first asked for at a zoom."""
_NORTHMOST_DEG: Final = 85.0511287798066
"""Where the square world of EPSG:3857 ends."""


class TileLayer:
    """Features of one kind (points, lines or polygons, single or multi), ready for tiles.

    `geometries` are in degrees lon, lat; features without geometry are left out. `properties` names
    columns as long as the geometries; None stands for no value. `ids` are whole numbers from 0 on.
    `zooms` is the first and the last zoom at which the layer shows, `since` the first one of each feature
    where some show later. GeodataError for a mixture of kinds.
    """

    def __init__(
        self,
        name: str,
        geometries: ArrayLike,
        *,
        properties: Mapping[str, Sequence[Value]] | None = None,
        ids: ArrayLike | None = None,
        zooms: tuple[int, int] = (0, 24),
        since: ArrayLike = 0,
    ) -> None:
        self.name, self.zooms = name, zooms
        shapes = np.asarray(geometries, dtype=object)
        there = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
        self._shapes = shapes[there]
        kinds = {KINDS.get(number, 0) for number in np.unique(shapely.get_type_id(self._shapes)).tolist()}
        if len(kinds - {0}) > 1 or 0 in kinds:
            raise GeodataError("Layer {name} mixes kinds of geometry; points, lines or polygons alone would be right.", name=name)
        lonlat = shapely.bounds(self._shapes)
        box = np.hstack([to_square(lonlat[:, [0, 3]]), to_square(lonlat[:, [2, 1]])])
        order = _near_together(box)
        self._shapes, box, there = self._shapes[order], box[order], there[order]
        self._square_shapes = np.full(len(there), None, dtype=object)
        self._tree = shapely.STRtree(np.asarray(shapely.box(*box.T), dtype=object))
        self._sizes = (box[:, 2:] - box[:, :2]).max(axis=1)
        self._since = np.broadcast_to(np.asarray(since), len(shapes))[there]
        self._paths = Paths.of(kinds.pop() if kinds else POINT, self._shapes, np.arange(len(there)), to_square)
        self._ids = None if ids is None else np.asarray(ids, dtype=np.int64)[there]
        columns = {key: [column[row] for row in there.tolist()] for key, column in (properties or {}).items()}
        self._tags, self._values = _tabulate(columns, len(there))
        self.keys = tuple(columns)
        self._zooms: dict[int, tuple[Encoded, NDArray[np.bool_]]] = {}
        self._making = Lock()

    def contents(self, z: int, x: int, y: int, known: int = 0) -> tuple[bytes, bytes, int]:
        """Return the features of a tile, the values they refer to, and how many values these are; `known` others come before them."""
        if not self.zooms[0] <= z <= self.zooms[1]:
            return b"", b"", 0
        found = self._tree.query(shapely.box(*_square(z, x, y, BUFFER)))
        found = found[self._since[found] <= z]
        if not len(found):
            return b"", b"", 0
        found.sort()
        tags = self._tags[found]
        used = np.unique(tags)
        used = used[used >= 0]
        numbers = np.where(tags < 0, -1, np.searchsorted(used, tags) + known)
        body = b"".join(self._features(z, x, y, found, numbers))
        return (body, b"".join([self._values[number] for number in used.tolist()]), len(used)) if body else (b"", b"", 0)

    def _features(self, z: int, x: int, y: int, found: Ints, numbers: Ints) -> Iterator[bytes]:
        """Yield the feature fields: a feature smaller than the tile as it is, of a larger one what is in the tile."""
        corner = (x * EXTENT, y * EXTENT)
        # such a one lies within this tile and its neighbours, as the slot for its first point demands
        whole = self._sizes[found] < (1 - (BUFFER + 1) / EXTENT) / 2**z
        if whole.any():
            yield self._encoded(z, found[whole]).placed(found[whole], corner, numbers[whole])
        if not whole.all():
            cut, cut_numbers = found[~whole], numbers[~whole]
            pieces = shapely.clip_by_rect(self._in_square(cut), *_square(z, x, y, BUFFER))
            paths = Paths.of(self._paths.kind, pieces, np.arange(len(cut))).snapped(EXTENT * 2.0**z)
            ids = None if self._ids is None else self._ids[cut]
            yield encode(paths, ids, cut_numbers >= 0).placed(np.arange(len(cut)), corner, cut_numbers)

    def _in_square(self, rows: Ints) -> NDArray[np.object_]:
        """Return shapes in the square world, changed when one is first asked for: most are never cut."""
        fresh = rows[shapely.is_missing(self._square_shapes[rows])]
        self._square_shapes[fresh] = shapely.transform(self._shapes[fresh], to_square)
        return self._square_shapes[rows]

    def _encoded(self, z: int, rows: Ints) -> Encoded:
        """Return the features as encoded for the zoom, made for a block of neighbours when one is first asked for."""
        count = len(self._shapes)
        if z not in self._zooms:
            self._zooms.setdefault(z, (Encoded.nothing(count), np.zeros(count // _BLOCK + 1, dtype=np.bool_)))
        encoded, made = self._zooms[z]
        if not made[rows // _BLOCK].all():
            with self._making:
                for block in np.unique(rows // _BLOCK)[~made[np.unique(rows // _BLOCK)]].tolist():
                    first, stop = block * _BLOCK, min((block + 1) * _BLOCK, count)
                    paths = self._paths.between(first, stop).snapped(EXTENT * 2.0**z)
                    encoded.take_in(first, encode(paths, None if self._ids is None else self._ids[first:stop], self._tags[first:stop] >= 0))
                    made[block] = True
        return encoded


def joined(layers: Sequence[TileLayer], z: int, x: int, y: int) -> bytes:
    """Return layers of one name and the same properties as one layer of a tile, or no bytes where there is nothing to show."""
    first, features, values, known = layers[0], [], [], 0
    for layer in layers:
        if layer.keys != first.keys:
            raise GeodataError("The layers named {name} have different properties; the same ones would be right.", name=first.name)
        body, table, count = layer.contents(z, x, y, known)
        features.append(body)
        values.append(table)
        known += count
    content = b"".join(features)
    keys = b"".join(_field(0x1A, key.encode()) for key in first.keys)
    head = _field(0x0A, first.name.encode()) + b"\x78\x02\x28" + _varint(EXTENT)
    return _field(0x1A, b"".join([head, content, keys, *values])) if content else b""


def _square(z: int, x: int, y: int, margin: int) -> tuple[float, float, float, float]:
    """Return the box of a tile with units around it, as shares of the world: west, north, east, south."""
    side, more = 1 / 2**z, margin / EXTENT
    return (x - more) * side, (y - more) * side, (x + 1 + more) * side, (y + 1 + more) * side


def _near_together(box: NDArray[np.float64]) -> Ints:
    """Return an order in which neighbours stand near each other: along a Z-curve of the middles of their boxes."""
    if not len(box):
        return np.empty(0, dtype=np.int64)
    middle = box[:, :2] + box[:, 2:]
    low, high = middle.min(axis=0), middle.max(axis=0)
    cell = ((middle - low) / np.maximum(high - low, 1e-12) * 0xFFFF).astype(np.int64)
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        cell = (cell | cell << shift) & mask
    return np.argsort(cell[:, 0] | cell[:, 1] << 1, kind="stable")


def to_square(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return EPSG:3857 as a square from 0 to 1, y running south."""
    lat = np.radians(np.clip(lonlat[:, 1], -_NORTHMOST_DEG, _NORTHMOST_DEG))
    return np.stack([lonlat[:, 0] / 360 + 0.5, 0.5 - np.arcsinh(np.tan(lat)) / (2 * np.pi)], axis=1)


def _tabulate(columns: Mapping[str, Sequence[Value]], count: int) -> tuple[Ints, list[bytes]]:
    """Return for each feature and key the row of its value (or -1), and the distinct values."""
    numbers: dict[str | tuple[type, Value], int] = {}  # 1, 1.0 and True are equal, and three values
    tags = np.empty((count, len(columns)), dtype=np.int64)
    for at, column in enumerate(columns.values()):
        keys = (value if isinstance(value, str) else (type(value), value) for value in column)
        tags[:, at] = [-1 if key == _NONE else numbers.setdefault(key, len(numbers)) for key in keys]
    return tags, [_text(key) if isinstance(key, str) else _field(0x22, _value(key[1])) for key in numbers]


_NONE: Final = (type(None), None)
_SHORT: Final = [bytes((0x22, length + 2, 0x0A, length)) for length in range(126)]
"""What stands before a text of so many bytes: of a city there are hundreds of thousands."""


def _text(text: str) -> bytes:
    content = text.encode()
    return _SHORT[len(content)] + content if len(content) < len(_SHORT) else _field(0x22, _value(text))


def _value(value: Value) -> bytes:
    """Return the value message (specification 4.1): a string, a double, a signed whole number or a truth."""
    if isinstance(value, str):
        return _field(0x0A, value.encode())
    if isinstance(value, bool):
        return b"\x38" + _varint(value)
    if isinstance(value, int):
        return b"\x30" + _varint(value << 1 if value >= 0 else (-value << 1) - 1)
    return b"\x19" + struct.pack("<d", value)


def _field(tag: int, content: bytes) -> bytes:
    return bytes([tag]) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)
