"""The My Number Card as the reception knows it: ``drivers.interface.CardApplication`` over any reader."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeVar

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from drivers.card import issuers, jpki, surface, text
from drivers.card.certificates import Anchor, TrustedCertificate, check
from drivers.card.channel import Channel
from drivers.card.common import read_card_expires
from drivers.card.errors import CardFinding, Nonsense, Refused
from drivers.card.jpeg2000 import is_photograph
from drivers.card.pin import discard, present
from drivers.card.revocation import RevocationSource
from drivers.interface import (
    CardFacts,
    CardPhoto,
    CardReader,
    CardText,
    Failure,
    Fault,
    LinkError,
    PinRefused,
    Secret,
    TextKey,
    Token,
    VerifiedCard,
)

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

PIN_LENGTH = 4
_BLOCK = 0x100

_Counter = TextKey | Literal["photo"]
"""A secret of the card's face with tries of its own: the text application's two, and 照合番号B of the surface one."""

_ANSWERED = frozenset(
    {Fault.NO_CERTIFICATE, Fault.CERTIFICATE_UNTRUSTED, Fault.CARD_DAMAGED, Fault.PIN_LOCKED}
)
"""Failures of reading after which the chip's other applications may still be asked."""

_PHONE = Failure.of(Fault.NOT_MY_NUMBER_CARD, "a phone holds nothing of the card's face")


@dataclass(slots=True)
class _Seen:
    """The card whose ``read`` succeeded. ``certificate`` is None where it takes the PIN to read it."""

    insertion: int
    token: Token
    tries: int | None
    certificate: TrustedCertificate | None


@dataclass(slots=True)
class _Met:
    """The card that ``read`` met, whatever came of it. ``barred``: why its other applications are not asked.
    ``certificate_start`` tells it from other cards; empty where it gave no certificate. ``tries``: what it told of
    the secrets of its face."""

    insertion: int
    barred: Failure | None = None
    certificate_start: bytes = field(default=b"", repr=False)
    tries: dict[_Counter, int] = field(default_factory=dict)

    def not_to_be_tried(self, key: _Counter) -> Failure | None:
        """Why nothing is sent now that this secret would be counted for."""
        if key not in self.tries:
            return Failure.of(Fault.CARD_GONE, "tries were not asked for")
        if self.tries[key] == 0:
            return Failure.of(Fault.PIN_LOCKED, "no try was left when the card was asked")
        return None


