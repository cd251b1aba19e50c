"""A secret number: the keypad, the last try, and the moment of checking."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from kiosk.visit.acts import Act
from kiosk.visit.views import VisitView
from ui.patient.page import Page
from ui.patient.parts import Block, Parts
from ui.widgets.dots import PinDots
from ui.widgets.keypad import Keypad
from ui.widgets.kit import Kit
from ui.widgets.picture import PictureView
from ui.widgets.secret import PutSecret
from ui.widgets.target import Target


class PinPage(Page):
    """``put_secret`` takes the digits over when all are there."""

    keypad: Keypad | None = None

    def __init__(self, view: VisitView, kit: Kit, parent: QWidget, put_secret: PutSecret) -> None:
        super().__init__(view, kit, parent)
        self._put_secret = put_secret
        if not view.keypad:
            return
        self.keypad = Keypad(kit, view.digits, parent=self)
        self.keypad.counted.connect(self._count)
        self.keypad.full.connect(self._enter)

    def make_under(self) -> list[Block]:
        under = super().make_under()
        self.dots = PinDots(self.kit, self.view.digits, parent=self) if self.view.keypad else None
        return [*under, *([self.dots] if self.dots else [])]

    def make_picture(self) -> PictureView | None:
        return None if self.view.keypad else super().make_picture()

    def parts(self) -> Parts:
        return replace(super().parts(), picture_matters=self.view.waiting, keypad=self.keypad)

    def targets(self) -> list[Target]:
        return [*(self.keypad.grid if self.keypad else []), *super().targets()]

    def digit(self, digit: int) -> None:
        if self.keypad is not None:
            self.keypad.add(digit)

    def delete_one(self) -> None:
        if self.keypad is not None:
            self.keypad.delete_one()

    def close_down(self) -> None:
        if self.keypad is not None:
            self.keypad.forget()

    def _count(self, count: int) -> None:
        if self.dots is not None:
            self.dots.set_count(count)

    def _enter(self) -> None:
        if self.keypad is not None:
            slot = self.keypad.secret.hand_over(self._put_secret)
            self.act(Act("PinEntered", (("slot", slot),)))
