"""One request, one deadline, and whom to believe."""

from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.eligibility.https import (
    MAX_BODY,
    HttpsClient,
    Lost,
    Reply,
    TlsSettings,
    TlsSettingsError,
    certificate_end,
    tls_context,
)
from kiosk.eligibility.port import Cause
from simulator.national.faults import Fault, Faults, Planned
from simulator.national.service import LoopbackService
from simulator.national.tls import CLIENT, HOST, SERVER, Authority, Pair

Conversation = Callable[[ssl.SSLSocket], None]


@contextlib.contextmanager
def speaking(
    authority: Authority, pair: Pair, say: Conversation, *, demand_client: bool = True
) -> Iterator[str]:
    """A TLS server for one connection that says exactly what a test wants; gives its base address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    context.load_verify_locations(authority.certificate)
    context.verify_mode = ssl.CERT_REQUIRED if demand_client else ssl.CERT_NONE
    listener = socket.create_server((HOST, 0))

    def run() -> None:
        with contextlib.suppress(OSError):
            connection, _address = listener.accept()
            connection.settimeout(10)
            with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as secure:
                asked = b""
                while not asked.endswith(b"\r\n\r\n{}"):
                    asked += secure.recv(65536)
                say(secure)
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield f"https://{HOST}:{listener.getsockname()[1]}"
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tls")


@pytest.fixture(scope="module")
def authority(folder: Path) -> Authority:
    return Authority(folder)


@pytest.fixture(scope="module")
def tls(authority: Authority) -> TlsSettings:
    pair = authority.issue("client", CLIENT)
    return TlsSettings(authorities=authority.certificate, certificate=pair.certificate, key=pair.key)


@pytest.fixture(scope="module")
def server(authority: Authority) -> Pair:
    return authority.issue("server", SERVER)


def reply(body: bytes) -> Conversation:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return lambda secure: secure.sendall(head.encode() + body)


def post(base_url: str, tls: TlsSettings, deadline_s: float = 10) -> Reply | Lost:
    client = HttpsClient(base_url, tls_context(tls))
    try:
        return client.post("/x", b"{}", deadline_s)
    finally:
        client.close()


def lost(outcome: Reply | Lost) -> Lost:
    assert isinstance(outcome, Lost), outcome
    return outcome


def test_a_believed_server_is_answered(authority: Authority, server: Pair, tls: TlsSettings) -> None:
    with speaking(authority, server, reply(b"hello")) as url:
        assert post(url, tls) == Reply(200, b"hello")


@pytest.mark.parametrize("wrong", ["expired", "other_name", "other_authority", "client_usage"])
def test_a_server_with_a_wrong_certificate_is_not_trusted_and_gets_nothing(
    authority: Authority, tls: TlsSettings, tmp_path: Path, wrong: str
) -> None:
    issued = {
        "expired": lambda: authority.issue(wrong, SERVER, life=timedelta(days=-1)),
        "other_name": lambda: authority.issue(wrong, SERVER, host="example.test"),
        "other_authority": lambda: Authority(tmp_path).issue(wrong, SERVER),
        "client_usage": lambda: authority.issue(wrong, CLIENT),
    }[wrong]()
    with speaking(authority, issued, reply(b"secret")) as url:
        failure = lost(post(url, tls))
    assert (failure.cause, failure.sent) == (Cause.NOT_TRUSTED, False)
    assert failure.as_write().cause is Cause.NOT_TRUSTED


def test_a_server_that_refuses_us_is_a_matter_of_trust(
    authority: Authority, server: Pair, tls: TlsSettings
) -> None:
    without = replace(tls, certificate=None, key=None)
    with speaking(authority, server, reply(b"")) as url:
        assert lost(post(url, without)).cause is Cause.NOT_TRUSTED


def test_old_tls_is_not_spoken(tls: TlsSettings) -> None:
    context = tls_context(tls)
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED


def test_only_https_addresses_are_used(tls: TlsSettings) -> None:
    with pytest.raises(ValueError, match="https"):
        HttpsClient("http://127.0.0.1", tls_context(tls))


def test_files_that_cannot_be_used_are_named_at_start(tls: TlsSettings, tmp_path: Path) -> None:
    bad = tmp_path / "bad.pem"
    bad.write_text("no certificate")
    for settings in (
        replace(tls, authorities=bad),
        replace(tls, authorities=tmp_path / "bad.pem.gone"),
        replace(tls, certificate=bad),
    ):
        with pytest.raises(TlsSettingsError, match=r"bad\.pem"):
            tls_context(settings)


def test_the_end_of_a_certificate_is_known_for_warnings(server: Pair, tmp_path: Path) -> None:
    left = certificate_end(server.certificate) - datetime.now(UTC)
    assert timedelta(hours=23) < left < timedelta(hours=25)
    with pytest.raises(TlsSettingsError, match="gone"):
        certificate_end(tmp_path / "gone")


def test_nobody_there_means_never_sent(tls: TlsSettings) -> None:
    with socket.create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]
    failure = lost(post(f"https://{HOST}:{port}", tls))
    assert (failure.cause, failure.sent) == (Cause.NETWORK_FAULT, False)
    assert failure.as_write().cause is Cause.NETWORK_FAULT


def test_a_server_that_accepts_and_never_speaks_tls_ends_at_the_deadline(tls: TlsSettings) -> None:
    with socket.create_server((HOST, 0)) as listener:
        start = time.monotonic()
        failure = lost(post(f"https://{HOST}:{listener.getsockname()[1]}", tls, 0.3))
    assert (failure.cause, failure.sent) == (Cause.NETWORK_FAULT, False)
    assert time.monotonic() - start < 3


@pytest.mark.parametrize("part", ["head", "body"])
def test_a_drip_ends_at_the_deadline_though_every_byte_comes_in_time(
    authority: Authority, server: Pair, tls: TlsSettings, part: str
) -> None:
    def drip(secure: ssl.SSLSocket) -> None:
        if part == "body":
            secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        else:
            secure.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        for _byte in range(200):
            secure.sendall(b"x")
            time.sleep(0.02)

    with speaking(authority, server, drip) as url:
        start = time.monotonic()
        failure = lost(post(url, tls, 0.4))
        assert time.monotonic() - start < 2
    assert (failure.cause, failure.sent) == (Cause.NETWORK_FAULT, True)
    assert failure.as_read().cause is Cause.NETWORK_FAULT
    assert failure.as_write().cause is Cause.ANSWER_UNKNOWN


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        b"SSH-2.0-nonsense\r\n",
        b"HTTP/1.1 200 OK\r\nConte",
    ],
)
def test_a_reply_that_is_cut_or_no_reply_is_lost_after_sending(
    authority: Authority, server: Pair, tls: TlsSettings, said: bytes
) -> None:
    with speaking(authority, server, lambda secure: secure.sendall(said)) as url:
        failure = lost(post(url, tls))
    assert (failure.cause, failure.sent) == (Cause.NETWORK_FAULT, True)


def test_a_reply_without_end_is_cut_off(authority: Authority, server: Pair, tls: TlsSettings) -> None:
    def flood(secure: ssl.SSLSocket) -> None:
        secure.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        for _block in range(200):
            secure.sendall(b"x" * 65536)

    with speaking(authority, server, flood) as url:
        failure = lost(post(url, tls))
    assert (failure.cause, failure.detail) == (Cause.ANSWER_UNREADABLE, "too_large")
    assert MAX_BODY < 200 * 65536


def test_a_packed_bomb_is_not_unpacked(authority: Authority, server: Pair, tls: TlsSettings) -> None:
    packed = gzip.compress(b"x" * 10_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
    with speaking(authority, server, lambda secure: secure.sendall(head + packed)) as url:
        assert post(url, tls) == Reply(200, packed)


def test_a_redirection_is_not_followed(authority: Authority, server: Pair, tls: TlsSettings) -> None:
    head = b"HTTP/1.1 307 Elsewhere\r\nLocation: https://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    with speaking(authority, server, lambda secure: secure.sendall(head)) as url:
        assert post(url, tls) == Reply(307, b"")


def test_a_proxy_in_the_environment_is_not_used(
    authority: Authority, server: Pair, tls: TlsSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent")
    with speaking(authority, server, reply(b"direct")) as url:
        assert post(url, tls) == Reply(200, b"direct")


def test_nothing_received_or_sent_shows_in_a_repr() -> None:
    assert "personal" not in repr(Reply(200, b"personal"))


def test_eight_requests_at_once_get_each_their_own_reply() -> None:
    with LoopbackService(lambda _path, body, _fault: body) as service:
        client = HttpsClient(service.base_url, tls_context(service.tls))
        replies: dict[int, Reply | Lost] = {}

        def ask(number: int) -> None:
            replies[number] = client.post("/echo", str(number).encode(), 10)

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        client.close()
    assert replies == {number: Reply(200, str(number).encode()) for number in range(8)}


def test_closing_the_service_ends_a_client_that_waits() -> None:
    arrived = threading.Event()

    class Noticing(Faults):
        def take(self) -> Planned | None:
            arrived.set()
            return super().take()

    with LoopbackService(lambda _path, body, _fault: body, Noticing()) as service:
        service.faults.next(Fault.NO_ANSWER)
        client = HttpsClient(service.base_url, tls_context(service.tls))
        outcome: list[Reply | Lost] = []
        thread = threading.Thread(target=lambda: outcome.append(client.post("/x", b"1", 10)))
        thread.start()
        assert arrived.wait(8)
        service.close()
        thread.join(8)
        client.close()
    assert lost(outcome[0]).cause is Cause.NETWORK_FAULT
