"""What the file knows of a patient: masked, until its owner touches it, and not for long."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QAccessible, QAccessibleInterface

from kiosk.visit.acts import Act
from tests.support.screens import Screen, settle
from ui.patient.known import HIDES_AFTER_MS, KnownPage
from ui.patient.window import Timing
from ui.theme.panel import PROFILES, PanelProfile
from ui.widgets.rows import MaskedRow

pytestmark = pytest.mark.gui
NAME, NUMBER = "ミホン ハナコ", "1234567"


def told(node: QAccessibleInterface) -> str:
    """Everything that assistive technology can read of the window."""
    if node.state().invisible:
        return ""
    own = [
        node.text(kind)
        for kind in (QAccessible.Text.Name, QAccessible.Text.Value, QAccessible.Text.Description)
    ]
    return " ".join([*own, *(told(node.child(place)) for place in range(node.childCount()))])


def known(screen: Screen) -> str:
    settle()
    return told(QAccessible.queryAccessibleInterface(screen.window))


def rows(screen: Screen) -> dict[str, MaskedRow]:
    assert isinstance(screen.window.page, KnownPage)
    assert screen.window.page.rows is not None
    return {row.objectName(): row for row in screen.window.page.rows.rows if isinstance(row, MaskedRow)}


def timer(row: MaskedRow) -> QTimer:
    return row.findChildren(QTimer)[0]


def test_nothing_tells_a_masked_value_until_it_is_touched(screen: Screen) -> None:
    screen.show("ConfirmingKnownData")
    assert NAME not in known(screen)
    assert NUMBER not in known(screen)
    screen.touch("detail.name")
    assert NAME in known(screen)
    assert NUMBER not in known(screen)


def test_a_touch_changes_the_picture_of_its_own_line_only(screen: Screen) -> None:
    screen.show("ConfirmingKnownData")
    before = {name: row.grab().toImage() for name, row in rows(screen).items()}
    screen.touch("detail.number")
    after = {name: row.grab().toImage() for name, row in rows(screen).items()}
    assert after["detail.name"] == before["detail.name"]
    assert after["detail.number"] != before["detail.number"]


def test_a_second_touch_hides_it(screen: Screen) -> None:
    screen.show("ConfirmingKnownData")
    for shown in (True, False, True):
        screen.touch("detail.number")
        screen.clock.pass_ms(400)
        assert (NUMBER in known(screen)) == shown


def test_it_hides_by_itself_after_ten_seconds(screen: Screen) -> None:
    screen.show("ConfirmingKnownData")
    row = rows(screen)["detail.name"]
    assert not timer(row).isActive()
    screen.touch("detail.name")
    assert timer(row).isActive()
    assert timer(row).isSingleShot()
    assert timer(row).interval() == HIDES_AFTER_MS == 10_000
    timer(row).timeout.emit()
    assert not row.revealed
    assert NAME not in known(screen)


def test_hiding_by_hand_leaves_no_timer_behind_for_the_next_time(screen: Screen) -> None:
    screen.show("ConfirmingKnownData")
    screen.touch("detail.name")
    screen.clock.pass_ms(400)
    screen.touch("detail.name")
    assert not timer(rows(screen)["detail.name"]).isActive()


def test_a_page_that_waits_for_the_next_one_shows_nothing_any_more(screen: Screen) -> None:
    screen.window.close()
    screen.open(timing=Timing(hold=10_000, reading=0))
    screen.show("ConfirmingKnownData")
    screen.touch("detail.name")
    assert NAME in known(screen)
    screen.show("ChoosingEvidence")
    assert NAME not in known(screen)


def test_the_insurers_name_is_no_secret_and_cannot_be_touched(screen: Screen) -> None:
    screen.show("ConfirmingKnownData")
    assert "見本市国民健康保険組合" in known(screen)
    assert [t.objectName() for t in screen.window.targets() if t.objectName().startswith("detail.")] == [
        "detail.name", "detail.number",
    ]  # fmt: skip


def test_both_answers_are_equal(screen: Screen) -> None:
    screen.show("ConfirmingKnownData")
    same, changed = screen.target("choice.known_same"), screen.target("choice.known_changed")
    assert same.size() == changed.size()
    screen.touch("choice.known_changed")
    assert screen.acts == [Act("KnownChanged")]


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_a_revealed_value_still_has_its_room(screen: Screen, profile: PanelProfile) -> None:
    screen.window.close()
    screen.open(profile, timing=Timing(hold=0, reading=0))
    screen.show("ConfirmingKnownData", text_size="extra_large")
    for name in ("detail.name", "detail.number"):
        screen.touch(name)
        screen.clock.pass_ms(400)
    assert screen.window.page is not None
    assert screen.window.page.arranged_as()[1]
    for row in rows(screen).values():
        assert row.height() >= row.face.height(row.columns)
