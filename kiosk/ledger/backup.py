"""A whole ledger with its keys, and the encrypted files that go with it, in one file under a passphrase, and back.

`archive` tells the file's form. A backup keeps what retention erases later: old backups must be destroyed when their
contents' time is over.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import msgspec

from kiosk.ledger import archive, reader
from kiosk.ledger.archive import FORMAT, Contents, Held, Manifest
from kiosk.ledger.base import Options
from kiosk.ledger.errors import (
    LedgerCorrupt,
    LedgerInUse,
    TargetNotEmpty,
    as_ledger_errors,
)
from kiosk.ledger.interface import Clock, RandomBytes, stamp, system_clock
from kiosk.ledger.keys import DATABASE, Home, Keys, load_keys, save_keys
from kiosk.ledger.projection import Restored
from kiosk.ledger.schema import SHAPE, connect, instance, set_instance
from kiosk.ledger.sealed import DEFAULT_COST, OpeningReader, SealingWriter
from kiosk.ledger.sqlite import SqliteLedger
from kiosk.ledger.swapping import Staging, is_occupied
from kiosk.storage.companion import Companion, copy_database
from kiosk.storage.database import DriverError
from kiosk.storage.files import PRIVATE_FILE, FileLock, sync_folder, writing_whole

__all__ = ["Manifest", "backup", "check", "restore"]


def backup(
    folder: Path,
    to: Path,
    passphrase: str,
    *,
    companions: Sequence[Companion] = (),
    keys: Keys | None = None,
    replace: bool = False,
    clock: Clock = system_clock,
    random: RandomBytes = os.urandom,
    cost: int = DEFAULT_COST,
) -> Manifest:
    """Copy the ledger in `folder`, and those companions that are there, into the archive `to` (whole or not at all),
    also while they are in use.

    Raises WeakPassphrase, TargetNotEmpty, KeyMissing, LedgerMissing, LedgerFull, …; of a companion its own errors.
    """
    if to.exists() and not replace:
        raise TargetNotEmpty(to.name)
    home = Home(folder)
    keys = keys or load_keys(home)
    there = [one for one in companions if one.place.file.exists()]
    with as_ledger_errors(OSError), _private_folder(to.parent, ".backup-") as work:
        # Before the ledger: what follows from it (the outbox) must not know more than it does.
        copies = [(one, work / f"{one.name}.db") for one in there]
        for one, copy in copies:
            one.copy(copy, keys.database)
        database = work / DATABASE
        manifest = _copy_ledger(home, database, keys, stamp(clock().wall), alone=not there)
        manifest = msgspec.structs.replace(
            manifest,
            files=tuple(Held(one.name, copy.stat().st_size, archive.digest_of(copy)) for one, copy in copies),
        )
        own = {one.name: one.key(keys.database).hex() for one in there if one.derived is None}
        contents = Contents(manifest, keys.database.hex(), keys.signing_seed().hex(), own)
        with writing_whole(to, PRIVATE_FILE) as file:
            sealed = SealingWriter(file, passphrase, random, cost)
            ledger = [database] if manifest.has_ledger else []
            archive.write(sealed, contents, [*ledger, *(copy for _, copy in copies)])
    return manifest


def _copy_ledger(home: Home, copy: Path, keys: Keys, made: str, *, alone: bool) -> Manifest:
    """A console whose ledger stands in the hub has none of its own, but keys."""
    if not alone and not home.database.exists():
        return Manifest(made, "", {}, "", FORMAT)
    with as_ledger_errors(DriverError):
        copy_database(home.database, copy, keys.database, SHAPE)
        with closing(connect(copy, keys.database, write=False)) as db:
            heads = {name: (head.seq, head.hash.hex()) for name, head in reader.heads(db).items()}
            name = instance(db)
    return Manifest(made, name, heads, archive.digest_of(copy), FORMAT, copy.stat().st_size)


def check(archive_file: Path, passphrase: str) -> Manifest:
    """Read a backup to its end and compare everything. WrongPassphrase, BackupDamaged, LedgerMissing, …"""
    with (
        as_ledger_errors(OSError),
        _private_folder(None, "uketsuke-") as work,
        archive_file.open("rb") as file,
    ):
        opened = OpeningReader(file, passphrase)
        manifest = archive.read_head(opened).manifest
        if manifest.has_ledger:
            archive.read_database(opened, manifest, work / DATABASE)
        for number, held in enumerate(manifest.files):
            archive.read_held(opened, held, work / f"{number}.db")
        archive.read_end(opened)
    return manifest


def restore(
    archive_file: Path,
    folder: Path,
    passphrase: str,
    *,
    companions: Sequence[Companion] = (),
    replace: bool = False,
    clock: Clock = system_clock,
    random: RandomBytes = os.urandom,
) -> Manifest:
    """Put a backup's ledger into `folder`, and what it holds of the companions into their places: everything read,
    checked and written before anything is replaced, then each folder in one step, or nothing.

    Refuses a folder that holds anything (TargetNotEmpty) unless `replace`; then what was there is kept
    beside it as `NAME.replaced-…`. LedgerInUse while a kiosk or console has it open.
    The restored database gets a new name, so its terminals begin new chains: links written after the
    backup are gone, but their checkpoints remain, and an entry `LedgerRestored` explains the difference.
    """
    with as_ledger_errors(OSError), archive_file.open("rb") as file:
        opened = OpeningReader(file, passphrase)
        contents = archive.read_head(opened)
        places = {one.name: one for one in companions}
        wanted = [places[held.name] for held in contents.manifest.files if held.name in places]
        targets = {folder.absolute(), *(one.place.folder.absolute() for one in wanted)}
        for target in sorted(targets):
            if is_occupied(target) and not replace:
                raise TargetNotEmpty(target.name)
        with _sole_user(folder.absolute(), wanted), Staging(targets) as staging:
            _unpack(opened, contents, staging.folder(folder), staging, places)
            if contents.manifest.has_ledger:
                _begin_anew(staging.folder(folder), contents, clock, random)
            staging.commit(_compact(stamp(clock().wall)))
    return contents.manifest


def _unpack(
    opened: OpeningReader, contents: Contents, work: Path, staging: Staging, places: dict[str, Companion]
) -> None:
    """Nothing in the archive chooses a path. To the end of the stream first: then it is whole."""
    manifest = contents.manifest
    keys = Keys(bytes.fromhex(contents.database_key), bytes.fromhex(contents.signing_key))
    if manifest.has_ledger:
        archive.read_database(opened, manifest, work / DATABASE)
    with _private_folder(work.parent, ".restore-") as aside:
        for number, held in enumerate(manifest.files):
            one = places.get(held.name)
            to = aside / str(number) if one is None else staging.folder(one.place.folder) / one.place.database
            archive.read_held(opened, held, to)
        archive.read_end(opened)
    save_keys(work, keys)
    for held in manifest.files:
        if (one := places.get(held.name)) is not None:
            key = one.derived(keys.database) if one.derived else contents.key_of(held.name)
            one.put(staging.folder(one.place.folder), key)


def _begin_anew(work: Path, contents: Contents, clock: Clock, random: RandomBytes) -> None:
    manifest = contents.manifest
    keys = Keys(bytes.fromhex(contents.database_key), bytes.fromhex(contents.signing_key))
    with as_ledger_errors(DriverError), closing(connect(work / DATABASE, keys.database, write=True)) as db:
        if db.execute("PRAGMA integrity_check(1)").fetchall() != [("ok",)]:
            raise LedgerCorrupt("integrity_check")
        set_instance(db, random(4).hex())
    longest = max(manifest.heads, key=lambda chain: manifest.heads[chain][0], default="A")
    terminal = longest.partition(".")[
        0
    ]  # a short chain may be of another name, as a command was once told it
    options = Options(terminal=terminal, process="restore", clock=clock, random=random)
    with SqliteLedger(work, options, keys=keys) as ledger:
        ledger.record_restore(Restored(manifest.heads, manifest.instance, manifest.made))
    for path in work.glob(".*.lock"):
        path.unlink()
    sync_folder(work)


def _compact(at: str) -> str:
    return at.translate({ord(sign): None for sign in "-:."})


@contextmanager
def _sole_user(folder: Path, companions: Sequence[Companion]) -> Iterator[None]:
    """Hold the place against kiosk and console while it is replaced. LedgerInUse."""
    lock = None
    if folder.is_dir() and is_occupied(folder):
        lock = FileLock(Home(folder).lock("presence"))
        if not lock.acquire():
            raise LedgerInUse
    try:
        for one in companions:
            if one.place.file.exists() and one.is_in_use():
                raise LedgerInUse(one.name)
        yield
    finally:
        if lock is not None:
            lock.release()


@contextmanager
def _private_folder(parent: Path | None, prefix: str) -> Iterator[Path]:
    """A folder of mode 0700 that is gone afterwards."""
    work = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    try:
        yield work
    finally:
        with suppress(OSError):
            shutil.rmtree(work)
