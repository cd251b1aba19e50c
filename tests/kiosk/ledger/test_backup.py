"""A backup holds everything needed, opens only with its passphrase, and comes back whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from kiosk.ledger import LedgerError, Options, SqliteLedger
from kiosk.ledger.audit import verify_folder
from kiosk.ledger.backup import Manifest, backup, check, restore
from kiosk.ledger.errors import (
    BackupDamaged,
    LedgerFull,
    LedgerInUse,
    LedgerMissing,
    NotOwner,
    TargetNotEmpty,
    WeakPassphrase,
    WrongPassphrase,
)
from kiosk.ledger.sealed import CHUNK, OpeningReader, SealingWriter
from tests.support.ledgers import PASSPHRASE, SqliteKit, entry

COST = 14


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[SqliteKit]:
    kit = SqliteKit(tmp_path / "ledger")
    (tmp_path / "notes").mkdir()
    yield kit
    kit.finish()


def save(kit: SqliteKit, to: Path, *, replace: bool = False) -> Manifest:
    return backup(kit.folder, to, PASSPHRASE, clock=kit.clock, cost=COST, replace=replace)


def test_a_backup_comes_back_with_every_entry_and_payload(kit: SqliteKit, tmp_path: Path) -> None:
    ledger = kit.open(checkpoints=tmp_path / "notes")
    ledger.append([entry("v1", n) for n in range(50)])
    ledger.checkpoint()
    before = list(ledger.entries())
    manifest = save(kit, tmp_path / "a.backup")  # while the ledger is open
    assert manifest.heads == {ledger.chain: (50, ledger.head().hash.hex())}
    assert stat.S_IMODE((tmp_path / "a.backup").stat().st_mode) == 0o600
    assert check(tmp_path / "a.backup", PASSPHRASE) == manifest

    new = tmp_path / "deep" / "restored"
    assert restore(tmp_path / "a.backup", new, PASSPHRASE, clock=kit.clock) == manifest
    assert stat.S_IMODE(new.stat().st_mode) == 0o700
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in new.iterdir()} == {
        "ledger.db": 0o600, "ledger.key": 0o600, "ledger-signing.key": 0o600, "ledger-signing.pub": 0o644,
    }  # fmt: skip
    with SqliteLedger(new, Options(clock=kit.clock)) as restored:
        assert restored.chain != ledger.chain
        records = list(restored.entries())
        assert records[:50] == before
        assert records[50].type == "LedgerRestored"
    assert verify_folder(new, kit.key(), tmp_path / "notes").verdict == "ok"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.backup", "deep", "ledger", "notes"]


def test_a_restore_is_told_in_the_name_of_the_terminal_whose_ledger_it_is(
    kit: SqliteKit, tmp_path: Path
) -> None:
    """A hub takes no other's chain from it."""
    kit.open(terminal="B").append([entry("v1", n) for n in range(5)])
    kit.open("papers", terminal="A").append([entry("v1", 5, state="")])
    save(kit, tmp_path / "a.backup")
    restore(tmp_path / "a.backup", tmp_path / "new", PASSPHRASE, clock=kit.clock)
    with SqliteLedger(tmp_path / "new", Options(terminal="B", clock=kit.clock)) as restored:
        (told,) = (one for one in restored.entries() if one.type == "LedgerRestored")
    assert told.chain.startswith("B.restore.")


def test_what_a_restore_lost_is_reported_but_is_not_tampering(kit: SqliteKit, tmp_path: Path) -> None:
    ledger = kit.open(checkpoints=tmp_path / "notes")
    ledger.append([entry("v1", n) for n in range(5)])
    save(kit, tmp_path / "a.backup")
    ledger.append([entry("v1", n) for n in range(5, 8)])
    ledger.checkpoint()
    late = kit.open("console", checkpoints=tmp_path / "notes")  # begun after the backup
    late.append([entry("v2", 9)])
    kit.finish()
    restore(tmp_path / "a.backup", kit.folder, PASSPHRASE, replace=True, clock=kit.clock)

    report = verify_folder(kit.folder, None, tmp_path / "notes")
    assert report.findings == []
    lost = {chain.chain: chain.lost_by_restore for chain in report.chains if chain.lost_by_restore}
    assert lost == {ledger.chain: 3, late.chain: 1}
    again = kit.open(checkpoints=tmp_path / "notes")
    with pytest.raises(NotOwner):
        again.append([entry("v1", 9)])
    again.append([entry("v1", 9, owner_epoch=1)])
    assert again.checkpoint() is not None
    assert verify_folder(kit.folder, None, tmp_path / "notes").verdict == "ok"
    (old,) = tmp_path.glob("ledger.replaced-*")
    heads = {chain.chain: chain.head for chain in verify_folder(old).chains}
    assert heads == {ledger.chain: 8, late.chain: 1}


def test_a_restored_copy_that_was_cut_afterwards_is_tampering(kit: SqliteKit, tmp_path: Path) -> None:
    ledger = kit.open(checkpoints=tmp_path / "notes")
    ledger.append([entry("v1", n) for n in range(5)])
    save(kit, tmp_path / "a.backup")
    ledger.append([entry("v1", 6)])
    kit.finish()
    restore(tmp_path / "a.backup", kit.folder, PASSPHRASE, replace=True, clock=kit.clock)
    connection = kit.open()._db
    connection.execute("DROP TRIGGER entry_no_delete")
    connection.execute("DELETE FROM entry WHERE chain = ? AND seq = 5", (ledger.chain,))
    report = verify_folder(kit.folder, None, tmp_path / "notes")
    assert ("rolled_back", ledger.chain) in [(f.problem, f.chain) for f in report.findings]


