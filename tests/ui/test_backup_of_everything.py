"""One backup holds all that a terminal keeps; it comes back whole or not at all, instead of what was there if asked."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from kiosk.accounts import errors as accounts_errors
from kiosk.accounts.records import Account
from kiosk.handoff.outbox_sqlite import SqliteOutbox
from kiosk.ledger import SqliteLedger, archive, swapping
from kiosk.ledger.archive import Contents, Held, Manifest
from kiosk.ledger.audit import verify_folder
from kiosk.ledger.backup import backup, check, restore
from kiosk.ledger.errors import (
    BackupDamaged,
    LedgerError,
    LedgerInUse,
    LedgerIoFault,
    TargetNotEmpty,
    WrongPassphrase,
)
from kiosk.ledger.keys import Home, ensure_keys, load_keys
from kiosk.ledger.sealed import OpeningReader, SealingWriter
from kiosk.patients import errors as patients_errors
from kiosk.storage.files import exchange
from tests.support.handoff import draft
from tests.support.ledgers import PASSPHRASE, entry
from tests.support.patients import HANAKO, TODAY, another, born
from tests.support.staff import account
from ui.composing.files import account_file, companions_of, open_ledger, patient_file
from ui.settings import Accounts, LedgerPart, Patients, Settings

COST = 14
NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
ALL = ("ledger", "patients", "accounts", "handoff")


def production(data: Path, **changes: Any) -> Settings:
    return Settings(profile="production", data=data, **changes)


def fill(settings: Settings, mark: int = 1) -> None:
    """Something in each file."""
    with ExitStack() as opened:
        ledger = opened.enter_context(open_ledger(settings))
        ledger.append([entry(f"v{mark}", n, "WaitingForStaff") for n in range(mark, mark + 5)])
        patients = opened.enter_context(closing(patient_file(settings)))
        patients.remember(another(patient_number=str(1000 + mark)), TODAY)
        accounts = opened.enter_context(closing(account_file(settings)))
        with accounts.transaction() as records:
            records.put(account(f"sato{mark}"))
        outbox = opened.enter_context(SqliteOutbox(settings.handoff_folder, settings.ledger_folder))
        outbox.post(draft(f"v{mark}"), NOW)


def told(settings: Settings) -> dict[str, Any]:
    """What stands in each file."""
    with ExitStack() as opened:
        patients = opened.enter_context(closing(patient_file(settings)))
        accounts = opened.enter_context(closing(account_file(settings)))
        with accounts.transaction() as records:
            names = [one.name for one in records.all(Account)]
        outbox = opened.enter_context(SqliteOutbox(settings.handoff_folder, settings.ledger_folder))
        return {
            "ledger": verify_folder(settings.ledger_folder).verdict,
            "patients": patients.count(),
            "accounts": names,
            "letters": outbox.open_letters(),
        }


def save(settings: Settings, to: Path) -> Manifest:
    return backup(
        settings.ledger_folder, to, PASSPHRASE, companions=companions_of(settings), cost=COST, replace=True
    )


def bring_back(settings: Settings, source: Path, **how: Any) -> Manifest:
    return restore(source, settings.ledger_folder, PASSPHRASE, companions=companions_of(settings), **how)


def everything_below(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).digest()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(".lock")
    }


@pytest.fixture
def house(tmp_path: Path) -> Settings:
    settings = production(tmp_path / "data")
    fill(settings)
    return settings


@pytest.fixture
def saved(house: Settings, tmp_path: Path) -> Path:
    save(house, tmp_path / "a.backup")
    return tmp_path / "a.backup"


# -- all of it -----------------------------------------------------------------------------------------
def test_everything_comes_back_to_a_machine_that_has_nothing(
    house: Settings, saved: Path, tmp_path: Path
) -> None:
    before = everything_below(house.data)
    assert check(saved, PASSPHRASE).holds == ALL
    new = production(tmp_path / "new" / "data")
    assert bring_back(new, saved).holds == ALL
    assert everything_below(house.data) == before
    kept = sorted(path.name for path in new.data.rglob("*") if path.is_file())
    assert kept == [
        "accounts.db", "accounts.key", "handoff.db", "ledger-signing.key", "ledger-signing.pub", "ledger.db",
        "ledger.key", "patients.db", "patients.key",
    ]  # fmt: skip
    for path in new.data.rglob("*"):
        wanted = 0o700 if path.is_dir() else 0o644 if path.suffix == ".pub" else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path
    assert told(new) == {"ledger": "ok", "patients": 1, "accounts": ["sato1"], "letters": 1}
    with closing(patient_file(new)) as patients:
        assert patients.by_number("1001", born(HANAKO)) is not None


def test_nothing_of_it_can_be_read_without_the_passphrase(house: Settings, saved: Path) -> None:
    content = saved.read_bytes()
    keys = [
        (house.data / name).read_text().strip() for name in ("patients/patients.key", "accounts/accounts.key")
    ]
    for secret in (*keys, "sato1", "SQLite", HANAKO.name):
        assert secret.encode() not in content
        assert b64encode(secret.encode()) not in content
    with pytest.raises(WrongPassphrase):
        check(saved, PASSPHRASE + "x")


def test_what_a_terminal_does_not_have_is_not_in_its_backup_and_stays_as_it_is(tmp_path: Path) -> None:
    small, large = production(tmp_path / "small"), production(tmp_path / "large")
    with open_ledger(small):
        pass
    assert save(small, tmp_path / "a.backup").holds == ("ledger",)
    fill(large)
    before = everything_below(large.data / "patients")
    bring_back(large, tmp_path / "a.backup", replace=True)
    assert everything_below(large.data / "patients") == before


def test_a_console_whose_ledger_stands_in_the_hub_keeps_its_keys_and_accounts(tmp_path: Path) -> None:
    console, new = production(tmp_path / "console"), production(tmp_path / "new")
    keys = ensure_keys(Home(console.ledger_folder))
    with closing(account_file(console)) as accounts, accounts.transaction() as records:
        records.put(account("sato"))
    assert save(console, tmp_path / "a.backup").holds == ("accounts",)
    bring_back(new, tmp_path / "a.backup")
    assert load_keys(Home(new.ledger_folder)).verify_key == keys.verify_key
    assert not Home(new.ledger_folder).database.exists()
    with closing(account_file(new)) as accounts, accounts.transaction() as records:
        assert [one.name for one in records.all(Account)] == ["sato"]


def test_a_backup_of_the_first_format_still_comes_back(house: Settings, tmp_path: Path) -> None:
    save(house, tmp_path / "new.backup")
    with (tmp_path / "new.backup").open("rb") as file:
        opened = OpeningReader(file, PASSPHRASE)
        contents = archive.read_head(opened)
        archive.read_database(opened, contents.manifest, tmp_path / "ledger.db")
    manifest = contents.manifest
    first = {
        "manifest": {
            "made": manifest.made, "instance": manifest.instance, "heads": manifest.heads,
            "database_sha256": manifest.database_sha256, "format": 1,
        },
        "database_key": contents.database_key, "signing_key": contents.signing_key,
    }  # fmt: skip
    head = json.dumps(first).encode()
    with (tmp_path / "old.backup").open("wb") as file:
        sealed = SealingWriter(file, PASSPHRASE, os.urandom, COST)
        sealed.write(len(head).to_bytes(4, "big") + head + (tmp_path / "ledger.db").read_bytes())
        sealed.finish()
    assert check(tmp_path / "old.backup", PASSPHRASE).holds == ("ledger",)
    new = production(tmp_path / "restored")
    bring_back(new, tmp_path / "old.backup")
    assert verify_folder(new.ledger_folder).verdict == "ok"


# -- while others write ----------------------------------------------------------------------------------
def test_a_backup_under_writers_is_one_consistent_moment_of_each_file(
    house: Settings, tmp_path: Path
) -> None:
    """Each write puts two things that belong together: a copy has both of them, or none."""
    ending, wrote = threading.Event(), threading.Event()
    failed: list[BaseException] = []

    def keep_writing() -> None:
        try:
            with ExitStack() as opened:
                ledger = opened.enter_context(open_ledger(house, "desk"))
                patients = opened.enter_context(closing(patient_file(house)))
                accounts = opened.enter_context(closing(account_file(house)))
                outbox = opened.enter_context(SqliteOutbox(house.handoff_folder, house.ledger_folder))
                n = 10
                while not ending.is_set():
                    n += 2
                    ledger.append([entry(f"w{n}", n), entry(f"w{n}", n + 1)])
                    patients.remember(another(patient_number=str(n)), TODAY)
                    with accounts.transaction() as records:
                        records.put(account(f"a{n}"))
                        records.put(account(f"b{n}"))
                    outbox.post(draft(f"w{n}"), NOW)
                    wrote.set()
        except BaseException as error:
            failed.append(error)

    writer = threading.Thread(target=keep_writing)
    writer.start()
    try:
        manifests = []
        for n in range(4):
            wrote.clear()
            assert wrote.wait(60)
            manifests.append(save(house, tmp_path / f"{n}.backup"))
    finally:
        ending.set()
        writer.join()
    assert failed == []
    ends = [max(seq for chain, (seq, _) in one.heads.items() if ".desk." in chain) for one in manifests]
    assert sorted(set(ends)) == ends  # it did write meanwhile
    for n in range(4):
        new = production(tmp_path / f"new{n}")
        bring_back(new, tmp_path / f"{n}.backup")
        found = told(new)
        assert found["ledger"] == "ok"
        names = [name for name in found["accounts"] if name != "sato1"]
        assert [name[1:] for name in names if name[0] == "a"] == [
            name[1:] for name in names if name[0] == "b"
        ]
        with open_ledger(new) as ledger:
            visits = [record.visit for record in ledger.entries() if record.visit.startswith("w")]
        assert all(visits.count(visit) == 2 for visit in visits)
        # The outbox was copied before the ledger: it has no letter of a visit that the ledger does not know.
        assert found["letters"] - 1 <= len(set(visits))


# -- what stands in the way ------------------------------------------------------------------------------
@pytest.mark.parametrize("folder", ["ledger", "patients", "accounts", "handoff"])
def test_each_place_that_holds_something_is_refused_unless_asked(
    saved: Path, tmp_path: Path, folder: str
) -> None:
    new = production(tmp_path / "new")
    (new.data / folder).mkdir(parents=True)
    (new.data / folder / "mine").write_text("mine")
    with pytest.raises(TargetNotEmpty, match=folder):
        bring_back(new, saved)
    assert sorted(everything_below(new.data)) == [f"{folder}/mine"]
    bring_back(new, saved, replace=True)
    (aside,) = new.data.glob("*.replaced-*")
    assert aside.name.startswith(f"{folder}.replaced-")
    assert (aside / "mine").read_text() == "mine"
    assert told(new)["ledger"] == "ok"


def test_what_was_replaced_can_be_put_back_by_its_name(house: Settings, saved: Path) -> None:
    fill(house, mark=2)
    before = {name: everything_below(house.data / name) for name in ALL}
    bring_back(house, saved, replace=True)
    assert told(house)["accounts"] == ["sato1"]
    for name in ALL:
        (aside,) = house.data.glob(f"{name}.replaced-*")
        assert sorted(everything_below(aside)) == sorted(before[name])


HOLDS = """
import sys
from contextlib import ExitStack
from pathlib import Path
from ui.composing.files import account_file, patient_file
from kiosk.handoff.outbox_sqlite import SqliteOutbox
from ui.settings import Settings

