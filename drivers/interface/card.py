"""What a card gives, and what the reception asks of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, Protocol

from drivers.interface.faces import CardPhoto
from drivers.interface.failures import Failure


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
        ``read`` saw at this insertion. The secret is wiped whatever happens, with one exception: where a phone left the
        field, or did not answer, before anything secret was sent, a retriable ``Failure`` leaves the secret untaken. It
        may be presented to the same phone when it is back, or must be thrown away."""

    def verify_on_phone(self, insertion: int, challenge: bytes) -> VerifiedCard | Failure:
        """A signature over ``challenge`` by a phone that asks its holder by itself (face or finger, on the phone):
        nothing secret is sent and no try is spent. NOT_CONFIRMED: the phone does not sign, since its holder has not
        confirmed. Only for an iPhone (else INTERNAL)."""

    def text_tries(self, insertion: int, key: TextKey) -> int | Failure:
        """Remaining tries of that key, asked without spending one; 0: locked; 1 where the card does not tell, so
        that a try is never thought to be free. For any card that ``read`` met at this insertion, also one whose
        certificate or PIN is of no use. A phone has no such application: NOT_MY_NUMBER_CARD."""

    def read_text(self, insertion: int, key: TextKey, secret: Secret) -> CardText | PinRefused | Failure:
        """VERIFY and the four basic facts, in a transaction of its own. Nothing is sent unless ``text_tries`` was
        asked for this key since ``read`` and since this method last failed for it (else CARD_GONE), nor where it
        told that the key is locked (PIN_LOCKED). The secret is wiped whatever happens."""

    def photo_tries(self, insertion: int) -> int | Failure:
        """Remaining tries of 照合番号B in the surface application (券面事項確認), asked without spending one; 0:
        locked; 1 where the card does not tell. A phone has no such application: NOT_MY_NUMBER_CARD."""

    def read_photo(self, insertion: int, number_b: Secret) -> CardPhoto | PinRefused | Failure:
        """VERIFY and the face page with its signature, in a transaction of its own. Nothing is sent unless
        ``photo_tries`` was asked since ``read`` and since this method last failed (else CARD_GONE), nor where it told
        that the number is locked (PIN_LOCKED). PHOTO_UNUSABLE: the card keeps none. The secret is wiped whatever
        happens."""

    def forget(self) -> None:
        """Drops everything kept of the last card."""
