"""Waiting for the answer to one request. Late, partial, doubled, foreign and senseless answers are all expected."""

from __future__ import annotations

from pathlib import Path

import msgspec

from kiosk.coverage.qualification import Answer
from kiosk.eligibility import oqs
from kiosk.eligibility.folders import files
from kiosk.eligibility.folders.settings import FolderSettings, Oddity, Report, Reporter
from kiosk.eligibility.judging import judge
from kiosk.eligibility.match import mismatch, unreadable
from kiosk.eligibility.port import Cause, FailedAnswer
from kiosk.eligibility.world import World


class Asked(msgspec.Struct, frozen=True):
    """A request that was written, and the name under which its answer must come."""

    question_id: str
    request: oqs.Request
    request_name: str
    answer_name: str
    written: float  # monotonic
    asked_at: str


class Watch:
    """Looks for one answer, one look at a time. Each oddity is reported once."""

    def __init__(self, asked: Asked, settings: FolderSettings, world: World, report: Reporter) -> None:
        self.asked = asked
        self.answered = False
        self._settings = settings
        self._world = world
        self._report = report
        self._path: Path = settings.answer_folder / asked.answer_name
        self._mark: files.Mark | None = None
        self._since = 0.0
        self._refused: files.Mark | None = None  # these bytes were looked at already
        self._problem: FailedAnswer | None = None
        self._told: set[Oddity] = set()

    @property
    def pause(self) -> float:
        """How long to wait until the next look is worth it."""
        settling = self._mark is not None and self._mark != self._refused
        return self._settings.second_look_s if settling else self._settings.poll_s

    @property
    def problem(self) -> FailedAnswer:
        """What to say when time is up."""
        return self._problem or FailedAnswer(cause=Cause.NETWORK_FAULT)

    def look(self) -> Answer | FailedAnswer | None:
        """One look; None while there is nothing to use yet."""
        mark = files.look(self._path)
        if mark is None:
            self._mark = None
            return None
        if isinstance(mark, files.Trouble):
            self._trouble(mark)
            return None
        if mark != self._mark:  # new, or still being written
            self._mark, self._since = mark, self._world.monotonic()
            return None
        if mark == self._refused:
            return self._give_up()
        copy = files.take(self._path, mark, oqs.MAX_BYTES)
        if isinstance(copy, files.Trouble):
            self._trouble(copy)
            return None
        return self._read(copy) if copy is not None else None

    def discard_second(self) -> None:
        """Removes what comes after the answer was taken."""
        if files.look(self._path) is not None:
            self._tell(Oddity.SECOND_ANSWER)
            self._consume()

    def _read(self, copy: files.Copy) -> Answer | FailedAnswer | None:
        answer = oqs.parse_answer(copy.data, asked_at=self.asked.asked_at)
        if isinstance(answer, oqs.Malformed):  # perhaps only half written: another look when it has changed
            self._refused, self._problem = copy.mark, unreadable(answer)
            return None
        if answer.arbitrary_file_identifier != self.asked.request.arbitrary_file_identifier:
            self._refused, self._problem = copy.mark, FailedAnswer(cause=Cause.FOREIGN_ANSWER)
            self._tell(Oddity.FOREIGN_ANSWER, "ArbitraryFileIdentifier")  # not ours: left alone
            return None
        wrong = mismatch(answer, self.asked.request)
        self._consume()
        if wrong:
            self._tell(Oddity.FOREIGN_ANSWER, wrong)
            return FailedAnswer(cause=Cause.FOREIGN_ANSWER, code=wrong)
        return judge(answer)

    def _give_up(self) -> FailedAnswer | None:
        """An unreadable file under our name that nobody writes any more is taken away."""
        problem = self._problem
        if problem is None or problem.cause is not Cause.ANSWER_UNREADABLE:
            return None
        if self._world.monotonic() - self._since < self._settings.settle_s:
            return None
        self._tell(Oddity.UNREADABLE_ANSWER, problem.code)
        self._consume()
        return problem

    def _trouble(self, trouble: files.Trouble) -> None:
        self._tell(Oddity(trouble))
        self._problem = FailedAnswer(cause=Cause.ANSWER_UNREADABLE, code=trouble)

    def _consume(self) -> None:
        self._mark = None
        if not files.remove(self._path):
            self._tell(Oddity.NOT_REMOVED)

    def _tell(self, oddity: Oddity, detail: str = "") -> None:
        if oddity not in self._told:
            self._told.add(oddity)
            self._report(Report(oddity, self.asked.answer_name, detail))