class MyNumberCard:
    """Reads one card at a time and proves its holder by PIN. Belongs to the card thread.

    Every public method answers with a value: what a card or a reader does is a ``Failure``, and so is a bug of
    ours (INTERNAL), since a visit must go on with people. ``apdus`` counts all commands ever sent. ``face_issuers``:
    keys that certify who signs cards' faces; without any, a photograph is never ``genuine``.
    """

    def __init__(
        self,
        reader: CardReader,
        anchors: Iterable[Anchor],
        revocation: RevocationSource,
        clock: Callable[[], datetime],
        face_issuers: Iterable[RSAPublicKey] = (),
    ) -> None:
        self._reader = reader
        # Most cards are of the newest generation, and trying a wrong issuer costs a signature check.
        self._anchors = sorted(anchors, key=lambda one: one.certificate.not_valid_before_utc, reverse=True)
        self._revocation = revocation
        self._clock = clock
        self._face_issuers = tuple(face_issuers)
        self._seen: _Seen | None = None
        self._met: _Met | None = None
        self._short_only = False
        self.apdus = 0

    def read(self, insertion: int) -> CardFacts | Failure:
        """Token, remaining tries and certificate, checked. Nothing secret is needed or sent."""
        self.forget()
        met = _Met(insertion)
        result = _as_value(lambda: self._read(met))
        met.barred = _barred(result)
        self._met = met
        return result

    def verify_pin(
        self, insertion: int, secret: Secret, challenge: bytes
    ) -> VerifiedCard | PinRefused | Failure:
        """PIN and signature over ``challenge`` in one transaction. The secret is wiped whatever happens, unless a
        phone was not reached: see ``CardApplication``.

        Nothing is sent unless ``read`` succeeded at this insertion and left a try. After a ``Failure`` the card
        must be read again, since a try may have been spent unseen.
        """
        by_phone = self._seen is not None and self._seen.token in jpki.PHONES
        result: VerifiedCard | PinRefused | Failure | None = None
        try:
            result = _as_value(lambda: self._verify(insertion, secret, challenge))
        finally:
            if not (by_phone and isinstance(result, Failure) and result.retriable):
                discard(secret)
        if isinstance(result, Failure):
            self._seen = None
        return result

    def verify_on_phone(self, insertion: int, challenge: bytes) -> VerifiedCard | Failure:
        """A signature by a phone that its holder has unlocked. After a ``Failure`` it must be read again."""
        result = _as_value(lambda: self._verify_on_phone(insertion, challenge))
        if isinstance(result, Failure):
            self._seen = None
        return result

    def text_tries(self, insertion: int, key: TextKey) -> int | Failure:
        """Remaining tries of the text application's PIN or of its 照合番号B. No certificate is looked at here: where
        the card was exchanged without a sign, ``read_text`` finds out before it sends anything."""
        return _as_value(lambda: self._text_tries(insertion, key))

    def read_text(self, insertion: int, key: TextKey, secret: Secret) -> CardText | PinRefused | Failure:
        """Name, address, birth date and sex. After a ``Failure`` the tries of this key must be asked again, since
        one may have been spent unseen; what ``read`` found remains."""
        try:
            result = _as_value(lambda: self._read_text(insertion, key, secret))
        finally:
            discard(secret)
        if isinstance(result, Failure) and self._met:
            self._met.tries.pop(key, None)
        return result

    def photo_tries(self, insertion: int) -> int | Failure:
        """Remaining tries of the surface application's 照合番号B. As ``text_tries``."""
        return _as_value(lambda: self._photo_tries(insertion))

    def read_photo(self, insertion: int, number_b: Secret) -> CardPhoto | PinRefused | Failure:
        """The photograph on the chip. After a ``Failure`` the tries must be asked again, as for ``read_text``.

        Where issuers' keys are configured, CERTIFICATE_UNTRUSTED and SIGNATURE_WRONG tell a face that no known issuer
        has signed: it is not given at all.
        """
        try:
            result = _as_value(lambda: self._read_photo(insertion, number_b))
        finally:
            discard(number_b)
        if isinstance(result, Failure) and self._met:
            self._met.tries.pop("photo", None)
        return result

    def forget(self) -> None:
        """Drops all that is kept of the last card."""
        self._seen = self._met = None

    def _read(self, met: _Met) -> CardFacts:
        with self._talk(met.insertion) as channel:
            channel.open(jpki.AID)
            token = jpki.read_token(channel)
            if token is Token.OLD_RESIDENT_CARD:
                raise CardFinding(Fault.OLD_RESIDENT_CARD, "token label of a 住基カード")
            tries = channel.tries_left(jpki.AUTH_PIN)
            by_design = tries == 0 and token is Token.CARD and _without_sign_certificate(channel)
            der = _read_certificate_if_free(channel, token)
            met.certificate_start = (der or b"")[:_BLOCK]
            certificate = None if der is None else self._check(der)
            ended = certificate is not None and certificate.facts.not_after < self._clock()
            card_expires = read_card_expires(channel) if ended else None
        self._seen = _Seen(met.insertion, token, tries, certificate)
        facts = certificate.facts if certificate else None
        return CardFacts(token, facts, tries, by_design, card_expires)

    def _verify(
        self, insertion: int, secret: Secret, challenge: bytes
    ) -> VerifiedCard | PinRefused | Failure:
        seen = self._known(insertion)
        if seen.tries == 0:
            return Failure.of(Fault.PIN_LOCKED, "no try was left when the card was read")
        with self._talk(insertion) as channel:
            channel.open(jpki.AID)
            refusal = present(channel, jpki.AUTH_PIN, secret, PIN_LENGTH)
            if refusal is not None:
                seen.tries = refusal.tries_left if isinstance(refusal, PinRefused) else seen.tries
                return refusal
            certificate = seen.certificate or self._check(jpki.read_certificate(channel))
            signature = jpki.sign(channel, challenge)
        if not certificate.has_signed(challenge, signature):
            return Failure.of(Fault.SIGNATURE_WRONG, "signature is not by the certificate's key")
        seen.tries, seen.certificate = None, certificate
        return VerifiedCard(insertion, certificate.facts, "pin", certificate.der, challenge, signature)

    def _verify_on_phone(self, insertion: int, challenge: bytes) -> VerifiedCard | Failure:
        seen = self._known(insertion)
        if seen.token is not Token.IPHONE:
            return Failure.of(Fault.INTERNAL, "this token is not verified without a PIN")
        with self._talk(insertion) as channel:
            channel.open(jpki.AID)
            try:
                certificate = seen.certificate or self._check(jpki.read_certificate(channel))
                signature = jpki.sign(channel, challenge)
            except Refused as refused:
                if jpki.wants_pin_first(refused):
                    raise CardFinding(Fault.NOT_CONFIRMED, refused.failure.detail) from None
                raise
        if not certificate.has_signed(challenge, signature):
            return Failure.of(Fault.SIGNATURE_WRONG, "signature is not by the certificate's key")
        seen.certificate = certificate
        return VerifiedCard(insertion, certificate.facts, "phone", certificate.der, challenge, signature)

    def _text_tries(self, insertion: int, key: TextKey) -> int:
        met = self._reachable(insertion)
        with self._talk(insertion) as channel:
            met.tries[key] = text.tries_left(channel, key)
        return met.tries[key]

    def _read_text(self, insertion: int, key: TextKey, secret: Secret) -> CardText | PinRefused | Failure:
        met = self._reachable(insertion)
        failure = met.not_to_be_tried(key)
        if failure is not None:
            return failure
        with self._talk(insertion) as channel:
            _demand_same(channel, met)
            result = text.read_text(channel, key, secret)
            _demand_same(channel, met)
        if isinstance(result, PinRefused):
            met.tries[key] = result.tries_left
        return result

    def _photo_tries(self, insertion: int) -> int:
        met = self._reachable(insertion)
        with self._talk(insertion) as channel:
            met.tries["photo"] = surface.tries_left(channel)
        return met.tries["photo"]

    def _read_photo(self, insertion: int, number_b: Secret) -> CardPhoto | PinRefused | Failure:
        met = self._reachable(insertion)
        failure = met.not_to_be_tried("photo")
        if failure is not None:
            return failure
        certificate = b""
        with self._talk(insertion) as channel:
            _demand_same(channel, met)
            face = surface.read_face(channel, number_b)
            if self._face_issuers and isinstance(face, surface.CardFace):
                certificate = surface.read_certificate(channel)
            _demand_same(channel, met)
        if isinstance(face, PinRefused):
            met.tries["photo"] = face.tries_left
        return face if isinstance(face, PinRefused | Failure) else self._photo(insertion, face, certificate)

    def _photo(self, insertion: int, face: surface.CardFace, certificate: bytes) -> CardPhoto | Failure:
        """The face's photograph, looked at on its outside and proven as far as issuers are known."""
        if self._face_issuers:
            signer = issuers.certified_key(certificate, self._face_issuers)
            issuers.demand_signed(face.digests, face.signature, signer)
        if not is_photograph(face.photo):
            return Failure.of(Fault.PHOTO_UNUSABLE, "none, or not as a card keeps it")
        return CardPhoto(insertion, bool(self._face_issuers), bytearray(face.photo))

    def _reachable(self, insertion: int) -> _Met:
        """The card of this insertion, where it may have the applications of the card's face."""
        if self._met is None or self._met.insertion != insertion:
            raise CardFinding(Fault.CARD_GONE, "this card has not been read")
        if self._met.barred is not None:
            raise LinkError(self._met.barred)
        return self._met

    def _known(self, insertion: int) -> _Seen:
        if self._seen is None or self._seen.insertion != insertion:
            raise CardFinding(Fault.CARD_GONE, "this card has not been read")
        return self._seen

    def _check(self, der: bytes) -> TrustedCertificate:
        return check(der, self._anchors, self._revocation, self._clock())

    @contextmanager
    def _talk(self, insertion: int) -> Iterator[Channel]:
        """One transaction. What it learns about extended APDUs is kept only if it ends well: a card that is
        pulled out can look like a reader that refuses them."""
        with self._reader.connect(insertion) as connection:
            channel = Channel(connection, self._short_only)
            try:
                yield channel
            finally:
                self.apdus += channel.apdus
            self._short_only = channel.short_only


