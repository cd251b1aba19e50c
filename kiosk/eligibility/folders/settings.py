"""Where the exchange folders are, and what is worth telling about them."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

import msgspec

from kiosk.coverage.face_result import Method
from kiosk.eligibility.oqs import Encoding


class FaceReader(msgspec.Struct, frozen=True, kw_only=True):
    """A certified reader. ``desk``: where it stands; "" for results of which nobody can tell that, so that staff say
    whose they are. ``name``: which files of the folder are its own, as a pattern with ``*`` and ``?``: no public source
    says which part of a name, if any, tells one reader from another. Of several patterns the first that fits counts."""

    folder: Path
    desk: str = ""
    name: str = "*"


class MethodPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where a result tells how the holder was verified: the ``element`` beyond the public layout, and what its codes
    mean. No public source tells either."""

    element: str
    codes: dict[str, Method] = {}


class FolderSettings(msgspec.Struct, frozen=True, kw_only=True):
    """``face_readers``: whose results are picked up here. ``dedicated_face_folder``: nobody else reads their folders,
    so a result is deleted once it was taken. ``face_grace_s``: how far before our start a result is still of use.
    ``quota``: files in a folder beyond which something is wrong. ``settle_s``: how long an unreadable file must stay
    unchanged before it is given up. ``late_s``: how long an answer is still waited for after its deadline."""

    request_folder: Path
    answer_folder: Path
    face_readers: tuple[FaceReader, ...] = ()
    face_method: MethodPlace | None = None
    dedicated_face_folder: bool = False
    face_grace_s: float = 300.0
    medical_institution_code: str
    encoding: Encoding = "cp932"
    poll_s: float = 0.25
    second_look_s: float = 0.05
    settle_s: float = 2.0
    late_s: float = 3600.0
    quota: int = 2000


class Oddity(StrEnum):
    """What staff or the maker should know, though no visit need fail by it."""

    FOREIGN_ANSWER = "foreign_answer"
    UNREADABLE_ANSWER = "unreadable_answer"
    NOT_A_FILE = "not_a_file"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    TOO_MANY_FILES = "too_many_files"
    NOT_REMOVED = "not_removed"
    SECOND_ANSWER = "second_answer"
    REPEATED = "repeated"  # the same result under another name
    ENCRYPTED = "encrypted"  # a face result as ZIP: the terminal's own settings can leave it plain
    CHANGED = "changed"  # a result that was taken is written anew under its name


class Report(msgspec.Struct, frozen=True):
    """``name``: of a file or folder. ``detail``: a flaw's or an element's name, never a value."""

    oddity: Oddity
    name: str
    detail: str = ""


Reporter = Callable[[Report], None]
