"""Pictures of the console over a simulated day: nobody waits, nothing is on a disk, nobody touches anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from kiosk.accounts.managing import Managing
from kiosk.accounts.means import Limits, Means
from kiosk.accounts.memory import MemoryAccountFile
from kiosk.accounts.passwords import Hasher, Parameters, Password
from kiosk.accounts.records import Account, Totp
from kiosk.accounts.roles import Role
from kiosk.accounts.security_key import KeyFailure, SecurityKey
from kiosk.accounts.sessions import Sessions
from kiosk.accounts.signing_in import SigningIn
from kiosk.desk.board import Filter
from kiosk.desk.desk import Desk
from kiosk.evidence.loading import book
from kiosk.handoff.receiver import Receiver
from kiosk.ledger import MemoryLedger, MemoryStore
from kiosk.visit.policy import Contrast
from ui.cli.simulated_day import BUSY_MORNING, Came, SimulatedDay, memory_ledgers, options
from ui.diagnosis.finding import Finding, advised, ok
from ui.shots import offscreen_application
from ui.staff.guard import Guard
from ui.staff.health import Health, KioskSeen
from ui.staff.lane import HereLane
from ui.staff.model import DeskModel
from ui.staff.views import Parts
from ui.staff.window import ConsoleWindow
from ui.staff.words import Language

TERMINAL = "A"
PERSON, DISPLAY, WORD = "suzuki", "鈴木", "pictures of nobody"
SCREENS: dict[str, tuple[int, int, float]] = {
    "1366x768": (1366, 768, 1366 / 344),  # a laptop of 15.6 inch
    "1920x1080": (1920, 1080, 1920 / 527),  # a desk's screen of 24 inch
}
"""Width and height in pixels, and pixels a millimetre."""


@dataclass
class Scene:
    """A console that shows a day, and what stands behind it."""

    day: SimulatedDay
    desk: Desk
    means: Means
    guard: Guard
    model: DeskModel
    window: ConsoleWindow
    application: QApplication

    def sign_in(self) -> None:
        self.guard.sign_in(PERSON, Password(WORD))
        self.window.go_on()

    def picture(self) -> QImage:
        self.application.processEvents()
        return self.window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


@contextmanager
def scene(
    screen: str = "1366x768",
    language: Language = "ja",
    contrast: Contrast = "standard",
    *,
    came: tuple[Came, ...] = BUSY_MORNING,
    role: Role | None = Role.LEAD,
    key: SecurityKey | None = None,
    receivers: Sequence[Receiver] = (),
) -> Iterator[Scene]:
    """A console over that day, not yet signed in. ``role``: of the one person who may; None for a console that has
    never been used. ``receivers``: whom visits are handed to."""
    width, height, px_per_mm = SCREENS[screen]
    application = offscreen_application()
    with ExitStack() as closing:
        store = MemoryStore()
        day = SimulatedDay(memory_ledgers(store), receivers=receivers)
        closing.callback(day.close)
        day.play(came)
        ledger = MemoryLedger(options(TERMINAL, "desk", day.world), store)
        closing.callback(ledger.close)
        desk = Desk(ledger, day.world, ledger, book(), patients=day.patients)
        means = _means(day)
        if role is not None:
            hire(means, PERSON, DISPLAY, role)
        guard = Guard(SigningIn(means), Sessions(means), Managing(means), TERMINAL, lambda _fact: None)
        model = DeskModel(desk, guard, day.world.now)
        here = HereLane()
        window = ConsoleWindow(
            Parts(
                facility="見本内科クリニック",
                terminal=TERMINAL,
                simulated=True,
                model=model,
                guard=guard,
                accounts=here,
                chores=here,
                key=key or _NoKey(),
                look_up=_health,
                now=day.world.utc,
                take_patients=day.patients.import_csv,
            ),
            language=language,
            contrast=contrast,
            px_per_mm=px_per_mm,
        )
        closing.callback(_take_away, window, application)
        model.start(here)
        window.resize(width, height)
        window.show()
        window.fit()
        window.start()
        yield Scene(day, desk, means, guard, model, window, application)


def photograph(folder: Path, *screens: str) -> list[Path]:
    """Board and visits of the simulated day in both languages, on these screens or on all; gives the files."""
    folder.mkdir(parents=True, exist_ok=True)
    taken: list[Path] = []

    def keep(name: str, image: QImage) -> None:
        path = folder / f"{name}.png"
        if not image.save(str(path)):
            raise OSError(f"{path}: the picture cannot be written")
        taken.append(path)

    for screen in screens or tuple(SCREENS):
        for language in ("ja", "en"):
            with scene(screen, language) as one:
                _series(one, lambda name, image: keep(f"{name}-{screen}-{language}", image))  # noqa: B023
    return taken


def _series(one: Scene, keep: Callable[[str, QImage], None]) -> None:
    keep("sign-in", one.picture())
    one.sign_in()
    keep("board", one.picture())
    for number, row in enumerate(one.desk.rows(Filter.NEEDS), 1):
        one.window.open(row.visit)
        keep(f"visit-{number}-{row.state}", one.picture())
    for row in one.desk.rows(Filter.DONE):
        if row.outcome == "declared":
            one.window.open(row.visit)
            keep("visit-declared", one.picture())
    one.window.show_keys()
    keep("keys", one.picture())
    one.window.show_report()
    keep("report", one.picture())
    one.window.show_health()
    keep("health", one.picture())


def _means(day: SimulatedDay) -> Means:
    """Accounts without a disk and without second factors, in the day's own time."""
    hasher = Hasher(Parameters(memory=8, passes=1, lanes=1), day.world.random_bytes)
    return Means(MemoryAccountFile(), Limits(second=False), hasher, day.world.utc, day.world.random_bytes)


def hire(means: Means, name: str, display: str, role: Role, totp: Totp | None = None) -> None:
    """Somebody who never existed, and has chosen ``WORD``."""
    hashed = means.hasher.hash(Password(WORD))
    person = Account(name=name, display=display, role=role, password=hashed, totp=totp, added=means.now())
    with means.file.transaction() as records:
        records.put(person)


class _NoKey:
    def create(self, _options: str) -> str | KeyFailure:
        return KeyFailure.ABSENT

    def get(self, _options: str) -> str | KeyFailure:
        return KeyFailure.ABSENT


def _health() -> Health:
    findings: tuple[Finding, ...] = (
        ok("reader", "模擬カードリーダー"),
        ok("eligibility", "the simulated national system"),
        advised(
            "certificates", "warning", "client.pem is valid until 2026-12-28, 34 days", "certificate_soon"
        ),
        ok("clock", "synchronised"),
        ok("disk", "118.2 GiB free"),
        ok("ledger", "every entry is under a signed checkpoint"),
    )
    kiosks = tuple(
        KioskSeen(f"{terminal}.kiosk.memory", terminal != "D", f"2026-11-24T00:{minute}:02.000Z")
        for terminal, minute in (("A", "27"), ("B", "30"), ("C", "32"), ("D", "34"))
    )
    return Health(findings, kiosks, "2026-11-24T00:30:00.000Z")


def _take_away(window: ConsoleWindow, application: QApplication) -> None:
    window.close()
    window.deleteLater()
    application.processEvents()
