"""What a ledger itself says of the borders of its units (四至), beside what is drawn."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from geodata.findings import Finding
from geodata.shapes import box_of
from geodata.topology import Ground
from gridsvc.domain.four_sides import DIRECTIONS, said_sides
from gridsvc.domain.ledger import sentences
from gridsvc.domain.ledger.rows import LedgerRow


def compare(row: LedgerRow, ground: Ground, near: Sequence[Collection[str]], others: Collection[str]) -> Iterator[Finding]:
    """Keep what a row says of its unit's borders, and tell which names do not occur near that side.

    `near` holds the names near the east, south, west and north; `others` are names of units, which may lie anywhere around.
    """
    where = box_of(ground)
    yield sentences.sides_kept(row, row.sides or "", where)
    for direction, said in said_sides(row.sides or "").items():
        names = {*near[DIRECTIONS.index(direction)], *others}
        if not any(name in said or said in name for name in names):
            yield sentences.side_far(row, direction, said, where)
