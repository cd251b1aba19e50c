"""Signed notes: a short text and Ed25519 signatures under it, after the C2SP signed-note specification.

    text, ending with a newline
    <empty line>
    — <key name> <base64(key id ‖ signature)>

The key id is the first four bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key).
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"
_DASH = "— "


class VerifyKey(msgspec.Struct, frozen=True):
    """A public key with its name. As text: `name+keyid+base64(0x01 ‖ key)`, the form C2SP verifiers read."""

    name: str
    public: bytes

    @classmethod
    def of(cls, key: Ed25519PublicKey) -> VerifyKey:
        public = key.public_bytes_raw()
        return cls(f"uketsuke-{sha256(public).hexdigest()[:8]}", public)

    @classmethod
    def parse(cls, text: str) -> VerifyKey:
        """ValueError if this is not a key or its id does not fit."""
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        raw = _decode64(encoded)
        key = cls(name, raw[1:])
        if len(raw) != 33 or raw[:1] != _ED25519 or key.id().hex() != key_id:
            raise ValueError("not an Ed25519 verifier key")
        return key

    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def text(self) -> str:
        return f"{self.name}+{self.id().hex()}+{b64encode(_ED25519 + self.public).decode()}"


def sign(text: str, signer: Ed25519PrivateKey, key: VerifyKey) -> str:
    signature = signer.sign(text.encode())
    return f"{text}\n{_DASH}{key.name} {b64encode(key.id() + signature).decode()}\n"


def open_note(note: str, key: VerifyKey) -> str:
    """The text, if it is signed by `key`; ValueError otherwise. Other keys' signatures are passed over."""
    text, separator, signatures = note.rpartition("\n\n")
    if not separator or not signatures.endswith("\n"):
        raise ValueError("not a signed note")
    text += "\n"
    for line in signatures.splitlines():
        name, _, encoded = line.removeprefix(_DASH).partition(" ")
        if not line.startswith(_DASH) or not encoded:
            raise ValueError("not a signature line")
        raw = _decode64(encoded)
        if name == key.name and raw[:4] == key.id():
            try:
                Ed25519PublicKey.from_public_bytes(key.public).verify(raw[4:], text.encode())
            except InvalidSignature:
                raise ValueError("the signature does not fit") from None
            return text
    raise ValueError("not signed by this key")


def _decode64(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("not base64") from None
