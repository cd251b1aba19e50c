"""The other ways: which there are for this patient, which is taken, and what staff say to it."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from msgspec.structs import replace

from kiosk.coverage.services import Capability
from kiosk.evidence.case import Case, Facility
from kiosk.evidence.deciding import Decision, Offer, decide
from kiosk.evidence.loading import book
from kiosk.evidence.model import Book, Contact, Way
from kiosk.evidence.own_contacts import with_contacts
from kiosk.evidence.reasons import Reason
from kiosk.visit.effects import (
    AlertStaff,
    AnyEffect,
    AssignNumber,
    MakePaper,
    PlaySound,
    PrintTicket,
)
from kiosk.visit.events import (
    BackChosen,
    Event,
    EvidenceChosen,
    EvidenceWanted,
    MoreChosen,
    NumberAssigned,
    PatientFound,
)
from kiosk.visit.facing import begin_face, can_verify_by_face
from kiosk.visit.flow.lookup import ask_for_consent, look_up, may_register
from kiosk.visit.form import FormField
from kiosk.visit.moment import Moment
from kiosk.visit.moves import (
    FALLBACK,
    enter,
    finish,
    open_card,
    read_card,
    reading_of,
    road_of,
    stay,
    welcome,
    without_unseen,
)
from kiosk.visit.policy import Policy
from kiosk.visit.states import (
    AskingConsent,
    ChoosingEvidence,
    Companion,
    ConfirmingKnownData,
    EnteringPin,
    ExplainingNoCard,
    ExplainingSelfPay,
    FillingDeclaration,
    Finished,
    IdentifyingKnown,
    LookingUp,
    MatchingFace,
    OfferingRegistration,
    OutOfService,
    ReadingCard,
    ReadingCardFront,
    ReadingPhone,
    SchoolTrip,
    ShowingCertificate,
    ShowingNotice,
    ShowingPortal,
    StaffVerifying,
    State,
    TakeCard,
    UsingCertifiedReader,
    Visit,
    WaitingForStaff,
    Welcome,
)
from kiosk.visit.table import Result, on

WAYS_ON_A_PAGE = 4
DECLARED = frozenset({Way.CARD_DECLARATION, Way.DECLARATION_EMERGENCY})
_BY_ITSELF = frozenset({Way.RECHECK_LATER})
"""Nothing that the patient could choose: what could not be asked is asked again by itself."""
AT_THE_CERTIFIED_READER = frozenset({Way.VERIFY_BY_FACE, Way.OTHER_READER})
"""What a certified reader can do whose results arrive here."""


# ----------------------------------------------------------------------------------- what the book says


def case_of(visit: Visit, *, known: bool | None = None) -> Case:
    """The patient in front as far as the visit knows them; for a visit on the fallback road."""
    road = road_of(visit)
    day = visit.entered.day
    until = road.paper.get(FormField.VALID_UNTIL)
    return Case(
        reason=road.reason,
        day=day,
        birth=birth_of(visit),
        known=road.known is not None and Way.KNOWN_DATA not in road.tried if known is None else known,
        companion=road.companion,
        changed=road.changed,
        certificate_until=date.fromisoformat(until) if until else None,
        cause=road.cause,
        insurer=_insurer(visit),
        facility=_facility(visit.policy),
    )


@lru_cache(maxsize=4)
def _facility(policy: Policy) -> Facility:
    """As it was set up, and with what this terminal's own camera and services can do."""
    counts = policy.facility.face_check or policy.face_verifies
    return replace(policy.facility, capabilities=policy.capabilities, face_check=counts)


def _insurer(visit: Visit) -> str:
    """By name, for its own telephone lines."""
    road = visit.fallback
    if road is not None and road.known is not None and road.known.insurer_name:
        return road.known.insurer_name
    if visit.answer is not None and visit.answer.results:
        return visit.answer.results[0].insurer_name
    return (road.form.get(FormField.INSURER_NAME) or "") if road is not None else ""


@lru_cache(maxsize=4)
def _book(own: tuple[Contact, ...]) -> Book:
    return with_contacts(book(), own)


