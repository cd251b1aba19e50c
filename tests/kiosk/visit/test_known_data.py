"""A patient whom the facility knows: found in its file, and asked whether everything is as it was (flow/known.py)."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.visit import events as e
from kiosk.visit.effects import AlertStaff, AskByNumbers, FindPatient, MakePaper
from kiosk.visit.form import FormField
from kiosk.visit.states import ConfirmingKnownData, IdentifyingKnown
from tests.support.visits import FULL, TARO, Table, answer, coverage

TYPED = {FormField.PATIENT_NUMBER: "1234", FormField.BIRTH_DATE: "1981-04-05"}


def identifying(reason: Reason = Reason.PIN_FORGOTTEN) -> Table:
    return Table(FULL).until_ways(reason).take(Way.KNOWN_DATA)


def found() -> Table:
    table = identifying().fill(TYPED)
    table.feed(e.PatientFound, question=table.question(), patient=TARO, match="card_number")
    return table


def confirming(reason: Reason = Reason.PIN_FORGOTTEN) -> Table:
    return Table(FULL).until_ways(reason).until_known()


def by_an_answer() -> Table:
    """The system does not confirm, and its answer is about somebody in the file."""
    table = Table(FULL).until_lookup()
    table.feed(e.Answered, question=table.question(), answer=answer("2"))
    asked = table.of(FindPatient)[0].question
    table.feed(e.PatientFound, question=asked, patient=TARO, match="numbers")
    return table.take(Way.KNOWN_DATA)


def miss(table: Table) -> Table:
    table.fill(TYPED)
    table.feed(e.PatientFound, question=table.question(), patient=None)
    return table


# ------------------------------------------------------------------------------------------- who is it?


def test_number_and_birth_date_are_asked_and_looked_up_once_both_are_there() -> None:
    table = identifying()
    assert table.view.field is not None
    assert table.view.field.field is FormField.PATIENT_NUMBER
    table.answer_field("１２３４")
    assert table.of(FindPatient) == []
    table.answer_field("1981-04-05")
    (asked,) = table.of(FindPatient)
    assert (asked.patient_number, asked.birth_date, asked.answer) == ("1234", "1981-04-05", None)
    assert table.view.waiting


def test_neither_can_be_left_out() -> None:
    table = identifying()
    for value in ("1234", "1981-04-05"):
        assert table.view.field is not None
        assert table.view.field.skip == ""
        before = table.visit
        assert table.feed(e.FieldSkipped, field=table.view.field.field) is before
        assert table.feed(e.FieldAnswered, field=FormField.KANA, value="ヤマダ") is before
        table.answer_field(value)


def test_who_types_a_number_may_be_anybody_so_staff_see_who_it_is() -> None:
    """``known`` (c)."""
    table = found()
    assert AlertStaff("evidence") in table.last
    assert table.view.variant == "found"
    assert table.view.details == ()
    before = table.road
    assert (before.known, before.match) == (None, None)
    assert table.feed(e.KnownUnchanged).outcome is None
    table.staff("accept")
    assert isinstance(table.visit.state, ConfirmingKnownData)
    after = table.road
    assert (after.known, after.match) == (TARO, "card_number")


def test_before_anybody_is_found_staff_have_nobody_to_confirm() -> None:
    table = identifying()
    before = table.visit
    table.staff("accept")
    assert table.visit is before


def test_whom_staff_do_not_know_is_not_known() -> None:
    table = found().staff("refuse")
    assert "known_data" not in table.ways()
    assert "card_declaration" in table.ways()


def test_an_answers_own_patient_needs_no_typing_and_no_staff() -> None:
    """``known`` (a)."""
    table = by_an_answer()
    assert isinstance(table.visit.state, ConfirmingKnownData)


def test_staff_accept_another_way_although_somebody_types_a_number() -> None:
    table = found().staff("accept", Way.CERTIFICATE)
    assert table.visit.evidence is Way.CERTIFICATE


def test_staff_may_know_a_patient_whom_no_file_knows() -> None:
    """``known`` (b)."""
    table = Table().until_ways().staff("accept", Way.KNOWN_DATA)
    assert table.result() == ("accepted_by_evidence", Way.KNOWN_DATA)


# ---------------------------------------------------------------------------------------------- misses


def test_nobody_is_found_and_it_can_be_typed_again() -> None:
    table = miss(identifying())
    assert table.view.body[0].key == "IdentifyingKnown.missed"
    assert table.view.field is not None
    assert table.view.field.value == ""


def test_three_misses_end_it() -> None:
    table = identifying()
    for _ in range(3):
        miss(table)
    assert table.state == "ChoosingEvidence"
    assert table.view.body[0].key == "ChoosingEvidence.refused"
    assert "known_data" not in table.ways()
    assert "card_declaration" in table.ways()


def test_misses_are_counted_over_the_whole_visit() -> None:
    """Nobody may go through the numbers of others, by way of the list either."""
    table = identifying()
    for _ in range(2):
        miss(table)
        table.feed(e.BackChosen)
        table.take(Way.KNOWN_DATA)
    miss(table)
    assert "known_data" not in table.ways()


def test_a_file_that_does_not_answer_is_no_miss() -> None:
    table = identifying().fill(TYPED)
    table.feed(e.TimePassed, after=30_000)
    assert isinstance(table.visit.state, IdentifyingKnown)
    assert (table.visit.state.misses, table.visit.state.field) == (0, FormField.PATIENT_NUMBER)


def test_late_and_foreign_words_of_the_file_change_nothing() -> None:
    table = identifying()
    before = table.visit
    assert table.feed(e.PatientFound, question="", patient=TARO, match="card_number") is before
    table.fill(TYPED)
    late, before = table.question(), table.visit
    assert table.feed(e.PatientFound, question="another", patient=TARO, match="card_number") is before
    table.feed(e.PatientFound, question=late, patient=None)
    before = table.visit
    assert table.feed(e.PatientFound, question=late, patient=TARO, match="card_number") is before


def test_back_goes_one_page_at_a_time() -> None:
    table = identifying().fill({FormField.PATIENT_NUMBER: "1234"})
    table.feed(e.BackChosen)
    assert table.view.field is not None
    assert (table.view.field.field, table.view.field.value) == (FormField.PATIENT_NUMBER, "")
    table.feed(e.BackChosen)
    assert table.state == "ChoosingEvidence"


def test_while_the_file_is_asked_there_is_no_way_back() -> None:
    table = identifying().fill(TYPED)
    before = table.visit
    assert table.feed(e.BackChosen) is before
    assert table.feed(e.EvidenceWanted) is before


def test_who_calls_staff_while_the_file_is_asked_types_again() -> None:
    table = identifying().fill(TYPED)
    late = table.question()
    table.feed(e.StaffCalled)
    table.feed(e.PatientFound, question=late, patient=TARO, match="card_number")
    table.feed(e.StaffCancelled)
    assert table.view.field is not None
    assert table.visit.deadline is not None
    assert table.visit.deadline.warn is not None


# ------------------------------------------------------------------------------ is everything as it was?


def test_the_data_on_file_are_masked_for_the_queue() -> None:
    table = confirming()
    shown = {detail.label: (detail.value, detail.masked) for detail in table.view.details}
    assert shown == {
        "detail.name": ("ヤマダ タロウ", "ヤマダ タ＊＊"),
        "detail.insurer": ("架空健康保険組合", ""),
        "detail.number": ("00567", "＊＊＊67"),
    }


@pytest.mark.parametrize("know", [confirming, by_an_answer])
def test_unchanged_is_accepted_as_a_declaration_that_was_not_written(know: Any) -> None:
    table = know()
    table.touch("known_same")
    assert table.result() == ("accepted_by_evidence", Way.KNOWN_DATA)
    table.number()
    assert table.of(MakePaper) == []
    assert table.visit.fallback is None


@pytest.mark.parametrize("know", [confirming, by_an_answer])
def test_changed_leads_to_the_declaration(know: Any) -> None:
    """S4#3; "known with changes"."""
    table = know()
    assert "card_declaration" not in ways_beside(table)
    table.touch("known_changed")
    assert table.state == "ChoosingEvidence"
    assert "known_data" not in table.ways()
    assert "card_declaration" in table.ways()
    table.until_summary()
    table.touch("form_right")
    table.touch("cannot_sign")
    table.number()
    papers = {paper.kind: paper for paper in table.of(MakePaper)}
    assert papers["claim_note"].known == TARO, "the former numbers, for the claim"


