"""A ground with compounds, buildings and households for tests of what people live in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from gridsvc.domain.permissions import Actor
from gridsvc.domain.proposals import Proposal
from gridsvc.operations.buildings import import_buildings
from gridsvc.operations.compounds import import_compounds
from gridsvc.operations.dwellings import import_households
from gridsvc.operations.units import import_units
from tests import builders
from tests.grids import draw


def lay(session: Session, operator: Actor, slug: str = "here") -> int:
    """Lay 龙泽书苑 with 1号楼 (a) and 2号楼 (b) in the grid A, 海晏花园 with 1号楼 (c) in the grid B; return the jurisdiction."""
    here = builders.jurisdiction(session, operator, slug)
    grounds = draw("A A B B")
    builders.units(session, operator, here, {"top": draw("T T T T")["T"]}, level=1)
    rows = [({"name": name, "code": name, "level": 2}, grounds[name]) for name in "AB"]
    import_units(session, operator, builders.file(here, rows))
    outlines = [({"name": "龙泽书苑"}, grounds["A"]), ({"name": "海晏花园"}, grounds["B"])]
    import_compounds(session, operator, builders.file(here, outlines))
    houses = draw("a b c .")
    footprints = [({"id": ref, "name": name}, houses[ref]) for ref, name in (("a", "1号楼"), ("b", "2号楼"), ("c", "1号楼"))]
    import_buildings(session, operator, builders.file(here, footprints))
    return here


def bring(session: Session, actor: Actor, here: int, *rows: Mapping[str, object], **fields: Any) -> Proposal:
    """Import households, in own use where a row says nothing else."""
    given = [({"房屋用途": "自住", **row}, None) for row in rows]
    return import_households(session, actor, builders.file(here, given, **fields))
