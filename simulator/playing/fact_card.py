"""Cards as plain facts: what they tell and how they count, without APDUs and without keys.

For whole-visit simulation, where a signature costs more than everything else together. A test holds these cards
against the ones that answer APDUs. The national system must be told not to look for signatures.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from hashlib import sha256
from typing import Literal

from drivers.interface import (
    CardConnection,
    CardFacts,
    CardPhoto,
    CardText,
    CertificateFacts,
    Failure,
    Fault,
    LinkError,
    Listener,
    PinRefused,
    ReaderSnapshot,
    Revocation,
    Secret,
    TextKey,
    Token,
    VerifiedCard,
)
from kiosk.coverage.certificate_life import JAPAN
from simulator.card import pictures, pki, surface, text
from simulator.card.codes import verification_code_b
from simulator.card.lifetimes import lifetimes
from simulator.people.persona import Card, CardKind, Persona

_MOST_TRIES = 3
_PIN_LENGTH = 4
_TOKENS: dict[CardKind, Token] = {
    "card": Token.CARD,
    "android": Token.ANDROID,
    "iphone": Token.IPHONE,
}
_UNREADABLE: dict[CardKind, Fault] = {
    "fido": Fault.NOT_MY_NUMBER_CARD,
    "driving_licence": Fault.NOT_MY_NUMBER_CARD,
    "old_resident_card": Fault.OLD_RESIDENT_CARD,
    "damaged": Fault.CARD_DAMAGED,
}


_ANSWERED = (Fault.NO_CERTIFICATE, Fault.CARD_DAMAGED)
_PHONES = (Token.ANDROID, Token.IPHONE)

_Counter = TextKey | Literal["photo"]


@dataclass(slots=True)
class _Counted:
    """A secret of the text or the surface application, and its remaining tries."""

    digits: bytes = field(repr=False)
    left: int
    most: int

    def present(self, digits: bytearray) -> PinRefused | Failure | None:
        """Counts as the chip does, to which digits of the wrong number are never sent."""
        if self.left == 0:
            return Failure.of(Fault.PIN_LOCKED, "simulated")
        if len(digits) != len(self.digits):
            return Failure.of(Fault.INTERNAL, f"secret is not {len(self.digits)} digits")
        if digits != self.digits:
            self.left -= 1
            return PinRefused(self.left)
        self.left = self.most
        return None


class FactCard:
    """What a persona holds in the hand. The remaining tries are its memory."""

    __slots__ = ("_card", "_certificate", "_day", "_keys", "_text", "_tries", "der", "persona", "pin")

    def __init__(
        self, persona: Persona, day: date, pin: str | None = None, text_pin: str | None = None
    ) -> None:
        self.persona = persona.id
        self.pin = (persona.card.pin if pin is None else pin).encode("ascii")
        self.der, self._certificate, self._day = _issued(persona, day)
        self._card = persona.card
        self._tries = 0 if persona.card.face_only else persona.card.pin_tries_left
        self._text = _text_of(persona)
        self._keys = _keys_of(persona, self._day, persona.card.text_pin if text_pin is None else text_pin)

    @property
    def mute(self) -> bool:
        return self._card.kind == "dead"

    def read(self, now: datetime) -> CardFacts | Failure:
        """What the card tells before any secret."""
        card = self._card
        unreadable = Fault.CARD_MUTE if self.mute else _UNREADABLE.get(card.kind)
        if unreadable is None and not card.auth_certificate:
            unreadable = Fault.NO_CERTIFICATE
        if unreadable is not None:
            return Failure.of(unreadable, "simulated")
        token = _TOKENS[card.kind]
        shown = None if token is Token.ANDROID else self._certificate
        signs = card.sign_certificate and not card.face_only
        by_design = self._tries == 0 and token is Token.CARD and not signs
        ended = shown is not None and shown.not_after < now
        expires = self._day if ended and token is Token.CARD else None
        return CardFacts(token, shown, self._tries, by_design, expires)

    def verify(
        self, digits: bytearray, insertion: int, challenge: bytes
    ) -> VerifiedCard | PinRefused | Failure:
        """Counts as the chip does."""
        if self._tries == 0:
            return Failure.of(Fault.PIN_LOCKED, "simulated")
        if len(digits) != _PIN_LENGTH:
            return Failure.of(Fault.INTERNAL, "secret is not 4 digits")
        if digits != self.pin:
            self._tries -= 1
            return PinRefused(self._tries)
        self._tries = _MOST_TRIES
        return VerifiedCard(insertion, self._certificate, "pin", self.der, challenge, b"simulated")

    def verify_on_phone(self, insertion: int, challenge: bytes) -> VerifiedCard | Failure:
        """An iPhone's holder has confirmed on the phone."""
        if _TOKENS.get(self._card.kind) is not Token.IPHONE:
            return Failure.of(Fault.INTERNAL, "simulated")
        return VerifiedCard(insertion, self._certificate, "phone", self.der, challenge, b"simulated")

    def text_tries(self, key: TextKey) -> int:
        return self._keys[key].left

    def read_text(self, key: TextKey, digits: bytearray) -> CardText | PinRefused | Failure:
        """Counts as the chip does; each key for itself."""
        refused = self._keys[key].present(digits)
        if refused is not None:
            return refused
        if self._card.kind == "damaged":
            return Failure.of(Fault.CARD_DAMAGED, "simulated")
        return self._text

    @property
    def photo_tries(self) -> int:
        return self._keys["photo"].left

    def read_photo(self, digits: bytearray, insertion: int) -> CardPhoto | PinRefused | Failure:
        """As ``read_text``. What the simulated municipality signed is genuine."""
        refused = self._keys["photo"].present(digits)
        if refused is not None:
            return refused
        if self._card.kind == "damaged":
            return Failure.of(Fault.CARD_DAMAGED, "simulated")
        if not self._card.photo:
            return Failure.of(Fault.PHOTO_UNUSABLE, "simulated")
        return CardPhoto(insertion, True, bytearray(pictures.photo(self.persona)))


