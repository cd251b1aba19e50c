"""What an application on the card is made of: files, secrets, keys, and who may use them."""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey


@dataclass(frozen=True, slots=True)
class Access:
    """Which secrets, by file identifier, open something: any of them is enough; None means that none is needed."""

    any_of: frozenset[int] | None

    def granted(self, verified: Set[int]) -> bool:
        return self.any_of is None or not self.any_of.isdisjoint(verified)


FREE = Access(None)
NEVER = Access(frozenset())


def after(*secrets: int) -> Access:
    """Open once any of these secrets was presented."""
    return Access(frozenset(secrets))


@dataclass(frozen=True)
class TransparentFile:
    """A file of bytes. The content is made at its first use: a face takes longer to draw than a card to insert."""

    make: Callable[[], bytes] = field(repr=False)
    read: Access = FREE

    @cached_property
    def content(self) -> bytes:
        return self.make()


def constant(content: bytes, read: Access = FREE) -> TransparentFile:
    return TransparentFile(lambda: content, read)


@dataclass(frozen=True)
class RecordFile:
    """A file of numbered records, the first being number 1."""

    records: tuple[bytes, ...] = field(repr=False)
    read: Access = FREE


@dataclass
class Secret:
    """A PIN, password or verification code with its tries. The counter is the card's memory: it outlives resets,
    only success restores it, and at zero the secret is blocked.

    ``form`` is what a new value must look like; None where the value cannot be changed.
    """

    value: bytes = field(repr=False)
    tries_left: int
    most_tries: int
    form: re.Pattern[bytes] | None = None

    @property
    def blocked(self) -> bool:
        return self.tries_left == 0

    def present(self, value: bytes) -> bool:
        """Compares and counts. A blocked secret accepts nothing."""
        if self.blocked:
            return False
        if value == self.value:
            self.tries_left = self.most_tries
            return True
        self.tries_left -= 1
        return False

    def replace(self, value: bytes) -> bool:
        if self.form is None or not self.form.fullmatch(value):
            return False
        self.value = value
        return True


@dataclass(frozen=True)
class SigningKey:
    """A private key. ``signs``: it serves COMPUTE DIGITAL SIGNATURE; ``authenticates``: INTERNAL AUTHENTICATE."""

    load: Callable[[], RSAPrivateKey] = field(repr=False)
    use: Access = FREE
    signs: bool = True
    authenticates: bool = False


@dataclass(frozen=True)
class KeyReference:
    """A key that the card uses only by itself, such as the one that checks terminals' certificates."""


File = TransparentFile | RecordFile | Secret | SigningKey | KeyReference


@dataclass(frozen=True)
class Application:
    """One application. ``default_key`` signs where P2 names none. ``change`` is the header (CLA, INS, P1) by which
    this application replaces a secret. ``session_key_refusal`` is how it answers SET SESSION KEY; None means that
    it checks the PIN first. ``greeting`` replaces the file control information where the application has its own."""

    aid: bytes
    files: dict[int, File]
    default_key: int | None = None
    change: tuple[int, int, int] | None = None
    session_key_refusal: int | None = 0x6D00
    greeting: bytes | None = None
