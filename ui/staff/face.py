"""What the camera says of the person, for staff who look themselves: live, by whose word, and never a picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kiosk.desk.detail import Detail
from kiosk.visit.policy import FACE_TRIES
from kiosk.visit.situation import FaceTold
from ui.staff.parts import Told, across, button, column, frame, label, set_role
from ui.staff.style import Look
from ui.staff.words import Words

STEPS, SAME_FROM = 5, 4
"""The highest step of likeness, and the lowest at which two faces count as one person's."""
KEY = "Ctrl+E"
_LOOKING = frozenset({"ReadingCardFront", "MatchingFace"})
_TURNED = {True: "desk.face.turned", False: "desk.face.not_turned", None: "desk.face.not_asked"}
_USE = {"verify": "desk.face.use.verify", "aid": "desk.face.use.aid"}
Says = Literal["good", "bad", "strong"]


@dataclass(frozen=True)
class FaceSaid:
    """``now``: where it stands, or how it ended; ``says`` how that is to be taken. ``facts``: line by line."""

    says: Says
    now: str
    authority: str
    facts: tuple[str, ...]


def said(detail: Detail, words: Words) -> FaceSaid | None:
    """None where no face was looked at."""
    face = detail.face
    if face is None:
        return None
    going_on = face.step if detail.row.state in _LOOKING else ""
    says, now = _going_on(face, going_on, words) if going_on else _ended(face, words)
    use = words(_USE[face.purpose])
    authority = words("desk.face.by", authority=words(f"desk.face.authority.{face.authority}"), use=use)
    return FaceSaid(says, now, authority, tuple(_facts(face, words)))


def _going_on(face: FaceTold, step: str, words: Words) -> tuple[Says, str]:
    now = words(f"desk.face.step.{step}")
    if face.hint is None:
        return "strong", now
    return "strong", words("desk.face.told", now=now, hint=words(f"face_hint.{face.hint}"))


def _ended(face: FaceTold, words: Words) -> tuple[Says, str]:
    if face.likeness is None:
        if face.problem is None:
            return "strong", words("desk.face.nothing")
        return "bad", words("desk.face.failed", why=words(f"reason.{face.problem}.patient"))
    if face.doubt is None:
        return "good", words("desk.face.same")
    return "bad", words("desk.face.doubted", why=words(f"desk.face.doubt.{face.doubt}"))


def _facts(face: FaceTold, words: Words) -> list[str]:
    facts = []
    if face.likeness is not None:
        facts.append(words("desk.face.likeness", step=face.likeness, most=STEPS, same=SAME_FROM))
        facts.append(words("desk.face.challenge", what=words(_TURNED[face.turned])))
        facts.append(words("desk.face.genuine" if face.genuine else "desk.face.not_genuine"))
    if face.attempts:
        facts.append(words("desk.face.attempts", count=face.attempts, most=FACE_TRIES))
    return facts


class Likeness(QWidget):
    """Five steps, of which those that were reached are filled; a line stands where two faces count as one person's."""

    def __init__(self, look: Look, words: Words) -> None:
        super().__init__()
        self.setObjectName("likeness")
        self._look, self._words = look, words
        self._step: int | None = None
        self._same = False
        self.setFixedSize(QSize(look.sizes.ems(7), look.sizes.ems(3.6)))

    @property
    def step(self) -> int | None:
        return self._step

    def show_step(self, step: int | None, *, same: bool) -> None:
        """``same``: it counts as one person, alive."""
        self._step, self._same = step, same
        slots = {"step": step, "most": STEPS, "same": SAME_FROM}
        told = "" if step is None else self._words("desk.face.likeness", **slots)
        self.setAccessibleName(told)
        self.setVisible(step is not None)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._step is None:
            return
        palette = self._look.palette
        gap = self.width() / (STEPS * 4.0 + 2.0)
        wide = 3.0 * gap
        floor = self.height() - 2.0
        colour = QColor(palette.good if self._same else palette.danger)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for step in range(1, STEPS + 1):
                left = gap * 4 * (step - 1) + (gap * 2 if step >= SAME_FROM else 0)
                high = floor * (0.3 + 0.7 * step / STEPS)
                bar = QRectF(left + 1, floor - high + 1, wide - 2, high - 1)
                painter.setPen(QPen(QColor(palette.edge if step > self._step else colour), 1.5))
                painter.setBrush(colour if step <= self._step else Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(bar, 2, 2)
            across_at = gap * 4 * (SAME_FROM - 1) + gap * 0.5
            painter.setPen(QPen(QColor(palette.ink), 1.5, Qt.PenStyle.DashLine))
            painter.drawLine(round(across_at), 0, round(across_at), self.height())


class FaceView(QWidget):
    """Nothing of it is seen where no face is looked at and none can be. ``begin``: staff ask for the look."""

    def __init__(self, look: Look, words: Words, begin: Callable[[], object]) -> None:
        super().__init__()
        self.setObjectName("face_view")
        self._words = words
        gap = look.sizes.gap
        self.now = Told(role="strong", name="face_now")
        self.authority = Told(role="notice", name="face_authority")
        self.likeness = Likeness(look, words)
        self._facts = QVBoxLayout()
        self._facts.setSpacing(max(2, gap // 2))
        self._lines: tuple[str, ...] = ()
        self.ask = button("ask_face", words("desk.do.face"), begin, key=KEY, tip=words("desk.hint.face"))
        self.ask.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._limits = Told(words.text("desk.face.limits"), "small", "face_limits")
        heading = label(words("desk.face.heading"), "heading")
        seen = across(self.likeness, self._facts, gap=gap * 2)
        seen.setStretch(1, 1)
        seen.setAlignment(self.likeness, Qt.AlignmentFlag.AlignTop)
        box = frame("card", "face_box")
        box.setLayout(column(self.now, seen, self.authority, self._limits, gap=gap, margin=gap))
        self._box = box
        self.setLayout(column(across(heading, 1, self.ask, gap=gap), box, gap=gap, margin=gap))
        self.hide()

    def show_detail(self, detail: Detail, *, may_ask: bool) -> None:
        """``may_ask``: the look can be asked for now, by whoever sits there."""
        told = said(detail, self._words)
        self.setVisible(told is not None or may_ask)
        self.ask.setVisible(may_ask)
        self._box.setVisible(told is not None)
        face = detail.face
        if told is None or face is None:
            self.clear()
            return
        set_role(self.now, told.says)
        self.now.say(told.now)
        self.authority.say(told.authority)
        self.likeness.show_step(face.likeness, same=face.confirmed)
        self._show_facts(told.facts)

    def clear(self) -> None:
        """Nothing of the visit stays here."""
        self.now.say("")
        self.authority.say("")
        self.likeness.show_step(None, same=False)
        self._show_facts(())

    def _show_facts(self, facts: tuple[str, ...]) -> None:
        if facts == self._lines:
            return
        self._lines = facts
        while (item := self._facts.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for fact in facts:
            self._facts.addWidget(Told(fact))
