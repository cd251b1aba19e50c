"""What a service does with questions that it does not carry."""

from __future__ import annotations

from collections.abc import Iterable

from kiosk.coverage.qualification import Answer
from kiosk.coverage.services import Capability
from kiosk.eligibility.port import (
    FaceResult,
    FailedAnswer,
    LateAnswer,
    OpenByCard,
    OpenedCard,
    Question,
    Registered,
    Registration,
    refuse,
)


class Refusing:
    """An ``EligibilityService`` that carries nothing. By itself it is the service of a facility without any way to
    the national system: whoever is verified is received by staff. A service overrides what it can do."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        return frozenset()

    def open(self, question: OpenByCard, deadline_s: float) -> OpenedCard | FailedAnswer:  # noqa: ARG002
        return refuse()

    def ask(self, question: Question, deadline_s: float) -> Answer | FailedAnswer:  # noqa: ARG002
        return refuse()

    def register(self, registration: Registration, deadline_s: float) -> Registered | FailedAnswer:  # noqa: ARG002
        return refuse()

    def face_results(self) -> Iterable[FaceResult]:
        return ()

    def late_answers(self) -> Iterable[LateAnswer]:
        return ()

    def close(self) -> None:
        """Nothing is held."""
