"""What staff write to a visit, and how it is undone (kiosk/desk/notebook.py, attaching.py, names.py)."""

from __future__ import annotations

import base64

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.desk.attaching import KEPT, LARGEST, scan_of
from kiosk.desk.case import Case, Numbers
from kiosk.desk.desk import Look
from kiosk.desk.detail import Detail
from kiosk.desk.names import completes
from kiosk.desk.notebook import LONGEST_TEXT
from kiosk.desk.notes import NOTES, UNDONE_BY, ScanAttached, ScanKind
from kiosk.desk.refusing import Done, Refusal, Why
from kiosk.desk.row import Mark
from kiosk.visit.known import KnownPatient
from tests.support.canaries import found_in
from tests.support.desks import STAFF, House
from tests.support.patients import individual_number

JPEG = b"\xff\xd8\xff\xe0" + b"scan" * 100
PDF = b"%PDF-1.7\n" + b"scan" * 100
NUMBERS = Numbers(
    insurer_number="06130017",
    insured_card_symbol="12-34",
    insured_identification_number="00567",
    birth_date="1981-04-05",
)


def detail_of(house: House, visit: str) -> Detail:
    look = house.desk.look(visit, STAFF)
    assert isinstance(look, Look)
    shown = look.detail()
    assert shown is not None
    return shown


def case_of(house: House, visit: str) -> Case:
    house.desk.poll()
    case = house.desk.board.case(visit)
    assert case is not None
    return case


@pytest.fixture
def visit(house: House) -> str:
    return house.confirm()


# --------------------------------------------------------------------------------------------- texts


def test_a_note_stands_with_its_visit_until_it_is_withdrawn_and_then_as_withdrawn(
    house: House, visit: str
) -> None:
    book = house.desk.notebook
    done = book.add_note(visit, "  車いす  ", STAFF)
    assert isinstance(done, Done)
    assert Mark.NOTE in house.row(visit).marks
    (note,) = detail_of(house, visit).notes
    assert (note.id, note.actor, note.text, note.withdrawn) == (done.id, "staff:sato", "車いす", False)
    assert isinstance(book.withdraw_note(visit, done.id, "suzuki"), Done)
    assert house.row(visit).marks == frozenset()
    (note,) = detail_of(house, visit).notes
    assert note.withdrawn
    assert book.withdraw_note(visit, "none", STAFF) == Refusal(Why.UNKNOWN_ENTRY)


def test_two_consoles_that_withdraw_the_same_note_leave_the_other_one(house: House) -> None:
    visit, book = house.confirm(), house.desk.notebook
    note, _other = book.add_note(visit, "車いす", STAFF), book.add_note(visit, "電話をかけた", STAFF)
    assert isinstance(note, Done)
    for who in ("suzuki", "tanaka"):
        assert isinstance(book.withdraw_note(visit, note.id, who), Done)
    assert [one.withdrawn for one in detail_of(house, visit).notes] == [True, False]
    assert Mark.NOTE in house.row(visit).marks


def test_no_text_of_staff_may_hold_an_individual_number_or_be_endless(house: House, visit: str) -> None:
    book, number = house.desk.notebook, individual_number()
    before = house.kiosk_ledger.heads()
    for text in (number, f"番号は{number[:4]} {number[4:8]} {number[8:]}です"):
        assert book.add_note(visit, text, STAFF) == Refusal(Why.INDIVIDUAL_NUMBER)
        assert book.void(visit, text, STAFF) == Refusal(Why.INDIVIDUAL_NUMBER)
        assert book.settle(visit, STAFF, text) == Refusal(Why.INDIVIDUAL_NUMBER)
    assert book.add_note(visit, "あ" * (LONGEST_TEXT + 1), STAFF) == Refusal(Why.TOO_LONG)
    assert book.add_note(visit, " 　", STAFF) == Refusal(Why.EMPTY)
    assert book.void(visit, "", STAFF) == Refusal(Why.EMPTY)
    assert book.add_note("nobody", "x", STAFF) == Refusal(Why.UNKNOWN_VISIT)
    assert house.kiosk_ledger.heads() == before


