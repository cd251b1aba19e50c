"""The proof of a verified card, in memory only, for as long as its visit needs it."""

from __future__ import annotations

from threading import Lock

from kiosk.eligibility.port import Proof

CHALLENGE_BYTES = 32
"""Of the random bytes that a card or an authority signs: never the same twice."""


class ProofVault:
    """Holds at most one proof. Written by the card lane, read for the service lane.

    ``epoch`` changes with each ``forget``: a proof that was under way for a visit that is over is not kept.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._proof: Proof | None = None
        self._epoch = 0

    @property
    def epoch(self) -> int:
        with self._lock:
            return self._epoch

    def keep(self, proof: Proof, epoch: int) -> None:
        with self._lock:
            if epoch == self._epoch:
                self._proof = proof

    def get(self) -> Proof | None:
        with self._lock:
            return self._proof

    def holds(self, proof: Proof) -> bool:
        """Whether this very proof is still wanted."""
        with self._lock:
            return self._proof is proof

    def forget(self) -> None:
        with self._lock:
            self._proof = None
            self._epoch += 1
