"""The papers of a visit: made, kept with it, printed, found again, and gone with retention."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import pytest

from drivers.interface import Failure, Fault
from kiosk.documents.claim_note import UNKNOWN_INSURER
from kiosk.evidence.loading import book
from kiosk.evidence.own_contacts import own_contact, with_contacts
from kiosk.evidence.reasons import Reason
from kiosk.ledger import Entry, Head, LedgerError, MemoryLedger, Options
from kiosk.ledger import Moment as LedgerMoment
from kiosk.ledger.kept_papers import note_taken_out, papers
from kiosk.reception.hands import Devices, Hands, Lanes
from kiosk.reception.papers import PaperMade, Papers
from kiosk.reception.reception import Reception
from kiosk.reception.secrets import SecretSlots
from kiosk.visit import events as e
from kiosk.visit.effects import AlertStaff, MakePaper
from kiosk.visit.form import Form, FormField, InsuranceKind
from kiosk.visit.states import Visit
from simulator.playing.stage import Quiet
from tests.support.papers import text_of
from tests.support.visits import DAY, POLICY, moment

NOW = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
ANSWERS = (
    (FormField.KANA, "ヤマダ ハナコ"),
    (FormField.NAME, "山田　花子"),
    (FormField.BIRTH_DATE, "1950-02-28"),
    (FormField.SEX, "2"),
    (FormField.ADDRESS, "架空市見本町１－２－３"),
    (FormField.CONTACT, "0312345678"),
    (FormField.INSURANCE_KIND, "unknown"),
    (FormField.RATIO, "2"),
)


def maker() -> Papers:
    return Papers("見本診療所", book(), lambda: NOW, lambda: DAY, simulated=True)


def wanted(kind: Any, **fields: Any) -> MakePaper:
    values: dict[str, Any] = {"number": "A001", "language": "ja", "reason": Reason.NO_RECORD}
    return MakePaper(kind, **{**values, **fields})


class Direct:
    def submit(self, job: Any) -> None:
        job()

    def close(self) -> None:
        pass


class Chip:
    def forget(self) -> None:
        pass


class Tray:
    def __init__(self) -> None:
        self.pages: list[tuple[str, bytes]] = []
        self.jam: Failure | None = None

    def print_pdf(self, title: str, pdf: bytes) -> Failure | None:
        self.pages.append((title, pdf))
        return self.jam


class FullLedger(MemoryLedger):
    full = False

    def append(self, entries: Sequence[Entry], *, take_number: date | None = None) -> Head:
        if self.full:
            raise LedgerError
        return super().append(entries, take_number=take_number)


class Desk:
    """A reception whose visit stands where full payment is explained."""

    def __init__(self, papers: Any = None, printer: bool = True) -> None:
        self.tray, self.alerts = Tray(), list[str]()
        self.count = 0
        self.today = NOW
        self.ledger = FullLedger(Options(clock=lambda: LedgerMoment(self.today, self.count)))
        self.posted: list[Any] = []
        lane = Direct()
        devices = Devices(
            cast(Any, Chip()), cast(Any, None), self.tray if printer else None, Quiet(),
            lambda _number, _language: b"%PDF", papers or maker(),
            forms=self.tray if printer else None, desk=self.tray if printer else None,
        )  # fmt: skip
        hands = Hands(cast(Any, self), devices, Lanes(lane, lane, lane, lane, lane), SecretSlots(), self.post)
        self.reception = Reception(
            cast(Any, self), self.ledger, POLICY, hands, lambda _view: None, alert=self._alert, simulated=True
        )  # fmt: skip
        self.feed(e.WayChosen, way="no_card")
        self.feed(e.NoCardChosen, cause="forgotten")
        self.feed(e.EvidenceWanted)
        self.feed(e.EvidenceChosen, way="self_pay")

    def now(self) -> Any:
        return moment(self.count)

    def new_id(self) -> str:
        self.count += 1
        return f"e{self.count}"

    def random_bytes(self, count: int) -> bytes:
        return bytes(count)

    def post(self, kind: type[e.Event], /, **fields: Any) -> None:
        self.posted.append(kind(id=self.new_id(), at=self.now(), **fields))

    def feed(self, kind: type[e.Event], **fields: Any) -> None:
        self.reception.handle(cast(Any, kind(id=self.new_id(), at=self.now(), **fields)))

    def deliver(self) -> None:
        while self.posted:
            self.reception.handle(self.posted.pop(0))

    def _alert(self, effect: AlertStaff, _visit: Visit) -> None:
        self.alerts.append(str(effect.cause))

    @property
    def visit(self) -> str:
        return self.reception.visit.id


def test_full_payment_ends_with_a_number_and_a_slip_that_is_kept_and_printed() -> None:
    desk = Desk()
    visit = desk.visit
    desk.feed(e.Acknowledged)
    desk.deliver()
    assert (desk.reception.visit.outcome, desk.reception.visit.number) == ("self_pay", "A001")
    [kept] = papers(desk.ledger, visit=visit)
    assert kept.paper is not None
    assert (kept.kind, kept.paper.number, kept.day) == ("refund_slip", "A001", DAY)
    assert kept.paper.content.startswith(b"%PDF")
    assert ("refund_slip-A001", kept.paper.content) in desk.tray.pages


def test_a_paper_that_is_ready_after_its_visit_stays_with_its_own_visit() -> None:
    desk = Desk()
    first = desk.visit
    desk.feed(e.Acknowledged)
    late = [note for note in desk.posted if isinstance(note, PaperMade)]
    desk.posted.clear()
    desk.feed(e.AnotherPatient)
    desk.feed(e.WayChosen, way="no_card")
    for note in late:
        desk.reception.handle(note)
    assert [kept.visit for kept in papers(desk.ledger)] == [first]
    assert desk.visit != first


def test_a_paper_that_cannot_be_made_costs_the_visit_nothing_and_calls_staff() -> None:
    def broken(_wanted: MakePaper) -> bytes:
        raise ValueError("with somebody's name")

    desk = Desk(broken)
    desk.feed(e.Acknowledged)
    desk.deliver()
    assert (desk.reception.visit.outcome, desk.reception.visit.number) == ("self_pay", "A001")
    assert "terminal_fault" in desk.alerts
    [kept] = papers(desk.ledger)
    assert kept.paper is None
    payloads = [record.payload for record in desk.ledger.entries() if record.type == "PaperMade"]
    assert not any(b"somebody" in cast(bytes, payload) for payload in payloads)


def test_a_jam_calls_staff_and_the_paper_can_still_be_taken_out() -> None:
    desk = Desk()
    desk.tray.jam = Failure.of(Fault.PRINTER_GONE, "no paper")
    desk.feed(e.Acknowledged)
    desk.deliver()
    assert "terminal_fault" in desk.alerts
    [kept] = papers(desk.ledger, number="A001", day=DAY)
    note_taken_out(desk.ledger, kept, "staff:sato", how="printed", new_id="x1")
    [last] = [record for record in desk.ledger.entries() if record.type == "PaperTakenOut"]
    assert (last.actor, last.ref, last.visit) == ("staff:sato", kept.id, kept.visit)


def test_one_jam_calls_staff_once_and_the_next_one_again() -> None:
    desk = Desk()
    desk.tray.jam = Failure.of(Fault.PRINTER_GONE, "no paper")
    desk.feed(e.Acknowledged)  # a ticket and a refund slip
    desk.deliver()
    assert desk.alerts.count("terminal_fault") == 1
    desk.feed(e.TicketPrinted, number="A001", ok=False)
    assert desk.alerts.count("terminal_fault") == 1
    desk.feed(e.TicketPrinted, number="A001", ok=True)
    desk.feed(e.TicketPrinted, number="A002", ok=False)
    assert desk.alerts.count("terminal_fault") == 2


def test_a_full_ledger_still_prints_and_calls_staff() -> None:
    desk = Desk()
    desk.feed(e.Acknowledged)
    desk.ledger.full = True
    desk.deliver()
    assert any(title == "refund_slip-A001" for title, _pdf in desk.tray.pages)
    assert "terminal_fault" in desk.alerts


def test_without_a_printer_the_paper_is_kept() -> None:
    desk = Desk(printer=False)
    desk.feed(e.Acknowledged)
    desk.deliver()
    assert [kept.kind for kept in papers(desk.ledger)] == ["refund_slip"]


def test_retention_erases_the_paper_and_leaves_that_there_was_one() -> None:
    desk = Desk()
    desk.feed(e.Acknowledged)
    desk.deliver()
    desk.feed(e.CardRemoved, insertion=1)
    desk.feed(e.TimePassed)
    desk.today = NOW + timedelta(days=2)
    desk.ledger.purge(DAY + timedelta(days=1))
    [kept] = papers(desk.ledger)
    assert kept.paper is None


def test_a_declaration_has_what_was_written_and_what_was_left_out_is_left_out() -> None:
    made = maker().declaration(wanted("declaration", form=Form(ANSWERS), companion=True))
    assert (made.name, made.kana, made.birth_date) == ("山田　花子", "ヤマダ ハナコ", date(1950, 2, 28))
    assert (made.partial_contribution_ratio, made.workplace, made.insurer_name) == (2, "", "")
    assert made.insurance_kind is InsuranceKind.UNKNOWN
    assert (made.reception_number, made.visit_date, made.facility) == ("A001", DAY, "見本診療所")
    assert made.signature is None
    assert str(made.writer) == "companion"


@pytest.mark.parametrize("kind", ["declaration", "blank_declaration", "claim_note", "refund_slip"])
@pytest.mark.parametrize("language", ["ja", "ja-easy", "en"])
def test_every_paper_can_be_made_in_every_language(kind: str, language: str) -> None:
    form = Form((*ANSWERS, (FormField.WORKPLACE, "𠮷野商店")), signature="0,0 100,50;20,20")
    assert maker()(wanted(kind, form=form, language=language)).startswith(b"%PDF")


def test_the_claim_note_of_a_declaration_without_numbers_claims_as_unknown() -> None:
    from kiosk.documents.claim_note import claim_note

    note = claim_note(maker().declaration(wanted("claim_note", form=Form(ANSWERS))))
    assert note.insurer_number == UNKNOWN_INSURER


def test_the_refund_slip_names_the_insurer_s_own_line_to_its_members_alone() -> None:
    own = with_contacts(book(), [own_contact("見本健保 適用課", "03-0000-0000", "見本健康保険組合")])
    papers_ = Papers("見本診療所", own, lambda: NOW, lambda: DAY, simulated=True)
    for insurer, told in (("見本健康保険組合", True), ("架空健康保険組合", False), ("", False)):
        text = text_of(papers_(wanted("refund_slip", insurer=insurer)))
        assert ("03-0000-0000" in text) is told
