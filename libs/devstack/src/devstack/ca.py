"""Development certificate authority and signing keys of one data folder. Production has cert-manager or SPIRE.

Certificates are ECDSA P-256, which gRPC's TLS accepts; agencies and services sign with Ed25519.
Who serves and who only calls stands in the certificate (extended key usage): staff, operators and agencies cannot
pose as a server, and a server's certificate holds the one DNS name that its callers demand.
"""

from __future__ import annotations

import datetime
import fcntl
import ipaddress
import os
import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from eventcore import ids

from devstack.errors import StackError
from devstack.home import prepare, write_secret

_LIFE = datetime.timedelta(days=3650)
_SKEW = datetime.timedelta(days=1)
_SPIFFE_PATH = re.compile(r"(service|agency|endpoint|staff|operator)(/[A-Za-z0-9_.-]+)+")
_CALLS = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
_USAGES = {
    "service": x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]),
    "endpoint": x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]),
}
_OWNER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Certificate, private key and authority, PEM, in one folder laid out as cert-manager does."""

    cert: Path
    key: Path
    ca: Path

    @property
    def folder(self) -> Path:
        """The folder that holds the three files."""
        return self.cert.parent


def issue(home: Path, spiffe_path: str, *, installation: str = "guitu-dev") -> TlsFiles:
    """The certificate of `spiffe://<installation>/<spiffe_path>` lies in `<home>/tls/<spiffe_path>`.

    A service's serves and calls, as `ids.server_name`, localhost and 127.0.0.1; that of an agency's own server
    (`endpoint/<code>`) only serves, as `ids.agency_server_name`; every other only calls. One issued before is kept
    while it fits. `spiffe_path`: service/<name>, agency/<code>, endpoint/<code>, staff/<unit>/<ROLE>/<name>,
    operator/<name>.
    """
    if not _SPIFFE_PATH.fullmatch(spiffe_path) or ".." in spiffe_path:
        raise StackError(
            f"got identity {spiffe_path!r}, want service/<name>, agency/<code>, endpoint/<code>, operator/<name>"
            " or staff/<unit>/<ROLE>/<name>"
        )
    prepare(home)
    folder = home / "tls" / spiffe_path
    files = TlsFiles(folder / "tls.crt", folder / "tls.key", folder / "ca.crt")
    with _exclusive(home):
        authority, authority_key = _authority(home)
        root = _pem(authority)
        names, usages = _names(installation, spiffe_path), _USAGES.get(spiffe_path.split("/")[0], _CALLS)
        if not _fits(files, root, names, usages):
            key = ec.generate_private_key(ec.SECP256R1())
            builder = _builder(_subject(spiffe_path), authority.subject, key.public_key())
            certificate = _leaf(builder, names, usages, authority_key)
            write_secret(files.ca, root)
            write_secret(files.key, _private_pem(key))
            # The certificate last: with it the set is complete.
            write_secret(files.cert, _pem(certificate))
    return files


def signing_key(home: Path, owner: str) -> ed25519.Ed25519PrivateKey:
    """The Ed25519 key of `owner`, kept in `<home>/keys/<owner>.ed25519` (PEM, 0600), drawn when there is none.

    Its public half lies beside it in `<owner>.ed25519.pub` as 64 hex digits.
    """
    if not _OWNER.fullmatch(owner):
        raise StackError(f"got owner {owner!r} of a signing key, want letters, digits, dots and dashes")
    prepare(home)
    path = home / "keys" / f"{owner}.ed25519"
    with _exclusive(home):
        if path.exists():
            key = serialization.load_pem_private_key(path.read_bytes(), None)
            if not isinstance(key, ed25519.Ed25519PrivateKey):
                raise StackError(f"{path} is no Ed25519 key: restore it, or delete it to draw another")
        else:
            key = ed25519.Ed25519PrivateKey.generate()
            write_secret(path, _private_pem(key))
        path.with_name(path.name + ".pub").write_text(key.public_key().public_bytes_raw().hex() + "\n")
    return key


def _authority(home: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key_path, certificate_path = home / "keys" / "ca.key", home / "tls" / "ca.crt"
    if key_path.exists() and certificate_path.exists():
        key = serialization.load_pem_private_key(key_path.read_bytes(), None)
        certificate = x509.load_pem_x509_certificate(certificate_path.read_bytes())
        if isinstance(key, ec.EllipticCurvePrivateKey) and key.public_key() == certificate.public_key():
            return certificate, key
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Guitu development CA")])
    certificate = (
        _builder(name, name, key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    write_secret(key_path, _private_pem(key))
    write_secret(certificate_path, _pem(certificate))
    return certificate, key


def _names(installation: str, spiffe_path: str) -> x509.SubjectAlternativeName:
    kind, name = spiffe_path.split("/")[0], spiffe_path.rsplit("/", 1)[1]
    names: list[x509.GeneralName] = [x509.UniformResourceIdentifier(f"spiffe://{installation}/{spiffe_path}")]
    serves = {"service": ids.server_name, "endpoint": ids.agency_server_name}
    if kind in serves:
        names += [x509.DNSName(serves[kind](installation, name)), x509.DNSName("localhost")]
        names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    return x509.SubjectAlternativeName(names)


def _subject(spiffe_path: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, spiffe_path.rsplit("/", 1)[1][:64])])


def _leaf(
    builder: x509.CertificateBuilder,
    names: x509.SubjectAlternativeName,
    usages: x509.ExtendedKeyUsage,
    authority_key: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    return (
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(usages, critical=False)
        .add_extension(names, critical=False)
        .add_extension(issuer, critical=False)
        .sign(authority_key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + _LIFE)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _fits(
    files: TlsFiles, root: bytes, names: x509.SubjectAlternativeName, usages: x509.ExtendedKeyUsage
) -> bool:
    if not (
        files.cert.exists() and files.key.exists() and files.ca.exists() and files.ca.read_bytes() == root
    ):
        return False
    certificate = x509.load_pem_x509_certificate(files.cert.read_bytes())
    extensions = certificate.extensions
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=30)
    return (
        extensions.get_extension_for_class(x509.SubjectAlternativeName).value == names
        and extensions.get_extension_for_class(x509.ExtendedKeyUsage).value == usages
        and certificate.not_valid_after_utc > soon
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _private_pem(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@contextmanager
def _exclusive(home: Path) -> Generator[None]:
    """While the block runs no other process makes keys in this data folder."""
    with open(os.open(home / "keys" / "lock", os.O_WRONLY | os.O_CREAT, 0o600), "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
