"""A hand scanner that types like a keyboard: told from a person by its speed, and kept away from everything else.

Such a scanner types a code within milliseconds and ends it with Enter or Tab. Nobody types four characters with less
than 50 ms between each. So a character is held back until the next one says which it is: what a person types arrives
at most that much later, in order, and of a scan nothing arrives anywhere, wherever the patient is: a scan on the
keypad's page must never be a PIN.

Limits. A scanner must send Enter or Tab behind each code (most do as delivered). It can only type what a keyboard has:
Japanese text in a QR needs a camera. Its keyboard must be the terminal's, or ``layout`` is "us": then keys are read by
their place, whatever the terminal's layout is. (By what they type, a Japanese layout makes " of @, and ` and ) are
lost.) Their places are known for Linux, X11 and Wayland, where a key has the kernel's number plus 8. With layout
"terminal" Caps Lock turns capitals round. No input method may be on; a kiosk has none. Codes typed as Alt and digits
are not understood.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import Enum, auto
from typing import Literal

import structlog
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from drivers.interface import CodeListener, ScannedCode
from drivers.scanner.text import visible

END = "\r"
Layout = Literal["terminal", "us"]
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a scan is. ``gap_ms``: most between two of its characters. ``least`` and ``most``: characters in a code.
    ``prefix`` and ``suffix``: what the scanner adds before it, and behind it before its Enter; they are taken off."""

    gap_ms: int = 50
    least: int = 4
    most: int = 4096
    prefix: str = ""
    suffix: str = ""


# ------------------------------------------------------------------------- telling a scan from a person


class Fate(Enum):
    """What becomes of the keys that were held back."""

    REPLAY = auto()  # a person typed them
    DROP = auto()  # a scanner did


class This(Enum):
    """What becomes of the key that was just pressed."""

    PASS = auto()
    HOLD = auto()
    SWALLOW = auto()


@dataclass(frozen=True, slots=True)
class Outcome:
    this: This
    held: Fate | None = None
    scanned: str | None = None


class Assembler:
    """Pure: keys and their times in, what to do with them out."""

    def __init__(self, rules: Rules | None = None) -> None:
        self._rules = rules or Rules()
        self._typed: list[str] = []
        self._last = 0

    @property
    def holding(self) -> bool:
        return bool(self._typed)

    def press(self, text: str, at: int) -> Outcome:
        """A key's character, END for Enter and Tab, "" for a key without; ``at`` in milliseconds."""
        late = self.holding and not 0 <= at - self._last <= self._rules.gap_ms
        held = self.pause() if late else None
        self._last = at
        if not self.holding:
            begins = self._may_begin(text)
            if begins:
                self._typed = [text]
            return Outcome(This.HOLD if begins else This.PASS, held)
        if text == END:
            return self._ended()
        if not text:  # a scanner sends no such key, but a person may press one while it scans
            return Outcome(This.PASS, None if self._sure else self.pause())
        self._typed.append(text)
        if not self._follows_prefix():
            self._typed.pop()
            return Outcome(This.PASS, self.pause())
        del self._typed[self._rules.most + len(self._rules.prefix) + len(self._rules.suffix) + 1 :]
        return Outcome(This.HOLD)

    def pause(self) -> Fate | None:
        """Nothing came in time: what becomes of the keys that were held. None if there were none."""
        if not self.holding:
            return None
        fate = Fate.DROP if self._sure else Fate.REPLAY
        self._typed = []
        return fate

    @property
    def _sure(self) -> bool:
        """So many characters in so short a time are no person's."""
        return len(self._typed) >= self._rules.least

    def _may_begin(self, text: str) -> bool:
        if self._rules.prefix:
            return text == self._rules.prefix[:1]
        return text != END and text.isprintable() and text != ""

    def _follows_prefix(self) -> bool:
        prefix = self._rules.prefix
        return "".join(self._typed[: len(prefix)]) == prefix[: len(self._typed)]

    def _ended(self) -> Outcome:
        rules, typed = self._rules, "".join(self._typed)
        code = typed[len(rules.prefix) : len(typed) - len(rules.suffix)]
        whole = rules.least <= len(code) <= rules.most and typed.endswith(rules.suffix)
        fate = self.pause()
        if whole or fate is Fate.DROP:
            return Outcome(This.SWALLOW, Fate.DROP, code if whole else None)
        return Outcome(This.PASS, fate)


# ------------------------------------------------------------------------------------------ keys as text

_FIRST_KEY = 8  # X11 and Wayland count the kernel's keys from here
_US_ROWS = (  # the kernel's number of the first key (input-event-codes.h), the row plain and with Shift
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
)
_US = {
    first + place + _FIRST_KEY: pair
    for first, plain, shifted in _US_ROWS
    for place, pair in enumerate(zip(plain, shifted, strict=True))
}
_ENDS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab})
_NO_TEXT = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
_MODIFIERS = frozenset(
    {
        Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta,
        Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock,
    }
)  # fmt: skip


def text_of(event: QKeyEvent, layout: Layout = "terminal") -> str:
    """The character that a key types, END for Enter and Tab, "" for none. Control characters count only with Ctrl:
    Escape, Backspace and Delete are keys, and not what is in a code."""
    if event.key() in _ENDS:
        return END
    if event.isAutoRepeat() or event.modifiers() & _NO_TEXT:
        return ""
    control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    text = event.text()
    if layout == "us" and event.nativeScanCode() in _US:
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        text = _US[event.nativeScanCode()][shift]
        if control:
            return chr(ord(text.upper()) & 0x1F) if "@" <= text.upper() <= "_" else ""
    return text if text.isprintable() or control else ""


