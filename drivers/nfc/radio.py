"""One card in the field: finding it, activating it, talking to it, and whether it is still there.

Everything here runs on the reader's own thread.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from drivers.interface import Failure, Fault, LinkError
from drivers.nfc.library import Frontend, Library

TECHNOLOGIES = ("106B", "106A")
"""The My Number Card is Type B; phones may be either. FeliCa is not looked for: nothing that we read speaks it."""

_ACTIVATIONS = 3
"""nfcpy gives a card 30 ms to answer its activation, and phones often miss it once."""

_LOOKS = 3
"""A single lost frame does not take a card away."""


class DeviceLost(Exception):
    """The device itself failed: it must be opened anew."""


@dataclass(frozen=True, slots=True)
class Present:
    """What is in the field. ``tag`` is None where it answered the field and then no more: mute."""

    technology: str
    tag: Any = None


class Radio:
    """A device and what lies in its field."""

    def __init__(self, library: Library, frontend: Frontend) -> None:
        self._library = library
        self._frontend = _Limited(library, frontend)

    def find(self) -> Present | None:
        """Looks for a card with a fresh field, which also resets one that is there. Raises ``DeviceLost``."""
        seen: str | None = None
        for _ in range(_ACTIVATIONS):
            target = self._sense(seen)
            if target is None:
                return Present(seen) if seen is not None else None
            seen = str(target.brty)
            tag = self._activate(target)
            if tag is not None:
                return Present(seen, tag)
        return Present(seen) if seen is not None else None

    def is_there(self, present: Present) -> bool:
        """Whether the same card still answers; asked by ISO-DEP, so that its session stays. Raises ``DeviceLost``."""
        if present.tag is None:
            return self._sense(present.technology) is not None
        for _ in range(_LOOKS):
            try:
                if present.tag.is_present:
                    return True
            except OSError as error:
                raise DeviceLost(type(error).__name__) from None
        return False

    def transmit(self, present: Present, apdu: bytes, timeout: float) -> bytes:
        """The answer with its status word. Raises ``DeviceLost`` and ``LinkError``: CARD_GONE where nothing is heard of
        the card any more, TIMED_OUT where it asks for more time than ``timeout`` seconds."""
        try:
            with self._frontend.until(timeout):
                answer = bytes(present.tag.transceive(bytearray(apdu)))
        except self._library.tt4.Type4TagCommandError as error:
            raise self._silence(f"ISO-DEP error {error.errno}") from None
        except self._library.clf.CommunicationError as error:
            raise self._silence(type(error).__name__) from None
        except OSError as error:
            raise DeviceLost(type(error).__name__) from None
        except IndexError:  # an empty frame, which nfcpy looks into
            raise self._silence("empty frame") from None
        if len(answer) < 2:
            raise LinkError(Failure.of(Fault.CARD_GONE, f"response of {len(answer)} bytes"))
        return answer

    def close(self) -> None:
        """Field off; the device is free."""
        with contextlib.suppress(Exception):  # a device that is gone cannot even be closed
            self._frontend.close()

    def _silence(self, detail: str) -> LinkError:
        fault = Fault.TIMED_OUT if self._frontend.expired else Fault.CARD_GONE
        return LinkError(Failure.of(fault, detail))

    def _sense(self, technology: str | None) -> Any:
        wanted = TECHNOLOGIES if technology is None else (technology,)
        targets = [self._library.clf.RemoteTarget(one) for one in wanted]
        try:
            return self._frontend.sense(*targets)
        except self._library.clf.UnsupportedTargetError:
            return None  # a reader of one technology only
        except self._library.clf.CommunicationError:
            return None
        except OSError as error:
            raise DeviceLost(type(error).__name__) from None
        except (IndexError, ValueError):
            return None  # half an answer, which nfcpy looks into

    def _activate(self, target: Any) -> Any:
        """The tag, or None where it does not answer, or is no smart card."""
        is_a = target.brty.endswith("A")
        if is_a and not (target.sel_res and target.sel_res[0] & 0x20):
            return None
        kind = self._library.tt4.Type4ATag if is_a else self._library.tt4.Type4BTag
        try:
            return kind(self._frontend, target)
        except self._library.clf.CommunicationError:
            return None
        except OSError as error:
            raise DeviceLost(type(error).__name__) from None
        except (IndexError, TypeError):
            return None  # an answer to select shorter than nfcpy takes for granted


class _Limited:
    """The frontend as tags see it: no exchange goes on after the time limit, however often a card asks for more."""

    def __init__(self, library: Library, frontend: Frontend) -> None:
        self._library = library
        self._frontend = frontend
        self._end: float | None = None
        self.expired = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._frontend, name)

    @contextlib.contextmanager
    def until(self, timeout: float) -> Iterator[None]:
        self._end = time.monotonic() + timeout
        try:
            yield
        finally:
            self.expired = time.monotonic() >= self._end
            self._end = None

    def exchange(self, data: Any, timeout: float) -> Any:
        if self._end is None:
            return self._frontend.exchange(data, timeout)
        left = self._end - time.monotonic()
        if left <= 0:
            raise self._library.clf.TimeoutError("the time limit is over")
        return self._frontend.exchange(data, min(timeout, left))
