"""Neither PIN nor the individual number nor 照合番号B makes any difference that can be observed.

Two runs with the same seed and other secrets leave the same log, pages, files, decrypted ledger and trace. Besides,
unlikely secrets are searched for, in many forms, in everything that a run leaves behind.
"""

from __future__ import annotations

import base64
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from drivers.card import jpki
from kiosk.ledger import SqliteLedger
from simulator import scenarios
from simulator.card import codes
from simulator.playing.actor import wrong_pin
from simulator.playing.cast import cast, number_b
from simulator.playing.player import FAST, ledger_options, play
from simulator.scenarios import Scenario, load, load_file
from simulator.scenarios.scenario import Expect
from tests.support.canaries import as_bytes, decrypted, files_below, forms, found_in
from tests.support.command import uketsuke
from tests.support.onlooker import Observed, all_logs, observe, plain, visible_rows

pytestmark = pytest.mark.e2e

PINS, OTHER_PINS = ("7391", "5917"), ("4826", "9284")
"""Of authentication, and of the card's text."""
SCENARIOS = (
    "main", "pin_wrong_twice_then_right", "last_try_wrong_locks", "unregistered_registers", "consent_item_by_item",
    "service_killed_at_checking_pin", "link_error_status", "ledger_full", "national_wrong_person", "phone_android",
    "answer_invalid", "certificate_expired", "answer_no_record", "declared_with_number_b", "declared_after_wrong_key",
    "declared_last_text_try_used", "declared_card_taken_midway", "known_by_number", "road_reader_away",
    "self_pay_in_english", "phone_wrong_pin_once", "phone_lost_before_the_pin", "phone_lost_with_the_pin",
    "phone_never_held_again", "phone_swapped_for_a_card",
)  # fmt: skip


def observed(scenario_id: str, pins: tuple[str, str], folder: Path) -> Observed:
    return observe(with_pins(load(scenario_id), pins), folder)


def with_pins(scenario: Scenario, pins: tuple[str, str]) -> Scenario:
    return replace(scenario, card=replace(scenario.card, pin=pins[0], text_pin=pins[1]))


def other_numbers(patch: pytest.MonkeyPatch) -> None:
    """Everybody has another individual number and another 照合番号B."""
    number, code = codes.individual_number, codes.verification_code_b
    patch.setattr(codes, "individual_number", lambda persona_id: number(f"{persona_id}, another"))
    patch.setattr(codes, "verification_code_b", lambda born, expiry, _security: code(born, expiry, "9753"))


@pytest.mark.parametrize("scenario_id", SCENARIOS)
def test_other_secrets_make_no_difference(
    scenario_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_folder, other_folder = tmp_path / "one", tmp_path / "other"
    one = observed(scenario_id, PINS, one_folder)
    other_numbers(monkeypatch)
    other = observed(scenario_id, OTHER_PINS, other_folder)
    assert plain(one.result, one_folder) == plain(other.result, other_folder)
    assert one.views == other.views
    assert one.log == other.log
    assert one.files == other.files
    assert visible_rows(one) == visible_rows(other)


def test_a_difference_would_be_seen(tmp_path: Path) -> None:
    """The comparison is not blind: another seed, which is no secret, does make one."""
    one = observed("main", PINS, tmp_path / "one")
    other = observed("pin_wrong_twice_then_right", PINS, tmp_path / "other")
    assert one.rows != other.rows
    assert one.result.trace != other.result.trace


# ------------------------------------------------------------------------------------- canaries


def secrets_of(scenario: Scenario) -> list[str]:
    """The digits that were typed or might be on the card of the scenario's person."""
    persona = cast(scenario)
    typed = (persona.card.pin, persona.card.text_pin, number_b(persona, scenario.visit.date))
    return [*typed, *map(wrong_pin, typed), codes.individual_number(persona.id)]


@pytest.mark.parametrize(
    "scenario_id",
    [
        "main",
        "pin_wrong_twice_then_right",
        "declared_after_wrong_key",
        "declared_with_number_b",
        "phone_lost_before_the_pin",
    ],
)
def test_the_command_leaves_no_secret_anywhere(scenario_id: str, tmp_path: Path) -> None:
    """Pictures, documents, ledger raw and decrypted, temporary files, standard output and error."""
    text = (Path(scenarios.__file__).parent / f"{scenario_id}.toml").read_text(encoding="utf-8")
    given = tmp_path / "given"
    given.mkdir()
    file = given / "mine.toml"
    title, rest = text.split("\n", 1)
    card = f'[card]\npin = "{PINS[0]}"\ntext_pin = "{PINS[1]}"'
    file.write_text(f"{title}\n{card}\n{rest}", encoding="utf-8")
    left, temporary = tmp_path / "left", tmp_path / "temporary"
    temporary.mkdir()
    done = uketsuke(
        "simulate", file, "--ledger", left / "ledger", "--shots", left / "shots", "--panel", "small",
        "--json", "--trace",
        environment={"TMPDIR": str(temporary)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    secrets = secrets_of(load_file(file))
    assert found_in(done.stdout.encode() + done.stderr.encode(), secrets) == []
    assert found_in(as_bytes(decrypted(left / "ledger")), secrets) == []
    looked_at = {path: _content(data) for path, data in (*files_below(left), *files_below(temporary))}
    assert {path.suffix for path in looked_at} >= {".png", ".pdf", ".json", ".db"}
    assert {path.name: found for path, data in looked_at.items() if (found := found_in(data, secrets))} == {}


def _content(data: bytes) -> bytes:
    """Without the table of a PDF in which every object's place is told: among so many numbers there is any."""
    return data.rpartition(b"\nxref\n")[0] if data.startswith(b"%PDF") else data


def test_a_bug_on_the_card_thread_does_not_tell_what_it_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exception with the PIN in its text, its arguments and its variables."""

    def bug(_channel: object, _message: bytes) -> bytes:
        digits = PINS[0]
        raise ValueError(f"not {digits}", digits)

    monkeypatch.setattr(jpki, "sign", bug)
    scenario = replace(with_pins(load("main"), PINS), expect=Expect(outcome="accepted_by_evidence"))
    making = replace(
        FAST, ledger=lambda scenario, world: SqliteLedger(tmp_path, ledger_options(scenario, world))
    )
    with all_logs() as log:
        result = play(scenario, making)
    assert result.failed == ()
    assert result.reasons == ("terminal_fault",)
    assert any("ValueError" in str(line) for line in log), "the bug is told of"
    assert found_in(repr(log).encode() + msgspec.json.encode(result), secrets_of(scenario)) == []
    assert found_in(as_bytes(decrypted(tmp_path)), secrets_of(scenario)) == []


@pytest.mark.parametrize("form", forms("123456789018"))
def test_a_secret_would_be_found_in_every_form(form: str) -> None:
    secret = "123456789018"
    hidden = b"something else " + forms(secret)[form] + b" and more"
    assert found_in(hidden, ["7391", secret]) == [f"secret 1 as {form}"]


def test_base64_is_found_wherever_the_secret_begins() -> None:
    for before in range(6):
        encoded = base64.b64encode(b"x" * before + b"123456789018" + b"after it")
        assert found_in(encoded, ["123456789018"])
