"""The console as a Qt application: its parts, their threads, and the window."""

from __future__ import annotations

from datetime import datetime

import structlog
from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QMessageLogContext,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from kiosk.accounts.plugged_key import PluggedKey
from kiosk.documents.fonts import fonts_dir
from kiosk.ledger import LedgerError
from ui import logs
from ui.compose_staff import Console, build_console
from ui.process import harden, quit_on_signals
from ui.settings import Settings
from ui.staff.lane import Lane, ThreadLane
from ui.staff.model import DeskModel
from ui.staff.style import px_per_mm
from ui.staff.views import Parts
from ui.staff.window import ConsoleWindow

POLL_S = 0.2
_HOUSE_EVERY_MS = 60_000
USUAL = (1366, 768)
_log = structlog.get_logger(__name__)


class StaffConsole:
    """Everything between ``open`` and ``close``. Needs a ``QApplication``. Raises what ``build_console`` does and
    ``FontsMissing``; then nothing is left running."""

    def __init__(self, settings: Settings, *, poll_s: float = POLL_S) -> None:
        fonts_dir()  # before anything is started that would have to be ended again
        self.console: Console = build_console(settings)
        self._closed = False
        self._lanes: list[Lane] = []
        try:
            self.model = DeskModel(self.console.desk, self.console.guard, self.console.world.now)
            accounts, chores = ThreadLane("accounts"), ThreadLane("chores")
            self._lanes += [accounts, chores]
            self._chores = chores
            staff = settings.staff
            self.window = ConsoleWindow(
                Parts(
                    facility=settings.facility.name,
                    terminal=settings.terminal,
                    simulated=settings.profile == "simulated",
                    model=self.model,
                    guard=self.console.guard,
                    accounts=accounts,
                    chores=chores,
                    key=PluggedKey(),
                    look_up=self.console.look_up,
                    now=self._now,
                    printer=self.console.printer,
                    take_patients=self.console.patients.import_csv,
                    call=(lambda: self.console.speaker.play("attention")) if staff.sound else _silently,
                ),
                language=staff.language,
                contrast=staff.contrast,
                px_per_mm=px_per_mm(QGuiApplication.primaryScreen()),
                text_size=staff.text_size,
            )
            desk = ThreadLane("desk", self.model.tick, poll_s)
            self._lanes.append(desk)
            self.model.start(desk)
        except BaseException:
            self._end()
            raise
        self._house = QTimer(self.window)
        self._house.setInterval(_HOUSE_EVERY_MS)
        self._house.timeout.connect(lambda: self._chores.do(self._keep_house))

    def open(self, *, windowed: bool = False) -> None:
        self.window.resize(*USUAL)
        if windowed:
            self.window.show()
        else:
            self.window.showMaximized()
        self._house.start()
        self.window.start()

    def close(self) -> None:
        """Ends every thread, signs the ledger's last checkpoint, and takes the window away. Idempotent."""
        if self._closed:
            return
        self._closed = True
        self._house.stop()
        self._end()
        self.window.close()
        self.window.deleteLater()

    # -- inside
    def _end(self) -> None:
        for lane in reversed(self._lanes):
            lane.close()
        self.console.close()

    def _now(self) -> datetime:
        return self.console.world.now().utc

    def _keep_house(self) -> None:
        try:
            self.console.keep_house()
        except LedgerError as error:
            _log.error("ledger.housekeeping_failed", error=error.code)


def run_console(settings: Settings, *, windowed: bool = False) -> int:
    """Runs until the window is closed or a signal ends the process. Gives the exit code."""
    harden()
    logs.configure(settings, program="console")
    qInstallMessageHandler(_log_qt)
    application = QApplication.instance() or QApplication(["uketsuke"])

    def leave() -> None:
        QTimer.singleShot(0, application, lambda: application.exit(0))

    with quit_on_signals(leave):
        console = StaffConsole(settings)
        try:
            console.open(windowed=windowed)
            return application.exec()
        finally:
            console.close()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _silently() -> None:
    """The facility wants no sound here."""


def _log_qt(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    """Qt's own words, which are about windows and fonts."""
    tell = _log.info if kind in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) else _log.warning
    tell("qt.message", category=context.category, text=message)
