"""What ``diagnose`` tells of the hub, against a real server: is it there, and does it have everything?"""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.ledger import SqliteLedger
from kiosk.ledger.hub.endpoint import connect
from kiosk.ledger.hub.reaching import reach
from kiosk.ledger.keys import Home, load_keys
from kiosk.ledger.schema import connect as open_file
from tests.support.hub_sites import Site
from tests.support.ledgers import entry
from ui.composing.files import open_ledger
from ui.composing.hub import endpoint_of, shipper_of
from ui.diagnosis import Finding, network
from ui.diagnosis.shared import hub
from ui.settings import HubPart, Settings, Tls, read_settings

OTHER_KEY = "uketsuke-hub+" + "A" * 43 + "="


@pytest.fixture
def site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Site:
    return Site(tmp_path, capsys)


def kiosk(site: Site, terminal: str = "A") -> Settings:
    return read_settings(site.settings(terminal, "kiosk", site.made()))


def ship(settings: Settings, ledger: SqliteLedger) -> None:
    shipper = shipper_of(settings, ledger)
    assert shipper is not None
    shipper.start()
    shipper.close(30)


def write(ledger: SqliteLedger, count: int, first: int = 1) -> None:
    for n in range(first, first + count):
        ledger.append([entry(f"v{n}", n, "WaitingForStaff", simulated=True)])


def found(settings: Settings) -> list[Finding]:
    told = list(hub(settings))
    assert all(bool(one.remedy) is (one.verdict != "ok") for one in told)
    return told


def last(settings: Settings) -> Finding:
    return found(settings)[-1]


def test_a_terminal_without_a_hub_has_nothing_to_ask() -> None:
    assert last(Settings()).detail == "none: this machine's ledger stands alone"


def test_a_kiosk_learns_what_is_missing_there_though_it_does_not_run(site: Site) -> None:
    settings = kiosk(site)
    assert [one.verdict for one in found(settings)] == ["ok", "ok"]
    assert "schema 1" in found(settings)[0].detail
    with open_ledger(settings) as ledger:
        write(ledger, 5)
        ship(settings, ledger)
        write(ledger, 3, first=6)
    behind = last(settings)
    assert (behind.verdict, behind.advice) == ("warning", "hub_behind")
    assert behind.detail.startswith("3 events are not in the hub; the newest there is of 20")
    with open_ledger(settings) as ledger:
        ship(settings, ledger)
    assert last(settings).detail.startswith("every event is in the hub; the newest there is of 20")


@pytest.mark.parametrize("shipped", [0, 1, 2, 7, 12, 13])
def test_the_place_is_found_wherever_it_is_and_asking_changes_nothing(site: Site, shipped: int) -> None:
    settings = kiosk(site)
    with open_ledger(settings) as ledger:
        write(ledger, shipped)
        if shipped:
            ship(settings, ledger)
        write(ledger, 13 - shipped, first=20)
        chain = ledger.chain
    home = Home(settings.ledger_folder)
    before = site.postgres.execute("SELECT count(*) FROM presence", (), site.database)
    file = open_file(home.database, load_keys(home).database, write=False)
    with connect(endpoint_of(settings), "test") as line:
        answer = reach(line, file, "A")
    file.close()
    assert (answer.behind, bool(answer.last), answer.forked) == (13 - shipped, shipped > 0, ())
    assert site.postgres.execute("SELECT count(*) FROM presence", (), site.database) == before
    stored = site.postgres.execute("SELECT count(*) FROM link WHERE chain = %s", (chain,), site.database)
    assert stored == [(shipped,)]


def test_another_history_in_the_hub_is_a_fault(site: Site) -> None:
    settings = kiosk(site)
    with open_ledger(settings) as ledger:
        write(ledger, 3)
        ship(settings, ledger)
    site.postgres.execute("ALTER TABLE link DISABLE TRIGGER ALL", (), site.database)
    site.postgres.execute("UPDATE link SET hash = sha256(hash) WHERE seq = 3", (), site.database)
    fault = last(settings)
    assert (fault.verdict, fault.advice) == ("fault", "hub_fork")
    assert "has another history" in fault.detail


def test_a_hub_that_is_away_stops_a_console_and_no_kiosk(site: Site) -> None:
    away = replace(kiosk(site).hub, host=str(site.folder))
    settings = replace(read_settings(site.folder / "A.toml"), hub=away)
    assert (last(settings).verdict, last(settings).advice) == ("warning", "hub_away")
    console = replace(settings, hub=replace(away, role="console", key=site.key))
    assert (last(console).verdict, last(console).advice) == ("fault", "hub_away")


def test_an_address_that_does_not_answer_is_given_up_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "WITHIN_S", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    part = HubPart(host="127.0.0.1", port=port, public_key=OTHER_KEY, tls=Tls(authorities=tmp_path / "x"))
    only = last(Settings(data=tmp_path, hub=part))
    assert (only.verdict, only.advice) == ("warning", "hub_away")


def test_each_thing_that_keeps_a_login_out_has_its_own_remedy(site: Site) -> None:
    settings = kiosk(site)
    wrong = {
        "hub_key_differs": replace(settings, hub=replace(settings.hub, public_key=OTHER_KEY)),
        "hub_terminal": replace(settings, terminal="B", hub=replace(settings.hub, user="uketsuke_kiosk_A")),
        "hub_login": replace(settings, hub=replace(settings.hub, database="postgres")),
    }
    for advice, given in wrong.items():
        assert (last(given).verdict, last(given).advice) == ("fault", advice), advice


def test_a_password_file_that_others_read_is_told(site: Site) -> None:
    settings = kiosk(site)
    assert settings.hub.passfile is not None
    settings.hub.passfile.chmod(0o644)
    only = last(settings)
    assert only.verdict == "fault"
    assert "key_exposed" in only.detail


def test_a_console_sees_what_is_missing_of_every_terminal(site: Site) -> None:
    settings = kiosk(site)
    with open_ledger(settings) as ledger:
        write(ledger, 2)
        ship(settings, ledger)
        chain = ledger.chain
    console = read_settings(site.settings("R", "console", site.made(), f'key = "{site.key}"\n'))
    assert last(console).detail == "of 1 chain nothing is missing"
    site.postgres.execute("UPDATE presence SET seq = 9 WHERE chain = %s", (chain,), site.database)
    site.postgres.execute("SELECT note_trouble(%s, 'gap', 7)", (chain,), site.database)
    told = {(one.verdict, one.advice) for one in found(console)}
    assert {("fault", "hub_fork"), ("warning", "hub_behind")} <= told