def birth_of(visit: Visit) -> date | None:
    """As far as the visit was told it."""
    day = visit.entered.day
    road = visit.fallback
    told = [visit.birth_date]
    if road is not None:
        told += [road.known.birth_date if road.known is not None else "", road.form.get(FormField.BIRTH_DATE) or "",
                 road.paper.get(FormField.BIRTH_DATE) or ""]  # fmt: skip
    born = next((date.fromisoformat(text) for text in told if text), None)
    return born if born is not None and born <= day else None


def decision_of(visit: Visit) -> Decision:
    return decide(case_of(visit), _book(visit.policy.own_contacts))


def offers(visit: Visit) -> tuple[Offer, ...]:
    """The ways that this patient can take here and now, in the order of the book. Somebody who may be in the
    facility's file is offered to be looked for."""
    road = visit.fallback
    tried = road.tried if road is not None else ()
    offered = {offer.way: offer for offer in decision_of(visit).offered}
    if visit.policy.patient_file and (road is None or not road.changed):
        perhaps = decide(case_of(visit, known=True), book())
        offered |= {offer.way: offer for offer in perhaps.offered if offer.way is Way.KNOWN_DATA}
    return tuple(
        offered[way] for way in book().ways if way in offered and way not in tried and _possible(visit, way)
    )


def decision_with_file(visit: Visit) -> frozenset[Way]:
    """All that staff may accept: as for a new patient, and as for one in the file. They see the paper itself, so that a
    date mistyped of it does not bind them."""
    cases = (replace(case_of(visit, known=known), certificate_until=None) for known in (False, True))
    return frozenset(way for case in cases for way in decide(case, book()).ways)


def _possible(visit: Visit, way: Way) -> bool:
    card_there = visit.card is not None and visit.card.insertion is not None
    match way:
        case _ if leads_to_the_certified_reader(visit, way):
            return visit.outcome is None
        case _ if way in _BY_ITSELF:
            return False
        case Way.RETRY:
            somewhere = visit.reader_available or card_there
            return somewhere and visit.registered is not False and visit.outcome is None
        case Way.REGISTER_HERE:
            return card_there and visit.verified is not None and may_register(visit)
        case Way.VERIFY_BY_PIN:
            facts = visit.card.facts if visit.card is not None else None
            return card_there and (facts is None or facts.pin_tries_left != 0)
        case Way.VERIFY_BY_FACE:
            return visit.outcome is None and can_verify_by_face(visit)
        case _:
            return True


def leads_to_the_certified_reader(visit: Visit, way: Way) -> bool:
    """Not for a face that can be verified here."""
    here = way is Way.VERIFY_BY_FACE and can_verify_by_face(visit)
    there = way in AT_THE_CERTIFIED_READER and Capability.FACE_RESULT in visit.policy.capabilities
    return there and not here


# ------------------------------------------------------------------------------------------- choosing


_ASKABLE = (
    ReadingCard, ReadingPhone, WaitingForStaff, ExplainingNoCard, SchoolTrip, ShowingCertificate, ShowingNotice,
    ShowingPortal, IdentifyingKnown, ConfirmingKnownData, FillingDeclaration, ExplainingSelfPay, StaffVerifying,
    UsingCertifiedReader,
)  # fmt: skip


@on(*_ASKABLE, event=EvidenceWanted, to=(ChoosingEvidence,))
def show_ways(visit: Visit, _state: State, event: EvidenceWanted) -> Result:
    if not may_look_for_ways(visit):
        return stay(visit)
    return to_the_ways(visit, event.at)


def may_look_for_ways(visit: Visit) -> bool:
    """Not while a machine is at work for this page, nor once the visit has its result."""
    if visit.outcome is not None:
        return False
    match visit.state:
        case ReadingCard(problem=problem):
            return problem is not None
        case ReadingPhone(step=step):
            return step == "hold"
        case WaitingForStaff(reason=reason):
            return reason is not None and reason is not Reason.TERMINAL_FAULT
        case ExplainingNoCard(cause=cause):
            return bool(cause)
        case IdentifyingKnown(asked=asked):
            return not asked
        case FillingDeclaration(step=step):
            return step not in ("tries", "reading")
        case _:
            return True


