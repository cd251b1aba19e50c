"""Clock, fonts, disk, and the versions of what the program stands on."""

from __future__ import annotations

import ctypes
import hashlib
import shutil
import ssl
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from kiosk.documents.fonts import FontsMissing, fonts_dir
from ui.diagnosis.finding import Finding, advised, asked, ok
from ui.settings import Settings

FONT_SHA256 = {
    "BIZUDPGothic-Regular.ttf": "8d4fd9568ad662d9eb1bc8ca8663dcd76a6336373e3e3f32d634978db4c7388e",
    "BIZUDPGothic-Bold.ttf": "4148bfdc5da1f32b9e20b2ca25c26da409f4594b8c31da8d3f0d04628793adc4",
    "NotoSansCJK-Regular.ttc": "b76b0433203017ca80401b2ee0dd69350349871c4b19d504c34dbdd80541690a",
    "NotoSansCJK-Bold.ttc": "faa5f3656a78b2e2d450d27fe8382c778bc2b6bb5ea29c986664a6a435056ceb",
}
_WRITTEN_IN = 2026  # a clock before this year is certainly wrong
_STA_UNSYNC = 0x0040  # linux/timex.h
_WARN_FREE, _LEAST_FREE = 1 << 30, 200 << 20
_SAFE_EXPAT = (2, 6, 0)
_BROKEN_PYSIDE = (6, 12)


def clock(_settings: Settings) -> Iterator[Finding]:
    if datetime.now(UTC).year < _WRITTEN_IN:
        yield advised("clock", "fault", f"it says {datetime.now(UTC):%Y-%m-%d}", "clock")
        return
    synchronised = _synchronised()
    if synchronised is None:
        yield advised("clock", "warning", "nothing here tells whether it is synchronised", "clock")
    elif not synchronised:
        yield advised("clock", "warning", "not synchronised", "clock")
    else:
        yield ok("clock", "synchronised")


def _synchronised() -> bool | None:
    """What systemd says, else the kernel; None where neither can tell."""
    answer = asked("timedatectl", "show", "--property=NTPSynchronized", "--value")
    if answer is not None and answer[1].strip() in ("yes", "no"):
        return answer[1].strip() == "yes"
    if not sys.platform.startswith("linux"):
        return None
    # struct timex: modes (0: only read), offset, freq, maxerror, esterror, then status
    timex = (ctypes.c_long * 32)()
    if ctypes.CDLL(None).adjtimex(ctypes.byref(timex)) < 0:
        return None
    status = ctypes.c_int.from_buffer(timex, 5 * ctypes.sizeof(ctypes.c_long)).value
    return not status & _STA_UNSYNC


def fonts(_settings: Settings) -> Iterator[Finding]:
    try:
        folder = fonts_dir()
    except FontsMissing as error:
        yield advised("fonts", "fault", str(error), "fonts_missing")
        return
    changed = [name for name, wanted in FONT_SHA256.items() if _sha256(folder / name) != wanted]
    if changed:
        detail = f"{', '.join(changed)}: not the version this program was made with"
        yield advised("fonts", "warning", detail, "fonts_changed")
    else:
        yield ok("fonts", f"{len(FONT_SHA256)} files as packaged")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def disk(settings: Settings) -> Iterator[Finding]:
    seen: set[int] = set()
    for folder in (settings.data, settings.ledger_folder):
        there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
        device = there.stat().st_dev
        if device not in seen:
            seen.add(device)
            yield _free(there)


def _free(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    text = f"{free / (1 << 30):.1f} GiB free at {folder}"
    if free < _LEAST_FREE:
        return advised("disk", "fault", text, "disk_full")
    return advised("disk", "warning", text, "disk_soon") if free < _WARN_FREE else ok("disk", text)


def versions(_settings: Settings) -> Iterator[Finding]:
    yield ok("python", ".".join(map(str, sys.version_info[:3])))
    yield _pyside()
    yield _sqlcipher()
    yield ok("typst", metadata.version("typst"))
    yield ok("openssl", ssl.OPENSSL_VERSION)
    yield _expat()


def _pyside() -> Finding:
    from PySide6 import __version__ as version

    numbers = tuple(int(part) for part in version.split(".")[:2])
    if numbers >= _BROKEN_PYSIDE and sys.version_info < (3, 12):
        detail = (
            f"{version} loses references of None on Python {sys.version_info.major}.{sys.version_info.minor}"
        )
        return advised("pyside6", "fault", detail, "pyside")
    return ok("pyside6", version)


def _sqlcipher() -> Finding:
    from sqlcipher3 import dbapi2

    connection = dbapi2.connect(":memory:")
    try:
        row = connection.execute("PRAGMA cipher_version").fetchone()
    finally:
        connection.close()
    if not row or not row[0]:
        return advised("sqlcipher", "fault", "this SQLite does not encrypt", "sqlcipher")
    return ok("sqlcipher", f"{row[0]} with SQLite {dbapi2.sqlite_version}")


def _expat() -> Finding:
    import pyexpat

    version = ".".join(map(str, pyexpat.version_info))
    if tuple(pyexpat.version_info) < _SAFE_EXPAT:
        return advised("expat", "warning", f"{version} is older than 2.6.0", "expat")
    return ok("expat", version)
