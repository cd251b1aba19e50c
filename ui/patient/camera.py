"""MatchingFace: a mirror, one thing to do at a time, and the way out always there."""

from __future__ import annotations

from dataclasses import replace

from msgspec.structs import replace as with_
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from drivers.interface import FaceHint
from kiosk.visit.views import VisitView
from ui.patient.eyes import Eyes
from ui.patient.page import LONG_MS, Page
from ui.patient.parts import Block, Parts
from ui.widgets.hint_line import HintLine
from ui.widgets.kit import Kit
from ui.widgets.live import LiveView, Side
from ui.widgets.notice import Notice
from ui.widgets.picture import PictureView
from ui.widgets.say import Say

_SIGNS: dict[FaceHint, str] = {
    FaceHint.NO_FACE: "stand", FaceHint.TWO_FACES: "one", FaceHint.TOO_FAR: "nearer", FaceHint.TOO_NEAR: "further",
    FaceHint.OFF_CENTRE: "middle", FaceHint.TURNED: "ahead", FaceHint.DARK: "light", FaceHint.BRIGHT: "shade",
    FaceHint.BLURRED: "still", FaceHint.MASK: "mask", FaceHint.HOLD_STILL: "still", FaceHint.TURN_LEFT: "left",
    FaceHint.TURN_RIGHT: "right", FaceHint.LOOK_AHEAD: "ahead", FaceHint.CAMERA_BLACK: "lens",
    FaceHint.CAMERA_BLINDED: "lamp",
}  # fmt: skip
_SIDES: dict[str, Side] = {FaceHint.TURN_LEFT: "left", FaceHint.TURN_RIGHT: "right"}
_SENTENCE = "face_hint."
_NO_HINT, _GONE = "", "camera_gone"


class CameraPage(Page):
    """``eyes`` gives the mirror's pictures. A view that differs in its hint alone is taken in place: the mirror goes
    on, and nothing moves."""

    picture_matters = True

    def __init__(self, view: VisitView, kit: Kit, parent: QWidget, eyes: Eyes) -> None:
        self._eyes = eyes
        self.mirror: LiveView | None = None
        self.hint: HintLine | None = None
        super().__init__(view, kit, parent)
        self._point(view)

    def begin(self) -> None:
        self._tell()

    def take(self, view: VisitView) -> bool:
        if self.hint is None or _without_hint(view) != _without_hint(self.view):
            return False
        before, self.view = self.view.hint, view
        self._point(view)
        if view.hint != before:
            self._tell()
        return True

    def make_body(self) -> list[Block]:
        if not self._looks:
            return super().make_body()
        texts = {hint.value: self.kit.key(f"{_SENTENCE}{hint}") for hint in FaceHint}
        signs = {hint.value: f"hint_{sign}" for hint, sign in _SIGNS.items()}
        texts[_NO_HINT], signs[_NO_HINT] = self.kit.key("screen.camera_starts"), "hint_camera"
        self.hint = HintLine(self.kit, texts, signs, parent=self)
        return [self.hint]

    def make_notices(self) -> list[Block]:
        """All that is not to be done now stands in one quiet box, so that the mirror has the room."""
        if not self._looks:
            return super().make_notices()
        others = [one for one in self.view.body if not one.key.startswith(_SENTENCE)]
        return [Notice(self.kit, [self.kit.say(one) for one in (*others, *self.view.notices)], parent=self)]

    def make_picture(self) -> PictureView | None:
        if self.view.variant == _GONE:
            return PictureView(self.kit, _GONE, parent=self)
        if not self._looks:
            return super().make_picture()
        self.mirror = LiveView(self.kit, "oval", self._eyes.face, parent=self)
        return self.mirror

    def parts(self) -> Parts:
        return replace(super().parts(), picture_matters=self._looks)

    def close_down(self) -> None:
        if self.mirror is not None:
            self.mirror.rest()

    def _make_patience(self) -> Say | None:
        """Who is told what to do does not wait; only help is offered when it takes long."""
        if not self._looks:
            return super()._make_patience()
        waited = self.kit.clock() - self.view.since
        QTimer.singleShot(max(0, LONG_MS - waited), self, self.help_due.emit)
        return None

    @property
    def _looks(self) -> bool:
        return self.view.camera == "face"

    def _tell(self) -> None:
        if self._looks and self.view.hint:
            self.hinted.emit(f"{_SENTENCE}{self.view.hint}")

    def _point(self, view: VisitView) -> None:
        if self.hint is not None and self.mirror is not None:
            self.hint.say(view.hint)
            self.mirror.point(_SIDES.get(view.hint, ""), steady=view.hint == FaceHint.HOLD_STILL)


def _without_hint(view: VisitView) -> VisitView:
    """What the page is beside its hint, and beside what stands around it."""
    body = tuple(one for one in view.body if not one.key.startswith(_SENTENCE))
    return with_(
        view, body=body, hint="", progress=None, deadline=None, warned=False, back=False, staff=False, since=0
    )
