"""Pictures of pages against those that a person has looked at, at half their size to keep the repository small.

``pytest tests/ui --update-goldens`` writes them anew.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast, get_args

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter

from kiosk.visit.policy import Contrast, TextSize
from kiosk.visit.states import Deadline
from tests.support.screens import settle
from ui.patient.details import DetailsPage
from ui.patient.gallery import examples
from ui.patient.gallery_pictures import STILL, dressed, photograph, still_window
from ui.patient.pin import PinPage
from ui.patient.window import PatientWindow
from ui.theme.panel import PROFILES
from ui.widgets.kit import ReaderKind
from ui.widgets.rows import MaskedRow

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = ROOT / "tests" / "golden" / "screens"
FAILED = ROOT / "out" / "golden-failures"
SHADES = 24  # a channel may differ by so much: other processors round edges of letters differently
SPECKS = 200  # and so many bytes may differ by more

ONCE = (
    "Welcome", "OutOfService", "ReadingCard", "ReadingCard.problem.card_unreadable",
    "ReadingCard.problem.not_my_number_card", "ChoosingVerification", "EnteringPin", "OfferingRegistration",
    "AskingConsent", "AskingConsent.items.care", "LookingUp", "Confirmed.certificate_expiring", "TakeCard.finished",
    "WaitingForStaff.network_fault", "Finished", "Abandoned.timed_out",
    "ChoosingEvidence", "ChoosingEvidence.refused", "ExplainingNoCard", "ExplainingNoCard.lost", "Companion",
    "SchoolTrip", "SchoolTrip.show", "ShowingCertificate", "ShowingNotice", "ShowingPortal", "IdentifyingKnown.found",
    "ConfirmingKnownData", "FillingDeclaration.source", "FillingDeclaration.key", "FillingDeclaration.unlock.number_b",
    "FillingDeclaration.last_try", "FillingDeclaration.question.kana", "FillingDeclaration.question.insurance_kind",
    "FillingDeclaration.summary", "FillingDeclaration.signature", "FillingDeclaration.covered", "ExplainingSelfPay",
    "StaffVerifying.on_paper", "Finished.declared", "Welcome.certified", "UsingCertifiedReader",
    "UsingCertifiedReader.card_unreadable", "TakeCard.elsewhere", "EnteringPin.phone", "ReadingPhone.reading",
    "EnteringPin.phone_last_try", "ReadingPhone.hold", "ReadingPhone.not_confirmed", "ReadingPhone.opening",
    "ChoosingVerification.face", "ReadingCardFront.camera", "ReadingCardFront.typed", "ReadingCardFront.put_back",
    "MatchingFace", "MatchingFace.turn_left", "MatchingFace.again.other_person", "MatchingFace.camera_gone",
)  # fmt: skip
OTHERS: tuple[tuple[str, str, str, TextSize, Contrast], ...] = (
    ("AskingConsent", "small", "en", "extra_large", "high"),
    ("AskingConsent", "landscape", "ja", "medium", "standard"),
    ("EnteringPin", "small", "ja", "medium", "standard"),
    ("EnteringPin.last_try", "landscape", "ja-easy", "large", "high"),
    ("Welcome", "small", "ja", "large", "standard"),
    ("Welcome", "landscape", "en", "medium", "high"),
    ("OutOfService", "small", "ja-easy", "medium", "standard"),
    ("ChoosingVerification", "portrait", "en", "extra_large", "standard"),
    ("ChoosingEvidence", "landscape", "en", "medium", "high"),
    ("ChoosingEvidence", "small", "ja", "medium", "standard"),
    ("ChoosingEvidence.refused", "small", "ja-easy", "extra_large", "high"),
    ("ExplainingNoCard", "small", "en", "large", "standard"),
    ("ExplainingNoCard.lost", "landscape", "ja-easy", "medium", "standard"),
    ("ShowingCertificate", "small", "ja", "extra_large", "standard"),
    ("ShowingPortal", "landscape", "ja-easy", "large", "high"),
    ("ConfirmingKnownData", "small", "ja-easy", "extra_large", "high"),
    ("FillingDeclaration.summary", "landscape", "en", "medium", "standard"),
    ("FillingDeclaration.summary", "small", "ja", "extra_large", "standard"),
    ("FillingDeclaration.unlock.number_b", "small", "ja-easy", "extra_large", "standard"),
    ("FillingDeclaration.signature", "small", "ja", "medium", "standard"),
    ("FillingDeclaration.question.kana", "small", "ja", "medium", "high"),
    ("Welcome.certified", "landscape", "en", "medium", "high"),
    ("UsingCertifiedReader", "small", "ja-easy", "extra_large", "high"),
    ("ReadingPhone.lost", "small", "ja-easy", "extra_large", "high"),
    ("ReadingPhone.hold", "landscape", "en", "large", "high"),
    ("ReadingPhone.reading", "landscape", "ja-easy", "medium", "high"),
    ("ReadingPhone.retype", "small", "ja", "large", "standard"),
    ("EnteringPin.phone_wrong", "small", "en", "extra_large", "standard"),
    ("ReadingCardFront.camera", "small", "ja-easy", "extra_large", "standard"),
    ("ReadingCardFront.last_try", "landscape", "en", "medium", "high"),
    ("ReadingCardFront.wrong", "small", "en", "large", "high"),
    ("MatchingFace.camera_blinded", "small", "en", "extra_large", "high"),
    ("MatchingFace.mask", "landscape", "ja-easy", "large", "standard"),
    ("MatchingFace.hold_still", "small", "ja", "medium", "standard"),
)
USUAL: tuple[str, str, TextSize, Contrast] = ("portrait", "ja", "medium", "standard")
CASES = [*((name, *USUAL) for name in ONCE), *OTHERS]


@pytest.fixture(scope="module")
def windows(request: pytest.FixtureRequest) -> Iterator[Callable[[str], PatientWindow]]:
    request.getfixturevalue("qapp")
    opened: dict[str, PatientWindow] = {}

    def window(profile: str) -> PatientWindow:
        if profile not in opened:
            opened[profile] = still_window(PROFILES[profile])
            opened[profile].show()
        return opened[profile]

    yield window
    for one in opened.values():
        one.close()
        one.deleteLater()
    settle()


def different(one: QImage, other: QImage) -> int:
    """How many bytes differ by more than ``SHADES``; all of them if the sizes differ."""
    if one.size() != other.size():
        return one.sizeInBytes()
    both = one.copy()
    painter = QPainter(both)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Difference)
    painter.drawImage(0, 0, other)
    painter.end()
    plain = both.convertToFormat(QImage.Format.Format_RGB888)
    return bytes(plain.constBits()).translate(bytes(int(shade > SHADES) for shade in range(256))).count(1)


def compare(full: QImage, name: str, request: pytest.FixtureRequest) -> None:
    half = Qt.TransformationMode.SmoothTransformation
    image = full.scaledToWidth(full.width() // 2, half).convertToFormat(QImage.Format.Format_RGB32)
    path = GOLDEN / f"{name}.png"
    if request.config.getoption("--update-goldens", default=False):
        GOLDEN.mkdir(parents=True, exist_ok=True)
        assert image.save(str(path), quality=0)  # smallest file
        return
    assert path.is_file(), f"no golden picture {path.name}: look at the page, then --update-goldens"
    golden = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB32)
    if image == golden:
        return
    count = different(image, golden)
    if count > SPECKS:
        FAILED.mkdir(parents=True, exist_ok=True)
        image.save(str(FAILED / f"{name}.now.png"))
        golden.save(str(FAILED / f"{name}.golden.png"))
    assert count <= SPECKS, (
        f"{name} differs in {count} bytes; both pictures are in {FAILED.relative_to(ROOT)}"
    )


@pytest.mark.parametrize(
    ("page", "profile", "language", "size", "contrast"), CASES, ids=["-".join(case) for case in CASES]
)
def test_the_page_looks_as_it_was_approved(
    windows: Callable[[str], PatientWindow],
    request: pytest.FixtureRequest,
    page: str,
    profile: str,
    language: str,
    size: TextSize,
    contrast: Contrast,
) -> None:
    window = windows(profile)
    window.show_view(dressed(examples()[page], language, size, contrast))
    compare(photograph(window), f"{page}-{profile}-{language}-{size}-{contrast}", request)
    settle()


@pytest.mark.parametrize(
    "extra", ["digits", "details", "refused", "revealed", "display", "language", "warned"]
)
def test_what_lies_over_a_page_looks_as_it_was_approved(
    windows: Callable[[str], PatientWindow], request: pytest.FixtureRequest, extra: str
) -> None:
    window = windows("landscape")
    window.show_view(examples()["Welcome"])
    if extra == "digits":
        window.show_view(examples()["EnteringPin"])
        keypad = cast(PinPage, window.page).keypad
        assert keypad is not None
        for digit in (1, 2):
            keypad.add(digit)
    elif extra in ("details", "refused"):
        window.show_view(examples()["Confirmed" if extra == "details" else "ChoosingEvidence.no_card"])
        toggle = cast(DetailsPage, window.page).toggle
        assert toggle is not None
        toggle.touched.emit()
    elif extra == "revealed":
        window.show_view(examples()["ConfirmingKnownData"])
        for row in window.findChildren(MaskedRow):
            row.touched.emit()
    elif extra == "warned":
        warned = replace(examples()["AskingConsent"], warned=True, deadline=Deadline(end=18_000, warn=0))
        window.show_view(warned)
    else:
        window._open_panel(extra)
    compare(photograph(window), f"over-{extra}", request)
    window.close_panel()
    settle()


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("reader", get_args(ReaderKind))
def test_each_kind_of_reader_has_its_own_picture(request: pytest.FixtureRequest, reader: ReaderKind) -> None:
    window = still_window(PROFILES["small"], dataclasses.replace(STILL, reader=reader))
    window.show()
    window.show_view(examples()["TakeCard.finished"])
    compare(photograph(window), f"reader-{reader}", request)
    window.close()
    window.deleteLater()
    settle()


@pytest.mark.usefixtures("qapp")
def test_a_moved_button_would_be_seen_and_a_rounded_edge_would_not() -> None:
    plain = QImage(200, 200, QImage.Format.Format_RGB32)
    plain.fill(0xFFFFFF)
    softened, moved = plain.copy(), plain.copy()
    softened.fill(0xFFFFFF - 0x101010)
    painter = QPainter(moved)
    painter.fillRect(20, 20, 12, 12, 0x0017C1)
    painter.end()
    assert different(plain, softened) == 0
    assert different(plain, moved) > SPECKS
    assert different(plain, QImage(10, 10, QImage.Format.Format_RGB32)) > SPECKS
