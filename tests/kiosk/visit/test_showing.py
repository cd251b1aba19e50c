"""Papers and screens that a person must see, and what is typed or scanned of them (kiosk/visit/flow/showing.py)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kiosk.coverage.services import Capability
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.visit import events as e
from kiosk.visit.effects import AlertStaff, AskByNumbers
from kiosk.visit.form import CERTIFICATE, FormField
from kiosk.visit.policy import Policy
from kiosk.visit.states import PaperCheck, ShowingCertificate
from tests.support.patients import individual_number
from tests.support.visits import ALL, DAY, FULL, NUMBERS, Table, answer, coverage, form

SKIPPABLE = (FormField.SYMBOL, FormField.BRANCH)
SAME = {"insurer_number": "06130017", "insured_identification_number": "00567"}


def showing(policy: Policy = FULL, reason: Reason = Reason.PIN_FORGOTTEN, day: date = DAY) -> Table:
    return Table(policy, day).until_ways(reason, day=day).take(Way.CERTIFICATE)


def typed(numbers: dict[FormField, str] | None = None, **fields: Any) -> Table:
    table = showing(**fields)
    table.touch("type_numbers")
    return table.fill({**NUMBERS, **(numbers or {})})


def page(table: Table) -> ShowingCertificate:
    assert isinstance(table.visit.state, ShowingCertificate)
    return table.visit.state


def check(table: Table) -> PaperCheck:
    assert table.road.check is not None
    return table.road.check


# --------------------------------------------------------------------------------- a person looks at it


@pytest.mark.parametrize("way", [Way.CERTIFICATE, Way.CARD_NOTICE, Way.CARD_PORTAL])
def test_what_staff_have_seen_they_accept(way: Way) -> None:
    table = Table(FULL).until_ways().take(way).staff("accept")
    assert table.result() == ("accepted_by_evidence", way)


@pytest.mark.parametrize("way", [Way.CERTIFICATE, Way.CARD_NOTICE, Way.CARD_PORTAL])
def test_what_staff_refuse_is_gone_from_the_list_for_the_rest_of_the_visit(way: Way) -> None:
    table = Table(FULL).until_ways().take(way).staff("refuse")
    assert table.view.body[0].key == "ChoosingEvidence.refused"
    assert way not in table.ways()
    table.take(Way.RETRY)
    table.feed(e.AskFailed, question=table.question(), reason=Reason.SERVICE_FAULT)
    assert way not in table.ways()


def test_a_certificate_needs_no_typing() -> None:
    """S2, S3 §4: it is shown to staff."""
    table = showing()
    assert table.options == ["type_numbers", "other_ways"]
    assert table.visit.deadline is None


# --------------------------------------------------------------------------------- numbers on the paper


def test_the_numbers_are_asked_one_a_page_in_the_order_of_the_paper() -> None:
    table = showing()
    table.touch("type_numbers")
    asked = []
    while table.view.field is not None:
        asked.append(table.view.field.field)
        table.answer_field(NUMBERS[asked[-1]])
    assert tuple(asked) == CERTIFICATE
    assert table.view.variant == "typed"
    assert table.options == ["other_ways"]
    assert table.road.paper == form(NUMBERS)


@pytest.mark.parametrize(
    ("birth", "asked"),
    [
        ("1956-11-24", True),
        ("1956-11-25", False),
        ("1956-02-29", True),
        ("1940-01-01", True),
        ("2020-01-01", False),
    ],
)
def test_from_70_on_the_ratio_is_asked_to_the_day(birth: str, asked: bool) -> None:
    """S2: it is printed there at 70 to 74."""
    table = typed({FormField.BIRTH_DATE: birth})
    assert (table.view.field is not None) is asked
    if table.view.field is not None:
        assert table.view.field.field is FormField.RATIO
        table.answer_field("2")
        assert table.road.paper.get(FormField.RATIO) == "2"


def test_an_insurer_number_with_a_wrong_check_digit_is_not_taken() -> None:
    table = showing()
    table.touch("type_numbers")
    before = table.visit
    assert table.feed(e.FieldAnswered, field=FormField.INSURER_NUMBER, value="06130018") is before
    table.answer_field("０６１３００１７")
    assert page(table).form.get(FormField.INSURER_NUMBER) == "06130017"


def test_what_may_not_be_printed_can_be_left_out_and_nothing_else() -> None:
    table = showing()
    table.touch("type_numbers")
    while (field := table.view.field) is not None:
        before = table.visit
        table.feed(e.FieldSkipped, field=field.field)
        assert bool(field.skip) is (field.field in SKIPPABLE)
        if field.skip:
            assert page(table).form.get(field.field) == ""
        else:
            assert table.visit is before
            table.answer_field(NUMBERS[field.field])
    assert [paper.get(FormField.SYMBOL) for paper in (table.road.paper,)] == [""]


def test_an_answer_to_another_question_is_not_taken() -> None:
    table = showing()
    table.touch("type_numbers")
    before = table.visit
    for field in (FormField.NUMBER, FormField.KANA, FormField.RATIO):
        assert table.feed(e.FieldAnswered, field=field, value="3") is before
        assert table.feed(e.FieldSkipped, field=field) is before


def test_before_the_first_touch_nothing_is_typed() -> None:
    table = showing()
    before = table.visit
    assert table.feed(e.FieldAnswered, field=FormField.INSURER_NUMBER, value="06130017") is before


def test_back_goes_from_a_number_to_the_one_before_it_and_shows_what_was_typed() -> None:
    table = showing()
    table.touch("type_numbers")
    table.fill({FormField.INSURER_NUMBER: "06130017", FormField.SYMBOL: "12-34"})
    seen = []
    for _ in range(2):
        table.feed(e.BackChosen)
        assert table.view.field is not None
        seen.append((table.view.field.field, table.view.field.value))
    assert seen == [(FormField.SYMBOL, "12-34"), (FormField.INSURER_NUMBER, "06130017")]
    table.feed(e.BackChosen)
    assert page(table).field is None
    table.feed(e.BackChosen)
    assert table.state == "ChoosingEvidence"


def test_who_went_back_from_half_the_numbers_can_go_on_with_the_rest() -> None:
    table = showing()
    table.touch("type_numbers")
    table.fill({FormField.INSURER_NUMBER: "06130017"})
    for _ in range(2):
        table.feed(e.BackChosen)
    assert table.options == ["type_numbers", "other_ways"]
    table.touch("type_numbers")
    assert page(table).field is FormField.SYMBOL


def test_a_number_can_be_changed_before_the_last_is_typed() -> None:
    table = showing()
    table.touch("type_numbers")
    table.fill({FormField.INSURER_NUMBER: "06130017"})
    table.feed(e.BackChosen)
    table.answer_field("01130012")
    assert page(table).form.get(FormField.INSURER_NUMBER) == "01130012"
    assert page(table).field is FormField.SYMBOL


def test_how_far_one_is_stands_on_the_page() -> None:
    table = showing()
    table.touch("type_numbers")
    assert table.view.progress == (1, 6)
    table.fill({field: NUMBERS[field] for field in CERTIFICATE[:5]} | {FormField.BIRTH_DATE: "1950-01-01"})
    assert table.view.progress == (6, 7)


@pytest.mark.parametrize(("until", "accepted"), [("2026-11-24", True), ("2026-11-23", False)])
def test_a_certificate_counts_to_its_printed_date_and_is_then_refused_with_the_books_sentence(
    until: str, accepted: bool
) -> None:
    """S2 2(1), S3 §5, S4#23."""
    table = typed({FormField.VALID_UNTIL: until})
    if accepted:
        assert page(table).field is None
        table.staff("accept")
        assert table.visit.evidence is Way.CERTIFICATE
    else:
        assert table.view.body[0].key == "refused.certificate_past_date"
        assert "certificate" not in table.ways()
        assert table.of(AskByNumbers) == []
        table.staff("accept", Way.CERTIFICATE)  # they see the paper: the date was mistyped
        assert table.visit.evidence is Way.CERTIFICATE


