"""Where a line may break: between 文節 in Japanese, at spaces elsewhere. For painting only.

Accessible names, voice and documents take ``Text.plain``; nothing of this module belongs there.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from kiosk.wording.text import Span, Text

if TYPE_CHECKING:
    from budoux import Parser

JOINER = "\u2060"  # word joiner: no break here
BREAK = "\u200b"  # zero width space: a break may come here

_WORD = 10  # characters up to which a word that is written apart stays whole
_NEVER_FIRST = frozenset(
    "、。，．・：；？！」』）】〉》〕｝〟’”ー％°′″～々ゝゞヽヾぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
)
_NEVER_LAST = frozenset("「『（【〈《〔｛〝‘“￥＄№")
_PIECE = re.compile(r"[^ 、。！？・]*[、。！？・]*[」』）】]*[ ]*")


@lru_cache(maxsize=256)
def phrases(text: Text) -> tuple[tuple[Span, ...], ...]:
    """A sentence as pieces that stay whole on a line, in order; a space that separates two ends the first. A ruby
    base is never divided. The last 256 sentences are kept in memory: names go in masked."""
    found: list[tuple[Span, ...]] = []
    ends = iter(_ends(text))
    end = next(ends, 0)
    piece: list[Span] = []
    position = 0
    for span in text.spans:
        rest = span.text
        while rest:
            if span.ruby or position + len(rest) <= end:
                taken, rest = rest, ""
            else:
                cut = end - position
                taken, rest = rest[:cut], rest[cut:]
            piece.append(Span(taken, span.ruby))
            position += len(taken)
            if position == end:
                found.append(tuple(piece))
                piece = []
                end = next(ends, 0)
    return tuple(found)


def joined(text: Text) -> str:
    """The plain sentence with invisible joiners and break marks, for a painter that breaks lines by Unicode's rules."""
    pieces = [_unbroken("".join(span.text for span in piece)) for piece in phrases(text)]
    return "".join(piece if piece.endswith(" ") else piece + BREAK for piece in pieces[:-1]) + "".join(
        pieces[-1:]
    )


def _unbroken(piece: str) -> str:
    out = piece[:1]
    for before, after in pairwise(piece):
        out += after if _sticks(before, after) else JOINER + after
    return out


def _sticks(before: str, after: str) -> bool:
    """Whether Unicode's own rules keep these together, or a joiner between them would do harm."""
    return (
        " " in (before, after) or (before.isascii() and after.isascii()) or bool(unicodedata.combining(after))
    )


def _ends(text: Text) -> list[int]:
    """Where each piece ends, ascending; the last is the end of the sentence."""
    plain = text.plain
    inside = _inside_ruby(text)
    wanted = _japanese(plain) if text.lang.startswith("ja") else _spaced(plain)
    return [end for end in wanted if end == len(plain) or (end not in inside and _may_break(plain, end))]


def _may_break(plain: str, at: int) -> bool:
    before, after = plain[at - 1], plain[at]
    return after not in _NEVER_FIRST and after != " " and before not in _NEVER_LAST


def _inside_ruby(text: Text) -> set[int]:
    inside: set[int] = set()
    position = 0
    for span in text.spans:
        if span.ruby:
            inside.update(range(position + 1, position + len(span.text)))
        position += len(span.text)
    return inside


def _spaced(plain: str) -> list[int]:
    return [match.end() for match in re.finditer(r"[^ ]+ *|^ +", plain)]


def _japanese(plain: str) -> list[int]:
    """BudouX's 文節; where words are written apart (やさしい日本語), a short word stays whole whatever BudouX says."""
    apart = " " in plain
    ends: list[int] = []
    for match in _PIECE.finditer(plain):
        piece = match[0]
        if apart and len(piece.rstrip(" 、。")) <= _WORD:
            ends.append(match.end())
            continue
        position = match.start()
        for phrase in _parser().parse(piece):
            position += len(phrase)
            ends.append(position)
    return sorted(set(ends) | ({len(plain)} if plain else set()) - {0})


@cache
def _parser() -> Parser:
    import budoux  # 7 ms that a first page need not wait for

    return budoux.load_default_japanese_parser()
