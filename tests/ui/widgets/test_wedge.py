"""A scanner's typing is told from a person's, and reaches nothing else."""

from __future__ import annotations

import string
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from drivers.interface import CodeScanner, Failure, ScannedCode
from tests.support.screens import Screen
from ui.widgets.wedge import (
    END,
    Assembler,
    Fate,
    KeyboardScanner,
    Layout,
    Outcome,
    Rules,
    This,
    Wedge,
    text_of,
)

ASCII = string.ascii_letters + string.digits + string.punctuation + " "
QUICK, SLOW = st.integers(0, 50), st.integers(51, 5000)


# --------------------------------------------------------------------------------------- the assembler


def outcomes(*keys: tuple[str, int], rules: Rules | None = None) -> list[Outcome]:
    """Keys with the milliseconds since the last one."""
    assembler, at, found = Assembler(rules), 1000, []
    for text, gap in keys:
        at += gap
        found.append(assembler.press(text, at))
    return found


def scan(code: str, gap: int = 2) -> list[tuple[str, int]]:
    return [(character, gap) for character in (*code, END)]


@given(st.text(ASCII, min_size=4, max_size=200), st.lists(QUICK, min_size=201, max_size=201))
def test_four_or_more_quick_characters_and_an_enter_are_a_scan(code: str, gaps: list[int]) -> None:
    found = outcomes(*zip((*code, END), gaps, strict=False))
    assert [one.this for one in found] == [*([This.HOLD] * len(code)), This.SWALLOW]
    assert found[-1] == Outcome(This.SWALLOW, Fate.DROP, code)
    assert not any(one.held for one in found[:-1])


@given(st.text(ASCII, min_size=1, max_size=20), st.lists(SLOW, min_size=21, max_size=21))
def test_slow_characters_are_a_persons_and_all_are_given_back(text: str, gaps: list[int]) -> None:
    found = outcomes(*zip((*text, END), gaps, strict=False))
    assert not any(one.scanned for one in found)
    assert [one.held for one in found] == [None, *([Fate.REPLAY] * len(text))]
    assert found[-1].this is This.PASS


@given(st.lists(st.tuples(st.sampled_from([*"a1-\x1d", "", END]), st.integers(0, 120)), max_size=40))
def test_every_key_that_is_held_back_is_given_back_or_dropped_with_what_it_belongs_to(
    keys: list[tuple[str, int]],
) -> None:
    assembler, at = Assembler(), 0
    held = given_back = dropped = scanned = 0
    for text, gap in keys:
        at += gap
        one = assembler.press(text, at)
        if one.held is Fate.REPLAY:
            given_back, held = given_back + held, 0
        elif one.held is Fate.DROP:
            dropped, held = dropped + held, 0
        held += one.this is This.HOLD
        if one.scanned is not None:
            assert len(one.scanned) >= 4
            scanned += len(one.scanned)
        assert assembler.holding is bool(held)
    assert assembler.pause() in ((Fate.REPLAY, Fate.DROP) if held else (None,))
    assert assembler.pause() is None
    assert scanned <= dropped


@pytest.mark.parametrize("code", ["", "1", "123"])
def test_less_than_four_characters_are_a_persons_however_quick(code: str) -> None:
    found = outcomes(*scan(code))
    assert found[-1] == Outcome(This.PASS, Fate.REPLAY if code else None)


def test_one_pause_too_long_makes_the_rest_a_new_beginning() -> None:
    found = outcomes(*scan("12")[:-1], ("3", 51), *scan("4567"))
    assert found[2] == Outcome(This.HOLD, Fate.REPLAY)
    assert found[-1].scanned == "34567"


def test_a_clock_that_goes_back_ends_what_was_begun() -> None:
    found = outcomes(("1", 5), ("2", -1))
    assert found[1] == Outcome(This.HOLD, Fate.REPLAY)


