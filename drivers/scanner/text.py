"""The bytes of a code as text that can be shown. README.md tells why in this order."""

from __future__ import annotations

import re
import unicodedata

_SEPARATORS = "\t\n\r\x1c\x1d\x1e\x1f"  # what codes set fields apart with
_LINE_END = re.compile("\r\n?|[\u2028\u2029]")
_PICTURES = {code: 0x2400 + code for code in range(0x20) if code != 0x0A} | {0x7F: 0x2421}
_NOT_TEXT = re.compile(
    "[\x80-\x9f\uf8f0-\uf8f3]"
)  # what code page 932 gives for bytes that are no character of it
_HALF_KANA = re.compile("[\x20-\x7e\uff61-\uff9f]*")
_TWO_BYTES = re.compile("[\x80-\u07ff]")


def readable(content: bytes) -> str:
    """What the bytes say, made ``visible``: UTF-8, else code page 932 (Shift_JIS). "" where they are no text."""
    text = _decoded(content)
    controls = sum(character < " " and character not in _SEPARATORS for character in text)
    return "" if controls * 4 > len(text) else visible(text)


def visible(text: str) -> str:
    """Control characters as their pictures, what is not seen or turns the writing round as ⟨U+202E⟩; each end of a
    line as a line feed."""
    shown = _LINE_END.sub("\n", text).translate(_PICTURES)
    return "".join(f"⟨U+{ord(one):04X}⟩" if _unseen(one) else one for one in shown)


def _unseen(character: str) -> bool:
    return character != "\n" and unicodedata.category(character) in {"Cc", "Cf", "Cs"}


def _decoded(content: bytes) -> str:
    universal, japanese = _strictly(content, "utf-8-sig"), _strictly(content, "cp932")
    if japanese is not None and _NOT_TEXT.search(japanese):
        japanese = None
    if universal is None:
        return japanese or ""
    # Pairs of half-width kana can be two-byte UTF-8 as well: on a Japanese paper they are kana.
    kana = japanese is not None and _HALF_KANA.fullmatch(japanese) and _TWO_BYTES.search(universal)
    return japanese if kana and japanese is not None else universal


def _strictly(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None
