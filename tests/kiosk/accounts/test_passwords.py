"""What may be a password, how it is kept, and that nothing shows it."""

from __future__ import annotations

import copy
import pickle
import traceback

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.accounts.passwords import (
    LONGEST,
    SHORTEST,
    STANDARD,
    Hasher,
    Parameters,
    Password,
    Weakness,
    weakness,
)
from tests.support.staff import OTHER, QUICK, WORD

COMMON = [
    "1234567890", "0987654321", "12345678901234", "qwertyuiop", "1qaz2wsx3e", "password123", "P@ssw0rd2024!",
    "PASSWORD!!!", "ｐａｓｓｗｏｒｄ１２３", "aaaaaaaaaaaa", "1212121212", "sakurasakura", "reception1",
    "uketsuke2026", "@dministrator", "hospital-1234", "パスワードパスワード", "受付受付受付受付受付",
    "病院1234567890", "abcdefghij", "!!!!!!!!!!",
]  # fmt: skip
GOOD = [WORD, OTHER, "うちの犬は毎朝六時に吠える", "xK4#m9-qQ2v", "sakura no ki no shita"]


# -- what may be one -------------------------------------------------------------------------------
@pytest.mark.parametrize("typed", GOOD)
def test_words_that_do_not_belong_together_are_good(typed: str) -> None:
    assert weakness(Password(typed), "sato", "佐藤 花子") is None


@pytest.mark.parametrize("typed", COMMON)
def test_the_commonest_are_refused(typed: str) -> None:
    assert weakness(Password(typed)) is Weakness.COMMON


@pytest.mark.parametrize("typed", ["", "a", "aB3$aB3$x", "あいうえおかきくけ"])
def test_a_short_one_is_refused_whatever_is_in_it(typed: str) -> None:
    assert weakness(Password(typed)) is Weakness.SHORT


def test_a_page_of_text_is_refused() -> None:
    text = "".join(chr(0x4E00 + n) for n in range(LONGEST + 1))
    assert weakness(Password(text)) is Weakness.LONG
    assert weakness(Password(text[:-1])) is None


@pytest.mark.parametrize(
    "typed",
    ["hanako.sato", "HANAKO.SATO1", "1-hanako.sato", "hanako.satohanako.sato", "見本クリニック受付係"],
)
def test_the_accounts_own_name_is_refused(typed: str) -> None:
    assert weakness(Password(typed), "hanako.sato", "見本クリニック受付係") is Weakness.NAME


def test_a_name_inside_a_long_password_does_not_matter() -> None:
    assert weakness(Password("sato likes wet umbrellas"), "sato") is None
    assert weakness(Password(WORD), "h", "") is None


@given(st.text(min_size=SHORTEST))
@settings(max_examples=50)
def test_every_text_is_judged_and_every_weakness_has_a_remedy(typed: str) -> None:
    found = weakness(Password(typed), "sato")
    assert found is None or len(found.remedy) > 20


# -- how it is kept --------------------------------------------------------------------------------
def test_the_parameters_are_those_of_rfc_9106_for_small_machines() -> None:
    kept = extract_parameters(Hasher().hash(Password(WORD)))
    assert (kept.type, kept.version) == (Type.ID, 0x13)
    assert (kept.memory_cost, kept.time_cost, kept.parallelism) == (2**16, 3, 4)
    assert (kept.salt_len, kept.hash_len) == (16, 32)


def test_the_right_password_fits_and_another_does_not() -> None:
    hasher = Hasher(QUICK)
    kept = hasher.hash(Password(WORD))
    assert hasher.verify(kept, Password(WORD))
    for wrong in (OTHER, "", WORD + " ", WORD.upper(), WORD[:-1]):
        assert not hasher.verify(kept, Password(wrong))
    assert not hasher.verify(None, Password(WORD))
    assert kept != hasher.hash(Password(WORD))


def test_nobody_has_no_password_not_even_by_luck() -> None:
    hasher = Hasher(QUICK, bytes)  # the hash of nobody is that of zeros
    assert not hasher.verify(None, Password(bytes(32).hex()))


def test_an_input_methods_full_width_letters_are_the_same_password() -> None:
    hasher = Hasher(QUICK)
    assert hasher.verify(hasher.hash(Password("horse ｓｔａｐｌｅ　ガ")), Password("ｈｏｒｓｅ staple ｶﾞ"))


@given(st.text())
@settings(max_examples=50)
def test_every_text_can_be_a_password_and_is_told_from_a_longer_one(typed: str) -> None:
    hasher = Hasher(QUICK)
    kept = hasher.hash(Password(typed))
    assert hasher.verify(kept, Password(bytearray(typed, "utf-8", "surrogatepass")))
    assert not hasher.verify(kept, Password(typed + "x"))


def test_hashes_of_other_parameters_are_outdated_and_still_fit() -> None:
    old, new = Hasher(QUICK), Hasher(Parameters(memory=16, passes=1, lanes=1))
    kept = old.hash(Password(WORD))
    assert new.outdated(kept)
    assert new.verify(kept, Password(WORD))
    assert not new.outdated(new.hash(Password(WORD)))
    assert not Hasher(STANDARD).outdated(Hasher().hash(Password(WORD)))


# -- nothing shows it ------------------------------------------------------------------------------
def test_a_password_is_wiped_after_its_block() -> None:
    password = Password(WORD)
    buffer = password._typed
    with password:
        assert password.reveal() == WORD.encode()
    assert (bytes(buffer), password.reveal()) == (b"", b"")


def test_the_buffer_that_was_given_is_wiped_at_once() -> None:
    given = bytearray(WORD.encode())
    seen_from_outside = memoryview(given)
    assert Password(given).reveal() == WORD.encode()
    assert bytes(seen_from_outside) == bytes(len(WORD))


@pytest.mark.parametrize("typed", ["horse\udcff staple \ud800", bytearray(b"horse \xff\xfe staple")])
def test_broken_text_raises_nothing_that_would_quote_it(typed: str | bytearray) -> None:
    hasher = Hasher(QUICK)
    assert hasher.verify(hasher.hash(Password(copy.copy(typed))), Password(typed))


def test_a_password_is_not_shown_copied_to_disk_or_compared_by_value() -> None:
    password = Password(WORD)
    assert WORD not in f"{password!r} {password} {[password]}"
    assert password != Password(WORD)
    with pytest.raises(TypeError):
        pickle.dumps(password)
    try:
        Hasher(QUICK).verify("$nonsense$", password)
    except Exception:
        assert "horse" not in traceback.format_exc()
