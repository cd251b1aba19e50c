"""Secrets that must turn up nowhere, in every form in which they might."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path

from kiosk.ledger.keys import Home, load_keys
from kiosk.ledger.schema import connect

_TO_FULL_WIDTH = {ord(digit): chr(ord("０") + int(digit)) for digit in "0123456789"}


def forms(secret: str) -> dict[str, bytes]:
    """The bytes to look for, by the name of their form."""
    plain = secret.encode("ascii")
    full_width = secret.translate(_TO_FULL_WIDTH)
    found = {
        "ASCII": plain,
        "UTF-16LE": secret.encode("utf-16-le"),
        "UTF-16BE": secret.encode("utf-16-be"),
        "UTF-32LE": secret.encode("utf-32-le"),
        "hexadecimal": plain.hex().encode(),
        "full width": full_width.encode(),
        "full width in UTF-16": full_width.encode("utf-16-le"),
        "full width in Shift_JIS": full_width.encode("cp932"),
        "with blanks": b" ".join(bytes([digit]) for digit in plain),
        "backwards": plain[::-1],
    }
    for shift in range(3):  # base64 of a text in which it stands, wherever it begins
        encoded = base64.b64encode(b"\0" * shift + plain)
        sure = encoded[(shift * 8 + 5) // 6 : (shift + len(plain)) * 8 // 6]
        if len(sure) >= 8:
            found[f"base64 from {shift}"] = sure
    return found


def found_in(data: bytes, secrets: Iterable[str]) -> list[str]:
    """Which secrets are in there and in which form; never the secret itself."""
    return [
        f"secret {number} as {name}"
        for number, secret in enumerate(secrets)
        for name, form in forms(secret).items()
        if form in data
    ]


def files_below(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path, path.read_bytes()


def decrypted(ledger_folder: Path) -> list[tuple[str, tuple[object, ...]]]:
    """Every row of every table of a ledger, and the schema."""
    home = Home(ledger_folder)
    connection = connect(home.database, load_keys(home).database, write=False)
    try:
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            ).fetchall()
        ]
        return [
            (table, tuple(row))
            for table in tables
            for row in sorted(connection.execute(f'SELECT * FROM "{table}"').fetchall(), key=repr)
        ]
    finally:
        connection.close()


def as_bytes(rows: Iterable[tuple[str, tuple[object, ...]]]) -> bytes:
    """All values one after the other, blobs as they are."""
    return b"\n".join(
        value if isinstance(value, bytes) else str(value).encode() for _table, row in rows for value in row
    )
