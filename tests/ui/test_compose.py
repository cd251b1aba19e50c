"""Composing a terminal: what settings choose, what production can never have, and that all is ended again."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from msgspec.structs import replace

from kiosk.coverage.services import Capability
from kiosk.ledger import Entry, LedgerError, stamp
from kiosk.ledger.errors import ChainInUse, SimulatedRefused
from kiosk.visit.acts import Act
from kiosk.visit.views import VisitView
from simulator.card import issue
from simulator.people import load
from tests.support.certificates import make_issuer
from ui.compose import Terminal, build
from ui.composing.files import open_ledger
from ui.composing.papers import ticket_maker
from ui.composing.policy import policy_of
from ui.settings import Card, Eligibility, LedgerPart, Limits, Reader, Settings, SettingsError, Ticket

PATIENCE_S = 15.0


class Screen:
    """Takes views as they come and lets a test wait for one."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.views: list[VisitView] = []

    def show(self, view: VisitView) -> None:
        with self._changed:
            self.views.append(view)
            self._changed.notify_all()

    def until(self, holds: Callable[[VisitView], bool]) -> VisitView:
        with self._changed:
            assert self._changed.wait_for(lambda: holds(self.views[-1]), PATIENCE_S), self.views[-1]
            return self.views[-1]

    def sees(self, state: str) -> VisitView:
        return self.until(lambda view: view.state == state)


@contextmanager
def running(settings: Settings) -> Iterator[tuple[Terminal, Screen]]:
    screen = Screen()
    terminal = build(settings, screen.show)
    try:
        yield terminal, screen
    finally:
        terminal.close()


def real(folder: Path) -> Settings:
    """Production parts whose reader nobody needs."""
    anchors = folder / "anchors"
    anchors.mkdir(exist_ok=True)
    issuer = make_issuer("current")
    (anchors / "issuer.pem").write_bytes(issuer.certificate.public_bytes(Encoding.PEM))
    return Settings(
        profile="production",
        data=folder / "data",
        reader=Reader(kind="pcsc"),
        eligibility=Eligibility(kind="none"),
        card=Card(anchors=anchors),
    )


def test_a_simulated_terminal_confirms_an_eligibility_over_https(tmp_path: Path) -> None:
    with running(Settings(data=tmp_path, ticket=Ticket(folder=tmp_path / "tickets"))) as (terminal, screen):
        assert terminal.simulated is not None
        assert terminal.simulated.reader is not None
        card = issue(load("yamada"), datetime.now(UTC).date())
        assert card is not None
        terminal.simulated.reader.insert(card)
        screen.sees("ChoosingVerification")
        terminal.inbox.send(Act("PinChosen"))
        screen.sees("EnteringPin")
        slot = terminal.secrets.put(bytearray(b"1234"))
        terminal.inbox.send(Act("PinEntered", (("slot", slot),)))
        screen.sees("AskingConsent")
        terminal.inbox.send(Act("ConsentAllGiven"))
        screen.sees("Confirmed")
        terminal.inbox.send(Act("Acknowledged"))
        screen.sees("TakeCard")
        terminal.simulated.reader.remove()
        assert screen.sees("Finished").number == "A001"


