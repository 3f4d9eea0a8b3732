"""Ledgers (台账) to download empty and fill in: the columns that the importer knows, in the order that offices use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from geodata.writers import template
from gridsvc.database.queries.export_nouns import EXPORTS
from gridsvc.domain import households, organisations, people, posts
from gridsvc.errors import NotFound

NOUNS = ("organisations", "people", "appointments", "households", "contracts")
"""What has a template."""

_YES = ("是", "否")
_LEFT_OUT = {"id", "since"}
"""Columns of an export that nobody fills in."""
_MASKED = {("appointments", "name"), ("contracts", "name")}

_REQUIRED = {
    "organisations": {"name", "kind"},
    "people": {"name"},
    "appointments": {"person", "post"},
    "households": {"building", "room", "use"},
    "contracts": {"person", "household"},
}
_TABLES: dict[tuple[str, str], Mapping[str, Any]] = {
    ("organisations", "kind"): organisations.KINDS,
    ("organisations", "set_up"): organisations.SET_UPS,
    ("people", "kind"): people.MEMBER_KINDS,
    ("people", "full"): people.STANDINGS,
    ("people", "exemption"): people.EXEMPTIONS,
    ("appointments", "post"): posts.POSTS,
    ("appointments", "roster"): posts.ROSTERS,
    ("appointments", "origin"): posts.ORIGINS,
    ("households", "use"): households.USES,
    ("households", "care"): households.CARE,
}
_HINTS = {
    "ref": "本单位自己的编号,每行唯一;再次导入时按编号更新",
    "phone": "以文本填写,例如 13812345678 或 0532-88881234",
    "id_number": "以文本填写18位身份证号;存为数值会丢失末尾数字",
    "born_on": "例如 1990-05-03、1990-05 或 1990年5月",
    "home": "例如 龙泽书苑3号楼2单元501",
    "address": "例如 龙泽书苑3号楼2单元501;已填楼栋、单元、室号时可不填",
    "building": "楼栋编号,或填写小区后写楼号,例如 3号楼",
    "entrance": "例如 2;没有单元的不填",
    "room": "例如 501;商铺写 商铺1",
    "care": "可填多项,以顿号分隔",
    "ends_on": "例如 2027-06-30",
    "units": "网格编码;有多个时以顿号分隔,牵头网格在前",
}


def write_template(noun: str, path: Path) -> None:
    """Write the empty ledger of a noun as XLSX; raise NotFound for one that has none."""
    if noun not in NOUNS:
        raise NotFound("There is no template for {noun!r}; there are some for {nouns}.", noun=noun, nouns=", ".join(NOUNS))
    template.write(path, f"{EXPORTS[noun].title}台账", fields_of(noun))


def fields_of(noun: str) -> Sequence[template.Field]:
    """Return the columns of a template, in their order."""
    return [
        template.Field(column.title, name in _REQUIRED[noun], _choices(noun, name), _HINTS.get(name, ""))
        for name, column in EXPORTS[noun].columns.items()
        if name not in _LEFT_OUT and (noun, name) not in _MASKED
    ]


def _choices(noun: str, name: str) -> Sequence[str]:
    if (noun, name) in {("appointments", "deputy"), ("households", "resident"), ("households", "away")}:
        return _YES
    return [code.name_zh for code in _TABLES.get((noun, name), {}).values()]
