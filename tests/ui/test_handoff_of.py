"""The hand-off as the settings compose it: a whole visit's files, what cannot go together, and what is refused."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.eligibility import oqs
from kiosk.handoff.fhir_check import problems
from kiosk.ledger import LedgerError
from kiosk.patients.memory import MemoryPatientFile
from kiosk.visit.acts import Act
from kiosk.visit.known import KnownPatient
from kiosk.visit.views import VisitView
from simulator.card import issue
from simulator.people import load
from tests.support.handoff import CODE, TARO, answer, visit_entries
from tests.support.webhook import WebHook
from ui.compose import build
from ui.composing.files import open_ledger
from ui.composing.handoff import handoff_of
from ui.settings import Facility, Handoff, Receiver, Settings, SettingsError, Tls, read_settings

PATIENCE_S = 15.0


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


@pytest.fixture
def hook() -> Iterator[WebHook]:
    with WebHook() as hook:
        yield hook


def with_receivers(data: Path, *receivers: Receiver) -> Settings:
    return Settings(
        data=data,
        facility=Facility(medical_institution_code=CODE),
        handoff=Handoff(receivers=receivers),
    )


def everything(folder: Path) -> tuple[Receiver, ...]:
    """One receiver of each form, for trials."""
    return (
        Receiver(name="receipt", format="oqs_xml", folder=folder, simulated=True),
        Receiver(name="chart", format="fhir", folder=folder, simulated=True),
        Receiver(name="table", format="csv", folder=folder, encoding="cp932", simulated=True),
        Receiver(name="queue", format="json", folder=folder, simulated=True),
    )


def secret(folder: Path) -> Path:
    file = folder / "secret"
    file.write_text("whsec_" + base64.b64encode(bytes(32)).decode())
    file.chmod(0o600)
    return file


class Screen:
    """Lets a test wait for a page."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._view: VisitView | None = None

    def show(self, view: VisitView) -> None:
        with self._changed:
            self._view = view
            self._changed.notify_all()

    def sees(self, state: str) -> None:
        def there() -> bool:
            return self._view is not None and self._view.state == state

        with self._changed:
            assert self._changed.wait_for(there, PATIENCE_S), self._view


def hand_over(settings: Settings) -> None:
    """What is due now, by a process of its own."""
    with open_ledger(settings, "console") as ledger:
        courier = handoff_of(settings, ledger)
        assert courier is not None
        with closing(courier):
            courier.run()


def test_a_simulated_visit_leaves_its_four_files_and_is_marked_in_each(tmp_path: Path, inbox: Path) -> None:
    settings, screen = with_receivers(tmp_path / "data", *everything(inbox)), Screen()
    hand_over(settings)
    terminal = build(settings, screen.show)
    try:
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
    finally:
        terminal.close()
    hand_over(settings)  # as far as the terminal had not done so itself
    files = list(inbox.iterdir())
    assert len(files) == 4
    assert all(file.name.startswith("simulated_uketsuke_") for file in files)
    by_kind = {_kind(file): file.read_bytes() for file in files}
    read = oqs.parse_answer(by_kind["xml"], asked_at="")
    assert not isinstance(read, oqs.Malformed)
    assert read.results[0].name == "山田　太郎"
    assert problems(by_kind["fhir"]) == []
    assert json.loads(by_kind["json"])["simulated"] is True
    assert "山田　太郎".encode("cp932") in by_kind["csv"]


def _kind(file: Path) -> str:
    return "fhir" if b'"resourceType":"Bundle"' in file.read_bytes() else file.suffix.removeprefix(".")


def test_a_web_hook_is_told_over_mutual_tls(tmp_path: Path, hook: WebHook) -> None:
    tls = Tls(authorities=hook.tls.authorities, certificate=hook.tls.certificate, key=hook.tls.key)
    wanted = Receiver(name="queue", format="json", url=hook.url, tls=tls, secret_file=secret(tmp_path))
    settings = with_receivers(tmp_path / "data", wanted)
    now = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    patients = MemoryPatientFile()
    patients.remember(_known(), now.date())
    with open_ledger(settings) as ledger:
        courier = handoff_of(settings, ledger, patients, now=lambda: now)
        assert courier is not None
        courier.run()
        ledger.append(visit_entries("v1", now + timedelta(seconds=1)))
        assert courier.run().taken == 1
        courier.close()
    (content,) = hook.kept.values()
    assert json.loads(content)["patient"]["patient_number"] == "001234"


def _known() -> KnownPatient:
    return KnownPatient(
        patient_number="001234", name_kana="ヤマダ　タロウ", birth_date="1981-05-20",
        insurer_number=TARO.insurer_number, insured_card_symbol=TARO.insured_card_symbol,
        insured_identification_number=TARO.insured_identification_number,
    )  # fmt: skip


def test_a_patient_file_that_cannot_be_read_holds_nothing_up(tmp_path: Path, inbox: Path) -> None:
    settings = with_receivers(tmp_path, Receiver(name="queue", format="json", folder=inbox))
    patients = MemoryPatientFile()
    patients.close()
    now = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    with open_ledger(settings) as ledger:
        courier = handoff_of(settings, ledger, patients, now=lambda: now)
        assert courier is not None
        with closing(courier):
            courier.run()
            ledger.append(visit_entries("v1", now, answer()))
            courier.run()
    (file,) = inbox.iterdir()
    assert json.loads(file.read_bytes())["patient"]["patient_number"] == ""


