"""Where a moment lies in a ledger (kiosk/desk/finding.py)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.ledger import MemoryLedger, stamp
from kiosk.ledger.finding import position_before
from tests.support.ledgers import NOON, entry


@given(st.lists(st.integers(0, 50), max_size=60), st.integers(-1, 60))
def test_everything_from_the_moment_on_stands_behind_and_at_most_one_record_more(
    seconds: list[int], wanted: int
) -> None:
    ledger = MemoryLedger()
    times = [stamp(NOON + timedelta(seconds=second)) for second in sorted(seconds)]
    for number, at in enumerate(times):
        ledger.append([entry(f"v{number}", number, at=at)])
    moment = stamp(NOON + timedelta(seconds=wanted))
    start = position_before(ledger, moment)
    behind = [record.at for record in ledger.entries(since=start)]
    later = [at for at in times if at >= moment]
    assert behind[len(behind) - len(later) :] == later
    assert len(behind) <= len(later) + 1


def test_a_long_ledger_is_not_read_through() -> None:
    class Counted(MemoryLedger):
        looks = 0

        def entries(self, visit=None, since=0, *, chain=None):  # type: ignore[no-untyped-def]
            self.looks += 1
            return super().entries(visit, since, chain=chain)

    ledger = Counted()
    for number in range(5_000):
        ledger.append([entry(f"v{number}", number)])
    assert position_before(ledger, stamp(NOON + timedelta(seconds=4_321))) == pytest.approx(4_321, abs=1)
    assert ledger.looks < 40
