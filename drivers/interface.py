"""The protocols every device fulfils, and the values devices give.

What depends on a card, a reader or a person fails as a value (``Failure``). Inside a driver the same value
may travel in a ``LinkError``; no public method of a driver lets it out.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, Protocol

# --------------------------------------------------------------------------------------------- failures


class Fault(StrEnum):
    """What went wrong with a device or a card, as far as the device can tell."""

    CARD_GONE = "card_gone"  # taken away, or replaced: the handle must not be used again
    CARD_MUTE = "card_mute"  # no answer, no ATR: wrong way round, in a sleeve, broken chip
    CARD_DAMAGED = "card_damaged"  # answers, but not as a card of its kind must
    NOT_MY_NUMBER_CARD = "not_my_number_card"
    OLD_RESIDENT_CARD = "old_resident_card"  # 住基カード: same applications, never an insurance card
    NO_CERTIFICATE = "no_certificate"
    CERTIFICATE_UNTRUSTED = "certificate_untrusted"  # no known issuer signed it, or it may not authenticate
    SIGNATURE_WRONG = (
        "signature_wrong"  # the card does not hold the certificate's key: another card, or a copy
    )
    PIN_LOCKED = "pin_locked"
    CARD_BUSY = "card_busy"  # another program holds the card
    TIMED_OUT = "timed_out"  # the watchdog ended a call that hung
    READER_GONE = "reader_gone"
    SERVICE_GONE = "service_gone"  # PC/SC or print service down
    PRINTER_GONE = "printer_gone"  # unknown to the print service, or it takes no jobs
    INTERNAL = "internal"  # a bug met on the card thread; the visit goes on with people


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure as a value. ``retriable``: the same person can try again here and may succeed.

    ``detail`` is for staff and logs: status words and PC/SC codes, never card data.
    """

    fault: Fault
    retriable: bool
    detail: str = ""

    @classmethod
    def of(cls, fault: Fault, detail: str = "") -> Failure:
        """A failure with the usual answer to whether trying again can help."""
        return cls(fault, fault in RETRIABLE_FAULTS, detail)


RETRIABLE_FAULTS = frozenset(
    {Fault.CARD_GONE, Fault.CARD_MUTE, Fault.NOT_MY_NUMBER_CARD, Fault.CARD_BUSY, Fault.TIMED_OUT}
)
"""What the same person may overcome here and now: put the card in again, the right way, or the right one."""


class LinkError(Exception):
    """Carries a ``Failure`` out of ``transmit``; stays inside the drivers."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"{failure.fault}: {failure.detail}")
        self.failure = failure


# ------------------------------------------------------------------------------------------ the reader


@dataclass(frozen=True, slots=True)
class Response:
    """A card's answer to one APDU: data without the status word, and SW1SW2 as one number."""

    data: bytes = field(repr=False)
    sw: int


class CardConnection(Protocol):
    """A card that was powered and is held for us alone. The only thing a card application needs."""

    @property
    def extended_length(self) -> int:
        """Largest APDU that the reader says it can carry, in bytes; 261 or less means short APDUs only."""

    def transmit(self, apdu: bytes) -> Response:
        """Sends one command APDU. Raises ``LinkError``; then the connection is dead, except for
        ``ExtendedRefused``, after which short APDUs still work."""


class ExtendedRefused(LinkError):
    """The reader's driver cannot carry an extended APDU, whatever it claimed. Not a removed card."""


@dataclass(frozen=True, slots=True)
class ReaderSnapshot:
    """What is known of one reader now.

    ``enabled``: its service runs. ``available``: the device is there. ``scanned``: the first look is done,
    so that "no reader" is a finding and not a beginning. ``insertion`` counts cards put in since start and
    changes with every card, also with a swap too quick to see as a removal.
    """

    name: str = ""
    enabled: bool = False
    available: bool = False
    scanned: bool = False
    card_present: bool = False
    mute: bool = False
    insertion: int = 0


Listener = Callable[[ReaderSnapshot], None]


class CardReader(Protocol):
    """One reader with at most one card."""

    def watch(self, listener: Listener) -> None:
        """Begins to report snapshots: the first as soon as something is known, then each change.
        The listener is called on the driver's own thread and must return at once."""

    def snapshot(self) -> ReaderSnapshot:
        """The latest snapshot; never blocks."""

    def connect(self, insertion: int) -> AbstractContextManager[CardConnection]:
        """Opens one transaction with the card of this insertion, ended by a reset of the card.
        Raises ``LinkError`` on entry when another card or none is there."""

    def close(self) -> None:
        """Stops watching and releases everything. Idempotent; returns when the driver's thread has ended."""


# ------------------------------------------------------------------------- what a My Number Card gives


class Token(StrEnum):
    """Which thing holds the keys, from the JPKI application's token label."""

    CARD = "card"
    OLD_RESIDENT_CARD = "old_resident_card"
    ANDROID = "android"
    IPHONE = "iphone"


