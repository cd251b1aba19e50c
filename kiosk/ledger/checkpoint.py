"""Checkpoints: what they say, when they are due, and the folder they are delivered to.

A checkpoint binds a chain up to one link. Whoever rewrites the ledger later must also rewrite every
copy of it, so the folder should lie on another machine or a medium that is taken away.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal

import msgspec

from kiosk.ledger.errors import CheckpointConflict, CheckpointUndelivered
from kiosk.ledger.interface import JST
from kiosk.ledger.note import VerifyKey, open_note
from kiosk.storage.files import write_whole

ORIGIN: Final = "uketsuke/ledger/"
SUFFIX: Final = ".note"
_MAX_NOTE_BYTES: Final = 64 * 1024
_TEXT = re.compile(
    r"uketsuke/ledger/([A-Za-z0-9.-]{5,98})\n"
    r"([1-9][0-9]{0,18})\n"
    r"([A-Za-z0-9+/]{43}=)\n"
    r"at ([0-9T:.-]{23}Z)\n"
)


class Checkpoint(msgspec.Struct, frozen=True):
    """“The link number `seq` of `chain` has this hash”, said at `at`."""

    chain: str
    seq: int
    hash: bytes
    at: str

    def text(self) -> str:
        """First line the log's origin, then its size, the head's hash, and the time."""
        return f"{ORIGIN}{self.chain}\n{self.seq}\n{b64encode(self.hash).decode()}\nat {self.at}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """ValueError if this is not exactly what `text` writes."""
        match = _TEXT.fullmatch(text)
        if match is None:
            raise ValueError("not a ledger checkpoint")
        chain, seq, digest, at = match.groups()
        try:
            return cls(chain, int(seq), b64decode(digest, validate=True), at)
        except binascii.Error:
            raise ValueError("not base64") from None


def open_checkpoint(note: str, key: VerifyKey) -> Checkpoint:
    """The checkpoint in a note signed by `key`; ValueError otherwise."""
    return Checkpoint.parse(open_note(note, key))


# -- when ------------------------------------------------------------------------------------------
Due = Literal["events", "interval", "day_end", "shutdown"]


class CheckpointPolicy(msgspec.Struct, frozen=True):
    interval: timedelta = timedelta(minutes=15)
    events: int = 1000


def due(
    policy: CheckpointPolicy,
    covered: int,
    since: datetime,
    seq: int,
    now: datetime,
    *,
    closing: bool = False,
) -> Due | None:
    """Why a checkpoint is due now, or None.

    covered: last link under a checkpoint (0: none). since: when that was, or when the ledger was opened.
    seq: the head. A clock that went back makes it due at once: how long it has been is not known then.
    """
    if seq <= covered:
        return None
    if closing:
        return "shutdown"
    if seq - covered >= policy.events:
        return "events"
    if now.astimezone(JST).date() > since.astimezone(JST).date():
        return "day_end"
    if not timedelta(0) <= now - since < policy.interval:
        return "interval"
    return None


# -- where -----------------------------------------------------------------------------------------
def note_path(folder: Path, chain: str, seq: int) -> Path:
    """`FOLDER/A.kiosk.3f9c21ab/000000001234.note`."""
    return folder / chain / f"{seq:012d}{SUFFIX}"


def deliver(folder: Path, chain: str, seq: int, note: str) -> None:
    """Put a note into the folder. CheckpointUndelivered, or CheckpointConflict if another one is there."""
    path = note_path(folder, chain, seq)
    content = note.encode()
    try:
        # The folder itself is not made: an unmounted share must not become a folder on this disk.
        path.parent.mkdir(exist_ok=True)
        if path.exists():
            if path.read_bytes() != content:
                raise CheckpointConflict(path.name)
            return
        write_whole(path, content, 0o644)
    except OSError as error:
        raise CheckpointUndelivered(type(error).__name__) from None


def delivered(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every note in the folder. OSError if it cannot be read; too long or not UTF-8 gives an empty text."""
    for chain in _sorted(folder):
        if not chain.is_dir():
            continue
        for path in _sorted(chain):
            if path.suffix == SUFFIX and not path.name.startswith("."):
                with path.open("rb") as file:
                    content = file.read(_MAX_NOTE_BYTES + 1)
                try:
                    yield path, content.decode() if len(content) <= _MAX_NOTE_BYTES else ""
                except UnicodeDecodeError:
                    yield path, ""


def _sorted(folder: Path) -> Iterable[Path]:
    return sorted(folder.iterdir())
