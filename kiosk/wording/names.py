"""A name on a screen that the whole queue can read: enough to know oneself, too little for the neighbour."""

from __future__ import annotations

import unicodedata

from kiosk.wording.glyphs import safe_text

_STAR = "＊"


def masked_kana(name: str) -> str:
    """``ﾔﾏﾀﾞ ﾀﾛｳ`` as ``ヤマダ タ＊＊``: the family name, then the first letter of every other name.

    Takes kana as the exchange gives it (half width) and Latin letters. A name of one letter, and a sole name but its
    first letter, are covered too, so that a whole name is never shown. ● stays, what no font holds becomes 〓; an
    empty name stays empty.
    """
    words = safe_text(unicodedata.normalize("NFKC", name)).text.split()
    if len(words) == 1:
        return _covered(words[0])
    return " ".join(words[:1] + [_covered(word) for word in words[1:]])


def _covered(word: str) -> str:
    letters = sum(not unicodedata.combining(character) for character in word)
    return _STAR if letters < 2 else word[0] + _STAR * (letters - 1)
