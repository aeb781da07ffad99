"""Servers for tests: a certificate authority of their own and channels as any caller, over real mTLS."""

from __future__ import annotations

import datetime
import ipaddress
from dataclasses import dataclass, field
from pathlib import Path

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from eventcore import ids
from eventcore.checkpoint import signer
from lawkit import load_law
from proofs.note import Signer

from servicekit import law_release
from servicekit.tls import Material

INSTALLATION = "guitu-test"


@dataclass
class Authority:
    """Makes certificates in the layout of every installation: `<home>/tls/<kind>/<name>/`."""

    home: Path
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    name: x509.Name = field(
        default_factory=lambda: x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test CA")])
    )

    def issue(self, kind: str, name: str, *also: str) -> Path:
        """The folder of a certificate for `spiffe://guitu-test/<kind>/<name>`; only services can serve.

        `also` are further services that this one stands for.
        """
        names: list[x509.GeneralName] = [
            x509.UniformResourceIdentifier(f"spiffe://{INSTALLATION}/{kind}/{name}")
        ]
        usages = [ExtendedKeyUsageOID.CLIENT_AUTH]
        if kind == "service":
            usages.append(ExtendedKeyUsageOID.SERVER_AUTH)
            names += [x509.DNSName(ids.server_name(INSTALLATION, service)) for service in (name, *also)]
            names += [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        return self._folder(f"{kind}/{name}", names, usages)

    def nameless(self) -> Path:
        """A certificate of this CA that holds no SPIFFE id."""
        return self._folder("nobody", [x509.DNSName("localhost")], [ExtendedKeyUsageOID.CLIENT_AUTH])

    def _folder(self, where: str, names: list[x509.GeneralName], usages: list[x509.ObjectIdentifier]) -> Path:
        folder = self.home / "tls" / where
        folder.mkdir(parents=True, exist_ok=True)
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, where[-60:])])
        certificate = (
            self._builder(subject, key.public_key())
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        (folder / "tls.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        (folder / "ca.crt").write_bytes(self.root())
        (folder / "tls.key").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return folder

    def _builder(self, subject: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=1))
        )

    def root(self) -> bytes:
        """The authority's own certificate, PEM."""
        certificate = (
            self._builder(self.name, self.key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(self.key, hashes.SHA256())
        )
        return certificate.public_bytes(serialization.Encoding.PEM)


@dataclass
class Channels:
    """Channels to a server under test, as any caller."""

    authority: Authority
    port: int
    opened: list[grpc.aio.Channel] = field(default_factory=list[grpc.aio.Channel])

    def channel(self, folder: Path | None) -> grpc.aio.Channel:
        """A channel with the certificate of a folder, or with none."""
        options = (("grpc.max_send_message_length", 64 * 1024 * 1024),)
        address = f"127.0.0.1:{self.port}"
        if folder is None:
            credentials = grpc.ssl_channel_credentials(self.authority.root())
        else:
            credentials = Material.read(folder).channel_credentials()
        made = grpc.aio.secure_channel(address, credentials, options=options)
        self.opened.append(made)
        return made

    def by(self, kind: str, name: str) -> grpc.aio.Channel:
        """A channel as the caller `spiffe://guitu-test/<kind>/<name>`."""
        return self.channel(self.authority.issue(kind, name))

    async def close(self) -> None:
        """Every channel is closed."""
        while self.opened:
            await self.opened.pop().close()


def release_the_law(home: Path) -> tuple[Signer, Signer]:
    """An author and a checker have signed the rule set in use, as outside the sandbox; their signers."""
    people = [signer(who, Ed25519PrivateKey.generate()) for who in ("zhang/author", "li/checker")]
    note: str | None = None
    for one in people:
        note = law_release.signed(load_law().digest, one, before=note)
    folder = law_release.folder(home)
    folder.mkdir(exist_ok=True)
    (folder / "law.vkeys").write_text("".join(f"{one.vkey}\n" for one in people), encoding="utf-8")
    (folder / "rules.release").write_text(note or "", encoding="utf-8")
    return people[0], people[1]
