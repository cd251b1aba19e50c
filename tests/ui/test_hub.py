"""The settings' [hub] and the command `uketsuke hub`, against a real server."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from kiosk.ledger import Ledger, Purged, SqliteLedger, stamp
from kiosk.ledger.hub.errors import HubAway
from tests.support.hub_sites import Site
from tests.support.ledgers import entry
from ui.compose_staff import build_console
from ui.composing.files import open_ledger
from ui.composing.hub import endpoint_of, open_hub_ledger, shipper_of
from ui.settings import Settings, SettingsError, read_settings

KEY = "uketsuke-hub+" + "A" * 43 + "="


@pytest.fixture
def site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Site:
    return Site(tmp_path, capsys)


@pytest.fixture
def kiosk(site: Site) -> Iterator[tuple[Settings, SqliteLedger]]:
    settings = read_settings(site.settings("A", "kiosk", site.made()))
    with open_ledger(settings) as ledger:
        yield settings, ledger


def test_a_hospital_sets_up_its_hub_with_three_commands(
    site: Site, kiosk: tuple[Settings, SqliteLedger]
) -> None:
    settings, ledger = kiosk
    ledger.append([entry("v1", 1, "WaitingForStaff", simulated=True)])
    shipper = shipper_of(settings, ledger)
    assert shipper is not None
    shipper.start()
    shipper.close(30)
    console_file = site.settings("R", "console", site.made(), f'key = "{site.key}"\n')
    console_settings = read_settings(console_file)
    assert shipper_of(console_settings, ledger) is None
    with closing(open_hub_ledger(console_settings)) as console:
        assert [visit.visit for visit in console.open_visits(())] == ["v1"]
        console.request("v1", "accept")
    code, out, _ = site.run("--settings", str(console_file), "hub", "status")
    assert code == 0
    assert "for trials" in out
    assert f"{ledger.chain}: 1 links, 1 after the last checkpoint, last heard of" in out
    code, out, _ = site.run("--settings", str(console_file), "hub", "verify")
    assert (code, out.splitlines()[0]) == (0, "hub: ok")
    code, out, _ = site.run("--settings", str(site.folder / "A.toml"), "hub", "status")
    assert (code, "lets in A as a kiosk" in out) == (0, True)


def test_status_ends_with_1_and_says_what_is_wrong(site: Site, kiosk: tuple[Settings, SqliteLedger]) -> None:
    _, ledger = kiosk
    console_file = site.settings("R", "console", site.made(), f'key = "{site.key}"\n')
    site.postgres.execute(
        "INSERT INTO chain (chain, terminal) VALUES (%s, 'A');", (ledger.chain,), site.database
    )
    site.postgres.execute("SELECT note_trouble(%s, 'gap', 7)", (ledger.chain,), site.database)
    site.postgres.execute("INSERT INTO presence VALUES (%s, 9, true, now())", (ledger.chain,), site.database)
    code, out, _ = site.run("--settings", str(console_file), "hub", "status")
    assert code == 1
    assert "9 links are not here yet" in out
    assert "gap at link 7, since" in out
    assert "R: let in, never seen" in out
    code, out, _ = site.run("--settings", str(console_file), "hub", "status", "--json")
    assert msgspec.json.decode(out)["chains"][0]["troubles"][0]["kind"] == "gap"


def test_affected_lists_what_somebody_touched_at_any_terminal_also_from_a_console_without_a_ledger(
    site: Site, kiosk: tuple[Settings, SqliteLedger]
) -> None:
    settings, ledger = kiosk
    ledger.append([entry("v1", 1, simulated=True), entry("v2", 2, simulated=True)])
    shipper = shipper_of(settings, ledger)
    assert shipper is not None
    shipper.start()
    shipper.close(30)
    console_file = site.settings("R", "console", site.made(), f'key = "{site.key}"\n')
    with closing(open_hub_ledger(read_settings(console_file))) as console:
        look = entry("v2", 3, "", type="VisitLookedAt", actor="staff:sato", simulated=True)
        console.append([look])

    def touched(*more: str) -> dict[str, set[str]]:
        command = ("--settings", str(console_file), "hub", "affected", "--since", look.at[:10], "--json")
        code, out, _ = site.run(*command, *more)
        assert code == 0
        return {one["visit"]: set(one["actors"]) for one in msgspec.json.decode(out)}

    assert touched().keys() == {"v1", "v2"}
    assert touched("--staff", "sato") == {"v2": {"staff:sato"}}
    assert touched("--terminal", "R") == {"v2": {"staff:sato"}}
    assert touched("--staff", "suzuki") == {}
    assert touched("--until", "2001-01-01") == {}


def test_the_health_page_of_a_console_at_the_hub_tells_its_own_last_signature(
    site: Site, kiosk: tuple[Settings, SqliteLedger]
) -> None:
    """Also where other terminals' checkpoints stand beside it, which its key does not open."""
    settings, ledger = kiosk
    ledger.append([entry("v1", 1, simulated=True)])
    assert ledger.checkpoint() is not None
    shipper = shipper_of(settings, ledger)
    assert shipper is not None
    shipper.start()
    shipper.close(30)
    console_settings = read_settings(site.settings("R", "console", site.made(), f'key = "{site.key}"\n'))
    with closing(build_console(console_settings)) as console:
        assert console.look_up().checkpoint == ""
        console.ledger.append([entry("v2", 2, simulated=True)])
        assert console.ledger.checkpoint() is not None
        assert console.look_up().checkpoint
        assert [one.terminal for one in console.look_up().kiosks] == ["A"]


OLD = "2019-03-02T03:00:00.000Z"


