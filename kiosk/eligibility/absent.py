"""No way to the national system at all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

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


class NoService:
    """An ``EligibilityService`` that can do nothing: whoever is verified is received by staff."""

    capabilities: ClassVar[frozenset[Capability]] = frozenset()

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
