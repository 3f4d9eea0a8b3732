"""Text as files bring it: the bytes to characters, and the characters a database cannot keep."""

from __future__ import annotations

import codecs
import re

from geodata.findings import Finding, GeodataError

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
"""NUL, and halves of a surrogate pair: no UTF-8 text in a database can hold them."""


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
    return text, [Finding("read-as-gb18030", "info", "The file is not UTF-8; it was read as GB18030.")]


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


def cleaned(attributes: dict[str, object], row: int) -> tuple[dict[str, object], list[Finding]]:
    """Return a row's attributes as a database can keep them, with a finding where that took something away."""
    clean = {str(storable(name)): storable(value) for name, value in attributes.items()}
    if clean == attributes:
        return attributes, []
    return clean, [Finding("text-cleaned", "warning", "Characters that cannot be stored (NUL, half characters) were removed.", row=row)]
