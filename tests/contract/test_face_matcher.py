"""What every ``FaceMatcher`` keeps, whoever looks through it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from threading import Timer

import pytest

from drivers.face.matcher import ProcessFaceMatcher
from drivers.face.rules import Rules
from drivers.interface import CardPhoto, FaceDoubt, FaceHint, FaceMatcher, FaceVerdict, Failure, Fault, Frame
from simulator.card import pictures
from simulator.face.scripted import Before, ScriptedMatcher
from tests.support.faces import A_CARD, A_LIVE, Actor, Listener, StagedCamera, card, person


@dataclass
class Site:
    """A matcher, and how to make what its listeners are told happen. ``holder``: the card of whoever stands there;
    ``other``: somebody else's; ``unusable``: one without a picture in it."""

    matcher: FaceMatcher
    listener: Callable[[], Listener]
    holder: CardPhoto
    other: CardPhoto
    unusable: CardPhoto


@pytest.fixture(params=["process", "scripted"])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    making = {"process": in_a_process, "scripted": by_script}[request.param]
    with making() as site:
        yield site
        site.matcher.close()


@contextmanager
def in_a_process() -> Iterator[Site]:
    """The real one: one photograph of a man before a camera, another on his card."""
    camera = StagedCamera(Actor(person(A_LIVE)))
    matcher = ProcessFaceMatcher(camera, rules=Rules(turns=1), chance=lambda below: 0)
    empty = CardPhoto(1, False, bytearray(40))
    yield Site(matcher, lambda: Listener(camera), card(A_CARD), card("astronaut.png"), empty)
    camera.discard()


@contextmanager
def by_script() -> Iterator[Site]:
    """The simulator's, ten times as fast."""
    frame = Frame(1, memoryview(bytes(12)).cast("B", (2, 2, 3)))
    timers: list[Timer] = []

    def after(ms: int, job: Callable[[], None]) -> None:
        timers.append(Timer(ms / 10_000, job))
        timers[-1].start()

    matcher = ScriptedMatcher(lambda: Before(who="yamada"), after, lambda: frame)
    holder, other = (CardPhoto(1, True, bytearray(pictures.photo(who))) for who in ("yamada", "several"))
    yield Site(matcher, Listener, holder, other, CardPhoto(1, True, bytearray()))
    for timer in timers:
        timer.cancel()
        timer.join()


def test_a_matcher_that_is_ready_says_nothing(site: Site) -> None:
    assert site.matcher.ready() is None


def test_the_holder_is_taken_and_the_verdict_is_the_last_word(site: Site) -> None:
    listener = site.listener()
    site.matcher.match(site.holder, listener)
    verdict = listener.ended()
    assert isinstance(verdict, FaceVerdict), verdict
    assert verdict.doubt is None
    assert verdict.likeness >= 4
    assert listener.told[-1] is verdict
    assert sum(not isinstance(one, FaceHint) for one in listener.told) == 1
    hints = [one for one in listener.told if isinstance(one, FaceHint)]
    assert all(one is not other for one, other in pairwise(hints))


def test_a_stranger_is_not_taken(site: Site) -> None:
    listener = site.listener()
    site.matcher.match(site.other, listener)
    verdict = listener.ended()
    assert isinstance(verdict, FaceVerdict)
    assert verdict.doubt is FaceDoubt.OTHER_PERSON
    assert verdict.likeness < 4


def test_a_photograph_without_a_face_is_a_failure_and_the_next_one_is_judged(site: Site) -> None:
    first, second = site.listener(), site.listener()
    site.matcher.match(site.unusable, first)
    failure = first.ended()
    assert isinstance(failure, Failure)
    assert failure.fault is Fault.PHOTO_UNUSABLE
    site.matcher.match(site.other, second)
    assert isinstance(second.ended(), FaceVerdict)


def test_looking_tells_hints_and_never_a_verdict(site: Site) -> None:
    listener = site.listener()
    site.matcher.look(listener)
    listener.heard(FaceHint.LOOK_AHEAD)
    site.matcher.look(listener)
    assert listener.end is None


def test_a_new_attempt_ends_the_one_before(site: Site) -> None:
    first, second = site.listener(), site.listener()
    site.matcher.match(site.holder, first)
    first.heard(FaceHint.HOLD_STILL)
    site.matcher.match(site.other, second)
    second.ended()
    assert not isinstance(first.end, FaceVerdict)


def test_there_is_a_picture_while_it_looks_and_none_after_it_rests(site: Site) -> None:
    listener = site.listener()
    site.matcher.look(listener)
    listener.heard(FaceHint.LOOK_AHEAD)
    assert isinstance(site.matcher.picture(), Frame)
    site.matcher.forget()
    assert site.matcher.picture() is None


def test_after_forgetting_the_next_visit_is_judged_as_the_first(site: Site) -> None:
    for _ in range(2):
        listener = site.listener()
        site.matcher.match(site.other, listener)
        assert isinstance(listener.ended(), FaceVerdict)
        site.matcher.forget()
        site.matcher.forget()


def test_rest_and_close_can_be_repeated(site: Site) -> None:
    site.matcher.rest()
    site.matcher.rest()
    site.matcher.close()
    site.matcher.close()
    assert site.matcher.picture() is None
