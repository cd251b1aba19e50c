"""Reading a printed PDF back: its text, its pages, its picture. Needs poppler-utils, as the tests that use it say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image, ImageChops

MILLIMETRE = 72 / 25.4
GOLDENS = Path(__file__).parents[1] / "golden" / "documents"

needs_poppler = pytest.mark.skipif(
    not (shutil.which("pdftotext") and shutil.which("pdftoppm")), reason="poppler-utils is not installed"
)


def text_of(pdf: bytes, *, as_laid_out: bool = False) -> str:
    """What can be copied from the paper: in the order in which it was written, or line by line as it stands, which
    keeps furigana on lines of their own."""
    return _poppler("pdftotext", "-layout" if as_laid_out else "-raw", pdf=pdf, out="x.txt").decode()


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def with_streams(pdf: bytes) -> bytes:
    """The file and, behind it, every compressed stream of it in plain."""
    plain = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        with suppress(zlib.error):
            plain.append(zlib.decompress(stream))
    return b"\n".join(plain)


def page_sizes(pdf: bytes) -> list[tuple[int, int]]:
    """Width and height of every page in whole millimetres."""
    found = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", with_streams(pdf))
    return [(round(float(width) / MILLIMETRE), round(float(height) / MILLIMETRE)) for width, height in found]


def drawn(pdf: bytes) -> Image.Image:
    """The first page in grey, at 75 dpi."""
    png = _poppler("pdftoppm", "-r", "75", "-gray", "-singlefile", "-png", pdf=pdf, out="x.png")
    with tempfile.SpooledTemporaryFile() as file:
        file.write(png)
        file.seek(0)
        return Image.open(file).convert("L")


def matches_golden(pdf: bytes, name: str) -> bool:
    """Whether the first page looks like ``tests/golden/documents/<name>.png``, but for how a renderer smooths.
    ``UPDATE_GOLDENS=1`` writes the picture instead: look at it."""
    picture, golden = drawn(pdf), GOLDENS / f"{name}.png"
    if os.environ.get("UPDATE_GOLDENS"):
        picture.save(golden, optimize=True)
    expected = Image.open(golden)
    histogram = ImageChops.difference(picture, expected).histogram()
    return picture.size == expected.size and sum(histogram[96:]) / sum(histogram) < 0.002


def _poppler(tool: str, *options: str, pdf: bytes, out: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "x.pdf").write_bytes(pdf)
        target = "x" if tool == "pdftoppm" else out
        subprocess.run([tool, *options, "x.pdf", target], cwd=folder, check=True, capture_output=True)
        return (Path(folder) / out).read_bytes()
