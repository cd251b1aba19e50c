"""Names: never whole on the patient's screen, never a reason to fail."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.documents.font_coverage import FontFault, characters, runs, shipped_characters
from kiosk.documents.fonts import fonts_dir
from kiosk.wording import glyphs
from kiosk.wording.dates import day_markup, era_year, other_year_markup
from kiosk.wording.glyphs import GETA, can_show, safe_text
from kiosk.wording.names import masked_kana


@pytest.mark.parametrize(
    ("received", "shown"),
    [
        ("ヤマダ　タロウ", "ヤマダ タ＊＊"),
        ("ﾔﾏﾀﾞ ﾀﾛｳ", "ヤマダ タ＊＊"),
        ("  ヤマダ   タロウ ", "ヤマダ タ＊＊"),
        ("ｲ ｽﾝﾋ", "イ ス＊＊"),
        ("ヤマダ リ", "ヤマダ ＊"),
        ("タロウ", "タ＊＊"),
        ("ア", "＊"),
        ("SMITH JOHN MICHAEL", "SMITH J＊＊＊ M＊＊＊＊＊＊"),
        ("ＳＭＩＴＨ　ＪＯＨＮ", "SMITH J＊＊＊"),
        ("ヤマ● ●ロウ", "ヤマ● ●＊＊"),
        ("ヤマ\ue000 \ue001ロウ", "ヤマ〓 〓＊＊"),
        ("カ\u3099ン ハ\u309aク", "ガン パ＊"),
        ("", ""),
        ("　", ""),
    ],
)
def test_a_masked_name_shows_the_family_name_and_one_letter(received: str, shown: str) -> None:
    assert masked_kana(received) == shown


@given(
    st.lists(
        st.text(st.sampled_from("アイウエオカキク\u3099ABCー"), min_size=2, max_size=8),
        min_size=1,
        max_size=4,
    )
)
def test_a_given_name_is_never_whole(words: list[str]) -> None:
    masked = masked_kana(" ".join(words)).split(" ")
    assert len(masked) == len(words)
    given_names = masked if len(masked) == 1 else masked[1:]
    assert all("＊" in word for word in given_names)


@given(st.text())
def test_whatever_is_received_only_what_can_be_shown_comes_out(text: str) -> None:
    shown = safe_text(text).text
    assert all(can_show(character) for character in shown)
    assert safe_text(shown).text == shown
    assert all(can_show(character) for character in masked_kana(text))


@pytest.mark.parametrize(
    "name", ["髙橋 﨑濵邉德", "𠮷田 槗", "渡邊 齋藤", "隆", "●田", "Zoë Müller", "山田〓", "김민수"]
)
def test_a_name_that_the_fonts_hold_stays_exactly_as_received(name: str) -> None:
    assert safe_text(name) == glyphs.SafeText(name, True)


@pytest.mark.parametrize(
    ("received", "shown", "complete"),
    [
        ("山\ue000田", "山〓田", False),
        ("山\U000f0001田", "山〓田", False),
        ("\U00032000", "〓", False),
        ("葛\U000e0100城", "葛城", True),
        ("か\u3099く", "がく", True),
        ("Zoe\u0308", "Zoë", True),
        ("山\u202e田\u0000", "山田", True),
        ("山田\r\n太郎", "山田  太郎", True),
        ("〓\ue000", "〓〓", False),
    ],
)
def test_what_no_font_holds_becomes_a_geta_and_is_told(received: str, shown: str, complete: bool) -> None:
    assert safe_text(received) == glyphs.SafeText(shown, complete)


def test_the_table_of_glyphs_is_that_of_the_shipped_fonts() -> None:
    table = json.loads((Path(glyphs.__file__).parent / "glyphs.json").read_text(encoding="ascii"))
    assert [tuple(run) for run in table] == runs(shipped_characters(fonts_dir())), (
        "the fonts changed: run python -m kiosk.documents.font_coverage"
    )
    assert can_show(GETA)


@pytest.mark.gui
@pytest.mark.usefixtures("offscreen", "qapp")
def test_our_reading_of_a_font_is_that_of_qt() -> None:
    from PySide6.QtGui import QRawFont

    for name in ("BIZUDPGothic-Bold.ttf", "NotoSansCJK-Regular.ttc"):
        font = QRawFont(str(fonts_dir() / name), 12)
        ours = characters(fonts_dir() / name)
        for point in [*range(0x20, 0x3400, 7), *range(0x3400, 0xD800, 31), *range(0xE000, 0x32000, 61)]:
            assert font.supportsCharacter(point) == (point in ours), f"{name} U+{point:04X}"


@pytest.fixture(scope="session")
def offscreen() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 and so on, no font", b"\0\1\0\0\0\1" + b"\0" * 40])
def test_a_file_that_is_no_font_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.ttf").write_bytes(content)
    with pytest.raises(FontFault):
        characters(tmp_path / "x.ttf")


@pytest.mark.parametrize(
    ("day", "year"),
    [
        ("2026-02-10", "令和8年"), ("2019-05-01", "令和元年"), ("2019-04-30", "平成31年"), ("1989-01-08", "平成元年"),
        ("1989-01-07", "昭和64年"), ("1926-12-25", "昭和元年"), ("1926-12-24", "大正15年"), ("1912-07-30", "大正元年"),
        ("1912-07-29", "明治45年"), ("1873-01-01", "明治6年"), ("1868-01-24", "1868年"),
    ],
)  # fmt: skip
def test_an_era_begins_on_its_day(day: str, year: str) -> None:
    assert era_year(date.fromisoformat(day)) == year


def test_a_day_is_written_as_each_language_writes_it() -> None:
    day = date(2026, 2, 10)
    assert day_markup(day, "ja") == "令和8年2月10日"
    assert day_markup(day, "ja-easy") == "2026｛年｜ねん｝ 2｛月｜がつ｝ ｛10日｜とおか｝"
    assert day_markup(day, "en") == "10 February 2026"
    assert [other_year_markup(day, tag) for tag in ("ja", "ja-easy", "en")] == [
        "2026年", "｛令和｜れいわ｝8｛年｜ねん｝", "令和8年",
    ]  # fmt: skip
    assert other_year_markup(date(2019, 5, 1), "ja-easy") == "｛令和｜れいわ｝1｛年｜ねん｝"
