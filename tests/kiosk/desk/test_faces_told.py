"""By whose word a face was compared: in the day's figures, and on paper."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from kiosk.desk.report import DailyReport, Faces, daily_report
from kiosk.desk.report_tables import paper_of
from kiosk.ledger import MemoryLedger, MemoryStore, Options
from simulator.playing.player import FAST, ledger_options, play
from simulator.scenarios import load
from tests.support.visits import DAY


def report_of(*scenarios: str) -> DailyReport:
    """Of a day on which these came."""
    store = MemoryStore()
    making = replace(
        FAST, ledger=lambda scenario, world: MemoryLedger(ledger_options(scenario, world), store)
    )
    for name in scenarios:
        play(load(name), making)
    return daily_report(MemoryLedger(Options(process="reader"), store).entries(), DAY)


@pytest.mark.parametrize(
    ("scenario", "faces"),
    [
        ("face_aid_confirms", (Faces("aid", "aid", "same", 1),)),
        ("face_aid_doubts", (Faces("aid", "aid", "doubted", 1),)),
        ("face", (Faces("simulator", "verify", "same", 1),)),
        ("face_authorised", (Faces("authorised", "verify", "same", 1),)),
        ("certified_reader", (Faces("certified", "verify", "same", 1),)),
        ("face_switched_to_pin", ()),
        ("main", ()),
    ],
)
def test_a_compared_face_is_counted_by_whose_word_it_was(scenario: str, faces: tuple[Faces, ...]) -> None:
    assert report_of(scenario).faces == faces


def test_visits_are_counted_and_not_tries() -> None:
    """Three tries of one person are one visit whose face was doubted."""
    report = report_of("face_aid_doubts", "face_aid_doubts", "face_aid_confirms")
    assert report.faces == (Faces("aid", "aid", "doubted", 2), Faces("aid", "aid", "same", 1))


def test_the_paper_says_whose_word_it_was_and_that_a_help_is_no_verification() -> None:
    paper = paper_of(report_of("face_aid_confirms", "face"), "見本診療所", DAY + timedelta(days=1))
    (table,) = (one for one in paper.tables if one.title == "顔の照合と、だれの判定か")
    assert table.rows == (
        ("この端末のカメラ（補助）・参考・同じ人", "1"),
        ("模擬（シミュレーター）・本人確認・同じ人", "1"),
    )
    assert "本人確認になりません" in table.note
