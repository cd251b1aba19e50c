"""What the service works with: the file, time, chance, and a facility's limits."""

from __future__ import annotations

import base64
import os
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

import msgspec

from kiosk.accounts.facts import MACHINE
from kiosk.accounts.interface import AccountFile
from kiosk.accounts.passwords import Hasher
from kiosk.accounts.records import Account, Owed
from kiosk.coverage.individual_number import holds_individual_number

_TOKEN_BYTES: Final = 32
_NAME: Final = re.compile(r"[a-z][a-z0-9._-]{1,31}")
_DISPLAY_LONGEST: Final = 40


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """``idle``: without a touch a session locks. ``life``: then it ends, whatever happens. ``steps``: from the password
    to the second factor. ``own``: from the password to a change of one's own account. ``glass``: what break-glass
    gives. ``second``: nobody works without a second factor."""

    idle: timedelta = timedelta(minutes=5)
    life: timedelta = timedelta(hours=12)
    steps: timedelta = timedelta(minutes=2)
    own: timedelta = timedelta(minutes=10)
    glass: timedelta = timedelta(minutes=15)
    second: bool = True

    def owed(self, account: Account) -> frozenset[Owed]:
        """What this person must do before anything else."""
        owed = {Owed.PASSWORD: account.temporary, Owed.SECOND: self.second and not account.has_second}
        return frozenset(what for what, due in owed.items() if due)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Means:
    """``now``: aware."""

    file: AccountFile
    limits: Limits = Limits()  # noqa: RUF009 - frozen
    hasher: Hasher = field(default_factory=Hasher)
    now: Callable[[], datetime] = _now
    random: Callable[[int], bytes] = os.urandom

    def new_token(self) -> str:
        """256 random bits, told once to who signs in."""
        return base64.urlsafe_b64encode(self.random(_TOKEN_BYTES)).rstrip(b"=").decode()


def key_of(token: str) -> str:
    """What is kept of a token."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def plain_name(typed: str) -> str:
    """A name as it was typed, in the one spelling that accounts have."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()


def is_name(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and name != MACHINE


def is_display(text: str) -> bool:
    return is_text(text, 1, _DISPLAY_LONGEST)


def is_text(text: str, shortest: int, longest: int) -> bool:
    """Whether it is a line of so many characters that holds no individual number."""
    return (
        shortest <= len(text.strip()) <= longest
        and not any(unicodedata.category(character) in {"Cc", "Cs"} for character in text)
        and not holds_individual_number(text)
    )