def test_whatever_staff_write_can_be_undone_by_a_further_note() -> None:
    """What only happened, and cannot be taken back, is named here."""
    happened = {
        "VisitLookedAt",
        "RecheckWanted",
        "RecheckAsked",
        "RecheckAnswered",
        "RecheckFailed",
        "RecheckLeft",
        "LateAnswer",
    }
    moves = {"TakenOver", "SettledAtDesk"}
    undoing = {kind.__name__ for kind in UNDONE_BY.values()}
    assert set(NOTES) == {kind.__name__ for kind in UNDONE_BY} | undoing | happened | moves


# --------------------------------------------------------------------------------------------- scans


def test_a_scan_is_kept_in_the_ledger_and_each_look_at_it_is_recorded(house: House, visit: str) -> None:
    book = house.desk.notebook
    done = book.attach(visit, ScanKind.CERTIFICATE_FRONT, JPEG, STAFF)
    assert isinstance(done, Done)
    assert Mark.SCAN in house.row(visit).marks
    (scan,) = detail_of(house, visit).scans
    assert (scan.id, scan.kind, scan.media, scan.size) == (
        done.id, ScanKind.CERTIFICATE_FRONT, "image/jpeg", len(JPEG),
    )  # fmt: skip
    assert book.open_scan(visit, done.id, "suzuki") == JPEG
    looked = [one for one in house.kiosk_ledger.entries(visit) if one.type == "VisitLookedAt"]
    assert looked[-1].actor == "staff:suzuki"
    assert isinstance(looked[-1].payload, bytes)
    assert msgspec.json.decode(looked[-1].payload) == {"what": done.id}
    assert isinstance(book.withdraw_scan(visit, done.id, STAFF, "別の患者"), Done)
    assert Mark.SCAN not in house.row(visit).marks
    assert detail_of(house, visit).scans[0].withdrawn
    assert book.open_scan(visit, "none", STAFF) == Refusal(Why.UNKNOWN_ENTRY)
    files = b"".join(path.read_bytes() for path in house.folder.iterdir() if path.is_file())
    assert JPEG[:40] not in files
    assert base64.b64encode(JPEG)[:40] not in files


@pytest.mark.parametrize("kind", sorted(set(ScanKind) - KEPT))
def test_a_notice_and_a_card_are_never_scanned(house: House, visit: str, kind: ScanKind) -> None:
    assert house.desk.notebook.attach(visit, kind, JPEG, STAFF) == Refusal(Why.KIND_NOT_KEPT)
    assert not [one for one in house.kiosk_ledger.entries(visit) if one.type == "ScanAttached"]


@given(st.binary(max_size=200), st.sampled_from(sorted(KEPT)))
def test_only_pictures_and_pdfs_of_a_sensible_size_are_scans(content: bytes, kind: ScanKind) -> None:
    outcome = scan_of(kind, content)
    known = content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-"))
    assert isinstance(outcome, ScanAttached) == known
    assert scan_of(kind, PDF + bytes(LARGEST)) == Refusal(Why.TOO_LARGE)
    whole = scan_of(kind, PDF)
    assert isinstance(whole, ScanAttached)
    assert (whole.media, base64.b64decode(whole.content)) == ("application/pdf", PDF)


# --------------------------------------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("received", "written", "right"),
    [
        ("●田　花子", "渡田　花子", True),
        ("●田　花子", "渡田 花子", True),
        ("●田　花子", "邉󠄀田　花子", True),  # with the selector of its shape
        ("●田　●子", "渡田　花子", True),
        ("●田　花子", "渡辺　花子", False),
        ("●田　花子", "田　花子", False),
        ("●田　花子", "渡渡田　花子", False),
        ("●田　花子", "●田　花子", False),
        ("●田　花子", "", False),
    ],
)
def test_only_the_black_circles_of_a_name_may_be_replaced(received: str, written: str, right: bool) -> None:
    assert completes(received, written) == right


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zs"]), min_size=1, max_size=8))
def test_a_name_with_its_characters_put_back_is_always_accepted(name: str) -> None:
    plain = "".join(c for c in name if not c.isspace() and c != "●" and not "\ufe00" <= c <= "\ufe0f")
    plain = "".join(c for c in plain if not "\U000e0100" <= c <= "\U000e01ef")
    for place in range(len(plain)):
        assert completes(plain[:place] + "●" + plain[place + 1 :], plain)


