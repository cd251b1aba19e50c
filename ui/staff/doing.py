"""From a key to the desk: asks what an action still needs to know, then has it done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap

from kiosk.accounts.roles import Action
from kiosk.desk import attaching
from kiosk.desk.case import Numbers
from kiosk.desk.desk import Desk
from kiosk.desk.notes import LookedUp, ScanKind
from kiosk.desk.refusing import Done, Refusal, Why
from kiosk.visit.flow.staff import NEEDS_LOOK_UP
from kiosk.visit.form import FormField
from ui.staff import typed
from ui.staff.deeds import (
    PERMISSION,
    UNDER_MORE,
    Deed,
    Seen,
    Undo,
    permission,
    several,
    unable,
    undelivered,
    undoable,
)
from ui.staff.model import DeskModel, Work
from ui.staff.sheet import Answers, Choice, Field, Question, Secrets, Sheet
from ui.staff.todo import coverages
from ui.staff.words import Words, clock, shown_name, standing, who
from ui.staff.works import (
    asked_now,
    done_by_hand,
    given_to,
    handed_over,
    page_act,
    taken_back,
    told_numbers,
    told_patient_number,
    why_act,
    with_case,
)

_REFUSALS = ("past_date", "other_person", "not_latest", "unreadable", "changed", "not_this_paper")
_OTHER = "other"
_SCAN_SIDE = 480  # pixels


class Ask(Protocol):
    def __call__(
        self, question: Question, answered: Callable[[Answers, Secrets], object], *, keep: bool = False
    ) -> Sheet: ...


class Doing:
    """``may``: whether the role of whoever sits there has the action; the desk asks the accounts again before it acts.
    ``tell``: says why something cannot be done."""

    def __init__(
        self,
        model: DeskModel,
        words: Words,
        ask: Ask,
        may: Callable[[Action], bool],
        tell: Callable[[str], object],
        forbidden: Callable[[Action], object],
    ) -> None:
        self._model, self._words = model, words
        self._ask, self._may, self._tell = ask, may, tell
        self._forbidden = forbidden

    def begin(self, deed: Deed, seen: Seen) -> None:
        why_not = unable(deed, seen)
        if why_not:
            self._tell(self._words(f"desk.unable.{why_not}"))
            return
        needed = permission(deed, seen)
        if not self._may(needed):
            self._forbidden(needed)
            return
        _BEGIN[deed](self, deed, seen)

    def tell_numbers(self, seen: Seen, numbers: Numbers) -> None:
        """Typed beside the paper: kept with the visit, and asked with at once where that can be done today."""
        if self._may(PERMISSION[Deed.NUMBERS]):
            self._do(Deed.NUMBERS, seen, told_numbers(seen, numbers), asked_now(seen))
        else:
            self._forbidden(PERMISSION[Deed.NUMBERS])

    # -- what is done without a question
    def _at_once(self, deed: Deed, seen: Seen) -> None:
        self._do(deed, seen, page_act(deed, seen, ""))

    def _ask_again(self, deed: Deed, seen: Seen) -> None:
        self._do(deed, seen, asked_now(seen))

    # -- what is asked before
    def _with_why(self, deed: Deed, seen: Seen) -> None:
        needed = deed is Deed.VOID
        field = Field("why", self._words("desk.ask.why_needed" if needed else "desk.ask.why"), needed=needed)
        question = self._question(deed, seen, (field,), dangerous=deed in (Deed.RESTART, Deed.VOID))
        self._ask(question, lambda told, _secrets: self._do(deed, seen, why_act(deed, seen, told["why"])))

    def _accept(self, deed: Deed, seen: Seen) -> None:
        """What needs a look-up is accepted with the answer beside it, or with the word of who asked elsewhere."""
        fields = [Field("why", self._words("desk.ask.why"))]
        if seen.way in NEEDS_LOOK_UP:
            fields.append(Field("looked_up", self._words("desk.ask.looked_up"), "check"))

        def answered(told: Answers, _secrets: Secrets) -> None:
            elsewhere: LookedUp = "elsewhere" if told.get("looked_up") else ""
            self._do(deed, seen, page_act(deed, seen, told["why"], elsewhere))

        self._ask(self._question(deed, seen, tuple(fields)), answered)

    def _refuse(self, deed: Deed, seen: Seen) -> None:
        words = self._words
        options = [Choice(one, words(f"desk.refusal.{one}")) for one in _REFUSALS]
        options.append(Choice(_OTHER, words("desk.ask.other")))
        fields = (
            Field("reason", words("desk.ask.why_needed"), "choice", tuple(options)),
            Field("why", words("desk.ask.why")),
        )

        def answered(told: Answers, _secrets: Secrets) -> None:
            said = "" if told["reason"] == _OTHER else words(f"desk.refusal.{told['reason']}")
            why = "。".join(part for part in (said, told["why"]) if part)
            self._do(deed, seen, page_act(deed, seen, why))

        self._ask(self._question(deed, seen, fields), answered)

    def _note(self, deed: Deed, seen: Seen) -> None:
        field = Field("text", self._words("desk.ask.note"), "text", needed=True)
        visit = seen.detail.row.visit

        def answered(told: Answers, _secrets: Secrets) -> None:
            self._do(deed, seen, lambda desk, name: desk.notebook.add_note(visit, told["text"], name))

        self._ask(self._question(deed, seen, (field,)), answered)

    def _reprint(self, deed: Deed, seen: Seen) -> None:
        words, visit = self._words, seen.detail.row.visit
        papers = [
            Choice(paper.id, words(f"desk.paper.{paper.kind}"), clock(paper.at))
            for paper in seen.detail.papers
            if paper.made
        ]
        scans = {scan.id: scan.kind for scan in seen.detail.scans if not scan.withdrawn}
        papers += [
            Choice(id_, words("desk.do.open_scan", kind=words(f"desk.scan.{kind}")))
            for id_, kind in scans.items()
        ]
        field = Field("paper", words("desk.ask.paper"), "choice", tuple(papers))

        def answered(told: Answers, _secrets: Secrets) -> None:
            chosen = told["paper"]
            if chosen in scans:
                self._see_scan(visit, chosen, words(f"desk.scan.{scans[chosen]}"))
            else:
                self._do(deed, seen, lambda desk, name: desk.papers.reprint(visit, chosen, name))

        self._ask(self._question(deed, seen, (field,)), answered)

    def _see_scan(self, visit: str, scan: str, title: str) -> None:
        def came(content: object) -> None:
            picture = QPixmap()
            if isinstance(content, bytes) and picture.loadFromData(content):
                side = _SCAN_SIDE
                shown = picture.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio)
                self._ask(Question(title, picture=shown), lambda _told, _secrets: None)
            else:
                self._tell(self._words("desk.detail.not_shown"))

        self._model.fetch(
            Action.OPEN_VISIT, visit, lambda desk, name: desk.notebook.open_scan(visit, scan, name), came
        )

    def _more(self, _deed: Deed, seen: Seen) -> None:
        words = self._words
        options = []
        for deed in UNDER_MORE:
            why_not = unable(deed, seen)
            note = words(f"desk.unable.{why_not}") if why_not else ""
            if not why_not and not self._may(permission(deed, seen)):
                note = words("desk.denied.forbidden")
            options.append(Choice(deed.value, words(f"desk.do.{deed}"), note, idle=bool(note)))
        question = Question(
            words("desk.do.more"), (Field("deed", words("desk.ask.more"), "choice", tuple(options)),)
        )
        self._ask(question, lambda told, _secrets: self.begin(Deed(told["deed"]), seen))

    def _undo(self, deed: Deed, seen: Seen) -> None:
        words = self._words
        undos = list(undoable(seen.detail))
        options = tuple(Choice(str(place), _undo_text(one, words)) for place, one in enumerate(undos))
        field = Field("undo", words("desk.ask.undo"), "choice", options)

        def answered(told: Answers, _secrets: Secrets) -> None:
            chosen = undos[int(told["undo"])]
            needed = _TO_TAKE_BACK.get(chosen.kind, PERMISSION[Deed.UNDO])
            work = taken_back(chosen, seen.detail)
            self._model.act(deed, needed, seen.detail.row.visit, work)

        self._ask(Question(words("desk.do.undo"), (field,)), answered)

    def _coverage(self, deed: Deed, seen: Seen) -> None:
        words = self._words
        given = several(seen.detail)
        assert given is not None
        options = [
            Choice(str(place), text.partition("  ")[2])
            for place, text in enumerate(coverages(given, seen.detail, words), 1)
        ]
        options.append(Choice("0", words("desk.ask.none_of_these")))
        fields = (
            Field("place", words("desk.ask.coverage"), "choice", tuple(options), str(given.chosen or 1)),
            Field("why", words("desk.ask.why")),
        )
        visit, question_id = seen.detail.row.visit, given.question

        def answered(told: Answers, _secrets: Secrets) -> None:
            place, why = int(told["place"]), told["why"]
            self._do(
                deed,
                seen,
                lambda desk, name: desk.notebook.choose_coverage(visit, question_id, place, name, why),
            )

        self._ask(self._question(deed, seen, fields), answered)

    def _numbers(self, deed: Deed, seen: Seen) -> None:
        words = self._words
        known = {one.field: one.typed for one in seen.detail.compared}
        fields = tuple(
            Field(field.value, words(f"desk.field.{field}"), value=known.get(field, ""))
            for field in typed.FIELDS
            if field is not FormField.VALID_UNTIL
        )
        sheet: list[Sheet] = []

        def answered(told: Answers, _secrets: Secrets) -> None:
            given = {FormField(name): text for name, text in told.items()}
            numbers = typed.numbers_of(given, seen.today, words)
            if numbers is None:
                sheet[0].say(words(f"desk.refused.{Why.NUMBERS_INCOMPLETE}"))
                return
            sheet[0].end()
            self._do(deed, seen, told_numbers(seen, numbers), asked_now(seen))

        sheet.append(self._ask(self._question(deed, seen, fields), answered, keep=True))

    def _patient_number(self, deed: Deed, seen: Seen) -> None:
        number = seen.detail.row.patient_number
        field = Field("number", self._words("desk.ask.patient_number"), value=number, needed=True)

        def answered(told: Answers, _secrets: Secrets) -> None:
            self._do(deed, seen, told_patient_number(seen, told["number"]))

        self._ask(self._question(deed, seen, (field,)), answered)

    def _name(self, deed: Deed, seen: Seen) -> None:
        words, detail = self._words, seen.detail
        fields = [Field("name", words("desk.ask.name"), value=detail.corrected or detail.name, needed=True)]
        if detail.patient is not None:
            fields.append(Field("to_file", words("desk.ask.to_file"), "check"))

        def answered(told: Answers, _secrets: Secrets) -> None:
            to_file = bool(told.get("to_file"))
            self._do(
                deed,
                seen,
                with_case(
                    seen,
                    lambda desk, case, name: desk.notebook.correct_name(
                        case, told["name"], name, to_file=to_file
                    ),
                ),
            )

        self._ask(self._question(deed, seen, tuple(fields)), answered)

    def _give(self, deed: Deed, seen: Seen) -> None:
        """Asked even of one alone: the wrong person's answer is worse than a key more."""
        words = self._words
        options = tuple(
            Choice(row.visit, who(row, words), standing(row, words)) for row in seen.detail.claimants
        )
        field = Field("to", words("desk.ask.give_to"), "choice", options)
        self._ask(
            self._question(deed, seen, (field,)),
            lambda told, _secrets: self._do(deed, seen, given_to(seen, told["to"])),
        )

    def _scan(self, deed: Deed, seen: Seen) -> None:
        words, visit = self._words, seen.detail.row.visit
        kinds = tuple(Choice(kind, words(f"desk.scan.{kind}")) for kind in ScanKind if kind in attaching.KEPT)
        fields = (
            Field("kind", words("desk.ask.kind"), "choice", kinds),
            Field("file", words("desk.ask.file"), "file", needed=True),
        )

        def answered(told: Answers, _secrets: Secrets) -> None:
            kind, path = ScanKind(told["kind"]), Path(told["file"]).expanduser()

            def attach(desk: Desk, name: str) -> Done | Refusal:
                content = _read(path)
                if content is None:
                    return Refusal(Why.NOT_A_SCAN)
                return desk.notebook.attach(visit, kind, content, name)

            self._do(deed, seen, attach)

        self._ask(self._question(deed, seen, fields), answered)

    def _hand_over(self, deed: Deed, seen: Seen) -> None:
        fields = (*self._receivers(seen), Field("all", self._words("desk.ask.all_visits"), "check"))

        def answered(told: Answers, _secrets: Secrets) -> None:
            all_visits = bool(told["all"])
            self._do(deed, seen, handed_over(seen, _receiver(told, seen), all_visits=all_visits))

        self._ask(self._question(deed, seen, fields), answered)

    def _by_hand(self, deed: Deed, seen: Seen) -> None:
        fields = (*self._receivers(seen), Field("why", self._words("desk.ask.told_how"), needed=True))

        def answered(told: Answers, _secrets: Secrets) -> None:
            self._do(deed, seen, done_by_hand(seen, _receiver(told, seen), told["why"]))

        self._ask(self._question(deed, seen, fields), answered)

    def _receivers(self, seen: Seen) -> tuple[Field, ...]:
        """Which of those that do not have it; asked only where there are several."""
        words, opened = self._words, undelivered(seen.detail)
        if len(opened) < 2:
            return ()
        notes = {
            one.receiver: words(f"desk.trouble_with.{one.trouble}") if one.trouble else "" for one in opened
        }
        options = tuple(Choice(receiver, receiver, note) for receiver, note in notes.items())
        return (Field("receiver", words("desk.ask.receiver"), "choice", options),)

    # -- inside
    def _do(self, deed: Deed, seen: Seen, work: Work, follow: Work | None = None) -> None:
        self._model.act(deed, permission(deed, seen), seen.detail.row.visit, work, follow=follow)

    def _question(
        self, deed: Deed, seen: Seen, fields: tuple[Field, ...], *, dangerous: bool = False
    ) -> Question:
        words = self._words
        way = words(f"evidence.{seen.way}.name") if seen.way is not None else ""
        name = words(f"desk.do.{deed}")
        return Question(
            f"{who(seen.detail.row, words)}　{name}",
            fields,
            words(f"desk.hint.{deed}", way=way),
            words("desk.ask.individual_number") if deed is Deed.NOTE else "",
            go=name,
            dangerous=dangerous,
        )


