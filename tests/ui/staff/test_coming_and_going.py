"""Who may see anything: the first account, signing in, second factors, locking, changing over, roles, broken glass."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from kiosk.accounts.plugged_key import PluggedKey
from kiosk.accounts.records import Account, Totp
from kiosk.accounts.roles import Action, Role
from tests.support.consoles import OverDay, over_day
from tests.support.screens import settle
from tests.support.soft_key import SoftKey
from ui.cli.staff_pictures import DISPLAY, PERSON, WORD, hire

pytestmark = pytest.mark.gui
Key = Qt.Key
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
OTHER_WORD = "leaf window copper rain"
PATIENTS = ("フクダ チヒロ", "ヤマダ タロウ", "福田")


def account(desk: OverDay, name: str) -> Account:
    with desk.scene.means.file.transaction() as records:
        found = records.get(Account, name)
    assert found is not None
    return found


def passes(desk: OverDay, **time: float) -> None:
    """So much time, and the console's own look at the clock."""
    desk.scene.day.world.advance(round(timedelta(**time).total_seconds() * 1000))
    desk.window._every_second()


def code(desk: OverDay) -> str:
    return pyotp.TOTP(SECRET).at(desk.scene.day.world.utc())


def names_nobody(desk: OverDay) -> bool:
    return not any(patient in text for text in desk.texts() for patient in PATIENTS)


# ---------------------------------------------------------------------------------------- the first account


def test_a_new_console_has_no_password_and_makes_its_first_administrator(qtbot: QtBot) -> None:
    with over_day(qtbot, role=None) as desk:
        assert desk.page == "first_page"
        desk.enter("sato")
        desk.enter("Sato")
        desk.enter("kusunoki")
        desk.enter("kusunoki")
        assert desk.reads("短すぎます")
        desk.enter(OTHER_WORD)
        desk.enter("another one of these")
        assert desk.reads("2つのパスワードが違います")
        desk.enter(OTHER_WORD)
        desk.enter(OTHER_WORD)
        desk.sees("sign_in_page")
        assert account(desk, "sato").role is Role.ADMINISTRATOR
        desk.sign_in("sato", OTHER_WORD)
        desk.sees("accounts_page")


def test_the_administrator_adds_a_receptionist_who_must_choose_a_password(qtbot: QtBot) -> None:
    with over_day(qtbot, role=Role.ADMINISTRATOR) as desk:
        desk.sign_in(PERSON, WORD)
        desk.sees("accounts_page")
        desk.press(Key.Key_F1)
        desk.asked()
        desk.types("name", "tanaka")
        desk.types("display", "田中")
        desk.types("password", "first word of today")
        desk.press(Key.Key_Return)
        desk.until(lambda: desk.window.sheet is None)
        assert account(desk, "tanaka").role is Role.RECEPTION
        desk.press(Key.Key_Q, control=True)
        desk.sign_in("tanaka", "first word of today")
        desk.sees("own_page")
        assert desk.reads("新しいパスワードに変えてください")
        desk.press(Key.Key_Escape)
        assert desk.page == "own_page", "there is no way around it"
        desk.press(Key.Key_F1)
        desk.asked()
        desk.enter("first word of today")
        desk.until(lambda: desk.window.sheet is not None and "new" in desk.window.sheet._inputs)
        desk.types("new", OTHER_WORD)
        desk.types("again", OTHER_WORD)
        desk.press(Key.Key_Return)
        desk.until(lambda: desk.window.sheet is None)
        desk.window._every_second()
        desk.press(Key.Key_Escape)
        desk.sees("board_page")


# -------------------------------------------------------------------------------------------- signing in


def test_before_signing_in_nothing_of_any_patient_is_shown_but_how_many_wait(desk: OverDay) -> None:
    desk.sees("sign_in_page")
    assert names_nobody(desk)
    assert desk.reads("3件の対応待ち")


def test_a_wrong_password_says_neither_what_was_wrong_nor_keeps_anything_typed(desk: OverDay) -> None:
    for name in (PERSON, "nobody"):
        desk.window.views.sign_in.begin()
        desk.scene.day.world.advance(60_000)
        desk.sign_in(name, "not this one at all")
        assert desk.page == "sign_in_page"
        assert desk.reads("入力が合いません")
        assert desk.window.views.sign_in.password.text() == ""


def test_who_guesses_waits_longer_and_longer(desk: OverDay) -> None:
    desk.sign_in(PERSON, "not this one at all")
    for _ in range(4):
        desk.scene.day.world.advance(60_000)
        desk.enter("not this one at all")
    assert desk.reads("16秒後にもう一度")
    desk.enter(WORD)
    assert desk.page == "sign_in_page", "the right one counts for nothing while one has to wait"
    desk.scene.day.world.advance(20_000)
    desk.enter(WORD)
    desk.sees("board_page")


