"""What the slips look like, against pictures that a person has looked at.

After a wanted change run ``UPDATE_GOLDENS=1 pytest tests/kiosk/documents/test_ticket_golden.py`` and look.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from kiosk.documents.ticket import Paper, Ticket, ticket_pdf
from kiosk.wording.catalogues import languages

GOLDENS = Path(__file__).parents[2] / "golden" / "documents"
AT = datetime(2026, 2, 9, 23, 5, tzinfo=UTC)
PAPERS: tuple[Paper, ...] = ("receipt", "a6")

pytestmark = pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="poppler-utils is not installed")


def drawn(pdf: bytes, folder: Path) -> Image.Image:
    (folder / "x.pdf").write_bytes(pdf)
    subprocess.run(
        ["pdftoppm", "-r", "75", "-gray", "-singlefile", "-png", folder / "x.pdf", folder / "x"],
        check=True,
        capture_output=True,
    )
    return Image.open(folder / "x.png").convert("L")


def differing(one: Image.Image, other: Image.Image) -> float:
    """The share of pixels that clearly differ: not those which another renderer smooths otherwise."""
    histogram = ImageChops.difference(one, other).histogram()
    return sum(histogram[96:]) / sum(histogram)


@pytest.mark.parametrize("simulated", [False, True], ids=["real", "simulated"])
@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("tag", languages())
def test_a_slip_looks_as_it_did(tag: str, paper: Paper, simulated: bool, tmp_path: Path) -> None:
    slip = Ticket(
        number="A23",
        facility="あおぞら内科クリニック",
        issued_at=AT,
        language=tag,
        paper=paper,
        simulated=simulated,
    )
    picture = drawn(ticket_pdf(slip), tmp_path)
    golden = GOLDENS / f"ticket-{tag}-{paper}{'-simulated' if simulated else ''}.png"
    if os.environ.get("UPDATE_GOLDENS"):
        picture.save(golden, optimize=True)
    expected = Image.open(golden)
    assert picture.size == expected.size
    assert differing(picture, expected) < 0.002
