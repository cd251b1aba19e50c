"""A secret of 32 bytes: one line of 64 hexadecimal digits in a file of mode 0600, or a systemd credential of the same
name, which comes first (systemd.exec(5), LoadCredential)."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from kiosk.storage.files import PRIVATE_FILE, write_new
from kiosk.storage.trouble import StorageError, Trouble

CREDENTIALS: Final = "CREDENTIALS_DIRECTORY"
KEY_BYTES: Final = 32


def find_key(folder: Path, name: str) -> Path | None:
    credentials = os.environ.get(CREDENTIALS)
    places = ([Path(credentials)] if credentials else []) + [folder]
    return next((place / name for place in places if (place / name).exists()), None)


def write_key(folder: Path, name: str, key: bytes) -> None:
    """Whole under its name or not at all, and there after a power cut. Where another process was first, its key is the
    key. Raises ``OSError``."""
    with suppress(FileExistsError):
        write_new(folder / name, key.hex().encode() + b"\n", PRIVATE_FILE)


def load_key(folder: Path, name: str) -> bytes:
    """Raises ``StorageError``: KEY_MISSING, KEY_EXPOSED where others can read it, KEY_INVALID."""
    path = find_key(folder, name)
    if path is None:
        raise StorageError(Trouble.KEY_MISSING, name)
    key = _from_hex(read_private(path, 2 * KEY_BYTES + 2).strip())
    if key is None:
        raise StorageError(Trouble.KEY_INVALID, name)
    return key


def read_private(path: Path, most: int) -> bytes:
    """Up to so many bytes of a file that only this user (or root) can read. What is no file is not waited for. Raises
    ``StorageError`` as ``load_key``."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        raise StorageError(Trouble.KEY_MISSING, path.name) from None
    except OSError:
        raise StorageError(Trouble.KEY_INVALID, f"{path.name}: not readable") from None
    try:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode) or state.st_mode & 0o077 or state.st_uid not in (0, os.geteuid()):
            raise StorageError(Trouble.KEY_EXPOSED, path.name)
        return os.read(descriptor, most)
    finally:
        os.close(descriptor)


def _from_hex(text: bytes) -> bytes | None:
    try:
        key = bytes.fromhex(text.decode("ascii"))
    except ValueError:  # quotes the text: nothing is raised from here
        return None
    return key if len(key) == KEY_BYTES else None
