"""`guitu law simulate`: history replayed read-only under a draft of the rules; whose outcome or deadline changes."""

from __future__ import annotations

import gc
import sys
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from corrections.audit.v1 import service_pb2 as audit
from devstack import topology
from devstack.home import default_home
from eventcore import meta
from eventcore.errors import UnknownEventType
from eventcore.event import Event
from eventcore.replay import Replay, acts_of
from eventcore.replaying import Interpreter
from eventcore.upcasting import Codec
from lawkit import Law, load_law
from lawkit.counting import end_of_day
from lawkit.errors import WrongFile
from lawkit.loading_file import read_catalogue
from servicekit import region_in_use

from guitu_cli.client import Client, client, reader
from guitu_cli.law_differences import Change, Laws, Summary, changes, unlike
from guitu_cli.law_here import LawsThen, in_the_region, law_here, with_imported_years
from guitu_cli.output import USAGE, Row, document, fail, rows
from guitu_cli.running import AsJson
from guitu_cli.texts import head, say

_PAGE = 100
_SELDOM = 100_000  # objects made since garbage was looked for
_PURPOSE = "guitu/law/simulate"
_ANSWER_WITHIN = timedelta(minutes=2)


LawAt = Callable[[datetime], Law]


@dataclass(frozen=True, slots=True)
class Histories:
    """A page of cases with their events; how many cases there are altogether, and the clock of the system."""

    cases: Sequence[tuple[str, Sequence[Event]]]
    total: int
    now: datetime


def services() -> Mapping[str, Replay]:
    """The services whose history can be replayed: those that say how, in the order of the topology."""
    names = [one.name for one in topology.load().services]
    return {name: import_module(f"{name}.replay").REPLAY for name in names if find_spec(f"{name}.replay")}


def draft_of(text: bytes, name: str, today: Law) -> Law:
    """The law of the text, with the calendar of today's. Raises WrongFile with line and field of each fault."""
    return Law(read_catalogue(text, name, draft=True), sha256(text).hexdigest(), today.calendar)


class Simulation:
    """Two laws over the same acts. `first`, `last`: days of the facts that are compared, both included.

    then: the law that decided an event, as it is on record; without it today's decided everything.
    """

    def __init__(
        self,
        known: Mapping[str, Replay],
        laws: Laws,
        first: date,
        last: date,
        then: Callable[[Event], Law] | None = None,
    ) -> None:
        self._services = known
        self._laws = laws
        self._then = then
        self._drafts = {laws.draft.calendar_version: laws.draft}
        self._days = (first, last)
        self._today, self._draft = Interpreter(known, laws.today), Interpreter(known, laws.draft)
        self._echoes = frozenset(kind.DESCRIPTOR.full_name for one in known.values() for kind in one.echoes)
        self.summary = Summary()
        # a replay makes many small objects and no cycles: looking for those took a fifth of the time
        self._garbage = gc.get_threshold()
        gc.set_threshold(_SELDOM, *self._garbage[1:])

    def case(self, case_id: str, events: Sequence[Event], now: datetime) -> list[Change]:
        """What the draft would change in the case, as it was known at the end of the last day."""
        until = min(now, end_of_day(self._days[1]))
        known = [e for e in events if e.service in self._services and e.recorded_at <= until]
        acts = acts_of(self._services, known, self._laws.today)
        was, becomes = self._laws_at(known)
        today, draft = self._today.replay(acts, until, was), self._draft.replay(acts, until, becomes)
        if unlike(known, today.events, self._services):
            self.summary.unlike.append(case_id)
        found = changes(
            case_id, today.outcomes, draft.outcomes, self._laws, days=self._days, echoes=self._echoes
        )
        self.summary.add(found)
        return found

    def _laws_at(self, known: Sequence[Event]) -> tuple[LawAt | None, LawAt | None]:
        """By instant: the law that decided then, and the draft with the calendar that was known then."""
        if self._then is None:
            return None, None
        spans: list[tuple[datetime, Law]] = []
        for event in sorted(known, key=lambda one: one.recorded_at):
            law = self._then(event)
            if not spans or spans[-1][1] is not law:
                spans.append((event.recorded_at, law))
        if len(spans) < 2 and all(law is self._laws.today for _, law in spans):
            return None, None
        times = [since for since, _ in spans]

        def was(at: datetime) -> Law:
            return spans[max(0, bisect_right(times, at) - 1)][1]

        return was, lambda at: self._with_calendar(was(at))

    def _with_calendar(self, of: Law) -> Law:
        version = of.calendar_version
        if version not in self._drafts:
            self._drafts[version] = self._laws.draft.with_calendar(of.calendar)
        return self._drafts[version]

    def close(self) -> None:
        """Nothing is held."""
        self._today.close()
        self._draft.close()
        gc.set_threshold(*self._garbage)


def histories(to: Client, *, page: int = _PAGE) -> Iterator[Histories]:
    """The cases of the caller's territory page by page, in order of case id."""
    codec, after = Codec(), ""
    while True:
        request = audit.ListHistoriesRequest(after=after, page_size=page)
        answer = to.call(request, audit.ListHistoriesResponse, purpose=_PURPOSE, timeout=_ANSWER_WITHIN)
        cases = [(one.case_id, _events(one, codec)) for one in answer.histories]
        yield Histories(cases, answer.cases, meta.instant(answer.now))
        if len(cases) < page:
            return
        after = cases[-1][0]


