"""Numbers derived for an invented person: the 12 digits that are no individual number, and 照合番号B."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

# An era counts from the day it began; its first calendar year is year 1.
_ERAS = (
    (date(2019, 5, 1), 2019),
    (date(1989, 1, 8), 1989),
    (date(1926, 12, 25), 1926),
    (date(1912, 7, 30), 1912),
    (date(1868, 1, 25), 1868),
)


def check_digit(eleven: str) -> int:
    """The check digit that a real individual number would have after these eleven digits.

    Weights 2 to 7, then 2 to 6, from the right; 11 minus the sum modulo 11, and 0 where that is 10 or 11
    (Ministry of Internal Affairs ordinance 85 of 2014, article 5).
    """
    weights = (2, 3, 4, 5, 6, 7, 2, 3, 4, 5, 6)
    total = sum(int(digit) * weight for digit, weight in zip(reversed(eleven), weights, strict=True))
    return (11 - total % 11) % 11 % 10


def individual_number(persona_id: str) -> str:
    """Twelve digits that stand for a person's number and fail its check digit, so that they can be nobody's."""
    draw = int.from_bytes(sha256(b"individual number/" + persona_id.encode()).digest(), "big")
    eleven = f"{draw % 10**11:011d}"
    wrong = (check_digit(eleven) + 1 + draw // 10**11 % 9) % 10
    return f"{eleven}{wrong}"


def era_birth_date(birth_date: date) -> str:
    """YYMMDD with the year of the Japanese era, as the card face shows it. Raises ``ValueError`` before 1868."""
    for first_day, first_year in _ERAS:
        if birth_date >= first_day:
            return f"{birth_date.year - first_year + 1:02d}{birth_date:%m%d}"
    raise ValueError("born before the eras that cards know")


def verification_code_b(birth_date: date, expiry: date, security_code: str) -> str:
    """照合番号B: era birth date, the Gregorian year in which the card expires, the security code; 14 digits.

    How it is formed for holders whose card shows a Gregorian birth date is not known; the same rule is used.
    """
    return f"{era_birth_date(birth_date)}{expiry.year:04d}{security_code}"