# ------------------------------------------------------------------------------------- their look-up


def test_with_a_service_that_takes_numbers_they_are_asked_for() -> None:
    table = typed()
    (asked,) = table.of(AskByNumbers)
    assert asked.paper == form(NUMBERS)
    assert check(table) == PaperCheck(asked.question, form(NUMBERS))


@pytest.mark.parametrize(
    ("capabilities", "reason"),
    [
        (ALL, Reason.PIN_FORGOTTEN),
        (FULL.capabilities, Reason.NETWORK_FAULT),
        (FULL.capabilities, Reason.SERVICE_FAULT),
        (FULL.capabilities, Reason.MAINTENANCE),
    ],
)
def test_without_one_or_with_the_network_down_nothing_is_asked(
    capabilities: frozenset[Capability], reason: Reason
) -> None:
    table = typed(policy=Policy(capabilities=capabilities), reason=reason)
    assert table.of(AskByNumbers) == []
    assert table.road.check is None
    assert table.state == "ShowingCertificate"


def answered(*results: Any, **fields: Any) -> Table:
    table = typed()
    table.feed(
        e.Answered, question=check(table).question, answer=answer(fields.pop("code", "1"), *results, **fields)
    )
    return table


@pytest.mark.parametrize("number", ["00567", "567", "００５６７", "0567 "])
def test_an_answer_with_the_same_numbers_agrees_however_they_are_written(number: str) -> None:
    table = answered(coverage(**{**SAME, "insured_identification_number": number}))
    assert check(table).agrees
    assert not check(table).denied
    assert table.last == ()


def test_eight_digits_that_begin_with_zeros_agree_with_themselves() -> None:
    table = typed({FormField.NUMBER: "00123456"})
    results = coverage(**{**SAME, "insured_identification_number": "00123456"})
    table.feed(e.Answered, question=check(table).question, answer=answer("1", results))
    assert check(table).agrees


