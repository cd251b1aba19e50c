"""What a console asks and is told: requests, looks, news, two consoles at once (kiosk/desk/desk.py)."""

from __future__ import annotations

import msgspec
import pytest

from kiosk.desk.board import Filter
from kiosk.desk.desk import Look
from kiosk.desk.refusing import Done, Refusal, Why
from kiosk.desk.row import Light, Mark, Need, Next
from kiosk.evidence.model import Way
from kiosk.ledger import Purged
from simulator.national.faults import Fault
from tests.support.desks import STAFF, House
from tests.support.patients import individual_number
from tests.support.visits import DAY, NUMBERS

HOUR_MS = 3_600_000


def certificate_shown(house: House) -> str:
    house.without_card().take(Way.CERTIFICATE)
    house.desk.poll()
    return house.visit


def known_shown(house: House) -> None:
    """The network is down, and a patient of this facility has typed who they are."""
    house.faults.always(Fault.NO_ANSWER)
    house.verify().take(Way.KNOWN_DATA).type_known()


# ----------------------------------------------------------------------------------------- requests


def test_a_request_is_answered_by_the_terminal_and_told_once(house: House) -> None:
    visit = certificate_shown(house)
    asked = house.desk.act(visit, "accept", STAFF, why="期限内")
    assert isinstance(asked, Done)
    assert house.desk.poll().replies == ()
    house.kiosk.reception.poll_requests()
    house.kiosk.settle()
    (reply,) = house.desk.poll().replies
    assert (reply.request, reply.visit, reply.accepted) == (asked.id, visit, True)
    assert house.desk.poll().replies == ()
    assert house.kiosk.view.state == "Finished"


def test_of_two_consoles_one_wins_and_the_other_is_told(house: House) -> None:
    visit = certificate_shown(house)
    other = house.open_desk("second")
    mine, theirs = house.desk.act(visit, "accept", "sato"), other.act(visit, "refuse", "suzuki")
    assert isinstance(mine, Done)
    assert isinstance(theirs, Done)
    house.kiosk.reception.poll_requests()
    house.kiosk.settle()
    (won,), (lost,) = house.desk.poll().replies, other.poll().replies
    assert (won.request, won.accepted) == (mine.id, True)
    assert (lost.request, lost.accepted, lost.why) == (theirs.id, False, Why.MOVED_ON)
    assert house.row(visit).outcome == "accepted_by_evidence"
    look = house.desk.look(visit, STAFF)
    assert isinstance(look, Look)
    shown = look.detail()
    assert shown is not None
    assert [(one.actor, one.action, one.accepted, one.answer) for one in shown.requests] == [
        ("staff:sato", "accept", True, ""),
        ("staff:suzuki", "refuse", False, "moved_on"),
    ]


def test_who_decided_without_having_seen_what_others_just_did_is_told(house: House) -> None:
    """A refusal leads to the ways, where staff might accept the same paper; but not somebody who never saw that it
    was refused."""
    visit = certificate_shown(house)
    other = house.open_desk("second")
    house.desk.act(visit, "refuse", "sato", way=Way.CERTIFICATE)
    theirs = other.act(visit, "accept", "suzuki", way=Way.CERTIFICATE)
    assert isinstance(theirs, Done)
    house.kiosk.reception.poll_requests()
    house.kiosk.settle()
    (lost,) = other.poll().replies
    assert (lost.request, lost.accepted, lost.why) == (theirs.id, False, Why.MOVED_ON)
    assert house.row(visit).state == "ChoosingEvidence"
    assert house.ask("accept", desk=other, way=Way.CERTIFICATE), "they have seen it now, and mean it"
    assert house.row(visit).outcome == "accepted_by_evidence"


def test_a_judgement_is_of_what_staff_saw_and_not_of_a_page_that_came_since(house: House) -> None:
    """Staff look at the certificate; meanwhile the patient goes on to self-payment."""
    visit = certificate_shown(house)
    asked = house.desk.act(visit, "refuse", STAFF)
    assert isinstance(asked, Done)
    house.back().take(Way.SELF_PAY)
    house.kiosk.reception.poll_requests()
    (request,) = house.kiosk_ledger.requests(unanswered=False)
    assert msgspec.json.decode(request.payload if isinstance(request.payload, bytes) else b"{}") == {
        "way": "certificate",
        "seen": "",
    }
    house.kiosk.settle()
    row = house.row()
    assert row.state == "ChoosingEvidence"
    assert Way.CERTIFICATE not in row.ways
    assert Way.SELF_PAY in row.ways


def test_what_cannot_be_asked_is_refused_here_and_never_sent(house: House) -> None:
    assert house.desk.act("nobody", "handled", STAFF) == Refusal(Why.UNKNOWN_VISIT)
    done = house.confirm()
    house.desk.poll()
    assert house.desk.act(done, "handled", STAFF) == Refusal(Why.NOBODY_THERE)
    house.verify()
    house.desk.poll()
    assert house.desk.act(house.visit, "accept", STAFF) == Refusal(Why.NOTHING_SHOWN)
    told = house.desk.act(house.visit, "restart", STAFF, why=f"番号 {individual_number()}")
    assert told == Refusal(Why.INDIVIDUAL_NUMBER)
    assert house.kiosk_ledger.requests() == []


