"""Those who come without a card: why, who helps them, and a pupil's school event (kiosk/visit/flow/no_card.py)."""

from __future__ import annotations

from datetime import date

import pytest

from drivers.interface import Failure, Fault
from kiosk.evidence.loading import book
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.visit import events as e
from kiosk.visit.effects import AlertStaff, ReadCard
from kiosk.visit.form import FormField
from kiosk.visit.states import SchoolTrip
from tests.support.visits import FULL, Table

BROKEN = Failure(Fault.INTERNAL, False)
CAUSES = [cause.id for cause in book().causes_of(Reason.NO_CARD)]


# ------------------------------------------------------------------------------------ why there is none


def test_the_causes_are_those_of_the_book_and_all_fit_on_the_page() -> None:
    table = Table()
    table.touch("no_card")
    assert (table.state, table.visit.reason) == ("ExplainingNoCard", Reason.NO_CARD)
    assert table.options == [f"no_card_{cause}" for cause in (*CAUSES, "unusable")]
    assert set(CAUSES) == {"lost", "renewing", "never_had", "returned", "forgotten"}


def test_who_has_a_card_that_does_not_work_is_led_to_what_counts_beside_it() -> None:
    table = Table()
    table.touch("no_card")
    table.touch("no_card_unusable")
    assert (table.state, table.visit.reason) == ("ChoosingEvidence", Reason.CARD_UNREADABLE)
    assert "way_card_notice" in table.options


@pytest.mark.parametrize(
    ("cause", "remedies"),
    [
        ("lost", ["stop_lost_card", "ask_municipality", "certificate_by_application"]),
        ("renewing", ["bring_the_card", "certificate_by_application"]),
        ("never_had", ["get_a_card", "certificate_ex_officio"]),
        ("returned", ["get_a_card", "certificate_ex_officio"]),
        ("forgotten", ["bring_the_card"]),
    ],
)
def test_each_cause_says_what_helps_and_how_a_certificate_is_got(cause: str, remedies: list[str]) -> None:
    """S0, S1#7, #11, S2 2(1), S4#18, #19, #21, #22."""
    table = Table()
    table.touch("no_card")
    table.touch(f"no_card_{cause}")
    assert [sentence.key for sentence in table.view.body] == [f"remedy.{one}" for one in remedies]


def test_the_line_for_lost_cards_is_named() -> None:
    """S0: 0120-95-0178."""
    table = Table()
    table.touch("no_card")
    table.touch("no_card_lost")
    lines = {detail.label: detail.value for detail in table.view.details}
    assert lines["contact.my_number_dial.name"] == "0120-95-0178"


def test_a_line_that_has_ended_is_not_named() -> None:
    """The dial of 協会けんぽ ends on 2026-02-27."""
    for day, named in ((date(2026, 2, 27), True), (date(2026, 2, 28), False)):
        table = Table(FULL, day).until_ways(Reason.INVALID, day=day).take(Way.SELF_PAY)
        labels = [detail.label for detail in table.view.details]
        assert ("contact.kyokai_kenpo_dial.name" in labels) is named


def test_from_the_cause_on_to_the_ways_and_back_to_the_questions() -> None:
    table = Table()
    table.touch("no_card")
    table.touch("no_card_returned")
    table.touch("show_ways")
    assert (table.state, table.road.cause) == ("ChoosingEvidence", "returned")
    table.feed(e.BackChosen)
    assert table.options == [f"no_card_{cause}" for cause in (*CAUSES, "unusable")]
    table.touch("no_card_lost")
    table.feed(e.BackChosen)
    assert table.road.cause == ""
    table.feed(e.BackChosen)
    assert table.state == "Welcome"
    assert table.visit.id == ""


def test_without_a_cause_the_ways_are_not_shown_yet() -> None:
    table = Table()
    table.touch("no_card")
    before = table.visit
    assert table.feed(e.EvidenceWanted) is before


def test_a_cause_of_another_reason_is_none_of_these() -> None:
    table = Table()
    table.touch("no_card")
    before = table.visit
    assert table.feed(e.NoCardChosen, cause="card_damaged") is before


def test_a_second_cause_needs_a_step_back_first() -> None:
    table = Table()
    table.touch("no_card")
    table.touch("no_card_lost")
    before = table.visit
    assert table.feed(e.NoCardChosen, cause="forgotten") is before


def test_the_card_can_be_placed_after_all() -> None:
    for pages in ((), ("no_card_forgotten",), ("no_card_forgotten", "show_ways")):
        table = Table()
        table.touch("no_card")
        for option in pages:
            table.touch(option)
        table.feed(e.CardInserted, insertion=1)
        assert (table.state, table.of(ReadCard)) == ("ReadingCard", [ReadCard(1)])


def test_with_the_reader_down_the_same_pages_lead_on() -> None:
    table = Table()
    table.feed(e.ReaderChanged, available=False)
    table.touch("no_card")
    table.feed(e.BackChosen)
    assert table.state == "OutOfService"
    table.touch("companion")
    table.feed(e.BackChosen)
    assert table.state == "OutOfService"


def test_each_patient_begins_with_nothing_of_the_one_before() -> None:
    table = Table().without_card("lost")
    first = table.visit.id
    table.feed(e.BackChosen)
    table.feed(e.BackChosen)
    table.touch("companion")
    assert table.visit.id != first
    assert table.visit.fallback is None
    assert table.visit.reason is None


