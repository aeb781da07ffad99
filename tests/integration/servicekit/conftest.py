"""Settings and servers of the StoreService on ports that the kernel chooses."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from corrections.store.v1 import store_pb2_grpc
from lawkit import load_law
from servicekit.agencies import Agencies
from servicekit.errors import Texts
from servicekit.server import Server
from servicekit.settings import Limits, Settings
from servicekit.testing import INSTALLATION, Authority, Channels


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """A CA of its own, certificates under the test's home."""
    return Authority(tmp_path)


@pytest.fixture
def settings(authority: Authority) -> Callable[..., Settings]:
    """Settings of service `intake` in the test's home; keywords replace."""

    def make(**given: object) -> Settings:
        service = str(given.get("service", "intake"))
        authority.issue("service", service)
        base: dict[str, object] = {
            "service": service,
            "installation": INSTALLATION,
            "home": authority.home,
            "port": 0,
            "postgres": "host=127.0.0.1",
            "kafka": "127.0.0.1:9",
            "limits": Limits(drain_s=5.0, default_deadline_s=5.0, longest_deadline_s=5.0),
        }
        return Settings.model_validate({**base, **given})

    return make


@dataclass
class Running(Channels):
    """A server under test and channels to it."""

    server: Server | None = None


@pytest.fixture
async def start(
    authority: Authority, settings: Callable[..., Settings]
) -> AsyncIterator[Callable[..., Awaitable[Running]]]:
    """Starts a server of the StoreService with the servicer given; ends it with the test."""
    running: list[Running] = []
    registry = [{"code": "court-1", "kind": "COURT", "name_zh": "某某法院", "unit": "330203"}]
    (authority.home / "agencies.yaml").write_text(yaml.safe_dump(registry, allow_unicode=True))

    async def run(servicer: store_pb2_grpc.StoreServiceServicer, **given: object) -> Running:
        made = Server(
            settings=settings(**given),
            agencies=Agencies.of(authority.home),
            texts=Texts(),
            law=load_law,
            add=lambda server: store_pb2_grpc.add_StoreServiceServicer_to_server(servicer, server),
        )
        running.append(Running(authority, await made.start(), server=made))
        await made.serving()
        return running[-1]

    yield run
    for each in running:
        await each.close()
        assert each.server is not None
        await each.server.drain()
