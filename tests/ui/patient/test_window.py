"""The window: when pages change, what stands around them, what is never left behind."""

from __future__ import annotations

import threading

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from kiosk.visit.acts import Act
from kiosk.visit.states import Deadline
from kiosk.visit.table import STATES as STATES_OF_THE_CORE
from tests.support.screens import Screen, settle
from ui.patient.gallery import examples
from ui.patient.page import GOES_ON_MS, LONG_MS, Page
from ui.patient.pages import STATES
from ui.patient.window import Timing
from ui.widgets.frame import Ribbon

HOLD = 600


def shown(screen: Screen) -> str:
    assert screen.window.page is not None
    return screen.window.page.view.state


def visible(widget: QWidget) -> bool:
    return not widget.isHidden()


def words(screen: Screen) -> str:
    labels = screen.window.findChildren(QLabel)
    return " ".join(label.text() for label in labels if label.isVisibleTo(screen.window))


@pytest.fixture
def held(screen: Screen) -> Screen:
    screen.window.close()
    screen.open(timing=Timing(hold=HOLD, reading=0))
    return screen


def test_every_state_of_a_visit_has_a_page_and_an_example() -> None:
    names = {state.__name__ for state in STATES_OF_THE_CORE}
    assert set(STATES) == names
    assert {view.state for view in examples().values()} == names


# ------------------------------------------------------------------------------------- changing pages


READING = 300


def test_a_card_that_is_read_quickly_leads_on_at_once(screen: Screen) -> None:
    screen.window.close()
    screen.open(timing=Timing(hold=HOLD, reading=READING))
    screen.window.show_view(examples()["Welcome"])
    screen.clock.pass_ms(HOLD)
    screen.window.show_view(examples()["ReadingCard"])
    screen.clock.pass_ms(READING - 1)
    assert shown(screen) == "Welcome"
    screen.window.show_view(examples()["ChoosingVerification"])
    assert shown(screen) == "ChoosingVerification"


def test_a_card_that_takes_longer_is_said_to_be_read_and_a_touch_meanwhile_does_nothing(
    screen: Screen, qtbot: QtBot
) -> None:
    screen.window.close()
    screen.open(timing=Timing(hold=HOLD, reading=READING))
    screen.window.show_view(examples()["Welcome"])
    screen.clock.pass_ms(HOLD)
    screen.window.show_view(examples()["ReadingCard"])
    assert screen.window.page is not None
    for target in screen.window.page.targets():
        target.click()
    assert screen.acts == []
    qtbot.waitUntil(lambda: shown(screen) == "ReadingCard", timeout=5_000)


def test_no_page_flashes_by(held: Screen) -> None:
    held.window.show_view(examples()["ReadingCard"])
    held.clock.pass_ms(HOLD - 1)
    held.window.show_view(examples()["ChoosingVerification"])
    assert shown(held) == "ReadingCard"
    held.clock.pass_ms(1)
    held.window._release()
    assert shown(held) == "ChoosingVerification"


def test_of_several_pages_that_wait_the_newest_is_shown(held: Screen) -> None:
    for name in ("ReadingCard", "ChoosingVerification", "LookingUp"):
        held.window.show_view(examples()[name])
    held.window._release()
    assert shown(held) == "LookingUp"


def test_a_page_seen_long_enough_gives_way_at_once(held: Screen) -> None:
    held.window.show_view(examples()["ReadingCard"])
    held.clock.pass_ms(HOLD)
    held.window.show_view(examples()["ChoosingVerification"])
    assert shown(held) == "ChoosingVerification"


@pytest.mark.parametrize("name", ["Welcome", "TakeCard.abandoned", "Abandoned.card_removed", "OutOfService"])
def test_when_a_patient_leaves_their_data_leave_the_screen_at_once(held: Screen, name: str) -> None:
    held.window.show_view(examples()["Confirmed"])
    assert "ヤマダ" in words(held)
    held.window.show_view(examples()[name])
    assert shown(held) == examples()[name].state
    assert "ヤマダ" not in words(held)
    settle()
    assert not any("ヤマダ" in label.text() for label in held.window.findChildren(QLabel))


def test_a_page_that_is_out_of_date_sends_nothing(held: Screen) -> None:
    held.window.show_view(examples()["OfferingRegistration"])
    held.clock.pass_ms(400)
    held.window.show_view(examples()["AskingConsent"])
    held.touch("choice.register")
    assert held.acts == []


def test_help_can_be_called_even_while_the_next_page_waits(held: Screen) -> None:
    held.window.show_view(examples()["OfferingRegistration"])
    held.clock.pass_ms(400)
    held.window.show_view(examples()["AskingConsent"])
    held.touch("係員を呼ぶ")
    assert held.acts == [Act("StaffCalled")]


def test_a_page_that_was_given_up_and_comes_back_works_again(held: Screen) -> None:
    held.window.show_view(examples()["EnteringPin"])
    held.clock.pass_ms(100)
    held.window.show_view(examples()["EnteringPin.checking"])
    held.window.show_view(examples()["EnteringPin"])
    held.clock.pass_ms(1_000)
    held.touch("choice.pin_forgotten")
    assert held.acts == [Act("PinForgotten")]


