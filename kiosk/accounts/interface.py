"""Where accounts are kept, as the service sees it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from kiosk.accounts.records import Account, BrokenGlass, Failures, Session

Kept = Account | Session | Failures | BrokenGlass
R = TypeVar("R", Account, Session, Failures, BrokenGlass)


class Records(Protocol):
    """What is kept, inside one transaction."""

    def get(self, kind: type[R], key: str) -> R | None: ...

    def all(self, kind: type[R]) -> list[R]:
        """In order of their keys."""
        ...

    def put(self, record: Kept) -> None:
        """Add it, or replace the one of its kind and key."""
        ...

    def drop(self, record: Kept) -> None:
        """Nothing if it is not there any more."""
        ...


class AccountFile(Protocol):
    """Safe to use from several threads and, if it is on a disk, from several processes of one machine. Everything may
    raise ``AccountFileError``."""

    def transaction(self) -> AbstractContextManager[Records]:
        """One writer at a time; all or, when the block ends with an exception, nothing. Not to be nested, nor held
        while a password is hashed."""
        ...

    def close(self) -> None: ...
