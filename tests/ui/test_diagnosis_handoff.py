"""What ``diagnose`` tells of the hand-off: whoever looks after the desk learns before the patients do."""

from __future__ import annotations

import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.handoff.looking import Waiting, look
from kiosk.handoff.outbox_sqlite import SqliteOutbox
from kiosk.ledger import Options, SqliteLedger
from simulator.national.tls import Authority
from tests.support.handoff import SqliteOutboxes, draft
from tests.support.webhook import WebHook
from ui.diagnosis import Finding, diagnose
from ui.diagnosis.delivery import handoff
from ui.settings import Handoff, Receiver, Settings, Tls

NOW = datetime.now(UTC).replace(microsecond=0)


def settings(data: Path, *receivers: Receiver) -> Settings:
    return Settings(data=data, handoff=Handoff(receivers=receivers))


def found(given: Settings) -> list[Finding]:
    told = list(handoff(given))
    assert all(bool(one.remedy) is (one.verdict != "ok") for one in told)
    return told


def told(given: Settings) -> list[tuple[str, str]]:
    return [(one.verdict, one.advice) for one in found(given)]


def folder_receiver(folder: Path) -> Receiver:
    return Receiver(name="chart", format="csv", folder=folder)


def hook_receiver(hook: WebHook, secret: Path) -> Receiver:
    tls = hook.tls
    return Receiver(
        name="queue",
        format="json",
        url=hook.url,
        tls=Tls(authorities=tls.authorities, certificate=tls.certificate, key=tls.key),
        secret_file=secret,
    )


@pytest.fixture(scope="module")
def hook() -> Iterator[WebHook]:
    with WebHook() as hook:
        yield hook


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_text(f"whsec_{b64encode(bytes(range(32))).decode()}\n")
    path.chmod(0o600)
    return path


def test_without_a_receiver_nothing_is_to_be_done(tmp_path: Path) -> None:
    (only,) = found(settings(tmp_path))
    assert (only.verdict, only.detail) == ("ok", "no receiver: nothing is handed over")


def test_a_folder_must_be_there_and_take_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    share = tmp_path / "share"
    given = settings(tmp_path / "data", folder_receiver(share))
    assert told(given) == [("fault", "receiver_folder"), ("ok", "")]
    share.mkdir()
    assert told(given) == [("ok", ""), ("ok", "")]
    assert list(share.iterdir()) == []
    monkeypatch.setattr("ui.diagnosis.delivery.can_write", lambda _folder: False)
    assert told(given) == [("fault", "receiver_rights"), ("ok", "")]


def test_an_address_is_met_and_nothing_is_sent(tmp_path: Path, hook: WebHook, secret: Path) -> None:
    findings = found(settings(tmp_path, hook_receiver(hook, secret)))
    assert [one for one in findings if one.advice and not one.advice.startswith("certificate")] == []
    assert any("queue answers; its certificate is valid until" in one.detail for one in findings)
    assert hook.requests == []


