"""Paths and tags as the bytes of a layer's features: every number of the message is one token of an array.

Field numbers and commands are those of the Mapbox Vector Tile specification 2.1, sections 4.1 to 4.4.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from geodata.mvt.paths import POINT, POLYGON, Paths, starts
from geodata.ranges import members

Ints: TypeAlias = NDArray[np.int64]
Bytes: TypeAlias = NDArray[np.uint8]

MOVE_TO, LINE_TO, CLOSE_PATH = 1, 2, 15
FEATURE, ID, TAGS, TYPE, GEOMETRY = 0x12, 0x08, 0x12, 0x18, 0x22
"""Each field's number and wire type as the byte before it."""
_COUNT_SHIFT: Final = 3


def features(paths: Paths, ids: Ints | None, tags: Ints) -> Bytes:
    """Return the feature fields of a layer, one after another.

    Every feature 0, 1, ... has paths. `tags` has a row for each and a column for each key: the index of
    the value, or -1 where it has none.
    """
    path = np.searchsorted(paths.feature, np.arange(len(tags) + 1))
    geometry, of_path = _geometry(paths, path[:-1])
    geometry_first = of_path[path]
    tagged = tags >= 0
    tag_count = 2 * tagged.sum(axis=1)
    id_count = 0 if ids is None else 2
    first = starts(tag_count + np.diff(geometry_first) + id_count + 8)

    tag, stop = first[:-1] + 2 + id_count, first[1:]
    kind = tag + 2 + tag_count
    token = np.empty(first[-1], dtype=np.int64)
    if ids is not None:
        token[tag - 2], token[tag - 1] = ID, ids
    token[first[:-1]], token[tag], token[kind], token[kind + 1], token[kind + 2] = FEATURE, TAGS, TYPE, paths.kind, GEOMETRY
    pairs = np.stack([np.nonzero(tagged)[1], tags[tagged]], axis=1)
    token[members(tag + 2, kind)[1]] = pairs.ravel()
    token[members(kind + 4, stop)[1]] = geometry
    lengths = np.stack([kind + 3, tag + 1, first[:-1] + 1])
    token[lengths] = 0
    return _bytes_with_lengths(token, lengths, np.stack([stop, kind, stop]))


def _geometry(paths: Paths, feature_first: Ints) -> tuple[Ints, Ints]:
    """Return the commands and zigzag steps of all paths, and where those of each path begin."""
    count = np.diff(paths.first)
    begin = paths.first[:-1]
    first = starts(2 * count + (1 if paths.kind == POINT else 3 if paths.kind == POLYGON else 2))
    start = first[:-1]
    step = np.diff(paths.xy, axis=0, prepend=0)
    cursor = begin[feature_first]  # the cursor goes on from path to path, and begins anew with the feature
    step[cursor] = paths.xy[cursor]
    place = 2 * np.arange(len(step)) + np.repeat(start - 2 * begin + 2, count)
    place[begin] -= 1
    token = np.empty(first[-1], dtype=np.int64)
    if paths.kind == POINT:
        place = 2 * np.arange(len(step)) + np.repeat(start - 2 * begin + 1, count)
        token[start] = MOVE_TO | count << _COUNT_SHIFT
    else:
        token[start] = MOVE_TO | 1 << _COUNT_SHIFT
        token[start + 3] = LINE_TO | (count - 1) << _COUNT_SHIFT
    if paths.kind == POLYGON:
        token[first[1:] - 1] = CLOSE_PATH
    token[place], token[place + 1] = ((step << 1) ^ (step >> 63)).T
    return token, first


def _bytes_with_lengths(token: Ints, lengths: Ints, stops: Ints) -> Bytes:
    """Return the tokens as varints, after each token of `lengths` has got the number of bytes that follow it up to its stop.

    Rows of `lengths` come inner before outer.
    """
    size = _sizes(token)
    for at, stop in zip(lengths, stops, strict=True):
        before = starts(size)
        token[at] = before[stop] - before[at + 1]
        size[at] = _sizes(token[at])
    place = starts(size)
    out = np.empty(place[-1], dtype=np.uint8)
    place, left = place[:-1], token
    out[place] = left & 127
    while True:
        more = size > 1
        if not more.any():
            return out
        out[place[more]] |= 128
        place, left, size = place[more] + 1, left[more] >> 7, size[more] - 1
        out[place] = left & 127


def _sizes(token: Ints) -> Ints:
    """Return how many bytes each number takes as a varint."""
    size = np.ones(token.shape, dtype=np.int64)
    left = token >> 7
    while left.any():
        size += left > 0
        left = left >> 7
    return size
