"""The catalogues of sentences: one folder of TOML files per language, one set of keys for all of them.

Screen, voice, print and staff take every sentence from here. Keys are dotted; tables of a file are only a way of
writing them (``[Welcome]`` and ``title`` make ``Welcome.title``). ``language.toml`` says what a folder is.
"""

from __future__ import annotations

import hashlib
import logging
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

import msgspec

from kiosk.wording.text import Template, Text, WordingError, parse

Slots = Mapping[str, object] | Iterable[tuple[str, object]]

_log = logging.getLogger(__name__)
_ABOUT = "language.toml"


class UnknownLanguage(WordingError):
    """There is no catalogue of that tag."""


class UnknownKey(WordingError):
    """No catalogue of the chain has the key."""


class About(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a catalogue is. ``lang``: BCP 47 tag for voice and documents. ``reviewed``: a native speaker has read
    every sentence. ``fallback``: the catalogue asked next for a key that this one lacks, "" for none. ``order``: its
    place where languages are offered."""

    tag: str
    lang: str
    order: int
    reviewed: bool = False
    fallback: str = ""


class Catalogue:
    """The sentences of one language. Immutable once loaded."""

    def __init__(self, about: About, templates: Mapping[str, Template], fallback: Catalogue | None) -> None:
        self.about = about
        self.templates = templates
        self._fallback = fallback
        self._missed: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self.templates or (self._fallback is not None and key in self._fallback)

    def sentence(self, key: str, slots: Slots = ()) -> Text:
        """The sentence of ``key`` with its slots filled. A key that this language lacks comes from its fallback, and
        is logged once. Raises ``UnknownKey``, and ``WordingError`` where a slot has no value."""
        template = self.templates.get(key)
        if template is not None:
            return Text(template.filled(dict(slots), self.about.tag), self.about.lang)
        if self._fallback is None:
            raise UnknownKey(f"no sentence is called {key!r} in {self.about.tag}")
        text = self._fallback.sentence(key, slots)
        if key not in self._missed and not for_staff(key):
            self._missed.add(key)
            _log.warning("no sentence %s in %s: said in %s", key, self.about.tag, text.lang)
        return text

    def find(self, key: str, slots: Slots = ()) -> Text | None:
        """As ``sentence``, for keys that a page may lack (a page without a body)."""
        return self.sentence(key, slots) if key in self else None


def for_staff(key: str) -> bool:
    """Sentences only staff read, which a language made for patients may leave to its fallback."""
    return key.startswith("desk.") or (key.startswith("reason.") and key.endswith(".staff"))


@cache
def languages() -> tuple[str, ...]:
    """The tags of all catalogues, in the order in which they are offered."""
    abouts = [_about(folder) for folder in _root().iterdir() if folder.joinpath(_ABOUT).is_file()]
    return tuple(about.tag for about in sorted(abouts, key=lambda about: about.order))


@cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of a language, read on first use. Raises ``UnknownLanguage``."""
    if language not in languages():
        raise UnknownLanguage(f"no catalogue for {language!r}; there are {', '.join(languages())}")
    folder = _root() / language
    about = _about(folder)
    templates = {key: parse(source) for key, source in _sources(folder)}
    return Catalogue(about, templates, catalogue(about.fallback) if about.fallback else None)


@cache
def version() -> str:
    """Names the wording of all languages, 16 hex digits: another as soon as one sentence differs. Kept with every
    consent, beside the language, to know what the patient read."""
    digest = hashlib.sha256()
    for tag in sorted(languages()):
        for key, source in sorted(_sources(_root() / tag)):
            digest.update("\0".join((tag, key, source)).encode() + b"\1")
    return digest.hexdigest()[:16]


def _root() -> Traversable:
    return resources.files("kiosk.wording") / "catalogue"


def _about(folder: Traversable) -> About:
    return msgspec.convert({**_read(folder / _ABOUT), "tag": folder.name}, About)


def _sources(folder: Traversable) -> Iterator[tuple[str, str]]:
    """Every key of a language with its template as written. Raises ``WordingError`` for a key written twice."""
    seen: set[str] = set()
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name == _ABOUT or not file.name.endswith(".toml"):
            continue
        for key, source in _flat(_read(file)):
            if key in seen:
                raise WordingError(f"{folder.name}/{file.name} has {key} a second time")
            seen.add(key)
            yield key, source


def _read(file: Traversable) -> dict[str, object]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _flat(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict):
            yield from _flat(value, f"{key}.")
        elif isinstance(value, str):
            yield key, value
        else:
            raise WordingError(f"{key} is not a sentence")
