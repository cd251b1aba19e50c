"""The kana of a keyboard, and what its mark keys make of the last letter. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Literal

from kiosk.coverage.kana import katakana

Script = Literal["hiragana", "katakana"]

COLUMNS = (
    "あいうえお", "かきくけこ", "さしすせそ", "たちつてと", "なにぬねの",
    "はひふへほ", "まみむめも", "や ゆ よ", "らりるれろ", "わ を ん",
)  # fmt: skip
"""The fifty sounds as machines in Japan show them: a column for each consonant, from left to right; a blank is a place
without a key."""

_VOICED, _SEMI_VOICED = "\u3099", "\u309a"
_CAN_BE_VOICED = frozenset("うかきくけこさしすせそたちつてとはひふへほ")
_CAN_BE_SEMI_VOICED = frozenset("はひふへほ")
_SMALL = dict(zip("あいうえおつやゆよわかけ", "ぁぃぅぇぉっゃゅょゎゕゖ", strict=True))
_LARGE = {small: large for large, small in _SMALL.items()}
_SHIFT = ord("ァ") - ord("ぁ")


def hiragana(text: str) -> str:
    """Katakana as hiragana; what has no hiragana stays."""
    return "".join(chr(ord(c) - _SHIFT) if "ァ" <= c <= "ヶ" or c in "ヽヾ" else c for c in text)


def in_script(text: str, script: Script) -> str:
    return katakana(text) if script == "katakana" else hiragana(text)


def is_kana(text: str) -> bool:
    """Whether the text is kana alone."""
    return bool(text) and all("ぁ" <= c <= "ゖ" or "ァ" <= c <= "ヺ" or c in "ーゝゞヽヾ" for c in text)


def voiced(text: str) -> str:
    """With ゛ on the last letter, or without it where it had one: か, が, か; ぱ becomes ば."""
    return _marked(text, _VOICED, _CAN_BE_VOICED)


def semi_voiced(text: str) -> str:
    """With ゜ on the last letter, or without it where it had one: は, ぱ, は; ば becomes ぱ."""
    return _marked(text, _SEMI_VOICED, _CAN_BE_SEMI_VOICED)


def small(text: str) -> str:
    """With a small last letter, or a large one where it was small: つ, っ, つ."""
    return _on_last(text, lambda letter: _SMALL.get(letter, _LARGE.get(letter, letter)))


def _marked(text: str, mark: str, able: frozenset[str]) -> str:
    def change(letter: str) -> str:
        bare, marks = unicodedata.normalize("NFD", letter)[0], unicodedata.normalize("NFD", letter)[1:]
        if bare not in able:
            return letter
        return bare if marks == mark else unicodedata.normalize("NFC", bare + mark)

    return _on_last(text, change)


def _on_last(text: str, change: Callable[[str], str]) -> str:
    """``change`` takes and gives hiragana; the letter keeps its script."""
    if not text:
        return text
    last = text[-1]
    plain = hiragana(last)
    changed = change(plain)
    return text[:-1] + (changed if last == plain else katakana(changed))