def test_an_address_where_nobody_is_waits(tmp_path: Path, hook: WebHook, secret: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    receiver = replace(hook_receiver(hook, secret), url=f"https://127.0.0.1:{port}/in")
    assert ("warning", "receiver_away") in told(settings(tmp_path, receiver))


def test_who_cannot_show_a_certificate_of_the_named_authority_gets_nothing(
    tmp_path: Path, hook: WebHook, secret: Path
) -> None:
    (tmp_path / "other").mkdir()
    receiver = hook_receiver(hook, secret)
    assert receiver.tls is not None
    other = replace(receiver.tls, authorities=Authority(tmp_path / "other").certificate)
    assert ("fault", "receiver_not_trusted") in told(settings(tmp_path, replace(receiver, tls=other)))


def test_who_speaks_no_tls_is_told(tmp_path: Path, hook: WebHook, secret: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as plain:

        def answer() -> None:
            line, _ = plain.accept()
            with line:
                line.recv(4096)
                line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        receiver = replace(hook_receiver(hook, secret), url=f"https://127.0.0.1:{plain.getsockname()[1]}/")
        assert ("fault", "receiver_tls") in told(settings(tmp_path, receiver))
        thread.join(5)


def test_a_secret_or_a_certificate_that_cannot_be_used_is_a_fault(
    tmp_path: Path, hook: WebHook, secret: Path
) -> None:
    receiver = hook_receiver(hook, secret)
    secret.chmod(0o644)
    assert ("fault", "receiver_secret") in told(settings(tmp_path, receiver))
    (tmp_path / "none.pem").write_text("no certificate")
    assert receiver.tls is not None
    broken = replace(receiver, tls=replace(receiver.tls, authorities=tmp_path / "none.pem"))
    assert ("fault", "receiver_tls") in told(settings(tmp_path, broken))
    with pytest.raises(ssl.SSLError):
        ssl.create_default_context(cafile=str(tmp_path / "none.pem"))


# -- the outbox --------------------------------------------------------------------------------------
@pytest.fixture
def kit(tmp_path: Path) -> Iterator[SqliteOutboxes]:
    kit = SqliteOutboxes(tmp_path)
    yield kit
    kit.finish()


def test_what_waits_is_counted_beside_the_running_courier(kit: SqliteOutboxes) -> None:
    assert look(kit.folder, kit.ledger, NOW) is None
    outbox = kit.open()
    assert look(kit.folder, kit.ledger, NOW) == Waiting()
    early = NOW - timedelta(days=1)
    for visit in ("v1", "v2", "v3"):
        outbox.post(draft(visit), early)
    refused = outbox.claim(early, timedelta(minutes=3))
    assert refused is not None
    outbox.settle(refused, "needs_person", early, problem="http_400")
    late = outbox.claim(early, timedelta(minutes=3))
    assert late is not None
    outbox.retry(late, NOW, "no_reply")
    assert look(kit.folder, kit.ledger, NOW) == Waiting(open=3, needs_person=1, late=1, oldest=early)


def test_letters_that_do_not_go_on_are_a_warning_with_their_number(kit: SqliteOutboxes) -> None:
    share = kit.folder.parent / "share"
    share.mkdir()
    given = settings(kit.folder.parent, folder_receiver(share))
    outbox = kit.open()
    outbox.post(draft(), NOW)
    assert told(given) == [("ok", ""), ("ok", "")]
    letter = outbox.claim(NOW, timedelta(minutes=3))
    assert letter is not None
    outbox.settle(letter, "needs_person", NOW, problem="http_400")
    (_, last) = found(given)
    assert (last.verdict, last.advice) == ("warning", "letters_need_person")
    assert "1 of 1 letters" in last.detail


def test_an_outbox_that_cannot_be_read_is_a_fault_and_stays_as_it_is(
    kit: SqliteOutboxes, tmp_path: Path
) -> None:
    kit.open().post(draft(), NOW)
    kit.finish()
    SqliteLedger(tmp_path / "another", Options(terminal="A")).close()
    given = settings(tmp_path, folder_receiver(tmp_path))
    before = (kit.folder / "handoff.db").read_bytes()
    wrong = replace(given, ledger=replace(given.ledger, folder=tmp_path / "another"))
    assert [one.detail for one in found(wrong) if one.verdict == "fault"] == [
        "outbox: wrong_key: SQLITE_NOTADB"
    ]
    assert (kit.folder / "handoff.db").read_bytes() == before


def test_an_outbox_of_a_kiosk_that_was_cut_off_can_be_read(kit: SqliteOutboxes) -> None:
    """Its log is still there: a look must not need the right to clean it up."""
    outbox = SqliteOutbox(kit.folder, kit.ledger)
    outbox.post(draft(), NOW)
    copy = kit.folder.parent / "copy"
    copy.mkdir()
    for path in kit.folder.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    outbox.close()
    waiting = look(copy, kit.ledger, NOW)
    assert waiting is not None
    assert waiting.open == 1


def test_the_rows_stand_among_the_others(tmp_path: Path) -> None:
    given = settings(tmp_path, folder_receiver(tmp_path / "nowhere"))
    subjects = [one.subject for one in diagnose(given)]
    assert {"hub", "handoff", "ledger"} <= set(subjects)