@pytest.mark.parametrize("way", [Way.CERTIFICATE, Way.CARD_NOTICE, Way.CARD_PORTAL, Way.SELF_PAY])
def test_every_way_is_accepted_at_the_desk_with_a_number(house: House, way: Way) -> None:
    if way in (Way.CARD_NOTICE, Way.CARD_PORTAL):
        house.verify("no_record").touch("consent_all")
    else:
        house.without_card()
    house.take(way)
    visit = house.visit
    house.desk.poll()
    assert house.ask("accept")
    house.leave()
    row = house.row(visit)
    assert (row.light, row.evidence, row.number) == (Light.SETTLED, way, "A001")


def test_a_patient_on_file_is_seen_by_staff_and_confirms(house: House) -> None:
    known_shown(house)
    row = house.row()
    assert (row.need, row.shown, row.kana, row.patient_number) == (
        Need.EVIDENCE, Way.KNOWN_DATA, "ヤマダ タロウ", "1234",
    )  # fmt: skip
    visit = house.visit
    assert house.ask("accept")
    house.touch("known_same")
    house.leave()
    row = house.row(visit)
    assert (row.outcome, row.evidence, row.kana) == ("accepted_by_evidence", Way.KNOWN_DATA, "ヤマダ タロウ")


# ------------------------------------------------------------------------------- the patient's screen


def test_staff_take_the_patients_screen_and_hand_it_back(house: House) -> None:
    house.verify()
    page = house.kiosk.view.state
    house.desk.poll()
    assert house.ask("take")
    assert house.kiosk.view.state == "WaitingForStaff"
    row = house.row()
    assert (row.light, row.need, row.next, row.held_by) == (Light.GOING_ON, None, Next.HAND_BACK, STAFF)
    moved = [record for record in house.kiosk_ledger.entries(house.visit) if record.type == "StaffCalled"]
    assert [record.actor for record in moved] == [f"staff:{STAFF}"]
    assert house.ask("resume")
    assert house.kiosk.view.state == page
    assert house.row().held_by == ""


def test_a_screen_that_staff_took_calls_nobody(house: House) -> None:
    house.verify()
    house.desk.poll()
    other = house.open_desk("second")
    other.poll()
    house.ask("take")
    assert other.poll().called == ()
    assert other.rows(Filter.NEEDS) == ()


# --------------------------------------------------------------------------------------------- news


def test_news_name_who_calls_once(house: House) -> None:
    house.insert()
    assert house.desk.poll().called == ()
    house.call()
    news = house.desk.poll()
    assert [row.visit for row in news.called] == [house.visit]
    assert news.touched == {house.visit}
    assert house.desk.poll().called == ()
    house.touch("go_on_alone")
    house.desk.poll()
    house.call()
    assert [row.visit for row in house.desk.poll().called] == [house.visit]


def test_a_console_that_opens_later_sees_everything_that_is_not_done(house: House) -> None:
    """Also a visit that has stood open for longer than the board goes back."""
    house.without_card().take(Way.CERTIFICATE).touch("type_numbers").type(NUMBERS)
    old = house.visit
    house.world.advance(9 * 24 * HOUR_MS)
    later = house.open_desk("later")
    assert [row.visit for row in later.rows()] == [old]
    row = later.rows()[0]
    assert (row.day, row.began[:10]) == (DAY, DAY.isoformat())
    assert len(later.board.case(old).told.now.paper) == len(NUMBERS)  # type: ignore[union-attr]


# --------------------------------------------------------------------------------------------- looks


def test_nothing_of_a_person_is_given_before_the_look_is_recorded(house: House) -> None:
    visit = house.confirm()
    house.desk.poll()
    look = house.desk.look(visit, "suzuki")
    assert isinstance(look, Look)
    (record,) = [one for one in house.kiosk_ledger.entries(visit) if one.type == "VisitLookedAt"]
    assert (record.actor, record.state, record.simulated) == ("staff:suzuki", "", True)
    shown = look.detail()
    assert shown is not None
    assert shown.name == "山田　太郎"
    assert look.detail() == shown, "following a visit is one look"
    assert len([one for one in house.kiosk_ledger.entries(visit) if one.type == "VisitLookedAt"]) == 1
    assert house.desk.look("nobody", STAFF) == Refusal(Why.UNKNOWN_VISIT)


def test_no_repr_tells_who_it_is(house: House) -> None:
    known_shown(house)
    look = house.desk.look(house.visit, STAFF)
    assert isinstance(look, Look)
    shown = look.detail()
    row = house.row()
    case = house.desk.board.case(house.visit)
    assert shown is not None
    assert case is not None
    for told in (shown, row, case.numbers, shown.compared, shown.lines, case, house.desk.rows()):
        for secret in ("ヤマダ", "00567", "1981", "06130017"):
            assert secret not in repr(told), type(told)


def test_what_retention_took_is_shown_as_a_frame(house: House) -> None:
    visit = house.confirm()
    house.world.advance(3 * 24 * HOUR_MS)
    house.kiosk_ledger.purge(house.world.now().day)
    assert all(
        isinstance(record.payload, Purged)
        for record in house.kiosk_ledger.entries(visit)
        if record.type != "NumberTaken"
    )
    house.desk.poll()
    assert house.desk.row(visit) is None
    later = house.open_desk("later", days=30)
    assert later.row(visit) is None
    look = later.look(visit, STAFF)
    assert isinstance(look, Look)
    shown = look.detail()
    assert shown is not None
    assert (shown.name, shown.answers, shown.row.number, shown.row.state) == ("", (), "A001", "Welcome")
    assert Mark.ERASED in shown.row.marks
