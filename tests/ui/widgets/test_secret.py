from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.widgets.secret import SecretBuffer

DIGITS = st.lists(st.integers(0, 9), max_size=4)


def kept(digits: bytearray) -> str:
    taken.append(bytes(digits))
    return "slot"


taken: list[bytes] = []


@given(DIGITS)
def test_what_was_added_is_handed_over_once(digits: list[int]) -> None:
    taken.clear()
    secret = SecretBuffer(4)
    for digit in digits:
        secret.add(digit)
    assert len(secret) == len(digits)
    assert secret.hand_over(kept) == "slot"
    assert taken == ["".join(map(str, digits)).encode()]
    secret.hand_over(kept)
    assert taken[1] == b""


@given(DIGITS)
def test_nothing_is_left_in_memory_after_wiping(digits: list[int]) -> None:
    secret = SecretBuffer(4)
    for digit in digits:
        secret.add(digit)
    secret.wipe()
    assert vars(secret)["_digits"] == bytes(4)
    assert len(secret) == 0


def test_a_dropped_digit_is_overwritten() -> None:
    secret = SecretBuffer(4)
    secret.add(7)
    secret.drop_last()
    secret.drop_last()
    assert vars(secret)["_digits"] == bytes(4)


def test_it_never_grows() -> None:
    secret = SecretBuffer(4)
    for _ in range(9):
        secret.add(5)
    assert len(secret) == 4


@pytest.mark.parametrize("digit", [-1, 10])
def test_only_digits_are_taken(digit: int) -> None:
    with pytest.raises(ValueError, match="0 to 9"):
        SecretBuffer(4).add(digit)


def test_its_description_holds_no_digit() -> None:
    secret = SecretBuffer(4)
    secret.add(7)
    assert not any(sign.isdigit() for sign in repr(secret))
