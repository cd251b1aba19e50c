"""The figures of a day, on the screen, as PDF, as CSV and on paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from html import escape
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QTextBrowser, QWidget

from drivers.interface import Failure, Printer
from kiosk.accounts.outcomes import Denied
from kiosk.accounts.roles import Action
from kiosk.desk.refusing import Why
from kiosk.desk.report_tables import paper_of
from kiosk.documents.daily_report import DailyReportPaper, Table, daily_report_csv, daily_report_pdf
from kiosk.storage.files import PRIVATE_FILE, write_whole
from ui.staff.doing import Ask
from ui.staff.guard import Guard
from ui.staff.lane import Lane, Trouble
from ui.staff.model import DeskModel
from ui.staff.own_page import Say
from ui.staff.parts import Told, across, button, column, label
from ui.staff.sheet import Answers, Field, Question, Secrets
from ui.staff.style import Look
from ui.staff.telling import trouble_of
from ui.staff.words import Words

Maker = Callable[[DailyReportPaper], bytes]
_COLUMNS = 3


class ReportPage(QWidget):
    """``left``: back. Reading it needs one permission, taking it away another."""

    left = Signal()

    def __init__(
        self,
        look: Look,
        words: Words,
        model: DeskModel,
        guard: Guard,
        chores: Lane,
        facility: str,
        printer: Printer | None,
        ask: Ask,
        say: Say,
    ) -> None:
        super().__init__()
        self.setObjectName("report_page")
        self._look, self._words, self._model, self._guard = look, words, model, guard
        self._chores, self._facility, self._printer = chores, facility, printer
        self._ask, self._say = ask, say
        self._day: date | None = None
        self.paper: DailyReportPaper | None = None
        self.day = label("", "large", "report_day")
        self.empty = Told(words.text("desk.report.empty"))
        self.empty.hide()
        self.tables = QTextBrowser()
        self.tables.setObjectName("report")
        self.tables.setAccessibleName(words("desk.report.heading"))
        gap = look.sizes.gap
        keys = [
            button("report_previous", words("desk.report.previous"), lambda: self._move(-1), key="F1"),
            button("report_next", words("desk.report.next"), lambda: self._move(1), key="F2"),
            button("report_pdf", words("desk.report.pdf"), self._save_pdf, key="F3"),
            button("report_csv", words("desk.report.csv"), self._save_csv, key="F4"),
        ]
        if printer is not None:
            keys.append(button("report_print", words("desk.report.print"), self._print, key="F5"))
        title = across(label(words("desk.report.heading"), "large"), self.day, 1, *keys, gap=gap * 2)
        layout = column(title, self.empty, self.tables, gap=gap, margin=gap * 2)
        layout.setStretch(2, 1)
        self.setLayout(layout)

    def show_day(self, day: date) -> None:
        """Reads the ledger for that day; ``paper`` follows."""
        self._day = day
        self.day.setText(self._words.day(day.isoformat()))
        shown = self._model.latest
        today = shown.today if shown is not None else day
        facility = self._facility
        self._model.fetch(
            Action.SEE_REPORT,
            "",
            lambda desk, _who: paper_of(desk.report(day), facility, today),
            self._came,
            about=day.isoformat(),
        )

    def pressed(self, event: QKeyEvent) -> bool:
        acts: dict[int, Callable[[], object]] = {
            Qt.Key.Key_F1: lambda: self._move(-1),
            Qt.Key.Key_F2: lambda: self._move(1),
            Qt.Key.Key_F3: self._save_pdf,
            Qt.Key.Key_F4: self._save_csv,
            Qt.Key.Key_F5: self._print,
            Qt.Key.Key_Escape: self.left.emit,
        }
        act = acts.get(event.key())
        if act is None:
            return False
        act()
        return True

    # -- inside
    def _move(self, days: int) -> None:
        shown = self._model.latest
        if self._day is None or shown is None:
            return
        self.show_day(min(shown.today, self._day + timedelta(days=days)))

    def _came(self, outcome: object) -> None:
        words = self._words
        match outcome:
            case DailyReportPaper() as paper:
                if paper.day == self._day:
                    self.paper = paper
                    self._show(paper)
            case Denied(why=why):
                self._say(words(f"desk.denied.{why}"), bad=True)
            case Trouble() as trouble:
                self._say(trouble_of(trouble, words), bad=True)
            case _:
                pass

    def _show(self, paper: DailyReportPaper) -> None:
        tables = [table for table in paper.tables if table.rows]
        self.empty.setVisible(not tables)
        self.tables.setVisible(bool(tables))
        columns: list[list[str]] = [[] for _ in range(_COLUMNS)]
        heights = [0] * _COLUMNS
        for table in tables:
            place = heights.index(min(heights))
            columns[place].append(self._html(table))
            heights[place] += len(table.rows) + 3
        cells = "".join(f'<td valign="top" width="33%">{"".join(column_)}</td>' for column_ in columns)
        self.tables.setHtml(f'<table width="100%" cellspacing="12"><tr>{cells}</tr></table>')
        self.tables.setFocus()

    def _html(self, table: Table) -> str:
        palette = self._look.palette
        heads = "".join(
            f'<td style="color:{palette.ink_soft}" align="{"left" if not place else "right"}">{escape(one)}</td>'
            for place, one in enumerate(table.columns)
        )
        rows = "".join(
            "<tr>"
            + "".join(
                f'<td align="{"left" if not place else "right"}">{escape(cell)}</td>'
                for place, cell in enumerate(row)
            )
            + "</tr>"
            for row in table.rows
        )
        note = f'<p style="color:{palette.ink_soft}">{escape(table.note)}</p>' if table.note else ""
        return (
            f"<h4>{escape(table.title)}</h4>"
            f'<table width="100%" cellpadding="2"><tr>{heads}</tr>{rows}</table>{note}'
        )

    def _save_pdf(self) -> None:
        self._save("pdf", _pdf)

    def _save_csv(self) -> None:
        self._save("csv", daily_report_csv)

    def _save(self, ending: str, make: Maker) -> None:
        words, paper = self._words, self.paper
        if paper is None:
            return
        proposed = str(Path.home() / f"uketsuke-{paper.day.isoformat()}.{ending}")
        question = Question(
            words(f"desk.report.{ending}"),
            (Field("path", words("desk.report.path"), value=proposed, needed=True),),
        )

        def answered(told: Answers, _secrets: Secrets) -> None:
            path, token = Path(told["path"]).expanduser(), self._guard.token

            def job() -> str | Denied:
                allowed = self._guard.allow(Action.EXPORT_REPORT, about=paper.day.isoformat(), token=token)
                if isinstance(allowed, Denied):
                    return allowed
                try:
                    write_whole(path, make(paper), PRIVATE_FILE)
                except OSError:
                    return ""
                return str(path)

            self._chores.do(job, lambda outcome: self._saved(outcome, path))

        self._ask(question, answered)

    def _saved(self, outcome: str | Denied | Trouble, path: Path) -> None:
        words = self._words
        match outcome:
            case "":
                self._say(words("desk.report.not_saved", path=path), bad=True)
            case str():
                self._say(words("desk.report.saved", path=outcome))
            case Denied(why=why):
                self._say(words(f"desk.denied.{why}"), bad=True)
            case Trouble():
                self._say(trouble_of(outcome, words), bad=True)

    def _print(self) -> None:
        words, paper, printer = self._words, self.paper, self._printer
        if paper is None or printer is None:
            return
        token = self._guard.token

        def job() -> Failure | Denied | None:
            allowed = self._guard.allow(Action.EXPORT_REPORT, about=paper.day.isoformat(), token=token)
            if isinstance(allowed, Denied):
                return allowed
            return printer.print_pdf(f"daily-report-{paper.day.isoformat()}", _pdf(paper))

        def came(outcome: Failure | Denied | Trouble | None) -> None:
            match outcome:
                case None:
                    self._say(words("desk.report.printed"))
                case Failure():
                    self._say(words(f"desk.refused.{Why.PRINTER_FAILED}"), bad=True)
                case Denied(why=why):
                    self._say(words(f"desk.denied.{why}"), bad=True)
                case Trouble():
                    self._say(trouble_of(outcome, words), bad=True)

        self._chores.do(job, came)


def _pdf(paper: DailyReportPaper) -> bytes:
    return daily_report_pdf(paper, made_at=datetime.now(UTC).replace(microsecond=0))
