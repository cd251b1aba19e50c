"""``uketsuke diagnose``: what each check finds, and that none of them can harm the others."""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from msgspec.structs import replace

from drivers.pcsc.scard import Code, ScardMissing
from kiosk.coverage.certificate_life import JAPAN
from kiosk.ledger import Entry, stamp
from tests.support.certificates import Issuer, key, make_issuer, make_leaf
from ui import diagnosis
from ui.cli import main
from ui.composing.files import open_ledger
from ui.diagnosis import CHECKS, Finding, devices, diagnose, machine, records, services
from ui.diagnosis.finding import asked, lifetime
from ui.settings import Card, Eligibility, LedgerPart, Reader, Settings, Ticket, Tls
from ui.settings.services import CertifiedReader

NOW = datetime.now(UTC)
LONG = NOW + timedelta(days=900)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def program(folder: Path, name: str, says: str, code: int = 0) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n/bin/cat <<'END'\n{says}\nEND\nexit {code}\n", encoding="utf-8")
    path.chmod(0o755)


def verdicts(found: Iterator[Finding]) -> list[str]:
    return [finding.verdict for finding in found]


def only(found: Iterator[Finding]) -> Finding:
    (finding,) = found
    assert bool(finding.remedy) is (finding.verdict != "ok"), (
        "a remedy where something is to be done, and only there"
    )
    return finding


# --------------------------------------------------------------------------------------- all together


def test_everything_is_looked_at_within_two_seconds(tmp_path: Path) -> None:
    began = time.perf_counter()
    found = diagnose(Settings(data=tmp_path))
    assert time.perf_counter() - began < 2.0
    subjects = {finding.subject for finding in found}
    assert {name for name, _check in CHECKS} - {"versions"} <= subjects
    assert {"python", "pyside6", "sqlcipher", "typst", "openssl", "expat"} <= subjects
    assert all(finding.remedy for finding in found if finding.verdict != "ok")


def test_nothing_is_changed_by_looking(tmp_path: Path) -> None:
    diagnose(Settings(data=tmp_path / "data"))
    assert list(tmp_path.iterdir()) == []


def test_a_check_that_raises_tells_only_the_kind_of_error(tmp_path: Path) -> None:
    def broken(_settings: Settings) -> Iterator[Finding]:
        yield Finding("a", "ok", "begun")
        raise RuntimeError("山田 太郎 1234")

    def sound(_settings: Settings) -> Iterator[Finding]:
        yield Finding("b", "ok", "fine")

    first, second = diagnose(Settings(data=tmp_path), (("a", broken), ("b", sound)))
    assert (first.subject, first.verdict) == ("a", "fault")
    assert "RuntimeError" in first.detail
    assert "山田" not in repr(first)
    assert second.detail == "fine"


def test_a_check_that_hangs_does_not_hold_up_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diagnosis, "BUDGET_S", 0.2)
    release = threading.Event()

    def hanging(_settings: Settings) -> Iterator[Finding]:
        release.wait(30)
        yield Finding("a", "ok", "late")

    def sound(_settings: Settings) -> Iterator[Finding]:
        yield Finding("b", "ok", "fine")

    first, second = diagnose(Settings(data=tmp_path), (("a", hanging), ("b", sound)))
    release.set()
    assert (first.verdict, first.detail) == ("fault", "no result within 0.2 s")
    assert second.detail == "fine"


def test_the_command_prints_json_and_tells_faults_by_its_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text('data = "data"\n', encoding="utf-8")
    request.addfinalizer(structlog.reset_defaults)  # the command has a log of its own
    assert main(["--settings", str(settings), "diagnose", "--json"]) == 0
    assert {"subject", "verdict", "detail", "remedy", "advice"} == set(json.loads(capsys.readouterr().out)[0])
    settings.write_text('[card]\nanchors = "nowhere"\n', encoding="utf-8")
    assert main(["--settings", str(settings), "diagnose"]) == 1
    assert "fault    certificates" in capsys.readouterr().out


# -------------------------------------------------------------------------------------------- reader


