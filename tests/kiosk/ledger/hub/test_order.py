"""Positions are the order of commit, whoever writes at the same time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from kiosk.ledger.errors import LedgerClosed
from kiosk.ledger.hub.installing import rename_instance
from kiosk.ledger.hub.session import Session
from tests.support.ledgers import entry

if TYPE_CHECKING:
    from tests.kiosk.ledger.hub.conftest import Place

TERMINALS = "ABCDEF"
ROUNDS = 25


def test_a_reader_that_has_seen_a_position_has_seen_everything_before_it(place: Place) -> None:
    console = place.console()
    kiosks = [place.kiosk(name) for name in TERMINALS]
    sessions: list[Session] = [place.session(kiosk) for kiosk in kiosks]
    together = threading.Barrier(len(TERMINALS) + 1)

    def write(number: int) -> None:
        together.wait()
        for round_ in range(ROUNDS):
            visit = f"v-{TERMINALS[number]}-{round_}"
            kiosks[number].append([entry(visit, 1), entry(visit, 2)])
            sessions[number].ship()

    writers = [threading.Thread(target=write, args=(n,)) for n in range(len(TERMINALS))]
    for writer in writers:
        writer.start()
    together.wait()
    seen: list[int] = []
    everything = len(TERMINALS) * ROUNDS * 2
    while len(seen) < everything and (
        any(w.is_alive() for w in writers) or not seen or seen[-1] < everything
    ):
        seen += [record.position for record in console.entries(since=seen[-1] if seen else 0)]
    for writer in writers:
        writer.join()
    assert seen == list(range(1, everything + 1))


def test_a_console_does_not_go_on_in_a_hub_that_was_put_back_from_a_copy(place: Place) -> None:
    console = place.console()
    console.append([entry("v1", 1)])
    rename_instance(place.hub.postgres.admin, database=place.hub.database)
    place.hub.sql(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with pytest.raises(LedgerClosed):
        console.append([entry("v1", 2)])
    assert place.hub.sql("SELECT count(*) FROM link") == [(1,)]
