"""Codes in pictures: every kind, several at once, and pictures that are made to do harm."""

from __future__ import annotations

import io

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from drivers.interface import ScannedCode
from drivers.scanner.decode import LINEAR, MOST_CODES, MOST_PIXELS, decode


def drawn(content: str | bytes, format: str = "QRCode", scale: int = 4, **options: str) -> Image.Image:
    code = zxingcpp.create_barcode(content, zxingcpp.barcode_format_from_str(format), **options)
    return Image.fromarray(np.asarray(code.to_image(scale=scale)))


def beside(*pictures: Image.Image, gap: int = 40) -> Image.Image:
    width = sum(one.width + gap for one in pictures) + gap
    sheet = Image.new("L", (width, max(one.height for one in pictures) + 2 * gap), 255)
    left = gap
    for one in pictures:
        sheet.paste(one, (left, gap))
        left += one.width + gap
    return sheet


KINDS = {
    "QRCode": ("QR Code", "SIMULATED 123"),
    "MicroQRCode": ("QR Code", "12345"),
    "RMQRCode": ("QR Code", "12345"),
    "DataMatrix": ("Data Matrix", "SIMULATED 123"),
    "Aztec": ("Aztec", "SIMULATED 123"),
    "PDF417": ("PDF417", "SIMULATED 123"),
    "Code128": ("Code 128", "SIMULATED 123"),
    "Code39": ("Code 39", "SIMULATED 123"),
    "Codabar": ("Codabar", "A123456A"),
    "EAN13": ("EAN/UPC", "4901234567894"),
}


@pytest.mark.parametrize("format", KINDS)
def test_every_kind_of_code_is_read(format: str) -> None:
    name, content = KINDS[format]
    assert decode(drawn(content, format)) == (ScannedCode(name, content, content.encode()),)


@pytest.mark.parametrize("scale", [1, 2, 3, 8])
def test_grey_colour_and_pillow_give_the_same(scale: int) -> None:
    picture = beside(drawn("SIMULATED 123", scale=max(2, scale)))
    grey = np.asarray(picture)
    colour = np.repeat(grey[:, :, None], 3, axis=2)
    view = memoryview(colour.tobytes()).cast("B", colour.shape)
    found = decode(picture)
    assert [code.text for code in found] == ["SIMULATED 123"]
    assert decode(grey) == decode(colour) == decode(view) == found
    assert decode(colour[:, ::-1]) == decode(colour[20:, 20:]) == found, "a view on other pixels"


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_japanese_is_read_in_both_encodings(encoding: str) -> None:
    text = "保険者番号=01319904\n氏名=髙﨑　花子 ﾀｶｻｷ"
    (code,) = decode(drawn(text.encode(encoding)))
    assert (code.text, code.content) == (text, text.encode(encoding))


def test_kanji_mode_and_an_encoding_that_is_told_are_read_too() -> None:
    told = drawn("山田太郎", options="eci=UTF-8")
    for picture in (drawn("山田太郎"), told):
        assert [code.text for code in decode(picture)] == ["山田太郎"]


def test_several_codes_are_told_from_top_to_bottom_each_once() -> None:
    low, high = drawn("LOW 1"), drawn("HIGH 2")
    sheet = Image.new("L", (high.width + 80, low.height + high.height + 200), 255)
    sheet.paste(high, (40, 40))
    sheet.paste(low, (40, high.height + 140))
    assert [code.text for code in decode(sheet)] == ["HIGH 2", "LOW 1"]
    assert [code.text for code in decode(beside(low, low, drawn("LOW 1", "Code128")))] == ["LOW 1", "LOW 1"]


def test_a_picture_full_of_codes_gives_no_more_than_so_many() -> None:
    rows = [beside(*(drawn(f"{row} {place}", scale=2) for place in range(5)), gap=20) for row in range(5)]
    sheet = Image.new("L", (max(row.width for row in rows), sum(row.height for row in rows)), 255)
    for place, row in enumerate(rows):
        sheet.paste(row, (0, place * row.height))
    assert len(decode(sheet)) == MOST_CODES


def test_binary_content_has_no_text_and_its_bytes() -> None:
    (code,) = decode(drawn(bytes(range(256))))
    assert (code.text, code.content) == ("", bytes(range(256)))


