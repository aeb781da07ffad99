"""kill -9 of services, broker and database while judgments come in: every message has one effect."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import grpc
from corrections.handoff.v1 import messages_pb2 as msg
from corrections.sandbox.v1 import service_pb2 as sandbox
from devstack import runfiles
from guitu_cli.client import OPERATOR
from guitu_cli.running import services

from tests.e2e.world import World, judgment, wait

COURT = "killed-court"
JUDGMENTS = 30
VICTIMS = ("handoff", "intake", "kafka", "postgres")
_PASSING = (
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.ABORTED,
)


def test_judgments_pushed_while_processes_are_killed_have_one_effect_each(world: World):
    world.register({COURT: "甲法院"})
    pushed = threading.Semaphore(0)

    def push(number: int) -> None:
        _submit(world, number)
        pushed.release()

    supervisor = world.system.supervisor(limit=10)
    supervisor.start()
    try:
        with ThreadPoolExecutor(2) as pool:
            pushing = [pool.submit(push, number) for number in range(1, JUDGMENTS + 1)]
            for victim in VICTIMS:
                for _ in range(JUDGMENTS // (len(VICTIMS) + 1)):
                    assert pushed.acquire(timeout=120)
                _kill(world, victim)
            for one in pushing:
                one.result()
        wait(lambda: all(supervisor.restarts[victim] for victim in VICTIMS), "restarts")
        world.settled()
        assert not supervisor.failures
    finally:
        supervisor.stop()
    _each_has_one_effect(world)


def _each_has_one_effect(world: World) -> None:
    cases = world.cases([COURT])
    assert {case.case_id for case in cases} == {
        world.case_id(COURT, f"{COURT}/{number}") for number in range(1, JUDGMENTS + 1)
    }
    assert len(cases) == JUDGMENTS
    for number in range(1, JUDGMENTS + 1):
        stages = [one.stage for one in world.receipts(COURT, f"{COURT}/{number}")]
        assert stages == [msg.STAGE_RECEIVED, msg.STAGE_ACCEPTED, msg.STAGE_EFFECTED]
    with world.superuser("intake") as connection:
        opened = connection.execute(
            "select count(*), count(distinct subject) from es.event where type like '%%.CaseOpened' and subject = any(%s)",
            [[case.case_id for case in cases]],
        ).fetchone()
    assert opened == (JUDGMENTS, JUDGMENTS)
    assert [(one.open_commands, one.parked) for one in map(world.positions, services())] == [(0, 0)] * len(
        services()
    )
    effects = world.by(OPERATOR).call(sandbox.CountEffectsRequest(), sandbox.CountEffectsResponse).agencies
    assert max(one.most_effects for one in effects) == 1


def _submit(world: World, number: int) -> None:
    """The judgment has its receipts, however often it had to be sent."""

    def sent() -> bool:
        try:
            return bool(world.submit(COURT, judgment(COURT, number)))
        except grpc.RpcError as error:
            if cast("grpc.Call", error).code() not in _PASSING:
                raise
            return False

    wait(sent, f"judgment {number} is answered", 120)


def _kill(world: World, name: str) -> None:
    victim = runfiles.recorded(world.system.home)[name]
    assert runfiles.is_alive(victim)
    os.kill(victim.pid, signal.SIGKILL)

    def back() -> bool:
        # a start that failed leaves no run file until the next one
        now = runfiles.found(world.system.home, name)
        return now is not None and now.pid != victim.pid and runfiles.is_alive(now)

    wait(back, f"{name} is started again")
