"""A signature: fitted into its place, whatever the screen was, and refused where it is none."""

from __future__ import annotations

import io
import math
import struct
import zlib
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from kiosk.documents.declaration import Declaration, declaration_pdf
from kiosk.documents.signature import Picture, SignatureFault, Strokes, for_template
from tests.support.papers import drawn, needs_poppler, page_sizes, with_streams

AT = datetime(2026, 2, 9, 23, 5, tzinfo=UTC)
WIDTH, HEIGHT = 95.0, 15.5
PLACES = st.floats(-9_999, 9_999)
STROKES = st.lists(st.lists(st.tuples(PLACES, PLACES), max_size=30).map(tuple), max_size=6).map(tuple)


def strokes(*points: tuple[float, float]) -> Strokes:
    return Strokes((points,))


def png(mode: str = "RGBA", size: tuple[int, int] = (600, 200), **options: Any) -> bytes:
    image = Image.new(mode, size, options.pop("paper", None) or 0)
    if options.pop("ink", True):
        dark: Any = {"RGBA": (0, 0, 40, 255), "RGB": (0, 0, 0), "L": 0, "1": 0}[mode]
        ImageDraw.Draw(image).line([(150, 50), (300, 150), (450, 60)], fill=dark, width=8)
    out = io.BytesIO()
    image.save(out, "PNG", **options)
    return out.getvalue()


def form(signature: Strokes | Picture | None) -> bytes:
    return declaration_pdf(Declaration(signature=signature), made_at=AT)


@given(STROKES)
def test_strokes_from_any_place_come_to_lie_in_the_box(written: Any) -> None:
    found: Any = for_template(Strokes(written), WIDTH, HEIGHT)
    if not any(written):
        assert found is None
        return
    assert len(found["strokes"]) == sum(bool(stroke) for stroke in written)
    for x, y in (point for stroke in found["strokes"] for point in stroke):
        assert -0.01 <= x <= WIDTH + 0.01
        assert -0.01 <= y <= HEIGHT + 0.01


def test_strokes_keep_their_form_and_are_never_made_larger() -> None:
    small: Any = for_template(strokes((5, 5), (15, 10)), WIDTH, HEIGHT)
    assert (small["width"], small["height"]) == (10, 5)
    large: Any = for_template(strokes((0, 0), (1000, 100)), WIDTH, HEIGHT)
    assert (large["width"], large["height"]) == (95, 9.5)


def test_points_upon_one_another_are_thinned_and_the_end_of_the_stroke_stays() -> None:
    crowd = tuple((i / 1000, 0.0) for i in range(10_001))
    (points,) = for_template(Strokes((crowd,)), WIDTH, HEIGHT)["strokes"]  # type: ignore[index, misc]
    assert len(points) < 100
    assert points[0] == (0, 0)
    assert points[-1] == (10, 0)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e9])
def test_a_point_that_is_no_place_on_a_screen_is_refused(value: float) -> None:
    with pytest.raises(SignatureFault):
        strokes((0.0, value))


def test_more_points_than_a_hand_makes_are_refused() -> None:
    with pytest.raises(SignatureFault):
        Strokes(tuple(((0.0, 0.0),) * 1000 for _ in range(51)))


def ink(pdf: bytes) -> int:
    """Dark pixels in the place of the signature, which lies above the explanation at the foot of the page."""
    page = drawn(pdf)
    box = page.crop(
        (int(page.width * 0.3), int(page.height * 0.79), int(page.width * 0.7), int(page.height * 0.85))
    )
    return sum(box.histogram()[:128])


@needs_poppler
def test_strokes_and_pictures_are_seen_on_the_paper_and_nothing_is_where_nobody_signed() -> None:
    nothing = ink(form(None))
    written = strokes(*((i / 2, 8 + 7 * math.sin(i / 4)) for i in range(160)))
    assert ink(form(written)) > nothing + 200
    assert ink(form(Picture(png()))) > nothing + 200
    assert ink(form(Strokes(()))) == nothing


@pytest.mark.parametrize(
    "signature",
    [Strokes(((),)), strokes((1, 1)), strokes((1, 1), (1, 1)), strokes((0, 0), (0, 50)), strokes((0, 0), (500, 0))],
    ids=["empty", "dot", "same point twice", "upright", "level"],
)  # fmt: skip
def test_dots_and_straight_lines_are_signatures_too(signature: Strokes) -> None:
    assert page_sizes(form(signature)) == [(210, 297)]


@pytest.mark.parametrize("mode", ["RGBA", "RGB", "L", "1"])
def test_a_picture_of_any_kind_is_printed_grey_without_what_else_it_carried(mode: str) -> None:
    from PIL.PngImagePlugin import PngInfo

    told = PngInfo()
    told.add_text("Author", "ALEXANDRA")
    paper = {"RGBA": (0, 0, 0, 0), "RGB": (255, 255, 255), "L": 255, "1": 1}[mode]
    pdf = form(Picture(png(mode, paper=paper, pnginfo=told)))
    assert b"/Subtype/Image" in pdf
    assert b"ALEXANDRA" not in with_streams(pdf)


def test_an_empty_picture_is_no_signature() -> None:
    assert for_template(Picture(png(ink=False)), WIDTH, HEIGHT) is None


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\x89PNG", b"GIF89a" + bytes(40), b"\x89PNG\r\n\x1a\n" + bytes(40),
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 60_000, 60_000) + b"\x08\x06\0\0\0",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 0, 10) + b"\x08\x06\0\0\0",
    ],
)  # fmt: skip
def test_what_is_no_picture_of_a_sensible_size_is_refused(data: bytes) -> None:
    with pytest.raises(SignatureFault):
        Picture(data)


@given(st.integers(24, 500), st.binary(min_size=1, max_size=4))
def test_a_damaged_picture_is_refused_or_printed_but_breaks_nothing(at: int, damage: bytes) -> None:
    whole = png()
    for data in (whole[:at] + damage + whole[at + len(damage) :], whole[:at]):
        with suppress(SignatureFault):
            for_template(Picture(data), WIDTH, HEIGHT)


def test_a_picture_that_unpacks_to_more_than_it_says_is_refused_or_cut() -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 10, 10, 8, 0, 0, 0, 0))
    bomb = (
        b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(10_000_000))) + chunk(b"IEND", b"")
    )
    try:
        found: Any = for_template(Picture(bomb), WIDTH, HEIGHT)
    except SignatureFault:
        return
    assert len(found["png"]) < 10_000


def test_signatures_survive_being_kept_and_show_nothing_where_they_are_logged() -> None:
    for signature in (strokes((1.5, 2.5), (3.0, 4.0)), Picture(png())):
        kept = Declaration(signature=signature)
        assert msgspec.json.decode(msgspec.json.encode(kept), type=Declaration) == kept
        assert "2.5" not in repr(signature)
        assert "PNG" not in repr(signature)
