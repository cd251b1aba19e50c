"""What every account file promises, proven on both kinds."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from kiosk.accounts.errors import AccountFileError, FileClosed
from kiosk.accounts.interface import AccountFile, Kept, Records
from kiosk.accounts.records import (
    Account,
    BrokenGlass,
    Failures,
    RecoveryCodes,
    RegisteredKey,
    Session,
    Totp,
)
from kiosk.accounts.roles import Action, Role
from tests.support.staff import MONDAY, SECRET, AccountKit, MemoryAccounts, SqliteAccounts, account

KEYS = (
    RegisteredKey(label="青", credential=b"\0\xff", count=7, added=MONDAY),
    RegisteredKey(label="b", credential=b"", count=0, added=MONDAY + timedelta(microseconds=1)),
)
WHOLE = account(
    role=Role.LEAD,
    temporary=True,
    disabled=True,
    totp=Totp(secret=SECRET, step=59_000_000),
    recovery=RecoveryCodes(salt=b"\x01" * 16, left=(b"\x02" * 32, b"")),
    keys=KEYS,
)
SESSION = Session(key="ab", name="sato", terminal="A", began=MONDAY, seen=MONDAY, locked=True)
FAILURES = Failures(key="terminal:A", count=3, at=MONDAY)
GLASS = BrokenGlass(
    key="1", name="sato", terminal="A", action=Action.VOID, reason="急患", at=MONDAY, until=MONDAY
)
RECORDS: list[Kept] = [WHOLE, SESSION, FAILURES, GLASS]


@pytest.fixture(params=["sqlite", "memory"])
def kit(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AccountKit]:
    kit: AccountKit = SqliteAccounts(tmp_path / "accounts") if request.param == "sqlite" else MemoryAccounts()
    yield kit
    kit.finish()


def put(file: AccountFile, *records: Kept) -> None:
    with file.transaction() as kept:
        for record in records:
            kept.put(record)


def test_what_is_put_is_found_again_whole(kit: AccountKit) -> None:
    put(kit.open(), *RECORDS, account("abe"))
    with kit.open().transaction() as kept:
        assert kept.get(Account, "sato") == WHOLE
        assert kept.get(Account, "abe") == account("abe")
        assert kept.get(Session, "ab") == SESSION
        assert kept.get(Failures, "terminal:A") == FAILURES
        assert kept.get(BrokenGlass, "1") == GLASS


def test_nothing_is_found_where_nothing_is(kit: AccountKit) -> None:
    put(kit.open(), *RECORDS)
    with kit.open().transaction() as kept:
        assert kept.get(Account, "ab") is None
        assert kept.get(Session, "sato") is None
        assert kept.get(Account, "") is None
        assert kept.get(Account, "' OR 1=1 --") is None


def test_all_of_a_kind_come_in_order_of_their_keys(kit: AccountKit) -> None:
    put(kit.open(), account("wada"), account("abe"), *RECORDS)
    with kit.open().transaction() as kept:
        assert [one.name for one in kept.all(Account)] == ["abe", "sato", "wada"]
        assert kept.all(Session) == [SESSION]


def test_a_record_replaces_the_one_of_its_key_and_no_other(kit: AccountKit) -> None:
    put(kit.open(), *RECORDS, account("abe"))
    put(kit.open(), replace(WHOLE, role=Role.AUDITOR, totp=None, recovery=None, keys=(), disabled=False))
    with kit.open().transaction() as kept:
        changed = kept.get(Account, "sato")
        assert changed is not None
        assert (changed.role, changed.totp, changed.recovery, changed.keys) == (Role.AUDITOR, None, None, ())
        assert kept.get(Session, "ab") == SESSION
        assert kept.get(Account, "abe") == account("abe")


def test_what_is_dropped_is_gone_and_may_be_gone_already(kit: AccountKit) -> None:
    put(kit.open(), *RECORDS)
    for _ in range(2):
        with kit.open().transaction() as kept:
            kept.drop(SESSION)
            kept.drop(GLASS)
    with kit.open().transaction() as kept:
        assert (kept.all(Session), kept.all(BrokenGlass)) == ([], [])
        assert kept.all(Failures) == [FAILURES]


def test_a_transaction_sees_what_it_did_itself(kit: AccountKit) -> None:
    with kit.open().transaction() as kept:
        kept.put(FAILURES)
        assert kept.get(Failures, FAILURES.key) == FAILURES
        kept.drop(FAILURES)
        assert kept.all(Failures) == []


def test_a_block_that_fails_changes_nothing(kit: AccountKit) -> None:
    put(kit.open(), *RECORDS)

    def fail_half_way(kept: Records) -> None:
        kept.put(account("abe"))
        kept.put(replace(FAILURES, count=4))
        kept.drop(SESSION)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), kit.open().transaction() as kept:
        fail_half_way(kept)
    with kit.open().transaction() as kept:
        assert [one.name for one in kept.all(Account)] == ["sato"]
        assert kept.all(Failures) == [FAILURES]
        assert kept.all(Session) == [SESSION]


def test_writers_take_turns_and_lose_nothing(kit: AccountKit) -> None:
    file = kit.open()
    put(file, replace(FAILURES, count=0))

    def fail(_: int) -> None:
        with file.transaction() as kept:
            found = kept.get(Failures, FAILURES.key)
            assert found is not None
            kept.put(replace(found, count=found.count + 1))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(fail, range(40)))
    with file.transaction() as kept:
        assert [one.count for one in kept.all(Failures)] == [40]


def test_a_closed_file_says_so_and_closes_twice(kit: AccountKit) -> None:
    file = kit.open()
    file.close()
    file.close()
    with pytest.raises(FileClosed), file.transaction():
        pass


def test_every_error_has_its_own_code_and_a_remedy() -> None:
    def kinds(kind: type[AccountFileError]) -> list[type[AccountFileError]]:
        return [kind, *(sub for direct in kind.__subclasses__() for sub in kinds(direct))]

    every = kinds(AccountFileError)
    assert len({kind.code for kind in every}) == len(every) > 10
    assert all(len(kind.remedy) > 20 for kind in every)


@pytest.mark.parametrize("record", [WHOLE, WHOLE.totp, WHOLE.recovery, *KEYS, GLASS, SESSION])
def test_a_record_shows_no_secret(record: Any) -> None:
    shown = repr(record)
    for secret in (SECRET, "argon2", r"\x02", r"\xff", "急患", "'ab'"):
        assert secret not in shown
