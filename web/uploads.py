"""Files that people send: streamed to the installation's own folder, under names that are safe, cleared after a while."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import IO
from uuid import uuid4

from flask import Request, current_app
from werkzeug.datastructures import FileStorage

from geodata.readers import READERS
from gridsvc.errors import Invalid, TooLarge

KEPT_DAYS = 7
"""How long a file stays here: to look again, to commit; what it brought in is in the database."""
NAME_BYTES = 120


class Streaming(Request):
    """A request whose files go straight to the folder in which they stay."""

    def _get_file_stream(
        self, total_content_length: int | None, content_type: str | None, filename: str | None = None, content_length: int | None = None
    ) -> IO[bytes]:  # werkzeug's signature
        del total_content_length, content_type, filename, content_length
        return tempfile.NamedTemporaryFile(dir=_folder(), prefix=".part-", delete=False)


def refuse_too_large(request: Request) -> None:
    """Raise TooLarge by what the request says of itself, before its body is read."""
    largest = current_app.config["MAX_CONTENT_LENGTH"]
    if (request.content_length or 0) > largest:
        raise TooLarge("The request is larger than {largest_mib} MiB.", largest_mib=largest >> 20)


def keep(files: Iterable[FileStorage]) -> Path:
    """Keep the files of one request in a folder of their own and return the one to read; the others accompany it.

    Raises Invalid where there is none that can be read.
    """
    _clear()
    given = [file for file in files if file.filename]
    folder = _folder() / uuid4().hex
    folder.mkdir()
    kept = [_kept(file, folder) for file in given]
    readable = [path for path in kept if path.suffix.lower() in READERS]
    if not given:
        raise Invalid("No file was chosen; choose one, or drop it on the page.")
    if not readable:
        raise Invalid(
            "{source} is of a kind that cannot be read; {kinds} would be right.", source=kept[0].name, kinds=", ".join(sorted(READERS))
        )
    return min(readable, key=lambda path: path.suffix.lower() != ".shp")


def safe_name(given: str) -> str:
    """Return the last part of a name without what a file system or terminal could take for something else."""
    name = unicodedata.normalize("NFC", given.replace("\\", "/").rpartition("/")[2]).encode("utf-8", "ignore").decode()
    name = re.sub(r"\s+", " ", "".join(letter if letter.isprintable() else " " for letter in name)).strip(" .")
    stem, dot, suffix = name.rpartition(".")
    while len(name.encode()) > NAME_BYTES and (stem := stem[:-1]):
        name = stem + dot + suffix
    return name if name and len(name.encode()) <= NAME_BYTES else "file"


def _kept(file: FileStorage, folder: Path) -> Path:
    path = folder / safe_name(file.filename or "")
    part = getattr(file.stream, "name", None)
    if isinstance(part, str):
        file.stream.flush()
        Path(part).replace(path)
    else:
        file.save(path)
    return path


def _folder() -> Path:
    folder: Path = current_app.config["SETTINGS"].data_dir / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _clear() -> None:
    """Remove what was sent long ago, and parts of what was never wholly sent."""
    old = time.time() - KEPT_DAYS * 86400
    for each in _folder().iterdir():
        if each.stat().st_mtime < old:
            shutil.rmtree(each) if each.is_dir() else each.unlink(missing_ok=True)
