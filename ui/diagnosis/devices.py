"""Card reader, scanner, printer, loudspeaker, voice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from drivers.pcsc import scard
from drivers.pcsc.watcher import VIRTUAL, choose
from drivers.speech import EspeakVoice
from ui.diagnosis.cameras import connected
from ui.diagnosis.contactless import contactless
from ui.diagnosis.finding import Finding, advised, asked, can_write, ok
from ui.settings import Settings


def reader(settings: Settings) -> Iterator[Finding]:
    if settings.reader.kind == "simulated":
        yield ok("reader", "simulated")
        return
    if settings.reader.kind == "nfc":
        yield contactless(settings.reader.device)
        return
    try:
        service = scard.load()
    except scard.ScardMissing:
        yield advised("reader", "fault", "PC/SC is not installed", "reader_pcsc")
        return
    code, context = service.establish_context()
    if code != scard.Code.SUCCESS:
        detail = f"the PC/SC service does not answer ({scard.describe(code)})"
        yield advised("reader", "fault", detail, "reader_service")
        return
    try:
        code, names = service.list_readers(context)
    finally:
        service.release_context(context)
    if code not in (scard.Code.SUCCESS, scard.Code.NO_READERS_AVAILABLE):
        yield advised(
            "reader", "fault", f"readers cannot be listed ({scard.describe(code)})", "reader_restart"
        )
        return
    yield _chosen(settings.reader.name, names)


def _chosen(wanted: str, names: list[str]) -> Finding:
    real = [name for name in names if not any(mark in name.casefold() for mark in VIRTUAL)]
    if not real:
        return advised("reader", "fault", "no card reader found", "reader_connect")
    name = choose(names, "", wanted or None)
    if not name:
        detail = f"no reader is called {wanted!r}; there: {', '.join(real)}"
        return advised("reader", "fault", detail, "reader_choose")
    if len(real) > 1 and not wanted:
        others = ", ".join(one for one in real if one != name)
        return advised("reader", "warning", f"{name} is used; there are also {others}", "reader_choose")
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
        detail = "no keyboard is connected by USB or Bluetooth"
        return advised("scanner", "warning", detail, "scanner_connect")
    names = ", ".join(path.name.removesuffix("-event-kbd") for path in there)
    return ok("scanner", f"one of these types the codes: {names}")


def printer(settings: Settings) -> Iterator[Finding]:
    ticket = settings.ticket
    if ticket.folder is not None:
        if not ticket.folder.is_dir():
            yield advised("printer", "warning", f"{ticket.folder} is not there", "printer_folder")
        elif not can_write(ticket.folder):
            yield advised("printer", "fault", f"{ticket.folder} cannot be written", "folder_rights")
        else:
            yield ok("printer", f"tickets are put into {ticket.folder}")
        return
    if not ticket.printer:
        yield ok("printer", "none set up: the number stands on the screen")
        return
    answer = asked("lpstat", "-p", ticket.printer)
    if answer is None:
        yield advised("printer", "fault", "the print service does not answer", "printer_service")
        return
    code, text = answer
    if code != 0:
        yield advised("printer", "fault", f"no queue is called {ticket.printer!r}", "printer_queue")
    elif "disabled" in text:
        yield advised("printer", "fault", f"{ticket.printer} is stopped", "printer_stopped")
    else:
        yield ok("printer", ticket.printer)


def sound(_settings: Settings) -> Iterator[Finding]:
    answer = asked("aplay", "-l")
    if answer is None:
        yield advised("sound", "warning", "aplay is not there", "sound_program")
    elif answer[0] != 0 or "card " not in answer[1]:
        yield advised("sound", "warning", "no sound device", "sound_device")
    else:
        cards = sum(1 for line in answer[1].splitlines() if line.startswith("card "))
        yield ok("sound", f"{cards} device{'s' if cards > 1 else ''}")


def voice(settings: Settings) -> Iterator[Finding]:
    """Who says aloud what is to be done before the camera or with a phone. Without one it is shown all the same."""
    if not settings.speaks:
        yield ok("voice", "nothing is to be said aloud")
    elif EspeakVoice().available:
        yield ok("voice", "espeak-ng says hints in Japanese and English")
    elif settings.camera_kind == "simulated":
        yield ok("voice", "espeak-ng or aplay is not there: hints are shown and not said")
    else:
        detail = "espeak-ng or aplay is not there: hints are shown and not said"
        yield advised("voice", "warning", detail, "voice_programs")
