"""What rules.yaml forbids does not load, in whatever words, names or conditions it comes; what speaks of law does."""

import dataclasses
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from lawkit import load_law
from lawkit.errors import WrongFile
from lawkit.forbidden import ban_of, in_rule, touched
from lawkit.forbidden_words import named_in, vocabulary
from lawkit.region import read_region

LAW = load_law()
BAN = ban_of(LAW.catalogue.forbidden_features)
LOCAL = replace(LAW.rule("local.yuxi.inspection"), title_zh="走访", title_en="visit", note=None)
NATIONAL = LAW.rule("duty.probation")
HEAD = 'code: "5304"\ntitle_zh: 玉溪市\n'

# hostile variants, by the entry of forbidden_features that each breaks
HOSTILE = {
    "forbid.profiling-origin": [
        "visit by ethnicity", "persons of an ethnic minority report weekly", "check every Uyghur in the county",
        "screen persons whose religious belief is recorded", "按民族分类走访", "对信教人员加强核查", "涉疆人员列为重点",
        "minzu zhongdian renyuan", "persons who come from another province are outsiders", "对来自新疆的人员每周走访",
        "外地人从严管理", "祖籍为外省的重点关注", "e-t-h-n-i-c group first", "ｅｔｈｎｉｃ group first", "еthniс minorities first",
        "涉·疆·涉·藏人员", "Muslims need approval for leave", "列管信眾和教徒", "mínzú rényuán", "mz is 01",
    ],
    "forbid.origin-proxies": [
        "read the first six digits", "按身份证前六位分组", "group by surname", "persons who wear a headscarf", "语言不通的从严",
        "whose birthplace is elsewhere", "查看公民身份号码的前两位", "with a foreign accent or dialect", "留大胡须的人员", "halal diet noted",
        "the name pattern tells the group", "按出生地分级",
    ],
    "forbid.political-labels": [
        "record the political status", "party members are visited less", "登记政治面貌", "五独人员列管", "有四史的从严", "xzzmm of the person is noted",
        "political opinions are noted", "known dissidents are reported", "是否党员", "思想倾向评估",
    ],
    "forbid.ethnicity-beyond-print": [
        "list the ethnicity of each person", "export the ethnic group to the dashboard", "按民族统计台账", "index by minzu",
        "store ethnicity in a searchable column", "登记表导出民族", "analytics by ethnicity",
    ],
    "forbid.hukou-logic": [
        "only persons with local hukou", "household registration elsewhere: longer leave", "非本地户籍不予接收", "按户口所在地分级",
        "holders of a residence permit first", "the floating population reports weekly", "huji address decides", "流动人口从严", "戶籍地審核",
    ],
    "forbid.device-without-ground": [
        "every person wears an electronic bracelet", "a device is worn for the whole term", "全部人员佩戴电子定位装置", "所有缓刑对象一律戴手环",
        "the device stays on after expiry", "use the device before approval", "未经批准先行电子定位", "routine electronic monitoring",
    ],
    "forbid.continuous-phone-tracking": [
        "track the mobile phone in real time", "手机实时定位", "the app reports the location in the background", "微信位置共享全天开启",
        "geofence around the village", "手机轨迹每日核查", "continuous positioning by phone", "移动终端24小时在线",
    ],
    "forbid.device-data-elsewhere": [
        "share location data with the traffic police", "向企业提供定位信息", "export device data to another platform", "行动轨迹推送给综治平台",
        "sell the positioning data", "location data for other purposes", "位置信息用于其他工作",
    ],
    "forbid.automatic-sanction": [
        "the system refuses leave automatically", "leave is denied by the system", "两次迟到自动警告", "系统直接提请撤销缓刑", "automatic revocation on the third warning",
        "an algorithm downgrades the class to strict", "由系统判定从严管理", "warned without an officer",
    ],
    "forbid.hold-after-expiry": [
        "keep reporting after the term", "期满后继续报告三个月", "supervision continues after expiry", "postpone the release until the fine is paid",
        "暂缓解除矫正", "restrict leave after release", "解矫后随访管控一年", "到期后仍需定位",
    ],
    "forbid.minor-publication": [
        "publish the names of juveniles", "公示未成年人处分", "photo of the minor on the notice board", "未成年对象名单张贴", "announce children's warnings online",
        "students' penalties are made public", "向媒体公开少年案情",
    ],
    "forbid.assessment-leak": [
        "the assessment is handed to the family", "评估意见交由家属带回", "the lawyer receives a copy of the assessment", "调查评估材料由当事人转递",
        "relatives carry the assessment to the court", "向被告人提供评估报告", "the defendant may read the assessment",
    ],
    "forbid.biometric-only": [
        "face recognition is the only way to report", "只能人脸报到", "fingerprint is mandatory", "一律刷脸签到", "must use facial recognition",
        "声纹为唯一方式", "iris scan required for everyone",
    ],
    "forbid.helpers-enforce": [
        "volunteers approve leave", "社工决定是否批准外出", "the contractor reads the full file", "志愿者可以警告对象", "a security guard may seize the phone",
        "村委会审批外出", "group members decide on a warning", "第三方查阅档案",
    ],
    "forbid.status-exposure": [
        "tell the neighbours that a convict lives here", "向邻居告知矫正身份", "post the sentence for the villagers", "在村里公示罪犯身份让村民知晓",
        "inform the employer of the conviction", "the caller name shows community corrections", "走访时穿制服并说明社矫事由",
    ],
    "forbid.commercial-or-social-credit": [
        "feed the social credit system", "列入失信名单", "send the record to banks", "纳入个人征信", "a blacklist of offenders", "credit score of each person",
        "向保险公司提供记录", "marketing to persons",
    ],
}  # fmt: skip
VARIANTS = [(feature, text) for feature, texts in HOSTILE.items() for text in texts]

