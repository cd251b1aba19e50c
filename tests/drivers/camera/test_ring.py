"""The ring of pictures: what a reader gets while a writer races, and what is left behind."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.camera.ring import FrameRing, RingWrong
from drivers.interface import Frame

RACE = """
import os, sys, time
from drivers.camera.ring import FrameRing
ring = FrameRing.attach(int(sys.argv[1]))
seen = torn = last = backwards = 0
print("ready", flush=True)
until = time.monotonic() + float(sys.argv[2])
while seen < 100 and time.monotonic() < until:
    frame = ring.latest()
    if frame is None:
        continue
    seen += 1
    level = frame.number % 251
    torn += bytes(frame.pixels) != bytes([level]) * frame.pixels.nbytes or frame.at != frame.number * 7
    torn += frame.pixels.shape != (96 + frame.number % 3, 128, 3)
    backwards += frame.number < last
    last = frame.number
print(seen, torn, backwards)
"""


def plain(number: int, down: int = 2, across: int = 3) -> memoryview:
    return memoryview(bytes([number % 251]) * (down * across * 3)).cast("B", (down, across, 3))


def level(frame: Frame | None) -> int:
    assert frame is not None
    (only,) = set(frame.pixels.tobytes())
    return only


def test_the_newest_picture_is_given_with_its_number_size_and_time() -> None:
    ring = FrameRing.create(4, 4)
    assert ring.latest() is None
    assert [ring.write(plain(n, 2, 1 + n % 4), n * 10) for n in range(1, 8)] == [1, 2, 3, 4, 5, 6, 7]
    frame = ring.latest()
    assert frame is not None
    assert (frame.number, frame.at, frame.pixels.shape, level(frame)) == (7, 70, (2, 4, 3), 7)
    assert np.asarray(frame.pixels).shape == (2, 4, 3)
    ring.close()


def test_a_reader_of_the_descriptor_sees_the_same_and_cannot_write() -> None:
    ring = FrameRing.create(8, 8)
    other = FrameRing.attach(ring.fd)
    ring.write(plain(5), 1)
    assert level(other.latest()) == 5
    for forbidden in (lambda: other.write(plain(1), 1), other.wipe):
        with pytest.raises(ValueError, match="for reading"):
            forbidden()
    with open(f"/proc/self/fd/{ring.fd}", "r+b", buffering=0) as again, pytest.raises(PermissionError):
        again.truncate(0)
    other.close()
    ring.close()


def test_a_picture_that_was_given_never_changes() -> None:
    ring = FrameRing.create(3, 2, slots=2)
    ring.write(plain(1), 0)
    kept = ring.latest()
    for number in range(2, 9):
        ring.write(plain(number), 0)
    ring.close()
    assert level(kept) == 1
    assert kept is not None
    assert kept.pixels.readonly


def test_wiping_leaves_zeroes_and_numbers_go_on() -> None:
    ring = FrameRing.create(3, 2)
    for number in range(1, 6):
        ring.write(plain(200 + number), 0)
    with open(ring.fd, "rb", closefd=False) as memory:
        assert bytes([205] * 18) in memory.read()
        ring.wipe()
        memory.seek(4096)
        assert not any(memory.read())
    assert ring.latest() is None
    assert ring.write(plain(9), 0) == 6
    assert level(ring.latest()) == 9
    ring.close()


def test_closing_wipes_for_those_who_still_look_and_can_be_repeated() -> None:
    ring = FrameRing.create(3, 2)
    other = FrameRing.attach(ring.fd)
    ring.write(plain(77), 0)
    ring.close()
    ring.close()
    assert other.latest() is None
    assert ring.latest() is None
    with pytest.raises(ValueError, match="closed"):
        ring.write(plain(1), 0)
    other.close()


def test_pictures_and_copies_leave_no_descriptor_and_no_file_behind() -> None:
    def open_now() -> tuple[int, int]:
        gc.collect()
        return len(os.listdir("/proc/self/fd")), Path("/proc/self/maps").read_text().count("memfd:frames")

    before = open_now()
    ring = FrameRing.create(640, 480)
    other = FrameRing.attach(ring.fd)
    for number in range(20):
        ring.write(plain(number, 480, 640), 0)
        other.latest()
    other.close()
    ring.close()
    assert open_now() == before


@pytest.mark.parametrize(
    "pixels",
    [
        memoryview(bytes(12)),
        memoryview(bytes(12)).cast("B", (2, 2, 3))[:0],
        plain(1, 5, 3),
        plain(1, 2, 4),
        memoryview(bytes(16)).cast("B", (2, 2, 4)),
    ],
    ids=["flat", "empty", "too high", "too wide", "four colours"],
)
def test_what_is_no_picture_or_too_large_is_refused(pixels: memoryview) -> None:
    ring = FrameRing.create(3, 4)
    with pytest.raises(ValueError, match=r"picture|more than"):
        ring.write(pixels, 0)
    assert ring.latest() is None
    ring.close()


@pytest.mark.parametrize("arguments", [(0, 4, 4), (4, -1, 4), (4, 4, 1), (4, 4, 99), (100_000, 100_000, 4)])
def test_a_ring_of_no_size_is_refused(arguments: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"room|slots"):
        FrameRing.create(*arguments)


def test_a_descriptor_of_something_else_is_refused(tmp_path: Path) -> None:
    for content in (b"", b"short", bytes(8192), b"SEMARFKU" + b"\xff" * 16384):
        path = tmp_path / "other"
        path.write_bytes(content)
        with path.open("rb") as other, pytest.raises(RingWrong):
            FrameRing.attach(other.fileno())


class Stopped(Exception):
    pass


@settings(max_examples=300, deadline=None)
@given(chance=st.randoms(use_true_random=False), slots=st.integers(2, 4), first=st.integers(1, 7))
def test_a_reader_overtaken_at_any_step_gets_one_whole_picture(
    chance: Random, slots: int, first: int
) -> None:
    """At each of its steps the reader is held up while the writer puts in as many pictures as chance wants, wipes now
    and then, and at last stops half-way through a picture for good."""
    ring = FrameRing.create(3, 2, slots)
    reader = FrameRing.attach(ring.fd)
    written = [ring.write(plain(number), number * 7) for number in range(1, first + 1)]
    stopped: list[int] = []

    def stop() -> None:
        stopped.append(len(written) + 1)
        begin = ring._place(stopped[0])
        ring._memory[begin : begin + 9] = bytes(range(9))
        raise Stopped

    def write() -> None:
        number = len(written) + 1
        if chance.random() < 0.1:
            ring.wipe()
        if chance.random() < 0.1:
            ring._fence = stop  # type: ignore[method-assign]
        ring.write(plain(number), number * 7)
        written.append(number)

    def overtaken(step: Callable[..., int | None]) -> Callable[..., int | None]:
        def stepped(*arguments: int) -> int | None:
            with suppress(Stopped):
                for _ in range(0 if stopped else chance.choice((0, 0, 1, slots - 1, slots, 2 * slots))):
                    write()
            return step(*arguments)

        return stepped

    for name in ("_fence", "_word", "_place"):
        setattr(reader, name, overtaken(getattr(reader, name)))
    frame = reader.latest()
    if frame is not None:
        assert frame.number in written
        assert (level(frame), frame.at) == (frame.number % 251, frame.number * 7)
    reader.close()
    ring._fence = lambda: None  # type: ignore[method-assign]
    ring.close()


@settings(max_examples=100, deadline=None)
@given(slots=st.integers(2, 5), count=st.integers(1, 12))
def test_a_reader_who_looks_at_any_step_of_the_writer_gets_one_whole_picture(slots: int, count: int) -> None:
    ring = FrameRing.create(3, 2, slots)
    reader = FrameRing.attach(ring.fd)
    seen: list[int] = []

    def look() -> None:
        frame = reader.latest()
        if frame is not None:
            assert (level(frame), frame.at) == (frame.number % 251, frame.number * 7)
            seen.append(frame.number)

    ring._fence = look  # type: ignore[method-assign]
    for number in range(1, count + 1):
        ring.write(plain(number), number * 7)
    look()
    assert seen == sorted(seen)
    assert seen[-1] == count
    ring.close()
    assert reader.latest() is None
    reader.close()


def test_a_racing_writer_of_another_process_never_shows_a_torn_picture() -> None:
    ring = FrameRing.create(128, 98, slots=4)
    racer = subprocess.Popen(
        [sys.executable, "-c", RACE, str(ring.fd), "1.5"],
        pass_fds=[ring.fd],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert racer.stdout is not None
    assert racer.stdout.readline() == "ready\n"
    number = 0
    while racer.poll() is None:
        number += 1
        ring.write(plain(number, 96 + number % 3, 128), number * 7)
    seen, torn, backwards = map(int, racer.stdout.read().split())
    racer.stdout.close()
    ring.close()
    assert seen > 0
    assert (torn, backwards) == (0, 0)


def test_closing_while_another_thread_looks_is_no_error() -> None:
    for _ in range(20):
        ring = FrameRing.create(64, 64)
        ring.write(plain(1, 64, 64), 0)
        failed: list[BaseException] = []

        def look(ring: FrameRing = ring, failed: list[BaseException] = failed) -> None:
            try:
                while ring.latest() is not None:
                    pass
            except BaseException as error:
                failed.append(error)

        looking = threading.Thread(target=look)
        looking.start()
        ring.close()
        looking.join(10)
        assert not looking.is_alive()
        assert not failed
