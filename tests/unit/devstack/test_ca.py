"""Certificates and signing keys of the development installation."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from pathlib import Path

import pytest
from cryptography import x509
from devstack.ca import TlsFiles, issue, signing_key
from devstack.errors import StackError

SERVES, CALLS = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"


def _context(files: TlsFiles, purpose: ssl.Purpose) -> ssl.SSLContext:
    context = ssl.create_default_context(purpose, cafile=str(files.ca))
    context.load_cert_chain(files.cert, files.key)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def _handshake(server: TlsFiles, client: TlsFiles) -> str:
    """The URI that the server reads from the client's certificate."""
    near, far = socket.socketpair()
    near.settimeout(5)
    far.settimeout(5)
    seen: list[str] = []

    def serve() -> None:
        # A refused client is seen on its own side.
        with (
            contextlib.suppress(ssl.SSLError),
            _context(server, ssl.Purpose.CLIENT_AUTH).wrap_socket(far, server_side=True) as secured,
        ):
            certificate = secured.getpeercert(binary_form=True)
            assert certificate is not None
            names = x509.load_der_x509_certificate(certificate).extensions.get_extension_for_class(
                x509.SubjectAlternativeName
            )
            seen.extend(names.value.get_values_for_type(x509.UniformResourceIdentifier))
            secured.sendall(b"!")

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with _context(client, ssl.Purpose.SERVER_AUTH).wrap_socket(
            near, server_hostname="localhost"
        ) as secured:
            secured.recv(1)
    finally:
        thread.join(5)
        near.close()
        far.close()
    return seen[0]


def test_server_reads_the_identity_of_its_client(tmp_path: Path) -> None:
    server, client = issue(tmp_path, "service/intake"), issue(tmp_path, "staff/330106/COUNTY_CCI/wang")
    assert _handshake(server, client) == "spiffe://guitu-dev/staff/330106/COUNTY_CCI/wang"


def _extensions(files: TlsFiles) -> tuple[x509.SubjectAlternativeName, list[str]]:
    found = x509.load_pem_x509_certificate(files.cert.read_bytes()).extensions
    usages = found.get_extension_for_class(x509.ExtendedKeyUsage).value
    names = found.get_extension_for_class(x509.SubjectAlternativeName).value
    return names, [str(one.dotted_string) for one in usages]


def test_a_service_serves_and_calls_under_its_own_name_and_on_loopback(tmp_path: Path) -> None:
    names, usages = _extensions(issue(tmp_path, "service/intake"))
    assert names.get_values_for_type(x509.DNSName) == ["intake.guitu-dev.internal", "localhost"]
    assert [str(one) for one in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]
    assert usages == [SERVES, CALLS]


def test_the_server_of_an_agency_only_serves(tmp_path: Path) -> None:
    names, usages = _extensions(issue(tmp_path, "endpoint/court-330106"))
    assert names.get_values_for_type(x509.DNSName)[0] == "court-330106.agency.guitu-dev.internal"
    assert usages == [SERVES]


@pytest.mark.parametrize("who", ["agency/court-330106", "staff/330106/COUNTY_CCI/wang", "operator/li"])
def test_everybody_else_only_calls(tmp_path: Path, who: str) -> None:
    names, usages = _extensions(issue(tmp_path, who))
    assert not names.get_values_for_type(x509.DNSName)
    assert usages == [CALLS]
    with pytest.raises(ssl.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        _handshake(issue(tmp_path, who), issue(tmp_path, "service/intake"))


def test_certificate_of_another_authority_is_refused(tmp_path: Path) -> None:
    server, stranger = issue(tmp_path / "a", "service/intake"), issue(tmp_path / "b", "service/intake")
    with pytest.raises(ssl.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        _handshake(server, stranger)


def test_files_are_private_and_laid_out_as_in_the_cluster(tmp_path: Path) -> None:
    files = issue(tmp_path, "agency/court-330106")
    assert files.folder == tmp_path / "tls" / "agency" / "court-330106"
    assert sorted(path.name for path in files.folder.iterdir()) == ["ca.crt", "tls.crt", "tls.key"]
    assert {path.stat().st_mode & 0o777 for path in files.folder.iterdir()} == {0o600}


def test_issued_certificate_is_kept(tmp_path: Path) -> None:
    first = issue(tmp_path, "service/intake").cert.read_bytes()
    assert issue(tmp_path, "service/intake").cert.read_bytes() == first


def test_other_installation_gets_another_certificate(tmp_path: Path) -> None:
    first = issue(tmp_path, "service/intake").cert.read_bytes()
    assert issue(tmp_path, "service/intake", installation="county-a").cert.read_bytes() != first


def test_half_written_set_is_issued_again(tmp_path: Path) -> None:
    files = issue(tmp_path, "service/intake")
    files.cert.unlink()
    assert issue(tmp_path, "service/intake").cert.exists()


@pytest.mark.parametrize(
    "path", ["service", "robot/x", "agency/../service/intake", "service/in take", "/service/x"]
)
def test_identity_of_no_known_kind_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(StackError, match="want service/<name>"):
        issue(tmp_path, path)


def test_signing_key_is_drawn_once_and_kept_private(tmp_path: Path) -> None:
    first, again = signing_key(tmp_path, "court-330106"), signing_key(tmp_path, "court-330106")
    again.public_key().verify(first.sign(b"judgment"), b"judgment")
    private = tmp_path / "keys" / "court-330106.ed25519"
    assert private.stat().st_mode & 0o777 == 0o600
    public = (tmp_path / "keys" / "court-330106.ed25519.pub").read_text().strip()
    assert bytes.fromhex(public) == first.public_key().public_bytes_raw()


def test_owner_that_would_leave_the_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="want letters"):
        signing_key(tmp_path, "../x")
