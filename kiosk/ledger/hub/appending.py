"""The end of one chain in the hub: entries become sealed links and go there in one statement, all of them or none."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

import msgspec
import psycopg

from kiosk.ledger.chain import NEVER_ERASED, SALT_BYTES, encode_core, leaf, link
from kiosk.ledger.errors import InvalidEntry, LedgerBusy
from kiosk.ledger.hub import reading
from kiosk.ledger.hub.endpoint import Connection
from kiosk.ledger.hub.errors import CONTESTED, INVALID, CommitUnknown, Contested, HubAway, from_postgres
from kiosk.ledger.hub.line import Line
from kiosk.ledger.hub.sealing import CLEAR, BoxKey, Sealer
from kiosk.ledger.interface import Entry, Head, RandomBytes, ReceptionNumber

Draft = Callable[[Connection], tuple[Sequence[Entry], ReceptionNumber | None]]
"""What to append, for the hub as it is now; asked again whenever another program was first."""

_ATTEMPTS: Final = 20
_APPEND: Final = "SELECT newest FROM append_links(%s, %s, %s, %s, %s, %s, true)"


class ChainEnd:
    """Of the chain that `begin` names. hub_key: whom every payload is sealed to. settle_s: how long to ask what became
    of a statement whose answer was lost. To be used under the line's lock."""

    def __init__(self, hub_key: BoxKey, boot: str, random: RandomBytes, settle_s: float) -> None:
        self._hub_key = hub_key
        self._sealer = Sealer([hub_key], random)
        self._boot = boot
        self._random = random
        self._settle_s = settle_s
        self._chain = ""
        self._tip: Head | None = None

    def begin(self, chain: str) -> None:
        """A new connection: what stands there is read anew."""
        self._chain = chain
        self._tip = None

    def head(self, hub: Connection) -> Head:
        if self._tip is None:
            self._tip = reading.head(hub, self._chain)
        return self._tip

    def append(self, line: Line, draft: Draft, *, reader: str = "") -> Head:
        """reader: a visit whose owner's terminal must be able to read it. HubAway, CommitUnknown, LedgerBusy."""
        with line.lock:
            for _ in range(_ATTEMPTS):
                entries, number = line.ask(draft)
                if not entries:
                    return msgspec.structs.replace(line.ask(self.head), number=number)
                sealer = line.ask(lambda hub: self._sealer_for(hub, reader))
                links = self._links(line.ask(self.head), entries, sealer)
                try:
                    self._submit(line, links)
                except Contested:
                    continue
                self._tip = Head(self._chain, links[-1].seq, links[-1].hash, entries[-1].at)
                return self._tip if number is None else msgspec.structs.replace(self._tip, number=number)
        raise LedgerBusy("others were first each time")

    def _links(self, tip: Head, entries: Sequence[Entry], sealer: Sealer) -> list[_Ready]:
        seq, previous = tip.seq, tip.hash
        ready = []
        for entry in entries:
            core = encode_core(entry, self._chain, self._boot)
            if b"\\u0000" in core:
                raise InvalidEntry("a text holds U+0000, which the hub cannot keep")
            salt = self._random(SALT_BYTES)
            seq += 1
            leaf_ = leaf(salt, entry.payload)
            previous = link(previous, seq, core, leaf_)
            if entry.type in NEVER_ERASED:
                body = CLEAR + salt + entry.payload
            else:
                body = sealer.seal(self._chain, seq, salt, entry.payload)
            ready.append(_Ready(seq, core.decode(), leaf_, previous, body))
        return ready

    def _sealer_for(self, hub: Connection, visit: str) -> Sealer:
        if not visit:
            return self._sealer
        row = hub.execute(
            "SELECT m.box_key FROM visit v JOIN member m USING (terminal) WHERE v.visit = %s", (visit,)
        ).fetchone()
        keys = [self._hub_key]
        with suppress(ValueError):  # a terminal whose key is none cannot read what it is asked
            keys += [BoxKey.parse(row[0])] if row else []
        return Sealer(keys, self._random)

    def _submit(self, line: Line, links: Sequence[_Ready]) -> None:
        """One statement; if the connection goes away meanwhile, find out what became of it."""
        arrays = [[getattr(one, name) for one in links] for name in ("core", "leaf", "hash", "body")]
        try:
            line.require().execute(_APPEND, (self._chain, links[0].seq, *arrays))
        except psycopg.Error as error:
            self._tip = None
            if error.sqlstate == CONTESTED:
                raise Contested from None
            if error.sqlstate == INVALID:
                raise InvalidEntry("the hub refuses the entry's form") from None
            if not line.lost(error):
                raise from_postgres(error) from None
            if not self._was_written(line, links[-1]):
                raise Contested from None

    def _was_written(self, line: Line, last: _Ready) -> bool:
        """No earlier connection of ours lives any more once we have a new one, so its answer is final."""
        until = time.monotonic() + self._settle_s
        while True:
            try:
                there = line.ask(lambda hub: reading.head(hub, self._chain))
            except HubAway:
                if time.monotonic() >= until:
                    raise CommitUnknown from None
                time.sleep(0.05)
            else:
                return (there.seq, there.hash) == (last.seq, last.hash)


class _Ready(msgspec.Struct, frozen=True):
    """A link on its way."""

    seq: int
    core: str
    leaf: bytes
    hash: bytes
    body: bytes
