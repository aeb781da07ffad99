"""`guitu law` answers without a server, in the language of the locale, for people and as JSON."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from guitu_cli.law import law
from guitu_cli.law_uses import feature_of, features, ids_of
from lawkit import load_law

from tests.commands import CliRunner, Result

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "tests" / "data" / "law" / "examples.yaml"
DUE = ("due", "intake.report.deadline", "--from", "2026-02-06")


def run(*arguments: str, lang: str = "en") -> Result:
    """The command as a person would type it."""
    return CliRunner().invoke(law, list(arguments), env={"GUITU_LANG": lang})


def answer(*arguments: str, code: int = 0) -> Any:
    """The JSON document of the command."""
    got = run(*arguments, "--json")
    assert got.exit_code == code, got.output
    return json.loads(got.stdout)


@cache
def coverage() -> Any:
    """Which rules the code uses; all of the code is read for it."""
    return answer("coverage", "--root", str(ROOT))


def one_example(tmp_path: Path, **changed: object) -> str:
    example = {"id": "ex.my.001", "rules": ["intake.report.deadline"], "articles": "CCL 21", "given": "",
               "compute": {"fn": "due_days", "start": "2026-05-20", "n": 10},
               "expect": {"nominal_due": "2026-05-30", "extended_due": "2026-06-01"}} | changed  # fmt: skip
    file = tmp_path / "mine.yaml"
    file.write_text(yaml.safe_dump({"examples": [example]}), encoding="utf-8")
    return str(file)


def test_every_example_of_the_office_passes() -> None:
    got = run("check", str(EXAMPLES))
    assert got.exit_code == 0
    count = len(yaml.load(EXAMPLES.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["examples"])
    assert got.stdout.splitlines()[-1] == f"{count} passed, 0 failed"


def test_a_difference_is_printed_with_expected_got_and_articles(tmp_path: Path) -> None:
    file = one_example(tmp_path, expect={"nominal_due": "2026-05-30", "extended_due": "2026-05-30"})
    got = run("check", file)
    assert got.exit_code == 1
    line = next(line for line in got.stdout.splitlines() if "ex.my.001" in line)
    assert [cell.strip() for cell in line.split("│")] == [
        "8", "ex.my.001", "extended_due", "2026-05-30", "2026-06-01", "CCL 21"
    ]  # fmt: skip
    assert got.stdout.splitlines()[-1] == "0 passed, 1 failed"
    assert answer("check", file, code=1)["results"][0]["differences"] == [
        {"key": "extended_due", "expected": "2026-05-30", "got": "2026-06-01", "line": 8}
    ]


def test_an_unknown_computation_counts_as_failed(tmp_path: Path) -> None:
    got = run("check", one_example(tmp_path, compute={"fn": "guess"}))
    assert got.exit_code == 1
    assert "guess" in got.stdout
    assert got.stdout.splitlines()[-1] == "0 passed, 1 failed"


@pytest.mark.parametrize("text", ["a: [", "examples: 3\n", "\xff", "examples: []\nexamples: []\n"])
def test_a_file_that_cannot_be_read_is_a_matter_of_usage(tmp_path: Path, text: str) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_bytes(text.encode("latin-1"))
    assert run("check", str(file)).exit_code == 2
    assert run("check", str(tmp_path / "nowhere.yaml")).exit_code == 2


def test_each_skipped_day_of_a_due_date_is_named() -> None:
    found = answer(*DUE)
    assert (found["nominal"], found["extended"]) == ("2026-02-16", "2026-02-24")
    skipped = [day["day"] for day in found["days"] if day["state"] == "skipped"]
    assert skipped == [f"2026-02-{day}" for day in range(16, 24)]
    assert all(day["why"] for day in found["days"] if day["state"] == "skipped")
    numbers = [day["number"] for day in found["days"] if day["number"]]
    assert numbers == list(range(1, load_law().rule("intake.report.deadline").duration + 1))  # type: ignore[operator]
    assert "2026-02-16 星期一 春节" in run(*DUE, lang="zh").stdout
    assert "2026-02-16 Monday Spring Festival" in run(*DUE).stdout


def test_working_days_name_the_days_off_and_the_days_made_up() -> None:
    days = answer("due", "assessment.term.ordinary", "--from", "2026-02-13")["days"]
    assert days[-1]["day"] == "2026-03-05"
    assert (
        next(d for d in days if d["day"] == "2026-02-14")["why"] == "working day in place of Spring Festival"
    )


def test_a_date_beyond_the_calendar_is_said_to_be_missing() -> None:
    assert answer("due", "assessment.term.ordinary", "--from", "2026-12-25", code=1)["missing_year"] == 2027
    rolled = answer("due", "decision.deliver-documents", "--from", "2026-12-25")
    assert (rolled["nominal"], rolled["extended"], rolled["missing_year"]) == ("2027-01-04", None, 2027)


def test_facts_change_the_answer_and_unknown_ones_are_refused() -> None:
    rule = ("due", "device.max-term", "--from", "2026-01-31")
    assert answer(*rule, "--fact", "end=2026-03-01")["within_term"] == "2026-03-01"
    assert answer(*rule, "--fact", "length=1")["nominal"] < answer(*rule)["nominal"]
    flat = answer(*DUE, "--fact", "set.counting.holiday-roll=false")
    assert flat["extended"] == flat["nominal"]
    for wrong in ("colour=red", "end=soon", "length=x", "set.counting.holiday-roll=maybe", "nothing"):
        assert run(*DUE, "--fact", wrong).exit_code == 2, wrong


def test_a_date_that_the_law_does_not_give_is_refused() -> None:
    assert run("due", "absconded.out-of-contact", "--from", "2020-01-01T09:00").exit_code == 3
    assert run("due", "absconded.out-of-contact", "--from", "2026-03-01").exit_code == 3
    assert run("due", "general.scope.four-kinds", "--from", "2026-03-01").exit_code == 3
    assert run("due", "health.monthly-report", "--from", "2026-03-01", "--fact", "kind=PAROLE").exit_code == 3
    near = run("due", "intake.report.deadlin", "--from", "2026-03-01")
    assert near.exit_code == 2
    assert "intake.report.deadline" in near.stderr


def test_a_rule_is_shown_as_of_a_day() -> None:
    found = answer("show", "history.2012.three-warnings", "--on", "2015-01-01")[0]
    assert found["threshold"]["value"] == 3
    assert found["article"]
    assert found["verification"] == "recalled"
    assert answer("show", "leave.return")[0]["quote"]
    assert run("show", "history.2012.three-warnings", "--on", "2026-01-01").exit_code == 3
    assert run("show", "leave.for-ever").exit_code == 2


@pytest.mark.parametrize(
    "asked", ["set.leave.decision-days", "doc.release.certificate", "forbid.hukou-logic", "PAROLE", "CCL", "P-WD",
              "trap.psa-60", "tr.decision.made", "approve.class", "preset.funding", "JO", "SUPERVISED"]
)  # fmt: skip
def test_every_group_of_the_catalogue_can_be_shown(asked: str) -> None:
    assert len(answer("show", asked)) == 1


@pytest.mark.parametrize(
    ("arguments", "end"),
    [
        (("管制", "--from", "2026-01-10", "--length", "6m", "--custody", "10"), "2026-06-19"),
        (("02", "--from", "2016-07-17", "--length", "4y"), "2020-07-16"),
        (("PAROLE", "--from", "2020-01-01", "--life"), "2029-12-31"),
        (("暂予监外执行", "--from", "2026-01-01", "--until", "2026-12-31"), "2026-12-31"),
        (("暂予监外执行", "--from", "2026-01-01", "--until", "2026-12-31", "--add", "1m"), "2027-01-31"),
    ],
)
def test_the_term_of_each_kind(arguments: tuple[str, ...], end: str) -> None:
    found = answer("term", *arguments)
    assert found["end"] == end
    assert all(rule["article"] for rule in found["rules"])


def test_a_term_that_the_law_does_not_allow_is_refused_or_named() -> None:
    probation = ("term", "PROBATION", "--from", "2026-01-01", "--length")
    reduced = run(*probation, "1y6m", "--reduce", "1y", "--punishment", "imprisonment")
    assert reduced.exit_code == 3
    six = run(*probation, "6y", "--punishment", "imprisonment", "--sentence", "3y")
    assert six.exit_code == 3
    assert "counting.range.probation-imprisonment" in six.stderr
    assert run("term", "DETENTION", "--from", "2026-01-01", "--length", "1y").exit_code == 2
    assert run("term", "PAROLE", "--from", "2026-01-01").exit_code == 2
    assert run(*probation, "long").exit_code == 2


@pytest.mark.parametrize(("language", "word"), [("en", "provisional"), ("zh", "暂定")])
@pytest.mark.parametrize(
    "asked",
    [
        (
            "assessment.term.ordinary",
            "--from",
            "2026-12-11",
        ),  # a notice of 2027 may move days of December 2026
        (
            "intake.report.deadline",
            "--from",
            "2026-12-25",
        ),  # and nobody knows whether 4 January is a rest day
    ],
)
def test_a_day_that_a_coming_year_may_move_is_provisional_in_every_language(
    asked: tuple[str, ...], language: str, word: str
) -> None:
    assert word in run("due", *asked, lang=language).stdout
    assert answer("due", *asked)["provisional"] is True
    settled = (asked[0], "--from", "2026-03-10")
    assert word not in run("due", *settled, lang=language).stdout
    assert answer("due", *settled)["provisional"] is False


@pytest.mark.parametrize(
    ("arguments", "article"),
    [
        (("假释", "--length", "1y", "--reduce", "1m"), "刑法 第七十八条第二款、刑法 第八十三条"),
        (("假释", "--length", "1y", "--custody", "1"), "刑法 第八十三条"),
        (("假释", "--length", "3y", "--sentence", "5y"), "刑法 第八十一条"),
        (("假释", "--length", "9y", "--punishment", "无期徒刑"), "刑法 第八十三条"),
        (("假释", "--length", "1y", "--punishment", "拘役"), "刑法 第八十三条"),
        (("缓刑", "--length", "1y", "--punishment", "拘役", "--sentence", "7m"), "刑法 第四十二条"),
        (("缓刑", "--length", "1m"), "刑法 第七十三条"),
        (("缓刑", "--length", "1y", "--life"), None),
        (("缓刑", "--length", "1y", "--add", "1m"), "刑事诉讼法 第二百六十八条"),
        (("管制", "--length", "25m"), "刑法 第三十八条"),
        (("管制", "--life"), "刑法 第八十三条"),
        (("管制", "--length", "6m", "--custody", "92"), "刑法 第三十八条"),
        (("暂予监外执行", "--length", "1y", "--custody", "30"), "刑法 第四十七条"),
        (("暂予监外执行", "--length", "16y", "--punishment", "有期徒刑"), "刑法 第四十五条"),
        (
            ("暂予监外执行", "--length", "21y", "--punishment", "有期徒刑", "--total", "34y"),
            "刑法 第四十五条",
        ),
        (
            ("暂予监外执行", "--length", "2y", "--punishment", "有期徒刑", "--reduce", "13m"),
            "刑法 第七十八条",
        ),
    ],
)
def test_an_impossible_term_is_refused_with_its_article(
    arguments: tuple[str, ...], article: str | None
) -> None:
    kind, *rest = arguments
    found = run("term", kind, "--from", "2026-01-01", *rest)
    assert found.exit_code == (2 if article is None else 3)
    assert article is None or article in found.stderr


def test_custody_is_off_a_sentence_that_begins_outside_prison() -> None:
    begun = ("term", "暂予监外执行", "--from", "2026-01-01", "--length", "1y", "--punishment", "有期徒刑")
    found = answer(*begun, "--custody", "30")
    assert (found["end"], found["credit_days"]) == ("2026-12-01", 30)
    assert answer(*begun, "--total", "2y")["end"] == "2026-12-31"


def test_words_find_rules_settings_and_documents() -> None:
    found = [row["id"] for row in answer("search", "脱管")]
    assert "absconded.out-of-contact" in found
    assert "history.2016.absconded-no-48h" not in [
        r["id"] for r in answer("search", "脱管", "--on", "2026-06-01")
    ]
    assert answer("search", "纯属虚构", code=1) == []


def test_each_rule_that_no_code_uses_has_its_feature() -> None:
    found = coverage()
    assert len(found["used"]) + len(found["unused"]) == found["rules"]
    assert "leave.office-approval.max-days" in found["used"]
    assert [row["rule"] for row in found["unused"] if not row["feature"]] == []


def test_an_old_rule_belongs_to_the_feature_of_what_replaced_it() -> None:
    law = load_law()
    own = {"history.2012.two-eight-hours"}  # a feature of its own: rules that are valid for their period only
    for rule in law.catalogue.rules:
        if rule.id.startswith("history.") and rule.id not in own:
            assert feature_of(rule.id) in {feature_of(later) for later in rule.superseded_by}, rule.id


def test_a_rule_that_only_a_function_without_callers_names_is_unused() -> None:
    found = coverage()
    unused = {row["rule"]: row["feature"] for row in found["unused"]}
    assert unused["device.max-term"] == 36
    assert unused["commend.must"] == unused["local.yuxi.quarterly-rating"] == 22
    assert unused["reimprison.copy"] == 69
    assert "history.2012.leave-one-month" not in unused  # leave before July 2020 is judged by it
    assert unused["history.2012.office-report-three-days"] == 6
    # grounds are asked for by family, numbers by functions that the deciders call
    assert {"warning.ground.other-serious", "revoke.parole.ground.other-breach", "revoke.dossier"} <= set(
        found["used"]
    )
    assert {"absconded.overdue-return", "counting.credit.surveillance"} <= set(found["used"])


def test_features_name_rules_that_exist() -> None:
    ids = load_law().rule_ids
    assert [p for p in features() if not any(r == p or r.startswith(p + ".") for r in ids)] == []


def test_ids_made_by_formatting_are_seen() -> None:
    named, patterns = ids_of('a = "leave.return"; b = f"revoke.{kind}.ground.two-warnings"; c = f"{x}.y"')
    assert "leave.return" in named
    assert [bool(p.fullmatch("revoke.parole.ground.two-warnings")) for p in patterns] == [True]


def own_rule(tmp_path: Path) -> Path:
    """A region's file with a rule of its own."""
    rule: dict[str, object] = {
        "id": "local.test.visit", "type": "local", "phase": "local", "title_zh": "走访", "title_en": "visit",
        "actor": ["COUNTY_CCI"], "kinds": ["ALL"], "trigger": "a new case", "action": "visit", "duration": None,
        "unit": None, "on_breach": "none stated", "source": [{"text": "SEED2", "article": "二(一)"}],
        "counting": {"profile": "P-NONE", "first_day": "not_applicable", "holiday_roll": "not_applicable"},
        "quote": None, "in_force_from": "2022-09-18", "in_force_to": None, "binding": "local", "seen": True,
        "value_seen": None, "verification": "seed",
    }  # fmt: skip
    file = tmp_path / "own.yaml"
    content = {"code": "5304", "title_zh": "玉溪市", "rules": [{"rule": rule, "ground": "verify.methods"}]}
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return file


