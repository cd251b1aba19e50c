"""After a visit the process that saw the face is gone, and the kiosk's own memory holds nothing of it: looked at from
outside, in every byte. A real pcscd with a card in another process, and a camera behind OpenCV."""

from __future__ import annotations

import json
import mmap
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from typing import Any, BinaryIO

import cv2
import numpy as np
import pytest
from msgspec.structs import replace

from simulator.card import pictures
from simulator.people import load
from simulator.playing.cast import card_of, number_b
from tests.support import marks
from tests.support.faces import A_CARD, A_LIVE, card_picture, shown
from tests.support.heads import SIZE
from tests.support.pcscd import PrivatePcscd
from tests.support.seen_kiosk import MASK

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.pcsc,
    pytest.mark.skipif(sys.platform != "linux", reason="memory is looked at as Linux shows it"),
]

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 30.0
PAGE = mmap.PAGESIZE
_REGION = re.compile(r"([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+\s*(.*)")
SETTINGS = """
data = "{folder}/data"
[reader]
kind = "pcsc"
[camera]
kind = "webcam"
width = {size[0]}
height = {size[1]}
[face]
read_front = false
"""


def memory(pid: int) -> Iterator[tuple[str, bytes]]:
    """All that the process could write and has ever touched, by what it is: what it has mapped of files to read is no
    secret."""
    regions = [_REGION.match(line) for line in Path(f"/proc/{pid}/maps").read_text().splitlines()]
    with (
        open(f"/proc/{pid}/mem", "rb", buffering=0) as whole,
        open(f"/proc/{pid}/pagemap", "rb", buffering=0) as pages,
    ):
        for region in regions:
            assert region is not None
            begin, end, rights, name = int(region[1], 16), int(region[2], 16), region[3], region[4]
            if "rw" in rights and not name.startswith("[v"):
                for first, last in touched(pages, begin // PAGE, end // PAGE):
                    whole.seek(first * PAGE)
                    yield name, whole.read((last - first) * PAGE)


def touched(pages: BinaryIO, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Runs of pages that are in memory, or swapped out of it (proc(5), pagemap)."""
    pages.seek(first * 8)
    there = np.frombuffer(pages.read((last - first) * 8), np.uint64) >> np.uint64(62) != 0
    edges = np.flatnonzero(np.diff(there, prepend=False, append=False)) + first
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def held(pid: int, wanted: Mapping[str, Sequence[bytes]], *, enough: bool = False) -> set[str]:
    """Which kinds of pieces are in its memory. ``enough``: each once will do."""
    found: set[str] = set()
    for _name, data in memory(pid):
        found |= {
            kind
            for kind, pieces in wanted.items()
            if kind not in found and any(piece in data for piece in pieces)
        }
        if enough and found == set(wanted):
            break
    return found


def children(pid: int) -> list[int]:
    return [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end
        threading.Event().wait(0.05)


class Kiosk:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._pages: SimpleQueue[dict[str, Any]] = SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def pid(self) -> int:
        return self.process.pid

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if '"variant"' in line:
                self._pages.put(json.loads(line))

    def shows(self, state: str, variant: str | None = None) -> None:
        page: dict[str, Any] = {}
        while page.get("state") != state or variant not in (None, page["variant"]):
            page = self._pages.get(timeout=PATIENCE_S)

    def tell(self, word: str, digits: str = "") -> None:
        assert self.process.stdin is not None
        masked = bytes(byte ^ MASK for byte in digits.encode()).hex()
        self.process.stdin.write(f"{word} {masked}\n" if digits else f"{word}\n")
        self.process.stdin.flush()


@contextmanager
def kiosk(daemon: PrivatePcscd, settings: Path, picture: Path) -> Iterator[Kiosk]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.seen_kiosk", str(settings), str(picture)],
        cwd=ROOT,
        env={**os.environ, **daemon.environment()},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        running = Kiosk(process)
        yield running
        running.tell("quit")
        assert process.wait(PATIENCE_S) == 0
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            assert stream is not None
            stream.close()


def test_nothing_of_the_face_is_in_any_memory_after_the_visit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, picture = tmp_path / "settings.toml", tmp_path / "seen.png"
    settings.write_text(SETTINGS.format(folder=tmp_path, size=SIZE))
    # Somebody who never looks ahead: the attempt lasts until the card is taken.
    cv2.imwrite(str(picture), marks.marked(lambda _degrees, _number: shown(A_LIVE, 30))(0, 0))
    photo = card_picture(A_CARD)
    monkeypatch.setattr(pictures, "photo", lambda _persona_id: photo)
    day = (datetime.now(UTC) + timedelta(hours=9)).date()
    yamada = load("yamada")
    person = replace(yamada, card=replace(yamada.card, security_code="6842"))
    number, card = number_b(person, day), card_of(person, day)
    assert card is not None
    wanted = {
        "a picture": marks.of_pictures()[::2],
        "the photograph": marks.of_photograph(photo)[::5],
        "the number": [number.encode()],
    }
    with PrivatePcscd() as daemon, kiosk(daemon, settings, picture) as one:
        one.shows("Welcome")
        hand = daemon.link()
        hand.insert(card)
        one.shows("ChoosingVerification")
        one.tell("touch face")
        one.shows("ReadingCardFront", "typed")
        one.tell("number", number)
        one.shows("MatchingFace", "")
        one.tell("hold", number)
        until(lambda: len(children(one.pid)) == 1)
        (process,) = children(one.pid)
        until(lambda: held(one.pid, wanted, enough=True) == set(wanted))  # what is looked for would be found
        one.tell("let_go")
        hand.remove()
        one.shows("Abandoned")
        until(lambda: not Path(f"/proc/{process}").exists() and children(one.pid) == [])
        assert held(one.pid, wanted) == set()
        ring = b"".join(data for name, data in memory(one.pid) if name.startswith("/memfd:frames"))
        assert len(ring) > PAGE
        assert not any(ring[PAGE:])
