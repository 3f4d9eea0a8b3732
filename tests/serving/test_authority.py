"""The local authority: a browser that trusts it trusts this machine, and only as long as it should."""

from __future__ import annotations

import socket
import ssl
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from gridsvc.serving.authority import CERTIFICATE_DAYS, certificate, lan_addresses


def handshake(folder: Path, pair: tuple[Path, Path], name: str) -> None:
    """Shake hands as a browser would that has the authority installed."""
    serving, asking = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cafile=str(folder / "authority.crt"))
    serving.load_cert_chain(*pair)
    left, right = socket.socketpair()

    def answer() -> None:
        try:
            serving.wrap_socket(left, server_side=True).close()
        except (ssl.SSLError, OSError):
            left.close()

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        asking.wrap_socket(right, server_hostname=name).close()
    finally:
        right.close()
        thread.join()


def test_who_trusts_the_authority_trusts_the_address(tmp_path: Path) -> None:
    handshake(tmp_path, certificate(tmp_path, ["192.168.1.20", "hall.local"]), "192.168.1.20")


def test_another_address_is_not_trusted(tmp_path: Path) -> None:
    pair = certificate(tmp_path, ["192.168.1.20"])
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(tmp_path, pair, "192.168.1.21")


def test_it_is_kept_from_start_to_start(tmp_path: Path) -> None:
    first = certificate(tmp_path, ["192.168.1.20"])[0].read_bytes()
    assert certificate(tmp_path, ["192.168.1.20"])[0].read_bytes() == first


def test_a_new_address_gets_a_new_certificate_of_the_same_authority(tmp_path: Path) -> None:
    certificate(tmp_path, ["192.168.1.20"])
    authority = (tmp_path / "authority.crt").read_bytes()
    handshake(tmp_path, certificate(tmp_path, ["10.0.0.7"]), "10.0.0.7")
    assert (tmp_path / "authority.crt").read_bytes() == authority


def test_it_is_renewed_before_its_end(tmp_path: Path) -> None:
    then = datetime.now(UTC) - timedelta(days=CERTIFICATE_DAYS - 10)
    certificate(tmp_path, ["192.168.1.20"], then)
    renewed = x509.load_pem_x509_certificate(certificate(tmp_path, ["192.168.1.20"])[0].read_bytes())
    assert renewed.not_valid_after_utc > datetime.now(UTC) + timedelta(days=CERTIFICATE_DAYS - 1)


def test_browsers_accept_how_long_it_lasts(tmp_path: Path) -> None:
    made = x509.load_pem_x509_certificate(certificate(tmp_path, ["192.168.1.20"])[0].read_bytes())
    assert made.not_valid_after_utc - made.not_valid_before_utc <= timedelta(days=398)


def test_its_keys_are_for_one_user_only(tmp_path: Path) -> None:
    certificate(tmp_path, ["192.168.1.20"])
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_this_machine_answers_to_itself() -> None:
    assert {"localhost", "127.0.0.1"} <= set(lan_addresses())
