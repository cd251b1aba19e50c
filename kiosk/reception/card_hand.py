"""The hands at the card: read it, prove its holder, take text and photograph from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from drivers.interface import (
    CardApplication,
    CardPhoto,
    CardText,
    Failure,
    PinRefused,
    TextKey,
    VerifiedCard,
)
from kiosk.reception.facing import Facing
from kiosk.reception.lanes import Lane
from kiosk.reception.posting import Post
from kiosk.reception.proof import CHALLENGE_BYTES, ProofVault
from kiosk.reception.secrets import SecretSlots
from kiosk.visit import events as e
from kiosk.visit.effects import (
    AskPhotoTries,
    AskTextTries,
    ReadCard,
    ReadCardText,
    ReadPhoto,
    VerifyOnPhone,
    VerifyPin,
)

CardEffect = ReadCard | VerifyPin | VerifyOnPhone | AskTextTries | ReadCardText | AskPhotoTries | ReadPhoto


class CardHand:
    """``facing`` is given the photograph. A slot is empty after whatever was done with it, but where a phone was not
    reached."""

    def __init__(
        self,
        card: CardApplication,
        lane: Lane,
        secrets: SecretSlots,
        proof: ProofVault,
        facing: Facing,
        post: Post,
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._card = card
        self._lane = lane
        self._secrets = secrets
        self._proof = proof
        self._facing = facing
        self._post = post
        self._random_bytes = random_bytes

    def do(self, effect: CardEffect) -> None:
        match effect:
            case ReadCard(insertion=insertion):
                self._read_card(insertion)
            case VerifyPin(insertion=insertion, slot=slot):
                self._verify_pin(insertion, slot)
            case VerifyOnPhone(insertion=insertion):
                self._verify_on_phone(insertion)
            case AskTextTries(insertion=insertion, key=key):
                self._ask_text_tries(insertion, key)
            case ReadCardText(insertion=insertion, key=key, slot=slot):
                self._read_card_text(insertion, key, slot)
            case AskPhotoTries(insertion=insertion):
                self._ask_photo_tries(insertion)
            case ReadPhoto(insertion=insertion, slot=slot):
                self._read_photo(insertion, slot)
            case _:
                assert_never(effect)

    def forget(self) -> None:
        """After what it is doing now."""
        self._lane.submit(self._card.forget)

    def _read_card(self, insertion: int) -> None:
        def job() -> None:
            outcome = self._card.read(insertion)
            if isinstance(outcome, Failure):
                self._post(e.CardFailed, insertion=insertion, failure=outcome)
            else:
                self._post(e.CardRead, insertion=insertion, facts=outcome)

        self._lane.submit(job)

    def _verify_pin(self, insertion: int, slot: str) -> None:
        epoch = self._proof.epoch

        def job() -> None:
            challenge = self._random_bytes(CHALLENGE_BYTES)
            outcome: VerifiedCard | PinRefused | Failure | None = None
            try:
                outcome = self._card.verify_pin(insertion, self._secrets.slot(slot), challenge)
            finally:
                if not isinstance(outcome, Failure):
                    self._secrets.discard(slot)
            match outcome:
                case VerifiedCard():
                    self._proof.keep(outcome, epoch)
                    self._post(e.PinVerified, insertion=insertion, certificate=outcome.facts)
                case PinRefused(tries_left=tries):
                    self._post(e.PinRefused, insertion=insertion, tries_left=tries)
                case Failure():
                    kept = self._secrets.holds(
                        slot
                    )  # a phone was not reached; else the driver has taken them
                    self._post(e.CardFailed, insertion=insertion, failure=outcome, kept=kept)

        self._lane.submit(job)

    def _verify_on_phone(self, insertion: int) -> None:
        epoch = self._proof.epoch

        def job() -> None:
            challenge = self._random_bytes(CHALLENGE_BYTES)
            match self._card.verify_on_phone(insertion, challenge):
                case VerifiedCard() as proof:
                    self._proof.keep(proof, epoch)
                    self._post(e.PinVerified, insertion=insertion, certificate=proof.facts, on_phone=True)
                case Failure() as failure:
                    self._post(e.CardFailed, insertion=insertion, failure=failure)

        self._lane.submit(job)

    def _ask_text_tries(self, insertion: int, key: TextKey) -> None:
        def job() -> None:
            match self._card.text_tries(insertion, key):
                case Failure() as failure:
                    self._post(e.CardFailed, insertion=insertion, failure=failure)
                case tries:
                    self._post(e.TextTriesTold, insertion=insertion, key=key, tries_left=tries)

        self._lane.submit(job)

    def _read_card_text(self, insertion: int, key: TextKey, slot: str) -> None:
        def job() -> None:
            try:
                outcome = self._card.read_text(insertion, key, self._secrets.slot(slot))
            finally:
                self._secrets.discard(slot)
            match outcome:
                case CardText():
                    self._post(e.CardTextRead, insertion=insertion, text=outcome)
                case PinRefused(tries_left=tries):
                    self._post(e.TextRefused, insertion=insertion, tries_left=tries)
                case Failure():
                    self._post(e.CardFailed, insertion=insertion, failure=outcome)

        self._lane.submit(job)

    def _ask_photo_tries(self, insertion: int) -> None:
        def job() -> None:
            match self._card.photo_tries(insertion):
                case Failure() as failure:
                    self._post(e.CardFailed, insertion=insertion, failure=failure)
                case tries:
                    self._post(e.PhotoTriesTold, insertion=insertion, tries_left=tries)

        self._lane.submit(job)

    def _read_photo(self, insertion: int, slot: str) -> None:
        epoch = self._facing.epoch

        def job() -> None:
            try:
                outcome = self._card.read_photo(insertion, self._secrets.slot(slot))
            finally:
                self._secrets.discard(slot)
            match outcome:
                case CardPhoto(genuine=genuine):
                    if self._facing.keep(outcome, epoch):
                        self._post(e.PhotoRead, insertion=insertion, genuine=genuine)
                case PinRefused(tries_left=tries):
                    self._post(e.PhotoRefused, insertion=insertion, tries_left=tries)
                case Failure():
                    self._post(e.CardFailed, insertion=insertion, failure=outcome)

        self._lane.submit(job)
