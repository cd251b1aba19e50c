"""A connection that breaks at any byte loses nothing and doubles nothing."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kiosk.ledger import LedgerError, Options
from kiosk.ledger.hub.audit import told_keys, verify_hub
from kiosk.ledger.hub.endpoint import Endpoint, connect
from kiosk.ledger.hub.errors import CommitUnknown, HubAway
from kiosk.ledger.hub.ledger import HubLedger
from kiosk.ledger.hub.sealing import load_hub_keys
from kiosk.ledger.hub.session import Session
from kiosk.ledger.keys import Keys
from tests.support.cutting import Cut, Network
from tests.support.hubs import Hub
from tests.support.ledgers import VirtualClock, entry

CUTS = st.lists(st.builds(Cut, st.sampled_from(["there", "back"]), st.integers(0, 12_000)), max_size=6)
MANY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@contextmanager
def behind(login: Endpoint, hub: Hub, cuts: list[Cut]) -> Iterator[Endpoint]:
    """The same hub, seen through a network that breaks."""
    folder = Path(tempfile.mkdtemp(prefix="uk-net-"))
    assert login.passfile is not None
    secret = login.passfile.read_text().strip().rpartition(":")[2]
    passfile = folder / "pass"
    passfile.write_text(f"*:*:*:*:{secret}\n")
    passfile.chmod(0o600)
    try:
        with Network(folder / hub.postgres.socket.name, hub.postgres.socket, tuple(cuts)):
            yield msgspec.structs.replace(login, host=str(folder), passfile=passfile)
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cut")


def fresh(base: Path, name: str) -> Path:
    return Path(tempfile.mkdtemp(prefix=name, dir=base))


@MANY
@given(CUTS)
@example([Cut("back", 2_600), Cut("there", 4_000), Cut("back", 0)])
def test_a_terminals_links_arrive_once_and_requests_come_once(base: Path, cuts: list[Cut]) -> None:
    folder = fresh(base, "ship")
    hub = Hub(folder)
    login, desk = hub.let_in("A"), hub.let_in("R", "console")
    with ExitStack() as closing:
        kiosk = closing.enter_context(hub.terminal("A"))
        console = closing.enter_context(hub.console(desk))
        kiosk.append([entry(f"v{n % 5}", n) for n in range(20)])
        with connect(login, "first") as first:
            Session(kiosk, first, hub.key).ship()
        wishes = [console.request(f"v{n}", "accept") for n in range(3)]
        kiosk.append([entry("v1", n) for n in range(20, 60)])
        there = closing.enter_context(behind(login, hub, cuts))
        answered: list[str] = []
        for _ in range(len(cuts) + 1):
            try:
                with connect(there, "test") as connection:
                    session = Session(kiosk, connection, hub.key)
                    session.ship()
                    session.bring_back()
                    for request in kiosk.requests():
                        kiosk.answer(request.id, True, entries=[entry(request.visit, 70, "Confirmed")])
                        answered.append(request.id)
                    session.ship()
                    assert session.stuck == {}
            except HubAway:
                continue
        assert sorted(answered) == sorted(wishes)
        ours = [(one.seq, one.hash) for one in kiosk.links_after(kiosk.chain, 0, 999)]
        assert hub.sql("SELECT seq, hash FROM link WHERE chain = %s ORDER BY seq", (kiosk.chain,)) == ours
        assert {one.id: one.accepted for one in console.requests(unanswered=False)} == dict.fromkeys(
            wishes, True
        )
        assert hub.sql("SELECT count(*) FROM unheeded") == [(0,)]
        assert hub.sql("SELECT count(*) FROM trouble") == [(0,)]
        with console.snapshot() as source:
            assert verify_hub(source, {}).verdict == "ok"


@MANY
@given(CUTS, st.floats(0, 0.3))
@example([Cut("back", 3_000), Cut("back", 0), Cut("back", 0)], 0.0)
def test_what_a_console_was_told_is_what_happened(base: Path, cuts: list[Cut], settle_s: float) -> None:
    folder = fresh(base, "desk")
    hub = Hub(folder)
    desk = hub.let_in("R", "console")
    done, failed, unknown = [], [], []
    with behind(desk, hub, cuts) as there:
        ledger = None
        for n in range(12):
            try:
                if ledger is None:
                    ledger = HubLedger(
                        there, Options(terminal="R", process="console", clock=VirtualClock()),
                        keys=Keys(bytes(32), bytes(32)), hub_keys=load_hub_keys(hub.key_file), settle_s=settle_s,
                    )  # fmt: skip
                ledger._line._not_before = 0  # no pause between attempts
                ledger.append([entry(f"v{n}", n)])
                done.append(f"event-{n:04d}")
            except CommitUnknown:
                unknown.append(f"event-{n:04d}")
            except HubAway:
                failed.append(f"event-{n:04d}")
        if ledger is not None:
            ledger.close()
    rows = hub.sql("SELECT core::jsonb ->> 'id' FROM link ORDER BY position")
    times = Counter(name for (name,) in rows)
    assert all(times[name] == 1 for name in done)
    assert all(times[name] == 0 for name in failed)
    assert all(times[name] <= 1 for name in unknown)
    assert len(done) + len(failed) + len(unknown) == 12
    assert len(failed) + len(unknown) <= 2 * len(cuts)


def test_a_console_rides_out_a_short_outage_without_anybody_noticing(base: Path) -> None:
    hub = Hub(fresh(base, "ride"))
    desk = hub.let_in("R", "console")
    with ExitStack() as closing:
        there = closing.enter_context(behind(desk, hub, []))
        options = Options(terminal="R", process="console")
        ledger = closing.enter_context(
            HubLedger(there, options, keys=Keys(bytes(32), bytes(32)), hub_keys=load_hub_keys(hub.key_file))
        )
        ledger.append([entry("v1", 1)])
        hub.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", (desk.user,))
        assert [one.seq for one in ledger.entries()] == [1]
        hub.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", (desk.user,))
        assert ledger.append([entry("v1", 2)]).seq == 2
        with connect(desk, "auditor") as auditor:
            keys = told_keys(auditor)
        with ledger.snapshot() as source:
            assert verify_hub(source, keys).verdict == "ok"


def test_while_the_hub_is_away_a_console_says_so_at_once_and_goes_on_when_it_is_back(base: Path) -> None:
    hub = Hub(fresh(base, "away"))
    desk = hub.let_in("R", "console")
    folder = Path(tempfile.mkdtemp(prefix="uk-net-"))
    assert desk.passfile is not None
    passfile = folder / "pass"
    passfile.write_text(f"*:*:*:*:{desk.passfile.read_text().strip().rpartition(':')[2]}\n")
    passfile.chmod(0o600)
    with Network(folder / hub.postgres.socket.name, hub.postgres.socket) as network:
        there = msgspec.structs.replace(desk, host=str(folder), passfile=passfile)
        ledger = HubLedger(
            there, Options(terminal="R", process="console"),
            keys=Keys(bytes(32), bytes(32)), hub_keys=load_hub_keys(hub.key_file), settle_s=0,
        )  # fmt: skip
        ledger.append([entry("v1", 1)])
        network.away(True)
        for use in (ledger.heads, lambda: ledger.append([entry("v1", 2)]), lambda: ledger.requests()):
            with pytest.raises(HubAway) as caught:
                use()
            assert isinstance(caught.value, LedgerError)
            assert caught.value.__cause__ is None
        network.away(False)
        ledger._line._not_before = 0
        assert ledger.append([entry("v1", 3)]).seq == 2
        ledger.close()
    shutil.rmtree(folder)


def test_a_frozen_connection_of_ours_cannot_write_after_a_new_one_was_made(base: Path) -> None:
    """The server may still hold a statement of ours when the network is back: it is ended before we look."""
    hub = Hub(fresh(base, "frozen"))
    desk = hub.let_in("R", "console")
    with hub.console(desk) as ledger:
        ledger.append([entry("v1", 1)])
        old = ledger._line.require()
        ledger._line._hub = None  # as if it had gone away
        assert ledger.append([entry("v1", 2)]).seq == 2
        assert not _lives(hub, old.info.backend_pid)
        old.close()


def _lives(hub: Hub, pid: int) -> bool:
    return bool(hub.sql("SELECT 1 FROM pg_stat_activity WHERE pid = %s", (pid,)))


def test_a_terminal_that_dies_in_the_middle_holds_up_nobody(base: Path) -> None:
    hub = Hub(fresh(base, "lock"))
    first, second = hub.let_in("A"), hub.let_in("B")
    with hub.terminal("A") as dying, hub.terminal("B") as living, behind(first, hub, []) as there:
        for ledger in (dying, living):
            ledger.append([entry(f"v-{ledger.chain}", 1)])
        connection = connect(there, "dying")
        session = Session(dying, connection, hub.key)
        connection.execute("BEGIN")
        assert session.ship() == 1  # holds the place of the next position
        _cut_off(hub, connection.info.backend_pid)
        with connect(second, "living") as other:
            assert Session(living, other, hub.key).ship() == 1
        connection.close()
        assert hub.sql("SELECT chain, position FROM link") == [(living.chain, 1)]


def _cut_off(hub: Hub, pid: int) -> None:
    hub.sql("SELECT pg_terminate_backend(%s, 10000)", (pid,))
