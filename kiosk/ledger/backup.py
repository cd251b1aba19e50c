"""A whole ledger with its keys in one file under a passphrase, and back.

The archive is a sealed stream (`sealed`): a u32 length, that much JSON (manifest and keys), then the database
file to the end, still encrypted by its own key. A backup keeps what retention erases later:
old backups must be destroyed when their contents' time is over.
"""

from __future__ import annotations

import os
import shutil
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

from kiosk.ledger import reader
from kiosk.ledger.base import Options
from kiosk.ledger.errors import (
    BackupDamaged,
    LedgerCorrupt,
    LedgerInUse,
    TargetNotEmpty,
    as_ledger_errors,
)
from kiosk.ledger.interface import Clock, RandomBytes, stamp, system_clock
from kiosk.ledger.keys import DATABASE, Home, Keys, load_keys, save_keys
from kiosk.ledger.projection import Restored
from kiosk.ledger.schema import connect, instance, set_instance
from kiosk.ledger.sealed import CHUNK, DEFAULT_COST, OpeningReader, SealingWriter
from kiosk.ledger.sqlite import SqliteLedger
from kiosk.storage.database import DriverError
from kiosk.storage.files import (
    PRIVATE_FILE,
    PRIVATE_FOLDER,
    FileLock,
    exchange,
    sync_folder,
    writing_whole,
)

FORMAT: Final = 1
_LENGTH: Final = struct.Struct(">I")
_MOST: Final = 1 << 24  # no manifest is larger


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds: the database's name, each chain's head, and the database file's SHA-256."""

    made: str
    instance: str
    heads: dict[str, tuple[int, str]]
    database_sha256: str
    format: int = FORMAT


class _Contents(msgspec.Struct, frozen=True):
    manifest: Manifest
    database_key: str
    signing_key: str


def backup(
    folder: Path,
    to: Path,
    passphrase: str,
    *,
    keys: Keys | None = None,
    replace: bool = False,
    clock: Clock = system_clock,
    random: RandomBytes = os.urandom,
    cost: int = DEFAULT_COST,
) -> Manifest:
    """Copy the ledger in `folder`, also while it is in use, into the archive `to` (whole or not at all).

    Raises WeakPassphrase, TargetNotEmpty, KeyMissing, LedgerMissing, LedgerFull, …
    """
    if to.exists() and not replace:
        raise TargetNotEmpty(to.name)
    home = Home(folder)
    keys = keys or load_keys(home)
    with as_ledger_errors(OSError), _private_folder(to.parent, ".backup-") as work:
        copy = work / DATABASE
        manifest = _copy_database(home.database, copy, keys, stamp(clock().wall))
        with writing_whole(to, PRIVATE_FILE) as file:
            sealed = SealingWriter(file, passphrase, random, cost)
            contents = msgspec.json.encode(
                _Contents(manifest, keys.database.hex(), keys.signing_seed().hex())
            )
            sealed.write(_LENGTH.pack(len(contents)) + contents)
            with copy.open("rb") as database:
                shutil.copyfileobj(database, sealed, CHUNK)
            sealed.finish()
    return manifest


def _copy_database(source: Path, copy: Path, keys: Keys, made: str) -> Manifest:
    """SQLite's own online backup, in one step: a consistent moment, writers go on."""
    origin = connect(source, keys.database, write=False)
    try:
        target = connect(copy, keys.database, write=True)
        try:
            with as_ledger_errors(DriverError):
                origin.backup(target)
                target.execute("PRAGMA journal_mode = DELETE")  # one file, no log beside it
                heads = {name: (head.seq, head.hash.hex()) for name, head in reader.heads(target).items()}
                name = instance(target)
        finally:
            target.close()
    finally:
        origin.close()
    return Manifest(made, name, heads, _digest(copy))


def check(archive: Path, passphrase: str) -> Manifest:
    """Read a backup to its end and compare everything. WrongPassphrase, BackupDamaged, LedgerMissing, …"""
    with as_ledger_errors(OSError), _private_folder(None, "uketsuke-") as work:
        manifest, _ = _unpack(archive, passphrase, work)
    return manifest


