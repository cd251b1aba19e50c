"""Which characters a font file holds: its character map, read without a font library.

``python -m kiosk.documents.font_coverage`` writes the table that ``kiosk.wording.glyphs`` reads, from the fonts at
hand. Needed again only when the shipped fonts change; a test compares the two.

Source: OpenType specification, "cmap" (subtable formats 4 and 12) and "TTC header".
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path

from kiosk.documents.fonts import FONT_FILES, fonts_dir

_UNICODE_ENCODINGS = ((3, 10), (0, 4), (0, 6), (3, 1), (0, 3))  # (platform, encoding), the fullest first


class FontFault(Exception):
    """The file is no font that this reader understands."""


def characters(path: Path) -> set[int]:
    """The code points that the font (of a collection: its first font) has a glyph for. Raises ``FontFault``."""
    data = path.read_bytes()
    try:
        table = _cmap(data)
        subtable = _unicode_subtable(data, table)
        format_ = struct.unpack_from(">H", data, subtable)[0]
        if format_ == 12:
            return set(_format_12(data, subtable))
        if format_ == 4:
            return set(_format_4(data, subtable))
    except struct.error as error:
        raise FontFault(f"{path.name} ends in the middle of its character map") from error
    raise FontFault(f"{path.name} has a character map of format {format_}")


def runs(code_points: Iterable[int]) -> list[tuple[int, int]]:
    """Code points as (first, last) of each unbroken run, ascending."""
    found: list[tuple[int, int]] = []
    for point in sorted(set(code_points)):
        if found and found[-1][1] == point - 1:
            found[-1] = (found[-1][0], point)
        else:
            found.append((point, point))
    return found


def _cmap(data: bytes) -> int:
    start = struct.unpack_from(">I", data, 12)[0] if data[:4] == b"ttcf" else 0
    for index in range(struct.unpack_from(">H", data, start + 4)[0]):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, start + 12 + 16 * index)
        if tag == b"cmap":
            return int(offset)
    raise FontFault("no character map")


def _unicode_subtable(data: bytes, table: int) -> int:
    offsets: dict[tuple[int, int], int] = {}
    for index in range(struct.unpack_from(">H", data, table + 2)[0]):
        platform, encoding, offset = struct.unpack_from(">HHI", data, table + 4 + 8 * index)
        offsets[platform, encoding] = table + offset
    for wanted in _UNICODE_ENCODINGS:
        if wanted in offsets:
            return offsets[wanted]
    raise FontFault("no Unicode character map")


def _format_12(data: bytes, start: int) -> Iterator[int]:
    for index in range(struct.unpack_from(">I", data, start + 12)[0]):
        first, last, glyph = struct.unpack_from(">III", data, start + 16 + 12 * index)
        for point in range(first, last + 1):
            if glyph + point - first:
                yield point


def _format_4(data: bytes, start: int) -> Iterator[int]:
    count = struct.unpack_from(">H", data, start + 6)[0] // 2
    ends, starts = start + 14, start + 16 + 2 * count
    deltas, offsets = starts + 2 * count, starts + 4 * count
    for index in range(count):
        first, last, delta, offset = (
            struct.unpack_from(">H", data, base + 2 * index)[0] for base in (starts, ends, deltas, offsets)
        )
        for point in range(first, last + 1):
            glyph = point
            if offset:
                glyph = struct.unpack_from(">H", data, offsets + 2 * index + offset + 2 * (point - first))[0]
            if (glyph + delta) & 0xFFFF and (glyph or not offset) and point != 0xFFFF:
                yield point


def shipped_characters(folder: Path) -> set[int]:
    """What the shipped fonts hold together, in every weight in which they are used."""
    by_weight: dict[str, set[int]] = {}
    for name in FONT_FILES:
        by_weight.setdefault(Path(name).stem.rpartition("-")[2], set()).update(characters(folder / name))
    return set.intersection(*by_weight.values())


def main() -> None:
    table = runs(shipped_characters(fonts_dir()))
    target = Path(str(resources.files("kiosk.wording") / "glyphs.json"))
    target.write_text(json.dumps(table, separators=(",", ":")) + "\n", encoding="ascii")
    print(f"{target}: {sum(last - first + 1 for first, last in table)} characters in {len(table)} runs")


if __name__ == "__main__":
    main()
