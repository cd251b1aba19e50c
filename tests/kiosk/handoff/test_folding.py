"""What is handed over of a visit follows from its records."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from kiosk.coverage.services import Choice, ConsentItem
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.handoff.folding import PAPER_WAIT, Unreadable, settled_of
from kiosk.handoff.settled import SettledVisit, content_of
from kiosk.ledger import Entry, Purged
from kiosk.visit.form import FormField
from tests.support.handoff import HANAKO, KNOWN, NOW, PDF, TARO, answer, entry, records, visit_entries

WAYS = [["self_pay", "self_pay"]]
LATE = NOW + timedelta(minutes=30)


def settled(*entries: Entry, **how: Any) -> SettledVisit:
    found = settled_of(records(*entries), **how)
    assert found is not None
    return found


def pays(**desk: Any) -> list[Entry]:
    """Paid in full, with whatever else the desk was told."""
    told = {"outcome": "self_pay", "evidence": "self_pay", "reason": "no_card", "ways": WAYS} | desk
    return [
        entry("v1", "Acknowledged", "ExplainingSelfPay", desk=told),
        entry("v1", "NumberAssigned", "Finished", desk={"outcome": "self_pay", "number": "A002"}),
    ]


def declares(source: str = "hand", *, paper: bool = True) -> list[Entry]:
    desk = {"reason": "no_record", "birth_date": "1990-01-02", "share": 3, "ways": WAYS}
    typed = [("kana", "みほん　あけみ"), ("sex", "2"), ("contact", "03-0000-0000"), ("ratio", "2")]
    done = desk | {"outcome": "declared", "evidence": "card_declaration", "name": "見本 明美"}
    entries = [
        entry("v1", "EvidenceChosen", "FillingDeclaration", desk=desk),
        entry("v1", "FormBegun", "FillingDeclaration", source=source),
        *(entry("v1", "FieldAnswered", "FillingDeclaration", field=f, value=v) for f, v in typed),
        entry("v1", "FieldSkipped", "FillingDeclaration", field="workplace"),
        entry("v1", "FormSigned", "FillingDeclaration", desk=done),
        entry("v1", "NumberAssigned", "Finished", desk={"outcome": "declared", "number": "A003"}),
    ]
    made = [entry("v1", "PaperMade", kind="declaration", number="A003", pdf=_base64(PDF))] if paper else []
    return entries + made


def _base64(content: bytes) -> str:
    import base64

    return base64.b64encode(content).decode()


# -- when there is a result ------------------------------------------------------------------------
def test_a_visit_by_card_gives_its_answer_person_share_and_consents() -> None:
    found = settled(*visit_entries())
    assert (found.visit, found.terminal, found.reception_number) == ("v1", "A", "A001")
    assert (found.outcome, found.evidence, found.reason) == ("confirmed", None, None)
    assert found.answer == answer()
    person = found.person
    assert (person.name, person.kana, person.birth_date, person.sex) == (
        "山田　太郎", "ヤマダ タロウ", "1981-05-20", "1",
    )  # fmt: skip
    assert found.share is not None
    assert (found.share.tenths, found.share.source) == (3, "answer")
    assert found.consents is not None
    assert found.consents.choices == ((ConsentItem.CARE, Choice.AGREED),)
    assert (found.consents.wording_version, found.consents.language) == ("w1", "ja")
    assert found.settled_at == "2026-03-02T01:00:00.000Z"
    assert not found.void
    assert not found.simulated


def test_before_its_number_a_visit_has_no_result() -> None:
    entries = visit_entries()
    for count in range(3):
        assert settled_of(records(*entries[: count + 1])) is None
    assert settled_of(records(*entries[:4])) is not None


def test_an_abandoned_visit_is_not_handed_over() -> None:
    entries = [
        entry("v1", "CardInserted", "ReadingCard"),
        entry("v1", "CardRemoved", "Abandoned", desk={"outcome": "abandoned"}),
    ]
    assert settled_of(records(*entries)) is None


def test_a_visit_that_was_interrupted_after_its_result_is_handed_over() -> None:
    cut = [*visit_entries()[:3], entry("v1", "Interrupted", "Abandoned")]
    assert settled(*cut).outcome == "confirmed"


def test_whatever_comes_after_the_page_was_wiped_takes_nothing_away() -> None:
    whole = settled(*visit_entries())
    taken = entry("v1", "PaperTakenOut", kind="declaration", how="shown")
    assert content_of(settled(*visit_entries(), taken)) == content_of(whole)


def test_what_retention_has_erased_is_not_handed_over() -> None:
    erased = [replace(record, payload=Purged(b"x" * 32)) for record in records(*visit_entries())]
    assert settled_of(erased) is None
    half = records(*visit_entries())
    assert settled_of([*half[:-1], replace(half[-1], payload=Purged(b"x" * 32))]) is None


def test_a_record_that_nobody_can_read_is_told_by_its_type_only() -> None:
    broken = entry("v1", "StaffActed", "WaitingForStaff", desk={"reason": "Yamada"})
    with pytest.raises(Unreadable) as caught:
        settled_of(records(*visit_entries(), broken))
    assert str(caught.value) == "StaffActed"


def test_who_was_received_by_staff_is_handed_over_as_far_as_known() -> None:
    told = {"birth_date": "1981-05-20", "reason": "no_lookup_by_card", "waits": "reason"}
    entries = [
        entry("v1", "PinVerified", "WaitingForStaff", desk=told),
        entry(
            "v1", "StaffActed", "TakeCard", desk={"outcome": "handed_to_staff", "reason": "no_lookup_by_card"}
        ),
    ]
    found = settled(*entries)
    assert (found.outcome, found.reason) == ("handed_to_staff", Reason.NO_LOOKUP_BY_CARD)
    assert (found.person.birth_date, found.reception_number) == ("1981-05-20", "")


# -- whose answer ----------------------------------------------------------------------------------
def test_an_answer_that_denied_is_not_handed_on() -> None:
    denied = answer(replace(TARO, disqualification_date="20260101"), qualification_validity="2")
    entries = [entry("v1", "Answered", "ChoosingEvidence", question="q", answer=denied), *pays(share=3)]
    found = settled(*entries)
    assert found.answer is None
    assert found.share is None  # all of it is paid


def test_of_two_answers_the_last_before_the_result_counts() -> None:
    processing = entry("v1", "Answered", "LookingUp", question="q0", answer=answer(segment_of_result="2"))
    entries = visit_entries()
    assert settled(entries[0], processing, *entries[1:]).answer == answer()


@pytest.mark.parametrize(("check", "handed"), [("agrees", True), ("differs", False), ("failed", False)])
def test_an_answer_beside_a_paper_is_handed_on_only_if_it_agrees(check: str, handed: bool) -> None:
    paper = [["insurer_number", "01319904"], ["number", "1234567"], ["ratio", "3"]]
    desk = {"ways": WAYS, "paper": paper, "check": check, "birth_date": "1981-05-20", "share": 3}
    done = desk | {"outcome": "accepted_by_evidence", "evidence": "certificate"}
    found = settled(
        entry("v1", "Answered", "ShowingCertificate", question="q", answer=answer(), desk=desk),
        entry("v1", "StaffActed", "ShowingCertificate", desk=done),
        entry("v1", "NumberAssigned", "Finished", desk={"outcome": "accepted_by_evidence", "number": "A1"}),
    )
    assert (found.answer is not None) is handed
    assert found.evidence is Way.CERTIFICATE
    assert dict(found.paper)[FormField.NUMBER] == "1234567"
    assert found.share is not None
    assert found.share.source == ("answer" if handed else "paper")


def test_known_data_carry_what_the_file_held_and_its_number() -> None:
    desk = {"ways": WAYS, "patient": KNOWN, "birth_date": KNOWN.birth_date, "share": 3}
    done = desk | {"outcome": "accepted_by_evidence", "evidence": "known_data"}
    found = settled(
        entry("v1", "KnownUnchanged", "ConfirmingKnownData", desk=done),
        entry("v1", "NumberAssigned", "Finished", desk={"outcome": "accepted_by_evidence", "number": "A1"}),
    )
    assert (found.known, found.patient_number) == (KNOWN, "77")
    assert found.share is not None
    assert found.share.source == "known"


def test_the_facilitys_file_is_asked_whose_answer_it_is() -> None:
    found = settled(*visit_entries(), identify=lambda given: "000123" if given == answer() else "")
    assert found.patient_number == "000123"


def test_a_share_that_nobody_stated_is_that_of_the_age() -> None:
    desk = {"ways": WAYS, "share": 2, "outcome": "accepted_by_evidence", "evidence": "card_portal"}
    found = settled(
        entry("v1", "StaffActed", "ShowingPortal", desk=desk),
        entry("v1", "NumberAssigned", "Finished", desk={"outcome": "accepted_by_evidence", "number": "A1"}),
    )
    assert found.share is not None
    assert (found.share.tenths, found.share.source) == (2, "age")


# -- declarations ----------------------------------------------------------------------------------
def test_a_declaration_brings_its_pdf_and_what_was_typed() -> None:
    found = settled(*declares())
    assert found.declaration is not None
    assert found.declaration.pdf == PDF
    assert dict(found.declaration.answers) == {
        FormField.KANA: "ミホン アケミ", FormField.SEX: "2", FormField.CONTACT: "0300000000",
        FormField.WORKPLACE: "", FormField.RATIO: "2",
    }  # fmt: skip
    assert (found.person.sex, found.person.name) == ("2", "見本 明美")
    assert found.share is not None
    assert (found.share.tenths, found.share.source) == (2, "declared")
    assert found.consents is None


def test_a_declared_visit_waits_for_its_pdf_but_not_for_ever() -> None:
    waiting = records(*declares(paper=False))
    assert settled_of(waiting) is None
    assert settled_of(waiting, now=NOW + PAPER_WAIT) is None
    found = settled_of(waiting, now=NOW + PAPER_WAIT + timedelta(seconds=1))
    assert found is not None
    assert found.declaration is not None
    assert (found.declaration.id, found.declaration.pdf) == ("", b"")


def test_a_pdf_that_could_not_be_made_is_not_waited_for() -> None:
    failed = entry("v1", "PaperMade", kind="declaration", failed="TypstError")
    found = settled(*declares(paper=False), failed)
    assert found.declaration is not None
    assert found.declaration.id == ""


def test_a_form_on_paper_has_no_pdf_to_wait_for() -> None:
    assert settled(*declares("paper", paper=False)).outcome == "declared"


def test_another_papers_pdf_is_no_declaration() -> None:
    slip = entry("v1", "PaperMade", kind="refund_slip", number="A002", pdf=_base64(PDF))
    assert settled(*pays(), slip).declaration is None


def test_what_was_typed_before_another_persons_card_came_is_not_theirs() -> None:
    other = entry("v1", "CardRead", "ChoosingVerification", desk={"birth_date": "1970-01-01"})
    first = declares()[:4]
    found = settled(*first, other, *declares()[:2], *declares()[-3:])
    assert found.declaration is not None
    assert found.declaration.answers == ()


# -- what the desk says afterwards -----------------------------------------------------------------
def test_a_void_is_said_and_can_be_undone() -> None:
    void = entry("v1", "Voided", at=LATE, why="a trial")
    undone = entry("v1", "VoidUndone", at=LATE)
    assert settled(*visit_entries(), void).void
    assert content_of(settled(*visit_entries(), void, undone)) == content_of(settled(*visit_entries()))


def test_the_facilitys_own_spelling_of_a_name_goes_out() -> None:
    corrected = entry("v1", "NameDisplayCorrected", at=LATE, name="髙橋　華子")
    assert settled(*visit_entries(), corrected).person.name == "髙橋　華子"


def test_the_coverage_that_staff_chose_is_the_one_that_counts() -> None:
    second = replace(TARO, insurer_number="06319917", insured_partial_contribution_ratio="020")
    several = visit_entries(given=answer(TARO, second, qualification_validity="5"))
    both = settled(*several)
    assert [one.insurer_number for one in both.proven] == ["01319904", "06319917"]
    chosen = settled(*several, entry("v1", "CoverageChosen", at=LATE, question="q1", place=2))
    assert [one.insurer_number for one in chosen.proven] == ["06319917"]
    assert chosen.share is not None
    assert chosen.share.tenths == 2
    other = settled(*several, entry("v1", "CoverageChosen", at=LATE, question="another", place=2))
    assert len(other.proven) == 2


def test_of_several_coverages_the_accepted_papers_own_counts() -> None:
    second = replace(TARO, insurer_number="06319917", insured_partial_contribution_ratio="")
    both = answer(TARO, second, qualification_validity="5")
    paper = [["insurer_number", "06319917"], ["number", "1234567"]]
    desk = {"ways": WAYS, "paper": paper, "check": "agrees", "birth_date": "1981-05-20"}
    found = settled(
        entry("v1", "Answered", "ShowingCertificate", question="q", answer=both, desk=desk),
        entry("v1", "StaffActed", "ShowingCertificate",
              desk=desk | {"outcome": "accepted_by_evidence", "evidence": "certificate"}),
        entry("v1", "NumberAssigned", "Finished", desk={"outcome": "accepted_by_evidence", "number": "A1"}),
    )  # fmt: skip
    assert [one.insurer_number for one in found.proven] == ["06319917"]
    assert found.share is not None
    assert (found.share.tenths, found.share.source) == (3, "age")  # this coverage states none


@pytest.mark.parametrize("type", ["LateAnswer", "RecheckAnswered"])
def test_a_late_answer_that_proves_the_coverage_goes_out(type: str) -> None:
    late = entry("v1", type, at=LATE, question="q9", answer=answer())
    found = settled(*pays(birth_date="1981-05-20"), late)
    assert (found.answer, found.recheck, found.outcome) == (answer(), "valid", "self_pay")


def test_a_late_answer_about_somebody_else_does_not() -> None:
    late = entry("v1", "LateAnswer", at=LATE, question="q9", answer=answer(HANAKO))
    for known in ({"birth_date": "1981-05-20"}, {}):
        found = settled(*pays(**known), late)
        assert (found.answer, found.recheck) == (None, "")


def test_a_late_denial_is_told_but_is_no_answer() -> None:
    denial = answer(qualification_validity="4", results=())
    late = entry("v1", "RecheckAnswered", at=LATE, answer=denial)
    found = settled(*pays(birth_date="1981-05-20"), late)
    assert (found.answer, found.recheck) == (None, "not_valid")


def test_a_visit_that_the_desk_ended_has_the_outcome_it_was_given() -> None:
    entries = [
        entry("v1", "CardInserted", "ReadingCard"),
        entry("v1", "StaffCalled", "WaitingForStaff", desk={"waits": "called", "birth_date": "1981-05-20"}),
        entry("v1", "TakenOver"),
        entry("v1", "SettledAtDesk", "Finished", outcome="self_pay", evidence="self_pay"),
    ]
    found = settled(*entries)
    assert (found.outcome, found.evidence, found.person.birth_date) == (
        "self_pay",
        Way.SELF_PAY,
        "1981-05-20",
    )


# -- the mark --------------------------------------------------------------------------------------
def test_one_simulated_record_marks_the_visit() -> None:
    entries = visit_entries()
    marked = [entries[0], replace(entries[1], simulated=True), *entries[2:]]
    assert settled(*marked).simulated
    assert settled(*visit_entries(given=answer(simulated=True))).simulated


def test_nothing_of_it_shows_in_a_repr() -> None:
    found = settled(*visit_entries())
    assert repr(found) == "<SettledVisit>"
    assert "山田" not in repr((found.person, found.share, found.consents))
