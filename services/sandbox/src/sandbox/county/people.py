"""Invented people: names from common parts, identity numbers that are well formed and belong to nobody.

No field says anything of ethnicity, religion or origin: such facts exist nowhere in the platform.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

COUNTY: Final = "330203"
OFFICES: Final = tuple(f"{COUNTY}{n:03d}" for n in range(1, 9))

_SURNAMES: Final = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余"
_GIVEN: Final = "伟芳娜秀敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华建文辉玲红梅波斌宇浩凯健俊帆雪倩博"
_STREETS: Final = ("沙盒路", "示例街", "样本巷", "虚拟大道", "测试弄")
# GB 11643: weights of the first 17 digits, and the check character of the sum modulo 11
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK: Final = "10X98765432"
_ADULT_BORN: Final = (date(1961, 1, 1), date(2004, 12, 31))
# 16 or 17 years old throughout the window of 2026
_MINOR_BORN: Final = (date(2008, 9, 1), date(2009, 11, 30))


@dataclass(frozen=True, slots=True)
class Person:
    """A person who does not exist. `key` names the case in the scenario, `index` counts from 0."""

    key: str
    index: int
    name: str
    female: bool
    born: date
    identity_number: str
    address: str
    phone: str
    office: str


def invent(seed: int, index: int, *, female: bool | None = None, minor: bool = False) -> Person:
    """The person of a seed and an index; nobody else's facts have any part in it."""
    key = f"p{index + 1:03d}"
    rng = Random(f"{seed}/{key}/person")
    sex = rng.random() < 0.3 if female is None else female
    first, last = _MINOR_BORN if minor else _ADULT_BORN
    born = first + timedelta(days=rng.randrange((last - first).days + 1))
    name = rng.choice(_SURNAMES) + "".join(rng.sample(_GIVEN, rng.choice((1, 2, 2))))
    # unique without a shared counter: three digits of the index, odd for men, even for women
    serial = (2 * index + (0 if sex else 1)) % 1000
    address = f"浙江省宁波市海曙区{rng.choice(_STREETS)}{rng.randrange(1, 300)}号"
    office = rng.choice((*OFFICES, ""))
    return Person(
        key,
        index,
        name,
        sex,
        born,
        identity_number(COUNTY, born, serial),
        address,
        f"0000-{index:07d}",
        office,
    )


def identity_number(division: str, born: date, serial: int) -> str:
    """A number in the form of GB 11643 with its check character."""
    body = f"{division}{born:%Y%m%d}{serial:03d}"
    return body + check_character(body)


def check_character(body: str) -> str:
    """Check character of the first 17 digits."""
    return _CHECK[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]