def test_the_second_factor_is_asked_for_and_a_wrong_code_opens_nothing(desk: OverDay) -> None:
    hire(desk.scene.means, "mori", "森", Role.RECEPTION, Totp(secret=SECRET))
    desk.sign_in("mori", WORD)
    assert desk.reads("6けたの数字")
    desk.enter("000000")
    assert desk.page == "sign_in_page"
    assert desk.reads("入力が合いません")
    desk.scene.day.world.advance(61_000)
    desk.enter(code(desk))
    desk.sees("board_page")


def test_an_authenticator_app_is_set_up_by_its_code(lead: OverDay) -> None:
    lead.press(Key.Key_O, control=True)
    lead.sees("own_page")
    lead.press(Key.Key_F2)
    lead.asked()
    lead.enter(WORD)
    lead.until(lambda: lead.window.sheet is not None and lead.window.sheet.question.picture is not None)
    sheet = lead.window.sheet
    assert sheet is not None
    secret = sheet.question.copied.rpartition("：")[2]
    lead.enter("000000")
    assert lead.reads("数字が合いません")
    lead.types("code", pyotp.TOTP(secret).at(lead.scene.day.world.utc()))
    lead.press(Key.Key_Return)
    lead.until(lambda: lead.window.sheet is None)
    assert account(lead, PERSON).totp is not None


def test_a_security_key_is_registered_and_then_opens_the_console_with_a_touch(qtbot: QtBot) -> None:
    with over_day(qtbot, key=PluggedKey(SoftKey().plugged)) as lead:
        lead.enter_as_lead()
        lead.press(Key.Key_O, control=True)
        lead.press(Key.Key_F4)
        lead.asked()
        lead.enter(WORD)
        lead.until(lambda: lead.window.sheet is not None and "label" in lead.window.sheet._inputs)
        lead.types("label", "青いキー")
        lead.press(Key.Key_Return)
        lead.until(lambda: lead.window.sheet is None)
        assert [one.label for one in account(lead, PERSON).keys] == ["青いキー"]
        lead.press(Key.Key_Q, control=True)
        lead.sign_in(PERSON, WORD)
        lead.sees("board_page")


def test_a_key_that_is_not_there_is_told_and_leaves_the_other_way(qtbot: QtBot) -> None:
    with over_day(qtbot) as lead:
        hire(lead.scene.means, "mori", "森", Role.RECEPTION, Totp(secret=SECRET))
        lead.sign_in("mori", WORD)
        lead.scene.day.world.advance(61_000)
        lead.enter(code(lead))
        lead.sees("board_page")
        lead.press(Key.Key_O, control=True)
        lead.press(Key.Key_F4)
        lead.asked()
        lead.enter(WORD)
        lead.until(lambda: lead.window.sheet is not None and "label" in lead.window.sheet._inputs)
        lead.types("label", "青いキー")
        lead.press(Key.Key_Return)
        assert lead.reads("セキュリティキーを差してください")
        assert account(lead, "mori").keys == ()


# ---------------------------------------------------------------------------------------------- locking


def test_locking_takes_every_patient_from_the_window_at_once(lead: OverDay) -> None:
    lead.open("WaitingForStaff")
    assert not names_nobody(lead)
    lead.press(Key.Key_L, control=True)
    assert lead.page == "sign_in_page"
    assert names_nobody(lead)
    assert lead.message == ""
    assert lead.reads(f"{DISPLAY}さんのロックを解除")


def test_a_console_that_nobody_touches_locks_itself_and_goes_on_with_the_password_alone(
    lead: OverDay,
) -> None:
    lead.open("WaitingForStaff")
    passes(lead, seconds=1)
    passes(lead, minutes=4, seconds=50)
    assert lead.page == "detail_page"
    passes(lead, seconds=30)
    assert lead.page == "sign_in_page"
    assert lead.reads("操作がなかったため")
    assert names_nobody(lead)
    lead.enter(WORD)
    lead.sees("board_page")


def test_who_touches_a_key_stays(lead: OverDay) -> None:
    for _ in range(4):
        passes(lead, minutes=4)
        lead.press(Key.Key_Down)
        passes(lead, seconds=1)
    assert lead.page == "board_page"


def test_a_question_that_stands_open_goes_with_the_lock(lead: OverDay) -> None:
    lead.open("ShowingNotice")
    lead.press(Key.Key_F7)
    lead.asked()
    lead.types("text", "福田さんの件")
    passes(lead, minutes=6)
    assert lead.page == "sign_in_page"
    assert lead.window.sheet is None
    assert names_nobody(lead)