def test_nothing_is_overwritten_unless_asked(kit: SqliteKit, tmp_path: Path) -> None:
    kit.open().append([entry("v1", 1)])
    save(kit, tmp_path / "a.backup")
    with pytest.raises(TargetNotEmpty):
        save(kit, tmp_path / "a.backup")
    save(kit, tmp_path / "a.backup", replace=True)
    with pytest.raises(TargetNotEmpty):
        restore(tmp_path / "a.backup", kit.folder, PASSPHRASE)
    (tmp_path / "empty").mkdir()
    restore(tmp_path / "a.backup", tmp_path / "empty", PASSPHRASE)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(TargetNotEmpty):
        restore(tmp_path / "a.backup", tmp_path / "file", PASSPHRASE)


def test_no_restore_under_a_running_kiosk(kit: SqliteKit, tmp_path: Path) -> None:
    ledger = kit.open()
    ledger.append([entry("v1", 1)])
    save(kit, tmp_path / "a.backup")
    with pytest.raises(LedgerInUse):
        restore(tmp_path / "a.backup", kit.folder, PASSPHRASE, replace=True)
    assert ledger.append([entry("v1", 2)]).seq == 2


def test_a_wrong_passphrase_opens_nothing_and_a_short_one_is_not_taken(
    kit: SqliteKit, tmp_path: Path
) -> None:
    kit.open().append([entry("v1", 1)])
    with pytest.raises(WeakPassphrase):
        backup(kit.folder, tmp_path / "a.backup", "short", cost=COST)
    assert not (tmp_path / "a.backup").exists()
    save(kit, tmp_path / "a.backup")
    for wrong in ("", PASSPHRASE + "x", PASSPHRASE.upper()):
        with pytest.raises(WrongPassphrase):
            restore(tmp_path / "a.backup", tmp_path / "new", wrong)
    assert not (tmp_path / "new").exists()


def test_a_passphrase_is_the_same_however_its_characters_are_composed(kit: SqliteKit, tmp_path: Path) -> None:
    kit.open()
    backup(kit.folder, tmp_path / "a.backup", "がぎぐげごがぎぐげごがぎ", cost=COST)
    decomposed = "か\u3099き\u3099く\u3099け\u3099こ\u3099" * 2 + "か\u3099き\u3099"
    assert check(tmp_path / "a.backup", decomposed).heads == {}


def test_every_damage_of_the_archive_is_found_and_leaves_no_trace(kit: SqliteKit, tmp_path: Path) -> None:
    kit.open().append([entry("v1", n) for n in range(10)])
    path = tmp_path / "a.backup"
    save(kit, path)
    whole = path.read_bytes()
    places = [0, 4, 5, 6, 25, 30, 44, 45, 60, len(whole) // 2, len(whole) - 17, len(whole) - 1]
    damaged = [whole[:p] + bytes([whole[p] ^ 1]) + whole[p + 1 :] for p in places]
    damaged += [whole[:cut] for cut in (0, 10, 45, 46, 60, len(whole) - 1)] + [whole + b"x"]
    for content in damaged:
        path.write_bytes(content)
        with pytest.raises((BackupDamaged, WrongPassphrase)):
            restore(path, tmp_path / "new", PASSPHRASE)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.backup", "ledger", "notes"]


def test_what_is_not_there_or_has_no_room_is_a_typed_error(kit: SqliteKit, tmp_path: Path) -> None:
    with pytest.raises(LedgerMissing):
        save(kit, tmp_path / "a.backup")
    with pytest.raises(LedgerError):
        restore(tmp_path / "nothing", tmp_path / "new", PASSPHRASE)
    kit.open()
    with pytest.raises(LedgerError):
        save(kit, tmp_path / "nowhere" / "a.backup")


def test_a_full_disk_leaves_no_half_archive(
    kit: SqliteKit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit.open()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LedgerFull):
        save(kit, tmp_path / "a.backup")
    monkeypatch.undo()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ledger", "notes"]


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_the_sealed_stream_gives_back_what_went_in(size: int) -> None:
    file, content = BytesIO(), os.urandom(size)
    writer = SealingWriter(file, PASSPHRASE, os.urandom, COST)
    for at in range(0, size, 300_001):
        writer.write(content[at : at + 300_001])
    writer.finish()
    file.seek(0)
    reader = OpeningReader(file, PASSPHRASE)
    assert reader.read(10) + reader.read() == content


def test_chunks_cannot_be_swapped_dropped_or_cut() -> None:
    file = BytesIO()
    writer = SealingWriter(file, PASSPHRASE, os.urandom, COST)
    writer.write(os.urandom(3 * CHUNK - 5))
    writer.finish()
    whole, head, step = file.getvalue(), 45, CHUNK + 16
    chunks = [whole[at : at + step] for at in range(head, len(whole), step)]
    assert len(chunks) == 3
    for order in ([1, 0, 2], [0, 2], [0, 1], [0, 0, 1, 2], [0, 1, 2, 2], []):
        tampered = BytesIO(whole[:head] + b"".join(chunks[n] for n in order))
        with pytest.raises(BackupDamaged):
            OpeningReader(tampered, PASSPHRASE).read()
