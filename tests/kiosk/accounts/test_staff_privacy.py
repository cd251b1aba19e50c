"""No password, code, token or key of the file in anything that is shown, logged, raised or told to the ledger."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path

import msgspec
import pytest
import structlog.testing

from kiosk.accounts.facts import AuditFact, What
from kiosk.accounts.managing import BY_COMMAND
from kiosk.accounts.outcomes import Outcome, Proof
from kiosk.accounts.passwords import Password
from kiosk.accounts.plugged_key import PluggedKey
from kiosk.accounts.records import Account, Session, Way
from kiosk.accounts.roles import Action, Role
from kiosk.accounts.sqlite import SqliteAccountFile
from kiosk.ledger.chain import RESERVED, canonical_json, encode_core
from kiosk.ledger.interface import Entry
from tests.support.soft_key import SoftKey
from tests.support.staff import OTHER, SECRET, WORD, Desk, needs, signed

GUESS = "kanarienvogel im bergwerk"


def test_nothing_shows_a_secret(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    outcomes: list[object] = []
    with structlog.testing.capture_logs() as logs, SqliteAccountFile(tmp_path / "accounts") as file:
        desk, key = Desk(file), SoftKey()
        desk.hire("sato")
        codes = desk.recovery_codes("sato")
        desk.add_key("sato", key)
        enter = desk.signing_in.sign_in
        outcomes += [enter("sato", Password(GUESS), "A"), enter(GUESS, Password(WORD), "B")]
        desk.clock.pass_(minutes=1)
        step = needs(enter("sato", Password(WORD), "A"))
        outcomes += [step, desk.signing_in.second(step.ticket, "A", Proof(Way.RECOVERY, GUESS))]
        desk.clock.pass_(minutes=1)
        proofs = [Proof(Way.RECOVERY, codes[0]), Proof(Way.TOTP, desk.code())]
        session = signed(desk.signing_in.second(step.ticket, "A", proofs[0]))
        stolen = desk.sessions.authorise(session.token, "B", Action.OPEN_VISIT)
        opened = signed(desk.signing_in.unlock(session.token, "A", Password(WORD)))
        own = desk.own(opened)
        offer = desk.managing.offer_totp(own, "sato")
        outcomes += [session, stolen, opened, own, offer, *proofs]
        outcomes += [desk.managing.set_password(own, "sato", Password(OTHER)), desk.managing.people()]
        outcomes += [desk.managing.new_recovery_codes(own, "sato"), desk.managing.offer_key(own, "sato")]
        asked = needs(enter("sato", Password(OTHER), "C"))
        said = PluggedKey(key.plugged).get(asked.key_options)
        outcomes.append(desk.signing_in.second(asked.ticket, "C", Proof(Way.KEY, said)))
        with file.transaction() as records:
            outcomes += [*records.all(Account), *records.all(Session)]
        outcomes += list(desk.signing_in._waiting.values())
    secrets = {WORD, OTHER, GUESS, SECRET, *codes, session.token, opened.token, step.ticket, offer.secret}
    facts = [fact for one in outcomes if isinstance(one, Outcome) for fact in one.facts]
    assert len(facts) > 8
    said_aloud = "\n".join([*map(repr, outcomes), *map(str, facts), str(logs), caplog.text])
    told = msgspec.json.encode(facts).decode() + "".join(str(fact.payload) for fact in facts)
    for secret in secrets:
        assert secret not in said_aloud
        assert secret not in told


def test_an_exception_on_the_way_quotes_nothing(tmp_path: Path) -> None:
    with SqliteAccountFile(tmp_path / "accounts") as file:
        desk = Desk(file)
        desk.hire("sato")
    try:
        desk.signing_in.sign_in("sato", Password(GUESS), "A")
    except Exception:
        text = traceback.format_exc()
        assert "closed" in text
        assert GUESS not in text
    else:
        pytest.fail("the file is closed")


@pytest.mark.parametrize("what", What)
def test_the_ledger_takes_each_fact_as_a_note(what: What) -> None:
    """What the floors above do with a fact: a note that moves no visit."""
    for fact in (
        AuditFact(
            what=what, name="sato", terminal="A", visit="v", action="void", why="x", about="y", reason="急患"
        ),
        AuditFact(what=what),
    ):
        assert fact.type not in RESERVED
        note = Entry(
            visit=fact.visit, id="1", type=fact.type, at="2026-03-02T08:30:00.000Z", mono_ms=0, actor=fact.actor,
            state="", payload=canonical_json(fact.payload),
        )  # fmt: skip
        assert encode_core(note, "A.console.0", "boot")


def test_what_a_person_wrote_is_in_the_part_that_can_be_erased(tmp_path: Path) -> None:
    desk = Desk()
    desk.hire("sato")
    desk.hire("root", Role.ADMINISTRATOR)
    session = desk.enter("sato")
    outcome = desk.sessions.break_glass(session.token, "A", Action.VOID, "見本様の付き添い")
    (fact,) = outcome.facts
    assert fact.payload["reason"] == "見本様の付き添い"
    assert "見本" not in f"{fact.type} {fact.actor} {fact.visit}"
    assert desk.managing.disable(BY_COMMAND, "sato").facts[0].payload == {"why": "disabled", "about": "sato"}
