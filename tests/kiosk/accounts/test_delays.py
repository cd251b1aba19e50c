"""Lock-out that slows down and never locks for good."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kiosk.accounts.delays import FORGOTTEN, LONGEST, Try, delay, remaining, sweep
from kiosk.accounts.memory import MemoryAccountFile, MemoryRecords
from kiosk.accounts.records import Failures
from tests.support.staff import MONDAY

KEYS = ("account:sato", "terminal:A")
seconds = st.floats(0, 10_000).map(lambda s: timedelta(seconds=s))


def begun(records: MemoryRecords, now: datetime = MONDAY) -> Try:
    attempt = Try.begin(records, KEYS, now)
    assert isinstance(attempt, Try)
    return attempt


def failed(count: int, at: datetime = MONDAY) -> Failures:
    return Failures(key=KEYS[0], count=count, at=at)


def records_of(*kept: Failures) -> MemoryRecords:
    return MemoryRecords({(one.KIND, one.key): one for one in kept})


# -- the wait --------------------------------------------------------------------------------------
def test_each_failure_doubles_the_wait_up_to_five_minutes() -> None:
    waits = [delay(count).total_seconds() for count in range(12)]
    assert waits == [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


@given(st.integers(-5, 10**12))
def test_more_failures_never_mean_a_shorter_wait_and_no_wait_is_for_ever(count: int) -> None:
    assert timedelta() <= delay(count) <= delay(count + 1) <= LONGEST


@given(st.integers(1, 100), seconds, seconds)
def test_what_is_left_of_a_wait_only_gets_shorter_and_ends(
    count: int, first: timedelta, more: timedelta
) -> None:
    failures = failed(count)
    earlier, later = (remaining(failures, MONDAY + passed) for passed in (first, first + more))
    assert timedelta() <= later <= earlier <= delay(count)
    assert remaining(failures, MONDAY + LONGEST) == timedelta()


@given(st.integers(1, 100), seconds)
def test_a_clock_that_was_set_back_never_makes_a_wait_longer(count: int, back: timedelta) -> None:
    assert remaining(failed(count), MONDAY - back) == delay(count)


def test_who_never_failed_does_not_wait() -> None:
    assert remaining(None, MONDAY) == timedelta()


# -- tries -----------------------------------------------------------------------------------------
def test_a_try_counts_before_it_is_looked_at() -> None:
    records = MemoryRecords({})
    attempt = begun(records)
    assert [(one.key, one.count) for one in records.all(Failures)] == [(key, 1) for key in KEYS]
    assert attempt.wait == timedelta(seconds=1)
    assert Try.begin(records, KEYS, MONDAY) == timedelta(seconds=1)  # and so many at once gain nothing
    assert Try.begin(records, KEYS, MONDAY + timedelta(milliseconds=400)) == timedelta(milliseconds=600)
    assert [one.count for one in records.all(Failures)] == [1, 1]


def test_the_longer_of_the_two_waits_counts() -> None:
    records = records_of(failed(1), Failures(key=KEYS[1], count=5, at=MONDAY))
    assert Try.begin(records, KEYS, MONDAY) == timedelta(seconds=16)


def test_one_that_was_right_leaves_what_was_before() -> None:
    before = failed(3, MONDAY - timedelta(minutes=1))
    records = records_of(before)
    begun(records).take_back(records)
    assert records.all(Failures) == [before]


def test_one_that_was_right_while_another_failed_leaves_the_other() -> None:
    records = MemoryRecords({})
    mine = begun(records)
    begun(records, MONDAY + timedelta(seconds=2))
    mine.take_back(records)
    assert {one.count for one in records.all(Failures)} == {1}
    mine.take_back(records)
    assert records.all(Failures) == []
    mine.take_back(records)


def test_signing_in_begins_the_counts_anew() -> None:
    records = records_of(
        failed(7, MONDAY - timedelta(hours=1)), Failures(key="terminal:B", count=2, at=MONDAY)
    )
    begun(records).forget_all(records)
    assert [one.key for one in records.all(Failures)] == ["terminal:B"]


def test_a_day_later_the_count_begins_anew() -> None:
    records = records_of(failed(9))
    assert begun(records, MONDAY + FORGOTTEN).wait == LONGEST
    records = records_of(failed(9))
    assert begun(records, MONDAY + FORGOTTEN + timedelta(seconds=1)).wait == timedelta(seconds=1)


def test_what_is_forgotten_is_swept() -> None:
    file = MemoryAccountFile()
    with file.transaction() as records:
        records.put(failed(9))
        records.put(Failures(key="terminal:B", count=1, at=MONDAY + timedelta(hours=1)))
        sweep(records, MONDAY + FORGOTTEN + timedelta(seconds=1))
        assert [one.key for one in records.all(Failures)] == ["terminal:B"]


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 700)), max_size=40))
def test_nobody_tries_more_often_than_the_waits_allow(events: list[tuple[bool, float]]) -> None:
    """Whatever the rhythm: between two failed tries in a row lies at least the wait that the first one began."""
    records, now = MemoryRecords({}), MONDAY
    last: tuple[datetime, timedelta] | None = None
    for right, pause in events:
        now += timedelta(seconds=pause)
        attempt = Try.begin(records, KEYS, now)
        if isinstance(attempt, timedelta):
            assert last is not None
            assert now + attempt == last[0] + last[1]
            continue
        assert last is None or now >= last[0] + last[1]
        if right:
            attempt.forget_all(records)
            last = None
        else:
            last = (now, attempt.wait)
