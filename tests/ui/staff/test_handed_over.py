"""Deliveries at the console: seen in the board and in a visit, tried again and settled by hand with keys alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from kiosk.accounts.roles import Action, Role
from kiosk.desk.board import Filter
from kiosk.desk.deliveries import Handed
from kiosk.desk.row import Need, Row
from kiosk.handoff.carrier import Outcome, Refused
from kiosk.handoff.queue_json import QueueJson
from kiosk.handoff.receiver import Receiver
from tests.support.consoles import Moody, OverDay, over_day, receivers
from ui.cli.simulated_day import Came
from ui.cli.staff_pictures import PERSON, WORD
from ui.staff.table import Column

pytestmark = pytest.mark.gui
Key = Qt.Key


@pytest.fixture
def chart() -> Moody:
    return Moody()


@pytest.fixture
def lead(qtbot: QtBot, chart: Moody) -> Iterator[OverDay]:
    with over_day(qtbot, receivers=receivers(chart)) as lead:
        lead.enter_as_lead()
        yield lead


def not_handed_over(lead: OverDay) -> list[Row]:
    return [row for row in lead.scene.desk.rows(Filter.NEEDS) if row.need is Need.NOT_HANDED_OVER]


def open_first(lead: OverDay) -> Row:
    """By the key that stands on its line."""
    row = not_handed_over(lead)[0]
    place = lead.scene.desk.rows(Filter.NEEDS).index(row)
    lead.press(Key(Key.Key_F1 + place))
    lead.sees("detail_page")
    return row


def row_of(lead: OverDay, row: Row) -> Row:
    found = lead.scene.desk.row(row.visit)
    assert found is not None
    return found


# -------------------------------------------------------------------------------------------- what is seen


def test_the_board_tells_in_words_how_far_each_visit_has_come(lead: OverDay) -> None:
    model = lead.window.views.board.table.board
    told = {str(model.index(place, Column.HANDED).data()) for place in range(model.rowCount())}
    assert told == {"", "要対応", "送信待ち", "済み"}
    assert not lead.window.views.board.table.isColumnHidden(Column.HANDED)
    assert lead.reads("連携先に渡せていません（chart）")


def test_where_nothing_is_handed_over_there_is_no_such_column(qtbot: QtBot) -> None:
    with over_day(qtbot) as lead:
        lead.enter_as_lead()
        assert lead.window.views.board.table.isColumnHidden(Column.HANDED)


def test_a_visit_lists_every_receiver_with_its_trouble_and_what_helps(lead: OverDay) -> None:
    open_first(lead)
    assert lead.reads("chart：要対応（09:34から）")
    assert lead.reads("連携先から返事がありません。連携先のパソコンとネットワークを確かめてください。")
    assert lead.reads("receipt：済み（")
    assert lead.reads("連携先に渡せず、送信待ち：連携先から返事がありません")


# -------------------------------------------------------------------------------------- what is done


def test_two_keys_hand_it_over_again_and_it_is_there_once(lead: OverDay, chart: Moody) -> None:
    row = open_first(lead)
    chart.well = True
    before = len(chart.shelf.kept)
    lead.press(Key.Key_F6)
    lead.asked()
    lead.press(Key.Key_Return)
    assert [told.what for told in lead.told] == ["sent"]
    lead.kiosk_answers()
    assert [told.what for told in lead.told] == ["sent", "accepted"]
    assert "もう一度渡す" in lead.message
    assert "患者の画面" not in lead.message
    assert (row_of(lead, row).need, row_of(lead, row).handed) == (None, Handed.DONE)
    assert len(chart.shelf.kept) > before
    assert len(chart.shelf.arrived) == len(chart.shelf.kept)
    assert lead.reads("連携先にもう一度渡すよう指示")


def test_all_visits_that_a_receiver_lacks_are_handed_over_at_once(lead: OverDay, chart: Moody) -> None:
    open_first(lead)
    chart.well = True
    assert len(not_handed_over(lead)) > 3
    lead.press(Key.Key_F6)
    lead.asked()
    lead.press(Key.Key_Space)
    lead.press(Key.Key_Return)
    lead.kiosk_answers()
    assert not_handed_over(lead) == []
    assert len(chart.shelf.arrived) == len(chart.shelf.kept)


def test_told_by_hand_needs_how_and_is_undone_by_handing_it_over(lead: OverDay, chart: Moody) -> None:
    row = open_first(lead)
    lead.press(Key.Key_F5)
    lead.asked()
    lead.press(Key.Key_Return)
    assert lead.reads("内容を書いてください")
    lead.types("why", "電話で伝えた")
    lead.press(Key.Key_Return)
    lead.kiosk_answers()
    assert (row_of(lead, row).need, row_of(lead, row).handed) == (None, Handed.BY_HAND)
    assert lead.reads("suzukiさん「電話で伝えた」")
    assert lead.reads("連携先に手で伝えた")
    chart.well = True
    lead.press(Key.Key_F10)
    lead.asked()
    lead.press(Key.Key_Return)
    lead.kiosk_answers()
    assert row_of(lead, row).handed is Handed.DONE
    assert lead.told[-1].what == "accepted"


def test_who_comes_second_is_told(lead: OverDay) -> None:
    row = open_first(lead)
    lead.press(Key.Key_F6)
    lead.asked()
    lead.scene.desk.hand_over(row.visit, "chart", "by_hand", "tanaka", why="typed")
    lead.press(Key.Key_Return)
    lead.kiosk_answers()
    assert lead.told[-1].what == "not_accepted"
    assert "ほかの人が先に対応しています" in lead.message


def test_what_only_waits_is_tried_again_under_more(lead: OverDay, chart: Moody) -> None:
    waiting = next(row for row in lead.scene.desk.rows(Filter.DONE) if row.handed is Handed.WAITING)
    lead.window.open(waiting.visit)
    chart.well = True
    lead.press(Key.Key_F9)
    lead.asked()
    lead.press(Key.Key_8)
    lead.press(Key.Key_Return)
    lead.asked()
    lead.press(Key.Key_Return)
    lead.kiosk_answers()
    assert row_of(lead, waiting).handed is Handed.DONE


def test_what_is_handed_over_cannot_be_handed_over_again(lead: OverDay) -> None:
    done = next(row for row in lead.scene.desk.rows(Filter.DONE) if row.handed is Handed.DONE)
    lead.window.open(done.visit)
    lead.press(Key.Key_F9)
    lead.asked()
    lead.press(Key.Key_8)
    lead.press(Key.Key_Return)
    assert "渡せていない連携先はありません" in lead.message


class Shut:
    """Lets nobody in."""

    def deliver(self, *_parcel: object) -> Outcome:
        return Refused("http_401")

    def close(self) -> None:
        pass


def test_of_several_receivers_somebody_says_which(qtbot: QtBot) -> None:
    both = [
        Receiver(name=name, form=QueueJson(), carrier=Shut(), takes_simulated=True)
        for name in ("chart", "queue")
    ]
    came = (Came("08:34", "main", "A", "yamada"),)
    with over_day(qtbot, receivers=both, came=came) as lead:
        lead.enter_as_lead()
        row = open_first(lead)
        assert lead.reads("連携先に渡せていません（chart・queue）")
        lead.press(Key.Key_F5)
        lead.asked()
        lead.press(Key.Key_2)
        lead.types("why", "手で入力")
        lead.press(Key.Key_Return)
        lead.kiosk_answers()
        assert row_of(lead, row).not_handed_to == ("chart",)


def test_whose_role_lacks_it_is_told_so(qtbot: QtBot, chart: Moody) -> None:
    with over_day(qtbot, receivers=receivers(chart), role=Role.AUDITOR) as auditor:
        auditor.sign_in(PERSON, WORD)
        visit = not_handed_over(auditor)[0].visit
        auditor.scene.model.act(
            "hand_over",
            Action.RETRY_HANDOFF,
            visit,
            lambda desk, name: desk.hand_over(visit, "chart", "again", name),
        )
        assert [told.what for told in auditor.told] == ["denied"]
        auditor.kiosk_answers()
        assert row_of(auditor, not_handed_over(auditor)[0]).handed is Handed.NEEDS_PERSON
