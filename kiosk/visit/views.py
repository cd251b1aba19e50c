"""What a page shows and offers: an immutable snapshot, made from a visit, drawn by any screen.

A view holds wording keys, never sentences, so that screen, voice and print say the same in every language.
Keys: ``<State>[.<variant>].title``, ``.body``, ``choice.<id>``, ``reason.<reason>.patient``.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from kiosk.visit.acts import Act
from kiosk.visit.policy import Contrast, TextSize
from kiosk.visit.states import Deadline

Slots = tuple[tuple[str, str], ...]
Picture = Literal[
    "", "place_card", "reading", "sleeve", "wrong_card", "early", "choose", "pin", "face", "phone", "register",
    "consent", "looking_up", "confirmed", "take_card", "finished", "staff", "out_of_service", "goodbye",
]  # fmt: skip


class Sentence(msgspec.Struct, frozen=True):
    """A wording key and the values of its ``{slots}``."""

    key: str
    slots: Slots = ()


class Option(msgspec.Struct, frozen=True):
    """One thing the patient can touch. ``weight``: ``equal`` ways stand side by side in the same size;
    ``main`` is the one that most want; ``quiet`` is small. ``id`` names wording key ``choice.<id>`` and picture."""

    id: str
    act: Act
    weight: Literal["main", "equal", "quiet"] = "equal"
    slots: Slots = ()


class Detail(msgspec.Struct, frozen=True):
    """One line behind a touch: a label key, and a value as received or as a sentence."""

    label: str
    value: str | Sentence


class VisitView(msgspec.Struct, frozen=True, kw_only=True):
    """``state`` names the page, ``variant`` its shape. ``options`` are in reading order: the first is what a patient
    does who always takes the first way. ``keypad``: digits are to be entered for ``PinEntered``. ``since``: monotonic
    milliseconds at which the page began, for "this goes on" after 3 s and another way after 10 s."""

    state: str
    variant: str = ""
    title: Sentence
    body: tuple[Sentence, ...] = ()
    notices: tuple[Sentence, ...] = ()
    picture: Picture = ""
    options: tuple[Option, ...] = ()
    details: tuple[Detail, ...] = ()
    keypad: bool = False
    waiting: bool = False
    back: bool = False
    staff: bool = True
    number: str = ""
    code: str = ""
    progress: tuple[int, int] | None = None
    deadline: Deadline | None = None
    warned: bool = False
    since: int = 0
    language: str = "ja"
    text_size: TextSize = "medium"
    contrast: Contrast = "standard"