def test_a_region_changes_the_answers(tmp_path: Path) -> None:
    file = tmp_path / "region.yaml"
    file.write_text(
        'code: "5304"\ntitle_zh: 玉溪市\nadopts: [local.yuxi.quarterly-rating]\n', encoding="utf-8"
    )
    show = ("show", "local.yuxi.quarterly-rating")
    assert answer(*show)[0]["in_force"] is False
    assert answer(*show, "--region", str(file))[0]["in_force"] is True
    # what else is asked of the law is asked of the region's
    found = answer("search", "走访", "--region", str(own_rule(tmp_path)))
    assert "local.test.visit" in [row["id"] for row in found]
    used = answer("coverage", "--root", str(ROOT), "--region", str(own_rule(tmp_path)))
    assert used["rules"] == len(load_law().rule_ids) + 1
    term = ("term", "缓刑", "--from", "2026-03-02", "--length", "1y")
    assert answer(*term, "--region", str(file)) == answer(*term)
    file.write_text('code: "5304"\ntitle_zh: 玉溪市\nadopts: [leave.return]\n', encoding="utf-8")
    refused = run(*show, "--region", str(file))
    assert refused.exit_code == 2
    assert "line 3: adopts" in refused.stderr


def test_two_people_release_the_rule_set_in_use(tmp_path: Path) -> None:
    release, pinned = str(tmp_path / "rules.release"), tmp_path / "law.vkeys"
    assert answer("digest")["digest"] == load_law().digest
    ask = ("released", "--keys", str(pinned), "--release", release)
    assert run(*ask).exit_code == 3
    vkeys = ""
    for who, role in (("zhang", "author"), ("li", "checker")):
        key = str(tmp_path / f"{who}.key")
        vkeys += answer("key", key, "--name", who, "--as", role)["vkey"] + "\n"
        pinned.write_text(vkeys, encoding="utf-8")
        answer("sign", "--key", key, "--name", who, "--as", role, "--release", release)
        assert run("key", key, "--name", who, "--as", role).exit_code == 2
        assert run(*ask).exit_code == (3 if role == "author" else 0)
    assert answer(*ask)["checker"] == "li"
    assert run("sign", "--key", release, "--name", "li", "--as", "clerk").exit_code == 2


