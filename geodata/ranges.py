"""Many ranges of whole numbers at once: how ragged data is walked without a loop."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def members(first: NDArray[np.integer], stop: NDArray[np.integer]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return, for the ranges from `first` to before `stop`, the row of the range and the member, range by range."""
    count = np.asarray(stop - first, dtype=np.int64)
    row = np.repeat(np.arange(len(count)), count)
    return row, np.arange(len(row)) + (first - count.cumsum() + count)[row]
