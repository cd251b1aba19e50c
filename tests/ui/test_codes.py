"""From a paper before the scanner to the visit: only where it is asked for, and never an individual number."""

from __future__ import annotations

import subprocess
import sys
from queue import Queue
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from structlog.testing import capture_logs

from drivers.camera.opencv import OpenCvCamera
from drivers.interface import CodeListener, CodeScanner, Failure, Fault, ScannedCode
from drivers.scanner.watch import CodeWatch
from kiosk.visit.acts import Act
from kiosk.visit.views import VisitView
from simulator.camera import certificate, code_text, sheet
from simulator.people import load
from tests.support.patients import individual_number
from ui.codes import CodesOnPapers
from ui.composing.scanner import code_source
from ui.composing.simulated import Simulated
from ui.patient.gallery import examples
from ui.settings import Scanner, Settings, SettingsError
from ui.widgets.wedge import KeyboardScanner, Rules

PATIENCE_S = 10.0
NUMBER = individual_number()
NOBODY: Any = None


class Scripted:
    """A scanner that reads what a test says."""

    def __init__(self) -> None:
        self.listener: CodeListener | None = None
        self.calls: list[str] = []

    def watch(self, listener: CodeListener) -> None:
        self.calls.append("watch")
        self.listener = listener

    def rest(self) -> None:
        self.calls.append("rest")
        self.listener = None

    def close(self) -> None:
        self.calls.append("close")

    def read(self, text: str) -> None:
        assert self.listener is not None
        self.listener(ScannedCode("QR Code", text, text.encode()))


def page(state: str) -> VisitView:
    return replace(next(iter(examples().values())), state=state)


@pytest.fixture
def scanner() -> Scripted:
    return Scripted()


def test_codes_are_read_only_while_a_paper_is_asked_for(scanner: Scripted) -> None:
    codes = CodesOnPapers(scanner, lambda _act: None)
    for state in ("Welcome", "EnteringPin", "ShowingCertificate", "ShowingCertificate", "WaitingForStaff"):
        codes.show(page(state))
    codes.show(page("ShowingCertificate"))
    codes.close()
    assert scanner.calls == ["watch", "rest", "watch", "close"]


def test_what_may_be_shown_of_a_code_becomes_an_act(scanner: Scripted) -> None:
    acts: list[Act] = []
    codes = CodesOnPapers(scanner, acts.append)
    codes.show(page("ShowingCertificate"))
    scanner.read("記号 あ\r\n番号 12")
    assert acts == [Act("CodeScanned", (("text", "記号 あ\n番号 12"),))]


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        f"番号 {NUMBER}",
        "x" * 4000 + NUMBER,
        "␝".join((NUMBER[:4], NUMBER[4:8], NUMBER[8:])),
        "",
        "  ",
    ],
    ids=lambda text: f"{len(text)} characters",  # not the number itself
)
def test_what_may_not_be_shown_becomes_no_act_and_is_not_in_the_log(scanner: Scripted, text: str) -> None:
    acts: list[Act] = []
    codes = CodesOnPapers(scanner, acts.append)
    codes.show(page("ShowingCertificate"))
    with capture_logs() as logs:
        scanner.read(text)
    assert acts == []
    assert [line["event"] for line in logs] == ["scanner.refused"]
    assert NUMBER[-4:] not in str(logs)


def test_a_scanner_that_fails_is_in_the_log_and_nothing_else(scanner: Scripted) -> None:
    acts: list[Act] = []
    codes = CodesOnPapers(scanner, acts.append)
    codes.show(page("ShowingCertificate"))
    assert scanner.listener is not None
    with capture_logs() as logs:
        scanner.listener(Failure.of(Fault.CAMERA_GONE, "no camera is there"))
    assert acts == []
    assert logs[0]["detail"] == "no camera is there"


def test_a_kiosk_without_a_scanner_loads_nothing_that_reads_codes() -> None:
    look = "import sys, ui.kiosk_app; print({'zxingcpp', 'cv2', 'numpy', 'PIL'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "set()"


# ----------------------------------------------------------------------------- which scanner it is


def source(kind: Any, simulated: Simulated | None = None, **told: Any) -> CodeScanner | None:
    return code_source(Settings(scanner=Scanner(kind=kind, **told)), NOBODY, simulated)


def test_without_a_setting_nobody_reads() -> None:
    assert source("none") is None


def test_a_camera_is_opened_by_nobody_until_a_paper_is_asked_for() -> None:
    loaded = "cv2" in sys.modules
    watch = source("camera", camera="C920")
    assert isinstance(watch, CodeWatch)
    assert isinstance(vars(watch)["_camera"], OpenCvCamera)
    assert ("cv2" in sys.modules) is loaded
    watch.close()


def test_a_scanner_that_types_stands_before_the_window(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    settings = Settings(scanner=Scanner(kind="keyboard", prefix="~", suffix="#", layout="us"))
    scanner = code_source(settings, window, None)
    assert isinstance(scanner, KeyboardScanner)
    wedge = vars(scanner)["_wedge"]
    assert vars(vars(wedge)["_assembler"])["_rules"] == Rules(prefix="~", suffix="#")
    assert vars(wedge)["_layout"] == "us"
    scanner.close()


def test_a_simulated_camera_needs_a_simulated_kiosk() -> None:
    with pytest.raises(SettingsError, match=r"scanner\.kind"):
        source("simulated", None)


def test_a_paper_before_the_simulated_camera_reaches_the_visit() -> None:
    simulated = Simulated()
    acts: Queue[Act] = Queue()
    watch = source("simulated", simulated)
    assert watch is not None
    assert simulated.camera is not None
    codes = CodesOnPapers(watch, acts.put)
    codes.show(page("ShowingCertificate"))
    simulated.camera.show(sheet("模擬", [], NUMBER))
    yamada = load("yamada")
    simulated.camera.show(certificate(yamada))
    assert acts.get(timeout=PATIENCE_S) == Act("CodeScanned", (("text", code_text(yamada)),))
    codes.close()
    assert acts.empty()
