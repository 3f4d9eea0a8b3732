"""What an export is made of: columns by the importer's fields, and where the rows come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from geodata.records import Attributes
from gridsvc.database.queries.jurisdictions import JurisdictionRow
from gridsvc.domain.permissions import Action

Words: TypeAlias = Callable[[JurisdictionRow, Any], object]
"""From a stored key to the word that people use in Chinese."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an export."""

    title: str
    """Its header in Chinese; the importer knows it as the same field."""
    sql: str
    words: Words | None = None
    action: Action | None = None
    """What the reader has to be allowed, at least somewhere, to see the column at all; row security keeps its cells."""
    opened: Callable[[bytes], str] | None = None
    """How a sealed value becomes text."""
    masked: Callable[[str], str] | None = None
    """What is written of a private value where nobody asked for all of it, with a reason."""


@dataclass(frozen=True, slots=True)
class Export:
    """Where a noun comes from: `n` is the thing, `v` its version, `{holds:x}` the condition that a row of x holds."""

    title: str
    """What files in Chinese are called by."""
    columns: Mapping[str, Column]
    """By the name of the importer's field."""
    tables: str
    under: str
    """The condition that it stands at or below :path."""
    source: str = "n.source"
    action: Action | None = None
    """What the reader of a protected noun has to be allowed, at least somewhere; row security keeps the rows."""
    figures: Callable[[Session, Sequence[int], datetime | None, str], list[Attributes]] | None = None
    """What is computed of things besides, by id, as of an instant, in a language; nothing that an import takes back."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """The headers of the figures in Chinese."""
    geometry: str = "ST_AsBinary(v.geom)"
    number: str = "n.source_ref"
    """What its source calls it."""
    clear: str = "false"
    """The condition that the reader may have the private values of a row in full."""


def named(table: Mapping[str, Any]) -> Words:
    """Return how a key of a code table becomes its Chinese name."""
    return lambda _, key: table[key].name_zh if key in table else key


def versions(noun: str, *joined: str) -> str:
    """Return the tables of a noun that has versions, and those joined to them."""
    return " ".join([f"{noun} n JOIN {noun}_version v ON v.{noun}_id = n.id AND {{holds:v}}", *joined])


def placed(noun: str) -> str:
    """Return the condition that a thing which belongs to leaves stands at or below :path."""
    return f"""EXISTS (SELECT FROM {noun}_place p JOIN unit_version u ON u.unit_id = p.unit_id AND {{holds:u}}
    WHERE p.{noun}_id = n.id AND {{holds:p}} AND u.path <@ cast(:path AS ltree))"""


CROSSING = """EXISTS (SELECT FROM unit_version u WHERE u.path = cast(:path AS ltree) AND {holds:u}
    AND ST_Intersects(v.geom, u.geom) AND NOT ST_Touches(v.geom, u.geom))"""
"""The condition that a thing which belongs to no leaf lies at least in part on the ground of :path."""

COMPOUND = "LEFT JOIN compound_version c ON c.compound_id = v.compound_id AND {holds:c}"
"""The compound of what belongs to one."""

ID = Column("标识", "n.public_id::text")
REF = Column("编号", "CASE WHEN n.source_ref NOT LIKE '#%' THEN n.source_ref END")
"""What its source calls it; one without a number has a digest there, which is nobody's number."""
NAME = Column("名称", "v.name")
OF_COMPOUND = Column("小区", "c.name")
