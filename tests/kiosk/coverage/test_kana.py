"""Kana widths: there and back, and nothing else touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.coverage.kana import full_width, half_width, katakana, same_kana

HALF = "".join(map(chr, range(0xFF61, 0xFFA0)))
VOICED = "ガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポヴ"
OTHERS = "●〓髙﨑山田ABCxyz019ＡＢ1１ -・"


@pytest.mark.parametrize(
    ("half", "full"),
    [
        ("ﾔﾏﾀﾞ ﾀﾛｳ", "ヤマダ タロウ"), ("ﾊﾟｰｶｰ", "パーカー"), ("ｳﾞｨｵﾗ", "ヴィオラ"), ("ｼｬﾂ｢ｯ｣｡､･", "シャツ「ッ」。、・"),
        ("ｱﾞ", "ア゛"), ("ﾞ", "゛"), ("ｶﾞﾞ", "ガ゛"), ("●ﾀﾞ", "●ダ"), ("", ""),
    ],
)  # fmt: skip
def test_names_change_their_width_both_ways(half: str, full: str) -> None:
    assert full_width(half) == full
    assert half_width(full) == half


@given(st.text(HALF + VOICED + "アイウヤユヨッャー゛゜", max_size=30))
def test_kana_come_back_from_the_other_width(text: str) -> None:
    full = full_width(text)
    assert full_width(half_width(full)) == full
    half = half_width(text)
    assert half_width(full_width(half)) == half


@given(st.text(HALF + VOICED + OTHERS, max_size=30))
def test_only_one_width_is_left(text: str) -> None:
    assert not set(full_width(text)) & set(HALF)
    assert all("\uff61" <= c <= "\uff9f" for c in half_width(text) if c in VOICED or c in HALF)


@given(st.text(OTHERS.replace("・", "") + "ヵヶヮヰヱ", max_size=30))
def test_what_has_no_other_width_stays(text: str) -> None:
    assert full_width(text) == text == half_width(text)


@given(st.text(max_size=20))
def test_any_text_keeps_its_meaning(text: str) -> None:
    assert full_width(full_width(text)) == full_width(text)
    assert half_width(half_width(text)) == half_width(text)
    assert same_kana(text, half_width(text))
    assert same_kana(text, full_width(text))


@pytest.mark.parametrize("typed", ["ﾊﾞ", "ハﾞ", "ハ゛", "ハ\u3099", "ﾊ゛", "バ"])
def test_a_sound_mark_joins_its_letter_however_it_was_typed(typed: str) -> None:
    assert full_width(typed) == "バ"
    assert half_width(typed) == "ﾊﾞ"


def test_hiragana_are_read_as_katakana() -> None:
    assert katakana("やまだ ﾀﾛう") == "ヤマダ タロウ"
    assert half_width("ぱーかー") == "ﾊﾟｰｶｰ"


def test_one_name_written_in_two_ways_is_one_name() -> None:
    assert same_kana("ﾔﾏﾀﾞ ﾀﾛｳ", "やまだたろう")
    assert same_kana("コ-ヒ―", "コーヒー")
    assert not same_kana("ヤマダ", "ヤマタ")
    assert not same_kana("A-B", "AB")
