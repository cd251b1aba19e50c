"""Bytes of the exchange to text and back.

Decoded here and not by an XML parser: the parsers of the standard library refuse Shift_JIS, and others read
it by a table in which 髙 and ～ are missing. Shift_JIS means Microsoft's code page 932 throughout.
"""

from __future__ import annotations

import codecs
import re
from typing import Literal

from kiosk.eligibility.oqs.node import MAX_BYTES, Flaw, MalformedError

Encoding = Literal["cp932", "utf-8"]
DECLARED: dict[Encoding, str] = {"cp932": "Shift_JIS", "utf-8": "UTF-8"}

# Signs that the codec writes as another one: kept as they are by a reference, or exchanged by ``in_the_set``.
_ONE_WAY = {"¢": "￠", "£": "￡", "¬": "￢", "‖": "∥", "−": "－", "〜": "～"}
_REFERENCES = str.maketrans({sign: f"&#{ord(sign)};" for sign in _ONE_WAY})
_EXCHANGED = str.maketrans(_ONE_WAY)

_DECLARATION = re.compile(r"\s*<\?xml\b[^>]{0,200}\?>")
_ENCODING = re.compile(rb"""^\s*<\?xml\b[^>]{0,200}?\bencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_NAMES: dict[str, Encoding] = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "cp932": "cp932",
    "ms932": "cp932",
}


def decode(data: bytes) -> str:
    """The document's text without its XML declaration.

    A byte order mark decides, else the declaration, else UTF-8 and then code page 932. What declares
    Shift_JIS and cannot be it, but is valid UTF-8, was mislabelled and is read as UTF-8.
    """
    if len(data) > MAX_BYTES:
        raise MalformedError(Flaw.TOO_LARGE)
    if not data.strip():
        raise MalformedError(Flaw.EMPTY)
    text = _decoded(data)
    return _DECLARATION.sub("", text, count=1) if text.lstrip().startswith("<?xml") else text


def _decoded(data: bytes) -> str:
    if data.startswith(codecs.BOM_UTF8):
        return _try(data[len(codecs.BOM_UTF8) :], "utf-8")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise MalformedError(Flaw.UNKNOWN_ENCODING)
    match = _ENCODING.match(data)
    if match is None:
        return _try(data, "utf-8", "cp932")
    declared = _NAMES.get(match[1].decode("ascii").lower())
    if declared is None:
        raise MalformedError(Flaw.UNKNOWN_ENCODING)
    return _try(data, "cp932", "utf-8") if declared == "cp932" else _try(data, "utf-8")


def _try(data: bytes, *encodings: Encoding) -> str:
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise MalformedError(Flaw.UNDECODABLE)


def encode(text: str, encoding: Encoding) -> bytes:
    """Text with its declaration. What code page 932 lacks becomes a character reference, never a guess."""
    declaration = f'<?xml version="1.0" encoding="{DECLARED[encoding]}" standalone="no"?>\n'
    safe = text.translate(_REFERENCES) if encoding == "cp932" else text
    return (declaration + safe).encode(encoding, errors="xmlcharrefreplace")


def in_the_set(text: str) -> str:
    """Typed text with the twins that code page 932 knows: input methods differ in which 〜 and − they give."""
    return text.translate(_EXCHANGED)
