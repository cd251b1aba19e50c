"""What a check says."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from kiosk.wording.catalogues import catalogue

Verdict = Literal["ok", "warning", "fault"]
Advice = Literal[
    "anchors_ended",
    "anchors_folder",
    "anchors_none",
    "anchors_only",
    "camera_absent",
    "camera_black",
    "camera_blinded",
    "camera_choose",
    "camera_exposure",
    "camera_opencv",
    "camera_rights",
    "camera_silent",
    "camera_slow",
    "camera_small",
    "camera_virtual",
    "certificate_ended",
    "certificate_now",
    "certificate_soon",
    "certificate_today",
    "check_failed",
    "check_hangs",
    "checkpoints_folder",
    "clock",
    "disk_full",
    "disk_soon",
    "eligibility_tls",
    "exchange_filling",
    "exchange_full",
    "exchange_mounted",
    "exchange_unfetched",
    "expat",
    "face_clock",
    "face_encrypted",
    "face_files",
    "face_limits",
    "file_private",
    "file_rights",
    "folder_private",
    "folder_rights",
    "fonts_changed",
    "fonts_missing",
    "front_files",
    "hub_away",
    "hub_behind",
    "hub_fork",
    "hub_key_differs",
    "hub_login",
    "hub_not_ready",
    "hub_refused",
    "hub_settings",
    "hub_terminal",
    "hub_tls",
    "ledger_busy",
    "ledger_corrupt",
    "ledger_io_fault",
    "ledger_key_exposed",
    "ledger_key_invalid",
    "ledger_key_missing",
    "ledger_read_only",
    "ledger_too_new",
    "ledger_unsigned",
    "ledger_wrong_key",
    "letters_late",
    "letters_need_person",
    "nfc_library",
    "nfc_pcsc",
    "nfc_rights",
    "printer_folder",
    "printer_queue",
    "printer_service",
    "printer_stopped",
    "pyside",
    "reader_choose",
    "reader_connect",
    "reader_pcsc",
    "reader_restart",
    "reader_service",
    "receiver_away",
    "receiver_folder",
    "receiver_not_trusted",
    "receiver_rights",
    "receiver_secret",
    "receiver_tls",
    "revocation_folder",
    "revocation_stale",
    "scanner_connect",
    "secret_empty",
    "sound_device",
    "sound_program",
    "sqlcipher",
    "voice_programs",
]
"""Remedies that the catalogues have, as ``desk.advice.*``."""


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at. ``remedy`` is "" where nothing is to be done, and in English; ``advice`` is its key
    in the catalogues, "" for one that they do not have."""

    subject: str
    verdict: Verdict
    detail: str
    remedy: str = ""
    advice: Advice | Literal[""] = ""


def ok(subject: str, detail: str) -> Finding:
    return Finding(subject, "ok", detail)


def warning(subject: str, detail: str, remedy: str) -> Finding:
    return Finding(subject, "warning", detail, remedy)


def fault(subject: str, detail: str, remedy: str) -> Finding:
    return Finding(subject, "fault", detail, remedy)


def advised(subject: str, verdict: Verdict, detail: str, advice: Advice) -> Finding:
    return Finding(subject, verdict, detail, catalogue("en").sentence(f"desk.advice.{advice}").plain, advice)


def lifetime(subject: str, name: str, end: datetime) -> Finding:
    """A certificate's: told 60 days before its end, urgently 30 days before, a fault from 7 days before."""
    days = (end - datetime.now(UTC)).days
    until = f"{name} is valid until {end:%Y-%m-%d}"
    if days < 0:
        return advised(subject, "fault", f"{name} ended on {end:%Y-%m-%d}", "certificate_ended")
    if days <= 7:
        return advised(subject, "fault", f"{until}, {days} days", "certificate_today")
    if days <= 30:
        return advised(subject, "warning", f"{until}, {days} days", "certificate_now")
    if days <= 60:
        return advised(subject, "warning", f"{until}, {days} days", "certificate_soon")
    return ok(subject, until)


def asked(*command: str, timeout_s: float = 1.0) -> tuple[int, str] | None:
    """Exit code and output of a system's program; None where it is missing or does not answer."""
    try:
        done = subprocess.run(  # noqa: S603  fixed commands of the system
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout_s,
            env={**os.environ, "LC_ALL": "C"},
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.returncode, done.stdout.decode(errors="replace")


def can_write(folder: Path) -> bool:
    """By trying: on a network folder the permissions do not tell. Leaves nothing behind."""
    probe = folder / f".uketsuke-probe-{os.getpid()}"
    try:
        os.close(os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        probe.unlink()
    except OSError:
        return False
    return True
