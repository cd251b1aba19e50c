"""The facility's own patients taken from a CSV file: looked at first, then taken by a second Enter. Nothing that stands
in the file is ever shown, only how much of it and where something is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from kiosk.accounts.facts import AuditFact, What
from kiosk.accounts.outcomes import Denied
from kiosk.accounts.roles import Action
from kiosk.patients.columns import COLUMNS
from kiosk.patients.errors import CsvRefused, PatientFileError
from kiosk.patients.findings import Finding
from kiosk.patients.interface import ImportReport
from ui.staff.doing import Ask
from ui.staff.guard import Guard
from ui.staff.lane import Lane, Trouble
from ui.staff.own_page import Say
from ui.staff.sheet import Answers, Field, Question, Secrets, Sheet
from ui.staff.telling import trouble_of
from ui.staff.words import Words

_TOLD = 4  # places that are named; the others are counted
Outcome = ImportReport | CsvRefused | Denied | Trouble


class TakePatients(Protocol):
    def __call__(self, path: Path, *, dry_run: bool) -> ImportReport:
        """Raises ``PatientFileError``: ``CsvRefused`` where the file is not taken."""


class Importing:
    """``take`` is called on the lane; it may need a second or two."""

    def __init__(
        self, words: Words, guard: Guard, lane: Lane, take: TakePatients, ask: Ask, say: Say
    ) -> None:
        self._words, self._guard, self._lane = words, guard, lane
        self._take, self._ask, self._say = take, ask, say
        self._sheet: Sheet | None = None

    def begin(self) -> None:
        words = self._words
        file = Field("file", words("desk.import.file"), "file", needed=True, files="*.csv *.txt")
        question = Question(
            words("desk.import.heading"),
            (file,),
            words("desk.import.note"),
            go=words("desk.import.look"),
        )

        def answered(told: Answers, _secrets: Secrets) -> None:
            path = Path(told["file"])
            self._run(path, lambda outcome: self._looked(path, outcome), dry_run=True)

        self._sheet = self._ask(question, answered, keep=True)

    # -- inside
    def _run(self, path: Path, then: Callable[[Outcome], object], *, dry_run: bool) -> None:
        token = self._guard.token

        def job() -> Outcome:
            leave = self._guard.allow(Action.IMPORT_PATIENTS, token=token)
            if isinstance(leave, Denied):
                return leave
            try:
                report = self._take(path, dry_run=dry_run)
            except CsvRefused as refused:
                return refused
            except PatientFileError as error:
                return Trouble("patients", error.code)
            if not dry_run:
                about = f"{report.new} new, {report.changed} changed, {report.same} unchanged"
                self._guard.tell(
                    AuditFact(
                        what=What.PATIENTS_IMPORTED, name=leave.by, terminal=self._guard.terminal, about=about
                    )
                )
            return report

        self._lane.do(job, then)

    def _looked(self, path: Path, outcome: Outcome) -> None:
        match outcome:
            case _ if self._sheet is None or not self._sheet.isVisible():
                return  # taken away meanwhile, or the console was locked
            case CsvRefused(problems=problems):
                told = (self._words("desk.import.refused"), *self._places(problems))
                self._sheet.say("\n".join(told))
            case ImportReport():
                self._sheet.end()
                self._confirm(path, outcome)
            case _:
                self._sheet.end()
                self._told_bad(outcome)

    def _confirm(self, path: Path, report: ImportReport) -> None:
        words = self._words
        doubts = "\n".join(self._places(report.warnings, report.warned))
        question = Question(
            words("desk.import.heading"), (), self._counts(report), doubts, go=words("desk.import.take")
        )
        self._ask(question, lambda _told, _secrets: self._run(path, self._taken, dry_run=False))

    def _taken(self, outcome: Outcome) -> None:
        if isinstance(outcome, ImportReport):
            self._say(self._words.about(self._words("desk.import.done"), self._counts(outcome)))
        else:
            self._told_bad(outcome)

    def _told_bad(self, outcome: Outcome) -> None:
        words = self._words
        match outcome:
            case Denied(why=why):
                self._say(words(f"desk.denied.{why}"), bad=True)
            case CsvRefused(problems=problems):
                self._say(" ".join((words("desk.import.refused"), *self._places(problems[:1]))), bad=True)
            case Trouble():
                self._say(trouble_of(outcome, words), bad=True)
            case _:
                pass

    def _counts(self, report: ImportReport) -> str:
        return self._words("desk.import.counts", new=report.new, changed=report.changed, same=report.same)

    def _places(self, findings: Sequence[Finding], count: int = 0) -> list[str]:
        words = self._words
        told = [self._place(one) for one in findings[:_TOLD]]
        more = max(count, len(findings)) - len(told)
        return [*told, words("desk.import.more", count=more)] if more > 0 else told

    def _place(self, one: Finding) -> str:
        words = self._words
        column = one.column if words.language == "en" else COLUMNS.get(one.column, (one.column,))[0]
        line = words("desk.import.line", line=one.line) if one.line else ""
        said = words(f"desk.import.wrong.{one.problem}")
        if one.other_line:
            said = words.aside(said, words("desk.import.line", line=one.other_line))
        place = " ".join(part for part in (line, column) if part)
        return words.about(place, said) if place else said
