"""One card in the field: finding it, activating it, talking to it, and whether it is still there.

Everything here runs on the reader's own thread.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import Any

from drivers.interface import Failure, Fault, LinkError
from drivers.nfc.isodep import (
    SIZES,
    Blocks,
    FrameLost,
    Limits,
    Unanswered,
    attrib,
    limits_of_atqb,
    limits_of_ats,
    rats,
)
from drivers.nfc.library import Frontend, Library

TECHNOLOGIES = ("106B", "106A")
"""The My Number Card is Type B; phones may be either. FeliCa is not looked for: nothing that we read speaks it."""

_ACTIVATIONS = 3
_ACTIVATION_S = 0.03
"""Phones that have just woken may miss it once."""

_SPEAKS_ISO_DEP = 0x20  # in the answer to selection

_LOOKS = 3
"""A single lost frame does not take a card away."""


class DeviceLost(Exception):
    """The device itself failed: it must be opened anew."""


@dataclass(frozen=True, slots=True)
class Present:
    """What is in the field. ``blocks`` is None where it answered the field and then no more: mute."""

    technology: str
    blocks: Blocks | None = None


class Radio:
    """A device and what lies in its field."""

    def __init__(self, library: Library, frontend: Frontend) -> None:
        self._library = library
        self._frontend = frontend

    def find(self) -> Present | None:
        """Looks for a card with a fresh field, which also resets one that is there. Raises ``DeviceLost``."""
        seen: str | None = None
        for _ in range(_ACTIVATIONS):
            target = self._sense(seen)
            if target is None:
                return Present(seen) if seen is not None else None
            seen = str(target.brty)
            blocks = self._activate(target)
            if blocks is not None:
                return Present(seen, blocks)
        return Present(seen) if seen is not None else None

    def is_there(self, present: Present) -> bool:
        """Whether the same card still answers; its session stays. Raises ``DeviceLost``."""
        if present.blocks is None:
            return self._sense(present.technology) is not None
        return any(present.blocks.is_there() for _ in range(_LOOKS))

    def transmit(self, present: Present, apdu: bytes, timeout: float) -> bytes:
        """The answer with its status word. Raises ``DeviceLost`` and ``LinkError``: CARD_GONE where nothing is heard of
        the card any more, TIMED_OUT where it asks for more time than ``timeout`` seconds."""
        if present.blocks is None:
            raise LinkError(Failure.of(Fault.CARD_MUTE, "no answer to activation"))
        try:
            answer = present.blocks.transmit(apdu, timeout)
        except Unanswered as unanswered:
            fault = Fault.CARD_GONE if unanswered.silent else Fault.TIMED_OUT
            raise LinkError(Failure.of(fault, f"ISO-DEP: {unanswered}")) from None
        if len(answer) < 2:
            raise LinkError(Failure.of(Fault.CARD_GONE, f"response of {len(answer)} bytes"))
        return answer

    def close(self) -> None:
        """Field off; the device is free."""
        with contextlib.suppress(Exception):  # a device that is gone cannot even be closed
            self._frontend.close()

    def _sense(self, technology: str | None) -> Any:
        wanted = TECHNOLOGIES if technology is None else (technology,)
        targets = [self._library.clf.RemoteTarget(one) for one in wanted]
        try:
            return self._frontend.sense(*targets)
        except self._library.clf.UnsupportedTargetError:
            return None  # a reader of one technology only
        except self._library.clf.CommunicationError:
            return None
        except (IndexError, ValueError):
            return None  # half an answer, which nfcpy looks into
        except Exception as error:  # of the system, or nonsense that nfcpy trips over
            raise DeviceLost(type(error).__name__) from None

    def _activate(self, target: Any) -> Blocks | None:
        """None where it does not answer, or is no smart card."""
        try:
            limits = self._limits(target)
        except (FrameLost, ValueError):
            return None
        time.sleep(limits.guard_s)
        return Blocks(self._exchange, limits, self._frontend.max_send_data_size)

    def _limits(self, target: Any) -> Limits:
        """Activates. Raises ``FrameLost`` and ``ValueError``."""
        takes = min(self._frontend.max_recv_data_size, SIZES[-1])
        if target.brty.endswith("B"):
            limits = limits_of_atqb(bytes(target.sensb_res))
            self._exchange(attrib(bytes(target.sensb_res[1:5]), takes), _ACTIVATION_S)
            return limits
        if not (target.sel_res and target.sel_res[0] & _SPEAKS_ISO_DEP):
            raise ValueError("no smart card")
        return limits_of_ats(self._exchange(rats(takes), _ACTIVATION_S))

    def _exchange(self, frame: bytes, wait: float) -> bytes:
        """One frame each way. Raises ``FrameLost`` and ``DeviceLost``."""
        try:
            heard = bytes(self._frontend.exchange(bytearray(frame), wait) or b"")
        except self._library.clf.CommunicationError:
            raise FrameLost from None
        except Exception as error:  # of the system, or nonsense that nfcpy trips over
            raise DeviceLost(type(error).__name__) from None
        if not heard:
            raise FrameLost
        return heard
