"""Delivery into a folder that another program watches, perhaps an SMB mount.

A file appears whole under its name or not at all, and no file of anybody is ever overwritten. The temporary name lies
in the same folder, so that the rename is one step, and has an ending of its own, so that nobody who looks for ``*.xml``
finds it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from datetime import datetime
from pathlib import Path
from typing import Final

from kiosk.handoff.carrier import Later, Outcome, Refused, Taken
from kiosk.handoff.parcel import Parcel

TEMPORARY: Final = ".uketsuke-tmp"
_STALE_S: Final = 3600
_WITHOUT_LINKS: Final = frozenset(
    {errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EMLINK, errno.EXDEV, errno.EINVAL}
)


class FolderCarrier:
    """``folder`` must be there: a share that is not mounted is not made in its place."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._swept = False

    def deliver(self, parcel: Parcel, _key: str, now: datetime) -> Outcome:
        target = self._folder / parcel.file_name
        try:
            if not self._folder.is_dir():
                return Later("no_folder")
            self._sweep(now)
            found = _compare(target, parcel.content)
            if found is None:
                _write(target, parcel.content)
                return Taken()
        except FileExistsError:  # came there while we were writing
            return Later("name_taken")
        except OSError as error:
            return Later(_problem(error))
        if not found:
            return Refused("name_taken")
        _forget_attempt(target)
        return Taken()

    def close(self) -> None:
        """Nothing is held."""

    def _sweep(self, now: datetime) -> None:
        """Once: what a crash left half-written, and no later attempt came back to, is not left lying there."""
        if self._swept:
            return
        self._swept = True
        for path in self._folder.glob(f"*{TEMPORARY}"):
            with contextlib.suppress(OSError):
                if path.lstat().st_mtime < now.timestamp() - _STALE_S:
                    path.unlink()


def _compare(path: Path, content: bytes) -> bool | None:
    """Whether this very content lies there already; None for nothing there."""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(found.st_mode) or found.st_size != len(content):
        return False
    return path.read_bytes() == content


def _write(target: Path, content: bytes) -> None:
    """Raises ``OSError``, ``FileExistsError`` where the name was taken meanwhile."""
    temporary = _temporary(target)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(temporary)  # of an attempt that was cut off: the name is this letter's alone
    try:
        with open(temporary, "xb") as file:
            file.write(content)
            file.flush()
            with contextlib.suppress(OSError):  # some mounts refuse; the rename is what readers rely on
                os.fsync(file.fileno())
        _name(temporary, target)
        _sync(target.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _forget_attempt(target: Path) -> None:
    """Of one that was cut off when the file already had its name: the other name goes."""
    with contextlib.suppress(OSError):
        os.unlink(_temporary(target))


def _temporary(target: Path) -> Path:
    return target.with_name(f"{target.name}{TEMPORARY}")


def _name(temporary: Path, target: Path) -> None:
    """A link never replaces what is there; a rename would. Where there are no links (SMB, FAT) the name is looked at
    once more: only we write it."""
    try:
        os.link(temporary, target)
    except OSError as error:
        if error.errno not in _WITHOUT_LINKS:
            raise
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "taken") from None
        os.rename(temporary, target)
    else:
        os.unlink(temporary)


def _sync(folder: Path) -> None:
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _problem(error: OSError) -> str:
    return f"folder_{errno.errorcode.get(error.errno or 0, 'fault').lower()}"