def test_a_name_that_came_with_a_black_circle_is_written_right_here_and_on_file(house: House) -> None:
    house.patients.remember(
        KnownPatient(
            patient_number="77", name_kana="ワタナベダ　ハナコ", name="●田　花子", birth_date="1963-05-20",
            insurer_number="01319904", insured_card_symbol="21700023",
            insured_identification_number="1518", insured_branch_number="00",
        ),
        house.desk.today,
    )  # fmt: skip
    visit = house.confirm("private_character")
    book, case = house.desk.notebook, case_of(house, visit)
    assert book.correct_name(case, "佐藤　花子", STAFF) == Refusal(Why.NAME_DIFFERS)
    assert isinstance(book.correct_name(case, "渡田　花子", STAFF, to_file=True), Done)
    shown = detail_of(house, visit)
    assert (shown.name, shown.corrected) == ("●田　花子", "渡田　花子")
    on_file = house.patients.by_number("77", house.born("private_character"))
    assert on_file is not None
    assert on_file.name == "渡田　花子"
    assert isinstance(book.correct_name(case, "", STAFF), Done)
    assert detail_of(house, visit).corrected == ""


def test_a_complete_name_is_not_corrected_and_nobody_is_put_on_file_by_it(house: House, visit: str) -> None:
    book = house.desk.notebook
    assert book.correct_name(case_of(house, visit), "山田　次郎", STAFF) == Refusal(Why.NAME_COMPLETE)
    other = case_of(house, house.confirm("private_character"))
    assert book.correct_name(other, "渡田　花子", STAFF, to_file=True) == Refusal(Why.NOT_ON_FILE)
    assert detail_of(house, other.visit).corrected == "", "all of it or nothing"


# ---------------------------------------------------------------------------------- coverages, numbers


def test_staff_choose_among_several_coverages_and_may_choose_again(house: House) -> None:
    house.verify("several").touch("consent_all")
    visit, book = house.visit, house.desk.notebook
    (given_answer,) = detail_of(house, visit).answers
    assert given_answer.verdict.says == "several"
    assert given_answer.chosen == 0
    question = given_answer.question
    assert isinstance(book.choose_coverage(visit, question, 2, STAFF, "国保の証を確認"), Done)
    shown = detail_of(house, visit)
    assert shown.answers[0].chosen == 2
    assert book.choose_coverage(visit, question, 3, STAFF) == Refusal(Why.NO_SUCH_COVERAGE)
    assert book.choose_coverage(visit, "another", 1, STAFF) == Refusal(Why.NO_SUCH_COVERAGE)
    assert isinstance(book.choose_coverage(visit, question, 0, STAFF), Done)
    assert detail_of(house, visit).answers[0].chosen == 0


def test_numbers_that_staff_tell_must_be_whole_and_may_be_taken_back(house: House, visit: str) -> None:
    book = house.desk.notebook
    for wrong in (
        {"insurer_number": "06130018"},
        {"insured_identification_number": ""},
        {"birth_date": "1981"},
    ):
        broken = msgspec.structs.replace(NUMBERS, **wrong)
        assert book.tell_numbers(visit, broken, STAFF) == Refusal(Why.NUMBERS_INCOMPLETE)
    number = individual_number()
    broken = msgspec.structs.replace(NUMBERS, insured_identification_number=number)
    assert book.tell_numbers(visit, broken, STAFF) == Refusal(Why.INDIVIDUAL_NUMBER)
    assert isinstance(book.tell_numbers(visit, NUMBERS, STAFF), Done)
    assert case_of(house, visit).numbers == NUMBERS
    book.tell_numbers(visit, None, STAFF)
    assert case_of(house, visit).numbers != NUMBERS
    payloads = [one.payload for one in house.kiosk_ledger.entries() if isinstance(one.payload, bytes)]
    assert found_in(b"".join(payloads), [number]) == []


def test_a_wish_to_ask_again_needs_numbers(house: House) -> None:
    house.without_card().touch("way_self_pay").touch("pay_in_full")
    visit = house.visit
    house.leave()
    wish = house.desk.notebook.ask_again(case_of(house, visit), house.desk.today, STAFF)
    assert wish == Refusal(Why.NO_NUMBERS)