house = Settings(profile="production", data=Path(sys.argv[1]))
match sys.argv[2]:
    case "patients":
        file = patient_file(house)
    case "accounts":
        file = account_file(house)
    case "handoff":
        file = SqliteOutbox(house.handoff_folder, house.ledger_folder)
print("open", flush=True)
sys.stdin.read()
file.close()
"""


@pytest.mark.parametrize("name", ["patients", "accounts", "handoff"])
def test_a_program_that_has_one_of_the_files_open_stops_a_restore(
    house: Settings, saved: Path, name: str
) -> None:
    command = [sys.executable, "-c", HOLDS, str(house.data), name]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "open\n"
        before = everything_below(house.data)
        with pytest.raises(LedgerInUse, match=name):
            bring_back(house, saved, replace=True)
        assert everything_below(house.data) == before
        program.communicate("")
    assert told(house)["patients"] == 1
    bring_back(house, saved, replace=True)


def test_files_that_nobody_can_open_any_more_are_no_hindrance(house: Settings, saved: Path) -> None:
    for name in ("patients", "accounts", "ledger"):
        (house.data / name / f"{name}.key").unlink()
    (house.data / "handoff" / "handoff.db").write_bytes(b"x" * 5000)
    bring_back(house, saved, replace=True)
    assert told(house) == {"ledger": "ok", "patients": 1, "accounts": ["sato1"], "letters": 1}


def test_a_file_whose_key_is_lost_ends_the_backup_by_its_own_name_and_leaves_nothing(
    house: Settings, tmp_path: Path
) -> None:
    (house.patients_folder / "patients.key").unlink()
    with pytest.raises(patients_errors.KeyMissing, match=r"patients\.key"):
        save(house, tmp_path / "a.backup")
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


# -- nothing half-done -------------------------------------------------------------------------------------
def forged(saved: Path, to: Path, name: str, content: bytes) -> None:
    """The same backup with another file in it, whose sums are right."""
    with saved.open("rb") as file:
        opened = OpeningReader(file, PASSPHRASE)
        contents = archive.read_head(opened)
        files = [to.with_suffix(".ledger")]
        archive.read_database(opened, contents.manifest, files[0])
        for held in contents.manifest.files:
            files.append(to.with_suffix(f".{held.name}"))
            archive.read_held(opened, held, files[-1])
    to.with_suffix(f".{name}").write_bytes(content)
    held_files = tuple(
        Held(one.name, path.stat().st_size, archive.digest_of(path))
        for one, path in zip(contents.manifest.files, files[1:], strict=True)
    )
    manifest = replace(contents.manifest, files=held_files)
    with to.open("wb") as file:
        sealed = SealingWriter(file, PASSPHRASE, os.urandom, COST)
        archive.write(sealed, replace(contents, manifest=manifest), files)
    for path in files:
        path.unlink()


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("patients", patients_errors.PatientFileError),
        ("accounts", accounts_errors.AccountFileError),
        ("handoff", LedgerError),
    ],
)
def test_one_file_that_is_not_what_it_should_be_leaves_all_as_they_were(
    house: Settings, saved: Path, tmp_path: Path, name: str, error: type[Exception]
) -> None:
    forged(saved, tmp_path / "bad.backup", name, b"no database " * 1000)
    assert check(tmp_path / "bad.backup", PASSPHRASE).holds == ALL
    before = everything_below(house.data)
    with pytest.raises(error):
        bring_back(house, tmp_path / "bad.backup", replace=True)
    assert everything_below(house.data) == before
    assert sorted(path.name for path in house.data.iterdir() if path.name.startswith(".")) == []
    with pytest.raises(error):
        bring_back(production(tmp_path / "new"), tmp_path / "bad.backup")
    assert list((tmp_path / "new").iterdir()) == []


def test_a_file_of_a_newer_program_is_not_put_back(house: Settings, tmp_path: Path) -> None:
    with closing(patient_file(house)) as patients:
        db: Any = patients._db  # type: ignore[attr-defined]
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('patients', '9', '')"
        )
    save(house, tmp_path / "a.backup")
    new = production(tmp_path / "new")
    with pytest.raises(patients_errors.FileTooNew):
        bring_back(new, tmp_path / "a.backup")
    assert list(new.data.iterdir()) == []


def test_every_damage_anywhere_in_the_archive_is_found_before_anything_is_touched(
    house: Settings, saved: Path, tmp_path: Path
) -> None:
    whole, before = saved.read_bytes(), everything_below(house.data)
    for place in range(100, len(whole), len(whole) // 12):
        saved.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises((BackupDamaged, WrongPassphrase)):
            bring_back(house, saved, replace=True)
    for cut in (200, len(whole) // 2, len(whole) - 1):
        saved.write_bytes(whole[:cut])
        with pytest.raises(BackupDamaged):
            check(saved, PASSPHRASE)
    assert everything_below(house.data) == before


def test_what_comes_after_the_last_file_is_damage(house: Settings, saved: Path, tmp_path: Path) -> None:
    with saved.open("rb") as file:
        opened = OpeningReader(file, PASSPHRASE)
        content = opened.read()
    with (tmp_path / "long.backup").open("wb") as file:
        sealed = SealingWriter(file, PASSPHRASE, os.urandom, COST)
        sealed.write(content + b"x")
        sealed.finish()
    with pytest.raises(BackupDamaged):
        check(tmp_path / "long.backup", PASSPHRASE)
    with pytest.raises(BackupDamaged):
        bring_back(production(tmp_path / "new"), tmp_path / "long.backup")


@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_folder_that_cannot_be_put_in_place_takes_the_others_back(
    house: Settings, saved: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    fill(house, mark=2)
    before, swap, calls = everything_below(house.data), exchange, []

    def fails(one: Path, other: Path) -> None:
        calls.append(other)
        if len(calls) == step + 1:
            raise OSError(5, "Input/output error")
        swap(one, other)

    monkeypatch.setattr(swapping, "exchange", fails)
    with pytest.raises(LedgerIoFault):
        bring_back(house, saved, replace=True)
    monkeypatch.undo()
    assert len(calls) == 2 * step + 1
    assert everything_below(house.data) == before
    assert sorted(path.name for path in house.data.iterdir()) == sorted([*ALL, "checkpoints"])


DIES = """
import os
import sys
from pathlib import Path
from kiosk.ledger import swapping
from kiosk.ledger.backup import restore
from ui.composing.files import companions_of
from ui.settings import Settings

