"""Slivers go to whoever shares the longest border with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from geodata.measure import area_m2
from geodata.topology.check import LEAST_PART_M2
from geodata.topology.faces import NOBODY
from geodata.topology.grid import Flags, Geometries, Integers
from geodata.topology.neighbours import Borders, connected, neighbours

Allowed: TypeAlias = Callable[[Integers, Integers], Flags]
"""allowed(faces, owners) -> whether each face may go to that owner."""


def absorb(faces: Geometries, owners: Integers, allowed: Allowed | None = None, *, least_m2: float = LEAST_PART_M2) -> Integers:
    """Return the owners after every piece under `least_m2` went to its neighbour, as far as allowed.

    A piece is what faces of one owner make together. Several small ones side by side are taken in from the outside. One
    that nobody takes stays, or becomes nobody's where everything is allowed.
    """
    sizes_m2 = area_m2(faces)
    if (sizes_m2 >= least_m2).all():
        return owners
    borders = neighbours(faces)
    while True:
        piece = pieces(borders, owners)
        owner_of_piece = np.full(len(faces), NOBODY)
        owner_of_piece[piece] = owners
        small = (np.bincount(piece, sizes_m2, len(faces)) < least_m2) & (owner_of_piece != NOBODY)
        taker = longest(borders, piece, small, (owner_of_piece != NOBODY) & ~small, owners, allowed)
        if not (taker >= 0).any():
            return owners if allowed else np.where(small[piece], NOBODY, owners)
        owners = np.where(taker[piece] >= 0, owner_of_piece[taker[piece]], owners)


def pieces(borders: Borders, owners: Integers) -> Integers:
    """Return for each face the number of the piece that it makes with its neighbours of the same owner."""
    alike = owners[borders.pairs[:, 0]] == owners[borders.pairs[:, 1]]
    return connected(len(owners), borders.pairs[alike])


def longest(
    borders: Borders,
    piece: Integers,
    giving: Flags,
    taking: Flags,
    owners: Integers,
    allowed: Allowed | None = None,
) -> Integers:
    """Return for each giving piece the taking one with the longest border, the lowest number among equals; else -1.

    `piece` numbers the faces of `borders`, `owners` are theirs; pieces are counted up to the number of faces.
    """
    one, two = np.concatenate([borders.pairs, borders.pairs[:, ::-1]]).T
    usable = giving[piece[one]] & taking[piece[two]] & (piece[one] != piece[two])
    if allowed:
        usable &= allowed(one, owners[two])
    both, place = np.unique(piece[one][usable] * len(giving) + piece[two][usable], return_inverse=True)
    length_m = np.bincount(place, np.tile(borders.length_m, 2)[usable], minlength=len(both))
    giver, taker = np.divmod(both, max(len(giving), 1))
    found = np.full(len(giving), -1, np.int64)
    best_last = np.lexsort([-taker, length_m, giver])
    found[giver[best_last]] = taker[best_last]
    return found
