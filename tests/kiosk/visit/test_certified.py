"""Results of the facility's certified face-recognition reader in a visit (kiosk/visit/flow/certified.py)."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from kiosk.coverage.face_result import FaceResult
from kiosk.coverage.qualification import Answer
from kiosk.coverage.services import Capability, Choice, ConsentItem
from kiosk.evidence.case import Facility
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.visit import events as e
from kiosk.visit.effects import AskByNumbers, AssignNumber, FindPatient, ForgetCard, PrintTicket
from kiosk.visit.flow.certified import takes, unclaimed
from kiosk.visit.form import FormField
from kiosk.visit.invariants import broken
from kiosk.visit.situation import situation_of
from kiosk.visit.states import Fallback, StaffVerifying, Visit, WaitingForStaff
from kiosk.visit.step import step
from tests.support.readings import FACE_ALONE, NUMBERS_AND_FACE, consented, error, reading
from tests.support.visits import DAY, NUMBERS, POLICY, Table, answer, coverage, facts, moment

CERTIFIED = replace(NUMBERS_AND_FACE, facility=Facility(face_check=True, staff_check=True, other_reader=True))
FACE = Capability.FACE_RESULT


def table(policy: object = CERTIFIED) -> Table:
    return Table(policy)  # type: ignore[arg-type]


def led() -> Table:
    """A patient whose PIN is locked, and who was led from here to the certified reader with the card."""
    here = table()
    here.feed(e.CardInserted, insertion=1)
    here.feed(e.CardRead, insertion=1, facts=facts(0))
    here.take(Way.VERIFY_BY_FACE)
    assert here.state == "UsingCertifiedReader"
    here.feed(e.CardRemoved, insertion=1)
    return here


def arrive(here: Table, result: FaceResult | None = None, **fields: Any) -> Visit:
    return here.feed(e.FaceResultArrived, result=result or reading(), **fields)


# --------------------------------------------------------------------------------------- a visit of its own


def test_a_result_opens_a_visit_and_ends_like_every_other() -> None:
    here = table()
    arrive(here)
    assert here.state == "Confirmed"
    assert here.of(AssignNumber)
    here.feed(e.NumberAssigned, number="A1")
    here.feed(e.Acknowledged)
    assert (here.state, here.view.variant) == ("TakeCard", "elsewhere")
    here.feed(e.TimePassed, after=10_000)
    assert (here.state, here.view.number) == ("Finished", "A1")
    assert here.result() == ("confirmed", None)
    assert [effect.number for effect in here.of(PrintTicket)] == ["A1"]
    assert here.visit.certified is None, "nothing of the reading stays"


def test_consents_are_recorded_as_they_were_given_at_the_reader() -> None:
    here = table()
    arrive(here, reading(answer("1", consented("1", operation_info_cons_flg="0"))))
    assert dict(here.visit.consents) == {
        ConsentItem.CARE: Choice.AGREED,
        ConsentItem.OPERATIONS: Choice.DECLINED,
        ConsentItem.CHECKUPS: Choice.AGREED,
        ConsentItem.SPECIFIC_DISEASES: Choice.AGREED,
    }
    there = situation_of(here.visit).consents_there
    assert {one.element: one.time for one in there}["diagnosis_info"] == "20261124093005"


def test_what_nobody_under_forty_is_asked_is_no_refusal() -> None:
    here = table()
    arrive(here, reading(answer("1", consented("0", birthdate="19990405"))))
    assert ConsentItem.CHECKUPS not in dict(here.visit.consents)
    assert dict(here.visit.consents)[ConsentItem.CARE] is Choice.DECLINED


def test_staff_see_by_whose_word_and_what_was_not_understood() -> None:
    here = table()
    told = answer("1", consented("9"), processing_result_code="X1", processing_result_message="soon over")
    arrive(here, reading(told))
    seen = situation_of(here.visit)
    assert seen.certified == reading(told).reading
    assert {one.flag for one in seen.consents_there} == {"9"}
    assert seen.consents == ()


def test_a_result_without_a_validity_counts_by_its_dates() -> None:
    here = table()
    arrive(here, reading(answer("")))
    assert here.state == "Confirmed"
    gone = table()
    arrive(gone, reading(answer("", coverage(disqualification_date="20260101"))))
    assert (gone.state, gone.visit.reason) == ("ChoosingEvidence", Reason.SERVICE_ERROR)


@pytest.mark.parametrize(
    ("told", "state", "reason"),
    [
        (answer("2"), "ChoosingEvidence", Reason.INVALID),
        (answer("3"), "ChoosingEvidence", Reason.INVALID_NEW_EXISTS),
        (answer("4"), "ChoosingEvidence", Reason.NO_RECORD),
        (answer("5"), "WaitingForStaff", Reason.AMBIGUOUS),
        (answer("1", coverage(), coverage(insurer_number="06130017")), "WaitingForStaff", Reason.AMBIGUOUS),
        (answer("8"), "ChoosingEvidence", Reason.SERVICE_ERROR),
        (answer("1", segment="2"), "ChoosingEvidence", Reason.STILL_PROCESSING),
        (answer("1", segment="9"), "ChoosingEvidence", Reason.SERVICE_ERROR),
    ],
)
def test_what_the_system_does_not_confirm_goes_the_road_of_the_evidence(
    told: Answer, state: str, reason: Reason
) -> None:
    here = table()
    arrive(here, reading(told))
    assert (here.state, here.visit.reason) == (state, reason)
    assert here.visit.outcome is None
    assert here.visit.certified == reading(told).reading, "staff see whose word it is"
    assert (here.visit.answer is not None) is (reason not in (Reason.STILL_PROCESSING,) and not told.failed)


def test_somebody_whom_the_system_does_not_confirm_may_be_in_the_facilitys_file() -> None:
    here = table()
    arrive(here, reading(answer("2")))
    assert len(here.of(FindPatient)) == 1


def test_public_assistance_is_confirmed_with_its_notice() -> None:
    here = table()
    arrive(here, reading(answer("6")))
    assert (here.state, here.visit.notices) == ("Confirmed", (Reason.PUBLIC_ASSISTANCE,))


@pytest.mark.parametrize("fields", [{"recent": False}, {"result": reading(desk="")}])
def test_an_old_result_and_one_of_no_known_desk_open_nothing_by_themselves(fields: dict[str, Any]) -> None:
    here = table()
    here.feed(e.FaceResultArrived, **{"result": reading(), **fields})
    assert (here.state, here.visit.id) == ("Welcome", "")
    here.feed(e.FaceResultArrived, given_by="suzuki", **{"result": reading(), **fields})
    assert here.state == "Confirmed"


def test_an_error_of_the_reader_opens_nothing() -> None:
    here = table()
    arrive(here, error("001"))
    assert here.state == "Welcome"


# ------------------------------------------------------------------------------------ led to the reader


def test_who_was_led_to_the_reader_is_met_by_its_result() -> None:
    here = led()
    visit = here.visit.id
    arrive(here)
    assert (here.state, here.visit.id) == ("Confirmed", visit)
    assert here.visit.verified is None
    assert here.of(ForgetCard)


def test_another_persons_result_is_not_taken_for_who_was_led_there() -> None:
    here = led()
    road = here.road
    here.visit = replace(here.visit, fallback=replace(road, paper=road.paper.answered(*BIRTH)))
    before = here.visit
    assert arrive(here) is before
    assert not takes(before, e.FaceResultArrived(id="x", at=moment(), result=reading()))
    arrive(here, given_by="suzuki")
    assert here.state == "Confirmed", "staff see who stands there"


BIRTH = (FormField.BIRTH_DATE, "1950-02-17")


@pytest.mark.parametrize(
    ("code", "problem"), [("001", Reason.CARD_UNREADABLE), ("002", Reason.NOT_MY_NUMBER_CARD)]
)
def test_what_the_patient_can_mend_at_the_reader_is_said_and_may_be_tried_again(
    code: str, problem: Reason
) -> None:
    here = led()
    arrive(here, error(code))
    assert here.state == "UsingCertifiedReader"
    assert here.view.title.key == f"UsingCertifiedReader.problem.{problem}.title"
    assert here.view.code == code
    arrive(here)
    assert here.state == "Confirmed"


def test_an_error_that_nobody_explains_leads_on_and_shows_its_code() -> None:
    here = led()
    arrive(here, error("E77", "as received"))
    assert (here.state, here.visit.reason) == ("ChoosingEvidence", Reason.SERVICE_ERROR)
    assert here.view.code == "E77"
    assert situation_of(here.visit).message == "as received"
    assert here.visit.certified is None


def test_who_called_staff_from_there_is_met_all_the_same() -> None:
    here = led()
    here.feed(e.StaffCalled)
    arrive(here, error("001"))
    assert here.state == "WaitingForStaff"
    arrive(here)
    assert here.state == "Confirmed"


def test_the_look_of_staff_at_the_reader_is_met() -> None:
    here = led()
    here.feed(e.BackChosen)
    here.take(Way.VERIFY_BY_STAFF)
    assert isinstance(here.visit.state, StaffVerifying)
    arrive(here)
    assert here.state == "Confirmed"


def test_time_and_the_way_back_lead_on_from_there() -> None:
    here = led()
    here.feed(e.BackChosen)
    assert here.state == "ChoosingEvidence"
    here.take(Way.VERIFY_BY_FACE)
    here.feed(e.TimePassed, after=120_000)
    assert here.state == "Abandoned"


def test_without_such_a_reader_a_look_at_the_face_is_no_way() -> None:
    policy = replace(CERTIFIED, capabilities=frozenset({Capability.BY_NUMBERS}))
    here = table(policy)
    here.feed(e.CardInserted, insertion=1)
    here.feed(e.CardRead, insertion=1, facts=facts(0))
    assert Way.VERIFY_BY_FACE not in here.ways()


# ------------------------------------------------------------------- in the middle of something else


MIDDLE = ("until_keypad", "until_opening", "until_consent", "until_lookup", "until_confirmed")


@pytest.mark.parametrize("until", MIDDLE)
@pytest.mark.parametrize("given_by", ["", "suzuki"])
def test_a_visit_in_the_middle_of_something_else_is_never_overwritten(until: str, given_by: str) -> None:
    here = table(replace(POLICY, capabilities=POLICY.capabilities | {FACE}))
    getattr(here, until)()
    before = here.visit
    assert arrive(here, given_by=given_by) is before
    assert here.last == ()


def test_on_the_other_ways_only_staff_can_say_whose_it_is() -> None:
    here = table(replace(POLICY, capabilities=POLICY.capabilities | {FACE}))
    here.until_ways()
    before = here.visit
    assert arrive(here) is before
    arrive(here, given_by="suzuki")
    assert here.state == "Confirmed"
    assert here.visit.verified is None, "what is known now is the reader's word alone"


# ---------------------------------------------------------------------------------------- unclaimed


def nobodys(result: FaceResult | None = None) -> Visit:
    event = e.FaceResultArrived(id="u", at=moment(5), result=result or reading(), recent=False)
    return unclaimed(table().visit, event)


def told(visit: Visit, event: e.AnyEvent) -> Visit:
    after, effects = step(visit, event)
    assert not broken(visit, event, after, effects)
    return after


def staff(action: str) -> e.StaffActed:
    return e.StaffActed(id="s", at=moment(10), action=action, staff="suzuki")  # type: ignore[arg-type]


def test_a_result_of_nobody_waits_for_staff_with_what_it_says() -> None:
    seen = situation_of(nobodys())
    assert (seen.waits, seen.shown, seen.kana) == ("result", Way.VERIFY_BY_FACE, "ﾔﾏﾀﾞ ﾀﾛｳ")
    assert situation_of(nobodys(reading(answer("2")))).shown is None


def test_staff_receive_it_as_confirmed_and_it_gets_its_number() -> None:
    accepted, effects = step(nobodys(), staff("accept"))
    assert accepted.outcome == "confirmed"
    assert any(isinstance(effect, AssignNumber) for effect in effects)
    numbered = told(accepted, e.NumberAssigned(id="n", at=moment(11), number="A7"))
    assert (type(numbered.state).__name__, numbered.number) == ("Finished", "A7")


@pytest.mark.parametrize("validity", ["2", "4", "5", "8"])
def test_what_was_not_confirmed_cannot_be_received_as_if_it_were(validity: str) -> None:
    visit = nobodys(reading(answer(validity)))
    assert told(visit, staff("accept")) is visit


def test_staff_receive_in_person_or_say_that_it_is_nobodys() -> None:
    assert told(nobodys(), staff("handled")).outcome == "handed_to_staff"
    assert told(nobodys(), staff("restart")).outcome == "abandoned"
    for action in ("resume", "evidence", "refuse"):
        visit = nobodys()
        assert told(visit, staff(action)) is visit


def test_what_nobody_claimed_ends_with_its_day() -> None:
    visit = nobodys()
    same_day = e.TimePassed(id="t", at=moment(3_600_000))
    assert told(visit, same_day) is visit
    tomorrow = moment(24 * 3_600_000)
    assert tomorrow.day > DAY
    assert told(visit, e.TimePassed(id="t", at=tomorrow)).outcome == "abandoned"


def test_no_screen_can_move_it() -> None:
    visit = nobodys()
    assert isinstance(visit.state, WaitingForStaff)
    for kind in (e.StaffCancelled, e.RetryChosen, e.EvidenceWanted):
        after = told(visit, kind(id="x", at=moment(10)))
        assert after.outcome in (None, "abandoned")


# --------------------------------------------------------------------- how the facility works as a whole


def test_the_page_leads_to_the_certified_reader_where_there_is_no_other() -> None:
    here = table(FACE_ALONE)
    here.feed(e.ReaderChanged, available=False)
    assert (here.state, here.view.variant) == ("Welcome", "certified")
    assert here.view.title.key == "Welcome.certified.title"
    arrive(here)
    assert here.state == "Confirmed"


def test_it_leads_there_also_where_what_is_read_here_could_not_be_looked_up() -> None:
    assert table(NUMBERS_AND_FACE).view.variant == "certified"
    both = replace(NUMBERS_AND_FACE, capabilities=frozenset({Capability.BY_CARD, FACE}))
    assert table(both).view.variant == ""


def test_without_such_a_reader_the_page_says_that_the_reader_is_down() -> None:
    here = table(replace(NUMBERS_AND_FACE, capabilities=frozenset({Capability.BY_NUMBERS})))
    here.feed(e.ReaderChanged, available=False)
    assert here.state == "OutOfService"


def verified_without_look_up() -> Table:
    """Direct reading where the exchange can only be asked by numbers."""
    here = table()
    here.until_keypad()
    here.feed(e.PinEntered, slot="s1")
    certificate = facts().certificate
    here.feed(e.PinVerified, insertion=1, certificate=certificate)
    assert (here.state, here.visit.reason) == ("ChoosingEvidence", Reason.NO_LOOKUP_BY_CARD)
    return here


def test_direct_reading_with_the_exchange_asks_by_the_numbers_on_the_paper() -> None:
    here = verified_without_look_up()
    here.take(Way.CERTIFICATE).touch("type_numbers")
    here.fill(NUMBERS)
    (asked,) = here.of(AskByNumbers)
    assert dict(asked.paper.answers) == {**NUMBERS}


def test_direct_reading_with_the_exchange_asks_by_the_numbers_on_file() -> None:
    here = verified_without_look_up()
    here.until_known()
    (asked,) = here.of(AskByNumbers)
    assert {field: value for field, value in asked.paper.answers if field in NUMBERS} == {
        field: value for field, value in NUMBERS.items() if field is not FormField.VALID_UNTIL
    }


def test_direct_reading_with_the_exchange_else_goes_to_the_certified_reader() -> None:
    here = verified_without_look_up()
    assert here.ways()[0] == Way.OTHER_READER
    here.take(Way.OTHER_READER)
    assert here.state == "UsingCertifiedReader"
    here.feed(e.CardRemoved, insertion=1)
    arrive(here)
    assert here.state == "Confirmed"


def test_a_road_is_there_for_the_certified_reader() -> None:
    assert led().visit.fallback == Fallback(Reason.PIN_LOCKED, card="aa")
