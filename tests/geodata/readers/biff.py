"""A workbook of Excel 97 (BIFF8 in a compound file), as old offices and WPS's ET keep them: one sheet of texts and numbers."""

from __future__ import annotations

import struct
from collections.abc import Sequence

SECTOR = 512
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def xls(name: str, rows: Sequence[Sequence[object]], merged: Sequence[tuple[int, int, int, int]] = ()) -> bytes:
    """Return the file; merged cells are first row, last row, first column, last column from 0."""
    head = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
    letters = name.encode("utf-16-le")
    listed = struct.pack("<IBBBB", 0, 0, 0, len(name), 1) + letters
    offset = len(head) + 4 + len(listed) + 4
    globals_ = head + _record(0x85, struct.pack("<I", offset) + listed[4:]) + _record(0x0A)
    cells = b"".join(_cell(row, column, value) for row, values in enumerate(rows) for column, value in enumerate(values))
    ranges = _record(0xE5, struct.pack("<H", len(merged)) + b"".join(struct.pack("<HHHH", *each) for each in merged))
    sheet = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    size = _record(0x200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0))
    return _compound(globals_ + sheet + size + cells + ranges + _record(0x0A))


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _cell(row: int, column: int, value: object) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    match value:
        case None:
            return b""
        case str():
            return _record(0x204, place + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
        case int() | float():
            return _record(0x203, place + struct.pack("<d", value))
    raise TypeError(value)


def _compound(stream: bytes) -> bytes:
    """Return a compound file with the one stream `Workbook`, long enough to need no small sectors."""
    stream = stream.ljust(max(4096, -(-len(stream) // SECTOR) * SECTOR), b"\0")
    count = len(stream) // SECTOR
    chain = [FAT, END, *range(3, 2 + count), END]
    fat = struct.pack(f"<{SECTOR // 4}I", *chain, *[FREE] * (SECTOR // 4 - len(chain)))
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, END, 0, END, 0)
    )
    head += struct.pack("<109I", 0, *[FREE] * 108)
    root, book = _entry("Root Entry", 5, END, 0, child=1), _entry("Workbook", 2, 2, len(stream))
    return head + fat + (root + book).ljust(SECTOR, b"\0") + stream


def _entry(name: str, kind: int, start: int, size: int, child: int = FREE) -> bytes:
    letters = (name + "\0").encode("utf-16-le")
    return letters.ljust(64, b"\0") + struct.pack("<HBBIII36xIII", len(letters), kind, 1, FREE, FREE, child, start, size, 0)
