"""Who must have signed before anything is called proven: C2SP tlog-policy; and the proof of one event, tlog-proof."""

import json
import uuid
from dataclasses import replace
from pathlib import Path

import pytest
from proofs.bundle import build_bundle
from proofs.canonical import canonical, leaf_pair
from proofs.note import Signer, add_signatures, cosignature_line, sign_checkpoint
from proofs.tree import Tree
from proofs.verify import (
    PROOF_FORMAT,
    Policy,
    PolicyError,
    TlogProof,
    Unreadable,
    encode_base64,
    main,
    parse_policy,
    parse_tlog_proof,
    parse_trust,
    verify_bundle,
    verify_note,
    verify_tlog_proof,
    write_tlog_proof,
)

from tests.unit.proofs.test_bundle import (
    CASE,
    INSTALLATION,
    KEYS,
    LOGS,
    MADE,
    OTHER,
    origin,
    signer,
    stream_of,
)

AT = 1_700_000_100
NAMES = ("procuratorate", "court", "prison")
WITNESSES = {name: signer(f"guitu/test/witness/{name}") for name in NAMES}
TEXT = (
    "# who is trusted\n"
    + "".join(f"log {key}\n" for key in KEYS)
    + "".join(f"witness {name} {one.witness_vkey} http://{name}.test\n" for name, one in WITNESSES.items())
    + "group others any court prison\n\tgroup two all procuratorate others\n\nquorum two\n"
)
POLICY = parse_policy(TEXT)


def cosigned(note: str, *names: str, time: int = AT) -> str:
    lines = [cosignature_line(note, WITNESSES[name], time) for name in names]
    return add_signatures(note, lines, [one.witness_vkey for one in WITNESSES.values()])


def bundle(*names: str, time: int = AT) -> bytes:
    exported = [log.export(CASE) for log in LOGS]
    logs = [replace(one, checkpoint=cosigned(one.checkpoint, *names, time=time)) for one in exported]
    return build_bundle(INSTALLATION, CASE, made_at=MADE, logs=logs)


def proof(*names: str, seq: int = 4) -> str:
    log = LOGS[0]
    found = {s: (meta, data) for events in log.events.values() for s, meta, data in events}
    path = tuple(log.tree.inclusion(seq))
    return write_tlog_proof(TlogProof(seq, path, cosigned(log.checkpoint(), *names), canonical(*found[seq])))


@pytest.mark.parametrize(
    ("names", "enough"),
    [
        ((), False),
        (("procuratorate",), False),
        (("court", "prison"), False),  # two of three, but not the procuratorate
        (("procuratorate", "court"), True),
        (("procuratorate", "prison"), True),
        (NAMES, True),
    ],
)
def test_nothing_is_proven_before_the_quorum(names: tuple[str, ...], enough: bool) -> None:
    report = verify_bundle(bundle(*names), KEYS, policy=POLICY)
    assert report.findings == ()
    assert (report.proven, report.state) == (enough, "PROVEN" if enough else "WITNESS_PENDING")
    assert ("结果：成立。" if enough else "结果：待见证。") in report.text()
    assert ("Result: proven." if enough else "cosigned by") in report.text("en")
    assert json.loads(report.json())["state"] == report.state


def test_who_names_no_quorum_gets_no_proof() -> None:
    report = verify_bundle(bundle(*NAMES), POLICY.keys)
    assert (report.proven, report.findings, report.state) == (False, (), "WITNESS_PENDING")
    assert "没有给出见证规则" in report.text()
    assert verify_bundle(bundle(), KEYS, policy=Policy((), (), (), "none")).proven


def test_a_failure_is_not_hidden_by_a_missing_witness() -> None:
    broken = bundle("court").replace(encode_base64(b"fact 4").encode(), encode_base64(b"fact 5").encode())
    report = verify_bundle(broken, KEYS, policy=POLICY)
    assert (report.state, report.findings[0].code) == ("FAILED", "EVENT_NOT_IN_LOG")


