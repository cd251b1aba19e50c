"""What a facility turned, and why, stands in the ledger from the day it did."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kiosk.evidence.case import Switched
from kiosk.ledger import Record, SqliteLedger
from kiosk.ledger.backup import backup, restore
from kiosk.reception.rules_in_force import record_rules
from tests.support.ledgers import PASSPHRASE, AnyLedger, Kit, MemoryKit, SqliteKit, entry
from tests.support.visits import moment

STRICT = Switched(switch="paper_with_unregistered_card", on=False, because="院内規程 第3条")
SAVING = Switched(switch="first_visit_saving", on=True, because="患者さんからの質問が多いため")


@pytest.fixture(params=[SqliteKit, MemoryKit], ids=["sqlite", "memory"])
def kit(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kit]:
    kit: Kit = SqliteKit(tmp_path / "ledger") if request.param is SqliteKit else MemoryKit()
    yield kit
    kit.finish()


def start(ledger: AnyLedger, *switched: Switched, id: str = "n1") -> bool:
    return record_rules(ledger, switched, id, moment(), simulated=False)


def notes(ledger: AnyLedger) -> list[Record]:
    return [record for record in ledger.entries() if record.type == "RulesSwitched"]


def told(record: Record) -> object:
    assert isinstance(record.payload, bytes)
    return json.loads(record.payload)


def test_a_turn_is_noted_with_its_reason_and_belongs_to_no_visit(kit: Kit) -> None:
    ledger = kit.open()
    assert start(ledger, STRICT)
    (note,) = notes(ledger)
    assert told(note) == {
        "switched": [
            {"switch": "paper_with_unregistered_card", "on": False, "because": "院内規程 第3条"},
        ]
    }
    assert (note.visit, note.state, note.actor, note.simulated) == ("", "", "system", False)
    assert ledger.open_visits(()) == []


def test_rules_as_shipped_need_no_note(kit: Kit) -> None:
    ledger = kit.open()
    assert not start(ledger)
    assert notes(ledger) == []


def test_only_a_change_is_noted(kit: Kit) -> None:
    ledger = kit.open()
    assert start(ledger, STRICT, SAVING, id="n1")
    assert not start(ledger, SAVING, STRICT, id="n2"), "the order in a file says nothing"
    other_reason = Switched(switch=SAVING.switch, on=True, because="別の理由")
    assert start(ledger, STRICT, other_reason, id="n3")
    assert start(ledger, id="n4"), "back to the rules as shipped"
    assert not start(ledger, id="n5")
    assert [record.id for record in notes(ledger)] == ["n1", "n3", "n4"]
    assert told(notes(ledger)[-1]) == {"switched": []}


def test_the_last_turn_of_a_switch_counts(kit: Kit) -> None:
    ledger = kit.open()
    again = Switched(switch=STRICT.switch, on=True, because="取りやめ")
    assert start(ledger, STRICT, again, id="n1")
    assert not start(ledger, again, id="n2")


def test_a_note_outlives_retention_and_is_not_noted_again(kit: Kit) -> None:
    ledger = kit.open()
    ledger.append([entry("v1", 1, "Finished")])
    assert start(ledger, STRICT, id="n1")
    kit.clock.advance(days=5)
    assert ledger.purge(date(2026, 3, 5)).erased == 1
    assert told(notes(ledger)[0])
    assert not start(ledger, STRICT, id="n2")
    assert kit.verify().verdict == "ok"


def test_each_terminal_notes_for_itself(kit: Kit) -> None:
    first, second = kit.open(), kit.open("console")
    assert start(first, STRICT, id="n1")
    assert start(second, STRICT, id="n2")
    assert not start(first, STRICT, id="n3")


def test_a_simulated_kiosk_says_so(kit: Kit) -> None:
    ledger = kit.open()
    assert record_rules(ledger, [STRICT], "n1", moment(), simulated=True)
    assert notes(ledger)[0].simulated


def test_a_restored_ledger_remembers_what_was_noted_under_its_former_name(tmp_path: Path) -> None:
    with SqliteLedger(tmp_path / "old") as ledger:
        assert start(ledger, STRICT, id="n1")
    backup(tmp_path / "old", tmp_path / "copy", PASSPHRASE, cost=14)
    restore(tmp_path / "copy", tmp_path / "new", PASSPHRASE)
    with SqliteLedger(tmp_path / "new") as ledger:
        assert not start(ledger, STRICT, id="n2")
        assert start(ledger, id="n3")
