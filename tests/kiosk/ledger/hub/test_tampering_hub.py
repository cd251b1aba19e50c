"""Whoever rules the hub's server can change what lies there; the audit names the first bad event of that chain."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings

from kiosk.ledger.hub.audit import told_keys, verify_hub
from kiosk.ledger.hub.endpoint import connect
from kiosk.ledger.hub.reading import HubSnapshot, Payloads
from kiosk.ledger.hub.sealing import Opener, load_hub_keys
from kiosk.ledger.hub.session import Session
from kiosk.ledger.note import VerifyKey
from tests.support.hubs import Hub
from tests.support.ledgers import VirtualClock
from tests.support.tampering import (
    LINKS,
    Byte,
    Drop,
    Swap,
    Tampering,
    bytes_of,
    drops,
    first_bad,
    orders,
    write_two_chains,
)

quickly = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class Shipped:
    """Two chains of a terminal in a hub. What is changed through ``connection`` is taken back with ``undo``."""

    def __init__(self, folder: Path) -> None:
        self.hub = Hub(folder / "hub")
        login = self.hub.let_in("A")
        clock = VirtualClock()
        ledgers = [self.hub.terminal("A", process=process, clock=clock) for process in ("kiosk", "console")]
        write_two_chains(*ledgers)
        self.chains = tuple(ledger.chain for ledger in ledgers)
        shipping = connect(login, "test")
        Session(ledgers[0], shipping, self.hub.key).ship()
        for ledger in ledgers:
            ledger.close()
        shipping.close()
        self.connection: psycopg.Connection[Any] = psycopg.connect(
            self.hub.postgres.admin, dbname=self.hub.database, options="-c search_path=uketsuke,public"
        )
        self.connection.execute("SET session_replication_role = replica")  # past what stands against it
        self.connection.commit()
        self.keys: dict[str, VerifyKey] = told_keys(self.connection)
        self._payloads = Payloads(Opener(load_hub_keys(self.hub.key_file)))

    def snapshot(self) -> HubSnapshot:
        return HubSnapshot(self.connection, self._payloads)

    def undo(self) -> None:
        self.connection.rollback()


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shipped]:
    shipped = Shipped(tmp_path_factory.mktemp("tampering-hub"))
    yield shipped
    shipped.connection.close()


def test_untouched_it_is_good_and_wholly_signed(shipped: Shipped) -> None:
    report = verify_hub(shipped.snapshot(), shipped.keys)
    assert (report.verdict, report.findings) == ("ok", [])
    assert [(one.head, one.uncovered) for one in report.chains] == [(LINKS, 0)] * 2


@given(tampering=bytes_of("core", "leaf", "hash", "payload") | drops | orders)
@quickly
def test_in_the_hub_the_first_bad_event_is_named(shipped: Shipped, tampering: Tampering) -> None:
    chain, other = shipped.chains
    try:
        in_hub(shipped.connection, chain, tampering)
        report = verify_hub(shipped.snapshot(), shipped.keys)
    finally:
        shipped.undo()
    assert report.verdict == "broken"
    assert first_bad(report) == {chain: tampering.seq, other: None}


@pytest.mark.parametrize("kept", range(LINKS))
def test_links_that_were_cut_off_are_missed_though_their_checkpoints_went_too(
    shipped: Shipped, kept: int
) -> None:
    chain, other = shipped.chains
    try:
        shipped.connection.execute("DELETE FROM link WHERE chain = %s AND seq > %s", (chain, kept))
        shipped.connection.execute("DELETE FROM checkpoint WHERE chain = %s", (chain,))
        report = verify_hub(shipped.snapshot(), shipped.keys)
    finally:
        shipped.undo()
    assert first_bad(report) == {chain: kept + 1, other: None}


def in_hub(connection: psycopg.Connection[Any], chain: str, tampering: Tampering) -> None:
    def position(seq: int) -> int:
        row = connection.execute(
            "SELECT position FROM link WHERE chain = %s AND seq = %s", (chain, seq)
        ).fetchone()
        assert row is not None
        return int(row[0])

    def change(table: str, column: str, to: Any, at: int) -> None:
        connection.execute(f"UPDATE {table} SET {column} = %s WHERE position = %s".encode(), (to, at))

    match tampering:
        case Byte(seq, field):
            table, column = ("payload", "body") if field == "payload" else ("link", field)
            at = position(seq)
            row = connection.execute(
                f"SELECT {column} FROM {table} WHERE position = %s".encode(), (at,)
            ).fetchone()
            assert row is not None
            if field == "core":  # a letter is another one: the server takes no text that is not UTF-8
                core = row[0].encode()
                change(table, column, tampering.spoil(core).decode("latin-1").replace("\0", "\x01"), at)
            else:
                change(table, column, tampering.spoil(row[0]), at)
        case Drop(seq):
            connection.execute("DELETE FROM link WHERE chain = %s AND seq = %s", (chain, seq))
        case Swap(seq, other):
            one, two = position(seq), position(other)
            for table in ("link", "payload"):
                for before, after in ((one, -1), (two, one), (-1, two)):
                    change(table, "position", after, before)
        case _:
            raise AssertionError(tampering)
