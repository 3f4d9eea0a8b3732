"""Equal ones among many, found by a table of slots: several times faster than by sorting."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Keys: TypeAlias = NDArray[np.uint64]

_SLOTS_PER_KEY = 2


def mixed(x: NDArray[np.int64], y: NDArray[np.int64]) -> Keys:
    """Return a well-spread number for each pair of numbers; unequal pairs have the same one about never, which the caller verifies."""
    spread = (x.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + y.view(np.uint64)) * np.uint64(0xBF58476D1CE4E5B9)
    spread ^= spread >> np.uint64(29)
    return spread * np.uint64(0x94D049BB133111EB)


def leaders(keys: Keys) -> NDArray[np.int64]:
    """Return for each key the row of one that equals it, the same row for all equal ones; keys must be well spread."""
    bits = (_SLOTS_PER_KEY * len(keys)).bit_length() + 1
    slots = (keys >> np.uint64(64 - bits)).astype(np.int64)
    table = np.empty(1 << bits, dtype=np.int64)
    found = left = np.arange(len(keys))
    found = found.copy()
    while len(left):
        table[slots[left]] = left
        first = table[slots[left]]  # of several that share a slot, the one that was written last
        same = keys[first] == keys[left]
        found[left[same]] = first[same]
        left = left[~same]
    return found
