"""The eligibility service, and the certificates that cards are checked against."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from drivers.card.certificates import AnchorError, load_anchors
from kiosk.eligibility.folders.settings import FolderSettings
from ui.diagnosis.finding import Finding, can_write, fault, lifetime, ok, warning
from ui.settings import Settings, Tls

_QUOTA: int = FolderSettings(request_folder=Path(), answer_folder=Path(), medical_institution_code="").quota
_REQUESTS = "OQSsiquc01req_"
_FETCHED_WITHIN_S = 600


def eligibility(settings: Settings) -> Iterator[Finding]:
    wanted = settings.eligibility
    match wanted.kind:
        case "simulated":
            yield ok("eligibility", "the simulated national system")
        case "none":
            yield ok("eligibility", "no service: staff confirm the eligibility")
        case "oqs_folder":
            for folder, writes in (
                (wanted.request_folder, True),
                (wanted.answer_folder, True),
                (wanted.face_folder, False),
            ):
                if folder is not None:
                    yield _folder(folder, writes=writes)
            if wanted.request_folder is not None:
                yield from _left_behind(wanted.request_folder)
        case "oqs_web_api":
            if wanted.tls is not None:
                yield from _tls(wanted.tls)
            if wanted.token_file is not None:
                yield _secret_file(wanted.token_file)


def _folder(folder: Path, *, writes: bool) -> Finding:
    mounted = "Is the network folder mounted?"
    try:
        with closing(os.scandir(folder)) as entries:
            files = sum(1 for _, _entry in zip(range(_QUOTA), entries, strict=False))
    except OSError as error:
        return fault("eligibility", f"{folder}: cannot be read ({type(error).__name__})", mounted)
    if writes and not can_write(folder):
        return fault("eligibility", f"{folder}: cannot be written", "Give this user write permission there.")
    if files >= _QUOTA:
        return fault(
            "eligibility", f"{folder}: {_QUOTA} files or more", "Remove old files; requests are refused."
        )
    if files >= _QUOTA * 0.8:
        return warning("eligibility", f"{folder}: {files} files of {_QUOTA}", "Remove old files.")
    return ok("eligibility", f"{folder}: {files} files")


def _left_behind(folder: Path) -> Iterator[Finding]:
    """Requests that nobody has fetched: the qualification terminal is off, or looks elsewhere."""
    try:
        with closing(os.scandir(folder)) as entries:
            requests = [entry.stat().st_mtime for entry in entries if entry.name.startswith(_REQUESTS)]
    except OSError:
        return  # told already
    old = sum(1 for at in requests if time.time() - at > _FETCHED_WITHIN_S)
    if old:
        remedy = "Is the qualification terminal running, and does its software watch this folder?"
        yield warning("eligibility", f"{folder}: {old} requests were not fetched", remedy)


def _tls(tls: Tls) -> Iterator[Finding]:
    from kiosk.eligibility.https import TlsSettings, TlsSettingsError, tls_context

    pair = TlsSettings(authorities=tls.authorities, certificate=tls.certificate, key=tls.key)
    try:
        tls_context(pair)
    except TlsSettingsError as error:
        yield fault("eligibility", f"TLS: {error}", "Check the files under eligibility.tls; PEM is wanted.")
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
        return fault(
            "eligibility", f"{path}: cannot be read ({type(error).__name__})", "Check path and rights."
        )
    if empty:
        return fault("eligibility", f"{path}: empty", "Put the secret into it.")
    if state.st_mode & 0o077:
        return fault("eligibility", f"{path}: others can read it", f"chmod 600 {path}")
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
        yield fault("certificates", f"{folder}: {error}", "Keep only the issuers' own certificates there.")
        return
    except OSError as error:
        yield fault(
            "certificates", f"{folder}: cannot be read ({type(error).__name__})", "Check card.anchors."
        )
        return
    if not anchors:
        remedy = "Put the issuers' certificates there; without them no card is believed."
        yield fault("certificates", f"{folder}: no issuer", remedy)
        return
    now = datetime.now(UTC)
    living = [one for one in anchors if one.certificate.not_valid_after_utc > now]
    over = len(anchors) - len(living)
    if not living:
        yield fault("certificates", f"{folder}: every issuer has ended", "Get the issuers of today.")
        return
    if over:
        yield ok("certificates", f"{over} issuer{'s' if over > 1 else ''} of the past")
    for anchor in living:
        yield lifetime(
            "certificates", f"issuer of {anchor.generation}", anchor.certificate.not_valid_after_utc
        )


def _revocation_lists(folder: Path) -> Iterator[Finding]:
    remedy = "Revocation is told as unknown until a fresh list is there: look at what fetches it."
    try:
        paths = sorted(folder.glob("*.crl")) if folder.is_dir() else None
    except OSError:
        paths = None
    if paths is None:
        yield fault("certificates", f"{folder}: cannot be read", "Check card.revocation_lists.")
        return
    if not paths:
        yield fault("certificates", f"{folder}: no *.crl", remedy)
    for path in paths:
        due = _next_update(path)
        if due is None:
            yield fault("certificates", f"{path.name}: not a revocation list with a next update", remedy)
        elif due < datetime.now(UTC):
            yield fault(
                "certificates", f"{path.name}: was due for renewal on {due:%Y-%m-%d %H:%M} UTC", remedy
            )
        else:
            yield ok("certificates", f"{path.name}: fresh until {due:%Y-%m-%d %H:%M} UTC")


def _next_update(path: Path) -> datetime | None:
    try:
        data = path.read_bytes()
        pem = data.lstrip().startswith(b"-----BEGIN")
        return (x509.load_pem_x509_crl if pem else x509.load_der_x509_crl)(data).next_update_utc
    except (OSError, ValueError, TypeError):
        return None
