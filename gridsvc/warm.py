"""`python -m gridsvc.warm PID`: compile what building and placing need while nobody waits, behind all else, and end with that process."""

from __future__ import annotations

import os
import sys

import numpy as np
import shapely

from geodata.clipping import common_m2
from geodata.districting.warm import warm_up
from gridsvc.parent import end_with

if __name__ == "__main__":
    end_with(int(sys.argv[1]))
    os.nice(19)
    warm_up()
    square, first = np.array([shapely.box(0, 0, 1, 1)], dtype=object), np.array([0])
    common_m2(square, square, first, first)
