"""The declaration beside its questions: the key of the card's text, the summary, the signature, the cover."""

from __future__ import annotations

import hashlib

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from kiosk.documents.signature import strokes_of
from kiosk.visit.acts import Act
from tests.support.screens import Screen, settle
from ui.entry.signature import SignaturePad
from ui.patient.declaration import DeclarationPage
from ui.patient.gallery_pictures import photograph
from ui.patient.pin import PinPage
from ui.patient.signature import SignaturePage
from ui.patient.window import Timing
from ui.theme.panel import SMALL

pytestmark = pytest.mark.gui


def spoken(node: QAccessibleInterface) -> list[str]:
    words = [f"{node.role().name} {node.text(QAccessible.Text.Name)} {node.text(QAccessible.Text.Value)}"]
    for index in range(node.childCount()):
        words += spoken(node.child(index))
    return words


def words(screen: Screen) -> str:
    settle()
    return " ".join(spoken(QAccessible.queryAccessibleInterface(screen.window)))


def enter(screen: Screen, digits: str) -> None:
    for digit in digits:
        screen.touch(digit)
        screen.clock.pass_ms(400)


def complete(screen: Screen) -> None:
    """What the timer does when the last digit has settled."""
    assert isinstance(screen.window.page, PinPage)
    assert screen.window.page.keypad is not None
    screen.window.page.keypad._complete()


# ---------------------------------------------------------------------------------------------- unlocking


def test_fourteen_digits_go_into_one_slot(screen: Screen) -> None:
    screen.show("FillingDeclaration.unlock.number_b")
    enter(screen, "4508172031000")
    assert isinstance(screen.window.page, PinPage)
    assert screen.window.page.keypad is not None
    assert not screen.window.page.keypad._settle.isActive()
    enter(screen, "0")
    assert screen.window.page.keypad._settle.isActive()
    complete(screen)
    assert screen.acts == [Act("PinEntered", (("slot", "slot-1"),))]
    assert screen.secrets == [b"45081720310000"]


def test_the_four_digits_of_the_text_are_not_those_of_the_insurance_card_but_go_the_same_way(
    screen: Screen,
) -> None:
    screen.show("FillingDeclaration.unlock.pin")
    enter(screen, "4071")
    complete(screen)
    assert screen.secrets == [b"4071"]
    assert screen.acts[0].name == "PinEntered"


def test_how_many_of_fourteen_are_there_is_told_and_never_which(screen: Screen) -> None:
    def story(digits: str) -> list[tuple[str, list[str]]]:
        screen.show("Welcome")
        screen.show("FillingDeclaration.unlock.number_b")
        settle()
        moments = []
        for digit in digits:
            enter(screen, digit)
            settle()
            image = photograph(screen.window)  # its bits live no longer than it
            picture = hashlib.sha256(image.constBits()).hexdigest()
            moments.append((picture, spoken(QAccessible.queryAccessibleInterface(screen.window))))
        return moments

    first = story("4508172")
    assert first == story("9999999")
    assert any("14けた中 7けた 入力済み" in name for name in first[-1][1])


def test_the_last_try_offers_the_form_without_a_key_as_an_equal(screen: Screen) -> None:
    screen.show("FillingDeclaration.last_try")
    one, other = screen.target("choice.form_hand_instead"), screen.target("choice.text_last_try")
    assert one.size() == other.size()
    screen.touch("choice.form_hand_instead")
    assert screen.acts == [Act("FormBegun", (("source", "hand"),))]


@pytest.mark.parametrize("after", ["FillingDeclaration.covered", "Welcome", "FillingDeclaration.reading"])
def test_leaving_wipes_what_was_typed_of_a_key(screen: Screen, after: str) -> None:
    screen.show("FillingDeclaration.unlock.number_b")
    enter(screen, "450817")
    assert isinstance(screen.window.page, PinPage)
    assert screen.window.page.keypad is not None
    secret = screen.window.page.keypad.secret
    screen.show(after)
    assert vars(secret)["_digits"] == bytes(14)
    assert screen.secrets == []


