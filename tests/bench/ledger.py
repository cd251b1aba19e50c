"""One durable entry: the ledger, and the floor of the same bytes in a bare commit on the same disk."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from statistics import median

from kiosk.ledger import Entry, MemoryLedger, SqliteLedger
from kiosk.ledger.chain import encode_core
from tests.bench.bare_store import BareStore
from tests.bench.rows import Row, at_most, row
from tests.bench.timing import Work, in_turns, percentile
from tests.support.ledgers import entry

STEPS_PER_VISIT = 14
_PAYLOAD = (
    b'{"certificate_ends":"2029-04-05T14:59:59Z","pin_tries_left":3,"token":"card"}'  # as CardRead leaves it
)
_LEAF, _HASH, _SALT = 32, 32, 16


def rows(quick: bool) -> list[Row]:
    with tempfile.TemporaryDirectory(dir=disk()) as folder, ExitStack() as closing:
        place = Path(folder)
        ledger = closing.enter_context(SqliteLedger(place / "ledger"))
        memory = MemoryLedger()
        plain, encrypted = BareStore(place / "plain.db"), BareStore(place / "encrypted.db", encrypted=True)
        closing.callback(plain.close)
        closing.callback(encrypted.close)
        entries, in_memory = _entries(), _entries()
        size = stored_bytes(next(_entries()))
        times = in_turns(
            2 if quick else 80,
            _visitful(lambda: ledger.append([next(entries)])),
            _visitful(lambda: plain.commit(size)),
            _visitful(lambda: encrypted.commit(size)),
            _visitful(lambda: memory.append([next(in_memory)])),
        )
    ours, bare, sealed, volatile = (median(one) / STEPS_PER_VISIT for one in times)
    return [
        row(
            "ledger.append_full", "ledger append, FULL", ours,
            floor=bare, floor_what="bare sqlite3: one commit of the same bytes, WAL, FULL",
            target=at_most(2.0, "ratio"),
            bare_sqlcipher=sealed, ratio_to_bare_sqlcipher=ours / sealed, bytes=size,
            p95=percentile(times[0], 0.95) / STEPS_PER_VISIT, floor_p95=percentile(times[1], 0.95) / STEPS_PER_VISIT,
        ),
        row("ledger.append_memory", "ledger append, in memory", volatile, floor=bare, floor_what="as above"),
    ]  # fmt: skip


def _visitful(commit: Work) -> Work:
    """As many in a row as a visit makes: a commit after another file's pays for that file's as well."""

    def commits() -> None:
        for _ in range(STEPS_PER_VISIT):
            commit()

    return commits


def disk() -> Path:
    """A folder on the disk that the source tree is on: the machine's temporary folder may be memory."""
    out = Path("out")
    out.mkdir(exist_ok=True)
    return out


def stored_bytes(one: Entry) -> int:
    """What the ledger keeps of an entry: core, payload, salt, leaf and hash."""
    core = encode_core(one, "A.kiosk.00000000", "0" * 16)
    return len(core) + len(one.payload) + _SALT + _LEAF + _HASH


def _entries() -> Iterator[Entry]:
    """Visits one after another, as a reception writes them."""
    for number in count():
        name = f"{number // STEPS_PER_VISIT:032x}"
        yield entry(name, number % 50_000, id=f"{number:032x}", payload=_PAYLOAD)
