"""Makes the pictures of the documents anew: ``python packaging/pictures.py docs/pictures``.

Pages of scenarios, the console over a simulated day, and the dev dock beside a kiosk that has read a card. Pages and
console come out the same each time; the dock shows the time of day.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import structlog
from msgspec.structs import replace
from PIL import Image
from PySide6.QtGui import QImage

from kiosk.desk.board import Filter
from simulator.playing.player import FAST, play
from simulator.scenarios import load
from ui.cli.simulated_day import Came
from ui.cli.staff_pictures import scene
from ui.devdock.dock import FIRST
from ui.kiosk_app import Kiosk
from ui.patient.gallery import examples
from ui.patient.gallery_pictures import photograph, still_window
from ui.settings import Settings, Ticket
from ui.shots import Camera, offscreen_application
from ui.theme.panel import PROFILES

PAGES: dict[str, dict[str, str]] = {
    "main": {
        "Welcome": "welcome",
        "ChoosingVerification": "choosing",
        "EnteringPin": "pin",
        "AskingConsent": "consent",
    },
    "declared_by_hand": {
        "ChoosingEvidence": "ways",
        "FillingDeclaration-field": "kana",
        "FillingDeclaration-summary": "summary",
    },
    "certificate_look_up_differs": {"ShowingCertificate": "certificate"},
}
"""Scenario → page → picture. Of a page that comes several times the first is taken."""
EXAMPLES = {"ReadingCardFront.camera": "front", "MatchingFace.turn_left": "mirror"}
"""Page of the gallery → picture. Nobody stands before the camera: a face is drawn."""
FACE = Came("09:32", "face_aid_confirms", "C", "", "ShowingNotice", "aid")
WIDTH, CONSOLE_WIDTH = 540, 1100
COLOURS = 128  # few enough for a small file, enough for smooth edges
PATIENCE_S = 20.0


def main(target: Path) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for scenario, pages in PAGES.items():
            wanted = dict(pages)
            for path in photograph_pages(scenario, Path(folder, scenario)):
                if name := wanted.pop(path.stem[3:], ""):
                    shrink(path, target / f"{name}.png")
        for name, picture in (*photograph_examples(), *photograph_console()):
            path = Path(folder, f"{name}.png")
            if not picture.save(str(path)):
                raise OSError(f"{path}: the picture cannot be written")
            shrink(path, target / path.name, CONSOLE_WIDTH if name.startswith("console") else WIDTH)
        dock = Path(folder, "dock.png")
        if not photograph_dock(Path(folder, "data")).save(str(dock)):
            raise OSError(f"{dock}: the picture cannot be written")
        shrink(dock, target / "dock.png")


def photograph_pages(scenario: str, folder: Path) -> list[Path]:
    with Camera(folder) as camera:
        play(load(scenario), replace(FAST, show=camera.take))
    return camera.taken


def photograph_examples() -> Iterator[tuple[str, QImage]]:
    offscreen_application()
    window = still_window(PROFILES["portrait"])
    window.show()
    for example, name in EXAMPLES.items():
        window.show_view(examples()[example])
        yield name, photograph(window)
    window.close()


def photograph_console() -> Iterator[tuple[str, QImage]]:
    """The board, the visit that shows a paper which the system denies, and one whose face was compared."""
    with scene() as console:
        console.sign_in()
        yield "console", console.picture()
        shown = next(row for row in console.desk.rows(Filter.NEEDS) if row.state == "ShowingCertificate")
        console.window.open(shown.visit)
        yield "console_visit", console.picture()
    with scene(came=(FACE,)) as console:
        console.sign_in()
        console.window.open(console.desk.rows(Filter.NEEDS)[0].visit)
        yield "console_face", console.picture()


def photograph_dock(data: Path) -> QImage:
    """The dock as it stands when a card has been read and the PIN is asked for."""
    application = offscreen_application()
    kiosk = Kiosk(replace(Settings(data=data), ticket=Ticket(folder=data / "tickets")))

    def shows(state: str) -> Callable[[], bool]:
        return lambda: kiosk.window.page is not None and kiosk.window.page.view.state == state

    def until(holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not holds():
            if time.monotonic() > deadline:
                raise TimeoutError("the kiosk does not come to the page that is wanted")
            application.processEvents()
            time.sleep(0.01)

    try:
        kiosk.open()
        until(lambda: kiosk.dock is not None)
        assert kiosk.dock is not None
        kiosk.dock.place(FIRST)
        until(shows("ChoosingVerification"))
        kiosk.dock.bench.act("PinChosen")
        until(shows("EnteringPin"))
        return kiosk.dock.grab().toImage()
    finally:
        kiosk.close()


def shrink(source: Path, target: Path, width: int = WIDTH) -> None:
    """At most so wide, with few colours."""
    with Image.open(source) as opened:
        picture = opened.convert("RGB")
    if picture.width > width:
        size = (width, round(picture.height * width / picture.width))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
