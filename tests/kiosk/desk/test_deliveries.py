"""Deliveries on the board and in a visit, and what staff do about them (deliveries.py, handing_over.py)."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kiosk.desk.board import Board, Filter
from kiosk.desk.deliveries import TROUBLES, Deliveries, Handed, is_delivery, sign_of, trouble_of, with_note
from kiosk.desk.desk import Desk, Look, Replied
from kiosk.desk.detail import Detail
from kiosk.desk.refusing import Done, Refusal, Why
from kiosk.desk.report import Deliveries as Counted
from kiosk.desk.report_tables import paper_of
from kiosk.desk.row import Light, Need, Next
from kiosk.evidence.model import Way
from kiosk.handoff.carrier import Carrier, Later, Refused
from kiosk.handoff.courier import Courier
from kiosk.handoff.notes import NOTES
from kiosk.handoff.outbox_memory import MemoryOutbox
from kiosk.handoff.parcel import Form
from kiosk.handoff.queue_json import QueueJson
from kiosk.handoff.receiver import Receiver
from kiosk.handoff.xml import OqsXml
from kiosk.ledger import Ledger, Record
from kiosk.wording.catalogues import catalogue
from tests.support.desks import STAFF, House
from tests.support.handoff import Answers, Shelf
from tests.support.visits import DAY

MINUTE_MS = 60_000


class HandingOver:
    """A house whose kiosk hands over: ``chart`` and ``receipt``, each as its carrier does."""

    def __init__(
        self, house: House, chart: Carrier, receipt: Carrier | None = None, form: Form | None = None
    ) -> None:
        self.house = house
        self.outbox = MemoryOutbox()
        carriers = {"chart": chart} | ({"receipt": receipt} if receipt is not None else {})
        self.receivers = [
            Receiver(name=name, form=form or QueueJson(), carrier=carrier, takes_simulated=True)
            for name, carrier in carriers.items()
        ]
        self.courier = self.of(house.kiosk_ledger)
        self.courier.run()

    def of(self, ledger: Ledger) -> Courier:
        return Courier(ledger, self.outbox, self.receivers, now=self.house.world.utc, chance=lambda: 1.0)

    def confirm(self) -> str:
        visit = self.house.confirm()
        self.courier.run()
        return visit

    def reply(self, asked: Done | Refusal, desk: Desk | None = None) -> Replied:
        """What the courier answers to this wish."""
        assert isinstance(asked, Done)
        self.courier.run()
        return next(one for one in (desk or self.house.desk).poll().replies if one.request == asked.id)

    def detail(self, visit: str) -> Detail:
        look = self.house.desk.look(visit, STAFF)
        assert isinstance(look, Look)
        detail = look.detail()
        assert detail is not None
        return detail


def never() -> Answers:
    return Answers(*[Refused("http_403")] * 99)


# --------------------------------------------------------------------------------------------- the board


def test_a_facility_that_hands_nothing_over_sees_no_sign(house: House) -> None:
    assert house.row(house.confirm()).handed is None


def test_what_was_handed_over_is_seen_and_needs_nobody(house: House) -> None:
    visit = HandingOver(house, Shelf(), Shelf()).confirm()
    row = house.row(visit)
    assert (row.light, row.handed, row.need) == (Light.SETTLED, Handed.DONE, None)


def test_what_waits_is_seen_and_after_a_quarter_of_an_hour_needs_a_person_and_then_none(house: House) -> None:
    handing = HandingOver(house, Shelf(), Answers(*[Later("no_folder")] * 7))
    visit = handing.confirm()
    row = house.row(visit)
    assert (row.light, row.handed, row.not_handed_to) == (Light.SETTLED, Handed.WAITING, ())
    house.kiosk.wait(15 * MINUTE_MS)
    handing.courier.run()
    row = house.row(visit)
    assert (row.light, row.need, row.next) == (Light.NEEDS_PERSON, Need.NOT_HANDED_OVER, Next.HAND_OVER)
    assert (row.handed, row.not_handed_to) == (Handed.NEEDS_PERSON, ("receipt",))
    for _ in range(6):
        house.kiosk.wait(15 * MINUTE_MS)
        handing.courier.run()
    assert (house.row(visit).light, house.row(visit).handed) == (Light.SETTLED, Handed.DONE)


def test_what_is_refused_needs_a_person_at_once_and_waits_since_then(house: House) -> None:
    handing = HandingOver(house, never())
    visit = house.confirm()
    house.kiosk.wait(MINUTE_MS)
    handing.courier.run()
    since = house.row(visit).waits_since
    assert since > house.row(visit).state_since
    house.kiosk.wait(24 * 60 * MINUTE_MS)
    handing.courier.run()  # told anew
    assert house.row(visit).waits_since == since
    assert visit in [row.visit for row in house.desk.rows(Filter.NEEDS)]
    assert not house.row(visit).live, "nobody stands there: no sound"


def test_settling_another_need_settles_no_delivery(house: House) -> None:
    handing = HandingOver(house, never())
    visit = handing.confirm()
    house.desk.notebook.settle(visit, STAFF)
    assert house.row(visit).need is Need.NOT_HANDED_OVER


def test_a_void_that_must_be_told_by_people_stands_on_the_board(house: House) -> None:
    handing = HandingOver(house, Shelf(), form=OqsXml())
    visit = handing.confirm()
    house.desk.notebook.void(visit, "a trial", STAFF)
    handing.courier.run()
    row = house.row(visit)
    assert (row.light, row.need, row.next) == (
        Light.NEEDS_PERSON, Need.NOT_HANDED_OVER, Next.TELL_RECEIVER,
    )  # fmt: skip
    assert handing.reply(house.desk.hand_over(visit, "chart", "by_hand", STAFF, why="deleted there")).accepted
    assert (house.row(visit).light, house.row(visit).handed) == (Light.SETTLED, Handed.BY_HAND)


def test_who_stands_at_the_kiosk_comes_before_what_was_not_handed_over(house: House) -> None:
    handing = HandingOver(house, never())
    late = handing.confirm()
    house.without_card().take(Way.CERTIFICATE)
    house.desk.poll()
    assert [row.visit for row in house.desk.rows(Filter.NEEDS)] == [house.visit, late]


def test_no_board_forgets_what_was_not_handed_over_however_old(house: House) -> None:
    handing = HandingOver(house, never())
    visit = handing.confirm()
    for _ in range(9):
        house.kiosk.wait(24 * 60 * MINUTE_MS)
        handing.courier.run()
    desk = house.open_desk("later")
    row = desk.row(visit)
    assert row is not None
    assert (row.day, row.need, row.number) == (DAY, Need.NOT_HANDED_OVER, "A001")
    assert row.kana
    assert [one.visit for one in desk.rows()] == [visit]


# -------------------------------------------------------------------------------------- what staff do


def test_trying_again_hands_it_over_under_the_same_key(house: House) -> None:
    chart = Answers(Refused("http_403"))
    handing = HandingOver(house, chart)
    visit = handing.confirm()
    house.desk.poll()
    assert handing.reply(house.desk.hand_over(visit, "chart", "again", STAFF)).accepted
    assert house.row(visit).handed is Handed.DONE
    assert len(chart.keys) == 2
    assert len(set(chart.keys)) == 1


def test_what_was_done_by_hand_needs_words_and_can_be_taken_back(house: House) -> None:
    handing = HandingOver(house, Answers(Refused("http_403")))
    visit = handing.confirm()
    house.desk.poll()
    assert house.desk.hand_over(visit, "chart", "by_hand", STAFF) == Refusal(Why.EMPTY)
    assert handing.reply(house.desk.hand_over(visit, "chart", "by_hand", STAFF, why=" typed ")).accepted
    (delivery,) = handing.detail(visit).deliveries
    assert (delivery.state, delivery.who, delivery.why) == (Handed.BY_HAND, STAFF, "typed")
    assert house.row(visit).light is Light.SETTLED
    assert house.desk.hand_over(visit, "chart", "again", STAFF) == Refusal(Why.HANDED_OVER)
    assert handing.reply(house.desk.hand_over(visit, "chart", "after_all", STAFF)).accepted
    assert house.row(visit).handed is Handed.DONE


def test_nobody_writes_an_individual_number_into_the_reason(house: House) -> None:
    handing = HandingOver(house, never())
    visit = handing.confirm()
    house.desk.poll()
    told = house.desk.hand_over(visit, "chart", "by_hand", STAFF, why="123456789018")
    assert told == Refusal(Why.INDIVIDUAL_NUMBER)


def test_of_two_consoles_one_wins_and_the_other_is_told(house: House) -> None:
    handing = HandingOver(house, never())
    other = house.open_desk("other")
    visit = handing.confirm()
    house.desk.poll()
    other.poll()
    mine = house.desk.hand_over(visit, "chart", "by_hand", "sato", why="typed")
    theirs = other.hand_over(visit, "chart", "again", "suzuki")
    assert handing.reply(mine).accepted
    lost = handing.reply(theirs, other)
    assert (lost.accepted, lost.why) == (False, "moved_on")
    assert other.row(visit) == house.row(visit)


def test_what_nobody_was_to_be_told_cannot_be_wanted(house: House) -> None:
    handing = HandingOver(house, Shelf())
    visit = handing.confirm()
    house.desk.poll()
    assert house.desk.hand_over(visit, "chart", "again", STAFF) == Refusal(Why.HANDED_OVER)
    assert house.desk.hand_over(visit, "chart", "after_all", STAFF) == Refusal(Why.HANDED_OVER)
    assert house.desk.hand_over(visit, "nobody", "again", STAFF) == Refusal(Why.UNKNOWN_ENTRY)
    assert house.desk.hand_over("no-visit", "chart", "again", STAFF) == Refusal(Why.UNKNOWN_VISIT)


def test_the_kiosk_leaves_to_the_courier_what_is_the_couriers(house: House) -> None:
    handing = HandingOver(house, Answers(Refused("http_403")))
    visit = handing.confirm()
    house.desk.poll()
    asked = house.desk.hand_over(visit, "chart", "again", STAFF)
    assert isinstance(asked, Done)
    assert house.desk.awaits(asked.id)
    house.kiosk.reception.poll_requests()
    assert house.desk.poll().replies == ()
    assert handing.reply(asked).accepted
    assert not house.desk.awaits(asked.id)


def test_a_visit_that_a_console_took_over_is_handed_over_and_tried_again_too(house: House) -> None:
    """The courier does not own it and hears of the wish by a note."""
    handing = HandingOver(house, Answers(Refused("http_403")))
    house.without_card().take(Way.CERTIFICATE)
    visit = house.visit
    house.crash()
    house.world.advance(3_000)
    house.desk.poll()
    assert isinstance(house.desk.take_over(visit, STAFF), Done)
    assert isinstance(house.desk.act(visit, "accept", STAFF, way=Way.CERTIFICATE), Done)
    handing.courier = handing.of(house.ledger("kiosk"))
    handing.courier.run()
    assert house.row(visit).need is Need.NOT_HANDED_OVER
    other = house.open_desk("other")
    asked = house.desk.hand_over(visit, "chart", "again", STAFF)
    theirs = other.hand_over(visit, "chart", "by_hand", "suzuki", why="typed")
    assert handing.reply(asked).accepted
    assert not handing.reply(theirs, other).accepted
    assert house.row(visit).handed is Handed.DONE


# --------------------------------------------------------------------------------- the visit, the day


def test_the_story_tells_of_deliveries_and_who_did_what(house: House) -> None:
    handing = HandingOver(house, Answers(Later("no_reply"), Refused("http_404")))
    visit = handing.confirm()
    house.kiosk.wait(MINUTE_MS)
    handing.courier.run()
    house.desk.poll()
    handing.reply(house.desk.hand_over(visit, "chart", "again", STAFF))
    lines = [
        line for line in handing.detail(visit).lines if "Hand" in line.key or line.key.endswith(".Requested")
    ]
    assert [(line.key.removeprefix("desk.event."), line.kind) for line in lines] == [
        ("HandoffDelayed", "machine"), ("HandoffNeedsPerson", "machine"), ("Requested", "staff"),
        ("HandoffTriedAgain", "staff"), ("HandedOver", "machine"),
    ]  # fmt: skip
    told = {line.key: line for line in lines}
    assert told["desk.event.HandoffDelayed"].named == ("desk.trouble_with.no_reply",)
    assert told["desk.event.HandoffNeedsPerson"].named == ("desk.trouble_with.address",)
    assert told["desk.event.Requested"].named == ("desk.action.handoff_again",)
    assert told["desk.event.HandedOver"].text == ("chart",)


def test_the_days_report_counts_deliveries_by_receiver_and_state(house: House) -> None:
    handing = HandingOver(
        house, Shelf(), Answers(Refused("http_403"), Refused("http_403"), Later("no_reply"))
    )
    first = handing.confirm()
    house.desk.poll()
    handing.reply(house.desk.hand_over(first, "receipt", "by_hand", STAFF, why="typed"))
    handing.confirm()
    handing.confirm()
    report = house.desk.report(DAY)
    assert report.deliveries == (
        Counted(receiver="chart", done=3),
        Counted(receiver="receipt", by_hand=1, waiting=1, needs_person=1),
    )
    table = paper_of(report, "見本診療所", DAY).tables[-1]
    assert table.columns == ("連携先", "済み", "手で対応", "送信待ち", "要対応")
    assert table.rows == (("chart", "3", "0", "0", "0"), ("receipt", "0", "1", "1", "1"))


def test_the_core_of_a_note_holds_nothing_personal_and_its_payload_only_what_staff_wrote(
    house: House,
) -> None:
    handing = HandingOver(house, never())
    visit = handing.confirm()
    house.desk.poll()
    handing.reply(house.desk.hand_over(visit, "chart", "by_hand", STAFF, why="typed"))
    with house.kiosk_ledger.snapshot() as source:
        cores = [json.loads(link.core) for link in source.links() if b"Handoff" in link.core]
    assert {core["type"] for core in cores} == {"HandoffNeedsPerson", "HandoffByHand"}
    assert all(core["sim"] for core in cores)
    told = [record for record in house.kiosk_ledger.entries(visit) if is_delivery(record)]
    for record in told:
        assert isinstance(record.payload, bytes)
        assert set(json.loads(record.payload)) <= {
            "receiver",
            "key",
            "revision",
            "problem",
            "tried_on",
            "why",
        }
    assert told[-1].actor == f"staff:{STAFF}"


# ------------------------------------------------------------------------------------------- words, folding


def test_every_problem_that_a_carrier_or_form_can_tell_has_words_in_every_language() -> None:
    codes = [
        "no_folder", "name_taken", "folder_eacces", "folder_enospc", "folder_eio", "not_trusted", "no_reply",
        "http_302", "http_400", "http_401", "http_403", "http_404", "http_409", "http_413", "http_429", "http_500",
        "http_503", "no_such_receiver", "no_content", "not_made_KeyError", "invalid_bundle", "unreadable_Answered",
        "cannot_say_void", "no_answer", "of a later version",
    ]  # fmt: skip
    assert {trouble_of(code) for code in codes} == set(TROUBLES)
    for language in ("ja", "ja-easy", "en"):
        for trouble in TROUBLES:
            assert catalogue(language).find(f"desk.trouble_with.{trouble}") is not None
            assert catalogue(language).find(f"desk.helps.{trouble}") is not None


NOTE = st.fixed_dictionaries(
    {
        "type": st.sampled_from(sorted(NOTES)),
        "receiver": st.sampled_from("ab"),
        "revision": st.integers(1, 3),
    }
)


def record_of(place: int, note: dict[str, Any]) -> tuple[Record, bytes]:
    told = {"key": f"k{note['revision']}", "problem": "no_reply", "taken_at": "t", "how": "again"}
    body = json.dumps(note | told).encode()
    at = f"2026-03-02T00:{place:02d}:00.000Z"
    record = Record(
        place, "A.kiosk.x", place, "b", b"", "v", f"e{place}", note["type"], at, 0, "staff:sato", "", 0, True, body,
        1, "",
    )  # fmt: skip
    return record, body


@given(st.lists(NOTE, max_size=20))
def test_whatever_is_told_a_receiver_stands_once_and_never_goes_back_to_an_older_revision(
    notes: list[dict[str, Any]],
) -> None:
    states: list[Deliveries] = [()]
    for place, note in enumerate(notes):
        states.append(with_note(states[-1], *record_of(place, note)))
    for before, after in pairwise(states):
        names = [one.receiver for one in after]
        assert names == sorted(set(names))
        for one in before:
            (now,) = (other for other in after if other.receiver == one.receiver)
            assert now.revision >= one.revision
    signs = {one.state for one in states[-1]}
    assert sign_of(states[-1]) in signs or not signs
    if Handed.NEEDS_PERSON in signs:
        assert sign_of(states[-1]) is Handed.NEEDS_PERSON


def test_a_note_of_a_visit_that_nobody_knows_stands_on_no_board() -> None:
    board = Board()
    board.take([record_of(1, {"type": "HandedOver", "receiver": "a", "revision": 1})[0]])
    assert board.rows(DAY) == ()
