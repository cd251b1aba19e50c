"""Finding visits on the board by number, kana or time, whichever was typed. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from kiosk.coverage.kana import katakana
from kiosk.desk.row import Row
from kiosk.ledger.interface import JST, parse_stamp

_TIME = re.compile(r"(?P<hour>[01]?\d|2[0-3])(?::(?P<minute>[0-5]\d)?|時(?:(?P<jminute>[0-5]?\d)分?)?)")
_NUMBER = re.compile(r"(?P<letter>[A-Z-]*)(?P<count>[0-9]+)")
_ABOUT = timedelta(minutes=10)


def search(rows: Iterable[Row], text: str) -> tuple[Row, ...]:
    """``A23`` and ``23``: reception or patient number; ``9:15`` ten minutes around it; ``9時`` that hour; anything
    else: a part of the kana name, in any width, also as hiragana. Nothing typed finds nothing."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if not plain:
        return ()
    fits = _by_time(plain) or _by_number(plain) or _by_kana(plain)
    return tuple(row for row in rows if fits(row))


def _by_time(text: str) -> Callable[[Row], bool] | None:
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute = int(found["hour"]), found["minute"] or found["jminute"]
    if minute is None:
        return lambda row: _began(row).hour == hour

    def near(row: Row) -> bool:
        began = _began(row)
        return abs(began - began.replace(hour=hour, minute=int(minute), second=0)) <= _ABOUT

    return near


def _began(row: Row) -> datetime:
    return parse_stamp(row.began).astimezone(JST)


def _by_number(text: str) -> Callable[[Row], bool] | None:
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    letter, count = found["letter"], found["count"].lstrip("0")

    def fits(row: Row) -> bool:
        known = _NUMBER.fullmatch(row.number)
        if known is not None and known["count"].lstrip("0") == count and letter in ("", known["letter"]):
            return True
        return not letter and row.patient_number.lstrip("0") == count

    return fits


def _by_kana(text: str) -> Callable[[Row], bool]:
    wanted = _bare(text)
    return lambda row: wanted in _bare(row.kana)


def _bare(text: str) -> str:
    return "".join(katakana(unicodedata.normalize("NFKC", text)).split()).upper()
