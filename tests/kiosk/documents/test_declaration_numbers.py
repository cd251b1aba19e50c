"""The individual number has no place on a form: whatever it looks like, it is refused."""

from __future__ import annotations

import pickle
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.coverage.individual_number import IndividualNumberRefused, holds_individual_number
from kiosk.documents.claim_note import Numbers
from kiosk.documents.declaration import Declaration
from simulator.card.codes import check_digit

ELEVENS = st.text("0123456789", min_size=11, max_size=11)
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
KANJI = str.maketrans("0123456789", "〇一二三四五六七八九")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
FREE_TEXTS = (
    "name", "kana", "address", "contact", "insurer_name", "workplace", "cause_note", "companion_name",
    "companion_relation", "facility", "reception_number",
)  # fmt: skip


def number(eleven: str) -> str:
    """Never written down anywhere: what a real number with these digits would be."""
    return f"{eleven}{check_digit(eleven)}"


def wrong(eleven: str) -> str:
    return f"{eleven}{(check_digit(eleven) + 1) % 10}"


@given(ELEVENS, st.sampled_from([WIDE, KANJI, ARABIC, {}]))
def test_twelve_digits_with_the_right_check_digit_are_met_in_any_script(
    eleven: str, script: dict[int, str]
) -> None:
    assert holds_individual_number(f"番号は{number(eleven).translate(script)}です")
    assert not holds_individual_number(f"番号は{wrong(eleven).translate(script)}です")


@given(
    ELEVENS,
    st.sampled_from(["-", " ", "　", "－", "‐", "—", "ー", ".", "・", "/", " - ", "\n", "\u00a0", "_", "、"]),
)
def test_digits_set_apart_by_one_sign_are_one_number(eleven: str, sign: str) -> None:
    digits = number(eleven)
    grouped = sign.join((digits[:4], digits[4:8], digits[8:]))
    assert holds_individual_number(grouped)
    assert holds_individual_number(grouped.translate(WIDE))
    assert holds_individual_number(sign.join(digits))
    assert holds_individual_number(f"{grouped}{sign}090{sign}1234{sign}5678")


@given(ELEVENS, st.integers(1, 11), st.sampled_from(["\u200b", "\u00ad", "\u202e", "\ufe0f", "\u0000"]))
def test_what_nobody_sees_hides_nothing(eleven: str, at: int, unseen: str) -> None:
    digits = number(eleven)
    assert holds_individual_number(digits[:at] + unseen + digits[at:])


@given(ELEVENS, ELEVENS)
def test_a_number_among_other_digits_is_met(eleven: str, other: str) -> None:
    assert holds_individual_number(other[:4] + number(eleven) + other[4:])
    assert holds_individual_number(f"{number(eleven)} {other}")


@given(st.lists(st.integers(0, 9999), min_size=4, max_size=4))
def test_two_telephone_numbers_in_a_row_are_not_cut_in_the_middle(fours: list[int]) -> None:
    first, second, third, fourth = (f"{four:04}" for four in fours)
    assert not holds_individual_number(f"03-{first}-{second} 03-{third}-{fourth}")
    assert not holds_individual_number(f"03-{first}-{second}、090-{third}-{fourth}")


@given(st.integers(0, 10**8 - 1))
def test_a_japanese_telephone_number_with_its_country_code_is_none(eight: int) -> None:
    assert not holds_individual_number(f"+81 90-{eight:08}")
    assert not holds_individual_number(f"+8190{eight:08}".translate(WIDE))


@pytest.mark.parametrize(
    "text",
    [
        "", "架空県模型市見本町１丁目２番３号　架空ハイツ101", "〒999-0001 1-2-3-1204",
        "090-0000-0000（自宅 03-0000-0000）", "06319917", "12345", "令和8年2月10日", "somebody@example.jp",
    ],
)  # fmt: skip
def test_what_people_write_on_a_form_is_let_through(text: str) -> None:
    assert not holds_individual_number(text)


@pytest.mark.parametrize("field", FREE_TEXTS)
def test_no_text_of_a_declaration_takes_the_number_and_the_refusal_does_not_repeat_it(field: str) -> None:
    digits = number("99912345678")
    with pytest.raises(IndividualNumberRefused) as caught:
        Declaration(**{field: f"{digits[:4]}　{digits[4:8]}　{digits[8:]}".translate(WIDE)})  # type: ignore[arg-type]
    assert caught.value.field == field
    assert caught.value.remedy
    said = "".join(traceback.format_exception(caught.value)) + repr(caught.value.__dict__)
    assert not any(
        part in said.translate(WIDE) for part in (digits[4:8].translate(WIDE), digits[8:].translate(WIDE))
    )


def test_the_numbers_of_a_qualification_do_not_take_it_either() -> None:
    with pytest.raises(IndividualNumberRefused):
        Numbers(insurer_number="06319917", insured_identification_number=number("99912345678"))


def test_a_number_that_fails_its_check_digit_is_not_refused() -> None:
    assert Declaration(contact=wrong("99912345678")).contact


def test_a_declaration_shows_no_values_where_it_is_logged() -> None:
    declaration = Declaration(name="見本　花子", address="架空県", companion_name="見本　一郎")
    assert repr(declaration) == "<Declaration: 3 items>"
    assert pickle.loads(pickle.dumps(declaration)) == declaration
    assert repr(Numbers(insurer_number="06319917")) == "<Numbers>"
