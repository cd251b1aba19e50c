"""The claim note: the first possible way of the notice, nothing invented, and doubts said."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.coverage import insurer
from kiosk.coverage.individual_number import holds_individual_number
from kiosk.coverage.insurer import Flaw, InsurerNumber
from kiosk.documents.claim_note import (
    UNKNOWN_INSURER,
    UNKNOWN_INSURER_ALTERNATIVE,
    ClaimWay,
    Doubt,
    Numbers,
    Payer,
    Remark,
    claim_note,
    claim_note_pdf,
    sentence_of,
)
from kiosk.documents.declaration import Declaration
from kiosk.visit.form import InsuranceKind
from tests.support.papers import needs_poppler, page_sizes, squeezed, text_of

AT = datetime(2026, 2, 9, 23, 5, tzinfo=UTC)
DECLARED = Declaration(
    reception_number="A23",
    visit_date=date(2026, 2, 10),
    name="見本　花子",
    address="架空県模型市見本町１丁目２番３号",
    contact="090-0000-0000",
    insurance_kind=InsuranceKind.EMPLOYEES,
    insurer_name="架空運輸健康保険組合",
    workplace="架空運輸株式会社",
)
GOOD = Numbers(
    insurer_number="０６３１９９１７",
    insured_card_symbol="９０",
    insured_identification_number="１５５５",
    insured_branch_number="00",
)
OTHER = Numbers(insurer_number="319905", insured_identification_number="7")
USELESS = [
    Numbers(),
    Numbers(insurer_number="06319917"),
    Numbers(insurer_number="06319918", insured_identification_number="1"),
    Numbers(insurer_number="0631991", insured_identification_number="1"),
    Numbers(insured_card_symbol="90", insured_identification_number="1"),
    Numbers(insurer_number=UNKNOWN_INSURER, insured_identification_number="7777"),
    Numbers(insurer_number=UNKNOWN_INSURER_ALTERNATIVE, insured_identification_number="7777"),
]


def test_the_current_numbers_come_before_former_ones_and_those_before_none() -> None:
    assert claim_note(DECLARED, current=GOOD, former=OTHER).way is ClaimWay.CURRENT
    assert claim_note(DECLARED, former=OTHER).way is ClaimWay.FORMER
    assert claim_note(DECLARED).way is ClaimWay.UNKNOWN


def test_numbers_that_are_known_are_entered_as_they_are_and_nothing_is_remarked() -> None:
    note = claim_note(DECLARED, current=GOOD)
    assert note.insurer_number == "06319917"
    assert note.numbers == GOOD
    assert note.remarks == ()
    assert note.doubts == ()


@pytest.mark.parametrize("useless", USELESS)
def test_numbers_that_could_not_be_claimed_with_are_passed_over_and_that_is_said(useless: Numbers) -> None:
    both = claim_note(DECLARED, current=useless, former=useless)
    assert both.way is ClaimWay.UNKNOWN
    assert {Doubt.CURRENT_UNUSABLE, Doubt.FORMER_UNUSABLE} <= set(both.doubts)
    former = claim_note(DECLARED, current=useless, former=GOOD)
    assert former.way is ClaimWay.FORMER
    assert former.doubts == (Doubt.CURRENT_UNUSABLE, Doubt.FORMER_REMARK_NOT_KNOWN, Doubt.CURRENT_MAY_COME)


def test_unknown_is_claimed_with_sevens_and_what_the_patient_declared() -> None:
    note = claim_note(DECLARED)
    assert note.insurer_number == "77777777"
    assert note.numbers is None
    assert note.remarks == (
        (Remark.ADDRESS, "架空県模型市見本町１丁目２番３号"),
        (Remark.WORKPLACE, "架空運輸株式会社"),
        (Remark.CONTACT, "090-0000-0000"),
        (Remark.INSURER_NAME, "架空運輸健康保険組合"),
    )
    assert "受け付けないとき：保険者番号 77777779" in note.lines
    assert "記号・番号：「7」を必要な桁数" in note.lines


def test_the_alternative_number_is_the_one_whose_check_digit_is_right() -> None:
    assert insurer.parse(UNKNOWN_INSURER) is Flaw.CHECK_DIGIT
    assert isinstance(insurer.parse(UNKNOWN_INSURER_ALTERNATIVE), InsurerNumber)


def test_what_the_notices_do_not_tell_is_said_and_not_made_up() -> None:
    note = claim_note(DECLARED)
    assert Doubt.DIGITS_NOT_KNOWN in note.doubts
    assert "確認できていません" in sentence_of(Doubt.DIGITS_NOT_KNOWN)
    assert not any(
        "777777777" in line for line in note.lines
    )  # no number of sevens is offered for symbol or number


@pytest.mark.parametrize(
    ("kind", "payer"),
    [
        (InsuranceKind.EMPLOYEES, Payer.FUND),
        (InsuranceKind.NATIONAL, Payer.FEDERATION),
        (InsuranceKind.LATE_ELDERLY, Payer.FEDERATION),
        (InsuranceKind.UNKNOWN, Payer.EITHER),
        (None, Payer.EITHER),
    ],
)
def test_the_payer_follows_the_kind_and_is_the_facilitys_to_choose_where_that_is_unknown(
    kind: InsuranceKind | None, payer: Payer
) -> None:
    note = claim_note(Declaration(insurance_kind=kind, address="架空県"))
    assert note.payer is payer
    assert (Doubt.PAYER_NOT_KNOWN in note.doubts) is (payer is Payer.EITHER)
    assert "施設の判断" in sentence_of(Doubt.PAYER_NOT_KNOWN)


@pytest.mark.parametrize(
    ("digits", "payer"),
    [
        ("06319917", Payer.FUND),
        ("01319904", Payer.FUND),
        ("319905", Payer.FEDERATION),
        ("00319905", Payer.FEDERATION),
    ],
)
def test_the_payer_of_a_known_number_follows_the_number_and_not_what_was_ticked(
    digits: str, payer: Payer
) -> None:
    numbers = Numbers(insurer_number=digits, insured_identification_number="1")
    for kind in InsuranceKind:
        assert claim_note(Declaration(insurance_kind=kind), current=numbers).payer is payer


@pytest.mark.parametrize("law", ["39", "67"])
def test_the_late_elderly_and_the_retired_of_national_health_are_the_federations(law: str) -> None:
    digits = f"{law}31990"
    digits += str(insurer.check_digit(digits))
    numbers = Numbers(insurer_number=digits, insured_identification_number="1")
    assert claim_note(DECLARED, current=numbers).payer is Payer.FEDERATION


def test_a_declaration_without_any_clue_asks_for_one() -> None:
    assert Doubt.NOTHING_TO_REMARK in claim_note(Declaration(insurer_name="架空市")).doubts
    for field in ("address", "workplace", "contact"):
        assert Doubt.NOTHING_TO_REMARK not in claim_note(Declaration(**{field: "架空"})).doubts  # type: ignore[arg-type]


def test_every_case_ends_in_one_way_with_a_payer_and_every_doubt_has_its_sentence() -> None:
    for current, former, kind, address in product(
        (None, GOOD, OTHER, *USELESS), (None, GOOD, *USELESS), (None, *InsuranceKind), ("", "架空県")
    ):
        note = claim_note(Declaration(insurance_kind=kind, address=address), current=current, former=former)
        assert len(set(note.doubts)) == len(note.doubts)
        assert all(note.lines)
        assert (
            (note.way is ClaimWay.UNKNOWN)
            is (note.numbers is None)
            is (note.insurer_number == UNKNOWN_INSURER)
        )
    assert all(sentence_of(doubt).endswith("。") for doubt in Doubt)


@needs_poppler
@pytest.mark.parametrize("current", [None, GOOD])
def test_every_line_of_the_note_stands_on_its_paper(current: Numbers | None) -> None:
    note = claim_note(DECLARED, current=current)
    pdf = claim_note_pdf(note, made_at=AT)
    text = squeezed(text_of(pdf))
    assert page_sizes(pdf) == [(148, 210)]
    for label, value in (*note.rows, *note.remark_rows):
        assert squeezed(label + value) in text
    for doubt in note.doubts:
        assert squeezed(sentence_of(doubt)) in text
    assert "職員用" in text
    assert "A23" in text
    assert "令和8年2月10日（2026年）" in text
    assert "模擬" not in text
    assert "模擬" in text_of(claim_note_pdf(note, made_at=AT, simulated=True))


@settings(max_examples=30, deadline=None)
@given(*[st.text(max_size=120)] * 4)
def test_any_text_makes_a_note_of_one_page(address: str, workplace: str, contact: str, name: str) -> None:
    if any(map(holds_individual_number, (address, workplace, contact, name))):
        return
    declared = Declaration(address=address, workplace=workplace, contact=contact, insurer_name=name)
    assert len(page_sizes(claim_note_pdf(claim_note(declared), made_at=AT))) == 1


@needs_poppler
def test_a_note_that_is_longer_than_a_page_goes_on_and_loses_nothing() -> None:
    long = "".join(f"架空{index}番地" for index in range(400))
    pdf = claim_note_pdf(claim_note(Declaration(address=long, contact="A" * 900)), made_at=AT)
    assert len(page_sizes(pdf)) > 1
    text = squeezed(text_of(pdf))
    assert long in text
    assert "A" * 900 in text


def test_a_note_shows_no_values_where_it_is_logged() -> None:
    assert repr(claim_note(DECLARED)) == "<ClaimNote: unknown, fund>"
