"""The board: what a line says, which key opens it, and that it holds still while the day goes on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from kiosk.desk.board import Filter
from kiosk.desk.row import Light, Need, Next, Row
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.ledger.interface import parse_stamp
from tests.support.consoles import OverDay, over_day
from ui.staff.bars import Head
from ui.staff.board_page import ORDER, BoardPage
from ui.staff.model import Shown
from ui.staff.style import Look, Sizes
from ui.staff.table import KEYS_FOR_ROWS, Column
from ui.staff.words import LANGUAGES, Language, Words, standing, waiting
from ui.theme.fonts import Fonts
from ui.theme.palette import STANDARD

pytestmark = pytest.mark.gui
Key = Qt.Key
BEGAN = "2026-11-24T00:30:00.000Z"
NOW = parse_stamp("2026-11-24T00:35:30.000Z")


def row(number: int = 1, **changes: object) -> Row:
    values: dict[str, object] = {
        "visit": f"v{number}", "terminal": "A", "day": date(2026, 11, 24), "began": BEGAN,
        "number": f"A{number:03d}", "kana": "ﾔﾏﾀﾞ ﾀﾛｳ", "light": Light.SETTLED, "outcome": "confirmed",
        "state": "Welcome",
    }  # fmt: skip
    return Row(**(values | changes))  # type: ignore[arg-type]


def needing(number: int = 1, **changes: object) -> Row:
    values: dict[str, object] = {
        "light": Light.NEEDS_PERSON, "need": Need.EVIDENCE, "next": Next.JUDGE, "shown": Way.CERTIFICATE,
        "waits_since": BEGAN, "state": "ShowingCertificate", "outcome": None,
    }  # fmt: skip
    return row(number, **(values | changes))


def shown(*rows: Row) -> Shown:
    of = {which: tuple(rows) for which in Filter}
    of[Filter.NEEDS] = tuple(one for one in rows if one.light is Light.NEEDS_PERSON)
    return Shown(rows=of, today=date(2026, 11, 24), now=NOW)


@pytest.fixture
def board(qtbot: QtBot) -> Iterator[BoardPage]:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1366, 700)
    page = BoardPage(Look(Sizes(), STANDARD, Fonts()), Words("ja"))
    page.setParent(window)
    page.resize(1366, 700)
    window.show()
    yield page
    window.close()


def line(board: BoardPage, place: int) -> list[str]:
    model = board.table.board
    return [str(model.index(place, column).data()) for column in Column]


# ------------------------------------------------------------------------------------------------- words


def test_a_line_says_everything_in_words(board: BoardPage) -> None:
    board.show_board(shown(needing(7)), NOW)
    assert line(board, 0) == [
        "要対応", "A007", "ヤマダ タロウ", "5分", "提示中：資格確認書", "", "09:30", "A", "書類を確認する",
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_need_outcome_and_reason_stands_in_words(language: Language) -> None:
    words = Words(language)
    for need in Need:
        for reason in (None, *Reason):
            assert standing(needing(need=need, reason=reason, shown=None), words)
    for state in ("LookingUp", "ShowingPortal", "FillingDeclaration"):
        assert standing(row(light=Light.GOING_ON, state=state, outcome=None), words)
    for light in (Light.RECHECK, Light.SETTLED):
        assert standing(row(light=light, outcome="accepted_by_evidence", evidence=Way.CERTIFICATE), words)


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0秒"), (59, "59秒"), (60, "1分"), (3_600 + 125, "1時間2分")]
)
def test_waiting_is_told_in_the_largest_unit_that_says_something(seconds: int, said: str) -> None:
    since = parse_stamp(BEGAN)
    assert waiting(needing(), since + timedelta(seconds=seconds), Words("ja")) == said
    assert waiting(row(), since, Words("ja")) == ""


def test_a_clock_that_was_set_back_makes_nobody_wait_less_than_nothing() -> None:
    assert waiting(needing(), parse_stamp(BEGAN) - timedelta(hours=1), Words("ja")) == "0秒"


# -------------------------------------------------------------------------------------------------- keys


def test_the_first_visits_that_need_a_person_have_keys_and_no_others(board: BoardPage) -> None:
    rows = [needing(number) for number in range(12)] + [row(20)]
    board.show_board(shown(*rows), NOW)
    assert [board.row_of_key(key) for key in range(1, KEYS_FOR_ROWS + 1)] == rows[:KEYS_FOR_ROWS]
    assert board.table.board.key_of(rows[KEYS_FOR_ROWS]) == 0
    assert board.table.board.key_of(rows[-1]) == 0


def test_the_selected_visit_stays_selected_while_others_come_and_go(board: BoardPage) -> None:
    board.show_board(shown(row(1), row(2), row(3)), NOW)
    board.table.select(1)
    board.show_board(shown(needing(9), row(1), row(2), row(3)), NOW)
    assert board.table.selected() == row(2)
    board.show_board(shown(needing(9), row(1), row(3)), NOW)
    assert board.table.selected() == needing(9), "it is gone: the newest need is nearest"


def test_time_alone_moves_nothing(board: BoardPage) -> None:
    board.show_board(shown(needing(1), row(2)), NOW)
    board.table.select(1)
    board.let_time_pass(NOW + timedelta(minutes=1))
    assert line(board, 0)[Column.WAITING] == "6分"
    assert board.table.selected() == row(2)


def test_two_hundred_visits_are_on_the_screen_within_a_tenth_of_a_second(
    board: BoardPage, qtbot: QtBot
) -> None:
    rows = [needing(number) for number in range(20)] + [row(number) for number in range(20, 200)]
    board.show_board(shown(*rows), NOW)
    board.repaint()
    began = time.perf_counter()
    board.show_board(shown(needing(500), *rows), NOW)
    board.repaint()
    assert time.perf_counter() - began < 0.1


# ----------------------------------------------------------------------------------------------- a whole day


def test_search_finds_by_number_kana_and_time_and_escape_leads_back(lead: OverDay) -> None:
    board = lead.window.views.board
    for text, found in (
        ("b4", ["B004"]),
        ("いとう", ["A002"]),
        ("9:14", ["B006", "B005", "A006", "B004", "A005"]),
    ):
        lead.press(Key.Key_F, control=True)
        board.search.setText(text)
        assert {one.number for one in board.table.board.rows} >= set(found), text
    board.search.setText("ここにいない人")
    assert lead.reads("当てはまる受付はありません")
    lead.press(Key.Key_Escape)
    assert board.search.text() == ""
    assert len(board.table.board.rows) == 17


def test_arrows_and_enter_open_any_visit(lead: OverDay) -> None:
    for _ in range(4):
        lead.press(Key.Key_Down)
    wanted = lead.window.views.board.table.selected()
    assert wanted is not None
    lead.press(Key.Key_Return)
    lead.sees("detail_page")
    assert lead.window.views.detail.visit == wanted.visit


@pytest.mark.parametrize(
    ("key", "lights"),
    [
        (Key.Key_1, {Light.NEEDS_PERSON}),
        (Key.Key_2, {Light.GOING_ON}),
        (Key.Key_3, {Light.RECHECK}),
        (Key.Key_4, {Light.SETTLED}),
        (Key.Key_5, set(Light)),
    ],
)
def test_each_part_of_the_day_has_its_key(lead: OverDay, key: Qt.Key, lights: set[Light]) -> None:
    lead.press(key, control=True)
    assert {one.light for one in lead.window.views.board.table.board.rows} == lights


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_of_keys_tells_them_in_that_order(language: Language) -> None:
    words = Words(language)
    order = words.listed(words(f"desk.filter.{one}") for one in ORDER)
    assert order.casefold() in words("desk.keys.filters").casefold()


def test_a_day_on_which_nobody_came_says_so(qtbot: QtBot) -> None:
    with over_day(qtbot, came=()) as nobody:
        nobody.enter_as_lead()
        assert nobody.reads("今日の受付はまだありません")
        nobody.press(Key.Key_1, control=True)
        assert nobody.reads("今日の受付はまだありません")


def test_a_new_call_is_heard_once_and_told_in_the_foot(lead: OverDay) -> None:
    from ui.cli.simulated_day import Came

    heard: list[int] = []
    object.__setattr__(lead.window._parts, "call", lambda: heard.append(1))
    lead.scene.day.play([Came("09:40", "answer_several", "E", "several", "WaitingForStaff")])
    lead.scene.model.tick()
    lead.scene.model.tick()
    assert heard == [1]
    assert lead.message.startswith("新しい呼び出し：フクダ チヒロ")
    assert lead.reads("4件の対応待ち")
    assert lead.window.windowTitle().startswith("(4)")


def test_the_head_names_the_kiosks_whose_tickets_do_not_come_out(qtbot: QtBot) -> None:
    head = Head(Look(Sizes(), STANDARD, Fonts()), Words("ja"), "見本診療所", "A", simulated=False)
    qtbot.addWidget(head)
    head.show_board(replace(shown(), ticketless=("A", "C")))
    assert head.tickets.isVisibleTo(head)
    assert head.tickets.text() == "受付票が出ません：端末A・C"
    head.show_board(shown())
    assert not head.tickets.isVisibleTo(head)
