"""The outbox's file: encrypted, nobody else's, and empty of what was taken."""

from __future__ import annotations

import stat
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from kiosk.handoff.outbox_file import DATABASE, derived
from kiosk.handoff.outbox_sqlite import SqliteOutbox
from kiosk.handoff.parcel import Parcel
from kiosk.ledger import Options, SqliteLedger
from kiosk.ledger.errors import KeyMissing, LedgerError, LedgerMissing, LedgerTooNew, WrongKey
from kiosk.ledger.keys import Home, load_keys
from tests.support.canaries import files_below
from tests.support.handoff import NOW, SqliteOutboxes, draft

LEASE = timedelta(minutes=3)
CANARY = "山田太郎-canary-90210"
_PAGE, _RESERVED, _WAL_HEADER, _FRAME_HEADER = 4096, 80, 32, 24


@pytest.fixture
def kit(tmp_path: Path) -> SqliteOutboxes:
    return SqliteOutboxes(tmp_path)


def with_canary(visit: str = "v1") -> Parcel:
    return Parcel(f"{visit}.json", "application/json", (CANARY * 400).encode())


def decrypted_pages(kit: SqliteOutboxes) -> bytes:
    """Every page of file and log in plain, free pages too (SQLCipher 4: AES-256-CBC, the IV in the page's end)."""
    key = derived(load_keys(Home(kit.ledger)).database)
    content = (kit.folder / DATABASE).read_bytes()
    pages = [content[at : at + _PAGE] for at in range(0, len(content), _PAGE)]
    log = kit.folder / f"{DATABASE}-wal"
    frames = log.read_bytes() if log.exists() else b""
    starts = range(_WAL_HEADER + _FRAME_HEADER, len(frames), _FRAME_HEADER + _PAGE)
    logged = [frames[at : at + _PAGE] for at in starts]
    first, *others = [*pages, *logged]
    return b"".join([_page(first[16:], key), *(_page(page, key) for page in others)])


def _page(page: bytes, key: bytes) -> bytes:
    body, iv = page[:-_RESERVED], page[-_RESERVED : -_RESERVED + 16]
    if len(iv) < 16 or not any(page) or len(body) % 16:
        return b""
    decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    return decryptor.update(body) + decryptor.finalize()


def test_no_file_holds_what_is_on_its_way_in_plain(kit: SqliteOutboxes) -> None:
    outbox = kit.open()
    outbox.post(draft(parcel=with_canary()), NOW)
    assert CANARY.encode() in decrypted_pages(kit)  # the search finds what is there
    for path, content in files_below(kit.folder):
        assert CANARY.encode() not in content, path
        assert b"SQLite format" not in content, path
    kit.finish()


def test_what_was_taken_or_replaced_is_nowhere_any_more(kit: SqliteOutboxes) -> None:
    outbox = kit.open()
    outbox.post(draft("v1", parcel=with_canary()), NOW)
    outbox.post(draft("v2", parcel=with_canary("v2")), NOW)
    outbox.post(draft("v2", revision=2, parcel=Parcel("b", "c", b"d")), NOW)
    letter = outbox.claim(NOW, LEASE)
    assert letter is not None
    outbox.settle(letter, "taken", NOW)
    outbox.purge(date(2026, 3, 3))
    assert CANARY.encode() not in decrypted_pages(kit)
    assert outbox.claim(NOW, LEASE) is not None
    kit.finish()


def test_letters_outlive_the_program(kit: SqliteOutboxes) -> None:
    kit.open().post(draft(), NOW)
    kit.finish()
    letter = kit.open().claim(NOW, LEASE)
    assert letter is not None
    assert letter.parcel == draft().parcel
    kit.finish()


def test_folder_and_files_are_nobody_elses(kit: SqliteOutboxes) -> None:
    kit.open().post(draft(), NOW)
    assert stat.S_IMODE(kit.folder.stat().st_mode) == 0o700
    for path in kit.folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    kit.finish()


def test_only_the_ledgers_own_key_opens_it(kit: SqliteOutboxes, tmp_path: Path) -> None:
    kit.open().post(draft(), NOW)
    kit.finish()
    SqliteLedger(tmp_path / "another", Options(terminal="A")).close()
    with pytest.raises(WrongKey):
        SqliteOutbox(kit.folder, tmp_path / "another")
    with pytest.raises(LedgerMissing):
        SqliteOutbox(kit.folder, tmp_path / "nowhere")
    (kit.ledger / "ledger.key").unlink()
    with pytest.raises(KeyMissing):
        SqliteOutbox(kit.folder, kit.ledger)


def test_another_database_is_not_taken_for_an_outbox(kit: SqliteOutboxes) -> None:
    outbox = kit.open()
    outbox._db.execute("PRAGMA application_id = 7")
    kit.finish()
    with pytest.raises(WrongKey):
        kit.open()


def test_an_outbox_of_a_newer_program_is_left_alone(kit: SqliteOutboxes) -> None:
    outbox = kit.open()
    outbox._db.execute("PRAGMA user_version = 99")
    kit.finish()
    with pytest.raises(LedgerTooNew):
        kit.open()


def test_an_outbox_of_the_first_version_is_taken_along(kit: SqliteOutboxes) -> None:
    """Its letters go on; of what was taken long ago nothing is told any more."""
    outbox = kit.open()
    for visit in ("v1", "v2"):
        outbox.post(draft(visit), NOW)
    taken = outbox.claim(NOW, LEASE)
    assert taken is not None
    outbox.settle(taken, "taken", NOW)
    for statement in (
        "DROP INDEX letter_untold", "DROP INDEX letter_wish",
        "ALTER TABLE letter DROP COLUMN told", "ALTER TABLE letter DROP COLUMN wish", "PRAGMA user_version = 1",
    ):  # fmt: skip
        outbox._db.execute(statement)
    kit.finish()
    outbox = kit.open()
    assert not outbox.tell(NOW, lambda _letter: None)
    letter = outbox.claim(NOW, LEASE)
    assert letter is not None
    outbox.settle(letter, "taken", NOW)
    found: list[str] = []
    assert outbox.tell(NOW, lambda letter: found.append(letter.visit))
    assert outbox.purge(date(2026, 3, 3)) == 2
    assert (found, outbox.open_letters()) == (["v2"], 0)
    kit.finish()


def test_a_step_that_fails_midway_leaves_nothing(kit: SqliteOutboxes) -> None:
    outbox = kit.open()
    unwritable: Any = object()
    with pytest.raises(LedgerError):
        outbox.post(draft(parcel=Parcel("a", "b", unwritable)), NOW)
    assert outbox.last("v1", "chart") is None
    assert outbox.post(draft(), NOW)
    kit.finish()
