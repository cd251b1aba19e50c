"""Insurer numbers: shape, check digit, and what their digits tell. Pure.

Eight digits are law (法別) 2, prefecture 2, insurer 3, check 1; national health insurance (国保) has six,
without the law. Source: ``kiosk/eligibility/README.md``.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum

import msgspec

LAWS: dict[str, str] = {
    "01": "協会けんぽ",
    "02": "船員保険",
    "03": "日雇特例(一般)",
    "04": "日雇特例(特別)",
    "06": "組合健保",
    "07": "自衛官等",
    "31": "国家公務員共済",
    "32": "地方公務員共済",
    "33": "警察共済",
    "34": "公立学校・私学共済",
    "39": "後期高齢者医療",
    "63": "特例退職(組合健保)",
    "67": "退職国保",
    "72": "特例退職(国家公務員共済)",
    "73": "特例退職(地方公務員共済)",
    "74": "特例退職(警察共済)",
    "75": "特例退職(公立学校・私学共済)",
}

_PREFECTURES = """
北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県
東京都 神奈川県 新潟県 富山県 石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県
滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県 岡山県 広島県 山口県 徳島県
香川県 愛媛県 高知県 福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県
"""  # in the order of the national prefecture codes, from 01
PREFECTURES: dict[str, str] = {f"{code:02}": name for code, name in enumerate(_PREFECTURES.split(), 1)}


class InsuranceKind(StrEnum):
    """社保, 国保, 後期, and what is none of these, such as the payer numbers of public expense."""

    EMPLOYEES = "employees"
    NATIONAL = "national"
    LATE_ELDERLY = "late_elderly"
    OTHER = "other"


_NATIONAL_RETIRED = "67"
_LATE_ELDERLY = "39"


class Flaw(StrEnum):
    """Why a text is no insurer number; the order is the order of checking."""

    EMPTY = "empty"
    NOT_DIGITS = "not_digits"
    LENGTH = "length"
    CHECK_DIGIT = "check_digit"


class InsurerNumber(msgspec.Struct, frozen=True):
    """A number whose check digit is right. ``digits``: six or eight ASCII digits.

    A law or prefecture that is not in our tables is no flaw: the lists grow, and payer numbers of public
    expense have laws of their own.
    """

    digits: str

    @property
    def law_code(self) -> str:
        """ "" for the six digits of national health insurance."""
        return self.digits[:2] if len(self.digits) == 8 else ""

    @property
    def law(self) -> str | None:
        return LAWS.get(self.law_code)

    @property
    def prefecture_code(self) -> str:
        return self.digits[-6:-4]

    @property
    def prefecture(self) -> str | None:
        return PREFECTURES.get(self.prefecture_code)

    @property
    def kind(self) -> InsuranceKind:
        """By the law alone. One that is not in our table is ``OTHER``: no kind is guessed."""
        if self.national_health_insurance or self.law_code == _NATIONAL_RETIRED:
            return InsuranceKind.NATIONAL
        if self.late_elderly:
            return InsuranceKind.LATE_ELDERLY
        return InsuranceKind.EMPLOYEES if self.law is not None else InsuranceKind.OTHER

    @property
    def national_health_insurance(self) -> bool:
        """国保, municipal or of an association; not its retired members (67)."""
        return len(self.digits) == 6

    @property
    def national_health_association(self) -> bool:
        """国保組合: the insurer's three digits are in the 300s."""
        return self.national_health_insurance and self.digits[2] == "3"

    @property
    def late_elderly(self) -> bool:
        """後期高齢者医療: an identification number of eight digits and no symbol."""
        return self.law_code == _LATE_ELDERLY

    @property
    def padded(self) -> str:
        """Eight characters, zeros on the left, as JP Core wants it."""
        return self.digits.zfill(8)


def check_digit(body: str) -> int:
    """The check digit of the digits before it: weights 2, 1, 2, 1 … from the right, digits of the products
    summed, distance to the next ten (厚生労働省 保険者番号等設定要領). ``check_digit("3312001")`` is 5."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        product = int(digit) * (2 if place % 2 == 0 else 1)
        total += product // 10 + product % 10
    return -total % 10


def normalise(text: str) -> str:
    """Full-width digits made ASCII, blanks dropped, and the padding of six digits to eight removed."""
    digits = "".join(unicodedata.normalize("NFKC", text).split())
    return digits[2:] if len(digits) == 8 and digits.startswith("00") else digits


def parse(text: str) -> InsurerNumber | Flaw:
    """An insurer number as typed, printed or received."""
    digits = normalise(text)
    if not digits:
        return Flaw.EMPTY
    if not (digits.isascii() and digits.isdigit()):
        return Flaw.NOT_DIGITS
    if len(digits) not in (6, 8):
        return Flaw.LENGTH
    if int(digits[-1]) != check_digit(digits[:-1]):
        return Flaw.CHECK_DIGIT
    return InsurerNumber(digits)
