"""The board: what stands on it for a visit, and in which order (kiosk/desk/board.py, row.py)."""

from __future__ import annotations

from kiosk.desk.board import Filter
from kiosk.desk.row import Light, Mark, Need, Next
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.ledger import stamp
from simulator.national.faults import Fault
from simulator.playing.stage import JAM
from tests.support.desks import STAFF, House
from tests.support.ledgers import entry
from tests.support.visits import NUMBERS

A_DAY_MS = 24 * 3_600_000


def test_a_visit_is_seen_going_on_and_settled_with_number_and_kana(house: House) -> None:
    house.verify()
    assert house.row().light is Light.GOING_ON
    house.touch("consent_all")
    visit = house.visit
    row = house.row()
    assert (row.light, row.number, row.outcome) == (Light.GOING_ON, "A001", "confirmed")
    assert row.kana == "ﾔﾏﾀﾞ ﾀﾛｳ"
    house.leave()
    row = house.row(visit)
    assert (row.light, row.number, row.outcome, row.need) == (Light.SETTLED, "A001", "confirmed", None)
    assert row.kana == "ﾔﾏﾀﾞ ﾀﾛｳ", "the page has wiped it; staff still call this patient"
    assert (row.terminal, row.simulated, row.marks) == ("A", True, frozenset())


def test_evidence_that_is_shown_calls_a_person_and_their_word_settles_it(house: House) -> None:
    house.without_card().take(Way.CERTIFICATE)
    row = house.row()
    assert (row.light, row.need, row.next) == (Light.NEEDS_PERSON, Need.EVIDENCE, Next.JUDGE)
    assert row.shown is Way.CERTIFICATE
    visit = house.visit
    assert house.ask("accept")
    house.leave()
    row = house.row(visit)
    assert (row.light, row.outcome, row.evidence) == (
        Light.SETTLED, "accepted_by_evidence", Way.CERTIFICATE,
    )  # fmt: skip
    assert row.number == "A001"


def test_a_patient_who_calls_waits_since_then_and_not_since_they_came(house: House) -> None:
    house.insert()
    house.kiosk.wait(20_000)
    house.call()
    row = house.row()
    assert (row.need, row.next) == (Need.CALLED, Next.RECEIVE)
    assert row.waits_since > row.began
    since = row.waits_since
    house.kiosk.wait(30_000)
    assert house.row().waits_since == since


def test_a_console_that_runs_for_weeks_keeps_what_is_not_done_and_no_more(house: House) -> None:
    """As if it were opened anew, and it costs no more each day."""
    done = [house.confirm()]
    house.without_card().take(Way.CERTIFICATE)
    stands = house.visit
    house.desk.poll()
    for _day in range(6):
        house.world.advance(A_DAY_MS)
        house.desk.poll()
        done.append(add_visit(house, f"later-{len(done)}"))
        house.desk.poll()
    kept = {case.visit for case in house.desk.board.cases}
    assert kept == {stands, *done[-4:]}
    fresh = house.open_desk("fresh")
    assert kept == {case.visit for case in fresh.board.cases}
    assert house.desk.rows() == fresh.rows()


def add_visit(house: House, visit: str) -> str:
    """One that is over, of another terminal."""
    at = stamp(house.world.utc())
    ledger = house.ledger(visit, "B")
    ledger.append([entry(visit, 1, "ReadingCard", at=at), entry(visit, 2, "Finished", at=at)])
    ledger.close()
    return visit


def test_rows_are_made_again_only_when_something_happened(house: House) -> None:
    house.confirm()
    house.desk.poll()
    before = house.desk.rows(Filter.DONE)
    house.desk.poll()
    assert house.desk.rows(Filter.DONE) is before
    house.insert()
    house.desk.poll()
    assert house.desk.rows(Filter.DONE) is not before
    assert house.desk.counts()[Filter.GOING_ON] == 1


def test_several_coverages_are_for_a_person_to_choose_from(house: House) -> None:
    house.verify("several").touch("consent_all")
    row = house.row()
    assert (row.need, row.next, row.reason) == (Need.REASON, Next.CHOOSE_COVERAGE, Reason.AMBIGUOUS)


