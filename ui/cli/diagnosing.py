"""``uketsuke diagnose``: what a terminal needs, each with ok, warning or fault, and the remedy."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from ui.diagnosis import Finding
    from ui.settings import Settings


def add(name: str, commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help="check readers, services, folders, clock, disk …"
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--look", action="store_true", help="also open the camera for faces, for a moment")
    parser.set_defaults(act=run)


def run(options: argparse.Namespace) -> int:
    """Exit code 1 if anything is a fault."""
    from ui.diagnosis import diagnose
    from ui.settings import load_settings

    settings = load_settings(options.settings)
    findings = (*diagnose(settings), *(_looked(settings) if options.look else ()))
    if options.json:
        print(msgspec.json.encode(findings).decode())
    else:
        for finding in findings:
            remedy = f" → {finding.remedy}" if finding.remedy else ""
            print(f"{finding.verdict:8} {finding.subject:14} {finding.detail}{remedy}")
    return 1 if any(finding.verdict == "fault" for finding in findings) else 0


def _looked(settings: Settings) -> Iterator[Finding]:
    """What the camera sees. Not for a simulated one: nobody stands before it."""
    if settings.camera.kind != "webcam":
        return
    from ui.composing.camera import face_camera
    from ui.diagnosis.cameras import look

    camera = face_camera(settings, None)
    assert camera is not None  # a webcam is one
    try:
        yield from look(camera)
    finally:
        camera.discard()
