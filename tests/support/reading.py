"""A reader with a hand that moves cards, over each link: what holds for one must hold for all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from drivers.card.application import MyNumberCard
from drivers.card.certificates import Anchor, read_anchor
from drivers.card.revocation import UnknownRevocation
from drivers.interface import CardReader
from drivers.nfc.reader import NfcReader
from drivers.pcsc import scard as sc
from drivers.pcsc.reader import PcscReader
from drivers.pcsc.scard import Code
from simulator.card import CardOptions, SimulatedCard, card_verifiable, issue, pki
from simulator.links.faults import CardFault
from simulator.links.inprocess import InProcessReader
from simulator.links.nfc_udp import NfcLink
from simulator.links.vpcd import VpcdLink
from simulator.people.loading import load
from tests.support.pcscd import session_pcscd
from tests.support.snapshots import Snapshots

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TIMEOUT_S = 1.0

LINKS = ["inprocess", pytest.param("pcsc", marks=pytest.mark.pcsc), "nfc"]
"""For ``pytest.fixture(params=LINKS)``."""


@dataclass
class Bench:
    """A reader, its snapshots, and the hand. ``insert`` waits until the reader has seen the card."""

    reader: CardReader
    snapshots: Snapshots
    hand: InProcessReader | VpcdLink | NfcLink

    def insert(
        self,
        card: SimulatedCard,
        faults: Sequence[CardFault] = (),
        replacement: SimulatedCard | None = None,
    ) -> int:
        """The insertion's number."""
        before = self.reader.snapshot().insertion
        self.hand.insert(card, faults, replacement)
        return self.snapshots.card(before)

    def remove(self) -> None:
        """Takes the card away and waits until the reader knows."""
        self.hand.remove()
        self.snapshots.no_card()
        if isinstance(self.reader, PcscReader):
            wait_until_empty()


@contextmanager
def bench(link: str, extended_length: int | None = None) -> Iterator[Bench]:
    """An empty reader over the named link."""
    if link == "inprocess":
        inprocess = InProcessReader(extended_length=extended_length or 261, sleep=lambda _: None)
        yield Bench(inprocess, Snapshots(inprocess), inprocess)
        inprocess.close()
        return
    if link == "nfc":
        yield from _over_the_air(extended_length)
        return
    daemon = session_pcscd()
    hand = daemon.link()
    reader = PcscReader(transmit_timeout_s=TIMEOUT_S, extended_length=extended_length)
    try:
        snapshots = Snapshots(reader)
        snapshots.wait(lambda now: now.available and not now.card_present)
        yield Bench(reader, snapshots, hand)
    finally:
        reader.close()
        hand.close()
        wait_until_empty()


def _over_the_air(extended_length: int | None) -> Iterator[Bench]:
    field = NfcLink()
    reader = NfcReader(field.path, TIMEOUT_S, extended_length=extended_length)
    try:
        snapshots = Snapshots(reader)
        snapshots.wait(lambda now: now.available)
        yield Bench(reader, snapshots, field)
    finally:
        reader.close()
        field.close()


def wait_until_empty() -> None:
    """Returns when pcscd itself has seen the card leave its first reader.

    A card put in before that would stay unseen: pcscd 1.9 marks the reader empty when a reset fails, while its
    polling thread still takes the new card for the old one. Its event count tells: every card adds two. A daemon
    that was restarted under a card counts otherwise: there a second without news, two of its polls, must do.
    """
    service = sc.load()
    _, context = service.establish_context()
    _, names = service.list_readers(context)
    state: int = sc.UNAWARE
    code: int = Code.SUCCESS
    while state == sc.UNAWARE or state & sc.PRESENT or ((state >> 16) % 2 and code != Code.TIMEOUT):
        code, states = service.get_status_change(context, 1000, [(names[0], state & ~sc.CHANGED)])
        assert code in (Code.SUCCESS, Code.TIMEOUT), hex(code)
        state = states[0]
    service.release_context(context)


def card_of(persona: str, options: CardOptions | None = None) -> SimulatedCard:
    """A new card of this persona."""
    card = issue(load(persona), TODAY, options)
    assert card is not None
    return card


def anchors() -> list[Anchor]:
    """The issuers of all simulated cards."""
    return [read_anchor(der, test=True) for der in pki.trust_anchors()]


def application(reader: CardReader) -> MyNumberCard:
    """The card application over a reader, at the time of ``NOW``."""
    return MyNumberCard(reader, anchors(), UnknownRevocation(), lambda: NOW, [card_verifiable.issuer()])
