"""Archives (zip, KMZ, XLSX): how much they unpack to, asked before they are."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from zipfile import BadZipFile, ZipFile, is_zipfile

from geodata.findings import GeodataError

MOST_MIB = 1024
"""What is unpacked of one file at the most."""


def refuse_bomb(path: Path) -> None:
    """Raise GeodataError where a file is an archive that unpacks to more than MOST_MIB."""
    size = 0
    if is_zipfile(path):
        with suppress(BadZipFile), ZipFile(path) as archive:  # what is broken is told by the reader
            size = sum(member.file_size for member in archive.infolist())
    if size >> 20 >= MOST_MIB:
        told = "{source} would unpack to {mib:,} MiB; less than {most:,} MiB would be right: send it in parts."
        raise GeodataError(told, source=path.name, mib=size >> 20, most=MOST_MIB)
