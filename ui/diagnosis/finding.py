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
    "letters_late",
    "letters_need_person",
    "receiver_away",
    "receiver_folder",
    "receiver_not_trusted",
    "receiver_rights",
    "receiver_secret",
    "receiver_tls",
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
        return fault(subject, f"{name} ended on {end:%Y-%m-%d}", "Put a new one in its place.")
    if days <= 7:
        return fault(subject, f"{until}, {days} days", "Renew it today.")
    if days <= 30:
        return warning(subject, f"{until}, {days} days", "Renew it now.")
    if days <= 60:
        return warning(subject, f"{until}, {days} days", "Plan its renewal.")
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
