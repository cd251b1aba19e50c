"""A console's ledger: its own chain stands in the hub, and it sees the chains of all terminals."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from typing import Final, Self

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from kiosk.ledger import finding
from kiosk.ledger.base import LedgerBase, Options, log
from kiosk.ledger.chain import chain_id
from kiosk.ledger.checkpoint import due
from kiosk.ledger.errors import (
    AlreadyAnswered,
    ChainInUse,
    LedgerClosed,
    LedgerError,
    NotOwner,
    UnknownRequest,
    UnknownVisit,
)
from kiosk.ledger.hub import reading
from kiosk.ledger.hub.appending import ChainEnd, Draft
from kiosk.ledger.hub.endpoint import Connection, Endpoint, connect, greet
from kiosk.ledger.hub.errors import (
    HubKeyDiffers,
    NotThisTerminal,
)
from kiosk.ledger.hub.line import Line
from kiosk.ledger.hub.sealing import Opener, public_of, terminal_key
from kiosk.ledger.interface import Entry, Head, OpenVisit, Place, Purge, ReceptionNumber, Record, Request
from kiosk.ledger.keys import Keys

SEEN_S: Final = 15
"""A terminal that was not heard of for so long does not run, as far as the hub knows."""
_SETTLE_S: Final = 5.0
_PATIENCE_TO_ERASE: Final = "SET statement_timeout = '10min'"
"""A whole year goes at once; the login's own limit is for what is done every second."""
_UNKNOWN: Final = "unknown"


