"""``uketsuke accounts``, as the machine's administrator types it. In this process where that makes no difference."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pyotp
import pytest
import structlog

from kiosk.accounts.means import Means
from kiosk.accounts.outcomes import NeedsSecond, Proof, SignedIn
from kiosk.accounts.passwords import Password
from kiosk.accounts.records import Way
from kiosk.accounts.signing_in import SigningIn
from kiosk.ledger import Options, SqliteLedger
from tests.support.command import refused, uketsuke
from tests.support.soft_key import SoftKey
from ui.cli import main
from ui.composing.files import account_file, account_limits
from ui.settings import Settings, SettingsError, read_settings

pytestmark = pytest.mark.e2e

WORD = "horse staple battery"
OTHER = "leaf window copper rain"


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text('data = "kept"\n[facility]\nname = "見本診療所"\n', encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Settings with one administrator, for what changes nothing."""
    path = tmp_path_factory.mktemp("there") / "settings.toml"
    path.write_text('data = "kept"\n', encoding="utf-8")
    set_up(path)
    return path


def here(*arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """The command without a process of its own."""
    out, err, given, logging = StringIO(), StringIO(), sys.stdin, structlog.get_config()
    words = ["accounts", *map(str, arguments)]
    sys.stdin = StringIO(stdin)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = main(words)
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        sys.stdin = given
        structlog.configure(**logging)
    return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())


def word_file(folder: Path, word: str = WORD) -> Path:
    path = folder / "word"
    path.write_text(f"{word}\nnot this line\n", encoding="utf-8")
    return path


