"""Codes of areas and units: what is wrong with one, who stands above it, and which come next.

A code is text, never a number. A whole area code has 12 digits: 6 for the county (GB/T 2260), 3 for the street, town or
township (GB/T 10114), 3 for the residents' or villagers' committee; grids and micro-grids add theirs behind.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.findings import Finding
from geodata.measure import distance_m
from gridsvc.errors import Invalid

Told: TypeAlias = tuple[str, dict[str, object]]
"""Template and values of a sentence."""

AREA_DIGITS = (2, 4, 6, 9, 12)
"""Lengths of the codes of province, city, county, street, community."""

STREET_KINDS: dict[str, range] = {"街道": range(1, 100), "镇": range(100, 200), "乡": range(200, 400), "政企合一单位": range(400, 600)}
"""Digits 7 to 9, by the statistical code of administrative divisions."""

COMMUNITY_KINDS: dict[str, range] = {
    "居委会": range(1, 200),
    "村委会": range(200, 400),
    "类似居委会或村委会": range(400, 600),
    "合并后的社区": range(601, 1000),
}
"""Digits 10 to 12; merged communities from 601 by CJ/T 349-2010."""


def parents(code: str) -> tuple[str, ...]:
    """Return the codes of the areas above an area code, from the province down."""
    return tuple(code[:digits] for digits in AREA_DIGITS if digits < len(code))


def area_kind(code: str) -> str | None:
    """Return what a 9 or 12-digit code says the area is, in Chinese; None where its digits lie outside every known range."""
    kinds = STREET_KINDS if len(code) == 9 else COMMUNITY_KINDS
    return next((kind for kind, numbers in kinds.items() if int(code[-3:]) in numbers), None)


def code_fault(code: str, *, digits: int = 12, parent: str = "", row: int | None = None) -> Finding | None:
    """Return what is wrong with a code that should have so many digits and begin with its parent's; None where it is right."""
    told = _misspelt(code) or (_wrong_length(code, digits, parent) if len(code) != digits else _misplaced(code, digits, parent))
    if told is None:
        return None
    template, values = told
    return Finding("code-wrong", "error", template, {"code": code, "digits": digits, **values}, row=row)


def _misspelt(code: str) -> Told | None:
    """Return template and values for a code that is not written in plain digits."""
    plain = unicodedata.normalize("NFKC", code).strip()
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?[eE]\+?[0-9]+", plain):
        return (
            "The code {code} was written as a number by a spreadsheet and has lost digits; format the column as text and enter it again.",
            {},
        )
    if plain != code and re.fullmatch(r"[0-9]+", plain):
        return "The code {code!r} has full-width digits or spaces; {right} would be right.", {"right": plain}
    if not re.fullmatch(r"[0-9]+", plain):
        strange = "".join(sorted(set(re.sub(r"[0-9]", "", plain)))) or " "
        return "The code {code!r} has characters other than digits ({strange}); {digits} digits would be right.", {"strange": strange}
    return None


def _misplaced(code: str, digits: int, parent: str) -> Told | None:
    """Return template and values for a code of the right length that names no area, or one elsewhere."""
    if not code.startswith(parent):
        return "The code {code} does not begin with {parent}, the code of the area above; correct it or the area above.", {"parent": parent}
    if digits in AREA_DIGITS and not "11" <= code[:2] <= "82":
        return "The code {code} begins with no province's number; those are 11 to 82.", {}
    if digits in (9, 12) and "000" in (code[6:9], code[9:12]):
        return "The code {code} has 000 for the street or community; it is the code of the area above, filled up with zeros.", {}
    return None


def _wrong_length(code: str, digits: int, parent: str) -> Told:
    """Return the sentence for a code too short or too long; a zero lost behind the parent's code is named."""
    own = code.removeprefix(parent)
    if parent and len(code) < digits and len(own) <= digits - len(parent):
        right = parent + own.zfill(digits - len(parent))
        return "The code {code} has {given} digits; zeros were lost, and {right} would be right.", {"given": len(code), "right": right}
    if len(code) == digits - 1:
        return "The code {code} has {given} digits, {digits} would be right; perhaps a zero was lost.", {"given": len(code)}
    return "The code {code} has {given} digits; {digits} would be right.", {"given": len(code)}


def child_code(parent: str, serial: int, digits: int) -> str:
    """Return the code of a child: the parent's, then the serial in so many digits. Raises Invalid beyond the last serial."""
    if not 0 < serial < 10**digits:
        raise Invalid("Serial {serial} does not fit into {digits} digits under {parent}.", serial=serial, digits=digits, parent=parent)
    return f"{parent}{serial:0{digits}}"


def free_codes(parent: str, digits: int, taken: Collection[str]) -> Iterator[str]:
    """Yield the codes under a parent that were never given to anybody, lowest first; `taken` holds those ever given, ended ones too."""
    return (code for serial in range(1, 10**digits) if (code := child_code(parent, serial, digits)) not in taken)


def number_serials(lonlat: ArrayLike, *, area_m2: float) -> NDArray[np.int64]:
    """Return each point's place, from 1, in the order west to east, then north to south.

    The ground is cut into columns of one width from the westernmost point on; within a column, north comes first; of
    points equally far north the western one, of equal points the one given first. The width is 1.3 times the side
    of the square that each point would have of `area_m2`, the ground of the unit above: consecutive numbers are then
    mostly neighbours. The order is that of DB11 (Beijing, division of unit grids) 5.4 and DB6101/T 3185-2024 5.3.1.
    """
    lon, lat = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2).T
    if not len(lon):
        return np.empty(0, dtype=np.int64)
    width_m = 1.3 * np.sqrt(area_m2 / len(lon))
    column = np.floor(distance_m(lon.min(), lat.mean(), lon, lat.mean()) / width_m)
    places = np.empty(len(lon), dtype=np.int64)
    places[np.lexsort((lon, -lat, column))] = np.arange(1, len(lon) + 1)
    return places


def next_codes(
    parent: str, lonlat: Sequence[tuple[float, float]], *, area_m2: float, digits: int, taken: Collection[str] = ()
) -> list[str]:
    """Return a code for each of some new children, by where they lie: the free codes in the order of `number_serials`.

    Raises Invalid where there are fewer free codes than children.
    """
    free = list(islice(free_codes(parent, digits, taken), len(lonlat)))
    if len(free) < len(lonlat):
        raise Invalid(
            "Under {parent} only {free} codes of {digits} digits are left for {count} units; give the level more digits in the scheme.",
            parent=parent,
            free=len(free),
            digits=digits,
            count=len(lonlat),
        )
    return [free[place - 1] for place in number_serials(lonlat, area_m2=area_m2)]
