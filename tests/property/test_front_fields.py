"""Whatever is found in a picture: a front is read right or not at all, and an individual number ends the reading."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from drivers.card.surface import compose_number_b
from drivers.front.fields import Never, read
from drivers.front.lines import ALPHABET, UNSPELT, spelt
from drivers.interface import CardFront
from kiosk.coverage.japanese_dates import EraDay, by_era
from tests.support.fronts import TODAY, line, lines

BIRTHS = st.dates(date(1912, 7, 30), TODAY - timedelta(days=1)).filter(
    lambda day: (day.month, day.day) != (2, 29)
)
CODES = st.from_regex(r"[0-9]{4}", fullmatch=True)
JUNK = st.text(st.sampled_from([*sorted(ALPHABET), UNSPELT, " "]), max_size=20)


def written(day: date) -> str:
    found = by_era(day)
    assert isinstance(found, EraDay)
    return f"{found.written}生"


def ending(birth: date, year: int) -> str:
    return f"{year}年{birth.month}月{birth.day}日まで有効"


@given(birth=BIRTHS, year=st.integers(2020, 2036), code=CODES)
def test_a_clean_front_is_read_as_the_chip_expects_it(birth: date, year: int, code: str) -> None:
    assume(year >= birth.year + 5)
    found = read(lines(written(birth), ending(birth, year), code), TODAY)
    assert isinstance(found, CardFront)
    assert found.number_b() == compose_number_b(birth, year, code)


@given(
    birth=BIRTHS,
    year=st.integers(2020, 2036),
    code=CODES,
    at=st.integers(0, 30),
    digit=st.sampled_from("0123456789"),
)
def test_one_wrong_digit_in_month_or_day_is_noticed(
    birth: date, year: int, code: str, at: int, digit: str
) -> None:
    """Both are printed twice. A wrong year, or a wrong code, is what the person sees on the screen."""
    assume(year >= birth.year + 5)
    text = written(birth)
    begin = text.index("年") + 1
    at = begin + at % (len(text) - begin)
    assume(text[at].isdigit() and text[at] != digit)
    wrong = text[:at] + digit + text[at + 1 :]
    assert read(lines(wrong, ending(birth, year), code), TODAY) is None


@given(st.lists(st.tuples(JUNK, st.integers(0, 8), st.floats(0, 1280)), max_size=12))
def test_any_lines_are_read_or_not(found: list[tuple[str, int, float]]) -> None:
    result = read([line(spelt(text), row, x) for text, row, x in found], TODAY)
    assert result is None or isinstance(result, CardFront | Never)


@given(
    number=st.from_regex(r"[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}", fullmatch=True),
    before=st.sampled_from(["", "□", "個人番号 ", "番号"]),
    after=st.sampled_from(["", "□", " □□"]),
    row=st.integers(7, 12),
    sureness=st.floats(0, 1),
)
def test_twelve_digits_anywhere_end_the_reading(
    number: str, before: str, after: str, row: int, sureness: float
) -> None:
    seen = line(before + number + after, row, sureness=sureness)
    assert read([*lines(), seen], TODAY) is Never.COVERED
    assert read([*lines(expiry=""), seen], TODAY) is Never.OTHER_SIDE


@given(st.text(max_size=40))
def test_only_the_alphabet_is_ever_spelt(text: str) -> None:
    assert set(spelt(text)) <= {*ALPHABET, UNSPELT, " "}
