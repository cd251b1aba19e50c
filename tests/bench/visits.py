"""Whole visits, one after another on one core: from the card on the reader to the empty start page."""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from unittest.mock import patch

import structlog
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from kiosk.ledger import Ledger, SqliteLedger
from kiosk.visit.events import AnyEvent
from simulator.card import keys
from simulator.playing.soak import FAULTS, soak
from simulator.playing.world import VirtualWorld
from tests.bench.bare_store import BareStore
from tests.bench.ledger import disk, stored_bytes
from tests.bench.rows import Row, at_least, row
from tests.bench.stages import PERSONA, Terminal, fact_terminal, ledger_options, terminal
from tests.bench.timing import in_turns
from tests.support.ledgers import entry

_VERIFICATIONS = (
    4  # driver: the issuer's and the card's; national system: the card's at each of two questions
)
_FACTS, _APDUS = at_least(2000.0), at_least(100.0)


def rows(quick: bool) -> list[Row]:
    return [_fact_level(3 if quick else 3000), _soak(3 if quick else 2000), _real(3 if quick else 300)]


def _fact_level(visits: int) -> Row:
    with fact_terminal() as one:
        one.visit()
        began, on_the_wall = time.process_time(), time.perf_counter()
        for _ in range(visits):
            one.visit()
        seconds, on_the_wall = time.process_time() - began, time.perf_counter() - on_the_wall
        steps = one.stage.ledger.head().seq / (visits + 1)
        share = _share_of_reception(one, max(2, visits // 6))
    return row(
        "visits.fact_level", "whole visits per second of one core, fact-level card, ledger in memory",
        visits / seconds, "visits/s",
        target=_FACTS, rate_on_the_wall=visits / on_the_wall, share_of_the_reception=share,
        entries_per_visit=steps,
        note="the rest is simulator: the national system's answers, the stage, the reader",
    )  # fmt: skip


def _soak(visits: int) -> Row:
    """Visits of many kinds of people as ``uketsuke soak`` plays them, judged after every step and at their end."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    began = time.process_time()
    calm = soak(visits, 1, ())
    between = time.process_time()
    troubled = soak(visits, 1, FAULTS)
    return row(
        "visits.soak", "soaked visits per second of one core, no faults", visits / (between - began), "visits/s",
        steps_per_visit=calm.steps / visits,
        with_every_fault=visits / (time.process_time() - between),
        faults_per_visit=troubled.faults / visits,
        broken=len(calm.broken) + len(troubled.broken),
    )  # fmt: skip


def _share_of_reception(one: Terminal, visits: int) -> float:
    """How much of the time is spent in steps: deciding, recording, presenting."""
    handle, inside = one.stage.reception.handle, 0.0

    def timed(event: AnyEvent) -> None:
        nonlocal inside
        began = time.perf_counter()
        handle(event)
        inside += time.perf_counter() - began

    with patch.object(one.stage.reception, "handle", timed):
        began = time.perf_counter()
        for _ in range(visits):
            one.visit()
        return inside / (time.perf_counter() - began)


def _real(visits: int) -> Row:
    """In turns with its floor, visit by visit."""
    with tempfile.TemporaryDirectory(dir=disk()) as folder, ExitStack() as closing:
        place = Path(folder)

        def ledger(world: VirtualWorld) -> Ledger:
            return SqliteLedger(place / "ledger", ledger_options(world))

        one = closing.enter_context(terminal(ledger))
        one.visit()
        first = one.stage.ledger.head().seq
        commits = _commits_of(one.visit, one.stage.ledger)
        bare = BareStore(place / "bare.db")
        closing.callback(bare.close)
        ours, floor = in_turns(visits, one.visit, _floor(bare, commits))
        entries = (one.stage.ledger.head().seq - first) / (visits + 2)
    return row(
        "visits.real_apdus_full", "whole visits, real APDUs, ledger FULL", 1000 / median(ours), "visits/s",
        floor=1000 / median(floor),
        floor_what=f"RSA (1 signature, {_VERIFICATIONS} verifications) and {commits} bare SQLite commits alone",
        target=_APDUS, mean_rate=1000 * len(ours) / sum(ours), floor_mean_rate=1000 * len(floor) / sum(floor),
        entries_per_visit=entries,
    )  # fmt: skip


def _commits_of(visit: Callable[[], object], ledger: Ledger) -> int:
    """Transactions of one visit: a number that is taken shares its entry's."""
    before = ledger.head().seq
    visit()
    taken = sum(one.type == "NumberTaken" for one in ledger.entries(since=before))
    return ledger.head().seq - before - taken


def _floor(bare: BareStore, commits: int) -> Callable[[], None]:
    key = keys.persona_key(PERSONA, "auth")
    public = key.public_key()
    size = stored_bytes(entry("f" * 32, 1, id="f" * 32))

    def work() -> None:
        signature = key.sign(b"challenge", PKCS1v15(), SHA256())
        for _ in range(_VERIFICATIONS):
            public.verify(signature, b"challenge", PKCS1v15(), SHA256())
        for _ in range(commits):
            bare.commit(size)

    return work
