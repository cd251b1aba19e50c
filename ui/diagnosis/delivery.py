"""The hand-off: each receiver's folder or address, and what waits in the outbox."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from cryptography import x509

from kiosk.eligibility.https import TlsSettings, TlsSettingsError, tls_context
from kiosk.handoff.https_post import SecretError, load_secret
from kiosk.handoff.looking import look
from kiosk.ledger import LedgerError
from ui.diagnosis.finding import Finding, advised, can_write, fault, lifetime, ok
from ui.diagnosis.network import Met, meet
from ui.settings import Receiver, Settings

_SUBJECT = "handoff"


def handoff(settings: Settings) -> Iterator[Finding]:
    receivers = settings.handoff.receivers
    if not receivers:
        yield ok(_SUBJECT, "no receiver: nothing is handed over")
        return
    for receiver in receivers:
        yield from _folder(receiver) if receiver.folder is not None else _address(receiver)
    yield from _outbox(settings)


def _folder(receiver: Receiver) -> Iterator[Finding]:
    folder = receiver.folder
    assert folder is not None
    here = f"{receiver.name}: {folder}"
    if not folder.is_dir():
        yield advised(_SUBJECT, "fault", f"{here}: is not there", "receiver_folder")
    elif not can_write(folder):
        yield advised(_SUBJECT, "fault", f"{here}: cannot be written", "receiver_rights")
    else:
        yield ok(_SUBJECT, f"{here}: can be written")


def _address(receiver: Receiver) -> Iterator[Finding]:
    """The secret, our certificate, and what the other side shows."""
    if receiver.secret_file is not None:
        try:
            load_secret(receiver.secret_file)
        except SecretError as error:
            yield advised(_SUBJECT, "fault", f"{receiver.name}: {error}", "receiver_secret")
    tls = receiver.tls
    if tls is None:
        return
    try:
        context = tls_context(
            TlsSettings(authorities=tls.authorities, certificate=tls.certificate, key=tls.key)
        )
    except TlsSettingsError as error:
        yield advised(_SUBJECT, "fault", f"{receiver.name}: TLS: {error}", "receiver_tls")
        return
    for path in (tls.authorities, tls.certificate):
        if path is not None:
            ends = [one.not_valid_after_utc for one in x509.load_pem_x509_certificates(path.read_bytes())]
            yield lifetime(_SUBJECT, f"{receiver.name}: {path.name}", min(ends))
    match meet(receiver.url, context):
        case Met(ends=end):
            yield lifetime(_SUBJECT, f"{receiver.name} answers; its certificate", end)
        case "not_trusted":
            detail = f"{receiver.name}: {receiver.url} shows a certificate that is not believed"
            yield advised(_SUBJECT, "fault", detail, "receiver_not_trusted")
        case "refused":
            yield advised(
                _SUBJECT, "fault", f"{receiver.name}: {receiver.url} refuses our TLS", "receiver_tls"
            )
        case "away":
            detail = f"{receiver.name}: {receiver.url} does not answer"
            yield advised(_SUBJECT, "warning", detail, "receiver_away")


def _outbox(settings: Settings) -> Iterator[Finding]:
    try:
        waiting = look(settings.handoff_folder, settings.ledger_folder, datetime.now(UTC))
    except LedgerError as error:
        yield fault(_SUBJECT, f"outbox: {error}", error.remedy)
        return
    if waiting is None:
        yield ok(_SUBJECT, f"no outbox yet in {settings.handoff_folder}: made at the first start")
        return
    if waiting.needs_person:
        detail = f"outbox: {waiting.needs_person} of {waiting.open} letters do not go on without a person"
        yield advised(_SUBJECT, "warning", detail, "letters_need_person")
    if waiting.late:
        since = f"{waiting.oldest:%Y-%m-%d %H:%M} UTC" if waiting.oldest else "some time"
        detail = (
            f"outbox: {waiting.late} of {waiting.open} letters are not taken; the oldest waits since {since}"
        )
        yield advised(_SUBJECT, "warning", detail, "letters_late")
    if not waiting.needs_person and not waiting.late:
        yield ok(_SUBJECT, f"outbox: {waiting.open} letters on their way")