def test_a_scan_without_an_end_is_nobodys_text() -> None:
    assembler = Assembler()
    for at, character in enumerate("12345"):
        assembler.press(character, at)
    assert assembler.pause() is Fate.DROP


def test_keys_without_text_pass_and_do_not_break_a_scan() -> None:
    found = outcomes(*scan("1234")[:-1], ("", 2), *scan("56"))
    assert found[4] == Outcome(This.PASS)
    assert found[-1].scanned == "123456"
    person = outcomes(("1", 5), ("2", 20), ("", 20))
    assert person[-1] == Outcome(This.PASS, Fate.REPLAY)


@pytest.mark.parametrize("text", ["", END, "\x1d", "\t"])
def test_what_begins_no_code_passes_at_once(text: str) -> None:
    assert outcomes((text, 5)) == [Outcome(This.PASS)]


def test_control_characters_within_a_code_are_part_of_it() -> None:
    assert outcomes(*scan("01AB\x1d17"))[-1].scanned == "01AB\x1d17"


def test_prefix_and_suffix_are_taken_off() -> None:
    rules = Rules(prefix="\x02~", suffix="#")
    assert outcomes(*scan("\x02~12345#"), rules=rules)[-1].scanned == "12345"


@pytest.mark.parametrize("typed", ["12345#", "~2345#", "\x0212345#"])
def test_with_a_prefix_nothing_else_begins_a_scan(typed: str) -> None:
    found = outcomes(*scan(typed), rules=Rules(prefix="\x02~", suffix="#"))
    assert not any(one.scanned for one in found)
    assert found[-1].this is This.PASS


def test_a_scan_without_its_suffix_is_dropped() -> None:
    assert outcomes(*scan("12345"), rules=Rules(suffix="#"))[-1] == Outcome(This.SWALLOW, Fate.DROP)


def test_a_code_that_never_ends_takes_no_more_memory_and_is_dropped() -> None:
    rules = Rules(most=10)
    assert outcomes(*scan("x" * 10), rules=rules)[-1].scanned == "x" * 10
    assembler = Assembler(rules)
    for at in range(100_000):
        assert assembler.press("x", at).this is This.HOLD
    assert len(vars(assembler)["_typed"]) <= 11
    assert assembler.press(END, 100_000) == Outcome(This.SWALLOW, Fate.DROP)


# ------------------------------------------------------------------------------------------ the window


class Typist:
    """Types into a window as the system does: into its handle, with times of its own."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self.at = 1000

    def key(
        self,
        key: Qt.Key | int,
        text: str = "",
        *,
        gap: int = 2,
        mods: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
        code: int = 0,
        kinds: tuple[QEvent.Type, ...] = (QEvent.Type.KeyPress, QEvent.Type.KeyRelease),
        repeat: bool = False,
    ) -> None:
        self.at += gap
        for kind in kinds:
            event = QKeyEvent(kind, int(key), mods, code, 0, 0, text, repeat)
            event.setTimestamp(self.at)
            QCoreApplication.sendEvent(self._window.windowHandle(), event)

    def type(self, text: str, *, gap: int = 2) -> None:
        for character in text:
            shifted = character.isupper()
            if shifted:
                self.key(Qt.Key.Key_Shift, gap=0, kinds=(QEvent.Type.KeyPress,))
            mods = Qt.KeyboardModifier.ShiftModifier if shifted else Qt.KeyboardModifier.NoModifier
            self.key(ord(character.upper()), character, gap=gap, mods=mods)
            if shifted:
                self.key(Qt.Key.Key_Shift, gap=0, kinds=(QEvent.Type.KeyRelease,))

    def enter(self, gap: int = 2, key: Qt.Key = Qt.Key.Key_Return) -> None:
        self.key(key, "\t" if key is Qt.Key.Key_Tab else "\r", gap=gap)

    def scan(self, code: str) -> None:
        self.type(code)
        self.enter()


class Line(QLineEdit):
    """Sees every key that reaches it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.pressed: list[int] = []
        self.released: list[int] = []

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.pressed.append(event.key())
        super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self.released.append(event.key())
        super().keyReleaseEvent(event)