def test_without_receivers_nothing_is_handed_over_and_nothing_is_kept(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    with open_ledger(settings) as ledger:
        assert handoff_of(settings, ledger) is None
    assert not settings.handoff_folder.exists()


def test_a_certificate_or_a_secret_that_cannot_be_used_is_met_at_the_start(
    tmp_path: Path, hook: WebHook
) -> None:
    tls = Tls(authorities=hook.tls.authorities)
    bad: dict[str, Callable[[Receiver], Receiver]] = {
        "tls: nowhere.pem": lambda one: replace(one, tls=Tls(authorities=Path("/nowhere.pem"))),
        "secret_file: none": lambda one: replace(one, secret_file=tmp_path / "none"),
    }
    wanted = Receiver(name="queue", format="json", url=hook.url, tls=tls, secret_file=secret(tmp_path))
    with open_ledger(Settings(data=tmp_path)) as ledger:
        for problem, spoil in bad.items():
            with pytest.raises(SettingsError, match=f"handoff.receivers.0..{problem}"):
                handoff_of(with_receivers(tmp_path, spoil(wanted)), ledger)


def test_an_outbox_beside_a_ledger_whose_key_is_gone_is_not_opened(tmp_path: Path, inbox: Path) -> None:
    settings = with_receivers(tmp_path, Receiver(name="queue", format="json", folder=inbox))
    with open_ledger(settings) as ledger:
        (settings.ledger_folder / "ledger.key").rename(tmp_path / "aside")
        with pytest.raises(LedgerError):
            handoff_of(settings, ledger)


# -- what cannot go together -----------------------------------------------------------------------
HEAD = "[[handoff.receivers]]\nname = 'a'\n"
WRONG = {
    HEAD + "format = 'json'": "handoff.receivers[0]: give either folder or url",
    HEAD
    + "format = 'json'\nfolder = 'x'\nurl = 'https://h/'": "handoff.receivers[0]: give either folder or url",
    HEAD
    + "format = 'hl7'\nfolder = 'x'": "handoff.receivers[0].format: Invalid enum value 'hl7'; known are ",
    HEAD
    + "format = 'csv'\nurl = 'https://h/'": 'handoff.receivers[0].url: format = "csv" goes into a folder',
    HEAD + "format = 'json'\nurl = 'http://h/'": "handoff.receivers[0].url: must begin with https://",
    HEAD + "format = 'fhir'\nurl = 'https://h/'": "handoff.receivers[0].tls: needed for url",
    HEAD + "format = 'json'\nurl = 'https://h/'\ntls = { authorities = 'a' }": (
        "handoff.receivers[0].secret_file: needed for a web hook"
    ),
    HEAD + "format = 'csv'\nfolder = 'x'\n" + HEAD + "format = 'json'\nfolder = 'y'": (
        "handoff.receivers: two have the same name"
    ),
    "[[handoff.receivers]]\nname = 'A b'\nformat = 'csv'\nfolder = 'x'": "handoff.receivers[0].name: ",
    "[[handoff.receivers]]\nformat = 'csv'\nfolder = 'x'": "handoff.receivers[0]: ",
    HEAD + "format = 'json'\nfolder = 'x'\ndeadline_s = 600": "handoff.receivers[0].deadline_s: ",
    "[handoff]\nretention_days = 1": "handoff.retention_days: ",
}


@pytest.mark.parametrize("text", WRONG)
def test_settings_that_cannot_be_say_why(tmp_path: Path, text: str) -> None:
    assert WRONG[text] in _refusal(tmp_path, text)


PRODUCTION = """
profile = "production"
[reader]
kind = "pcsc"
[eligibility]
kind = "none"
[card]
anchors = "anchors"
"""


def test_a_production_terminal_sends_simulated_visits_to_nobody(tmp_path: Path) -> None:
    text = PRODUCTION + HEAD + "format = 'csv'\nfolder = 'x'\nsimulated = true"
    assert "receivers[0].simulated: a production terminal has no simulated visits" in _refusal(tmp_path, text)


def test_a_production_chart_needs_to_know_whose_patient_numbers_these_are(tmp_path: Path) -> None:
    for form in ("format = 'fhir'", "format = 'oqs_xml'\nfile_name = 'face_result'"):
        text = PRODUCTION + HEAD + f"{form}\nfolder = 'x'"
        assert "facility.medical_institution_code: needed for handoff.receivers[0]" in _refusal(
            tmp_path, text
        )


def _refusal(folder: Path, text: str) -> str:
    path = folder / "settings.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        read_settings(path)
    return str(caught.value)


def test_paths_begin_at_the_settings_and_the_defaults_lie_below_data(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(f"data = 'd'\n{HEAD}format = 'csv'\nfolder = 'in'\n", encoding="utf-8")
    settings = read_settings(path)
    assert settings.handoff.receivers[0].folder == tmp_path / "in"
    assert settings.handoff_folder == tmp_path / "d" / "handoff"
