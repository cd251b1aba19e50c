"""Photographs the gallery's pages: a still clock, a still picture, nobody touching."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from kiosk.visit.acts import Act
from kiosk.visit.policy import Contrast, TextSize
from kiosk.visit.views import VisitView
from kiosk.wording.catalogues import catalogue
from ui.patient.gallery import LANGUAGES, examples
from ui.patient.window import PatientWindow, Timing
from ui.theme.panel import PanelProfile
from ui.widgets.kit import Settings

STILL = Settings(facility="見本内科クリニック", simulated=True, reduced_motion=True)
DAY = date(2026, 11, 24)


def _nobody(_act: Act) -> None:
    pass


def still_window(profile: PanelProfile, settings: Settings = STILL) -> PatientWindow:
    """A window in which time stands still and whose acts go nowhere."""
    return PatientWindow(
        profile,
        catalogue,
        _nobody,
        lambda _digits: "nowhere",
        settings=settings,
        languages=LANGUAGES,
        clock=lambda: 0,
        today=lambda: DAY,
        timing=Timing(hold=0, reading=0, double_touch=0),
    )


def photograph(window: PatientWindow) -> QImage:
    return window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def dressed(view: VisitView, language: str, size: TextSize, contrast: Contrast) -> VisitView:
    return replace(view, language=language, text_size=size, contrast=contrast)


def write_gallery(
    folder: Path,
    *,
    profiles: Iterable[PanelProfile],
    languages: Iterable[str],
    sizes: Iterable[TextSize],
    contrasts: Iterable[Contrast],
    only: str = "",
) -> int:
    """Writes every combination as ``<profile>-<language>-<size>-<contrast>/<page>.png``; gives their number."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication([])
    count = 0
    for profile in profiles:
        window = still_window(profile)
        window.show()
        for language in languages:
            for size in sizes:
                for contrast in contrasts:
                    place = folder / f"{profile.name}-{language}-{size}-{contrast}"
                    place.mkdir(parents=True, exist_ok=True)
                    for name, view in examples().items():
                        if only not in name:
                            continue
                        window.show_view(dressed(view, language, size, contrast))
                        photograph(window).save(str(place / f"{name}.png"))
                        count += 1
        window.close()
        window.deleteLater()
        application.processEvents()
    return count
