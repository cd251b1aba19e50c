"""What cannot go together though each word by itself is right."""

from __future__ import annotations

import re
from collections.abc import Iterator

from drivers.face.rules import Rules as FaceRules
from drivers.face.rules import ThresholdTooLow
from kiosk.evidence.model import BookError
from kiosk.wording import catalogues
from ui.settings.model import Settings
from ui.settings.part import UNSET_CODE
from ui.settings.services import HubPart

_ENTRY = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*")


def contradictions(settings: Settings) -> Iterator[str]:
    """Each as place, problem and remedy."""
    if settings.profile == "production":
        yield from _simulated_parts(settings)
    yield from _lacking_for_eligibility(settings)
    screen = settings.screen
    if (screen.px is None) is not (screen.mm is None):
        yield "screen: give px and mm together, or a panel's name"
    if screen.language not in catalogues.languages():
        yield f"screen.language: {screen.language!r} is unknown; known are {', '.join(catalogues.languages())}"
    if settings.limits.warning >= settings.limits.page:
        yield "limits.warning: must be shorter than limits.page"
    if settings.recheck.first_s > settings.recheck.longest_s:
        yield "recheck.first_s: must not be longer than recheck.longest_s"
    if settings.ticket.printer and settings.ticket.folder is not None:
        yield "ticket: give either printer or folder"
    if (settings.papers.printer or settings.papers.staff_printer) and settings.papers.folder is not None:
        yield "papers: give either printers or folder"
    yield from _faces_that_cannot_be(settings)
    yield from _receivers_that_cannot_be(settings)
    yield from _lacking_for_hub(settings.hub)
    yield from _rules_that_are_none(settings)
    yield from _contacts_for_nobody(settings)


def _simulated_parts(settings: Settings) -> Iterator[str]:
    """A production terminal has nothing simulated about it."""
    if settings.reader.kind == "simulated":
        yield 'reader.kind: a production terminal needs a real reader (kind = "pcsc" or "nfc")'
    if settings.reader.kind == "nfc" and settings.reader.device.startswith("udp"):
        yield 'reader.device: a production terminal reads no simulated radio field; use "usb" or "tty:…"'
    if settings.eligibility.kind == "simulated":
        yield (
            "eligibility.kind: a production terminal cannot ask the simulated system; "
            'use "oqs_folder", "oqs_web_api" or "none"'
        )
    if settings.scanner.kind == "simulated":
        yield 'scanner.kind: a production terminal cannot read codes from a simulated camera; use "camera"'
    if settings.camera.kind == "simulated":
        yield 'camera.kind: a production terminal cannot look at a drawn face; use "webcam" or "none"'
    if settings.card.anchors is None:
        yield "card.anchors: name the folder with the issuers' certificates to believe"


def _faces_that_cannot_be(settings: Settings) -> Iterator[str]:
    """A face check that would count for more than the law lets it, or take strangers for the card's holder."""
    face = settings.face
    if face.authority == "simulator" and settings.profile == "production":
        yield 'face.authority: a production terminal verifies nobody by a simulated word; use "aid"'
    if face.authority == "certified":
        yield (
            "face.authority: a certified reader's results come by eligibility.face_folder; "
            'this terminal\'s own camera is an "aid"'
        )
    if face.authority == "authorised" and not face.authoriser:
        yield (
            "face.authority: authorised needs face.authoriser, which a licensed operator (公的個人認証法 38条の2) "
            'brings along; without a licence use "aid"'
        )
    if face.authority == "authorised" and settings.card.face_issuers is None:
        yield (
            "card.face_issuers: needed where face.authority is authorised: "
            "a photograph that no known issuer signed verifies nobody"
        )
    if face.authoriser and not _ENTRY.fullmatch(face.authoriser):
        yield "face.authoriser: name it as package.module:name"
    try:
        FaceRules(threshold=face.threshold)
    except ThresholdTooLow as error:
        yield f"face.threshold: {error}. {error.remedy}"
    except ValueError:
        yield "face.threshold: at most 1"


def _lacking_for_eligibility(settings: Settings) -> Iterator[str]:
    wanted = settings.eligibility
    needed = {"oqs_folder": ("request_folder", "answer_folder"), "oqs_web_api": ("url", "tls")}
    for name in needed.get(wanted.kind, ()):
        if not getattr(wanted, name):
            yield f'eligibility.{name}: needed for kind = "{wanted.kind}"'
    if wanted.kind in needed and settings.facility.medical_institution_code == UNSET_CODE:
        yield f'facility.medical_institution_code: needed for kind = "{wanted.kind}"'
    if wanted.url and not wanted.url.startswith("https://"):
        yield "eligibility.url: must begin with https://"
    for place, reader in enumerate(wanted.face_readers):
        if reader.folder is None and wanted.face_folder is None:
            yield f"eligibility.face_readers[{place}].folder: needed where there is no eligibility.face_folder"
    if (wanted.face_readers or wanted.face_folder is not None) and wanted.kind != "oqs_folder":
        yield 'eligibility: face results come with kind = "oqs_folder" alone'


def _receivers_that_cannot_be(settings: Settings) -> Iterator[str]:
    receivers = settings.handoff.receivers
    if len({one.name for one in receivers}) < len(receivers):
        yield "handoff.receivers: two have the same name"
    for place, one in enumerate(receivers):
        here = f"handoff.receivers[{place}]"
        if (one.folder is None) is not bool(one.url):
            yield f"{here}: give either folder or url"
        if one.url and one.format not in ("json", "fhir"):
            yield f'{here}.url: format = "{one.format}" goes into a folder'
        if one.url and not one.url.startswith("https://"):
            yield f"{here}.url: must begin with https://"
        if one.url and one.tls is None:
            yield f"{here}.tls: needed for url"
        if one.url and one.format == "json" and one.secret_file is None:
            yield f"{here}.secret_file: needed for a web hook, which must know that it is you"
        if one.simulated and settings.profile == "production":
            yield f"{here}.simulated: a production terminal has no simulated visits"
        needs_code = one.format == "fhir" or one.file_name == "face_result"
        unset = settings.facility.medical_institution_code == UNSET_CODE
        if needs_code and unset and settings.profile == "production":
            yield f'facility.medical_institution_code: needed for {here} (format = "{one.format}")'


def _lacking_for_hub(hub: HubPart) -> Iterator[str]:
    if not hub.host:
        if hub != HubPart():
            yield "hub.host: needed where anything else of [hub] is given"
        return
    if not hub.public_key:
        yield "hub.public_key: needed; `uketsuke hub init` and `uketsuke hub status` print it"
    if hub.role == "console" and hub.key is None:
        yield "hub.key: a console needs the consoles' key file; copy it from the first console"
    if not hub.host.startswith("/") and hub.tls is None:
        yield "hub.tls: needed over a network; name the authorities that the server's certificate is checked with"
    if hub.tls is not None and (hub.tls.certificate is None) is not (hub.tls.key is None):
        yield "hub.tls: give certificate and key together"


def _rules_that_are_none(settings: Settings) -> Iterator[str]:
    if not settings.rules:
        return
    from kiosk.evidence.loading import book

    known = book().switches
    for id in settings.rules:
        if id not in known:
            yield f"rules.{id}: there is no such rule to switch; known are {', '.join(known)}"
    try:
        _ = settings.switched
    except BookError as error:
        yield f"rules: {error}"


def _contacts_for_nobody(settings: Settings) -> Iterator[str]:
    for place, line in enumerate(settings.contacts):
        try:
            _ = line.contact
        except BookError as error:
            yield f"contacts[{place}].{error}"
