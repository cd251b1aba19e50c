"""The key files: made once, for one user's eyes, never silently made anew."""

from __future__ import annotations

import os
import pickle
import stat
from pathlib import Path

import pytest

from kiosk.ledger import Options, SqliteLedger
from kiosk.ledger.errors import KeyExposed, KeyInvalid, KeyMissing, LedgerMissing, WrongKey
from kiosk.ledger.keys import Home, ensure_keys, load_keys
from tests.support.ledgers import entry


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "ledger")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_first_start_makes_everything_private_whatever_the_umask(home: Home) -> None:
    before = os.umask(0)
    try:
        with SqliteLedger(home.folder) as ledger:
            ledger.append([entry("v1", 1)])
            modes = {path.name: mode(path) for path in home.folder.iterdir()}
    finally:
        os.umask(before)
    assert mode(home.folder) == 0o700
    assert modes.pop("ledger-signing.pub") == 0o644
    assert set(modes) > {"ledger.db", "ledger.db-wal", "ledger.db-shm", "ledger.key", "ledger-signing.key"}
    assert set(modes.values()) == {0o600}


def test_the_same_keys_are_found_again(home: Home) -> None:
    first, second = ensure_keys(home), ensure_keys(home)
    assert first.database == second.database
    assert first.verify_key == second.verify_key
    assert len({first.database, first.signing_seed()}) == 2
    assert home.verify_key.read_text() == first.verify_key.text() + "\n"


@pytest.mark.parametrize("bits", [0o640, 0o604, 0o660, 0o610])
def test_a_key_that_others_can_read_is_refused(home: Home, bits: int) -> None:
    ensure_keys(home)
    (home.folder / "ledger.key").chmod(bits)
    with pytest.raises(KeyExposed) as caught:
        SqliteLedger(home.folder)
    assert caught.value.code == "key_exposed"
    assert "chmod 600" in caught.value.remedy


def test_a_key_of_another_user_is_refused(home: Home) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    ensure_keys(home)
    os.chown(home.folder / "ledger.key", 12345, -1)
    with pytest.raises(KeyExposed):
        load_keys(home)


@pytest.mark.parametrize("content", [b"", b"12", b"zz" * 32, b"ab" * 33, b"\xff" * 64, b"ab" * 31 + b"\n"])
def test_a_key_file_that_is_not_a_key_is_refused(home: Home, content: bytes) -> None:
    ensure_keys(home)
    (home.folder / "ledger.key").write_bytes(content)
    with pytest.raises(KeyInvalid) as caught:
        load_keys(home)
    assert content.hex() not in str(caught.value) or not content


def test_a_key_that_is_no_file_is_refused(home: Home) -> None:
    ensure_keys(home)
    (home.folder / "ledger.key").unlink()
    (home.folder / "ledger.key").mkdir()
    with pytest.raises(KeyExposed):
        load_keys(home)


def test_a_ledger_that_lost_its_key_gets_no_new_one(home: Home) -> None:
    SqliteLedger(home.folder).close()
    (home.folder / "ledger.key").unlink()
    with pytest.raises(KeyMissing):
        SqliteLedger(home.folder)
    assert not (home.folder / "ledger.key").exists()
    with pytest.raises(KeyMissing):
        load_keys(home)


def test_a_wrong_key_opens_nothing_and_harms_nothing(home: Home) -> None:
    with SqliteLedger(home.folder) as ledger:
        ledger.append([entry("v1", 1)])
    right = (home.folder / "ledger.key").read_bytes()
    (home.folder / "ledger.key").write_bytes(b"00" * 32)
    with pytest.raises(WrongKey):
        SqliteLedger(home.folder)
    (home.folder / "ledger.key").write_bytes(right)
    with SqliteLedger(home.folder) as ledger:
        assert ledger.head().seq == 1


def test_a_systemd_credential_comes_before_the_folder(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    secret = credentials / "ledger.key"
    secret.write_text("5a" * 32)
    secret.chmod(0o400)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    assert ensure_keys(home).database == b"\x5a" * 32
    assert not (home.folder / "ledger.key").exists()
    assert (home.folder / "ledger-signing.key").exists()
    SqliteLedger(home.folder).close()
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    with pytest.raises(KeyMissing):
        SqliteLedger(home.folder)


def test_no_folder_is_no_ledger(home: Home) -> None:
    with pytest.raises(LedgerMissing):
        load_keys(home)


def test_nothing_readable_is_in_the_files(home: Home) -> None:
    with SqliteLedger(home.folder, Options()) as ledger:
        ledger.append([entry("v1", n, payload=b'{"name":"KANARIA"}') for n in range(50)])
        for path in home.folder.iterdir():
            content = path.read_bytes()
            assert b"KANARIA" not in content
            assert b"SQLite format" not in content
            assert b"CardInserted" not in content


def test_keys_are_not_pickled(home: Home) -> None:
    with pytest.raises(TypeError):
        pickle.dumps(ensure_keys(home))
