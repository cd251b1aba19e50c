"""ReadingCardFront: the card's number is read by a camera or typed, shown as it stands on the card, and confirmed.

The digits live in this page alone until they are confirmed; they are wiped when it goes.
"""

from __future__ import annotations

from dataclasses import replace

from msgspec.structs import replace as with_
from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from drivers.interface import CardFront, FrontHint
from kiosk.visit.acts import Act
from kiosk.visit.views import Option, Sentence, VisitView
from kiosk.wording.text import Span, Text
from ui.patient.eyes import Eyes
from ui.patient.page import BasePage, Page
from ui.patient.parts import Block, Parts
from ui.widgets.dots import NumberFields
from ui.widgets.hint_line import HintLine
from ui.widgets.keypad import Keypad
from ui.widgets.kit import Kit
from ui.widgets.live import LiveView
from ui.widgets.picture import PictureView
from ui.widgets.say import Say
from ui.widgets.secret import PutSecret, SecretBuffer
from ui.widgets.target import Target

_SIGNS: dict[FrontHint, str] = {
    FrontHint.NO_CARD: "card", FrontHint.TOO_FAR: "nearer", FrontHint.TOO_NEAR: "further",
    FrontHint.TILTED: "straight", FrontHint.BLURRED: "hold_card", FrontHint.GLARE: "glare", FrontHint.DARK: "light",
    FrontHint.OTHER_SIDE: "other_side", FrontHint.WESTERN_BIRTH: "card", FrontHint.HOLD_STILL: "hold_card",
}  # fmt: skip
_SENTENCE = "front_hint."
RIGHT, MEND, AGAIN = "FrontRight", "FrontMended", "FrontAgain"
"""What is touched on this page and concerns nobody else. They are no events."""


class FrontPage(BasePage):
    """``put_secret`` takes the confirmed digits over."""

    def __init__(self, view: VisitView, kit: Kit, parent: QWidget, put_secret: PutSecret, eyes: Eyes) -> None:
        super().__init__(view, kit, parent)
        self._put_secret = put_secret
        self._eyes = eyes
        self.digits = SecretBuffer(view.digits)
        self._closed = False
        self._at_first = True
        self.inner: Page = self._first()
        self.inner.acted.connect(self._touched)

    def begin(self) -> None:
        if isinstance(self.inner, Looking):
            self.front_wanted.emit(True)
            self.hinted.emit(f"{_SENTENCE}{FrontHint.NO_CARD}")

    def take(self, view: VisitView) -> bool:
        """A card that is taken in hand or put back changes the ways on alone: what was given stays, and what reads the
        card reads on."""
        if self._closed or _without_ways(view) != _without_ways(self.view):
            return False
        self.view = view
        if not isinstance(self.inner, Confirming):
            self.inner.offer(_ways(view, typing=isinstance(self.inner, Typing)))
        return True

    def front_told(self, told: FrontHint | CardFront) -> None:
        """What the reader of fronts says; heard only while the page looks."""
        if self._closed or not isinstance(self.inner, Looking):
            return
        if isinstance(told, FrontHint):
            if told.value != self.inner.hint.hint:
                self.inner.hint.say(told.value)
                self.hinted.emit(f"{_SENTENCE}{told}")
            return
        self.digits.take(told.number_b())
        self.front_wanted.emit(False)
        self._turn_to(Confirming(self._confirming(), self.kit, self, self.digits))

    # -------------------------------------------------------------------------------- what the window asks

    def targets(self) -> list[Target]:
        return self.inner.targets()

    def arranged_as(self) -> tuple[float, bool]:
        return self.inner.arranged_as()

    def digit(self, digit: int) -> None:
        self.inner.digit(digit)

    def delete_one(self) -> None:
        self.inner.delete_one()

    def step_back(self) -> bool:
        """From the digits that were read or typed to where they came from; what was given is forgotten."""
        if self._at_first or self._closed:
            return False
        self.digits.wipe()
        self._turn_to(self._first())
        self._at_first = True
        self.begin()
        return True

    def close_down(self) -> None:
        if not self._closed:
            self._closed = True
            self.front_wanted.emit(False)
        self.inner.close_down()
        self.digits.wipe()
        self.inner.update()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self.inner.setGeometry(self.rect())

    # ------------------------------------------------------------------------------------------- steps

    def _first(self) -> Page:
        if self.view.camera == "front":
            return Looking(self.view, self.kit, self, self._eyes)
        return self._typing(self.view)

    def _typing(self, view: VisitView) -> Page:
        typing = Typing(view, self.kit, self, self.digits)
        typing.complete.connect(self._typed)
        return typing

    def _confirming(self) -> VisitView:
        """The same options follow those of the confirmation: the way out stays where it is."""
        again = (Option("front_again", Act(AGAIN), "quiet"),) if self.view.camera else ()
        options = (
            Option("front_right", Act(RIGHT), "main"),
            Option("front_mend", Act(MEND), "quiet"),
            *again,
        )
        title = Sentence("ReadingCardFront.confirm.title")
        body = (Sentence("ReadingCardFront.confirm.body"),)
        return with_(
            self.view, title=title, body=body, options=options, keypad=False, camera="", waiting=False
        )

    def _typed(self) -> None:
        if not self._closed:
            self._turn_to(Confirming(self._confirming(), self.kit, self, self.digits))

    def _touched(self, act: Act) -> None:
        match act.name:
            case "FrontRight":
                slot = self.digits.hand_over(self._put_secret)
                self.act(Act("PinEntered", (("slot", slot),)))
            case "FrontMended":
                title = Sentence("ReadingCardFront.mend.title")
                body = (Sentence("ReadingCardFront.mend.body"),)
                options = _ways(self.view, typing=True)
                self._turn_to(
                    self._typing(
                        with_(self.view, title=title, body=body, options=options, camera="", keypad=True)
                    )
                )
            case "FrontAgain":
                self.step_back()
            case _:
                self.act(act)

    def _turn_to(self, page: Page) -> None:
        old, self.inner = self.inner, page
        self._at_first = False
        old.close_down()
        old.hide()
        old.deleteLater()
        page.acted.connect(self._touched)
        page.setGeometry(self.rect())
        page.show()
        self.kit.guard.page_changed()


