"""A FIDO2 security key in software: CTAP2 (makeCredential, getAssertion, getInfo) over the library's device interface.
Its authenticator data is put together byte by byte, so that it judges what the service reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from struct import pack
from threading import Event
from typing import Any, Self

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.ctap import STATUS, CtapDevice
from fido2.hid import CAPABILITY, CTAPHID

_PRESENT, _ATTESTED = 0x01, 0x40
_EXCLUDED, _NO_CREDENTIALS, _TIMEOUT, _INVALID = 0x19, 0x2E, 0x2F, 0x01
_MAKE, _GET, _INFO = 1, 2, 4
_ES256 = -7


class _Refuses(Exception):
    def __init__(self, status: int) -> None:
        self.status = status


class SoftKey(CtapDevice):
    """``touched``: somebody touches it. ``counts``: it has a signature counter. ``wants_pin``: it was given a PIN."""

    def __init__(self, *, touched: bool = True, counts: bool = True, wants_pin: bool = False) -> None:
        self.touched = touched
        self.counts = counts
        self.wants_pin = wants_pin
        self.count = 0
        self.keys: dict[bytes, tuple[str, ec.EllipticCurvePrivateKey]] = {}

    def plugged(self) -> Iterator[CtapDevice]:
        yield self

    def copy(self) -> SoftKey:
        """What somebody has who read the key out."""
        twin = SoftKey(counts=self.counts)
        twin.keys, twin.count = dict(self.keys), self.count
        return twin

    # -- the device
    @property
    def capabilities(self) -> int:
        return CAPABILITY.CBOR

    @classmethod
    def list_devices(cls) -> Iterator[Self]:
        yield cls()

    def call(
        self,
        cmd: int,
        data: bytes = b"",
        event: Event | None = None,
        on_keepalive: Callable[[STATUS], None] | None = None,
    ) -> bytes:
        del event, on_keepalive  # it answers at once
        assert cmd == CTAPHID.CBOR
        asked: Any = cbor.decode(data[1:]) if len(data) > 1 else {}
        answers = {_MAKE: self._make, _GET: self._get, _INFO: self._info}
        try:
            if data[0] not in answers:
                raise _Refuses(_INVALID)
            return b"\0" + cbor.encode(answers[data[0]](asked))
        except _Refuses as refusal:
            return bytes([refusal.status])

    def _info(self, _asked: Mapping[int, Any]) -> dict[int, Any]:
        options = {"rk": False, "up": True} | ({"clientPin": True} if self.wants_pin else {})
        return {1: ["FIDO_2_0"], 3: bytes(16), 4: options, 6: [1]}

    def _make(self, asked: Mapping[int, Any]) -> dict[int, Any]:
        self._touch()
        if any(one["id"] in self.keys for one in asked.get(5, ())):
            raise _Refuses(_EXCLUDED)
        assert {"type": "public-key", "alg": _ES256} in asked[4]
        key, rp = ec.generate_private_key(ec.SECP256R1()), asked[2]["id"]
        public = key.public_key().public_numbers()
        id = sha256(public.x.to_bytes(32)).digest()
        self.keys[id] = (rp, key)
        cose = cbor.encode({1: 2, 3: _ES256, -1: 1, -2: public.x.to_bytes(32), -3: public.y.to_bytes(32)})
        attested = bytes(16) + pack(">H", len(id)) + id + cose
        return {1: "none", 2: self._data(rp, _PRESENT | _ATTESTED) + attested, 3: {}}

    def _get(self, asked: Mapping[int, Any]) -> dict[int, Any]:
        rp, present = asked[1], asked.get(5, {}).get("up", True)
        if present:
            self._touch()
        for one in asked.get(3, ()):
            found = self.keys.get(one["id"])
            if found is not None and found[0] == rp:
                data = self._data(rp, _PRESENT if present else 0)
                signature = found[1].sign(data + asked[2], ec.ECDSA(SHA256()))
                return {1: {"type": "public-key", "id": one["id"]}, 2: data, 3: signature}
        raise _Refuses(_NO_CREDENTIALS)

    def _touch(self) -> None:
        if not self.touched:
            raise _Refuses(_TIMEOUT)

    def _data(self, rp: str, flags: int) -> bytes:
        self.count += self.counts
        return sha256(rp.encode()).digest() + pack(">BI", flags, self.count)