def ways_beside(table: Table) -> list[str]:
    table.feed(e.BackChosen)
    ways = table.ways()
    table.take(Way.KNOWN_DATA)
    return ways


def test_where_staff_do_not_take_the_data_on_file_the_form_is_written() -> None:
    table = confirming().staff("refuse")
    assert "known_data" not in table.ways()
    assert "card_declaration" in table.ways()


def test_staff_may_accept_for_the_patient() -> None:
    table = confirming().staff("accept")
    assert table.visit.evidence is Way.KNOWN_DATA


def test_a_known_patient_comes_back_to_the_data_without_typing_again() -> None:
    table = confirming()
    table.feed(e.BackChosen)
    table.take(Way.KNOWN_DATA)
    assert table.state == "ConfirmingKnownData"


# -------------------------------------------------------------------------- what the system says of them


def test_the_numbers_on_file_are_looked_up_beside_the_patients_word() -> None:
    table = confirming()
    (asked,) = table.of(AskByNumbers)
    assert dict(asked.paper.answers) == {
        FormField.BIRTH_DATE: "1981-04-05",
        FormField.INSURER_NUMBER: "06130017",
        FormField.SYMBOL: "12-34",
        FormField.NUMBER: "00567",
        FormField.BRANCH: "01",
    }


def test_with_no_numbers_on_file_nothing_is_looked_up() -> None:
    table = identifying().fill(TYPED)
    nameless = replace(TARO, insurer_number="", insured_identification_number="")
    table.feed(e.PatientFound, question=table.question(), patient=nameless, match="card_number")
    table.staff("accept")
    assert table.of(AskByNumbers) == []
    assert table.state == "ConfirmingKnownData"


