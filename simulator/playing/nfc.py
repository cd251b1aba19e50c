"""A bench behind the real driver of contactless readers: nfcpy at one end of a radio field, the card at the other."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from typing import Any

from drivers.interface import Failure, Fault
from drivers.nfc.library import DeviceRefused, Frontend, open_frontend
from drivers.nfc.reader import NfcReader
from simulator.card import SimulatedCard
from simulator.links.faults import CardFault
from simulator.links.nfc_udp import NfcLink
from simulator.playing.readers import NoticedWatch


class NfcBench:
    """In real time, as far as the driver's own thread goes."""

    def __init__(self) -> None:
        self._field = NfcLink()
        self._plugged_in = True
        self.reader = NfcReader(self._field.path, open_device=self._open)
        self._watch = NoticedWatch(self.reader)
        self._watch.wait(lambda seen: seen.scanned and seen.available)
        self._planned: tuple[Sequence[CardFault], SimulatedCard | None] = ((), None)
        self._holds_card = False

    def plan(self, faults: Sequence[CardFault], replacement: SimulatedCard | None = None) -> None:
        self._planned = (faults, replacement)

    def insert(self, card: SimulatedCard) -> None:
        (faults, replacement), self._planned = self._planned, ((), None)
        before = self._watch.insertion
        self._field.insert(card, faults, replacement)
        self._holds_card = True
        self._watch.wait(lambda seen: seen.card_present and seen.insertion != before)

    def swap(self, card: SimulatedCard) -> None:
        """As quickly as the driver is sure to see it."""
        self.remove()
        self.insert(card)

    def remove(self) -> None:
        self._field.remove()
        self._holds_card = False
        self._watch.wait(lambda seen: not seen.card_present)

    def set_away(self, away: bool) -> None:
        """The device is unplugged, or plugged in again."""
        if self._plugged_in is not away:
            return
        before = self._watch.insertion
        self._plugged_in = not away
        self._watch.wait(lambda seen: seen.available is not away)
        if self._holds_card and not away:
            self._watch.wait(lambda seen: seen.card_present and seen.insertion != before)

    def close(self) -> None:
        self.reader.close()
        self._field.close()

    def _open(self, path: str) -> Frontend:
        if not self._plugged_in:
            raise DeviceRefused(Failure.of(Fault.READER_GONE, "unplugged"))
        return _Plugged(self, open_frontend(path))

    @property
    def plugged_in(self) -> bool:
        return self._plugged_in


class _Plugged:
    """A device that fails once it is pulled out."""

    def __init__(self, bench: NfcBench, frontend: Frontend) -> None:
        self._bench = bench
        self._frontend = frontend

    def __getattr__(self, name: str) -> Any:
        return getattr(self._frontend, name)

    def sense(self, *targets: Any, **options: Any) -> Any:
        return self._there().sense(*targets, **options)

    def exchange(self, data: Any, timeout: float) -> Any:
        return self._there().exchange(data, timeout)

    def close(self) -> None:
        self._frontend.close()

    def _there(self) -> Frontend:
        if not self._bench.plugged_in:
            raise OSError(errno.ENODEV, "unplugged")
        return self._frontend