def to_the_ways(visit: Visit, at: Moment, *, refused: Way | None = None) -> Result:
    """Shows the ways, without the one that was refused; full payment always stays. What was verified with a card that
    nobody has recognised since is no proof any more."""
    visit, forgetting = without_unseen(visit) if visit.verified is not None else (visit, ())
    road = road_of(visit)
    if refused is not None and refused is not Way.SELF_PAY and refused not in road.tried:
        road = replace(road, tried=(*road.tried, refused))
    changed = replace(visit, fallback=road, reason=road.reason)
    return enter(changed, ChoosingEvidence(refused=refused), at, *forgetting)


@on(ChoosingEvidence, event=MoreChosen, to=(ChoosingEvidence,))
def more_ways(visit: Visit, state: ChoosingEvidence, event: MoreChosen) -> Result:
    count = len(offers(visit))
    if count <= WAYS_ON_A_PAGE:
        return stay(visit)
    first = first_shown(state, count) + WAYS_ON_A_PAGE
    return enter(visit, replace(state, first=first if first < count else 0), event.at)


def first_shown(state: ChoosingEvidence, count: int) -> int:
    """Where the page begins among so many ways: some may have gone since it was turned."""
    return state.first if state.first < count else 0


@on(
    ChoosingEvidence, event=EvidenceChosen,
    to=(ReadingCard, EnteringPin, ReadingCardFront, MatchingFace, AskingConsent, LookingUp, Welcome,
        OfferingRegistration, StaffVerifying, ShowingCertificate, ShowingPortal, ShowingNotice, SchoolTrip,
        IdentifyingKnown, ConfirmingKnownData, FillingDeclaration, ExplainingSelfPay,
        UsingCertifiedReader),
)  # fmt: skip
def take_way(visit: Visit, _state: ChoosingEvidence, event: EvidenceChosen) -> Result:
    if event.way not in {offer.way for offer in offers(visit)}:
        return stay(visit)
    match event.way:
        case Way.RETRY:
            return once_more(visit, event)
        case Way.REGISTER_HERE:
            again = visit.reason is Reason.DEREGISTERED
            return enter(visit, OfferingRegistration(again=again), event.at)
        case Way.VERIFY_BY_PIN if visit.card is not None and visit.card.insertion is not None:
            return read_card(visit, visit.card.insertion, event.at)
        case way if leads_to_the_certified_reader(visit, way):
            return enter(visit, UsingCertifiedReader(way=way), event.at)
        case Way.VERIFY_BY_FACE:
            return begin_face(visit, event)
        case Way.CERTIFICATE:
            return _to_show(visit, ShowingCertificate(), event.at)
        case Way.CARD_PORTAL:
            return _to_show(visit, ShowingPortal(), event.at)
        case Way.CARD_NOTICE:
            return _to_show(visit, ShowingNotice(), event.at)
        case Way.SCHOOL_TRIP_COPY:
            return enter(visit, SchoolTrip(), event.at)
        case Way.KNOWN_DATA:
            road = road_of(visit)
            asked = IdentifyingKnown(misses=road.misses)
            return enter(visit, asked if road.known is None else ConfirmingKnownData(), event.at)
        case Way.CARD_DECLARATION:
            return open_form(visit, event.way, event.at)
        case Way.SELF_PAY:
            return enter(visit, ExplainingSelfPay(), event.at)
        case _:
            return _to_show(visit, StaffVerifying(way=event.way), event.at)


def _to_show(
    visit: Visit, state: ShowingCertificate | ShowingPortal | ShowingNotice | StaffVerifying, at: Moment
) -> Result:
    """A person is needed to see it, and told at once."""
    return enter(visit, state, at, AlertStaff("evidence"))


