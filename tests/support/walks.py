"""Random visits: what usually comes next, and now and then anything else."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from itertools import chain, combinations
from typing import Any

from msgspec.structs import replace

from kiosk.coverage.services import Capability
from kiosk.evidence.case import Facility
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.visit import events as e
from kiosk.visit.acts import Act
from kiosk.visit.effects import DiscardSecret, ReadCardText, ReadPhoto, VerifyPin
from kiosk.visit.form import CERTIFICATE, KNOWN
from kiosk.visit.moves import is_accepted, to_staff
from kiosk.visit.policy import Policy
from kiosk.visit.presenting import view_of
from kiosk.visit.states import (
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
    ShowingNotice,
    ShowingPortal,
    StaffVerifying,
    State,
    TakeCard,
    UsingCertifiedReader,
    Visit,
    WaitingForStaff,
    Welcome,
)
from kiosk.visit.table import EVENTS, IGNORED, TARGETS
from tests.support.arguments import fields_for
from tests.support.dead_ends import ANSWERS
from tests.support.face_pages import AID, BY_CAMERA, VERIFYING
from tests.support.face_pages import PAGES as FACE_PAGES
from tests.support.on_the_road import PAGES as ROAD_PAGES
from tests.support.on_the_road import unanswered
from tests.support.phone_pages import PHONE_PAGES
from tests.support.readings import FACE_ALONE
from tests.support.visits import (
    ALL,
    FULL,
    POLICY,
    Table,
    answer,
    moment,
)

WITHOUT_CONSENT = Policy(capabilities=frozenset({Capability.BY_CARD, Capability.REGISTER}))
BY_CARD_ONLY = frozenset({Capability.BY_CARD})
EVERYTHING = replace(FULL, facility=Facility())
"""Also a second reader, and staff whose look counts."""
WITH_FACE = replace(EVERYTHING, capabilities=EVERYTHING.capabilities | {Capability.FACE_RESULT})
PAGES = {**ROAD_PAGES, **FACE_PAGES, **PHONE_PAGES}
POLICIES = (
    POLICY, POLICY, FULL, EVERYTHING, replace(FULL, phones=True), Policy(capabilities=frozenset()),
    Policy(capabilities=BY_CARD_ONLY), VERIFYING, BY_CAMERA, AID, FACE_ALONE, WITH_FACE,
    replace(VERIFYING, capabilities=BY_CARD_ONLY, phones=True),
)  # fmt: skip
DAYS = (date(2026, 11, 24), date(2026, 11, 24), date(2026, 3, 1), date(2025, 11, 24))
"""The old card is refused, taken with a look-up, taken as it is."""
SHOWN: tuple[type[e.Event], ...] = (e.StaffActed, e.StaffActed, e.EvidenceWanted, e.BackChosen)
# What usually comes next: without it a random walk hardly ever gets past the keypad.
LIKELY: dict[type[State], tuple[type[e.Event], ...]] = {
    Welcome: (e.CardInserted, e.CardInserted, e.FaceResultArrived),
    OutOfService: (e.ReaderChanged, e.CardInserted),
    ReadingCard: (
        e.CardRead, e.CardRead, e.CardRead, e.CardInserted, e.CardFailed, e.ReaderChanged, e.Answered, e.CardOpened,
        e.Registered,
    ),
    ChoosingVerification: (e.PinChosen, e.PinChosen, e.FaceChosen, e.FaceChosen, e.StaffActed),
    EnteringPin: (
        e.LastTryAccepted, e.PinEntered, e.PinVerified, e.PinVerified, e.PinRefused, e.CardFailed, e.CardOpened,
        e.CardOpened,
    ),
    ReadingCardFront: (
        e.PhotoTriesTold, e.PhotoTriesTold, e.PinEntered, e.PinEntered, e.LastTryAccepted, e.NumbersWanted,
        e.FrontWanted, e.FrontFailed, e.CardRemoved, e.CardInserted, e.CardRead, e.CardFailed, e.BackChosen,
        e.StaffActed,
    ),
    MatchingFace: (
        e.PhotoRead, e.PhotoRead, e.PhotoRefused, e.FaceHinted, e.FaceJudged, e.FaceJudged, e.FaceFailed,
        e.CameraChanged, e.RetryChosen, e.CardOpened, e.CardFailed, e.CardRemoved, e.StaffActed, e.BackChosen,
    ),
    ReadingPhone: (
        e.CardInserted, e.CardInserted, e.CardRead, e.CardRead, e.CardFailed, e.CardRemoved, e.PinVerified,
        e.PinVerified, e.PinRefused, e.CardOpened, e.CardOpened, e.AskFailed, e.EvidenceWanted, e.ReaderChanged,
    ),
    OfferingRegistration: (e.RegistrationAccepted, e.Registered, e.Registered, e.AskFailed, e.ReaderChanged),
    AskingConsent: (e.ConsentAllGiven, e.ConsentItemsChosen, e.ConsentItemDecided, e.ReaderChanged),
    LookingUp: (e.Answered, e.Answered, e.Answered, e.AskFailed, e.ReaderChanged),
    Confirmed: (e.NumberAssigned, e.Acknowledged, e.CardRemoved),
    TakeCard: (e.CardRemoved,),
    WaitingForStaff: (
        e.StaffActed, e.StaffActed, e.RetryChosen, e.StaffCancelled, e.StaffCancelled, e.Registered, e.EvidenceWanted,
        e.NumberAssigned, e.Answered, e.AskFailed,
    ),
    ChoosingEvidence: (
        e.EvidenceChosen, e.EvidenceChosen, e.EvidenceChosen, e.MoreChosen, e.PatientFound, e.CardRemoved, e.StaffActed,
        e.Registered,
    ),
    ExplainingNoCard: (e.NoCardChosen, e.EvidenceWanted, e.StaffActed),
    Companion: (e.CompanionChosen, e.StaffActed),
    SchoolTrip: (e.TripDocumentChosen, e.FieldAnswered, e.FieldAnswered, *SHOWN),
    ShowingCertificate: (
        e.NumbersWanted, e.FieldAnswered, e.FieldAnswered, e.FieldSkipped, e.Answered, e.AskFailed, e.CodeScanned,
        *SHOWN,
    ),
    ShowingNotice: SHOWN,
    ShowingPortal: SHOWN,
    IdentifyingKnown: (e.FieldAnswered, e.FieldAnswered, e.PatientFound, e.PatientFound, *SHOWN),
    ConfirmingKnownData: (e.KnownUnchanged, e.KnownChanged, e.Answered, e.CardRemoved, *SHOWN),
    FillingDeclaration: (
        e.FormBegun, e.TextKeyChosen, e.TextTriesTold, e.LastTryAccepted, e.PinEntered, e.CardTextRead, e.TextRefused,
        e.FieldAnswered, e.FieldAnswered, e.FieldAnswered, e.FieldSkipped, e.FieldChosen, e.FormAccepted, e.FormSigned,
        e.FormUncovered, e.CardRead, e.CardFailed, e.CardRemoved, *SHOWN,
    ),
    ExplainingSelfPay: (e.Acknowledged, *SHOWN),
    StaffVerifying: (e.FaceResultArrived, *SHOWN),
    UsingCertifiedReader: (e.FaceResultArrived, e.FaceResultArrived, *SHOWN),
}  # fmt: skip


def start(rng: random.Random) -> Table:
    """Somewhere along a visit, so that the late and the rare pages are walked as often as the first ones."""
    begin = rng.choice((_main, _main, _ways, _rare, _page, _page))
    return _disturbed(_beside_a_certified_reader(begin(rng), rng), rng)


def _beside_a_certified_reader(table: Table, rng: random.Random) -> Table:
    if rng.random() < 0.4 and table.state != "OutOfService":
        policy = table.visit.policy
        there = replace(policy, capabilities=policy.capabilities | {Capability.FACE_RESULT})
        table.visit = replace(table.visit, policy=there)
    return table


def _main(rng: random.Random) -> Table:
    policy, day = rng.choice(POLICIES), rng.choice(DAYS)
    match rng.randrange(9):
        case 0:
            return Table().until_consent()
        case 1:
            return Table().until_lookup()
        case 2:
            return Table().until_confirmed()
        case 3:
            table = Table(rng.choice((POLICY, WITHOUT_CONSENT))).until_opening()
            table.feed(e.CardOpened, question=table.question(), registered=False)
            if rng.random() < 0.3:
                table.feed(e.RegistrationAccepted)
            return table
        case 4:
            return Table(Policy(capabilities=rng.choice((ALL, BY_CARD_ONLY)))).until_opening()
        case 5:
            table = Table().until_keypad()
            table.feed(e.PinEntered, slot="s")
            return table
        case _:
            return Table(policy, day)


def _ways(rng: random.Random) -> Table:
    day = rng.choice(DAYS)
    return Table(rng.choice((EVERYTHING, WITH_FACE)), day).until_ways(rng.choice(list(Reason)), day=day)


def _page(rng: random.Random) -> Table:
    return PAGES[rng.choice(list(PAGES))]()


# What takes several steps that chance hardly ever takes one after the other.


def _last_number_missing(_rng: random.Random) -> Table:
    table = Table(FULL).until_ways(Reason.PIN_LOCKED).take(Way.CERTIFICATE)
    table.touch("type_numbers")
    return table.fill({field: ANSWERS[field] for field in CERTIFICATE[:-1]})


def _two_misses(_rng: random.Random) -> Table:
    table = Table(FULL).until_ways().take(Way.KNOWN_DATA)
    for _ in range(2):
        table.fill({field: ANSWERS[field] for field in KNOWN})
        table.feed(e.PatientFound, question=table.question(), patient=None)
    return table.fill({field: ANSWERS[field] for field in KNOWN})


def _known_without_card(_rng: random.Random) -> Table:
    table = Table(FULL)
    table.touch("companion")
    table.touch("with_companion")
    return table.until_known()


def _known_while_a_card_is_read(_rng: random.Random) -> Table:
    table = PAGES["known: found"]()
    table.feed(e.CardRemoved, insertion=1)
    table.feed(e.CardInserted, insertion=2)
    return table.staff("accept")


def _known_and_denied(_rng: random.Random) -> Table:
    table = Table(FULL).until_ways(Reason.PIN_LOCKED).until_known()
    check = table.road.check
    if check is not None:
        table.feed(e.Answered, question=check.question, answer=answer("2"))
    return table


def _reader_away_while_asking(rng: random.Random) -> Table:
    table = rng.choice((Table.until_opening, Table.until_lookup))(Table())
    question = table.question()
    table.feed(e.ReaderChanged, available=False)
    if rng.random() < 0.7:
        table.feed(e.Answered, question=question, answer=rng.choice((answer(), answer("5"))))
    table.feed(e.CardInserted, insertion=2)
    return table


def _look_up_failed(_rng: random.Random) -> Table:
    table = Table().until_lookup()
    table.feed(e.AskFailed, question=table.question(), reason=Reason.NETWORK_FAULT)
    return table


def _registered_late(rng: random.Random) -> Table:
    table = Table().until_opening()
    table.feed(e.CardOpened, question=table.question(), registered=False, birth_date="1981-04-05")
    table.feed(e.RegistrationAccepted)
    if rng.random() < 0.5:
        table.feed(e.StaffCalled)
    else:
        table.feed(e.AskFailed, question=table.question(), reason=Reason.NETWORK_FAULT)
    table.feed(e.Registered, question=table.visit.register_question)
    return table


def _accepted_and_the_card_moves(rng: random.Random) -> Table:
    table = _page(rng).staff("accept", Way.SELF_PAY)
    card = table.visit.card
    if card is not None and card.insertion is not None:
        _take_card(table)
    elif rng.random() < 0.7:
        table.feed(e.CardInserted, insertion=3)
    return table


def _phone_and_no_reader(_rng: random.Random) -> Table:
    table = Table()
    table.touch("phone")
    table.feed(e.ReaderChanged, available=False)
    return table


def _not_taken_by_the_ledger(rng: random.Random) -> Table:
    table = _page(rng)
    if rng.random() < 0.5:
        table.feed(e.ReaderChanged, available=False)
    table.visit = to_staff(table.visit, Reason.TERMINAL_FAULT, moment(table.now, table.day))[0]
    return table


def _identifying_unanswered(_rng: random.Random) -> Table:
    return unanswered().take(Way.KNOWN_DATA)


def _unanswered(way: Way | None) -> Callable[[random.Random], Table]:
    """Verified, asked about in vain, and now on the way to something else."""

    def begin(_rng: random.Random) -> Table:
        table = unanswered()
        if way is Way.KNOWN_DATA:
            return table.until_known()
        return table if way is None else table.take(way)

    return begin


_RARE = (
    _last_number_missing, _two_misses, _known_without_card, _known_while_a_card_is_read, _known_and_denied,
    _reader_away_while_asking, _look_up_failed, _registered_late, _accepted_and_the_card_moves, _phone_and_no_reader,
    _not_taken_by_the_ledger, _unanswered(None), _unanswered(Way.CERTIFICATE), _unanswered(Way.CARD_NOTICE),
    _unanswered(Way.CARD_PORTAL), _unanswered(Way.KNOWN_DATA), _unanswered(Way.CARD_DECLARATION),
    _unanswered(Way.SELF_PAY), _identifying_unanswered,
)  # fmt: skip


def _rare(rng: random.Random) -> Table:
    return rng.choice(_RARE)(rng)


def _take_card(table: Table) -> None:
    card = table.visit.card
    if card is not None and card.insertion is not None:
        table.feed(e.CardRemoved, insertion=card.insertion)


DISTURBANCES: tuple[tuple[float, Callable[[Table], object]], ...] = (
    (0.15, _take_card),
    (0.1, lambda table: table.feed(e.ReaderChanged, available=False)),
    (0.1, lambda table: table.staff("accept", Way.SELF_PAY)),
    (0.1, lambda table: table.feed(e.CardInserted, insertion=3)),
    (0.15, lambda table: table.feed(e.StaffCalled)),
)
"""What may happen to any page, with how often it does: the card is taken, the reader goes, staff accept something, a
card comes, staff are called."""


def _disturbed(table: Table, rng: random.Random) -> Table:
    for share, disturb in DISTURBANCES:
        if rng.random() < share:
            disturb(table)
    return table


def every_start() -> Iterator[Table]:
    """Each page and each rare case as it is, and disturbed in each way and each two ways."""
    begins: list[Callable[[], Table]] = [
        *PAGES.values(),
        *(partial(rare, random.Random(1)) for rare in _RARE),
    ]
    happens = [disturb for _, disturb in DISTURBANCES]
    for disturbances in chain.from_iterable(combinations(happens, many) for many in range(3)):
        for begin in begins:
            table = begin()
            for disturb in disturbances:
                disturb(table)
            yield table


Seen = set[tuple[str, str, str]]
_BACK = Act("BackChosen")


class Walk:
    """A visit under test, and the transitions that were seen. Each is held against the table."""

    def __init__(self, table: Table, rng: random.Random, seen: Seen | None = None) -> None:
        self.table = table
        self.rng = rng
        self.seen = seen if seen is not None else set()

    def go(self, steps: int, look: Callable[[Visit], None] = lambda _visit: None) -> None:
        """So many events; ``look`` sees the visit before and after each."""
        look(self.table.visit)
        for _ in range(steps):
            self._one()
            look(self.table.visit)

    def feed(self, kind: type[e.Event], act: Act | None = None, fields: dict[str, Any] | None = None) -> None:
        """An event of this kind: a touch, or with these arguments, or with plausible ones."""
        before, after_ms = type(self.table.visit.state), self.rng.choice((10, 100, 100, 1_000, 45_000))
        if act is not None:
            self.table.act(act, after_ms)
        else:
            told = fields_for(kind, self.table.visit, self.rng) if fields is None else fields
            self.table.feed(kind, after=after_ms, **told)
        after = type(self.table.visit.state)
        if kind is e.PinEntered:
            digits = [type(effect) for effect in self.table.last]
            state = self.table.visit.state
            waits = isinstance(state, ReadingCardFront | ReadingPhone) and bool(state.slot)
            assert waits or set(digits) & {VerifyPin, ReadCardText, ReadPhoto, DiscardSecret}
        if before is not after:
            assert (before, kind) not in IGNORED
            assert after in TARGETS[before, kind], f"{before.__name__} × {kind.__name__} → {after.__name__}"
        self.seen.add((before.__name__, kind.__name__, after.__name__))

    def _one(self) -> None:
        visit, chance = self.table.visit, self.rng.random()
        likely = LIKELY.get(type(visit.state))
        view = view_of(visit)
        touches = [option.act for option in view.options] + [_BACK] * view.back
        if is_accepted(visit) and chance < 0.6:
            self.feed(e.NumberAssigned)
        elif touches and chance < 0.3:
            act = self.rng.choice(touches)
            self.feed(_KINDS[act.name], act)
        elif likely and chance < 0.8:
            self.feed(self.rng.choice(likely))
        else:
            self.feed(self.rng.choice(EVENTS))


_KINDS = {kind.__name__: kind for kind in EVENTS}


def walk(seed: int, steps: int, seen: Seen | None = None) -> Walk:
    """A visit of so many events, begun somewhere along the way."""
    rng = random.Random(seed)
    walked = Walk(start(rng), rng, seen)
    walked.go(steps)
    return walked
