"""Examples of the pages of the face check: the card's front, and the mirror. Nobody stands before it: it is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from drivers.interface import CardFacts, CertificateFacts, FaceDoubt, FaceHint, Revocation, Token
from kiosk.visit.states import (
    AnyState,
    CardInHand,
    ChoosingVerification,
    MatchingFace,
    ReadingCardFront,
    Visit,
)

_ENDS = datetime(2030, 1, 1, tzinfo=UTC)
_CERTIFICATE = CertificateFacts("00", _ENDS - timedelta(days=1800), _ENDS, Revocation.UNKNOWN, test=True)
HINTS = (FaceHint.NO_FACE, FaceHint.MASK, FaceHint.TURN_LEFT, FaceHint.HOLD_STILL, FaceHint.CAMERA_BLINDED)


def face_visits(base: Visit) -> Iterator[tuple[str, Visit]]:
    policy = replace(base.policy, face="simulator", front_reader=True)
    facts = CardFacts(Token.CARD, certificate=_CERTIFICATE, pin_tries_left=3)
    card = CardInHand(insertion=1, facts=facts, pin_tries=3)

    def at(state: AnyState, **fields: object) -> Visit:
        return replace(base, policy=policy, card=card, state=state, **fields)

    yield "ChoosingVerification.face", at(ChoosingVerification(tries_left=3))
    front = ReadingCardFront(step="number", ready=True, tries_left=10)
    yield "ReadingCardFront.tries", at(ReadingCardFront())
    yield "ReadingCardFront.camera", at(front)
    yield "ReadingCardFront.typed", at(replace(front, typed=True))
    yield "ReadingCardFront.wrong", at(replace(front, typed=True, wrong=True, tries_left=9))
    yield "ReadingCardFront.camera_lost", at(replace(front, typed=True, camera_lost=True))
    yield "ReadingCardFront.last_try", at(replace(front, tries_left=1, last_try=True))
    yield "ReadingCardFront.put_back", at(replace(front, step="put_back", ready=False, lifted="0"))
    yield "MatchingFace", at(MatchingFace(question="q"))
    for hint in HINTS:
        yield f"MatchingFace.{hint}", at(MatchingFace(question="q", hint=hint))
    for doubt in (FaceDoubt.OTHER_PERSON, FaceDoubt.NO_TURN):
        again = MatchingFace(step="again", attempt=2, doubt=doubt)
        yield f"MatchingFace.again.{doubt}", at(again, face_attempts=1)
    yield "MatchingFace.camera_gone", at(MatchingFace(step="camera_gone"))
    yield "MatchingFace.opening", at(MatchingFace(step="opening", question="q"))
