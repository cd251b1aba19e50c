"""A visit on each page of the face check: to verify the holder, and to help staff on each page where they look."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from msgspec.structs import replace

from drivers.interface import CardFacts, FaceDoubt, FaceHint, FaceVerdict, Failure, Fault, Token
from kiosk.coverage.services import Capability
from kiosk.evidence.case import Facility
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.visit import events as e
from kiosk.visit.policy import Policy
from kiosk.visit.states import ChoosingVerification, EnteringPin, MatchingFace, ReadingCardFront, Visit
from tests.support.visits import FULL, Table, answer, certificate, facts

Prepare = Callable[[], Table]
VERIFYING = replace(FULL, face="simulator")
BY_CAMERA = replace(VERIFYING, front_reader=True)
AID = replace(FULL, face="aid", front_reader=True, facility=Facility(face_check=False))
MATCH = FaceVerdict(None, 5, True, 5)
OTHER = FaceVerdict(FaceDoubt.OTHER_PERSON, 1, None, 5)
FLAT = FaceVerdict(FaceDoubt.FLAT, 5, False, 5)
FACE_ONLY = CardFacts(Token.CARD, certificate(), 0, pin_by_design_locked=True)


def choosing(policy: Policy = VERIFYING, tries: int = 3) -> Table:
    table = Table(policy)
    table.feed(e.CardInserted, insertion=1)
    table.feed(e.CardRead, insertion=1, facts=facts(tries))
    return table


def at_the_front(policy: Policy = VERIFYING, tries: int = 10) -> Table:
    table = choosing(policy)
    table.touch("face")
    table.feed(e.PhotoTriesTold, insertion=1, tries_left=tries)
    return table


def photo(policy: Policy = VERIFYING) -> Table:
    table = at_the_front(policy)
    table.feed(e.PinEntered, slot="s")
    return table


def matching(policy: Policy = VERIFYING) -> Table:
    table = photo(policy)
    table.feed(e.PhotoRead, insertion=1, genuine=True)
    return table


def judged(table: Table, verdict: FaceVerdict) -> Table:
    table.feed(e.FaceJudged, question=table.question(), verdict=verdict)
    return table


def again() -> Table:
    return judged(matching(), OTHER)


def last_attempt() -> Table:
    table = again()
    table.touch("look_again")
    judged(table, FLAT)
    table.touch("look_again")
    return table


def camera_gone(table: Table | None = None) -> Table:
    table = table or matching()
    failure = Failure.of(Fault.CAMERA_GONE)
    table.feed(e.FaceFailed, question=table.question(), failure=failure)
    return table


def opening() -> Table:
    return judged(matching(), MATCH)


def opening_while_the_reader_is_away() -> Table:
    table = opening()
    table.feed(e.ReaderChanged, available=False)
    table.feed(e.CardInserted, insertion=2)
    return table


def pin_locked() -> Table:
    return choosing(tries=0)


BY_CARD_ALONE = replace(VERIFYING, capabilities=frozenset({Capability.BY_CARD}))
WITHOUT_CONSENT = Policy(capabilities=frozenset({Capability.BY_CARD}), face="simulator")


def face_only() -> Table:
    table = Table(VERIFYING)
    table.feed(e.CardInserted, insertion=1)
    table.feed(e.CardRead, insertion=1, facts=FACE_ONLY)
    return table


def face_only_at_the_front() -> Table:
    table = face_only()
    table.feed(e.PhotoTriesTold, insertion=1, tries_left=10)
    return table


def face_only_photo() -> Table:
    table = face_only_at_the_front()
    table.feed(e.PinEntered, slot="s")
    return table


def face_only_last_attempt() -> Table:
    table = face_only_photo()
    table.feed(e.PhotoRead, insertion=1)
    for _ in range(2):
        judged(table, OTHER)
        table.touch("look_again")
    return table


def lifted(table: Table) -> Table:
    table.feed(e.CardRemoved, insertion=1)
    return table


def put_back() -> Table:
    table = lifted(at_the_front(BY_CAMERA))
    table.feed(e.PinEntered, slot="s")
    return table


def come_back() -> Table:
    """The card lies there again and was recognised; its tries are being asked."""
    table = put_back()
    table.feed(e.CardInserted, insertion=2)
    table.feed(e.CardRead, insertion=2, facts=facts())
    return table


def photo_at_hand() -> Table:
    """The patient went back from the camera."""
    table = again()
    table.feed(e.BackChosen)
    return table


def photo_at_hand_at_the_keypad() -> Table:
    table = again()
    table.touch("pin_instead")
    return table


def photo_at_hand_among_the_ways() -> Table:
    table = photo_at_hand_at_the_keypad()
    table.feed(e.PinForgotten)
    return table


# ----------------------------------------------------------------------------------- for staff, as an aid


def shown(way: Way, reason: Reason = Reason.NETWORK_FAULT) -> Table:
    return Table(AID).until_ways(reason).take(way)


def called() -> Table:
    table = Table(AID).until_keypad()
    table.feed(e.StaffCalled)
    return table


def ambiguous() -> Table:
    """Verified by PIN, and then something that only people can settle."""
    table = Table(AID).until_lookup()
    table.feed(e.Answered, question=table.question(), answer=answer("5"))
    return table


def emergency() -> Table:
    """Somebody with a helper, who finds the card while staff come."""
    table = Table(AID)
    table.touch("companion")
    table.touch("with_companion")
    table.take(Way.DECLARATION_EMERGENCY)
    table.feed(e.CardInserted, insertion=1)
    table.feed(e.CardRead, insertion=1, facts=facts())
    return table


BESIDE: dict[str, Prepare] = {
    "certificate": lambda: shown(Way.CERTIFICATE),
    "notice": lambda: shown(Way.CARD_NOTICE),
    "portal": lambda: shown(Way.CARD_PORTAL),
    "staff": lambda: shown(Way.VERIFY_BY_STAFF, Reason.PIN_LOCKED),
    "emergency": emergency,
    "waiting": called,
    "waiting, verified": ambiguous,
}


def helping(page: str) -> Prepare:
    return lambda: BESIDE[page]().staff("face")


def helping_at_the_front(page: str) -> Prepare:
    def prepare() -> Table:
        table = helping(page)()
        table.feed(e.PhotoTriesTold, insertion=1, tries_left=10)
        return table

    return prepare


def helping_before_the_camera(page: str) -> Prepare:
    def prepare() -> Table:
        table = helping_at_the_front(page)()
        table.feed(e.PinEntered, slot="s")
        table.feed(e.PhotoRead, insertion=1)
        table.feed(e.FaceHinted, question=table.question(), hint=FaceHint.MASK)
        return table

    return prepare


def helped_once(page: str) -> Prepare:
    """Back on the page, with the photograph still at hand."""

    def prepare() -> Table:
        table = judged(helping_before_the_camera(page)(), OTHER)
        table.feed(e.BackChosen)
        return table

    return prepare


def helping_last_attempt(page: str) -> Prepare:
    def prepare() -> Table:
        table = helping_before_the_camera(page)()
        for _ in range(2):
            judged(table, OTHER)
            table.touch("look_again")
        return table

    return prepare


def helping_with_the_photo(page: str) -> Prepare:
    def prepare() -> Table:
        table = helping_at_the_front(page)()
        table.feed(e.PinEntered, slot="s")
        return table

    return prepare


PAGES: dict[str, Prepare] = {
    "face: choice": choosing,
    "face: choice, PIN locked": pin_locked,
    "face: tries of a face-only card": face_only,
    "face: number of a face-only card": face_only_at_the_front,
    "face: number by camera": lambda: at_the_front(BY_CAMERA),
    "face: number typed": at_the_front,
    "face: last number": lambda: at_the_front(tries=1),
    "face: card in hand": lambda: lifted(at_the_front()),
    "face: card in hand, number given": put_back,
    "face: card back": come_back,
    "face: photo": photo,
    "face: matching": matching,
    "face: again": again,
    "face: last attempt": last_attempt,
    "face: camera gone": camera_gone,
    "face: camera gone before the photo": lambda: camera_gone(photo()),
    "face: opening": opening,
    "face: opening, no consent": lambda: judged(matching(WITHOUT_CONSENT), MATCH),
    "face: opening, by card only": lambda: judged(matching(BY_CARD_ALONE), MATCH),
    "face: photo of a face-only card": face_only_photo,
    "face: last attempt with a face-only card": face_only_last_attempt,
    "face: reader away": opening_while_the_reader_is_away,
    "face: photo at hand": photo_at_hand,
    "face: photo at hand, keypad": photo_at_hand_at_the_keypad,
    "face: photo at hand, ways": photo_at_hand_among_the_ways,
    **{f"aid: tries, {page}": helping(page) for page in BESIDE},
    **{f"aid: number, {page}": helping_at_the_front(page) for page in BESIDE},
    **{f"aid: photo, {page}": helping_with_the_photo(page) for page in BESIDE},
    **{f"aid: matching, {page}": helping_before_the_camera(page) for page in BESIDE},
    **{f"aid: last attempt, {page}": helping_last_attempt(page) for page in BESIDE},
    **{f"aid: helped once, {page}": helped_once(page) for page in BESIDE},
}


# ------------------------------------------------------------------------------- every sentence they may need


def _bars() -> Iterator[Visit]:
    """The choice, with each reason for which the face is not offered."""
    visit = choosing().visit
    card = visit.card
    assert card is not None
    phone = replace(card, facts=CardFacts(Token.IPHONE, certificate(), 3))
    yield replace(visit, policy=AID)
    yield replace(visit, policy=replace(VERIFYING, face="certified"))
    yield replace(visit, card=replace(card, facts=CardFacts(Token.ANDROID, None, 3)))
    yield replace(visit, card=phone)
    yield replace(visit, card=replace(card, no_face=Reason.NUMBER_B_LOCKED))
    yield replace(visit, card=replace(card, no_face=Reason.PHOTO_UNUSABLE))
    yield replace(visit, face_attempts=3)
    yield replace(visit, camera=Fault.CAMERA_GONE)
    for facts_ in (FACE_ONLY, facts(0)):
        locked = replace(visit, state=ChoosingVerification(tries_left=0), card=replace(card, facts=facts_))
        yield locked
        yield replace(locked, camera=Fault.CAMERA_GONE)
    yield replace(visit, state=EnteringPin(tries_left=1, last_try=True))


def _told() -> Iterator[Visit]:
    before_camera, asked_again = matching().visit, again().visit
    for hint in FaceHint:
        yield replace(before_camera, state=MatchingFace(question="q", hint=hint))
    for doubt in FaceDoubt:
        yield replace(asked_again, state=MatchingFace(step="again", attempt=2, doubt=doubt))
    front = at_the_front(BY_CAMERA).visit
    typed = ReadingCardFront(step="number", ready=True, tries_left=9, typed=True)
    for wrong in (False, True):
        for lost in (False, True):
            yield replace(front, state=replace(typed, wrong=wrong, camera_lost=lost))


@cache
def face_visits() -> tuple[Visit, ...]:
    """Every page of the face check in every shape in which it says something else."""
    return (*(prepare().visit for prepare in PAGES.values()), *_bars(), *_told())
