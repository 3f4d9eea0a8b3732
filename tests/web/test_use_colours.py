"""The four colours of a building are told apart by everybody, and without any colour."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.conftest import ROOT

USES = ("own", "let", "vacant", "shop")
SEEN = {
    "everybody": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}
"""How linear red, green and blue arrive (Machado, Oliveira, Fernandes 2009, severity 1)."""
APART = 20
"""CIE 1976 difference at which nobody takes one patch for the other."""


def colours() -> dict[str, NDArray[np.float64]]:
    """Return the four colours of the style sheet as linear red, green and blue."""
    sheet = (ROOT / "web" / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    found = {use: re.search(rf"--use-{use}: #([0-9a-f]{{6}});", sheet) for use in USES}
    given = {use: np.array([int(match[1][at : at + 2], 16) / 255 for at in (0, 2, 4)]) for use, match in found.items() if match}
    return {use: np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4) for use, rgb in given.items()}


def lab(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return L*a*b* under D65."""
    to_xyz = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
    xyz = to_xyz @ np.clip(linear, 0, 1) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("eyes", sorted(SEEN))
def test_any_two_uses_differ_for_all_eyes(eyes: str) -> None:
    seen = {use: lab(SEEN[eyes] @ linear) for use, linear in colours().items()}
    close = {(one, other) for one, other in itertools.combinations(USES, 2) if np.linalg.norm(seen[one] - seen[other]) < APART}
    assert close == set()


def test_any_two_uses_differ_in_print_without_colour() -> None:
    light = {use: lab(linear)[0] for use, linear in colours().items()}
    assert min(abs(light[one] - light[other]) for one, other in itertools.combinations(USES, 2)) > 12
