"""The ledger as a text file that can be checked without the database or its key.

JSON Lines: a header, one line per link in order of commit, the checkpoints, and an end line with the
counts. Personal payloads are left out unless asked for; the ledger's own notes on purges and restores
always go along. README.md describes the lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

import msgspec

from kiosk.ledger.audit import AuditReport, readable, verify
from kiosk.ledger.chain import NEVER_ERASED, decode_core
from kiosk.ledger.checkpoint import delivered
from kiosk.ledger.errors import LedgerCorrupt, as_ledger_errors
from kiosk.ledger.interface import Caches, Head, Link, Snapshot
from kiosk.ledger.note import VerifyKey
from kiosk.storage.files import PRIVATE_FILE, writing_whole

FORMAT: Final = 1


class Header(msgspec.Struct, frozen=True, tag="ledger", tag_field="kind"):
    created: str
    payloads: bool
    verify_key: str  # for information; an auditor uses his own copy
    format: int = FORMAT


class LinkLine(msgspec.Struct, frozen=True, tag="link", tag_field="kind", omit_defaults=True):
    position: int
    chain: str
    seq: int
    core: str
    leaf: str
    hash: str
    salt: str | None = None
    payload: str | None = None


class NoteLine(msgspec.Struct, frozen=True, tag="checkpoint", tag_field="kind"):
    note: str


class End(msgspec.Struct, frozen=True, tag="end", tag_field="kind"):
    links: int
    checkpoints: int


_Line = Header | LinkLine | NoteLine | End
_decode = msgspec.json.Decoder(_Line).decode
_encode = msgspec.json.Encoder().encode


def export(
    source: Snapshot,
    to: Path,
    key: VerifyKey,
    *,
    created: str,
    payloads: bool = False,
    checkpoints: Path | None = None,
) -> End:
    """Write the whole ledger to `to` (mode 0600, whole or not at all). LedgerError if it cannot be done."""
    with as_ledger_errors(OSError):
        notes = set(source.notes())
        if checkpoints is not None:
            notes |= {note for _, note in delivered(checkpoints) if note}
        with writing_whole(to, PRIVATE_FILE) as file:
            file.write(_encode(Header(created, payloads, key.text())) + b"\n")
            count = 0
            for count, row in enumerate(source.links(), 1):  # noqa: B007 - used after the loop
                file.write(_encode(_line(row, payloads)) + b"\n")
            for note in sorted(notes):
                file.write(_encode(NoteLine(note)) + b"\n")
            end = End(count, len(notes))
            file.write(_encode(end) + b"\n")
    return end


def _line(row: Link, payloads: bool) -> LinkLine:
    try:
        core = row.core.decode()
        keep = payloads or decode_core(row.core).type in NEVER_ERASED
    except ValueError:  # a damaged core still goes out as it is, for the verifier to find
        core, keep = row.core.decode(errors="replace"), payloads
    salt = payload = None
    if keep and row.salt is not None and row.payload is not None:
        salt, payload = row.salt.hex(), row.payload.decode(errors="replace")
    return LinkLine(row.position, row.chain, row.seq, core, row.leaf.hex(), row.hash.hex(), salt, payload)


class ExportFile:
    """An export as a snapshot to audit. LedgerCorrupt if it is not a whole export."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._notes: list[str] = []
        self._heads: dict[str, Head] = {}
        links = 0
        end: End | None = None
        self.header = self._header()
        for line in self._lines():
            if end is not None or isinstance(line, Header):
                raise LedgerCorrupt("lines after the end")
            match line:
                case LinkLine():
                    links += 1
                    head = self._heads.get(line.chain)
                    if head is None or line.seq > head.seq:
                        self._heads[line.chain] = Head(line.chain, line.seq, _hex(line.hash))
                case NoteLine():
                    self._notes.append(line.note)
                case End():
                    end = line
        if end is None or (end.links, end.checkpoints) != (links, len(self._notes)):
            raise LedgerCorrupt("the export is cut off")

    def heads(self) -> dict[str, Head]:
        return self._heads

    def links(self, chain: str | None = None, first: int = 1) -> Iterator[Link]:
        for line in self._lines():
            if isinstance(line, LinkLine) and (chain is None or (line.chain == chain and line.seq >= first)):
                salt = None if line.salt is None else _hex(line.salt)
                payload = None if line.payload is None else line.payload.encode()
                yield Link(
                    line.position, line.chain, line.seq, line.core.encode(), _hex(line.leaf), _hex(line.hash),
                    salt, payload,
                )  # fmt: skip

    def notes(self) -> list[str]:
        return self._notes

    def cached(self) -> Caches | None:
        return None

    def damage(self) -> Literal[""]:
        return ""

    def _header(self) -> Header:
        with as_ledger_errors(OSError), self._path.open("rb") as file:
            line = _parse(file.readline())
        if not isinstance(line, Header) or line.format != FORMAT:
            raise LedgerCorrupt("not an export of this format")
        return line

    def _lines(self) -> Iterator[_Line]:
        """All lines after the header."""
        with as_ledger_errors(OSError), self._path.open("rb") as file:
            file.readline()
            for line in file:
                yield _parse(line)


def _parse(line: bytes) -> _Line:
    try:
        parsed: _Line = _decode(line)
    except msgspec.MsgspecError:
        raise LedgerCorrupt("a line is not of the format") from None
    return parsed


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise LedgerCorrupt("not hexadecimal") from None


def verify_export(path: Path, key: VerifyKey, checkpoints: Path | None = None) -> AuditReport:
    """Verify an export with the public key alone. What is not an export gives `unreadable`.

    Without payloads in it, the hashes of payloads are checked as part of the chain, the texts are not there.
    """

    def run() -> AuditReport:
        source = ExportFile(path)
        return verify(source, key, checkpoints, payloads=source.header.payloads)

    return readable(run)
