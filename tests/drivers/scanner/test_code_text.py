"""The bytes of a code as text: what Japanese papers may carry, and what is no text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from drivers.scanner.text import readable, visible

HALF_KANA = st.text("ｱｲｳｴｵｶｷｸｹｺﾔﾏﾀﾞﾀﾛｳ ABC123", min_size=1, max_size=30)
NAMES = st.text("山田太郎髙﨑花子ヤマダあいう　 -=:0123456789ABCabc\n", max_size=60)


def _is_utf_8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@given(NAMES)
def test_utf_8_and_shift_jis_say_the_same(text: str) -> None:
    """But for the rare bytes of the one that happen to be sound text of the other: nobody can tell those."""
    assume(text.isascii() or not _is_utf_8(text.encode("cp932")))
    assert readable(text.encode("utf-8")) == readable(text.encode("cp932")) == text


@given(HALF_KANA)
def test_half_width_kana_are_kana_even_where_their_bytes_are_utf_8_as_well(text: str) -> None:
    assert readable(text.encode("cp932")) == text


def test_two_kana_that_are_one_latin_letter_in_utf_8_are_kana() -> None:
    assert "ﾃｱ".encode("cp932").decode("utf-8") == "ñ"
    assert readable("ﾃｱ".encode("cp932")) == "ﾃｱ"


def test_a_byte_order_mark_is_no_character() -> None:
    assert readable("山田".encode("utf-8-sig")) == "山田"


@pytest.mark.parametrize(
    "content", [b"", bytes(range(256)), b"\xff\xfe\xfd", b"\x00\x01\x02\x03ABC", b"\x80\x81", b"\xa0\xa0\xfd"]
)
def test_binary_content_says_nothing(content: bytes) -> None:
    assert readable(content) == ""


def test_separators_of_fields_do_not_make_text_binary() -> None:
    assert readable(b"1\x1d2\x1e3\x1f4\t5") == "1␝2␞3␟4␉5"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("A\x00B", "A␀B"),
        ("A\x1b[31mB", "A␛[31mB"),
        ("A\x7fB", "A␡B"),
        ("A\r\nB\rC\nD", "A\nB\nC\nD"),
        ("A\u2028B", "A\nB"),
        ("A\u202eB", "A⟨U+202E⟩B"),
        ("A\u200bB", "A⟨U+200B⟩B"),
        ("A\x85B", "A⟨U+0085⟩B"),
        ("山田　太郎", "山田　太郎"),
    ],
)
def test_what_cannot_be_seen_is_made_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text(max_size=80))
def test_nothing_unseen_is_left_and_a_second_time_changes_nothing(text: str) -> None:
    once = visible(text)
    assert visible(once) == once
    assert not any(unicodedata.category(one) in {"Cc", "Cf"} and one != "\n" for one in once)


@given(st.binary(max_size=200))
def test_any_bytes_can_be_read(content: bytes) -> None:
    assert isinstance(readable(content), str)
