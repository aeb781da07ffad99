"""Composition root of the sandbox's service process."""

from __future__ import annotations

from typing import NoReturn

import grpc
from corrections.handoff.v1 import agency_pb2_grpc
from corrections.sandbox.v1 import service_pb2_grpc
from servicekit.deps import Deps
from servicekit.service import Service, main

from sandbox.agencies.book import Book
from sandbox.agencies.post import Post, keys_of, platform_key
from sandbox.server import Agencies, Sandbox
from sandbox.wiring import Installation


def _add(server: grpc.aio.Server, deps: Deps) -> None:
    read = deps.settings
    book = Book(deps.pool)
    post = Post(
        book,
        installation=read.installation,
        agency=deps.agencies.get,
        key_of=keys_of(read.home),
        platform_key=platform_key(read.home),
    )
    installation = Installation.of(read)
    agency_pb2_grpc.add_AgencyServiceServicer_to_server(Agencies(post), server)
    service_pb2_grpc.add_SandboxServiceServicer_to_server(Sandbox(book, installation.clock), server)


SERVICE = Service(name="sandbox", add_to_server=_add)


def run(role: str) -> NoReturn:
    """The process does its role until SIGTERM or SIGINT, then ends with its exit code."""
    main(SERVICE, [role])
