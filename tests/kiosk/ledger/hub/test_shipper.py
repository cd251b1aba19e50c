"""The terminal's thread: it wakes, waits, comes back, and never stands in reception's way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from kiosk.ledger import SqliteLedger
from kiosk.ledger.hub.endpoint import Endpoint
from kiosk.ledger.hub.sealing import BoxKey
from kiosk.ledger.hub.session import Session
from kiosk.ledger.hub.shipper import Pace, Shipper, Standing
from tests.support.hubs import Hub
from tests.support.ledgers import entry
from tests.support.postgres import PrivatePostgres

if TYPE_CHECKING:
    from tests.kiosk.ledger.hub.conftest import Place

QUICK = Pace(look=0.05, poll=0.1, first=0.02, longest=0.1)
PATIENCE_S = 30


class Watch:
    """Waits for a standing; what it saw on the way is kept."""

    def __init__(self) -> None:
        self.seen: list[Standing] = []
        self._news = threading.Condition()

    def __call__(self, standing: Standing) -> None:
        with self._news:
            self.seen.append(standing)
            self._news.notify_all()

    def until(self, holds: Callable[[Standing], bool]) -> Standing:
        with self._news:
            assert self._news.wait_for(lambda: bool(self.seen) and holds(self.seen[-1]), PATIENCE_S)
            return self.seen[-1]


def all_sent(standing: Standing) -> bool:
    return standing.state == "connected" and standing.waiting == 0


@contextmanager
def shipping(
    ledger: SqliteLedger, login: Endpoint, key: BoxKey, pace: Pace = QUICK
) -> Iterator[tuple[Shipper, Watch]]:
    watch = Watch()
    shipper = Shipper(ledger, login, key, pace=pace, changed=watch)
    shipper.start()
    try:
        yield shipper, watch
    finally:
        shipper.close(PATIENCE_S)


def eventually(holds: Callable[[], bool]) -> None:
    """Asks again until it holds; each question is a round trip, so this does not spin."""
    for _ in range(20_000):
        if holds():
            return
    pytest.fail("never")


def links(place: Place) -> int:
    return int(place.hub.sql("SELECT count(*) FROM link")[0][0])


def test_what_is_written_is_sent_at_once_though_nobody_looks(place: Place) -> None:
    kiosk = place.kiosk()
    slow = Pace(look=600, poll=600)
    with shipping(kiosk, place.login("A"), place.hub.key, slow) as (_, watch):
        watch.until(all_sent)
        kiosk.append([entry("v1", 1)])
        eventually(lambda: links(place) == 1)


def test_a_request_is_brought_at_once_though_nobody_polls(place: Place) -> None:
    kiosk, console = place.kiosk(), place.console()
    kiosk.append([entry("v1", 1)])
    slow = Pace(look=600, poll=600)
    with shipping(kiosk, place.login("A"), place.hub.key, slow) as (_, watch):
        watch.until(all_sent)
        wish = console.request("v1", "accept")
        eventually(lambda: [one.id for one in kiosk.requests()] == [wish])
        kiosk.answer(wish, True)
        eventually(lambda: console.requests() == [])
        assert console.is_running(kiosk.chain)
    assert not console.is_running(kiosk.chain)


def test_what_another_program_of_the_machine_wrote_is_sent_too(place: Place) -> None:
    kiosk, desk = place.kiosk(), place.kiosk(process="console")
    with shipping(kiosk, place.login("A"), place.hub.key):
        desk.append([entry("v1", 1)])
        eventually(lambda: links(place) == 1)


def test_closing_sends_what_is_left(place: Place) -> None:
    kiosk = place.kiosk()
    with shipping(kiosk, place.login("A"), place.hub.key) as (shipper, _):
        kiosk.append([entry("v1", n) for n in range(700)])
    assert links(place) == 700
    assert shipper.standing.state == "ended"
    kiosk.append([entry("v1", 701)])  # nobody is woken any more, and nothing breaks


def test_a_closed_ledger_ends_the_thread(place: Place) -> None:
    kiosk = place.kiosk()
    with shipping(kiosk, place.login("A"), place.hub.key) as (_, watch):
        watch.until(all_sent)
        kiosk.close()
        watch.until(lambda standing: standing.state == "ended")


@pytest.mark.parametrize("spoilt", ["password", "key", "terminal"])
def test_what_is_set_up_wrongly_is_told_with_its_remedy_and_reception_goes_on(
    place: Place, spoilt: str
) -> None:
    kiosk, login, key = place.kiosk("A"), place.login("A"), place.hub.key
    code = {"password": "hub_login", "key": "hub_key_differs", "terminal": "hub_terminal"}[spoilt]
    match spoilt:
        case "password":
            login = msgspec.structs.replace(login, passfile=None)
        case "key":
            key = BoxKey(bytes(range(32)))
        case _:
            login = place.login("B")
    with shipping(kiosk, login, key) as (shipper, watch):
        told = watch.until(lambda standing: standing.state == "refused")
        assert told.problem == code
        assert told.remedy
        kiosk.append([entry("v1", 1)])
        watch.until(lambda standing: standing.waiting == 1)
    assert links(place) == 0
    assert shipper.standing.state == "ended"


def test_a_server_that_is_killed_and_comes_back_gets_all_of_it_once(tmp_path: Path) -> None:
    postgres = PrivatePostgres(durable=True)
    try:
        postgres.start()
        hub = Hub(tmp_path / "hub", postgres=postgres)
        login = hub.let_in("A")
        with hub.terminal("A") as kiosk, shipping(kiosk, login, hub.key) as (_, watch):
            watch.until(all_sent)
            for round_ in range(3):
                kiosk.append([entry(f"v{round_}", n) for n in range(3)])
                postgres.kill()
                kiosk.append([entry(f"v{round_}", n) for n in range(3)])  # reception does not notice
                watch.until(lambda standing: standing.state == "away" and standing.waiting > 0)
                postgres.start()
                watch.until(all_sent)
            ours = [(one.seq, one.hash) for one in kiosk.links_after(kiosk.chain, 0, 999)]
            assert len(ours) == 18
            assert hub.sql("SELECT seq, hash FROM link ORDER BY seq") == ours
            assert hub.sql("SELECT position FROM link ORDER BY position") == [(n,) for n in range(1, 19)]
        states = [standing.state for standing in watch.seen]
        assert states[0] == "connected"
        assert states[-1] == "ended"
    finally:
        postgres.remove()


def test_a_bug_in_the_thread_is_logged_and_does_not_end_it(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk = place.kiosk()
    kiosk.append([entry("v1", 1)])
    calls: list[int] = []

    def broken(*arguments: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            raise ZeroDivisionError("with a name in it")
        return Session(*arguments)

    monkeypatch.setattr("kiosk.ledger.hub.shipper.Session", broken)
    with shipping(kiosk, place.login("A"), place.hub.key) as (_, watch):
        watch.until(all_sent)
    assert links(place) == 1
    assert "with a name in it" not in repr(watch.seen)
