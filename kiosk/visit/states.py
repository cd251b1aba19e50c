"""Where a visit stands. The class names are the screens' names; a state holds only what belongs to its own page."""

from __future__ import annotations

from typing import Literal

import msgspec

from drivers.interface import CardFacts, CertificateFacts
from kiosk.coverage.qualification import Answer
from kiosk.coverage.services import Choice, ConsentItem
from kiosk.evidence.reasons import Reason
from kiosk.visit.moment import Moment
from kiosk.visit.policy import Policy, Preferences

Consents = tuple[tuple[ConsentItem, Choice], ...]
AbandonReason = Literal["timed_out", "card_removed", "card_changed", "closed_by_staff", "stopped"]


class State(msgspec.Struct, frozen=True, tag=True):
    pass


class Welcome(State, frozen=True, tag=True):
    """Waiting for the next patient. ``hint``: why the last card did not get further, where that helps now."""

    hint: Literal["", "removed_early"] = ""


class OutOfService(State, frozen=True, tag=True):
    """No reader: the page leads on by paper and people."""


class ReadingCard(State, frozen=True, tag=True):
    """A card lies on the reader. ``problem``: it could not be read as it lies. ``resume``: a verified visit waits
    for its card to be recognised again after the reader had gone."""

    problem: Reason | None = None
    resume: AskingConsent | OfferingRegistration | LookingUp | EnteringPin | None = None


class ChoosingVerification(State, frozen=True, tag=True):
    tries_left: int


class EnteringPin(State, frozen=True, tag=True):
    """``last_try``: one try is left and the patient has not yet accepted to use it: no keypad. ``checking``: the
    digits are on their way to the card; ``opening``: the PIN was right and the service is asked who this is."""

    tries_left: int
    wrong: bool = False
    last_try: bool = False
    checking: bool = False
    opening: str = ""


class OfferingRegistration(State, frozen=True, tag=True):
    """``sent``: the question id of the registration, once it is on its way. ``again``: registered before, cancelled
    since."""

    again: bool = False
    sent: str = ""


class AskingConsent(State, frozen=True, tag=True):
    """``item_by_item``: the patient decides each; ``decided`` so far, in the order of ``items``."""

    items: tuple[ConsentItem, ...]
    item_by_item: bool = False
    decided: Consents = ()


class LookingUp(State, frozen=True, tag=True):
    """``question`` is on its way. ``ask_again_at``: the system is still processing; ask again then."""

    question: str
    rechecks: int = 0
    ask_again_at: int | None = None
    held: Answer | None = None  # came while the card was not proven to be still there


class Confirmed(State, frozen=True, tag=True):
    pass


class TakeCard(State, frozen=True, tag=True):
    """``after``: what follows when the card is out. ``alerted``: staff know that it was left behind."""

    after: Literal["Finished", "Abandoned"]
    why: AbandonReason = "stopped"
    alerted: bool = False


class WaitingForStaff(State, frozen=True, tag=True):
    """A person is coming. ``reason`` is None when the patient simply called. ``back_to``: where the patient may go
    on alone."""

    reason: Reason | None = None
    code: str = ""
    message: str = ""
    back_to: (
        Welcome
        | OutOfService
        | ReadingCard
        | ChoosingVerification
        | EnteringPin
        | OfferingRegistration
        | (AskingConsent)
        | Confirmed
        | None
    ) = None


class Finished(State, frozen=True, tag=True):
    pass


class Abandoned(State, frozen=True, tag=True):
    """Nothing personal is left. ``why`` chooses the sentence."""

    why: AbandonReason


AnyState = (
    Welcome
    | OutOfService
    | ReadingCard
    | ChoosingVerification
    | EnteringPin
    | OfferingRegistration
    | AskingConsent
    | LookingUp
    | Confirmed
    | TakeCard
    | WaitingForStaff
    | Finished
    | Abandoned
)

Outcome = Literal["confirmed", "handed_to_staff", "abandoned"]


class Deadline(msgspec.Struct, frozen=True):
    """Monotonic milliseconds. ``warn`` is None where time ends without a person in front being asked."""

    end: int
    warn: int | None = None


class CardInHand(msgspec.Struct, frozen=True):
    """The card of this visit. ``insertion`` is None while the reader is away and nobody knows what lies there."""

    insertion: int | None
    facts: CardFacts | None = None
    last_try_accepted: bool = False


class Visit(msgspec.Struct, frozen=True):
    """A terminal and the visit at it. ``id`` is "" between visits."""

    policy: Policy
    state: AnyState
    preferences: Preferences
    entered: Moment
    id: str = ""
    reader_available: bool = False
    deadline: Deadline | None = None
    warned: bool = False
    card: CardInHand | None = None
    verified: CertificateFacts | None = None
    registered: bool | None = None
    register_question: str = ""
    birth_date: str = ""
    consents: Consents = ()
    answer: Answer | None = None
    notices: tuple[Reason, ...] = ()
    reason: Reason | None = None
    number: str = ""
    ticket: bool = False
    outcome: Outcome | None = None
