"""G34: after an erasure nothing is readable anywhere, and every proof holds.

Every file of the installation (PostgreSQL with all databases, the keys' too, and the write-ahead log; Kafka; tiles, logs,
the witnesses' records), and what left it before (tiles, a report, dumps as a backup has them) are searched for content, in
the clear and as programs write it: before the erasure, for it must never be there, and after it for the destroyed keys
too. What compression could hide is searched row by row and record by record.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import grpc
import pytest
from corrections.common.v1.common_pb2 import EventMeta
from corrections.handoff.v1 import messages_pb2 as msg
from corrections.handoff.v1 import service_pb2 as handoff
from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import service_pb2 as intake
from corrections.supervision.v1 import service_pb2 as supervision
from devstack import backup, postgres
from devstack.databases import KEYS
from google.protobuf.message import Message
from guitu_cli.checking import check_log
from guitu_cli.main import app
from guitu_cli.running import services
from kafka import KafkaConsumer
from kafka.structs import TopicPartition

from tests.commands import CliRunner
from tests.e2e.world import COUNTY, World, judgment
from tests.raw_files import forms, holding

COURT = "erasing-court"
OFFICER, ANOTHER = f"staff/{COUNTY}/COUNTY_CCI/wang", f"staff/{COUNTY}/COUNTY_CCI/zhou"
PERSON = {
    "name": "澹台销毁之",
    "identity_number": "330203199105030175",
    "address": "宁波市海曙区药行街九百七十一号",
    "phone": "13957481234",
    "charges": ["破坏计算机信息系统罪之样本"],
    "injunctions": ["禁止进入鼓楼步行街网吧样本"],
}
PAPER = "缺少执行通知书第七联样本"
EVIDENCE = "走访笔录样本:邻居反映其夜不归宿"
REASON = "保管期限届满经县档案馆鉴定样本"
# known to stand in the clear: the search looks in the right places
CONTROL = COURT
CONTENT = [
    *(one for value in PERSON.values() for one in ([value] if isinstance(value, str) else value)),
    PAPER,
    EVIDENCE,
]


@dataclass(frozen=True)
class Erased:
    """A person who was erased, and what was kept from before."""

    case_id: str
    person_id: str
    bundle: Path
    kept: Path
    opened: intake.OpenTextsRequest
    texts: list[str]
    secrets: dict[UUID, bytes]
    found_before: list[str]
    control: set[str]


def guitu(world: World, *arguments: str) -> Any:
    """A command on the running system."""
    return CliRunner().invoke(app, list(arguments), env=dict(world.environment))


@pytest.fixture(scope="module")
def lived(world: World, tmp_path_factory: pytest.TempPathFactory) -> Erased:
    """One person's case was opened, written about, ended; its proof exported; then the person was erased by two people."""
    world.register({COURT: "戊法院"})
    body = judgment(COURT, 1, **{k: v for k, v in PERSON.items() if isinstance(v, str)})
    body.defendants[0].charges[:] = PERSON["charges"]
    body.defendants[0].injunctions[:] = PERSON["injunctions"]
    receipts = world.submit(COURT, body)
    assert receipts[-1].stage == msg.STAGE_ACCEPTED
    world.settled()
    case_id = world.case_id(COURT, f"{COURT}/1")
    _written(world, case_id)
    world.settled()
    kept = tmp_path_factory.mktemp("erasure")
    bundle = kept / "before.json"
    opened = _opening(world, case_id)
    texts = list(world.by(OFFICER).call(opened, intake.OpenTextsResponse).texts)
    _looked_at(world, case_id)
    _left_the_house(world, case_id, kept, "before")
    secrets = dict(_secrets(world))
    _flushed(world)
    before = everywhere(world, kept, written(CONTENT))
    control = {place.partition("/")[0] for place in everywhere(world, kept, forms(CONTROL))}

    asked = ("erase", case_id, "--unit", COUNTY)
    first = guitu(world, *asked, "--name", "wang", "--reason", REASON, "--kept-until", "2026-03-01")
    assert first.exit_code == 0, first.output
    alone = guitu(world, *asked, "--name", "wang", "--approve")
    assert alone.exit_code == 3, alone.output
    second = guitu(world, *asked, "--name", "zhou", "--approve", "--json")
    assert second.exit_code == 0, second.output
    world.settled()
    person_id = (
        world.by(OFFICER).call(intake.GetCaseRequest(case_id=case_id), intake.GetCaseResponse).case.person_id
    )
    _looked_at(world, case_id)
    _left_the_house(world, case_id, kept, "after")
    _flushed(world)
    return Erased(case_id, person_id, bundle, kept, opened, texts, secrets, before, control)


