"""What people read: 80 columns, wide letters counted, nothing said that was not proven."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import replace
from pathlib import Path

import proofs.verify
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from proofs.bundle import build_bundle, verify_bundle
from proofs.note import cosignature_line
from proofs.verify import LINE, Report, columns, fold, parse_trust

from tests.unit.proofs.test_bundle import CASE, INSTALLATION, LOGS, MADE, signer

WITNESSES = {
    name: signer(f"guitu/{INSTALLATION}/witness/{name}") for name in ("procuratorate", "court", "prison")
}
TITLES = {"corrections.intake.v1.Happened": "案件已发生"}


def report_of(
    *, quorum: str = "all", signed: tuple[str, ...] = tuple(WITNESSES), change: bool = False
) -> Report:
    lines = [f"log {log.signer.vkey}" for log in LOGS]
    lines += [f"witness {name} {one.witness_vkey}" for name, one in WITNESSES.items()]
    lines += ["group all all procuratorate court prison", f"quorum {quorum}", ""]
    vkeys, policy = parse_trust("\n".join(lines))
    logs = [
        replace(
            made,
            checkpoint=made.checkpoint
            + "".join(cosignature_line(made.checkpoint, WITNESSES[name], 1_772_352_000) for name in signed),
        )
        for made in (log.export(CASE) for log in LOGS)
    ]
    data = build_bundle(INSTALLATION, CASE, made_at=MADE, logs=logs)
    if change:
        fields = json.loads(data)
        fields["logs"][0]["streams"][0]["events"][3]["data"] = "AAAA"
        data = json.dumps(fields).encode()
    return verify_bundle(data, vkeys, policy=policy)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("case", ["proven", "pending", "failed", "no witness asked for"])
def test_every_report_fits_eighty_columns(case: str, lang: str) -> None:
    report = {
        "proven": lambda: report_of(),
        "pending": lambda: report_of(signed=("court",)),
        "failed": lambda: report_of(change=True),
        "no witness asked for": lambda: report_of(quorum="none", signed=()),
    }[case]()
    text = report.text(lang, TITLES)
    assert max(columns(line) for line in text.splitlines()) <= LINE
    assert not any(line.strip()[:1] in {"，", "。", "；", "：", "、", "）"} for line in text.splitlines())
    heads = [line for line in text.splitlines() if line and not line.startswith(" ")][2:]
    number = (
        ("一、", "二、", "三、", "四、", "五、", "六、")
        if lang == "zh"
        else ("1. ", "2. ", "3. ", "4. ", "5. ", "6. ")
    )
    assert [line[: len(number[0])] if lang == "zh" else line[:3] for line in heads] == list(number)


def test_a_proven_bundle_says_what_is_proven_and_what_is_not() -> None:
    text = report_of().text()
    assert text.startswith("归途案卷离线验证\n结果：成立。\n")
    proven, rest = text.split("、证明了什么\n")[1].split("、没有证明什么\n")
    assert "见证规则要求的见证人确认" in proven
    assert "所记的事是否属实" in rest
    table = text.split("、见证：")[1]
    assert re.search(r"日志 +检察院 +法院 +监狱\n +接收 intake +2026-03-01 08:00  2026-03-01 08:00", table)


def test_a_pending_bundle_says_who_is_missing_and_that_the_person_does_not_wait() -> None:
    text = report_of(signed=("court",)).text()
    assert "结果：待见证。" in text
    assert "解除矫正等决定照法定日期生效" in text.replace("\n    ", "")
    assert "监管 supervision：还缺见证，已见证的有 法院 court。" in text
    assert "见证足够之后，将证明什么" in text


def test_a_changed_bundle_names_the_event_in_words_and_proves_nothing() -> None:
    text = report_of(change=True).text("zh", TITLES)
    assert "结果：不成立。" in text
    assert "“案件已发生”" in text
    assert "EVENT_NOT_IN_LOG" in text
    assert "、证明了什么" not in text


def test_where_no_witness_is_asked_for_none_is_said_to_have_confirmed() -> None:
    text = report_of(quorum="none", signed=()).text()
    assert "结果：成立。" in text
    assert "见证人确认" not in text
    assert "您的见证规则没有要求任何见证人" in text.replace("\n       ", "")


@given(st.text(alphabet=st.sampled_from("案卷，。（）”ab c1-/"), max_size=300))
@settings(deadline=None)
def test_folding_loses_nothing_but_blanks(text: str) -> None:
    lines = fold(text, first="  * ", rest="    ")
    assert all(columns(line) <= LINE + 20 for line in lines)
    assert "".join("".join(line[4:] for line in lines).split()) == "".join(text.split())


def test_the_core_has_no_input_and_output() -> None:
    """What stands above the command line runs in a browser page: bytes in, report out."""
    source = Path(proofs.verify.__file__).read_text(encoding="utf-8")
    core = source[: source.index("# --- Command line ---")]
    used = {node.id for node in ast.walk(ast.parse(core)) if isinstance(node, ast.Name)}
    doors = {
        "argparse",
        "glob",
        "io",
        "os",
        "stat",
        "sys",
        "open",
        "print",
        "input",
        "exec",
        "eval",
        "__import__",
    }
    assert not used & doors
    tree = ast.parse(source, feature_version=(3, 9))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert imported - doors == {"binascii", "hashlib", "json", "re", "unicodedata", "uuid"}
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    pure = {"collections", "collections.abc", "dataclasses", "datetime", "functools", "typing"}
    assert modules == {"__future__", *pure}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_report_on_keys_that_the_platform_lent_says_so_and_what_that_is_worth(lang: str) -> None:
    own = report_of()
    lent = replace(own, keys_lent=True)
    yours, theirs = {
        "zh": ("由您用 --keys 给出", "平台自己的公钥"),
        "en": ("yours, by --keys", "platform's own keys"),
    }[lang]
    assert yours in own.text(lang)
    assert theirs not in own.text(lang)
    assert yours not in lent.text(lang)
    assert theirs in lent.text(lang)
    assert max(columns(line) for line in lent.text(lang).splitlines()) <= LINE
    assert (json.loads(own.json())["keys_lent"], json.loads(lent.json())["keys_lent"]) == (False, True)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_proven_report_does_not_claim_that_witnesses_are_honest_or_that_times_are_true(lang: str) -> None:
    text = "".join(report_of().text(lang).split())
    for said in {
        "zh": ("见证人是否诚实", "没有独立的证明"),
        "en": ("witnessesarehonest", "nothingindependentproves"),
    }[lang]:
        assert said in text
    assert "倒填" not in text
    assert "datedback" not in text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_a_policy_no_witness_is_blamed(lang: str) -> None:
    data = build_bundle(INSTALLATION, CASE, made_at=MADE, logs=[log.export(CASE) for log in LOGS])
    report = verify_bundle(data, [log.signer.vkey for log in LOGS])
    text = report.text(lang)
    assert report.state == "WITNESS_PENDING"
    assert max(columns(line) for line in text.splitlines()) <= LINE
    said = "".join(text.split())
    yours, blame = {
        "zh": (
            (
                "您没有给出见证规则，无从判断见证是否足够",
                "--policy",
                "给出见证规则、见证达到规则之后",
                "未判断",
            ),
            ("见证人的签名还不够", "见证足够之后", "不够"),
        ),
        "en": (
            ("younamednoquorum,sonobodycantell", "--policy", "onceyounameaquorum", "notjudged"),
            ("cosignaturesaremissing", "onceenoughwitnesses"),
        ),
    }[lang]
    assert all(one in said for one in yours), text
    assert not any(one in said for one in blame), text


def test_a_report_says_once_that_an_index_counts_from_0() -> None:
    for lang, said in (("zh", "日志序号从 0 起"), ("en", "An index counts from 0")):
        assert report_of(change=True).text(lang).count(said) == 1
        assert said not in report_of().text(lang)


def test_the_clock_of_a_demonstration_may_lie_on_either_side() -> None:
    report = replace(report_of(), made_at="2001-01-01T00:00:00Z")
    assert "可以任意设定" in "".join(report.text().split())
    english = " ".join(report.text("en").split())
    assert "is set by hand and may lie far from the real day" in english
    assert "ahead" not in english
