"""Signing in: name and password, then the second factor; unlocking; the first account of a new console."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from kiosk.accounts.outcomes import (
    Changed,
    NeedsSecond,
    Present,
    Proof,
    Refusal,
    Refused,
    SignedIn,
    Unchanged,
)
from kiosk.accounts.passwords import Password, Weakness
from kiosk.accounts.records import Way
from kiosk.accounts.security_key import KeyFailure, SecurityKey
from ui.staff.guard import Guard
from ui.staff.lane import Lane, Trouble
from ui.staff.parts import SecretLine, Told, across, button, frame, has_focus, label
from ui.staff.style import Look
from ui.staff.words import Words

_NAME_OF_WEAKNESS = "same_as_name"
_SECOND_ORDER = (Way.TOTP, Way.KEY, Way.RECOVERY)


class SignInPage(QWidget):
    """``entered``: somebody is signed in, or has unlocked."""

    entered = Signal(object)

    def __init__(self, look: Look, words: Words, guard: Guard, lane: Lane, key: SecurityKey) -> None:
        super().__init__()
        self.setObjectName("sign_in_page")
        self._look, self._words = look, words
        self._guard, self._lane, self._key = guard, lane, key
        self._busy = False
        self._unlocks = ""
        self._second: NeedsSecond | None = None
        self._way = Way.TOTP
        self.told = Told(role="notice", name="told")
        self.told.say("")
        self._forms = QStackedWidget()
        self.name = QLineEdit()
        self.name.setObjectName("name")
        self.password = SecretLine("password", words("desk.sign_in.password"))
        self.code = QLineEdit()
        self.code.setObjectName("code")
        self._present = frame("", "present")
        self._lay_out()

    # -- what is shown
    def begin(self, note: str = "") -> None:
        """Anybody may sign in."""
        self._unlocks, self._second, self._busy = "", None, False
        self._heading.setText(self._words("desk.sign_in.heading"))
        self.name.clear()
        self.name.setEnabled(True)
        self._show_first(note)
        self.name.setFocus()

    def ask_to_unlock(self, name: str, display: str, note: str = "") -> None:
        """The session of this person waits."""
        self.begin(note)
        self._unlocks = name
        self._heading.setText(self._words("desk.sign_in.unlock_heading", name=display))
        self.name.setText(name)
        self.name.setEnabled(False)
        self.password.setFocus()

    @property
    def unlocking(self) -> bool:
        return bool(self._unlocks)

    def forget(self) -> None:
        self.password.clear()
        self.code.clear()

    # -- keys
    def pressed(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
            return True
        if key == Qt.Key.Key_Escape:
            self.begin()
            return True
        if Qt.Key.Key_F1 <= key <= Qt.Key.Key_F9:
            self._name_by_key(key - Qt.Key.Key_F1)
            return True
        if self._second is not None and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            ways = [way for way in _SECOND_ORDER if way in self._second.ways]
            if key == Qt.Key.Key_2 and len(ways) > 1:
                self._choose_way(ways[(ways.index(self._way) + 1) % len(ways)])
                return True
        return False

    # -- inside
    def _lay_out(self) -> None:
        words, look = self._words, self._look
        gap = look.sizes.gap
        self._heading = label("", "large", "heading")
        first = QWidget()
        lines = QVBoxLayout(first)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(gap)
        for key, part in (("name", self.name), ("password", self.password)):
            lines.addWidget(label(words(f"desk.sign_in.{key}"), "heading"))
            part.setAccessibleName(words(f"desk.sign_in.{key}"))
            lines.addWidget(part)
        self._go = button("sign_in", words("desk.sign_in.go"), self._enter, key="Enter", main=True)
        lines.addWidget(self._go)
        second = QWidget()
        lines = QVBoxLayout(second)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(gap)
        self._second_told = Told()
        self._other_way = button("other_way", "", self._next_way, key="Ctrl+2")
        lines.addWidget(self._second_told)
        lines.addWidget(self.code)
        lines.addWidget(button("prove", words("desk.sign_in.go"), self._enter, key="Enter", main=True))
        lines.addWidget(self._other_way)
        lines.addStretch(1)
        self._forms.addWidget(first)
        self._forms.addWidget(second)
        box = frame("card", "sign_in_box")
        inside = QVBoxLayout(box)
        inside.setContentsMargins(gap * 6, gap * 5, gap * 6, gap * 5)
        inside.setSpacing(gap * 2)
        inside.addWidget(self._heading)
        inside.addWidget(self.told)
        inside.addWidget(self._forms)
        inside.addWidget(self._present)
        box.setFixedWidth(look.sizes.ems(34))
        middle = QVBoxLayout(self)
        middle.addStretch(2)
        middle.addLayout(across(1, box, 1))
        middle.addStretch(3)
        self._here: tuple[Present, ...] = ()

    def show_present(self, present: Sequence[Present]) -> None:
        """Who shares this console: one key is enough to name oneself."""
        self._here = tuple(present)
        layout = self._present.layout()
        if layout is None:
            layout = QVBoxLayout(self._present)
            layout.setContentsMargins(0, 0, 0, 0)
        while (item := layout.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        if not present:
            return
        layout.addWidget(label(self._words("desk.sign_in.present"), "heading"))
        for place, one in enumerate(self._here[:9]):
            told = self._words.aside(one.display, self._words("desk.sign_in.locked_by"))
            pick = button(
                f"present_{one.name}",
                told if one.locked else one.display,
                partial(self._name_by_key, place),
                key=f"F{place + 1}",
            )
            pick.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            layout.addWidget(pick)

    def _name_by_key(self, place: int) -> None:
        if self._second is None and place < len(self._here):
            one = self._here[place]
            self._unlocks = self._unlocks if one.name == self._unlocks else ""
            self._heading.setText(self._words("desk.sign_in.heading"))
            self.name.setEnabled(True)
            self.name.setText(one.name)
            self.password.setFocus()

    def _show_first(self, note: str = "") -> None:
        self._second = None
        self.password.clear()
        self.code.clear()
        self.told.say(note)
        self._forms.setCurrentIndex(0)

    def _enter(self) -> None:
        if self._busy:
            return
        if self._second is not None:
            self._prove(self._second)
            return
        if has_focus(self.name) and not self.password.text():
            self.password.setFocus()
            return
        if not (self.name.text().strip() and self.password.text()):
            return
        name, password = self.name.text(), Password(self.password.take())
        self._wait()
        if self._unlocks and name == self._unlocks:
            self._lane.do(lambda: self._guard.unlock(password), self._came)
        else:
            self._lane.do(lambda: self._guard.sign_in(name, password), self._came)

    def _prove(self, second: NeedsSecond) -> None:
        if self._way is Way.KEY:
            self._touch_key(second)
            return
        text = self.code.text()
        if not text.strip():
            return
        self.code.clear()
        self._wait()
        self._lane.do(lambda: self._guard.second(second.ticket, Proof(self._way, text)), self._came)

    def _touch_key(self, second: NeedsSecond) -> None:
        self._wait(self._words("desk.sign_in.key"))

        def touched() -> SignedIn | Refused | KeyFailure:
            answer = self._key.get(second.key_options)
            if isinstance(answer, KeyFailure):
                return answer
            return self._guard.second(second.ticket, Proof(Way.KEY, answer))

        self._lane.do(touched, self._came)

    def _wait(self, text: str = "") -> None:
        self._busy = True
        self.told.say(text or self._words("desk.sign_in.working"))

    def _came(self, outcome: SignedIn | NeedsSecond | Refused | KeyFailure | Trouble) -> None:
        self._busy = False
        words = self._words
        match outcome:
            case SignedIn():
                self._show_first()
                self._unlocks = ""
                self.entered.emit(outcome)
            case NeedsSecond():
                self._second = outcome
                self._heading.setText(words("desk.sign_in.second_heading"))
                self.told.say("")
                self._forms.setCurrentIndex(1)
                self._choose_way(next(way for way in _SECOND_ORDER if way in outcome.ways))
            case Refused(why=Refusal.START_AGAIN):
                self.begin(words("desk.sign_in.start_again"))
            case Refused(wait=wait):
                self.told.say(_refused(outcome.why, wait, words))
                (self.code if self._second is not None else self.password).setFocus()
            case KeyFailure():
                self.told.say(words(f"desk.key_failure.{outcome}"))
            case Trouble():
                self.told.say(words("desk.trouble.accounts", code=outcome.code))

    def _choose_way(self, way: Way) -> None:
        assert self._second is not None
        self._way = way
        words = self._words
        self._second_told.say(words.text(f"desk.sign_in.{way}"))
        self.code.setVisible(way is not Way.KEY)
        self.code.setAccessibleName(words(f"desk.sign_in.{way}"))
        self.code.clear()
        ways = [one for one in _SECOND_ORDER if one in self._second.ways]
        other = ways[(ways.index(way) + 1) % len(ways)]
        self._other_way.setVisible(len(ways) > 1)
        self._other_way.setText(f"Ctrl+2  {words(f'desk.sign_in.use_{other}')}")
        if way is Way.KEY:
            self._touch_key(self._second)
        else:
            self.code.setFocus()

    def _next_way(self) -> None:
        assert self._second is not None
        ways = [way for way in _SECOND_ORDER if way in self._second.ways]
        self._choose_way(ways[(ways.index(self._way) + 1) % len(ways)])


def _refused(why: Refusal, wait: timedelta, words: Words) -> str:
    seconds = round(wait.total_seconds() + 0.49)
    waits = words("desk.sign_in.wait", seconds=seconds) if seconds >= 1 else ""
    return waits if why is Refusal.WAIT else words("desk.sign_in.wrong", wait=waits).strip()


class FirstPage(QWidget):
    """The first administrator. ``done``: there is one now."""

    done = Signal()

    def __init__(self, look: Look, words: Words, guard: Guard, lane: Lane) -> None:
        super().__init__()
        self.setObjectName("first_page")
        self._words, self._guard, self._lane = words, guard, lane
        self._busy = False
        self.told = Told(role="alarm", name="told")
        self.told.say("")
        self.name, self.display = QLineEdit(), QLineEdit()
        self.password = SecretLine("password", words("desk.first.password"))
        self.again = SecretLine("again", words("desk.first.again"))
        box = frame("card", "first_box")
        box.setFixedWidth(look.sizes.ems(38))
        gap = look.sizes.gap
        inside = QVBoxLayout(box)
        inside.setContentsMargins(gap * 6, gap * 5, gap * 6, gap * 5)
        inside.setSpacing(gap)
        inside.addWidget(label(words("desk.first.heading"), "large"))
        inside.addWidget(Told(words.text("desk.first.body")))
        for part, key in (
            (self.name, "name"), (self.display, "display"), (self.password, "password"), (self.again, "again"),
        ):  # fmt: skip
            part.setObjectName(key)
            part.setAccessibleName(words(f"desk.first.{key}"))
            inside.addWidget(label(words(f"desk.first.{key}"), "heading"))
            inside.addWidget(part)
        inside.addWidget(self.told)
        inside.addWidget(Told(words.text("desk.first.after"), "small"))
        inside.addWidget(button("make", words("desk.first.go"), self._enter, key="Enter", main=True))
        _in_the_middle(self, box)

    def begin(self) -> None:
        self.name.setFocus()

    def pressed(self, event: QKeyEvent) -> bool:
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return False
        parts = (self.name, self.display, self.password, self.again)
        lacking = next((part for part in parts if not part.text().strip()), None)
        if lacking is not None:
            lacking.setFocus()
        else:
            self._enter()
        return True

    def _enter(self) -> None:
        if self._busy:
            return
        password, again = self.password.take(), self.again.take()
        same = password == again
        again[:] = bytes(len(again))
        if not same:
            password[:] = bytes(len(password))
            self.told.say(self._words("desk.first.not_same"))
            self.password.setFocus()
            return
        name, display, taken = self.name.text(), self.display.text(), Password(password)
        self._busy = True
        self._lane.do(lambda: self._guard.first_setup(name, display, taken), self._came)

    def _came(self, outcome: Changed | Unchanged | Trouble) -> None:
        self._busy = False
        match outcome:
            case Changed():
                self.told.say("")
                self.done.emit()
            case Unchanged():
                self.told.say(problem_of(outcome, self._words))
                self.password.setFocus()
            case Trouble():
                self.told.say(self._words("desk.trouble.accounts", code=outcome.code))


def problem_of(unchanged: Unchanged, words: Words) -> str:
    """Why an account was not changed, in words."""
    name = _NAME_OF_WEAKNESS if unchanged.why is Weakness.NAME else unchanged.why.value
    return words(f"desk.account_problem.{name}")


def _in_the_middle(page: QWidget, box: QFrame) -> None:
    middle = QVBoxLayout(page)
    middle.addStretch(2)
    middle.addLayout(across(1, box, 1))
    middle.addStretch(3)
