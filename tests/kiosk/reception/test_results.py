"""What becomes of a certified reader's results at a running reception (kiosk/reception/results.py, unclaimed.py)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from kiosk.coverage.face_result import FaceResult
from kiosk.coverage.services import Capability
from kiosk.desk.desk import Look
from kiosk.desk.detail import Detail
from kiosk.desk.refusing import Done
from kiosk.desk.row import Light, Mark, Need, Next
from kiosk.evidence.model import Way
from kiosk.handoff.folding import settled_of
from kiosk.reception.results import WAITS_MS
from kiosk.reception.unclaimed import FAILED, REPEATED
from kiosk.visit.acts import Act
from kiosk.visit.events import FaceResultArrived
from simulator.playing.full_disk import FillableLedger
from tests.support.desks import CAPABILITIES, STAFF, House
from tests.support.readings import consented, error, reading
from tests.support.visits import DAY, answer

HANAKO = answer("1", consented("1", name_kana="ﾊｸｼ ﾊﾅｺ", birthdate="19500217"))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path / "ledger", capabilities=CAPABILITIES | {Capability.FACE_RESULT})
    yield house
    house.close()


def arrive(house: House, result: FaceResult | None = None, **fields: Any) -> None:
    house.kiosk.post(FaceResultArrived, result=result or reading(), **fields)
    house.kiosk.settle()


def types(house: House) -> list[str]:
    return [record.type for record in house.kiosk_ledger.entries()]


def unclaimed(house: House) -> str:
    """The one row of a result that nobody claims."""
    house.desk.poll()
    (row,) = [row for row in house.desk.rows() if row.need is Need.RESULT]
    return row.visit


def detail_of(house: House, visit: str) -> Detail:
    look = house.desk.look(visit, STAFF)
    assert isinstance(look, Look)
    detail = look.detail()
    assert detail is not None
    return detail


def ask(house: House, visit: str, action: Any, **told: Any) -> bool:
    asked = house.desk.act(visit, action, STAFF, **told)
    assert isinstance(asked, Done), asked
    house.kiosk.reception.poll_requests()
    house.kiosk.settle()
    return {one.request: one.accepted for one in house.desk.poll().replies}[asked.id]


# ------------------------------------------------------------------------------------ at the screen


def test_a_result_opens_a_visit_that_staff_see_as_such(house: House) -> None:
    arrive(house)
    visit = house.visit
    house.kiosk.act(Act("Acknowledged"))
    house.kiosk.wait(30_000)
    row = house.row(visit)
    assert (row.light, row.outcome, row.number) == (Light.SETTLED, "confirmed", "A001")
    assert Mark.CERTIFIED in row.marks
    detail = detail_of(house, visit)
    assert detail.certified == reading().reading
    assert detail.consents_there


def test_it_is_handed_over_like_every_confirmed_visit(house: House) -> None:
    arrive(house)
    visit = house.visit
    house.kiosk.wait(90_000)
    settled = settled_of(list(house.kiosk_ledger.entries(visit)))
    assert settled is not None
    assert (settled.outcome, settled.reception_number, settled.person.birth_date) == (
        "confirmed", "A001", "1981-04-05",
    )  # fmt: skip
    assert settled.answer == reading().answer
    assert settled.consents is not None
    assert settled.consents.wording_version == "certified-reader", "the words were not ours"


def test_nothing_personal_is_in_the_core_of_any_entry(house: House) -> None:
    arrive(house)
    with house.kiosk_ledger.snapshot() as snapshot:
        cores = b"".join(link.core for link in snapshot.links())
    for secret in ("山田", "ﾔﾏﾀﾞ", "19810405", "1981-04-05", "01130012", reading().id + '"'):
        assert secret.encode() not in cores


def test_the_same_result_is_taken_once_also_after_a_restart(house: House) -> None:
    arrive(house)
    house.kiosk.wait(90_000)
    arrive(house)
    assert types(house).count("FaceResultArrived") == 1
    house.crash()
    house.kiosk = house.open_kiosk()
    arrive(house)
    assert not house.visit
    assert types(house).count("FaceResultArrived") == 1
    arrive(house, reading(id="r2"))
    assert house.visit


def test_the_next_persons_result_waits_for_the_page_of_the_one_before(house: House) -> None:
    arrive(house)
    first = house.visit
    arrive(house, reading(HANAKO, id="r2"))
    assert house.visit == first
    house.kiosk.act(Act("Acknowledged"))
    house.kiosk.wait(25_000)
    assert house.visit not in ("", first)
    assert house.kiosk.view.state == "Confirmed"
    assert house.kiosk.visit.deadline is not None
    assert house.kiosk.visit.deadline.end > house.world.now().mono + 30_000, "with all of its time"


def test_what_waited_too_long_is_for_staff(house: House) -> None:
    arrive(house)
    first = house.visit
    arrive(house, reading(HANAKO, id="r2"))
    for _ in range(4):
        house.kiosk.wait(15_000)
        house.kiosk.act(Act("TimeExtended"))
    house.kiosk.wait(WAITS_MS - 59_000)
    house.kiosk.reception.look_after_results()
    assert house.visit == first
    assert house.row(unclaimed(house)).kana == "ﾊｸｼ ﾊﾅｺ"


def test_the_same_result_once_more_while_its_page_stands_is_only_noted(house: House) -> None:
    arrive(house)
    again = answer("1", consented("1", diagnosis_info_cons_time="20261124093059"))
    arrive(house, reading(again, id="r2"))
    assert types(house)[-1] == REPEATED
    assert {record.visit for record in house.kiosk_ledger.entries()} == {house.visit}
    arrive(house, reading(answer("1", consented("0")), id="r3"))
    assert types(house).count(REPEATED) == 1, "other consents are another result"


def test_an_error_of_the_reader_is_noted_of_no_visit_and_told_once(house: House) -> None:
    arrive(house, error("001"))
    arrive(house, error("E77"))
    notes = [record for record in house.kiosk_ledger.entries() if record.type == FAILED]
    assert [record.visit for record in notes] == ["", ""]
    payloads = [record.payload for record in notes if isinstance(record.payload, bytes)]
    assert [msgspec.json.decode(payload)["code"] for payload in payloads] == ["001", "E77"]
    assert house.kiosk.alerts == ["service_error"], "what the reader itself explains needs nobody"


# --------------------------------------------------------------------------------- a visit that is busy


@pytest.fixture
def busy(house: House) -> House:
    """A patient of the kiosk's own reader, before the keypad, while somebody else used the certified one."""
    house.insert()
    arrive(house, reading(HANAKO))
    return house


