"""What is personal leaves a terminal sealed: the hub's server, its disks and its backups never hold it in the clear.

A content key (32 bytes, good for some hundred payloads) is sealed to each recipient, the payload to the content key:

    0x01, number of recipients, for each: key id (8), ephemeral X25519 key (32), sealed content key (32 + 16)
    nonce (12), AES-256-GCM of salt ‖ payload; associated data: chain ‖ 0x00 ‖ seq in decimal

A content key is sealed with AES-256-GCM, nonce zero, under HKDF-SHA-256(shared secret, info = "uketsuke hub" ‖
ephemeral key ‖ recipient's key): each such key seals once. Key id: the start of SHA-256(public key). Who sealed it is
not told by this; that is what the chain's hashes are for, which bind salt and payload by their leaf.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kiosk.ledger.errors import KeyInvalid, as_ledger_errors
from kiosk.ledger.interface import RandomBytes
from kiosk.storage.files import PRIVATE_FILE, write_new
from kiosk.storage.keyfile import read_private

CLEAR: Final = b"\x00"
SEALED: Final = b"\x01"
SALT: Final = 16
_USES: Final = 500
_REMEMBERED: Final = 4096
_WRAP: Final = 8 + 32 + 48
_NONCE: Final = 12
_INFO: Final = b"uketsuke hub"
_PREFIX: Final = "uketsuke-hub+"
_PROBE: Final = X25519PrivateKey.from_private_bytes(bytes(range(32)))
_LINE: Final = re.compile(r"[0-9a-f]{64}")
_MOST: Final = 65 * 1000  # of a file with many years of keys


class Unopenable(ValueError):
    """Not sealed to a key at hand, or not what was sealed."""


class BoxKey(msgspec.Struct, frozen=True):
    """A public key. As text: `uketsuke-hub+` and its base64."""

    public: bytes

    @property
    def id(self) -> bytes:
        return sha256(self.public).digest()[:8]

    def text(self) -> str:
        return _PREFIX + b64encode(self.public).decode()

    @classmethod
    def parse(cls, text: str) -> BoxKey:
        """ValueError if this is not a public key that something can be sealed to."""
        text = text.strip()
        raw = b64decode(text.removeprefix(_PREFIX), validate=True) if text.startswith(_PREFIX) else b""
        if len(raw) != 32:
            raise ValueError("not the public key of a hub")
        _PROBE.exchange(X25519PublicKey.from_public_bytes(raw))  # a few keys, like zero, seal nothing
        return cls(raw)


class Sealer:
    """Seals to the same recipients again and again. Not thread-safe."""

    def __init__(self, recipients: Iterable[BoxKey], random: RandomBytes) -> None:
        self._recipients = tuple(recipients)
        self._random = random
        self._left = 0
        self._head = b""
        self._cipher = AESGCM(bytes(32))

    def seal(self, chain: str, seq: int, salt: bytes, payload: bytes) -> bytes:
        if self._left == 0:
            self._renew()
        self._left -= 1
        nonce = self._random(_NONCE)
        return self._head + nonce + self._cipher.encrypt(nonce, salt + payload, _context(chain, seq))

    def _renew(self) -> None:
        content = self._random(32)
        wraps = (_wrap(content, recipient, self._random(32)) for recipient in self._recipients)
        self._head = SEALED + bytes([len(self._recipients)]) + b"".join(wraps)
        self._cipher = AESGCM(content)
        self._left = _USES


class Opener:
    """Opens what was sealed to one of these keys. Content keys are remembered: opening many payloads is quick."""

    def __init__(self, keys: Sequence[X25519PrivateKey]) -> None:
        self._keys = {public_of(key).id: key for key in keys}
        self._known: OrderedDict[bytes, AESGCM] = OrderedDict()

    def open(self, chain: str, seq: int, sealed: bytes) -> tuple[bytes, bytes]:
        """(salt, payload). Unopenable."""
        body = 2 + _WRAP * sealed[1] if len(sealed) > 1 else 0
        if sealed[:1] != SEALED or len(sealed) < body + _NONCE + SALT:
            raise Unopenable("not a sealed payload")
        for start in range(2, body, _WRAP):
            wrap = sealed[start : start + _WRAP]
            if wrap[:8] in self._keys:
                break
        else:
            raise Unopenable("sealed to another key")
        nonce, content = sealed[body : body + _NONCE], sealed[body + _NONCE :]
        try:
            plain = self._content_key(wrap).decrypt(nonce, content, _context(chain, seq))
        except InvalidTag:
            raise Unopenable("not what was sealed") from None
        return plain[:SALT], plain[SALT:]

    def _content_key(self, wrap: bytes) -> AESGCM:
        cipher = self._known.get(wrap)
        if cipher is None:
            cipher = AESGCM(_unwrap(wrap, self._keys[wrap[:8]]))
            self._known[wrap] = cipher
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return cipher


def _context(chain: str, seq: int) -> bytes:
    return b"%b\x00%d" % (chain.encode(), seq)


def _wrap(content: bytes, recipient: BoxKey, seed: bytes) -> bytes:
    ephemeral = X25519PrivateKey.from_private_bytes(seed)
    public = ephemeral.public_key().public_bytes_raw()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(recipient.public))
    return (
        recipient.id + public + _once(shared, public, recipient.public).encrypt(bytes(_NONCE), content, None)
    )


def _unwrap(wrap: bytes, key: X25519PrivateKey) -> bytes:
    public = wrap[8:40]
    try:
        shared = key.exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:
        raise Unopenable("not a key") from None
    return _once(shared, public, key.public_key().public_bytes_raw()).decrypt(bytes(_NONCE), wrap[40:], None)


def _once(shared: bytes, ephemeral: bytes, recipient: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, None, _INFO + ephemeral + recipient).derive(shared))


# -- keys --------------------------------------------------------------------------------------------
def public_of(key: X25519PrivateKey) -> BoxKey:
    return BoxKey(key.public_key().public_bytes_raw())


def terminal_key(signing_seed: bytes) -> X25519PrivateKey:
    """A terminal's own box key, from the secret that it has anyway and that a backup carries."""
    return X25519PrivateKey.from_private_bytes(
        HKDF(SHA256(), 32, None, b"uketsuke hub terminal").derive(signing_seed)
    )


def make_hub_key(path: Path, random: RandomBytes) -> BoxKey:
    """A new hub key: a line of 64 hexadecimal digits, mode 0600. FileExistsError: a key is never replaced here."""
    seed = random(32)
    write_new(path, seed.hex().encode() + b"\n", PRIVATE_FILE)
    return public_of(X25519PrivateKey.from_private_bytes(seed))


def load_hub_keys(path: Path) -> list[X25519PrivateKey]:
    """The consoles' keys, the one in use first, older ones after it. KeyMissing, KeyInvalid."""
    with as_ledger_errors():
        content = read_private(path, _MOST)
    try:
        text = content.decode("ascii")
    except UnicodeDecodeError:  # quotes the text
        raise KeyInvalid(path.name) from None
    lines = text.split()
    if not lines or not all(_LINE.fullmatch(line) for line in lines):
        raise KeyInvalid(path.name)
    return [X25519PrivateKey.from_private_bytes(bytes.fromhex(line)) for line in lines]
