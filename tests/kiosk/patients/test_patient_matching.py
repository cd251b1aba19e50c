"""One person written in many ways is one person; one digit more or less of difference is another."""

from __future__ import annotations

from datetime import date

from hypothesis import assume, given
from hypothesis import strategies as st

from kiosk.coverage.insurer import check_digit
from kiosk.coverage.kana import half_width, katakana, same_kana
from kiosk.patients.matching import number_key, numbers_key, same_branch
from kiosk.patients.memory import MemoryPatientFile
from kiosk.visit.known import KnownPatient
from tests.support.patients import TODAY, answer, born, result

WIDE = {ord(digit): chr(ord("０") + int(digit)) for digit in "0123456789"}
DASHES = "-－‐−ー–"
BLANKS = (" ", "\u3000", "\u00a0", "\t")


def digits(least: int, most: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=least, max_size=most)


@st.composite
def insurer_numbers(draw: st.DrawFn) -> str:
    body = draw(digits(5, 5) | digits(7, 7).filter(lambda body: not body.startswith("00")))
    return f"{body}{check_digit(body)}"


@st.composite
def patients(draw: st.DrawFn) -> KnownPatient:
    name = st.text(
        "アイウエオカガキクコサシスセソタダチツテトナニハバパマミャュョラリレロワンッー",
        min_size=2,
        max_size=6,
    )
    return KnownPatient(
        patient_number=draw(digits(1, 10)),
        name_kana=f"{draw(name)}\u3000{draw(name)}",
        birth_date=draw(st.dates(date(1900, 1, 1), TODAY)).isoformat(),
        insurer_number=draw(insurer_numbers()),
        insured_card_symbol=draw(
            st.just("") | digits(1, 8) | st.from_regex("[0-9]{2}-[0-9]{2}", fullmatch=True)
        ),
        insured_identification_number=draw(digits(1, 8)),
        insured_branch_number=draw(digits(2, 2)),
    )


@st.composite
def rewritten(draw: st.DrawFn, text: str) -> str:
    """The same with other widths, dashes, blanks between and zeros before."""
    written = "".join(character.translate(WIDE) if draw(st.booleans()) else character for character in text)
    written = "".join(draw(st.sampled_from(DASHES)) if c == "-" else c for c in written)
    if text and "-" not in text:
        written = draw(st.sampled_from(["", "0", "０", "00"])) + written
    at = draw(st.integers(0, len(written)))
    return written[:at] + draw(st.sampled_from(["", *BLANKS])) + written[at:]


@st.composite
def renamed(draw: st.DrawFn, kana: str) -> str:
    """The same name in another width, in hiragana, with other blanks."""
    blank = draw(st.sampled_from(["", *BLANKS]))
    name = kana.replace("\u3000", blank)
    hiragana = "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in name)
    return draw(st.sampled_from([name, half_width(name), hiragana]))


@given(st.data(), patients())
def test_the_same_person_is_found_in_whatever_way_the_answer_writes_them(
    data: st.DataObject, patient: KnownPatient
) -> None:
    file = MemoryPatientFile()
    file.remember(patient, TODAY)
    written = result(
        patient,
        name_kana=data.draw(renamed(patient.name_kana)),
        insurer_number=data.draw(
            st.sampled_from([str.strip, lambda n: n.zfill(8), lambda n: n.translate(WIDE)])
        )(patient.insurer_number),
        insured_card_symbol=data.draw(rewritten(patient.insured_card_symbol)),
        insured_identification_number=data.draw(rewritten(patient.insured_identification_number)),
        insured_branch_number=data.draw(rewritten(patient.insured_branch_number)),
    )
    match = file.by_answer(answer(written))
    assert match is not None
    assert (match[0].patient_number, match[1]) == (patient.patient_number, "numbers")
    typed = data.draw(rewritten(patient.patient_number))
    assert file.by_number(typed, born(patient)) is not None


@given(st.data(), patients())
def test_any_digit_that_differs_is_another_person(data: st.DataObject, patient: KnownPatient) -> None:
    file = MemoryPatientFile()
    file.remember(patient, TODAY)
    field = data.draw(
        st.sampled_from(
            ["insurer_number", "insured_card_symbol", "insured_identification_number", "insured_branch_number",
             "birthdate"]
        )
    )  # fmt: skip
    right = getattr(result(patient), field)
    places = [at for at, character in enumerate(right) if character.isdigit()]
    assume(places)
    at = data.draw(st.sampled_from(places))
    other = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != right[at]))
    wrong = right[:at] + other + right[at + 1 :]
    assert file.by_answer(answer(result(patient))) is not None
    assert file.by_answer(answer(result(patient, **{field: wrong}))) is None


@given(st.data(), patients())
def test_any_digit_of_the_typed_number_counts(data: st.DataObject, patient: KnownPatient) -> None:
    file = MemoryPatientFile()
    file.remember(patient, TODAY)
    number = patient.patient_number
    at = data.draw(st.integers(0, len(number) - 1))
    other = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != number[at]))
    assert file.by_number(number[:at] + other + number[at + 1 :], born(patient)) is None
    assert file.by_number(number, born(patient)) is not None


@given(patients(), patients())
def test_another_name_is_another_person(one: KnownPatient, other: KnownPatient) -> None:
    assume(not same_kana(one.name_kana, other.name_kana))
    file = MemoryPatientFile()
    file.remember(one, TODAY)
    assert file.by_answer(answer(result(one, name_kana=other.name_kana))) is None


@given(digits(0, 12), digits(0, 12))
def test_numbers_are_alike_exactly_where_they_differ_by_zeros_before_them(one: str, other: str) -> None:
    alike = bool(one) and bool(other) and int(one) == int(other)
    assert (number_key(one) == number_key(other) != "") is alike
    if one and other:
        assert same_branch(one, other) is alike


@given(st.text(max_size=20))
def test_a_key_is_its_own_key(text: str) -> None:
    assert number_key(number_key(text)) == number_key(text)
    assert katakana(text) == katakana(katakana(text))


def test_what_names_nobody_has_no_key() -> None:
    assert number_key("") == number_key(" - ") == number_key("12;3") == number_key("１２＋３") == ""
    assert number_key("0") == number_key("000") == "0"
    assert number_key("a-12") == number_key("Ａ12") == "A12"
    assert numbers_key("", "1", "2") == numbers_key("06319917", "1", "") == ""
    assert numbers_key("06319917", "1", "－") == numbers_key("自費", "1", "2") == ""
    assert numbers_key("06319917", "－", "2") == numbers_key("6319917", "", "２")
    assert numbers_key("06319917", "1", "23") != numbers_key("06319917", "12", "3")


def test_insurer_numbers_of_six_digits_do_not_meet_those_of_eight() -> None:
    assert numbers_key("138057", "1", "2") == numbers_key("00138057", "1", "2")
    assert numbers_key("138057", "1", "2") != numbers_key("01138057", "1", "2")
    assert numbers_key("10017", "1", "2") == numbers_key("010017", "1", "2")


def test_symbols_are_alike_in_any_width_and_kana() -> None:
    assert numbers_key("06319917", "らけ１２", "2") == numbers_key("06319917", "ﾗｹ 12", "2")
    assert numbers_key("06319917", "ＡＢ－１", "2") == numbers_key("06319917", "ab—1", "2")