def _demand_same(channel: Channel, met: _Met) -> None:
    """Raises ``LinkError`` where another card lies there, which no reader noticed: the PIN must not go to it, nor its
    holder's name into this visit. A card without a certificate cannot be told from others."""
    if met.certificate_start:
        channel.open(jpki.AID)
        start = channel.read_start(jpki.AUTH_CERTIFICATE, _BLOCK)
        if not start.startswith(met.certificate_start):
            raise CardFinding(Fault.CARD_GONE, "another card than the one that was read")


def _barred(result: CardFacts | Failure) -> Failure | None:
    """Why the applications of the card's face are not asked: the card is a stranger, a phone, or gave no answer."""
    if isinstance(result, Failure):
        return None if result.fault in _ANSWERED else result
    return _PHONE if result.token in jpki.PHONES else None


def _as_value(work: Callable[[], _T]) -> _T | Failure:
    try:
        return work()
    except LinkError as error:
        return error.failure
    except Exception as bug:
        where = traceback.extract_tb(bug.__traceback__)[-1]
        # Neither the text nor the variables of an exception: both can hold card data.
        _log.error("bug on the card thread: %s at %s:%s", type(bug).__name__, where.filename, where.lineno)
        return Failure.of(Fault.INTERNAL, type(bug).__name__)


def _without_sign_certificate(channel: Channel) -> bool:
    """Tells a 顔認証 card, whose PIN is locked on purpose, from a card whose PIN was locked by mistakes: it
    never has a signature certificate. (A child's card has none either: there the two look the same.)"""
    try:
        return not jpki.read_availability(channel).sign
    except (Refused, Nonsense):
        return False


def _read_certificate_if_free(channel: Channel, token: Token) -> bytes | None:
    """The certificate, or None where the token gives it only after the PIN."""
    if token is Token.ANDROID:
        return None
    try:
        return jpki.read_certificate(channel)
    except Refused as refused:
        if token in jpki.PHONES and jpki.wants_pin_first(refused):
            return None
        raise
