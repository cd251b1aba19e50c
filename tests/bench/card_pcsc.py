"""A verified read through a real PC/SC service, in a process of its own: what our reader costs beside a bare loop."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from typing import Any

from drivers.pcsc import scard as sc
from drivers.pcsc.reader import PcscReader
from drivers.pcsc.scard import Code
from simulator.links.private_pcscd import missing as lacking
from simulator.links.private_pcscd import session_pcscd
from simulator.playing.readers import NoticedWatch
from tests.bench.rows import Row, at_most, missing, row
from tests.bench.timing import milliseconds
from tests.bench.verified_read import PERSONA, Dialogue, dialogue, verified_read
from tests.support.reading import application, card_of

_IN_A_ROW = 10
_TARGET = at_most(2.0, "ratio")
_NAME, _WHAT = "verified_read.pcsc", "verified read, real pcscd and virtual card"


def rows(quick: bool) -> list[Row]:
    if lacking():
        return [missing(_NAME, _WHAT, f"here is no {lacking()}", _TARGET)]
    daemon = session_pcscd()
    hand = daemon.link()
    reader = PcscReader()
    try:
        watch = NoticedWatch(reader)
        watch.wait(lambda now: now.scanned and now.available)
        hand.insert(card_of(PERSONA))
        watch.wait(lambda now: now.card_present)
        return [_row(reader, watch.insertion, 2 if quick else 12)]
    finally:
        reader.close()
        hand.close()


def _row(reader: PcscReader, insertion: int, rounds: int) -> Row:
    ours = application(reader)
    talk = dialogue(reader, insertion)
    bare = BareLoop(reader.snapshot().name, talk)
    ours_ms: list[float] = []
    bare_ms: list[float] = []
    alone_ms: list[float] = []
    for _ in range(rounds):  # a few in a row each: our reader's closing reset runs on after its last call
        ours_ms += _each(lambda: verified_read(ours, insertion))
        bare_ms += _each(bare.two_transactions)
        alone_ms += bare.commands_alone(_IN_A_ROW)
    whole, floor, alone = (median(times) for times in (ours_ms, bare_ms, alone_ms))
    return row(
        _NAME,
        _WHAT,
        whole,
        floor=floor,
        floor_what="bare smartcard.scard: the same APDUs in the same two transactions, nothing checked",
        target=_TARGET,
        apdus=len(talk.commands),
        apdus_alone_in_one_connection=alone,
        ratio_to_apdus_alone=whole / alone,
    )


def _each(work: Callable[[], object]) -> list[float]:
    """Milliseconds, after one that does not count."""
    work()
    return [milliseconds(work) for _ in range(_IN_A_ROW)]


class BareLoop:
    """What one would write in an afternoon: no watchdog, no check, no thought of a card that leaves."""

    def __init__(self, reader: str, talk: Dialogue) -> None:
        from smartcard import scard

        self._scard: Any = scard
        self._reader = reader
        self._transactions = [[list(apdu) for apdu in commands] for commands in talk.transactions]
        _, self._context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)

    def two_transactions(self) -> None:
        scard = self._scard
        for commands in self._transactions:
            card, protocol = self._connect()
            scard.SCardBeginTransaction(card)
            self._send(card, protocol, commands)
            scard.SCardEndTransaction(card, scard.SCARD_RESET_CARD)
            scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)

    def commands_alone(self, rounds: int) -> list[float]:
        """Milliseconds of the APDUs and nothing else, over one connection that is there already."""
        card, protocol = self._connect()
        everything = [apdu for commands in self._transactions for apdu in commands]
        times = [milliseconds(lambda: self._send(card, protocol, everything)) for _ in range(rounds)]
        self._scard.SCardDisconnect(card, self._scard.SCARD_RESET_CARD)
        return times

    def _send(self, card: int, protocol: int, commands: list[list[int]]) -> None:
        for apdu in commands:
            code, answer = self._scard.SCardTransmit(card, protocol, apdu)
            if code or answer[-2:-1] not in ([0x90], [0x63]):
                raise RuntimeError(f"the bare loop failed: {sc.describe(code & 0xFFFFFFFF)}")

    def _connect(self) -> tuple[int, int]:
        """Waits out our own reader's closing reset, which runs after its last call returned."""
        scard = self._scard
        while True:
            code, card, protocol = scard.SCardConnect(
                self._context, self._reader, scard.SCARD_SHARE_EXCLUSIVE, scard.SCARD_PROTOCOL_T1
            )
            if code & 0xFFFFFFFF == Code.SHARING_VIOLATION:
                continue
            if code:
                raise RuntimeError(f"connect: {sc.describe(code & 0xFFFFFFFF)}")
            return card, protocol
