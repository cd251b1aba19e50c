"""A hospital on one machine: many terminals with ledgers and shippers of their own, two consoles, a PostgreSQL with
TLS, and whoever pulls its plug. Real time, real files, real server; only the patients are invented."""

from __future__ import annotations

import heapq
import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from kiosk.ledger import Entry, LedgerError, Options, SqliteLedger, stamp
from kiosk.ledger.hub.endpoint import Endpoint
from kiosk.ledger.hub.errors import CommitUnknown
from kiosk.ledger.hub.ledger import HubLedger
from kiosk.ledger.hub.shipper import Shipper
from kiosk.ledger.interface import JST, system_clock
from simulator.national.tls import SERVER, Authority
from tests.support.cutting import Network
from tests.support.hubs import Hub
from tests.support.postgres import PrivatePostgres

STATES: Final = (
    "ReadingCard", "ChoosingVerification", "EnteringPin", "EnteringPin", "ChoosingVerification", "AskingConsent",
    "AskingConsent", "LookingUp", "LookingUp", "Confirmed", "Confirmed", "TakeCard", "Finished",
)  # fmt: skip
"""With the number, a visit is fourteen links, as the reception writes them."""
_PAYLOAD: Final = b'{"certificate_ends":"2029-04-05T14:59:59Z","pin_tries_left":3,"token":"card"}'
_LOOK_S: Final = 0.2


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """visit_s: how long a patient stands there. asked: share of the visits that staff are asked about."""

    terminals: int = 100
    visits_per_s: float = 3.0
    seconds: float = 600.0
    kills: int = 20
    cuts: int = 10
    visit_s: float = 25.0
    asked: float = 0.2
    seed: int = 1


class Outage(NamedTuple):
    kind: str
    begin: float
    end: float


class Terminal:
    def __init__(self, hub: Hub, name: str, endpoint: Endpoint) -> None:
        self.ledger = SqliteLedger(hub.folder / name, Options(terminal=name))
        self.shipper = Shipper(self.ledger, endpoint, hub.key)
        self.busy = False


