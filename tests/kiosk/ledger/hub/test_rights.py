"""What each role may do in SQL, and that nothing else works: a kiosk stands in a public place."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from kiosk.ledger import Purged
from kiosk.ledger.chain import NEVER_ERASED, canonical_json, encode_core, leaf, link
from kiosk.ledger.errors import KeyExposed, KeyMissing
from kiosk.ledger.hub.audit import told_keys, verify_hub
from kiosk.ledger.hub.endpoint import Connection, connect
from kiosk.ledger.hub.errors import HubLoginRefused, HubNotReady
from kiosk.ledger.hub.installing import install, rename_instance
from kiosk.ledger.hub.sealing import CLEAR, SEALED, BoxKey, Sealer
from kiosk.ledger.hub.status import status
from kiosk.ledger.projection import NumberTaken
from tests.support.ledgers import entry

if TYPE_CHECKING:
    from tests.kiosk.ledger.hub.conftest import Place

TABLES = (
    "hub", "counter", "member", "chain", "link", "payload", "checkpoint", "visit", "ownership", "request", "number",
    "purge", "unheeded", "trouble", "presence", "migration",
)  # fmt: skip
AUDITORS = (
    "hub",
    "counter",
    "member",
    "chain",
    "link",
    "checkpoint",
    "purge",
    "unheeded",
    "trouble",
    "presence",
)
FUNCTIONS_OF_MEMBERS = {
    "append_links", "hash_at", "hello", "introduce", "keep_note", "moves", "present", "report_trouble", "wishes",
}  # fmt: skip
SALT = b"s" * 16


def refused(connection: Connection, statement: str, values: Any = ()) -> str:
    """The error code that the statement ends with."""
    with pytest.raises(psycopg.Error) as caught:
        connection.execute(statement.encode(), values)
    return caught.value.sqlstate or ""


DENIED = "42501"


def test_a_kiosks_role_has_no_right_on_any_table(place: Place) -> None:
    kiosk = place.connect("A")
    for table in TABLES:
        assert refused(kiosk, f"SELECT * FROM {table}") == DENIED
        assert refused(kiosk, f"INSERT INTO {table} DEFAULT VALUES") == DENIED
        assert refused(kiosk, f"DELETE FROM {table}") == DENIED
        assert refused(kiosk, f"TRUNCATE {table}") == DENIED
        assert refused(kiosk, f"COPY {table} TO STDOUT") == DENIED
    assert refused(kiosk, "UPDATE link SET core = ''") == DENIED
    assert refused(kiosk, "UPDATE chain SET seq = 0") == DENIED


def test_a_kiosks_role_calls_these_functions_and_no_others(place: Place) -> None:
    for kind, terminal in (("kiosk", "A"), ("console", "R")):
        place.login(terminal, kind)
        rows = place.connect(terminal).execute(
            "SELECT p.proname FROM pg_proc p WHERE pronamespace = 'uketsuke'::regnamespace"
            " AND has_function_privilege(p.oid, 'EXECUTE')"
        )
        more = {"note_delivered", "erasable"} if kind == "console" else set()
        assert {name for (name,) in rows} == FUNCTIONS_OF_MEMBERS | more


RELATION_RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


def rights(place: Place, role: str) -> set[tuple[str, str]]:
    """Every right that the role has on any table, view, sequence or single column of the hub, as the server sees it."""
    found = place.hub.sql(
        "SELECT relname, r FROM pg_class c, unnest(%s::text[]) r"
        " WHERE relnamespace = 'uketsuke'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')"
        " AND (has_table_privilege(%s, c.oid, r) OR (r IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')"
        " AND has_any_column_privilege(%s, c.oid, r)))"
        " UNION SELECT relname, 'USAGE' FROM pg_class c"
        " WHERE relnamespace = 'uketsuke'::regnamespace"
        " AND CASE relkind WHEN 'S' THEN has_sequence_privilege(%s, c.oid, 'USAGE, SELECT, UPDATE') END",
        (list(RELATION_RIGHTS), role, role, role),
    )
    return {(str(table), str(right)) for table, right in found}


def test_each_role_has_these_rights_on_what_is_stored_and_no_others(place: Place) -> None:
    """All relations and all kinds of rights, also those that no statement of ours ever tries."""
    names = {name for name, _right in rights(place, "uketsuke_owner")}
    assert names == set(TABLES) | {name for name in names if name.endswith("_seq")}
    assert rights(place, "uketsuke_kiosk") == set()
    assert rights(place, "uketsuke_console") == {(table, "SELECT") for table in TABLES}
    assert rights(place, "uketsuke_auditor") == {(table, "SELECT") for table in (*AUDITORS, "migration")}
    for role in ("uketsuke_kiosk", "uketsuke_console", "uketsuke_auditor"):
        assert place.hub.sql("SELECT has_schema_privilege(%s, 'uketsuke', 'CREATE')", (role,)) == [(False,)]
        memberships = "SELECT count(*) FROM pg_auth_members WHERE member = %s::regrole"
        assert place.hub.sql(memberships, (role,)) == [(0,)]


def test_no_role_becomes_another_or_makes_anything(place: Place) -> None:
    place.login("R", "console")
    for terminal in ("A", "R"):
        connection = place.connect(terminal)
        for role in ("uketsuke_owner", "uketsuke_auditor", "hub_admin"):
            assert refused(connection, f"SET ROLE {role}") == DENIED
        assert refused(connection, "SET SESSION AUTHORIZATION hub_admin") == DENIED
        assert refused(connection, "CREATE TABLE public.mine (a int)") == DENIED
        assert refused(connection, "CREATE TABLE uketsuke.mine (a int)") == DENIED
        assert refused(connection, "CREATE TEMP TABLE member (role name)") == DENIED
        assert (
            refused(connection, "CREATE FUNCTION uketsuke.me() RETURNS int LANGUAGE sql AS 'SELECT 1'")
            == DENIED
        )
        assert refused(connection, "CREATE ROLE x") == DENIED
        assert refused(connection, "ALTER SYSTEM SET fsync = off") == DENIED
        assert refused(connection, "COPY (SELECT 1) TO PROGRAM 'true'") == DENIED
        assert refused(connection, "SELECT pg_read_file('postgresql.conf')") == DENIED
        assert refused(connection, "SELECT pg_switch_wal()") == DENIED


def test_a_consoles_role_reads_all_and_changes_nothing_by_hand(place: Place) -> None:
    place.login("R", "console")
    console = place.connect("R")
    for table in TABLES:
        console.execute(f"SELECT * FROM {table} LIMIT 1".encode())
        assert refused(console, f"INSERT INTO {table} DEFAULT VALUES") == DENIED
        assert refused(console, f"DELETE FROM {table}") == DENIED
    assert refused(console, "UPDATE visit SET chain = 'R'") == DENIED
    assert refused(console, "UPDATE member SET kind = 'console'") == DENIED


def test_an_auditors_role_sees_cores_and_no_payload(place: Place) -> None:
    place.kiosk().append([entry("v1", 1)])
    place.hub.sql("DROP ROLE IF EXISTS test_auditor")
    place.hub.sql("CREATE ROLE test_auditor LOGIN PASSWORD 'test' IN ROLE uketsuke_auditor")
    with psycopg.connect(
        f"host={place.hub.postgres.sockets} port={place.hub.postgres.port} dbname={place.hub.database}"
        " user=test_auditor password=test options=-csearch_path=uketsuke",
        autocommit=True,
    ) as auditor:
        for table in AUDITORS:
            auditor.execute(f"SELECT * FROM {table} LIMIT 1".encode())
        for table in ("payload", "visit", "request", "number", "ownership"):
            assert refused(auditor, f"SELECT * FROM {table}") == DENIED
        assert refused(auditor, "SELECT * FROM hello()") == DENIED
        assert (
            refused(auditor, "SELECT * FROM append_links('A.kiosk.1', 1, '{}', '{}', '{}', '{}', false)")
            == DENIED
        )
        assert status(auditor).instance
    place.hub.sql("DROP ROLE test_auditor")


def append(
    connection: Connection, chain: str, first: int, *rows: tuple[str, bytes, bytes, bytes]
) -> tuple[Any, ...]:
    arrays = [list(column) for column in zip(*rows, strict=True)] or [[], [], [], []]
    row = connection.execute(
        "SELECT seq, problem, bad FROM append_links(%s, %s, %s::text[], %s::bytea[], %s::bytea[], %s::bytea[], false)",
        (chain, first, *arrays),
    ).fetchone()
    assert row is not None
    return row


def raw(
    chain: str, seq: int = 1, previous: bytes = bytes(32), core: str = "", **changes: Any
) -> tuple[str, bytes, bytes, bytes]:
    """One row as a terminal's own program, or somebody who holds its password, could send it."""
    text = core or encode_core(entry("v1", seq, **changes), chain, "boot").decode()
    leaf_ = leaf(SALT, b"{}")
    return text, leaf_, link(previous, seq, text.encode(), leaf_), SEALED + bytes(60)


