"""How a result comes into the folder: as it should, and in the ways in which real folders surprise."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

_WRITING = ".writing"


class Written(StrEnum):
    WHOLE = "whole"  # under another name, then renamed
    IN_PARTS = "in_parts"  # seen half written first
    HALF = "half"  # and it stays so
    REPEATED = "repeated"  # once more under another name, of the same second
    VANISHING = "vanishing"  # another program takes it away at once
    YESTERDAY = "yesterday"  # what was left in the folder
    WRONG_ENCODING = "wrong_encoding"  # declared as UTF-8, written as code page 932
    UTF8 = "utf8"  # with a byte order mark
    GARBAGE = "garbage"
    ENCRYPTED = "encrypted"  # the terminal's own setting: ZIP
    NOWHERE = "nowhere"  # the share is away: nothing comes at all


@dataclass(frozen=True, slots=True)
class Drop:
    """Something that happens in the folder, so long after the reader is done. ``data`` None: the file goes away."""

    after_s: float
    name: str
    data: bytes | None = field(repr=False)

    def happen(self, folder: Path) -> None:
        """A folder that is away takes nothing."""
        path = folder / self.name
        try:
            if self.data is None:
                path.unlink(missing_ok=True)
                return
            temporary = path.with_suffix(_WRITING)
            temporary.write_bytes(self.data)
            os.replace(temporary, path)
        except FileNotFoundError:
            pass


def drops(written: Written, stem: str, at: datetime, text: str) -> tuple[Drop, ...]:
    """``stem``: the name before its time. ``text``: the document, without its declaration."""
    name = f"{stem}_{at:%Y%m%d%H%M%S}.xml"
    whole = _document(text, "Shift_JIS", "cp932")
    match written:
        case Written.WHOLE:
            return (Drop(0, name, whole),)
        case Written.IN_PARTS:
            return Drop(0, name, whole[: len(whole) // 2]), Drop(1.2, name, whole)
        case Written.HALF:
            return (Drop(0, name, whole[: len(whole) // 2]),)
        case Written.REPEATED:
            return Drop(0, name, whole), Drop(1.0, f"{stem}9_{at:%Y%m%d%H%M%S}.xml", whole)
        case Written.VANISHING:
            return Drop(0, name, whole), Drop(0.6, name, None)
        case Written.YESTERDAY:
            before = at - timedelta(days=1)
            return (Drop(0, f"{stem}_{before:%Y%m%d%H%M%S}.xml", whole),)
        case Written.WRONG_ENCODING:
            return (Drop(0, name, _document(text, "UTF-8", "cp932")),)
        case Written.UTF8:
            return (Drop(0, name, _document(text, "UTF-8", "utf-8-sig")),)
        case Written.GARBAGE:
            return (Drop(0, name, b"\x00\xff<XmlMsg>\x81"),)
        case Written.ENCRYPTED:
            return (Drop(0, name.removesuffix("xml") + "zip", b"PK\x03\x04"),)
        case Written.NOWHERE:
            return ()


def _document(text: str, declared: str, encoding: str) -> bytes:
    head = f'<?xml version="1.0" encoding="{declared}" standalone="no"?>\n'
    return (head + text).encode(encoding, errors="xmlcharrefreplace")
