"""The PIN: nothing on the screen, in the accessible tree or in what is sent tells which digits were typed."""

from __future__ import annotations

import hashlib
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QImage
from PySide6.QtTest import QTest

from kiosk.visit.acts import Act
from tests.support.screens import Screen, settle
from ui.patient.gallery_pictures import photograph
from ui.patient.pin import PinPage
from ui.patient.window import Timing
from ui.widgets.keypad import SETTLE_MS, Keypad

PINS = ("0000", "1234", "9876", "5555")


def keypad(screen: Screen) -> Keypad:
    found = cast(PinPage, screen.window.page).keypad
    assert found is not None
    return found


def type_pin(screen: Screen, pin: str) -> None:
    for digit in pin:
        screen.touch(digit)
        screen.clock.pass_ms(400)


def spoken(node: QAccessibleInterface) -> list[str]:
    words = [f"{node.role().name} {node.text(QAccessible.Text.Name)} {node.text(QAccessible.Text.Value)}"]
    for index in range(node.childCount()):
        words += spoken(node.child(index))
    return words


def picture(screen: Screen) -> str:
    image: QImage = photograph(screen.window)
    return hashlib.sha256(image.constBits()).hexdigest()


@pytest.mark.parametrize("pin", PINS[1:])
def test_screen_and_accessible_tree_are_equal_for_all_pins(screen: Screen, pin: str) -> None:
    def story(typed: str) -> list[tuple[str, list[str]]]:
        screen.show("Welcome")
        screen.show("EnteringPin")
        settle()
        moments = []
        for digit in typed:
            target = screen.target(digit)
            QTest.mousePress(target, Qt.MouseButton.LeftButton)
            tree = spoken(QAccessible.queryAccessibleInterface(screen.window))
            moments.append((picture(screen), tree))
            QTest.mouseRelease(target, Qt.MouseButton.LeftButton)
            screen.clock.pass_ms(400)
            settle()
            tree = spoken(QAccessible.queryAccessibleInterface(screen.window))
            moments.append((picture(screen), tree))
        return moments

    assert story(PINS[0]) == story(pin)


def test_the_dots_tell_how_many_digits_there_are(screen: Screen) -> None:
    screen.show("EnteringPin")
    before = picture(screen)
    type_pin(screen, "12")
    assert picture(screen) != before
    names = " ".join(spoken(QAccessible.queryAccessibleInterface(screen.window)))
    assert "2けた 入力済み" in names


def enter(screen: Screen) -> None:
    """What the timer does when the last digit has settled."""
    keypad(screen)._complete()


def test_four_digits_go_into_a_slot_and_only_its_name_is_sent(screen: Screen) -> None:
    screen.show("EnteringPin")
    type_pin(screen, "4071")
    assert screen.acts == []
    enter(screen)
    assert screen.acts == [Act("PinEntered", (("slot", "slot-1"),))]
    assert screen.secrets == [b"4071"]
    assert len(keypad(screen).secret) == 0


def test_the_last_digit_settles_before_it_is_sent(screen: Screen) -> None:
    screen.show("EnteringPin")
    type_pin(screen, "123")
    timer = keypad(screen)._settle
    assert not timer.isActive()
    type_pin(screen, "4")
    assert timer.isActive()
    assert timer.interval() == SETTLE_MS
    screen.touch("1字消す")
    assert not timer.isActive()


def test_digits_can_be_taken_back(screen: Screen) -> None:
    screen.show("EnteringPin")
    type_pin(screen, "123")
    screen.touch("1字消す")
    screen.clock.pass_ms(400)
    assert len(keypad(screen).secret) == 2
    screen.touch("全部消す")
    assert len(keypad(screen).secret) == 0


def test_quick_fingers_lose_no_digit_but_a_bounce_counts_once(screen: Screen) -> None:
    screen.show("EnteringPin")
    for digit in "12":
        screen.touch(digit)
        screen.clock.pass_ms(80)
    screen.touch("3")
    screen.clock.pass_ms(80)
    screen.touch("3")
    assert len(keypad(screen).secret) == 3


def test_a_real_keyboard_types_too(screen: Screen) -> None:
    screen.show("EnteringPin")
    for key in (Qt.Key.Key_9, Qt.Key.Key_0, Qt.Key.Key_Backspace, Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3):
        screen.key(key)
    enter(screen)
    assert screen.secrets == [b"9123"]


def test_a_fifth_digit_changes_nothing(screen: Screen) -> None:
    screen.show("EnteringPin")
    type_pin(screen, "12345")
    enter(screen)
    type_pin(screen, "6")
    assert screen.secrets == [b"1234"]


@pytest.mark.parametrize("after", ["Abandoned.timed_out", "WaitingForStaff.called", "EnteringPin.checking"])
def test_leaving_the_page_wipes_what_was_not_sent(screen: Screen, after: str) -> None:
    screen.show("EnteringPin")
    type_pin(screen, "12")
    secret = keypad(screen).secret
    screen.show(after)
    assert len(secret) == 0
    assert vars(secret)["_digits"] == bytes(4)
    assert screen.secrets == []


def test_a_page_that_waits_for_the_next_one_takes_no_more_digits(screen: Screen) -> None:
    screen.window.close()
    screen.open(timing=Timing(hold=10_000))
    screen.show("EnteringPin")
    type_pin(screen, "123")
    screen.show("EnteringPin.checking")
    type_pin(screen, "4")
    enter(screen)
    assert screen.acts == []
    assert screen.secrets in ([], [b""])


def test_shuffled_keys_are_all_there_in_the_order_given(screen: Screen) -> None:
    screen.window.close()
    screen.open(timing=Timing(hold=0), shuffled_keys=True, shuffle=lambda digits: list(reversed(digits)))
    screen.show("EnteringPin")
    assert [key.digit for key in keypad(screen).keys] == [0, 9, 8, 7, 6, 5, 4, 3, 2, 1]
    type_pin(screen, "80")
    assert len(keypad(screen).secret) == 2


def test_no_keypad_before_the_last_try_is_accepted(screen: Screen) -> None:
    screen.show("EnteringPin.last_try")
    assert cast(PinPage, screen.window.page).keypad is None
    screen.key(Qt.Key.Key_1)
    assert screen.secrets == []
