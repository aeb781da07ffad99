"""A rule set that two people released decides from its day on, a withdrawn one no more; without its text nothing is decided.

The rule sets here are invented.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from uuid import UUID

import pytest
from corrections.administration.v1 import events_pb2 as ev
from devstack.postgres import Address
from intake.domain.ids import case_id_of
from servicekit.rule_sets import path_of

from tests.integration.intake.test_intake import opened, person
from tests.integration.intake.world import World, judgment, running
from tests.integration.law_calls import explain
from tests.integration.one_service import wait

RULE = "intake.report.deadline"
STREAM = "ruleset/00000000-0000-5000-8000-00000000000{}"
OPEN = "select last_error from es.command where answer is null and refusal is null"


def drafted(days: int) -> bytes:
    """The rules with another number of days for reporting in."""
    text = (files("lawkit") / "data" / "rules.yaml").read_text(encoding="utf-8")
    found = re.search(rf"\n- id: {re.escape(RULE)}\n.*?(?=\n- id: )", text, re.S)
    assert found is not None
    return text.replace(found[0], found[0].replace("duration: 10", f"duration: {days}")).encode()


@pytest.fixture(scope="module")
def ruled(
    postgres_server: Address, kafka_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[World, Path]]:
    """Intake of an installation of its own, and its data folder."""
    home = tmp_path_factory.mktemp("rules")
    with running(postgres_server, kafka_server, home) as made:
        yield made, home


def release(world: World, number: int, text: bytes, effective_on: str) -> str:
    """administration has recorded the release; intake knows of it. The digest."""
    digest = sha256(text).hexdigest()
    event = ev.RuleSetReleased(rule_set_id=f"set-{number}", digest=digest, effective_on=effective_on)
    world.publisher.tell(world.administration, STREAM.format(number), event)
    wait(lambda: len(world.query("select 1 from es.rule_set")) == number, "followed")
    return digest


def put(home: Path, text: bytes) -> None:
    path = path_of(home, sha256(text).hexdigest())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text)


def due(world: World, case: UUID) -> str:
    return world.case(case).report_due


def explained(world: World, case: UUID) -> tuple[int, str]:
    """Length and last day of reporting in, as the service explains them."""
    counting = explain(world, case, date="report_due").counting
    return counting.count, counting.last_day


def test_a_released_rule_set_decides_from_its_day_until_it_is_withdrawn(ruled: tuple[World, Path]):
    world, home = ruled
    eight, four = drafted(8), drafted(4)
    put(home, eight)
    world.at("2026-03-03T09:00")
    release(world, 1, eight, "2026-03-10")
    # a rule set is read before a process serves, else within seconds
    world.restart()
    (before,) = opened(world, "之前", person())
    assert due(world, before) == "2026-03-12"
    world.at("2026-03-10T09:00")
    (after,) = opened(world, "之后", person())
    assert due(world, after) == "2026-03-10"
    # what was decided before stays decided
    assert due(world, before) == "2026-03-12"
    # each is explained by the rules that decided it
    assert explained(world, before) == (10, "2026-03-12")
    assert explained(world, after) == (8, "2026-03-10")
    withdrawn = ev.RuleSetWithdrawn(withdrawn_from="2026-03-11")
    world.publisher.tell(world.administration, STREAM.format(1), withdrawn)
    wait(lambda: bool(world.query("select 1 from es.rule_set where withdrawn_from is not null")), "told")
    world.at("2026-03-11T09:00")
    (again,) = opened(world, "撤回", person())
    assert due(world, again) == "2026-03-12"
    # the software's rules decide again; the missed day of the one before is explained by those that set it
    assert explained(world, again) == (10, "2026-03-12")
    assert explained(world, after) == (8, "2026-03-10")

    # the text of the next one is not there: nothing is decided, then it is
    release(world, 2, four, "2026-03-12")
    world.at("2026-03-12T09:00")
    exchange = world.accept("等待", judgment("等待", person(), decided="2026-02-20"), numbers=(1,))
    wait(lambda: [row[0] for row in world.query(OPEN)] == ["UNAVAILABLE"], "it waits")
    put(home, four)
    wait(lambda: not world.query(OPEN), "it was decided")
    assert due(world, case_id_of(exchange, 1)) == "2026-03-06"