class Service:
    """PC/SC as far as the check asks."""

    def __init__(self, names: list[str], opens: int = Code.SUCCESS) -> None:
        self.names, self.opens, self.released = names, opens, 0

    def establish_context(self) -> tuple[int, int]:
        return self.opens, 7

    def list_readers(self, _context: int) -> tuple[int, list[str]]:
        return (Code.SUCCESS if self.names else Code.NO_READERS_AVAILABLE), self.names

    def release_context(self, context: int) -> int:
        self.released += context
        return Code.SUCCESS


def reader_finding(monkeypatch: pytest.MonkeyPatch, service: Service, name: str = "") -> Finding:
    monkeypatch.setattr("drivers.pcsc.scard.load", lambda: service)
    return only(devices.reader(Settings(reader=Reader(kind="pcsc", name=name))))


@pytest.mark.parametrize(
    ("names", "wanted", "verdict", "says"),
    [
        (["ACS ACR1252 00 00"], "", "ok", "ACS ACR1252 00 00"),
        ([], "", "fault", "no card reader found"),
        (["Windows Hello for Business 1"], "", "fault", "no card reader found"),
        (["Windows Hello for Business 1", "ACS ACR1252"], "", "ok", "ACS ACR1252"),
        (["ACS", "Sony"], "", "warning", "ACS is used; there are also Sony"),
        (["ACS", "Sony"], "sony", "ok", "Sony"),
        (["ACS"], "sony", "fault", "no reader is called 'sony'; there: ACS"),
    ],
)
def test_the_reader_that_the_kiosk_would_take_is_named(
    monkeypatch: pytest.MonkeyPatch, names: list[str], wanted: str, verdict: str, says: str
) -> None:
    service = Service(names)
    finding = reader_finding(monkeypatch, service, wanted)
    assert (finding.verdict, finding.detail) == (verdict, says)
    assert service.released == 7


def test_a_service_that_is_down_or_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    down = reader_finding(monkeypatch, Service([], Code.NO_SERVICE))
    assert "NO_SERVICE" in down.detail
    assert "pcscd" in down.remedy

    def missing() -> Service:
        raise ScardMissing("x")

    monkeypatch.setattr("drivers.pcsc.scard.load", missing)
    assert only(devices.reader(Settings(reader=Reader(kind="pcsc")))).detail == "PC/SC is not installed"


# ---------------------------------------------------------------------------------- printer and sound


def test_a_printer_s_queue_must_be_there_and_run(programs: Path) -> None:
    settings = Settings(ticket=Ticket(printer="front"))
    assert only(devices.printer(settings)).detail == "the print service does not answer"
    program(programs, "lpstat", "lpstat: Invalid destination name", 1)
    assert only(devices.printer(settings)).detail == "no queue is called 'front'"
    program(programs, "lpstat", "printer front disabled since Mon\n\tpaused")
    assert only(devices.printer(settings)).verdict == "fault"
    program(programs, "lpstat", "printer front is idle.  enabled since Mon")
    assert only(devices.printer(settings)).verdict == "ok"


def test_a_folder_for_tickets_must_be_writable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(ticket=Ticket(folder=tmp_path / "tickets"))
    assert only(devices.printer(settings)).verdict == "warning"
    (tmp_path / "tickets").mkdir()
    assert only(devices.printer(settings)).verdict == "ok"
    monkeypatch.setattr(devices, "can_write", lambda _folder: False)
    assert only(devices.printer(settings)).verdict == "fault"
    assert only(devices.printer(Settings())).verdict == "ok"


def test_a_kiosk_without_sound_is_worth_a_warning(programs: Path) -> None:
    assert only(devices.sound(Settings())).verdict == "warning"
    program(programs, "aplay", "aplay: device_list:274: no soundcards found...", 1)
    assert only(devices.sound(Settings())).detail == "no sound device"
    program(programs, "aplay", "card 0: PCH [HDA Intel]\ncard 1: USB [Speaker]")
    assert only(devices.sound(Settings())).detail == "2 devices"


