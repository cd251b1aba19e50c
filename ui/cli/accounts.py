"""``uketsuke accounts``: the staff of the desk, kept by the machine's own administrator. Passwords are typed at a
terminal or read from a file, and are never an argument. What is changed is told to the ledger."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from ui.cli.problem import Problem

if TYPE_CHECKING:
    from kiosk.accounts.facts import AuditFact
    from kiosk.accounts.managing import Managing
    from kiosk.accounts.outcomes import Allowed, Outcome, Person, Unchanged
    from kiosk.accounts.passwords import Password
    from ui.settings import Settings

    Done = TypeVar("Done", bound=Outcome)

_TRIES = 3
_LONGEST_FILE = 4096
_OWED = {"password": "another password", "second": "a second factor"}
_ROLES = ("reception", "lead", "administrator", "auditor")


def add(name: str, commands: Any) -> None:
    parser = commands.add_parser(name, help="the staff of the desk: accounts, roles, second factors")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    with_password: list[argparse.ArgumentParser] = []

    def verb(word: str, act: Callable[[argparse.Namespace], int], about: str, *, who: bool = True) -> Any:
        made = verbs.add_parser(word, help=about, allow_abbrev=False)  # --password is no --password-file
        made.add_argument(
            "--settings", type=Path, metavar="FILE", default=argparse.SUPPRESS, help="settings file (TOML)"
        )
        made.add_argument("--json", action="store_true")
        made.set_defaults(act=act)
        if who:
            made.add_argument("name", metavar="NAME", help="as it is typed at signing in")
        return made

    first = verb("setup", set_up, "the first account, an administrator")
    more = verb("add", add_account, "somebody more, who must choose another password at the first signing in")
    more.add_argument("--role", required=True, choices=_ROLES)
    for made in (first, more):
        made.add_argument("--display", required=True, metavar="TEXT", help="the name that the screen shows")
    with_password += [
        first,
        more,
        verb("passwd", set_password, "a new password, to be changed at signing in"),
    ]
    for made in with_password:
        made.add_argument("--password-file", type=Path, metavar="FILE", help="else it is asked for")
    verb("list", list_accounts, "who there is", who=False)
    role = verb("role", set_role, "another role")
    role.add_argument("role", metavar="ROLE", choices=_ROLES, help=", ".join(_ROLES))
    verb("disable", disable, "nobody signs in with it any more")
    verb("enable", enable, "undo disable")
    verb("totp", set_totp, "an authenticator app; asks for the code that it shows")
    key = verb("key", add_key, "a FIDO2 security key that is plugged in; touch it")
    key.add_argument("--label", required=True, metavar="TEXT", help="what its owner calls it")
    key.add_argument("--nfc", action="store_true", help="also on PC/SC readers; never on the patients'")
    verb("recovery", new_codes, "ten new recovery codes, shown once; earlier ones are void")
    verb("forget-second", forget_second, "remove every second factor, for who has lost theirs")


# -- what the commands do --------------------------------------------------------------------------
def set_up(options: argparse.Namespace) -> int:
    password = _password(options)
    with _staff(options) as staff:
        staff.keep(staff.managing.first_setup(options.name, options.display, password))
    return _said(options, "is the first administrator; set up a second factor next: accounts totp")


def add_account(options: argparse.Namespace) -> int:
    from kiosk.accounts.roles import Role

    password, role = _password(options), Role(options.role)
    with _staff(options) as staff:
        staff.keep(staff.managing.add(staff.leave, options.name, options.display, role, password))
    return _said(options, f"is added as {role}; the password must be changed at the first signing in")


def set_password(options: argparse.Namespace) -> int:

    password = _password(options)
    with _staff(options) as staff:
        staff.keep(staff.managing.set_password(staff.leave, options.name, password))
    return _said(options, "has a new password, to be changed at the next signing in; open sessions ended")


def list_accounts(options: argparse.Namespace) -> int:
    with _staff(options, keeps=False) as staff:
        people = staff.managing.people()
    if options.json:
        _print_json(people)
    else:
        print("\n".join(map(_line, people)) or "no accounts; make the first one: accounts setup")
    return 0


def _line(person: Person) -> str:
    second = ", ".join(person.second) or "no second factor"
    codes = f", {person.recovery_codes} recovery codes" if person.recovery_codes else ""
    owed = f"; needs first: {', '.join(_OWED[what] for what in person.owed)}" if person.owed else ""
    off = " (disabled)" if person.disabled else ""
    return f"{person.name}  {person.display}  {person.role}{off}  {second}{codes}{owed}"


def set_role(options: argparse.Namespace) -> int:
    from kiosk.accounts.roles import Role

    with _staff(options) as staff:
        staff.keep(staff.managing.set_role(staff.leave, options.name, Role(options.role)))
    return _said(options, f"is {options.role}; open sessions ended")


def disable(options: argparse.Namespace) -> int:
    with _staff(options) as staff:
        staff.keep(staff.managing.disable(staff.leave, options.name))
    return _said(options, "is disabled; open sessions ended")


def enable(options: argparse.Namespace) -> int:
    with _staff(options) as staff:
        staff.keep(staff.managing.enable(staff.leave, options.name))
    return _said(options, "is enabled")


def set_totp(options: argparse.Namespace) -> int:
    from kiosk.accounts.outcomes import NotDone, Unchanged

    with _staff(options) as staff:
        _known(staff.managing, options.name)
        offer = staff.managing.offer_totp(staff.leave, options.name)
        if options.json:
            _print_json({"uri": offer.uri, "secret": offer.secret})
        else:
            print(f"{offer.uri}\nor type: {_in_fours(offer.secret)}", flush=True)
        for left in reversed(range(_TRIES)):
            code = _asked("Code that the app shows: ")
            done = staff.managing.confirm_totp(staff.leave, offer, code)
            if isinstance(done, Unchanged) and done.why is NotDone.CODE and left and code:
                print(done.remedy, file=sys.stderr)
                continue
            staff.keep(done)
            break
    return _said(options, "has an authenticator app; make recovery codes next: accounts recovery")


def add_key(options: argparse.Namespace) -> int:
    from kiosk.accounts.outcomes import Unchanged
    from kiosk.accounts.plugged_key import PluggedKey, usb_and_nfc_devices, usb_devices
    from kiosk.accounts.security_key import KeyFailure

    with _staff(options) as staff:
        offer = staff.managing.offer_key(staff.leave, options.name)
        if isinstance(offer, Unchanged):
            raise _not_done(offer)
        print("Touch the security key when it blinks.", file=sys.stderr)
        devices = usb_and_nfc_devices if options.nfc else usb_devices
        answer = PluggedKey(devices, pin=_key_pin).create(offer.challenge.options)
        if isinstance(answer, KeyFailure):
            raise Problem(f"no answer of a security key ({answer}). {answer.remedy}")
        staff.keep(staff.managing.confirm_key(staff.leave, offer, answer, options.label))
    return _said(
        options, f"has the security key {options.label!r}; make recovery codes next: accounts recovery"
    )


def new_codes(options: argparse.Namespace) -> int:
    with _staff(options) as staff:
        made = staff.keep(staff.managing.new_recovery_codes(staff.leave, options.name))
    if options.json:
        _print_json({"name": options.name, "codes": made.codes})
    else:
        print("\n".join(made.codes))
        print("Each works once. Keep them on paper, apart from the password.", file=sys.stderr)
    return 0


def forget_second(options: argparse.Namespace) -> int:
    with _staff(options) as staff:
        staff.keep(staff.managing.forget_second(staff.leave, options.name))
    return _said(options, "has no second factor any more; open sessions ended")


# -- the accounts and the ledger -------------------------------------------------------------------
class _Staff:
    def __init__(
        self, managing: Managing, leave: Allowed, tell: Callable[[tuple[AuditFact, ...]], None]
    ) -> None:
        self.managing = managing
        self.leave = leave
        self._tell = tell

    def keep(self, done: Done | Unchanged) -> Done:
        """What was done is told to the ledger; what was not is a problem."""
        from kiosk.accounts.outcomes import Unchanged

        if isinstance(done, Unchanged):
            raise _not_done(done)
        self._tell(done.facts)
        return done


@contextmanager
def _staff(options: argparse.Namespace, *, keeps: bool = True) -> Iterator[_Staff]:
    """The settings' accounts. With ``keeps`` their ledger is opened first: nothing is changed that cannot be told."""
    from kiosk.accounts.managing import BY_COMMAND, Managing
    from kiosk.accounts.means import Means
    from kiosk.accounts.memory import MemoryAccountFile
    from kiosk.accounts.schema import DATABASE
    from ui.composing.files import account_file, account_limits, open_ledger
    from ui.settings import load_settings

    settings = load_settings(options.settings)
    there = (settings.accounts_folder / DATABASE).exists()
    with ExitStack() as stack:
        ledger = open_ledger(settings, "accounts") if keeps else None
        if ledger is not None:
            stack.callback(ledger.close)
        file = account_file(settings) if there or keeps else MemoryAccountFile()  # looking makes nothing
        stack.callback(file.close)

        def tell(facts: tuple[AuditFact, ...]) -> None:
            if ledger is not None:
                ledger.append([_note(fact, settings) for fact in facts])

        managing = Managing(Means(file, account_limits(settings)), settings.facility.name)
        yield _Staff(managing, BY_COMMAND, tell)


