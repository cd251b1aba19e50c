"""Where the exchange folders are, and what is worth telling about them."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

import msgspec

from kiosk.eligibility.oqs import Encoding


class FolderSettings(msgspec.Struct, frozen=True, kw_only=True):
    """``face_folder``: None where no certified reader writes. ``dedicated_face_folder``: nobody else reads it, so
    a result is deleted once it was taken. ``quota``: files in a folder beyond which something is wrong.
    ``settle_s``: how long an unreadable file must stay unchanged before it is given up. ``late_s``: how long an
    answer is still waited for after its deadline."""

    request_folder: Path
    answer_folder: Path
    face_folder: Path | None = None
    dedicated_face_folder: bool = False
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


class Report(msgspec.Struct, frozen=True):
    """``name``: of a file or folder. ``detail``: a flaw's or an element's name, never a value."""

    oddity: Oddity
    name: str
    detail: str = ""


Reporter = Callable[[Report], None]