class Desk:
    """A window with one line to type into, and a wedge before it."""

    def __init__(self, qtbot: QtBot, layout: Layout = "terminal") -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.line = Line(self.window)
        self.wedge = Wedge(self.window, layout=layout)
        self.window.show()
        self.window.activateWindow()
        self.line.setFocus()
        qtbot.waitUntil(self.line.hasFocus)
        self.scans: list[str] = []
        self.unfinished = 0
        self.wedge.scanned.connect(self.scans.append)
        self.wedge.unfinished.connect(self._count)
        self.typist = Typist(self.window)

    def _count(self) -> None:
        self.unfinished += 1


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


@pytest.mark.parametrize("end", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab])
def test_of_a_scan_no_key_reaches_the_window(desk: Desk, end: Qt.Key) -> None:
    desk.typist.type("Ab-12/z")
    desk.typist.enter(key=end)
    assert desk.scans == ["Ab-12/z"]
    assert desk.line.text() == ""
    assert set(desk.line.pressed + desk.line.released) <= {Qt.Key.Key_Shift}
    assert desk.line.hasFocus()


def test_a_person_types_as_if_nothing_were_there(desk: Desk) -> None:
    desk.typist.type("Abc", gap=120)
    desk.typist.type("d", gap=30)  # a roll of two fingers
    desk.typist.enter(gap=200)
    assert desk.scans == []
    assert desk.line.text() == "Abcd"
    letters = [Qt.Key.Key_A, Qt.Key.Key_B, Qt.Key.Key_C, Qt.Key.Key_D, Qt.Key.Key_Return]
    assert [key for key in desk.line.pressed if key != Qt.Key.Key_Shift] == letters
    assert [key for key in desk.line.released if key != Qt.Key.Key_Shift] == letters


def test_the_last_character_of_a_person_arrives_when_its_time_is_over(qtbot: QtBot, desk: Desk) -> None:
    desk.typist.type("7", gap=120)
    assert desk.line.text() == ""
    qtbot.waitUntil(lambda: desk.line.text() == "7", timeout=5000)
    assert desk.unfinished == 0


def test_a_key_pressed_and_released_later_keeps_its_order(desk: Desk) -> None:
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        for character in "ab":
            desk.typist.key(ord(character.upper()), character, gap=20, kinds=(kind,))
    desk.wedge.pause()
    assert desk.line.text() == "ab"
    assert desk.line.released == [Qt.Key.Key_A, Qt.Key.Key_B]


def test_a_release_after_a_pause_goes_the_way_of_its_press(desk: Desk) -> None:
    desk.typist.key(Qt.Key.Key_A, "a", kinds=(QEvent.Type.KeyPress,))
    desk.wedge.pause()
    desk.typist.key(Qt.Key.Key_A, "a", kinds=(QEvent.Type.KeyRelease,))
    assert desk.line.released == [Qt.Key.Key_A]


def test_keys_that_type_nothing_pass_at_once(desk: Desk) -> None:
    for key, text in (
        (Qt.Key.Key_Left, ""),
        (Qt.Key.Key_Backspace, "\b"),
        (Qt.Key.Key_Escape, "\x1b"),
        (Qt.Key.Key_Delete, "\x7f"),
        (Qt.Key.Key_Return, "\r"),
        (Qt.Key.Key_F1, ""),
    ):
        desk.typist.key(key, text, gap=5)
        assert desk.line.pressed[-1] == key
    assert desk.line.pressed == desk.line.released


def test_a_key_held_down_is_a_persons(desk: Desk) -> None:
    desk.typist.key(Qt.Key.Key_A, "a", kinds=(QEvent.Type.KeyPress,))
    for _ in range(6):
        desk.typist.key(Qt.Key.Key_A, "a", gap=30, repeat=True)
    assert desk.line.text() == "a" * 7
    assert desk.scans == []