def test_an_answer_that_agrees_or_does_not_come_leaves_it_to_the_patient() -> None:
    agreeing = coverage(insurer_number="06130017", insured_identification_number="567")
    for told in (answer("1", agreeing), None):
        table = confirming()
        asked = table.of(AskByNumbers)[0].question
        if told is None:
            table.feed(e.AskFailed, question=asked, reason=Reason.NETWORK_FAULT)
        else:
            table.feed(e.Answered, question=asked, answer=told)
            assert table.last == ()
        table.touch("known_same")
        assert table.visit.evidence is Way.KNOWN_DATA


@pytest.mark.parametrize("code", ["2", "3", "4"])
def test_what_the_system_denies_is_not_settled_by_the_patients_word(code: str) -> None:
    table = confirming()
    table.feed(e.Answered, question=table.of(AskByNumbers)[0].question, answer=answer(code))
    assert table.last == (AlertStaff("evidence"),)
    table.touch("known_same")
    assert table.visit.outcome is None
    assert "known_data" not in table.ways()
    assert "card_declaration" in table.ways()


def test_but_staff_may_still_accept_it() -> None:
    table = confirming()
    table.feed(e.Answered, question=table.of(AskByNumbers)[0].question, answer=answer("2"))
    table.staff("accept")
    assert table.visit.evidence is Way.KNOWN_DATA


# --------------------------------------------------------------------------------------- card and reader


def test_what_the_page_shows_leaves_with_the_card_at_once() -> None:
    table = confirming()
    table.feed(e.CardRemoved, insertion=1)
    assert table.state == "ChoosingEvidence"
    assert table.road.known is None
    assert table.view.details == tuple(
        detail for detail in table.view.details if "detail." not in detail.label
    )


def test_another_card_does_not_find_it_there() -> None:
    table = confirming()
    table.feed(e.ReaderChanged, available=False)
    table.feed(e.ReaderChanged, available=True)
    table.feed(e.CardInserted, insertion=2)
    assert table.state == "ChoosingEvidence"
    assert table.road.known is None
    assert table.road.check is None


def test_nor_does_who_called_staff_and_took_the_card_meanwhile() -> None:
    table = confirming()
    table.feed(e.StaffCalled)
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.StaffCancelled)
    assert table.state == "ChoosingEvidence"
    assert table.road.known is None


def test_time_that_runs_out_takes_it_away_too() -> None:
    table = confirming()
    table.feed(e.TimePassed, after=120_000)
    assert table.state == "TakeCard"
    assert table.visit.fallback is None
