"""A stream under a passphrase: scrypt for the key, AES-256-GCM in chunks.

    header   "UKBK" 0x01, log2 of scrypt's n (r = 8, p = 1), 16 bytes salt, 7 bytes nonce prefix, 16 bytes check
    chunks   1 MiB of plaintext each (the last one 0 to 1 MiB), every one followed by its 16-byte tag

scrypt gives 64 bytes: 32 for AES, 32 for the check value, SHA-256(they ‖ header up to there)[:16], which
tells a wrong passphrase from a damaged file. A chunk's nonce is prefix ‖ u32 number ‖ u8 (1 if last), its
associated data the whole header: chunks cannot be swapped, dropped or cut off.
"""

from __future__ import annotations

import unicodedata
from hashlib import sha256
from hmac import compare_digest
from struct import Struct
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from kiosk.ledger.errors import BackupDamaged, WeakPassphrase, WrongPassphrase
from kiosk.ledger.interface import RandomBytes

CHUNK: Final = 1 << 20
DEFAULT_COST: Final = 17  # 128 MiB and about 0.3 s
_COSTS: Final = range(14, 21)  # a hostile header must not take all memory
_TAG: Final = 16
_HEAD: Final = Struct(">4sBB16s7s")
_CHECK: Final = 16
_MAGIC: Final = b"UKBK"
MIN_PASSPHRASE: Final = 12


class _Secret:
    def __init__(self, passphrase: str, head: bytes) -> None:
        _, _, cost, salt, prefix = _HEAD.unpack(head)
        self._prefix: bytes = prefix
        text = unicodedata.normalize("NFC", passphrase).encode()
        both = Scrypt(salt=salt, length=64, n=1 << cost, r=8, p=1).derive(text)
        self.check = sha256(both[32:] + head).digest()[:_CHECK]
        self._header = head + self.check
        self._cipher = AESGCM(both[:32])

    def _nonce(self, number: int, last: bool) -> bytes:
        return self._prefix + number.to_bytes(4, "big") + bytes([last])

    def seal(self, number: int, last: bool, chunk: bytes) -> bytes:
        return self._cipher.encrypt(self._nonce(number, last), chunk, self._header)

    def open(self, number: int, last: bool, chunk: bytes) -> bytes:
        try:
            return self._cipher.decrypt(self._nonce(number, last), chunk, self._header)
        except InvalidTag:
            raise BackupDamaged(f"chunk {number}") from None


class SealingWriter:
    """`write` as often as needed, then `finish`. WeakPassphrase."""

    def __init__(
        self, file: BinaryIO, passphrase: str, random: RandomBytes, cost: int = DEFAULT_COST
    ) -> None:
        if len(passphrase) < MIN_PASSPHRASE:
            raise WeakPassphrase
        head = _HEAD.pack(_MAGIC, 1, cost, random(16), random(7))
        self._secret = _Secret(passphrase, head)
        self._file = file
        self._buffer = bytearray()
        self._number = 0
        file.write(head + self._secret.check)

    def write(self, content: bytes) -> int:
        self._buffer += content
        while len(self._buffer) > CHUNK:  # a full last chunk waits for `finish`
            self._put(bytes(self._buffer[:CHUNK]), last=False)
            del self._buffer[:CHUNK]
        return len(content)

    def finish(self) -> None:
        self._put(bytes(self._buffer), last=True)

    def _put(self, chunk: bytes, *, last: bool) -> None:
        self._file.write(self._secret.seal(self._number, last, chunk))
        self._number += 1


class OpeningReader:
    """`read` gives only authenticated plaintext. WrongPassphrase, BackupDamaged."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        head, check = file.read(_HEAD.size), file.read(_CHECK)
        if len(check) < _CHECK or head[:5] != _MAGIC + b"\x01" or head[5] not in _COSTS:
            raise BackupDamaged("not a backup of this format")
        self._secret = _Secret(passphrase, head)
        if not compare_digest(self._secret.check, check):
            raise WrongPassphrase
        self._file = file
        self._ahead = file.read(CHUNK + _TAG)
        self._plain = b""
        self._number = 0
        self._ended = False

    def read(self, size: int = -1) -> bytes:
        while not self._ended and (size < 0 or len(self._plain) < size):
            self._next()
        if size < 0:
            size = len(self._plain)
        given, self._plain = self._plain[:size], self._plain[size:]
        return given

    def _next(self) -> None:
        chunk, self._ahead = self._ahead, self._file.read(CHUNK + _TAG)
        self._ended = not self._ahead
        self._plain += self._secret.open(self._number, self._ended, chunk)
        self._number += 1
