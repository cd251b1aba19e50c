"""What every widget of a page is built with: panel, sizes, colours, sentences, and the guard against double touches."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol

from kiosk.visit.moment import Moment
from kiosk.visit.views import Sentence
from kiosk.wording.glyphs import safe_text
from kiosk.wording.text import Span, Text
from ui.theme.fonts import Fonts
from ui.theme.palette import Palette
from ui.theme.panel import PanelProfile, Sizes

ReaderKind = Literal["flat", "slot", "upright"]


class Wording(Protocol):
    """What a page needs of ``kiosk.wording.catalogues.Catalogue``."""

    def sentence(self, key: str, slots: Iterable[tuple[str, object]] = ()) -> Text: ...

    def find(self, key: str, slots: Iterable[tuple[str, object]] = ()) -> Text | None: ...


class TouchGuard:
    """Ignores a second touch that follows too soon: trembling hands, and fingers that land on the page after."""

    def __init__(self, clock: Callable[[], int], quiet_ms: int = 300) -> None:
        self._clock = clock
        self._quiet_ms = quiet_ms
        self._last_at: int | None = None
        self._last_key: object = None

    def allows(self, key: object, *, others_at_once: bool = False) -> bool:
        """Whether a touch on ``key`` counts; if it does, it is remembered. ``others_at_once``: only a second touch
        on the same key is too soon, as on a keypad, where fingers are quick."""
        now = self._clock()
        soon = self._last_at is not None and now - self._last_at < self._quiet_ms
        if soon and (not others_at_once or self._last_key in (key, None)):
            return False
        self._last_at, self._last_key = now, key
        return True

    def page_changed(self) -> None:
        self._last_at, self._last_key = self._clock(), None


def _no_sound() -> None:
    pass


def _shuffled(digits: Sequence[int]) -> list[int]:
    return random.SystemRandom().sample(list(digits), len(digits))


@dataclass(frozen=True)
class Settings:
    """What a facility sets for its screen. ``touch_sound`` is played with every touch but those on the keypad."""

    facility: str = ""
    reader: ReaderKind = "flat"
    simulated: bool = False
    reduced_motion: bool = False
    shuffled_keys: bool = False
    touch_sound: Callable[[], None] = _no_sound
    shuffle: Callable[[Sequence[int]], list[int]] = _shuffled


def today_in_japan() -> date:
    """The day by which a visit counts, whatever the machine's own time zone."""
    return Moment(mono=0, wall=time.time_ns() // 1_000_000).day


@dataclass(frozen=True)
class Kit:
    profile: PanelProfile
    sizes: Sizes
    palette: Palette
    fonts: Fonts
    wording: Wording
    guard: TouchGuard
    clock: Callable[[], int]
    settings: Settings = field(default_factory=Settings)
    today: Callable[[], date] = today_in_japan

    def say(self, sentence: Sentence) -> Text:
        return self.wording.sentence(sentence.key, sentence.slots)

    def key(self, key: str, **slots: str) -> Text:
        return self.wording.sentence(key, tuple(slots.items()))

    def outside(self, text: str) -> Text:
        """A text that is no sentence of ours: what no font of ours holds is shown as 〓."""
        return Text((Span(safe_text(text).text),), "ja")
