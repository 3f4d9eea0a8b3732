"""Slivers go to whoever shares the longest border with them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geodata.measure import area_m2
from geodata.topology.check import LEAST_PART_M2
from geodata.topology.edges import Integers
from geodata.topology.faces import NOBODY
from geodata.topology.grid import Geometries
from geodata.topology.neighbours import Borders, connected, neighbours


def absorb(faces: Geometries, owners: Integers, *, least_m2: float = LEAST_PART_M2) -> Integers:
    """Return the owners after every piece under `least_m2` went to its neighbour; one without neighbours becomes nobody's.

    A piece is what faces of one owner make together. Several small ones side by side are taken in from the outside.
    """
    borders, sizes_m2, owners = neighbours(faces), area_m2(faces), owners.copy()
    while True:
        piece = pieces(borders, owners)
        owned = _owner_of_piece(piece, owners) != NOBODY
        small = (np.bincount(piece, sizes_m2) < least_m2) & owned
        taker = longest_neighbour(borders, piece, small, owned & ~small)
        if not (taker >= 0).any():
            return np.where(small[piece], NOBODY, owners)
        owners = np.where(taker[piece] >= 0, _owner_of_piece(piece, owners)[taker[piece]], owners)


def pieces(borders: Borders, owners: Integers) -> Integers:
    """Return for each face the number of the piece that it makes with its neighbours of the same owner."""
    alike = owners[borders.pairs[:, 0]] == owners[borders.pairs[:, 1]]
    return connected(len(owners), borders.pairs[alike])


def longest_neighbour(borders: Borders, piece: Integers, giving: NDArray[np.bool_], taking: NDArray[np.bool_]) -> Integers:
    """Return for each giving piece the taking one with the longest border, the lowest number among equals; else -1."""
    one, two = np.concatenate([piece[borders.pairs], piece[borders.pairs[:, ::-1]]]).T
    usable = giving[one] & taking[two] & (one != two)
    both, place = np.unique(one[usable] * len(giving) + two[usable], return_inverse=True)
    length_m = np.bincount(place, np.tile(borders.length_m, 2)[usable], minlength=len(both))
    giver, taker = np.divmod(both, max(len(giving), 1))
    found = np.full(len(giving), -1, np.int64)
    best_last = np.lexsort([-taker, length_m, giver])
    found[giver[best_last]] = taker[best_last]
    return found


def _owner_of_piece(piece: Integers, owners: Integers) -> Integers:
    found = np.empty(piece.max(initial=-1) + 1, np.int64)
    found[piece] = owners
    return found
