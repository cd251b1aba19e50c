"""Where in a ledger a moment lies."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from kiosk.ledger.interface import Head, Place

Stand = tuple[str, int]
"""When a link was written (``at``), and its position."""
Look = Callable[[Mapping[str, int]], Mapping[str, Stand]]
"""For each chain one link, by its ``seq``."""


class _Search(msgspec.Struct):
    """Between two links of one chain; what is known of them."""

    low: int
    high: int
    before: int = 0  # position of the last one known to be before the moment
    after: int | None = None  # of the first one known not to be


def place_of(heads: Mapping[str, Head], at: str, look: Look) -> Place:
    """Where the instant ``at`` (``stamp``) lies. By halving each chain, all of them at once: within one the times go
    up, as far as its clock does. Between chains they need not: of a terminal that was away what is old comes late."""
    searches = {chain: _Search(0, head.seq + 1) for chain, head in heads.items()}
    while wanted := {
        chain: (one.low + one.high) // 2 for chain, one in searches.items() if one.high - one.low > 1
    }:
        found = look(wanted)
        for chain, seq in wanted.items():
            _halve(searches[chain], seq, found.get(chain), at)
    end = max((one.before for one in searches.values()), default=0)
    begun = [one.after for one in searches.values() if one.after is not None]
    return Place(min(begun) - 1 if begun else end, end)


def _halve(search: _Search, seq: int, found: Stand | None, at: str) -> None:
    if found is not None and found[0] < at:
        search.low, search.before = seq, found[1]
    else:
        search.high, search.after = seq, search.after if found is None else found[1]
