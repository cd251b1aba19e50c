"""The dock beside a running kiosk: what it does to the devices, and what it shows."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from simulator.national.faults import Fault
from simulator.people import everyone, load
from tests.support.kiosks import Visitor, opened, simulated
from ui.bridge import Bridge
from ui.compose import build
from ui.devdock.apdus import ApduLog
from ui.devdock.dock import Dock
from ui.settings import Eligibility, Reader

pytestmark = pytest.mark.gui


@pytest.fixture
def visitor(tmp_path: Path, qtbot: QtBot) -> Iterator[Visitor]:
    with opened(simulated(tmp_path), qtbot) as visitor:
        yield visitor


def box(visitor: Visitor, name: str) -> QComboBox:
    found = visitor.dock.findChild(QComboBox, name)
    assert found is not None
    return found


def pick(visitor: Visitor, name: str, meant: object) -> None:
    index = next(i for i in range(box(visitor, name).count()) if box(visitor, name).itemData(i) == meant)
    box(visitor, name).setCurrentIndex(index)


def to_keypad(visitor: Visitor, persona: str = "yamada") -> None:
    visitor.choose(persona)
    visitor.sees("ChoosingVerification")
    visitor.touch("pin")
    visitor.sees("EnteringPin")


def to_confirmed(visitor: Visitor) -> None:
    to_keypad(visitor)
    visitor.press("pin")
    visitor.sees("AskingConsent")
    visitor.touch("consent_none")
    visitor.sees("Confirmed")


# -------------------------------------------------------------------------------------------- people


def test_everybody_is_in_the_list_and_the_filter_narrows_it(visitor: Visitor) -> None:
    people = visitor.dock.people
    assert sorted(people.shown()) == sorted(one.id for one in everyone())
    assert people.shown()[0] == "yamada"
    people.filter.setText("revoked")
    assert people.shown() == ["revoked"]
    people.filter.setText("android PHONE")
    assert people.shown() == ["android"]
    people.filter.setText(load("hundred").person.name.split("\u3000")[0])
    assert "hundred" in people.shown()
    people.filter.setText("nobody like this")
    assert people.shown() == []


def test_a_person_who_is_clicked_lays_the_card_on_the_reader(visitor: Visitor) -> None:
    visitor.choose("yamada")
    visitor.sees("ChoosingVerification")
    assert visitor.dock.reader.title.text() == "山田 太郎"


def test_a_card_can_be_dropped_on_the_reader(visitor: Visitor) -> None:
    data = visitor.dock.people.list.model().mimeData([visitor.dock.people.list.model().index(0, 0)])
    enter, drop = drag_events(data)
    visitor.dock.reader.dragEnterEvent(enter)
    assert enter.isAccepted()
    visitor.dock.reader.dropEvent(drop)
    visitor.sees("ChoosingVerification")


def test_nothing_else_can_be_dropped_there(visitor: Visitor) -> None:
    data = QMimeData()
    data.setText("yamada")
    enter, _drop = drag_events(data)
    enter.ignore()
    visitor.dock.reader.dragEnterEvent(enter)
    assert not enter.isAccepted()


def drag_events(data: QMimeData) -> tuple[QDragEnterEvent, QDropEvent]:
    place = QPointF(20, 20)
    how = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    return QDragEnterEvent(place.toPoint(), *how), QDropEvent(place, *how)


def test_somebody_without_a_card_places_none(visitor: Visitor) -> None:
    visitor.choose("no_card")
    assert visitor.dock.saved.text() == "this person has no card"
    assert visitor.page == "Welcome"


def test_the_names_shown_hold_no_secret(visitor: Visitor) -> None:
    model = visitor.dock.people.list.model()
    roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
    told = " ".join(str(model.index(row, 0).data(role)) for row in range(model.rowCount()) for role in roles)
    for persona in everyone():
        assert persona.card.sign_password not in told


# -------------------------------------------------------------------------------------------- reader


def test_a_card_taken_early_ends_the_visit(visitor: Visitor) -> None:
    visitor.choose("yamada")
    visitor.sees("ChoosingVerification")
    visitor.press("remove")
    visitor.until(lambda: visitor.page in ("Welcome", "Abandoned.card_removed"))
    assert visitor.dock.reader.title.text() == "No card on the reader"


def test_another_card_in_its_place_ends_the_visit_and_begins_another(visitor: Visitor) -> None:
    to_keypad(visitor)
    visitor.choose("hundred")
    visitor.sees("ChoosingVerification")
    assert visitor.dock.reader.title.text() == load("hundred").person.name.replace("\u3000", " ")
    moves = [line[1:] for line in visitor.dock.events.lines() if line[2]]
    assert moves[-3:] == [
        ("CardRemoved", "→ Abandoned"), ("CardInserted", "→ ReadingCard"), ("CardRead", "→ ChoosingVerification"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["unplugged", "killed"])
def test_a_reader_that_goes_away_and_comes_back(visitor: Visitor, name: str) -> None:
    visitor.press(name)
    visitor.sees("OutOfService")
    assert "Nobody knows" in visitor.dock.reader.note.text()
    visitor.press(name)
    visitor.sees("Welcome")


def test_the_pin_is_typed_only_where_it_is_asked_for(visitor: Visitor) -> None:
    button = visitor.dock.findChild(QPushButton, "pin")
    assert button is not None
    assert not button.isEnabled()
    to_keypad(visitor)
    visitor.until(button.isEnabled)
    visitor.press("pin")
    visitor.sees("AskingConsent")
    assert not button.isEnabled()


def test_a_wrong_pin_spends_a_try_and_the_card_remembers_it_within_the_visit(visitor: Visitor) -> None:
    to_keypad(visitor)
    visitor.press("wrong_pin")
    visitor.sees("EnteringPin.wrong")
    visitor.press("wrong_pin")
    visitor.sees("EnteringPin.last_try")


def test_a_new_visit_brings_a_new_card(visitor: Visitor) -> None:
    to_keypad(visitor)
    visitor.press("wrong_pin")
    visitor.sees("EnteringPin.wrong")
    visitor.press("remove")
    visitor.until(lambda: visitor.page in ("Welcome", "Abandoned.card_removed"))
    visitor.choose("yamada")
    visitor.sees("ChoosingVerification")
    page = visitor.kiosk.window.page
    assert page is not None
    assert dict(page.view.title.slots).get("tries", "3") == "3"


# -------------------------------------------------------------------------------------------- faults


@pytest.mark.parametrize(
    ("shown", "page"),
    [
        ("PIN locked", "ChoosingVerification"),
        ("chip damaged", "ReadingCard.problem.card_unreadable"),
        ("certificate expired", "ChoosingEvidence"),
    ],
)
def test_the_next_card_is_as_it_was_chosen_and_only_that_one(visitor: Visitor, shown: str, page: str) -> None:
    cards = box(visitor, "card")
    cards.setCurrentIndex(cards.findText(shown))
    visitor.choose("yamada")
    visitor.sees(page)
    assert cards.currentIndex() == 0


def test_the_link_fails_at_the_command_that_was_chosen(visitor: Visitor) -> None:
    pick(visitor, "link", "status")
    visitor.dock.faults.at.setValue(2)
    visitor.choose("yamada")
    visitor.sees("ReadingCard.problem.card_unreadable")
    assert [line[3] for line in visitor.dock.apdus.lines()[:2]] == ["9000", "6F00"]


def test_what_does_not_count_now_cannot_be_set(visitor: Visitor) -> None:
    faults = visitor.dock.faults
    assert not faults.at.isEnabled()
    pick(visitor, "link", "delay")
    assert faults.at.isEnabled()
    assert faults.link_delay.isEnabled()
    assert not faults.delay.isEnabled()
    pick(visitor, "fault", Fault.DELAY.value)
    assert faults.delay.isEnabled()


def test_one_question_of_the_national_system_fails_and_the_next_does_not(visitor: Visitor) -> None:
    pick(visitor, "fault", Fault.SERVER_ERROR.value)
    to_keypad(visitor)
    visitor.press("pin")
    visitor.sees("ChoosingEvidence")
    visitor.until(lambda: box(visitor, "fault").currentIndex() == 0)
    visitor.touch("way_retry")
    visitor.sees("AskingConsent")


def test_every_question_fails_until_it_is_switched_off(visitor: Visitor) -> None:
    pick(visitor, "when", True)
    pick(visitor, "fault", Fault.SERVER_ERROR.value)
    to_keypad(visitor)
    visitor.press("pin")
    visitor.sees("ChoosingEvidence")
    visitor.touch("way_retry")
    visitor.until(lambda: len([line for line in visitor.dock.events.lines() if line[1] == "AskFailed"]) == 2)
    visitor.sees("ChoosingEvidence")
    pick(visitor, "fault", "")
    visitor.touch("way_retry")
    visitor.sees("AskingConsent")


def test_the_system_s_answer_can_be_chosen(visitor: Visitor) -> None:
    pick(visitor, "answer", "invalid")
    to_keypad(visitor)
    visitor.press("pin")
    visitor.sees("AskingConsent")
    visitor.touch("consent_none")
    visitor.sees("ChoosingEvidence")


# ---------------------------------------------------------------------------------- screen and staff


def test_language_size_and_contrast_can_be_set_and_follow_the_patient(visitor: Visitor) -> None:
    pick(visitor, "language", "en")
    pick(visitor, "text_size", "large")
    pick(visitor, "contrast", "high")

    def shown() -> bool:
        page = visitor.kiosk.window.page
        assert page is not None
        return (page.view.language, page.view.text_size, page.view.contrast) == ("en", "large", "high")

    visitor.until(shown)
    visitor.dock.bench.act("LanguageChosen", language="ja")
    visitor.until(lambda: box(visitor, "language").currentData() == "ja")


def test_staff_send_the_patient_back_to_the_page(visitor: Visitor) -> None:
    visitor.choose("yamada")
    visitor.sees("ChoosingVerification")
    visitor.touch("call_staff_instead")
    visitor.sees("WaitingForStaff.called")
    visitor.press("resume")
    visitor.sees("ChoosingVerification")


# ---------------------------------------------------------------------------------------------- time


def test_time_can_be_put_forward_to_the_warning_and_to_the_end(visitor: Visitor) -> None:
    visitor.choose("yamada")
    visitor.sees("ChoosingVerification")
    visitor.press("skip")
    visitor.until(lambda: visitor.kiosk.window.warning is not None)
    visitor.until(lambda: "to end" in visitor.dock.state.left.text())
    visitor.press("skip")
    visitor.until(lambda: visitor.page.startswith(("TakeCard", "Abandoned")))


def test_at_twenty_times_the_speed_a_minute_is_three_seconds(visitor: Visitor) -> None:
    visitor.choose("yamada")
    visitor.sees("ChoosingVerification")
    pick(visitor, "speed", 20.0)
    visitor.until(lambda: visitor.kiosk.window.warning is not None)


# --------------------------------------------------------------------------------------- what is seen


def test_the_state_and_its_time_limit_are_shown(visitor: Visitor) -> None:
    assert visitor.dock.state.state.text() == "Welcome"
    assert visitor.dock.state.left.text() == "no time limit"
    to_keypad(visitor)
    visitor.press("wrong_pin")
    visitor.sees("EnteringPin.wrong")
    assert (visitor.dock.state.state.text(), visitor.dock.state.variant.text()) == ("EnteringPin", "wrong")
    assert visitor.dock.state.left.text().endswith("s to warning")


def test_every_event_is_listed_with_the_state_that_it_led_to(visitor: Visitor) -> None:
    to_confirmed(visitor)
    told = [line[1:] for line in visitor.dock.events.lines()]
    assert ("CardInserted", "→ ReadingCard") in told
    assert ("PinEntered", "") in told
    assert ("PinVerified", "") in told
    assert ("Answered", "→ Confirmed") in told


def test_apdus_are_listed_without_their_data(visitor: Visitor) -> None:
    to_confirmed(visitor)
    lines = visitor.dock.apdus.lines()
    assert [line[0] for line in lines] == [str(number) for number in range(1, len(lines) + 1)]
    verify = next(line for line in lines if line[1] == "VERIFY" and line[3] == "9000")
    assert verify[2] == "00 20 00 98 Lc=04"
    assert {line[1] for line in lines} >= {"SELECT", "READ", "VERIFY", "SIGN"}
    assert all(len(line[2]) <= len("00 20 00 98 Lc=00FF Le=FFFF") for line in lines)


def test_no_text_of_the_dock_ever_holds_the_pin(visitor: Visitor) -> None:
    """With digits that are no other number anywhere."""
    digits = "9076"
    to_keypad(visitor)
    visitor.type_pin(digits)
    visitor.sees("EnteringPin.wrong")
    visitor.press("save")
    assert digits not in everything_written(visitor.dock)
    assert digits not in "".join(path.read_text() for path in visitor.dock._folder.glob("*.toml"))


def everything_written(dock: Dock) -> str:
    texts = [label.text() for label in dock.findChildren(QLabel)]
    texts += [button.text() for button in dock.findChildren(QPushButton)]
    texts += [" ".join(line) for line in (*dock.events.lines(), *dock.apdus.lines())]
    texts += [widget.toolTip() for widget in dock.findChildren(QWidget)]
    return "\n".join(texts)


# ------------------------------------------------------------------------------------- where it is not


def test_a_real_reader_is_left_to_real_cards(tmp_path: Path, qtbot: QtBot) -> None:
    with opened(simulated(tmp_path, reader=Reader(kind="pcsc")), qtbot) as visitor:
        assert not visitor.dock.people.isEnabled()
        assert visitor.dock.reader.note.text() == "A real reader: place a real card"
        for name in ("remove", "pin", "wrong_pin", "unplugged", "killed"):
            button = visitor.dock.findChild(QPushButton, name)
            assert button is not None
            assert not button.isEnabled()


def test_without_a_simulated_system_its_faults_cannot_be_chosen(tmp_path: Path, qtbot: QtBot) -> None:
    with opened(simulated(tmp_path, eligibility=Eligibility(kind="none")), qtbot) as visitor:
        assert not box(visitor, "fault").isEnabled()
        assert not box(visitor, "answer").isEnabled()


def test_a_production_terminal_has_no_dock(tmp_path: Path, qtbot: QtBot) -> None:
    terminal = build(simulated(tmp_path), lambda _view: None)
    try:
        terminal.simulated = None
        with pytest.raises(ValueError, match="production"):
            Dock(terminal, Bridge())
    finally:
        terminal.close()


def test_a_dock_that_is_shut_listens_no_more(tmp_path: Path, qtbot: QtBot) -> None:
    channel = logging.getLogger("drivers.card.channel")
    before = (channel.level, list(channel.handlers))
    with opened(simulated(tmp_path), qtbot):
        assert channel.level == logging.DEBUG
    assert (channel.level, list(channel.handlers)) == before


def test_the_driver_s_other_words_are_no_apdus(qtbot: QtBot) -> None:
    log = ApduLog()
    told: list[tuple[str, ...]] = []
    log.told.connect(lambda *line: told.append(line))
    channel = logging.getLogger("drivers.card.channel")
    try:
        channel.debug("something else")
        thread = threading.Thread(target=lambda: channel.debug("apdu %s -> %s", "00 B0 00 00", "card_gone"))
        thread.start()
        thread.join()
        qtbot.waitUntil(lambda: bool(told))
    finally:
        log.close()
    assert told == [("READ", "00 B0 00 00", "card_gone")]
