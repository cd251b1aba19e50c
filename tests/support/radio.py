"""A card in a simulated radio field, asked on the caller's own thread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from drivers.interface import CardConnection, Failure, Fault, LinkError, Listener, ReaderSnapshot, Response
from drivers.nfc.library import DeviceRefused, Frontend, load, open_frontend
from drivers.nfc.radio import Present, Radio
from simulator.card import SimulatedCard
from simulator.links.faults import CardFault
from simulator.links.nfc_udp import NfcLink, RadioFault

QUICK = 7
"""Frame waiting time integer: 39 ms, so that lost frames cost a test little and a busy machine loses none."""

_OPENINGS = 3


class Air:
    """A field, its device, and a ``CardReader`` without a thread: connecting looks for what lies in the field."""

    def __init__(self, fwi: int = QUICK, fsci: int = 8) -> None:
        self.field = NfcLink(fwi, fsci)
        self.radio = Radio(load(), _opened(self.field.path))
        self.present: Present | None = None
        self.sent: list[bytes] = []
        self.timeout_s = 5.0

    def lay(
        self, card: SimulatedCard, faults: Sequence[CardFault] = (), radio: Sequence[RadioFault] = ()
    ) -> None:
        self.field.insert(card, faults, radio=radio)

    def transmit(self, apdu: bytes) -> bytes:
        """To what was found last."""
        assert self.present is not None
        self.sent.append(apdu)
        return self.radio.transmit(self.present, apdu, self.timeout_s)

    def find(self) -> Present | None:
        self.present = self.radio.find()
        return self.present

    def close(self) -> None:
        self.radio.close()
        self.field.close()

    # ---------------------------------------------------------------------------------- CardReader

    def watch(self, listener: Listener) -> None:
        listener(self.snapshot())

    def snapshot(self) -> ReaderSnapshot:
        return ReaderSnapshot("air", True, True, True, True, False, 1)

    @contextmanager
    def connect(self, insertion: int) -> Iterator[CardConnection]:
        if self.find() is None:
            raise LinkError(Failure.of(Fault.CARD_GONE, "nothing in the field"))
        yield _OnAir(self)


def _opened(path: str) -> Frontend:
    """Tries again where it is refused, as the driver's thread does."""
    for _ in range(_OPENINGS - 1):
        with suppress(DeviceRefused):
            return open_frontend(path)
    return open_frontend(path)


class _OnAir:
    extended_length = 261

    def __init__(self, air: Air) -> None:
        self._air = air
        self._dead = False

    def transmit(self, apdu: bytes) -> Response:
        assert not self._dead, "used after it was dead"
        try:
            answer = self._air.transmit(apdu)
        except LinkError:
            self._dead = True
            raise
        return Response(answer[:-2], int.from_bytes(answer[-2:], "big"))


@contextmanager
def air(fwi: int = QUICK, fsci: int = 8) -> Iterator[Air]:
    made = Air(fwi, fsci)
    try:
        yield made
    finally:
        made.close()
