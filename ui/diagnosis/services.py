"""The eligibility service, and the certificates that cards are checked against."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

from drivers.card.certificates import AnchorError, load_anchors
from kiosk.eligibility.folders.face import is_encrypted_result, result_time
from kiosk.eligibility.folders.settings import FolderSettings
from ui.composing.exchange import face_readers_of
from ui.diagnosis.finding import Finding, advised, can_write, lifetime, ok
from ui.settings import Settings, Tls

_QUOTA: int = FolderSettings(request_folder=Path(), answer_folder=Path(), medical_institution_code="").quota
_REQUESTS = "OQSsiquc01req_"
_FETCHED_WITHIN_S = 600
_CLOCKS_DIFFER = timedelta(minutes=2)


def eligibility(settings: Settings) -> Iterator[Finding]:
    wanted = settings.eligibility
    match wanted.kind:
        case "simulated":
            yield ok("eligibility", "the simulated national system")
        case "none":
            yield ok("eligibility", "no service: staff confirm the eligibility")
        case "oqs_folder":
            for folder in (wanted.request_folder, wanted.answer_folder):
                if folder is not None:
                    yield _folder(folder, writes=True)
            for folder in dict.fromkeys(reader.folder for reader in face_readers_of(settings)):
                yield from _face_folder(folder)
            if wanted.request_folder is not None:
                yield from _left_behind(wanted.request_folder)
        case "oqs_web_api":
            if wanted.tls is not None:
                yield from _tls(wanted.tls)
            if wanted.token_file is not None:
                yield _secret_file(wanted.token_file)


def _folder(folder: Path, *, writes: bool) -> Finding:
    try:
        with closing(os.scandir(folder)) as entries:
            files = sum(1 for _, _entry in zip(range(_QUOTA), entries, strict=False))
    except OSError as error:
        detail = f"{folder}: cannot be read ({type(error).__name__})"
        return advised("eligibility", "fault", detail, "exchange_mounted")
    if writes and not can_write(folder):
        return advised("eligibility", "fault", f"{folder}: cannot be written", "folder_rights")
    if files >= _QUOTA:
        return advised("eligibility", "fault", f"{folder}: {_QUOTA} files or more", "exchange_full")
    if files >= _QUOTA * 0.8:
        return advised("eligibility", "warning", f"{folder}: {files} files of {_QUOTA}", "exchange_filling")
    return ok("eligibility", f"{folder}: {files} files")


def _face_folder(folder: Path) -> Iterator[Finding]:
    """Whether results come, how fresh the last one is, and whether they can be read."""
    reached = _folder(folder, writes=False)
    yield reached
    if reached.verdict == "fault":
        return
    times, encrypted = [], 0
    try:
        with closing(os.scandir(folder)) as entries:
            for _, entry in zip(range(_QUOTA), entries, strict=False):
                encrypted += is_encrypted_result(entry.name)
                if (at := result_time(entry.name)) is not None:
                    times.append(at)
    except OSError:
        return  # gone since
    if encrypted:
        yield advised(
            "eligibility", "fault", f"{folder}: {encrypted} encrypted face results", "face_encrypted"
        )
    if not times:
        yield ok("eligibility", f"{folder}: no face result")
        return
    age = datetime.now(UTC) - max(times)
    if age < -_CLOCKS_DIFFER:
        detail = f"{folder}: the last face result is {-age} ahead of this clock"
        yield advised("eligibility", "warning", detail, "face_clock")
    else:
        minutes = max(0, round(age.total_seconds() / 60))
        yield ok("eligibility", f"{folder}: the last face result came {minutes} min ago")


def _left_behind(folder: Path) -> Iterator[Finding]:
    """Requests that nobody has fetched: the qualification terminal is off, or looks elsewhere."""
    try:
        with closing(os.scandir(folder)) as entries:
            requests = [entry.stat().st_mtime for entry in entries if entry.name.startswith(_REQUESTS)]
    except OSError:
        return  # told already
    old = sum(1 for at in requests if time.time() - at > _FETCHED_WITHIN_S)
    if old:
        detail = f"{folder}: {old} requests were not fetched"
        yield advised("eligibility", "warning", detail, "exchange_unfetched")


def _tls(tls: Tls) -> Iterator[Finding]:
    from kiosk.eligibility.https import TlsSettings, TlsSettingsError, tls_context

    pair = TlsSettings(authorities=tls.authorities, certificate=tls.certificate, key=tls.key)
    try:
        tls_context(pair)
    except TlsSettingsError as error:
        yield advised("eligibility", "fault", f"TLS: {error}", "eligibility_tls")
        return
    for path in (tls.authorities, tls.certificate):
        if path is not None:
            ends = [one.not_valid_after_utc for one in x509.load_pem_x509_certificates(path.read_bytes())]
            yield lifetime("eligibility", path.name, min(ends))
    if tls.key is not None:
        yield _secret_file(tls.key)


def _secret_file(path: Path) -> Finding:
    try:
        state = path.stat()
        empty = not path.read_bytes().strip()
    except OSError as error:
        detail = f"{path}: cannot be read ({type(error).__name__})"
        return advised("eligibility", "fault", detail, "file_rights")
    if empty:
        return advised("eligibility", "fault", f"{path}: empty", "secret_empty")
    if state.st_mode & 0o077:
        return advised("eligibility", "fault", f"{path}: others can read it", "file_private")
    return ok("eligibility", f"{path.name}: readable by this user alone")


def certificates(settings: Settings) -> Iterator[Finding]:
    yield from _anchors(settings)
    lists = settings.card.revocation_lists
    if lists is not None:
        yield from _revocation_lists(lists)
    elif settings.profile == "production":
        yield ok("certificates", "no revocation lists: whether a card is revoked stays unknown")


def _anchors(settings: Settings) -> Iterator[Finding]:
    folder = settings.card.anchors
    if folder is None:
        yield ok("certificates", "the simulated issuers are believed")
        return
    try:
        anchors = load_anchors(folder)
    except AnchorError as error:
        yield advised("certificates", "fault", f"{folder}: {error}", "anchors_only")
        return
    except OSError as error:
        detail = f"{folder}: cannot be read ({type(error).__name__})"
        yield advised("certificates", "fault", detail, "anchors_folder")
        return
    if not anchors:
        yield advised("certificates", "fault", f"{folder}: no issuer", "anchors_none")
        return
    now = datetime.now(UTC)
    living = [one for one in anchors if one.certificate.not_valid_after_utc > now]
    over = len(anchors) - len(living)
    if not living:
        yield advised("certificates", "fault", f"{folder}: every issuer has ended", "anchors_ended")
        return
    if over:
        yield ok("certificates", f"{over} issuer{'s' if over > 1 else ''} of the past")
    for anchor in living:
        yield lifetime(
            "certificates", f"issuer of {anchor.generation}", anchor.certificate.not_valid_after_utc
        )


def _revocation_lists(folder: Path) -> Iterator[Finding]:
    try:
        paths = sorted(folder.glob("*.crl")) if folder.is_dir() else None
    except OSError:
        paths = None
    if paths is None:
        yield advised("certificates", "fault", f"{folder}: cannot be read", "revocation_folder")
        return
    if not paths:
        yield advised("certificates", "fault", f"{folder}: no *.crl", "revocation_stale")
    for path in paths:
        due = _next_update(path)
        if due is None:
            detail = f"{path.name}: not a revocation list with a next update"
            yield advised("certificates", "fault", detail, "revocation_stale")
        elif due < datetime.now(UTC):
            detail = f"{path.name}: was due for renewal on {due:%Y-%m-%d %H:%M} UTC"
            yield advised("certificates", "fault", detail, "revocation_stale")
        else:
            yield ok("certificates", f"{path.name}: fresh until {due:%Y-%m-%d %H:%M} UTC")


def _next_update(path: Path) -> datetime | None:
    try:
        data = path.read_bytes()
        pem = data.lstrip().startswith(b"-----BEGIN")
        return (x509.load_pem_x509_crl if pem else x509.load_der_x509_crl)(data).next_update_utc
    except (OSError, ValueError, TypeError):
        return None
