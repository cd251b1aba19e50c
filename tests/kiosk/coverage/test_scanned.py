from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.coverage.individual_number import holds_individual_number
from kiosk.coverage.scanned import MOST_LINES, MOST_OF_A_LINE, Refused, Scanned, shown
from tests.support.patients import individual_number

WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
NUMBER = individual_number()
GROUPS = (NUMBER[:4], NUMBER[4:8], NUMBER[8:])


def test_what_a_code_says_is_shown_line_by_line_and_nothing_is_taken_from_it() -> None:
    found = shown("保険者番号 01319904\n\n記号　２１７００\r\n番号 1234567 ")
    assert found == Scanned(lines=("保険者番号 01319904", "記号　２１７００", "番号 1234567"))
    assert set(Scanned.__struct_fields__) == {"lines", "cut", "refused"}


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        f"番号:{NUMBER}\n氏名 山田",
        *(sign.join(GROUPS) for sign in (" ", "-", "␝", "\x1d", "\n", "－")),
        NUMBER.translate(WIDE),
        f"9{NUMBER}9",
        "x" * 5000 + NUMBER,
    ],
    ids=lambda text: f"{len(text)} characters",  # not the number itself
)
def test_a_code_with_an_individual_number_is_refused_as_a_whole(text: str) -> None:
    found = shown(text)
    assert found == Scanned(refused=Refused.INDIVIDUAL_NUMBER)
    assert NUMBER[-4:] not in repr(found)


@pytest.mark.parametrize("text", ["", " ", "　\n\t\n", "\x00", "\x00 \x1b\n\ue000"])
def test_what_says_nothing_is_empty(text: str) -> None:
    assert shown(text).refused is Refused.EMPTY


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("A␝B", "A␝B"),
        ("A\tB", "A B"),
        ("A\x1bB", "A〓B"),
        ("A\u202eB", "A〓B"),
        ("髙\ue000", "髙〓"),
        ("山田　太郎", "山田　太郎"),
        ("𠮷", "𠮷"),
    ],
)
def test_what_cannot_be_seen_is_shown_as_the_sign_for_it(text: str, line: str) -> None:
    assert shown(text).lines == (line,)


def test_long_codes_are_cut_and_say_so() -> None:
    assert shown("ア" * (MOST_OF_A_LINE + 1)).lines == ("ア" * MOST_OF_A_LINE, "ア")
    full = shown("\n".join(["行"] * MOST_LINES))
    assert (len(full.lines), full.cut) == (MOST_LINES, False)
    more = shown("\n".join(["行"] * (MOST_LINES + 1)))
    assert (len(more.lines), more.cut) == (MOST_LINES, True)


@given(st.text(max_size=300) | st.text("0123456789-␝\x1d\n\r\t \u200b\u202eあ", max_size=60))
def test_whatever_is_read_what_is_shown_is_printable_and_holds_no_individual_number(text: str) -> None:
    found = shown(text)
    assert bool(found.lines) is (found.refused is None)
    assert len(found.lines) <= MOST_LINES
    for line in found.lines:
        assert 0 < len(line) <= MOST_OF_A_LINE
        assert all(one.isprintable() or unicodedata.category(one) == "Zs" for one in line)
    assert not any(map(holds_individual_number, found.lines))


@given(st.text("0123456789", min_size=12, max_size=12), st.text(max_size=20), st.text(max_size=20))
def test_no_text_around_it_hides_an_individual_number_on_a_line_of_its_own(
    digits: str, before: str, after: str
) -> None:
    if holds_individual_number(digits):
        assert shown(f"{before}x {digits} x{after}").refused is Refused.INDIVIDUAL_NUMBER