def test_a_card_that_was_left_behind_calls_a_person(house: House) -> None:
    house.verify().touch("consent_all")
    house.kiosk.wait(60_000)
    house.kiosk.wait(15_000)
    row = house.row()
    assert (row.state, row.need, row.next) == ("TakeCard", Need.CARD, Next.RETURN_CARD)
    visit = house.visit
    house.leave()
    assert house.row(visit).light is Light.SETTLED


def test_each_part_of_the_board_shows_its_own_and_the_newest_need_is_on_top(house: House) -> None:
    first = house.confirm()
    other = house.open_kiosk("B")
    house.without_card().take(Way.CERTIFICATE).touch("type_numbers").type(NUMBERS)
    house.kiosk.wait(1_000)
    here, house.kiosk = house.kiosk, other
    house.without_card("lost").take(Way.CERTIFICATE)
    house.desk.poll()
    shown = [here.visit.id, other.visit.id]
    assert [row.visit for row in house.desk.rows(Filter.DONE)] == [first]
    assert [row.visit for row in house.desk.rows(Filter.NEEDS)] == shown[::-1]
    assert [row.visit for row in house.desk.rows()] == [*shown[::-1], first]
    assert house.desk.counts() == {
        Filter.ALL: 3, Filter.NEEDS: 2, Filter.GOING_ON: 0, Filter.DONE: 1, Filter.RECHECK: 0,
    }  # fmt: skip
    assert {row.terminal for row in house.desk.rows()} == {"A", "B"}


def test_what_is_settled_leaves_the_board_with_its_day_and_what_is_not_stays(house: House) -> None:
    done = house.confirm()
    house.faults.always(Fault.NO_ANSWER)
    house.verify().take(Way.SELF_PAY).touch("pay_in_full")
    open_question = house.visit
    house.leave()
    house.world.advance(A_DAY_MS)
    later = house.open_desk("later")
    assert [row.visit for row in later.rows()] == [open_question]
    assert later.board.case(done) is not None
    assert later.rows()[0].need is Need.NO_NUMBERS


def test_a_paper_that_does_not_come_out_needs_a_person_until_it_does(house: House) -> None:
    house.tray.jammed = JAM
    house.without_card().take(Way.SELF_PAY).touch("pay_in_full")
    visit = house.visit
    house.leave()
    row = house.row(visit)
    assert (row.light, row.need, row.next) == (Light.NEEDS_PERSON, Need.PAPER_FAILED, Next.REPRINT)


def test_a_voided_visit_stands_there_and_needs_nothing(house: House) -> None:
    house.without_card().take(Way.CERTIFICATE)
    house.desk.notebook.void(house.visit, "試しの受付", STAFF)
    row = house.row()
    assert (row.light, row.need, row.marks) == (Light.SETTLED, None, frozenset({Mark.VOIDED}))
    house.desk.notebook.undo_void(house.visit, STAFF)
    row = house.row()
    assert (row.light, row.marks) == (Light.NEEDS_PERSON, frozenset())


def test_an_interrupted_visit_is_for_a_person_until_they_say_it_is_done(house: House) -> None:
    house.verify()
    visit = house.visit
    house.crash()
    house.open_kiosk()
    row = house.row(visit)
    assert (row.light, row.need, row.next) == (Light.NEEDS_PERSON, Need.INTERRUPTED, Next.FIND_OUT)
    house.desk.notebook.settle(visit, STAFF, "窓口で受付した")
    assert house.row(visit).light is Light.SETTLED
    house.desk.notebook.reopen(visit, STAFF)
    assert house.row(visit).need is Need.INTERRUPTED


def test_a_registration_of_unknown_outcome_stays_with_people_and_is_never_sent_again(house: House) -> None:
    house.verify("unregistered")
    house.faults.next(Fault.DROP_AFTER_COMMIT)
    house.touch("register")
    visit = house.visit
    assert house.row().reason is Reason.ANSWER_UNKNOWN
    assert house.ask("handled")
    house.leave()
    row = house.row(visit)
    assert (row.light, row.need, row.next) == (
        Light.NEEDS_PERSON, Need.REGISTRATION_UNKNOWN, Next.FIND_OUT,
    )  # fmt: skip
    assert house.service.counts["register"] == 1
