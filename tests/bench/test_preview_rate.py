"""The measurement of how many pictures reach the screen; the figure itself is the benchmark's."""

from __future__ import annotations

from drivers.camera.ring import FrameRing
from tests.bench.face.rate import hogging, preview_rate


def test_pictures_are_counted_while_another_process_works_on_them() -> None:
    seen: list[FrameRing] = []

    def beside(ring: FrameRing):  # type: ignore[no-untyped-def]
        seen.append(ring)
        return hogging(ring)

    rate = preview_rate(0.4, beside, (320, 240))
    assert rate.shown >= 2
    assert 0 < rate.per_second <= 40
    assert rate.worst_gap_ms > 0
    assert rate.camera.got == (320, 240)
    assert seen[0].latest() is None, "the ring is closed"
