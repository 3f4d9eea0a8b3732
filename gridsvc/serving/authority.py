"""https in a local network: an authority of the installation's own, and a certificate for this machine's addresses.

Phones give position and service workers to https only. The authority's certificate is installed on them once.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS = 3650
CERTIFICATE_DAYS = 397
"""What browsers accept of a certificate at most."""
RENEW_DAYS = 60


def certificate(folder: Path, names: Iterable[str], now: datetime | None = None) -> tuple[Path, Path]:
    """Return certificate and key for these host names and addresses, made or renewed where needed.

    The folder keeps them and the authority (authority.crt, for the phones) with mode 0600. `now` defaults to the present.
    """
    now = now or datetime.now(UTC)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority, key = folder / "authority.crt", folder / "authority.key"
    if not _good(authority, key, now, ()):
        _issue_authority(authority, key, now)
        (folder / "server.crt").unlink(missing_ok=True)
    server, server_key = folder / "server.crt", folder / "server.key"
    wanted = sorted(set(names))
    if not _good(server, server_key, now, wanted):
        _issue_server(folder, wanted, now)
    return server, server_key


def lan_addresses() -> list[str]:
    """Return this machine's names for its neighbours: the address of its way out first, then host names, then itself."""
    name = socket.gethostname()
    return list(dict.fromkeys([*_way_out(), name, f"{name.split('.')[0]}.local", "localhost", "127.0.0.1"]))


def _way_out() -> list[str]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # RFC 5737: nobody's address; nothing is sent
        except OSError:
            return []
        return [probe.getsockname()[0]]


def _good(path: Path, key: Path, now: datetime, names: Iterable[str]) -> bool:
    """Answer whether the certificate is there, not near its end, and for these names."""
    if not path.exists() or not key.exists():
        return False
    found = x509.load_pem_x509_certificate(path.read_bytes())
    return found.not_valid_after_utc - now > timedelta(days=RENEW_DAYS) and set(names) <= _names_of(found)


def _names_of(found: x509.Certificate) -> set[str]:
    try:
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    return {str(name.value) for name in names}


def _issue_authority(path: Path, key_path: Path, now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"gridsvc {socket.gethostname()}"[:64])])
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    made = _builder(name, name, key, now, AUTHORITY_DAYS).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    made = made.add_extension(usage, critical=True)
    _write(key_path, _pem(key))
    _write(path, made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))


def _issue_server(folder: Path, names: list[str], now: datetime) -> None:
    issuer = x509.load_pem_x509_certificate((folder / "authority.crt").read_bytes())
    issuer_key = serialization.load_pem_private_key((folder / "authority.key").read_bytes(), None)
    if not isinstance(issuer_key, ec.EllipticCurvePrivateKey):
        raise TypeError("authority.key is not the elliptic curve key that was written")
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])])
    made = _builder(subject, issuer.subject, key, now, CERTIFICATE_DAYS)
    made = made.add_extension(x509.SubjectAlternativeName([_name(name) for name in names]), critical=False)
    made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    made = made.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    _write(folder / "server.key", _pem(key))
    _write(folder / "server.crt", made.sign(issuer_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, days: int) -> x509.CertificateBuilder:
    started = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    dated = (
        started.serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=days))
    )
    return dated.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _write(path: Path, content: bytes) -> None:
    """Write a file for one user only, in place of an old one at once."""
    fresh = path.with_name(path.name + ".new")
    with open(fresh, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(content)
    fresh.rename(path)