def _written(world: World, case_id: str) -> None:
    officer = world.by(OFFICER)
    came = intake.RecordReportingInRequest(
        request_id=f"e2e/{case_id}",
        case_id=case_id,
        mode=ev.RECEPTION_MODE_AT_OFFICE,
        missing_documents=[PAPER],
    )
    officer.call(came, intake.RecordReportingInResponse)
    world.settled()
    warn = supervision.WarnRequest(
        request_id=f"e2e/{case_id}",
        case_id=case_id,
        ground="warning.ground.serious-breach",
        evidence=EVIDENCE,
    )
    officer.call(warn, supervision.WarnResponse)
    died = intake.RecordDeathRequest(request_id=f"e2e/died/{case_id}", case_id=case_id, died_on="2026-03-01")
    officer.call(died, intake.RecordDeathResponse)


def _opening(world: World, case_id: str) -> intake.OpenTextsRequest:
    """Asks for every text of the case in the clear."""
    by = world.by(OFFICER)
    case = by.call(intake.GetCaseRequest(case_id=case_id), intake.GetCaseResponse)
    conduct = by.call(supervision.GetConductRequest(case_id=case_id), supervision.GetConductResponse)
    return intake.OpenTextsRequest(
        request_id=f"e2e/open/{case_id}", case_id=case_id, texts=[*case.texts, *conduct.texts]
    )


def _looked_at(world: World, case_id: str) -> None:
    """The case stands in answers, in lists of the past with their tables, and in the record of reads."""
    now = world.by(OFFICER).call(intake.GetCaseRequest(case_id=case_id), intake.GetCaseResponse)
    assert now.case.case_id == case_id
    for asked in (
        ("case", "show", case_id, "--unit", COUNTY),
        ("list", "cases", "--unit", COUNTY, "--as-of", "2026-03-01"),
        ("reads", case_id),
    ):
        ran = guitu(world, *asked)
        assert ran.exit_code == 0, ran.output


def _left_the_house(world: World, case_id: str, kept: Path, when: str) -> None:
    """A bundle, tiles, a report, and dumps of the databases as a backup of the events has them."""
    for asked in (
        ("export", case_id, "--output", str(kept / f"{when}.json")),
        ("tiles", "export", str(kept / f"tiles-{when}")),
        ("report", "issue", "--from", "2026-03-01", "--to", "2026-03-01", "--unit", COUNTY),
    ):
        ran = guitu(world, *asked)
        assert ran.exit_code == 0, ran.output
        (kept / f"{when}-{asked[0]}.txt").write_text(ran.output, "utf-8")
    address = world.system.servers.address
    for name in backup.databases(world.system):
        if name.endswith(KEYS):
            continue
        target = kept / f"{when}-{name}.sql.gz"
        dumped = subprocess.run(
            [str(postgres.program("pg_dump")), f"--host={address.host}", f"--port={address.port}",
             f"--username={address.user}", "--no-password", "--compress=gzip:1", f"--file={target}", name],
            env={**os.environ, "PGPASSWORD": address.password}, capture_output=True, check=False,
        )  # fmt: skip
        assert dumped.returncode == 0, dumped.stderr