# ------------------------------------------------------------------------------------------- on the screen


class Wedge(QObject):
    """Stands between the keyboard and one window. ``scanned``: a code, without what the scanner adds. ``unfinished``:
    a scanner typed what is no code by the rules, most likely without Enter; nothing of it is told."""

    scanned = Signal(str)
    unfinished = Signal()

    def __init__(self, window: QWidget, rules: Rules | None = None, layout: Layout = "terminal") -> None:
        super().__init__(window)
        rules = rules or Rules()
        self._window = window
        self._layout: Layout = layout
        self._assembler = Assembler(rules)
        self._held: list[tuple[QWindow, QKeyEvent]] = []
        self._down: set[int] = set()  # keys whose press was kept from the window: so is their release
        self._replaying = False
        self._handle: QWindow | None = None
        self._patience = rules.gap_ms + 10
        self._looked_twice = False
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._time_over)
        window.installEventFilter(self)
        self._attach()

    def remove(self) -> None:
        """Lets go of the window; what was held is given to it. Idempotent."""
        self.pause()
        self._window.removeEventFilter(self)
        if self._handle is not None and isValid(self._handle):
            self._handle.removeEventFilter(self)
        self._handle = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window:
            if event.type() in (QEvent.Type.WinIdChange, QEvent.Type.Show):
                self._attach()
            return False
        if self._replaying or not isinstance(event, QKeyEvent) or not isinstance(watched, QWindow):
            return False
        if event.type() is QEvent.Type.KeyPress:
            return self._pressed(watched, event)
        if event.type() is QEvent.Type.KeyRelease:
            return self._released(watched, event)
        if self._assembler.holding or text_of(event, self._layout):
            event.accept()  # ShortcutOverride: else a character with a shortcut would act before it is looked at
            return True
        return False

    def pause(self) -> None:
        """What the timer calls when no key has followed in time."""
        self._settle(self._assembler.pause())

    # ---------------------------------------------------------------------------------------- internals

    def _attach(self) -> None:
        """A window's handle is made anew when its flags change."""
        self._handle = _handle_of(self._window)
        if self._handle is not None:
            self._handle.installEventFilter(self)  # a second time changes nothing

    def _pressed(self, window: QWindow, event: QKeyEvent) -> bool:
        if event.key() in _MODIFIERS:
            return False
        outcome = self._assembler.press(text_of(event, self._layout), _moment(event))
        self._settle(outcome.held, finished=outcome.scanned is not None)
        if outcome.this is This.PASS:
            self._down.discard(_key(event))
            return False
        self._down.add(_key(event))
        if outcome.this is This.HOLD:
            self._held.append((window, event.clone()))
            self._looked_twice = False
            self._timer.start(self._patience)
        if outcome.scanned is not None:
            self.scanned.emit(outcome.scanned)
        return True

    def _released(self, window: QWindow, event: QKeyEvent) -> bool:
        if _key(event) not in self._down or event.isAutoRepeat():
            return False
        self._down.discard(_key(event))
        if self._assembler.holding:
            self._held.append((window, event.clone()))
        return True

    def _time_over(self) -> None:
        """Keys that came while the screen was busy are delivered before a second look, and tell their own time."""
        if self._looked_twice:
            self.pause()
        else:
            self._looked_twice = True
            self._timer.start(0)

    def _settle(self, fate: Fate | None, *, finished: bool = False) -> None:
        if fate is None:
            return
        self._timer.stop()
        held, self._held = self._held, []
        if fate is Fate.DROP:
            if not finished:
                self.unfinished.emit()
            return
        self._replaying = True
        try:
            for window, event in held:
                if event.type() is QEvent.Type.KeyPress:
                    self._down.discard(_key(event))
                if isValid(window):
                    QCoreApplication.sendEvent(window, event)
        finally:
            self._replaying = False


class KeyboardScanner:
    """A ``drivers.interface.CodeScanner``: the wedge of one window. Scans are kept from the window also while nobody
    watches. The listener is called on the screen's thread."""

    def __init__(self, window: QWidget, rules: Rules | None = None, layout: Layout = "terminal") -> None:
        self._wedge = Wedge(window, rules, layout)
        self._wedge.scanned.connect(self._on_scan)
        self._wedge.unfinished.connect(_log_unfinished)
        self._listener: CodeListener | None = None

    def watch(self, listener: CodeListener) -> None:
        self._listener = listener

    def rest(self) -> None:
        self._listener = None

    def close(self) -> None:
        self.rest()
        self._wedge.remove()

    def _on_scan(self, text: str) -> None:
        if self._listener is not None:
            self._listener(ScannedCode("keyboard", visible(text), text.encode()))


def _handle_of(window: QWidget) -> QWindow | None:
    """None until the window is made, whatever the type says."""
    return window.windowHandle()


def _log_unfinished() -> None:
    _log.warning("scanner.unfinished", remedy="set the scanner to send Enter behind each code")


def _moment(event: QKeyEvent) -> int:
    """When the key was pressed, as the system says: the screen may have been busy since."""
    return event.timestamp() or time.monotonic_ns() // 1_000_000


def _key(event: QKeyEvent) -> int:
    """The key itself: with Shift, press and release may differ in what they type."""
    return event.nativeScanCode() or event.key()
