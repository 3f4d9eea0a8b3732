"""Fields that are kept encrypted, and the digests by which they are found; the keys lie in files outside the database.

`use_keys` names their folder, once a process. `fields` in it holds Fernet keys (AES-128-CBC with HMAC-SHA256), the newest first:
it seals, all of them open. `look_up` holds the key of the digests. The first who needs a file makes it.
Columns that hold sealed texts are called `<what>_sealed`: so `gridsvc keys rotate` finds them.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from gridsvc.errors import Conflict

_folder: Path | None = None


def use_keys(folder: Path) -> None:
    """Take the keys from this folder from now on; it is made with the first key."""
    global _folder  # noqa: PLW0603  # one installation a process, chosen by the edge at its start
    _folder = folder


def seal(text: str) -> bytes:
    """Return a text encrypted with the newest key; the same text is different each time."""
    return _fields().encrypt(text.encode())


def unseal(data: bytes) -> str:
    """Return the text of sealed bytes; raise Conflict where none of the keys here opens them."""
    with _known_key():
        return _fields().decrypt(bytes(data)).decode()


def look_up_digest(text: str) -> bytes:
    """Return the 32 bytes by which a sealed text is found again: HMAC-SHA256; the caller puts the text in its usual form first."""
    return hmac.digest(_look_up_key(_file("look_up")), text.encode(), hashlib.sha256)


def sealed_anew(data: bytes) -> bytes:
    """Return sealed bytes encrypted again, with the newest key; raise Conflict like `unseal`."""
    with _known_key():
        return _fields().rotate(bytes(data))


def add_key() -> None:
    """Seal with a fresh key from now on, in every process; the others still open."""
    file = _field_keys()
    _replace(file, Fernet.generate_key() + b"\n" + file.read_bytes())


def retire_old_keys() -> None:
    """Open with the newest key alone from now on; the others are kept in `retired`, where nothing looks."""
    file, retired = _field_keys(), _file("retired")
    newest, *old = file.read_bytes().split()
    _replace(retired, b"\n".join([*old, kept_secret(retired, b"")]))
    _replace(file, newest + b"\n")


def kept_secret(file: Path, fresh: bytes) -> bytes:
    """Return what a file of mode 0600 holds, the same for all processes; the first makes it, with the fresh content."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not file.exists():
        made = _written(file, fresh)
        try:
            os.link(made, file)  # linking, unlike renaming, leaves a file that another process made first
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return file.read_bytes()


@contextmanager
def _known_key() -> Iterator[None]:
    try:
        yield
    except InvalidToken:
        raise Conflict(
            "This was encrypted with a key that is not in {folder}; the keys belong with the database.", folder=_folder
        ) from None


def _file(name: str) -> Path:
    if _folder is None:
        raise RuntimeError("use_keys() has not been called")
    return _folder / name


def _fields() -> MultiFernet:
    file = _field_keys()
    written = file.stat()
    return _opened(file, (written.st_ino, written.st_mtime_ns))


def _field_keys() -> Path:
    file = _file("fields")
    if not file.exists():
        kept_secret(file, Fernet.generate_key() + b"\n")
    return file


@lru_cache(maxsize=2)
def _opened(file: Path, _written: tuple[int, int]) -> MultiFernet:
    """Return the keys of a file as it was written then, so that a change is seen by every process at once."""
    return MultiFernet([Fernet(key) for key in file.read_bytes().split()])


@lru_cache(maxsize=2)
def _look_up_key(file: Path) -> bytes:
    return kept_secret(file, secrets.token_bytes(32))


def _written(file: Path, content: bytes) -> Path:
    """Write a file of this process's own beside another, to take its place."""
    made = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as new:
        new.write(content)
        new.flush()
        os.fsync(new.fileno())
    return made


def _replace(file: Path, content: bytes) -> None:
    _written(file, content).replace(file)
