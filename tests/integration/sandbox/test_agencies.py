"""Agencies take each message up once, whatever is delivered how often, and believe only the platform's key."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from corrections.common.v1.common_pb2 import Signed
from corrections.handoff.v1 import messages_pb2 as msg
from corrections.sandbox.v1 import service_pb2 as api
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from devstack.testing import Database
from eventcore.store import pool
from sandbox.agencies.behaviour import Unreadable
from sandbox.agencies.book import Book, OtherContent
from sandbox.agencies.post import Away, Forged, NotForUs, Post
from sandbox.signing import sign, verified
from servicekit.agencies import Agency

COURT = Agency(code="court-1", kind="COURT", name_zh="法院", unit="330203")
PLATFORM = Ed25519PrivateKey.generate()
KEYS = {"court-1": Ed25519PrivateKey.generate()}


class Office:
    """A post room with its book."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.post = Post(
            book,
            installation="guitu-test",
            agency={"court-1": COURT}.get,
            key_of=KEYS.__getitem__,
            platform_key=PLATFORM.public_key,
        )


@pytest.fixture
async def office(sandbox_database: Database) -> AsyncIterator[Office]:
    opened = pool(sandbox_database.dsn, service="sandbox")
    async with opened:
        yield Office(Book(opened))


def notice(message_id: str, kind: str = "x.Warned", key: Ed25519PrivateKey = PLATFORM) -> Signed:
    return sign("handoff", key, msg.Notice(message_id=message_id, to="court-1", kind=kind))


def read(receipt: Signed) -> msg.Receipt:
    assert verified(receipt, [KEYS["court-1"].public_key()])
    return msg.Receipt.FromString(receipt.body)


async def test_a_message_delivered_twice_has_one_effect_and_the_same_receipt(office: Office):
    first = await office.post.deliver("court-1", notice("m1"))
    second = await office.post.deliver("court-1", notice("m1"))
    assert first == second
    assert read(first).stage == msg.STAGE_ACCEPTED
    (counted,) = await office.book.count()
    assert (counted.deliveries, counted.effects, counted.most_effects) == (2, 1, 1)


async def test_deliveries_side_by_side_have_one_effect(office: Office):
    receipts = await asyncio.gather(*(office.post.deliver("court-1", notice("m1")) for _ in range(8)))
    assert {r.SerializeToString() for r in receipts} == {receipts[0].SerializeToString()}
    (counted,) = await office.book.count()
    assert (counted.deliveries, counted.effects, counted.most_effects) == (8, 1, 1)


async def test_a_receipt_of_each_stage_is_a_message_of_its_own(office: Office):
    for stage in (msg.STAGE_ACCEPTED, msg.STAGE_EFFECTED, msg.STAGE_EFFECTED):
        await office.post.deliver("court-1", sign("x", PLATFORM, msg.Receipt(message_id="m1", stage=stage)))
    (counted,) = await office.book.count()
    assert (counted.deliveries, counted.effects) == (3, 2)


async def test_a_forged_message_of_the_platform_is_refused(office: Office):
    with pytest.raises(Forged):
        await office.post.deliver("court-1", notice("m1", key=Ed25519PrivateKey.generate()))
    assert await office.book.count() == []


async def test_other_content_under_a_known_id_is_refused(office: Office):
    await office.post.deliver("court-1", notice("m1"))
    with pytest.raises(OtherContent):
        await office.post.deliver("court-1", notice("m1", kind="x.Admonished"))


async def test_an_agency_of_nobody_gets_nothing(office: Office):
    with pytest.raises(NotForUs):
        await office.post.deliver("court-2", notice("m1"))


async def test_a_body_of_another_type_is_unreadable(office: Office):
    with pytest.raises(Unreadable):
        await office.post.deliver("court-1", sign("x", PLATFORM, msg.Judgment(message_id="m1")))


async def test_a_delayed_agency_takes_the_message_up_later(office: Office):
    await office.book.set_behaviour("court-1", api.BEHAVIOUR_DELAY, 2)
    for _ in range(2):
        with pytest.raises(Away):
            await office.post.deliver("court-1", notice("m1"))
    assert read(await office.post.deliver("court-1", notice("m1"))).stage == msg.STAGE_ACCEPTED
    (counted,) = await office.book.count()
    assert (counted.deliveries, counted.effects) == (1, 1)


async def test_a_lost_answer_brings_a_repetition_without_effect(office: Office):
    await office.book.set_behaviour("court-1", api.BEHAVIOUR_REPEAT, 1)
    with pytest.raises(Away):
        await office.post.deliver("court-1", notice("m1"))
    await office.post.deliver("court-1", notice("m1"))
    (counted,) = await office.book.count()
    assert (counted.deliveries, counted.effects) == (2, 1)


async def test_a_refusing_agency_signs_why_and_does_nothing(office: Office):
    await office.book.set_behaviour("court-1", api.BEHAVIOUR_REFUSE, 1)
    receipt = read(await office.post.deliver("court-1", notice("m1")))
    assert (receipt.stage, receipt.refusal.code) == (msg.STAGE_REFUSED, "NOT_COMPETENT")
    assert read(await office.post.deliver("court-1", notice("m1"))) == receipt
    assert read(await office.post.deliver("court-1", notice("m2"))).stage == msg.STAGE_ACCEPTED


async def test_a_forging_agency_is_no_witness_until_it_signs_truly(office: Office):
    await office.book.set_behaviour("court-1", api.BEHAVIOUR_FORGE, 1)
    forged = await office.post.deliver("court-1", notice("m1"))
    assert not verified(forged, [KEYS["court-1"].public_key()])
    assert read(await office.post.deliver("court-1", notice("m1"))).message_id == "m1"


async def test_a_receipt_names_simulated_time(office: Office):
    receipt = read(await office.post.deliver("court-1", notice("m1")))
    assert receipt.at.ToDatetime(tzinfo=UTC) == await office.book.now()
    assert receipt.at.ToDatetime(tzinfo=UTC) > datetime(2020, 1, 1, tzinfo=UTC)
