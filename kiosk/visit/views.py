"""What a page shows and offers: an immutable snapshot, made from a visit, drawn by any screen.

A view holds wording keys, never sentences, so that screen, voice and print say the same in every language.
Keys: ``<State>[.<variant>].title``, ``.body``, ``choice.<id>``, ``reason.<reason>.patient``.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from kiosk.visit.acts import Act
from kiosk.visit.form import FormField
from kiosk.visit.policy import Contrast, TextSize
from kiosk.visit.states import Deadline

Slots = tuple[tuple[str, str], ...]
Picture = Literal[
    "", "place_card", "reading", "sleeve", "wrong_card", "early", "choose", "pin", "face", "register",
    "consent", "looking_up", "confirmed", "take_card", "finished", "staff", "out_of_service", "goodbye", "evidence",
    "no_card", "companion", "school_trip", "certificate", "card_notice", "card_portal", "known", "form", "sign",
    "self_pay", "card_front", "certified_reader", "hold_phone", "phone_still", "phone_again", "phone_away",
    "phone_confirm", "phone_locks",
]  # fmt: skip


class Sentence(msgspec.Struct, frozen=True):
    """A wording key and the values of its ``{slots}``."""

    key: str
    slots: Slots = ()


class Option(msgspec.Struct, frozen=True):
    """One thing the patient can touch. ``weight``: ``equal`` ways stand side by side in the same size;
    ``main`` is the one that most want; ``quiet`` is small. ``id`` names the picture, and the wording keys
    ``choice.<id>`` and ``choice.<id>.note`` where ``name`` and ``note`` give no others."""

    id: str
    act: Act
    weight: Literal["main", "equal", "quiet"] = "equal"
    slots: Slots = ()
    name: str = ""
    note: str = ""

    @property
    def name_key(self) -> str:
        return self.name or f"choice.{self.id}"

    @property
    def note_key(self) -> str:
        return self.note or f"choice.{self.id}.note"


class Detail(msgspec.Struct, frozen=True):
    """One line behind a touch: a label key, and a value as received or as a sentence. ``masked``: what is shown of it
    until it is touched. ``act``: what a touch does instead."""

    label: str
    value: str | Sentence
    masked: str = ""
    act: Act | None = None


class FieldView(msgspec.Struct, frozen=True):
    """The one thing that is asked on a page: ``FieldAnswered(field)``. ``value``: what stands there already.
    ``choices``: it is answered by one touch, with ``field.<id>.<choice>``; ``suggested``: the one that fits the age.
    ``skip``: the wording key of "not known", "" where it is needed. ``from_card``: copied. ``reading``: the kana of a
    name that is asked in kanji."""

    field: FormField
    value: str = ""
    choices: tuple[str, ...] = ()
    suggested: str = ""
    skip: str = ""
    from_card: bool = False
    reading: str = ""

    def __repr__(self) -> str:
        return f"<FieldView {self.field}>"


class VisitView(msgspec.Struct, frozen=True, kw_only=True):
    """``state`` names the page, ``variant`` its shape. ``options`` are in reading order: the first is what a patient
    does who always takes the first way. ``keypad``: so many digits (``digits``) are to be entered for ``PinEntered``.
    ``field``: something is to be entered in the open; ``signature``: by finger, for ``FormSigned``. ``since``:
    monotonic milliseconds at which the page began, for "this goes on" after 3 s and another way after 10 s. ``camera``:
    whose live picture the page shows; with ``front``, what was read of the card is confirmed there and handed over as
    ``digits`` for ``PinEntered``. ``hint``: what the person is to do, drawn beside its sentence; a ``FaceHint``."""

    state: str
    variant: str = ""
    title: Sentence
    body: tuple[Sentence, ...] = ()
    notices: tuple[Sentence, ...] = ()
    picture: Picture = ""
    options: tuple[Option, ...] = ()
    details: tuple[Detail, ...] = ()
    keypad: bool = False
    digits: int = 4
    camera: Literal["", "face", "front"] = ""
    hint: str = ""
    field: FieldView | None = None
    signature: bool = False
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
