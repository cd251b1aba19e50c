"""Scans that may be kept with a visit, and those that never are. Pure.

A 資格情報のお知らせ carries the last digits of the individual number, the back of a My Number Card all of it, and its
front what the reception has from the chip: none of them is kept. What is on the picture is not looked at: whoever
scans says it.
"""

from __future__ import annotations

import base64

from kiosk.desk.notes import ScanAttached, ScanKind
from kiosk.desk.refusing import Refusal, Why

LARGEST = 3 * 1024 * 1024
KEPT = frozenset({ScanKind.CERTIFICATE_FRONT, ScanKind.DECLARATION})
_SIGNATURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"%PDF-": "application/pdf"}


def scan_of(kind: ScanKind, content: bytes) -> ScanAttached | Refusal:
    """The note that keeps a scan of at most ``LARGEST`` bytes: JPEG, PNG or PDF."""
    if kind not in KEPT:
        return Refusal(Why.KIND_NOT_KEPT)
    if len(content) > LARGEST:
        return Refusal(Why.TOO_LARGE)
    media = next((media for start, media in _SIGNATURES.items() if content.startswith(start)), None)
    if media is None:
        return Refusal(Why.NOT_A_SCAN)
    return ScanAttached(
        kind=kind, media=media, size=len(content), content=base64.b64encode(content).decode("ascii")
    )