# what offices write every day and what may be written
HARMLESS = [
    "visit the family", "走访家庭", "talk with the person about work", "每月召开例会", "help with finding work", "提供临时救助", "心理辅导",
    "offer a course in the evening", "the office keeps the file", "三个月一次督查", "tell the person the result", "the person may call the office",
    "告知救助渠道", "communicate with the village committee about housing", "the county institution checks the plan", "组织公益活动",
    "a woman officer talks with a woman", "invite the group to the talk", "记录在案", "通知本人领取救助", "original court", "the region's holiday",
    "a skills course", "name of the officer on duty", "present residence is checked", "居住地核实", "education by topic",
]  # fmt: skip


@pytest.mark.parametrize(("feature", "text"), VARIANTS, ids=lambda v: str(v)[:40])
def test_a_hostile_text_does_not_load_in_any_field_of_a_rule(feature: str, text: str) -> None:
    for rule in (LOCAL, NATIONAL):
        for field in ("title_zh", "title_en", "trigger", "action", "on_breach", "quote", "note"):
            faults = list(in_rule(replace(rule, **{field: text}), BAN, ()))
            assert faults, (rule.id, field)
            assert faults[0].field == f"{rule.id}.{field}"
            assert any("forbids" in fault.want for fault in faults)
    # it is a prohibition that says what is forbidden; its type alone lets nothing pass
    assert list(in_rule(replace(LOCAL, type="prohibition", action=text), BAN, ()))
    named = {named_in(text), next(iter(in_rule(replace(LOCAL, action=text), BAN, ()))).want.split()[2]}
    assert feature in named or named & {"forbid.ethnicity-beyond-print", "forbid.profiling-origin"}


def test_every_forbidden_feature_has_synonyms_and_hostile_variants() -> None:
    features = {feature.id for feature in LAW.catalogue.forbidden_features}
    assert set(vocabulary().features) == features
    counted = Counter(feature for feature, _ in VARIANTS)
    assert {feature: counted[feature] for feature in features if counted[feature] < 5} == {}


@pytest.mark.parametrize("text", HARMLESS)
def test_a_harmless_text_loads(text: str) -> None:
    for field in ("title_zh", "trigger", "action"):
        assert list(in_rule(replace(LOCAL, **{field: text}), BAN, ())) == []


def test_the_national_catalogue_loads_and_few_of_its_texts_need_naming() -> None:
    assert list(touched(LAW.catalogue)) == []
    texts = set(texts_of(LAW.catalogue))
    assert set(vocabulary().spoken_of) <= texts, "a text that no longer stands in the catalogue"
    assert len(vocabulary().spoken_of) < len(texts) / 50


def texts_of(value: object) -> list[str]:
    """Every text in the records."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple | list):
        return [text for one in value for text in texts_of(one)]
    if isinstance(value, dict):
        return [text for key, one in value.items() for text in (key, *texts_of(one))]
    if dataclasses.is_dataclass(value):
        return [text for f in dataclasses.fields(value) for text in texts_of(getattr(value, f.name))]
    return []


def test_words_of_worked_examples_are_not_taken_for_forbidden_ones() -> None:
    """Few false positives: of all titles, facts and outcomes of the examples only those about a forbidden thing."""
    data = Path(__file__).parents[2] / "data" / "law" / "examples.yaml"
    examples = yaml.load(data.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["examples"]
    about = {e["id"]: [t for t in texts_of([e["title"], e["given"]]) if named_in(t)] for e in examples}
    hits = [example for example, found in about.items() if found]
    assert len(hits) <= len(examples) * 0.06, {h: about[h] for h in hits}


@pytest.mark.parametrize(
    "name",
    ["ethnicity", "ethnicGroup", "person_ethnicity", "minzu_dm", "mz", "religion_code", "userReligion", "hukou", "hukouProvince",
     "surname_class", "family_name", "id_card", "sfzh", "area_code", "xzqh", "birthplace", "political_status", "zzmm", "native_place",
     "region", "xinjiang_tag", "faith", "language", "name", "IDPrefix", "first_six_digits"],
)  # fmt: skip
def test_a_forbidden_data_item_is_known_by_any_name(name: str) -> None:
    assert BAN.on_name(name)


def conditioned(facts: str, condition: str) -> str:
    """Why a region's condition over the facts does not load."""
    rule = {**LOCAL_RULE, "id": "local.yuxi.visit"}
    text = yaml.safe_dump(
        {"rules": [{"rule": rule, "ground": "verify.methods", "when": condition}]},
        allow_unicode=True,
        sort_keys=False,
    )
    try:
        read_region(f"{HEAD}facts: {facts}\n{text}", LAW)
    except WrongFile as wrong:
        return str(wrong)
    return ""