def run(settings: Path, *arguments: str | Path) -> Any:
    done = here(*arguments, "--settings", settings, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def set_up(settings: Path, name: str = "hanako") -> None:
    run(settings, "setup", name, "--display", "見本 花子", "--password-file", word_file(settings.parent))


def people(settings: Path) -> dict[str, Any]:
    return {one["name"]: one for one in run(settings, "list")}


def told(settings: Path) -> list[tuple[str, str, dict[str, str]]]:
    """What the ledger keeps: type, actor, payload."""
    ledger = SqliteLedger(read_settings(settings).ledger_folder, Options(process="test"))
    try:
        records = [one for one in ledger.entries() if one.type.startswith("Staff")]
    finally:
        ledger.close()
    assert all(one.simulated for one in records)
    return [
        (one.type, one.actor, json.loads(one.payload)) for one in records if isinstance(one.payload, bytes)
    ]


def with_app(settings: Path, name: str, *codes: str) -> tuple[subprocess.CompletedProcess[str], str]:
    """Sets up an app that shows a code of its own after the given ones."""
    command = [
        sys.executable,
        "-m",
        "ui.cli",
        "accounts",
        "totp",
        name,
        "--settings",
        str(settings),
        "--json",
    ]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        offer = json.loads(process.stdout.readline())
        secret = offer["secret"]
        assert secret in offer["uri"]
        assert offer["uri"].startswith("otpauth://totp/")
        typed = "\n".join((*codes, pyotp.TOTP(secret).now(), ""))
        out, err = process.communicate(typed, timeout=60)
    return subprocess.CompletedProcess(command, process.returncode, out, err), secret


def test_the_first_administrator_adds_the_staff(settings: Path) -> None:
    assert run(settings, "list") == []
    assert not (settings.parent / "kept").exists()
    set_up(settings)
    word = word_file(settings.parent, OTHER)
    run(settings, "add", "sato", "--display", "佐藤", "--role", "reception", "--password-file", word)
    run(settings, "role", "sato", "lead")
    run(settings, "disable", "sato")
    assert people(settings)["sato"]["disabled"]
    run(settings, "enable", "sato")
    listed = people(settings)
    assert (listed["hanako"]["role"], listed["hanako"]["owed"]) == ("administrator", ["second"])
    assert (listed["sato"]["role"], listed["sato"]["owed"]) == ("lead", ["password", "second"])
    assert set(listed["sato"]) == {"name", "display", "role", "disabled", "second", "recovery_codes", "owed"}
    plain = here("list", "--settings", settings).stdout
    assert "sato  佐藤  lead  no second factor; needs first: another password, a second factor" in plain


def test_what_is_changed_is_told_to_the_ledger(settings: Path) -> None:
    set_up(settings)
    run(
        settings,
        "add",
        "sato",
        "--display",
        "佐藤",
        "--role",
        "lead",
        "--password-file",
        word_file(settings.parent),
    )
    run(settings, "forget-second", "sato")
    assert told(settings) == [
        ("StaffAccountAdded", "staff:command", {"about": "hanako", "why": "administrator"}),
        ("StaffAccountAdded", "staff:command", {"about": "sato", "why": "lead"}),
        ("StaffAccountChanged", "staff:command", {"about": "sato", "why": "second_forgotten"}),
    ]
    assert uketsuke("--settings", settings, "audit", "verify").returncode == 0


def test_an_app_and_recovery_codes_are_set_up_and_let_in(settings: Path) -> None:
    set_up(settings)
    done, secret = with_app(settings, "hanako", "000000")
    assert done.returncode == 0, done.stderr
    assert "type the next one" in done.stderr
    codes = run(settings, "recovery", "hanako")["codes"]
    assert len(codes) == 10
    assert people(settings)["hanako"] | {"display": ""} == {
        "name": "hanako", "display": "", "role": "administrator", "disabled": False, "second": ["totp"],
        "recovery_codes": 10, "owed": [],
    }  # fmt: skip
    file = account_file(read_settings(settings))
    try:
        signing_in = SigningIn(Means(file))
        step = signing_in.sign_in("hanako", Password(WORD), "A")
        assert isinstance(step, NeedsSecond)
        assert isinstance(signing_in.second(step.ticket, "A", Proof(Way.RECOVERY, codes[3])), SignedIn)
    finally:
        file.close()
    for said in (str(told(settings)), done.stderr):
        assert secret not in said
        assert not any(code in said for code in codes)


def test_a_code_that_never_fits_sets_nothing_up(settings: Path) -> None:
    set_up(settings)
    for typed in ("000000\n000000\n000000\n", ""):
        said = here("totp", "hanako", "--settings", settings, stdin=typed)
        assert "nothing was changed: code" in refused(said)
        assert re.search(r"or type: ([A-Z2-7]{4} ){7}[A-Z2-7]{4}\n", said.stdout)
    assert people(settings)["hanako"]["second"] == []


def test_a_password_is_typed_twice_at_a_terminal_and_never_shown(settings: Path) -> None:
    ours, theirs = pty.openpty()
    command = ["accounts", "setup", "hanako", "--display", "花子", "--settings", str(settings)]
    with subprocess.Popen(
        [sys.executable, "-m", "ui.cli", *command], stdin=theirs, stdout=theirs, stderr=theirs,
        start_new_session=True,
    ) as process:  # fmt: skip
        os.close(theirs)
        shown = b""
        for question in (b"Password: ", b"Once more: "):
            while question not in shown:
                shown += os.read(ours, 1000)
            os.write(ours, WORD.encode() + b"\n")
        while b"administrator" not in shown:
            shown += os.read(ours, 1000)
        process.wait(60)
    os.close(ours)
    assert process.returncode == 0
    assert WORD.encode() not in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("setup", "eve", "--display", "x", "--password-file", "{word}"), "nothing was changed: not_first"),
        (
            ("add", "1", "--display", "x", "--role", "lead", "--password-file", "{word}"),
            "name. A name is 2 to 32",
        ),
        (("add", "eve", "--display", "x", "--role", "king", "--password-file", "{word}"), "invalid choice"),
        (("add", "eve", "--display", "x", "--role", "lead"), "no password: use --password-file"),
        (("add", "eve", "--display", "x", "--role", "lead", "--password-file", "/no/such"), "cannot be read"),
        (("passwd", "hanako", "--password-file", "{word}"), "nothing was changed: same"),
        (("passwd", "nobody", "--password-file", "{word}"), "nothing was changed: unknown"),
        (("passwd", "hanako", "--password", WORD), "unrecognized arguments"),
        (("role", "hanako", "lead"), "last_administrator. Nobody else could manage accounts"),
        (("disable", "hanako"), "last_administrator"),
        (("totp", "nobody"), "unknown"),
        (("key", "nobody", "--label", "x"), "unknown"),
        (("recovery", "hanako"), "other_first"),
        (("nonsense",), "invalid choice"),
        ((), "VERB"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line_and_exit_2(
    there: Path, arguments: tuple[str, ...], said: str
) -> None:
    word = str(word_file(there.parent))
    settings = ("--settings", there) if len(arguments) > 1 else ()
    done = here(*(one.replace("{word}", word) for one in arguments), *settings)
    assert said in refused(done)
    assert WORD not in done.stdout + done.stderr.removesuffix(f"unrecognized arguments: --password {WORD}\n")
    assert set(people(there)) == {"hanako"}


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch) -> list[SoftKey]:
    """The security keys at this machine, whatever is really plugged in."""
    keys: list[SoftKey] = []
    monkeypatch.setattr("fido2.hid.list_devices", lambda: iter(keys))
    return keys


