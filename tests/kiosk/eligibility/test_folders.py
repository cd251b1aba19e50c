"""The folder exchange against a neighbour that is slow, careless, mistaken or hostile."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.coverage.qualification import Answer
from kiosk.coverage.services import Capability
from kiosk.eligibility import oqs
from kiosk.eligibility.folders import FolderService, FolderSettings, Oddity, Report
from kiosk.eligibility.port import AskByCard, Cause, FailedAnswer, OpenByCard, Registration
from tests.support.national import VirtualWorld, numbers_of, proof_of

ANSWER = """<?xml version="1.0" encoding="Shift_JIS"?>
<XmlMsg><MessageHeader><MedicalInstitutionCode>{institution}</MedicalInstitutionCode>
<ArbitraryFileIdentifier>{identifier}</ArbitraryFileIdentifier><SegmentOfResult>1</SegmentOfResult></MessageHeader>
<MessageBody><QualificationConfirmSearchInfo><InsuredIdentificationNumber>{number}</InsuredIdentificationNumber>
<InsuredBranchNumber>0</InsuredBranchNumber></QualificationConfirmSearchInfo>
<QualificationValidity>1</QualificationValidity><ResultList><ResultOfQualificationConfirmation>
<Name>山田　太郎</Name><Birthdate>{birthdate}</Birthdate></ResultOfQualificationConfirmation></ResultList>
</MessageBody></XmlMsg>
"""
DEADLINE = 20.0


class Neighbour:
    """Looks into ``req`` whenever time passes, and does what a test says with each request found there."""

    def __init__(self, folder: Path, world: VirtualWorld) -> None:
        self.req, self.res = folder / "req", folder / "res"
        self.req.mkdir()
        self.res.mkdir()
        self.world = world
        self.seen: dict[str, oqs.Request] = {}
        self.act: Callable[[Path, oqs.Request], object] = lambda _path, _request: None
        world.neighbours.append(self.look)

    def look(self) -> None:
        for path in self.req.glob("OQSsiquc01req_*.xml"):
            request = oqs.parse_request(path.read_bytes())
            assert isinstance(request, oqs.Request)
            path.unlink()
            self.seen[path.name] = request
            self.act(self.answer_path(path.name), request)

    def answer_path(self, request_name: str) -> Path:
        return self.res / request_name.replace("req_", "res_")

    def after(self, seconds: float, act: Callable[[], object]) -> None:
        due = self.world.monotonic() + seconds

        def look() -> None:
            if self.world.monotonic() >= due:
                self.world.neighbours.remove(look)
                act()

        self.world.neighbours.append(look)


class Room:
    """A service, its folders, and what it reported."""

    def __init__(self, folder: Path, **changes: object) -> None:
        self.world = VirtualWorld()
        self.neighbour = Neighbour(folder, self.world)
        self.reports: list[Report] = []
        self.settings = FolderSettings(
            request_folder=self.neighbour.req,
            answer_folder=self.neighbour.res,
            medical_institution_code="1399999999",
            **changes,  # type: ignore[arg-type]
        )
        self.service = FolderService(self.settings, self.world, self.reports.append)

    def ask(self, question_id: str = "q1") -> Answer | FailedAnswer:
        return self.service.ask(numbers_of("yamada", question_id), DEADLINE)

    def oddities(self) -> list[Oddity]:
        return [report.oddity for report in self.reports]


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def good(request: oqs.Request, **changes: str) -> bytes:
    values = {
        "institution": request.medical_institution_code,
        "identifier": request.arbitrary_file_identifier,
        "number": request.search.insured_identification_number,
        "birthdate": request.search.birthdate,
    }
    return ANSWER.format(**{**values, **changes}).encode("cp932")


def cause(outcome: Answer | FailedAnswer) -> Cause:
    assert isinstance(outcome, FailedAnswer), outcome
    return outcome.cause


# ------------------------------------------------------------------------------------------ the good way


def test_an_answer_is_taken_and_nothing_is_left_behind(room: Room) -> None:
    room.neighbour.act = lambda path, request: path.write_bytes(good(request))
    answer = room.ask()
    assert isinstance(answer, Answer)
    assert answer.results[0].name == "山田　太郎"
    assert answer.asked_at == "2026-06-01T00:30:00+00:00"
    assert not answer.simulated
    assert not answer.offline
    assert list(room.neighbour.req.iterdir()) == list(room.neighbour.res.iterdir()) == []
    assert room.reports == []
    assert room.world.monotonic() < 1.0


def test_the_request_is_complete_and_has_an_identifier_of_128_bits(room: Room) -> None:
    room.neighbour.act = lambda path, request: path.write_bytes(good(request))
    room.ask()
    ((name, request),) = room.neighbour.seen.items()
    assert name.startswith("OQSsiquc01req_20260601093000")
    assert len(bytes.fromhex(request.arbitrary_file_identifier)) == 16
    assert request.qualification_confirmation_date == "20260601"
    assert (request.search.insurer_number, request.search.birthdate) == ("01319904", "19810520")
    assert request.search.limit_application_certificate_related_cons_flg == "0"


def test_two_questions_never_share_an_identifier_or_a_name(room: Room) -> None:
    room.neighbour.act = lambda path, request: path.write_bytes(good(request))
    for number in range(20):
        room.ask(f"q{number}")
    assert len(room.neighbour.seen) == 20
    assert len({request.arbitrary_file_identifier for request in room.neighbour.seen.values()}) == 20


def test_utf_8_can_be_set(tmp_path: Path) -> None:
    room = Room(tmp_path, encoding="utf-8")
    found: list[bytes] = []
    room.world.neighbours.insert(
        0, lambda: found.extend(path.read_bytes() for path in room.neighbour.req.iterdir())
    )
    room.ask()
    assert found[0].startswith(b'<?xml version="1.0" encoding="UTF-8"')


# --------------------------------------------------------------------------------- late, partial, twice


def test_no_answer_is_a_network_fault_at_the_deadline_and_not_before(room: Room) -> None:
    assert cause(room.ask()) is Cause.NETWORK_FAULT
    assert room.world.monotonic() == pytest.approx(DEADLINE)


def test_a_request_that_nobody_fetched_is_taken_back(room: Room) -> None:
    room.world.neighbours.clear()
    assert cause(room.ask()) is Cause.NETWORK_FAULT
    assert list(room.neighbour.req.iterdir()) == []


def test_a_late_answer_is_given_once_with_its_question(room: Room) -> None:
    def act(path: Path, request: oqs.Request) -> None:
        room.neighbour.after(30, lambda: path.write_bytes(good(request)))

    room.neighbour.act = act
    assert cause(room.ask("early")) is Cause.NETWORK_FAULT
    assert list(room.service.late_answers()) == []
    room.world.sleep(15)
    assert list(room.service.late_answers()) == []  # first look: it may still be being written
    late = list(room.service.late_answers())
    assert [one.question_id for one in late] == ["early"]
    assert late[0].answer.results[0].name == "山田　太郎"
    assert list(room.service.late_answers()) == []
    assert list(room.neighbour.res.iterdir()) == []


def test_an_answer_too_late_even_for_that_is_left_alone(room: Room) -> None:
    requests: list[tuple[Path, oqs.Request]] = []
    room.neighbour.act = lambda path, request: requests.append((path, request))
    room.ask()
    room.world.sleep(3600)
    path, request = requests[0]
    path.write_bytes(good(request))
    assert [list(room.service.late_answers()) for _look in range(3)] == [[], [], []]
    assert path.exists()


def test_a_file_that_is_still_being_written_is_waited_for(room: Room) -> None:
    def act(path: Path, request: oqs.Request) -> None:
        whole = good(request)
        path.write_bytes(b"")
        for step in range(1, 11):
            part = whole[: len(whole) * step // 10]
            room.neighbour.after(step, partial(path.write_bytes, part))

    room.neighbour.act = act
    assert isinstance(room.ask(), Answer)
    assert room.world.monotonic() > 10


def test_a_file_that_stays_half_written_is_given_up_reported_and_removed(room: Room) -> None:
    room.neighbour.act = lambda path, request: path.write_bytes(good(request)[:-40])
    outcome = room.ask()
    assert cause(outcome) is Cause.ANSWER_UNREADABLE
    assert isinstance(outcome, FailedAnswer)
    assert outcome.message == oqs.REMEDIES[oqs.Flaw.NOT_WELL_FORMED]
    assert room.world.monotonic() < 5
    assert room.oddities() == [Oddity.UNREADABLE_ANSWER]
    assert list(room.neighbour.res.iterdir()) == []


def test_the_same_answer_a_second_time_is_removed_and_reported(room: Room) -> None:
    def act(path: Path, request: oqs.Request) -> None:
        path.write_bytes(good(request))
        room.neighbour.after(30, lambda: path.write_bytes(good(request)))

    room.neighbour.act = act
    assert isinstance(room.ask(), Answer)
    room.world.sleep(40)
    assert list(room.service.late_answers()) == []
    assert room.oddities() == [Oddity.SECOND_ANSWER]
    assert list(room.neighbour.res.iterdir()) == []


def test_still_processing_is_told_and_the_final_answer_comes_late(room: Room) -> None:
    def act(path: Path, request: oqs.Request) -> None:
        final = good(request)
        path.write_bytes(final.replace(b"<SegmentOfResult>1", b"<SegmentOfResult>2"))
        room.neighbour.after(60, lambda: path.write_bytes(final))

    room.neighbour.act = act
    assert cause(room.ask("q7")) is Cause.STILL_PROCESSING
    room.world.sleep(60)
    list(room.service.late_answers())
    assert [late.question_id for late in room.service.late_answers()] == ["q7"]


# ------------------------------------------------------------------------------------ foreign and hostile


def test_our_name_with_another_identifier_is_left_alone_and_reported(room: Room) -> None:
    room.neighbour.act = lambda path, request: path.write_bytes(good(request, identifier="0" * 32))
    assert cause(room.ask()) is Cause.FOREIGN_ANSWER
    assert room.oddities() == [Oddity.FOREIGN_ANSWER]
    assert len(list(room.neighbour.res.iterdir())) == 1


def test_an_answer_without_our_identifier_is_never_ours(room: Room) -> None:
    room.neighbour.act = lambda path, request: path.write_bytes(good(request, identifier=""))
    assert cause(room.ask()) is Cause.FOREIGN_ANSWER


def test_the_right_answer_after_a_foreign_one_is_taken(room: Room) -> None:
    def act(path: Path, request: oqs.Request) -> None:
        path.write_bytes(good(request, identifier="0" * 32))
        room.neighbour.after(5, lambda: path.write_bytes(good(request)))

    room.neighbour.act = act
    assert isinstance(room.ask(), Answer)


@pytest.mark.parametrize(
    ("change", "element"),
    [
        ({"number": "９９９"}, "InsuredIdentificationNumber"),
        ({"birthdate": "19810521"}, "ResultOfQualificationConfirmation/Birthdate"),
        ({"institution": "0000000000"}, "MedicalInstitutionCode"),
    ],
)
def test_our_identifier_with_somebody_elses_data_is_never_shown(
    room: Room, change: dict[str, str], element: str
) -> None:
    room.neighbour.act = lambda path, request: path.write_bytes(good(request, **change))
    outcome = room.ask()
    assert cause(outcome) is Cause.FOREIGN_ANSWER
    assert isinstance(outcome, FailedAnswer)
    assert outcome.code == element
    assert [report.detail for report in room.reports] == [element]
    assert list(room.neighbour.res.iterdir()) == []


def test_other_programs_files_are_never_touched(room: Room) -> None:
    theirs = [
        room.neighbour.res / name
        for name in ("OQSsiquc01res_20260601000000.xml", "YZKsiquc01res_1.xml", "x.tmp")
    ]
    for path in theirs:
        path.write_bytes(b"theirs")
    room.neighbour.act = lambda path, request: path.write_bytes(good(request))
    assert isinstance(room.ask(), Answer)
    assert [path.read_bytes() for path in theirs] == [b"theirs"] * 3


@pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
def test_only_a_regular_file_is_an_answer(room: Room, tmp_path: Path, kind: str) -> None:
    def act(path: Path, request: oqs.Request) -> None:
        target = tmp_path / "elsewhere.xml"
        target.write_bytes(good(request))
        match kind:
            case "link":
                path.symlink_to(target)
            case "folder":
                path.mkdir()
            case _:
                os.mkfifo(path)

    room.neighbour.act = act
    assert cause(room.ask()) is Cause.ANSWER_UNREADABLE
    assert room.oddities() == [Oddity.NOT_A_FILE]


def test_an_oversized_file_is_never_read(room: Room) -> None:
    def act(path: Path, _request: oqs.Request) -> None:
        with path.open("wb") as file:
            file.truncate(50_000_000)

    room.neighbour.act = act
    assert cause(room.ask()) is Cause.ANSWER_UNREADABLE
    assert room.oddities() == [Oddity.TOO_LARGE]


def test_garbage_is_unreadable(room: Room) -> None:
    room.neighbour.act = lambda path, _request: path.write_bytes(b"\x00\xff" * 99)
    assert cause(room.ask()) is Cause.ANSWER_UNREADABLE


def test_a_folder_full_of_requests_means_that_nobody_takes_them(tmp_path: Path) -> None:
    room = Room(tmp_path, quota=5)
    for number in range(5):
        (room.neighbour.req / f"old{number}").touch()
    outcome = room.ask()
    assert cause(outcome) is Cause.FOLDER_UNUSABLE
    assert room.oddities() == [Oddity.TOO_MANY_FILES]
    assert room.world.monotonic() == 0


def test_a_folder_that_is_gone_is_a_fault_of_the_terminal_and_leaves_no_trace(room: Room) -> None:
    room.neighbour.req.rmdir()
    outcome = room.ask()
    assert cause(outcome) is Cause.FOLDER_UNUSABLE
    assert isinstance(outcome, FailedAnswer)
    assert outcome.code == "FileNotFoundError"


# ------------------------------------------------------------------------------------------- the rest


def test_it_declares_what_it_carries_and_refuses_the_rest(room: Room) -> None:
    assert room.service.capabilities == {Capability.BY_NUMBERS}
    proof = proof_of("yamada")
    assert cause(room.service.ask(AskByCard(question_id="q", verified=proof), 1)) is Cause.NOT_SUPPORTED
    opened = room.service.open(OpenByCard(question_id="q", verified=proof), 1)
    registered = room.service.register(Registration(question_id="q", verified=proof), 1)
    assert isinstance(opened, FailedAnswer)
    assert isinstance(registered, FailedAnswer)
    assert opened.cause is registered.cause is Cause.NOT_SUPPORTED
    assert list(room.service.face_results()) == []


@pytest.mark.parametrize("field", ["insurer_number", "insured_identification_number"])
def test_a_question_without_its_numbers_is_not_asked(room: Room, field: str) -> None:
    question = replace(numbers_of("yamada"), **{field: " "})
    assert cause(room.service.ask(question, 1)) is Cause.INVALID_QUESTION
    assert list(room.neighbour.req.iterdir()) == []


def test_closing_ends_a_waiting_call(room: Room) -> None:
    room.world.neighbours.append(room.service.close)
    assert cause(room.ask()) is Cause.NETWORK_FAULT
    assert room.world.monotonic() < 1


def test_remembered_questions_are_bounded(room: Room) -> None:
    for number in range(300):
        room.service.ask(numbers_of("yamada", f"q{number}"), 0.1)
    assert len(room.service._past) == 256
