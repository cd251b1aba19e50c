"""Visits that a crash interrupted are closed at the next start, whatever the chain is called by then."""

from __future__ import annotations

from pathlib import Path

from kiosk.ledger import Options, SqliteLedger
from kiosk.ledger.backup import backup, restore
from kiosk.reception.recording import CLOSED, close_interrupted
from tests.support.ledgers import PASSPHRASE, SqliteKit, VirtualClock, entry
from tests.support.visits import moment


def opened(folder: Path, process: str = "kiosk", terminal: str = "A") -> SqliteLedger:
    return SqliteLedger(folder, Options(terminal=terminal, process=process, clock=VirtualClock()))


def test_an_interrupted_visit_is_closed_once(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        ledger.append([entry("v1", 1), entry("v1", 2, "LookingUp"), entry("v2", 3, "Finished")])
    with opened(tmp_path) as ledger:
        assert close_interrupted(ledger, "new", moment(), simulated=False) == ["v1"]
        assert ledger.open_visits(CLOSED) == []
        assert close_interrupted(ledger, "newer", moment(), simulated=False) == []


def test_also_after_a_restore_has_given_the_chain_another_name(tmp_path: Path) -> None:
    with opened(tmp_path / "old") as ledger:
        ledger.append([entry("v1", 1), entry("v1", 2, "LookingUp")])
        former = ledger.chain
    backup(tmp_path / "old", tmp_path / "copy", PASSPHRASE, cost=14)
    restore(tmp_path / "copy", tmp_path / "new", PASSPHRASE)
    with opened(tmp_path / "new") as ledger:
        assert ledger.chain != former
        assert close_interrupted(ledger, "new", moment(), simulated=False) == ["v1"]
        assert ledger.open_visits(CLOSED) == []
    assert SqliteKit(tmp_path / "new").verify().verdict == "ok"


def test_visits_of_other_programs_and_terminals_are_theirs(tmp_path: Path) -> None:
    with (
        opened(tmp_path) as ledger,
        opened(tmp_path, "console") as console,
        opened(tmp_path, terminal="B") as other,
    ):
        console.append([entry("v1", 1)])
        other.append([entry("v2", 2)])
        assert close_interrupted(ledger, "new", moment(), simulated=False) == []
        assert len(ledger.open_visits(CLOSED)) == 2
