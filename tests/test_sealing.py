"""Sealed fields, their keys and the digests by which they are found."""

from pathlib import Path

import pytest

from gridsvc import sealing
from gridsvc.errors import Conflict

PHONE = "13800138000"


@pytest.fixture(autouse=True)
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keys of the test's own."""
    monkeypatch.setattr(sealing, "_folder", tmp_path / "keys")
    return tmp_path / "keys"


def test_what_is_sealed_can_be_read_again() -> None:
    assert sealing.unseal(sealing.seal("王伟 13800138000")) == "王伟 13800138000"


def test_a_sealed_text_shows_nothing_and_differs_each_time() -> None:
    one, other = sealing.seal(PHONE), sealing.seal(PHONE)
    assert one != other
    assert PHONE.encode() not in one


def test_a_digest_is_the_same_each_time_and_differs_by_text() -> None:
    assert sealing.look_up_digest(PHONE) == sealing.look_up_digest(PHONE)
    assert sealing.look_up_digest(PHONE) != sealing.look_up_digest("13800138001")


def test_another_installation_neither_opens_nor_finds(tmp_path: Path) -> None:
    sealed, digest = sealing.seal(PHONE), sealing.look_up_digest(PHONE)
    sealing.use_keys(tmp_path / "other")
    assert sealing.look_up_digest(PHONE) != digest
    with pytest.raises(Conflict, match="encrypted with a key that is not in"):
        sealing.unseal(sealed)


def test_what_was_changed_is_not_opened() -> None:
    sealed = bytearray(sealing.seal(PHONE))
    sealed[20] ^= 1
    with pytest.raises(Conflict):
        sealing.unseal(bytes(sealed))


@pytest.mark.parametrize("name", ["fields", "look_up"])
def test_keys_are_for_their_owner_alone(keys: Path, name: str) -> None:
    sealing.seal(PHONE)
    sealing.look_up_digest(PHONE)
    assert ((keys / name).stat().st_mode & 0o777, keys.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_file_that_another_process_made_first_is_kept(keys: Path) -> None:
    first = sealing.kept_secret(keys / "one", b"first")
    assert (first, sealing.kept_secret(keys / "one", b"second")) == (b"first", b"first")


def test_an_added_key_seals_and_the_old_one_still_opens() -> None:
    before = sealing.seal(PHONE)
    sealing.add_key()
    assert sealing.unseal(before) == PHONE


def test_a_retired_key_opens_nothing_but_what_was_sealed_anew_stays_open() -> None:
    before = sealing.seal(PHONE)
    sealing.add_key()
    anew = sealing.sealed_anew(before)
    sealing.retire_old_keys()
    assert sealing.unseal(anew) == PHONE
    with pytest.raises(Conflict):
        sealing.unseal(before)


def test_retired_keys_are_kept_aside_in_case_something_was_missed(keys: Path) -> None:
    before = sealing.seal(PHONE)
    old = (keys / "fields").read_bytes()
    sealing.add_key()
    sealing.retire_old_keys()
    assert ((keys / "retired").read_bytes(), (keys / "retired").stat().st_mode & 0o777) == (old, 0o600)
    (keys / "fields").write_bytes((keys / "fields").read_bytes() + old)
    assert sealing.unseal(before) == PHONE


def test_without_a_folder_nothing_is_sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "_folder", None)
    with pytest.raises(RuntimeError):
        sealing.seal(PHONE)
