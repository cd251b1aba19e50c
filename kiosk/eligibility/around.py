"""A service around another: what most wrappers have in common."""

from __future__ import annotations

from collections.abc import Iterable

from kiosk.coverage.qualification import Answer
from kiosk.coverage.services import Capability
from kiosk.eligibility.port import (
    EligibilityService,
    FaceResult,
    FailedAnswer,
    LateAnswer,
    OpenByCard,
    OpenedCard,
    Question,
    Registered,
    Registration,
)


class Around:
    """An ``EligibilityService`` that hands everything on to the one within; a subclass changes what it is there for."""

    def __init__(self, within: EligibilityService) -> None:
        self._within = within

    @property
    def capabilities(self) -> frozenset[Capability]:
        return self._within.capabilities

    def open(self, question: OpenByCard, deadline_s: float) -> OpenedCard | FailedAnswer:
        return self._within.open(question, deadline_s)

    def ask(self, question: Question, deadline_s: float) -> Answer | FailedAnswer:
        return self._within.ask(question, deadline_s)

    def register(self, registration: Registration, deadline_s: float) -> Registered | FailedAnswer:
        return self._within.register(registration, deadline_s)

    def face_results(self) -> Iterable[FaceResult]:
        return self._within.face_results()

    def late_answers(self) -> Iterable[LateAnswer]:
        return self._within.late_answers()

    def close(self) -> None:
        self._within.close()