def test_a_busy_visit_is_not_touched_and_staff_are_told(busy: House) -> None:
    assert busy.kiosk.view.state == "ChoosingVerification"
    row = busy.row(unclaimed(busy))
    assert (row.light, row.need, row.next, row.kana) == (
        Light.NEEDS_PERSON, Need.RESULT, Next.GIVE, "ﾊｸｼ ﾊﾅｺ",
    )  # fmt: skip
    assert busy.kiosk.alerts == ["result"]
    mine = [record.payload for record in busy.kiosk_ledger.entries(busy.visit)]
    assert all("ﾊｸｼ".encode() not in payload for payload in mine if isinstance(payload, bytes))


def test_staff_receive_it_without_a_page_and_its_ticket_is_printed(busy: House) -> None:
    visit, here = unclaimed(busy), busy.visit
    assert ask(busy, visit, "accept")
    row = busy.row(visit)
    assert (row.outcome, row.number, row.light) == ("confirmed", "A001", Light.SETTLED)
    assert list(busy.tray.pages) == ["ticket-A001"]
    assert busy.visit == here
    settled = settled_of(list(busy.kiosk_ledger.entries(visit)))
    assert settled is not None
    assert settled.answer == HANAKO


@pytest.mark.parametrize(("action", "outcome"), [("handled", "handed_to_staff"), ("restart", "abandoned")])
def test_staff_receive_in_person_or_let_it_go(busy: House, action: str, outcome: str) -> None:
    visit = unclaimed(busy)
    assert ask(busy, visit, action)
    assert busy.row(visit).outcome == outcome
    assert busy.kiosk.view.state == "ChoosingVerification"


def test_its_settling_forgets_nothing_of_the_card_at_the_screen(busy: House) -> None:
    assert ask(busy, unclaimed(busy), "restart")
    slot = busy.kiosk.secrets.put(bytearray(b"1234"))
    busy.kiosk.act(Act("PinChosen"))
    busy.kiosk.act(Act("PinEntered", (("slot", slot),)))
    assert busy.kiosk.view.state == "AskingConsent"


def test_it_is_given_to_no_visit_that_is_in_the_middle_of_something_else(busy: House) -> None:
    visit = unclaimed(busy)
    assert not ask(busy, visit, "give", to=busy.visit)
    assert not ask(busy, visit, "give", to="somebody else")
    assert not ask(busy, visit, "give")
    assert busy.row(visit).need is Need.RESULT