_BEGIN: Mapping[Deed, Callable[[Doing, Deed, Seen], None]] = {
    Deed.ACCEPT: Doing._accept,
    Deed.REFUSE: Doing._refuse,
    Deed.EVIDENCE: Doing._at_once,
    Deed.TAKE: Doing._at_once,
    Deed.RESUME: Doing._at_once,
    Deed.HANDLED: Doing._with_why,
    Deed.SETTLE: Doing._with_why,
    Deed.ASK_AGAIN: Doing._ask_again,
    Deed.NOTE: Doing._note,
    Deed.REPRINT: Doing._reprint,
    Deed.MORE: Doing._more,
    Deed.UNDO: Doing._undo,
    Deed.COVERAGE: Doing._coverage,
    Deed.NUMBERS: Doing._numbers,
    Deed.PATIENT_NUMBER: Doing._patient_number,
    Deed.NAME: Doing._name,
    Deed.SCAN: Doing._scan,
    Deed.TAKE_OVER: Doing._with_why,
    Deed.RESTART: Doing._with_why,
    Deed.VOID: Doing._with_why,
    Deed.HAND_OVER: Doing._hand_over,
    Deed.BY_HAND: Doing._by_hand,
    Deed.GIVE: Doing._give,
    Deed.FACE: Doing._at_once,
}
_TO_TAKE_BACK: Mapping[str, Action] = {"undo_void": Action.VOID, "after_all": Action.RETRY_HANDOFF}
"""What needs more than the right to write a note."""


def _receiver(told: Answers, seen: Seen) -> str:
    return told.get("receiver") or undelivered(seen.detail)[0].receiver


def _undo_text(undo: Undo, words: Words) -> str:
    slots = {name: words(text) if text.startswith("desk.") else shown_name(text) for name, text in undo.slots}
    return words(undo.key, **slots)


def _read(path: Path) -> bytes | None:
    """At most one byte more than may be kept: how large it is besides does not matter."""
    try:
        with path.open("rb") as file:
            return file.read(attaching.LARGEST + 1)
    except OSError:
        return None
