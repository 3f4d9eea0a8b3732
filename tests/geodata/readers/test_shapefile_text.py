import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import geopandas
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geodata.findings import GeodataError
from geodata.readers import read
from geodata.readers.dbase import codec_of, decoded, named_codec
from geodata.records import Table
from tests.conftest import shared_data

NAMES = ["崂山区沙子口街道", "", "山海社区"]
chinese = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=12)


def written(folder: Path, columns: Mapping[str, Sequence[object]], encoding: str = "GBK", *, cpg: str | None = "as written") -> Path:
    """Write a Shapefile; `cpg` is what its .cpg says instead, None for no such file."""
    folder.mkdir(exist_ok=True)
    count = len(next(iter(columns.values())))
    frame = geopandas.GeoDataFrame(columns, geometry=[shapely.Point(112 + at / 100, 37) for at in range(count)], crs="EPSG:4490")
    path = folder / "社区.shp"
    pyogrio.write_dataframe(frame, path, encoding=encoding)
    if cpg is None:
        path.with_suffix(".cpg").unlink()
    elif cpg != "as written":
        path.with_suffix(".cpg").write_text(cpg)
    return path


def zipped(folder: Path, path: Path, name: str = "社区", *, codec: str = "gbk") -> Path:
    """Pack a Shapefile as Windows in China does: names in GBK, and nothing says so."""

    class Unflagged(ZipInfo):
        def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - the name that zipfile calls
            return self.filename.encode(codec), self.flag_bits & ~0x800

    with ZipFile(folder / "a.zip", "w") as archive:
        for companion in path.parent.iterdir():
            archive.writestr(Unflagged(name + companion.name.removeprefix("社区")), companion.read_bytes())
    return folder / "a.zip"


def said(table: Table, column: str = "名称") -> list[object]:
    return [attributes[column] for attributes in table.attributes]


def codes(table: Table) -> list[str]:
    return [finding.code for finding in table.findings]


@pytest.mark.parametrize(
    ("encoding", "cpg"),
    [("GBK", "as written"), ("UTF-8", "as written"), ("GBK", "936"), ("GBK", "ANSI 936"), ("GBK", "GB2312"), ("UTF-8", "65001")],
)
def test_the_encoding_that_is_named_holds(tmp_path: Path, encoding: str, cpg: str) -> None:
    table = read(written(tmp_path / "in", {"名称": NAMES}, encoding, cpg=cpg))
    assert (said(table), codes(table)) == (["崂山区沙子口街道", None, "山海社区"], [])


@pytest.mark.parametrize("encoding", ["GBK", "UTF-8"])
def test_an_encoding_that_nobody_names_is_guessed_and_told(tmp_path: Path, encoding: str) -> None:
    table = read(written(tmp_path / "in", {"名称": NAMES}, encoding, cpg=None))
    assert (said(table)[0], codes(table)) == ("崂山区沙子口街道", ["encoding-guessed"])


def test_an_encoding_that_the_texts_contradict_is_overruled_and_told(tmp_path: Path) -> None:
    table = read(written(tmp_path / "in", {"名称": NAMES}, "GBK", cpg="UTF-8"))
    assert (said(table)[0], codes(table)) == ("崂山区沙子口街道", ["encoding-guessed"])


def test_plain_letters_need_no_encoding(tmp_path: Path) -> None:
    assert codes(read(written(tmp_path / "in", {"name": ["a", "b"]}, cpg=None))) == []


def test_a_rare_character_is_read_in_gb18030(tmp_path: Path) -> None:
    assert said(read(written(tmp_path / "in", {"名称": ["𠮷祥里", "㐂"]}, "GB18030", cpg=None)))[0] == "𠮷祥里"


def test_long_integers_keep_their_last_digits_though_some_are_missing(tmp_path: Path) -> None:
    path = written(tmp_path / "in", {"编码": [370212002040001001, 100000000000000007, 100000000000000001]})
    table = path.with_suffix(".dbf")
    table.write_bytes(table.read_bytes().replace(b"100000000000000007", b" " * 18))
    assert said(read(path), "编码") == [370212002040001001, None, 100000000000000001]


@pytest.mark.parametrize("codec", ["gbk", "utf-8"])
def test_names_in_an_archive_are_read_as_windows_and_macs_write_them(tmp_path: Path, codec: str) -> None:
    path = zipped(tmp_path, written(tmp_path / "in", {"名称": NAMES}), codec=codec)
    assert said(read(path, layer="社区"))[0] == "崂山区沙子口街道"


def test_companions_in_capitals_belong_to_it(tmp_path: Path) -> None:
    path = written(tmp_path / "in", {"名称": NAMES})
    with ZipFile(tmp_path / "a.zip", "w") as archive:
        for companion in path.parent.iterdir():
            archive.write(companion, companion.name.upper())
    assert said(read(tmp_path / "a.zip"))[0] == "崂山区沙子口街道"