class World:
    """`run`, then look at what it left; `close`."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.plan = plan
        self.chance = random.Random(plan.seed)
        self.written: dict[str, float] = {}  # event id -> when the terminal's own ledger had it
        self.first_of: set[str] = set()
        self.seen: dict[str, float] = {}
        self.seen_twice = 0
        self.outages: list[Outage] = []
        self.visits = 0
        self.turned_away = 0  # no terminal was free
        self.local_append: list[float] = []
        self.asked: dict[str, list[str]] = defaultdict(list)  # visit -> requests
        self.asked_at: dict[str, float] = {}
        self.answered_in: list[float] = []
        self.unknown = 0
        self.console_away = 0
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._order = 0
        self._stop = threading.Event()
        self._waits: dict[str, tuple[Terminal, int]] = {}  # visit that waits for staff -> where it goes on
        authority = Authority(folder)
        server = authority.issue("server", SERVER)
        self.postgres = PrivatePostgres(durable=True, tls=(server.certificate, server.key))
        self.postgres.start()
        self.hub = Hub(folder / "hub", postgres=self.postgres)
        self._authorities = authority.certificate
        target = ("127.0.0.1", self.postgres.port)
        self.networks = [Network(("127.0.0.1", 0), target) for _ in range(2)]
        names = [f"T{n:03d}" for n in range(plan.terminals)]
        self.terminals = [
            Terminal(self.hub, name, self._login(name, "kiosk", self.networks[n % 2].port))
            for n, name in enumerate(names)
        ]
        self.consoles = [
            self.hub.console(self._login(name, "console", self.postgres.port), name) for name in ("R", "S")
        ]

    def _login(self, name: str, kind: Any, port: int) -> Endpoint:
        local = self.hub.let_in(name, kind)
        assert local.passfile is not None
        password = local.passfile.read_text().strip().rpartition(":")[2]
        local.passfile.write_text(f"127.0.0.1:*:*:*:{password}\n")
        return msgspec.structs.replace(local, host="127.0.0.1", port=port, authorities=self._authorities)

    # -- running
    def run(self) -> None:
        for terminal in self.terminals:
            terminal.shipper.start()
        self._await(lambda: all(t.shipper.standing.state == "connected" for t in self.terminals), 120)
        threads = [
            threading.Thread(target=self._watch, args=(self.consoles[0],)),
            threading.Thread(target=self._staff, args=(self.consoles,)),
            threading.Thread(target=self._misfortune),
        ]
        for thread in threads:
            thread.start()
        self._receive_patients()
        self._await(lambda: all(_quiet(t) for t in self.terminals), 180)
        self._await(lambda: self.seen.keys() >= self.written.keys(), 60)
        self._stop.set()
        for thread in threads:
            thread.join()

    def _await(self, holds: Callable[[], bool], patience_s: float) -> None:
        until = time.monotonic() + patience_s
        while not holds() and time.monotonic() < until:
            time.sleep(0.05)

    def close(self) -> None:
        for terminal in self.terminals:
            terminal.shipper.close()
            terminal.ledger.close()
        for console in self.consoles:
            console.close()
        for network in self.networks:
            network.close()
        self.postgres.remove()

    # -- patients
    def _receive_patients(self) -> None:
        begin = time.monotonic()
        end = begin + self.plan.seconds
        self._at(begin, self._arrive)
        last_look = 0.0
        while self._agenda or self._waits:
            now = time.monotonic()
            if now - last_look > _LOOK_S:
                last_look = now
                self._answer_staff()
                if now > end + 60:
                    break
            if not self._agenda or self._agenda[0][0] > now:
                time.sleep(0.005)
                continue
            due, _, act = heapq.heappop(self._agenda)
            if act == self._arrive and due < end:
                self._at(due + self.chance.expovariate(self.plan.visits_per_s), self._arrive)
            act()

    def _at(self, when: float, act: Callable[[], None]) -> None:
        self._order += 1
        heapq.heappush(self._agenda, (when, self._order, act))

    def _arrive(self) -> None:
        free = [terminal for terminal in self.terminals if not terminal.busy]
        if not free:
            self.turned_away += 1
            return
        terminal = self.chance.choice(free)
        terminal.busy = True
        visit = f"{self.chance.getrandbits(128):032x}"
        self.visits += 1
        self._step(terminal, visit, 0)

    def _step(self, terminal: Terminal, visit: str, number: int) -> None:
        state = STATES[number]
        if state == "LookingUp" and STATES[number - 1] == state and self.chance.random() < self.plan.asked:
            self._write(terminal, self._entry(visit, f"{number}w", "WaitingForStaff"))
            self._waits[visit] = (terminal, number + 1)
            return
        takes_number = state == "Confirmed" and STATES[number - 1] != state
        self._write(terminal, self._entry(visit, str(number), state), takes_number=takes_number)
        self._next(terminal, visit, number)

    def _next(self, terminal: Terminal, visit: str, number: int) -> None:
        if number + 1 == len(STATES):
            terminal.busy = False
            return
        pause = self.chance.expovariate(len(STATES) / self.plan.visit_s)
        self._at(time.monotonic() + pause, lambda: self._step(terminal, visit, number + 1))

    def _entry(self, visit: str, step: str, state: str) -> Entry:
        now = system_clock()
        return Entry(
            visit, f"{visit}.{step}", "CardRead", stamp(now.wall), now.mono_ms, "patient", state,
            simulated=True, payload=_PAYLOAD,
        )  # fmt: skip

    def _write(self, terminal: Terminal, entry: Entry, *, takes_number: bool = False) -> None:
        day = system_clock().wall.astimezone(JST).date() if takes_number else None
        begin = time.monotonic()
        terminal.ledger.append([entry], take_number=day)
        self.written[entry.id] = time.monotonic()
        self.local_append.append(self.written[entry.id] - begin)
        if entry.id.endswith(".0"):
            self.first_of.add(entry.id)

    def _answer_staff(self) -> None:
        """As the reception does: the first request that fits moves the visit, later ones are refused."""
        for terminal in self.terminals:
            for request in terminal.ledger.requests():
                _, number = self._waits.pop(request.visit, (terminal, 0))
                if not number:
                    terminal.ledger.answer(request.id, False, "the visit does not stand there any more")
                    continue
                moved = self._entry(request.visit, f"{number}s", "LookingUp")
                terminal.ledger.answer(request.id, True, entries=[moved])
                self.written[moved.id] = time.monotonic()
                self._next(terminal, request.visit, number - 1)

    # -- staff
    def _watch(self, console: HubLedger) -> None:
        position = 0
        while not self._stop.is_set():
            try:
                for record in console.entries(since=position):
                    position = record.position
                    if record.id in self.seen and record.type == "CardRead":
                        self.seen_twice += 1
                    self.seen.setdefault(record.id, time.monotonic())
            except LedgerError:
                self.console_away += 1
            self._stop.wait(_LOOK_S)

    def _staff(self, consoles: list[HubLedger]) -> None:
        """Both consoles see who waits; now and then both touch at once."""
        handled: set[str] = set()
        chance = random.Random(self.plan.seed)
        while not self._stop.is_set():
            try:
                self._ask_for_all(consoles, handled, chance)
                self._look_for_answers(consoles[0])
            except CommitUnknown:
                self.unknown += 1
            except LedgerError:
                self.console_away += 1
            self._stop.wait(_LOOK_S)

    def _ask_for_all(self, consoles: list[HubLedger], handled: set[str], chance: random.Random) -> None:
        for open_ in consoles[0].open_visits(("Finished",)):
            if open_.state != "WaitingForStaff" or open_.visit in handled:
                continue
            handled.add(open_.visit)
            for console in consoles if chance.random() < 0.5 else consoles[:1]:
                at = time.monotonic()
                try:
                    request = console.request(open_.visit, "accept", b"{}", "staff:A")
                except LedgerError:
                    handled.discard(open_.visit)  # nothing was written: somebody touches again
                    raise
                self.asked[open_.visit].append(request)
                self.asked_at[request] = at

    def _look_for_answers(self, console: HubLedger) -> None:
        pending = {request.id for request in console.requests()}
        for request in [one for one in self.asked_at if one not in pending]:
            self.answered_in.append(time.monotonic() - self.asked_at.pop(request))

    # -- misfortune
    def _misfortune(self) -> None:
        plan, chance = self.plan, random.Random(self.plan.seed + 1)
        kinds = ["kill"] * plan.kills + ["cut"] * plan.cuts
        chance.shuffle(kinds)
        begin, room = time.monotonic(), plan.seconds * 0.95 / max(1, len(kinds))
        for number, kind in enumerate(kinds):
            at = begin + room * (number + chance.uniform(0.2, 0.5))
            self._stop.wait(max(0.0, at - time.monotonic()))
            started = time.monotonic()
            if kind == "kill":
                self.postgres.kill()
                self._stop.wait(chance.uniform(0.1, 2.0))
                self.postgres.start()
            else:
                network = chance.choice(self.networks)
                network.away(True)
                self._stop.wait(chance.uniform(1.0, 5.0))
                network.away(False)
            self.outages.append(Outage(kind, started, time.monotonic()))


def _quiet(terminal: Terminal) -> bool:
    standing = terminal.shipper.standing
    return standing.state == "connected" and standing.waiting == 0
