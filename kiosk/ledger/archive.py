"""What is in a backup's file, read and written as one stream.

A sealed stream (`sealed`): a u32 length, that much JSON (manifest and keys), then each file to its end as the manifest
tells their sizes: the ledger's database first, then the others; all still encrypted by their own keys. Format 1 had the
ledger's database alone, to the end of the stream.
"""

from __future__ import annotations

import shutil
import struct
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol

import msgspec

from kiosk.ledger.errors import BackupDamaged
from kiosk.ledger.sealed import CHUNK, OpeningReader, SealingWriter
from kiosk.storage.files import PRIVATE_FILE, writing_whole

FORMAT: Final = 2
_READABLE: Final = frozenset({1, 2})
_LENGTH: Final = struct.Struct(">I")
_MOST: Final = 1 << 24  # no manifest is larger


class Held(msgspec.Struct, frozen=True):
    """A file beside the ledger: whose it is, its bytes and their SHA-256."""

    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds: the database's name, each chain's head, the database file's SHA-256 and size (0: none, a
    console whose ledger stands in the hub), and the files beside it."""

    made: str
    instance: str
    heads: dict[str, tuple[int, str]]
    database_sha256: str
    format: int = 1
    database_size: int = 0
    files: tuple[Held, ...] = ()

    @property
    def has_ledger(self) -> bool:
        return self.format == 1 or self.database_size > 0

    @property
    def holds(self) -> tuple[str, ...]:
        """The names of all that is in it."""
        return (*(("ledger",) if self.has_ledger else ()), *(one.name for one in self.files))


class Contents(msgspec.Struct, frozen=True):
    """keys: of the files that have one of their own, by name; each in hexadecimal digits."""

    manifest: Manifest
    database_key: str
    signing_key: str
    keys: dict[str, str] = {}

    def __repr__(self) -> str:
        return "<Contents>"

    def key_of(self, name: str) -> bytes:
        """BackupDamaged where it is not there."""
        if name not in self.keys:
            raise BackupDamaged(f"no key of {name}")
        return bytes.fromhex(self.keys[name])


class _Readable(Protocol):
    def read(self, size: int = -1) -> bytes: ...


def write(sealed: SealingWriter, contents: Contents, files: Sequence[Path]) -> None:
    """`files` in the manifest's order."""
    head = msgspec.json.encode(contents)
    sealed.write(_LENGTH.pack(len(head)) + head)
    for path in files:
        with path.open("rb") as file:
            shutil.copyfileobj(file, sealed, CHUNK)
    sealed.finish()


def read_head(opened: OpeningReader) -> Contents:
    """BackupDamaged."""
    try:
        (length,) = _LENGTH.unpack(opened.read(_LENGTH.size))
        contents = msgspec.json.decode(opened.read(min(length, _MOST)), type=Contents)
        for key in (contents.database_key, contents.signing_key, *contents.keys.values()):
            if len(bytes.fromhex(key)) != 32:
                raise BackupDamaged("a key")
    except (struct.error, msgspec.MsgspecError, ValueError) as error:
        raise BackupDamaged(type(error).__name__) from None
    if contents.manifest.format not in _READABLE:
        raise BackupDamaged(f"format {contents.manifest.format}")
    return contents


def read_database(opened: OpeningReader, manifest: Manifest, to: Path) -> None:
    size = None if manifest.format == 1 else manifest.database_size
    _read_file(opened, "database", size, manifest.database_sha256, to)


def read_held(opened: OpeningReader, held: Held, to: Path) -> None:
    _read_file(opened, held.name, held.size, held.sha256, to)


def read_end(opened: OpeningReader) -> None:
    if opened.read(1):
        raise BackupDamaged("more than the manifest tells")


def _read_file(opened: _Readable, name: str, size: int | None, digest: str, to: Path) -> None:
    """Whole and as it was written, or BackupDamaged. size None: all that is left."""
    found, left = sha256(), size
    with writing_whole(to, PRIVATE_FILE) as file:
        while block := opened.read(CHUNK if left is None else min(CHUNK, left)):
            found.update(block)
            file.write(block)
            left = left and left - len(block)
            if left == 0:
                break
        if left or found.hexdigest() != digest:
            raise BackupDamaged(name)


def digest_of(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(CHUNK):
            digest.update(block)
    return digest.hexdigest()
