"""Pictures of board and visit against those that a person has looked at, at half their size.

``pytest tests/ui/staff --update-goldens`` writes them anew.
"""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from kiosk.visit.policy import Contrast
from tests.support.consoles import OverDay, over_day
from tests.support.screens import settle
from tests.ui.patient.test_goldens import compare
from ui.staff.words import Language

pytestmark = pytest.mark.gui
Key = Qt.Key
CASES: tuple[tuple[str, str, Language, Contrast], ...] = (
    ("board", "1366x768", "ja", "standard"),
    ("board", "1920x1080", "ja", "standard"),
    ("board", "1366x768", "en", "high"),
    ("ShowingCertificate", "1366x768", "ja", "standard"),
    ("ShowingCertificate", "1920x1080", "ja", "standard"),
    ("ShowingNotice", "1366x768", "en", "standard"),
    ("WaitingForStaff", "1366x768", "ja", "high"),
    ("refusing", "1366x768", "ja", "standard"),
    ("locked", "1366x768", "ja", "standard"),
)


@pytest.mark.parametrize(
    ("what", "screen", "language", "contrast"), CASES, ids=["-".join(one) for one in CASES]
)
def test_the_console_looks_as_it_was_approved(
    qtbot: QtBot,
    request: pytest.FixtureRequest,
    what: str,
    screen: str,
    language: Language,
    contrast: Contrast,
) -> None:
    with over_day(qtbot, screen=screen, language=language, contrast=contrast) as lead:
        lead.enter_as_lead()
        go_to(lead, what)
        settle()
        compare(lead.scene.picture(), f"console.{what}-{screen}-{language}-{contrast}", request)


def go_to(lead: OverDay, what: str) -> None:
    match what:
        case "board":
            pass
        case "locked":
            lead.press(Key.Key_L, control=True)
        case "refusing":
            lead.open("ShowingNotice")
            lead.press(Key.Key_F2)
            lead.asked()
        case state:
            lead.open(state)
