"""A server is who the caller meant, not only somebody with a certificate of the installation (docs/adr/0019)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Never, Protocol, cast

import grpc
import pytest
from corrections.store.v1 import store_pb2, store_pb2_grpc
from devstack import ca
from eventcore import ids
from eventcore.errors import NotFound
from servicekit.agencies import Agency
from servicekit.checks import Context
from servicekit.peers import AsyncPeers, Peers
from servicekit.ready import is_serving
from servicekit.settings import Settings
from servicekit.testing import INSTALLATION, Authority

Start = Callable[..., Awaitable["Running"]]
Make = Callable[..., Settings]
HEAD = store_pb2.ReadStreamRequest(stream_id="00000000-0000-0000-0000-000000000001")


class Running(Protocol):
    """What the fixture `start` gives."""

    port: int


class Silent(store_pb2_grpc.StoreServiceServicer):
    """Has no stream."""

    async def ReadStream(self, request: store_pb2.ReadStreamRequest, context: Context) -> Never:
        raise NotFound


def silent() -> Silent:
    """The rest of the contract answers INTERNAL."""
    return Silent()  # pyright: ignore[reportAbstractUsage]


async def _asked(settings: Settings) -> grpc.StatusCode:
    """What asking `supervision` ends with; NOT_FOUND is the server's own answer."""
    peers = AsyncPeers(settings)
    try:
        stub = store_pb2_grpc.StoreServiceStub(peers.channel("supervision"))
        with pytest.raises(grpc.aio.AioRpcError) as e:
            await stub.ReadStream(HEAD, timeout=2)
        return e.value.code()
    finally:
        await peers.close()


@pytest.mark.parametrize("holder", ["agency/court-1", "staff/330203", "operator/li", "service/education"])
async def test_a_server_with_the_certificate_of_somebody_else_is_refused(
    holder: str, start: Start, settings: Make, authority: Authority
):
    running = await start(silent(), tls=authority.issue(*holder.split("/")))
    calling = settings(peers={"supervision": f"127.0.0.1:{running.port}"})
    assert await _asked(calling) == grpc.StatusCode.UNAVAILABLE


async def test_a_service_is_spoken_to_under_its_own_name(start: Start, settings: Make):
    running = await start(silent(), service="supervision")
    calling = settings(peers={"supervision": f"127.0.0.1:{running.port}"})
    assert await _asked(calling) == grpc.StatusCode.NOT_FOUND


def _reached(settings: Settings) -> bool:
    peers = Peers(settings)
    try:
        peers.store("supervision").ReadStream(HEAD, timeout=2)
    except grpc.RpcError as error:
        return cast("grpc.Call", error).code() == grpc.StatusCode.NOT_FOUND
    finally:
        peers.close()
    return True


@pytest.mark.parametrize(("poses", "reached"), [("supervision", True), ("education", False)])
async def test_the_synchronous_roles_refuse_a_service_that_poses_as_another(
    poses: str, *, reached: bool, start: Start, settings: Make
):
    running = await start(silent(), service=poses)
    calling = settings(peers={"supervision": f"127.0.0.1:{running.port}"})
    assert await asyncio.to_thread(_reached, calling) is reached


async def test_an_agency_is_spoken_to_under_the_name_of_the_registry(start: Start, settings: Make):
    running = await start(silent(), service="sandbox")
    known = {"code": "court-1", "kind": "COURT", "name_zh": "某某法院", "unit": "330203"}
    endpoint = f"127.0.0.1:{running.port}"
    peers = AsyncPeers(settings())
    try:
        for name, code in (
            ("", grpc.StatusCode.UNAVAILABLE),
            (ids.server_name(INSTALLATION, "sandbox"), grpc.StatusCode.NOT_FOUND),
        ):
            agency = Agency.model_validate({**known, "endpoint": endpoint, "server_name": name})
            with pytest.raises(grpc.aio.AioRpcError) as e:
                await store_pb2_grpc.StoreServiceStub(peers.agency(agency)).ReadStream(HEAD, timeout=2)
            assert e.value.code() == code
    finally:
        await peers.close()


@pytest.mark.parametrize(
    ("serving", "asking", "answered"),
    [
        ("service/intake", "operator/li", True),
        ("service/education", "operator/li", False),
        ("agency/court-1", "operator/li", False),
        ("service/intake", "agency/court-1", True),
        # an endpoint of an agency only serves
        ("service/intake", "endpoint/court-1", False),
    ],
)
async def test_certificates_of_the_development_authority_serve_or_call_as_their_kind_says(
    serving: str, asking: str, *, answered: bool, start: Start, tmp_path: Path
):
    folders = [ca.issue(tmp_path / "own", who, installation=INSTALLATION).folder for who in (serving, asking)]
    running = await start(silent(), tls=folders[0])
    address, named = f"127.0.0.1:{running.port}", ids.server_name(INSTALLATION, "intake")
    said = await asyncio.to_thread(is_serving, address, folders[1], server_name=named, timeout_s=2.0)
    assert said is answered
