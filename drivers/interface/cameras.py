"""Cameras, and scanners of codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from drivers.interface.failures import Failure


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of a camera. ``number`` counts since it was opened. ``pixels``: height × width × 3 bytes, blue,
    green, red; numpy and the code reader take it as it is. ``at``: monotonic milliseconds of its arrival. It may show a
    face: it is never stored."""

    number: int
    pixels: memoryview = field(repr=False)
    at: int = 0


class Camera(Protocol):
    """A camera that takes pictures by itself while it is open."""

    def open(self) -> Failure | None:
        """Begins to take pictures. A ``Failure`` tells what is known to be wrong already; a camera that is not there
        (CAMERA_GONE) is waited for. Idempotent."""

    def frame(self) -> Frame | Failure | None:
        """The latest picture; None before the first. CAMERA_GONE: not there any more; TIMED_OUT: there, but no new
        picture comes. Both end by themselves when pictures come again. Never blocks."""

    def close(self) -> None:
        """Stops, and forgets the last picture. Idempotent; it can be opened again."""


@dataclass(frozen=True, slots=True)
class ScannedCode:
    """A code as it was read from a paper. Nobody knows beforehand what it holds: it is personal, never logged or
    stored, and shown only as far as the reception's policy lets it.

    ``format``: as in "QR Code" or "Code 128"; "keyboard" where a hand scanner typed it. ``content``: the bytes in it.
    ``text``: what they say, control characters as their pictures (␝), lines ended by a line feed; "" for binary
    content.
    """

    format: str
    text: str = field(repr=False)
    content: bytes = field(repr=False)


CodeListener = Callable[[ScannedCode | Failure], None]


class CodeScanner(Protocol):
    """Reads codes that are held before it."""

    def watch(self, listener: CodeListener) -> None:
        """Reports from now on: each code as it is read, and what is wrong with the device, once. A new call takes the
        place of the last. The listener is called on the scanner's own thread and must return at once."""

    def rest(self) -> None:
        """Reports nothing more until the next ``watch``, and forgets what was read. Idempotent."""

    def close(self) -> None:
        """Ends for good, and releases everything. Idempotent."""
