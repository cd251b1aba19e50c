"""Kana in its widths. Pure.

The exchange carries names in half-width katakana (``NameKana``), people and papers write full width. Only kana, their
sound marks and the signs 。「」、・ change; letters, digits, kanji and ● stay as they are.
"""

from __future__ import annotations

import re
import unicodedata

_HALF_RUN = re.compile("[\uff61-\uff9f]+")
_VOICED, _SEMI_VOICED = "\u3099", "\u309a"  # combining marks; a paper shows them as ゛ and ゜
_ALONE = str.maketrans({_VOICED: "゛", _SEMI_VOICED: "゜"})
_JOINING = str.maketrans({"゛": _VOICED, "゜": _SEMI_VOICED})
_MARKED = re.compile(f"[ぁ-ヾ][{_VOICED}{_SEMI_VOICED}]")

# Every half-width form and the one character that it is. Those without a half-width form (ヮヰヱヵヶ) stay full.
_FULL = {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0xFF61, 0xFFA0)}
_HALF = {full.translate(_ALONE): half for half, full in _FULL.items()}
_HALF |= {_VOICED: _HALF["゛"], _SEMI_VOICED: _HALF["゜"]}

_DASHES = re.compile("(?<=[ァ-ヺー])[-‐‑‒–—―−]")
"""What is typed for ー after kana; between letters a hyphen is a hyphen."""


def full_width(text: str) -> str:
    """``ﾔﾏﾀﾞ ﾀﾛｳ`` as ``ヤマダ タロウ``. Sound marks join the letter before them, however they were typed; one that fits
    no letter stands as ゛ or ゜."""
    wide = _HALF_RUN.sub(lambda run: unicodedata.normalize("NFKC", run[0]), text).translate(_JOINING)
    return _MARKED.sub(lambda pair: unicodedata.normalize("NFC", pair[0]), wide).translate(_ALONE)


def half_width(text: str) -> str:
    """``ヤマダ`` as ``ﾔﾏﾀﾞ``; hiragana are made katakana first. What has no half width stays."""
    return "".join(_halved(character) for character in katakana(text))


def katakana(text: str) -> str:
    """Hiragana as katakana, in full width: ``やまだ`` as ``ヤマダ``."""
    return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" or c in "ゝゞ" else c for c in full_width(text))


def same_kana(one: str, other: str) -> bool:
    """Whether two kana names are one name but for width, hiragana, blanks and how the long sound was typed."""
    return _comparable(one) == _comparable(other)


def _halved(character: str) -> str:
    if character in _HALF:
        return _HALF[character]
    parts = unicodedata.normalize("NFD", character)
    if len(parts) == 2 and all(part in _HALF for part in parts):
        return "".join(_HALF[part] for part in parts)
    return character


def _comparable(text: str) -> str:
    plain = "".join(unicodedata.normalize("NFKC", katakana(text)).split())
    return _DASHES.sub("ー", plain).upper()
