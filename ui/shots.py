"""Photographs of the pages of a visit, in the order in which they are shown."""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from kiosk.visit.acts import Act
from kiosk.visit.views import VisitView

if TYPE_CHECKING:
    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QApplication

_OURS = re.compile(r"\d\d-[A-Z]\w*(-[\w.]+)?\.png")


class Camera:
    """Draws each view in a real patient's window that nobody sees and writes ``NN-State[-variant].png``.

    Needs no display and no running event loop. Pictures that an earlier camera left in ``folder`` are removed. A view
    that looks exactly like the one before it is not written again. ``day``: the visits' own, else today. The same views
    of one day give the same pictures: time stands still at the moment of each view, and nothing moves.
    """

    def __init__(
        self,
        folder: Path,
        panel: str = "portrait",
        *,
        day: date | None = None,
        facility: str = "見本診療所",
        simulated: bool = True,
    ) -> None:
        self.folder = folder
        self.taken: list[Path] = []
        self._panel = panel
        self._day = day
        self._facility = facility
        self._simulated = simulated
        self._now = 0
        self._last: QImage | None = None

    def __enter__(self) -> Camera:
        from ui.patient.window import PatientWindow, Timing
        from ui.theme.panel import PROFILES
        from ui.widgets.kit import Settings, today_in_japan

        self.folder.mkdir(parents=True, exist_ok=True)
        for path in self.folder.iterdir():
            if _OURS.fullmatch(path.name):
                path.unlink()
        self._application = offscreen_application()
        from kiosk.wording.catalogues import catalogue, languages

        self._window = PatientWindow(
            PROFILES[self._panel],
            catalogue,
            _nobody,
            _nowhere,
            settings=Settings(
                facility=self._facility, simulated=self._simulated, reduced_motion=True, shuffled_keys=False
            ),
            languages=languages(),
            clock=lambda: self._now,
            today=lambda: self._day or today_in_japan(),
            timing=Timing(hold=0, reading=0, double_touch=0),
        )
        self._window.show()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._window.close()
        self._window.deleteLater()
        self._application.processEvents()

    def take(self, view: VisitView) -> None:
        """Adds a picture to ``taken``, unless it would be the one before once more."""
        from PySide6.QtGui import QImage

        self._now = max(self._now, _moment(view))
        self._window.show_view(view)
        self._application.processEvents()
        picture = self._window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        if picture == self._last:
            return
        self._last = picture
        name = f"{view.state}-{view.variant}" if view.variant else view.state
        path = self.folder / f"{len(self.taken) + 1:02d}-{name}.png"
        if not picture.save(str(path)):
            raise OSError(f"{path}: the picture cannot be written")
        self.taken.append(path)


def _moment(view: VisitView) -> int:
    """When this view was first true, in monotonic milliseconds."""
    if view.warned and view.deadline is not None and view.deadline.warn is not None:
        return view.deadline.warn
    return view.since


_application: QApplication | None = None


def offscreen_application() -> QApplication:
    """The process's Qt application; made for the offscreen platform if there is none yet."""
    from PySide6.QtWidgets import QApplication

    global _application
    running = QApplication.instance()
    if isinstance(running, QApplication):
        return running
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    _application = QApplication(["uketsuke"])
    return _application


def _nobody(_act: Act) -> None:
    """A picture cannot be touched."""


def _nowhere(digits: bytearray) -> str:
    digits[:] = bytes(len(digits))
    return ""
