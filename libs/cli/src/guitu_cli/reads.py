"""`guitu reads CASE`: who has read a person's record, as the procuratorate sees it and as the person may know it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC
from typing import Annotated

import typer
from corrections.audit.v1 import service_pb2 as audit
from eventcore.decider import SHANGHAI

from guitu_cli.client import Client, client
from guitu_cli.output import DONE, FAILED, Row, document, plain, rows
from guitu_cli.paging import pages
from guitu_cli.running import AsJson
from guitu_cli.texts import head, say

_PAGE = 1000
OFFICE_DIGITS = 9  # not the law's: a judicial office in GB/T 2260
_PURPOSE = "guitu/reads"


def reads(
    case_id: str,
    agency: Annotated[
        str,
        typer.Option(
            "--agency",
            help="Procuratorate (`guitu agency list`) in whose name it is read: everybody is named.",
        ),
    ] = "",
    unit: Annotated[
        str,
        typer.Option(
            help="Unit that hands the person his view: county, or judicial office with 9 digits; default: operations."
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Who read the case, what, when and for what purpose. Asking is a recorded read too.

    Exit 1 when the event of a read is not as it was recorded: the list says which, and tells all others.
    """
    if agency:
        with client(f"agency/{agency}") as to:
            answers = _all(to, case_id)
    else:
        with _handing_out(unit) as to:
            answers = _of_person(to, case_id)
    found = [one for answer in answers for one in answer.reads]
    if any(answer.incomplete for answer in answers):
        typer.echo(
            say(
                "注意：部分查阅记录已无法读取（密钥遗失）或等待处理，以下可能不全。",
                "NOTE: some reads cannot be told (their key was lost) or wait to be dealt with; some may be missing.",
            ),
            err=True,
        )
    damaged = {one.seq: one.finding for one in found if one.finding}
    if damaged:
        typer.echo(_warning(damaged), err=True)
    if as_json:
        document([plain(one) for one in found])
    else:
        rows(
            say(f"查阅记录 {len(found)}", f"{len(found)} reads"),
            [_row(one, bool(agency)) for one in found],
            as_json=False,
        )
    raise typer.Exit(FAILED if damaged else DONE)


def _warning(damaged: Mapping[int, str]) -> str:
    named = ", ".join(f"{seq} {finding}" for seq, finding in sorted(damaged.items()))
    return say(
        f"警告：audit 日志中的记录与登记时不一致（{named}），其中的查阅无法显示；其余查阅不受影响。"
        "请运行 guitu fsck,并按 docs/runbooks/mismatch.md 处理。",
        f"WARNING: events of audit's log are not as recorded ({named}): the reads that they hold cannot be told; all others are."
        " Run `guitu fsck` and go by docs/runbooks/mismatch.md.",
    )


def _handing_out(unit: str) -> AbstractContextManager[Client]:
    if not unit:
        return client()
    role = "JO" if len(unit) == OFFICE_DIGITS else "COUNTY_CCI"
    return client(f"staff/{unit}/{role}/guitu")


def _all(to: Client, case_id: str) -> list[audit.ListReadsResponse]:
    request = audit.ListReadsRequest(case_id=case_id, page_size=_PAGE)
    return list(pages(lambda one: to.call(one, audit.ListReadsResponse, purpose=_PURPOSE), request))


def _of_person(to: Client, case_id: str) -> list[audit.ListPersonReadsResponse]:
    request = audit.ListPersonReadsRequest(case_id=case_id, page_size=_PAGE)
    return list(pages(lambda one: to.call(one, audit.ListPersonReadsResponse, purpose=_PURPOSE), request))


def _row(one: audit.CaseRead, named: bool) -> Row:
    at = "" if one.finding else one.at.ToDatetime(UTC).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    # in the place of the read, so that none is missing without a word
    broken = say(f"已损坏：audit {one.seq} {one.finding}", f"damaged: audit {one.seq} {one.finding}")
    told: Row = {
        head("时间", "time"): at,
        head("内容", "what"): broken if one.finding else one.reads,
        head("字段", "fields"): ", ".join(one.fields),
        head("单位", "unit"): one.unit,
        head("身份", "role"): one.role,
        head("目的", "purpose"): "" if one.finding else one.purpose or say("未说明", "not stated"),
        head("服务", "service"): one.service,
    }
    if not named:
        return told
    return {
        **told,
        head("谁", "who"): one.actor.rsplit("/", 1)[-1],
        head("拒绝", "refused"): f"{one.refused} ×{one.times}" if one.times > 1 else one.refused,
        head("同时所示", "shown together"): one.shown,
    }