def test_a_program_that_hangs_counts_as_missing(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = programs / "aplay"
    path.write_text("#!/bin/sh\nexec /bin/sleep 30\n", encoding="utf-8")
    path.chmod(0o755)
    monkeypatch.setattr(devices, "asked", lambda *command: asked(*command, timeout_s=0.1))
    assert only(devices.sound(Settings())).detail == "aplay is not there"


# --------------------------------------------------------------------------------------- eligibility


def folders(tmp_path: Path) -> Settings:
    for name in ("req", "res", "face"):
        (tmp_path / name).mkdir()
    return Settings(
        eligibility=Eligibility(
            kind="oqs_folder",
            request_folder=tmp_path / "req",
            answer_folder=tmp_path / "res",
            face_folder=tmp_path / "face",
        )
    )


def test_exchange_folders_are_read_and_written(tmp_path: Path) -> None:
    settings = folders(tmp_path)
    assert verdicts(services.eligibility(settings)) == ["ok", "ok", "ok", "ok"]
    assert list((tmp_path / "req").iterdir()) == []
    (tmp_path / "res").rmdir()
    findings = list(services.eligibility(settings))
    assert [finding.verdict for finding in findings] == ["ok", "fault", "ok", "ok"]
    assert "mounted" in findings[1].remedy


def test_a_folder_that_only_lets_itself_be_read_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = folders(tmp_path)
    monkeypatch.setattr(services, "can_write", lambda folder: folder.name != "res")
    assert verdicts(services.eligibility(settings)) == ["ok", "fault", "ok", "ok"]


def result_of(at: datetime, ending: str = "xml") -> str:
    return f"OQSsiquc01res_face_1_{at.astimezone(JAPAN):%Y%m%d%H%M%S}.{ending}"


def test_it_is_told_how_long_ago_the_certified_reader_was_used(tmp_path: Path) -> None:
    settings = folders(tmp_path)
    now = datetime.now(UTC)
    for minutes in (7, 90):
        (tmp_path / "face" / result_of(now - timedelta(minutes=minutes))).touch()
    (tmp_path / "face" / "YZKsiquc01res_1.xml").touch()
    assert list(services.eligibility(settings))[-1].detail.endswith("came 7 min ago")
    (tmp_path / "face" / result_of(now + timedelta(hours=1))).touch()
    last = list(services.eligibility(settings))[-1]
    assert (last.verdict, last.advice) == ("warning", "face_clock")


def test_encrypted_face_results_are_a_fault_with_its_remedy(tmp_path: Path) -> None:
    settings = folders(tmp_path)
    (tmp_path / "face" / result_of(datetime.now(UTC), "zip")).touch()
    found = [one for one in services.eligibility(settings) if one.verdict != "ok"]
    assert [(one.verdict, one.advice) for one in found] == [("fault", "face_encrypted")]


def test_each_certified_readers_folder_is_looked_at_once(tmp_path: Path) -> None:
    settings = folders(tmp_path)
    readers = (CertifiedReader(desk="1", name="*1*"), CertifiedReader(desk="2", folder=tmp_path / "away"))
    two = replace(settings, eligibility=replace(settings.eligibility, face_readers=readers))
    assert verdicts(services.eligibility(two)) == ["ok", "ok", "ok", "ok", "fault"]


def test_a_folder_near_its_quota_warns_and_a_full_one_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = folders(tmp_path)
    monkeypatch.setattr(services, "_QUOTA", 10)
    for number in range(8):
        (tmp_path / "face" / str(number)).touch()
    assert verdicts(services.eligibility(settings)) == ["ok", "ok", "warning", "ok"]
    for number in range(8, 12):
        (tmp_path / "face" / str(number)).touch()
    assert verdicts(services.eligibility(settings)) == ["ok", "ok", "fault"]


def test_requests_that_nobody_fetches_are_told(tmp_path: Path) -> None:
    settings = folders(tmp_path)
    request = tmp_path / "req" / "OQSsiquc01req_20261124093000000001.xml"
    request.touch()
    assert verdicts(services.eligibility(settings)) == ["ok", "ok", "ok", "ok"]
    long_ago = time.time() - 3600
    os.utime(request, (long_ago, long_ago))
    assert list(services.eligibility(settings))[-1].detail.endswith("1 requests were not fetched")


def web_api(folder: Path, ends: datetime = LONG) -> Settings:
    authority, ours = make_issuer("authority", ends=LONG), make_issuer("authority", ends=LONG)
    leaf = make_leaf(ours, "client", ends=ends)
    (folder / "authorities.pem").write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    (folder / "client.pem").write_bytes(leaf.public_bytes(Encoding.PEM))
    secret = key("client", 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "client.key").write_bytes(secret)
    (folder / "client.key").chmod(0o600)
    (folder / "token").write_text("secret-token", encoding="ascii")
    (folder / "token").chmod(0o600)
    tls = Tls(
        authorities=folder / "authorities.pem", certificate=folder / "client.pem", key=folder / "client.key"
    )
    return Settings(
        eligibility=Eligibility(
            kind="oqs_web_api", url="https://127.0.0.1", tls=tls, token_file=folder / "token"
        )
    )


def test_the_web_api_s_files_are_read_and_their_ends_told(tmp_path: Path) -> None:
    settings = web_api(tmp_path)
    findings = list(services.eligibility(settings))
    assert [finding.verdict for finding in findings] == ["ok"] * 4
    assert "secret-token" not in repr(findings)


@pytest.mark.parametrize(
    ("days", "verdict"), [(61, "ok"), (59, "warning"), (29, "warning"), (6, "fault"), (-1, "fault")]
)
def test_a_certificate_s_end_is_told_60_30_and_7_days_before(days: int, verdict: str) -> None:
    finding = lifetime("x", "client.pem", NOW + timedelta(days=days, hours=1))
    assert finding.verdict == verdict
    urgency = {59: "Plan", 29: "now", 6: "today", -1: "new one"}.get(days, "")
    assert urgency in finding.remedy


@pytest.mark.parametrize("file", ["authorities.pem", "client.pem", "client.key"])
def test_tls_files_that_cannot_be_used_are_named(tmp_path: Path, file: str) -> None:
    settings = web_api(tmp_path)
    (tmp_path / file).write_text("nonsense")
    first = next(services.eligibility(settings))
    assert first.verdict == "fault"
    assert ".pem" in first.detail


@pytest.mark.parametrize("file", ["client.key", "token"])
def test_a_secret_that_others_can_read_is_a_fault(tmp_path: Path, file: str) -> None:
    settings = web_api(tmp_path)
    (tmp_path / file).chmod(0o644)
    (finding,) = (one for one in services.eligibility(settings) if one.verdict != "ok")
    assert "chmod 600" in finding.remedy
    assert str(tmp_path / file) in finding.detail


def test_an_empty_or_missing_token_is_a_fault(tmp_path: Path) -> None:
    settings = web_api(tmp_path)
    (tmp_path / "token").write_text("\n")
    assert list(services.eligibility(settings))[-1].detail.endswith("empty")
    (tmp_path / "token").unlink()
    assert list(services.eligibility(settings))[-1].verdict == "fault"


# -------------------------------------------------------------------------------------- certificates


def believed(folder: Path, *issuers: Issuer) -> Settings:
    anchors = folder / "anchors"
    anchors.mkdir()
    for number, issuer in enumerate(issuers):
        (anchors / f"{number}.pem").write_bytes(issuer.certificate.public_bytes(Encoding.PEM))
    return Settings(card=Card(anchors=anchors))


def test_issuers_of_the_past_are_no_fault_as_long_as_one_lives(tmp_path: Path) -> None:
    past = make_issuer("past", NOW - timedelta(days=900), NOW - timedelta(days=1))
    settings = believed(tmp_path, past, make_issuer("current", ends=LONG))
    first, second = services.certificates(settings)
    assert (first.verdict, first.detail) == ("ok", "1 issuer of the past")
    assert second.verdict == "ok"
    (tmp_path / "anchors" / "1.pem").unlink()
    assert only(services.certificates(settings)).verdict == "fault"


def test_a_folder_without_issuers_or_with_other_things_is_a_fault(tmp_path: Path) -> None:
    settings = believed(tmp_path)
    assert only(services.certificates(settings)).verdict == "fault"
    (tmp_path / "anchors" / "x.crt").write_bytes(b"nonsense")
    assert "x.crt" in only(services.certificates(settings)).detail
    assert only(services.certificates(Settings(card=Card(anchors=tmp_path / "no")))).verdict == "fault"
    assert only(services.certificates(Settings())).verdict == "ok"


def revocation_list(issuer: Issuer, due: datetime) -> bytes:
    builder = x509.CertificateRevocationListBuilder(
        issuer.certificate.subject, last_update=due - timedelta(days=2), next_update=due
    )
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def test_revocation_lists_must_be_fresh(tmp_path: Path) -> None:
    issuer = make_issuer("current", ends=LONG)
    lists = tmp_path / "lists"
    settings = replace(
        believed(tmp_path, issuer), card=Card(anchors=tmp_path / "anchors", revocation_lists=lists)
    )
    assert verdicts(services.certificates(settings)) == ["ok", "fault"], "no folder"
    lists.mkdir()
    assert verdicts(services.certificates(settings)) == ["ok", "fault"], "no list"
    (lists / "a.crl").write_bytes(revocation_list(issuer, NOW + timedelta(hours=3)))
    assert verdicts(services.certificates(settings)) == ["ok", "ok"]
    (lists / "b.crl").write_bytes(revocation_list(issuer, NOW - timedelta(hours=3)))
    (lists / "c.crl").write_bytes(b"nonsense")
    assert verdicts(services.certificates(settings)) == ["ok", "ok", "fault", "fault"]


# ------------------------------------------------------------------------------------------- machine


@pytest.mark.parametrize(("says", "verdict"), [("yes", "ok"), ("no", "warning")])
def test_the_clock_s_synchronisation_is_asked_of_systemd(programs: Path, says: str, verdict: str) -> None:
    program(programs, "timedatectl", says)
    assert only(machine.clock(Settings())).verdict == verdict


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's own answer is Linux's")
def test_without_systemd_the_kernel_is_asked(programs: Path) -> None:
    program(programs, "timedatectl", "System has not been booted with systemd", 1)
    assert only(machine.clock(Settings())).detail in ("synchronised", "not synchronised")


def test_where_nothing_tells_the_clock_is_worth_a_warning(
    programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    assert only(machine.clock(Settings())).verdict == "warning"


def test_a_clock_of_the_past_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    class Past(datetime):
        @classmethod
        def now(cls, _zone: object = None) -> Past:
            return cls(1970, 1, 1, tzinfo=UTC)

    monkeypatch.setattr(machine, "datetime", Past)
    assert only(machine.clock(Settings())).verdict == "fault"


def test_the_fonts_are_those_that_the_set_up_demands() -> None:
    lines = (
        (Path(__file__).parents[2] / "packaging/setup/fonts.sha256").read_text(encoding="utf-8").splitlines()
    )
    demanded = dict(line.split() for line in lines if line and not line.startswith("#"))
    assert {Path(path).name: sha256 for sha256, path in demanded.items()} == machine.FONT_SHA256
    assert only(machine.fonts(Settings())).verdict == "ok"


def test_missing_and_changed_fonts_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UKETSUKE_FONTS", str(tmp_path))
    assert only(machine.fonts(Settings())).verdict == "fault"
    for name in machine.FONT_SHA256:
        (tmp_path / name).write_bytes(b"another font")
    finding = only(machine.fonts(Settings()))
    assert finding.verdict == "warning"
    assert "NotoSansCJK-Bold.ttc" in finding.detail


@pytest.mark.parametrize(("free", "verdict"), [(2 << 30, "ok"), (500 << 20, "warning"), (100 << 20, "fault")])
def test_a_disk_that_fills_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, verdict: str
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr("shutil.disk_usage", lambda _path: usage._replace(free=free))
    assert only(machine.disk(Settings(data=tmp_path / "not" / "yet"))).verdict == verdict


@pytest.mark.parametrize(
    ("version", "python", "verdict"),
    [
        ("6.11.3", (3, 11, 7), "ok"),
        ("6.12.0", (3, 11, 7), "fault"),
        ("7.0.0", (3, 11, 7), "fault"),
        ("6.12.0", (3, 12, 0), "ok"),
    ],
)
def test_the_qt_that_loses_references_of_none_is_a_fault_on_old_pythons(
    monkeypatch: pytest.MonkeyPatch, version: str, python: tuple[int, int, int], verdict: str
) -> None:
    class Info(tuple[int, ...]):
        major, minor = python[:2]

    monkeypatch.setattr("PySide6.__version__", version)
    monkeypatch.setattr("sys.version_info", Info(python))
    (finding,) = (one for one in machine.versions(Settings()) if one.subject == "pyside6")
    assert finding.verdict == verdict


@pytest.mark.parametrize(
    ("version", "verdict"), [((2, 5, 0), "warning"), ((2, 6, 0), "ok"), ((2, 10, 1), "ok")]
)
def test_an_old_expat_is_worth_a_warning(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int], verdict: str
) -> None:
    monkeypatch.setattr("pyexpat.version_info", version)
    (finding,) = (one for one in machine.versions(Settings()) if one.subject == "expat")
    assert finding.verdict == verdict


# -------------------------------------------------------------------------------------------- ledger


def written(settings: Settings, at: datetime, *, signed: bool) -> None:
    ledger = open_ledger(settings)
    entry = Entry(
        visit="v", id=f"e{at.timestamp()}", type="CardInserted", at=stamp(at), mono_ms=0, actor="reader",
        state="ReadingCard", simulated=True, payload=b"{}",
    )  # fmt: skip
    ledger.append([entry])
    if signed:
        ledger.checkpoint()
    else:
        ledger._covered = ledger.head().seq  # as after a power cut: no checkpoint at the end
    ledger.close()


def test_a_ledger_that_is_not_there_yet_is_no_fault(tmp_path: Path) -> None:
    assert only(records.ledger(Settings(data=tmp_path))).verdict == "ok"


def test_a_signed_ledger_is_ok_also_while_the_kiosk_runs(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    written(settings, NOW, signed=True)
    assert verdicts(records.ledger(settings)) == ["ok", "ok"]
    with open_ledger(settings):
        assert verdicts(records.ledger(settings)) == ["ok", "ok"]


def test_entries_that_have_long_been_unsigned_are_told(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    written(settings, NOW - timedelta(days=3), signed=False)
    findings = list(records.ledger(settings))
    assert [finding.verdict for finding in findings] == ["ok", "warning"]
    assert "there is none" in findings[1].detail


def test_entries_of_the_last_minutes_may_be_unsigned(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    written(settings, NOW - timedelta(minutes=20), signed=True)
    written(settings, NOW, signed=False)
    assert verdicts(records.ledger(settings)) == ["ok", "ok"]


def test_keys_that_others_can_read_are_a_fault_with_the_ledger_s_own_remedy(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    written(settings, NOW, signed=True)
    (settings.ledger_folder / "ledger.key").chmod(0o644)
    finding = next(records.ledger(settings))
    assert finding.verdict == "fault"
    assert "ledger.key" in finding.detail


def test_a_ledger_with_another_key_does_not_open(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    written(settings, NOW, signed=True)
    (settings.ledger_folder / "ledger.key").write_text("00" * 32)
    assert next(records.ledger(settings)).verdict == "fault"


def test_a_folder_that_others_can_look_into_is_told(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    written(settings, NOW, signed=True)
    settings.ledger_folder.chmod(0o755)
    assert verdicts(records.ledger(settings)) == ["warning", "ok", "ok"]


def test_checkpoints_that_cannot_be_delivered_are_told(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, ledger=LedgerPart(checkpoints=tmp_path / "share"))
    written(settings, NOW, signed=True)
    assert verdicts(records.ledger(settings)) == ["ok", "ok", "warning"]
