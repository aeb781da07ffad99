"""`guitu law`: the law as data, asked without any server. Chinese or English by locale; --json everywhere."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer
import yaml
from lawkit import Law
from lawkit.check import Report, check_file
from lawkit.counting import SHANGHAI
from lawkit.errors import LawError, NotInForce, UnknownRule, WrongFile
from lawkit.loading_yaml import Marked, marked

from guitu_cli import law_answers as answers
from guitu_cli import law_checking, law_due, law_releasing, law_simulating, law_terms, law_uses
from guitu_cli.law_here import Region, law_here
from guitu_cli.output import DONE, FAILED, REFUSED, USAGE, Row, document, fail, rows
from guitu_cli.running import AsJson
from guitu_cli.texts import head, say

law = typer.Typer(no_args_is_help=True, help=say("作为数据的法律", "The law as data."))
law.command("term", help=say("四类对象的期限", "The term of one of the four kinds."))(law_terms.term)
law.command(
    "check-rules",
    help=say(
        "核对规则集或地区文件，逐行列出错误", "Check a rule set or a region's file, each fault by line."
    ),
)(law_checking.check_rules)
law.command("digest", help=say("规则集的摘要", "Digest of the rule set."))(law_releasing.digest)
law.command("key", help=say("新建签名密钥", "A new signing key for a release."))(law_releasing.key)
law.command("sign", help=say("起草人或复核人签名", "Sign the rule set as author or checker."))(
    law_releasing.sign
)
law.command(
    "release", help=say("将已签名的规则集登记发布", "Record the signed release with administration.")
)(law_releasing.release)
law.command("withdraw", help=say("规则集自某日起不再适用", "A rule set is to be used no longer."))(
    law_releasing.withdraw
)
law.command("released", help=say("核对两人签名", "Whether two people released it."))(law_releasing.released_)
law.command(
    "simulate", help=say("用草案只读重放历史，列出变化", "Replay history under a draft, list what changes.")
)(law_simulating.simulate)

On = Annotated[str, typer.Option("--on", help="Day of the fact, ISO 8601; its law judges.")]


@law.command(
    "check", help=say("用法律计算算例文件并列出差异", "Compute a file of worked examples, list differences.")
)
def check_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    region: Region = None,
    as_json: AsJson = False,
) -> None:
    """Any file in the schema of examples.yaml. Exit 0 all passed, 1 some failed, 2 no such file."""
    try:
        report = check_file(law_here(region), _content(file))
    except LawError as error:
        fail(str(error), USAGE)
    if as_json:
        document(answers.report(report))
    else:
        _differences(report)
        for one in report.results:
            if one.read_back is not None:
                typer.echo(
                    say(f"{one.id}：官方案例的日期早于其所引规则，按{one.read_back}的法律假设计算，不据以评判任何人。",
                        f"{one.id}: an official case older than its rules, computed by the law of {one.read_back}.")
                )  # fmt: skip
        typer.echo(report.closing)
    raise typer.Exit(FAILED if report.failed else DONE)


def _content(file: Path) -> Marked:
    try:
        text = file.read_text(encoding="utf-8")
        # a key given twice hides half of an example
        return marked(text, file.name)
    except WrongFile as error:
        fail(str(error), USAGE)
    except (UnicodeDecodeError, yaml.YAMLError, ValueError) as error:
        fail(say(f"{file} 不是 UTF-8 的 YAML:{error}", f"{file} is no YAML in UTF-8: {error}"), USAGE)


def _differences(report: Report) -> None:
    table: list[Row] = []
    for one in report.results:
        table.extend(
            {
                head("行", "line"): line,
                "id": one.id,
                head("项目", "key"): key,
                head("应为", "expected"): expected,
                head("得到", "got"): got,
                head("条文", "articles"): one.articles,
            }
            for line, key, expected, got in answers.differences(one)
        )
    if table:
        rows(say("差异", "Differences"), table, as_json=False)


@law.command(help=say("显示规则、条文和引文", "Show a rule with its article and words."))
def show(rule: str, on: On = "", region: Region = None, as_json: AsJson = False) -> None:
    """Every version of the rule, or with --on the one that judges a fact of that day; settings and others too."""
    here = law_here(region)
    try:
        found = answers.shown(here, rule, _day(on) if on else None)
    except LawError as error:
        _fail(error, here, rule)
    if as_json:
        document(found)
        return
    for one in found:
        rows(str(one["id"]), _fields(one.items()), as_json=False)


@law.command(help=say("计算期限，逐日说明", "A due date with its counted days, each skipped day named."))
def due(
    rule: str,
    start: Annotated[str, typer.Option("--from", help="Start fact: day, or instant for hours (ISO 8601).")],
    fact: Annotated[
        list[str] | None,
        typer.Option("--fact", help="k=v: on=DAY, length=N, end=DAY, kind=KIND, set.…=VALUE."),
    ] = None,
    region: Region = None,
    as_json: AsJson = False,
) -> None:
    """Until when the duty is due. Exit 1 calendar missing, 3 no such date by law."""
    facts = dict(_fact(one) for one in fact or [])
    here = law_here(region)
    try:
        rule = law_due.rule_of(here, rule)
        found = law_due.due(here, rule, _start(start), facts)
    except law_due.UnknownFact as error:
        fail(str(error), USAGE)
    except LawError as error:
        _fail(error, here, rule)
    if as_json:
        document(found)
    else:
        rows(f"{rule} {found['title_zh']}", _fields(law_due.summary(found)), as_json=False)
        if found["days"]:
            rows(say("逐日", "Day by day"), law_due.day_rows(found), as_json=False)
        typer.echo(say("\n".join(law_due.sentences(found)), ""))
    # a year without calendar is never guessed: nobody knows the day yet
    raise typer.Exit(DONE if found["nominal"] else FAILED)


@law.command(help=say("按文字查找规则", "Find rules by words."))
def search(
    text: Annotated[list[str], typer.Argument(help="Words; each must occur.")],
    on: On = "",
    region: Region = None,
    as_json: AsJson = False,
) -> None:
    """Rules, settings and documents whose id, title, words or article contain every word."""
    found = answers.found(law_here(region), text, _day(on) if on else None)
    rows(say(f"{len(found)} 条", f"{len(found)} found"), found, as_json=as_json)
    raise typer.Exit(DONE if found else FAILED)


@law.command(help=say("列出代码没有使用的规则", "Rules that no code uses, with the feature that will."))
def coverage(
    root: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="Repository; default: around here.")
    ] = None,
    region: Region = None,
    as_json: AsJson = False,
) -> None:
    """Every rule never used in code, with the feature of features.md that will use it."""
    top = law_uses.repository(root or Path.cwd())
    if top is None:
        fail(say("这里没有源代码：请给出 --root", "no source tree here: give --root"), USAGE)
    here = law_here(region)
    uses = law_uses.uses(here, top)
    unused = law_uses.unused(here, uses)
    if as_json:
        used = {rule_id: list(places) for rule_id, places in uses.items() if places}
        document({"rules": len(here.rule_ids), "used": used, "unused": unused})
        return
    rows(say("未使用的规则", "Rules never used"), unused, as_json=False)
    done = len(here.rule_ids) - len(unused)
    typer.echo(
        say(f"{len(here.rule_ids)} 条规则，已用 {done}，未用 {len(unused)}",
            f"{len(here.rule_ids)} rules, {done} used, {len(unused)} never used")
    )  # fmt: skip


def _fields(pairs: Iterable[tuple[str, object]]) -> list[Row]:
    return [
        {head("项目", "field"): name, head("内容", "value"): answers.plain(value)}
        for name, value in pairs
        if value not in (None, [])
    ]


def _fail(error: LawError, here: Law, asked: str) -> NoReturn:
    if not isinstance(error, UnknownRule):
        why = (
            say("该日不适用", "not in force")
            if isinstance(error, NotInForce)
            else say("依法无此日期", "refused")
        )
        fail(f"{why}: {error}", REFUSED)
    near = ", ".join(str(one["id"]) for one in answers.near(here, asked))
    hint = say(f"。相近的：{near}", f". Near: {near}") if near else ""
    fail(say(f"没有 {error.got}{hint}", f"there is no {error.got}{hint}"), USAGE)


def _fact(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        fail(say(f"{text} 应写作 k=v", f"{text} is no k=v"), USAGE)
    return name, value


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        fail(say(f"{text} 不是日期 YYYY-MM-DD", f"{text} is no day YYYY-MM-DD"), USAGE)


def _start(text: str) -> date | datetime:
    if "T" not in text and " " not in text:
        return _day(text)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        fail(say(f"{text} 不是 ISO 8601 时间", f"{text} is no ISO 8601 time"), USAGE)
    return instant if instant.tzinfo else instant.replace(tzinfo=SHANGHAI)
