"""How the machine and the kiosks are, as values."""

from __future__ import annotations

import msgspec

from ui.diagnosis.finding import Finding


class KioskSeen(msgspec.Struct, frozen=True):
    """A program that writes to this ledger. ``last``: stamp of its last record."""

    chain: str
    running: bool
    last: str

    @property
    def terminal(self) -> str:
        return self.chain.partition(".")[0]


class Health(msgspec.Struct, frozen=True):
    """``checkpoint``: when a head was signed last, "" for never."""

    findings: tuple[Finding, ...]
    kiosks: tuple[KioskSeen, ...]
    checkpoint: str
