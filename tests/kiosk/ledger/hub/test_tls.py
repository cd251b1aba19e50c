"""Over a network only with TLS, the server's name and issuer checked; terminals by password or certificate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import psycopg
import pytest

from kiosk.ledger.errors import LedgerError
from kiosk.ledger.hub.endpoint import Endpoint, connect, greet
from kiosk.ledger.hub.errors import HubAway, HubLoginRefused, HubTlsFault
from kiosk.ledger.hub.installing import add_terminal
from simulator.national.tls import CLIENT, SERVER, Authority
from tests.support.hubs import Hub
from tests.support.postgres import PrivatePostgres


class Town:
    """A server with TLS; kiosks log in by certificate, consoles by password."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority = Authority(folder)
        (folder / "other").mkdir()
        self.other = Authority(folder / "other")
        self.server = self.authority.issue("server", SERVER)
        self.postgres = PrivatePostgres(
            tls=(self.server.certificate, self.server.key), certificates=self.authority.certificate
        )
        self.postgres.start()
        self.hub = Hub(folder / "hub", postgres=self.postgres)
        local = self.hub.let_in("R", "console")
        assert local.passfile is not None
        password = local.passfile.read_text().strip().rpartition(":")[2]
        passfile = folder / "net.pass"
        passfile.write_text(f"127.0.0.1:*:*:*:{password}\n")
        passfile.chmod(0o600)
        self.console = msgspec.structs.replace(
            local, host="127.0.0.1", passfile=passfile, authorities=self.authority.certificate
        )
        login = add_terminal(self.postgres.admin, "A", "kiosk", certificate=True, database=self.hub.database)
        assert login.password == ""
        pair = self.authority.issue(login.role, CLIENT)
        self.kiosk = msgspec.structs.replace(
            self.console, user=login.role, passfile=None, certificate=pair.certificate, key=pair.key
        )


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    town = Town(tmp_path_factory.mktemp("town"))
    yield town
    town.postgres.remove()


def test_a_console_comes_in_by_password_and_a_kiosk_by_certificate_both_over_tls(town: Town) -> None:
    for endpoint, terminal in ((town.console, "R"), (town.kiosk, "A")):
        with connect(endpoint, "test") as connection:
            assert greet(connection).terminal == terminal
            row = connection.execute(
                "SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
            ).fetchone()
            assert row is not None
            assert row[0]
            assert row[1] >= "TLSv1.2"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"authorities": None}, HubTlsFault),
        ({"host": "localhost"}, HubTlsFault),  # the certificate is for the address
    ],
)
def test_a_server_that_cannot_prove_its_name_gets_no_password(
    town: Town, changes: dict[str, str | None], error: type[LedgerError]
) -> None:
    with pytest.raises(error):
        connect(msgspec.structs.replace(town.console, **changes), "test")


def test_a_server_of_another_issuer_gets_no_password(town: Town) -> None:
    wrong = msgspec.structs.replace(town.console, authorities=town.other.certificate)
    with pytest.raises(HubTlsFault):
        connect(wrong, "test")


def test_a_server_whose_certificate_has_ended_gets_no_password(town: Town, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    old = authority.issue("server", SERVER, life=-timedelta(hours=1))
    postgres = PrivatePostgres(tls=(old.certificate, old.key))
    try:
        postgres.start()
        endpoint = msgspec.structs.replace(
            town.console, port=postgres.port, authorities=authority.certificate
        )
        with pytest.raises(HubTlsFault):
            connect(endpoint, "test")
    finally:
        postgres.remove()


def test_a_kiosk_without_its_certificate_or_with_anothers_is_not_let_in(town: Town) -> None:
    bare = msgspec.structs.replace(town.kiosk, certificate=None, key=None)
    with pytest.raises(HubLoginRefused):
        connect(bare, "test")
    pair = town.authority.issue("uketsuke_kiosk_B", CLIENT)
    stolen = msgspec.structs.replace(town.kiosk, certificate=pair.certificate, key=pair.key)
    with pytest.raises(HubLoginRefused):
        connect(stolen, "test")
    pair = town.other.issue("uketsuke_kiosk_A", CLIENT)
    forged = msgspec.structs.replace(town.kiosk, certificate=pair.certificate, key=pair.key)
    with pytest.raises(LedgerError):
        connect(forged, "test")


def test_without_tls_the_server_does_not_answer_over_the_network(town: Town) -> None:
    with pytest.raises(psycopg.OperationalError, match=r"pg_hba\.conf"):
        psycopg.connect(f"host=127.0.0.1 port={town.postgres.port} user=uketsuke_console_R sslmode=disable")


def test_nothing_of_the_environment_weakens_a_connection(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGSSLMODE", "disable")
    monkeypatch.setenv("PGSSLROOTCERT", str(town.other.certificate))
    monkeypatch.setenv("PGOPTIONS", "-c search_path=public")
    monkeypatch.setenv("PGHOST", "203.0.113.1")
    with connect(town.console, "test") as connection:
        assert greet(connection).terminal == "R"


def test_a_hub_that_is_not_there_is_away(town: Town) -> None:
    nowhere = Endpoint(
        host="127.0.0.1", port=1, user="uketsuke_kiosk_A", authorities=town.authority.certificate
    )
    with pytest.raises(HubAway):
        connect(nowhere, "test")
