"""Events that mean nothing in a state, each said once and aloud. They come late, or from a page that is gone."""

from __future__ import annotations

from kiosk.visit import events as e
from kiosk.visit.states import (
    Abandoned,
    AskingConsent,
    ChoosingVerification,
    Confirmed,
    EnteringPin,
    Finished,
    LookingUp,
    OfferingRegistration,
    OutOfService,
    ReadingCard,
    TakeCard,
    WaitingForStaff,
    Welcome,
)
from kiosk.visit.table import ignore

IDLE = (Welcome, OutOfService)
ENDED = (Finished, Abandoned)
EVERYWHERE = (
    *IDLE, ReadingCard, ChoosingVerification, EnteringPin, OfferingRegistration, AskingConsent, LookingUp, Confirmed,
    TakeCard, WaitingForStaff, *ENDED,
)  # fmt: skip


def _but(*states: type) -> tuple[type, ...]:
    return tuple(state for state in EVERYWHERE if state not in states)


# A card's answer matters only to the page that waits for it.
ignore(*_but(ReadingCard), events=(e.CardRead,))
ignore(*_but(ReadingCard, EnteringPin), events=(e.CardFailed,))
ignore(*_but(EnteringPin), events=(e.PinVerified, e.PinRefused))
ignore(*IDLE, *ENDED, events=(e.CardRemoved,))

# A touch matters only on the page that offers it.
ignore(*_but(*IDLE), events=(e.WayChosen,))
ignore(*_but(ChoosingVerification), events=(e.PinChosen,))
ignore(*_but(EnteringPin), events=(e.PinEntered, e.LastTryAccepted))
ignore(*_but(ChoosingVerification, EnteringPin), events=(e.PinForgotten,))
ignore(*_but(OfferingRegistration), events=(e.RegistrationAccepted, e.RegistrationDeclined))
ignore(
    *_but(AskingConsent),
    events=(e.ConsentAllGiven, e.ConsentAllRefused, e.ConsentItemsChosen, e.ConsentItemDecided),
)
# A touch that comes together with the card's removal must not skip the number on Finished.
ignore(*_but(Confirmed, Abandoned), events=(e.Acknowledged,))
ignore(*_but(ReadingCard, WaitingForStaff), events=(e.RetryChosen,))
ignore(*_but(EnteringPin, AskingConsent), events=(e.BackChosen,))
ignore(WaitingForStaff, *ENDED, events=(e.StaffCalled,))
ignore(*_but(WaitingForStaff), events=(e.StaffCancelled,))
ignore(*_but(Finished), events=(e.AnotherPatient,))
ignore(*IDLE, TakeCard, *ENDED, events=(e.StaffActed,))

# A service's answer matters only while somebody waits for it; the reader may be away meanwhile (ReadingCard).
ignore(*_but(EnteringPin, ReadingCard), events=(e.CardOpened,))
ignore(*_but(LookingUp, ReadingCard), events=(e.Answered,))
ignore(*_but(EnteringPin, OfferingRegistration, LookingUp, ReadingCard), events=(e.AskFailed,))
ignore(*_but(OfferingRegistration, ReadingCard, WaitingForStaff), events=(e.Registered,))
ignore(*_but(Confirmed, WaitingForStaff, TakeCard, Finished), events=(e.NumberAssigned,))
