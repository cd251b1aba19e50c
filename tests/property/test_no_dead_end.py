"""Never a dead end: every reason, whoever comes, whatever they hold, on each side of each date of the rule book, is led
by the visit itself to an accepted way; and every page on the way leads on and can be read in every language.

The patient sees nothing but pages. Staff know the rule book and what is so, and accept what it accepts; or nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import product
from typing import Literal, NamedTuple

import pytest
from msgspec.structs import replace

from kiosk.evidence.case import Case
from kiosk.evidence.deciding import Decision, decide
from kiosk.evidence.loading import book
from kiosk.evidence.model import CardAtHand, Document, Way
from kiosk.evidence.publish import changes
from kiosk.evidence.reasons import Reason
from kiosk.visit import events as e
from kiosk.visit.effects import MakePaper
from kiosk.visit.flow import evidence
from kiosk.visit.presenting import view_of
from kiosk.visit.states import (
    AskingConsent,
    ChoosingVerification,
    Confirmed,
    EnteringPin,
    LookingUp,
    OfferingRegistration,
    ReadingCard,
    Visit,
    Welcome,
)
from kiosk.visit.views import VisitView
from kiosk.wording.catalogues import languages
from tests.support.arrivals import arrive
from tests.support.dead_ends import ANSWERS, dead_ends
from tests.support.page_sentences import unsaid
from tests.support.visits import FULL, TARO, Table, answer, certificate, facts

Standing = Literal["new", "known", "known, but something changed"]
STANDINGS: tuple[Standing, ...] = ("new", "known", "known, but something changed")
Staff = Literal["accept what the book accepts", "refuse everything"]
CARD = Document.CARD
PAPERS = tuple(document for document in book().holdable if document is not CARD)
DAYS = tuple(
    sorted({day - timedelta(days=back) for day in (*changes(book()), date(2026, 4, 1)) for back in (0, 1)})
)
NETWORK_DOWN = frozenset({Reason.NETWORK_FAULT, Reason.SERVICE_FAULT, Reason.MAINTENANCE})
FACILITY = replace(FULL.facility, capabilities=FULL.capabilities)
TRIP_PAPERS = (Document.PORTAL_PDF, Document.NOTICE_COPY)
SHOWN_TO_STAFF = frozenset(
    {
        "SchoolTrip",
        "ShowingCertificate",
        "ShowingNotice",
        "ShowingPortal",
        "IdentifyingKnown",
        "StaffVerifying",
    }
)
MOST_STEPS = 40


class Person(NamedTuple):
    reason: Reason
    day: date
    standing: Standing
    companion: bool
    holds: frozenset[Document]

    @property
    def changed(self) -> bool:
        return self.standing == "known, but something changed"

    def has(self, *documents: Document) -> bool:
        return self.holds.issuperset(documents)

    def can_take(self, way: Way) -> bool:
        """By what it needs, as it is said on the page."""
        card = self.has(CARD)
        return {
            Way.CERTIFICATE: self.has(Document.CERTIFICATE),
            Way.CARD_PORTAL: card and self.has(Document.PORTAL),
            Way.CARD_NOTICE: card and self.has(Document.NOTICE),
            Way.LEGACY_CARD: self.has(Document.LEGACY_CARD),
            Way.LEGACY_TOLERANCE: self.has(Document.LEGACY_CARD),
            Way.SCHOOL_TRIP_COPY: any(self.has(paper) for paper in TRIP_PAPERS),
            Way.KNOWN_DATA: card and self.standing != "new",
            Way.CARD_DECLARATION: card,
            Way.DECLARATION_EMERGENCY: True,
            Way.SELF_PAY: True,
        }.get(way, False)

    def accepted(self) -> Way:
        """The order of acceptance written a second time, by hand."""
        card, unchanged = self.has(CARD), not self.changed
        old = self.has(Document.LEGACY_CARD) and unchanged
        tolerated = date(2025, 12, 2) <= self.day <= date(2026, 7, 31) and self.reason not in NETWORK_DOWN
        rows = (
            (Way.CERTIFICATE, self.has(Document.CERTIFICATE)),
            (Way.CARD_PORTAL, card and self.has(Document.PORTAL)),
            (Way.CARD_NOTICE, card and self.has(Document.NOTICE)),
            (Way.LEGACY_CARD, old and self.day <= date(2025, 12, 1)),
            (Way.LEGACY_TOLERANCE, old and tolerated),
            (
                Way.SCHOOL_TRIP_COPY,
                self.reason is Reason.SCHOOL_TRIP and self.can_take(Way.SCHOOL_TRIP_COPY),
            ),
            (Way.KNOWN_DATA, card and self.standing == "known"),
            (Way.CARD_DECLARATION, card),
            (Way.DECLARATION_EMERGENCY, True),
        )
        return next(way for way, accepted in rows if accepted)

    def own_word(self) -> Way:
        """What is left to a patient of whom staff accept nothing: what the book leaves to their own word."""
        if not self.has(CARD):
            return Way.SELF_PAY
        found_by_answer = self.reason in (Reason.INVALID, Reason.INVALID_NEW_EXISTS, Reason.NO_RECORD)
        return Way.KNOWN_DATA if self.standing == "known" and found_by_answer else Way.CARD_DECLARATION


def holdings(reason: Reason) -> Iterator[frozenset[Document]]:
    """Nothing, each paper, everything; with the card, without it, or both, as the reason allows."""
    papers = [frozenset[Document](), *(frozenset({paper}) for paper in PAPERS), frozenset(PAPERS)]
    at_hand = book().reasons[reason].card
    if at_hand is not CardAtHand.PRESENT:
        yield from papers
    if at_hand is not CardAtHand.ABSENT:
        yield from (paper | {CARD} for paper in papers)


def people() -> Iterator[Person]:
    for reason in Reason:
        for day, standing, companion, holds in product(DAYS, STANDINGS, (False, True), holdings(reason)):
            yield Person(reason, day, standing, companion, holds)


# ----------------------------------------------------------------------------- pages, and what leads on

PAGES: dict[VisitView, list[str]] = {}
"""Each different page that was shown, with what leads nowhere on it. Deadlines do not make a page another."""


def look(visit: Visit) -> VisitView:
    view = view_of(visit)
    timeless = replace(view, deadline=None, warned=False, since=0)
    if timeless not in PAGES:
        PAGES[timeless] = dead_ends(visit)
    return view


def standing_at(visit: Visit) -> Table:
    table = Table(visit.policy, visit.entered.day)
    table.visit, table.now, table.count = visit, visit.entered.mono, visit.entered.mono
    return table


@cache
def begun(reason: Reason, day: date, companion: bool, known: bool) -> Visit:
    return arrive(reason, day, companion=companion, known=known)


@cache
def offered(visit: Visit) -> dict[Way, Visit]:
    """The ways on all pages of the list, in the order in which they are met, each with its page."""
    table = standing_at(visit)
    found: dict[Way, Visit] = {}
    while True:
        view = look(table.visit)
        acts = [dict(option.act.args).get("way") for option in view.options]
        ways = [Way(way) for way in acts if way is not None]
        assert ways, "a page of the list without a way"
        if ways[0] in found:
            return found
        found |= dict.fromkeys(ways, table.visit)
        if "more_ways" not in table.options:
            return found
        table.touch("more_ways")


class Along(NamedTuple):
    """What becomes of a way: the list again or the end, and the papers made."""

    visit: Visit
    papers: tuple[str, ...]


@cache
def taken(visit: Visit, way: Way, accepted: bool, changed: bool, trip: Document | None) -> Along:
    """The way and its pages, until the list is shown again or the visit has its number."""
    table = standing_at(visit)
    table.touch(f"way_{way}")
    for _ in range(MOST_STEPS):
        view = look(table.visit)
        if table.visit.evidence is not None:
            return Along(_end(table), tuple(paper.kind for paper in table.of(MakePaper)))
        if view.state == "ChoosingEvidence":
            return Along(table.visit, ())
        _next(table, view, accepted=accepted, changed=changed, trip=trip)
    raise AssertionError(f"{way} goes in circles at {table.state}")


def _end(table: Table) -> Visit:
    """The number comes, the card is taken."""
    table.number("A1")
    look(table.visit)
    card = table.visit.card
    if card is not None and card.insertion is not None:
        table.feed(e.CardRemoved, insertion=card.insertion)
    look(table.visit)
    return table.visit


def _next(table: Table, view: VisitView, *, accepted: bool, changed: bool, trip: Document | None) -> None:
    """A touch or an answer where the page has one for this patient; else somebody comes."""
    wanted = {"form_hand", "form_right", "cannot_sign", "pay_in_full", f"trip_{trip}"}
    wanted.add("known_changed" if changed else "known_same")
    touch = next((option.id for option in view.options if option.id in wanted), None)
    if touch is not None:
        table.touch(touch)
    elif view.field is not None and view.field.skip:
        table.feed(e.FieldSkipped, field=view.field.field)
    elif view.field is not None:
        table.answer_field(ANSWERS[view.field.field])
    elif view.state == "IdentifyingKnown" and view.waiting:
        table.feed(e.PatientFound, question=table.question(), patient=TARO, match="card_number")
    else:
        assert view.state in SHOWN_TO_STAFF, f"nothing to do at {view.state}.{view.variant}"
        table.staff("accept" if accepted else "refuse", looked_up="elsewhere")


# -------------------------------------------------------------------------------------------- the visit


def journey(person: Person, staff: Staff) -> Along:
    """From the list that is shown for the reason to the end, always by the first way that this person can take and has
    not taken yet."""
    visit = begun(person.reason, person.day, person.companion, person.standing != "new")
    accepts = _what_is_so(person) if staff == "accept what the book accepts" else frozenset()
    tried: list[Way] = []
    for _ in Way:
        pages = offered(visit)
        way = next(one for one in pages if one not in tried and person.can_take(one))
        tried.append(way)
        trip = next((paper for paper in TRIP_PAPERS if person.has(paper)), None)
        along = taken(
            pages[way],
            way,
            way in accepts,
            person.changed if way is Way.KNOWN_DATA else False,
            trip if way is Way.SCHOOL_TRIP_COPY else None,
        )
        if along.visit.evidence is not None:
            return along
        visit = along.visit
    raise AssertionError(f"{person} never comes to an end: {tried}")


@cache
def _decided(case: Case) -> Decision:
    return decide(case, book())


def _what_is_so(person: Person) -> frozenset[Way]:
    """What the book accepts for the case as staff know it, and not only as far as the visit does."""
    case = Case(
        reason=person.reason, day=person.day, known=person.standing != "new", changed=person.changed,
        companion=person.companion, holds=person.holds, facility=FACILITY,
    )  # fmt: skip
    return frozenset(_decided(case).ways)


DECLARED = frozenset({Way.CARD_DECLARATION, Way.DECLARATION_EMERGENCY})


def check_end(along: Along, way: Way) -> str:
    """The visit ended by this way, and in order. Returns the kind of its end."""
    visit = along.visit
    assert visit.evidence is way
    kind, papers = (
        ("declared", ("declaration", "claim_note"))
        if way in DECLARED
        else ("self_pay", ("refund_slip",))
        if way is Way.SELF_PAY
        else ("accepted_by_evidence", ())
    )
    assert (visit.outcome, along.papers, visit.number) == (kind, papers, "A1")
    end = view_of(visit)
    assert (end.state, end.number) == ("Finished", "A1")
    return kind


def test_every_reason_and_every_patient_is_led_to_an_accepted_way(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "decide", lambda case, _book: _decided(case))  # pure: only quicker
    ends: Counter[str] = Counter()
    ways: Counter[Way] = Counter()
    reasons = set()
    for person in people():
        expected: dict[Staff, Way] = {"accept what the book accepts": person.accepted()}
        if person.day in (DAYS[0], DAYS[-1]):
            expected["refuse everything"] = person.own_word()
        for staff, way in expected.items():
            ends[check_end(journey(person, staff), way)] += 1
            ways[way] += 1
            reasons.add(person.reason)
    assert reasons == set(Reason)
    assert set(ways) == set(Way) - book().electronic
    assert sorted({what for found in PAGES.values() for what in found}) == []
    assert unsaid(PAGES) == []
    with capsys.disabled():
        print(
            f"\n{sum(ends.values())} visits: {len(reasons)} reasons × {len(STANDINGS)} standings × alone/companion × "
            f"what may be held × {len(DAYS)} days, and on two of them staff who refuse everything; "
            f"{len(PAGES)} different pages.\n"
            f"Ends: {dict(ends.most_common())}\nBy: {', '.join(f'{way} {count}' for way, count in ways.most_common())}"
        )


def confirm(table: Table) -> None:
    """Everything goes well from here on: the card is read, the PIN is right, the service answers."""
    for _ in range(MOST_STEPS):
        look(table.visit)
        match table.visit.state:
            case Confirmed():
                return
            case Welcome():
                table.feed(e.CardInserted, insertion=7)
            case ReadingCard():
                insertion = table.visit.card.insertion if table.visit.card is not None else None
                table.feed(e.CardRead, insertion=insertion, facts=facts(day=table.day))
            case ChoosingVerification():
                table.touch("pin")
            case EnteringPin(opening=opening) if opening:
                table.feed(e.CardOpened, question=opening, registered=True, birth_date="1981-04-05")
            case EnteringPin(checking=True):
                insertion = table.visit.card.insertion if table.visit.card is not None else None
                table.feed(e.PinVerified, insertion=insertion, certificate=certificate(day=table.day))
            case EnteringPin():
                table.feed(e.PinEntered, slot="s")
            case OfferingRegistration(sent=sent) if sent:
                table.feed(e.Registered, question=sent)
            case OfferingRegistration():
                table.touch("register")
            case AskingConsent():
                table.touch("consent_all")
            case LookingUp(question=question):
                table.feed(e.Answered, question=question, answer=answer())
            case _:
                break
    raise AssertionError(f"not confirmed, but at {table.state}")


ELECTRONIC = {Way.RETRY, Way.REGISTER_HERE, Way.VERIFY_BY_PIN}


@pytest.mark.parametrize("reason", Reason)
def test_what_still_can_end_electronically_does(reason: Reason) -> None:
    visit = begun(reason, DAYS[-1], False, False)
    ways = offered(visit)
    for way in set(ways) & book().electronic:
        assert way in ELECTRONIC
        table = standing_at(ways[way])
        table.touch(f"way_{way}")
        confirm(table)
        table.number("A1")
        assert (table.visit.outcome, table.visit.fallback) == ("confirmed", None)


def test_each_of_these_ways_is_offered_for_some_reason() -> None:
    assert {way for reason in Reason for way in offered(begun(reason, DAYS[-1], False, False))} >= ELECTRONIC


@pytest.mark.parametrize("language", [tag for tag in languages() if tag != "ja"])
def test_every_language_is_offered_the_same_ways_and_pages(language: str) -> None:
    for reason in Reason:
        visit = begun(reason, DAYS[-1], True, True)
        table = standing_at(visit)
        table.feed(e.LanguageChosen, language=language)
        other = look(table.visit)
        assert replace(other, language="ja", since=0, deadline=None) == replace(
            view_of(visit), since=0, deadline=None
        )
    assert unsaid(PAGES) == []
