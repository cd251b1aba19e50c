"""The two secrets of a ledger: the database's key and the key that signs its checkpoints.

Each is one line of 64 hexadecimal digits in a file of mode 0600, or a systemd credential. They are
made at first start. A lost database key cannot be replaced, which is why a backup carries both.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.ledger.errors import KeyExposed, KeyInvalid, KeyMissing, LedgerMissing, LedgerReadOnly
from kiosk.ledger.files import PRIVATE_FILE, PRIVATE_FOLDER, write_new, write_whole
from kiosk.ledger.interface import RandomBytes
from kiosk.ledger.note import VerifyKey

DATABASE: Final = "ledger.db"
DATABASE_KEY: Final = "ledger.key"
SIGNING_KEY: Final = "ledger-signing.key"
VERIFY_KEY: Final = "ledger-signing.pub"
CREDENTIALS: Final = "CREDENTIALS_DIRECTORY"


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
        """The empty file first, so that neither it nor SQLite's log beside it is ever readable by others."""
        try:
            os.close(os.open(self.database, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, PRIVATE_FILE))
        except PermissionError:
            raise LedgerReadOnly(DATABASE) from None


def load_keys(home: Home) -> Keys:
    """The keys of an existing ledger. KeyMissing, KeyExposed, KeyInvalid."""
    if not home.folder.is_dir():
        raise LedgerMissing("folder")
    return Keys(*(_load(home, name) for name in (DATABASE_KEY, SIGNING_KEY)))


def ensure_keys(home: Home, random: RandomBytes = os.urandom) -> Keys:
    """The keys, made now if this is the first start. Never makes a key for a database that has lost its own."""
    home.prepare()
    for name in (DATABASE_KEY, SIGNING_KEY):
        if _find(home, name) is None:
            if home.database.exists():
                raise KeyMissing(name)
            _create(home, name, random(32))
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


def _find(home: Home, name: str) -> Path | None:
    credentials = os.environ.get(CREDENTIALS)
    for folder in ([Path(credentials)] if credentials else []) + [home.folder]:
        if (folder / name).exists():
            return folder / name
    return None


def _create(home: Home, name: str, key: bytes) -> None:
    try:
        write_new(home.folder / name, key.hex().encode() + b"\n", PRIVATE_FILE)
    except FileExistsError:
        pass  # another process was first; its key is the key
    except OSError:
        raise LedgerReadOnly(name) from None


def _load(home: Home, name: str) -> bytes:
    path = _find(home, name)
    if path is None:
        raise KeyMissing(name)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except PermissionError:
        raise KeyInvalid(f"{name}: not readable") from None
    try:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode) or state.st_mode & 0o077 or state.st_uid not in (0, os.geteuid()):
            raise KeyExposed(name)
        text = os.read(descriptor, 66).strip()
    finally:
        os.close(descriptor)
    try:
        key = bytes.fromhex(text.decode("ascii"))
    except ValueError:
        raise KeyInvalid(name) from None
    if len(key) != 32:
        raise KeyInvalid(name)
    return key