def test_a_kiosk_appends_only_to_chains_of_its_own_terminal(place: Place) -> None:
    place.login("B")
    kiosk = place.connect("A")
    for chain in (
        "B.kiosk.00000000",
        "R.console.00000000",
        "AA.kiosk.0",
        "A",
        "a.kiosk.0",
        ".kiosk.0",
        "A.kiosk.0.1",
        "A..0",
    ):
        assert (
            refused(kiosk, "SELECT append_links(%s, 1, '{}', '{}', '{}', '{}', false)", (chain,)) == "UK002"
        )
        assert refused(kiosk, "SELECT hash_at(%s, 1)", (chain,)) == "UK002"
        assert refused(kiosk, "SELECT keep_note(%s, 1, '')", (chain,)) == "UK002"
        assert refused(kiosk, "SELECT report_trouble(%s, 'fork', 1)", (chain,)) == "UK002"
        assert refused(kiosk, "SELECT present(%s, '{1}', '{t}')", ([chain],)) == "UK002"
        assert refused(kiosk, "SELECT introduce('', %s, '')", ([chain],)) == "UK002"
    assert refused(kiosk, "SELECT append_links(NULL, 1, '{}', '{}', '{}', '{}', false)") == "UK002"
    chain = "A.kiosk.00000000"
    assert append(kiosk, chain, 1, raw("B.kiosk.00000000")) == (0, "core", 1)
    assert append(kiosk, chain, 1, raw(chain)) == (1, "", None)


