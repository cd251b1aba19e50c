"""One-time codes: each counts once, and only when it is its time."""

from __future__ import annotations

import base64
import hmac
import os
import re
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from random import Random
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.accounts.passwords import Hasher
from kiosk.accounts.records import Totp
from kiosk.accounts.second import (
    RECOVERY_CODES,
    after_code,
    code_tag,
    new_recovery_codes,
    new_totp,
    otpauth,
    without_code,
)
from tests.support.staff import MONDAY, QUICK, SECRET

TOTP = Totp(secret=SECRET)
HASHER = Hasher(QUICK)


def code_at(at: datetime, secret: str = SECRET) -> str:
    """RFC 6238 by hand."""
    step = int(at.timestamp()) // 30
    mac = hmac.new(base64.b32decode(secret), step.to_bytes(8), sha1).digest()
    start = mac[-1] & 15
    return f"{(int.from_bytes(mac[start : start + 4]) & 0x7FFFFFFF) % 10**6:06}"


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


# -- TOTP ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("at", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_the_examples_of_the_rfc(at: int, code: str) -> None:
    """RFC 6238, appendix B, cut to six digits."""
    totp = Totp(secret=base64.b32encode(b"12345678901234567890").decode())
    now = datetime.fromtimestamp(at, UTC)
    assert code_at(now, totp.secret) == code
    used = after_code(totp, code, now)
    assert used is not None
    assert used.step == at // 30


@pytest.mark.parametrize(("off", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_phone_may_be_one_step_fast_or_slow(off: int, fits: bool) -> None:
    assert (after_code(TOTP, code_at(MONDAY + seconds(30 * off)), MONDAY) is not None) is fits


def test_a_code_counts_once() -> None:
    code = code_at(MONDAY)
    used = after_code(TOTP, code, MONDAY)
    assert used is not None
    assert after_code(used, code, MONDAY) is None
    assert after_code(used, code, MONDAY + seconds(29)) is None


def test_after_a_code_no_earlier_one_counts_either() -> None:
    used = after_code(TOTP, code_at(MONDAY + seconds(30)), MONDAY)
    assert used is not None
    assert after_code(used, code_at(MONDAY), MONDAY) is None
    assert after_code(used, code_at(MONDAY + seconds(60)), MONDAY + seconds(30)) is not None


@pytest.mark.parametrize("spell", ["{} ", " {}", "{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}"])
def test_blanks_and_full_width_digits_are_understood(spell: str) -> None:
    code = code_at(MONDAY)
    assert after_code(TOTP, spell.format(code), MONDAY)
    assert after_code(TOTP, "".join(chr(0xFF10 + int(digit)) for digit in code), MONDAY)


@given(st.text())
def test_what_is_no_code_is_refused_quietly(typed: str) -> None:
    if typed not in {code_at(MONDAY + seconds(30 * off)) for off in (-1, 0, 1)}:
        assert after_code(TOTP, typed, MONDAY) is None


def test_a_new_secret_is_160_bits_and_an_app_can_take_it() -> None:
    totp = new_totp(lambda count: bytes(range(count)))
    assert base64.b32decode(totp.secret) == bytes(range(20))
    uri = urlsplit(otpauth(totp, "sato", "見本診療所"))
    fields = parse_qs(uri.query)
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert (fields["secret"], fields["issuer"]) == ([totp.secret], ["見本診療所"])
    assert totp.secret not in repr(totp)


# -- recovery codes --------------------------------------------------------------------------------
def test_ten_codes_are_made_that_are_easy_to_copy_and_differ() -> None:
    kept, codes = new_recovery_codes(HASHER, os.urandom)
    assert len(set(codes)) == len(set(kept.left)) == len(codes) == RECOVERY_CODES
    for code in codes:
        assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}", code)
        assert code not in repr(kept)
        assert code.replace("-", "").encode() not in b"".join(kept.left)


@given(st.permutations(range(RECOVERY_CODES)), st.integers())
def test_each_code_counts_once_in_any_order(order: list[int], seed: int) -> None:
    kept, codes = new_recovery_codes(HASHER, Random(seed).randbytes)
    left = kept
    for number, which in enumerate(order, 1):
        tag = code_tag(left, codes[which], HASHER)
        after = without_code(left, tag)
        assert after is not None
        assert len(after.left) == RECOVERY_CODES - number
        assert without_code(after, tag) is None
        left = after
    assert left.left == ()


def test_a_code_is_understood_as_people_write_it() -> None:
    kept, codes = new_recovery_codes(HASHER, lambda count: bytes(range(count)))
    assert codes[0] == "0123-4567-89AB"
    for written in (
        "0123-4567-89ab",
        "o123 4567 89AB",
        "OI23456789AB",
        "ｏｌ２３４５６７８９ａｂ",
        "0123_4567–89AB",
    ):
        assert code_tag(kept, written, HASHER) in kept.left
    for wrong in ("0123-4567-89AC", "", "0123-4567", "\ud800"):
        assert without_code(kept, code_tag(kept, wrong, HASHER)) is None
    assert without_code(None, kept.left[0]) is None
