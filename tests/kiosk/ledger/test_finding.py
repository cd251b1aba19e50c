"""Where a moment lies in a ledger (kiosk/ledger/finding.py). Every ledger is held to it by the contract's tests."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from kiosk.ledger.finding import Stand, place_of
from kiosk.ledger.interface import Head

Chains = dict[str, list[Stand]]


def at(second: int) -> str:
    return f"2026-03-02T00:00:{second:02}.000Z"


@st.composite
def chains(draw: st.DrawFn) -> Chains:
    """Each writes in the order of its own clock; what they wrote arrived in any order."""
    owners = draw(st.lists(st.sampled_from("ABC"), max_size=40))
    times = {chain: sorted(draw(st.lists(st.integers(0, 20), min_size=40, max_size=40))) for chain in "ABC"}
    made: Chains = {}
    for position, chain in enumerate(owners, 1):
        links = made.setdefault(chain, [])
        links.append((at(times[chain][len(links)]), position))
    return made


class Looked:
    def __init__(self, made: Chains) -> None:
        self._made = made
        self.times = 0

    def __call__(self, wanted: Mapping[str, int]) -> dict[str, Stand]:
        self.times += 1
        return {chain: self._made[chain][seq - 1] for chain, seq in wanted.items()}


def heads(made: Chains) -> dict[str, Head]:
    return {chain: Head(chain, len(links), b"", links[-1][0]) for chain, links in made.items()}


@given(chains(), st.integers(0, 21))
def test_nothing_of_it_stands_before_its_start_and_nothing_older_after_its_end(
    made: Chains, second: int
) -> None:
    moment = at(second)
    place = place_of(heads(made), moment, Looked(made))
    stands = [one for links in made.values() for one in links]
    later = [position for when, position in stands if when >= moment]
    older = [position for when, position in stands if when < moment]
    assert place.start == (min(later) - 1 if later else max(older, default=0))
    assert place.end == max(older, default=0)


def test_long_chains_are_not_read_through() -> None:
    made: Chains = {
        chain: [(f"{number:08}", 3 * number + which) for number in range(1, 5_001)]
        for which, chain in enumerate("ABC")
    }
    looked = Looked(made)
    place = place_of(heads(made), f"{4_321:08}", looked)
    assert (place.start, place.end) == (3 * 4_321 - 1, 3 * 4_320 + 2)
    assert looked.times < 15, "once for all chains, each time"