@pytest.mark.parametrize("nfc", [(), ("--nfc",)])
def test_without_a_security_key_nobody_waits_for_one(
    there: Path, plugged: list[SoftKey], nfc: tuple[str, ...]
) -> None:
    said = refused(here("key", "hanako", "--label", "x", "--settings", there, *nfc))
    assert "no answer of a security key (absent). Plug a security key in, or hold it to the reader." in said


def test_a_security_key_is_registered_by_its_touch(settings: Path, plugged: list[SoftKey]) -> None:
    set_up(settings)
    plugged.append(SoftKey(touched=False))
    assert "(not_touched)" in refused(here("key", "hanako", "--label", "x", "--settings", settings))
    plugged[0].touched = True
    run(settings, "key", "hanako", "--label", "青い鍵")
    assert people(settings)["hanako"]["second"] == ["key 青い鍵"]
    assert "(not_this_one)" in refused(here("key", "hanako", "--label", "x", "--settings", settings))
    assert told(settings)[-1] == ("StaffAccountChanged", "staff:command", {"about": "hanako", "why": "key"})


def test_a_lost_key_is_told_with_its_remedy(settings: Path) -> None:
    set_up(settings)
    (settings.parent / "kept/accounts/accounts.key").unlink()
    assert "Put the key back" in refused(here("list", "--settings", settings))


# -- the settings ----------------------------------------------------------------------------------
def test_the_settings_say_where_the_accounts_are_and_how_long_a_session_lives(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(
        'data = "d"\n[accounts]\nfolder = "s"\nidle_minutes = 3\nsession_hours = 8\nsecond_factor = false\n'
    )
    settings = read_settings(path)
    assert settings.accounts_folder == tmp_path / "s"
    limits = account_limits(settings)
    assert (limits.idle, limits.life, limits.second) == (timedelta(minutes=3), timedelta(hours=8), False)
    path.write_text('data = "d"\n')
    assert read_settings(path).accounts_folder == tmp_path / "d/accounts"
    limits = account_limits(Settings())
    assert (limits.idle, limits.life, limits.second) == (timedelta(minutes=5), timedelta(hours=12), True)


@pytest.mark.parametrize(
    "line", ["idle_minutes = 0", "idle_minutes = 31", "session_hours = 25", "role = 'x'"]
)
def test_a_setting_that_would_leave_a_desk_open_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(f"[accounts]\n{line}\n")
    with pytest.raises(SettingsError, match="accounts"):
        read_settings(path)