def test_a_scan_without_enter_is_told_as_such_and_typed_nowhere(desk: Desk) -> None:
    desk.typist.type("12345678")
    desk.wedge.pause()
    assert (desk.unfinished, desk.line.text(), desk.scans) == (1, "", [])
    desk.typist.scan("12345678")
    assert desk.scans == ["12345678"]


def test_scans_that_follow_each_other_are_told_one_by_one(desk: Desk) -> None:
    for code in ("1111", "2222", "3333"):
        desk.typist.scan(code)
    assert desk.scans == ["1111", "2222", "3333"]
    assert desk.unfinished == 0


def test_control_characters_typed_with_ctrl_are_part_of_a_code(desk: Desk) -> None:
    desk.typist.type("01AB")
    desk.typist.key(Qt.Key.Key_BracketRight, "\x1d", mods=Qt.KeyboardModifier.ControlModifier)
    desk.typist.scan("17")
    assert desk.scans == ["01AB\x1d17"]


def test_a_shortcut_on_a_character_does_not_act_on_a_scan(desk: Desk) -> None:
    acted: list[str] = []
    shortcut = QShortcut(QKeySequence("5"), desk.window)
    shortcut.activated.connect(lambda: acted.append("5"))
    event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_5, Qt.KeyboardModifier.NoModifier, "5")
    event.ignore()
    QCoreApplication.sendEvent(desk.window.windowHandle(), event)
    assert event.isAccepted(), "accepted here, the key comes as a key and not as the shortcut"
    assert acted == []


def test_a_window_whose_handle_is_made_anew_is_still_guarded(qtbot: QtBot, desk: Desk) -> None:
    gone: list[bool] = []
    desk.window.windowHandle().destroyed.connect(lambda: gone.append(True))
    desk.window.destroy()
    desk.window.create()
    desk.window.show()
    desk.line.setFocus()
    assert gone
    desk.typist.scan("12345")
    assert (desk.scans, desk.line.text()) == (["12345"], "")


def test_once_removed_it_holds_nothing_back(desk: Desk) -> None:
    desk.typist.type("a")
    desk.wedge.remove()
    desk.wedge.remove()
    desk.typist.type("bcdef")
    desk.typist.enter()
    assert desk.line.text() == "abcdef"
    assert desk.scans == []


# -------------------------------------------------------------------------------------- keyboard layouts

US_TYPED = {  # the kernel's key number, Shift → what a US keyboard types there
    (2, False): "1", (3, True): "@", (7, True): "^", (8, True): "&", (9, True): "*", (10, True): "(",
    (11, True): ")", (12, False): "-", (12, True): "_", (13, False): "=", (13, True): "+", (16, False): "q",
    (25, True): "P", (26, False): "[", (26, True): "{", (27, False): "]", (27, True): "}", (30, True): "A",
    (39, False): ";", (39, True): ":", (40, False): "'", (40, True): '"', (41, False): "`", (41, True): "~",
    (43, False): "\\", (43, True): "|", (44, False): "z", (50, True): "M", (51, False): ",", (51, True): "<",
    (52, True): ">", (53, False): "/", (53, True): "?", (57, False): " ",
}  # fmt: skip


@pytest.mark.parametrize(("key", "shift"), US_TYPED)
def test_a_us_scanner_is_read_by_the_place_of_its_keys_whatever_the_layout_types(
    key: int, shift: bool
) -> None:
    mods = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_unknown, mods, key + 8, 0, 0, "か")
    assert text_of(event, "us") == US_TYPED[key, shift]
    assert text_of(event, "terminal") == "か"


def test_a_us_scanner_types_all_of_ascii() -> None:
    typed = set()
    for code in range(256):
        for mods in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier):
            event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_unknown, mods, code, 0, 0, "")
            typed.add(text_of(event, "us"))
    assert typed == {*ASCII, ""}


