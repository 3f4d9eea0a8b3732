"""`python -m gridsvc.warm PID`: compile what building needs while nobody waits, behind all else that runs, and end with that process."""

from __future__ import annotations

import os
import sys

from geodata.districting.warm import warm_up
from gridsvc.parent import end_with

if __name__ == "__main__":
    end_with(int(sys.argv[1]))
    os.nice(19)
    warm_up()
