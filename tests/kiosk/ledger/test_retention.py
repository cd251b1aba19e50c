"""Purged text is gone: from the tables, from free pages, from the log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from kiosk.ledger import Purged, SqliteLedger, stamp
from kiosk.ledger.retention import RetentionPolicy, due, oldest_kept, purge, run_daily
from tests.support.ledgers import NOON, SqliteKit, entry

PAGE, RESERVED, WAL_HEADER, FRAME_HEADER = 4096, 80, 32, 24
CANARY = b"KANARIENVOGEL"


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[SqliteKit]:
    kit = SqliteKit(tmp_path / "ledger")
    yield kit
    kit.finish()


def decrypted(folder: Path, key: bytes) -> bytes:
    """Every page of file and log in plain, free pages too (SQLCipher 4: AES-256-CBC, the IV in the page's end)."""
    content = (folder / "ledger.db").read_bytes()
    pages = [content[at : at + PAGE] for at in range(0, len(content), PAGE)]
    plain = [_page(pages[0][16:], key), *(_page(page, key) for page in pages[1:])]
    log = (folder / "ledger.db-wal").read_bytes()
    frames = range(WAL_HEADER + FRAME_HEADER, len(log), FRAME_HEADER + PAGE)
    plain += [_page(log[at : at + PAGE], key) for at in frames]
    return b"".join(plain)


def _page(page: bytes, key: bytes) -> bytes:
    body, iv = page[:-RESERVED], page[-RESERVED : -RESERVED + 16]
    if len(iv) < 16 or not any(page):
        return b""
    reader = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    return reader.update(body) + reader.finalize()


def fill(ledger: SqliteLedger, visits: int) -> None:
    """Small payloads and some that need pages of their own."""
    for n in range(visits):
        text = CANARY * (1 if n % 5 else 700)
        body = b'{"name":"' + text + b'"}'
        ledger.append([entry(f"v{n}", n, "Finished", payload=body)], take_number=NOON.date())
        if n % 10 == 0:
            ledger.request(f"v{n}", CANARY.decode())


def test_purged_text_is_nowhere_in_the_decrypted_files(kit: SqliteKit) -> None:
    ledger = kit.open()
    fill(ledger, 100)
    kit.clock.advance(days=3)
    ledger.append([entry("kept", 500, at=stamp(kit.clock.wall), payload=b'{"name":"BLEIBT"}')])
    before = decrypted(kit.folder, kit.database_key())
    assert before.count(CANARY) > 100  # the search does find it while it is there

    result = ledger.purge(date(2026, 3, 4))
    assert (result.erased, result.files_clean) == (100 + 10, True)
    after = decrypted(kit.folder, kit.database_key())
    assert CANARY not in after
    assert b"BLEIBT" in after
    assert (kit.folder / "ledger.db-wal").stat().st_size == 0
    ledger.close()
    assert kit.verify().verdict == "ok"


def test_rows_that_outlive_a_purge_leave_no_copies_behind_for_the_next(kit: SqliteKit) -> None:
    """Long visits among short ones: the first purge takes their neighbours, the second takes them."""
    ledger = kit.open()
    fill(ledger, 100)
    kit.clock.advance(days=1)
    for n in range(0, 100, 3):
        ledger.append([entry(f"v{n}", n, "Finished", at=stamp(kit.clock.wall))])
    kit.clock.advance(days=3)
    first = ledger.purge(date(2026, 3, 3))
    assert CANARY in decrypted(kit.folder, kit.database_key())
    second = ledger.purge(date(2026, 3, 6))
    assert 0 < first.erased < second.erased + 66
    assert CANARY not in decrypted(kit.folder, kit.database_key())
    assert kit.verify().verdict == "ok"


def test_a_reader_delays_the_cleaning_and_the_next_run_does_it(kit: SqliteKit) -> None:
    ledger = kit.open()
    fill(ledger, 30)
    kit.clock.advance(days=3)
    with kit.snapshot() as reader:
        assert len(list(reader.links())) > 30
        assert not ledger.purge(date(2026, 3, 4)).files_clean
        assert isinstance(next(ledger.entries("v1")).payload, Purged)
    assert CANARY in decrypted(kit.folder, kit.database_key())
    assert purge(ledger, date(2026, 3, 4)).files_clean
    assert CANARY not in decrypted(kit.folder, kit.database_key())


def test_retention_runs_once_every_japanese_day(kit: SqliteKit) -> None:
    ledger = kit.open()
    policy = RetentionPolicy()
    assert run_daily(ledger, policy, kit.clock.wall) is not None
    assert run_daily(ledger, policy, kit.clock.wall) is None
    kit.clock.advance(hours=11, minutes=59)
    assert run_daily(ledger, policy, kit.clock.wall) is None
    kit.clock.advance(minutes=1)
    assert run_daily(ledger, policy, kit.clock.wall) is not None


def test_by_default_three_calendar_years_before_the_running_one_are_kept(kit: SqliteKit) -> None:
    assert oldest_kept(RetentionPolicy(), date(2030, 1, 1)) == date(2027, 1, 1)
    assert oldest_kept(RetentionPolicy(years=5), date(2030, 12, 31)) == date(2025, 1, 1)
    ledger = kit.open()
    ledger.append([entry("v1", 1)])
    kit.clock.wall = datetime(2029, 12, 31, 14, 59, tzinfo=UTC)
    result = run_daily(ledger, RetentionPolicy(), kit.clock.wall)
    assert result is not None
    assert (result.before, result.erased) == (date(2026, 1, 1), 0)
    kit.clock.advance(minutes=1)  # New Year in Japan
    result = run_daily(ledger, RetentionPolicy(), kit.clock.wall)
    assert result is not None
    assert (result.before, result.erased) == (date(2027, 1, 1), 1)


def test_due_compares_days_not_hours() -> None:
    assert due(None, NOON)
    assert not due(stamp(NOON - timedelta(hours=12)), NOON)
    assert due(stamp(NOON - timedelta(hours=12, milliseconds=1)), NOON)
    assert due(stamp(NOON + timedelta(days=2)), NOON)  # a clock that was ahead does not stop retention
