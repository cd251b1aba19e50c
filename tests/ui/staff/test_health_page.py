"""The health page shows what ``diagnose`` finds, worst first, and says what to do in the console's language."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest
from pytestqt.qtbot import QtBot

from kiosk.wording.catalogues import catalogue
from ui.diagnosis import diagnose
from ui.diagnosis.finding import Advice, advised, fault, ok
from ui.settings import Handoff, HubPart, Receiver, Settings
from ui.staff.health import Health
from ui.staff.health_page import HealthPage
from ui.staff.lane import HereLane
from ui.staff.style import Look, Sizes
from ui.staff.words import LANGUAGES, Language, Words
from ui.theme.fonts import Fonts
from ui.theme.palette import STANDARD


def page(qtbot: QtBot, language: Language = "ja") -> HealthPage:
    unused: Any = None
    page = HealthPage(Look(Sizes(), STANDARD, Fonts()), Words(language), unused, HereLane(), unused, unused)
    qtbot.addWidget(page)
    return page


def rows(page: HealthPage) -> list[list[str]]:
    table = page.findings
    return [
        [item.text() if (item := table.item(row, place)) else "" for place in range(table.columnCount())]
        for row in range(table.rowCount())
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("advice", get_args(Advice))
def test_a_remedy_that_the_catalogues_have_is_said_in_the_console_s_language(
    qtbot: QtBot, language: Language, advice: Advice
) -> None:
    shown = page(qtbot, language)
    shown.show_health(Health((advised("hub", "warning", "x", advice),), (), ""))
    assert rows(shown)[0][3] == catalogue(language).sentence(f"desk.advice.{advice}").plain


def test_the_command_says_the_same_in_english() -> None:
    finding = advised("hub", "fault", "x", "hub_away")
    assert finding.remedy == catalogue("en").sentence("desk.advice.hub_away").plain


def test_the_worst_stands_first_and_a_remedy_without_a_translation_stays(qtbot: QtBot) -> None:
    shown = page(qtbot)
    shown.show_health(Health((ok("disk", "free"), fault("reader", "none", "Connect one.")), (), ""))
    assert [row[1:] for row in rows(shown)] == [
        ["カードリーダー", "none", "Connect one."],
        ["ディスク", "free", ""],
    ]


def test_receivers_and_hub_are_among_the_rows(qtbot: QtBot, tmp_path: Path) -> None:
    receiver = Receiver(name="chart", format="csv", folder=tmp_path / "nowhere")
    away = HubPart(host=str(tmp_path), public_key="uketsuke-hub+" + "A" * 43 + "=")
    settings = Settings(data=tmp_path, handoff=Handoff(receivers=(receiver,)), hub=away)
    shown = page(qtbot)
    shown.show_health(Health(diagnose(settings), (), ""))
    told = {(row[0], row[1], row[3]) for row in rows(shown)}
    words = Words("ja")
    assert ("✗ 異常", "連携先", words("desk.advice.receiver_folder")) in told
    assert ("! 注意", "ハブ", words("desk.advice.hub_away")) in told