# ------------------------------------------------------------------------------------------------ summary


def test_a_touch_on_an_answer_leads_to_its_question(screen: Screen) -> None:
    view = screen.show("FillingDeclaration.summary")
    for detail in view.details:
        screen.acts.clear()
        screen.clock.pass_ms(400)
        screen.touch(detail.label)
        assert screen.acts == [detail.act]


def test_a_day_stands_there_in_words_and_what_was_left_out_says_so(screen: Screen) -> None:
    screen.show("FillingDeclaration.summary")
    assert "昭和25年2月17日（1950年）" in words(screen)
    screen.show("FillingDeclaration.summary", language="en")
    assert "17 February 1950" in words(screen)
    screen.show("FillingDeclaration.summary.second")
    assert "記入なし" in words(screen)
    assert "090-0000-0000" in words(screen)


def test_where_all_lines_fit_more_asks_for_the_next_answers(screen: Screen) -> None:
    screen.show("FillingDeclaration.summary")
    screen.touch("choice.more_answers")
    assert screen.acts == [Act("MoreChosen")]


def test_a_panel_that_holds_fewer_lines_turns_over_within_the_page_first(screen: Screen) -> None:
    screen.window.close()
    screen.open(SMALL, timing=Timing(hold=0, reading=0))
    view = screen.show("FillingDeclaration.summary", text_size="extra_large")
    page = screen.window.page
    assert isinstance(page, DeclarationPage)
    assert page.rows is not None
    seen: list[str] = []
    for _ in range(len(view.details)):
        seen += [row.objectName() for row in page.rows.visible]
        shown = {row.objectName() for row in page.rows.visible}
        assert {t.objectName() for t in page.targets()} >= shown
        screen.clock.pass_ms(400)
        screen.touch("choice.more_answers")
        if screen.acts:
            break
    assert len(page.rows.visible) < len(view.details)
    assert seen == [detail.label for detail in view.details]
    assert screen.acts == [Act("MoreChosen")]


def test_the_covered_form_shows_nothing_of_what_was_written(screen: Screen) -> None:
    screen.show("FillingDeclaration.summary")
    assert "見本" in words(screen).replace("見本内科", "")
    screen.show("FillingDeclaration.covered")
    settle()
    assert "見本" not in words(screen).replace("見本内科", "")
    labels = screen.window.findChildren(QLabel)
    assert not any("霞が関" in label.text() for label in labels)
    screen.touch("choice.form_go_on")
    assert screen.acts == [Act("FormUncovered")]


# ---------------------------------------------------------------------------------------------- signature


def sign(screen: Screen) -> None:
    assert isinstance(screen.window.page, SignaturePage)
    pad = screen.window.page.findChildren(SignaturePad)[0]
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    QTest.mouseMove(pad, QPoint(160, 120))
    QTest.mouseMove(pad, QPoint(260, 60))
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(300, 80))


def test_a_signature_is_given_as_strokes(screen: Screen) -> None:
    screen.show("FillingDeclaration.signature")
    sign(screen)
    screen.touch("choice.next")
    assert [act.name for act in screen.acts] == ["FormSigned"]
    drawn = strokes_of(dict(screen.acts[0].args)["signature"])
    assert [len(line) >= 2 for line in drawn.strokes] == [True]


def test_an_empty_place_is_not_taken_for_a_signature(screen: Screen) -> None:
    screen.show("FillingDeclaration.signature")
    screen.touch("choice.next")
    assert screen.acts == []
    assert "枠の中に" in words(screen)


def test_writing_anew_empties_the_place(screen: Screen) -> None:
    screen.show("FillingDeclaration.signature")
    sign(screen)
    screen.touch("entry.sign.again")
    screen.clock.pass_ms(400)
    screen.touch("choice.next")
    assert screen.acts == []


def test_who_cannot_sign_goes_on_without(screen: Screen) -> None:
    screen.show("FillingDeclaration.signature")
    screen.touch("choice.cannot_sign")
    assert screen.acts == [Act("FormSigned", (("signature", ""),))]
