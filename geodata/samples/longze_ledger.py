"""Ledgers of grids (网格台账) as a community of Longze's would have them, made up: one that fits its buildings, one with faults.

A workbook as offices keep it: a title over all columns, who filled it in, headers, cells merged where a community or a grid
has several rows, ranges of buildings in many spellings, a row of sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from geodata.samples import SYNTHETIC
from geodata.writers import ledger as writers

HEADERS = ("序号", "社区", "网格", "小区", "楼栋", "户数", "网格长", "四至")


class Line(NamedTuple):
    """What a row says of a grid in 山海社区."""

    grid: str
    compound: str
    buildings: str
    households: int | None = None
    sides: str | None = None


FITTING = (
    Line("龙泽书苑一网格", "龙泽书苑", "1–5号楼", 438, "东至龙泽书苑中心路,南至山海路,西至龙泽路,北至松涛路"),
    Line("龙泽书苑二网格", "龙泽书苑", "6、7#,8号楼", 270, "东至书苑路,南至山海路,西至龙泽书苑中心路,北至松涛路"),
    Line("龙泽书苑二网格", "龙泽书苑小区", "9至10栋", 167),
)
"""The two grids of Longze Shuyuan."""

FAULTY = (
    Line("龙泽书苑一网格", "龙泽书苑", "1-5号楼", 438, "东至龙泽书苑中心路,南至滨海大道,西至龙泽路,北至松涛路"),
    Line("龙泽书苑二网格", "龙泽书院", "6-9号楼", 354),  # misspelt, and 10号楼 is missing
    Line("龙泽书苑二网格", "龙泽书苑", "5、11号楼"),  # claimed twice, and never built
    Line("松涛网格", "松涛苑", "全部"),
    Line("松涛网格", "云岭府", "1至11栋"),  # beyond 云岭路
    Line("海望网格", "海晏花园", "1~19#"),
    Line("海望网格", "望岳府", "一至十一号楼"),  # far away
    Line("西苑网格", "西苑新村", "1-11单号、12-2号楼"),  # a range that runs backwards
    Line("青岚网格", "青岚苑", "1-20号楼"),  # 青岚居 or 青岚湾?
    Line("云岭一网格", "云岭家园", "1-4号楼、5号楼1-2单元"),
    Line("云岭二网格", "云岭家园", "5号楼3单元、6-9号楼"),  # entrances of one building in two grids
)
"""Grids around it, each with a fault that a check has to find; what is wrong stands behind the row."""


def write(folder: Path) -> list[Path]:
    """Write both ledgers as workbooks; the same bytes each time."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_workbook(folder / "ledger.xlsx", FITTING), _workbook(folder / "ledger-faulty.xlsx", FAULTY)]


def _workbook(path: Path, lines: Sequence[Line]) -> Path:
    titles = (f"沙子口街道山海社区网格台账({SYNTHETIC})", "填报单位:山海社区居委会    填报日期:2024年4月19日")
    rows = [
        (number, "山海社区", line.grid, line.compound, line.buildings, line.households, None, line.sides)
        for number, line in enumerate(lines, start=1)
    ]
    writers.write(path, writers.Ledger(titles, HEADERS, rows, merged=("社区", "网格"), summed=("户数",), notes=(SYNTHETIC,)))
    return path