def test_somebody_else_signs_in_beside_the_locked_one_with_one_key_and_a_password(lead: OverDay) -> None:
    hire(lead.scene.means, "mori", "森", Role.RECEPTION)
    lead.press(Key.Key_U, control=True)
    lead.press(Key.Key_Escape)
    lead.sign_in("mori", WORD)
    lead.sees("board_page")
    assert lead.reads("森（受付）")
    lead.press(Key.Key_U, control=True)
    settle()
    buttons = lead.window.views.sign_in.findChildren(QPushButton)
    keys = [one.text() for one in buttons if one.text().startswith("F") and one.isVisibleTo(lead.window)]
    assert keys == ["F1  森（ロック中）", "F2  鈴木（ロック中）"]
    lead.press(Key.Key_F2)
    lead.enter(WORD)
    lead.sees("board_page")
    assert lead.reads("鈴木（受付責任者）")


def test_the_screen_is_cleared_with_one_key_and_comes_back_with_one(lead: OverDay) -> None:
    lead.open("WaitingForStaff")
    lead.press(Key.Key_B, control=True)
    assert lead.page == "curtain"
    assert names_nobody(lead)
    assert lead.reads("3件の対応待ち")
    lead.press(Key.Key_F1)
    assert lead.page == "curtain"
    lead.press(Key.Key_Escape)
    lead.sees("board_page")


def test_a_session_that_ended_elsewhere_ends_here(lead: OverDay) -> None:
    with lead.scene.means.file.transaction() as records:
        from kiosk.accounts.records import Session

        for session in records.all(Session):
            records.drop(session)
    passes(lead, seconds=1)
    assert lead.page == "sign_in_page"
    assert names_nobody(lead)


# ------------------------------------------------------------------------------------------------ roles


@pytest.mark.parametrize(
    ("role", "home"),
    [
        (Role.RECEPTION, "board_page"),
        (Role.LEAD, "board_page"),
        (Role.ADMINISTRATOR, "accounts_page"),
        (Role.AUDITOR, "health_page"),
    ],
)
def test_each_role_begins_where_it_works(qtbot: QtBot, role: Role, home: str) -> None:
    with over_day(qtbot, role=role) as desk:
        desk.sign_in(PERSON, WORD)
        desk.sees(home)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_who_keeps_machine_or_books_sees_no_patient_by_any_key(qtbot: QtBot, role: Role) -> None:
    with over_day(qtbot, role=role) as desk:
        desk.sign_in(PERSON, WORD)
        for key in range(Key.Key_A, Key.Key_Z + 1):
            if key not in (Key.Key_L, Key.Key_U, Key.Key_Q):
                desk.press(Qt.Key(key), control=True)
                desk.press(Key.Key_Escape)
        for key in range(Key.Key_F1, Key.Key_F10 + 1):
            desk.press(Qt.Key(key))
            desk.press(Key.Key_Escape)
        for key in range(Key.Key_1, Key.Key_6):
            desk.press(Qt.Key(key), control=True)
        assert desk.page not in ("board_page", "detail_page", "report_page")
        assert names_nobody(desk)


def test_a_receptionist_cannot_void_but_breaks_glass_with_a_reason_and_then_can(qtbot: QtBot) -> None:
    with over_day(qtbot, role=Role.RECEPTION) as desk:
        desk.sign_in(PERSON, WORD)
        row = desk.open("ShowingNotice")
        void(desk)
        assert "権限がありません（受付）" in desk.message
        assert "緊急アクセス" in desk.message
        desk.press(Key.Key_G, control=True)
        desk.asked()
        desk.types("why", "急ぐ")
        desk.press(Key.Key_Return)
        assert desk.reads("5字以上の理由が必要です")
        desk.types("why", "責任者が不在で、二重に受付したため")
        desk.press(Key.Key_Return)
        assert desk.window.presence.may(Action.VOID)
        assert desk.reads("緊急アクセス中：無効にする（")
        void(desk)
        desk.asked()
        desk.types("why", "二重の受付")
        desk.press(Key.Key_Return)
        found = desk.scene.desk.row(row.visit)
        assert found is not None
        assert "voided" in found.marks
        hire(desk.scene.means, "kanri", "管理", Role.ADMINISTRATOR)
        desk.press(Key.Key_Q, control=True)
        desk.sign_in("kanri", WORD)
        desk.sees("accounts_page")
        assert desk.reads("緊急アクセス（90日間に1件")
        assert desk.reads(f"{PERSON}　無効にする「責任者が不在で、二重に受付したため」")


def void(desk: OverDay) -> None:
    desk.press(Key.Key_F9)
    desk.asked()
    desk.press(Key.Key_7)
    desk.press(Key.Key_Return)
