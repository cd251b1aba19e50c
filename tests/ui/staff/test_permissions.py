"""Role × action at the console: what each key of a visit asks for, and that a refusal changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from kiosk.accounts.records import Account
from kiosk.accounts.roles import Action, Role, permits
from kiosk.desk.board import Filter
from kiosk.desk.row import Light, Mark
from tests.support.consoles import OverDay, over_day
from ui.cli.staff_pictures import PERSON
from ui.cli.staff_pictures import WORD as PICTURES_WORD
from ui.staff.deeds import PERMISSION, Deed

pytestmark = pytest.mark.gui
Key = Qt.Key
DENIED = "この操作の権限がありません。"
QUEUES = {Deed.ASK_AGAIN, Deed.NUMBERS, Deed.HAND_OVER, Deed.BY_HAND}
MAY: dict[Role, set[Deed]] = {
    Role.RECEPTION: set(Deed) - {Deed.VOID},
    Role.LEAD: set(Deed),
    Role.ADMINISTRATOR: QUEUES,
    Role.AUDITOR: set(),
}
"""Written a second time, by hand. An administrator mends queues, and opens no visit."""


@pytest.mark.parametrize("role", Role)
def test_each_role_has_these_keys_of_a_visit_and_no_others(role: Role) -> None:
    assert {deed for deed in Deed if permits(role, PERMISSION[deed])} == MAY[role]
    assert permits(role, Action.OPEN_VISIT) is (role in (Role.RECEPTION, Role.LEAD))


def test_a_receptionist_does_not_take_a_void_back_either(qtbot: QtBot) -> None:
    with over_day(qtbot, role=Role.RECEPTION) as desk:
        desk.sign_in(PERSON, PICTURES_WORD)
        desk.sees("board_page")
        row = desk.open("ShowingNotice")
        desk.scene.desk.notebook.void(row.visit, "二重の受付", "lead")
        desk.scene.model.tick()
        before = records(desk)
        desk.press(Key.Key_F10)
        desk.asked()
        desk.press(Key.Key_Return)
        assert desk.message == DENIED
        found = desk.scene.desk.row(row.visit)
        assert found is not None
        assert Mark.VOIDED in found.marks
        assert records(desk) == before


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.LEAD])
def test_what_would_be_asked_again_by_itself_is_given_up_by_a_lead_alone(qtbot: QtBot, role: Role) -> None:
    """As the table of rights says it; what only people can find out a receptionist settles."""
    with over_day(qtbot, role=role) as desk:
        desk.sign_in(PERSON, PICTURES_WORD)
        desk.sees("board_page")
        waits = next(row for row in desk.scene.desk.rows(Filter.RECHECK) if row.light is Light.RECHECK)
        desk.window.open(waits.visit)
        desk.sees("detail_page")
        before = records(desk)
        desk.press(Key.Key_F5)
        if role is Role.RECEPTION:
            assert desk.message.startswith("この操作の権限がありません")
            assert records(desk) == before
            return
        desk.asked()
        desk.press(Key.Key_Return)
        found = desk.scene.desk.row(waits.visit)
        assert found is not None
        assert found.light is Light.SETTLED


def becomes(desk: OverDay, role: Role) -> None:
    """As an administrator at another machine does it, a moment before the key."""
    with desk.scene.means.file.transaction() as accounts:
        person = accounts.get(Account, PERSON)
        assert person is not None
        accounts.put(replace(person, role=role))


def test_a_visit_is_opened_by_who_may_at_that_moment(lead: OverDay) -> None:
    before = records(lead)
    becomes(lead, Role.ADMINISTRATOR)
    lead.press(Key.Key_F1)
    assert (lead.page, lead.message) == ("board_page", DENIED)
    assert records(lead) == before
    looks = [one for one in lead.scene.desk._ledger.entries() if one.type == "VisitLookedAt"]
    assert looks == []


def test_so_are_the_day_s_figures(lead: OverDay) -> None:
    becomes(lead, Role.RECEPTION)
    lead.press(Key.Key_D, control=True)
    assert lead.message == DENIED
    assert lead.window.views.report.paper is None


@pytest.mark.parametrize("key", [Key.Key_F3, Key.Key_F4])
def test_reading_them_gives_no_right_to_take_them_away(
    lead: OverDay, tmp_path: Path, key: Qt.Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table gives both to the same people; the console keeps them apart all the same."""
    lead.press(Key.Key_D, control=True)
    lead.until(lambda: lead.window.views.report.paper is not None)
    asked: list[Action] = []
    allow = lead.scene.guard.allow

    def noted(action: Action, **about: str) -> object:
        asked.append(action)
        return allow(action, **about)

    monkeypatch.setattr(lead.scene.guard, "allow", noted)
    lead.press(key)
    lead.asked()
    lead.types("path", str(tmp_path / "report"))
    becomes(lead, Role.RECEPTION)
    lead.press(Key.Key_Return)
    assert asked == [Action.EXPORT_REPORT]
    assert list(tmp_path.iterdir()) == []


def test_accounts_are_changed_by_who_may_at_that_moment(qtbot: QtBot) -> None:
    with over_day(qtbot, role=Role.ADMINISTRATOR) as desk:
        desk.sign_in(PERSON, PICTURES_WORD)
        desk.sees("accounts_page")
        desk.press(Key.Key_F1)
        desk.asked()
        desk.types("name", "hanako")
        desk.types("display", "花子")
        word = desk.window.sheet.input("password") if desk.window.sheet is not None else None
        assert word is not None
        word.setFocus()
        desk.type("horse staple battery")
        becomes(desk, Role.RECEPTION)
        desk.press(Key.Key_Return)
        assert desk.reads(DENIED)
        assert [person.name for person in desk.scene.guard.people()] == [PERSON]


def records(desk: OverDay) -> list[str]:
    """What was written, but for looks."""
    return [one.type for one in desk.scene.desk._ledger.entries() if one.type != "VisitLookedAt"]
