"""What is reported of a camera's pictures: each code once, each failure once."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from queue import Queue

from drivers.interface import Failure, Fault, Frame, ScannedCode
from drivers.scanner.watch import CodeWatch, Looking
from simulator.camera import SimulatedCamera, certificate, code_text
from simulator.people import load

PATIENCE_S = 10.0
PIXELS = memoryview(bytes(12)).cast("B", (2, 2, 3))
GONE = Failure.of(Fault.CAMERA_GONE, "gone")
QR, OTHER = ScannedCode("QR Code", "a", b"a"), ScannedCode("QR Code", "b", b"b")
BARS = ScannedCode("Codabar", "A1234A", b"A1234A")


def looking(*pictures: Sequence[ScannedCode]) -> list[ScannedCode | Failure]:
    left = list(pictures)
    look = Looking(lambda _pixels: tuple(left.pop(0)))
    found: list[ScannedCode | Failure] = []
    for number in range(1, len(pictures) + 1):
        found += look.at(Frame(number, PIXELS))
    return found


def test_a_code_that_stays_before_the_camera_is_told_once() -> None:
    assert looking([QR], [QR], [], [QR, OTHER], [OTHER]) == [QR, OTHER]


def test_a_code_of_bars_alone_counts_when_two_pictures_agree() -> None:
    misread = ScannedCode("Codabar", "A1284A", b"A1284A")
    assert looking([BARS]) == []
    assert looking([BARS], [misread], [BARS], [BARS]) == [BARS]


def test_the_same_bytes_in_another_kind_of_code_are_another_code() -> None:
    same = ScannedCode("Aztec", "a", b"a")
    assert looking([QR], [same]) == [QR, same]


def test_a_picture_is_looked_at_once_and_none_is_no_picture() -> None:
    calls: list[memoryview] = []

    def read(pixels: memoryview) -> tuple[ScannedCode, ...]:
        calls.append(pixels)
        return ()

    look = Looking(read)
    for seen in (None, Frame(1, PIXELS), Frame(1, PIXELS), Frame(2, PIXELS)):
        assert list(look.at(seen)) == []
    assert len(calls) == 2


def test_a_failure_is_told_once_until_pictures_come_again() -> None:
    look = Looking(lambda _pixels: ())
    slow = Failure.of(Fault.TIMED_OUT, "slow")
    seen: list[Frame | Failure] = [GONE, GONE, slow, Frame(1, PIXELS), slow]
    assert [found for one in seen for found in look.at(one)] == [GONE, slow, slow]


class Heard:
    def __init__(self) -> None:
        self.found: Queue[ScannedCode | Failure] = Queue()

    def __call__(self, found: ScannedCode | Failure) -> None:
        self.found.put(found)

    def next(self) -> ScannedCode | Failure:
        return self.found.get(timeout=PATIENCE_S)


def test_a_persona_s_paper_before_the_camera_is_read() -> None:
    camera, heard = SimulatedCamera(), Heard()
    watch = CodeWatch(camera, per_second=1000)
    camera.show(certificate(load("yamada")))
    watch.watch(heard)
    found = heard.next()
    assert isinstance(found, ScannedCode)
    assert found.text == code_text(load("yamada"))
    camera.unplug()
    unplugged = heard.next()
    assert isinstance(unplugged, Failure)
    assert unplugged.fault is Fault.CAMERA_GONE
    camera.plug()
    camera.show(certificate(load("seventy_eight")))
    other = heard.next()
    assert isinstance(other, ScannedCode)
    assert other.text == code_text(load("seventy_eight"))
    watch.close()
    assert heard.found.empty()


def test_after_a_rest_the_same_code_is_told_again_and_in_between_nothing() -> None:
    camera, first, second = SimulatedCamera(), Heard(), Heard()
    looked = threading.Event()

    def read(_pixels: memoryview) -> tuple[ScannedCode, ...]:
        looked.set()
        return (QR,)

    watch = CodeWatch(camera, per_second=1000, read=read)
    watch.rest()
    watch.watch(first)
    assert first.next() == QR
    watch.rest()
    watch.rest()
    watch.watch(second)
    assert second.next() == QR
    watch.close()
    watch.close()
    assert first.found.empty()
    assert not [one for one in threading.enumerate() if one.name == "code-watch"]
    assert isinstance(camera.frame(), Failure), "the camera is closed"


def test_a_listener_may_end_the_watch_and_hears_nothing_more() -> None:
    heard: list[ScannedCode | Failure] = []
    done = threading.Event()

    def listen(found: ScannedCode | Failure) -> None:
        heard.append(found)
        watch.close()
        done.set()

    watch = CodeWatch(SimulatedCamera(), per_second=1000, read=lambda _pixels: (QR, OTHER))
    watch.watch(listen)
    assert done.wait(PATIENCE_S)
    assert heard == [QR]


def test_a_camera_that_cannot_be_opened_is_told_once() -> None:
    camera, heard = SimulatedCamera(), Heard()
    camera.unplug()
    watch = CodeWatch(camera, per_second=1000)
    watch.watch(heard)
    assert isinstance(heard.next(), Failure)
    camera.show(certificate(load("yamada")))
    camera.plug()
    assert isinstance(heard.next(), ScannedCode)
    watch.close()
