"""Everything that can happen to a visit. An event is a fact with an ``id`` and a moment; it carries no secret.

The class name is the event's type in the ledger, in scenarios and in traces: renaming one is a migration.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from drivers.interface import CardFacts, CertificateFacts, Failure
from kiosk.coverage.qualification import Answer
from kiosk.coverage.services import Choice, ConsentItem
from kiosk.evidence.reasons import Reason
from kiosk.visit.moment import Moment
from kiosk.visit.policy import Contrast, TextSize


class Event(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """``actor``: who caused it, for the ledger's core."""

    actor: ClassVar[str] = "patient"
    id: str
    at: Moment


# ------------------------------------------------------------------------------------ reader and card


class ReaderChanged(Event, frozen=True, tag=True, kw_only=True):
    """The reader came, or went away. ``scanned``: the first look is done."""

    actor: ClassVar[str] = "reader"
    available: bool
    scanned: bool = True


class CardInserted(Event, frozen=True, tag=True, kw_only=True):
    actor: ClassVar[str] = "reader"
    insertion: int
    mute: bool = False


class CardRemoved(Event, frozen=True, tag=True, kw_only=True):
    actor: ClassVar[str] = "reader"
    insertion: int


class CardRead(Event, frozen=True, tag=True, kw_only=True):
    """What the card told before any secret."""

    actor: ClassVar[str] = "reader"
    insertion: int
    facts: CardFacts


class CardFailed(Event, frozen=True, tag=True, kw_only=True):
    """Reading or verifying ended in a failure that is not a wrong PIN."""

    actor: ClassVar[str] = "reader"
    insertion: int
    failure: Failure


class PinVerified(Event, frozen=True, tag=True, kw_only=True):
    """PIN accepted and challenge signed by the key of this certificate. The proof itself stays with the shell."""

    actor: ClassVar[str] = "reader"
    insertion: int
    certificate: CertificateFacts


class PinRefused(Event, frozen=True, tag=True, kw_only=True):
    actor: ClassVar[str] = "reader"
    insertion: int
    tries_left: int


# ------------------------------------------------------------------------------------------ patient


class LanguageChosen(Event, frozen=True, tag=True, kw_only=True):
    language: str


class TextSizeChosen(Event, frozen=True, tag=True, kw_only=True):
    text_size: TextSize


class ContrastChosen(Event, frozen=True, tag=True, kw_only=True):
    contrast: Contrast


class WayChosen(Event, frozen=True, tag=True, kw_only=True):
    """One of the quiet choices of the first page, for those who cannot simply place a card."""

    way: Literal["no_card", "phone", "companion"]


class PinChosen(Event, frozen=True, tag=True, kw_only=True):
    """The patient wants to be verified by PIN."""


class PinEntered(Event, frozen=True, tag=True, kw_only=True):
    """Four digits lie in the one-shot slot of this name; only the card thread takes them."""

    slot: str


class LastTryAccepted(Event, frozen=True, tag=True, kw_only=True):
    """One try is left and the patient wants to use it."""


class PinForgotten(Event, frozen=True, tag=True, kw_only=True):
    pass


class RegistrationAccepted(Event, frozen=True, tag=True, kw_only=True):
    pass


class RegistrationDeclined(Event, frozen=True, tag=True, kw_only=True):
    pass


class ConsentAllGiven(Event, frozen=True, tag=True, kw_only=True):
    pass


class ConsentAllRefused(Event, frozen=True, tag=True, kw_only=True):
    pass


class ConsentItemsChosen(Event, frozen=True, tag=True, kw_only=True):
    """The patient wants to decide item by item."""


class ConsentItemDecided(Event, frozen=True, tag=True, kw_only=True):
    item: ConsentItem
    choice: Choice


class Acknowledged(Event, frozen=True, tag=True, kw_only=True):
    """The patient has read the page and goes on."""


class RetryChosen(Event, frozen=True, tag=True, kw_only=True):
    pass


class BackChosen(Event, frozen=True, tag=True, kw_only=True):
    pass


class StaffCalled(Event, frozen=True, tag=True, kw_only=True):
    pass


class StaffCancelled(Event, frozen=True, tag=True, kw_only=True):
    """The patient called staff and now goes on alone."""


class TimeExtended(Event, frozen=True, tag=True, kw_only=True):
    pass


class AnotherPatient(Event, frozen=True, tag=True, kw_only=True):
    """The next member of a family goes on in the same language and size."""


# ------------------------------------------------------------------------------ services, clock, staff


class CardOpened(Event, frozen=True, tag=True, kw_only=True):
    """The service recognised the verified card. ``registered``: insurance use is registered; ``deregistered``: it
    once was. The birth date decides what may be asked."""

    actor: ClassVar[str] = "service"
    question: str
    registered: bool
    deregistered: bool = False
    birth_date: str = ""  # ISO; "" where the service does not tell


class Answered(Event, frozen=True, tag=True, kw_only=True):
    actor: ClassVar[str] = "service"
    question: str
    answer: Answer


class AskFailed(Event, frozen=True, tag=True, kw_only=True):
    """No usable answer. ``code`` and ``message`` are as received, for staff."""

    actor: ClassVar[str] = "service"
    question: str
    reason: Reason
    code: str = ""
    message: str = ""


class Registered(Event, frozen=True, tag=True, kw_only=True):
    actor: ClassVar[str] = "service"
    question: str


class NumberAssigned(Event, frozen=True, tag=True, kw_only=True):
    """The reception number: the terminal's letter and its own counter."""

    actor: ClassVar[str] = "system"
    number: str


class TicketPrinted(Event, frozen=True, tag=True, kw_only=True):
    actor: ClassVar[str] = "system"
    number: str
    ok: bool
    detail: str = ""


class TimePassed(Event, frozen=True, tag=True, kw_only=True):
    """Nothing but time: the core compares ``at`` with its deadline."""

    actor: ClassVar[str] = "clock"


class StaffActed(Event, frozen=True, tag=True, kw_only=True):
    """``resume``: the patient goes on where they were. ``restart``: back to the first page, nobody helped.
    ``handled``: staff received the patient in person; the visit ends as handed to staff."""

    actor: ClassVar[str] = "staff"
    action: Literal["resume", "restart", "handled"]
    staff: str = ""


AnyEvent = (
    ReaderChanged
    | CardInserted
    | CardRemoved
    | CardRead
    | CardFailed
    | PinVerified
    | PinRefused
    | LanguageChosen
    | TextSizeChosen
    | ContrastChosen
    | WayChosen
    | PinChosen
    | PinEntered
    | LastTryAccepted
    | PinForgotten
    | RegistrationAccepted
    | RegistrationDeclined
    | ConsentAllGiven
    | ConsentAllRefused
    | ConsentItemsChosen
    | ConsentItemDecided
    | Acknowledged
    | RetryChosen
    | BackChosen
    | StaffCalled
    | StaffCancelled
    | TimeExtended
    | AnotherPatient
    | CardOpened
    | Answered
    | AskFailed
    | Registered
    | NumberAssigned
    | TicketPrinted
    | TimePassed
    | StaffActed
)
