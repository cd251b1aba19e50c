"""What a front's lines say: all of 照合番号B or nothing, and nothing at all of the other side."""

from __future__ import annotations

from datetime import date

import pytest

from drivers.front.fields import Never, dateless, read
from drivers.front.lines import Line
from drivers.interface import CardFront
from tests.support.fronts import CODE, TODAY, line, lines

GOOD = CardFront("560520", "2034", CODE)


def test_a_whole_front_is_read() -> None:
    assert read(lines(), TODAY) == GOOD
    assert GOOD.number_b() == b"56052020346842"


@pytest.mark.parametrize(
    ("birth", "expiry", "digits"),
    [
        ("明治45年7月29日生", "2030年7月29日まで有効", "450729"),
        ("大正元年7月30日生", "2030年7月30日まで有効", "010730"),
        ("大正15年12月24日生", "2030年12月24日まで有効", "151224"),
        ("昭和元年12月25日生", "2030年12月25日まで有効", "011225"),
        ("昭和64年1月7日生", "2030年1月7日まで有効", "640107"),
        ("平成元年1月8日生", "2030年1月8日まで有効", "010108"),
        ("平成31年4月30日生", "2030年4月30日まで有効", "310430"),
        ("令和元年5月1日生", "2030年5月1日まで有効", "010501"),
        ("令和1年5月1日生", "2030年5月1日まで有効", "010501"),
        ("令和8年11月24日生", "2031年11月24日まで有効", "081124"),
        ("昭和 5年 2月 3日生", "2030年 2月 3日まで有効", "050203"),
    ],
)
def test_the_year_of_birth_is_the_eras(birth: str, expiry: str, digits: str) -> None:
    found = read(lines(birth, expiry), TODAY)
    assert isinstance(found, CardFront)
    assert found.birth == digits


@pytest.mark.parametrize(
    "birth",
    [
        "",
        "昭和56年5月20日",  # not said to be a birth
        "56年5月20日生",
        "□和56年5月20日生",
        "昭和56年5月2□日生",
        "昭和64年5月20日生",  # that era had ended
        "大正元年5月20日生",  # and that one not begun
        "平成40年5月20日生",
        "令和9年5月20日生",  # not born yet
        "昭和56年13月20日生",
        "昭和0年5月20日生",
        "昭和56年5月21日生",  # cards end on a birthday
        "昭和56年6月20日生",
    ],
)
def test_a_birth_that_cannot_be_is_not_read(birth: str) -> None:
    assert read(lines(birth), TODAY) is None


@pytest.mark.parametrize(
    "expiry",
    [
        "",
        "2034年5月20日",  # of something else
        "2034年5月20日まで",
        "34年5月20日まで有効",
        "2019年5月20日まで有効",  # before the first cards end
        "2037年5月20日まで有効",  # after the last
        "2034年5月19日まで有効",
        "12034年5月20日まで有効",
        "203□年5月20日まで有効",
    ],
)
def test_an_expiry_that_cannot_be_is_not_read(expiry: str) -> None:
    assert read(lines(expiry=expiry), TODAY) is None


def test_a_card_lasts_to_the_fifth_birthday_at_least() -> None:
    assert read(lines("令和8年1月2日生", "2030年1月2日まで有効"), TODAY) is None
    assert isinstance(read(lines("令和8年1月2日生", "2031年1月2日まで有効"), TODAY), CardFront)


@pytest.mark.parametrize(
    ("day", "read_"), [("2月28日", True), ("2月29日", True), ("3月1日", True), ("3月2日", False)]
)
def test_nobody_says_on_which_day_a_card_of_29_february_ends(day: str, read_: bool) -> None:
    year = 2032 if "29" in day else 2033
    found = read(lines("昭和55年2月29日生", f"{year}年{day}まで有効"), TODAY)
    assert isinstance(found, CardFront) == read_


@pytest.mark.parametrize("code", ["", "684", "68422", "684□", "68 4□", "□6842", "6842番"])
def test_a_code_that_is_not_four_digits_alone_is_not_read(code: str) -> None:
    assert read(lines(code=code), TODAY) is None


def test_a_code_may_have_gaps_and_stand_behind_the_serial_number() -> None:
    assert read(lines(code="68 42"), TODAY) == GOOD
    assert read(lines(serial="7519232423335595 6842", code=""), TODAY) == GOOD
    assert read(lines(serial=""), TODAY) == GOOD