def test_staff_give_it_to_the_patient_who_waits(busy: House) -> None:
    """Both in one transaction: the result's own visit ends, and the patient's goes on with it."""
    visit = unclaimed(busy)
    busy.remove()
    busy.kiosk.wait(20_000)
    busy.without_card()
    here = busy.visit
    busy.desk.poll()
    detail = detail_of(busy, visit)
    assert [row.visit for row in detail.claimants] == [here]
    assert ask(busy, visit, "give", to=here)
    assert (busy.visit, busy.kiosk.view.state) == (here, "Confirmed")
    assert busy.row(visit).outcome == "abandoned"
    assert (busy.row(here).outcome, busy.row(here).kana) == ("confirmed", "ﾊｸｼ ﾊﾅｺ")
    positions = {
        record.visit: record.seq
        for record in busy.kiosk_ledger.entries()
        if record.type in ("StaffActed", "FaceResultArrived")
    }
    assert abs(positions[visit] - positions[here]) == 1


def test_the_days_report_counts_people_and_not_results(busy: House) -> None:
    visit = unclaimed(busy)
    busy.remove()
    busy.kiosk.wait(20_000)
    busy.without_card()
    assert ask(busy, visit, "give", to=busy.visit)
    busy.kiosk.wait(90_000)
    arrive(busy, reading(HANAKO, id="r9"), recent=False)
    assert ask(busy, unclaimed(busy), "accept")
    report = busy.desk.report(DAY)
    assert dict(report.outcomes) == {"confirmed": 2, "abandoned": 1}, "the first card was taken out again"
    assert "WaitingForStaff" not in dict(report.pages), "nobody waited there"


def test_who_was_led_to_the_reader_and_met_an_error_stands_with_its_code(house: House) -> None:
    house.insert("pin_locked")
    house.take(Way.VERIFY_BY_FACE).remove()
    arrive(house, error("001", "マイナンバーカードの認識不可"))
    house.desk.poll()
    detail = detail_of(house, house.visit)
    assert (detail.row.state, detail.code, detail.message) == (
        "UsingCertifiedReader", "001", "マイナンバーカードの認識不可",
    )  # fmt: skip
    assert detail.row.light is Light.GOING_ON


def test_nothing_can_be_given_where_nobody_stands(busy: House) -> None:
    busy.remove()
    busy.kiosk.wait(20_000)
    visit = unclaimed(busy)
    assert not ask(busy, visit, "give", to="")
    detail = detail_of(busy, visit)
    assert detail.claimants == ()


def test_who_was_led_to_the_reader_and_is_somebody_else_is_not_confirmed_by_it(house: House) -> None:
    house.without_card()
    arrive(house, reading(HANAKO))
    assert house.kiosk.view.state == "ChoosingEvidence"
    assert unclaimed(house)


@pytest.mark.parametrize("fields", [{"recent": False}, {"result": replace(reading(), desk="")}])
def test_results_that_may_not_open_a_visit_are_for_staff(house: House, fields: dict[str, Any]) -> None:
    arrive(house, **fields)
    assert not house.visit
    assert house.row(unclaimed(house)).shown is Way.VERIFY_BY_FACE


def test_a_crash_leaves_it_to_be_seen_as_interrupted(busy: House) -> None:
    visit = unclaimed(busy)
    busy.crash()
    busy.kiosk = busy.open_kiosk()
    row = busy.row(visit)
    assert (row.need, row.kana) == (Need.INTERRUPTED, "ﾊｸｼ ﾊﾅｺ")
    arrive(busy, reading(HANAKO))
    assert types(busy).count("FaceResultArrived") == 1, "nor is it taken a second time"


def test_what_nobody_claimed_ends_with_the_day(busy: House) -> None:
    visit = unclaimed(busy)
    busy.remove()
    busy.kiosk.wait(24 * 3_600_000)
    busy.kiosk.reception.look_after_results()
    assert busy.row(visit).outcome == "abandoned"


def test_a_full_disk_keeps_it_until_there_is_room(tmp_path: Path) -> None:
    house = House(tmp_path / "ledger", capabilities=CAPABILITIES | {Capability.FACE_RESULT})
    ledger = FillableLedger(house.kiosk_ledger)
    house.kiosk.reception._unclaimed._ledger = ledger
    house.insert()
    ledger.full = True
    arrive(house, reading(HANAKO))
    assert house.kiosk.alerts == ["terminal_fault"]
    house.kiosk.reception.look_after_results()
    ledger.full = False
    house.kiosk.reception.look_after_results()
    assert unclaimed(house)
    assert house.kiosk.alerts == ["terminal_fault", "result"]
    house.close()
