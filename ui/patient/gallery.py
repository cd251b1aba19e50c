"""One example of every page, for golden pictures, the overflow test and one's own eyes.

``python -m ui.patient.gallery OUTDIR`` writes them as PNG files.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

from msgspec.structs import replace

from drivers.interface import CertificateFacts, Revocation
from kiosk.coverage.qualification import Answer, ResultOfQualificationConfirmation
from kiosk.coverage.services import Capability, Choice, ConsentItem
from kiosk.evidence.reasons import Reason
from kiosk.visit.moment import Moment
from kiosk.visit.policy import Contrast, Policy, Preferences, TextSize
from kiosk.visit.presenting import view_of
from kiosk.visit.states import (
    Abandoned,
    AbandonReason,
    AnyState,
    AskingConsent,
    CardInHand,
    ChoosingEvidence,
    ChoosingVerification,
    Confirmed,
    EnteringPin,
    Finished,
    LookingUp,
    OfferingRegistration,
    OutOfService,
    ReadingCard,
    TakeCard,
    Visit,
    WaitingForStaff,
    Welcome,
)
from kiosk.visit.views import VisitView
from ui.patient.gallery_face import face_visits
from ui.patient.gallery_phone import phone_visits
from ui.patient.gallery_road import on_the_road, road_visits

LANGUAGES = ("ja", "ja-easy", "en")
_DAY = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
_POLICY = Policy(
    capabilities=frozenset({Capability.BY_CARD, Capability.REGISTER, Capability.MEDICAL_CONSENT})
)
_ITEMS = _POLICY.consent_items
_COVERAGE = ResultOfQualificationConfirmation(
    insurer_number="01130012",
    insurer_name="見本市国民健康保険組合",
    name_kana="ﾔﾏﾀﾞ ﾀﾛｳ",
    birthdate="19810405",
    qualification_date="20200401",
    insured_partial_contribution_ratio="030",
)


def examples() -> dict[str, VisitView]:
    """Name → view, for every page and every variant of it. People and numbers are invented."""
    return {name: _still(view_of(visit)) for name, visit in _visits()} | {
        f"WaitingForStaff.{reason}": reason_view(reason)
        for reason in (Reason.PIN_LOCKED, Reason.NETWORK_FAULT, Reason.CERTIFICATE_EXPIRED, Reason.NO_CARD)
    }


def _still(view: VisitView) -> VisitView:
    """Without the kanji that a dictionary offers in its own time: ``ui.entry`` has their pictures."""
    if view.field is None or not view.field.reading:
        return view
    return replace(view, field=replace(view.field, reading=""))


def reason_view(reason: Reason) -> VisitView:
    """The page that sends a patient to staff for this reason."""
    return view_of(_visit(WaitingForStaff(reason=reason)))


def ways_view(reason: Reason) -> VisitView:
    """The page that offers the other ways for this reason."""
    return view_of(on_the_road(_visit(Welcome()), ChoosingEvidence(), reason))


def _visit(state: AnyState, **fields: object) -> Visit:
    entered = Moment(mono=0, wall=int(_DAY.timestamp() * 1000))
    visit = Visit(policy=_POLICY, state=state, preferences=Preferences(), entered=entered)
    return replace(visit, **fields)


def _certificate(days: int) -> CertificateFacts:
    end = _DAY + timedelta(days=days)
    return CertificateFacts("00", end - timedelta(days=1800), end, Revocation.UNKNOWN, test=True)


def _visits() -> Iterator[tuple[str, Visit]]:
    yield "Welcome", _visit(Welcome())
    yield "Welcome.removed_early", _visit(Welcome(hint="removed_early"))
    yield "Welcome.phones", replace(_visit(Welcome()), policy=replace(_POLICY, phones=True))
    yield "OutOfService", _visit(OutOfService())
    yield "ReadingCard", _visit(ReadingCard())
    for problem in (Reason.CARD_UNREADABLE, Reason.NOT_MY_NUMBER_CARD):
        yield f"ReadingCard.problem.{problem}", _visit(ReadingCard(problem=problem))
    yield "ReadingCard.reader_away", _visit(ReadingCard(), card=CardInHand(insertion=None))
    yield "ReadingCard.recheck", _visit(ReadingCard(resume=LookingUp(question="q")))
    yield "ChoosingVerification", _visit(ChoosingVerification(tries_left=3))
    yield "EnteringPin", _visit(EnteringPin(tries_left=3))
    yield "EnteringPin.wrong", _visit(EnteringPin(tries_left=2, wrong=True))
    yield "EnteringPin.last_try", _visit(EnteringPin(tries_left=1, last_try=True))
    yield "EnteringPin.checking", _visit(EnteringPin(tries_left=3, checking=True))
    yield "OfferingRegistration", _visit(OfferingRegistration())
    yield "OfferingRegistration.again", _visit(OfferingRegistration(again=True))
    yield "OfferingRegistration.sent", _visit(OfferingRegistration(sent="q"))
    yield "AskingConsent", _visit(AskingConsent(items=_ITEMS))
    for place, item in enumerate(_ITEMS):
        decided = tuple((before, Choice.AGREED) for before in _ITEMS[:place])
        state = AskingConsent(items=_ITEMS, item_by_item=True, decided=decided)
        yield f"AskingConsent.items.{item}", _visit(state)
    yield "LookingUp", _visit(LookingUp(question="q"))
    yield "LookingUp.processing", _visit(LookingUp(question="q", rechecks=1))
    yield from _confirmed()
    yield "TakeCard.finished", _visit(TakeCard(after="Finished"))
    yield "TakeCard.abandoned", _visit(TakeCard(after="Abandoned"))
    yield "WaitingForStaff.called", _visit(WaitingForStaff(back_to=Welcome()))
    yield "Finished", _visit(Finished(), number="A23")
    yield "Finished.staff", _visit(Finished())
    yield from phone_visits(_visit(Welcome()))
    yield from face_visits(_visit(Welcome()))
    yield from road_visits(_visit(Welcome()))
    for why in get_args(AbandonReason):
        yield f"Abandoned.{why}", _visit(Abandoned(why=why))


def _confirmed() -> Iterator[tuple[str, Visit]]:
    answer = Answer(
        asked_at="2026-11-24T00:30:00Z",
        segment_of_result="1",
        processing_result_status="1",
        qualification_validity="1",
        results=(_COVERAGE,),
    )
    consents = tuple((item, Choice.AGREED) for item in _ITEMS)
    confirmed = _visit(Confirmed(), answer=answer, consents=consents)
    yield "Confirmed", confirmed
    nothing = tuple((item, Choice.DECLINED) for item in ConsentItem)
    yield "Confirmed.nothing_shared", replace(confirmed, consents=nothing)
    yield "Confirmed.public_assistance", replace(confirmed, notices=(Reason.PUBLIC_ASSISTANCE,))
    for notice, days in ((Reason.CERTIFICATE_EXPIRING, 40), (Reason.CERTIFICATE_EXPIRED_GRACE, -20)):
        yield f"Confirmed.{notice}", replace(confirmed, notices=(notice,), verified=_certificate(days))


def main(arguments: list[str] | None = None) -> int:
    from ui.theme.panel import PROFILES

    parser = argparse.ArgumentParser(prog="python -m ui.patient.gallery", description=__doc__)
    parser.add_argument("outdir", type=Path)
    parser.add_argument("--profile", action="append", choices=sorted(PROFILES))
    parser.add_argument("--language", action="append", choices=LANGUAGES)
    parser.add_argument("--size", action="append", choices=get_args(TextSize))
    parser.add_argument("--contrast", action="append", choices=get_args(Contrast))
    parser.add_argument("--only", default="", help="names that contain this")
    chosen = parser.parse_args(arguments)
    from ui.patient.gallery_pictures import write_gallery

    count = write_gallery(
        chosen.outdir,
        profiles=[PROFILES[name] for name in chosen.profile or ["portrait"]],
        languages=chosen.language or ["ja"],
        sizes=chosen.size or ["medium"],
        contrasts=chosen.contrast or ["standard"],
        only=chosen.only,
    )
    print(f"{count} pictures in {chosen.outdir}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