# ------------------------------------------------------------------------------------------ who helps


def with_companion() -> Table:
    table = Table(FULL)
    table.touch("companion")
    table.touch("with_companion")
    return table


def test_somebody_who_is_helped_is_shown_the_ways_and_the_form_asks_for_the_helper() -> None:
    """S2②, S4#16G."""
    table = with_companion()
    assert (table.visit.reason, table.road.companion) == (Reason.NEEDS_ASSISTANCE, True)
    table.until_summary()
    answers = dict(table.road.form.answers)
    assert answers[FormField.COMPANION_RELATION] == "妻"


def test_that_somebody_helps_is_remembered_when_the_card_then_does_not_do() -> None:
    table = with_companion()
    table.feed(e.CardInserted, insertion=1)
    table.feed(e.CardFailed, insertion=1, failure=BROKEN)
    assert (table.road.reason, table.road.companion) == (Reason.TERMINAL_FAULT, True)


def test_nobody_helps_after_all() -> None:
    table = Table()
    table.touch("companion")
    table.feed(e.BackChosen)
    assert table.state == "Welcome"


# ---------------------------------------------------------------------------------------- school event


def on_a_trip() -> Table:
    table = Table(FULL)
    table.touch("companion")
    table.touch("with_school_trip")
    return table


@pytest.mark.parametrize("paper", ["portal_pdf", "notice_copy"])
def test_a_print_or_a_copy_counts_with_the_teacher_and_the_event(paper: str) -> None:
    """S4#4."""
    table = on_a_trip()
    assert table.options == ["trip_portal_pdf", "trip_notice_copy", "other_ways"]
    table.touch(f"trip_{paper}")
    assert table.view.field is not None
    assert table.view.field.field is FormField.TEACHER
    table.answer_field("田中 一郎")
    assert table.of(AlertStaff) == []
    table.answer_field("修学旅行")
    assert table.of(AlertStaff) == [AlertStaff("evidence")]
    assert table.view.variant == "show"
    assert isinstance(table.visit.state, SchoolTrip)
    assert dict(table.visit.state.form.answers) == {
        FormField.TEACHER: "田中 一郎",
        FormField.EVENT: "修学旅行",
    }
    table.staff("accept")
    assert table.result() == ("accepted_by_evidence", Way.SCHOOL_TRIP_COPY)


def test_teacher_and_event_are_both_needed() -> None:
    table = on_a_trip()
    table.touch("trip_notice_copy")
    for _ in range(2):
        assert table.view.field is not None
        assert table.view.field.skip == ""
        before = table.visit
        assert table.feed(e.FieldAnswered, field=table.view.field.field, value="  ") is before
        assert table.feed(e.FieldSkipped, field=table.view.field.field) is before
        table.answer_field("見本")


def test_an_answer_to_another_question_is_not_taken() -> None:
    table = on_a_trip()
    table.touch("trip_notice_copy")
    before = table.visit
    assert table.feed(e.FieldAnswered, field=FormField.EVENT, value="修学旅行") is before
    assert table.feed(e.FieldAnswered, field=FormField.NAME, value="田中") is before


def test_the_notice_itself_without_the_card_is_no_paper_of_a_trip() -> None:
    """S4#4 names a print or a copy; what is offered besides is what anybody without a card has."""
    table = on_a_trip()
    table.touch("other_ways")
    assert table.ways() == ["certificate", "school_trip_copy", "declaration_emergency", "self_pay"]


def test_back_goes_one_page_at_a_time_and_keeps_what_was_typed() -> None:
    table = on_a_trip()
    table.touch("trip_notice_copy")
    table.answer_field("田中 一郎")
    table.answer_field("修学旅行")
    fields = []
    for _ in range(2):
        table.feed(e.BackChosen)
        assert table.view.field is not None
        fields.append((table.view.field.field, table.view.field.value))
    assert fields == [(FormField.EVENT, "修学旅行"), (FormField.TEACHER, "田中 一郎")]
    table.feed(e.BackChosen)
    assert table.options[0] == "trip_portal_pdf"
    table.feed(e.BackChosen)
    assert table.state == "Companion"


def test_another_paper_may_be_chosen_after_going_back() -> None:
    table = on_a_trip()
    table.touch("trip_notice_copy")
    before = table.visit
    assert table.feed(e.TripDocumentChosen, document="portal_pdf") is before
    table.feed(e.BackChosen)
    table.touch("trip_portal_pdf")
    assert isinstance(table.visit.state, SchoolTrip)
    assert table.visit.state.document == "portal_pdf"


def test_a_copy_is_accepted_on_a_trip_only() -> None:
    """S4#4: and so is nothing else that its holder has not."""
    table = Table(FULL).without_card()
    before = table.visit
    table.staff("accept", Way.SCHOOL_TRIP_COPY)
    assert table.visit is before


def test_what_staff_refuse_on_a_trip_is_gone_from_the_list() -> None:
    table = on_a_trip()
    table.touch("trip_notice_copy")
    table.staff("refuse")
    assert "school_trip_copy" not in table.ways()
    assert table.view.body[0].key == "ChoosingEvidence.refused"


def test_from_the_list_a_pupil_comes_back_to_the_paper() -> None:
    table = on_a_trip()
    table.touch("other_ways")
    table.take(Way.SCHOOL_TRIP_COPY)
    assert table.options[0] == "trip_portal_pdf"
