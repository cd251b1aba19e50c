"""How long each page waits. Deadlines are data; only the shell watches a clock."""

from __future__ import annotations

from typing import assert_never

from kiosk.visit.moment import Moment
from kiosk.visit.policy import TimeLimits
from kiosk.visit.states import (
    Abandoned,
    AskingConsent,
    ChoosingEvidence,
    ChoosingVerification,
    Companion,
    Confirmed,
    ConfirmingKnownData,
    Deadline,
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
    Road,
    SchoolTrip,
    ShowingCertificate,
    ShowingNotice,
    ShowingPortal,
    StaffVerifying,
    TakeCard,
    UsingCertifiedReader,
    Visit,
    WaitingForStaff,
    Welcome,
)


def deadline_for(visit: Visit, at: Moment) -> Deadline | None:
    """The time limit of the page that ``visit`` stands on, counted from ``at``."""
    limits = visit.policy.limits
    page = Deadline(end=at.mono + limits.page, warn=at.mono + limits.page - limits.warning)
    match visit.state:
        case Welcome(hint=hint):
            changed = bool(hint) or visit.preferences != visit.policy.defaults
            return Deadline(end=at.mono + limits.page) if changed else None
        case OutOfService():
            changed = visit.preferences != visit.policy.defaults
            return Deadline(end=at.mono + limits.page) if changed else None
        case ReadingCard(problem=problem):
            if problem is not None:
                return page
            away = visit.card is not None and visit.card.insertion is None
            return Deadline(end=at.mono + (limits.reader_return if away else limits.reading))
        case EnteringPin(checking=checking, opening=opening):
            return Deadline(end=at.mono + limits.asking) if checking or opening else page
        case ReadingPhone(step=step) | ReadingCardFront(step=step) | MatchingFace(step=step):
            return _before_a_device(step, limits, at)
        case OfferingRegistration(sent=sent):
            return Deadline(end=at.mono + limits.asking) if sent else page
        case LookingUp(ask_again_at=again):
            return Deadline(end=again if again is not None else at.mono + limits.asking)
        case ChoosingVerification() | AskingConsent() | Confirmed():
            return page
        case TakeCard(alerted=alerted):
            unseen = visit.card is None or visit.card.insertion is None
            return None if alerted and not unseen else Deadline(end=at.mono + limits.card_left)
        case Finished():
            # Without paper the number stands here only.
            on_paper = visit.ticket or not visit.number
            return Deadline(end=at.mono + (limits.closing if on_paper else limits.page))
        case Abandoned():
            return Deadline(end=at.mono + limits.closing)
        case WaitingForStaff():
            return None
        case _:
            return _on_the_road(visit.state, limits, at)


def _before_a_device(step: str, limits: TimeLimits, at: Moment) -> Deadline:
    match step:
        case "tries" | "photo" | "look" | "verify":
            return Deadline(end=at.mono + limits.reading)
        case "number":
            return Deadline(end=at.mono + limits.form, warn=at.mono + limits.form - limits.warning)
        case "opening":
            return Deadline(end=at.mono + limits.asking)
        case _:
            return Deadline(end=at.mono + limits.page, warn=at.mono + limits.page - limits.warning)


def _on_the_road(state: Road, limits: TimeLimits, at: Moment) -> Deadline | None:
    """Where a person is waited for there is no limit."""
    page = Deadline(end=at.mono + limits.page, warn=at.mono + limits.page - limits.warning)
    form = Deadline(end=at.mono + limits.form, warn=at.mono + limits.form - limits.warning)
    match state:
        case (
            ChoosingEvidence()
            | ExplainingNoCard()
            | Companion()
            | ConfirmingKnownData()
            | ExplainingSelfPay()
            | UsingCertifiedReader()
        ):
            return form  # much to read, and often with somebody who helps
        case SchoolTrip(document=document, field=field):
            return form if document is None or field is not None else None
        case ShowingCertificate(field=field):
            return form if field is not None else None
        case IdentifyingKnown(asked=asked, found=found):
            if found is not None:
                return None
            return Deadline(end=at.mono + limits.asking) if asked else form
        case FillingDeclaration(step=step, covered=covered):
            if step in ("tries", "reading"):
                return Deadline(end=at.mono + limits.reading)
            return page if covered or step == "unlock" else form
        case ShowingNotice() | ShowingPortal() | StaffVerifying():
            return None
        case _:
            assert_never(state)
