"""One program that starts and shows its first screen, and tells when it did and how large it was. Run by ``start``.

``python -m tests.bench.first_screen ours|bare SETTINGS``: the kiosk, or a window of Qt's with one sentence.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ui.settings import Settings

BEGAN = "BENCH_BEGAN"
"""Environment: the monotonic clock when the process was asked for."""


def tell(word: str) -> None:
    """``word``, milliseconds since the start, MiB of memory that is really there, milliseconds of a processor."""
    milliseconds = (time.monotonic() - float(os.environ[BEGAN])) * 1000
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    mib = pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    print(word, milliseconds, mib, time.process_time() * 1000, flush=True)


def ours(file: Path) -> int:
    from ui.kiosk_app import Way, run_kiosk
    from ui.settings import read_settings

    settings = read_settings(file)

    def first_screen() -> None:
        """Not usable before a card may be placed: the first view of all may say that the reader is not there yet."""
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication

        if not any(_welcomes(window) for window in QApplication.topLevelWidgets()):
            QTimer.singleShot(0, first_screen)
            return
        try:
            tell("screen")
            _make_tickets(settings)
            tell("ticket")
        finally:
            QApplication.exit(0)

    return int(run_kiosk(settings, Way(dock=False, first_screen=first_screen)))


def _welcomes(window: QWidget) -> bool:
    from ui.patient.window import PatientWindow

    page = window.page if isinstance(window, PatientWindow) else None
    return page is not None and page.view.state == "Welcome"


def _make_tickets(settings: Settings) -> None:
    """The first loads the typesetter; the second shows what stays."""
    from ui.composing.papers import ticket_maker

    make = ticket_maker(settings)
    for number in ("A001", "A002"):
        make(number, settings.screen.language)


def bare() -> int:
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget

    class Window(QWidget):
        def paintEvent(self, event: QPaintEvent) -> None:
            super().paintEvent(event)
            QTimer.singleShot(0, self.painted)

        def painted(self) -> None:
            tell("screen")
            QApplication.exit(0)

    application = QApplication([])
    window = Window()
    window.resize(1080, 1920)
    QVBoxLayout(window).addWidget(QLabel("マイナンバーカードを置いてください"))
    window.show()
    return application.exec()


if __name__ == "__main__":
    sys.exit(bare() if sys.argv[1] == "bare" else ours(Path(sys.argv[2])))
