"""A terminal on its real threads: a visit, the desk, time, bugs. Nothing sleeps; everything waits for what comes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from structlog.testing import capture_logs

from drivers.card.application import MyNumberCard
from drivers.card.revocation import UnknownRevocation
from kiosk.ledger import MemoryLedger, MemoryStore, Options
from kiosk.reception import running
from kiosk.reception.hands import Devices, Hands, Lanes
from kiosk.reception.lanes import ThreadLane
from kiosk.reception.reception import Reception
from kiosk.reception.running import Inbox, ReceptionThread
from kiosk.reception.secrets import SecretSlots
from kiosk.reception.watching import ReaderWatch
from kiosk.reception.world import SystemWorld
from kiosk.visit import events as e
from kiosk.visit.acts import Act, UnknownAct
from kiosk.visit.policy import Policy, TimeLimits
from kiosk.visit.states import Visit
from kiosk.visit.views import VisitView
from simulator.card import SimulatedCard, issue
from simulator.links.inprocess import InProcessReader
from simulator.national.direct import DirectService
from simulator.national.system import NationalSystem
from simulator.people import load
from simulator.playing.cast import trust
from simulator.playing.stage import PaperTray, Quiet

PATIENCE_S = 10.0
YAMADA = load("yamada")


class Screen:
    """Shows pages and lets others wait for one."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.pages: list[VisitView] = []

    def show(self, view: VisitView) -> None:
        with self._changed:
            self.pages.append(view)
            self._changed.notify_all()

    def wait(self, wanted: Callable[[VisitView], bool], what: str) -> VisitView:
        with self._changed:
            assert self._changed.wait_for(lambda: bool(self.pages) and wanted(self.pages[-1]), PATIENCE_S), (
                f"waited for {what}, saw {[view.state for view in self.pages]}"
            )
            return self.pages[-1]

    def wait_for(self, state: str, *, busy: bool = False) -> VisitView:
        return self.wait(lambda view: view.state == state and view.waiting is busy, state)


class Terminal:
    """Everything real but the card, the reader and the national system."""

    def __init__(self, limits: TimeLimits | None = None, watch: Any = None) -> None:
        self.world = SystemWorld()
        self.screen, self.secrets, self.tray = Screen(), SecretSlots(), PaperTray()
        self.inbox = Inbox(self.world)
        self.reader = InProcessReader()
        self.store = MemoryStore()
        self.ledger = MemoryLedger(Options(), self.store)
        service = DirectService(NationalSystem([YAMADA], self._utc))
        card = MyNumberCard(self.reader, trust(), UnknownRevocation(), self._utc)
        self.lanes = [ThreadLane(name) for name in ("card", "service", "paper", "file", "face")]
        hands = Hands(
            self.world,
            Devices(
                card, service, self.tray, Quiet(), lambda _number, _language: b"%PDF", lambda _wanted: b"%PDF"
            ),
            Lanes(*self.lanes),
            self.secrets,
            self.inbox.post,
        )
        policy = Policy(capabilities=service.capabilities, limits=limits or TimeLimits())
        self.reception = Reception(
            self.world, self.ledger, policy, hands, self.screen.show, watch=watch, simulated=True
        )
        self.hands = hands
        self.thread = ReceptionThread(self.world, self.inbox, self.reception)
        self.thread.start()
        self.reader.watch(ReaderWatch(self.inbox.post))

    def _utc(self) -> Any:
        return self.world.now().utc

    def card(self) -> SimulatedCard:
        made = issue(YAMADA, self.world.now().day)
        assert made is not None
        return made

    def touch(self, name: str, **arguments: str) -> None:
        self.inbox.send(Act(name, tuple(arguments.items())))

    def enter_pin(self) -> None:
        self.touch("PinEntered", slot=self.secrets.put(bytearray(YAMADA.card.pin, "ascii")))

    def until_consent(self) -> None:
        self.reader.insert(self.card())
        self.screen.wait_for("ChoosingVerification")
        self.touch("PinChosen")
        self.screen.wait_for("EnteringPin")
        self.enter_pin()
        self.screen.wait_for("AskingConsent")

    def recorded(self) -> list[str]:
        return [record.type for record in self.ledger.entries()]

    def close(self) -> None:
        self.thread.close()
        self.hands.close()
        self.reader.close()


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal()
    yield made
    made.close()


@pytest.fixture
def quick_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "REQUEST_POLL_S", 0.01)


