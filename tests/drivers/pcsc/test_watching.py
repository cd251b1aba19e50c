"""What the watcher makes of the service's words: cards, swaps, mute cards, two readers, a lost service."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drivers.interface import ReaderSnapshot
from drivers.pcsc import watcher
from drivers.pcsc.reader import PcscReader
from drivers.pcsc.scard import Code, Scard, ScardMissing
from drivers.pcsc.watcher import choose
from tests.support.fake_scard import FakeScard
from tests.support.snapshots import Snapshots

NAME = "ACME Dual 00 00"
OTHER = "Contactless 01 00"


def silent(apdu: bytes) -> bytes:
    return b"\x90\x00"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> FakeScard:
    monkeypatch.setattr(watcher, "RETRY_S", 0.001)
    return FakeScard(NAME)


@pytest.fixture
def reader(world: FakeScard) -> Iterator[PcscReader]:
    reader = PcscReader(load=lambda: world)
    yield reader
    reader.close()


def test_before_the_first_look_nothing_is_claimed(reader: PcscReader) -> None:
    assert reader.snapshot() == ReaderSnapshot()
    assert not reader.snapshot().scanned


def test_a_reader_without_a_card_is_available(reader: PcscReader) -> None:
    seen = Snapshots(reader).wait(lambda now: now.scanned)
    assert seen == ReaderSnapshot(NAME, True, True, True, False, False, 0)


def test_a_card_that_lay_there_before_the_start_is_seen(world: FakeScard, reader: PcscReader) -> None:
    world.insert(NAME, silent)
    assert Snapshots(reader).card() == 1


def test_each_card_is_a_new_insertion_and_each_removal_is_told(world: FakeScard, reader: PcscReader) -> None:
    snapshots = Snapshots(reader)
    for expected in (1, 2, 3):
        world.insert(NAME, silent)
        assert snapshots.card(expected - 1) == expected
        world.remove(NAME)
        snapshots.no_card()
    assert [now.insertion for now in snapshots.seen] == [0, 1, 1, 2, 2, 3, 3]


def test_a_swap_too_quick_to_see_is_a_new_insertion(world: FakeScard, reader: PcscReader) -> None:
    snapshots = Snapshots(reader)
    world.insert(NAME, silent)
    snapshots.card()
    world.swap(NAME, silent)
    assert snapshots.card(1) == 2
    assert all(now.card_present for now in snapshots.seen[-2:])


def test_a_mute_card_is_present_and_mute(world: FakeScard, reader: PcscReader) -> None:
    world.insert(NAME, silent, mute=True)
    snapshots = Snapshots(reader)
    assert snapshots.wait(lambda now: now.card_present).mute


def test_no_reader_is_a_finding_and_a_reader_that_comes_is_followed(
    world: FakeScard, reader: PcscReader
) -> None:
    world.unplug(NAME)
    snapshots = Snapshots(reader)
    first = snapshots.wait(lambda now: now.scanned)
    assert (first.enabled, first.available) == (True, False)
    world.plug(NAME)
    assert snapshots.wait(lambda now: now.available).name == NAME


def test_an_unplugged_reader_takes_its_card_with_it(world: FakeScard, reader: PcscReader) -> None:
    snapshots = Snapshots(reader)
    world.insert(NAME, silent)
    snapshots.card()
    world.unplug(NAME)
    gone = snapshots.wait(lambda now: not now.available)
    assert (gone.enabled, gone.card_present) == (True, False)
    world.plug(NAME)
    world.insert(NAME, silent)
    assert snapshots.card(1) == 2


def test_a_reader_in_trouble_is_not_available(world: FakeScard, reader: PcscReader) -> None:
    snapshots = Snapshots(reader)
    snapshots.wait(lambda now: now.available)
    world.break_reader(NAME, True)
    snapshots.wait(lambda now: now.enabled and not now.available)
    world.break_reader(NAME, False)
    snapshots.wait(lambda now: now.available)


def test_losing_one_of_two_readers_is_not_losing_all(world: FakeScard, reader: PcscReader) -> None:
    world.plug(OTHER)
    snapshots = Snapshots(reader)
    assert snapshots.wait(lambda now: now.available).name == NAME
    world.unplug(NAME)
    assert snapshots.wait(lambda now: now.name == OTHER).available
    world.plug(NAME)
    world.insert(OTHER, silent)
    assert snapshots.wait(lambda now: now.card_present).name == OTHER


def test_readers_are_chosen_by_name_else_the_first_real_one_and_kept_while_there() -> None:
    hello = "Windows Hello for Business 1"
    names = [hello, NAME, OTHER]
    assert choose(names, "", None) == NAME
    assert choose(names, OTHER, None) == OTHER
    assert choose(names, "", "contactless") == OTHER
    assert choose(names, "", "windows hello") == hello
    assert choose([hello], "", None) == ""
    assert choose(names, NAME, "Contactless") == OTHER
    assert choose([], NAME, None) == ""


def test_a_named_reader_is_waited_for_while_others_are_there(world: FakeScard) -> None:
    reader = PcscReader("contactless", load=lambda: world)
    try:
        snapshots = Snapshots(reader)
        assert not snapshots.wait(lambda now: now.scanned).available
        world.plug(OTHER)
        assert snapshots.wait(lambda now: now.available).name == OTHER
    finally:
        reader.close()


def test_a_dead_service_is_a_snapshot_and_a_fresh_context_brings_the_card_back_as_new(
    world: FakeScard, reader: PcscReader
) -> None:
    snapshots = Snapshots(reader)
    world.insert(NAME, silent)
    snapshots.card()
    contexts = world.calls["establish_context"]
    world.set_service(False)
    down = snapshots.wait(lambda now: not now.enabled)
    assert (down.available, down.card_present, down.scanned) == (False, False, True)
    world.set_service(True)
    assert snapshots.card(1) == 2
    assert world.calls["establish_context"] > contexts


@pytest.mark.parametrize(
    "code",
    [
        Code.NO_SERVICE,
        Code.SERVICE_STOPPED,
        Code.COMM_ERROR,
        Code.INVALID_HANDLE,
        0x80100001,
        Code.SYSTEM_CANCELLED,
    ],
)
@pytest.mark.parametrize("function", ["establish_context", "list_readers", "get_status_change"])
def test_whatever_a_function_answers_a_fresh_context_is_tried(
    world: FakeScard, reader: PcscReader, function: str, code: int
) -> None:
    world.script[function].extend([code] * 3)
    world.insert(NAME, silent)
    snapshots = Snapshots(reader)
    assert snapshots.card() == 1
    assert not snapshots.seen[0].enabled
    assert world.calls["establish_context"] == 4


@pytest.mark.parametrize("code", [Code.UNKNOWN_READER, Code.READER_UNAVAILABLE])
def test_a_reader_that_vanishes_between_two_calls_is_looked_for_again(
    world: FakeScard, reader: PcscReader, code: int
) -> None:
    world.script["get_status_change"].extend([code] * 3)
    world.insert(NAME, silent)
    snapshots = Snapshots(reader)
    assert snapshots.card() == 1
    assert (snapshots.seen[0].enabled, snapshots.seen[0].available) == (True, False)
    assert world.calls["establish_context"] == 1


def test_time_outs_and_cancelled_waits_are_no_news(world: FakeScard, reader: PcscReader) -> None:
    world.script["get_status_change"].extend([Code.TIMEOUT, Code.CANCELLED])
    snapshots = Snapshots(reader)
    snapshots.wait(lambda now: now.available)
    assert len(snapshots.seen) == 1


def test_a_machine_without_pcsc_has_a_reader_that_is_not_enabled() -> None:
    def missing() -> Scard:
        raise ScardMissing("no library")

    reader = PcscReader(load=missing)
    try:
        seen = Snapshots(reader).wait(lambda now: now.scanned)
        assert (seen.enabled, seen.available) == (False, False)
    finally:
        reader.close()


def test_a_late_listener_is_told_what_is_known(reader: PcscReader) -> None:
    Snapshots(reader).wait(lambda now: now.available)
    late = Snapshots(reader)
    assert late.seen[0].available


def test_a_listener_that_fails_stops_nobody(world: FakeScard, reader: PcscReader) -> None:
    def failing(_: ReaderSnapshot) -> None:
        raise RuntimeError("a bug elsewhere")

    reader.watch(failing)
    snapshots = Snapshots(reader)
    world.insert(NAME, silent)
    assert snapshots.card() == 1


def test_closing_ends_the_thread_and_may_be_repeated(world: FakeScard) -> None:
    reader = PcscReader(load=lambda: world)
    snapshots = Snapshots(reader)
    snapshots.wait(lambda now: now.available)
    reader.close()
    reader.close()
    assert world.contexts == set()
    world.insert(NAME, silent)
    assert not snapshots.seen[-1].card_present


def test_closing_before_watching_is_nothing() -> None:
    PcscReader(load=lambda: FakeScard()).close()