class FactReader:
    """A reader for fact cards, and the application that reads them: ``CardReader`` and ``CardApplication`` in one.

    Everything happens on the caller's thread, listeners included.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._listeners: list[Listener] = []
        self._running = True
        self._insertion = 0
        self._seen: int | None = None
        self._phone = False
        self._met: tuple[int, Failure | None] | None = None
        self._told: dict[_Counter, int] = {}
        self.card: FactCard | None = None
        self._snapshot = self._look()

    # ------------------------------------------------------------------------------------ the hand

    def insert(self, card: FactCard) -> None:
        """A card that is there is replaced, too quickly for a removal to be seen."""
        self.card = card
        self._insertion += 1
        self._tell()

    swap = insert

    def remove(self) -> None:
        if self.card is not None:
            self.card = None
            self._tell()

    def set_away(self, away: bool) -> None:
        """A card that lies there counts as newly inserted when the reader is back."""
        if self._running is not away:
            return
        self._running = not away
        if self._running and self.card is not None:
            self._insertion += 1
        self._tell()

    # ---------------------------------------------------------------------------------- CardReader

    def watch(self, listener: Listener) -> None:
        self._listeners.append(listener)
        listener(self._snapshot)

    def snapshot(self) -> ReaderSnapshot:
        return self._snapshot

    def connect(self, insertion: int) -> AbstractContextManager[CardConnection]:
        """Facts have no connection. Raises ``LinkError``."""
        raise LinkError(Failure.of(Fault.CARD_GONE, f"no APDUs at insertion {insertion}"))

    def close(self) -> None:
        self._listeners.clear()

    # ----------------------------------------------------------------------------- CardApplication

    def read(self, insertion: int) -> CardFacts | Failure:
        self.forget()
        card = self._reach(insertion)
        facts = card if isinstance(card, Failure) else card.read(self._clock())
        self._met = (insertion, _barred(facts))
        if isinstance(facts, CardFacts):
            self._seen, self._phone = insertion, facts.token in _PHONES
        return facts

    def verify_pin(
        self, insertion: int, secret: Secret, challenge: bytes
    ) -> VerifiedCard | PinRefused | Failure:
        by_phone = self._seen is not None and self._phone
        card = self._read_before(insertion)
        if isinstance(card, Failure):
            outcome: VerifiedCard | PinRefused | Failure = card
            if not (by_phone and card.retriable):
                wipe(secret)
        else:
            digits = secret.take()
            outcome = card.verify(digits, insertion, challenge)
            digits[:] = bytes(len(digits))
        if isinstance(outcome, Failure):
            self._seen = None
        return outcome

    def verify_on_phone(self, insertion: int, challenge: bytes) -> VerifiedCard | Failure:
        card = self._read_before(insertion)
        outcome = card if isinstance(card, Failure) else card.verify_on_phone(insertion, challenge)
        if isinstance(outcome, Failure):
            self._seen = None
        return outcome

    def text_tries(self, insertion: int, key: TextKey) -> int | Failure:
        card = self._no_face(insertion) or self._reach(insertion)
        if isinstance(card, Failure):
            return card
        self._told[key] = card.text_tries(key)
        return self._told[key]

    def read_text(self, insertion: int, key: TextKey, secret: Secret) -> CardText | PinRefused | Failure:
        digits = secret.take()
        try:
            card = self._ready(insertion, key)
            outcome = card if isinstance(card, Failure) else card.read_text(key, digits)
        finally:
            digits[:] = bytes(len(digits))
        self._count(key, outcome)
        return outcome

    def photo_tries(self, insertion: int) -> int | Failure:
        card = self._no_face(insertion) or self._reach(insertion)
        if isinstance(card, Failure):
            return card
        self._told["photo"] = card.photo_tries
        return self._told["photo"]

    def read_photo(self, insertion: int, number_b: Secret) -> CardPhoto | PinRefused | Failure:
        digits = number_b.take()
        try:
            card = self._ready(insertion, "photo")
            outcome = card if isinstance(card, Failure) else card.read_photo(digits, insertion)
        finally:
            digits[:] = bytes(len(digits))
        self._count("photo", outcome)
        return outcome

    def forget(self) -> None:
        self._seen = self._met = None
        self._told.clear()

    def _read_before(self, insertion: int) -> FactCard | Failure:
        """The card, where it was read at this insertion and lies there still."""
        if self._seen != insertion:
            return Failure.of(Fault.CARD_GONE, "this card has not been read")
        return self._reach(insertion)

    def _ready(self, insertion: int, key: _Counter) -> FactCard | Failure:
        """The card, where this secret may be presented to it."""
        refused = self._no_face(insertion)
        if refused is not None:
            return refused
        if key not in self._told:
            return Failure.of(Fault.CARD_GONE, "tries were not asked for")
        if self._told[key] == 0:
            return Failure.of(Fault.PIN_LOCKED, "simulated")
        return self._reach(insertion)

    def _count(self, key: _Counter, outcome: object) -> None:
        if isinstance(outcome, Failure):
            self._told.pop(key, None)
        if isinstance(outcome, PinRefused):
            self._told[key] = outcome.tries_left

    def _no_face(self, insertion: int) -> Failure | None:
        """Why the card that was read at this insertion is not asked for what is on its face."""
        if self._met is None or self._met[0] != insertion:
            return Failure.of(Fault.CARD_GONE, "this card has not been read")
        return self._met[1]

    def _reach(self, insertion: int) -> FactCard | Failure:
        if not self._running:
            return Failure.of(Fault.SERVICE_GONE, "simulated service is down")
        if self.card is None or insertion != self._insertion:
            return Failure.of(Fault.CARD_GONE, "no card of this insertion")
        return self.card

    def _tell(self) -> None:
        self._snapshot = self._look()
        for listener in tuple(self._listeners):
            listener(self._snapshot)

    def _look(self) -> ReaderSnapshot:
        card = self.card if self._running else None
        return ReaderSnapshot(
            name="Fact reader",
            enabled=self._running,
            available=self._running,
            scanned=True,
            card_present=card is not None,
            mute=card is not None and card.mute,
            insertion=self._insertion,
        )


def wipe(secret: Secret) -> None:
    """Takes what is left of a secret and overwrites it."""
    digits = secret.take()
    digits[:] = bytes(len(digits))


def _barred(facts: CardFacts | Failure) -> Failure | None:
    """Why text and surface application cannot be asked."""
    if isinstance(facts, Failure):
        return None if facts.fault in _ANSWERED else facts
    return Failure.of(Fault.NOT_MY_NUMBER_CARD, "simulated") if facts.token in _PHONES else None


def _text_of(persona: Persona) -> CardText:
    person = persona.person
    birth_date = person.birth_date if persona.card.birth_day_on_chip else None
    return CardText(person.name, person.address, birth_date, person.sex)


def _keys_of(persona: Persona, last_day: date, text_pin: str) -> dict[_Counter, _Counted]:
    card = persona.card
    number = verification_code_b(persona.person.birth_date, last_day, card.security_code).encode("ascii")
    return {
        "pin": _Counted(text_pin.encode("ascii"), card.text_pin_tries_left, text.PIN_TRIES),
        "number_b": _Counted(number, text.CODE_TRIES, text.CODE_TRIES),
        "photo": _Counted(number, card.photo_tries_left, surface.CODE_TRIES),
    }


def fingerprint(persona: Persona, day: date) -> str:
    """SHA-256 (hex) of the authentication certificate that this person's card carries on that day."""
    return _issued(persona, day)[1].sha256


_Issued = tuple[bytes, CertificateFacts, date]
_ISSUED: dict[tuple[str, Card, date], _Issued] = {}


def _issued(persona: Persona, day: date) -> _Issued:
    """The certificate (DER), what is told of it, and the card's last day. Made once for each card and day."""
    key = (persona.id, persona.card, day)
    if key not in _ISSUED:
        _ISSUED[key] = _issue(persona, day)
    return _ISSUED[key]


def _issue(persona: Persona, day: date) -> _Issued:
    life = lifetimes(persona, day)
    der = pki.certificate(persona, "auth", life)
    facts = CertificateFacts(
        sha256=sha256(der).hexdigest(),
        not_before=_instant(life.issued, time()),
        not_after=_instant(life.certificate_until, time(23, 59, 59)),
        revocation=Revocation.REVOKED if persona.card.revoked else Revocation.GOOD,
        test=True,
    )
    return der, facts, life.card_until


def _instant(day: date, at: time) -> datetime:
    return datetime.combine(day, at, JAPAN).astimezone(UTC)