def test_a_cosignature_of_an_unknown_key_or_without_time_counts_for_nothing() -> None:
    stranger = signer("guitu/test/witness/procuratorate", "another key")
    note = LOGS[0].checkpoint()
    line = cosignature_line(note, stranger, AT)
    signed = verify_note(cosigned(note, "court") + line, POLICY.keys)
    assert POLICY.cosigners(signed) == ("court",)
    timeless = verify_note(cosigned(note, *NAMES, time=0), POLICY.keys)
    assert not POLICY.met(timeless)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "quorum none\nquorum none\n",
        "quorum nobody\n",
        "group g any none\nquorum g\n",
        TEXT.replace("quorum two", "quorum three"),
        TEXT.replace("group two all", "group two 3"),
        TEXT.replace("group two all", "group two 0"),
        TEXT.replace("group two all", "group two 02"),
        TEXT.replace("group two all procuratorate others", "group two all procuratorate court"),
        TEXT.replace("group others any court prison", "group others any court court"),
        TEXT.replace("witness court", "witness prison"),
        TEXT.replace("witness court ", "witness none "),
        TEXT.replace("witness court", "log court"),
        TEXT + "log " + str(KEYS[0]) + "\n",
        TEXT + "witness again " + str(WITNESSES["court"].witness_vkey) + "\n",
        TEXT.replace(str(WITNESSES["court"].witness_vkey), str(WITNESSES["court"].vkey)),
        TEXT.replace(str(KEYS[0]), str(KEYS[0])[:-4] + "AAA="),
        TEXT.replace("quorum two", "quorum\rtwo"),
        TEXT + "colour red\n",
    ],
)
def test_a_malformed_policy_is_refused(text: str) -> None:
    with pytest.raises(PolicyError):
        parse_policy(text)


def test_what_is_wrong_with_a_policy_is_said_in_chinese_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy, given = tmp_path / "my.policy", tmp_path / "case.json"
    given.write_bytes(bundle(*NAMES))
    twice = TEXT.replace("group two all procuratorate others", "group two all procuratorate court")
    for text, zh, en in (
        (twice, "组 two：'court' 已是某个组的成员", "already a member"),
        (TEXT.replace("\n", "\r\n"), "请另存为 Unix 换行（LF）", "(CRLF): save it with those of Unix"),
    ):
        policy.write_bytes(text.encode())
        for lang, want in (("zh", zh), ("en", en)):
            assert main([str(given), "--keys", str(policy), "--lang", lang]) == 2
            assert want in capsys.readouterr().err
    assert main([str(tmp_path / "none"), "--keys", str(tmp_path / "nothing")]) == 2
    assert capsys.readouterr().err == f"输入不可读：{tmp_path / 'nothing'}：没有这个文件\n"


def test_a_policy_is_said_in_words() -> None:
    assert POLICY.rule() == "全部（检察院 procuratorate、至少 1 个（法院 court、监狱 prison））"
    assert POLICY.rule("en") == "all of (procuratorate, 1 of (court, prison))"
    assert parse_policy("quorum none\n").rule("en") == "no witness is asked for"
    assert parse_trust(TEXT) == (list(POLICY.keys), POLICY)
    assert parse_trust(f"{KEYS[0]}\n") == ([KEYS[0]], None)


def test_one_event_is_proven_by_one_file() -> None:
    report = verify_tlog_proof(proof("procuratorate", "prison").encode(), KEYS, policy=POLICY, case_id=CASE)
    assert (report.state, report.findings) == ("PROVEN", ())
    assert (report.origin, report.index, report.subject) == (origin("intake"), 4, str(CASE))
    assert report.event_id == str(uuid.uuid5(stream_of("intake", CASE), "4"))
    assert "结果：成立。" in report.text()
    assert "2023-11-14 22:15" in report.text("en")
    assert "序号 4（从 0 起），检查点共 24 条" in report.text()
    assert "index 4 (from 0) of 24 entries" in report.text("en")
    assert json.loads(report.json())["format"] == "guitu-proof-report-v1"
    pending = verify_tlog_proof(proof("court", "prison").encode(), KEYS, policy=POLICY)
    assert (pending.proven, pending.state) == (False, "WITNESS_PENDING")


def test_a_tlog_proof_has_the_lines_of_the_specification() -> None:
    lines = proof("court").split("\n")
    assert lines[0] == PROOF_FORMAT
    assert lines[1].startswith("extra ")
    assert lines[2] == "index 4"
    assert [encode_base64(h) for h in LOGS[0].tree.inclusion(4)] == lines[3:8]
    assert lines[8:10] == ["", origin("intake")]
    bare = TlogProof(0, (), "a\n1\nb\n\n— c d\n")
    assert write_tlog_proof(bare) == f"{PROOF_FORMAT}\nindex 0\n\na\n1\nb\n\n— c d\n"
    assert parse_tlog_proof(write_tlog_proof(bare)) == bare


def test_an_sm3_log_is_proven_by_its_own_hash() -> None:
    log, key = LOGS[0], signer(origin("intake"))
    sm3 = Signer(f"{origin('intake')}/sm3", key.public_key, key.sign)
    stored = sorted(one for events in log.events.values() for one in events)
    tree = Tree([leaf_pair(meta, data)[1] for _, meta, data in stored], hash="sm3")
    note = sign_checkpoint(sm3.name, tree.size, tree.root(), sm3)
    _, meta, data = stored[4]
    text = write_tlog_proof(TlogProof(4, tuple(tree.inclusion(4)), note, canonical(meta, data)))
    assert verify_tlog_proof(text.encode(), [sm3.vkey], policy=parse_policy("quorum none\n")).proven