def test_caps_lock_does_not_matter_to_the_place_of_a_key() -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, 38, 0, 0, "A")
    assert text_of(event, "us") == "a"


def test_a_us_scanners_code_is_put_together_on_a_japanese_terminal(qtbot: QtBot) -> None:
    desk = Desk(qtbot, layout="us")
    japanese = {"A": ("A", 38), "@": ('"', 11), "=": ("^", 21), "1": ("1", 10), ")": ("", 19)}
    for character in "A@=1)":
        text, code = japanese[character]
        shift = character in "A@)"
        mods = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
        desk.typist.key(Qt.Key.Key_unknown, text, mods=mods, code=code)
    desk.typist.enter()
    assert desk.scans == ["A@=1)"]
    assert desk.line.text() == ""


def test_control_characters_of_a_us_scanner() -> None:
    control = Qt.KeyboardModifier.ControlModifier
    for code, text in ((35, "\x1d"), (38, "\x01"), (10, "")):
        event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_unknown, control, code, 0, 0, "")
        assert text_of(event, "us") == text


@pytest.mark.parametrize("modifier", [Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.MetaModifier])
def test_a_key_with_alt_types_nothing(modifier: Qt.KeyboardModifier) -> None:
    assert text_of(QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_1, modifier, "1")) == ""


# ------------------------------------------------------------------------------------ on the kiosk's pages


def _is_a_scanner(one: KeyboardScanner) -> CodeScanner:
    return one  # for the type checker


@pytest.fixture
def guarded(screen: Screen) -> Iterator[tuple[Screen, KeyboardScanner, Typist]]:
    screen.show("Welcome")
    scanner = KeyboardScanner(screen.window)
    yield screen, scanner, Typist(screen.window)
    scanner.close()


def test_a_scan_on_the_keypads_page_is_no_pin(guarded: tuple[Screen, KeyboardScanner, Typist]) -> None:
    screen, _, typist = guarded
    screen.show("EnteringPin")
    before = len(screen.acts)
    typist.scan("1234")
    typist.scan("98765432")
    assert len(screen.acts) == before
    page = screen.window.page
    assert page is not None
    assert len(page.keypad.secret) == 0  # type: ignore[attr-defined]


def test_a_person_at_the_keypads_page_types_digits(guarded: tuple[Screen, KeyboardScanner, Typist]) -> None:
    screen, scanner, typist = guarded
    screen.show("EnteringPin")
    for digit in "12":
        typist.type(digit, gap=300)
        screen.clock.pass_ms(400)
    scanner._wedge.pause()
    page = screen.window.page
    assert page is not None
    assert len(page.keypad.secret) == 2  # type: ignore[attr-defined]


def test_a_scan_is_told_to_whoever_watches_and_to_nobody_else(
    guarded: tuple[Screen, KeyboardScanner, Typist],
) -> None:
    _, scanner, typist = guarded
    heard: list[ScannedCode | Failure] = []
    typist.scan("BEFORE")
    scanner.watch(heard.append)
    typist.scan("CODE 1")
    scanner.rest()
    typist.scan("AFTER")
    assert heard == [ScannedCode("keyboard", "CODE 1", b"CODE 1")]


def test_control_characters_of_a_scan_are_seen(guarded: tuple[Screen, KeyboardScanner, Typist]) -> None:
    _, scanner, typist = guarded
    heard: list[ScannedCode | Failure] = []
    scanner.watch(heard.append)
    typist.type("01AB")
    typist.key(Qt.Key.Key_BracketRight, "\x1d", mods=Qt.KeyboardModifier.ControlModifier)
    typist.scan("17")
    (found,) = heard
    assert isinstance(found, ScannedCode)
    assert (found.text, found.content) == ("01AB␝17", b"01AB\x1d17")
