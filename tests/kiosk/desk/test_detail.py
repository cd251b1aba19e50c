"""What staff see of one visit (kiosk/desk/detail.py, comparing.py, claiming.py, timeline.py)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.coverage.qualification import ResultOfQualificationConfirmation
from kiosk.coverage.services import Choice, ConsentItem
from kiosk.desk.case import Numbers
from kiosk.desk.comparing import compare
from kiosk.desk.desk import Look
from kiosk.desk.detail import Detail, WayOpen, detail
from kiosk.desk.timeline import timeline
from kiosk.documents.claim_note import ClaimWay, Doubt
from kiosk.evidence.loading import book
from kiosk.evidence.model import Document, Way
from kiosk.evidence.reasons import Reason
from kiosk.visit.acts import Act
from kiosk.visit.form import FormField
from kiosk.wording.catalogues import catalogue
from simulator.national.faults import Fault
from simulator.people import load
from tests.support.desks import STAFF, House, played_records
from tests.support.papers_of_people import paper_of
from tests.support.visits import DAY, DECLARED


def detail_of(house: House, visit: str = "") -> Detail:
    house.desk.poll()
    look = house.desk.look(visit or house.visit, STAFF)
    assert isinstance(look, Look)
    shown = look.detail()
    assert shown is not None
    return shown


def of(shown: Detail, field: FormField) -> tuple[str, str, bool | None]:
    (one,) = [one for one in shown.compared if one.field is field]
    return one.typed, one.answered, one.agrees


def test_the_story_tells_who_did_what_and_what_page_followed(house: House) -> None:
    visit = house.confirm()
    lines = detail_of(house, visit).lines
    keys = [line.key.removeprefix("desk.event.") for line in lines]
    assert keys[:5] == ["CardInserted", "CardRead", "PinChosen", "PinEntered", "PinVerified"]
    assert keys[-1] == "VisitLookedAt"
    kinds = {line.key.removeprefix("desk.event."): line.kind for line in lines}
    assert (kinds["PinEntered"], kinds["CardRead"], kinds["Answered"], kinds["VisitLookedAt"]) == (
        "patient", "machine", "machine", "audit",
    )  # fmt: skip
    assert [line.state for line in lines if line.state][-1] == "Welcome"
    assert [line.at for line in lines] == sorted(line.at for line in lines)


def test_what_was_consented_to_is_shown_also_after_the_visit(house: House) -> None:
    house.verify().touch("consent_choose")
    house.touch("consent_yes")
    while house.kiosk.view.state == "AskingConsent":
        house.touch("consent_no")
    visit = house.visit
    house.leave()
    consents = dict(detail_of(house, visit).consents)
    assert consents[ConsentItem.CARE] is Choice.AGREED
    assert set(consents.values()) == {Choice.AGREED, Choice.DECLINED}


def test_each_open_way_has_its_rule_its_checks_its_papers_and_its_sources(house: House) -> None:
    house.without_card()
    shown = detail_of(house)
    assert shown.row.ways == tuple(way.way for way in shown.ways)
    words = catalogue("ja")
    rules = book().rules
    for way in shown.ways:
        assert rules[way.rule].way is way.way
        assert way.sources == rules[way.rule].sources
        assert way.sources
        assert all(key in words for key in (way.name_key, *way.checks))
        assert [document for document, _paper in way.papers] == list(rules[way.rule].needs)
    assert shown.reason_key == "reason.no_card.staff"
    assert shown.look_at is None


def test_for_the_evidence_that_is_shown_the_fields_to_look_at_are_named(house: House) -> None:
    house.without_card().take(Way.CERTIFICATE)
    look_at = detail_of(house).look_at
    assert isinstance(look_at, WayOpen)
    ((document, paper),) = look_at.papers
    assert document is Document.CERTIFICATE
    assert {"有効期限", "保険者番号", "記号・番号"} <= set(paper.fields)
    assert "evidence.check.printed_date" in look_at.checks


def test_a_notice_says_what_is_never_read_off_it(house: House) -> None:
    house.verify("no_record").touch("consent_all").take(Way.CARD_NOTICE)
    look_at = detail_of(house).look_at
    assert look_at is not None
    papers = dict(look_at.papers)
    assert papers[Document.NOTICE].never == ("マイナンバーの下4桁",)


def test_the_typed_paper_stands_beside_the_answer_field_by_field(house: House) -> None:
    paper = paper_of("yamada")
    house.without_card().take(Way.CERTIFICATE).touch("type_numbers").type(paper)
    shown = detail_of(house)
    typed, answered, agrees = of(shown, FormField.INSURER_NUMBER)
    assert (typed, agrees) == (paper[FormField.INSURER_NUMBER], True)
    assert answered
    assert of(shown, FormField.NUMBER)[2] is True
    assert of(shown, FormField.BIRTH_DATE)[2] is True
    assert of(shown, FormField.BRANCH)[2] is True
    assert of(shown, FormField.KANA) == ("", "ﾔﾏﾀﾞ ﾀﾛｳ", None)
    assert of(shown, FormField.VALID_UNTIL)[2] is None
    assert "山田" not in repr(shown.compared)


def test_numbers_that_the_system_does_not_know_stand_alone_and_call_a_person(house: House) -> None:
    paper = paper_of("yamada") | {FormField.NUMBER: "99"}
    house.without_card().take(Way.CERTIFICATE).touch("type_numbers").type(paper)
    shown = detail_of(house)
    assert {one.agrees for one in shown.compared} == {None}
    assert [one.verdict.reason for one in shown.answers] == [Reason.NO_RECORD]


def test_a_paper_that_was_not_looked_up_stands_alone(house: House) -> None:
    house.faults.always(Fault.NO_ANSWER)
    house.without_card().take(Way.CERTIFICATE).touch("type_numbers").type(paper_of("yamada"))
    shown = detail_of(house)
    assert {(one.answered, one.agrees) for one in shown.compared} == {("", None)}
    assert len(shown.compared) == 6


def declared(house: House) -> str:
    house.faults.always(Fault.NO_ANSWER)
    house.verify().take(Way.CARD_DECLARATION).touch("form_hand").type(DECLARED)
    visit = house.visit
    house.touch("form_right").touch("cannot_sign")
    house.leave()
    return visit


def test_a_declared_visit_has_its_claim_note_and_its_papers(house: House) -> None:
    visit = declared(house)
    shown = detail_of(house, visit)
    assert shown.claim is not None
    assert shown.claim.way is ClaimWay.UNKNOWN
    assert (shown.claim.reception_number, shown.claim.visit_date) == ("A001", DAY)
    assert dict(shown.claim.remarks)  # what was typed goes into 摘要欄
    assert {one.kind for one in shown.papers} == {"declaration", "claim_note"}
    assert all(one.made for one in shown.papers)


def test_the_claim_is_made_of_the_whole_declaration_also_of_what_was_copied_from_the_card(
    house: House,
) -> None:
    house.faults.always(Fault.NO_ANSWER)
    house.verify().take(Way.CARD_DECLARATION).touch("form_card").touch("text_key_pin")
    slot = house.kiosk.secrets.put(bytearray(load("yamada").card.text_pin.encode()))
    house.kiosk.act(Act("PinEntered", (("slot", slot),)))
    form = house.kiosk.visit.fallback
    assert form is not None
    assert FormField.ADDRESS in form.form.from_card
    address = form.form.get(FormField.ADDRESS)
    assert address is not None
    visit = house.type(DECLARED).visit
    assert not house.row(visit).outcome
    assert address not in str(list(house.kiosk_ledger.entries(visit))), "nobody has declared it yet"
    house.touch("form_right").touch("cannot_sign").leave()
    claim = detail_of(house, visit).claim
    assert claim is not None
    assert address in dict(claim.remarks).values()


def test_numbers_that_are_found_out_later_change_the_claim(house: House) -> None:
    visit = declared(house)
    paper = paper_of("yamada")
    numbers = Numbers(
        insurer_number=paper[FormField.INSURER_NUMBER],
        insured_card_symbol=paper[FormField.SYMBOL],
        insured_identification_number=paper[FormField.NUMBER],
        birth_date=paper[FormField.BIRTH_DATE],
    )
    house.desk.notebook.tell_numbers(visit, numbers, STAFF)
    claim = detail_of(house, visit).claim
    assert claim is not None
    assert (claim.way, claim.insurer_number) == (ClaimWay.CURRENT, paper[FormField.INSURER_NUMBER])
    assert Doubt.CURRENT_MAY_COME not in claim.doubts


def test_a_visit_that_was_not_declared_has_no_claim_note(house: House) -> None:
    assert detail_of(house, house.confirm()).claim is None


def test_the_code_and_message_of_a_failure_are_shown_as_they_came(house: House) -> None:
    house.verify()
    house.faults.always(Fault.SERVICE_ERROR)
    house.touch("consent_all")
    shown = detail_of(house)
    assert shown.row.reason is Reason.SERVICE_ERROR
    assert shown.code
    assert shown.code in [text for line in shown.lines for text in line.text]


def test_no_line_of_any_played_visit_holds_a_pin_or_a_slot() -> None:
    for line in timeline(played_records()):
        if line.key in ("desk.event.PinEntered", "desk.event.CardTextRead", "desk.event.FormSigned"):
            assert (line.named, line.text) == ((), ())


def test_the_lines_of_every_visit_name_sentences_that_are_there_unless_they_are_the_desks_own() -> None:
    words = catalogue("ja")
    for line in timeline(played_records()):
        assert all(key in words for key in line.named if not key.startswith("desk."))


def test_records_of_no_visit_are_no_detail() -> None:
    assert detail([], book(), DAY) is None


# ------------------------------------------------------------------------------------------- comparing


@given(st.text(max_size=12), st.text(max_size=12))
def test_what_one_side_does_not_say_proves_nothing(typed: str, answered: str) -> None:
    coverage = ResultOfQualificationConfirmation(insured_card_symbol=answered)
    shown = compare(((FormField.SYMBOL, typed),), coverage, DAY)
    assert len(shown) == bool(typed or answered)
    for one in shown:
        assert (one.agrees is None) == (not typed or not answered)
        assert one.agrees or typed != answered or not typed


@pytest.mark.parametrize(
    ("field", "typed", "answered"),
    [
        (FormField.SYMBOL, "12-34", "１２－３４"),
        (FormField.SYMBOL, "12ー34", "12−34"),
        (FormField.NUMBER, "567", "００５６７"),
        (FormField.BRANCH, "1", "01"),
        (FormField.INSURER_NUMBER, "130012", "00130012"),
        (FormField.KANA, "ヤマダ タロウ", "ﾔﾏﾀﾞ　ﾀﾛｳ"),
        (FormField.NAME, "山田 太郎", "山田　太郎"),
    ],
)
def test_ways_of_writing_the_same_agree(field: FormField, typed: str, answered: str) -> None:
    coverage = replace(ResultOfQualificationConfirmation(), **{_NAMES[field]: answered})
    (one,) = compare(((field, typed),), coverage, date(2026, 11, 24))
    assert one.agrees is True


@pytest.mark.parametrize(
    "field", [FormField.SYMBOL, FormField.NUMBER, FormField.INSURER_NUMBER, FormField.NAME]
)
def test_what_differs_is_said_to_differ(field: FormField) -> None:
    coverage = replace(ResultOfQualificationConfirmation(), **{_NAMES[field]: "12"})
    (one,) = compare(((field, "21"),), coverage, DAY)
    assert one.agrees is False


_NAMES = {
    FormField.SYMBOL: "insured_card_symbol",
    FormField.NUMBER: "insured_identification_number",
    FormField.BRANCH: "insured_branch_number",
    FormField.INSURER_NUMBER: "insurer_number",
    FormField.KANA: "name_kana",
    FormField.NAME: "name",
}
