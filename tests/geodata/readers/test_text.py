import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.findings import GeodataError
from geodata.readers.text import decoded, is_storable, storable

WRITTEN = "编码,名称\n0012,𠮷祥里😀\n"
texts = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_text_is_read_in_the_encodings_that_offices_use(encoding: str) -> None:
    assert decoded(WRITTEN.encode(encoding), "people.csv")[0] == WRITTEN


def test_reading_another_encoding_than_utf8_is_told() -> None:
    _, (finding,) = decoded("网格".encode("gbk"), "people.csv")
    assert finding.code == "read-as-gb18030"


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(GeodataError, match=r"people\.csv is neither"):
        decoded(b"\x81\xff\xff", "people.csv")


@given(st.binary())
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    try:
        assert isinstance(decoded(data, "people.csv")[0], str)
    except GeodataError as error:
        assert error.values["source"] == "people.csv"  # noqa: PT017 - a refusal is one of two good ends


@given(texts.filter(lambda text: "\0" not in text))
def test_every_whole_character_is_kept(text: str) -> None:
    assert storable(text) == text


@given(st.text(st.characters() | st.just("\0")))
def test_what_is_kept_can_be_stored(text: str) -> None:
    kept = storable({text: [text]})
    assert isinstance(kept, dict)
    ((name, (value,)),) = kept.items()
    assert is_storable(name + value)
    assert "\0" not in (name + value).encode().decode()