def _events(history: audit.History, codec: Codec) -> list[Event]:
    try:
        return [codec.event(one.meta, one.data, seq=one.seq) for one in history.entries]
    except UnknownEventType as error:
        fail(say(f"此版本不认识事件 {error}", f"this release does not know the event {error}"))


def simulate(
    rules: Annotated[
        Path, typer.Option("--rules", exists=True, dir_okay=False, help="Draft, as rules.yaml.")
    ],
    first: Annotated[str, typer.Option("--from", help="First day of the facts compared, ISO 8601.")],
    last: Annotated[str, typer.Option("--to", help="Last day, as known at its end.")],
    unit: Annotated[
        str, typer.Option(help="Unit in whose name it is read, GB/T 2260; default: operator.")
    ] = "",
    region: Annotated[
        Path | None,
        typer.Option(
            "--region",
            exists=True,
            dir_okay=False,
            help="A region's additions; default: of this installation.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Nothing is written anywhere. Both laws have the imported years and the region. Exit 0, also when nothing changes; 2 for a draft that does not load."""
    days = _day(first), _day(last)
    if days[1] < days[0]:
        fail(say("--to 早于 --from", "--to is before --from"), USAGE)
    here = region_in_use.path_of(default_home().resolve())
    region = region or (here if here.is_file() else None)
    try:
        draft = draft_of(rules.read_bytes(), rules.name, load_law())
    except WrongFile as error:
        fail(str(error), USAGE)
    laws, found = Laws(law_here(region), in_the_region(draft, region)), list[Change]()
    with client(reader(unit)) as to:
        laws = _with_imported_years(laws, to, end_of_day(days[1]))
        then = LawsThen(laws.today, region, to)
        simulation = Simulation(services(), laws, *days, then)
        progress = _Progress()
        for page in histories(to):
            for case_id, events in page.cases:
                found += simulation.case(case_id, events, page.now)
            progress.show(simulation.summary.cases, page.total)
    simulation.close()
    _print(found, simulation.summary, laws.draft, as_json=as_json)


def _with_imported_years(laws: Laws, to: Client, known_at: datetime) -> Laws:
    today = with_imported_years(laws.today, to, known_at)
    return Laws(today, laws.draft.with_calendar(today.calendar))


class _Progress:
    """Lines on standard error: how far, and how long it still takes."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def show(self, done: int, total: int) -> None:
        left = (time.monotonic() - self._began) / max(done, 1) * max(total - done, 0)
        line = say(
            f"已重放 {done}/{total} 件，约剩 {left:.0f} 秒",
            f"replayed {done}/{total} cases, about {left:.0f} s left",
        )
        sys.stderr.write(f"\r{line}" if sys.stderr.isatty() and done < total else f"{line}\n")
        sys.stderr.flush()


def _print(found: Sequence[Change], summary: Summary, draft: Law, *, as_json: bool) -> None:
    table = [_row(one) for one in found]
    workload: list[Row] = [
        {"rule": rule, head("名称", "title"): draft.rule(rule).title_zh if rule in draft.rule_ids else "",
         head("增加", "more"): more, head("减少", "less"): less}
        for rule, more, less in summary.workload
    ]  # fmt: skip
    if as_json:
        document(
            {
                "changes": table,
                "cases": summary.cases,
                "changed_outcomes": summary.outcomes,
                "changed_deadlines": summary.deadlines,
                "workload": workload,
                "not_reproduced": summary.unlike,
            }
        )
        return
    if table:
        rows(say("变化", "Changes"), table, as_json=False)
    if workload:
        rows(say("工作量", "Workload"), workload, as_json=False)
    typer.echo(_closing(summary))


def _row(one: Change) -> Row:
    return {
        head("案件", "case"): one.case,
        head("日期", "date"): one.day.isoformat(),
        head("规则", "rule"): one.rule,
        head("名称", "title"): one.rule_zh,
        head("事项", "what"): one.what,
        head("原为", "was"): one.was,
        head("改为", "becomes"): one.becomes,
        head("条文", "article"): one.article,
    }


def _closing(summary: Summary) -> str:
    if not summary.outcomes and not summary.deadlines:
        text = say(
            f"重放 {summary.cases} 件，没有变化。", f"{summary.cases} cases replayed, nothing changes."
        )
    else:
        text = say(
            f"重放 {summary.cases} 件，结果变化 {summary.outcomes} 项，期限变化 {summary.deadlines} 项。",
            f"{summary.cases} cases replayed, {summary.outcomes} outcomes and {summary.deadlines} deadlines change.",
        )
    if not summary.unlike:
        return text
    count = len(summary.unlike)
    return text + say(
        f"\n注意：{count} 件的记录不能由现行规则重现，其变化仅供参考（见 --json 的 not_reproduced）。",
        f"\nNote: today's rules do not lead to the record of {count} cases (not_reproduced in --json).",
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        fail(say(f"{text} 不是日期 YYYY-MM-DD", f"{text} is no day YYYY-MM-DD"), USAGE)