def test_progress_and_time_change_without_a_new_page(screen: Screen) -> None:
    view = screen.show("EnteringPin")
    page = screen.window.page
    screen.window.show_view(replace(view, progress=(3, 6), deadline=Deadline(end=200_000)))
    assert screen.window.page is page


def test_the_window_is_as_large_as_the_panel(screen: Screen) -> None:
    for name in examples():
        screen.show(name)
        assert (screen.window.width(), screen.window.height()) == (1080, 1920)


def test_another_thread_may_post_views(screen: Screen, qtbot: QtBot) -> None:
    screen.show("Welcome")
    thread = threading.Thread(target=screen.window.post_view, args=(examples()["ReadingCard"],))
    thread.start()
    thread.join()
    assert shown(screen) == "Welcome"
    qtbot.waitUntil(lambda: shown(screen) == "ReadingCard", timeout=5_000)


def test_it_takes_the_whole_screen(screen: Screen) -> None:
    display = screen.window.screen()
    screen.window.fill(display)
    screen.show("Welcome")
    assert screen.window.geometry() == display.geometry()
    assert screen.window.page is not None
    assert screen.window.rect().contains(screen.window.page.geometry())


# ------------------------------------------------------------------------------------------ time limit


def test_before_time_ends_a_large_target_asks_whether_to_go_on(screen: Screen) -> None:
    end = screen.clock.now + 21_000  # a page of the test takes one second to come
    screen.show("AskingConsent", warned=True, deadline=Deadline(end=end, warn=end - 20_000))
    assert screen.window.warning is not None
    assert "20" in screen.window.warning.left.text()
    screen.clock.pass_ms(4_000)
    screen.window.warning._tick()
    assert "15" in screen.window.warning.left.text()
    screen.touch("続ける")
    assert screen.acts == [Act("TimeExtended")]


def test_while_time_is_asked_about_nothing_else_can_be_touched(screen: Screen) -> None:
    end = screen.clock.now + 22_000
    screen.show("AskingConsent", warned=True, deadline=Deadline(end=end, warn=0))
    assert screen.window.warning is not None
    assert [target.accessibleName() for target in screen.window.targets()] == ["続ける"]
    for x, y in ((60, 1880), (1000, 60), (540, 1700)):
        assert screen.window.childAt(QPoint(x, y)) is screen.window.warning


def test_the_question_about_time_goes_when_time_was_extended(screen: Screen) -> None:
    view = screen.show("AskingConsent", warned=True, deadline=Deadline(end=200_000, warn=0))
    screen.window.show_view(replace(view, warned=False, deadline=Deadline(end=300_000, warn=0)))
    assert screen.window.warning is None


# --------------------------------------------------------------------------------------------- waiting


@pytest.mark.parametrize(
    "name", [name for name, view in examples().items() if view.waiting and view.camera != "face"]
)
def test_long_waiting_is_explained_and_then_help_is_pointed_out(screen: Screen, name: str) -> None:
    screen.show(name)
    page = screen.window.page
    assert isinstance(page, Page)
    assert page.patience is not None
    before = page.title.geometry()
    assert not visible(page.patience)
    screen.clock.pass_ms(GOES_ON_MS)
    page._wait_on()
    assert visible(page.patience)
    assert page.patience.text() == "続けています。このままお待ちください。"
    assert screen.window.frame is not None
    staff = screen.window.frame.footer.staff
    marks = [staff.chosen]
    screen.clock.pass_ms(LONG_MS - GOES_ON_MS)
    page._wait_on()
    assert "係員" in page.patience.text()
    marks.append(staff.chosen)
    assert marks == [False, True]
    assert page.title.geometry() == before
    screen.show("ChoosingVerification")
    assert not staff.chosen


# ---------------------------------------------------------------------------------------------- panels


@pytest.mark.parametrize(
    ("target", "choice", "act"),
    [
        ("表示", "frame.text_size.large", Act("TextSizeChosen", (("text_size", "large"),))),
        ("表示", "frame.contrast.high", Act("ContrastChosen", (("contrast", "high"),))),
        ("言語 Language", "language.en", Act("LanguageChosen", (("language", "en"),))),
    ],
)
def test_the_header_opens_panels_that_send_what_was_chosen(
    screen: Screen, target: str, choice: str, act: Act
) -> None:
    screen.show("Welcome")
    screen.touch(target)
    screen.clock.pass_ms(400)
    screen.touch(choice)
    assert screen.acts == [act]


def test_a_panel_marks_what_is_in_force_not_by_colour_alone(screen: Screen) -> None:
    screen.show("Welcome", text_size="large")
    screen.touch("表示")
    chosen = screen.target("frame.text_size.large")
    assert chosen.isChecked()
    assert not screen.target("frame.text_size.small").isChecked()


def test_back_closes_a_panel_and_sends_nothing(screen: Screen) -> None:
    screen.show("Welcome")
    screen.touch("言語 Language")
    screen.clock.pass_ms(400)
    screen.touch("戻る")
    assert screen.window.panel is None
    assert screen.acts == []
    assert screen.window.page is not None
    assert screen.window.page.isVisibleTo(screen.window)


