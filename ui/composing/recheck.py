"""Who asks again what could not be asked: a kiosk, the console beside it, or a console at the hub."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from kiosk.coverage.services import Capability
from kiosk.eligibility.port import EligibilityService
from ui.settings import Settings

if TYPE_CHECKING:
    from kiosk.desk.case import Case
    from kiosk.desk.recheck import RecheckPolicy
    from kiosk.desk.world import Owners, World
    from kiosk.ledger import Ledger

_EVERY_S = 2.0


def at_the_hub(settings: Settings) -> bool:
    """Whether this console's ledger is the hub itself."""
    return bool(settings.hub.host) and settings.hub.role == "console"


def share_with_queue(
    settings: Settings,
    service: EligibilityService,
    ledger: Ledger,
    owners: Owners,
    world: World,
    undo: ExitStack,
) -> EligibilityService:
    """Starts the queue of a kiosk, where it has one; gives what its visits have of the service then."""
    if settings.recheck.by == "console" or not _can_ask(settings, service):
        return service
    from kiosk.desk.notes import asked_of
    from kiosk.eligibility.sharing import Shared

    shared = Shared(service, lambda question: bool(asked_of(question)))
    _start(settings, shared.queue, ledger, owners, world, undo, lambda _case: True)
    return shared.visits


def start_queue_of_console(
    settings: Settings,
    service: EligibilityService,
    ledger: Ledger,
    owners: Owners,
    world: World,
    undo: ExitStack,
) -> None:
    """Beside a kiosk for the visits of that machine. At the hub a kiosk's claims are not seen at once: there a console
    leaves to it what it asks about itself, unless the settings say that consoles do."""
    if settings.recheck.by == "kiosk" or not _can_ask(settings, service):
        return
    leaves_to_kiosks = at_the_hub(settings) and settings.recheck.by == "any"
    about = _not_a_kiosks if leaves_to_kiosks else lambda _case: True
    _start(settings, service, ledger, owners, world, undo, about)


def somebody_asks(settings: Settings, service: EligibilityService) -> bool:
    """Whether the board may count on it. What kiosks on other machines can ask is not known at the hub: they are
    trusted to."""
    kiosks = settings.recheck.by == "kiosk" or (settings.recheck.by == "any" and at_the_hub(settings))
    return _can_ask(settings, service) or (settings.recheck.on and kiosks)


def recheck_policy(settings: Settings) -> RecheckPolicy:
    """When what could not be asked is asked again."""
    from kiosk.desk.recheck import RecheckPolicy

    return RecheckPolicy(
        first=settings.recheck.first_s * 1000,
        longest=settings.recheck.longest_s * 1000,
        deadline=round(settings.eligibility.deadline_s * 1000),
    )


def _can_ask(settings: Settings, service: EligibilityService) -> bool:
    return settings.recheck.on and Capability.BY_NUMBERS in service.capabilities


def _not_a_kiosks(case: Case) -> bool:
    """Visits that consoles took over, and those about which staff want to ask: a kiosk does not hear of that wish."""
    from kiosk.desk.recheck import is_wanted

    return case.chain.split(".")[1] != "kiosk" or is_wanted(case)


def _start(
    settings: Settings,
    service: EligibilityService,
    ledger: Ledger,
    owners: Owners,
    world: World,
    undo: ExitStack,
    about: Callable[[Case], bool],
) -> None:
    from kiosk.background import Background
    from kiosk.desk.rechecking import Rechecker

    rechecker = Rechecker(ledger, service, world, recheck_policy(settings), owners=owners, about=about)
    queue = Background("recheck", rechecker.tick, every_s=_EVERY_S)
    queue.start()
    undo.callback(queue.close)