def test_a_whole_visit_goes_from_card_to_number_on_real_threads(terminal: Terminal) -> None:
    terminal.until_consent()
    terminal.touch("ConsentAllGiven")
    terminal.screen.wait_for("Confirmed")
    terminal.touch("Acknowledged")
    terminal.screen.wait_for("TakeCard")
    terminal.reader.remove()
    finished = terminal.screen.wait_for("Finished")
    assert finished.number == "A001"
    # The printer tells of the ticket whenever it is done.
    assert [kind for kind in terminal.recorded() if kind != "TicketPrinted"][-1] == "CardRemoved"
    assert terminal.secrets._slots == {}


def test_a_card_that_leaves_while_it_is_read_is_nothing_worse(terminal: Terminal) -> None:
    for _ in range(20):
        terminal.reader.insert(terminal.card())
        terminal.reader.remove()
    terminal.screen.wait(lambda view: view.state in ("Welcome", "Abandoned"), "the end of the last")
    terminal.until_consent()


def test_touches_of_many_hands_are_recorded_one_after_the_other(terminal: Terminal) -> None:
    terminal.until_consent()
    together = threading.Barrier(8)

    def touch(language: str) -> None:
        together.wait()
        terminal.touch("LanguageChosen", language=language)

    hands = [threading.Thread(target=touch, args=(f"l{number}",)) for number in range(8)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    terminal.touch("ConsentAllRefused")
    terminal.screen.wait_for("Confirmed")
    records = [record for record in terminal.ledger.entries() if record.type == "LanguageChosen"]
    assert len(records) == 8
    assert len({record.id for record in records}) == 8
    assert [record.mono_ms for record in records] == sorted(record.mono_ms for record in records)


def test_an_act_that_means_nothing_never_reaches_the_visit() -> None:
    inbox = Inbox(SystemWorld())
    with pytest.raises(UnknownAct):
        inbox.send(Act("Shout"))
    with pytest.raises(UnknownAct):
        inbox.send(Act("LanguageChosen", (("colour", "red"),)))
    assert inbox.queue.empty()


# ---------------------------------------------------------------------------------------------- the desk


@pytest.mark.usefixtures("quick_desk")
def test_the_desk_moves_a_visit_by_a_request(terminal: Terminal) -> None:
    terminal.until_consent()
    request = terminal.ledger.request(terminal.reception.visit.id, "restart", actor="staff:sato")
    terminal.screen.wait_for("TakeCard")
    (asked,) = terminal.ledger.requests(unanswered=False)
    assert (asked.id, asked.accepted) == (request, True)
    acted = next(record for record in terminal.ledger.entries() if record.type == "StaffActed")
    assert acted.actor == "staff:sato"


@pytest.mark.usefixtures("quick_desk")
@pytest.mark.parametrize(
    ("action", "why"),
    [
        ("resume", "moved_on"),
        ("handled", "moved_on"),
        ("dance", "unknown_action"),
    ],
)
def test_what_a_visit_does_not_allow_is_refused_with_the_reason(
    action: str, why: str, terminal: Terminal
) -> None:
    terminal.until_consent()
    terminal.ledger.request(terminal.reception.visit.id, action, actor="staff:sato")
    asked = _answered(terminal)
    assert asked.accepted is False
    assert why in asked.why
    assert terminal.screen.pages[-1].state == "AskingConsent"


@pytest.mark.usefixtures("quick_desk")
def test_a_request_about_a_visit_that_is_over_is_refused(terminal: Terminal) -> None:
    terminal.until_consent()
    visit = terminal.reception.visit.id
    terminal.reader.remove()
    terminal.screen.wait_for("Abandoned")
    terminal.ledger.request(visit, "restart", actor="staff:sato")
    assert _answered(terminal).accepted is False


@pytest.mark.usefixtures("quick_desk")
def test_a_request_about_another_terminals_visit_is_left_to_it(terminal: Terminal) -> None:
    other = MemoryLedger(Options(terminal="B"), terminal.store)
    terminal.until_consent()
    entry = next(iter(terminal.ledger.entries()))
    from tests.support.ledgers import entry as make

    other.append([make("visit-of-b", 1, "WaitingForStaff")])
    theirs = terminal.ledger.request("visit-of-b", "handled", actor="staff:sato")
    ours = terminal.ledger.request(entry.visit, "restart", actor="staff:sato")
    terminal.screen.wait_for("TakeCard")
    answered = {request.id: request.accepted for request in terminal.ledger.requests(unanswered=False)}
    assert answered == {theirs: None, ours: True}


def _answered(terminal: Terminal) -> Any:
    """The one request, once it is answered."""
    together = threading.Event()
    for _ in range(int(PATIENCE_S / 0.01)):
        (asked,) = terminal.ledger.requests(unanswered=False)
        if asked.accepted is not None:
            return asked
        together.wait(0.01)
    raise AssertionError("never answered")


# -------------------------------------------------------------------------------------------------- time


def test_time_itself_ends_a_visit_nobody_goes_on_with() -> None:
    limits = TimeLimits(page=120, warning=60, closing=50, card_left=50)
    terminal = Terminal(limits)
    try:
        terminal.until_consent()
        terminal.screen.wait_for("TakeCard")
        assert any(view.warned for view in terminal.screen.pages)
        terminal.reader.remove()
        terminal.screen.wait_for("Abandoned")
        terminal.screen.wait_for("Welcome")
    finally:
        terminal.close()


# -------------------------------------------------------------------------------------------------- bugs


def test_a_bug_in_one_step_does_not_end_the_reception() -> None:
    def bug(_before: Visit, event: e.AnyEvent, _after: Visit, _effects: Any) -> None:
        if isinstance(event, e.LanguageChosen):
            raise RuntimeError("山田　太郎 1234")

    terminal = Terminal(watch=bug)
    try:
        with capture_logs() as log:
            terminal.touch("LanguageChosen", language="en")
            terminal.touch("TextSizeChosen", text_size="large")
            terminal.screen.wait(lambda view: view.text_size == "large", "large text")
        assert [entry["event"] for entry in log] == ["visit.step_failed"]
        assert "1234" not in repr(log)
        assert log[0]["error"] == "RuntimeError"
        terminal.until_consent()
    finally:
        terminal.close()


def test_a_lane_survives_a_job_that_raises_and_tells_only_its_kind() -> None:
    lane, done = ThreadLane("paper"), threading.Event()

    def bug() -> None:
        raise ValueError("山田　太郎 1234")

    with capture_logs() as log:
        lane.submit(bug)
        lane.submit(done.set)
        assert done.wait(PATIENCE_S)
    lane.close()
    assert log == [{"event": "lane.job_failed", "lane": "paper", "error": "ValueError", "log_level": "error"}]


def _note(order: list[tuple[int, int]], number: int) -> None:
    order.append((number, threading.get_ident()))


def test_a_lane_runs_its_jobs_in_order_on_one_thread() -> None:
    lane, done = ThreadLane("card"), threading.Event()
    order: list[tuple[int, int]] = []
    for number in range(50):
        lane.submit(partial(_note, order, number))
    lane.submit(done.set)
    assert done.wait(PATIENCE_S)
    lane.close()
    assert [number for number, _ in order] == list(range(50))
    assert len({thread for _, thread in order}) == 1


def test_a_closed_lane_ends_its_running_job_and_drops_the_others() -> None:
    lane, running_, go_on, dropped = (
        ThreadLane("card"),
        threading.Event(),
        threading.Event(),
        threading.Event(),
    )

    def job() -> None:
        running_.set()
        assert go_on.wait(PATIENCE_S)

    lane.submit(job)
    lane.submit(dropped.set)
    assert running_.wait(PATIENCE_S)
    closing = threading.Thread(target=lane.close)
    closing.start()
    go_on.set()
    closing.join(PATIENCE_S)
    lane.submit(dropped.set)
    lane.close()
    assert not lane._thread.is_alive()
    assert not dropped.is_set()


def test_a_job_that_hangs_does_not_keep_the_program() -> None:
    lane, hangs, end = ThreadLane("card"), threading.Event(), threading.Event()

    def hang() -> None:
        hangs.set()
        end.wait(PATIENCE_S)

    lane.submit(hang)
    assert hangs.wait(PATIENCE_S)
    lane.close(timeout_s=0.01)
    assert lane._thread.daemon
    end.set()


def test_the_digits_of_a_check_that_raises_are_wiped(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised = threading.Event()

    def bug(*_: object) -> None:
        raised.set()
        raise RuntimeError

    monkeypatch.setattr(MyNumberCard, "verify_pin", bug)
    terminal.reader.insert(terminal.card())
    terminal.screen.wait_for("ChoosingVerification")
    terminal.touch("PinChosen")
    terminal.screen.wait_for("EnteringPin")
    with capture_logs():
        terminal.enter_pin()
        assert raised.wait(PATIENCE_S)
        drained = threading.Event()
        terminal.lanes[0].submit(drained.set)
        assert drained.wait(PATIENCE_S)
    assert terminal.secrets._slots == {}


def test_closing_a_terminal_leaves_no_thread_behind() -> None:
    before = set(threading.enumerate())
    terminal = Terminal()
    terminal.until_consent()
    terminal.close()
    assert set(threading.enumerate()) <= before
