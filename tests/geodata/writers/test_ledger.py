from __future__ import annotations

from pathlib import Path

from geodata.readers import read
from geodata.samples import longze_ledger
from geodata.writers.ledger import Ledger, write


def test_merged_cells_titles_and_sums_read_back_as_rows(tmp_path: Path) -> None:
    rows = [("甲社区", "一网格", "1号楼", 3), ("甲社区", "一网格", "2号楼", 4), ("乙社区", "一网格", "=1+1", None)]
    write(tmp_path / "l.xlsx", Ledger(["台账"], ["社区", "网格", "楼栋", "户数"], rows, merged=["社区", "网格"], summed=["户数"]))
    table = read(tmp_path / "l.xlsx")
    assert [tuple(row.values()) for row in table.attributes] == rows
    assert {finding.code for finding in table.findings} == {"header-below", "sum-row"}


def test_the_samples_are_the_same_bytes_each_time(tmp_path: Path) -> None:
    first, again = longze_ledger.write(tmp_path / "a"), longze_ledger.write(tmp_path / "b")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]
