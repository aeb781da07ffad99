"""Certificates of a process: `tls.crt`, `tls.key`, `ca.crt` in one folder, the same layout in a cluster and
on a host.

Both sides of every connection show a certificate; a client demands the server's name. A server takes up renewed files without a restart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import grpc

from servicekit.logs import log

NAMES = ("tls.key", "tls.crt", "ca.crt")


@dataclass(frozen=True, slots=True)
class Material:
    """Private key, certificate chain and root, PEM."""

    key: bytes
    certificate: bytes
    root: bytes

    @classmethod
    def read(cls, folder: Path) -> Material:
        """What the folder holds now; OSError when a file is missing."""
        return cls(*((folder / name).read_bytes() for name in NAMES))

    def channel_credentials(self) -> grpc.ChannelCredentials:
        """Credentials of a client that shows this certificate."""
        return grpc.ssl_channel_credentials(self.root, self.key, self.certificate)

    def configuration(self) -> grpc.ServerCertificateConfiguration:
        """What a server shows and whom it trusts."""
        return grpc.ssl_server_certificate_configuration([(self.key, self.certificate)], self.root)


def pinned(server_name: str) -> tuple[str, str]:
    """Channel argument with which only a server whose certificate holds this DNS name is spoken to.

    gRPC checks the name of the certificate and not its SPIFFE id; one authority gives each server both
    (`eventcore.ids.server_name`), so whoever holds another service's certificate is refused.
    """
    return ("grpc.ssl_target_name_override", server_name)


def server_credentials(folder: Path) -> grpc.ServerCredentials:
    """Credentials of a server that demands a client certificate and takes up renewed files at the next
    handshake.
    """
    return grpc.dynamic_ssl_server_credentials(
        Material.read(folder).configuration(),
        cast("Callable[[], grpc.ServerCertificateConfiguration]", _renewed(folder)),
        require_client_authentication=True,
    )


def _renewed(folder: Path) -> Callable[[], grpc.ServerCertificateConfiguration | None]:
    seen = _stamps(folder)

    def fetch() -> grpc.ServerCertificateConfiguration | None:
        nonlocal seen
        try:
            now = _stamps(folder)
            if now == seen:
                return None
            material = Material.read(folder)
        except OSError as e:
            log().warning(
                "tls.unreadable", error=type(e).__name__, remedy="restore the files; the old ones are in use"
            )
            return None
        seen = now
        log().info("tls.renewed")
        return material.configuration()

    return fetch


def _stamps(folder: Path) -> tuple[int, ...]:
    return tuple((folder / name).stat().st_mtime_ns for name in NAMES)
