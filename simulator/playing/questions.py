"""What was sent to a national system, noted on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from kiosk.coverage.qualification import Answer
from kiosk.eligibility.around import Around
from kiosk.eligibility.port import (
    EligibilityService,
    FailedAnswer,
    OpenByCard,
    OpenedCard,
    Question,
    Registered,
    Registration,
)

Sent = OpenByCard | Question | Registration
_KINDS: dict[type, str] = {OpenByCard: "open", Registration: "register"}


class NotedService(Around):
    """An ``EligibilityService`` like the one within. ``listener`` is told of every question before it is sent."""

    def __init__(
        self, within: EligibilityService, listener: Callable[[Sent], None] = lambda _question: None
    ) -> None:
        super().__init__(within)
        self._listener = listener
        self.asked: list[tuple[str, str]] = []

    @property
    def counts(self) -> dict[str, int]:
        """How often each kind was sent: ``open``, ``ask``, ``register``."""
        return dict(sorted(Counter(kind for kind, _id in self.asked).items()))

    def open(self, question: OpenByCard, deadline_s: float) -> OpenedCard | FailedAnswer:
        self._note(question)
        return self._within.open(question, deadline_s)

    def ask(self, question: Question, deadline_s: float) -> Answer | FailedAnswer:
        self._note(question)
        return self._within.ask(question, deadline_s)

    def register(self, registration: Registration, deadline_s: float) -> Registered | FailedAnswer:
        self._note(registration)
        return self._within.register(registration, deadline_s)

    def _note(self, question: Sent) -> None:
        self.asked.append((_KINDS.get(type(question), "ask"), question.question_id))
        self._listener(question)