def test_a_false_proof_of_one_event_is_named() -> None:
    good = proof("procuratorate", "court")
    codes = {
        "EVENT_NOT_IN_LOG": good.replace("index 4", "index 5"),
        "PROOF_MALFORMED": good.replace("index 4\n", f"index 4\n{encode_base64(bytes(32))}\n"),
        "CHECKPOINT_OLD": good.replace("index 4", "index 24"),
        "KEY_NOT_PINNED": good.replace(f"\n\n{origin('intake')}\n", f"\n\n{origin('court')}\n"),
        "CHECKPOINT_FALSE_SIGNATURE": good.replace("\n24\n", "\n25\n"),
    }
    for code, text in codes.items():
        report = verify_tlog_proof(text.encode(), KEYS, policy=POLICY)
        assert (report.state, [f.code for f in report.findings][:1]) == ("FAILED", [code]), report.text("en")
    other = verify_tlog_proof(good.encode(), KEYS, policy=POLICY, case_id=OTHER)
    assert [f.code for f in other.findings] == ["CASE_NOT_ASKED_FOR"]
    for text in ("", good.replace("@v1", "@v2"), good.replace("extra ", "extra A"), good.replace("index 4", "index 04"),
                 good.replace("index 4\n", ""), "\n".join(good.split("\n")[:1] + good.split("\n")[2:])):  # fmt: skip
        with pytest.raises(Unreadable):
            verify_tlog_proof(text.encode(), KEYS, policy=POLICY)


def test_the_exit_code_says_that_witnesses_are_missing(tmp_path: Path) -> None:
    (tmp_path / "trust").write_text(TEXT, encoding="utf-8")
    (tmp_path / "keys").write_text("".join(f"{key}\n" for key in KEYS), encoding="utf-8")
    (tmp_path / "p.tlog-proof").write_text(proof(*NAMES), encoding="utf-8")
    (tmp_path / "b.json").write_bytes(bundle("court"))
    trust, keys = str(tmp_path / "trust"), str(tmp_path / "keys")
    assert main([str(tmp_path / "p.tlog-proof"), "--policy", trust]) == 0
    assert main([str(tmp_path / "p.tlog-proof"), "--keys", keys, "--lang", "en"]) == 3
    assert main([str(tmp_path / "b.json"), "--keys", trust, "--json"]) == 3
    assert main([str(tmp_path / "b.json"), "--keys", str(tmp_path / "b.json")]) == 2


def test_files_that_pin_no_key_of_a_log_are_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given, keys = tmp_path / "p.tlog-proof", tmp_path / "keys"
    given.write_text(proof(*NAMES), encoding="utf-8")
    witnesses = "".join(f"{line}\n" for line in TEXT.split("\n") if not line.startswith("log "))
    for text in (witnesses, "# nothing\n"):
        keys.write_text(text, encoding="utf-8")
        for lang, want in (("zh", "没有任何日志的公钥"), ("en", "pin no key of any log")):
            assert main([str(given), "--keys", str(keys), "--lang", lang]) == 2
            assert want in capsys.readouterr().err
    others = tmp_path / "others"
    others.write_text(witnesses + f"log {signer(origin('court')).vkey}\n", encoding="utf-8")
    assert main([str(given), "--keys", str(others)]) == 1
    assert "KEY_NOT_PINNED" in capsys.readouterr().out
    keys.write_text(witnesses, encoding="utf-8")
    alone = tmp_path / "log.vkey"
    alone.write_text("".join(f"{log.signer.vkey}\n" for log in LOGS), encoding="utf-8")
    assert main([str(given), "--keys", str(alone), "--policy", str(keys)]) == 0


def test_material_given_for_its_keys_is_said_to_be_swapped_and_not_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trust = tmp_path / "trust"
    trust.write_text(TEXT, encoding="utf-8")
    material = (bundle("court"), proof(*NAMES).encode(), proof(*NAMES).split("\n\n", 1)[1].encode())
    for number, data in enumerate(material):
        given = tmp_path / str(number)
        given.write_bytes(data)
        for lang, want in (("zh", "是否放反了"), ("en", "were the two files swapped?")):
            assert main([str(trust), "--keys", str(given), "--lang", lang]) == 2
            assert want in capsys.readouterr().err
    rubbish = tmp_path / "rubbish"
    rubbish.write_text("x" * 50_000, encoding="utf-8")
    assert main([str(trust), "--keys", str(rubbish)]) == 2
    assert len(capsys.readouterr().err) < 200
