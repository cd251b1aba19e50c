"""A terminal's business with the hub over one connection: send what the hub lacks, take what it has for us."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec
import structlog

from kiosk.ledger.chain import NEVER_ERASED, REQUESTED, Core, decode_core, leaf
from kiosk.ledger.hub.endpoint import Connection, Hello, greet
from kiosk.ledger.hub.errors import HubKeyDiffers, NotThisTerminal, as_hub_errors
from kiosk.ledger.hub.sealing import CLEAR, BoxKey, Opener, Sealer, Unopenable, public_of, terminal_key
from kiosk.ledger.interface import Head, Link
from kiosk.ledger.projection import Requested
from kiosk.ledger.receiving import Elsewhere, Told, Wish
from kiosk.ledger.sqlite import SqliteLedger

BATCH: Final = 256
_BATCH_BYTES: Final = 1 << 20
_log = structlog.get_logger(__name__)


class Stuck(msgspec.Struct, frozen=True):
    """A chain that the hub does not take any further. problem: `fork`, `rolled_back`, `simulated`, `hash`, …; or
    `other_name`: it was written under another terminal's name, and is not sent at all."""

    chain: str
    problem: str
    seq: int


class Session:
    """Belongs to one thread. Raises HubError; LedgerError of the terminal's own ledger."""

    def __init__(self, ledger: SqliteLedger, hub: Connection, public_key: BoxKey) -> None:
        """HubNotReady, NotThisTerminal, HubKeyDiffers."""
        self._ledger = ledger
        self._hub = hub
        self.hello: Hello = greet(hub)
        if self.hello.terminal != ledger.options.terminal:
            raise NotThisTerminal(self.hello.terminal)
        if self.hello.public_key != public_key.text():
            raise HubKeyDiffers
        self._box = terminal_key(ledger.box_seed())
        self._opener = Opener([self._box])
        self._sealer = Sealer([public_key], ledger.options.random)
        self.there: dict[str, int] = {}  # how far each of our chains reaches in the hub
        self._noted: dict[str, int] = {}
        self._refused: set[str] = set()
        self.stuck = {
            chain: Stuck(chain, "other_name", 1) for chain in ledger.heads() if self._is_others(chain)
        }
        with as_hub_errors():
            hub.execute(f'LISTEN "uketsuke_{self.hello.terminal}"')

    def _is_others(self, chain: str) -> bool:
        """Written under another name than this terminal has now."""
        return _terminal(chain) != self._ledger.options.terminal

    # -- out
    def ship(self) -> int:
        """Send every link and note that the hub lacks; gives the number of links that are new there."""
        heads = own_heads(self._ledger)
        if unknown := heads.keys() - self.there.keys():
            self._introduce({chain: heads[chain] for chain in unknown})
        sent = 0
        for chain, head in heads.items():
            while self.there[chain] < head.seq and chain not in self.stuck:
                sent += self._send(chain)
            self._send_notes(chain)
        return sent

    def _introduce(self, heads: dict[str, Head]) -> None:
        """Where the hub stands in these chains. What it has must be what we have."""
        with as_hub_errors():
            rows = self._hub.execute(
                "SELECT * FROM introduce(%s, %s, %s)",
                (public_of(self._box).text(), list(heads), self._ledger.verify_key.text()),
            ).fetchall()
        for chain, seq, hash_, noted in rows:
            self.there[chain], self._noted[chain] = seq, noted
            self._compare(heads[chain], seq, hash_)

    def _compare(self, ours: Head, seq: int, hash_: bytes) -> None:
        if 0 < seq <= ours.seq:
            (there,) = self._ledger.links_after(ours.chain, seq - 1, 1)
            if there.hash != hash_:
                self._report(ours.chain, "fork", seq)
        elif seq > ours.seq:
            if ours.seq:
                with as_hub_errors():
                    row = self._hub.execute("SELECT hash_at(%s, %s)", (ours.chain, ours.seq)).fetchone()
                if row != (ours.hash,):
                    self._report(ours.chain, "fork", ours.seq)
                    return
            if ours.chain == self._ledger.chain:  # our file was set back, and not by `restore`
                self._report(ours.chain, "rolled_back", ours.seq + 1)

    def _report(self, chain: str, problem: str, seq: int) -> None:
        self.stuck[chain] = Stuck(chain, problem, seq)
        _log.error("hub.chain_stuck", chain=chain, problem=problem, seq=seq)
        with as_hub_errors():
            self._hub.execute("SELECT report_trouble(%s, %s, %s)", (chain, problem, seq))

    def _send(self, chain: str) -> int:
        links = list(_within(self._ledger.links_after(chain, self.there[chain], BATCH)))
        bodies = [self._body(one) for one in links]
        with as_hub_errors():
            row = self._hub.execute(
                "SELECT seq, problem, bad FROM append_links(%s, %s, %s, %s, %s, %s, false)",
                (
                    chain,
                    links[0].seq,
                    [one.core.decode() for one in links],
                    [one.leaf for one in links],
                    [one.hash for one in links],
                    bodies,
                ),
            ).fetchone()
        assert row is not None
        before, (self.there[chain], problem, bad) = self.there[chain], row
        if problem:
            self.stuck[chain] = Stuck(chain, problem, bad)
            _log.error("hub.chain_stuck", chain=chain, problem=problem, seq=bad)
        return self.there[chain] - before

    def _body(self, one: Link) -> bytes | None:
        if one.payload is None or one.salt is None:
            return None
        if decode_core(one.core).type in NEVER_ERASED:
            return CLEAR + one.salt + one.payload
        return self._sealer.seal(one.chain, one.seq, one.salt, one.payload)

    def _send_notes(self, chain: str) -> None:
        for seq, note in self._ledger.notes_after(chain, self._noted[chain]):
            with as_hub_errors():
                self._hub.execute("SELECT keep_note(%s, %s, %s)", (chain, seq, note))
            self._noted[chain] = seq

    def present(self, *, leaving: bool = False) -> None:
        """Tell that we live, and how far our chains reach here: what is missing there is seen before it comes."""
        heads = own_heads(self._ledger)
        running = [not leaving and self._ledger.is_running(chain) for chain in heads]
        with as_hub_errors():
            self._hub.execute(
                "SELECT present(%s, %s, %s)", (list(heads), [head.seq for head in heads.values()], running)
            )

    # -- in
    def bring_back(self) -> int:
        """Take others' requests about our visits, and visits that others took over; gives the number of news."""
        since = _position(self._ledger.told(), self.hello.instance)
        with as_hub_errors():
            wishes = self._hub.execute("SELECT * FROM wishes()").fetchall()
            moves = self._hub.execute("SELECT * FROM moves(%s)", (since,)).fetchall()
        told = Told(
            tuple(wish for row in wishes if (wish := self._wish(*row)) is not None),
            tuple(Elsewhere(*move) for _, *move in moves),
            f"{self.hello.instance}:{moves[-1][0] if moves else since}",
        )
        return self._ledger.receive(told)

    def _wish(self, chain: str, seq: int, core: str, leaf_: bytes, body: bytes) -> Wish | None:
        """The hub is believed as little as needed: what is no request, or not what was written, is passed over."""
        try:
            salt, payload = self._opener.open(chain, seq, body)
            asked = decode_core(core.encode())
            if not _is_request(asked, chain) or leaf(salt, payload) != leaf_:
                raise ValueError("not a request")
            if asked.sim and self._ledger.options.refuse_simulated:
                raise ValueError("simulated")
            msgspec.json.decode(payload, type=Requested)
        except (Unopenable, ValueError, msgspec.MsgspecError):
            if (name := f"{chain}/{seq}") not in self._refused:
                self._refused.add(name)
                _log.error("hub.request_refused", chain=chain, seq=seq)
            return None
        return Wish(asked.id, asked.visit, chain, asked.actor, asked.sim, payload)

    def notified(self, within_s: float = 0) -> bool:
        """Whether the hub has called since the last time, or does so now."""
        with as_hub_errors():
            return bool(list(self._hub.notifies(timeout=within_s, stop_after=1)))


def own_heads(ledger: SqliteLedger) -> dict[str, Head]:
    """Of all chains in the terminal's file that bear its name, its own at least. The hub takes no others from it."""
    heads = ledger.heads() | {ledger.chain: ledger.head()}
    return {chain: head for chain, head in heads.items() if _terminal(chain) == ledger.options.terminal}


def _terminal(chain: str) -> str:
    return chain.partition(".")[0]


def _is_request(core: Core, chain: str) -> bool:
    return core.chain == chain and core.type == REQUESTED and bool(core.id and core.visit)


def _position(mark: str, instance: str) -> int:
    name, _, position = mark.partition(":")
    return int(position) if name == instance else 0


def _within(links: Sequence[Link]) -> Iterator[Link]:
    """As many as fit into one statement, but one at least."""
    size = 0
    for one in links:
        size += len(one.payload or b"")
        if size > _BATCH_BYTES and one is not links[0]:
            return
        yield one
