"""Each page sends what was touched: by finger, by keyboard, and nothing twice."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from kiosk.visit.acts import Act, event_of
from kiosk.visit.moment import Moment
from kiosk.visit.views import Option
from tests.support.screens import Screen
from ui.patient.gallery import examples

OPTIONS = [(name, option) for name, view in examples().items() for option in view.options]
IDS = [f"{name}-{option.id}" for name, option in OPTIONS]
STEPS = "FillingDeclaration.question.address.from_card"  # begins with its second step
BACK = [name for name, view in examples().items() if view.back and name != STEPS]


@pytest.mark.parametrize(("name", "option"), OPTIONS, ids=IDS)
def test_a_touch_on_a_choice_sends_its_act(screen: Screen, name: str, option: Option) -> None:
    screen.show(name)
    screen.touch(f"choice.{option.id}")
    assert screen.acts == [option.act]


@pytest.mark.parametrize(("name", "option"), OPTIONS, ids=IDS)
def test_the_keyboard_alone_reaches_every_choice(screen: Screen, name: str, option: Option) -> None:
    screen.show(name)
    for _ in range(40):
        screen.key(Qt.Key.Key_Down)
        if screen.window.focusWidget().objectName() == f"choice.{option.id}":
            break
    screen.key(Qt.Key.Key_Return)
    assert screen.acts == [option.act]


@pytest.mark.parametrize(
    "option", {option.act: option for _name, option in OPTIONS}.values(), ids=lambda o: o.id
)
def test_every_act_of_the_gallery_is_an_event_of_the_core(option: Option) -> None:
    assert event_of(option.act, "e1", Moment(0, 0)).id == "e1"


def test_help_is_always_at_the_same_place_and_calls_staff(screen: Screen) -> None:
    places = set()
    for name, view in examples().items():
        screen.show(name)
        assert screen.window.frame is not None
        staff, back = screen.window.frame.footer.staff, screen.window.frame.footer.back
        places.add((staff.geometry().getRect(), back.geometry().getRect()))
        assert (staff.isEnabled(), back.isEnabled()) == (view.staff, view.back)
    assert len(places) == 1
    screen.show("Welcome")
    screen.touch("係員を呼ぶ")
    assert screen.acts == [Act("StaffCalled")]


@pytest.mark.parametrize("name", BACK)
def test_back_goes_back(screen: Screen, name: str) -> None:
    screen.show(name)
    screen.touch("戻る")
    assert screen.acts == [Act("BackChosen")]


def test_back_goes_through_the_steps_of_a_question_before_it_leaves_it(screen: Screen) -> None:
    screen.show(STEPS)
    screen.touch("戻る")
    assert screen.acts == []
    screen.clock.pass_ms(400)
    screen.touch("戻る")
    assert screen.acts == [Act("BackChosen")]


def test_a_second_touch_within_a_third_of_a_second_is_ignored(screen: Screen) -> None:
    screen.show("Welcome")
    screen.touch("choice.phone")
    screen.clock.pass_ms(299)
    screen.touch("choice.no_card")
    screen.touch("choice.phone")
    assert len(screen.acts) == 1
    screen.clock.pass_ms(301)
    screen.touch("choice.phone")
    assert len(screen.acts) == 2


def test_a_finger_still_falling_does_not_touch_the_next_page(screen: Screen) -> None:
    screen.window.show_view(examples()["ChoosingVerification"])
    screen.touch("choice.pin")
    assert screen.acts == []


def test_a_touch_counts_when_the_finger_leaves_and_only_if_it_is_still_there(screen: Screen) -> None:
    screen.show("ChoosingVerification")
    target = screen.target("choice.pin")
    QTest.mousePress(target, Qt.MouseButton.LeftButton)
    assert screen.acts == []
    QTest.mouseRelease(target, Qt.MouseButton.LeftButton, pos=QPoint(-50, -50))
    assert screen.acts == []
    QTest.mouseClick(target, Qt.MouseButton.LeftButton)
    assert len(screen.acts) == 1


def test_holding_a_key_down_acts_once(screen: Screen) -> None:
    screen.show("ReadingCard.problem.card_unreadable")
    screen.key(Qt.Key.Key_Tab)
    focused = screen.window.focusWidget()
    for _ in range(5):
        QTest.keyPress(focused, Qt.Key.Key_Return)
    QTest.keyRelease(focused, Qt.Key.Key_Return)
    assert len(screen.acts) == 1


def test_touches_sound_but_not_on_the_keypad(screen: Screen) -> None:
    screen.show("Welcome")
    screen.touch("choice.phone")
    assert screen.sounds == 1
    screen.show("EnteringPin")
    screen.touch("7")
    assert screen.sounds == 1
