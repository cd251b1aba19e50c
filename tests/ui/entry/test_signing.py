"""Signing with a finger, while a palm rests on the glass."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from kiosk.documents.signature import MOST_POINTS, strokes_of
from tests.support.entries import Asked
from ui.entry.signature import SignatureField, SignaturePad
from ui.theme.panel import LANDSCAPE
from ui.widgets.kit import Kit

Ask = Callable[..., Asked]


@pytest.fixture(scope="module")
def glass() -> QPointingDevice:
    return QTest.createTouchDevice()


def signing(kit: Kit) -> SignatureField:
    title = kit.key("FillingDeclaration.signature.title")
    return SignatureField(kit, title, skip="choice.cannot_sign")


def pad(asked: Asked) -> SignaturePad:
    assert isinstance(asked.entry, SignatureField)
    return asked.entry.area


def mouse(asked: Asked, *points: tuple[int, int]) -> None:
    area = pad(asked)
    QTest.mousePress(area, Qt.MouseButton.LeftButton, pos=QPoint(*points[0]))
    for x, y in points[1:]:
        place = QPointF(x, y)
        event = QMouseEvent(
            QEvent.Type.MouseMove, place, area.mapToGlobal(place), Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        QApplication.sendEvent(area, event)
    QTest.mouseRelease(area, Qt.MouseButton.LeftButton, pos=QPoint(*points[-1]))


def test_a_mouse_writes(ask: Ask) -> None:
    asked = ask(signing)
    mouse(asked, (100, 100), (200, 150), (300, 100))
    mouse(asked, (400, 100))
    asked.next()
    first, dot = strokes_of(asked.answers[0]).strokes
    px = pad(asked).kit.profile.px_per_mm
    assert first[0] == pytest.approx((100 / px, 100 / px), abs=0.06)
    assert first[-1] == pytest.approx((300 / px, 100 / px), abs=0.06)
    assert len(dot) == 1


def test_nothing_is_no_signature_and_it_is_said_so(ask: Ask) -> None:
    asked = ask(signing)
    asked.next()
    assert asked.answers == []
    assert "書いてください" in asked.entry.problem
    mouse(asked, (100, 100), (200, 150))
    assert asked.entry.problem == ""


def test_writing_again_begins_with_an_empty_place(ask: Ask) -> None:
    asked = ask(signing)
    mouse(asked, (100, 100), (200, 150))
    asked.touch("書き直す")
    asked.next()
    assert asked.answers == []
    mouse(asked, (50, 50), (90, 90))
    asked.next()
    assert len(strokes_of(asked.answers[0]).strokes) == 1


def test_who_cannot_sign_goes_on_without(ask: Ask) -> None:
    asked = ask(signing)
    asked.touch("choice.cannot_sign")
    assert asked.skipped == 1


def test_a_finger_writes(ask: Ask, glass: QPointingDevice) -> None:
    asked = ask(signing, profile=LANDSCAPE)
    area = pad(asked)
    QTest.touchEvent(area, glass).press(0, QPoint(100, 100), area).commit()
    for x in range(110, 400, 10):
        QTest.touchEvent(area, glass).move(0, QPoint(x, 100 + x % 30), area).commit()
    QTest.touchEvent(area, glass).release(0, QPoint(400, 100), area).commit()
    assert len(area.strokes) == 1
    assert len(area.strokes[0]) > 10


def test_a_palm_that_rests_before_during_and_after_leaves_no_trace(ask: Ask, glass: QPointingDevice) -> None:
    asked = ask(signing, profile=LANDSCAPE)
    area = pad(asked)

    def touch(state: str, finger: QPoint) -> None:
        sequence = QTest.touchEvent(area, glass)
        sequence.stationary(7)
        getattr(sequence, state)(0, finger, area)
        sequence.commit()

    QTest.touchEvent(area, glass).press(7, QPoint(600, 500), area).commit()
    touch("press", QPoint(100, 100))
    for x in range(110, 300, 10):
        touch("move", QPoint(x, 100))
    touch("release", QPoint(300, 100))
    touch("press", QPoint(100, 200))
    touch("move", QPoint(200, 200))
    touch("release", QPoint(200, 200))
    QTest.touchEvent(area, glass).move(7, QPoint(700, 550), area).commit()
    QTest.touchEvent(area, glass).release(7, QPoint(700, 550), area).commit()
    assert [stroke[0] for stroke in area.strokes] == [
        pytest.approx((100 / area.kit.profile.px_per_mm * 10, y / area.kit.profile.px_per_mm * 10))
        for y in (100, 200)
    ]


def test_a_palm_that_comes_while_writing_does_not_break_the_stroke(ask: Ask, glass: QPointingDevice) -> None:
    asked = ask(signing, profile=LANDSCAPE)
    area = pad(asked)
    QTest.touchEvent(area, glass).press(0, QPoint(100, 100), area).commit()
    QTest.touchEvent(area, glass).move(0, QPoint(200, 100), area).commit()
    QTest.touchEvent(area, glass).move(0, QPoint(220, 100), area).press(3, QPoint(600, 400), area).commit()
    QTest.touchEvent(area, glass).move(0, QPoint(300, 150), area).move(3, QPoint(650, 450), area).commit()
    QTest.touchEvent(area, glass).release(0, QPoint(300, 150), area).release(
        3, QPoint(650, 450), area
    ).commit()
    assert len(area.strokes) == 1


def test_a_stroke_that_leaves_the_place_ends_at_its_edge(ask: Ask) -> None:
    asked = ask(signing)
    mouse(asked, (100, 100), (-50, 100))
    assert min(x for x, _y in pad(asked).strokes[0]) == 0


def test_more_than_a_document_can_take_is_not_kept(ask: Ask) -> None:
    asked = ask(signing)
    area = pad(asked)
    area.set_strokes([[(1.0, 1.0)] * MOST_POINTS])
    mouse(asked, (100, 100), (200, 150))
    assert len(area.strokes) == 1


def test_leaving_forgets_the_strokes(ask: Ask) -> None:
    asked = ask(signing)
    mouse(asked, (100, 100), (200, 150))
    asked.entry.close_down()
    assert pad(asked).strokes == []


def test_strokes_given_before_are_shown_again(ask: Ask) -> None:
    asked = ask(signing)
    asked.entry.set_value("10,20 30,40;5,5")
    asked.next()
    assert asked.answers == ["10,20 30,40;5,5"]
