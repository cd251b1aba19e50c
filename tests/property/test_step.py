"""``step`` is total and keeps its invariants, whatever comes in whatever order."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.interface import Failure, Fault, Revocation
from kiosk.coverage.services import Capability, Choice, ConsentItem
from kiosk.evidence.reasons import Reason
from kiosk.visit import events as e
from kiosk.visit.effects import DiscardSecret, VerifyPin
from kiosk.visit.policy import Policy
from kiosk.visit.presenting import view_of
from kiosk.visit.states import (
    AskingConsent,
    ChoosingVerification,
    Confirmed,
    EnteringPin,
    LookingUp,
    OfferingRegistration,
    OutOfService,
    ReadingCard,
    State,
    TakeCard,
    Visit,
    WaitingForStaff,
    Welcome,
)
from kiosk.visit.table import EVENTS, IGNORED, STATES, TABLE, TARGETS
from tests.support.visits import POLICY, Table, answer, certificate, coverage, facts

INSERTIONS = (1, 2, 3)
REVOCATIONS = (*[Revocation.UNKNOWN] * 7, Revocation.REVOKED)
FAILURES = (
    Reason.NETWORK_FAULT, Reason.NOT_REGISTERED, Reason.DEREGISTERED, Reason.STILL_PROCESSING, Reason.ANSWER_UNKNOWN,
)  # fmt: skip
WITHOUT_CONSENT = Policy(capabilities=frozenset({Capability.BY_CARD, Capability.REGISTER}))
BY_CARD_ONLY = frozenset({Capability.BY_CARD})
POLICIES = (POLICY, POLICY, POLICY, Policy(capabilities=frozenset()), Policy(capabilities=BY_CARD_ONLY))
# What usually comes next: without it a random walk hardly ever gets past the keypad.
LIKELY: dict[type[State], tuple[type[e.Event], ...]] = {
    Welcome: (e.CardInserted,),
    OutOfService: (e.ReaderChanged, e.CardInserted),
    ReadingCard: (
        e.CardRead, e.CardRead, e.CardRead, e.CardInserted, e.CardFailed, e.ReaderChanged, e.Answered, e.CardOpened,
        e.Registered,
    ),
    ChoosingVerification: (e.PinChosen, e.PinChosen, e.PinChosen, e.StaffActed),
    EnteringPin: (
        e.LastTryAccepted, e.PinEntered, e.PinVerified, e.PinVerified, e.PinRefused, e.CardFailed, e.CardOpened,
        e.CardOpened,
    ),
    OfferingRegistration: (e.RegistrationAccepted, e.Registered, e.Registered, e.AskFailed, e.ReaderChanged),
    AskingConsent: (e.ConsentAllGiven, e.ConsentItemsChosen, e.ConsentItemDecided, e.ReaderChanged),
    LookingUp: (e.Answered, e.Answered, e.Answered, e.AskFailed, e.ReaderChanged),
    Confirmed: (e.NumberAssigned, e.Acknowledged, e.CardRemoved),
    TakeCard: (e.CardRemoved,),
    WaitingForStaff: (e.StaffActed, e.RetryChosen, e.StaffCancelled, e.Registered),
}  # fmt: skip


def awaited(visit: Visit) -> str:
    for state in (visit.state, getattr(visit.state, "resume", None)):
        for field in ("question", "opening", "sent"):
            if value := getattr(state, field, ""):
                return str(value)
    return visit.register_question or "nobody-asked"


def asked_item(visit: Visit, rng: random.Random) -> ConsentItem:
    state = visit.state
    if isinstance(state, AskingConsent) and rng.random() < 0.9:
        return state.items[min(len(state.decided), len(state.items) - 1)]
    return rng.choice(list(ConsentItem))


def fields_for(kind: type[e.Event], visit: Visit, rng: random.Random) -> dict[str, Any]:
    """Plausible arguments: mostly those that the visit waits for, now and then late or foreign ones."""
    bound = visit.card.insertion if visit.card is not None else None
    insertion = bound if bound is not None and rng.random() < 0.8 else rng.choice(INSERTIONS)
    question = awaited(visit) if rng.random() < 0.8 else "late"
    sha = rng.choice(("aa", "aa", "aa", "bb"))
    answers = {
        "1": answer("1"),
        "two": answer("1", coverage(), coverage(insurer_number="x")),
        "other": answer("1", coverage(birth="19500101")),
        **{code: answer(code) for code in "23456"},
        "processing": answer("1", segment="2"),
        "error": answer("", segment="9", error_code="X1"),
        "new code": answer("8"),
    }
    by_kind: dict[type[e.Event], dict[str, Any]] = {
        e.ReaderChanged: {"available": rng.random() < 0.5, "scanned": rng.random() < 0.9},
        e.CardInserted: {"insertion": rng.choice(INSERTIONS), "mute": rng.random() < 0.1},
        e.CardRemoved: {"insertion": insertion},
        e.CardRead: {
            "insertion": insertion,
            "facts": facts(
                rng.choice((0, 1, 2, 3, None)),
                sha256=sha,
                days=rng.choice((900, 900, 60, -10, -200)),
                revocation=rng.choice(REVOCATIONS),
            ),
        },
        e.CardFailed: {"insertion": insertion, "failure": Failure(rng.choice(list(Fault)), True, "")},
        e.PinVerified: {
            "insertion": insertion,
            "certificate": certificate(sha, revocation=rng.choice(REVOCATIONS)),
        },
        e.PinRefused: {"insertion": insertion, "tries_left": rng.choice((0, 1, 2))},
        e.LanguageChosen: {"language": "en"},
        e.TextSizeChosen: {"text_size": "large"},
        e.ContrastChosen: {"contrast": "high"},
        e.WayChosen: {"way": rng.choice(("no_card", "phone", "companion"))},
        e.PinEntered: {"slot": "s"},
        e.ConsentItemDecided: {"item": asked_item(visit, rng), "choice": rng.choice(list(Choice))},
        e.CardOpened: {
            "question": question,
            "registered": rng.random() < 0.7,
            "deregistered": rng.random() < 0.3,
            "birth_date": rng.choice(("", "1981-04-05", "1986-11-25")),
        },
        e.Answered: {"question": question, "answer": rng.choice(list(answers.values()))},
        e.AskFailed: {"question": question, "reason": rng.choice(FAILURES)},
        e.Registered: {"question": question},
        e.NumberAssigned: {"number": "A1"},
        e.TicketPrinted: {"number": rng.choice(("A1", "A0")), "ok": rng.random() < 0.5},
        e.StaffActed: {"action": rng.choice(("resume", "restart", "handled"))},
    }
    return by_kind.get(kind, {})


def start(rng: random.Random) -> Table:
    """Somewhere along a visit, so that the late pages are walked as often as the early ones."""
    match rng.randrange(8):
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
                table.feed(e.StaffCalled)
            return table
        case 4:
            return Table(rng.choice((POLICY, POLICIES[-1]))).until_opening()
        case 5:
            table = Table().until_confirmed()
            table.feed(e.StaffCalled)
            return table
        case _:
            return Table(rng.choice(POLICIES))


def walk(seed: int, steps: int, seen: set[tuple[str, str, str]] | None = None) -> None:
    rng = random.Random(seed)
    table = start(rng)
    for _ in range(steps):
        before = type(table.visit.state)
        kind = rng.choice(EVENTS)
        options = view_of(table.visit).options
        likely = LIKELY.get(before)
        if likely and rng.random() < 0.6:
            kind = rng.choice(likely)
            fields = fields_for(kind, table.visit, rng)
        elif options and rng.random() < 0.5:
            chosen = rng.choice(options).act
            kind = next(event for event in EVENTS if event.__name__ == chosen.name)
            fields = {**fields_for(kind, table.visit, rng), **dict(chosen.args)}
            if "item" in fields:
                fields = {"item": ConsentItem(fields["item"]), "choice": Choice(fields["choice"])}
        else:
            fields = fields_for(kind, table.visit, rng)
        table.feed(kind, after=rng.choice((10, 100, 100, 1_000, 45_000)), **fields)
        after = type(table.visit.state)
        if kind is e.PinEntered:
            assert [type(effect) for effect in table.last] in ([VerifyPin], [DiscardSecret])
        if before is not after:
            assert (before, kind) not in IGNORED
            assert after in TARGETS[before, kind], f"{before.__name__} × {kind.__name__} → {after.__name__}"
        if seen is not None:
            seen.add((before.__name__, kind.__name__, after.__name__))


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), steps=st.integers(1, 120))
def test_no_sequence_of_events_breaks_an_invariant_or_leaves_the_declared_transitions(
    seed: int, steps: int
) -> None:
    walk(seed, steps)


def test_every_declared_transition_happens() -> None:
    """A declaration that never comes true would make the diagram lie."""
    seen: set[tuple[str, str, str]] = set()
    for seed in range(3_000):
        walk(seed, 25, seen)
    declared = {
        (state.__name__, event.__name__, target.__name__)
        for (state, event), targets in TARGETS.items()
        for target in targets
        if event is not e.TimePassed
    }
    assert not sorted(declared - seen)


def test_every_state_decides_every_event() -> None:
    pairs = {(state, event) for state in STATES for event in EVENTS}
    assert pairs == set(TABLE) | IGNORED
    assert not set(TABLE) & IGNORED
