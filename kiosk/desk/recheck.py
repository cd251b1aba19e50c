"""Which visit is asked about again, and when. Derived from the ledger through the board; nothing else is kept. Pure.

What may have become of a question of which nothing came back in time, and what happens here. A look-up is a read:
asking twice changes nothing. Only a registration can be ``answer_unknown``. Each row has a test of the same number
(tests/kiosk/desk/test_recheck_cases.py).

====  =======================================  ==================================================================
case  what happened                            what happens
====  =======================================  ==================================================================
1     the question never left                  asked again with a new id
2a    it arrived, the answer was lost          the same: nobody here can tell it from 1
2b    the answer comes late, before the next   ``LateAnswer`` lands at the visit, which may be over; nothing is
      question                                 asked any more
2c    it comes after the next one's answer     both are kept; the first counts; one that says something else than
                                               how the visit went raises it on the board
2d    it comes while the next one is under     the first to arrive counts, and the other is kept beside it
      way
3     the system is still processing           asked again with its own back-off: that others are answered means
                                               nothing for this one
4     it answers with an error, or what no     a person: asking again brings the same. Staff may wish for it
      machine can read
5     it answers about somebody else           never shown, never taken as an answer: a person
6     closed for maintenance                   asked again, like 1
7     our program ends between question and    the question counts as lost after its deadline: asked again. Asking
      answer                                   is noted before it is sent, so that no question is without a trace
8     the day is over                          a person: the question asks about the day on which it is asked
9     nothing to ask with                      a person, who may tell the numbers
10    a registration that was certainly never  like 1 for the look-up; registering is the patient's to want again
      sent
11    a registration that was sent, outcome    never repeated: a person finds out. ``Registered`` that comes late
      unknown                                  settles it
====  =======================================  ==================================================================

Of the programs over one ledger only one asks at a time: ``RecheckAsked`` is also its claim, and the first one in the
ledger's order asks. Who finds that another one claimed, or that something became of the visit, since they last looked
lets go of it (``RecheckLeft``) before anything is sent. A claim whose program is gone holds nobody up but its own visit
(case 7).

While the system is known to be down only one visit is asked about, now and then; the first answer to anybody wakes the
others, one after the other. A visit that failed three times although others were answered waits for its own time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import msgspec

from kiosk.desk.board import Board
from kiosk.desk.case import Case, Failed, Sent
from kiosk.desk.health import DOWN, Health
from kiosk.ledger.interface import parse_stamp
from kiosk.visit.moment import Moment

_WOKEN_AT_MOST = 3
_JITTER = 0.2


class RecheckPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds. Waits double from ``first`` to ``longest``; a question is given up after ``deadline``, and counts
    as lost ``grace`` later, if nobody has noted what became of it."""

    first: int = 30_000
    longest: int = 900_000
    deadline: int = 20_000
    grace: int = 60_000


def back_off(policy: RecheckPolicy, failures: int, chance: int) -> int:
    """Milliseconds to wait after that many failures in a row. ``chance``: one random byte: facilities that lost the
    system together shall not come back together."""
    whole = min(policy.longest, policy.first << min(max(failures, 1) - 1, 30))
    return round(whole * (1 - _JITTER + 2 * _JITTER * chance / 255))


def due(
    board: Board, now: Moment, policy: RecheckPolicy, about: Callable[[Case], bool] = lambda _case: True
) -> Case | None:
    """The visit to ask about now; None if there is none. ``about``: the visits that are asked about here."""
    waiting = [case for case in board.cases if _may_be_asked(case, now, policy) and about(case)]
    wanted = [case for case in waiting if is_wanted(case)]
    if wanted:
        return min(wanted, key=lambda case: case.wanted)
    timed = [(_ready(one, board.health, policy), one) for one in waiting if one.to_ask and not one.fruitless]
    if not timed:
        return None
    ready, first = min(timed, key=lambda one: one[0])
    if board.health.down is not None:
        ready = _next_probe(board.health, policy)
    return first if _come(ready, now, policy) else None


def is_wanted(case: Case) -> bool:
    """Whether staff want it asked now, and nobody has done so since."""
    return case.wanted > _last_try(case)


def claims(board: Board, now: Moment, policy: RecheckPolicy) -> tuple[Sent, ...]:
    """The questions that may be under way now, of any program over this ledger, the first one first."""
    sent = [one for case in board.cases for one in case.questions.values() if _counts(one, now, policy)]
    return tuple(sorted(sent, key=lambda one: one.position))


def _may_be_asked(case: Case, now: Moment, policy: RecheckPolicy) -> bool:
    under_way = any(_counts(one, now, policy) for one in case.questions.values())
    return _is_open_question(case, now.day) and not under_way


def _is_open_question(case: Case, today: date) -> bool:
    """Not while a patient still types: once the paper is shown to staff, or the visit is over. Staff may also want
    to see an answer beside a paper that nobody has asked about yet."""
    at_rest = not case.open or case.told.now.waits == "evidence"
    asked_for = case.to_ask or (case.open and case.wanted > 0 and not case.elsewhere)
    return at_rest and asked_for and case.day == today and case.numbers is not None


def _counts(sent: Sent, now: Moment, policy: RecheckPolicy) -> bool:
    """Until its deadline, and a while longer: then it counts as lost."""
    return 0 <= now.wall - _milliseconds(sent.at) < policy.deadline + policy.grace


def _last_try(case: Case) -> int:
    heard = [one.position for one in case.told.heard if one.late]
    return max([*(one.position for one in case.failures), *heard], default=0)


def _ready(case: Case, health: Health, policy: RecheckPolicy) -> int:
    """When to ask (milliseconds since 1970), were the system up."""
    failures = case.failures
    if not failures:
        return _milliseconds(case.moved) + (0 if case.open else policy.first)
    last = failures[-1]
    if _woken(failures, health):
        return _milliseconds(last.at) + policy.first
    return _milliseconds(last.next_at) if last.next_at else _milliseconds(last.at)


def _woken(failures: tuple[Failed, ...], health: Health) -> bool:
    last = failures[-1]
    return last.reason in DOWN and health.up_at > last.position and len(failures) <= _WOKEN_AT_MOST


def _next_probe(health: Health, policy: RecheckPolicy) -> int:
    return (
        _milliseconds(health.next_probe)
        if health.next_probe
        else _milliseconds(health.last_at) + policy.first
    )


def _come(ready: int, now: Moment, policy: RecheckPolicy) -> bool:
    """A time further away than any wait was written before somebody set the clock back."""
    return ready <= now.wall or ready - now.wall > policy.longest * (1 + _JITTER)


def _milliseconds(at: str) -> int:
    return round(parse_stamp(at).timestamp() * 1000)
