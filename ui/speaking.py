"""What a patient is told to do before a camera, or with a phone, said aloud as it is shown: who looks ahead, or at a
phone, does not read."""

from __future__ import annotations

from collections.abc import Callable

from drivers.interface import FaceHint, Voice
from kiosk.visit.states import ReadingPhone
from kiosk.visit.views import VisitView
from kiosk.wording.text import Text
from ui.widgets.kit import Wording

_TURNS = (FaceHint.TURN_LEFT, FaceHint.TURN_RIGHT, FaceHint.LOOK_AHEAD)
_AT_ONCE = frozenset(f"face_hint.{hint}" for hint in _TURNS)
"""What has its time: it does not wait until something else was said."""
_PHONE = ReadingPhone.__name__
_PARTICLES = {"は": "わ", "へ": "え"}


class Speaking:
    """``wording`` gives a language's catalogue."""

    def __init__(self, wording: Callable[[str], Wording], voice: Voice) -> None:
        self._wording, self._voice = wording, voice
        self._spoken: tuple[str, str] | None = None

    def follow(self, view: VisitView) -> None:
        """Says what is to be done with a phone, once; is silent on any page but that and a camera's."""
        spoken = (view.title.key, view.language) if view.state == _PHONE else None
        if spoken is None and not view.camera:
            self.hush()
        if spoken is not None and spoken != self._spoken:
            self._voice.say(*said(self._wording, *spoken), at_once=True)
        self._spoken = spoken

    def say(self, key: str, language: str) -> None:
        text, tongue = said(self._wording, key, language)
        self._voice.say(text, tongue, at_once=key in _AT_ONCE)

    def hush(self) -> None:
        self._voice.hush()

    def close(self) -> None:
        self._voice.close()


def said(wording: Callable[[str], Wording], key: str, language: str) -> tuple[str, str]:
    """The sentence for a voice, and its language. In Japanese the easy one: of its kanji every reading is known."""
    if language.partition("-")[0] == "ja":
        return in_kana(wording("ja-easy").sentence(key)), "ja"
    text = wording(language).sentence(key)
    return text.reading, text.lang


def in_kana(text: Text) -> str:
    """With particles as they sound; words are parted by spaces."""
    words = text.reading.split(" ")
    return " ".join(
        word[:-1] + _PARTICLES.get(word[-1], word[-1]) if len(word) > 1 else word for word in words
    )
