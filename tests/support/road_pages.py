"""Every page of the fallback as it can be shown, made from the enumerations of the code, so that none is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, get_args, get_type_hints

from msgspec.structs import replace

from drivers.interface import CardFacts, TextKey, Token
from kiosk.coverage.services import Capability
from kiosk.evidence.case import Facility
from kiosk.evidence.loading import book
from kiosk.evidence.model import Document, Way
from kiosk.evidence.reasons import Reason
from kiosk.visit.events import EvidenceChosen
from kiosk.visit.flow.certified import REASONS
from kiosk.visit.flow.declaring import ANSWERS_ON_A_PAGE, questions
from kiosk.visit.flow.evidence import AT_THE_CERTIFIED_READER, WAYS_ON_A_PAGE, offers
from kiosk.visit.flow.showing import asked_on_paper
from kiosk.visit.form import CHOICES, KNOWN, TRIP, Form, FormField
from kiosk.visit.known import KnownPatient
from kiosk.visit.moment import Moment
from kiosk.visit.moves import FOR_STAFF
from kiosk.visit.policy import Policy, Preferences
from kiosk.visit.presenting import view_of
from kiosk.visit.states import (
    AnyState,
    CardInHand,
    ChoosingEvidence,
    Companion,
    ConfirmingKnownData,
    ExplainingNoCard,
    ExplainingSelfPay,
    Fallback,
    FillingDeclaration,
    Finished,
    FormStep,
    IdentifyingKnown,
    Outcome,
    SchoolTrip,
    ShowingCertificate,
    ShowingNotice,
    ShowingPortal,
    StaffVerifying,
    UsingCertifiedReader,
    Visit,
)
from kiosk.visit.step import step
from kiosk.visit.views import Sentence, VisitView

DAYS = (date(2025, 11, 24), date(2026, 1, 15), date(2026, 11, 24))
"""The old card as it is, the old card with a look-up, neither."""
LED_ON = tuple(reason for reason in Reason if reason not in FOR_STAFF | {Reason.PUBLIC_ASSISTANCE})
"""What a patient is told before the ways. The rest is for people to settle, or is a confirmation."""

_POLICY = Policy(
    capabilities=frozenset(Capability) - {Capability.FACE_RESULT}, facility=Facility(), patient_file=True
)
_CERTIFIED = replace(_POLICY, capabilities=frozenset(Capability))
_EMPTY = Form()
_CARD = CardInHand(1, CardFacts(Token.CARD, None, 3))
_KNOWN = KnownPatient(
    patient_number="20417",
    name_kana="ヤマダ タロウ",
    birth_date="1950-02-17",
    insurer_name="見本市国民健康保険",
    insured_identification_number="1234",
)


def _visit(state: AnyState, reason: Reason, day: date = DAYS[-1], **fields: Any) -> Visit:
    wall = datetime(day.year, day.month, day.day, 0, 30, tzinfo=UTC)
    entered = Moment(mono=0, wall=int(wall.timestamp() * 1000))
    visit = {"policy": _POLICY, "preferences": Preferences(), "id": "v", "reader_available": True}
    told = {"reason": reason, "fallback": Fallback(reason)}
    return Visit(state=state, entered=entered, **{**visit, **told, **fields})


def ways() -> Iterator[Visit]:
    for reason in LED_ON:
        for day in DAYS:
            for card in (None, _CARD):
                first = _visit(ChoosingEvidence(), reason, day, card=card)
                for place in range(0, len(offers(first)), WAYS_ON_A_PAGE):
                    yield _visit(ChoosingEvidence(first=place), reason, day, card=card)
    for way in Way:
        yield _visit(ChoosingEvidence(refused=way), Reason.INVALID)


def _taken() -> Iterator[Visit]:
    """Where each way leads."""
    for visit in ways():
        for offer in offers(visit):
            yield step(visit, EvidenceChosen(id="e", at=visit.entered, way=offer.way))[0]


def _at_the_certified_reader() -> Iterator[Visit]:
    for way in AT_THE_CERTIFIED_READER:
        yield _visit(ChoosingEvidence(), Reason.PIN_LOCKED, policy=_CERTIFIED, card=_CARD)
        for problem in (None, *REASONS.values()):
            page = UsingCertifiedReader(way=way, problem=problem)
            yield _visit(page, Reason.READER_FAULT, policy=_CERTIFIED)


def _without_card() -> Iterator[Visit]:
    yield _visit(ExplainingNoCard(), Reason.NO_CARD)
    for cause in book().causes_of(Reason.NO_CARD):
        road = Fallback(Reason.NO_CARD, cause=cause.id)
        yield _visit(ExplainingNoCard(cause=cause.id), Reason.NO_CARD, fallback=road)
    yield _visit(Companion(), Reason.NEEDS_ASSISTANCE)
    for document in (Document.PORTAL_PDF, Document.NOTICE_COPY):
        for field in (*TRIP, None):
            yield _visit(SchoolTrip(document=document, field=field), Reason.SCHOOL_TRIP)
    yield _visit(SchoolTrip(), Reason.SCHOOL_TRIP)


def _shown() -> Iterator[Visit]:
    begun = Form(((FormField.BIRTH_DATE, "1950-02-17"),))
    asked = asked_on_paper(begun, DAYS[-1])
    typed = Form(tuple((field, begun.get(field) or "1") for field in asked))
    states: tuple[AnyState, ...] = (
        *(ShowingCertificate(field=field, form=begun) for field in asked),
        ShowingCertificate(form=typed),
        ShowingCertificate(scanned="01130012"),
        ShowingNotice(),
        ShowingPortal(),
        IdentifyingKnown(misses=1),
        IdentifyingKnown(field=None, asked="q"),
        IdentifyingKnown(field=None, found=_KNOWN),
        *(IdentifyingKnown(field=field) for field in KNOWN),
    )
    for state in states:
        yield _visit(state, Reason.INVALID)
    yield _visit(ConfirmingKnownData(), Reason.INVALID, fallback=Fallback(Reason.INVALID, known=_KNOWN))
    for reason in LED_ON:
        yield _visit(ExplainingSelfPay(), reason)
    yield _visit(StaffVerifying(way=Way.CARD_DECLARATION, on_paper=True), Reason.INVALID)


def _forms() -> Iterator[Visit]:
    def form(answers: Form = _EMPTY, **parts: Any) -> Visit:
        state = FillingDeclaration(way=Way.CARD_DECLARATION, **parts)
        road = Fallback(Reason.INVALID, companion=True, form=answers)
        return _visit(state, Reason.INVALID, fallback=road, card=_CARD)

    for name in get_args(FormStep):
        for key in get_args(TextKey):
            yield form(step=name, key=key, tries_left=2)
            yield form(step=name, key=key, tries_left=2, wrong=True)
            yield form(step=name, key=key, tries_left=1, last_try=True)
        yield form(step=name, covered=True)
    for problem in get_args(get_type_hints(FillingDeclaration)["problem"]):
        yield form(problem=problem)
    asked = questions(form())
    for field in asked:
        yield form(step="question", field=field)
    every = max(len(choices) for choices in CHOICES.values())
    for place in range(every):
        answers = Form(tuple((field, choices[place % len(choices)]) for field, choices in CHOICES.items()))
        for first in range(0, len(asked), ANSWERS_ON_A_PAGE):
            yield form(answers, step="summary", first=first)


def _ends() -> Iterator[Visit]:
    for outcome in get_args(Outcome):
        for number in ("", "A23"):
            yield _visit(Finished(), Reason.INVALID, outcome=outcome, number=number)


@cache
def pages() -> tuple[VisitView, ...]:
    made = (ways, _taken, _at_the_certified_reader, _without_card, _shown, _forms, _ends)
    return tuple(view_of(visit) for make in made for visit in make())


def asked_of(view: VisitView) -> set[str]:
    """Every key without which the page could not be drawn."""
    sentences = [view.title, *view.body, *view.notices]
    sentences += [detail.value for detail in view.details if isinstance(detail.value, Sentence)]
    keys = {sentence.key for sentence in sentences} | {option.name_key for option in view.options}
    keys |= {detail.label for detail in view.details}
    if view.field is not None:
        keys |= {view.field.skip} - {""}
        keys |= {f"field.{view.field.field}.{choice}" for choice in view.field.choices}
    return keys


def notes_of(view: VisitView) -> set[str]:
    """What may stand beneath a choice, and may be missing."""
    return {option.note_key for option in view.options}
