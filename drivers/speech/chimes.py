"""The three chimes, computed: no sound files to ship, no licence to mind."""

from __future__ import annotations

import io
import math
import wave
from array import array
from collections.abc import Sequence
from functools import cache

RATE = 22_050
_PEAK = 0.35 * 0x7FFF
_FADE_S = 0.008

# (frequency in Hz, seconds); a pitch of 0 is a rest. Rising is good, falling asks to take, twice the same calls.
CHIMES: dict[str, tuple[tuple[float, float], ...]] = {
    "ok": ((659.3, 0.09), (880.0, 0.18)),
    "take_card": ((880.0, 0.15), (659.3, 0.15), (523.3, 0.25)),
    "attention": ((740.0, 0.14), (0.0, 0.08), (740.0, 0.22)),
}


@cache
def chime(name: str) -> bytes:
    """The chime as a mono 16-bit WAV file. Raises ``KeyError`` for an unknown name."""
    samples = array("h")
    for frequency, seconds in CHIMES[name]:
        samples.extend(_tone(frequency, seconds))
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return buffer.getvalue()


def _tone(frequency: float, seconds: float) -> Sequence[int]:
    """A sine with soft edges, so that no loudspeaker clicks."""
    count = int(RATE * seconds)
    fade = RATE * _FADE_S
    return [
        round(
            _PEAK * min(1.0, at / fade, (count - at) / fade) * math.sin(2 * math.pi * frequency * at / RATE)
        )
        for at in range(count)
    ]