def _note(fact: AuditFact, settings: Settings) -> Any:
    from kiosk.ledger import Entry, canonical_json, stamp
    from kiosk.reception.world import SystemWorld

    world = SystemWorld()
    now = world.now()
    return Entry(
        visit=fact.visit,
        id=world.new_id(),
        type=fact.type,
        at=stamp(now.utc),
        mono_ms=now.mono,
        actor=fact.actor,
        state="",
        simulated=settings.profile == "simulated",
        payload=canonical_json(fact.payload),
    )


def _known(managing: Managing, name: str) -> None:
    from kiosk.accounts.means import plain_name
    from kiosk.accounts.outcomes import NotDone

    if plain_name(name) not in {person.name for person in managing.people()}:
        raise Problem(f"{NotDone.UNKNOWN}. {NotDone.UNKNOWN.remedy}")


def _not_done(done: Unchanged) -> Problem:
    return Problem(f"nothing was changed: {done.why}. {done.remedy}")


# -- typing and printing ---------------------------------------------------------------------------
def _password(options: argparse.Namespace) -> Password:
    from kiosk.accounts.passwords import Password

    if options.password_file is not None:
        return Password(_first_line(options.password_file))
    if not sys.stdin.isatty():
        raise Problem("no password: use --password-file, or type one at a terminal")
    typed = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != typed:
        raise Problem("the two passwords differ")
    return Password(typed)


def _first_line(path: Path) -> bytearray:
    try:
        with path.open("rb") as file:
            content = bytearray(file.read(_LONGEST_FILE))
    except OSError as error:
        raise Problem(f"{path}: cannot be read ({type(error).__name__})") from None
    if (end := content.find(b"\n")) >= 0:
        del content[end:]
    if content.endswith(b"\r"):
        content.pop()
    return content


def _asked(question: str) -> str:
    """A line of standard input; the question is for a person only."""
    if sys.stdin.isatty():
        print(question, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()


def _key_pin() -> str | None:
    return getpass.getpass("The security key's own PIN: ") if sys.stdin.isatty() else None


def _in_fours(text: str) -> str:
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def _said(options: argparse.Namespace, what: str) -> int:
    if options.json:
        _print_json({"name": options.name, "done": True})
    else:
        print(f"{options.name} {what}")
    return 0


def _print_json(value: object) -> None:
    print(msgspec.json.encode(value).decode(), flush=True)
