"""Sentences as values: plain text, furigana, and the templates they are made from.

Markup of a template: ``｛漢字｜かんじ｝`` sets かんじ as furigana over 漢字; ``{name}`` is a slot. What is put into a
slot is never read as markup.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

import msgspec

from kiosk.wording.dates import day_markup

_MARKUP = re.compile(r"｛(?P<base>[^｛｝｜{}]+)｜(?P<ruby>[^｛｝｜{}]+)｝|\{(?P<slot>[a-z_]+)\}")
_STRAY = re.compile(r"[｛｝｜{}]")


class WordingError(Exception):
    """A catalogue, or a question to it, is wrong: a mistake of ours, never a patient's."""


class Span(msgspec.Struct, frozen=True):
    """A run of characters. ``ruby`` is its reading in kana, "" where none is shown."""

    text: str
    ruby: str = ""


class Slot(msgspec.Struct, frozen=True):
    """A place in a template that a value fills."""

    name: str


class Text(msgspec.Struct, frozen=True):
    """A finished sentence. ``lang`` is the BCP 47 tag of the language it is really in, which a fallback may have
    changed."""

    spans: tuple[Span, ...]
    lang: str

    @property
    def plain(self) -> str:
        """Without furigana: for accessible names and documents."""
        return "".join(span.text for span in self.spans)

    @property
    def reading(self) -> str:
        """As a voice is to say it: the furigana instead of what stands under it."""
        return "".join(span.ruby or span.text for span in self.spans)

    def __str__(self) -> str:
        return self.plain


class Template(msgspec.Struct, frozen=True):
    """A sentence as it stands in a catalogue."""

    parts: tuple[Span | Slot, ...]

    @property
    def slots(self) -> frozenset[str]:
        return frozenset(part.name for part in self.parts if isinstance(part, Slot))

    def filled(self, values: Mapping[str, object], tag: str) -> tuple[Span, ...]:
        """The spans with every slot filled; values that no slot asks for are left aside. Raises ``WordingError``."""
        spans: list[Span] = []
        for part in self.parts:
            spans += [part] if isinstance(part, Span) else _written(part.name, values, tag)
        return tuple(spans)


def parse(source: str) -> Template:
    """Reads a template. Raises ``WordingError`` where the markup is not well-formed."""
    parts: list[Span | Slot] = []
    end = 0
    for match in _MARKUP.finditer(source):
        _add_plain(parts, source[end : match.start()], source)
        if slot := match["slot"]:
            parts.append(Slot(slot))
        else:
            parts.append(Span(match["base"], match["ruby"]))
        end = match.end()
    _add_plain(parts, source[end:], source)
    return Template(tuple(parts))


def _add_plain(parts: list[Span | Slot], run: str, source: str) -> None:
    if _STRAY.search(run):
        raise WordingError(f"markup is not closed or not opened: {source}")
    if run:
        parts.append(Span(run))


def _written(name: str, values: Mapping[str, object], tag: str) -> tuple[Span, ...]:
    """A slot's value in words. ``day`` takes an ISO date, so that views need not know a language;
    a ``Text`` keeps its furigana."""
    if name not in values:
        raise WordingError(f"no value for the slot {{{name}}}")
    value = values[name]
    if isinstance(value, Text):
        return value.spans
    day = value if isinstance(value, date) else _iso_date(name, value)
    if day:
        return parse(day_markup(day, tag)).filled({}, tag)
    return (Span(str(value)),) if value != "" else ()


def _iso_date(name: str, value: object) -> date | None:
    if name != "day" or not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