def test_a_setting_that_gives_a_period_answers_by_the_rule_that_uses_it() -> None:
    found = answer("due", "set.leave.decision-days", "--from", "2026-09-28")
    assert (found["rule"], found["nominal"]) == ("leave.must-approve-justified", "2026-09-30")
    got = run("due", "set.visitor.rules", "--from", "2026-09-28")
    assert got.exit_code == 3
    assert "a setting (choice) that gives no period; used by visitor.rules" in got.output


RULES = EXAMPLES.parents[3] / "libs" / "lawkit" / "src" / "lawkit" / "data" / "rules.yaml"


def checked_rules(tmp_path: Path, was: str, becomes: str, *more: str) -> tuple[int, str]:
    """What check-rules says of the rules with one thing said otherwise in the ground of an admonition."""
    head, begin, rest = RULES.read_text(encoding="utf-8").partition(
        "\n- id: admonition.ground.late-or-out-ten-days\n"
    )
    file = tmp_path / "draft.yaml"
    file.write_text(head + begin + rest.replace(was, becomes, 1), encoding="utf-8")
    got = run("check-rules", str(file), *more, "--json")
    return got.exit_code, got.stdout


def test_the_rules_of_this_release_are_sound(tmp_path: Path) -> None:
    assert run("check-rules").exit_code == 0
    assert checked_rules(tmp_path, "", "")[0] == 0


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("duration: 10", "duration: 12", "which overlaps warning.ground.late-or-out-over-ten-days"),
        ("article: 34", "article: 999", "an article that the source has"),
        ("接受社区矫正期间脱离监管", "随便编的", "words of MEA article 34"),
        ("trigger: fact proved", "trigger: a released prisoner", "want"),
    ],
)
def test_a_wrong_or_rewriting_rule_set_is_refused_with_its_line(
    tmp_path: Path, was: str, becomes: str, said: str
) -> None:
    code, found = checked_rules(tmp_path, was, becomes, "--from", "2027-01-01")
    assert code == 1
    assert said in found
    assert all(fault["line"] > 6000 for fault in json.loads(found)["faults"])


def test_a_regions_file_is_checked_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "region.yaml"
    text = 'code: "5304"\ntitle_zh: 玉溪市\nsettings:\n- {id: set.leave.decision-days, value: 9, source: {text: SEED2, article: x}}\n'
    file.write_text(text, encoding="utf-8")
    got = run("check-rules", "--region", str(file), "--json")
    assert got.exit_code == 1
    assert json.loads(got.stdout)["faults"][0]["line"] == 4


@pytest.mark.parametrize("rest", [("--until", "2026-04-01"), ("--length", "3m", "--custody", "400")])
def test_a_refusal_stands_apart_from_its_rule(rest: tuple[str, ...]) -> None:
    found = run("term", "管制", "--from", "2026-05-01", *rest)
    assert found.exit_code == 3
    assert (
        "(counting.range.surveillance): got " in found.stderr
        or "counting.range.surveillance): got " in found.output
    )