class HubLedger(LedgerBase):
    """Opens this console's chain. Safe to use from several threads.

    keys: of this console, they sign its checkpoints. hub_keys: what payloads are opened with, the newest first
    (`sealing.load_hub_keys`). Each write is one statement, all of it or nothing. While the hub is away every call
    raises HubAway; the next call tries again. CommitUnknown: it went away while writing, and did not come back in time.
    Raises at opening also HubLoginRefused, HubTlsFault, HubNotReady, NotThisTerminal, ChainInUse.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        options: Options,
        *,
        keys: Keys,
        hub_keys: Sequence[X25519PrivateKey],
        settle_s: float = _SETTLE_S,
    ) -> None:
        super().__init__(options, _UNKNOWN)  # refuses bad names before anything is asked
        self._endpoint = endpoint
        self._secret = keys
        self._payloads = reading.Payloads(Opener(hub_keys))
        self._hub_key = public_of(hub_keys[0])
        self._end = ChainEnd(self._hub_key, self._boot, options.random, settle_s)
        self._application = f"uketsuke {options.terminal}.{options.process} {self._boot}"
        self._line = Line(endpoint, self._application, self._enter)
        self._lock = self._line.lock
        try:
            self._resume()
            log.info("ledger.open", chain=self.chain, seq=self.head().seq)
        except BaseException:
            self._line.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Sign the shutdown checkpoint, then let go. A failing checkpoint does not stop the closing."""
        with self._lock:
            try:
                now = self.options.clock().wall
                since, seq = self._covered_since, self.head().seq
                if due(self.options.policy, self._covered, since, seq, now, closing=True):
                    self.checkpoint()
            except LedgerClosed:
                return
            except LedgerError as error:
                log.warning("ledger.close", error=error.code)
            finally:
                self._line.close()

    def _enter(self, hub: Connection) -> None:
        """Make a new connection this chain's only writer."""
        hello = greet(hub)
        if hello.terminal != self.options.terminal:
            raise NotThisTerminal(hello.terminal)
        if hello.public_key != self._hub_key.text():
            raise HubKeyDiffers
        if self.chain.endswith(f".{_UNKNOWN}"):
            self._chain = chain_id(self.options.terminal, self.options.process, hello.instance)
        elif not self.chain.endswith(f".{hello.instance}"):
            raise LedgerClosed("the hub was put back from a copy: open the ledger again")
        if hello.production and not self.options.refuse_simulated:
            self.options = msgspec.structs.replace(self.options, refuse_simulated=True)
        row = hub.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (self.chain,)).fetchone()
        if row != (True,):
            raise ChainInUse(self.chain)
        box_key = public_of(terminal_key(self._secret.signing_seed())).text()
        hub.execute("SELECT * FROM introduce(%s, %s, %s)", (box_key, [self.chain], self.verify_key.text()))
        self._end.begin(self.chain)

    # -- writing
    def _commit(self, entries: Sequence[Entry], take_number: date | None) -> Head:
        return self._with_number(lambda _hub: entries, entries[-1].visit, take_number)

    def _with_number(
        self, compose: Callable[[Connection], Sequence[Entry]], visit: str, day: date | None
    ) -> Head:
        """Append what `compose` gives, and the visit's number; again from the start whenever another was first."""

        def draft(hub: Connection) -> tuple[Sequence[Entry], ReceptionNumber | None]:
            entries = compose(hub)
            if day is None:
                return entries, None
            number, own = self._number(hub, visit, day, entries)
            return [*entries, *own], number

        return self._write(draft)

    def _number(
        self, hub: Connection, visit: str, day: date, entries: Sequence[Entry]
    ) -> tuple[ReceptionNumber, list[Entry]]:
        """The visit's number and, where it is new, the entry that says so."""
        letter, text = self._letter, day.isoformat()
        known = reading.find_visit(hub, visit)
        moves = [entry for entry in entries if entry.visit == visit and entry.state]
        if known is None and not moves:
            raise UnknownVisit
        row = hub.execute(
            "SELECT max(count) FILTER (WHERE visit = %s), coalesce(max(count), 0) FROM number"
            " WHERE letter = %s AND day = %s",
            (visit, letter, text),
        ).fetchone()
        assert row is not None
        own, highest = row
        if own is not None:
            return ReceptionNumber(letter, own, day), []
        number = ReceptionNumber(letter, highest + 1, day)
        simulated = (known is not None and known.simulated) or any(move.simulated for move in moves)
        return number, [self._numbered(number, visit, simulated, entries[-1] if entries else None)]

    def next_number(self, day: date, visit: str) -> ReceptionNumber:
        number = self._with_number(lambda _hub: (), visit, day).number
        assert number is not None
        return number

    def request(self, visit: str, action: str, payload: bytes = b"{}", actor: str = "system") -> str:
        made: list[Entry] = []

        def draft(hub: Connection) -> tuple[Sequence[Entry], None]:
            known = self._known(hub, visit)
            made[:] = [self._requested(visit, action, payload, actor, known.simulated)]
            return made, None

        self._write(draft, reader=visit)
        return made[0].id

    def answer(
        self,
        request: str,
        accepted: bool,
        why: str = "",
        *,
        actor: str = "system",
        entries: Sequence[Entry] = (),
        take_number: date | None = None,
    ) -> Head:
        self._check(entries)
        visit = ""

        def draft(hub: Connection) -> tuple[Sequence[Entry], ReceptionNumber | None]:
            nonlocal visit
            row = hub.execute("SELECT visit, answer FROM request WHERE id = %s", (request,)).fetchone()
            if row is None:
                raise UnknownRequest
            if row[1] is not None:
                raise AlreadyAnswered
            visit = row[0]
            known = self._known(hub, visit)
            if known.chain != self.chain:
                raise NotOwner(self.chain)
            all_ = [self._answered(request, visit, accepted, why, actor, known.simulated), *entries]
            if take_number is None:
                return all_, None
            number, own = self._number(hub, visit, take_number, entries)
            return [*all_, *own], number

        return self._write(draft)

    def _write(self, draft: Draft, *, reader: str = "") -> Head:
        return self._end.append(self._line, draft, reader=reader)

    # -- reading
    def head(self) -> Head:
        return self._line.ask(self._end.head)

    def heads(self) -> dict[str, Head]:
        return self._line.ask(reading.heads)

    def entries(
        self, visit: str | None = None, since: int = 0, *, chain: str | None = None
    ) -> Iterator[Record]:
        while True:
            page = self._page(since, visit, chain)
            yield from page
            if len(page) < reading.PAGE:
                return
            since = page[-1].position

    def _page(self, since: int, visit: str | None, chain: str | None) -> list[Record]:
        payloads, upcasts = self._payloads, self.options.upcasts
        return self._line.ask(lambda hub: reading.records_page(hub, since, visit, chain, payloads, upcasts))

    def place_of(self, at: str) -> Place:
        return self._line.ask(
            lambda hub: finding.place_of(reading.heads(hub), at, lambda wanted: reading.stands(hub, wanted))
        )

    def open_visits(self, closed: Collection[str]) -> list[OpenVisit]:
        return self._line.ask(lambda hub: reading.open_visits(hub, closed))

    def requests(self, *, unanswered: bool = True, visit: str | None = None) -> list[Request]:
        return self._line.ask(lambda hub: reading.requests(hub, unanswered, visit, self._payloads))

    def is_running(self, chain: str) -> bool:
        """Whether the program that writes this chain is there now: a console by its lock in the hub, a terminal by
        what it said within the last seconds."""

        def ask(hub: Connection) -> bool:
            row = hub.execute(
                "SELECT EXISTS (SELECT 1 FROM presence WHERE chain = %(chain)s AND running"
                "   AND seen > clock_timestamp() - make_interval(secs => %(seen)s))"
                " OR EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
                "   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                "   AND ((classid::bigint << 32) | objid::bigint) = hashtextextended(%(chain)s, 0))",
                {"chain": chain, "seen": SEEN_S},
            ).fetchone()
            return row == (True,)

        return chain == self.chain or self._line.ask(ask)

    # -- retention
    def purge(self, before: date, actor: str = "system") -> Purge:
        """Erase in the whole hub. The server's disk forgets erased rows only when it reuses their place, but what is
        there is sealed. Terminals do the same with their own files."""
        limit = self._purge_limit(before)
        erased = 0

        def draft(hub: Connection) -> tuple[Sequence[Entry], None]:
            nonlocal erased
            hub.execute(_PATIENCE_TO_ERASE)
            row = hub.execute("SELECT count(*) FROM erasable(%s, '')", (limit,)).fetchone()
            assert row is not None
            erased = row[0]
            return [self._purged(limit, erased, actor)], None

        try:
            self._write(draft)
        finally:
            with suppress(LedgerError):
                self._line.ask(lambda hub: hub.execute("RESET statement_timeout"))
        log.info("ledger.purge", before=limit, erased=erased, files_clean=True)
        return Purge(before, erased, True)

    def last_purge(self) -> str | None:
        row = self._line.ask(
            lambda hub: hub.execute(
                "SELECT at FROM purge WHERE terminal = '' ORDER BY position DESC LIMIT 1"
            ).fetchone()
        )
        return str(row[0]) if row else None

    # -- the auditor's view
    @contextmanager
    def snapshot(self) -> Iterator[reading.HubSnapshot]:
        """One moment of the whole hub, read beside the writers."""
        connection = connect(self._endpoint, f"{self._application} audit")
        try:
            with reading.snapshot(connection, self._payloads) as source:
                yield source
        finally:
            connection.close()

    # -- inside
    def _known(self, hub: Connection, visit: str) -> OpenVisit:
        found = reading.find_visit(hub, visit)
        if found is None:
            raise UnknownVisit
        return found

    def _resume(self) -> None:
        row = self._line.ask(
            lambda hub: hub.execute(
                "SELECT seq, note FROM checkpoint WHERE chain = %s ORDER BY seq DESC LIMIT 1", (self.chain,)
            ).fetchone()
        )
        if row:
            self._resume_checkpoints(*row)

    def _keys(self) -> Keys:
        return self._secret

    def _keep_note(self, seq: int, note: str) -> None:
        self._line.ask(lambda hub: hub.execute("SELECT keep_note(%s, %s, %s)", (self.chain, seq, note)))

    def _waiting_notes(self) -> list[tuple[str, int, str]]:
        return self._line.ask(
            lambda hub: hub.execute(
                "SELECT chain, seq, note FROM checkpoint WHERE NOT delivered AND chain = %s ORDER BY seq",
                (self.chain,),
            ).fetchall()
        )

    def _note_delivered(self, chain: str, seq: int) -> None:
        self._line.ask(lambda hub: hub.execute("SELECT note_delivered(%s, %s)", (chain, seq)))