def erased(console: Ledger) -> list[str]:
    return [one.visit for one in console.entries() if isinstance(one.payload, Purged)]


def test_a_console_at_the_hub_keeps_retention_there_by_itself_every_day(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What staff wrote to visits at a hub stands in no kiosk's file, whose own retention would erase it."""
    settings = read_settings(site.settings("R", "console", site.made(), f'key = "{site.key}"\n'))
    with closing(build_console(settings)) as console:
        console.ledger.append([entry("old", 1, "Finished", at=OLD, simulated=True)])
        console.ledger.append([entry("new", 2, "Finished", at=stamp(datetime.now(UTC)), simulated=True)])
        with monkeypatch.context() as away:
            away.setattr(console.ledger, "last_purge", _away)
            with pytest.raises(HubAway):
                console.keep_house()
        assert erased(console.ledger) == []
        console.keep_house()
        assert erased(console.ledger) == ["old"]
        assert console.ledger.last_purge() is not None


def _away() -> None:
    raise HubAway


def test_the_command_erases_in_the_hub_what_is_older_than_a_day(site: Site) -> None:
    path = site.settings("R", "console", site.made(), f'key = "{site.key}"\n')
    settings = read_settings(path)
    with closing(open_hub_ledger(settings)) as console:
        console.append([entry("old", 1, "Finished", at=OLD, simulated=True)])
        code, out, _ = site.run("--settings", str(path), "purge", "--before", "2019-03-03")
        assert (code, out.split()[0]) == (0, "1")
        assert erased(console) == ["old"]
        limit = "SELECT current_setting('statement_timeout')"
        assert console._line.ask(lambda hub: hub.execute(limit.encode()).fetchone()) == ("30s",)


def test_a_kiosk_with_another_hubs_key_is_told(site: Site) -> None:
    site.made()
    path = site.settings("A", "kiosk", KEY)
    code, out, _ = site.run("--settings", str(path), "hub", "status")
    assert code == 1
    assert "it should be uketsuke-hub+" in out


def test_making_it_again_keeps_the_key_and_a_password_file_is_not_replaced(site: Site) -> None:
    assert site.made() == site.made()
    site.settings("A", "kiosk", KEY)
    passfile = site.folder / "A.pass"
    assert passfile.stat().st_mode & 0o777 == 0o600
    code, _, err = site.run("hub", "add-terminal", "A", *site.common, "--passfile", str(passfile))
    assert code == 2
    assert "is there already" in err


def test_a_login_by_certificate_has_no_password(site: Site) -> None:
    site.made()
    code, out, _ = site.run("hub", "add-terminal", "A", *site.common, "--certificate")
    assert (code, out.strip()) == (0, "uketsuke_kiosk_A: certificate")


def test_a_server_that_is_not_there_is_one_line_with_a_remedy(site: Site) -> None:
    code, _, err = site.run(
        "hub", "init", "--admin", f"host={site.folder} dbname=x", "--key", str(site.key), "--trial"
    )
    assert code == 2
    assert err.count("\n") == 1
    assert "check the network and the server" in err


def test_a_restored_hub_gets_a_new_name(site: Site) -> None:
    site.made()
    code, out, _ = site.run("hub", "restored", *site.common)
    assert code == 0
    name = out.split()[1].rstrip(":")
    assert site.postgres.execute("SELECT instance FROM hub", (), site.database) == [(name,)]


WRONG = {
    "port = 5432\nuser = 'x'": "hub.host: needed",
    "host = 'hub'": "hub.public_key: needed",
    f"host = 'hub'\npublic_key = '{KEY}'": "hub.tls: needed over a network",
    f"host = '/run'\npublic_key = '{KEY}'\nrole = 'console'": "hub.key: a console needs",
    f"host = 'hub'\npublic_key = '{KEY}'\ntls = {{authorities = 'ca', certificate = 'c'}}": "hub.tls: give certificate",
    "host = 'hub'\npublic_key = 'x'": "hub.public_key: ",
    "dsn = 'postgresql://a:b@hub'": "hub: Object contains unknown field `dsn`",
    "host = 'hub'\nport = 0": "hub.port: ",
}


@pytest.mark.parametrize("text", WRONG)
def test_settings_that_cannot_be_meant_are_refused_with_their_place(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(f"[hub]\n{text}\n")
    with pytest.raises(SettingsError, match=r"settings\.toml: ") as caught:
        read_settings(path)
    assert WRONG[text] in str(caught.value)


def test_what_the_settings_name_is_how_the_hub_is_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(
        f"terminal = 'B'\n[hub]\nhost = 'hub.example'\npublic_key = '{KEY}'\ntls.authorities = 'ca.pem'\n"
    )
    settings = read_settings(path)
    endpoint = endpoint_of(settings)
    assert (endpoint.user, endpoint.host, endpoint.authorities) == (
        "uketsuke_kiosk_B", "hub.example", tmp_path / "ca.pem",
    )  # fmt: skip
    assert endpoint.passfile is None
    (tmp_path / "hub.pass").write_text("x")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert endpoint_of(settings).passfile == tmp_path / "hub.pass"
    with pytest.raises(SettingsError, match=r"hub\.host"):
        endpoint_of(Settings())


def test_psycopg_is_loaded_only_where_a_hub_is_named() -> None:
    code = (
        "import sys, ui.cli, ui.compose, ui.composing.hub, ui.cli.hub, kiosk.ledger, kiosk.reception.reception;"
        "from ui.settings import Settings; assert ui.composing.hub.shipper_of(Settings(), None) is None;"
        "sys.exit('psycopg' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
