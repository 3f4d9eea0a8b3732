"""Shapefiles, alone or with their companions in a zip archive."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import BadZipFile, ZipFile, ZipInfo

from geodata.findings import Finding, GeodataError
from geodata.readers.dbase import AS_BYTES, Companion, codec_of, decoded
from geodata.readers.gdal import read_layer
from geodata.readers.text import cleaned
from geodata.records import Attributes, Content

COLUMNS = ".columns.json"
"""The companion that our own writer adds."""
_COMPANIONS = (".shp", ".shx", ".dbf", ".prj", ".cpg", COLUMNS)


def read(path: Path, _layer: str | None) -> Content:
    """Return the records of a Shapefile, whose companions (.shx, .dbf, .prj, .cpg) lie beside it.

    The encoding is the one that .cpg names, else the one that the texts fit, with a finding; columns have the full names
    and values of `<name>.columns.json`.

    Raises GeodataError where it is broken or a needed companion is missing.
    """
    return _read(path, path.name)


def read_zip(path: Path, layer: str | None) -> Content:
    """Return the records of one Shapefile in a zip archive: the one whose path there, without `.shp`, is `layer`, or the only one.

    Raises GeodataError where there is none, several could be meant, or it is broken.
    """
    with _opened(path) as archive, TemporaryDirectory() as folder:
        members = {_name(member): member for member in archive.infolist()}
        inside = [name[:-4] for name in members if name.lower().endswith(".shp") and not name.startswith("__MACOSX/")]  # a Mac's notes
        if layer is None and len(inside) == 1:
            (layer,) = inside
        if layer is None or layer not in inside:
            raise GeodataError(
                "{source} holds {count} Shapefiles ({layers}); name one of them.",
                source=path.name,
                count=len(inside),
                layers=", ".join(inside),
            )
        _unpack(archive, members, layer, Path(folder))
        return _read(Path(folder, "layer.shp"), path.name)


@contextmanager
def _opened(path: Path) -> Iterator[ZipFile]:
    try:
        with ZipFile(path) as archive:
            yield archive
    except (BadZipFile, zlib.error, EOFError) as error:
        raise GeodataError("{source} is no zip archive.", source=path.name) from error
    except (RuntimeError, NotImplementedError) as error:  # locked, or packed in a way of its own
        raise GeodataError("{source} cannot be unpacked; pack it again as a usual zip without a password.", source=path.name) from error


def _name(member: ZipInfo) -> str:
    """Return what a member is called; Windows in China writes names in GBK and does not say so, a Mac writes UTF-8."""
    if member.flag_bits & 0x800:
        return member.filename
    data = member.filename.encode("cp437", "ignore")
    for codec in ("utf-8", "gb18030"):
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    return member.filename


def _unpack(archive: ZipFile, members: dict[str, ZipInfo], layer: str, folder: Path) -> None:
    """Put a Shapefile and its companions, whatever the case of their endings, into a folder as `layer`."""
    wanted = {(layer + ending).casefold(): ending for ending in _COMPANIONS}
    for name, member in members.items():
        if ending := wanted.get(name.casefold()):
            with archive.open(member) as packed, Path(folder, f"layer{ending}").open("wb") as file:
                while block := packed.read(1 << 20):
                    file.write(block)


def _read(path: Path, source: str) -> Content:
    with path.open("rb") as file:
        if file.read(4) != (9994).to_bytes(4, "big"):
            raise GeodataError("{source} is no Shapefile.", source=source)
    content = read_layer(str(path), None, source, ENCODING=AS_BYTES).content
    table = _beside(path, ".dbf")
    if table is None:
        told = Finding("no-table", "warning", "The .dbf file is missing beside the .shp file: the rows have places, but say nothing.")
        return replace(content, findings=(*content.findings, told))
    texts = [text.encode(AS_BYTES) for said in content.attributes for pair in said.items() for text in pair if isinstance(text, str)]
    codec, findings = codec_of(texts, _text(_beside(path, ".cpg"), AS_BYTES), table.read_bytes()[29])
    companion = Companion(_text(_beside(path, COLUMNS), "utf-8-sig"), source)
    attributes = companion.restored(_decoded(content.attributes, codec))
    return cleaned(replace(content, attributes=attributes, findings=(*content.findings, *findings)))


def _beside(path: Path, ending: str) -> Path | None:
    """Return a companion of a Shapefile, in small letters or capitals."""
    return next((near for end in (ending, ending.upper()) if (near := path.with_name(path.stem + end)).is_file()), None)


def _text(path: Path | None, encoding: str) -> str | None:
    return None if path is None else path.read_text(encoding, errors="replace")


def _decoded(attributes: Sequence[Attributes], codec: str) -> Iterator[Attributes]:
    """Yield records with their texts in characters."""
    text = lru_cache(4096)(lambda given: decoded(given.encode(AS_BYTES), codec))
    for said in attributes:
        yield {text(name): text(value) if isinstance(value, str) else value for name, value in said.items()}
