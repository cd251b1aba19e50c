"""Who may say, in the simulated world, that a look at the face stands in the place of the PIN.

In the real one that takes the minister's authorisation (公的個人認証法 38条の2) and a key of the terminal's own; how
such a proof looks there is not public, and nothing here is meant to resemble it.
"""

from __future__ import annotations

import hmac
from hashlib import sha256

from drivers.interface import Authority, Failure
from kiosk.eligibility.port import FaceProof

_KEYS: dict[str, bytes] = {
    "simulator": sha256(b"uketsuke/simulated operator").digest(),
    "authorised": sha256(b"uketsuke/simulated authorised operator").digest(),
}
"""Of operators that the simulated system knows. Nobody is known by ``aid``."""


def seal(authority: str, certificate_sha256: str, challenge: bytes) -> bytes | None:
    """The operator's word over a match; None for one whom the system does not know."""
    key = _KEYS.get(authority)
    if key is None:
        return None
    told = "\n".join(("face", authority, certificate_sha256, challenge.hex()))
    return hmac.digest(key, told.encode("ascii"), "sha256")


class SimulatedAuthoriser:
    """A ``FaceAuthoriser`` for a simulated kiosk."""

    def __init__(self, authority: Authority = "simulator") -> None:
        self._authority: Authority = authority

    @property
    def authority(self) -> Authority:
        return self._authority

    def prove(self, insertion: int, certificate_sha256: str, challenge: bytes) -> FaceProof | Failure:
        sealed = seal(self._authority, certificate_sha256, challenge)
        return FaceProof(insertion, self._authority, certificate_sha256, challenge, sealed or b"")
