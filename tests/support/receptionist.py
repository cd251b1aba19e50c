"""A member of staff who goes by the console alone: reads the board, acts through the desk, and stops when the board
needs nobody any more."""

from __future__ import annotations

from collections import Counter
from typing import Any

from kiosk.desk.board import Filter
from kiosk.desk.desk import Desk, Look
from kiosk.desk.notes import Action
from kiosk.desk.refusing import Done
from kiosk.desk.row import Light, Need, Next, Row
from kiosk.evidence.loading import book
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.ledger import LedgerError, MemoryLedger, MemoryStore, Moment, Options
from simulator.playing.stage import PaperTray, Stage

NAME = "sato"
MOST_MOVES = 12
"""More than this is a board that does not get empty."""
OWNERS_SEEN_MS = 3_000
"""A console notices within this time that a terminal's program is gone."""


class Receptionist:
    """Sits at a console of her own process; ``did`` counts what she did, by its name. ``needs``: what the board said
    that she was needed for."""

    def __init__(self, stage: Stage, store: MemoryStore) -> None:
        world = stage.world
        options = Options(
            process="desk",
            clock=lambda: Moment(world.utc(), world.now().mono),
            random=lambda count: bytes(count),
        )
        ledger = MemoryLedger(options, store)
        self.tray = PaperTray()
        self.desk = Desk(ledger, world, ledger, book(), forms=self.tray, staff_printer=self.tray)
        self.did: Counter[str] = Counter()
        self.needs: set[Need] = set()
        self._stage = stage
        self._resumed: set[str] = set()

    # --------------------------------------------------------------------------- while somebody stands there

    def word(self, action: Action, **told: str) -> bool:
        """What the scenario lets staff say now; False if the terminal did not take it."""
        self.look_at_the_board()
        visit = self._stage.visit.id
        way = Way(told["way"]) if "way" in told else None
        said: dict[str, Any] = {name: told[name] for name in ("why", "looked_up") if name in told}
        return self._ask(visit, action, way=way, **said)

    def come(self) -> bool:
        """Somebody waits for a person. What suits the reason: choose a coverage, send away who is not the card's holder
        to the camera, hand the screen back once to who only called, lead who is stuck to their papers; whatever else is
        settled at the counter."""
        self.look_at_the_board()
        row = self.desk.row(self._stage.visit.id)
        assert row is not None
        if (
            row.light is not Light.NEEDS_PERSON
        ):  # a terminal that can write nothing down cannot call by the board
            return False
        if row.reason is Reason.AMBIGUOUS:
            self._choose_coverage(row)
            return self._ask(row.visit, "handled")
        if self._is_doubted(row):
            return self._ask(row.visit, "restart", why="ご本人と確認できない")
        if row.need is Need.CALLED and row.visit not in self._resumed:
            self._resumed.add(row.visit)
            return self._ask(row.visit, "resume")
        if row.need is Need.CALLED or row.reason is Reason.IDENTITY_MISMATCH:
            return self._ask(row.visit, "evidence")
        return self._ask(row.visit, "handled")

    # ------------------------------------------------------------------------------------------ afterwards

    def clear_the_board(self) -> None:
        """The kiosk is switched off. Takes the topmost row that needs a person, as long as there is one."""
        self._stage.world.advance(OWNERS_SEEN_MS)
        for _move in range(MOST_MOVES):
            self.look_at_the_board()
            waiting = self.desk.rows(Filter.NEEDS)
            if not waiting:
                return
            self._settle(waiting[0])
        raise AssertionError(f"still on the board: {self.desk.rows(Filter.NEEDS)}")

    def _settle(self, row: Row) -> None:
        match row.next:
            case Next.TAKE_OVER:
                self._done("take_over", self.desk.take_over(row.visit, NAME))
                self._settle_here(row)
            case Next.REPRINT:
                self._reprint(row)
            case Next.COMPARE | Next.FIND_OUT | Next.TELL_NUMBERS | Next.ASK_AGAIN:
                self._done("settle", self.desk.notebook.settle(row.visit, NAME, "電話で確認した"))
            case _:
                raise AssertionError(f"nothing is known to do about {row.need}: {row.next}")

    def _settle_here(self, row: Row) -> None:
        """A visit without a page: the paper that was being filled in is taken by hand, all else is at the counter."""
        if row.state == "FillingDeclaration":
            self._done("accept", self.desk.act(row.visit, "accept", NAME, way=Way.CARD_DECLARATION))
        else:
            self._done("handled", self.desk.act(row.visit, "handled", NAME))

    def _reprint(self, row: Row) -> None:
        """What was made is printed again; what could not be made was written by hand."""
        papers = self._look(row).papers
        for paper in papers:
            if paper.made:
                self._done("reprint", self.desk.papers.reprint(row.visit, paper.id, NAME))
        if not all(paper.made for paper in papers):
            self._done("settle", self.desk.notebook.settle(row.visit, NAME, "手書きで渡した"))

    def _is_doubted(self, row: Row) -> bool:
        case = self.desk.case(row.visit)
        face = case.told.now.face if case is not None else None
        return face is not None and face.doubt is not None

    def _choose_coverage(self, row: Row) -> None:
        answer = self._look(row).answers[-1]
        assert len(answer.answer.results) > 1
        chosen = self.desk.notebook.choose_coverage(row.visit, answer.question, 1, NAME)
        self._done("choose_coverage", chosen)

    # --------------------------------------------------------------------------------------------- inside

    def look_at_the_board(self) -> None:
        self.desk.poll()
        self.needs |= {row.need for row in self.desk.rows(Filter.NEEDS) if row.need is not None}

    def _look(self, row: Row) -> Any:
        look = self.desk.look(row.visit, NAME)
        assert isinstance(look, Look)
        return look.detail()

    def _ask(self, visit: str, action: Action, **told: Any) -> bool:
        asked = self.desk.act(visit, action, NAME, **told)
        if not isinstance(asked, Done):
            return False
        try:
            self._stage.reception.poll_requests()
        except LedgerError:
            return False
        self._stage.settle()
        accepted = any(one.request == asked.id and one.accepted for one in self.desk.poll().replies)
        self.did[action] += accepted
        return accepted

    def _done(self, name: str, done: object) -> None:
        assert isinstance(done, Done), (name, done)
        self.did[name] += 1