def test_of_two_codes_none_is_read_unless_one_is_at_the_serial_number() -> None:
    far = line("2030", row=0, x=900)
    assert read([*lines(serial=""), far], TODAY) is None
    assert read([*lines(), far], TODAY) == GOOD
    assert read([*lines(), line("2030", row=3, x=350)], TODAY) is None
    assert read([*lines(code=""), far], TODAY) is None


def test_serial_number_and_code_in_one_are_not_torn_apart() -> None:
    """Which end of twenty digits is the code, nobody says."""
    assert read(lines(serial="75192324233355956842", code=""), TODAY) is None


def test_what_stands_in_pieces_beside_each_other_is_one() -> None:
    pieces = [line("昭和56年", 1, 200), line("5月20日生", 1, 350), *lines(birth="")]
    assert read(pieces, TODAY) == GOOD


def test_what_stands_apart_in_the_same_row_is_nothing_of_a_field() -> None:
    """Eyes in the photograph may look like zeros."""
    assert (
        read([*lines(), line("00", 1, 20, sureness=0.2), line("□□ □", 2, 900, sureness=0.1)], TODAY) == GOOD
    )
    near = [
        line("昭和56年", 1, 200),
        line("5", 1, 290, sureness=0.2),
        line("月20日生", 1, 370),
        *lines(birth=""),
    ]
    assert read(near, TODAY) is None


def test_two_births_or_two_expiries_that_differ_are_none() -> None:
    assert read([*lines(), line("昭和56年 5月20日生", 8)], TODAY) == GOOD
    assert read([*lines(), line("昭和57年 5月20日生", 8)], TODAY) is None
    assert read([*lines(), line("2033年5月20日まで有効", 8)], TODAY) is None


@pytest.mark.parametrize("row", [1, 2, 5])
def test_an_unsure_character_in_a_field_leaves_it_unread(row: int) -> None:
    found = lines()
    found[row] = Line(found[row].text, 0.79, found[row].x, found[row].y, found[row].width, found[row].height)
    assert read(found, TODAY) is None


def test_a_western_birth_is_refused_and_not_guessed() -> None:
    """Fronts of foreign residents: how 照合番号B spells them is not known."""
    assert read(lines("1981年5月20日生"), TODAY) is Never.WESTERN_BIRTH
    assert read(lines("1981年5月20日"), TODAY) is None


@pytest.mark.parametrize(
    "number",
    [
        "310554146983",
        "3105 5414 6983",
        "3105-5414-6983",
        "3 1 0 5 5 4 1 4 6 9 8 3",
        "31055414698",  # one was lost
        "3105541469831",  # one was added
        "個人番号",
        "個人番号 3105",
        "□□ 3105 5414 6983 □",
    ],
)
def test_whatever_looks_like_an_individual_number_ends_the_reading(number: str) -> None:
    """However unsure it is; beside all the fields of a front, too, where it may be half of a serial number."""
    seen = line(number, 7, sureness=0.1)
    assert read([*lines(expiry=""), seen], TODAY) is Never.OTHER_SIDE
    assert read([*lines(), seen], TODAY) is Never.COVERED


def test_the_number_in_three_pieces_is_seen_too() -> None:
    pieces = [line("3105", 7, 200), line("5414", 7, 320), line("6983", 7, 440)]
    assert read([*lines(expiry=""), *pieces], TODAY) is Never.OTHER_SIDE
    assert read([*lines(), *pieces], TODAY) is Never.COVERED


def test_a_serial_number_under_a_thumb_is_no_other_side() -> None:
    assert read(lines(serial="232423335595"), TODAY) is Never.COVERED


@pytest.mark.parametrize(
    "serial", ["7519232423335595", "7519 2324 2333 5595", "751923242333559", "75192324233355951"]
)
def test_the_serial_number_of_the_front_is_none(serial: str) -> None:
    assert read(lines(serial=serial), TODAY) == GOOD or " " in serial
    assert not isinstance(read(lines(serial=serial), TODAY), Never)


def test_the_fronts_title_is_none() -> None:
    for title in ("個人番号カード", "個人番号カ□ド", "個人番号□ード"):
        assert read([*lines(), line(title, 8)], TODAY) == GOOD


def test_lines_without_any_date_may_stand_on_their_head() -> None:
    assert dateless([line("□□"), line("月日年"), line("7511222595"), line("2885")])
    assert not dateless(lines())
    assert not dateless([line("□□")])


def test_nothing_is_shown_of_what_was_read() -> None:
    assert not any(text in repr(lines()) for text in ("昭和", "2034", CODE))
    assert repr(read(lines(), TODAY)) == "CardFront()"


def test_today_counts() -> None:
    assert read(lines("令和8年5月20日生", "2034年5月20日まで有効"), date(2026, 5, 19)) is None