def test_what_does_not_follow_is_refused_and_what_is_there_is_never_overwritten(place: Place) -> None:
    kiosk, chain = place.connect("A"), "A.kiosk.00000000"
    one = raw(chain)
    two = raw(chain, 2, one[2])
    assert append(kiosk, chain, 2, two) == (0, "gap", 1)
    assert append(kiosk, chain, 1, one) == (1, "", None)
    assert append(kiosk, chain, 1, one, two) == (2, "", None)
    assert append(kiosk, chain, 1, one, two) == (2, "", None)
    other = raw(chain, 2, one[2], type="CardRemoved")
    assert append(kiosk, chain, 2, other) == (2, "fork", 2)
    assert append(kiosk, chain, 1, other) == (2, "fork", 1)
    assert append(kiosk, chain, 3, raw(chain, 3, bytes(32))) == (2, "hash", 3)
    assert append(kiosk, chain, 3, raw(chain, 3, two[2]), raw(chain, 5, two[2])) == (3, "hash", 4)
    assert place.hub.sql("SELECT seq, core FROM link ORDER BY seq")[:2] == [(1, one[0]), (2, two[0])]
    kinds = place.hub.sql("SELECT kind, seq, times FROM trouble ORDER BY kind, seq")
    assert kinds == [("fork", 1, 1), ("fork", 2, 1), ("gap", 1, 1), ("hash", 3, 1), ("hash", 4, 1)]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda core: core.replace('"sim":false', '"sim":0'),
        lambda core: core.replace('"epoch":0', '"epoch":-1'),
        lambda core: core.replace('"epoch":0', '"epoch":00'),
        lambda core: core.replace('"epoch":0', '"epoch":0.0'),
        lambda core: core.replace('"id":"event-0001"', '"id":""'),
        lambda core: core.replace('"id":"event-0001"', r'"id":"\q"'),
        lambda core: core.replace('"id":"event-0001"', r'"id":"\u0000"'),
        lambda core: core.replace('"ref":""', '"ref":"a\nb"'),
        lambda core: core.replace('"visit":"v1"', '"visit":"v1","visit":"v2"'),
        lambda core: core.replace('"at":"2026', '"at":"26'),
        lambda core: core + " ",
        lambda core: core.replace('"v":1', '"v":1,"w":1'),
        lambda core: core.replace('"ref":""', f'"ref":"{"x" * 9000}"'),
        lambda core: "[]",
        lambda core: "",
    ],
)  # fmt: skip
def test_a_core_that_no_reader_could_take_is_refused(place: Place, spoil: Any) -> None:
    kiosk, chain = place.connect("A"), "A.kiosk.00000000"
    good = raw(chain)
    bad = raw(chain, core=spoil(good[0]) or " ")
    assert append(kiosk, chain, 1, bad) == (0, "core", 1)
    assert append(kiosk, chain, 1, good) == (1, "", None)


