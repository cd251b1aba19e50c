"""What the shipped fonts can show, and what stands in for the rest. Nothing ever fails because of a name.

``glyphs.json`` holds the runs of code points, made by ``kiosk.documents.font_coverage`` from the fonts.
"""

from __future__ import annotations

import json
import re
import unicodedata
from bisect import bisect_right
from functools import cache
from importlib import resources

import msgspec

GETA = "〓"
_MARKS_AFTER_KANA_AND_LATIN = re.compile(r"[^\W\d_][\u0300-\u036f\u3099\u309a]+")
_IDEOGRAPHS_FROM = "\u3400"
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


class SafeText(msgspec.Struct, frozen=True):
    """``text`` can be shown as it stands. ``complete`` is False where 〓 stands for something: then the kana is to be
    shown with it, and the sentence ``note.unshown``."""

    text: str
    complete: bool


def safe_text(text: str) -> SafeText:
    """A text from outside (a name, an address, a facility) as the shipped fonts can show it.

    Kanji are never exchanged for others, not even for what Unicode calls their equivalent: 﨑 and 神 stay. A variation
    selector asks for a shape of a character that our fonts may lack and is left out; the character stays. Control and
    invisible direction characters are left out, line breaks and tabs become spaces. Anything else that no font
    holds (private use, unassigned, very rare kanji) becomes 〓.
    """
    composed = _MARKS_AFTER_KANA_AND_LATIN.sub(_compose, _SELECTORS.sub("", text))
    shown = "".join(_shown(character) for character in composed)
    return SafeText(shown, GETA not in shown or shown.count(GETA) == composed.count(GETA))


def can_show(character: str) -> bool:
    """Whether the shipped fonts hold the character."""
    starts, ends = _runs()
    index = bisect_right(starts, ord(character)) - 1
    return index >= 0 and ord(character) <= ends[index]


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if character in "\t\n\r" or category in {"Zl", "Zp"}:
        return " "
    if category in {"Cc", "Cf"}:
        return ""
    return character if category != "Co" and can_show(character) else GETA


def _compose(match: re.Match[str]) -> str:
    """か and a loose ゛ as が, e and a loose accent as é; a kanji with a mark stays as it is."""
    found = match[0]
    return found if found[0] >= _IDEOGRAPHS_FROM else unicodedata.normalize("NFC", found)


@cache
def _runs() -> tuple[list[int], list[int]]:
    table = json.loads((resources.files("kiosk.wording") / "glyphs.json").read_text(encoding="ascii"))
    return [first for first, _ in table], [last for _, last in table]