@pytest.mark.parametrize(
    "results",
    [
        coverage(insurer_number="01130012", insured_identification_number="00567"),
        coverage(insurer_number="06130017", insured_identification_number="00568"),
        coverage("19500101", **SAME),
        coverage(**SAME, disqualification_date="20261101"),
    ],
    ids=["another insurer", "another number", "another birth date", "membership ended"],
)
def test_what_differs_is_shown_to_staff_and_is_theirs_to_settle(results: Any) -> None:
    table = answered(results)
    assert not check(table).agrees
    assert check(table).denied
    assert table.last == (AlertStaff("evidence"),)
    assert table.state == "ShowingCertificate"
    table.staff("accept")
    assert table.visit.evidence is Way.CERTIFICATE


def test_an_answer_that_is_none_yet_denies_nothing() -> None:
    for code, fields in (("", {"segment": "2"}), ("", {"segment": "9", "error_code": "X"})):
        table = answered(code=code, **fields)
        assert not check(table).agrees
        assert not check(table).denied


def test_a_look_up_that_fails_leaves_the_paper_to_peoples_eyes() -> None:
    table = typed()
    table.feed(e.AskFailed, question=check(table).question, reason=Reason.NETWORK_FAULT)
    assert check(table).failed is Reason.NETWORK_FAULT
    table.staff("accept")
    assert table.visit.evidence is Way.CERTIFICATE


def test_late_and_foreign_answers_change_nothing() -> None:
    table = typed()
    before = table.visit
    assert table.feed(e.Answered, question="another", answer=answer()) is before
    assert table.feed(e.AskFailed, question="another", reason=Reason.NETWORK_FAULT) is before
    for never_typed in (showing(), Table(FULL).until_ways().take(Way.CARD_NOTICE)):
        before = never_typed.visit
        assert never_typed.feed(e.Answered, question="late", answer=answer()) is before


def test_an_answer_that_comes_while_staff_are_called_still_reaches_them() -> None:
    table = typed()
    table.feed(e.StaffCalled)
    results = coverage(**SAME)
    table.feed(e.Answered, question=check(table).question, answer=answer("1", results))
    assert check(table).agrees
    table.feed(e.StaffCancelled)
    assert table.state == "ShowingCertificate"


@pytest.mark.parametrize("moment", ["before the answer", "after it"])
def test_the_look_up_of_a_paper_stays_with_it_when_the_card_is_put_away(moment: str) -> None:
    """It was typed from the paper: nothing of it was learnt with the card."""
    table = typed()
    if moment == "before the answer":
        table.feed(e.CardRemoved, insertion=1)
    table.feed(e.Answered, question=check(table).question, answer=answer("1", coverage(**SAME)))
    if moment == "after it":
        table.feed(e.CardRemoved, insertion=1)
    assert check(table).agrees
    assert table.visit.verified is None


# -------------------------------------------------------------------------------------------- a scanner


def test_a_scanned_code_is_shown_as_it_is_and_fills_no_field() -> None:
    table = showing()
    table.feed(e.CodeScanned, text="06130017\x1d12-34\t00567")
    assert page(table).scanned == "06130017 12-34 00567"
    assert page(table).form.answers == ()
    assert table.road.paper.answers == ()
    assert [detail.label for detail in table.view.details] == ["detail.scanned"]
    assert table.last == (AlertStaff("evidence"),)


_TWELVE = individual_number()
_GROUPS = (_TWELVE[:4], _TWELVE[4:8], _TWELVE[8:])


@pytest.mark.parametrize(
    "text",
    [
        _TWELVE,
        " ".join(_GROUPS),
        f"JAHIS,{'-'.join(_GROUPS)},x",
        "\x1d".join(_GROUPS),
        f"記号 12\n番号 {_TWELVE[:5]}\x00{_TWELVE[5:]} 枝番 00",
        "x" * 5_000 + _TWELVE,
    ],
    ids=[
        "together",
        "set apart",
        "among others",
        "by a control sign",
        "hidden in the middle",
        "behind what is cut off",
    ],
)
def test_a_code_with_an_individual_number_is_not_even_shown(text: str) -> None:
    table = showing()
    before = table.visit
    assert table.feed(e.CodeScanned, text=text) is before


@pytest.mark.parametrize("text", ["", " \n", "\x00"])
def test_an_empty_code_is_nothing(text: str) -> None:
    table = showing()
    before = table.visit
    assert table.feed(e.CodeScanned, text=text) is before


def test_an_individual_number_is_taken_in_no_field() -> None:
    table = showing()
    table.touch("type_numbers")
    table.answer_field("06130017")
    before = table.visit
    assert table.feed(e.FieldAnswered, field=FormField.SYMBOL, value=_TWELVE) is before


def test_an_endless_code_is_cut() -> None:
    table = showing()
    table.feed(e.CodeScanned, text="A" * 10_000)
    assert len(page(table).scanned) == 400


def test_a_code_counts_only_where_a_certificate_is_shown() -> None:
    table = Table(FULL).until_ways().take(Way.CARD_NOTICE)
    before = table.visit
    assert table.feed(e.CodeScanned, text="06130017") is before
