# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A certificate authority of one's own for a store on this machine.

RSA-2048 throughout: its signatures have one length, so a handshake is always as many bytes long.
"""

import ipaddress
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from host_tools.files import write_private

CA_FILE, CA_KEY_FILE = "ca.pem", "ca.key"
SERVER_FILE, SERVER_KEY_FILE = "tls.crt", "tls.key"
_DAYS = timedelta(days=3650)
_NAMES = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]


def make_authority(folder: Path) -> None:
    """Write a new authority: ca.pem, and ca.key for its owner only."""
    key = _new_key()
    name = _name("Daylog local store authority")
    since = _today()
    builder = _builder(name, name, key, since, since + _DAYS)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    certificate = builder.add_extension(usage, critical=True).sign(key, hashes.SHA256())
    write_private(folder / CA_KEY_FILE, _pem_of(key))
    (folder / CA_FILE).write_bytes(certificate.public_bytes(Encoding.PEM))


def issue(folder: Path, since: datetime | None = None, until: datetime | None = None) -> None:
    """Write tls.crt and tls.key for 127.0.0.1 and localhost, signed by the folder's authority."""
    authority = x509.load_pem_x509_certificate((folder / CA_FILE).read_bytes())
    authority_key = load_pem_private_key((folder / CA_KEY_FILE).read_bytes(), None)
    assert isinstance(authority_key, rsa.RSAPrivateKey)
    key = _new_key()
    since = since or _today()
    builder = _builder(_name("localhost"), authority.subject, key, since, until or since + _DAYS)
    builder = builder.add_extension(x509.SubjectAlternativeName(_NAMES), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    certificate = builder.sign(authority_key, hashes.SHA256())
    write_private(folder / SERVER_KEY_FILE, _pem_of(key))
    (folder / SERVER_FILE).write_bytes(certificate.public_bytes(Encoding.PEM))


def _builder(subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey, since: datetime, until: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder(issuer, subject, key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
    )


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _pem_of(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _today() -> datetime:
    """A day ago: a recorder whose clock is a little behind is welcome."""
    return datetime.now(timezone.utc) - timedelta(days=1)
