"""The two secrets of a ledger: the database's key and the key that signs its checkpoints.

Each is one line of 64 hexadecimal digits in a file of mode 0600, or a systemd credential. They are
made at first start. A lost database key cannot be replaced, which is why a backup carries both.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.ledger.errors import KeyMissing, LedgerMissing, LedgerReadOnly, as_ledger_errors
from kiosk.ledger.interface import RandomBytes
from kiosk.ledger.note import VerifyKey
from kiosk.storage.files import PRIVATE_FOLDER, touch_private, write_whole
from kiosk.storage.keyfile import KEY_BYTES, find_key, load_key, write_key

DATABASE: Final = "ledger.db"
DATABASE_KEY: Final = "ledger.key"
SIGNING_KEY: Final = "ledger-signing.key"
VERIFY_KEY: Final = "ledger-signing.pub"


class Keys:
    """Held in memory while the ledger is open; never shown, compared or pickled."""

    __slots__ = ("database", "signer", "verify_key")

    def __init__(self, database: bytes, signing_seed: bytes) -> None:
        self.database = database
        self.signer = Ed25519PrivateKey.from_private_bytes(signing_seed)
        self.verify_key = VerifyKey.of(self.signer.public_key())

    def __repr__(self) -> str:
        return f"Keys({self.verify_key.name})"

    def __reduce__(self) -> str:
        raise TypeError("keys are not pickled")

    def signing_seed(self) -> bytes:
        return self.signer.private_bytes_raw()


class Home(msgspec.Struct, frozen=True):
    """The folder that holds a ledger: database, keys (unless systemd hands them over), locks."""

    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / DATABASE

    @property
    def verify_key(self) -> Path:
        """What the auditor takes along: the public key, one line of text."""
        return self.folder / VERIFY_KEY

    def lock(self, name: str) -> Path:
        return self.folder / f".{name}.lock"

    def prepare(self) -> None:
        """Make the folder, readable by nobody else."""
        try:
            self.folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        except PermissionError:
            raise LedgerReadOnly("folder") from None

    def make_database(self) -> None:
        """The empty file first, readable by nobody else."""
        try:
            touch_private(self.database)
        except PermissionError:
            raise LedgerReadOnly(DATABASE) from None


def load_keys(home: Home) -> Keys:
    """The keys of an existing ledger. KeyMissing, KeyExposed, KeyInvalid."""
    if not home.folder.is_dir():
        raise LedgerMissing("folder")
    with as_ledger_errors():
        return Keys(*(load_key(home.folder, name) for name in (DATABASE_KEY, SIGNING_KEY)))


def ensure_keys(home: Home, random: RandomBytes = os.urandom) -> Keys:
    """The keys, made now if this is the first start. Never makes a key for a database that has lost its own."""
    home.prepare()
    for name in (DATABASE_KEY, SIGNING_KEY):
        if find_key(home.folder, name) is None:
            if home.database.exists():
                raise KeyMissing(name)
            _create(home, name, random(KEY_BYTES))
    keys = load_keys(home)
    public = keys.verify_key.text().encode() + b"\n"
    if not home.verify_key.exists() or home.verify_key.read_bytes() != public:
        write_whole(home.verify_key, public, 0o644)
    return keys


def save_keys(folder: Path, keys: Keys) -> None:
    """Write both keys into a folder that has none (restore)."""
    home = Home(folder)
    _create(home, DATABASE_KEY, keys.database)
    _create(home, SIGNING_KEY, keys.signing_seed())
    write_whole(home.verify_key, keys.verify_key.text().encode() + b"\n", 0o644)


def _create(home: Home, name: str, key: bytes) -> None:
    try:
        write_key(home.folder, name, key)
    except OSError:
        raise LedgerReadOnly(name) from None
