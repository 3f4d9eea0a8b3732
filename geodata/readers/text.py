"""Text as files bring it: the bytes to characters, and the characters a database cannot keep."""

from __future__ import annotations

import codecs
import re
from dataclasses import replace
from pathlib import Path

from geodata.findings import Finding, GeodataError
from geodata.records import Content

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
"""NUL, and halves of a surrogate pair: no UTF-8 text in a database can hold them."""

_BLOCK_BYTES = 1 << 20


def decoded(data: bytes, source: str) -> tuple[str, list[Finding]]:
    """Return the text of a file in UTF-8 (with or without mark), UTF-16 (with mark) or, where it is neither, GB18030.

    Raises GeodataError where it is none of them.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace"), []
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise GeodataError("{source} is neither UTF-8 nor GB18030 text.", source=source) from error
    return text, [_as_gb18030()]


def encoding_of(path: Path) -> tuple[str, list[Finding]]:
    """Return the encoding of a file, as `decoded` tells it, without keeping its text.

    Raises GeodataError where it is none of them.
    """
    with path.open("rb") as file:
        start = file.read(3)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", []
    if _decodes(path, "utf-8"):
        return "utf-8-sig", []
    if _decodes(path, "gb18030"):
        return "gb18030", [_as_gb18030()]
    raise GeodataError("{source} is neither UTF-8 nor GB18030 text.", source=path.name)


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK_BYTES):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _as_gb18030() -> Finding:
    return Finding("read-as-gb18030", "info", "The file is not UTF-8; it was read as GB18030.")


def is_storable(text: str) -> bool:
    """Tell whether a database can keep every character."""
    return _UNSTORABLE.search(text) is None


def storable(value: object) -> object:
    """Return a value, or all texts within one, without the characters a database cannot keep."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("", value)
    if isinstance(value, list):
        return [storable(one) for one in value]
    if isinstance(value, dict):
        return {storable(key): storable(one) for key, one in value.items()}
    return value


def cleaned(content: Content) -> Content:
    """Return what was read with texts as a database can keep them, and a finding for each row that lost something."""
    clean = [{str(storable(name)): storable(value) for name, value in said.items()} for said in content.attributes]
    changed = [row for row, before, after in zip(content.rows, content.attributes, clean, strict=True) if before != after]
    findings = [
        Finding("text-cleaned", "warning", "NUL and half characters, which cannot be stored, were removed.", row=row) for row in changed
    ]
    return replace(content, attributes=clean, findings=(*content.findings, *findings))
