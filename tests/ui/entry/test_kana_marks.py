"""What the mark keys make of the last letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.coverage.kana import katakana
from kiosk.wording.glyphs import can_show
from ui.entry.kana import COLUMNS, hiragana, in_script, is_kana, semi_voiced, small, voiced

LETTERS = "".join(COLUMNS).replace(" ", "")
WORDS = st.text(LETTERS + "ー がぱっ", max_size=8)


@pytest.mark.parametrize(
    ("mark", "before", "after"),
    [
        (voiced, "さ", "ざ"), (voiced, "ざ", "さ"), (voiced, "ぱ", "ば"), (voiced, "ウ", "ヴ"),
        (voiced, "マナ", "マナ"),
        (semi_voiced, "は", "ぱ"), (semi_voiced, "ぱ", "は"), (semi_voiced, "ば", "ぱ"), (semi_voiced, "か", "か"),
        (small, "つ", "っ"), (small, "っ", "つ"), (small, "キヤ", "キャ"), (small, "ケ", "ヶ"), (small, "ん", "ん"),
        (voiced, "", ""), (small, "", ""), (voiced, "東", "東"), (small, "A", "A"),
    ],
)  # fmt: skip
def test_a_mark_changes_the_last_letter_alone(mark: object, before: str, after: str) -> None:
    assert callable(mark)
    assert mark(before) == after
    assert mark("たなか" + before) == "たなか" + after if before else True


@given(WORDS, st.sampled_from([voiced, semi_voiced, small]))
def test_marks_never_lose_a_letter_nor_change_its_script(word: str, mark: object) -> None:
    assert callable(mark)
    for text in (word, katakana(word)):
        marked = mark(text)
        assert len(marked) == len(text)
        assert marked[:-1] == text[:-1]
        assert (katakana(marked) == marked) == (katakana(text) == text) or marked[-1] in "ー "


@given(st.sampled_from(sorted(LETTERS)), st.sampled_from([voiced, small]))
def test_pressing_a_mark_twice_takes_it_back(letter: str, mark: object) -> None:
    assert callable(mark)
    assert mark(mark(letter)) == letter


def test_the_keys_hold_every_sound_once_and_all_can_be_shown() -> None:
    assert len(LETTERS) == len(set(LETTERS)) == 46
    marked = {mark(letter) for letter in LETTERS for mark in (voiced, semi_voiced, small)}
    assert {"が", "ぱ", "っ", "ゔ"} <= marked
    assert all(can_show(sign) for word in marked for sign in word + katakana(word))


@given(WORDS)
def test_scripts_are_two_ways_to_write_the_same(word: str) -> None:
    assert hiragana(katakana(word)) == word
    assert in_script(word, "katakana") == katakana(word)


def test_only_kana_is_kana() -> None:
    assert is_kana("やマダー")
    assert not any(is_kana(text) for text in ("", "山田", "やま だ", "A", "１"))
