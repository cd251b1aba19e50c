"""Digits lie in a slot once, and are overwritten wherever they lay."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from kiosk.reception.secrets import SecretSlots, wipe


def test_the_screens_own_buffer_is_wiped_when_the_digits_are_handed_over() -> None:
    slots, typed = SecretSlots(), bytearray(b"1234")
    name = slots.put(typed)
    assert typed == b""
    assert bytes(slots.take(name)) == b"1234"


def test_a_slot_gives_its_digits_once() -> None:
    slots = SecretSlots()
    slot = slots.slot(slots.put(bytearray(b"1234")))
    assert bytes(slot.take()) == b"1234"
    assert slot.take() == b""


def test_a_slot_that_never_was_is_empty() -> None:
    assert SecretSlots().take("slot-1") == b""


def test_what_is_thrown_away_is_overwritten_where_it_lay() -> None:
    slots = SecretSlots()
    name = slots.put(bytearray(b"1234"))
    lying = slots._slots[name]
    slots.discard(name)
    assert lying == b""
    assert slots.take(name) == b""
    slots.discard(name)  # twice is nothing worse


def test_at_the_end_of_a_visit_all_slots_are_emptied() -> None:
    slots = SecretSlots()
    names = [slots.put(bytearray(b"1234")), slots.put(bytearray(b"5678"))]
    lying = [slots._slots[name] for name in names]
    slots.discard_all()
    assert lying == [b"", b""]
    assert [bytes(slots.take(name)) for name in names] == [b"", b""]


def test_names_never_repeat_and_say_nothing_of_the_digits() -> None:
    slots = SecretSlots()
    names = [slots.put(bytearray(b"9753")) for _ in range(100)]
    assert len(set(names)) == 100
    assert not any("9753" in name for name in names)


@given(st.binary(max_size=12))
def test_wiping_leaves_nothing(digits: bytes) -> None:
    held = bytearray(digits)
    wipe(held)
    assert held == b""


def test_of_many_threads_that_take_a_slot_one_gets_the_digits() -> None:
    slots = SecretSlots()
    name = slots.put(bytearray(b"1234"))
    together, taken = threading.Barrier(8), []

    def take() -> None:
        together.wait()
        taken.append(bytes(slots.take(name)))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [b""] * 7 + [b"1234"]
