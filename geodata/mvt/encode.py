"""Features as bytes that fit every tile of a zoom: every number of the message is one token of an array.

Steps from point to point are the same in all tiles of a zoom, so features are encoded once a zoom. What
depends on the tile (the first point, the numbers of the values) has a slot of fixed width, filled when the
feature is placed: a varint may be longer than it need be.

Field numbers and commands are those of the Mapbox Vector Tile specification 2.1, sections 4.1 to 4.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from geodata.mvt.paths import POINT, POLYGON, Paths, starts
from geodata.ranges import members

Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]
Bytes: TypeAlias = NDArray[np.uint8]

MOVE_TO, LINE_TO, CLOSE_PATH = 1, 2, 15
FEATURE, ID, TAGS, TYPE, GEOMETRY = 0x12, 0x08, 0x12, 0x18, 0x22
"""Each field's number and wire type as the byte before it."""
_COUNT_SHIFT: Final = 3
_POINT_WIDTH: Final = 2
"""Bytes of a first coordinate: room for -8192 to 8191, thus for a tile and its neighbours."""
_POINT_SLOTS: Final[Ints] = np.arange(2) * _POINT_WIDTH
_VALUE_WIDTH: Final = 3
"""Bytes of a value's number: a tile may have two million of them."""


@dataclass(slots=True)
class Encoded:
    """The feature fields of features 0, 1, ..., with open slots; those not encoded or without paths have no bytes."""

    data: Bytes
    start: Ints
    """Where each feature begins in the data."""
    size: Ints
    """How many bytes it has."""
    origin: Ints
    """Its first point, in units of the whole world at the zoom, shape (n, 2)."""
    slot: Ints
    """Where in its bytes the first point and the number of the first value go, shape (n, 2); after a value comes the next key, one byte."""

    @classmethod
    def nothing(cls, count: int) -> Self:
        """Return room for so many features."""
        empty = np.zeros((6, count), dtype=np.int64)
        return cls(np.empty(0, dtype=np.uint8), empty[0], empty[1], empty[2:4].T, empty[4:].T)

    def take_in(self, first: int, other: Encoded) -> None:
        """Hold the other's features from row `first` on; who reads meanwhile sees them or does not."""
        rows = slice(first, first + len(other.start))
        self.start[rows] = other.start + len(self.data)
        self.origin[rows], self.slot[rows] = other.origin, other.slot
        self.data = np.concatenate([self.data, other.data])
        self.size[rows] = other.size

    def placed(self, rows: Ints, corner: tuple[int, int], values: Ints) -> bytes:
        """Return the fields of some features in the tile with this corner.

        `values` has a row for each and a column for each key: the number of the value in the tile, or -1.
        """
        size = self.size[rows]
        if not size.all():
            there = size > 0
            rows, values, size = rows[there], values[there], size[there]
        start = self.start[rows]
        out = self.data[members(start, start + size)[1]]
        slot = self.slot[rows] + (size.cumsum() - size)[:, None]
        _fill(out, slot[:, :1] + _POINT_SLOTS, _zigzag(self.origin[rows] - corner), _POINT_WIDTH)
        if values.shape[1]:
            tagged = values >= 0
            at = slot[:, 1:] + (tagged.cumsum(axis=1) - 1) * (_VALUE_WIDTH + 1)
            _fill(out, at[tagged], values[tagged], _VALUE_WIDTH)
        return out.tobytes()


