"""The facility's own patients taken from a CSV file at the console, by keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from kiosk.accounts.facts import AuditFact, What
from kiosk.accounts.records import Account
from kiosk.accounts.roles import Role
from kiosk.patients.errors import FileFull
from tests.support.consoles import OverDay, over_day
from tests.support.patients import individual_number
from ui.cli.staff_pictures import PERSON
from ui.cli.staff_pictures import WORD as PICTURES_WORD

pytestmark = pytest.mark.gui
Key = Qt.Key
HEADER = "患者番号,カナ氏名,生年月日,氏名\n"
GOOD = HEADER + "9001,ﾐﾎﾝ ｲﾁﾛｳ,1985-04-01,見本　一郎\n9002,ﾐﾎﾝ ﾌﾐ,昭和60年4月2日,見本　文\n"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "patients.csv"
    path.write_text(text, encoding="cp932")
    return path


def look_at(desk: OverDay, path: Path) -> None:
    desk.press(Key.Key_P, control=True)
    desk.asked()
    desk.types("file", str(path))
    desk.press(Key.Key_Return)


def kept(desk: OverDay) -> list[AuditFact]:
    facts: list[AuditFact] = []
    desk.scene.guard.tell = facts.append
    return facts


def test_a_file_is_looked_at_first_and_taken_by_a_second_enter(lead: OverDay, tmp_path: Path) -> None:
    before, facts = lead.scene.day.patients.count(), kept(lead)
    look_at(lead, written(tmp_path, GOOD))
    assert lead.reads("新しい患者 2人・変わる患者 0人・同じ患者 0人")
    assert lead.scene.day.patients.count() == before
    lead.press(Key.Key_Return)
    assert "取り込みました" in lead.message
    assert lead.scene.day.patients.count() == before + 2
    assert [(fact.what, fact.name, fact.about) for fact in facts] == [
        (What.PATIENTS_IMPORTED, PERSON, "2 new, 0 changed, 0 unchanged")
    ]


def test_escape_after_the_look_takes_nothing(lead: OverDay, tmp_path: Path) -> None:
    before, facts = lead.scene.day.patients.count(), kept(lead)
    look_at(lead, written(tmp_path, GOOD))
    lead.press(Key.Key_Escape)
    assert lead.scene.day.patients.count() == before
    assert facts == []


def test_a_file_that_is_not_taken_says_where_and_why_and_repeats_nothing(
    lead: OverDay, tmp_path: Path
) -> None:
    number = individual_number()
    before = lead.scene.day.patients.count()
    wrong = HEADER + f"9001,ﾐﾎﾝ ｲﾁﾛｳ,1985-04-31,見本\n9002,ﾐﾎﾝ ﾌﾐ,1985-04-01,{number}\n"
    look_at(lead, written(tmp_path, wrong))
    assert lead.window.sheet is not None
    assert lead.reads("取り込めません。何も変えていません。")
    assert lead.reads("2行目 生年月日：1985-04-01、19850401、昭和60年4月1日のように")
    assert lead.reads("3行目 氏名：マイナンバーが書かれています。")
    assert not lead.reads(number)
    assert not lead.reads("ﾐﾎﾝ")
    assert lead.scene.day.patients.count() == before


def test_what_is_doubtful_is_named_before_it_is_taken(lead: OverDay, tmp_path: Path) -> None:
    text = "患者番号,カナ氏名,生年月日,保険者番号\n9001,ﾐﾎﾝ ｲﾁﾛｳ,1985-04-01,01130013\n"
    look_at(lead, written(tmp_path, text))
    assert lead.reads("2行目 保険者番号：保険者番号の検証番号が合いません。")


def test_no_file_is_told_and_the_question_stays(lead: OverDay, tmp_path: Path) -> None:
    look_at(lead, tmp_path / "nowhere.csv")
    assert lead.reads("読めるCSVファイルを選んでください。")
    assert lead.window.sheet is not None


def test_a_file_of_patients_that_takes_nothing_is_told_with_its_remedy(
    lead: OverDay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    importing = lead.window.views.importing
    assert importing is not None

    def full(_path: Path, *, dry_run: bool) -> None:
        raise FileFull

    monkeypatch.setattr(importing, "_take", full)
    look_at(lead, written(tmp_path, GOOD))
    assert "患者のファイルを使えません（full）" in lead.message


@pytest.mark.parametrize(
    ("role", "may"),
    [(Role.RECEPTION, False), (Role.LEAD, True), (Role.ADMINISTRATOR, True), (Role.AUDITOR, False)],
)
def test_who_may_not_import_is_not_even_asked_for_a_file(qtbot: QtBot, role: Role, may: bool) -> None:
    with over_day(qtbot, role=role) as desk:
        desk.sign_in(PERSON, PICTURES_WORD)
        desk.until(lambda: desk.page not in ("sign_in_page", "starting"))
        desk.press(Key.Key_P, control=True)
        assert (desk.window.sheet is not None) is may
        assert ("権限がありません" in desk.message) is not may


def test_the_right_is_asked_for_again_when_the_file_is_read(lead: OverDay, tmp_path: Path) -> None:
    before = lead.scene.day.patients.count()
    lead.press(Key.Key_P, control=True)
    lead.asked()
    lead.types("file", str(written(tmp_path, GOOD)))
    with lead.scene.means.file.transaction() as records:
        found = records.get(Account, PERSON)
        assert found is not None
        records.put(replace(found, role=Role.RECEPTION))
    lead.press(Key.Key_Return)
    assert lead.window.sheet is None
    assert "権限がありません" in lead.message
    assert lead.scene.day.patients.count() == before