def test_control_characters_are_seen() -> None:
    (code,) = decode(drawn(b"A\x1dB\x1b[2JC\r\nD"))
    assert code.text == "A␝B␛[2JC\nD"


def test_the_largest_code_is_read_whole() -> None:
    (code,) = decode(drawn("1" * 7089, scale=3))
    assert len(code.text) == 7089


def test_a_short_code_of_bars_is_taken_for_print() -> None:
    assert decode(drawn("12", "Code39")) == ()
    assert {name for name, _ in KINDS.values()} > LINEAR


def test_nothing_shows_what_was_read_by_accident() -> None:
    (code,) = decode(drawn("SIMULATED SECRET"))
    assert "SECRET" not in repr(code)


@pytest.mark.parametrize(
    "picture",
    [
        Image.new("L", (0, 0)),
        Image.new("L", (1, 1)),
        Image.new("L", (4000, 3001), 255),
        Image.new("L", (70_000, 2), 255),
        Image.new("RGB", (640, 480), "red"),
        np.zeros((0, 0), np.uint8),
        np.zeros((720, 1280, 3), np.uint8),
        np.zeros((4000, 3001), np.uint8),
    ],
    ids=lambda picture: f"{type(picture).__name__}",
)
def test_a_picture_without_a_code_or_beyond_the_limit_is_empty(picture: object) -> None:
    assert decode(picture) == ()


def test_the_limit_holds_before_a_picture_is_unpacked() -> None:
    """A few bytes of PNG can ask for any amount of memory."""
    packed = io.BytesIO()
    Image.new("1", (9_000, 9_000)).save(packed, "PNG")
    assert len(packed.getvalue()) < 100_000
    bomb = Image.open(packed)
    assert bomb.width * bomb.height > MOST_PIXELS
    assert decode(bomb) == ()


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.95])
def test_a_file_that_ends_too_soon_is_empty(kept: float) -> None:
    packed = io.BytesIO()
    beside(drawn("SIMULATED 123")).convert("RGB").save(packed, "JPEG")
    whole = packed.getvalue()
    assert decode(Image.open(io.BytesIO(whole)))
    head = whole[: max(700, int(len(whole) * kept))]
    assert decode(Image.open(io.BytesIO(head))) == ()


@pytest.mark.parametrize(
    "mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "I", "F", "HSV", "LAB"]
)
def test_any_mode_of_a_picture_will_do(mode: str) -> None:
    picture = beside(drawn("SIMULATED 123"))
    picture = picture.convert("RGB").convert(mode) if mode not in ("I", "F", "1") else picture.convert(mode)
    assert [code.text for code in decode(picture)] in (["SIMULATED 123"], [])
    if mode in ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr"):
        assert decode(picture)


def test_a_code_on_a_transparent_ground_is_read_as_on_paper() -> None:
    code = drawn("SIMULATED 123")
    sheet = Image.new("RGBA", (code.width + 80, code.height + 80), (0, 0, 0, 0))
    sheet.paste((0, 0, 0, 255), (40, 40), code.point(lambda level: 255 - level))
    assert [one.text for one in decode(sheet)] == ["SIMULATED 123"]


@pytest.mark.parametrize(
    "nothing",
    [
        None,
        "x",
        b"abc",
        np.zeros((9, 9), np.float32),
        np.zeros((9, 9, 4), np.uint8),
        np.zeros((9, 9, 9, 3), np.uint8),
    ],
    ids=str,
)
def test_what_is_no_picture_is_a_mistake_of_the_program(nothing: object) -> None:
    with pytest.raises(TypeError):
        decode(nothing)


@settings(max_examples=60)
@given(
    arrays.arrays(
        np.uint8,
        st.one_of(
            st.tuples(st.integers(1, 60), st.integers(1, 60)),
            st.tuples(st.integers(1, 40), st.integers(1, 40), st.just(3)),
        ),
    )
)
def test_any_pixels_can_be_looked_at(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> None:
    assert isinstance(decode(pixels), tuple)


@settings(max_examples=40)
@given(st.binary(min_size=1, max_size=300))
def test_whatever_bytes_a_code_holds_come_back(content: bytes) -> None:
    found = decode(drawn(content))
    assert [code.content for code in found] == [content]
