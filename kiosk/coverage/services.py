"""What a national-system service can carry, and what a patient may agree to share. Values only."""

from __future__ import annotations

from enum import StrEnum


class Capability(StrEnum):
    """What an eligibility service declares that it can do. A visit offers only what its service carries."""

    BY_CARD = "by_card"  # look up with the verified card
    BY_NUMBERS = "by_numbers"  # look up with insurer number, symbol, number, branch and birth date
    FACE_RESULT = "face_result"  # results of a certified face-recognition reader arrive by themselves
    REGISTER = "register"  # register the card's insurance use
    MEDICAL_CONSENT = "medical_consent"  # consent to medical information is carried with the question


class ConsentItem(StrEnum):
    """What a patient may let this facility see, one decision each (S3 はじめに, §2; codes in the exchange 036)."""

    CARE = "care"  # 診療・薬剤情報 (SRJ, YZK)
    OPERATIONS = "operations"  # 手術情報 (SHJ)
    CHECKUPS = "checkups"  # 特定健診等情報 (TKK), from age 40
    SPECIFIC_DISEASES = "specific_diseases"  # 特定疾病 (TSR)
    LIMIT = "limit"  # 限度額情報; since 2024-10-07 supplied without a screen of its own


class Choice(StrEnum):
    """A patient's decision on one item. Never preset."""

    AGREED = "agreed"
    DECLINED = "declined"
