"""Passwords: what may be one, and how it is kept.

Kept is an Argon2id hash with the second recommended parameters of RFC 9106 §4 (64 MiB, 3 passes, 4 lanes, 128 bits of
salt, 256 bits of tag), which is more than the OWASP Password Storage Cheat Sheet asks for. Rules for choosing follow
NIST SP 800-63B: a least length, no composition rules, and none of the commonest.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final, Self

import msgspec

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST: Final = 10
LONGEST: Final = 256


class Password:
    """What somebody typed, in bytes that are overwritten after use. Full-width letters of an input method count as
    plain ones (NFKC). Never shown, compared or pickled. Copies that Python or Argon2's binding made are out of reach.
    """

    __slots__ = ("_typed",)

    def __init__(self, typed: str | bytearray) -> None:
        """A ``bytearray`` (UTF-8) is taken over and wiped."""
        if isinstance(typed, bytearray):
            text = typed.decode("utf-8", "surrogateescape")
            _wipe(typed)
        else:
            text = typed
        # No text that Unicode calls broken may raise here: the error would quote it.
        self._typed = bytearray(unicodedata.normalize("NFKC", text).encode("utf-8", "surrogatepass"))

    def __repr__(self) -> str:
        return "Password(…)"

    def __reduce__(self) -> str:
        raise TypeError("passwords are not pickled")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.wipe()

    def reveal(self) -> bytes:
        return bytes(self._typed)

    def wipe(self) -> None:
        _wipe(self._typed)
        self._typed.clear()


def _wipe(buffer: bytearray) -> None:
    buffer[:] = bytes(len(buffer))  # in place; clearing alone would leave the bytes in free memory


# -- what may be one -------------------------------------------------------------------------------
class Weakness(StrEnum):
    """Why a password is not taken."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    NAME = "name"
    SAME = "same"

    @property
    def remedy(self) -> str:
        return _REMEDIES[self]


_REMEDIES: Final = {
    Weakness.SHORT: f"Take at least {SHORTEST} characters; four words that do not belong together are good.",
    Weakness.LONG: f"{LONGEST} characters are the most.",
    Weakness.COMMON: "Many people take this one, and it is tried first. Take words that do not belong together.",
    Weakness.SAME: "This is the password that the account has already. Take another.",
    Weakness.NAME: "The password is the account's own name or not much more. Take something else.",
}

_COMMON = """
    password passw pass passcode passphrase pswd secret login signin welcome hello letmein changeme default
    temp temporary admin administrator root system sysadmin superuser user username guest test tester testing demo
    sample example
    master access security server computer windows internet google samsung apple
    qwerty qwertyuiop asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qazwsxedc qweasd qweasdzxc azerty
    abc abcd abcde abcdef abcdefg abcdefgh abcdefghij
    iloveyou loveyou love sunshine princess dragon monkey football baseball soccer superman batman pokemon starwars
    shadow flower summer winter spring autumn january february march april june july august september october
    november december monday friday sunday
    sakura himawari arigato arigatou konnichiwa nippon nihon japan tokyo osaka kyoto yokohama doraemon
    tanaka suzuki sato takahashi watanabe
    uketsuke uketuke kiosk reception hospital clinic byouin byoin kurinikku kangoshi nurse doctor iryou hoken mynumber
    maina kanja staff jimu shokuin lead auditor
    パスワード 受付 病院 医院 診療所 クリニック 管理者 職員
"""
_WORDS: Final = frozenset(_COMMON.split())
_LEET: Final = str.maketrans("01345@$!", "oieasasi")
_ENDS: Final = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_ROWS: Final = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv",
)


def weakness(password: Password, *names: str) -> Weakness | None:
    """Why this may not be a password of the account with these names; None if it may."""
    text = password.reveal().decode("utf-8", "surrogatepass").casefold()
    if len(text) < SHORTEST:
        return Weakness.SHORT
    if len(text) > LONGEST:
        return Weakness.LONG
    if any(_is_mostly(text, name.casefold()) for name in names):
        return Weakness.NAME
    return Weakness.COMMON if _is_common(text) else None


def _is_mostly(text: str, name: str) -> bool:
    """Whether less than half of a password's least length is left beside the name."""
    return len(name) > 1 and name in text and len(text.replace(name, "")) < SHORTEST // 2


def _is_common(text: str) -> bool:
    """A common word, once or repeated, with digits and signs before or after; a row of keys or of the alphabet; one
    short piece again and again."""
    bare = _ENDS.sub("", text)
    if any(
        _period(word) in _WORDS
        for word in (bare, bare.translate(_LEET), _ENDS.sub("", text.translate(_LEET)))
    ):
        return True
    if len(_period(text)) <= 3 or len(set(text)) <= 4:
        return True
    return any(text in row * 2 or text in row[::-1] * 2 for row in _ROWS)


def _period(text: str) -> str:
    """The shortest piece whose repetition the text is."""
    return text[: (text + text).find(text, 1)] if text else ""


# -- how it is kept --------------------------------------------------------------------------------
class Parameters(msgspec.Struct, frozen=True):
    """``memory``: KiB."""

    memory: int = 64 * 1024
    passes: int = 3
    lanes: int = 4


STANDARD: Final = Parameters()
SALT_BYTES: Final = 16
_TAG_BYTES: Final = 32


class Hasher:
    """Argon2id. One hash takes some 0.2 s and 64 MiB: never on a thread that draws."""

    def __init__(
        self, parameters: Parameters = STANDARD, random: Callable[[int], bytes] = os.urandom
    ) -> None:
        self._parameters = parameters
        self._random = random

    def hash(self, password: Password) -> str:
        """In PHC string format: parameters, salt and tag."""
        return self._argon2.hash(password.reveal(), salt=self._random(SALT_BYTES))

    def verify(self, hashed: str | None, password: Password) -> bool:
        """False also for None, the hash of somebody who does not exist, and after the same time."""
        from argon2.exceptions import VerifyMismatchError

        nobody = self._nobody
        try:
            self._argon2.verify(hashed or nobody, password.reveal())
        except VerifyMismatchError:
            return False
        return hashed is not None

    def outdated(self, hashed: str) -> bool:
        """Whether it was made with other parameters than today's."""
        return self._argon2.check_needs_rehash(hashed)

    def derive(self, secret: bytes, salt: bytes) -> bytes:
        """The bare tag over a given salt: for one-time codes, of which several share a salt."""
        from argon2.low_level import Type, hash_secret_raw

        p = self._parameters
        return hash_secret_raw(secret, salt, p.passes, p.memory, p.lanes, _TAG_BYTES, Type.ID)

    @cached_property
    def _argon2(self) -> PasswordHasher:
        from argon2 import PasswordHasher

        p = self._parameters
        return PasswordHasher(p.passes, p.memory, p.lanes, hash_len=_TAG_BYTES, salt_len=SALT_BYTES)

    @cached_property
    def _nobody(self) -> str:
        return self.hash(Password(self._random(_TAG_BYTES).hex()))
