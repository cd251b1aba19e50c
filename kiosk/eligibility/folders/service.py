"""Looking up by numbers through the exchange folders of the facility's qualification terminal.

A request is a file in ``req``; its answer appears in ``res`` under the same name with ``res`` for ``req``. Only
that one name is ever looked at there: the folders are shared with other programs, and theirs is left alone.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable

from kiosk.coverage.certificate_life import JAPAN
from kiosk.coverage.qualification import Answer
from kiosk.coverage.services import Capability
from kiosk.eligibility import oqs
from kiosk.eligibility.folders import files
from kiosk.eligibility.folders.face import inboxes
from kiosk.eligibility.folders.settings import FolderSettings, Oddity, Report, Reporter
from kiosk.eligibility.folders.watch import Asked, Watch
from kiosk.eligibility.match import make_request
from kiosk.eligibility.port import (
    AskByNumbers,
    Cause,
    FaceResult,
    FailedAnswer,
    LateAnswer,
    Question,
    refuse,
)
from kiosk.eligibility.refusing import Refusing
from kiosk.eligibility.world import SystemWorld, World

REQUEST_PREFIX = "OQSsiquc01req_"
ANSWER_PREFIX = "OQSsiquc01res_"
MAX_REMEMBERED = 256


class FolderService(Refusing):
    """The folder exchange as an ``EligibilityService``: ``BY_NUMBERS``, and ``FACE_RESULT`` with a face folder.

    Thread-safe. ``report`` is called on the thread of the call that found something.
    """

    def __init__(
        self,
        settings: FolderSettings,
        world: World | None = None,
        report: Reporter = lambda _report: None,
    ) -> None:
        self._settings = settings
        self._world = world or SystemWorld()
        self._report = report
        self._lock = threading.Lock()
        self._past: dict[str, Watch] = {}  # by answer name: questions that are over, for what may still come
        self._closed = threading.Event()
        self._inboxes = inboxes(settings, self._world, report)

    @property
    def capabilities(self) -> frozenset[Capability]:
        face = {Capability.FACE_RESULT} if self._inboxes else set()
        return frozenset({Capability.BY_NUMBERS, *face})

    def ask(self, question: Question, deadline_s: float) -> Answer | FailedAnswer:
        if not isinstance(question, AskByNumbers):
            return refuse()
        until = self._world.monotonic() + deadline_s
        asked = self._write(question)
        if isinstance(asked, FailedAnswer):
            return asked
        watch = Watch(asked, self._settings, self._world, self._report)
        outcome = self._wait(watch, until)
        watch.answered = not _may_still_come(outcome)
        files.remove(self._settings.request_folder / asked.request_name)  # nobody fetched it: take it back
        self._remember(watch)
        return outcome

    def face_results(self) -> Iterable[FaceResult]:
        """Not from two threads at a time."""
        return [result for inbox in self._inboxes for result in inbox.look()]

    def late_answers(self) -> Iterable[LateAnswer]:
        with self._lock:
            self._forget_old()
            found = []
            for watch in self._past.values():
                if watch.answered:
                    watch.discard_second()
                    continue
                outcome = watch.look()
                watch.answered = outcome is not None and not _may_still_come(outcome)
                if isinstance(outcome, Answer):
                    found.append(LateAnswer(question_id=watch.asked.question_id, answer=outcome))
            return found

    def close(self) -> None:
        """Ends waiting calls at their next look."""
        self._closed.set()

    def _write(self, question: AskByNumbers) -> Asked | FailedAnswer:
        settings, now = self._settings, self._world.now()
        identifier = self._world.token()
        request = make_request(question, settings.medical_institution_code, identifier, self._world)
        if isinstance(request, FailedAnswer):
            return request
        # Digits only, as in every name seen; the six that follow the time keep two kiosks apart.
        suffix = f"{now.astimezone(JAPAN):%Y%m%d%H%M%S}{int(identifier[:8], 16) % 1_000_000:06}.xml"
        try:
            if files.count(settings.request_folder, settings.quota) >= settings.quota:
                self._report(Report(Oddity.TOO_MANY_FILES, settings.request_folder.name))
                return FailedAnswer(cause=Cause.FOLDER_UNUSABLE, code=Oddity.TOO_MANY_FILES)
            data = oqs.write_request(request, settings.encoding)
            files.write_new(settings.request_folder, REQUEST_PREFIX + suffix, data)
        except OSError as error:
            return FailedAnswer(cause=Cause.FOLDER_UNUSABLE, code=type(error).__name__)
        names = (REQUEST_PREFIX + suffix, ANSWER_PREFIX + suffix)
        return Asked(question.question_id, request, *names, self._world.monotonic(), now.isoformat())

    def _wait(self, watch: Watch, until: float) -> Answer | FailedAnswer:
        while not self._closed.is_set():
            outcome = watch.look()
            if outcome is not None:
                return outcome
            left = until - self._world.monotonic()
            if left <= 0:
                break
            self._world.sleep(min(watch.pause, left))
        return watch.problem

    def _remember(self, watch: Watch) -> None:
        with self._lock:
            self._past[watch.asked.answer_name] = watch
            while len(self._past) > MAX_REMEMBERED:
                del self._past[next(iter(self._past))]

    def _forget_old(self) -> None:
        oldest = self._world.monotonic() - self._settings.late_s
        for name in [name for name, watch in self._past.items() if watch.asked.written < oldest]:
            del self._past[name]


def _may_still_come(outcome: Answer | FailedAnswer) -> bool:
    """Whether the true answer to this question can still arrive."""
    return isinstance(outcome, FailedAnswer) and outcome.cause in (
        Cause.NETWORK_FAULT,
        Cause.STILL_PROCESSING,
    )
