"""How many households the units of each level should have, where a tree of them is built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gridsvc.domain.schemes import Level, Scheme
from gridsvc.errors import Invalid

UNBOUNDED = 1e9


def ranges(scheme: Scheme, levels: Sequence[Level], chosen: Mapping[str, tuple[float, float]]) -> list[tuple[float, float]]:
    """Return low and high for each of consecutive levels, top first: as chosen by key, as the scheme says, else by units per parent.

    Raises Invalid where neither the scheme nor anybody says how large the leaves are.
    """
    found: list[tuple[float, float]] = []
    for level in reversed(levels):
        limit = scheme.households(level.number)
        if level.key in chosen:
            found.append(chosen[level.key])
        elif limit is not None:
            high = UNBOUNDED if limit.high is None else limit.high
            found.append((high / 2 if limit.low is None else limit.low, high))  # two halves of what is too large are large enough
        elif found:
            each = scheme.threshold("units_per_parent")
            found.append((found[-1][0] * (each.low or 1), found[-1][1] * (each.high or 1)))
        else:
            raise Invalid(
                "The scheme does not say how many households a unit of {level} has; add --households {key}=30-70.",
                level=level.name_zh,
                key=level.key,
            )
    return found[::-1]
