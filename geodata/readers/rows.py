"""Many rows kept column by column: a fraction of the memory that as many dictionaries take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias, overload

import numpy as np
from numpy.dtypes import StringDType
from numpy.typing import NDArray

from geodata.records import Attributes

CHUNK = 8192
"""Rows of a block; one block stands as Python objects while it is read."""
Block: TypeAlias = tuple[NDArray[Any], ...]
"""As many columns as there are names, each with a value a row."""

_TEXT = StringDType(na_object=None)


def column(values: Sequence[object]) -> NDArray[Any]:
    """Return values packed as text where all are text or None, else as they are."""
    if all(value is None or type(value) is str for value in values):
        return np.array(values, dtype=_TEXT)
    packed = np.empty(len(values), dtype=object)
    packed[:] = values
    return packed


class Rows(Sequence[Attributes]):
    """What rows say, as dictionaries that are made when they are asked for; all blocks but the last have CHUNK rows."""

    def __init__(self, names: Sequence[str], blocks: Sequence[Block], count: int) -> None:
        self._names, self._blocks, self._count = tuple(names), blocks, count

    def __len__(self) -> int:
        """Return the number of rows."""
        return self._count

    def __iter__(self) -> Iterator[Attributes]:
        """Make the dictionaries one after the other."""
        if not self._names:
            yield from ({} for _ in range(self._count))
        for block in self._blocks:
            for said in zip(*(values.tolist() for values in block), strict=True):
                yield dict(zip(self._names, said, strict=True))

    @overload
    def __getitem__(self, at: int) -> Attributes: ...
    @overload
    def __getitem__(self, at: slice) -> list[Attributes]: ...
    def __getitem__(self, at: int | slice) -> Attributes | list[Attributes]:
        """Return one row, or some as a list."""
        if isinstance(at, slice):
            return [self[place] for place in range(*at.indices(self._count))]
        place = range(self._count)[at]
        block = self._blocks[place // CHUNK] if self._names else ()
        return {name: values.item(place % CHUNK) for name, values in zip(self._names, block, strict=True)}

    def __eq__(self, other: object) -> bool:
        """Say whether the rows are the same as those of a list or of other Rows."""
        return (
            isinstance(other, list | Rows)
            and len(self) == len(other)
            and all(mine == theirs for mine, theirs in zip(self, other, strict=True))
        )

    __hash__ = None  # type: ignore[assignment]  # compared by content, like a list

    def __repr__(self) -> str:
        """Return the rows as a list shows them."""
        return repr(list(self))