def restore(
    archive: Path,
    folder: Path,
    passphrase: str,
    *,
    replace: bool = False,
    clock: Clock = system_clock,
    random: RandomBytes = os.urandom,
) -> Manifest:
    """Put a backup's ledger into `folder`: all of it in one step, or nothing.

    Refuses a folder that holds anything (TargetNotEmpty) unless `replace`; then what was there is kept
    beside it as `NAME.replaced-…`. LedgerInUse while a kiosk or console has it open.
    The restored database gets a new name, so its terminals begin new chains: links written after the
    backup are gone, but their checkpoints remain, and an entry `LedgerRestored` explains the difference.
    """
    folder = folder.absolute()
    occupied = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    if occupied and not replace:
        raise TargetNotEmpty(folder.name)
    with as_ledger_errors(OSError), _sole_user(folder if occupied else None):
        folder.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        with _private_folder(folder.parent, f".{folder.name}.restore-") as work:
            manifest, keys = _unpack(archive, passphrase, work)
            _begin_anew(work, keys, manifest, clock, random)
            _put_in_place(work, folder, occupied, stamp(clock().wall))
    return manifest


def _begin_anew(work: Path, keys: Keys, manifest: Manifest, clock: Clock, random: RandomBytes) -> None:
    with as_ledger_errors(DriverError):
        connection = connect(work / DATABASE, keys.database, write=True)
        try:
            if connection.execute("PRAGMA integrity_check(1)").fetchall() != [("ok",)]:
                raise LedgerCorrupt("integrity_check")
            set_instance(connection, random(4).hex())
        finally:
            connection.close()
    terminal = min(manifest.heads, default="A").partition(".")[0]
    options = Options(terminal=terminal, process="restore", clock=clock, random=random)
    with SqliteLedger(work, options, keys=keys) as ledger:
        ledger.record_restore(Restored(manifest.heads, manifest.instance, manifest.made))
    for path in work.glob(".*.lock"):
        path.unlink()
    sync_folder(work)


def _put_in_place(work: Path, folder: Path, occupied: bool, now: str) -> None:
    if occupied:
        exchange(work, folder)
        aside = now.translate({ord(sign): None for sign in "-:."})
        os.rename(work, folder.with_name(f"{folder.name}.replaced-{aside}"))
    else:
        os.rename(work, folder)  # also onto an empty folder, in one step
    sync_folder(folder.parent)


def _unpack(archive: Path, passphrase: str, work: Path) -> tuple[Manifest, Keys]:
    """Database and keys into `work`. Nothing in the archive chooses a path."""
    with archive.open("rb") as file:
        opened = OpeningReader(file, passphrase)
        try:
            (length,) = _LENGTH.unpack(opened.read(_LENGTH.size))
            contents = msgspec.json.decode(opened.read(min(length, _MOST)), type=_Contents)
            keys = Keys(bytes.fromhex(contents.database_key), bytes.fromhex(contents.signing_key))
        except (struct.error, msgspec.MsgspecError, ValueError) as error:
            raise BackupDamaged(type(error).__name__) from None
        with writing_whole(work / DATABASE, PRIVATE_FILE) as database:
            shutil.copyfileobj(opened, database, CHUNK)
    manifest = contents.manifest
    if manifest.format != FORMAT or _digest(work / DATABASE) != manifest.database_sha256:
        raise BackupDamaged("database")
    save_keys(work, keys)
    return manifest, keys


@contextmanager
def _sole_user(folder: Path | None) -> Iterator[None]:
    """Hold the place against kiosk and console while it is replaced."""
    if folder is None or not folder.is_dir():
        yield
        return
    lock = FileLock(Home(folder).lock("presence"))
    if not lock.acquire():
        raise LedgerInUse
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _private_folder(parent: Path | None, prefix: str) -> Iterator[Path]:
    """A folder of mode 0700 that is gone afterwards, unless it was renamed to its place."""
    work = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    try:
        yield work
    finally:
        with suppress(OSError):
            shutil.rmtree(work)


def _digest(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(CHUNK):
            digest.update(block)
    return digest.hexdigest()
