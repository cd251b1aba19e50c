"""Finding a visit by what staff type (kiosk/desk/searching.py)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.coverage.kana import half_width
from kiosk.desk.row import Light, Row
from kiosk.desk.searching import search
from tests.support.visits import DAY


def row(visit: str, number: str = "", kana: str = "", began: str = "00:15", patient_number: str = "") -> Row:
    """Began at that time in UTC; nine hours more in Japan."""
    return Row(
        visit=visit, terminal="A", day=DAY, began=f"2026-11-24T{began}:30.000Z", number=number, kana=kana,
        patient_number=patient_number, light=Light.SETTLED,
    )  # fmt: skip


ROWS = (
    row("yamada", "A023", "ﾔﾏﾀﾞ ﾀﾛｳ", "00:15", "001234"),
    row("sato", "A123", "サトウ ハナコ", "01:59"),
    row("smith", "B023", "SMITH JOHN", "02:40", "23"),
    row("no number", "", "ヤマシタ", "00:20"),
)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("A23", ["yamada"]),
        ("a023", ["yamada"]),
        ("Ａ２３", ["yamada"]),
        ("23", ["yamada", "smith"]),
        ("B23", ["smith"]),
        ("1234", ["yamada"]),
        ("A1234", []),
        ("やまだ", ["yamada"]),
        ("ﾔﾏ", ["yamada", "no number"]),
        ("ヤマダタロウ", ["yamada"]),
        ("たろう", ["yamada"]),
        ("smith", ["smith"]),
        ("9:15", ["yamada", "no number"]),
        ("９：２０", ["yamada", "no number"]),
        ("9時", ["yamada", "no number"]),
        ("9時15分", ["yamada", "no number"]),
        ("10:58", ["sato"]),
        ("11:41", ["smith"]),
        ("10:30", []),
        ("24:00", []),
        ("", []),
        (" 　", []),
    ],
)
def test_what_is_typed_finds_the_visits_it_means(typed: str, found: list[str]) -> None:
    assert [one.visit for one in search(ROWS, typed)] == found


@given(st.text(max_size=20))
def test_whatever_is_typed_is_answered(typed: str) -> None:
    assert set(search(ROWS, typed)) <= set(ROWS)


@given(st.text(st.sampled_from("アイウガギパャッー"), min_size=1, max_size=8), st.data())
def test_any_part_of_a_kana_name_finds_it_in_every_width(name: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(name) - 1))
    end = data.draw(st.integers(start + 1, len(name)))
    one = row("v", kana=half_width(name))
    assert search([one], name[start:end]) == (one,)