def encode(paths: Paths, ids: Ints | None, tagged: Flags) -> Encoded:
    """Return the features that have paths; `tagged` says for every feature and key whether there is a value."""
    rows, path = np.unique(paths.feature, return_index=True)
    geometry, of_path = _geometry(paths, path)
    geometry_first = of_path[np.append(path, len(paths.feature))]
    pair_count = tagged[rows].sum(axis=1)
    id_count = 0 if ids is None else 2
    first = starts(2 * pair_count + geometry_first[1:] - geometry_first[:-1] + id_count + 8)

    start, stop = first[:-1], first[1:]
    tag = start + 2 + id_count
    kind = tag + 2 + 2 * pair_count
    token, width = np.zeros(first[-1], dtype=np.int64), np.ones(first[-1], dtype=np.int64)
    if ids is not None:
        token[tag - 2], token[tag - 1] = ID, ids[rows]
    token[start], token[tag], token[kind], token[kind + 1], token[kind + 2] = FEATURE, TAGS, TYPE, paths.kind, GEOMETRY
    pair = members(tag + 2, kind)[1]
    token[pair[::2]], width[pair[1::2]] = np.nonzero(tagged[rows])[1], _VALUE_WIDTH
    token[members(kind + 4, stop)[1]] = geometry
    width[kind + 5] = width[kind + 6] = _POINT_WIDTH
    width = np.maximum(width, _sizes(token))
    for length, end in ((kind + 3, stop), (tag + 1, kind), (start + 1, stop)):  # inner ones before those around them
        before = starts(width)
        token[length] = before[end] - before[length + 1]
        width[length] = _sizes(token[length])

    before = starts(width)
    encoded = Encoded.nothing(len(tagged))
    encoded.data = _varints(token, width)
    encoded.start[rows], encoded.size[rows] = before[start], before[stop] - before[start]
    encoded.origin[rows] = paths.xy[paths.first[path]]
    encoded.slot[rows] = np.stack([before[kind + 5], before[tag + 2] + 1], axis=1) - before[start][:, None]
    return encoded


def _geometry(paths: Paths, feature_first: Ints) -> tuple[Ints, Ints]:
    """Return the commands and zigzag steps of all paths, and where those of each begin; a feature's first step is left 0."""
    begin, count = paths.first[:-1], paths.first[1:] - paths.first[:-1]
    first = starts(2 * count + (1 if paths.kind == POINT else 3 if paths.kind == POLYGON else 2))
    step = np.diff(paths.xy, axis=0, prepend=0)
    step[begin[feature_first]] = 0  # the cursor goes on from path to path, and begins anew with the feature
    place = 2 * np.arange(len(step)) + np.repeat(first[:-1] - 2 * begin + 2, count)
    token = np.empty(first[-1], dtype=np.int64)
    if paths.kind == POINT:
        place -= 1
        token[first[:-1]] = MOVE_TO | count << _COUNT_SHIFT
    else:
        place[begin] -= 1
        token[first[:-1]] = MOVE_TO | 1 << _COUNT_SHIFT
        token[first[:-1] + 3] = LINE_TO | (count - 1) << _COUNT_SHIFT
    if paths.kind == POLYGON:
        token[first[1:] - 1] = CLOSE_PATH
    token[place], token[place + 1] = _zigzag(step).T
    return token, first


def _zigzag(step: Ints) -> Ints:
    return (step << 1) ^ (step >> 63)


def _sizes(token: Ints) -> Ints:
    """Return how many bytes each number takes as a varint."""
    size = np.ones(len(token), dtype=np.int64)
    left = token >> 7
    while left.any():
        size += left > 0
        left = left >> 7
    return size


def _varints(token: Ints, width: Ints) -> Bytes:
    """Return the numbers as varints of these widths."""
    place = starts(width)
    out = np.empty(place[-1], dtype=np.uint8)
    place, left = place[:-1], token
    out[place] = left & 127
    while (more := width > 1).any():
        out[place[more]] |= 128
        place, left, width = place[more] + 1, left[more] >> 7, width[more] - 1
        out[place] = left & 127
    return out


def _fill(out: Bytes, at: Ints, number: Ints, width: int) -> None:
    """Write each number at its place as a varint of the width."""
    for byte in range(width - 1):
        out[at + byte] = number >> 7 * byte & 127 | 128
    out[at + width - 1] = number >> 7 * (width - 1)
