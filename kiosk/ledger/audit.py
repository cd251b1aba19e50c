"""Is the ledger what was written? `verify` answers for a database, a memory ledger or an export alike.

What it proves: nothing under a checkpoint was changed, added, removed or reordered, no payload was
exchanged, none is missing that no purge accounts for. What it cannot prove is named in the report:
links after the last checkpoint (`uncovered`) could have been rewritten by whoever holds the database's
key, and the order of commit *between* chains is not bound by anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Literal

import msgspec

from kiosk.ledger.chain import (
    GENESIS,
    PURGED,
    RESTORED,
    Core,
    decode_core,
    leaf,
    link,
)
from kiosk.ledger.checkpoint import Checkpoint, delivered, open_checkpoint
from kiosk.ledger.errors import LedgerError, as_ledger_errors
from kiosk.ledger.interface import Head, Link, Snapshot
from kiosk.ledger.keys import Home, load_keys
from kiosk.ledger.note import VerifyKey
from kiosk.ledger.projection import (
    Projection,
    PurgeDone,
    Restored,
    fact_of,
)
from kiosk.ledger.reader import snapshot
from kiosk.ledger.sqlite import SqliteLedger

Verdict = Literal["ok", "broken", "unreadable"]
Problem = Literal[
    "core",  # not of the format, or of another chain
    "hash",  # the link does not follow from the one before
    "gap",  # a link is missing, doubled or out of order
    "payload",  # not the payload that was written
    "payload_missing",  # erased without a purge that accounts for it
    "checkpoint_mismatch",  # a checkpoint says another hash for this link
    "rolled_back",  # a checkpoint covers links that are not there
    "checkpoint_invalid",  # not a checkpoint, or not signed by the key
    "rule",  # the entries contradict each other: a visit moved by a chain that does not own it, …
    "cache",  # derived tables differ from the chains: `SqliteLedger.rebuild`
    "damage",  # SQLite finds the file damaged
]
EXIT_CODE: Final[dict[Verdict, int]] = {"ok": 0, "broken": 1, "unreadable": 2}


class Finding(msgspec.Struct, frozen=True):
    problem: Problem
    chain: str = ""
    seq: int = 0  # 0: not about one link
    detail: str = ""


class ChainReport(msgspec.Struct):
    """One chain. `uncovered` links stand after the last good checkpoint: reported, never silently good."""

    chain: str
    head: int = 0
    checked: int = 0
    first_bad: int | None = None
    last_good_checkpoint: Checkpoint | None = None
    believed: int = 0  # links not read because a later start was asked for
    lost_by_restore: int = 0  # links a restored backup did not hold, known from checkpoints

    @property
    def uncovered(self) -> int:
        good = self.last_good_checkpoint.seq if self.last_good_checkpoint else 0
        return self.head - max(good, self.believed)


class AuditReport(msgspec.Struct):
    verdict: Verdict
    chains: list[ChainReport] = []
    findings: list[Finding] = []
    erased: int = 0  # payloads purged by retention
    foreign_notes: int = 0  # checkpoints of other ledgers in the same folder
    error: str = ""  # code of the LedgerError when unreadable
    remedy: str = ""

    @property
    def exit_code(self) -> int:
        return EXIT_CODE[self.verdict]


def verify(
    source: Snapshot,
    key: VerifyKey,
    checkpoints: Path | None = None,
    *,
    chain: str | None = None,
    first: int = 1,
    payloads: bool = True,
) -> AuditReport:
    """Check every chain, or one, from link `first` on against its hashes and the signed checkpoints.

    checkpoints: the folder they were delivered to; None: those the source itself carries, which whoever
    rewrote the source could have removed. With `first` > 1 the link before is believed as it stands, and what
    needs the whole ledger (derived tables, counts of purged payloads, the file's own health) is left out.
    payloads: whether the source carries payloads at all. Raises LedgerError if the source cannot be read.
    """
    check = _Check(key, first, payloads)
    check.read_notes(source, checkpoints)
    if first == 1 and chain is None:
        check.run(source.links())
        check.derived(source)
        if damage := source.damage():
            check.report.findings.append(Finding("damage", detail=damage))
    else:
        check.whole = False
        for name in [chain] if chain else source.heads():
            check.run(source.links(name, max(1, first - 1)))
    return check.finish()


def verify_tail(ledger: SqliteLedger) -> AuditReport:
    """What a terminal checks at its start: its own chain after its last checkpoint, a matter of milliseconds."""

    def run() -> AuditReport:
        with ledger.snapshot() as source:
            return verify(source, ledger.verify_key, chain=ledger.chain, first=ledger.covered + 1)

    return readable(run)


def verify_folder(
    folder: Path, key: VerifyKey | None = None, checkpoints: Path | None = None, *, first: int = 1
) -> AuditReport:
    """Verify the ledger kept in `folder`, also while it is in use. What cannot be read gives `unreadable`.

    key: the auditor's own copy of the public key; without one the folder's is believed.
    """
    home = Home(folder)

    def run() -> AuditReport:
        keys = load_keys(home)
        with snapshot(home.database, keys.database) as source:
            return verify(source, key or keys.verify_key, checkpoints, first=first)

    return readable(run)


def readable(run: Callable[[], AuditReport]) -> AuditReport:
    """Run an audit; a LedgerError becomes the verdict `unreadable`."""
    try:
        return run()
    except LedgerError as error:
        return AuditReport("unreadable", error=error.code, remedy=error.remedy)


class _Check:
    """The state of one verification, fed with links in order of commit."""

    def __init__(self, key: VerifyKey, first: int, payloads: bool) -> None:
        self.key = key
        self.first = first
        self.payloads = payloads
        self.whole = True
        self.report = AuditReport("ok")
        self.chains: dict[str, ChainReport] = {}
        self.tips: dict[str, bytes] = {}
        self.notes: dict[tuple[str, int], set[Checkpoint]] = {}
        self.projection: Projection | None = Projection()
        self.missing: list[tuple[str, str, int]] = []  # (at, chain, seq)
        self.purges: list[PurgeDone] = []
        self.restores: list[Restored] = []
        self.heads: dict[str, Head] = {}
        self.good: dict[str, list[Checkpoint]] = {}

    # -- checkpoints
    def read_notes(self, source: Snapshot, folder: Path | None) -> None:
        self.heads = source.heads()
        for note in source.notes():
            checkpoint = self._open(note, "in the ledger")
            if folder is None and checkpoint:
                self.notes.setdefault((checkpoint.chain, checkpoint.seq), set()).add(checkpoint)
        if folder is not None:
            with as_ledger_errors(OSError):
                for path, note in delivered(folder):
                    where = f"{path.parent.name}/{path.name}"
                    checkpoint = self._open(note, where if path.parent.name in self.heads else None)
                    if checkpoint:
                        self.notes.setdefault((checkpoint.chain, checkpoint.seq), set()).add(checkpoint)

    def _open(self, note: str, where: str | None) -> Checkpoint | None:
        try:
            return open_checkpoint(note, self.key)
        except ValueError as error:
            if where is None:
                self.report.foreign_notes += 1
            else:
                self._find("checkpoint_invalid", detail=f"{where}: {error}")
            return None

    # -- links
    def run(self, links: Iterator[Link]) -> None:
        for row in links:
            chain = self.chains.get(row.chain)
            if chain is None:
                chain = self.chains[row.chain] = ChainReport(row.chain)
                if self.first > 1:  # the link before the first: its stored hash is where we start
                    chain.head = chain.believed = row.seq
                    self.tips[row.chain] = row.hash
                    self._hold_against_notes(chain, row)
                    continue
            if chain.first_bad is None:
                self._link(chain, row)
            else:
                chain.head = max(chain.head, row.seq)

    def _link(self, chain: ChainReport, row: Link) -> None:
        expected, chain.head = chain.head + 1, max(chain.head, row.seq)
        if row.seq != expected:
            self._bad("gap", chain, expected, f"found {row.seq}")
            return
        if row.hash != link(self.tips.get(row.chain, GENESIS), row.seq, row.core, row.leaf):
            self._bad("hash", chain, row.seq)
            return
        try:
            core = decode_core(row.core)
        except ValueError as error:
            self._bad("core", chain, row.seq, str(error))
            return
        if core.chain != row.chain:
            self._bad("core", chain, row.seq, f"written for {core.chain}")
            return
        if not self._payload(core, row):
            self._bad("payload", chain, row.seq)
            return
        self.tips[row.chain] = row.hash
        chain.checked += 1
        self._hold_against_notes(chain, row)
        if chain.first_bad is None:
            self._fold(core, row)

    def _payload(self, core: Core, row: Link) -> bool:
        if row.payload is None or row.salt is None:
            if self.payloads:
                self.missing.append((core.at, row.chain, row.seq))
            return (row.payload is None) == (row.salt is None)
        return leaf(row.salt, row.payload) == row.leaf

    def _hold_against_notes(self, chain: ChainReport, row: Link) -> None:
        for checkpoint in self.notes.pop((row.chain, row.seq), ()):
            if checkpoint.hash != row.hash:
                self._bad("checkpoint_mismatch", chain, row.seq)
            else:
                self.good.setdefault(row.chain, []).append(checkpoint)

    def _fold(self, core: Core, row: Link) -> None:
        try:
            if core.type == PURGED and row.payload is not None:
                self.purges.append(msgspec.json.decode(row.payload, type=PurgeDone))
            elif core.type == RESTORED and row.payload is not None:
                self.restores.append(msgspec.json.decode(row.payload, type=Restored))
            if self.projection is not None and self.whole:
                self.projection.apply(fact_of(core, row))
        except (LedgerError, msgspec.MsgspecError) as error:
            self._find("rule", row.chain, row.seq, getattr(error, "code", "payload"))
            self.projection = None  # what follows from here would only repeat it

    # -- at the end
    def derived(self, source: Snapshot) -> None:
        """The derived tables must say what the entries say, and the purges what is missing."""
        stored = source.cached()
        broken = any(chain.first_bad for chain in self.chains.values())
        if stored is not None and self.projection is not None and not broken:
            wanted = self.projection.caches()
            for name in ("visits", "requests", "numbers"):
                if getattr(stored, name) != getattr(wanted, name):
                    self._find("cache", detail=name)
        accounted = sum(purge.erased for purge in self.purges)
        if self.payloads and not broken and len(self.missing) != accounted:
            self._find("payload_missing", detail=f"{len(self.missing)} missing, {accounted} purged")

    def finish(self) -> AuditReport:
        limit = max((purge.before for purge in self.purges), default="")
        for at, name, seq in self.missing:
            # In a partial run the purge may stand where nothing was read.
            if at >= limit and self.whole:
                self._bad("payload_missing", self.chains[name], seq)
        for name, seq in sorted(self.notes):
            self._beyond(name, seq)
        self.report.erased = len(self.missing)
        self.report.chains = sorted(self.chains.values(), key=lambda chain: chain.chain)
        for chain in self.report.chains:
            good = [
                c for c in self.good.get(chain.chain, ()) if not chain.first_bad or c.seq < chain.first_bad
            ]
            chain.last_good_checkpoint = good[-1] if good else None
        if self.report.findings:
            self.report.verdict = "broken"
        return self.report

    def _beyond(self, name: str, seq: int) -> None:
        """A checkpoint for a link that was not read: if the chain ends before it, a restore must explain that."""
        head = self.heads.get(name)
        if head is not None and seq <= head.seq:
            return  # before `first`, or after a bad link
        chain = self.chains.setdefault(name, ChainReport(name))
        if self._lost(name, head):
            chain.lost_by_restore = max(chain.lost_by_restore, seq - chain.head)
        elif chain.first_bad is None:
            self._bad("rolled_back", chain, chain.head + 1, f"a checkpoint covers {seq}")

    def _lost(self, name: str, head: Head | None) -> bool:
        """Whether a restored copy ended exactly where this chain ends."""
        ends = (head.seq, head.hash.hex()) if head else None
        return any(
            ends == restored.heads.get(name) and (ends or name.endswith(f".{restored.instance}"))
            for restored in self.restores
        )

    def _bad(self, problem: Problem, chain: ChainReport, seq: int, detail: str = "") -> None:
        chain.first_bad = seq if chain.first_bad is None else min(seq, chain.first_bad)
        self._find(problem, chain.chain, seq, detail)

    def _find(self, problem: Problem, chain: str = "", seq: int = 0, detail: str = "") -> None:
        self.report.findings.append(Finding(problem, chain, seq, detail))
