"""A bench behind a real PC/SC service: a private pcscd with a virtual reader, started for the occasion."""

from __future__ import annotations

from collections.abc import Sequence

from drivers.pcsc.reader import PcscReader
from simulator.card import SimulatedCard
from simulator.links.faults import CardFault
from simulator.links.private_pcscd import PrivatePcscd
from simulator.playing.readers import NoticedWatch


class PcscBench:
    """``daemon`` must be the one that this process's PC/SC library is bound to."""

    def __init__(self, daemon: PrivatePcscd) -> None:
        self._daemon = daemon
        self._link = daemon.link()
        self.reader = PcscReader()
        self._watch = NoticedWatch(self.reader)
        self._watch.wait(lambda seen: seen.scanned and seen.available)
        self._planned: tuple[Sequence[CardFault], SimulatedCard | None] = ((), None)
        self._holds_card = self._away = False

    def plan(self, faults: Sequence[CardFault], replacement: SimulatedCard | None = None) -> None:
        self._planned = (faults, replacement)

    def insert(self, card: SimulatedCard) -> None:
        (faults, replacement), self._planned = self._planned, ((), None)
        before = self._watch.insertion
        self._link.insert(card, faults, replacement)
        self._holds_card = True
        self._watch.wait(lambda seen: seen.card_present and seen.insertion != before)

    def swap(self, card: SimulatedCard) -> None:
        """As quickly as the service is sure to see it. What it does not see is for ``exchange_unseen``."""
        self.remove()
        self.insert(card)

    def exchange_unseen(self, card: SimulatedCard) -> None:
        """At once; the service may notice a removal, an insertion, both or nothing."""
        self._link.swap(card)
        self._holds_card = True

    def remove(self) -> None:
        self._link.remove()
        self._holds_card = False
        self._watch.wait(lambda seen: not seen.card_present)

    def set_away(self, away: bool) -> None:
        if away is self._away:
            return
        self._away = away
        if away:
            self._daemon.kill()
            self._watch.wait(lambda seen: not seen.enabled)
            return
        before = self._watch.insertion
        self._daemon.restart()
        self._watch.wait(lambda seen: seen.enabled and seen.available)
        if self._holds_card:
            self._watch.wait(lambda seen: seen.card_present and seen.insertion != before)

    def close(self) -> None:
        """Leaves a running daemon behind, for the next bench."""
        if self._away:
            self._daemon.restart()
        self._link.close()
        self.reader.close()
