"""Examples of the pages on which a visit goes on when the card alone did not do. People and numbers are invented."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from drivers.interface import CardFacts, Token
from kiosk.coverage.services import Capability
from kiosk.evidence.loading import book
from kiosk.evidence.model import Document, Way
from kiosk.evidence.reasons import Reason
from kiosk.visit.flow.certified import REASONS
from kiosk.visit.form import CERTIFICATE, COMPANION, DECLARATION, Form, FormField
from kiosk.visit.known import KnownPatient
from kiosk.visit.states import (
    CardInHand,
    ChoosingEvidence,
    Companion,
    ConfirmingKnownData,
    ExplainingNoCard,
    ExplainingSelfPay,
    Fallback,
    FillingDeclaration,
    Finished,
    IdentifyingKnown,
    Road,
    SchoolTrip,
    ShowingCertificate,
    ShowingNotice,
    ShowingPortal,
    StaffVerifying,
    TakeCard,
    UsingCertifiedReader,
    Visit,
    Welcome,
)

_CARD = CardInHand(insertion=1, facts=CardFacts(Token.CARD, certificate=None, pin_tries_left=3))
_WAY = Way.CARD_DECLARATION
_WRITTEN = Form(
    (
        (FormField.KANA, "ミホン ハナコ"),
        (FormField.NAME, "見本 花子"),
        (FormField.BIRTH_DATE, "1950-02-17"),
        (FormField.SEX, "2"),
        (FormField.ADDRESS, "東京都千代田区霞が関1丁目2番2号 見本マンション霞が関公園前1203号室"),
        (FormField.CONTACT, "09000000000"),
        (FormField.INSURANCE_KIND, "national"),
        (FormField.INSURER_NAME, ""),
        (FormField.WORKPLACE, ""),
        (FormField.RATIO, "2"),
        (FormField.COMPANION_NAME, "ミホン タロウ"),
        (FormField.COMPANION_RELATION, "長男"),
    ),
    from_card=frozenset({FormField.NAME, FormField.BIRTH_DATE, FormField.SEX, FormField.ADDRESS}),
)
_NOTHING = Form()
_PAPER = Form(
    (
        (FormField.BIRTH_DATE, "1950-02-17"),
        (FormField.RATIO, "2"),
        (FormField.INSURER_NUMBER, "01130012"),
        (FormField.SYMBOL, "東京あ"),
        (FormField.NUMBER, "1234567"),
        (FormField.BRANCH, "01"),
        (FormField.VALID_UNTIL, "2027-07-31"),
    )
)
_KNOWN = KnownPatient(
    patient_number="20417",
    name_kana="ミホン ハナコ",
    birth_date="1950-02-17",
    insurer_number="01130012",
    insurer_name="見本市国民健康保険組合",
    insured_identification_number="1234567",
)
_STAFF_WAYS = (
    Way.VERIFY_BY_STAFF, Way.OTHER_READER, Way.LEGACY_CARD, Way.LEGACY_TOLERANCE, Way.DECLARATION_EMERGENCY,
)  # fmt: skip


def on_the_road(base: Visit, state: Road, reason: Reason = Reason.NO_RECORD, **fallback: object) -> Visit:
    """``base`` at a page of the road. ``fallback`` is what is known on it."""
    road = Fallback(reason=reason)
    return replace(base, state=state, reason=reason, fallback=replace(road, **fallback))


def road_visits(base: Visit) -> Iterator[tuple[str, Visit]]:
    yield from _ways(base)
    yield from _certified(base)
    yield from _no_card(base)
    yield from _shown(base)
    yield from _known(base)
    yield from _declaration(base)
    yield "ExplainingSelfPay", on_the_road(base, ExplainingSelfPay())
    for way in _STAFF_WAYS:
        yield f"StaffVerifying.{way}", on_the_road(base, StaffVerifying(way=way))
    yield "StaffVerifying.on_paper", on_the_road(base, StaffVerifying(way=_WAY, on_paper=True))
    for outcome, name in (
        ("accepted_by_evidence", "accepted"),
        ("declared", "declared"),
        ("self_pay", "self_pay"),
    ):
        yield f"Finished.{name}", replace(base, state=Finished(), number="A23", outcome=outcome)


def _certified(base: Visit) -> Iterator[tuple[str, Visit]]:
    """Where the results of a certified reader arrive."""
    there = replace(
        base,
        policy=replace(
            base.policy,
            capabilities=frozenset({Capability.BY_NUMBERS, Capability.FACE_RESULT}),
            facility=replace(base.policy.facility, face_check=True, staff_check=True, other_reader=True),
        ),
    )
    yield "Welcome.certified", replace(there, state=Welcome(), id="")
    yield "UsingCertifiedReader", on_the_road(there, UsingCertifiedReader(way=Way.OTHER_READER))
    for error, reason in REASONS.items():
        page = UsingCertifiedReader(way=Way.OTHER_READER, problem=reason, code=error.value)
        yield f"UsingCertifiedReader.{reason}", on_the_road(there, page)
    yield "ChoosingEvidence.certified", on_the_road(there, ChoosingEvidence(), Reason.NO_LOOKUP_BY_CARD)
    yield "TakeCard.elsewhere", replace(there, state=TakeCard(after="Finished", elsewhere=True), card=None)


def _ways(base: Visit) -> Iterator[tuple[str, Visit]]:
    with_file = replace(base, policy=replace(base.policy, patient_file=True))
    yield "ChoosingEvidence", on_the_road(with_file, ChoosingEvidence())
    yield "ChoosingEvidence.more", on_the_road(with_file, ChoosingEvidence(first=4))
    refused = ChoosingEvidence(refused=Way.CERTIFICATE)
    past = Form(((FormField.VALID_UNTIL, "2026-07-31"),))
    tried = (Way.CERTIFICATE,)
    yield "ChoosingEvidence.refused", on_the_road(base, refused, paper=past, tried=tried)
    seen = ChoosingEvidence(refused=Way.CARD_NOTICE)
    yield "ChoosingEvidence.not_accepted", on_the_road(base, seen, tried=(Way.CARD_NOTICE,))
    yield "ChoosingEvidence.no_card", on_the_road(with_file, ChoosingEvidence(), Reason.NO_CARD)


def _no_card(base: Visit) -> Iterator[tuple[str, Visit]]:
    yield "ExplainingNoCard", on_the_road(base, ExplainingNoCard(), Reason.NO_CARD)
    for cause in book().causes_of(Reason.NO_CARD):
        explained = ExplainingNoCard(cause=cause.id)
        yield f"ExplainingNoCard.{cause.id}", on_the_road(base, explained, Reason.NO_CARD, cause=cause.id)
    yield "Companion", replace(base, state=Companion())
    for document, name in ((None, ""), (Document.NOTICE_COPY, ".show")):
        state = SchoolTrip(document=document)
        yield f"SchoolTrip{name}", on_the_road(base, state, Reason.SCHOOL_TRIP)
    for field in (FormField.TEACHER, FormField.EVENT):
        asked = SchoolTrip(document=Document.NOTICE_COPY, field=field)
        yield f"SchoolTrip.field.{field}", on_the_road(base, asked, Reason.SCHOOL_TRIP)


def _shown(base: Visit) -> Iterator[tuple[str, Visit]]:
    yield "ShowingCertificate", on_the_road(base, ShowingCertificate())
    yield "ShowingCertificate.scanned", on_the_road(base, ShowingCertificate(scanned="01130012,12-345"))
    yield "ShowingCertificate.typed", on_the_road(base, ShowingCertificate(form=_PAPER))
    for field in (*CERTIFICATE, FormField.RATIO):
        yield (
            f"ShowingCertificate.field.{field}",
            on_the_road(base, ShowingCertificate(field=field, form=_without(_PAPER, field))),
        )
    yield "ShowingNotice", on_the_road(base, ShowingNotice())
    yield "ShowingPortal", on_the_road(base, ShowingPortal())


def _known(base: Visit) -> Iterator[tuple[str, Visit]]:
    yield "IdentifyingKnown.field.patient_number", on_the_road(base, IdentifyingKnown())
    yield "IdentifyingKnown.field.missed", on_the_road(base, IdentifyingKnown(misses=1))
    numbered = Form(((FormField.PATIENT_NUMBER, "20417"),))
    born = IdentifyingKnown(field=FormField.BIRTH_DATE, form=numbered)
    yield "IdentifyingKnown.field.birth_date", on_the_road(base, born)
    yield "IdentifyingKnown.asked", on_the_road(base, IdentifyingKnown(field=None, asked="q"))
    yield "IdentifyingKnown.found", on_the_road(base, IdentifyingKnown(field=None, found=_KNOWN))
    yield "ConfirmingKnownData", on_the_road(base, ConfirmingKnownData(), known=_KNOWN)


def _declaration(base: Visit) -> Iterator[tuple[str, Visit]]:
    def form(name: str, visit: Visit = base, written: Form = _NOTHING, **state: object) -> tuple[str, Visit]:
        step = replace(FillingDeclaration(way=_WAY), **state)
        return f"FillingDeclaration.{name}", on_the_road(visit, step, form=written, companion=True)

    with_card = replace(base, card=_CARD)
    yield form("source", with_card)
    yield form("source.without_card")
    for problem in ("locked", "unreadable"):
        yield form(f"source.{problem}", with_card, problem=problem)
    yield form("key", with_card, step="key")
    yield form("reading", with_card, step="reading")
    for key in ("pin", "number_b"):
        yield form(f"unlock.{key}", with_card, step="unlock", key=key, tries_left=3)
        yield form(f"unlock.{key}.wrong", with_card, step="unlock", key=key, tries_left=2, wrong=True)
    yield form("last_try", with_card, step="unlock", key="pin", tries_left=1, last_try=True)
    for field in (*DECLARATION, *COMPANION):
        yield form(f"question.{field}", written=_before(field), step="question", field=field)
    yield form("question.address.from_card", written=_WRITTEN, step="question", field=FormField.ADDRESS)
    yield form("summary", written=_WRITTEN, step="summary")
    yield form("summary.second", written=_WRITTEN, step="summary", first=5)
    yield form("signature", written=_WRITTEN, step="signature")
    yield form("covered", written=_WRITTEN, covered=True)


def _before(field: FormField) -> Form:
    """What is written when this question is reached."""
    order = (*DECLARATION, *COMPANION)
    answers = tuple((one, value) for one, value in _WRITTEN.answers if order.index(one) < order.index(field))
    return Form(answers)


def _without(form: Form, field: FormField) -> Form:
    return Form(tuple((one, value) for one, value in form.answers if one is not field))