house, steps, swap = Settings(profile="production", data=Path(sys.argv[1])), [], swapping.exchange

def dies(one, other):
    steps.append(other)
    if len(steps) > int(sys.argv[4]):
        os._exit(9)
    swap(one, other)

swapping.exchange = dies
restore(Path(sys.argv[2]), house.ledger_folder, sys.argv[3], companions=companions_of(house), replace=True)
"""


@pytest.mark.parametrize("steps", [0, 2])
def test_a_restore_that_was_cut_off_loses_nothing_and_is_done_again(
    house: Settings, saved: Path, steps: int
) -> None:
    fill(house, mark=2)
    before = set(everything_below(house.data).values())
    command = [sys.executable, "-c", DIES, str(house.data), str(saved), PASSPHRASE, str(steps)]
    assert subprocess.run(command, capture_output=True, timeout=60).returncode == 9
    assert before <= set(everything_below(house.data).values())
    bring_back(house, saved, replace=True)
    assert told(house) == {"ledger": "ok", "patients": 1, "accounts": ["sato1"], "letters": 1}
    assert before <= set(everything_below(house.data).values())


def test_a_full_disk_during_a_restore_replaces_nothing(
    house: Settings, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything_below(house.data)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LedgerError):
        bring_back(house, saved, replace=True)
    monkeypatch.undo()
    assert everything_below(house.data) == before


# -- unusual places ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "places",
    [
        {"patients": Patients(folder=Path("one")), "accounts": Accounts(folder=Path("one"))},
        {"ledger": LedgerPart(folder=Path("one")), "patients": Patients(folder=Path("one"))},
        {"ledger": LedgerPart(folder=Path("one")), "accounts": Accounts(folder=Path("one/deep/inside"))},
    ],
)
def test_files_that_share_a_folder_or_lie_in_one_another_come_back_all_the_same(
    tmp_path: Path, places: dict[str, Any]
) -> None:
    def at(root: Path) -> Settings:
        here = {name: replace(part, folder=root / part.folder) for name, part in places.items()}
        return production(root / "data", **here)

    old, new = at(tmp_path / "old"), at(tmp_path / "new")
    fill(old)
    assert save(old, tmp_path / "a.backup").holds == ALL
    bring_back(new, tmp_path / "a.backup")
    fill(new, mark=2)
    bring_back(new, tmp_path / "a.backup", replace=True)
    assert told(new) == {"ledger": "ok", "patients": 1, "accounts": ["sato1"], "letters": 1}


def test_contents_are_not_shown_where_they_are_logged(saved: Path) -> None:
    with saved.open("rb") as file:
        contents = archive.read_head(OpeningReader(file, PASSPHRASE))
    assert repr(contents) == "<Contents>"
    assert set(contents.keys) == {"patients", "accounts"}  # the outbox's follows from the ledger's
    with pytest.raises(BackupDamaged, match="no key of handoff"):
        contents.key_of("handoff")
    with pytest.raises(TypeError):
        Contents()  # type: ignore[call-arg]


def test_a_restored_terminal_goes_on_where_the_copy_ends(house: Settings, saved: Path) -> None:
    fill(house, mark=2)
    bring_back(house, saved, replace=True)
    fill(house, mark=3)
    assert told(house) == {"ledger": "ok", "patients": 2, "accounts": ["sato1", "sato3"], "letters": 2}
    with SqliteOutbox(house.handoff_folder, house.ledger_folder) as outbox:
        letter = outbox.claim(NOW + timedelta(days=1), timedelta(minutes=1))
        assert letter is not None
        assert letter.parcel is not None


@pytest.fixture(autouse=True)
def nothing_left_open() -> Iterator[None]:
    yield
    assert not [one for one in threading.enumerate() if one.name.startswith("uketsuke")]


def test_a_ledger_named_alone_goes_alone(house: Settings, tmp_path: Path) -> None:
    assert backup(house.ledger_folder, tmp_path / "a.backup", PASSPHRASE, cost=COST).holds == ("ledger",)
    with SqliteLedger(house.ledger_folder) as ledger:
        assert ledger.heads()
