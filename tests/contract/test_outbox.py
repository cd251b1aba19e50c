"""What every outbox promises, proven on both kinds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.handoff.outbox import LATE, Backoff, Letter, Outbox, Place, to_tell
from kiosk.ledger.errors import LedgerClosed
from tests.support.handoff import NOW, MemoryOutboxes, OutboxKit, SqliteOutboxes, draft, wish

LEASE = timedelta(minutes=3)
SOON = NOW + timedelta(seconds=10)
OVER = NOW + LEASE


@pytest.fixture(params=["sqlite", "memory"])
def kit(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OutboxKit]:
    kit: OutboxKit = SqliteOutboxes(tmp_path) if request.param == "sqlite" else MemoryOutboxes()
    yield kit
    kit.finish()


@pytest.fixture
def outbox(kit: OutboxKit) -> Outbox:
    return kit.open()


def claimed(outbox: Outbox, now: datetime = NOW) -> Letter:
    letter = outbox.claim(now, LEASE)
    assert letter is not None
    return letter


def states(outbox: Outbox, visit: str = "v1") -> dict[str, str]:
    return {status.receiver: status.state for status in outbox.status(visit)}


# -- posting ---------------------------------------------------------------------------------------
def test_a_letter_that_was_posted_is_found_and_waits(outbox: Outbox) -> None:
    assert outbox.post(draft(), NOW)
    last = outbox.last("v1", "chart")
    assert last is not None
    assert (last.revision, last.key, last.digest, last.state) == (1, "key-v1-chart-1", b"v11", "waiting")
    assert (last.since, last.next_at, last.attempts, last.parcel) == (NOW, NOW, 0, None)
    assert outbox.last("v1", "receipt") is None
    assert outbox.last("v2", "chart") is None
    assert outbox.open_letters() == 1


def test_the_same_revision_is_posted_once(outbox: Outbox) -> None:
    assert outbox.post(draft(), NOW)
    assert not outbox.post(draft(key="another"), NOW)
    assert outbox.post(draft(receiver="receipt"), NOW)
    assert claimed(outbox).key == "key-v1-chart-1"
    assert outbox.open_letters() == 2


def test_a_later_revision_goes_instead(outbox: Outbox) -> None:
    outbox.post(draft(), NOW)
    outbox.post(draft(revision=2), SOON)
    assert claimed(outbox, SOON).revision == 2
    assert outbox.claim(SOON, LEASE) is None
    assert not outbox.post(draft(revision=1), SOON)
    assert outbox.open_letters() == 1


def test_a_refused_letter_is_seen_and_never_goes(outbox: Outbox) -> None:
    outbox.post(draft(state="refused", problem="simulated", parcel=None), NOW)
    assert outbox.claim(NOW, LEASE) is None
    assert states(outbox) == {"chart": "refused"}
    assert outbox.needing_person(NOW + LATE) == ()
    assert outbox.open_letters() == 0


# -- delivering ------------------------------------------------------------------------------------
def test_what_is_claimed_carries_its_parcel_and_is_nobody_elses(kit: OutboxKit) -> None:
    outbox, other = kit.open(), kit.open()
    outbox.post(draft(), NOW)
    letter = claimed(outbox)
    assert (letter.state, letter.attempts, letter.parcel) == ("sending", 1, draft().parcel)
    assert other.claim(NOW, LEASE) is None
    assert states(other) == {"chart": "sending"}


def test_the_longest_due_goes_first(outbox: Outbox) -> None:
    outbox.post(draft("v2"), SOON)
    outbox.post(draft("v1"), NOW)
    outbox.post(draft("v3"), NOW)
    order = [claimed(outbox, SOON).visit for _ in range(3)]
    assert order == ["v1", "v3", "v2"]


def test_nothing_goes_before_its_time(outbox: Outbox) -> None:
    outbox.post(draft(), SOON)
    assert outbox.claim(NOW, LEASE) is None
    outbox.retry(claimed(outbox, SOON), OVER, "no_reply")
    assert outbox.claim(OVER - timedelta(milliseconds=1), LEASE) is None
    assert claimed(outbox, OVER).attempts == 2


def test_receivers_that_are_left_alone_are_passed_over(outbox: Outbox) -> None:
    outbox.post(draft(receiver="a"), NOW)
    outbox.post(draft(receiver="b"), NOW)
    letter = outbox.claim(NOW, LEASE, but={"a"})
    assert letter is not None
    assert letter.receiver == "b"
    assert outbox.claim(NOW, LEASE, but={"a", "b"}) is None


def test_what_was_taken_is_done_and_its_content_is_gone(outbox: Outbox) -> None:
    outbox.post(draft(), NOW)
    letter = claimed(outbox)
    outbox.retry(letter, SOON, "no_reply")
    outbox.settle(claimed(outbox, SOON), "taken", SOON)
    (status,) = outbox.status("v1")
    assert (status.state, status.attempts, status.problem) == ("taken", 2, "")
    assert outbox.claim(OVER, LEASE) is None
    assert outbox.open_letters() == 0


def test_an_attempt_that_never_ended_is_made_again(outbox: Outbox) -> None:
    outbox.post(draft(), NOW)
    first = claimed(outbox)
    assert outbox.claim(OVER - timedelta(milliseconds=1), LEASE) is None
    second = claimed(outbox, OVER)
    assert (second.key, second.parcel, second.attempts) == (first.key, first.parcel, 2)


def test_who_comes_back_after_the_lease_takes_nothing_from_the_other(outbox: Outbox) -> None:
    outbox.post(draft(), NOW)
    slow = claimed(outbox)
    claimed(outbox, OVER)
    outbox.retry(slow, NOW, "no_reply")
    outbox.settle(slow, "needs_person", OVER, problem="http_400")
    assert states(outbox) == {"chart": "sending"}
    outbox.settle(slow, "taken", OVER)  # but that it is there is true whoever says it
    assert states(outbox) == {"chart": "taken"}


def test_a_newer_revision_waits_until_the_older_is_not_being_sent(outbox: Outbox) -> None:
    outbox.post(draft(), NOW)
    letter = claimed(outbox)
    outbox.post(draft(revision=2), NOW)
    assert outbox.claim(NOW, LEASE) is None
    outbox.settle(letter, "taken", NOW)
    assert claimed(outbox).revision == 2


@pytest.mark.parametrize("how", ["retry", "needs_person", "lease"])
def test_an_older_revision_that_failed_is_not_sent_after_the_newer(outbox: Outbox, how: str) -> None:
    outbox.post(draft(), NOW)
    letter = claimed(outbox)
    outbox.post(draft(revision=2), NOW)
    if how == "retry":
        outbox.retry(letter, NOW, "no_reply")
    elif how == "needs_person":
        outbox.settle(letter, "needs_person", NOW, problem="http_400")
    now = OVER if how == "lease" else NOW
    assert claimed(outbox, now).revision == 2
    assert outbox.claim(now, LEASE) is None
    assert outbox.needing_person(now) == ()


# -- what people see and do ------------------------------------------------------------------------
def test_what_needs_a_person_stays_until_one_has_acted(outbox: Outbox) -> None:
    outbox.post(draft(), NOW)
    outbox.settle(claimed(outbox), "needs_person", NOW, problem="http_400")
    assert outbox.claim(OVER, LEASE) is None
    (status,) = outbox.needing_person(NOW)
    assert (status.visit, status.number, status.receiver, status.problem) == (
        "v1",
        "A001",
        "chart",
        "http_400",
    )
    assert outbox.heed(wish("key-v1-receipt-1"), SOON) == "unknown"
    assert outbox.heed(wish("key-v1-chart-1"), SOON) == "done"
    again = claimed(outbox, SOON)
    assert (again.attempts, again.parcel) == (1, draft().parcel)
    assert outbox.needing_person(NOW) == ()


def test_one_visit_is_tried_again_by_itself(outbox: Outbox) -> None:
    for visit in ("v1", "v2"):
        outbox.post(draft(visit), NOW)
        outbox.settle(claimed(outbox), "needs_person", NOW, problem="http_403")
    assert outbox.heed(wish("key-v2-chart-1"), NOW) == "done"
    assert [status.visit for status in outbox.needing_person(NOW)] == ["v1"]


def test_what_could_not_be_made_is_looked_at_again(outbox: Outbox) -> None:
    outbox.post(draft(state="needs_person", problem="not_made_KeyError", parcel=None), NOW)
    assert outbox.heed(wish("key-v1-chart-1"), NOW) == "done"
    assert outbox.place().pending == ("v1",)
    assert outbox.claim(OVER, LEASE) is None


def test_what_waits_for_its_next_turn_goes_at_once_when_somebody_wants_it(outbox: Outbox) -> None:
    outbox.post(draft(), NOW)
    assert outbox.heed(wish("key-v1-chart-1", id="before"), NOW) == "moved_on"  # it goes by itself
    outbox.retry(claimed(outbox), OVER, "no_reply")
    assert outbox.claim(SOON, LEASE) is None
    assert outbox.heed(wish("key-v1-chart-1"), SOON) == "done"
    assert claimed(outbox, SOON).attempts == 1


def test_what_is_late_is_shown_though_it_goes_on_being_tried(outbox: Outbox) -> None:
    outbox.post(draft(), NOW)
    outbox.retry(claimed(outbox), SOON, "no_reply")
    assert outbox.needing_person(NOW + LATE - timedelta(seconds=1)) == ()
    (status,) = outbox.needing_person(NOW + LATE)
    assert (status.state, status.problem) == ("waiting", "no_reply")
    assert claimed(outbox, NOW + LATE).attempts == 2


def test_what_people_settled_by_hand_is_done(outbox: Outbox) -> None:
    outbox.post(draft(), NOW)
    outbox.settle(claimed(outbox), "needs_person", NOW, problem="cannot_say_void")
    assert outbox.heed(wish("key-v1-chart-1", "by_hand"), NOW) == "done"
    assert outbox.heed(wish("key-v1-chart-1", "by_hand"), NOW) == "done"  # the same wish again
    assert outbox.heed(wish("key-v1-chart-1", "by_hand", id="of somebody else"), NOW) == "moved_on"
    assert outbox.heed(wish("nobody's", "by_hand"), NOW) == "unknown"
    assert states(outbox) == {"chart": "by_hand"}
    assert outbox.needing_person(NOW) == ()


def test_what_was_settled_by_hand_can_go_after_all_as_another_revision(outbox: Outbox) -> None:
    outbox.post(draft(), NOW)
    outbox.settle(claimed(outbox), "needs_person", NOW, problem="http_403")
    outbox.heed(wish("key-v1-chart-1", "by_hand", id="first"), NOW)
    outbox.tell(NOW, lambda _letter: None)
    assert outbox.heed(wish("key-v1-chart-1", id="again"), NOW) == "moved_on"
    assert outbox.heed(wish("key-v1-chart-1", "after_all", id="second"), NOW) == "done"
    last = outbox.last("v1", "chart")
    assert last is not None
    assert (last.state, last.digest, outbox.place().pending) == ("by_hand", b"", ("v1",))


def test_the_board_sees_the_newest_revision_for_each_receiver(outbox: Outbox) -> None:
    outbox.post(draft(), NOW)
    outbox.post(draft(receiver="receipt"), NOW)
    outbox.post(draft(revision=2), SOON)
    assert [(one.receiver, one.revision) for one in outbox.status("v1")] == [("chart", 2), ("receipt", 1)]
    assert outbox.status("nobody") == ()


# -- what the ledger must know ---------------------------------------------------------------------
def told(outbox: Outbox, now: datetime = NOW) -> list[tuple[str, str]]:
    """Everything that there is to tell: of which letter, and what."""
    found: list[Letter] = []
    while outbox.tell(now, found.append):
        pass
    return [(one.key, one.wish.how if one.wish is not None else to_tell(one, now)) for one in found]


def test_a_letter_that_goes_at_once_is_told_once_when_it_was_taken(outbox: Outbox) -> None:
    outbox.post(draft(), NOW)
    assert told(outbox) == []
    letter = claimed(outbox)
    assert told(outbox) == []
    outbox.settle(letter, "taken", SOON)
    assert told(outbox) == [("key-v1-chart-1", "taken")]
    assert told(outbox, OVER) == []


def test_waiting_is_told_once_and_needing_a_person_each_day(outbox: Outbox) -> None:
    outbox.post(draft(), NOW)
    outbox.retry(claimed(outbox), NOW, "no_reply")
    assert told(outbox) == [("key-v1-chart-1", "delayed")]
    outbox.retry(claimed(outbox), NOW, "no_folder")
    assert told(outbox) == []
    assert told(outbox, NOW + LATE) == [("key-v1-chart-1", "needs_person 2026-03-02")]
    assert told(outbox, NOW + 2 * LATE) == []
    outbox.settle(claimed(outbox, NOW + LATE), "needs_person", NOW + LATE, problem="http_403")
    assert told(outbox, NOW + LATE) == []
    assert told(outbox, NOW + timedelta(days=1)) == [("key-v1-chart-1", "needs_person 2026-03-03")]


def test_a_wish_is_told_before_what_follows_from_it(outbox: Outbox) -> None:
    outbox.post(draft(), NOW)
    outbox.settle(claimed(outbox), "needs_person", NOW, problem="http_403")
    assert told(outbox) == [("key-v1-chart-1", "needs_person 2026-03-02")]
    outbox.heed(wish("key-v1-chart-1"), NOW)
    outbox.settle(claimed(outbox), "needs_person", NOW, problem="http_403")
    assert told(outbox) == [("key-v1-chart-1", "again"), ("key-v1-chart-1", "needs_person 2026-03-02")]
    outbox.heed(wish("key-v1-chart-1", "by_hand", id="wish-2", why="by telephone"), NOW)
    found: list[Letter] = []
    outbox.tell(NOW, found.append)
    assert [one.wish for one in found] == [wish("key-v1-chart-1", "by_hand", id="wish-2", why="by telephone")]
    assert told(outbox, NOW + timedelta(days=1)) == []


def test_what_could_not_be_written_is_told_again(outbox: Outbox) -> None:
    outbox.post(draft(), NOW)
    outbox.settle(claimed(outbox), "taken", NOW)

    def full(_letter: Letter) -> None:
        raise LedgerClosed

    with pytest.raises(LedgerClosed):
        outbox.tell(NOW, full)
    assert told(outbox) == [("key-v1-chart-1", "taken")]


def test_a_wish_of_which_nobody_knows_yet_stands_in_the_way_of_another(outbox: Outbox) -> None:
    outbox.post(draft(), NOW)
    outbox.settle(claimed(outbox), "needs_person", NOW, problem="http_403")
    outbox.heed(wish("key-v1-chart-1", id="first"), NOW)
    assert outbox.heed(wish("key-v1-chart-1", "by_hand", id="second"), NOW) == "moved_on"
    assert outbox.heed(wish("key-v1-chart-1", id="first"), NOW) == "done"


def test_what_will_not_be_made_is_told_again_after_somebody_has_tried(outbox: Outbox) -> None:
    outbox.post(draft(state="needs_person", problem="not_made_KeyError", parcel=None), NOW)
    assert told(outbox) == [("key-v1-chart-1", "needs_person 2026-03-02")]
    outbox.heed(wish("key-v1-chart-1"), NOW)
    assert told(outbox) == [("key-v1-chart-1", "again"), ("key-v1-chart-1", "needs_person 2026-03-02")]


def test_what_went_another_way_or_goes_nowhere_is_not_told(outbox: Outbox) -> None:
    outbox.post(draft(state="refused", problem="simulated", parcel=None), NOW)
    outbox.post(draft(receiver="receipt"), NOW)
    outbox.post(draft(receiver="receipt", revision=2), NOW)
    assert told(outbox) == []


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["post", "claim", "taken", "later", "refused", "again", "by_hand", "after_all", "tell", "wait"]
        ),
        st.integers(0, 2),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_disk_and_memory_tell_the_same_whatever_happens(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    kits: list[OutboxKit] = [SqliteOutboxes(tmp_path_factory.mktemp("outbox")), MemoryOutboxes()]
    outboxes = [kit.open() for kit in kits]
    for outbox in outboxes:
        if hasattr(outbox, "_db"):
            outbox._db.execute("PRAGMA synchronous = OFF")  # no power is cut here
    stories = [list(_played(outbox, steps)) for outbox in outboxes]
    for kit in kits:
        kit.finish()
    assert stories[0] == stories[1]


def _played(outbox: Outbox, steps: list[tuple[str, int]]) -> Iterator[object]:
    """What the outbox answers to each step."""
    now, held = NOW, list[Letter]()
    for place, (what, number) in enumerate(steps):
        key = f"key-v{number}-chart-1"
        match what:
            case "post":
                made = (
                    draft(f"v{number}")
                    if number
                    else draft("v0", state="needs_person", parcel=None, problem="x")
                )
                yield outbox.post(made, now)
            case "claim":
                letter = outbox.claim(now, LEASE)
                held += [letter] if letter is not None else []
                yield letter and letter.key
            case "taken" | "later" | "refused" if held:
                letter = held.pop()
                if what == "later":
                    outbox.retry(letter, now, "no_reply")
                else:
                    outbox.settle(
                        letter, "taken" if what == "taken" else "needs_person", now, problem="http_400"
                    )
            case "again" | "by_hand" | "after_all":
                yield outbox.heed(wish(key, what, id=f"wish-{place}"), now)
            case "tell":
                yield sorted(told(outbox, now))
            case "wait":
                now += LATE
            case _:
                pass
        yield [states(outbox, f"v{number}") for number in range(3)]


# -- the place in the ledger -----------------------------------------------------------------------
def test_the_place_goes_on_within_a_ledger_and_begins_anew_with_another(outbox: Outbox) -> None:
    assert outbox.place() == Place()
    outbox.move("one", 10, pending=["v1", "v2"], done=[])
    outbox.move("one", 7, pending=["v3"], done=["v1"])  # somebody slower
    assert outbox.place() == Place("one", 10, ("v2", "v3"))
    outbox.move("other", 3, pending=[], done=["v2", "v3"])
    assert outbox.place() == Place("other", 3, ())


def test_a_receiver_is_served_from_the_moment_it_is_first_met(outbox: Outbox) -> None:
    assert outbox.since("chart", NOW) == NOW
    assert outbox.since("chart", OVER) == NOW
    assert outbox.since("receipt", OVER) == OVER


# -- retention -------------------------------------------------------------------------------------
def test_closed_letters_are_forgotten_and_open_ones_never(outbox: Outbox) -> None:
    for visit in ("v1", "v2", "v3"):
        outbox.post(draft(visit), NOW)
    outbox.settle(claimed(outbox), "taken", NOW)
    outbox.settle(claimed(outbox), "needs_person", NOW, problem="http_400")
    assert outbox.purge(date(2026, 3, 2)) == 0
    assert outbox.purge(date(2026, 3, 3)) == 1
    assert outbox.purge(date(2026, 3, 3)) == 0
    assert outbox.status("v1") == ()
    assert states(outbox, "v2") == {"chart": "needs_person"}
    assert claimed(outbox).visit == "v3"
    assert outbox.post(draft("v4"), NOW)
    assert claimed(outbox).parcel == draft("v4").parcel
    assert outbox.heed(wish("key-v2-chart-1"), NOW) == "done"
    assert claimed(outbox).parcel == draft("v2").parcel


def test_a_closed_outbox_says_so_and_closes_twice(outbox: Outbox) -> None:
    outbox.close()
    outbox.close()
    uses: list[Any] = [
        lambda: outbox.post(draft(), NOW),
        lambda: outbox.claim(NOW, LEASE),
        lambda: outbox.status("v1"),
        lambda: outbox.purge(date(2026, 3, 3)),
        outbox.place,
    ]
    for use in uses:
        with pytest.raises(LedgerClosed):
            use()


# -- how long to wait ------------------------------------------------------------------------------
def test_waits_double_up_to_a_limit_and_chance_leaves_at_least_half() -> None:
    backoff = Backoff(first=timedelta(seconds=5), most=timedelta(minutes=15))
    assert [backoff.wait(n, 1.0).total_seconds() for n in range(1, 5)] == [5, 10, 20, 40]
    assert backoff.wait(1, 0.0) == timedelta(seconds=2.5)
    assert backoff.wait(1000, 1.0) == timedelta(minutes=15)
