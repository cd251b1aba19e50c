"""Ways to tamper with what a ledger has written, whatever it is kept in."""

from __future__ import annotations

from typing import Literal

import msgspec
from hypothesis import strategies as st

from kiosk.ledger.audit import AuditReport
from tests.support.ledgers import AnyLedger, entry

LINKS = 9
"""Of each chain; all of them stand under its last checkpoint."""
Field = Literal["core", "leaf", "hash", "salt", "payload"]


class Byte(msgspec.Struct, frozen=True):
    """One bit of one field is another one. ``place``: from 0 to 1 of its length."""

    seq: int
    field: Field
    place: float
    bit: int

    def spoil(self, value: bytes) -> bytes:
        changed = bytearray(value)
        changed[int(self.place * len(value))] ^= 1 << self.bit
        return bytes(changed)


class Drop(msgspec.Struct, frozen=True):
    """The link is gone."""

    seq: int


class Swap(msgspec.Struct, frozen=True):
    """Two links stand in each other's place. ``seq`` is the first of them."""

    seq: int
    other: int


class Double(msgspec.Struct, frozen=True):
    """The link stands there once more, after everything else."""

    seq: int


Tampering = Byte | Drop | Swap | Double


def bytes_of(*fields: Field) -> st.SearchStrategy[Byte]:
    place = st.floats(0, 1, exclude_max=True)
    return st.builds(Byte, st.integers(1, LINKS), st.sampled_from(fields), place, st.integers(0, 7))


drops = st.builds(Drop, st.integers(1, LINKS))
swaps = st.tuples(st.integers(1, LINKS), st.integers(1, LINKS)).filter(lambda pair: pair[0] < pair[1])
orders = swaps.map(lambda pair: Swap(*pair))
doubles = st.builds(Double, st.integers(1, LINKS))


def write_two_chains(kiosk: AnyLedger, console: AnyLedger) -> None:
    """Turn by turn, and signed at the end of each."""
    for number in range(LINKS):
        kiosk.append([entry("v1", number)])
        console.append([entry("v2", 100 + number)])
    kiosk.checkpoint()
    console.checkpoint()


def first_bad(report: AuditReport) -> dict[str, int | None]:
    """By chain."""
    return {one.chain: one.first_bad for one in report.chains}
