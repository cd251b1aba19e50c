"""``step`` is total and keeps its invariants, whatever comes in whatever order, and no page is a dead end."""

from __future__ import annotations

import random
from contextlib import suppress
from enum import StrEnum
from itertools import product
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.coverage.services import Capability
from kiosk.evidence.reasons import Reason
from kiosk.visit import events as e
from kiosk.visit.acts import Act, UnknownAct, event_of
from kiosk.visit.effects import AnyEffect
from kiosk.visit.phones import is_phone
from kiosk.visit.presenting import view_of
from kiosk.visit.states import (
    ChoosingEvidence,
    Facing,
    FillingDeclaration,
    ReadingCard,
    ReadingPhone,
    ShowingNotice,
    ShowingPortal,
    State,
    Visit,
)
from kiosk.visit.step import step
from kiosk.visit.table import EVENTS, IGNORED, STATES, TABLE, TARGETS
from tests.support.arguments import fields_for, shapes_of
from tests.support.dead_ends import dead_ends
from tests.support.page_sentences import unsaid
from tests.support.visits import Table, moment
from tests.support.walks import PAGES, Seen, Walk, every_start, start, walk


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), steps=st.integers(1, 120))
def test_no_sequence_of_events_breaks_an_invariant_or_leaves_the_declared_transitions(
    seed: int, steps: int
) -> None:
    walk(seed, steps)


def shape(visit: Visit) -> tuple[object, ...]:
    """What makes a page behave as it does; not whose numbers and questions stand on it."""
    state, card = visit.state, visit.card
    values = [getattr(state, name) for name in state.__struct_fields__]
    kinds = [
        type(value)
        if isinstance(value, State)
        else value
        if isinstance(value, StrEnum | None)
        else bool(value)
        for value in values
    ]
    lies, read = (card.insertion is not None, card.facts is not None) if card is not None else (False, False)
    known = (
        visit.verified is not None, visit.registered, bool(visit.consents), bool(visit.asked), bool(visit.number),
    )  # fmt: skip
    facing = (
        visit.policy.face,
        visit.face_attempts > 1,
        card is not None and (bool(card.photo), card.pin_tries > 0),
        Capability.FACE_RESULT in visit.policy.capabilities,
    )
    step = getattr(state, "step", "") if isinstance(state, Facing | ReadingPhone) else ""
    phone = (getattr(state, "token", ""), is_phone(card))
    by_phone = visit.reason is Reason.PHONE_WITHOUT_READER
    return (
        type(state),
        *kinds,
        lies,
        read,
        *known,
        by_phone,
        visit.reader_available,
        visit.outcome,
        step,
        *phone,
        *facing,
    )


def corpus(walks: int, steps: int, seen: Seen) -> list[Visit]:
    """Visits that stand on each page in each of its shapes."""
    found: dict[tuple[object, ...], Visit] = {}

    def keep(visit: Visit) -> None:
        found.setdefault(shape(visit), visit)

    for table in every_start():
        keep(table.visit)
    for seed in range(walks):
        rng = random.Random(seed)
        Walk(start(rng), rng, seen).go(steps, keep)
    return list(found.values())


def test_every_declared_transition_happens_and_no_other() -> None:
    """A declaration that never comes true would make the diagram lie. Every event is fed to every page, in many of
    the shapes that it can have."""
    rng, seen = random.Random(7), Seen()
    table = Table()
    for visit, kind in product(corpus(2_000, 25, seen), EVENTS):
        table.visit, table.now = visit, visit.entered.mono
        if (type(visit.state), kind) in IGNORED:
            event = kind(id="e", at=moment(table.now), **fields_for(kind, visit, rng))
            assert step(visit, event)[0] is visit  # type: ignore[arg-type]
            continue
        for fields in shapes_of(kind, visit, rng):
            table.visit, table.now = visit, visit.entered.mono
            Walk(table, rng, seen).feed(kind, fields=fields)
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


@pytest.mark.parametrize("event", EVENTS)
def test_what_a_screen_cannot_say_is_refused_with_a_word(event: type[e.Event]) -> None:
    """Never with an error of its own: an act comes from outside."""
    with pytest.raises(UnknownAct):
        event_of(Act(event.__name__, (("nothing", "of the kind"),)), "e", moment())
    own = set(event.__struct_fields__) - set(e.Event.__struct_fields__)
    with suppress(UnknownAct):
        event_of(Act(event.__name__, tuple((name, "\x00") for name in sorted(own))), "e", moment())


@pytest.mark.parametrize("name", PAGES)
def test_each_page_of_the_other_ways_leads_on(name: str) -> None:
    assert dead_ends(PAGES[name]().visit) == []


def test_no_page_that_is_reached_has_a_dead_button_no_way_on_or_a_sentence_that_is_missing() -> None:
    seen: set[Visit] = set()
    for seed in range(800):
        rng = random.Random(seed)
        Walk(start(rng), rng).go(25, seen.add)
    assert sorted({what for visit in seen for what in dead_ends(visit)}) == []
    assert unsaid(view_of(visit) for visit in seen) == []


def _ignore(visit: Visit, _state: object, _event: object) -> tuple[Visit, tuple[AnyEffect, ...]]:
    return visit, ()


@pytest.mark.parametrize(
    ("name", "state", "event"),
    [
        ("ways", ChoosingEvidence, e.EvidenceChosen),
        ("form: summary", FillingDeclaration, e.FieldChosen),
        ("form: question", FillingDeclaration, e.FieldAnswered),
        ("form: unlocking", FillingDeclaration, e.PinEntered),
        ("form: signature", FillingDeclaration, e.FormSigned),
        ("notice", ShowingNotice, e.BackChosen),
        ("portal", ShowingPortal, e.StaffCalled),
    ],
)
def test_these_tests_see_a_button_that_does_nothing(
    name: str, state: type[State], event: type[e.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = PAGES[name]().visit
    monkeypatch.setitem(cast(Any, TABLE), (state, event), _ignore)
    assert dead_ends(visit)


def test_these_tests_see_a_page_without_a_way_on() -> None:
    visit = PAGES["notice"]().visit
    assert dead_ends(replace(visit, state=ReadingCard(), deadline=None)) == ["ReadingCard. has no way on"]
