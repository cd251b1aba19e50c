"""Reading the hub: by a console, and by whoever verifies it. Positions are in the order of commit, without gaps."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import msgspec
import structlog
from psycopg import sql

from kiosk.ledger.chain import GENESIS, leaf, to_record
from kiosk.ledger.errors import LedgerCorrupt
from kiosk.ledger.finding import Stand
from kiosk.ledger.hub.endpoint import Connection
from kiosk.ledger.hub.errors import as_hub_errors
from kiosk.ledger.hub.sealing import CLEAR, SALT, Opener, Unopenable
from kiosk.ledger.interface import (
    Caches,
    Head,
    Link,
    OpenVisit,
    Purged,
    Record,
    Request,
    Upcasts,
)
from kiosk.ledger.reader import make_request

PAGE: Final = 500
_log = structlog.get_logger(__name__)

_ENTRIES: Final = """SELECT l.position, l.chain, l.seq, l.core, l.leaf, l.hash, p.body, u.why
    FROM link l LEFT JOIN payload p USING (position) LEFT JOIN unheeded u USING (position)
    WHERE l.position > %(since)s"""
_REQUESTS: Final = """SELECT r.id, r.visit, v.chain, l.chain, l.seq, l.core, l.leaf, p.body, r.accepted,
        a.chain, a.seq, a.leaf, b.body
    FROM request r JOIN link l ON l.position = r.position LEFT JOIN visit v ON v.visit = r.visit
        LEFT JOIN payload p ON p.position = r.position
        LEFT JOIN link a ON a.position = r.answer LEFT JOIN payload b ON b.position = r.answer
    WHERE (NOT %(unanswered)s OR r.answer IS NULL) AND (%(visit)s::text IS NULL OR r.visit = %(visit)s)
    ORDER BY r.position"""
_VISIT: Final = "SELECT visit, chain, epoch, state, at, simulated FROM visit"


class Payloads:
    """Opens payloads. One that cannot be opened, or does not fit its leaf, is given as if it were erased: a single
    forged row must not keep a console from seeing all others. `audit` finds it."""

    def __init__(self, opener: Opener) -> None:
        self._opener = opener

    def read(self, chain: str, seq: int, leaf_: bytes, body: bytes | None) -> bytes | Purged:
        plain = self.open(chain, seq, body)
        if plain is None or leaf(*plain) != leaf_:
            if body is not None:
                _log.error("hub.payload_unreadable", chain=chain, seq=seq)
            return Purged(leaf_)
        return plain[1]

    def open(self, chain: str, seq: int, body: bytes | None) -> tuple[bytes, bytes] | None:
        """(salt, payload), or None."""
        if body is None:
            return None
        if body[:1] == CLEAR:
            return body[1 : 1 + SALT], body[1 + SALT :]
        try:
            return self._opener.open(chain, seq, body)
        except Unopenable:
            return None


def records_page(
    hub: Connection, since: int, visit: str | None, chain: str | None, payloads: Payloads, upcasts: Upcasts
) -> list[Record]:
    """Up to PAGE records after `since`. A move that moved nothing here, as another chain owned the visit by then, has
    no state: it is a note. LedgerCorrupt if a core cannot be read."""
    query = _ENTRIES
    if visit is not None:
        query += " AND l.visit = %(visit)s"
    if chain is not None:
        query += " AND l.chain = %(chain)s"
    query += f" ORDER BY l.position LIMIT {PAGE}"
    values = {"since": since, "visit": visit, "chain": chain}
    rows = hub.execute(query.encode(), values).fetchall()
    try:
        return [_record(row, payloads, upcasts) for row in rows]
    except msgspec.MsgspecError:
        raise LedgerCorrupt("an entry's core is not readable") from None


def _record(row: tuple[Any, ...], payloads: Payloads, upcasts: Upcasts) -> Record:
    position, chain, seq, core, leaf_, hash_, body, unheeded = row
    payload = payloads.read(chain, seq, leaf_, body)
    try:
        record = to_record(position, seq, core.encode(), hash_, payload, upcasts)
    except msgspec.MsgspecError:  # to be upcast, and not even JSON
        record = to_record(position, seq, core.encode(), hash_, Purged(leaf_), upcasts)
    return msgspec.structs.replace(record, state="") if unheeded else record


def heads(hub: Connection) -> dict[str, Head]:
    rows = hub.execute(
        "SELECT c.chain, c.seq, c.hash, l.at FROM chain c JOIN link l USING (chain, seq) ORDER BY c.chain"
    )
    return {row[0]: Head(*row) for row in rows}


def head(hub: Connection, chain: str) -> Head:
    row = hub.execute("SELECT seq, hash, at FROM link WHERE chain = %s ORDER BY seq DESC LIMIT 1", (chain,))
    found = row.fetchone()
    return Head(chain, *found) if found else Head(chain, 0, GENESIS)


def stands(hub: Connection, wanted: Mapping[str, int]) -> dict[str, Stand]:
    """For each chain its link of that `seq`: when it was written, and where it stands."""
    rows = hub.execute(
        "SELECT l.chain, l.at, l.position FROM link l"
        " JOIN unnest(%s::text[], %s::bigint[]) AS w (chain, seq) USING (chain, seq)",
        (list(wanted), list(wanted.values())),
    )
    return {chain: (at, position) for chain, at, position in rows}


def open_visits(hub: Connection, closed: Collection[str]) -> list[OpenVisit]:
    rows = hub.execute(f"{_VISIT} WHERE state <> ALL (%s) ORDER BY at, visit", (list(closed),))
    return [OpenVisit(*row) for row in rows]


def find_visit(hub: Connection, visit: str) -> OpenVisit | None:
    row = hub.execute(f"{_VISIT} WHERE visit = %s", (visit,)).fetchone()
    return OpenVisit(*row) if row else None


def requests(hub: Connection, unanswered: bool, visit: str | None, payloads: Payloads) -> list[Request]:
    rows = hub.execute(_REQUESTS, {"unanswered": unanswered, "visit": visit}).fetchall()
    return [request for row in rows if (request := _request(row, payloads)) is not None]


def _request(row: tuple[Any, ...], payloads: Payloads) -> Request | None:
    id_, visit, owner, chain, seq, core, leaf_, body, accepted, a_chain, a_seq, a_leaf, a_body = row
    asked = payloads.read(chain, seq, leaf_, body)
    answer = payloads.read(a_chain, a_seq, a_leaf, a_body) if a_body is not None else None
    told = answer if isinstance(answer, bytes) else None
    try:
        try:
            return make_request(id_, visit, owner or "", chain, core.encode(), asked, accepted, told)
        except msgspec.MsgspecError:  # a payload that is none
            return make_request(id_, visit, owner or "", chain, core.encode(), Purged(leaf_), accepted, None)
    except ValueError:
        _log.error("hub.request_unreadable", chain=chain, seq=seq)
        return None


class HubSnapshot:
    """One moment of the hub. `payloads` None: as the auditor sees it, cores only."""

    def __init__(self, hub: Connection, payloads: Payloads | None, chain: str | None = None) -> None:
        self._hub = hub
        self._payloads = payloads
        self._chain = chain

    def only(self, chain: str) -> HubSnapshot:
        """The same moment, one chain and its own notes."""
        return HubSnapshot(self._hub, self._payloads, chain)

    def heads(self) -> dict[str, Head]:
        """The last links that are there; what the hub has noted of them is `noted_heads`."""
        rows = self._rows(
            "SELECT DISTINCT ON (chain) chain, seq, hash, at FROM link"
            " WHERE %(chain)s::text IS NULL OR chain = %(chain)s ORDER BY chain, seq DESC"
        )
        return {row[0]: Head(*row) for row in rows}

    def noted_heads(self) -> dict[str, int]:
        """How many links each chain must have, by what the hub and the chains' checkpoints say."""
        rows = self._rows(
            "SELECT chain, max(seq) FROM"
            " (SELECT chain, seq FROM chain UNION ALL SELECT chain, seq FROM checkpoint) noted GROUP BY chain"
        )
        return {chain: seq for chain, seq in rows if seq}

    def links(self, chain: str | None = None, first: int = 1) -> Iterator[Link]:
        body = "p.body" if self._payloads else "NULL::bytea"
        join = "LEFT JOIN payload p USING (position)" if self._payloads else ""
        query = sql.SQL(
            "SELECT l.position, l.chain, l.seq, l.core, l.leaf, l.hash, {} FROM link l {}"
            " WHERE (%(chain)s::text IS NULL OR l.chain = %(chain)s) AND l.seq >= %(first)s ORDER BY l.position"
        ).format(sql.SQL(body), sql.SQL(join))
        values = {"chain": chain or self._chain, "first": first}
        with as_hub_errors(), self._hub.cursor("links") as cursor:
            cursor.itersize = PAGE
            for position, name, seq, core, leaf_, hash_, sealed in cursor.execute(query, values):
                salt, payload = self._plain(name, seq, sealed)
                yield Link(position, name, seq, core.encode(), leaf_, hash_, salt, payload)

    def _plain(self, chain: str, seq: int, body: bytes | None) -> tuple[bytes | None, bytes | None]:
        if body is None or self._payloads is None:
            return None, None
        return self._payloads.open(chain, seq, body) or (b"", body)  # the second fits no leaf

    def notes(self) -> list[str]:
        rows = self._rows(
            "SELECT note FROM checkpoint WHERE %(chain)s::text IS NULL OR chain = %(chain)s ORDER BY chain, seq"
        )
        return [note for (note,) in rows]

    def cached(self) -> Caches:
        visits = {row[0]: OpenVisit(*row) for row in self._rows(_VISIT)}
        asked = self._rows("SELECT id, accepted FROM request")
        numbers = self._rows("SELECT letter, day, count, visit FROM number")
        return Caches(visits, dict(asked), {(letter, day, count): v for letter, day, count, v in numbers})

    def unexplained(self) -> list[tuple[str, int]]:
        """Links without a payload that are younger than what any purge erased which could have met them."""
        rows: list[tuple[str, int]] = self._rows(
            "WITH purged AS (SELECT split_part(l.chain, '.', 1) AS terminal, m.kind,"
            "   convert_from(substring(p.body FROM 18), 'UTF8')::jsonb ->> 'before' AS before"
            "   FROM link l JOIN payload p USING (position) JOIN chain c USING (chain) JOIN member m USING (terminal)"
            "   WHERE l.type = 'LedgerPurged')"
            " SELECT l.chain, l.seq FROM link l LEFT JOIN payload p USING (position)"
            " WHERE p.position IS NULL AND NOT EXISTS (SELECT 1 FROM purged g WHERE l.at < g.before"
            "   AND (g.kind = 'console' OR g.terminal = split_part(l.chain, '.', 1)))"
            " ORDER BY l.position LIMIT 100"
        )
        return rows

    def damage(self) -> str:
        """Positions and heads are told twice; "" where both say the same."""
        ((told, there, last),) = self._rows(
            "SELECT c.position, count(l.position), coalesce(max(l.position), 0)"
            " FROM counter c LEFT JOIN link l ON true GROUP BY c.position"
        )
        if not told == there == last:
            return f"{there} links of {told}"
        wrong = self._rows(
            "SELECT c.chain FROM chain c LEFT JOIN link l USING (chain, seq)"
            " WHERE c.seq > 0 AND c.hash IS DISTINCT FROM l.hash"
        )
        return f"head of {wrong[0][0]}" if wrong else ""

    def _rows(self, query: str) -> list[Any]:
        with as_hub_errors():
            return self._hub.execute(query.encode(), {"chain": self._chain}).fetchall()


@contextmanager
def snapshot(hub: Connection, payloads: Payloads | None) -> Iterator[HubSnapshot]:
    """A read-only view of one moment; writers are not held up."""
    with as_hub_errors():
        hub.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    try:
        yield HubSnapshot(hub, payloads)
    finally:
        with as_hub_errors():
            hub.execute("ROLLBACK")