def _ways(view: VisitView, *, typing: bool) -> tuple[Option, ...]:
    """Who types already is not offered to."""
    return tuple(one for one in view.options if not (typing and one.id == "type_number_b"))


def _without_ways(view: VisitView) -> VisitView:
    """What is asked for, beside the ways on and what stands around the page."""
    return with_(
        view, options=(), progress=None, deadline=None, warned=False, back=False, staff=False, since=0
    )


class Looking(Page):
    """The camera's picture with a guide for the card."""

    picture_matters = True

    def __init__(self, view: VisitView, kit: Kit, parent: QWidget, eyes: Eyes) -> None:
        self._eyes = eyes
        super().__init__(view, kit, parent)

    def make_body(self) -> list[Block]:
        texts = {hint.value: self.kit.key(f"{_SENTENCE}{hint}") for hint in FrontHint}
        signs = {hint.value: f"hint_{sign}" for hint, sign in _SIGNS.items()}
        self.hint = HintLine(self.kit, texts, signs, parent=self)
        self.hint.say(FrontHint.NO_CARD.value)
        return [self.hint, *super().make_body()]

    def make_picture(self) -> PictureView | None:
        self.live = LiveView(self.kit, "card", self._eyes.front, parent=self)
        return self.live

    def parts(self) -> Parts:
        return replace(super().parts(), picture_matters=True)

    def close_down(self) -> None:
        self.live.rest()


class Typing(Page):
    """By keypad, into three fields that are named and numbered as on the drawn card. ``complete``: all are there."""

    complete = Signal()

    def __init__(self, view: VisitView, kit: Kit, parent: QWidget, digits: SecretBuffer) -> None:
        self._digits = digits
        super().__init__(view, kit, parent)
        self.keypad = Keypad(kit, view.digits, parent=self, secret=digits)
        self.keypad.counted.connect(self.fields.set_count)
        self.keypad.full.connect(self.complete)

    def make_under(self) -> list[Block]:
        """Beside a keypad there is little room: what is to be known stands in one small paragraph."""
        self.fields = NumberFields(self.kit, self.view.digits, self._digits.digit, parent=self)
        self.fields.set_count(len(self._digits))
        said = [self.kit.say(one) for one in (*self.view.notices, *self.view.body)]
        spans = tuple(span for text in said for span in (*text.spans, Span(" ")))
        words: list[Block] = (
            [Say(self.kit, Text(spans[:-1], said[0].lang), "note", parent=self)] if said else []
        )
        return [*words, self.fields]

    def make_picture(self) -> PictureView | None:
        return PictureView(self.kit, "card_numbers", parent=self)

    def parts(self) -> Parts:
        return replace(super().parts(), keypad=self.keypad)

    def targets(self) -> list[Target]:
        return [*self.keypad.grid, *super().targets()]

    def digit(self, digit: int) -> None:
        self.keypad.add(digit)

    def delete_one(self) -> None:
        self.keypad.delete_one()

    def close_down(self) -> None:
        self.keypad.release()


class Confirming(Page):
    """What was read or typed, large, beside the drawn card: is it right?"""

    def __init__(self, view: VisitView, kit: Kit, parent: QWidget, digits: SecretBuffer) -> None:
        self._digits = digits
        super().__init__(view, kit, parent)

    def make_under(self) -> list[Block]:
        self.fields = NumberFields(self.kit, self.view.digits, self._digits.digit, parent=self, alone=True)
        self.fields.set_count(len(self._digits))
        return [*super().make_under(), self.fields]

    def make_picture(self) -> PictureView | None:
        return PictureView(self.kit, "card_numbers", parent=self)
