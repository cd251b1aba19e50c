"""Pictures of board and visit against those that a person has looked at, at half their size.

``pytest tests/ui/staff --update-goldens`` writes them anew.
"""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from kiosk.desk.board import Filter
from kiosk.desk.row import Need
from kiosk.visit.policy import Contrast
from tests.support.consoles import Moody, OverDay, over_day, receivers
from tests.support.screens import settle
from tests.ui.patient.test_goldens import compare
from ui.cli.simulated_day import Came
from ui.cli.staff_pictures import PERSON
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
    ("handing_over", "1366x768", "ja", "standard"),
    ("handing_over", "1920x1080", "ja", "standard"),
    ("handing_over", "1366x768", "en", "high"),
    ("not_handed_over", "1366x768", "ja", "standard"),
    ("not_handed_over", "1920x1080", "en", "standard"),
)
HAND_OFF = {"handing_over", "not_handed_over"}
FACES: tuple[tuple[Came, str, str, Language, Contrast], ...] = (
    (
        Came("09:32", "face_aid_confirms", "C", "", "ShowingNotice", "aid"),
        "matched",
        "1366x768",
        "ja",
        "standard",
    ),
    (Came("09:32", "face_aid_doubts", "C", "", "ShowingNotice", "aid"), "doubted", "1366x768", "en", "high"),
    (
        Came("09:32", "face_aid_confirms", "C", "", "ReadingCardFront", "aid"),
        "looking",
        "1920x1080",
        "ja",
        "standard",
    ),
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
    wanted = receivers(Moody()) if what in HAND_OFF else ()
    with over_day(qtbot, screen=screen, language=language, contrast=contrast, receivers=wanted) as lead:
        lead.enter_as_lead()
        go_to(lead, what)
        settle()
        compare(lead.scene.picture(), f"console.{what}-{screen}-{language}-{contrast}", request)


@pytest.mark.parametrize(
    ("came", "what", "screen", "language", "contrast"), FACES, ids=[one[1] for one in FACES]
)
def test_what_the_camera_says_looks_as_it_was_approved(
    qtbot: QtBot,
    request: pytest.FixtureRequest,
    came: Came,
    what: str,
    screen: str,
    language: Language,
    contrast: Contrast,
) -> None:
    with over_day(qtbot, screen=screen, language=language, contrast=contrast, came=(came,)) as lead:
        lead.enter_as_lead()
        lead.open(came.until)
        settle()
        compare(lead.scene.picture(), f"console.face_{what}-{screen}-{language}-{contrast}", request)


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
        case "handing_over":
            tell_one_by_hand(lead)
        case "not_handed_over":
            lead.window.open(not_handed_over(lead)[-1])
        case state:
            lead.open(state)


def not_handed_over(lead: OverDay) -> list[str]:
    return [row.visit for row in lead.scene.desk.rows(Filter.NEEDS) if row.need is Need.NOT_HANDED_OVER]


def tell_one_by_hand(lead: OverDay) -> None:
    """So that a delivery of each state is on the board."""
    lead.scene.desk.hand_over(not_handed_over(lead)[-1], "chart", "by_hand", PERSON, why="電話で伝えた")
    lead.kiosk_answers()
