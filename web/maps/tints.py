"""Which of the six tints each unit gets: neighbours differ, and a visit later they are the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

TINTS = 6
"""The tints of web/static/css/tokens.css; six always suffice for ground in one piece."""


def tints(keys: Sequence[int], borders: Iterable[tuple[int, int]]) -> list[int]:
    """Return a tint for each unit, by its position in `keys`; `borders` are pairs of positions.

    Depends on the keys and borders alone, not on the order of either. Units are coloured in the reverse
    of repeatedly taking away the one with the fewest neighbours left (every map in one piece has one with
    at most five), so that a sixth tint is always free. Each prefers the tint that its key names, so that a
    change of one border disturbs few others. Ground in several pieces may need more: then the tint that
    fewest neighbours wear is used.
    """
    near: list[set[int]] = [set() for _ in keys]
    for one, other in borders:
        near[one].add(other)
        near[other].add(one)
    chosen: dict[int, int] = {}
    for place in reversed(_smallest_last(keys, near)):
        worn = [chosen[other] for other in near[place] if other in chosen]
        chosen[place] = min(range(TINTS), key=lambda tint: (worn.count(tint), (tint - keys[place]) % TINTS))
    return [chosen[place] for place in range(len(keys))]


def _smallest_last(keys: Sequence[int], near: list[set[int]]) -> list[int]:
    """Return the positions in the order of being taken away, fewest remaining neighbours first, then by key."""
    left = {place: len(others) for place, others in enumerate(near)}
    order = []
    while left:
        place = min(left, key=lambda each: (left[each], keys[each]))
        del left[place]
        order.append(place)
        for other in near[place] & left.keys():
            left[other] -= 1
    return order
