"""One's own account: password and second factors, one question after another."""

from __future__ import annotations

from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kiosk.accounts.managing import KeyOffer, TotpOffer
from kiosk.accounts.outcomes import (
    Changed,
    Own,
    RecoveryCodesMade,
    Refused,
    Standing,
    Unchanged,
)
from kiosk.accounts.passwords import Password
from kiosk.accounts.records import Owed
from kiosk.accounts.security_key import KeyFailure, SecurityKey
from ui.staff.doing import Ask
from ui.staff.guard import Guard
from ui.staff.lane import Lane, Trouble
from ui.staff.parts import Told, across, button, frame, label
from ui.staff.sheet import Answers, Field, Question, Secrets, Sheet
from ui.staff.sign_in import problem_of
from ui.staff.style import Look
from ui.staff.words import Words

_ACTS = ("password", "totp", "recovery", "key")


class Say(Protocol):
    def __call__(self, text: str, *, bad: bool = False) -> object: ...


class OwnPage(QWidget):
    """``finished``: back to work. ``changed``: something owed may be done now."""

    finished = Signal()
    changed = Signal()

    def __init__(
        self, look: Look, words: Words, guard: Guard, lane: Lane, key: SecurityKey, ask: Ask, say: Say
    ) -> None:
        super().__init__()
        self.setObjectName("own_page")
        self._words, self._guard, self._lane, self._key = words, guard, lane, key
        self._ask, self._say = ask, say
        self._own: Own | None = None
        self._name = ""
        self._owed = False
        gap = look.sizes.gap
        self.told = Told(role="notice", name="told")
        box = frame("card", "own_box")
        box.setFixedWidth(look.sizes.ems(38))
        inside = QVBoxLayout(box)
        inside.setContentsMargins(gap * 6, gap * 5, gap * 6, gap * 5)
        inside.setSpacing(gap * 2)
        inside.addWidget(label(words("desk.own.heading"), "large"))
        inside.addWidget(self.told)
        for place, act in enumerate(_ACTS, 1):
            begin = partial(self.begin_act, act)
            inside.addWidget(button(f"own_{act}", words(f"desk.own.{act}"), begin, key=f"F{place}"))
        self._finish = button("finish", words("desk.own.finish"), self.finished.emit, key="Esc", main=True)
        inside.addWidget(self._finish)
        middle = QVBoxLayout(self)
        middle.addStretch(2)
        middle.addLayout(across(1, box, 1))
        middle.addStretch(3)

    def show_standing(self, standing: Standing) -> None:
        words = self._words
        if standing.name != self._name:
            self._own = None
        self._name = standing.name
        owed = [words(f"desk.own.owed_{one}") for one in (Owed.PASSWORD, Owed.SECOND) if one in standing.owed]
        self._owed = bool(owed)
        self.told.say("".join(owed))
        self._finish.setEnabled(not owed)

    def forget(self) -> None:
        self._own = None

    def pressed(self, event: QKeyEvent) -> bool:
        key = event.key()
        if Qt.Key.Key_F1 <= key <= Qt.Key.Key_F4:
            self.begin_act(_ACTS[key - Qt.Key.Key_F1])
            return True
        if key == Qt.Key.Key_Escape:
            if not self._owed:
                self.finished.emit()
            return True
        return False

    def begin_act(self, act: str) -> None:
        if self._own is not None:
            self._go_on(act, self._own)
            return
        words = self._words
        question = Question(
            words(f"desk.own.{act}"),
            (Field("password", words("desk.sign_in.password"), "secret", needed=True),),
            words("desk.own.confirm"),
        )
        sheet: list[Sheet] = []

        def came(outcome: Own | Refused | Trouble) -> None:
            if isinstance(outcome, Own):
                sheet[0].end()
                self._own = outcome
                self._go_on(act, outcome)
            elif isinstance(outcome, Refused):
                sheet[0].say(words("desk.sign_in.wrong", wait="").strip())
            else:
                sheet[0].say(words("desk.trouble.accounts", code=outcome.code))

        def answered(_told: Answers, secrets: Secrets) -> None:
            password = Password(secrets["password"])
            self._lane.do(lambda: self._guard.own(password), came)

        sheet.append(self._ask(question, answered, keep=True))

    # -- inside
    def _go_on(self, act: str, own: Own) -> None:
        match act:
            case "password":
                self._change_password(own)
            case "totp":
                offer = self._guard.managing.offer_totp(own, own.by)
                self._set_up_totp(own, offer)
            case "recovery":
                self._lane.do(lambda: self._guard.new_recovery_codes(own, own.by), self._codes_came)
            case _:
                self._lane.do(
                    lambda: self._guard.managing.offer_key(own, own.by), lambda o: self._key_came(own, o)
                )

    def _change_password(self, own: Own) -> None:
        words = self._words
        question = Question(
            words("desk.own.password"),
            (
                Field("new", words("desk.own.new_password"), "secret", needed=True),
                Field("again", words("desk.first.again"), "secret", needed=True),
            ),
        )
        sheet: list[Sheet] = []

        def answered(_told: Answers, secrets: Secrets) -> None:
            new, again = secrets["new"], secrets["again"]
            same = new == again
            again[:] = bytes(len(again))
            if not same:
                new[:] = bytes(len(new))
                sheet[0].say(words("desk.first.not_same"))
                return
            password = Password(new)
            self._lane.do(
                lambda: self._guard.set_password(own, own.by, password), lambda o: self._done(o, sheet[0])
            )

        sheet.append(self._ask(question, answered, keep=True))

    def _set_up_totp(self, own: Own, offer: TotpOffer) -> None:
        words = self._words
        question = Question(
            words("desk.own.totp"),
            (Field("code", words("desk.own.code"), needed=True),),
            words("desk.own.totp_body"),
            picture=qr_of(offer.uri),
            copied=words("desk.own.totp_secret", secret=offer.secret),
        )
        sheet: list[Sheet] = []

        def answered(told: Answers, _secrets: Secrets) -> None:
            code = told["code"]
            self._lane.do(
                lambda: self._guard.confirm_totp(own, offer, code), lambda o: self._done(o, sheet[0])
            )

        sheet.append(self._ask(question, answered, keep=True))

    def _codes_came(self, outcome: RecoveryCodesMade | Unchanged | Trouble) -> None:
        words = self._words
        match outcome:
            case RecoveryCodesMade(codes=codes):
                rows = [f"{a}    {b}" for a, b in zip(codes[::2], codes[1::2], strict=False)]
                question = Question(
                    words("desk.own.recovery"), (), words("desk.own.recovery_body"), copied="\n".join(rows)
                )
                self._ask(question, lambda _told, _secrets: None)
            case Unchanged():
                self._say(problem_of(outcome, words), bad=True)
            case Trouble():
                self._say(words("desk.trouble.accounts", code=outcome.code), bad=True)

    def _key_came(self, own: Own, offer: KeyOffer | Unchanged | Trouble) -> None:
        words = self._words
        if not isinstance(offer, KeyOffer):
            told = (
                problem_of(offer, words)
                if isinstance(offer, Unchanged)
                else words("desk.trouble.accounts", code=offer.code)
            )
            self._say(told, bad=True)
            return
        sheet: list[Sheet] = []

        def answered(told: Answers, _secrets: Secrets) -> None:
            name = told["label"]

            def register() -> Changed | Unchanged | KeyFailure:
                answer = self._key.create(offer.challenge.options)
                if isinstance(answer, KeyFailure):
                    return answer
                return self._guard.confirm_key(own, offer, answer, name)

            sheet[0].say(words("desk.own.key_touch"))
            self._lane.do(register, lambda o: self._done(o, sheet[0]))

        question = Question(
            words("desk.own.key"),
            (Field("label", words("desk.own.key_label"), needed=True),),
            words("desk.own.key_touch"),
        )
        sheet.append(self._ask(question, answered, keep=True))

    def _done(self, outcome: Changed | Unchanged | KeyFailure | Trouble, sheet: Sheet) -> None:
        words = self._words
        match outcome:
            case Changed():
                sheet.end()
                self._say(words("desk.own.done"))
                self.changed.emit()
            case Unchanged():
                sheet.say(problem_of(outcome, words))
            case KeyFailure():
                sheet.say(words(f"desk.key_failure.{outcome}"))
            case Trouble():
                sheet.say(words("desk.trouble.accounts", code=outcome.code))


def qr_of(text: str, scale: int = 4) -> QPixmap:
    """A QR code with its quiet zone."""
    import zxingcpp  # only here: most consoles never need it

    image: Any = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode).to_image(scale=scale)
    pixels = memoryview(image)
    height, width = image.shape
    return QPixmap.fromImage(
        QImage(pixels.tobytes(), width, height, width, QImage.Format.Format_Grayscale8).copy()
    )
