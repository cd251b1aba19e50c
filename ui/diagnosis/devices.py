"""Card reader, scanner, printer, loudspeaker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from drivers.pcsc import scard
from drivers.pcsc.watcher import VIRTUAL, choose
from ui.diagnosis.cameras import connected
from ui.diagnosis.finding import Finding, asked, can_write, fault, ok, warning
from ui.settings import Settings

_CONNECT = "Connect a card reader; lsusb must show it. Some need their maker's PC/SC driver."


def reader(settings: Settings) -> Iterator[Finding]:
    if settings.reader.kind == "simulated":
        yield ok("reader", "simulated")
        return
    try:
        service = scard.load()
    except scard.ScardMissing:
        yield fault("reader", "PC/SC is not installed", "Install the packages pcscd and libpcsclite1.")
        return
    code, context = service.establish_context()
    if code != scard.Code.SUCCESS:
        remedy = "Start it: systemctl enable --now pcscd.socket"
        yield fault("reader", f"the PC/SC service does not answer ({scard.describe(code)})", remedy)
        return
    try:
        code, names = service.list_readers(context)
    finally:
        service.release_context(context)
    if code not in (scard.Code.SUCCESS, scard.Code.NO_READERS_AVAILABLE):
        yield fault("reader", f"readers cannot be listed ({scard.describe(code)})", "Restart pcscd.")
        return
    yield _chosen(settings.reader.name, names)


def _chosen(wanted: str, names: list[str]) -> Finding:
    real = [name for name in names if not any(mark in name.casefold() for mark in VIRTUAL)]
    if not real:
        return fault("reader", "no card reader found", _CONNECT)
    name = choose(names, "", wanted or None)
    if not name:
        return fault(
            "reader", f"no reader is called {wanted!r}; there: {', '.join(real)}", "Set reader.name."
        )
    if len(real) > 1 and not wanted:
        others = ", ".join(one for one in real if one != name)
        return warning("reader", f"{name} is used; there are also {others}", "Set reader.name to choose.")
    return ok("reader", name)


KEYBOARDS = Path("/dev/input/by-id")


def scanner(settings: Settings) -> Iterator[Finding]:
    """Without opening anything: a camera's light stays dark, and nobody has to scan."""
    match settings.scanner.kind:
        case "none":
            yield ok("scanner", "none set up: codes on papers are not read")
        case "simulated":
            yield ok("scanner", "simulated")
        case "keyboard":
            yield _typing_scanner(sorted(KEYBOARDS.glob("*-event-kbd")))
        case "camera":
            yield from connected("scanner", settings.scanner.camera)


def _typing_scanner(there: list[Path]) -> Finding:
    """Nothing tells a scanner from a keyboard but its name."""
    if not there:
        remedy = "Connect the scanner, and set it to USB keyboard (HID) with Enter behind each code."
        return warning("scanner", "no keyboard is connected by USB or Bluetooth", remedy)
    names = ", ".join(path.name.removesuffix("-event-kbd") for path in there)
    return ok("scanner", f"one of these types the codes: {names}")


def printer(settings: Settings) -> Iterator[Finding]:
    ticket = settings.ticket
    if ticket.folder is not None:
        if not ticket.folder.is_dir():
            yield warning("printer", f"{ticket.folder} is not there", "It is made with the first ticket.")
        elif not can_write(ticket.folder):
            yield fault("printer", f"{ticket.folder} cannot be written", "Give this user write permission.")
        else:
            yield ok("printer", f"tickets are put into {ticket.folder}")
        return
    if not ticket.printer:
        yield ok("printer", "none set up: the number stands on the screen")
        return
    answer = asked("lpstat", "-p", ticket.printer)
    if answer is None:
        yield fault("printer", "the print service does not answer", "Install and start cups and cups-client.")
        return
    code, text = answer
    if code != 0:
        yield fault("printer", f"no queue is called {ticket.printer!r}", "lpstat -e lists the queues.")
    elif "disabled" in text:
        yield fault("printer", f"{ticket.printer} is stopped", f"cupsenable {ticket.printer}")
    else:
        yield ok("printer", ticket.printer)


def sound(_settings: Settings) -> Iterator[Finding]:
    answer = asked("aplay", "-l")
    if answer is None:
        yield warning("sound", "aplay is not there", "Install alsa-utils; without it the kiosk is silent.")
    elif answer[0] != 0 or "card " not in answer[1]:
        yield warning("sound", "no sound device", "Connect one; without it the kiosk is silent.")
    else:
        cards = sum(1 for line in answer[1].splitlines() if line.startswith("card "))
        yield ok("sound", f"{cards} device{'s' if cards > 1 else ''}")