def _secrets(world: World) -> Iterator[tuple[UUID, bytes]]:
    for database in ("intake_keys", "handoff_keys"):
        with world.superuser(database) as connection:
            for key_id, secret in connection.execute(
                "select key_id, secret from key where secret is not null"
            ):
                yield key_id, bytes(secret)


def _flushed(world: World) -> None:
    """What the servers still hold in memory is in their files."""
    with world.superuser("postgres") as connection:
        connection.execute("checkpoint")


def written(texts: Iterable[str | bytes]) -> list[bytes]:
    """The texts as programs write them."""
    return [form for text in texts for form in forms(text)]


def everywhere(world: World, kept: Path, needles: list[bytes]) -> list[str]:
    """Files of the installation and files that left it, rows and records, that hold one of these."""
    return [
        *holding(world.system.home, needles),
        *(f"kept/{path}" for path in holding(kept, needles)),
        *_rows(world, needles),
        *_records(world, needles),
    ]


def _rows(world: World, needles: list[bytes]) -> Iterator[str]:
    with world.superuser("postgres") as connection:
        databases = [r[0] for r in connection.execute("select datname from pg_database where datallowconn")]
    for database in databases:
        with world.superuser(database) as connection:
            tables = connection.execute(
                "select quote_ident(schemaname) || '.' || quote_ident(tablename) from pg_tables"
                # temporary tables of others are read by nobody else; their files are searched with the rest
                " where schemaname not in ('pg_catalog', 'information_schema') and schemaname not like 'pg_temp%'"
            ).fetchall()
            for (table,) in tables:
                rows = connection.execute(f"select * from {table}").fetchall()  # pyright: ignore[reportArgumentType, reportCallIssue]
                if _among([value for row in rows for value in row], needles):
                    yield f"rows/{database}/{table}"


def _among(values: Sequence[Any], needles: list[bytes]) -> bool:
    held = [bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in values]
    text = b"\0".join(held)
    return any(needle in text for needle in needles)


def _records(world: World, needles: list[bytes]) -> Iterator[str]:
    """Kafka's own client unpacks batches; topics that the broker keeps for itself are searched as files."""
    consumer = KafkaConsumer(bootstrap_servers=world.system.servers.bootstrap, enable_auto_commit=False)
    try:
        assert {topic.name for topic in world.system.topology.topics} <= consumer.topics()
        for topic in sorted(consumer.topics()):
            parts = [TopicPartition(topic, n) for n in consumer.partitions_for_topic(topic) or ()]
            consumer.assign(parts)
            consumer.seek_to_beginning(*parts)
            ends = consumer.end_offsets(parts)
            held: list[bytes] = []
            while any((consumer.position(part) or 0) < ends[part] for part in parts):
                for batch in consumer.poll(timeout_ms=200).values():
                    for one in batch:
                        held += [one.key or b"", one.value or b"", *(value for _, value in one.headers)]
            if _among(held, needles):
                yield f"records/{topic}"
    finally:
        consumer.close()


def test_no_content_ever_stands_in_the_clear(lived: Erased):
    # it was there to be read, beside what is written of who reports late: the world's clock may have gone on
    assert {PAPER, EVIDENCE} <= {*lived.texts}
    assert lived.found_before == []
    assert {"pg", "kafka", "rows", "records", "kept"} <= lived.control


def test_erasure_keeps_the_chain(world: World, lived: Erased):
    assert {name: check_log(world.system, name)["fault"] for name in services()} == dict.fromkeys(
        services(), ""
    )
    # everything was checked and holds; without a policy of the user's nobody can tell whether enough witnesses signed
    holds = (0, 3)
    before = guitu(world, "verify", str(lived.bundle))
    assert before.exit_code in holds, before.output
    after = lived.bundle.with_name("after.json")
    assert guitu(world, "export", lived.case_id, "--output", str(after)).exit_code == 0
    assert guitu(world, "verify", str(after)).exit_code in holds