def test_names_outside_ascii_are_as_good_in_the_hub_as_at_home(place: Place) -> None:
    kiosk, chain = place.connect("A"), "A.kiosk.00000000"
    row = raw(chain, actor='staff:佐藤"髙', id='quo"te\\back\u2028/é')
    assert append(kiosk, chain, 1, row) == (1, "", None)
    assert next(place.console().entries()).id == 'quo"te\\back\u2028/é'


@pytest.mark.parametrize("body", [b"", CLEAR + SALT + b"{}", b"\x02" + bytes(60), SEALED])
def test_a_payload_that_is_not_sealed_is_refused(place: Place, body: bytes) -> None:
    kiosk, chain = place.connect("A"), "A.kiosk.00000000"
    good = raw(chain)
    assert append(kiosk, chain, 1, (*good[:3], body)) == (0, "payload", 1)


@pytest.mark.parametrize("body", [SEALED + bytes(60), CLEAR + SALT + b'{"other":1}', None])
def test_what_is_never_erased_comes_in_the_clear_and_fits_its_leaf(place: Place, body: Any) -> None:
    kiosk, chain = place.connect("A"), "A.kiosk.00000000"
    note = raw(chain, type="RulesSwitched", state="")
    assert append(kiosk, chain, 1, (*note[:3], body)) == (0, "payload", 1)
    assert append(kiosk, chain, 1, (*note[:3], CLEAR + SALT + b"{}")) == (1, "", None)


def test_a_kiosk_in_wrong_hands_does_not_blind_the_consoles(place: Place) -> None:
    """What it sends of its own making is shown as unreadable, and everything else as ever."""
    kiosk, chain = place.connect("A"), "A.kiosk.00000000"
    console = place.console(upcasts={("CardInserted", 1): lambda old: old})
    sealer = Sealer([place.hub.key], lambda n: bytes(n))

    def sealed(seq: int, previous: bytes, payload: bytes, **changes: Any) -> tuple[str, bytes, bytes, bytes]:
        text = encode_core(entry("v1", seq, **changes), chain, "boot").decode()
        text = text.replace("Requested", r"Request\u0065d")  # the same text, and not the one way to write it
        leaf_ = leaf(SALT, payload)
        return text, leaf_, link(previous, seq, text.encode(), leaf_), sealer.seal(chain, seq, SALT, payload)

    rows = [sealed(1, bytes(32), b"not JSON")]
    rows.append(sealed(2, rows[-1][2], b"not JSON", type="Requested", state=""))
    rows.append(sealed(3, rows[-1][2], b'{"n":3}', state="", type="CardRemoved"))
    assert append(kiosk, chain, 1, *rows) == (3, "", None)
    assert [isinstance(one.payload, Purged) for one in console.entries()] == [True, False, False]
    assert console.requests() == []
    assert [visit.visit for visit in console.open_visits(())] == ["v1"]
    for key in ("", "garbage", BoxKey(bytes(32)).text()):
        kiosk.execute("SELECT introduce(%s, %s, 'garbage')", (key, [chain]))
        assert console.request("v1", "accept")
    assert [request.action for request in console.requests()] == ["accept"] * 3
    with console.snapshot() as source:
        found = verify_hub(source, told_keys(place.connect("R"))).findings
    assert {(one.problem, one.chain, one.seq) for one in found} == {("core", chain, 2)}


def numbered(
    chain: str, seq: int, previous: bytes, letter: str, count: int, visit: str = "v1"
) -> tuple[str, bytes, bytes, bytes]:
    payload = canonical_json(NumberTaken(count, "2026-03-02", letter))
    text = encode_core(entry(visit, seq, type="NumberTaken", state=""), chain, "boot").decode()
    leaf_ = leaf(SALT, payload)
    return text, leaf_, link(previous, seq, text.encode(), leaf_), CLEAR + SALT + payload