def open_form(visit: Visit, way: Way, at: Moment) -> Result:
    """A card that was put back without being read can be copied from, once it is read."""
    covered = visit.fallback is not None and visit.fallback.covered
    return enter(visit, FillingDeclaration(way=way, covered=covered), at, *reading_of(visit))


def once_more(visit: Visit, event: Event) -> Result:
    """With the card still here a look-up is asked anew: it is a read. A registration never is."""
    insertion = visit.card.insertion if visit.card is not None else None
    if insertion is None:
        return welcome(visit, event.at, keep_preferences=True)
    if visit.verified is None or Capability.BY_CARD not in visit.policy.capabilities:
        return read_card(visit, insertion, event.at)
    if visit.registered is None:
        return open_card(visit, event)
    return look_up(visit, event) if visit.consents else ask_for_consent(visit, event)


_TOLD_WITHOUT_CARD = frozenset({Reason.PHONE_WITHOUT_READER, Reason.CARD_UNREADABLE, Reason.READER_FAULT})
"""What patients tell on the first pages themselves."""


@on(ChoosingEvidence, event=BackChosen, to=(ExplainingNoCard, Companion, Welcome, OutOfService))
def back_from_ways(visit: Visit, _state: ChoosingEvidence, event: BackChosen) -> Result:
    match visit.reason:
        case Reason.NO_CARD:
            return enter(visit, ExplainingNoCard(), event.at)
        case Reason.NEEDS_ASSISTANCE | Reason.SCHOOL_TRIP:
            return enter(visit, Companion(), event.at)
        case reason if reason in _TOLD_WITHOUT_CARD and visit.card is None:
            return welcome(visit, event.at, keep_preferences=True)
        case _:
            return stay(visit)


def can_go_back(visit: Visit) -> bool:
    """Whether the ways were reached from a page of questions, and not from something that went wrong."""
    told = visit.reason in (Reason.NO_CARD, Reason.NEEDS_ASSISTANCE, Reason.SCHOOL_TRIP)
    return told or (visit.reason in _TOLD_WITHOUT_CARD and visit.card is None)


@on(ChoosingEvidence, event=PatientFound, to=())
def patient_is_known(visit: Visit, _state: ChoosingEvidence, event: PatientFound) -> Result:
    """The answer that did not confirm was about a patient of this facility: the way without paper opens."""
    road = visit.fallback
    if road is None or road.matching != event.question or event.patient is None:
        return stay(visit)
    return stay(visit, fallback=replace(road, known=event.patient, match=event.match, matching=""))


# ------------------------------------------------------------------------------------------- the result


def settle(visit: Visit, way: Way, *effects: AnyEffect) -> Result:
    """The evidence is accepted: the visit has its result, and takes its number before the page changes."""
    outcome = "self_pay" if way is Way.SELF_PAY else "declared" if way in DECLARED else "accepted_by_evidence"
    return stay(visit, *effects, AssignNumber(), PlaySound("ok"), outcome=outcome, evidence=way)


@on(*FALLBACK, event=NumberAssigned, to=(TakeCard, Finished))
def end_with_number(visit: Visit, _state: State, event: NumberAssigned) -> Result:
    if visit.number or visit.evidence is None or visit.outcome is None:
        return stay(visit)
    numbered = replace(visit, number=event.number)
    ended, effects = finish(numbered, event.at)
    return ended, (PrintTicket(event.number), *_papers(numbered), *effects)


def _papers(visit: Visit) -> tuple[AnyEffect, ...]:
    road, language = visit.fallback, visit.preferences.language
    if road is None:
        return ()
    if visit.evidence is Way.SELF_PAY:
        told = MakePaper("refund_slip", visit.number, language, road.reason)
        return (replace(told, insurer=_insurer(visit)),)
    on_paper = isinstance(visit.state, StaffVerifying) and visit.state.on_paper
    if visit.evidence in DECLARED and road.form.answers and not on_paper:
        written = (visit.number, language, road.reason, road.form, road.companion, road.known)
        return (MakePaper("declaration", *written), MakePaper("claim_note", *written))
    return ()