class Revocation(StrEnum):
    """Whether the issuer has withdrawn a certificate. ``UNKNOWN`` where no service tells."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What may be told of the user-authentication certificate. It carries no name.

    ``sha256`` (hex) binds a visit to this very certificate. Dates are instants in UTC.
    """

    sha256: str
    not_before: datetime
    not_after: datetime
    revocation: Revocation = Revocation.UNKNOWN
    test: bool = False  # issued below a test root


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What a card told before any secret. ``certificate`` is None where the token gives it only with the PIN
    (Android). ``pin_tries_left``: None if the card does not say. ``pin_by_design_locked``: a 顔認証 card."""

    token: Token
    certificate: CertificateFacts | None
    pin_tries_left: int | None
    pin_by_design_locked: bool = False
    card_expires: date | None = None  # the card's own last day; read only where its certificate has ended


@dataclass(frozen=True, slots=True)
class VerifiedCard:
    """Proof that this card's holder is here: PIN accepted and a fresh challenge signed by the card's key.

    ``certificate`` (DER), ``challenge`` and ``signature`` are for the eligibility service only: they stay in
    memory, bound to ``insertion``, and are never logged or stored.
    """

    insertion: int
    facts: CertificateFacts
    method: str
    certificate: bytes = field(repr=False)
    challenge: bytes = field(repr=False)
    signature: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PinRefused:
    """The PIN was wrong. ``tries_left`` is what the card said; 0 means that it is locked now."""

    tries_left: int


TextKey = Literal["pin", "number_b"]
"""What opens the 券面事項入力補助 application: its PIN (4 digits) or 照合番号B (14 digits), each with its own tries."""


@dataclass(frozen=True, slots=True)
class CardText:
    """The four basic facts as the chip has them, which is how the register spells them.

    ``birth_date`` is None where the chip's digits spell no day, as for people whose day or month of birth is not
    known. ``sex``: JIS X 0303 (1 male, 2 female, 0 not known, 9 not applicable).
    """

    name: str = field(repr=False)
    address: str = field(repr=False)
    birth_date: date | None = field(repr=False)
    sex: str = field(repr=False)


class Secret(Protocol):
    """A PIN or number that can be taken once."""

    def take(self) -> bytearray:
        """Hands the digits over and forgets them. The taker wipes the bytearray. Empty if taken before."""


class CardApplication(Protocol):
    """What the reception asks of a card. One implementation talks APDUs (``drivers.card``); the simulator has
    a fact-level one for whole-visit simulation. Called on the card thread; may block up to its watchdog's
    limit."""

    def read(self, insertion: int) -> CardFacts | Failure:
        """Tells what the card is, before any secret. Keeps the certificate in memory for ``verify_pin``."""

    def verify_pin(
        self, insertion: int, secret: Secret, challenge: bytes
    ) -> VerifiedCard | PinRefused | Failure:
        """VERIFY and a signature over ``challenge`` in one transaction, checked against the certificate that
        ``read`` saw at this insertion. The secret is wiped whatever happens."""

    def text_tries(self, insertion: int, key: TextKey) -> int | Failure:
        """Remaining tries of that key, asked without spending one; 0: locked; 1 where the card does not tell, so
        that a try is never thought to be free. For any card that ``read`` met at this insertion, also one whose
        certificate or PIN is of no use. A phone has no such application: NOT_MY_NUMBER_CARD."""

    def read_text(self, insertion: int, key: TextKey, secret: Secret) -> CardText | PinRefused | Failure:
        """VERIFY and the four basic facts, in a transaction of its own. Nothing is sent unless ``text_tries`` was
        asked for this key since ``read`` and since this method last failed for it (else CARD_GONE), nor where it
        told that the key is locked (PIN_LOCKED). The secret is wiped whatever happens."""

    def forget(self) -> None:
        """Drops everything kept of the last card."""


# ------------------------------------------------------------------------- cameras and code scanners


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of a camera. ``number`` counts since it was opened. ``pixels``: height × width × 3 bytes, blue,
    green, red; numpy and the code reader take it as it is. It may show a face: it is never stored."""

    number: int
    pixels: memoryview = field(repr=False)


class Camera(Protocol):
    """A camera that takes pictures by itself while it is open."""

    def open(self) -> Failure | None:
        """Begins to take pictures. A ``Failure`` tells what is known to be wrong already; a camera that is not there
        (READER_GONE) is waited for. Idempotent."""

    def frame(self) -> Frame | Failure | None:
        """The latest picture; None before the first. READER_GONE: not there any more; TIMED_OUT: there, but no new
        picture comes. Both end by themselves when pictures come again. Never blocks."""

    def close(self) -> None:
        """Stops, and forgets the last picture. Idempotent; it can be opened again."""


@dataclass(frozen=True, slots=True)
class ScannedCode:
    """A code as it was read from a paper. Nobody knows beforehand what it holds: it is personal, never logged or
    stored, and shown only as far as the reception's policy lets it.

    ``format``: as in "QR Code" or "Code 128"; "keyboard" where a hand scanner typed it. ``content``: the bytes in it.
    ``text``: what they say, control characters as their pictures (␝), lines ended by a line feed; "" for binary
    content.
    """

    format: str
    text: str = field(repr=False)
    content: bytes = field(repr=False)


CodeListener = Callable[[ScannedCode | Failure], None]


class CodeScanner(Protocol):
    """Reads codes that are held before it."""

    def watch(self, listener: CodeListener) -> None:
        """Reports from now on: each code as it is read, and what is wrong with the device, once. A new call takes the
        place of the last. The listener is called on the scanner's own thread and must return at once."""

    def rest(self) -> None:
        """Reports nothing more until the next ``watch``, and forgets what was read. Idempotent."""

    def close(self) -> None:
        """Ends for good, and releases everything. Idempotent."""


# --------------------------------------------------------------------------------------- other devices


class Printer(Protocol):
    def print_pdf(self, title: str, pdf: bytes) -> Failure | None:
        """Hands a finished PDF to the printer's queue; None when it was taken."""


class Speaker(Protocol):
    def play(self, sound: str) -> None:
        """Plays a named short sound; does nothing where there is no sound device."""