LOCAL_RULE: dict[str, object] = {
    "type": "duty", "phase": "supervision", "title_zh": "走访", "title_en": "visit", "actor": ["JO"], "kinds": ["ALL"],
    "trigger": "a new case", "action": "visit the family", "duration": None, "unit": None,
    "counting": {"profile": "P-NONE", "first_day": "not_applicable", "holiday_roll": "not_applicable"}, "on_breach": "none stated",
    "source": [{"text": "SEED2", "article": "二(一)"}], "quote": None, "in_force_from": str(date(2026, 1, 1)), "in_force_to": None,
    "binding": "local", "seen": True, "value_seen": None, "verification": "seed",
}  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "condition"),
    [
        ('{area_code: {type: string, title_zh: 身份证前六位}}', 'area_code.startsWith("65")'),
        ("{code_a: {type: string, title_zh: 代码}}", 'code_a.startsWith("65")'),
        ("{code_a: {type: string, title_zh: 代码}}", 'code_a.matches("^65")'),
        ("{code_a: {type: string, title_zh: 代码}}", 'code_a.contains("65")'),
        ("{code_a: {type: string, title_zh: 代码}}", 'code_a . startsWith ( "6" )'),
        ("{code_a: {type: string, title_zh: 代码}}", 'matches(code_a, "65.*")'),
        ("{code_a: {type: string, title_zh: 代码}}", 'code_a == "650100"'),
        ("{code_a: {type: string, title_zh: 代码}}", 'code_a in ["5301", "65"]'),
        ("{code_a: {type: int, title_zh: 代码}}", "code_a >= 650000 && code_a < 660000"),
        ("{label: {type: string, title_zh: 标签}}", 'label == "uyghur"'),
        ("{label: {type: string, title_zh: 标签}}", r'label == "\u6c11\u65cf"'),
        ("{label: {type: string, title_zh: 标签}}", 'label == "少数" + "民族"'),
        ("{label: {type: string, title_zh: 标签}}", 'label == "eth" + "nic"'),
        ("{tags: {type: list(string), title_zh: 标签}}", '"hukou-elsewhere" in tags'),
        ("{group_a: {type: string, title_zh: 组, derived_from: [k]}, k: {type: string, title_zh: 类, derived_from: [id_card]}}",
         'group_a == "01"'),
        ("{where: {type: string, title_zh: 户籍地}}", 'where == "a"'),
    ],
)  # fmt: skip
def test_a_condition_that_classes_people_by_what_is_forbidden_does_not_load(
    facts: str, condition: str
) -> None:
    assert "forbids" in conditioned(facts, condition)


@pytest.mark.parametrize(
    ("facts", "condition"),
    [
        ("{late_reports: {type: int, title_zh: 次数}}", "late_reports > 2"),
        ("{class_now: {type: string, title_zh: 类别}}", 'class_now == "STRICT"'),
        ("{charge_code: {type: string, title_zh: 罪名代码}}", 'charge_code.startsWith("2")'),
        ("{residence_unit: {type: string, title_zh: 现居住地}}", 'residence_unit == "530402"'),
        ("{received: {type: date, title_zh: 接收日}}", 'received > timestamp("2026-01-01T00:00:00Z")'),
        ("{needs: {type: list(string), title_zh: 需要}}", '"work" in needs && needs[0] != ""'),
    ],
)
def test_a_condition_over_conduct_need_and_present_residence_loads(facts: str, condition: str) -> None:
    assert conditioned(facts, condition) == ""


def test_who_decides_and_who_is_told_is_read_as_well() -> None:
    def said(**changes: object) -> str:
        return "\n".join(map(str, in_rule(replace(LOCAL, **changes), BAN, ())))

    assert "forbid.automatic-sanction" in said(type="ground", actor=("SYSTEM",))
    assert "forbid.helpers-enforce" in said(type="approval", actor=("VOL", "SW"))
    assert "forbid.assessment-leak" in said(phase="assessment", copy_to=("SUBJECT",))
    assert "forbid.status-exposure" in said(copy_to=("UNIT",))
    form = next(form for form in LAW.catalogue.documents if form.official_form == 1)
    documents = tuple(
        replace(one, ethnicity_printed=True) if one is form else one for one in LAW.catalogue.documents
    )
    faults = list(touched(replace(LAW.catalogue, documents=documents)))
    (fault,) = faults
    assert "forbid.ethnicity-beyond-print" in fault.want
