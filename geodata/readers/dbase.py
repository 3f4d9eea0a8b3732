"""Text of dBASE tables: which bytes mean which characters, and what a companion of our own writer says besides."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from geodata.findings import Finding, GeodataError
from geodata.records import Attributes

AS_BYTES = "ISO-8859-1"
"""Text read in this encoding is bytes in disguise: each character stands for the byte of its number."""

_LANGUAGES = {0x4D: "gb18030", 0x4F: "cp950"}
"""The language byte of a table's head, where it tells something (Chinese of the mainland, of Taiwan)."""
_CHINESE = re.compile("[\u4e00-\u9fff]")
_BESIDE_LETTERS = re.compile(rb"[A-Za-z][\x80-\xff]|[\x80-\xff][A-Za-z]")


def named_codec(cpg: str) -> str | None:
    """Return the codec that a .cpg file names in one of the ways that programs write it; None for a name that is none."""
    word = cpg.strip().strip("\0").casefold().removeprefix("ansi").strip(" -_")
    if re.fullmatch(r"(cp)?(936|54936)|gbk|gb2312|gb18030|cp936|x-gbk", word):
        return "gb18030"  # holds all that the older ones hold
    if word.isdigit():
        word = {"65001": "utf-8", "88591": "iso-8859-1"}.get(word, f"cp{word}")
    try:
        return codecs.lookup(word).name
    except LookupError:
        return None


def codec_of(texts: Iterable[bytes], cpg: str | None, language: int) -> tuple[str, list[Finding]]:
    """Return the codec of a table's texts: as .cpg says if they can be read so, else by the texts and the language byte.

    Where .cpg does not decide and the texts are more than ASCII, a finding tells what was taken.
    """
    told = [text for text in set(texts) if not text.isascii()]
    said = named_codec(cpg) if cpg else None
    if said is not None and all(_reads(text, said) for text in told):
        return said, []
    likely = ["utf-8", *filter(None, [_LANGUAGES.get(language)]), "gb18030", AS_BYTES]
    codec = next(codec for codec in likely if all(_reads(text, codec) for text in told))
    if codec == "utf-8" and _is_gbk_in_disguise(told):
        codec = "gb18030"
    if not told:
        return codec, []
    if cpg:
        template = "The .cpg file says {said}, but the texts cannot be read so; they were read as {codec}."
        return codec, [Finding("encoding-guessed", "warning", template, {"said": cpg.strip()[:20], "codec": codec.upper()})]
    template = "There is no .cpg file that names the encoding; the texts were read as {codec}."
    return codec, [Finding("encoding-guessed", "warning", template, {"codec": codec.upper()})]


def decoded(data: bytes, codec: str) -> str:
    """Return bytes as text, without the piece of a character at the end that did not fit into the field."""
    return codecs.getincrementaldecoder(codec)("replace").decode(data)


def _reads(data: bytes, codec: str) -> bool:
    """Say whether bytes can be text in this codec, but for a piece of a character at the end."""
    try:
        codecs.getincrementaldecoder(codec)().decode(data)
    except UnicodeDecodeError:
        return False
    return True


def _is_gbk_in_disguise(texts: Sequence[bytes]) -> bool:
    """Say whether texts that can be UTF-8 are short words in GBK: Chinese there, letters of no language together in UTF-8.

    Letters with accents stand beside plain ones, Chinese does not.
    """
    if not texts or any(_CHINESE.search(decoded(text, "utf-8")) or _BESIDE_LETTERS.search(text) for text in texts):
        return False
    return all(_reads(text, "gb18030") and _is_chinese(decoded(text, "gb18030")) for text in texts)


def _is_chinese(text: str) -> bool:
    return all(_CHINESE.match(sign) for sign in text if not sign.isascii())


class Companion:
    """What `<name>.columns.json` says of a table; its form is described in `geodata.writers.shapefile`."""

    def __init__(self, text: str | None, source: str) -> None:
        try:
            said = json.loads(text) if text else {}
        except ValueError as error:
            raise GeodataError(
                "{source}: the file .columns.json beside it is no JSON; leave it out or take the whole one.", source=source
            ) from error
        self._columns = _mapping(said.get("columns", said)) if isinstance(said, dict) else {}
        self._values = _mapping(said.get("values")) if isinstance(said, dict) else {}

    def name(self, short: str) -> str:
        """Return a column's full name."""
        full = self._columns.get(short)
        return full if isinstance(full, str) else short

    def restored(self, attributes: Iterable[Attributes]) -> list[Attributes]:
        """Return records under their full names, with the values that dBASE cannot hold, where nobody has changed them since."""
        return [
            {self.name(short): self._meant(short, row, value) for short, value in said.items()} for row, said in enumerate(attributes, 1)
        ]

    def _meant(self, short: str, row: int, value: object) -> object:
        pair = _mapping(self._values.get(short)).get(str(row))
        return pair[1] if isinstance(pair, list) and len(pair) == 2 and pair[0] == value else value


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
