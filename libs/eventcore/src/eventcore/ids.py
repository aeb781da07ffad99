"""Every id is derived, none is drawn: the same history has the same ids (UUID version 5).

Names of servers too: a certificate binds each to one service or agency (docs/adr/0019).
"""

from __future__ import annotations

from functools import cache
from hashlib import sha1
from uuid import NAMESPACE_DNS, UUID, uuid5


@cache
def namespace(installation: str) -> UUID:
    """Namespace of all ids of an installation."""
    return uuid5(NAMESPACE_DNS, installation)


def server_name(installation: str, service: str) -> str:
    """DNS name in the certificate of a service: its callers know it by this name, wherever it listens."""
    return f"{service.replace('_', '-')}.{installation}.internal"


def agency_server_name(installation: str, code: str) -> str:
    """The same for an agency's own server, unless the registry of agencies gives it another name."""
    return f"{code}.agency.{installation}.internal"


def stream_id(installation: str, service: str, category: str, key: str) -> UUID:
    """Stream of one aggregate: a case has another stream in each service."""
    return uuid5(namespace(installation), f"{service}/{category}/{key}")


def event_id(stream: UUID, version: int) -> UUID:
    """Event at a version (from 1) of a stream."""
    return UUID(bytes=event_id_bytes(stream.bytes, version))


# RFC 9562: version 5 in bits 48 to 51, variant 10 in bits 64 and 65
_UUID_FREE = (1 << 128) - 1 - (0xF << 76) - (0x3 << 62)
_UUID_FIXED = (0x5 << 76) | (0x2 << 62)


def event_id_bytes(stream: bytes, version: int) -> bytes:
    """The same as 16 bytes: uuid5 without two UUID objects, for it is made for every event written and checked."""
    digest = sha1(stream + b"%d" % version, usedforsecurity=False).digest()[:16]
    return (int.from_bytes(digest, "big") & _UUID_FREE | _UUID_FIXED).to_bytes(16, "big")


def event_id_text(stream: bytes, version: int) -> str:
    """The same as text, for it is made for every record published."""
    digits = event_id_bytes(stream, version).hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def request_id(installation: str, actor: str, method: str, request: str) -> UUID:
    """A caller's request: nobody reads or squats another's answer."""
    return derived(installation, "request", actor, method, request)


def command_id(installation: str, subscription: str, event: UUID, step: str) -> UUID:
    """Command that a process manager derives from an event: sending it twice has one effect."""
    return derived(installation, "command", subscription, str(event), step)


def derived(installation: str, *parts: str) -> UUID:
    """Id of anything else; equal parts give the equal id, and no two lists of parts share one."""
    return uuid5(namespace(installation), "".join(f"{len(p)}:{p}," for p in parts))