def test_a_kiosk_in_wrong_hands_gives_no_numbers_but_its_own(place: Place) -> None:
    """Neither by another terminal's letter, so that the next one there would be beyond counting, nor to its visits."""
    kiosk, chain = place.connect("A"), "A.kiosk.00000000"
    console = place.console()
    place.connect("B")
    console.append([entry("c1", 1)])
    rows = [raw(chain)]
    wrong = (("R", 10**15, "v1"), ("B", 1, "v1"), ("A", 1, "c1"), ("A", 2, "nobody's"))
    for seq, (letter, count, visit) in enumerate(wrong, 2):
        rows.append(numbered(chain, seq, rows[-1][2], letter, count, visit))
    rows.append(numbered(chain, 6, rows[-1][2], "A", 3))
    assert append(kiosk, chain, 1, *rows) == (6, "", None)
    assert place.hub.sql("SELECT letter, count, visit FROM number") == [("A", 3, "v1")]
    assert place.hub.sql("SELECT why, count(*) FROM unheeded GROUP BY why") == [("number", 4)]
    assert console.next_number(date(2026, 3, 2), "c1").count == 1


def test_a_kiosk_in_wrong_hands_does_not_keep_a_console_out(place: Place) -> None:
    """A console that runs holds a lock of the server; by PostgreSQL's default everybody may take any."""
    place.login("R", "console")
    kiosk = place.connect("A")
    for way in ("", "try_"):
        for kind in ("", "xact_"):
            for shared in ("", "_shared"):
                for key in ("1", "1, 1"):
                    lock = f"pg_{way}advisory_{kind}lock{shared}({key})"
                    assert refused(kiosk, f"SELECT {lock}") == DENIED
    console = place.console()
    assert console.is_running(console.chain)


def test_the_hub_and_the_ledger_agree_on_what_is_never_erased(place: Place) -> None:
    types = sorted({*NEVER_ERASED, "CardInserted", "Requested", "Accepted"})
    rows = place.hub.sql("SELECT t FROM unnest(%s::text[]) t WHERE never_erased(t)", (types,))
    assert {name for (name,) in rows} == NEVER_ERASED


def test_even_the_owner_does_not_change_a_link_by_mistake(place: Place) -> None:
    append(place.connect("A"), "A.kiosk.00000000", 1, raw("A.kiosk.00000000"))
    for statement in ("UPDATE link SET core = ''", "DELETE FROM link", "TRUNCATE link CASCADE"):
        with pytest.raises(psycopg.Error, match="append-only"):
            place.hub.sql(statement)


def test_each_login_counts_only_for_its_own_database_and_password(place: Place, tmp_path: Path) -> None:
    import msgspec

    login = place.login("A")
    assert login.passfile is not None
    wrong = tmp_path / "wrong"
    wrong.write_text(login.passfile.read_text().strip() + "x\n")
    wrong.chmod(0o600)
    with pytest.raises(HubLoginRefused):
        connect(msgspec.structs.replace(login, passfile=wrong), "test")
    with pytest.raises(HubLoginRefused):
        connect(msgspec.structs.replace(login, passfile=None), "test")
    wrong.chmod(0o644)
    with pytest.raises(KeyExposed):
        connect(msgspec.structs.replace(login, passfile=wrong), "test")
    with pytest.raises(KeyMissing):
        connect(msgspec.structs.replace(login, passfile=tmp_path / "none"), "test")


def test_no_password_and_no_verifier_is_in_the_servers_log_or_a_repr(place: Place) -> None:
    login = place.login("A")
    assert login.passfile is not None
    password = login.passfile.read_text().strip().rpartition(":")[2]
    assert len(password) >= 32
    assert password not in repr(login)
    assert password not in (place.hub.postgres.folder / "log").read_text()


def test_installing_again_changes_nothing_and_a_newer_hub_is_left_alone(place: Place) -> None:
    admin, database = place.hub.postgres.admin, place.hub.database
    before = place.hub.sql("SELECT instance, production FROM hub")
    assert install(admin, "another", production=True, database=database) == []
    assert place.hub.sql("SELECT instance, production FROM hub") == before
    place.hub.sql("INSERT INTO migration (number, name) VALUES (9999, 'of tomorrow')")
    with pytest.raises(HubNotReady):
        install(admin, "", production=False, database=database)


def test_a_hub_put_back_from_a_copy_gets_another_name_and_consoles_new_chains(place: Place) -> None:
    first = place.console()
    first.append([entry("v1", 1)])
    first.close()
    name = rename_instance(place.hub.postgres.admin, database=place.hub.database)
    second = place.console()
    assert second.chain == f"R.console.{name}"
    assert second.head().seq == 0
    assert second.heads().keys() == {first.chain}