def test_nothing_is_left_running_after_the_end(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with running(Settings(data=tmp_path)) as (terminal, screen):
        screen.sees("Welcome")
    assert {thread.name for thread in threading.enumerate() if thread not in before} == set()
    terminal.close()  # a second time does nothing


@pytest.mark.parametrize(
    "broken",
    [
        {"card": Card(anchors=Path("/nowhere"))},
        {"card": Card(face_issuers=Path("/nowhere"))},
        {"eligibility": Eligibility(kind="oqs_folder")},
        {"eligibility": Eligibility(kind="oqs_web_api", url="https://127.0.0.1:1")},
    ],
    ids=["anchors", "issuers", "folders", "tls"],
)
def test_what_had_started_is_ended_when_a_part_cannot_be_made(
    tmp_path: Path, broken: dict[str, object]
) -> None:
    before = set(threading.enumerate())
    with pytest.raises(SettingsError):
        build(replace(Settings(data=tmp_path), **broken), lambda _view: None)
    assert set(threading.enumerate()) <= before
    with running(Settings(data=tmp_path)) as (_terminal, screen):  # the ledger is free
        screen.sees("Welcome")


@pytest.mark.parametrize(
    "part",
    [
        {"reader": Reader(kind="simulated")},
        {"eligibility": Eligibility(kind="simulated")},
        {"card": Card()},
    ],
    ids=["reader", "eligibility", "issuers"],
)
def test_a_simulated_part_in_production_ends_the_start_whatever_the_file_said(
    tmp_path: Path, part: dict[str, object]
) -> None:
    with pytest.raises(SettingsError, match="production"):
        build(replace(real(tmp_path), **part), lambda _view: None)


WITHOUT_SIMULATOR = """
import sys
from pathlib import Path
from ui.compose import build
from ui.settings import read_settings

build(read_settings(Path(sys.argv[1])), lambda view: None).close()
print([name for name in sys.modules if name.split(".")[0] == "simulator" or name == "PySide6"])
"""


def test_a_production_terminal_needs_neither_simulator_nor_qt(tmp_path: Path) -> None:
    real(tmp_path)
    path = tmp_path / "settings.toml"
    path.write_text(
        'profile = "production"\ndata = "data"\n[reader]\nkind = "pcsc"\n[eligibility]\nkind = "none"\n'
        '[card]\nanchors = "anchors"\n',
        encoding="utf-8",
    )
    command = [sys.executable, "-c", WITHOUT_SIMULATOR, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def entry(*, simulated: bool) -> Entry:
    return Entry(
        visit="v", id="e", type="CardInserted", at=stamp(datetime.now(UTC)), mono_ms=0, actor="reader",
        state="ReadingCard", simulated=simulated, payload=b"{}",
    )  # fmt: skip


def test_a_production_ledger_refuses_what_was_simulated(tmp_path: Path) -> None:
    with open_ledger(real(tmp_path)) as ledger:
        ledger.append([entry(simulated=False)])
        with pytest.raises(SimulatedRefused):
            ledger.append([entry(simulated=True)])


def test_a_terminal_runs_once(tmp_path: Path) -> None:
    with open_ledger(Settings(data=tmp_path)), pytest.raises(ChainInUse):
        open_ledger(Settings(data=tmp_path))


def test_the_own_folder_for_checkpoints_is_made_and_a_named_one_is_not(tmp_path: Path) -> None:
    with open_ledger(Settings(data=tmp_path / "a")):
        assert (tmp_path / "a" / "checkpoints").is_dir()
    share = tmp_path / "share"
    with open_ledger(Settings(data=tmp_path / "b", ledger=LedgerPart(checkpoints=share))) as ledger:
        ledger.append([entry(simulated=True)])
        result = ledger.checkpoint()
    assert not share.exists()
    assert result is not None
    assert result.waiting == 1


def test_housekeeping_runs_by_itself_between_visits_and_not_during_one(tmp_path: Path) -> None:
    with running(Settings(data=tmp_path, limits=Limits(closing=1))) as (terminal, screen):
        terminal.inbox.send(Act("WayChosen", (("way", "no_card"),)))
        screen.sees("ExplainingNoCard")
        terminal.reception.keep_house()
        assert terminal.ledger.last_purge() is None
        terminal.inbox.send(Act("StaffActed", (("action", "restart"), ("staff", "x"))))
        screen.sees("Welcome")
        waiting = threading.Event()
        until = time.monotonic() + PATIENCE_S
        while terminal.ledger.last_purge() is None and time.monotonic() < until:
            waiting.wait(0.02)
        assert terminal.ledger.last_purge() is not None


def test_data_that_cannot_be_written_is_an_error_that_names_the_place(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises((SettingsError, LedgerError), match="data"):
        open_ledger(Settings(data=tmp_path / "file"))


def test_limits_and_language_of_the_settings_become_the_visit_s_policy() -> None:
    settings = Settings(limits=Limits(page=90, warning=30, closing=5), eligibility=Eligibility(deadline_s=7))
    policy = policy_of(settings, frozenset({Capability.BY_CARD}))
    assert (policy.limits.page, policy.limits.warning, policy.limits.closing) == (90_000, 30_000, 5_000)
    assert policy.limits.asking == 17_000, "the page outlives the question"
    assert policy.capabilities == {Capability.BY_CARD}
    assert policy.wording_version
    assert not policy.hides_front
    swallowing = replace(settings, screen=replace(settings.screen, reader_picture="slot"))
    assert policy_of(swallowing, frozenset()).hides_front


def test_a_ticket_carries_the_facility_and_the_moment_to_the_second() -> None:
    at = datetime(2026, 11, 24, 1, 2, 3, 456_789, UTC)
    make = ticket_maker(Settings(), lambda: at)
    assert make("A001", "ja").startswith(b"%PDF")
    assert make("A001", "ja") == ticket_maker(Settings(), lambda: at.replace(microsecond=0))("A001", "ja")


def test_the_day_of_the_simulated_issuers_is_the_day_in_japan(monkeypatch: pytest.MonkeyPatch) -> None:
    from ui.composing import clock

    class Late(datetime):
        @classmethod
        def now(cls, _zone: object = None) -> Late:
            return cls(2026, 11, 23, 15, 0, tzinfo=UTC)

    monkeypatch.setattr(clock, "datetime", Late)
    assert clock.today() == date(2026, 11, 24)


def test_the_folder_of_checkpoints_is_this_user_s_own(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    open_ledger(settings).close()
    assert settings.checkpoints_folder.stat().st_mode & 0o777 == 0o700
