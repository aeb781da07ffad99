"""案件轨迹. 社区矫正法 第六十二条."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5

from audit.domain.logs import LOGS, OTHERS
from audit.domain.trail import Gap, Seen, gaps, lacking, ordered, proof
from audit.keys import write_log_vkeys
from audit.main import SERVICE
from contracts import registry
from corrections.handoff.v1 import events_pb2 as handoff
from eventcore.meta import cases_named
from proofs.note import parse_vkeys
from servicekit.signing import log_signer

DAY = datetime(2026, 3, 2, 1, tzinfo=UTC)
STREAM = UUID(int=1)


def seen(
    service: str, seq: int, *, stream: UUID = STREAM, version: int = 1, cause: UUID | None = None
) -> Seen:
    event_id = uuid5(stream, f"{service} {version}")
    return Seen(service, seq, stream, version, event_id, "t", DAY, DAY, "a", "JO", "330203", cause, "", DAY)  # fmt: skip


def test_a_trail_is_in_the_order_of_the_facts():
    late = replace(seen("intake", 0), occurred_at=DAY + timedelta(days=1))
    early = replace(seen("education", 7), recorded_at=DAY + timedelta(days=9))
    assert ordered([late, early]) == [early, late]


def test_a_cause_stands_before_what_it_caused_at_the_same_instant():
    court = seen("supervision", 3, stream=UUID(int=2))
    case = seen("intake", 8, stream=UUID(int=3), cause=court.event_id)
    effect = seen("assistance", 1, stream=UUID(int=4), cause=case.event_id)
    second = seen("assistance", 2, stream=UUID(int=4), version=2)
    second = replace(second, event_id=UUID(int=99))
    assert ordered([effect, second, case, court]) == [court, case, effect, second]


def test_what_one_log_holds_of_one_instant_is_in_the_order_of_that_log():
    first = seen("intake", 1, stream=UUID(int=2))
    ended = seen("intake", 2, stream=UUID(int=2), version=2)
    proposed = seen("intake", 3, stream=UUID(int=3))
    assert ordered([proposed, ended, first]) == [first, ended, proposed]


def test_causes_in_a_circle_do_not_hang_the_trail():
    one, two = seen("intake", 1, stream=UUID(int=5)), seen("intake", 2, stream=UUID(int=6))
    circle = [replace(one, causation_id=two.event_id), replace(two, causation_id=one.event_id)]
    assert {e.seq for e in ordered(circle)} == {1, 2}


def test_an_event_is_proven_below_a_cosigned_checkpoint_logged_below_a_verified_one_and_named_where_it_does_not_fit():
    verified, bad, cosigned = {"intake": 5}, {("intake", 1)}, {"intake": 3}
    states = [proof(seen("intake", seq), verified, bad, cosigned) for seq in (1, 2, 3, 4, 5)]
    assert states == ["MISMATCH", "PROVEN", "LOGGED", "LOGGED", "STORED"]
    assert proof(seen("education", 0), verified, bad, cosigned) == "STORED"


def test_every_event_type_of_the_contracts_is_audited():
    everything = next(one for one in SERVICE.subscriptions if set(one.services) == set(OTHERS))
    handled = set(everything.handle).union(*(p.handle for p in SERVICE.projections))
    assert handled == set(registry.event_types().values())


def test_an_exchange_names_its_cases():
    one, two = UUID(int=7), UUID(int=8)
    effected = handoff.MessageEffected(case_ids=[str(one), "none", str(two)])
    assert cases_named(effected) == [one, two]
    assert cases_named(handoff.EffectNoted(case_id=str(one))) == [one]
    assert cases_named(handoff.MessageAccepted()) == []


def test_the_keys_of_the_logs_lie_in_one_file_for_verifiers(tmp_path: Path):
    signer = log_signer(tmp_path, installation="guitu-test", service="intake")
    path = write_log_vkeys(tmp_path, "guitu-test", LOGS)
    assert parse_vkeys(path.read_text(encoding="utf-8")) == signer.vkeys


def test_a_stream_lacks_its_head_and_its_middle_and_what_is_about_another_case_is_told_apart():
    shown = [seen("supervision", n, version=n) for n in (3, 4, 7)]
    lacked = lacking(shown)
    assert lacked == {("supervision", STREAM): [1, 2, 5, 6]}
    assert gaps(lacked, {(STREAM, 5), (UUID(int=9), 1)}) == [
        Gap("supervision", STREAM, 1, 2, hidden=False),
        Gap("supervision", STREAM, 5, 5, hidden=True),
        Gap("supervision", STREAM, 6, 6, hidden=False),
    ]


def test_an_exchange_is_no_exception():
    shown = [seen("handoff", n, version=n) for n in (1, 2, 5)]
    assert gaps(lacking(shown), set()) == [Gap("handoff", STREAM, 3, 4, hidden=False)]
    assert lacking(shown[:2]) == {}
