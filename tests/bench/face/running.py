"""The process of one visit at work: from a match's beginning to its decision, and what the rest of the kiosk feels."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import psutil

from drivers.camera.capture import RATE, SIZE
from drivers.camera.devices import CameraDevice
from drivers.camera.opencv import WatchedOpenCvCamera
from drivers.face.matcher import ProcessFaceMatcher
from drivers.face.rules import Rules
from drivers.interface import FaceHint, FaceVerdict
from tests.bench.face.rate import SCREEN_HZ, SyntheticCapture
from tests.bench.rows import Row, at_least, at_most, row
from tests.support.faces import A_LIVE, Listener, card, shown
from tests.support.heads import SHOT

_MIB = 1 << 20


class FaceCapture(SyntheticCapture):
    """A camera of 1280 × 720 and 30 pictures a second in motion JPEG, before which somebody stands."""

    def __init__(self) -> None:
        super().__init__()
        large = replace(SHOT, size=SIZE, eyes=120)
        film = [shown(A_LIVE, 0, replace(large, seed=seed)) for seed in range(8)]
        self._film: list[Any] = [cv2.imencode(".jpg", picture)[1] for picture in film] * 2
        self._chance = np.random.default_rng(2)
        self._grain = self._chance.integers(0, 3, (SIZE[1] + 512, SIZE[0] + 512, 3), np.uint8)

    def read(self) -> tuple[bool, Any]:
        """No picture comes twice: the camera's judge would notice."""
        good, picture = super().read()
        down, across = self._chance.integers(0, 512, 2)
        return good, cv2.add(picture, self._grain[down : down + SIZE[1], across : across + SIZE[0]])


@contextmanager
def kiosk(rules: Rules) -> Iterator[tuple[WatchedOpenCvCamera, ProcessFaceMatcher]]:
    camera = WatchedOpenCvCamera(
        finder=lambda _: CameraDevice(0, "synthetic"), opener=lambda _: FaceCapture()
    )
    matcher = ProcessFaceMatcher(camera, rules=rules)
    try:
        yield camera, matcher
    finally:
        matcher.close()
        camera.discard()


def rows(quick: bool) -> list[Row]:
    return [*_decisions(2 if quick else 15), _preview(1.0 if quick else 6.0), *_memory(5 if quick else 1_000)]


def _decided(matcher: ProcessFaceMatcher) -> float:
    listener, began = Listener(), time.perf_counter()
    matcher.match(card(), listener)
    verdict = listener.ended()
    assert isinstance(verdict, FaceVerdict), verdict
    assert verdict.doubt is None, verdict
    return (time.perf_counter() - began) * 1000


def _decisions(rounds: int) -> list[Row]:
    card()
    with kiosk(Rules(turns=0)) as (_, matcher):
        cold = _decided(matcher)
        warm = [_decided(matcher) for _ in range(rounds)]
    return [
        row(
            "running.decision", "decision of 5 pictures, without a turn", statistics.median(warm),
            target=at_most(2_000.0), slowest=max(warm),
        ),
        row("running.cold", "the same, with the process and the camera started", cold, target=at_most(4_000.0)),
    ]  # fmt: skip


def _preview(seconds: float) -> Row:
    """Nobody turns the head, so that every picture is looked for, compared with the last and waited on."""
    with kiosk(Rules(turns=1, turn_within=60_000)) as (camera, matcher):
        listener = Listener()
        matcher.look(listener)
        listener.heard(FaceHint.LOOK_AHEAD)
        alone = _shown(camera, seconds)
        matcher.match(card(), listener)
        end = time.monotonic() + 20
        while not {FaceHint.TURN_LEFT, FaceHint.TURN_RIGHT} & set(listener.told):
            assert time.monotonic() < end
            time.sleep(0.01)
        busy = _shown(camera, seconds)
    return row(
        "running.preview", "pictures a second on the screen while matching", busy, "1/s",
        floor=alone, floor_what="while it only looks for hints", target=at_least(24.0), camera=RATE,
    )  # fmt: skip


def _shown(camera: WatchedOpenCvCamera, seconds: float) -> float:
    """How many different pictures somebody gets who looks as often as a screen is drawn."""
    began, last, shown_ones = time.monotonic(), 0, 0
    while (now := time.monotonic()) - began < seconds:
        frame = camera.ring.latest()
        if frame is not None and frame.number != last:
            last, shown_ones = frame.number, shown_ones + 1
        time.sleep(max(0.0, 1 / SCREEN_HZ - (time.monotonic() - now)))
    return shown_ones / (time.monotonic() - began)


def _memory(matches: int) -> list[Row]:
    """A visit is one process: it never does a thousand. That it could shows that nothing of a match stays."""
    here = psutil.Process()
    with kiosk(Rules(turns=0, frames=1, apart=0)) as (_, matcher):
        for _ in range(min(10, matches)):
            _decided(matcher)
        visit = matcher._visit
        assert visit is not None
        assert visit.pid is not None
        child = psutil.Process(visit.pid)
        first, ours = child.memory_info().rss, here.memory_info().rss
        for _ in range(matches):
            _decided(matcher)
        last, ours_last = child.memory_info().rss, here.memory_info().rss
        matcher.forget()
        gone = not psutil.pid_exists(child.pid)
    return [
        row(
            "running.memory", "memory of the process of one visit", last / _MIB, "MiB", target=at_most(350.0),
            after_10=first / _MIB, matches=matches, gone_after_forget=str(gone).lower(),
        ),
        row(
            "running.growth", f"memory it gained in {matches:,} matches of one picture", (last - first) / _MIB, "MiB",
            target=at_most(16.0), the_kiosk_itself=(ours_last - ours) / _MIB,
        ),
    ]  # fmt: skip
