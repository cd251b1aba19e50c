"""``uketsuke card``: what is on the card in the reader, and simulated cards for other people's software."""

from __future__ import annotations

import argparse
import getpass
import signal
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from ui.cli.problem import Problem

if TYPE_CHECKING:
    from drivers.interface import CardReader

_WAIT_S = 10.0
_VERIFIED = "verified: PIN accepted and challenge signed by the card's key"
_CONFIRMED = "verified: confirmed on the phone and challenge signed by its key"
_PIN_DIGITS = 4


def add(name: str, commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(name, help="read a card, or simulate one")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    read = verbs.add_parser("read", help="what is on the card in the reader (never the number)")
    read.add_argument("--reader", metavar="NAME", help="part of the PC/SC reader's name")
    read.add_argument(
        "--nfc",
        metavar="DEVICE",
        nargs="?",
        const="usb",
        help="a contactless reader without PC/SC, as nfcpy names it: usb, usb:054c:06c3, tty:USB0:pn532",
    )
    read.add_argument(
        "--wait", type=float, default=_WAIT_S, metavar="SECONDS", help="how long to wait for a card"
    )
    read.add_argument(
        "--pin-prompt", action="store_true", help="also verify the PIN and prove the card's key"
    )
    read.add_argument("--json", action="store_true")
    read.set_defaults(act=read_card)
    simulate = verbs.add_parser("simulate", help="hold a simulated card in a vpcd reader until interrupted")
    simulate.add_argument("--persona", required=True, metavar="P")
    simulate.add_argument("--vpcd", required=True, metavar="HOST:PORT")
    simulate.set_defaults(act=simulate_card)


def simulate_card(options: argparse.Namespace) -> int:
    from simulator.card import issue
    from simulator.links.vpcd import hold
    from simulator.people import load

    host, _, port = options.vpcd.rpartition(":")
    if not host or not port.isdigit():
        raise Problem(f"--vpcd {options.vpcd!r}: give HOST:PORT, for example 127.0.0.1:35963")
    today = (datetime.now(UTC) + timedelta(hours=9)).date()
    card = issue(load(options.persona), today)
    if card is None:
        raise Problem(f"--persona {options.persona}: this person has no card")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    print(f"card of {options.persona} is in the reader at {options.vpcd}; Ctrl+C takes it out", flush=True)
    hold(card, host, int(port), stop)
    return 0


def read_card(options: argparse.Namespace) -> int:
    from drivers.card.report import read_report
    from drivers.interface import Failure
    from ui.composing.card import card_trust
    from ui.settings import load_settings

    settings = load_settings(options.settings)
    anchors, revocation = card_trust(settings)
    reader = _reader(options, settings)
    try:
        insertion = _wait_for_card(reader, options.wait)
        report = read_report(reader, insertion, anchors, revocation, datetime.now(UTC))
        if isinstance(report, Failure):
            raise Problem(f"card: {report.fault} ({report.detail})")
        facts = _as_fields(report)
        if options.pin_prompt:
            facts["verification"] = _verify(reader, insertion, settings)
    finally:
        reader.close()
    print(msgspec.json.encode(facts).decode() if options.json else _as_text(facts))
    return 0 if facts.get("verification", _VERIFIED) in (_VERIFIED, _CONFIRMED) else 1


def _reader(options: argparse.Namespace, settings: Any) -> CardReader:
    """What the command names; else what the settings do."""
    named = "" if options.reader or settings.reader.kind != "nfc" else settings.reader.device
    if device := options.nfc or named:
        from drivers.nfc.reader import NfcReader

        return NfcReader(device)
    from drivers.pcsc.reader import PcscReader

    return PcscReader(options.reader)


def _as_fields(report: Any) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(report)
    if fields.get("certificate"):
        fields["certificate"].pop(
            "sha256", None
        )  # recognises its holder for years: not for other people's logs
    return fields


def _as_text(facts: dict[str, Any], indent: str = "") -> str:
    lines = []
    for name, value in facts.items():
        if isinstance(value, dict):
            lines += [f"{indent}{name}:", _as_text(value, indent + "  ")]
        else:
            lines.append(f"{indent}{name}: {'-' if value is None else value}")
    return "\n".join(lines)


def _wait_for_card(reader: CardReader, seconds: float) -> int:
    from drivers.interface import ReaderSnapshot

    changed = threading.Condition()
    latest = [ReaderSnapshot()]

    def told(snapshot: ReaderSnapshot) -> None:
        with changed:
            latest[0] = snapshot
            changed.notify_all()

    reader.watch(told)
    with changed:
        changed.wait_for(lambda: latest[0].card_present, seconds)
    seen = latest[0]
    if not seen.enabled:
        raise Problem("no PC/SC service: start pcscd; or for --nfc no nfcpy: make setup-nfc")
    if not seen.available:
        raise Problem("no card reader found: connect one, or give its name with --reader or --nfc")
    if not seen.card_present:
        raise Problem(f"no card in {seen.name!r} within {seconds:g} s")
    return seen.insertion


class _Typed:
    """A PIN typed at the terminal: taken once."""

    def __init__(self, digits: bytearray) -> None:
        self._digits = digits

    def take(self) -> bytearray:
        digits, self._digits = self._digits, bytearray()
        return digits


def _verify(reader: CardReader, insertion: int, settings: Any) -> str:
    import os

    from drivers.card.application import MyNumberCard
    from drivers.interface import Failure, PinRefused, Token
    from ui.composing.card import card_trust

    anchors, revocation = card_trust(settings)
    card = MyNumberCard(reader, anchors, revocation, lambda: datetime.now(UTC))
    facts = card.read(insertion)
    if isinstance(facts, Failure):
        return f"not possible: {facts.fault}"
    if facts.token is Token.IPHONE:
        signed = card.verify_on_phone(insertion, os.urandom(32))
        return f"failed: {signed.fault}" if isinstance(signed, Failure) else _CONFIRMED
    if facts.pin_tries_left is not None and facts.pin_tries_left <= 1:
        return f"not tried: {facts.pin_tries_left} tries left, and a wrong PIN would lock the card"
    typed = bytearray(
        getpass.getpass(f"PIN (4 digits, {facts.pin_tries_left} tries left): "), "ascii", "ignore"
    )
    if len(typed) != _PIN_DIGITS or not typed.isdigit():
        return "not tried: a PIN has four digits"
    outcome = card.verify_pin(insertion, _Typed(typed), os.urandom(32))
    match outcome:
        case Failure(fault=fault):
            return f"failed: {fault}"
        case PinRefused(tries_left=left):
            return f"wrong PIN, {left} tries left"
        case _:
            return _VERIFIED
