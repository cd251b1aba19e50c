"""Events that mean nothing in a state, each said once and aloud. They come late, or from a page that is gone."""

from __future__ import annotations

from kiosk.visit import events as e
from kiosk.visit.moves import FALLBACK
from kiosk.visit.states import (
    Abandoned,
    AskingConsent,
    ChoosingEvidence,
    ChoosingVerification,
    Companion,
    Confirmed,
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
    TakeCard,
    WaitingForStaff,
    Welcome,
)
from kiosk.visit.table import STATES, ignore

IDLE = (Welcome, OutOfService)
ENDED = (Finished, Abandoned)
_FACE = (ReadingCardFront, MatchingFace)


def _but(*states: type) -> tuple[type, ...]:
    return tuple(state for state in STATES if state not in states)


# A card's answer matters only to the page that waits for it.
ignore(
    *_but(ReadingCard, ReadingCardFront, ReadingPhone, *FALLBACK),
    ExplainingNoCard,
    Companion,
    events=(e.CardRead,),
)
ignore(*_but(ReadingCard, EnteringPin, ReadingPhone, *_FACE, FillingDeclaration), events=(e.CardFailed,))
ignore(*_but(FillingDeclaration), events=(e.TextTriesTold, e.CardTextRead, e.TextRefused))
ignore(*_but(EnteringPin, ReadingPhone), events=(e.PinVerified, e.PinRefused))
ignore(*_but(ReadingCardFront), events=(e.PhotoTriesTold, e.FrontFailed))
ignore(*IDLE, ReadingPhone, TakeCard, *ENDED, events=(e.PhotoRead,))
ignore(*_but(MatchingFace), events=(e.PhotoRefused, e.FaceHinted, e.FaceJudged, e.FaceFailed))
ignore(*IDLE, *ENDED, events=(e.CardRemoved,))

# A touch matters only on the page that offers it.
ignore(*_but(*IDLE), events=(e.WayChosen,))
ignore(*_but(ChoosingVerification, *_FACE), events=(e.PinChosen,))
ignore(*_but(ChoosingVerification, EnteringPin), events=(e.FaceChosen,))
ignore(*_but(ReadingCardFront), events=(e.FrontWanted,))
ignore(*_but(EnteringPin, ReadingCardFront, FillingDeclaration), events=(e.PinEntered, e.LastTryAccepted))
ignore(*_but(ChoosingVerification, EnteringPin), events=(e.PinForgotten,))
ignore(*_but(OfferingRegistration), events=(e.RegistrationAccepted, e.RegistrationDeclined))
ignore(
    *_but(AskingConsent),
    events=(e.ConsentAllGiven, e.ConsentAllRefused, e.ConsentItemsChosen, e.ConsentItemDecided),
)
# A touch that comes together with the card's removal must not skip the number on Finished.
ignore(*_but(Confirmed, Abandoned, ExplainingSelfPay), events=(e.Acknowledged,))
ignore(*_but(ReadingCard, MatchingFace, WaitingForStaff), events=(e.RetryChosen,))
ignore(*_but(EnteringPin, *_FACE, AskingConsent, *FALLBACK), events=(e.BackChosen,))
_NOTHING_ELSE = (ChoosingEvidence, Companion)
_ASKS_FOR_WAYS: tuple[type, ...] = (
    ReadingCard,
    ReadingPhone,
    ChoosingVerification,
    *_FACE,
    WaitingForStaff,
    *FALLBACK,
)
ignore(*_but(*_ASKS_FOR_WAYS), *_NOTHING_ELSE, events=(e.EvidenceWanted,))
ignore(*_but(ChoosingEvidence), events=(e.EvidenceChosen,))
ignore(*_but(ChoosingEvidence, FillingDeclaration), events=(e.MoreChosen,))
ignore(*_but(ExplainingNoCard), events=(e.NoCardChosen,))
ignore(*_but(Companion), events=(e.CompanionChosen,))
ignore(*_but(SchoolTrip), events=(e.TripDocumentChosen,))
ignore(*_but(ShowingCertificate, ReadingCardFront), events=(e.NumbersWanted,))
ignore(*_but(ShowingCertificate), events=(e.CodeScanned,))
ignore(*_but(SchoolTrip, ShowingCertificate, IdentifyingKnown, FillingDeclaration), events=(e.FieldAnswered,))
ignore(*_but(ShowingCertificate, FillingDeclaration), events=(e.FieldSkipped,))
ignore(*_but(ConfirmingKnownData), events=(e.KnownUnchanged, e.KnownChanged))
ignore(
    *_but(FillingDeclaration),
    events=(e.FieldChosen, e.FormBegun, e.TextKeyChosen, e.FormAccepted, e.FormUncovered, e.FormSigned),
)
ignore(WaitingForStaff, *ENDED, events=(e.StaffCalled,))
ignore(*_but(WaitingForStaff), events=(e.StaffCancelled,))
ignore(*_but(Finished), events=(e.AnotherPatient,))
ignore(*IDLE, TakeCard, *ENDED, events=(e.StaffActed,))

# A service's answer matters only while somebody waits for it; the reader may be away meanwhile (ReadingCard).
ignore(*_but(EnteringPin, ReadingPhone, MatchingFace, ReadingCard), events=(e.CardOpened,))
_PAPER = (ShowingCertificate, ConfirmingKnownData, WaitingForStaff, *_FACE)
ignore(*_but(LookingUp, ReadingCard, *_PAPER), events=(e.Answered,))
ignore(*_but(LookingUp, ReadingCard, WaitingForStaff, *FALLBACK), events=(e.AnswerCame,))
ignore(
    *_but(EnteringPin, ReadingPhone, OfferingRegistration, LookingUp, ReadingCard, *_PAPER),
    events=(e.AskFailed,),
)
ignore(*_but(ChoosingEvidence, IdentifyingKnown), events=(e.PatientFound,))
# Which of these it moves is told by certified.takes; the shell keeps for staff what it does not.
ignore(*_but(Welcome, WaitingForStaff, *FALLBACK), events=(e.FaceResultArrived,))
ignore(*_but(OfferingRegistration, ReadingCard, WaitingForStaff, *_FACE, *FALLBACK), events=(e.Registered,))
ignore(*_but(Confirmed, WaitingForStaff, TakeCard, Finished, *FALLBACK), events=(e.NumberAssigned,))
