from __future__ import annotations

import numpy as np

from geodata.districting import agglomerate, reach, recut
from geodata.districting.graph import Limits
from geodata.districting.grouping import group
from geodata.districting.warm import warm_up
from tests.geodata.districting.lattices import lattice

COMPILED = (agglomerate.agglomerate, reach.reach, recut.improve)


def test_what_is_warm_is_compiled_for_what_building_asks() -> None:
    warm_up()
    before = [len(each.signatures) for each in COMPILED]
    today = group(lattice("20 20 20 40", "10 95 20 9"), Limits(30, 70)).label
    group(lattice("20 20 20 40", "10 95 20 9"), Limits(30, 70), start=today, locked=np.arange(8) == 0)
    assert [len(each.signatures) for each in COMPILED] == before
    assert min(before) > 0
