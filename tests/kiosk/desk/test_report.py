"""The figures of a day, and what is printed of them (kiosk/desk/report.py, report_tables.py)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.desk.desk import Desk
from kiosk.desk.report import DailyReport, Times, _times, daily_report
from kiosk.desk.report_tables import paper_of
from kiosk.documents.daily_report import daily_report_csv, daily_report_pdf
from kiosk.evidence.loading import book
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.ledger import MemoryLedger, MemoryStore, Options, stamp
from kiosk.ledger.interface import JST
from simulator.national.faults import Fault
from simulator.playing.world import VirtualWorld
from tests.support.desks import STAFF, House, played_records
from tests.support.ledgers import entry
from tests.support.papers import needs_poppler, squeezed, text_of
from tests.support.papers_of_people import paper_of as paper_of_person
from tests.support.visits import DAY

FACILITY = "見本診療所"
HOUR_MS = 3_600_000


def report_of(house: House) -> DailyReport:
    return house.desk.report(DAY)


def test_a_day_is_counted_by_result_way_reason_and_hour(house: House) -> None:
    house.confirm()
    house.confirm("forty")
    house.without_card().take(Way.SELF_PAY).touch("pay_in_full").leave()
    house.world.advance(2 * HOUR_MS)
    house.verify()
    report = report_of(house)
    assert (report.visits, report.open, report.voided, report.simulated) == (4, 1, 0, True)
    assert report.outcomes == (("confirmed", 2), ("self_pay", 1))
    assert dict(report.paths) == {"card": 2, Way.SELF_PAY: 1, "open": 1}
    assert dict(report.reasons) == {Reason.NO_CARD: 1}
    assert report.hours == ((9, 3), (11, 1))


def test_time_is_measured_page_by_page_and_to_the_result(house: House) -> None:
    house.verify()
    house.kiosk.wait(7_000)
    house.touch("consent_all")
    house.kiosk.wait(4_000)
    house.leave()
    report = report_of(house)
    pages = dict(report.pages)
    assert pages["AskingConsent"] == Times(1, 7_000, 7_000)
    assert pages["Confirmed"].median == 4_000
    assert "Welcome" not in pages
    assert report.whole == Times(1, 7_000, 7_000), "until the result; what is read after it is the patient's"
    assert report.help is None


def test_how_long_somebody_waited_for_a_person_is_measured(house: House) -> None:
    house.insert().call()
    house.kiosk.wait(90_000)
    house.desk.poll()
    assert house.ask("handled")
    assert report_of(house).help == Times(1, 90_000, 90_000)


def test_a_clock_that_is_set_does_not_spoil_the_times(house: House) -> None:
    house.verify()
    house.kiosk.wait(5_000)
    house.world.set_clock(40 * 60_000)
    house.remove()
    assert dict(report_of(house).pages)["AskingConsent"].median == 5_000


def test_failures_are_counted_by_reader(house: House) -> None:
    house.insert("damaged").remove()
    other = house.open_kiosk("B")
    house.kiosk = other
    house.insert("fido_key").remove()
    terminals = {(terminal, fault) for terminal, fault, _count in report_of(house).failures}
    assert ("A", "card_damaged") in terminals
    assert ("B", "not_my_number_card") in terminals


def test_what_was_asked_again_is_counted(house: House) -> None:
    queue = house.open_queue()
    house.faults.always(Fault.NO_ANSWER)
    house.verify().take(Way.CERTIFICATE).touch("type_numbers").type(paper_of_person("yamada"))
    house.desk.poll()
    assert house.ask("accept")
    house.leave()
    before = report_of(house).rechecks
    assert (before.unasked, before.asked, before.answered, before.waiting) == (1, 0, 0, 1)
    house.faults.always(None)
    house.world.advance(HOUR_MS)
    assert queue.tick()
    after = report_of(house).rechecks
    assert (after.unasked, after.asked, after.answered, after.changed, after.waiting) == (1, 1, 1, 0, 0)


def test_a_voided_visit_is_only_counted_as_such_and_other_days_not_at_all(house: House) -> None:
    house.desk.notebook.void(house.confirm(), "試し", STAFF)
    house.world.advance(24 * HOUR_MS)
    house.confirm()
    report = report_of(house)
    assert (report.visits, report.voided, report.outcomes) == (0, 1, ())
    tomorrow = house.desk.report(DAY + timedelta(days=1))
    assert (tomorrow.visits, tomorrow.voided) == (1, 0)


def test_visits_of_a_terminal_that_was_away_are_counted_on_their_own_day_and_hide_no_others() -> None:
    """At a hub: what happened the day before yesterday comes in the middle of today. Another clock is wrong."""
    store, world = MemoryStore(), VirtualWorld(DAY)
    chains = {name: MemoryLedger(Options(terminal=name), store) for name in "ABC"}

    def visits(terminal: str, day: date, hour: int, count: int) -> None:
        for number in range(count):
            at = stamp(datetime(day.year, day.month, day.day, hour, number % 60, tzinfo=JST))
            name = f"{terminal}-{day}-{hour}-{number}"
            chains[terminal].append([entry(name, 1, "ReadingCard", at=at), entry(name, 2, "Finished", at=at)])

    before = DAY - timedelta(days=2)
    visits("A", before, 9, 30)
    visits("A", DAY, 9, 30)
    visits("B", before, 9, 300)  # sent today
    visits("C", DAY + timedelta(days=30), 9, 1)
    visits("A", DAY, 11, 30)
    desk = Desk(MemoryLedger(Options(process="desk"), store), world, Nobody(), book())
    assert desk.report(before).visits == 330
    assert desk.report(DAY).visits == 60
    assert len([row for row in desk.rows() if row.day == DAY]) == 60


class Nobody:
    """Who runs, is not asked here."""

    def is_running(self, _chain: str) -> bool:
        return True


def test_the_parts_of_a_report_add_up_to_the_whole() -> None:
    report = daily_report(played_records(), DAY)
    assert report.visits > 50
    assert sum(count for _path, count in report.paths) == report.visits
    assert sum(count for _outcome, count in report.outcomes) + report.open == report.visits
    assert sum(count for _hour, count in report.hours) == report.visits


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=300))
def test_median_and_ninety_fifth_are_spans_that_were_measured(spans: list[int]) -> None:
    times = _times(spans)
    assert times is not None
    ordered = sorted(spans)
    assert times.median in ordered
    assert sum(span <= times.median for span in spans) * 2 >= len(spans)
    assert sum(span <= times.p95 for span in spans) * 100 >= 95 * len(spans)
    assert sum(span < times.p95 for span in spans) * 100 < 95 * len(spans)


@pytest.mark.parametrize("records", [(), played_records()[:40]])
def test_any_part_of_a_day_can_be_reported(records: tuple[object, ...]) -> None:
    report = daily_report(records, DAY)  # type: ignore[arg-type]
    paper = paper_of(report, FACILITY, DAY)
    assert paper.provisional
    assert daily_report_csv(paper).startswith(b"\xef\xbb\xbf")


# ------------------------------------------------------------------------------------- paper and privacy


def private_parts() -> set[str]:
    """What somebody could be known by in the records of the played visits."""
    told = b"".join(
        record.payload for record in played_records() if isinstance(record.payload, bytes)
    ).decode()
    names = set(
        re.findall(r'"(?:name|name_kana|kana|address|insured_identification_number)":"([^"]{2,})"', told)
    )
    assert len(names) > 20
    return names


@needs_poppler
def test_no_figure_and_no_paper_names_anybody() -> None:
    report = daily_report(played_records(), DAY)
    paper = paper_of(report, FACILITY, DAY)
    pdf = daily_report_pdf(paper, made_at=datetime(2026, 11, 24, 9, tzinfo=UTC))
    shown = squeezed(text_of(pdf)) + squeezed(daily_report_csv(paper).decode("utf-8-sig")) + repr(report)
    named = [name for name in private_parts() if len(squeezed(name)) > 1 and squeezed(name) in shown]
    assert named == []
    visits = {record.visit for record in played_records() if record.visit}
    assert not [visit for visit in visits if visit in shown]


def test_every_figure_has_japanese_words() -> None:
    paper = paper_of(daily_report(played_records(), DAY), FACILITY, DAY + timedelta(days=1))
    assert not paper.provisional
    labels = [row[0] for table in paper.tables for row in table.rows]
    assert [label for label in labels if not any(character > "぀" for character in label)] == []
