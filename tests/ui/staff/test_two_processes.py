"""Kiosk and console as two processes over one file: a visit that fails at the kiosk stands on the console at once, is
settled there by keys alone, and the patient's page goes on."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from kiosk.desk.row import Light
from kiosk.ledger import Record
from kiosk.ledger.interface import parse_stamp
from tests.support.consoles import PATIENCE_MS, Keyboard, console, hire
from tests.support.hub_sites import Site
from ui.settings import Settings, read_settings

pytestmark = [pytest.mark.gui, pytest.mark.e2e]
ROOT = Path(__file__).resolve().parents[3]
AT_ONCE_S = 1.0


class OtherProcess:
    """The kiosk's process as its patient meets it."""

    def __init__(self, process: subprocess.Popen[str], qtbot: QtBot) -> None:
        self.process = process
        self._qtbot = qtbot
        self._pages: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self.page: dict[str, Any] = {"state": "", "variant": "", "options": []}
        Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._pages.put(json.loads(line))

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def touch(self, option: str, state: str) -> None:
        """Touches it as soon as that page offers it."""
        self.until(lambda: self.page["state"] == state and option in self.page["options"])
        self.tell(f"touch {option}")

    def until(self, holds: Callable[[], bool]) -> None:
        def looked() -> bool:
            try:
                while not holds():
                    self.page = self._pages.get_nowait()
            except Empty:
                return False
            return True

        self._qtbot.waitUntil(looked, timeout=PATIENCE_MS)

    def shows(self, state: str) -> None:
        self.until(lambda: self.page["state"] == state)


@contextmanager
def kiosk(settings: Path, qtbot: QtBot) -> Iterator[OtherProcess]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.kiosk_process", str(settings)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        other = OtherProcess(process, qtbot)
        other.shows("Welcome")
        yield other
        other.tell("quit")
        assert process.wait(20) == 0
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(20)
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            pipe.close()


COMMON = (
    '[accounts]\nsecond_factor = false\n[staff]\nsound = false\n[log]\nto = "file"\n'
    '[face]\nauthority = "aid"\nread_front = false\n'
)


@pytest.fixture(params=["one file", "hub"])
def settings(
    request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> tuple[Path, Settings]:
    """The kiosk's file, and what the console reads: both over one SQLite file, or each with its own login at a
    PostgreSQL hub."""
    if request.param == "hub":
        site = Site(tmp_path, capsys)
        public = site.made()
        desk = site.settings("Z", "console", public, f'key = "{site.key}"\n{COMMON}')
        return site.settings("A", "kiosk", public, COMMON), read_settings(desk)
    path = tmp_path / "settings.toml"
    path.write_text(f'data = "{tmp_path}/data"\n{COMMON}', encoding="utf-8")
    return path, read_settings(path)


def first(records: list[Record], type_: str) -> Record:
    return next(record for record in records if record.type == type_)


def seconds_between(one: Record, other: Record) -> float:
    return (parse_stamp(other.at) - parse_stamp(one.at)).total_seconds()


def show_a_certificate(patient: OtherProcess) -> None:
    """From the first page, without a card, to the paper that staff must see."""
    patient.touch("no_card", "Welcome")
    patient.touch("no_card_forgotten", "ExplainingNoCard")
    patient.touch("show_ways", "ExplainingNoCard")
    patient.touch("way_certificate", "ChoosingEvidence")


def settle_by_keys(keyboard: Keyboard) -> str:
    """From the board to the accepted paper; gives the visit."""
    keyboard.until(lambda: keyboard.window.views.board.row_of_key(1) is not None)
    row = keyboard.window.views.board.row_of_key(1)
    assert row is not None
    assert row.light is Light.NEEDS_PERSON
    keyboard.press(Qt.Key.Key_F1)
    keyboard.sees("detail_page")
    keyboard.press(Qt.Key.Key_F1)
    keyboard.asked()
    keyboard.press(Qt.Key.Key_Return)
    return row.visit


def test_what_fails_at_the_kiosk_is_settled_at_the_console_by_keys_alone(
    settings: tuple[Path, Settings], qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    path, parsed = settings
    hire(parsed)
    with kiosk(path, qtbot) as patient, console(parsed, qtbot) as keyboard:
        keyboard.sign_in()
        keyboard.sees("board_page")
        show_a_certificate(patient)
        visit = settle_by_keys(keyboard)
        patient.shows("Finished")
        keyboard.until(lambda: "できました" in keyboard.message)
        records = list(keyboard.ledger.entries(visit))
    shown, looked = first(records, "EvidenceChosen"), first(records, "VisitLookedAt")
    looks = [one.type for one in records if one.type in ("VisitLookedAt", "StaffSawData")]
    assert looks == ["VisitLookedAt"], "one look is one event"
    asked, acted = first(records, "Requested"), first(records, "StaffActed")
    ended = next(record for record in records if record.state == "Finished")
    there, back = seconds_between(shown, looked), seconds_between(asked, ended)
    with capsys.disabled():
        print(
            f"\n  on the console and opened after {there:.3f} s; the patient's page went on after {back:.3f} s"
        )
    assert 0 <= there < AT_ONCE_S
    assert [looked.actor, asked.actor, acted.actor] == ["staff:sato"] * 3
    assert asked.chain == looked.chain != acted.chain == ended.chain, (
        "the console asks, the kiosk moves its visit"
    )


def test_staff_ask_for_the_face_and_see_each_hint_and_the_result_as_they_come(
    settings: tuple[Path, Settings], qtbot: QtBot
) -> None:
    path, parsed = settings
    hire(parsed)
    with kiosk(path, qtbot) as patient, console(parsed, qtbot) as keyboard:
        keyboard.sign_in()
        keyboard.sees("board_page")
        patient.tell("place pin_locked")
        patient.touch("way_card_notice", "ChoosingEvidence")
        keyboard.until(lambda: keyboard.window.views.board.row_of_key(1) is not None)
        keyboard.press(Qt.Key.Key_F1)
        keyboard.sees("detail_page")
        face = keyboard.window.views.detail.face
        keyboard.until(lambda: face.ask.isVisible())
        keyboard.press(Qt.Key.Key_E, control=True)
        patient.shows("ReadingCardFront")
        keyboard.until(lambda: face.now.plain == "カードの番号を待っています")
        patient.tell("front pin_locked")
        for seen in ("そのまま動かずに", "向いてください", "カードの写真と同じ人と見えます"):
            keyboard.until(lambda seen=seen: seen in face.now.plain)  # type: ignore[misc]
        patient.shows("ShowingNotice")
        assert face.likeness.step == 5
        assert "本人確認にはなりません" in face.authority.plain
