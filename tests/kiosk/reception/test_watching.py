"""Whatever a reader reports, the events told of it are consistent and end where the reader stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from drivers.interface import ReaderSnapshot
from kiosk.reception.watching import ReaderWatch, changes
from kiosk.visit.events import CardInserted, CardRemoved, Event, ReaderChanged

UP = ReaderSnapshot("Reader", enabled=True, available=True, scanned=True)
CARD = replace(UP, card_present=True, insertion=1)

snapshots = st.builds(
    ReaderSnapshot,
    name=st.just("Reader"),
    enabled=st.booleans(),
    available=st.booleans(),
    scanned=st.booleans(),
    card_present=st.booleans(),
    mute=st.booleans(),
    insertion=st.integers(0, 4),
)


class Told:
    """Events as they come, held against what a visit may believe."""

    def __init__(self) -> None:
        self.events: list[tuple[type[Event], dict[str, Any]]] = []
        self.up: bool | None = None
        self.card: int | None = None
        self.watch = ReaderWatch(self.take)

    def take(self, kind: type[Event], /, **fields: Any) -> None:
        self.events.append((kind, fields))
        if kind is ReaderChanged:
            assert fields["available"] is not self.up, "told twice"
            self.up = fields["available"]
            if not self.up:
                self.card = None  # nobody saw it leave
        elif kind is CardInserted:
            assert self.up, "a card on a reader that is away"
            assert self.card is None, "a card on top of another"
            self.card = fields["insertion"]
        elif kind is CardRemoved:
            assert self.card == fields["insertion"], "a card that was not there"
            self.card = None


def kinds(events: Iterable[tuple[type[Event], dict[str, Any]]]) -> list[str]:
    return [kind.__name__ for kind, _fields in events]


@given(st.lists(snapshots, max_size=30))
def test_events_are_consistent_whatever_is_reported_in_whatever_order(seen: list[ReaderSnapshot]) -> None:
    told = Told()
    for snapshot in seen:
        told.watch(snapshot)
        assert told.watch.has_seen(snapshot)


@given(st.lists(snapshots, max_size=30))
def test_after_the_last_look_the_events_have_told_where_the_reader_stands(seen: list[ReaderSnapshot]) -> None:
    told = Told()
    for snapshot in [*seen, replace(UP, card_present=True, insertion=9)]:
        told.watch(snapshot)
    assert (told.up, told.card) == (True, 9)


@given(snapshots)
def test_the_same_snapshot_twice_tells_nothing_new(snapshot: ReaderSnapshot) -> None:
    assert not list(changes(replace(snapshot, scanned=True), replace(snapshot, scanned=True)))


def test_before_a_first_look_nothing_is_told() -> None:
    told = Told()
    told.watch(replace(CARD, scanned=False))
    assert told.events == []


def test_a_reader_that_was_looked_for_and_is_not_there_is_told_of() -> None:
    told = Told()
    told.watch(ReaderSnapshot(enabled=True, scanned=True))
    ((kind, fields),) = told.events
    assert (kind, fields["available"]) == (ReaderChanged, False)


def test_a_look_that_is_not_done_tells_nothing_and_forgets_nothing() -> None:
    told = Told()
    for snapshot in (CARD, replace(CARD, scanned=False), CARD):
        told.watch(snapshot)
    assert kinds(told.events) == ["ReaderChanged", "CardInserted"]


def test_a_swap_too_quick_to_be_seen_is_told_as_removal_and_insertion() -> None:
    assert list(changes(CARD, replace(CARD, insertion=2))) == [
        (CardRemoved, {"insertion": 1}),
        (CardInserted, {"insertion": 2, "mute": False}),
    ]


def test_a_reader_that_goes_away_takes_its_card_along_unseen() -> None:
    gone = replace(CARD, available=False, card_present=False)
    ((kind, fields),) = changes(CARD, gone)
    assert (kind, fields["available"]) == (ReaderChanged, False)


def test_a_card_that_lies_there_when_the_reader_is_back_is_told_as_inserted() -> None:
    gone = replace(CARD, enabled=False, available=False, card_present=False)
    assert kinds(changes(gone, replace(CARD, insertion=2))) == ["ReaderChanged", "CardInserted"]


def test_that_a_card_is_mute_is_told_along() -> None:
    ((_kind, fields),) = changes(UP, replace(CARD, mute=True))
    assert fields == {"insertion": 1, "mute": True}
