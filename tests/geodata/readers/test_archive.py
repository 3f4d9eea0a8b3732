from __future__ import annotations

from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from geodata.findings import GeodataError
from geodata.readers import archive, read


@pytest.mark.parametrize("suffix", [".zip", ".kmz", ".xlsx"])
def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    monkeypatch.setattr(archive, "MOST_MIB", 2)
    path = tmp_path / f"large{suffix}"
    with ZipFile(path, "w", ZIP_DEFLATED) as packed:
        packed.writestr("doc.kml", bytes(3 << 20))
    assert path.stat().st_size < 1 << 20
    with pytest.raises(GeodataError, match=rf"large\{suffix} would unpack to 3 MiB; less than 2 MiB would be right: send it in parts\."):
        read(path)
