"""Rows with defaults: a test names only what it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import shapely
from sqlalchemy.orm import Session

from geodata.records import Table
from gridsvc.database.tables import Jurisdiction
from gridsvc.domain.permissions import Actor
from gridsvc.domain.proposals import ImportFile, Proposal
from gridsvc.operations.buildings import import_buildings
from gridsvc.operations.jurisdictions import add_jurisdiction, add_scheme
from gridsvc.operations.units import import_units

FIRST_DAY = datetime(2024, 1, 1, tzinfo=UTC)


def table(rows: Sequence[tuple[Mapping[str, Any], shapely.Geometry | None]], source: str = "drawn.geojson") -> Table:
    """Return rows of attributes and geometry as a reader gives them."""
    geometry = np.empty(len(rows), dtype=object)
    geometry[:] = [shape for _, shape in rows]
    return Table(source, "EPSG:4490", range(1, len(rows) + 1), [dict(attributes) for attributes, _ in rows], geometry)


PLAIN = """
key = "plain"
name_zh = "示例"
name_en = "Plain"
source = "drawn for a test"
levels = [
  { key = "top", name_zh = "区", name_en = "Top", counter_zh = "个" },
  { key = "grid", name_zh = "网格", name_en = "Grid", counter_zh = "个" },
  { key = "micro", name_zh = "微网格", name_en = "Micro-grid", counter_zh = "个" },
]
tiers = [{ key = "leader", name_zh = "网格长", name_en = "Grid leader", at = ["grid"] }]
"""
"""A scheme of three levels without rules for codes."""
CODED = """
key = "coded"
name_zh = "示例"
name_en = "Coded"
source = "drawn for a test"
levels = [
  { key = "top", name_zh = "区", name_en = "Top", counter_zh = "个", code_digits = 6 },
  { key = "grid", name_zh = "网格", name_en = "Grid", counter_zh = "个", code_digits = 3 },
  { key = "micro", name_zh = "微网格", name_en = "Micro-grid", counter_zh = "个", code_digits = 3 },
]
tiers = [{ key = "leader", name_zh = "网格长", name_en = "Grid leader", at = ["grid"] }]
"""
"""The same with rules: six digits, then three at each level."""


def jurisdiction(session: Session, actor: Actor, slug: str = "here", scheme: str = PLAIN, **fields: Any) -> int:
    """Add a jurisdiction of a scheme and return its id."""
    key = add_scheme(session, actor, scheme, name=slug).key
    return add_jurisdiction(session, actor, Jurisdiction(slug=slug, name=fields.pop("name", slug), **fields), scheme_key=key).id


def file(jurisdiction_id: int, rows: Sequence[tuple[Mapping[str, Any], shapely.Geometry | None]], **fields: Any) -> ImportFile:
    """Return a file to be committed."""
    given = {"effective_at": FIRST_DAY, "commit": True} | fields
    return ImportFile(jurisdiction_id, table(rows), **given)


def units(
    session: Session, actor: Actor, jurisdiction_id: int, grounds: Mapping[str, shapely.Geometry], level: int = 1, **terms: Any
) -> Proposal:
    """Import drawn units by name at a level."""
    asked = {name: terms.pop(name) for name in ("effective_at", "commit", "skip_refused", "source") if name in terms}
    rows = [({"name": name, "level": level}, ground) for name, ground in grounds.items()]
    return import_units(session, actor, file(jurisdiction_id, rows, **asked), **terms)


def buildings(session: Session, actor: Actor, jurisdiction_id: int, footprints: Mapping[str, shapely.Geometry], **columns: Any) -> Proposal:
    """Import footprints by name; a column is one value for all or a mapping by name."""
    rows = [
        ({"id": name, "name": name} | {key: value[name] if isinstance(value, Mapping) else value for key, value in columns.items()}, shape)
        for name, shape in footprints.items()
    ]
    return import_buildings(session, actor, file(jurisdiction_id, rows))
