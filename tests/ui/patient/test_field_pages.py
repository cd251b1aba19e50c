"""A question becomes an act: once, when its answer can be taken, and as plain text."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt

from kiosk.visit.acts import Act, event_of
from kiosk.visit.form import FormField
from kiosk.visit.moment import Moment
from kiosk.wording.catalogues import catalogue
from tests.support.screens import Screen, settle
from ui.entry.head import Message
from ui.patient.field import FieldPage
from ui.patient.gallery import examples
from ui.patient.pin import PinPage
from ui.patient.window import PatientWindow, Timing
from ui.theme.panel import PORTRAIT

pytestmark = pytest.mark.gui
FIELDS = [name for name, view in examples().items() if view.field is not None]


def answer(field: FormField, value: str) -> Act:
    return Act("FieldAnswered", (("field", field.value), ("value", value)))


def page(screen: Screen) -> FieldPage:
    assert isinstance(screen.window.page, FieldPage)
    return screen.window.page


def press(screen: Screen, *names: str) -> None:
    for name in names:
        screen.touch(name)
        screen.clock.pass_ms(400)


def problem(screen: Screen) -> str:
    settle()
    return page(screen).entry.problem


def test_kana_are_typed_and_answered(screen: Screen) -> None:
    screen.show("FillingDeclaration.question.kana")
    press(screen, *"ミホン", "空白", *"ハナコ")
    assert screen.acts == []
    press(screen, "choice.next")
    assert screen.acts == [answer(FormField.KANA, "ミホン ハナコ")]


def test_what_cannot_be_taken_is_said_and_not_sent(screen: Screen) -> None:
    screen.show("ShowingCertificate.field.insurer_number")
    press(screen, "choice.next")
    assert screen.acts == []
    assert problem(screen)
    press(screen, *"01130013", "choice.next")
    assert screen.acts == []
    assert "数字" in problem(screen)
    press(screen, "1字消す", "2", "choice.next")
    assert screen.acts == [answer(FormField.INSURER_NUMBER, "01130012")]


@pytest.mark.parametrize("name", [name for name in FIELDS if (f := examples()[name].field) and f.skip])
def test_not_known_is_one_touch(screen: Screen, name: str) -> None:
    view = screen.show(name)
    assert view.field is not None
    skip = [t for t in screen.window.targets() if t.objectName() == view.field.skip]
    if view.field.field is FormField.INSURANCE_KIND:  # "not known" is one of its answers
        assert skip == []
        return
    press(screen, view.field.skip)
    if (
        view.field.field is FormField.ADDRESS and not view.field.value
    ):  # first the postcode is not known, then the address
        assert screen.acts == []
        press(screen, view.field.skip)
    assert screen.acts == [Act("FieldSkipped", (("field", view.field.field.value),))]


@pytest.mark.parametrize("name", [name for name in FIELDS if (f := examples()[name].field) and not f.skip])
def test_what_is_needed_cannot_be_left_out(screen: Screen, name: str) -> None:
    screen.show(name)
    names = {target.objectName() for target in screen.window.targets()}
    assert not names & {"choice.not_known", "choice.not_printed"}


def test_a_choice_is_one_touch_and_a_suggestion_is_never_taken_by_itself(screen: Screen) -> None:
    view = screen.show("FillingDeclaration.question.ratio")
    assert view.field is not None
    assert view.field.suggested == "1"
    assert screen.acts == []
    assert not any(target.isChecked() for target in page(screen).targets())
    press(screen, "2割")
    assert screen.acts == [answer(FormField.RATIO, "2")]


def test_what_was_copied_from_the_card_stands_there_and_says_so(screen: Screen) -> None:
    screen.show("FillingDeclaration.question.address.from_card")
    settle()
    assert ["カードから写しました" in said.text() for said in page(screen).findChildren(Message)] == [True]
    press(screen, "choice.next")
    assert screen.acts[0].name == "FieldAnswered"
    assert "霞が関" in dict(screen.acts[0].args)["value"]


def test_a_real_keyboard_types_and_deletes(screen: Screen) -> None:
    screen.show("IdentifyingKnown.field.patient_number")
    for key in (Qt.Key.Key_2, Qt.Key.Key_0, Qt.Key.Key_4, Qt.Key.Key_9, Qt.Key.Key_Backspace, Qt.Key.Key_1):
        screen.key(key)
    press(screen, "choice.next")
    assert screen.acts == [answer(FormField.PATIENT_NUMBER, "2041")]


def test_a_key_of_a_real_keyboard_counts_once_wherever_the_focus_is(screen: Screen) -> None:
    screen.show("IdentifyingKnown.field.patient_number")
    screen.key(Qt.Key.Key_Tab)
    screen.key(Qt.Key.Key_7)
    press(screen, "choice.next")
    assert screen.acts == [answer(FormField.PATIENT_NUMBER, "7")]


@pytest.mark.parametrize("name", FIELDS)
def test_the_tabulator_walks_through_every_key_in_reading_order(screen: Screen, name: str) -> None:
    screen.show(name)
    targets = screen.window.targets()
    walked = []
    for _ in targets:
        screen.key(Qt.Key.Key_Tab)
        walked.append(screen.window.focused())
    own = [target for target in targets if page(screen).isAncestorOf(target)]
    assert walked[: len(own)] == own
    assert set(walked) == set(targets)


@pytest.mark.parametrize("name", FIELDS)
def test_whatever_is_answered_is_an_event_of_the_core(screen: Screen, name: str) -> None:
    view = screen.show(name)
    assert view.field is not None
    page(screen).entry.entered.emit("x")
    page(screen).entry.skipped.emit()
    assert [event_of(act, "e1", Moment(0, 0)).id for act in screen.acts] == ["e1", "e1"]
    assert all(isinstance(value, str) for act in screen.acts for _name, value in act.args)


def test_what_was_typed_is_gone_with_its_page(screen: Screen) -> None:
    screen.show("FillingDeclaration.question.kana")
    press(screen, *"ミホン")
    screen.show("FillingDeclaration.covered")
    screen.show("FillingDeclaration.question.kana")
    press(screen, "choice.next")
    assert screen.acts == []


def test_a_question_that_waits_for_the_next_page_gives_no_answer(screen: Screen) -> None:
    screen.window.close()
    screen.open(timing=Timing(hold=10_000, reading=0))
    screen.show("FillingDeclaration.question.kana")
    press(screen, *"ミホン")
    screen.show("FillingDeclaration.question.sex")
    press(screen, "choice.next")
    assert screen.acts == []


def test_a_warning_of_the_time_does_not_take_away_what_was_typed(screen: Screen) -> None:
    view = screen.show("FillingDeclaration.question.kana")
    press(screen, *"ミホン")
    screen.window.show_view(replace(view, warned=True))
    screen.window.show_view(view)
    press(screen, "choice.next")
    assert screen.acts == [answer(FormField.KANA, "ミホン")]


@pytest.mark.parametrize("looks", [{"text_size": "large"}, {"contrast": "high"}, {"language": "en"}])
def test_larger_letters_do_not_take_away_what_was_typed(screen: Screen, looks: dict[str, str]) -> None:
    view = screen.show("FillingDeclaration.question.kana")
    press(screen, *"ミホン")
    screen.window.show_view(replace(view, **looks))
    screen.clock.pass_ms(1_000)
    press(screen, "choice.next")
    assert screen.acts == [answer(FormField.KANA, "ミホン")]


def test_what_was_typed_does_not_follow_to_another_question(screen: Screen) -> None:
    screen.show("FillingDeclaration.question.companion_name")
    press(screen, *"ミホン")
    screen.show("FillingDeclaration.question.companion_relation", text_size="large")
    press(screen, "choice.next")
    assert screen.acts == []


def test_a_secret_is_never_carried_over(screen: Screen) -> None:
    view = screen.show("FillingDeclaration.unlock.number_b")
    press(screen, *"450817")
    screen.window.show_view(replace(view, text_size="large"))
    settle()
    assert screen.window.page is not None
    assert screen.window.page.draft() == ""
    assert isinstance(screen.window.page, PinPage)
    assert screen.window.page.keypad is not None
    assert len(screen.window.page.keypad.secret) == 0


def test_a_day_is_checked_by_the_day_that_the_window_was_told(screen: Screen) -> None:
    """A child born today, which the machine's own calendar may not have reached yet."""
    screen.window.close()
    screen.window = PatientWindow(
        PORTRAIT, catalogue, screen.acts.append, screen.put_secret,
        clock=screen.clock, today=lambda: date(2026, 11, 24), timing=Timing(hold=0, reading=0),
    )  # fmt: skip
    screen.window.show()
    screen.show("FillingDeclaration.question.birth_date")
    page(screen).entry.set_value("2026-11-25")
    press(screen, "choice.next")
    assert screen.acts == []
    page(screen).entry.set_value("2026-11-24")
    press(screen, "choice.next")
    assert screen.acts == [answer(FormField.BIRTH_DATE, "2026-11-24")]
