from __future__ import annotations

from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.face.rates import Comparison, Scores, by_people, clopper_pearson, rate

comparisons = st.lists(st.builds(Comparison, score=st.floats(-1, 1), same=st.booleans()), max_size=60)


def at_most(errors: int, count: int, chance: float) -> float:
    return sum(comb(count, one) * chance**one * (1 - chance) ** (count - one) for one in range(errors + 1))


@pytest.mark.parametrize(
    ("errors", "count", "low", "high"),
    [(0, 10, 0.0, 0.3085), (1, 10, 0.0025, 0.4450), (5, 10, 0.1871, 0.8129), (0, 30_000, 0.0, 0.000123)],
)
def test_intervals_are_those_of_the_tables(errors: int, count: int, low: float, high: float) -> None:
    assert list(clopper_pearson(errors, count)) == pytest.approx([low, high], abs=6e-5)


@given(st.integers(1, 200).flatmap(lambda count: st.tuples(st.integers(0, count), st.just(count))))
def test_the_ends_of_an_interval_leave_a_fortieth_beyond_each(case: tuple[int, int]) -> None:
    errors, count = case
    low, high = clopper_pearson(errors, count)
    assert low <= errors / count <= high
    if errors < count:
        assert at_most(errors, count, high) == pytest.approx(0.025, abs=1e-6)
    if errors > 0:
        assert 1 - at_most(errors - 1, count, low) == pytest.approx(0.025, abs=1e-6)


@given(comparisons, st.floats(-1, 1))
def test_rates_count_what_they_say(pairs: list[Comparison], threshold: float) -> None:
    scores = Scores(pairs)
    missed = [one for one in pairs if one.same and one.score < threshold]
    taken = [one for one in pairs if not one.same and one.score >= threshold]
    assert scores.false_non_match(threshold).errors == len(missed)
    assert scores.false_match(threshold).errors == len(taken)


@settings(max_examples=30)
@given(comparisons)
def test_a_higher_threshold_takes_fewer_strangers_and_misses_more_holders(pairs: list[Comparison]) -> None:
    found = Scores(pairs).det()
    taken = [row[1] for row in found if row[1] is not None]
    missed = [row[2] for row in found if row[2] is not None]
    assert taken == sorted(taken, reverse=True)
    assert missed == sorted(missed)


def test_equal_error_is_none_without_both_kinds_and_zero_where_they_part() -> None:
    assert Scores([Comparison(0.5, True)]).equal_error() is None
    assert Scores([Comparison(0.5, True), Comparison(0.2, False)]).equal_error() == 0
    assert Scores([Comparison(0.2, True), Comparison(0.5, False)]).equal_error() == 1


def test_nothing_counted_is_no_rate() -> None:
    assert rate(0, 0).value is None


def test_one_difficult_person_widens_the_interval() -> None:
    """All errors are of one in ten people: pairs seem to know the rate well, people do not."""
    pairs = [
        Comparison(0.1 if who == 0 else 0.9, True, (str(who), str(who)))
        for who in range(10)
        for _ in range(50)
    ]
    drawn = by_people(pairs, 0.4, same=True)
    assert drawn is not None
    low, high = clopper_pearson(50, 500)
    assert drawn[0] < low
    assert drawn[1] > high + 0.1
    assert by_people(pairs, 0.4, same=True) == drawn


def test_people_who_are_not_named_and_errors_that_are_not_there_have_no_such_interval() -> None:
    assert by_people([Comparison(0.1, True)], 0.4, same=True) is None
    assert by_people([Comparison(0.9, True, ("a", "a"))], 0.4, same=True) is None
    assert by_people([], 0.4, same=False) is None
