"""When the disk, the file or the other process is in the way."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kiosk.ledger import LedgerError
from kiosk.ledger.errors import (
    ERRORS,
    ChainInUse,
    LedgerBusy,
    LedgerCorrupt,
    LedgerFull,
    LedgerInUse,
    LedgerMissing,
    LedgerReadOnly,
    LedgerTooNew,
    as_ledger_errors,
)
from kiosk.ledger.reader import snapshot
from kiosk.ledger.schema import APPLICATION_ID, connect
from kiosk.storage.files import FileLock
from kiosk.storage.trouble import error_of
from tests.support.ledgers import CLOSED, SqliteKit, entry

TODAY = date(2026, 3, 2)


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[SqliteKit]:
    kit = SqliteKit(tmp_path / "ledger")
    yield kit
    kit.finish()


def raw(kit: SqliteKit) -> Any:
    return connect(kit.folder / "ledger.db", kit.database_key(), write=True)


def test_sqlite_utils_found_sqlcipher() -> None:
    import sqlcipher3
    import sqlite_utils.utils

    assert sys.modules["pysqlite3"] is sqlcipher3
    assert sqlite_utils.utils.OperationalError is sqlcipher3.OperationalError


def test_the_file_is_set_for_safety(kit: SqliteKit) -> None:
    ledger = kit.open()
    for pragma, value in {
        "journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "trusted_schema": 0,
        "application_id": APPLICATION_ID,
    }.items():  # fmt: skip
        assert ledger._db.execute(f"PRAGMA {pragma}").fetchone() == (value,), pragma
    assert ledger._db.execute("PRAGMA cipher_version").fetchone() is not None


def test_the_ledger_itself_cannot_change_what_was_written(kit: SqliteKit) -> None:
    kit.open().append([entry("v1", 1)])
    connection = raw(kit)
    for statement in ("UPDATE entry SET seq = 2", "DELETE FROM entry"):
        with pytest.raises(Exception, match="append-only"):
            connection.execute(statement)
    connection.close()


def test_a_full_disk_fails_whole_appends_only_and_heals_by_itself(kit: SqliteKit) -> None:
    ledger = kit.open()
    ledger.append([entry("v1", 1)], take_number=TODAY)
    (pages,) = ledger._db.execute("PRAGMA page_count").fetchone()
    ledger._db.execute(f"PRAGMA max_page_count = {pages}")
    big = b'"' + b"x" * 9000 + b'"'
    with pytest.raises(LedgerFull) as caught:
        ledger.append([entry("v2", 2), entry("v2", 3, payload=big)], take_number=TODAY)
    assert "Free some space" in caught.value.remedy
    assert [record.visit for record in ledger.entries()] == ["v1", "v1"]
    assert [visit.visit for visit in ledger.open_visits(CLOSED)] == ["v1"]
    ledger._db.execute("PRAGMA max_page_count = 1000000")
    head = ledger.append([entry("v2", 2), entry("v2", 3, payload=big)], take_number=TODAY)
    assert (head.seq, str(head.number)) == (5, "A002")
    assert kit.verify().verdict == "ok"


def test_a_file_that_became_read_only_refuses_appends_and_still_reads(kit: SqliteKit) -> None:
    ledger = kit.open()
    ledger.append([entry("v1", 1)])
    ledger._db.execute("PRAGMA query_only = ON")
    with pytest.raises(LedgerReadOnly):
        ledger.append([entry("v1", 2)])
    assert len(list(ledger.entries())) == 1
    ledger._db.execute("PRAGMA query_only = OFF")
    assert ledger.append([entry("v1", 2)]).seq == 2


def test_a_writer_that_does_not_let_go_makes_the_ledger_busy_not_broken(kit: SqliteKit) -> None:
    ledger = kit.open()
    ledger.append([entry("v1", 1)])
    other = raw(kit)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerBusy):
        ledger.append([entry("v1", 2)])
    with pytest.raises(LedgerBusy):
        ledger.request("v1", "Settle")
    assert len(list(ledger.entries())) == 1
    other.execute("ROLLBACK")
    other.close()
    assert ledger.append([entry("v1", 2)]).seq == 2


def test_a_transaction_holds_the_pen_from_its_beginning(kit: SqliteKit) -> None:
    """What it has read must still be true when it writes."""
    kiosk, console = kit.open("kiosk"), kit.open("console")
    with kiosk._transaction(), pytest.raises(LedgerBusy):
        console.append([entry("v1", 1)])
    console.append([entry("v1", 1)])


def test_a_link_written_behind_our_back_is_not_overwritten(kit: SqliteKit) -> None:
    """Two processes that both hold our chain (a broken lock) must still leave one straight chain."""
    ledger = kit.open()
    ledger.append([entry("v1", 1)])
    connection = raw(kit)
    connection.execute(
        "INSERT INTO entry (chain, seq, core, leaf, hash) VALUES (?, 2, '{}', zeroblob(32), zeroblob(32))",
        (ledger.chain,),
    )
    connection.close()
    with pytest.raises(ChainInUse):
        ledger.append([entry("v1", 2)])
    assert ledger.head().seq == 2


def test_a_damaged_file_is_corrupt_not_a_crash(kit: SqliteKit) -> None:
    ledger = kit.open()
    ledger.append([entry("v1", n) for n in range(400)])
    ledger.close()
    path = kit.folder / "ledger.db"
    damaged = bytearray(path.read_bytes())
    for page in range(4, len(damaged) // 4096):
        damaged[page * 4096 + 100] ^= 1
    path.write_bytes(damaged)

    def use() -> None:
        ledger = kit.open()
        ledger.append([entry("v1", 500)])
        list(ledger.entries())

    with pytest.raises(LedgerError) as caught:
        use()
    assert caught.value.code in {"corrupt", "wrong_key"}
    assert caught.value.__cause__ is None


def test_a_core_that_is_not_of_the_format_is_corrupt_for_readers(kit: SqliteKit) -> None:
    ledger = kit.open()
    connection = raw(kit)
    connection.execute(
        "INSERT INTO entry (chain, seq, core, leaf, hash) VALUES ('x', 1, '{}', zeroblob(32), zeroblob(32))"
    )
    connection.close()
    with pytest.raises(LedgerCorrupt):
        list(ledger.entries())


def test_a_ledger_of_a_newer_program_is_left_alone(kit: SqliteKit) -> None:
    kit.open().close()
    connection = raw(kit)
    connection.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('ledger', '9999 future', '')"
    )
    connection.close()
    with pytest.raises(LedgerTooNew):
        kit.open()


def test_while_a_restore_holds_the_folder_no_ledger_opens(kit: SqliteKit) -> None:
    kit.open().close()
    lock = FileLock(kit.folder / ".presence.lock")
    assert lock.acquire()
    with pytest.raises(LedgerInUse):
        kit.open()
    lock.release()
    kit.open()


def test_a_failed_opening_holds_nothing(kit: SqliteKit) -> None:
    first = kit.open()
    for _ in range(3):
        with pytest.raises(ChainInUse):
            kit.open()
    first.close()
    lock = FileLock(kit.folder / ".presence.lock")
    assert lock.acquire()
    lock.release()


def test_reading_an_absent_file_makes_none(tmp_path: Path) -> None:
    with pytest.raises(LedgerMissing), snapshot(tmp_path / "ledger.db", bytes(32)):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_snapshot_does_not_see_later_entries_nor_hold_up_writers(kit: SqliteKit) -> None:
    ledger = kit.open()
    ledger.append([entry("v1", 1)])
    with kit.snapshot() as source:
        assert len(list(source.links())) == 1
        ledger.append([entry("v1", 2)])
        assert len(list(source.links())) == 1
    with kit.snapshot() as source:
        assert len(list(source.links())) == 2


def test_several_threads_of_one_process_share_a_ledger(kit: SqliteKit) -> None:
    ledger = kit.open()

    def work(thread: int) -> None:
        for n in range(25):
            ledger.append([entry(f"v{thread}", thread * 100 + n)], take_number=TODAY)
            assert sum(1 for _ in ledger.entries(f"v{thread}")) == n + 2

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert kit.verify().verdict == "ok"
    assert ledger.head().seq == 104
    assert {str(ledger.next_number(TODAY, f"v{n}")) for n in range(4)} == {"A001", "A002", "A003", "A004"}


def test_errors_carry_no_text_of_the_system() -> None:
    error = error_of(ERRORS, OSError(28, "No space left on device: /home/yamada"))
    assert (type(error), str(error)) == (LedgerFull, "full: ENOSPC")
    with pytest.raises(LedgerReadOnly) as caught, as_ledger_errors(OSError):
        raise PermissionError(13, "secret")
    assert "secret" not in repr(caught.value)


def test_every_error_has_its_own_code_and_a_remedy() -> None:
    def kinds(kind: type[LedgerError]) -> list[type[LedgerError]]:
        return [kind, *(sub for direct in kind.__subclasses__() for sub in kinds(direct))]

    every = kinds(LedgerError)
    assert len({kind.code for kind in every}) == len(every) > 20
    assert all(len(kind.remedy) > 20 for kind in every)