def test_the_case_tells_how_its_person_was_erased(world: World, lived: Erased):
    """Proposal, approval and erasure stand in the case's trail and in its bundle, in order, and read in Chinese."""
    acts = ["个人信息销毁已提出", "个人信息销毁已批准", "个人信息已销毁"]
    environment = {**world.environment, "GUITU_LANG": "zh"}
    asked = ["case", "trail", lived.case_id, "--unit", COUNTY]
    trail = CliRunner().invoke(app, asked, env=environment)
    assert trail.exit_code == 0, trail.output
    places = [trail.stdout.index(act) for act in acts]
    assert places == sorted(places)
    assert not any(text in trail.stdout for text in [*CONTENT, REASON])

    bundle = json.loads(lived.bundle.with_name("after.json").read_bytes())
    events = [
        EventMeta.FromString(base64.b64decode(event["meta"]))
        for log in bundle["logs"]
        for stream in log["streams"]
        for event in stream["events"]
    ]
    named = [meta.type for meta in events if "Eras" in meta.type and UUID(lived.case_id).bytes in meta.about]
    assert [name.rsplit(".", 1)[1] for name in named if ".intake." in name] == [
        "ErasureProposed", "ErasureApproved", "PersonErased",
    ]  # fmt: skip
    told = CliRunner().invoke(app, ["verify", str(lived.bundle.with_name("after.json"))], env=environment)
    assert told.exit_code in (0, 3), told.output
    assert "不符之处" not in told.stdout
    # each exchange that opened a case has named it
    assert [
        link
        for log in json.loads(guitu(world, "log", "list", "--json").stdout)
        for link in log.get("links", ())
    ] == []


def test_nothing_of_the_person_is_left_in_any_file_and_no_key_either(world: World, lived: Erased):
    assert everywhere(world, lived.kept, written([*CONTENT, REASON])) == []
    left = dict(_secrets(world))
    gone = {key_id: secret for key_id, secret in lived.secrets.items() if key_id not in left}
    # the person's, the judgment's, and those of the notices about the case
    assert {UUID(world.exchange(COURT, f"{COURT}/1"))} < gone.keys()
    assert everywhere(world, lived.kept, written(gone.values())) == []
    assert everywhere(world, lived.kept, [next(iter(left.values()))])


def test_readers_are_told_that_it_was_destroyed(world: World, lived: Erased):
    officer = world.by(OFFICER)
    asked = intake.GetPersonRequest(request_id="e2e/erased", person_id=lived.person_id)
    told = officer.call(asked, intake.GetPersonResponse)
    assert (told.name, told.erased.reason, told.erased.kept_until) == ("", REASON, "2026-03-01")
    environment = {**world.environment, "GUITU_LANG": "zh"}
    for opening in (lived.opened, intake.OpenTextsRequest(request_id="e2e/again", case_id=lived.case_id, texts=lived.opened.texts)):  # fmt: skip
        found = officer.call(opening, intake.OpenTextsResponse)
        assert (list(found.texts), found.erased) == ([], True)
    shown = CliRunner().invoke(app, ["case", "show", lived.case_id, "--unit", COUNTY], env=environment)
    assert shown.exit_code == 0, shown.output
    assert "已销毁" in shown.stdout
    assert not any(text in shown.stdout for text in CONTENT)
    receipts = handoff.GetReceiptsRequest(message_id=f"{COURT}/1")
    assert (
        refused(lambda: world.by(f"agency/{COURT}").call(receipts, handoff.GetReceiptsResponse)) == "ERASED"
    )
    find = intake.FindCasesRequest(identity_number=str(PERSON["identity_number"]))
    assert list(world.by("service/handoff").call(find, intake.FindCasesResponse).cases) == []


def refused(call: Callable[[], Message]) -> str:
    with pytest.raises(grpc.RpcError) as error:
        call()
    return str(error.value.details()).partition(":")[0]  # pyright: ignore[reportAttributeAccessIssue]
