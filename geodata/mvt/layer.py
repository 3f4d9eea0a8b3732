"""A layer of tiles: geometry and properties made ready once, tiles cut out of them on request."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geodata.findings import GeodataError
from geodata.mvt.encode import features
from geodata.mvt.paths import KINDS, POINT, Paths
from geodata.ranges import members

Value: TypeAlias = str | int | float | bool | None

EXTENT: Final = 4096
"""Units along a side of a tile."""
BUFFER: Final = 64
"""Units around a tile within which geometry is kept, so that borders do not show at its edges."""
_NORTHMOST_DEG: Final = 85.0511287798066
"""Where the square world of EPSG:3857 ends."""


class TileLayer:
    """Features of one kind (points, lines or polygons, single or multi), ready for tiles.

    `geometries` are in degrees lon, lat; features without geometry are left out. `properties` names
    columns as long as the geometries; None stands for no value. `ids` are whole numbers from 0 on.
    `zooms` is the first and the last zoom at which the layer shows. GeodataError for a mixture of kinds.
    """

    def __init__(
        self,
        name: str,
        geometries: ArrayLike,
        *,
        properties: Mapping[str, Sequence[Value]] | None = None,
        ids: ArrayLike | None = None,
        zooms: tuple[int, int] = (0, 24),
    ) -> None:
        self.name, self.zooms = name, zooms
        shapes = shapely.transform(np.asarray(geometries, dtype=object), _to_square)
        there = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
        self._shapes = shapes[there]
        kinds = {KINDS.get(number, 0) for number in np.unique(shapely.get_type_id(self._shapes)).tolist()}
        if len(kinds - {0}) > 1 or 0 in kinds:
            raise GeodataError("Layer {name} mixes kinds of geometry; points, lines or polygons alone would be right.", name=name)
        self._tree = shapely.STRtree(self._shapes)
        self._boxes = shapely.bounds(self._shapes)
        self._paths = Paths.of(kinds.pop() if kinds else POINT, self._shapes, np.arange(len(there)))
        self._first = np.searchsorted(self._paths.feature, np.arange(len(there) + 1))
        self._ids = None if ids is None else np.asarray(ids, dtype=np.int64)[there]
        columns = {key: [column[row] for row in there.tolist()] for key, column in (properties or {}).items()}
        self._tags, self._values = _tabulate(columns, len(there))
        self._head = _field(0x0A, name.encode()) + b"\x78\x02\x28" + _varint(EXTENT)
        self._keys = b"".join(_field(0x1A, key.encode()) for key in columns)

    def encode(self, z: int, x: int, y: int) -> bytes:
        """Return the layer as a field of the tile, or no bytes where it has nothing to show."""
        if not self.zooms[0] <= z <= self.zooms[1]:
            return b""
        found, paths = self._cut(1 / 2**z, x, y)
        paths = paths.snapped(EXTENT * 2.0**z, EXTENT * x, EXTENT * y)
        if paths.kind == POINT:
            paths = paths.within(-BUFFER, EXTENT + BUFFER)
        kept, feature = np.unique(paths.feature, return_inverse=True)
        if not len(kept):
            return b""
        rows = found[kept]
        used, tags = np.unique(self._tags[rows], return_inverse=True)
        none = len(used) > 0 and used[0] < 0
        body = features(paths.numbered(feature), None if self._ids is None else self._ids[rows], tags.reshape(len(rows), -1) - none)
        return _field(0x1A, self._head + body.tobytes() + self._keys + self._values.take(used[1:] if none else used))

    def _cut(self, side: float, x: int, y: int) -> tuple[NDArray[np.int64], Paths]:
        """Return the features that may show in the tile, and their paths, clipped where they leave it."""
        margin = BUFFER / EXTENT
        low = np.array([x - margin, y - margin]) * side
        high = np.array([x + 1 + margin, y + 1 + margin]) * side
        found = self._tree.query(shapely.box(*low, *high))
        found.sort()
        boxes = self._boxes[found]
        whole = ((boxes[:, :2] >= low) & (boxes[:, 2:] <= high)).all(axis=1)
        if self._paths.kind == POINT or whole.all():
            return found, self._paths.of_features(self._first, found)
        cut = found[~whole]
        pieces = shapely.clip_by_rect(self._shapes[cut], *low, *high)
        clipped = Paths.of(self._paths.kind, pieces, np.arange(len(cut)) + whole.sum())
        return np.concatenate([found[whole], cut]), self._paths.of_features(self._first, found[whole]).joined(clipped)


class _Values:
    """The values of a layer, each encoded once."""

    def __init__(self, values: Sequence[bytes]) -> None:
        self._bytes = np.frombuffer(b"".join(values), dtype=np.uint8)
        self._first = np.append(0, np.cumsum([len(value) for value in values], dtype=np.int64))

    def take(self, rows: NDArray[np.int64]) -> bytes:
        """Return the value fields of the rows, one after another."""
        return self._bytes[members(self._first[rows], self._first[rows + 1])[1]].tobytes()


def _to_square(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return EPSG:3857 as a square from 0 to 1, y running south."""
    lat = np.radians(np.clip(lonlat[:, 1], -_NORTHMOST_DEG, _NORTHMOST_DEG))
    return np.stack([lonlat[:, 0] / 360 + 0.5, 0.5 - np.arcsinh(np.tan(lat)) / (2 * np.pi)], axis=1)


def _tabulate(columns: Mapping[str, Sequence[Value]], count: int) -> tuple[NDArray[np.int64], _Values]:
    """Return for each feature and key the row of its value (or -1), and the distinct values."""
    numbers: dict[tuple[type, Value], int] = {}
    tags = np.empty((count, len(columns)), dtype=np.int64)
    for at, column in enumerate(columns.values()):
        tags[:, at] = [-1 if value is None else numbers.setdefault((type(value), value), len(numbers)) for value in column]
    return tags, _Values([_field(0x22, _value(value)) for _, value in numbers])


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