def test_the_display_panel_stays_while_sizes_are_tried_and_languages_close_theirs(screen: Screen) -> None:
    view = screen.show("Welcome")
    screen.touch("表示")
    screen.window.show_view(replace(view, text_size="large"))
    assert screen.window.panel is not None
    screen.window.close_panel()
    screen.clock.pass_ms(400)
    screen.touch("言語 Language")
    screen.window.show_view(replace(view, language="en"))
    assert screen.window.panel is None


def test_a_panel_does_not_cover_the_next_page(screen: Screen) -> None:
    screen.show("Welcome")
    screen.touch("言語 Language")
    screen.show("ReadingCard")
    assert screen.window.panel is None
    assert screen.window.page is not None
    assert screen.window.page.isVisibleTo(screen.window)


# -------------------------------------------------------------------------------------------- keyboard


def test_no_ring_before_a_key_is_used_and_none_after_a_touch(screen: Screen) -> None:
    for name in examples():
        screen.show(name)
        assert screen.window.frame is not None
        assert not screen.window.frame.ring.isVisible()
        assert screen.window.focused() is None
    screen.show("Welcome")
    screen.touch("choice.phone")
    assert screen.window.focused() is None


def test_the_ring_stands_around_what_the_keyboard_has_reached(screen: Screen) -> None:
    screen.window.activateWindow()
    QTest.qWaitForWindowActive(screen.window)
    screen.show("Welcome")
    screen.key(Qt.Key.Key_Tab)
    assert screen.window.frame is not None
    ring, target = screen.window.frame.ring, screen.target("choice.phone")
    assert ring.isVisible()
    place = target.mapTo(screen.window, QPoint(0, 0))
    assert ring.geometry().contains(place)
    assert target.rect().translated(place).contains(ring.geometry().center())


def test_keys_walk_in_reading_order_and_come_round(screen: Screen) -> None:
    screen.show("Welcome")
    names = []
    for _ in range(7):
        screen.key(Qt.Key.Key_Right)
        names.append(screen.window.focusWidget().accessibleName())
    assert names == [
        "スマートフォンで受付", "カードがない・使えない", "付き添い・学校行事", "係員を呼ぶ",
        "表示", "言語 Language", "スマートフォンで受付",
    ]  # fmt: skip
    screen.key(Qt.Key.Key_Left)
    assert screen.window.focusWidget().accessibleName() == "言語 Language"


# ---------------------------------------------------------------------------------------------- others


@pytest.mark.parametrize("simulated", [True, False])
def test_simulated_devices_are_told_on_every_page(screen: Screen, simulated: bool) -> None:
    screen.window.close()
    screen.open(timing=Timing(hold=0, reading=0), simulated=simulated)
    for name in examples():
        screen.show(name)
        assert bool(screen.visible(Ribbon)) == simulated


def test_details_are_shown_only_after_a_touch_and_hidden_by_another(screen: Screen) -> None:
    screen.show("Confirmed")
    assert "組合" not in words(screen)
    screen.touch("details")
    assert "組合" in words(screen)
    screen.clock.pass_ms(400)
    screen.touch("details")
    settle()
    assert "組合" not in words(screen)


def test_what_no_font_of_ours_holds_is_shown_as_geta(screen: Screen) -> None:
    view = examples()["Confirmed"]
    insurer = replace(view.details[0], value="\ue000健康保険組合")
    screen.show("Confirmed", details=(insurer,))
    screen.touch("details")
    assert "〓健康保険組合" in words(screen)


def test_nothing_moves_where_reduced_motion_is_set(screen: Screen) -> None:
    screen.show("Welcome")
    page = screen.window.page
    assert isinstance(page, Page)
    assert page.picture is not None
    assert page.picture.moving is False
    screen.window.close()
    screen.open(timing=Timing(hold=0, reading=0), reduced_motion=False)
    moving = []
    for name in examples():
        screen.show(name)
        page = screen.window.page
        if isinstance(page, Page) and page.picture is not None and page.picture.moving:
            moving.append(name)
    assert moving == [
        "Welcome", "Welcome.removed_early", "Welcome.phones", "TakeCard.finished", "TakeCard.abandoned",
        "ReadingPhone.hold", "ReadingPhone.lost", "ReadingPhone.retype", "ReadingPhone.opening",
        "ReadingCardFront.put_back",
    ]  # fmt: skip


def test_the_picture_follows_the_clock(screen: Screen) -> None:
    screen.window.close()
    screen.open(timing=Timing(hold=0, reading=0), reduced_motion=False)
    screen.show("Welcome")
    page = screen.window.page
    assert isinstance(page, Page)
    picture = page.picture
    assert picture is not None
    picture._move()
    first = picture.grab().toImage()
    screen.clock.pass_ms(900)
    picture._move()
    assert picture.grab().toImage() != first


def test_a_window_that_comes_to_the_front_gives_no_button_the_ring(screen: Screen, qtbot: QtBot) -> None:
    screen.window.activateWindow()
    qtbot.waitUntil(screen.window.isActiveWindow)
    settle()
    assert screen.window.focused() is None