def test_a_shapefile_without_its_table_is_read_and_told(tmp_path: Path) -> None:
    path = written(tmp_path / "in", {"名称": NAMES})
    path.with_suffix(".dbf").unlink()
    assert (len(read(path)), codes(read(path))) == (3, ["no-table"])


def test_a_locked_archive_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, written(tmp_path / "in", {"名称": NAMES}), "a", codec="ascii")
    data = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the flag of a member that is encrypted
        place = -1
        while (place := data.find(mark, place + 1)) >= 0:
            data[place + at] |= 1
    path.write_bytes(bytes(data))
    with pytest.raises(GeodataError, match="without a password"):
        read(path)


# The companion of our own writer


def companion(path: Path, **parts: object) -> None:
    path.with_name("社区.columns.json").write_text(json.dumps(parts, ensure_ascii=False), encoding="utf-8")


def test_short_names_become_the_full_ones_again(tmp_path: Path) -> None:
    path = written(tmp_path / "in", {"WGMC": ["a"], "code": ["1"]})
    companion(path, columns={"WGMC": "网格名称（全称）"})
    assert read(path).attributes == [{"网格名称（全称）": "a", "code": "1"}]
    assert read(zipped(tmp_path, path)).attributes == [{"网格名称（全称）": "a", "code": "1"}]


def test_a_list_of_names_alone_will_do(tmp_path: Path) -> None:
    path = written(tmp_path / "in", {"WGMC": ["a"]})
    companion(path, WGMC="网格名称")
    assert read(path).attributes == [{"网格名称": "a"}]


def test_what_the_table_cannot_hold_is_restored_unless_somebody_changed_it(tmp_path: Path) -> None:
    path = written(tmp_path / "in", {"note": ["x" * 254, "changed", None]})
    companion(path, values={"note": {"1": ["x" * 254, "x" * 300], "2": ["before", "long"], "3": [None, ""]}})
    assert said(read(path), "note") == ["x" * 300, "changed", ""]


@pytest.mark.parametrize("text", ["[]", "5", '{"columns": 3, "values": [1]}', '{"values": {"note": {"1": 3}}}'])
def test_a_companion_of_another_form_changes_nothing(tmp_path: Path, text: str) -> None:
    path = written(tmp_path / "in", {"note": ["a"]})
    path.with_name("社区.columns.json").write_text(text)
    assert said(read(path), "note") == ["a"]


def test_a_broken_companion_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "in", {"note": ["a"]})
    path.with_name("社区.columns.json").write_text("{")
    with pytest.raises(GeodataError, match=r"\.columns\.json beside it is no JSON"):
        read(path)


# Guessing


@given(st.lists(chinese, min_size=3, max_size=20), st.sampled_from(["utf-8", "gb18030"]))
def test_chinese_is_told_apart_by_its_bytes(texts: list[str], codec: str) -> None:
    data = [text.encode(codec) for text in texts]
    found, _ = codec_of(data, None, 0)
    assert [decoded(each, found) for each in data] == texts


@given(st.text(st.characters(codec="gb18030")), st.integers(0, 3))
def test_a_text_cut_within_a_character_loses_that_one_alone(text: str, cut: int) -> None:
    for codec in ("utf-8", "gb18030"):
        data = text.encode(codec)
        assert text.startswith(decoded(data[: len(data) - cut], codec)) or cut == 0 or not data


@given(st.lists(st.binary(max_size=8)), st.none() | st.text(max_size=8), st.integers(0, 255))
def test_any_bytes_are_read_somehow(texts: list[bytes], cpg: str | None, language: int) -> None:
    codec, _ = codec_of(texts, cpg, language)
    assert all(isinstance(decoded(text, codec), str) for text in texts)


def test_letters_with_accents_are_no_chinese_in_disguise() -> None:
    assert codec_of(["José".encode(), "Kärntner Straße".encode()], None, 0)[0] == "utf-8"


@pytest.mark.parametrize(
    ("cpg", "codec"),
    [
        ("GBK", "gb18030"),
        ("cp936", "gb18030"),
        ("UTF8", "utf-8"),
        ("88591", "iso8859-1"),
        ("1252", "cp1252"),
        ("Big5", "big5"),
        ("nonsense", None),
        ("", None),
    ],
)
def test_the_names_of_encodings_are_those_that_programs_write(cpg: str, codec: str | None) -> None:
    assert named_codec(cpg) == codec


def test_strings_that_break_programs_survive_in_utf8(tmp_path: Path) -> None:
    texts = [text.strip(" ") for text in json.loads(shared_data("vectors/blns/blns.json").read_text("utf-8"))]
    fitting = [text for text in texts if 0 < len(text.encode()) <= 254]
    assert said(read(written(tmp_path / "in", {"text": fitting}, "UTF-8")), "text") == fitting
