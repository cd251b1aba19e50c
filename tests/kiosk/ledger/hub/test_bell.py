"""A console hears at once that something happened."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from kiosk.ledger.hub.bell import Bell
from tests.support.ledgers import entry

if TYPE_CHECKING:
    from tests.kiosk.ledger.hub.conftest import Place


def test_the_bell_rings_for_each_connection_and_for_what_was_written(place: Place) -> None:
    kiosk = place.kiosk()
    login = place.login("R", "console")
    rang = threading.Semaphore(0)
    bell = Bell(login, lambda: rang.release())
    bell.start()
    try:
        assert rang.acquire(timeout=30)
        kiosk.append([entry("v1", 1)])
        place.session(kiosk).ship()
        assert rang.acquire(timeout=30)
        place.hub.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'uketsuke bell'"
            " AND datname = current_database()"
        )
        assert rang.acquire(timeout=30)
    finally:
        bell.close(30)
    bell.close()
