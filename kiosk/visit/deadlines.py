"""How long each page waits. Deadlines are data; only the shell watches a clock."""

from __future__ import annotations

from typing import assert_never

from kiosk.visit.moment import Moment
from kiosk.visit.states import (
    Abandoned,
    AskingConsent,
    ChoosingVerification,
    Confirmed,
    Deadline,
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
            assert_never(visit.state)
