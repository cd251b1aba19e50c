"""Results of a certified reader at the console, by keys alone: whose it is, and by whose word."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt

from kiosk.coverage.face_result import FaceResult
from kiosk.coverage.services import Capability
from kiosk.desk.board import Filter
from kiosk.desk.row import Mark, Need, Row
from kiosk.visit.events import FaceResultArrived
from simulator.playing.stage import Stage
from tests.support.consoles import OverDay
from tests.support.readings import consented, reading
from tests.support.visits import answer

pytestmark = pytest.mark.gui
Key = Qt.Key
HANAKO = answer(
    "1", consented("1", name_kana="ﾐﾎﾝ ﾊﾅｺ", operation_info_cons_flg="8"), unknown=(("A/New", "x"),)
)


def stage_of(lead: OverDay, terminal: str = "C") -> Stage:
    """That kiosk, with a certified reader beside it from now on. A patient stands there and shows a paper."""
    stage = lead.scene.day._terminals[terminal].stage
    visit = stage.reception.visit
    capabilities = visit.policy.capabilities | {Capability.FACE_RESULT}
    stage.reception.visit = replace(visit, policy=replace(visit.policy, capabilities=capabilities))
    return stage


def arrived(lead: OverDay, result: FaceResult | None = None) -> Row:
    stage = stage_of(lead)
    stage.post(FaceResultArrived, result=result or reading(HANAKO))
    stage.settle()
    lead.scene.model.tick()
    return opened(lead)


def opened(lead: OverDay) -> Row:
    """By its own key."""
    rows = lead.scene.desk.rows(Filter.NEEDS)
    place = next(place for place, row in enumerate(rows, 1) if row.need is Need.RESULT)
    lead.press(Key(Key.Key_F1 + place - 1))
    lead.sees("detail_page")
    return rows[place - 1]


def now(lead: OverDay, row: Row) -> Row:
    found = lead.scene.desk.row(row.visit)
    assert found is not None
    return found


def test_the_board_says_that_a_result_has_no_patient_and_the_visit_what_was_told(lead: OverDay) -> None:
    arrived(lead)
    for text in ("顔認証の結果の患者が不明です", "顔認証付きカードリーダー A：顔認証", "確認方法のコード：1",
                 "operation_info", "A/New x", "患者に渡す"):  # fmt: skip
        assert lead.reads(text), text


def test_it_is_given_to_the_patient_at_the_screen_by_keys(lead: OverDay) -> None:
    row = arrived(lead)
    stage = lead.scene.day._terminals["C"].stage
    here = stage.visit.id
    lead.press(Key.Key_F4)
    lead.asked()
    assert lead.reads("どの患者の結果ですか")
    lead.press(Key.Key_1)
    lead.press(Key.Key_Return)
    lead.kiosk_answers()
    assert [told.what for told in lead.told] == ["sent", "accepted"]
    assert (stage.visit.id, stage.view.state) == (here, "Confirmed")
    assert now(lead, row).outcome == "abandoned"
    given = lead.scene.desk.row(here)
    assert given is not None
    assert Mark.CERTIFIED in given.marks


def test_it_is_accepted_as_it_stands_with_two_keys(lead: OverDay) -> None:
    row = arrived(lead)
    lead.press(Key.Key_F1)
    lead.asked()
    lead.press(Key.Key_Return)
    lead.kiosk_answers()
    assert now(lead, row).outcome == "confirmed"
    assert now(lead, row).number
    assert lead.scene.day.view("C").state == "ShowingNotice", "nothing moved at the screen"


def test_nothing_is_offered_that_needs_a_page(lead: OverDay) -> None:
    arrived(lead)
    assert lead.reads("患者の画面：もう出ていません")
    for key in (Key.Key_F2, Key.Key_F3):
        lead.press(key)
        assert lead.window.sheet is None
    lead.kiosk_answers()
    assert lead.told == []


def test_what_denies_cannot_be_accepted_as_it_stands(lead: OverDay) -> None:
    row = arrived(lead, reading(answer("2", consented())))
    lead.press(Key.Key_F1)
    assert lead.window.sheet is None
    assert now(lead, row).need is Need.RESULT
