"""A match proves one card's holder once, for the visit that asked, and only by the word of somebody who may say so."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.interface import (
    Authority,
    CardPhoto,
    FaceDoubt,
    FaceListener,
    FaceVerdict,
    Failure,
    Fault,
    Frame,
)
from kiosk.eligibility.port import FaceProof
from kiosk.reception.facing import Facing, may_verify
from kiosk.reception.lanes import Job
from kiosk.reception.proof import ProofVault
from kiosk.visit import events as e
from kiosk.visit.effects import ForgetFace, MatchFace

MATCH = FaceVerdict(None, 5, True, 5)
OTHER = FaceVerdict(FaceDoubt.OTHER_PERSON, 1, None, 5)
DENIED = Failure.of(Fault.INTERNAL, "the operator says no")


class Matcher:
    """Says what it is told to say, when it is told to."""

    def __init__(self) -> None:
        self.compared: list[CardPhoto] = []
        self.listener: FaceListener | None = None

    def ready(self) -> Failure | None:
        return None

    def look(self, listener: FaceListener) -> None:
        self.listener = listener

    def match(self, photo: CardPhoto, listener: FaceListener) -> None:
        self.compared.append(photo)
        self.listener = listener

    def picture(self) -> Frame | None:
        return None

    def rest(self) -> None: ...

    def forget(self) -> None: ...

    def close(self) -> None: ...


class Operator:
    authority: Authority = "authorised"

    def __init__(self, fails: bool = False) -> None:
        self.fails = fails
        self.asked: list[tuple[int, str]] = []

    def prove(self, insertion: int, certificate_sha256: str, challenge: bytes) -> FaceProof | Failure:
        self.asked.append((insertion, certificate_sha256))
        proof = FaceProof(insertion, "authorised", certificate_sha256, challenge, b"sealed")
        return DENIED if self.fails else proof


class AtOnce:
    def submit(self, job: Job) -> None:
        job()

    def close(self) -> None: ...


class Room:
    """The hands' face with a photograph of insertion 1 at hand."""

    def __init__(self, operator: Operator | None) -> None:
        self.matcher, self.vault = Matcher(), ProofVault()
        self.posted: list[tuple[type[e.Event], dict[str, Any]]] = []
        self.facing = Facing(
            self.matcher, operator, AtOnce(), self.vault,
            lambda kind, /, **fields: self.posted.append((kind, fields)), bytes,
        )  # fmt: skip
        assert self.facing.keep(CardPhoto(1, True, bytearray(b"photo")), self.facing.epoch)

    def match(self, proves: str = "aa", insertion: int = 1) -> None:
        self.facing.do(MatchFace("q", insertion, proves))

    def says(self, verdict: FaceVerdict) -> None:
        assert self.matcher.listener is not None
        self.matcher.listener(verdict)

    @property
    def told(self) -> list[str]:
        return [kind.__name__ for kind, _fields in self.posted]


def test_a_match_that_counts_is_proven_before_it_is_told() -> None:
    operator = Operator()
    room = Room(operator)
    room.match()
    room.says(MATCH)
    assert operator.asked == [(1, "aa")]
    proof = room.vault.get()
    assert isinstance(proof, FaceProof)
    assert (proof.insertion, proof.certificate_sha256) == (1, "aa")
    assert room.posted == [(e.FaceJudged, {"question": "q", "verdict": MATCH})]


@pytest.mark.parametrize("operator", [None, Operator(fails=True)], ids=["nobody", "refused"])
def test_without_the_word_of_an_operator_a_match_is_none(operator: Operator | None) -> None:
    room = Room(operator)
    room.match()
    room.says(MATCH)
    assert (room.told, room.vault.get()) == (["FaceFailed"], None)


@pytest.mark.parametrize(("proves", "verdict"), [("", MATCH), ("aa", OTHER)], ids=["only helps", "doubted"])
def test_nobody_is_asked_for_a_look_that_only_helps_nor_for_a_doubt(
    proves: str, verdict: FaceVerdict
) -> None:
    operator = Operator()
    room = Room(operator)
    room.match(proves)
    room.says(verdict)
    assert (operator.asked, room.vault.get(), room.told) == ([], None, ["FaceJudged"])


def test_a_match_that_comes_when_its_visit_is_over_proves_nothing() -> None:
    room = Room(Operator())
    room.match()
    room.vault.forget()
    room.facing.forget()
    room.says(MATCH)
    assert room.vault.get() is None


def test_only_the_photograph_of_the_card_that_lies_there_is_compared() -> None:
    room = Room(Operator())
    room.match(insertion=2)
    assert room.matcher.compared == []
    assert [fields["failure"].fault for _kind, fields in room.posted] == [Fault.CARD_GONE]


def test_a_photograph_that_comes_when_its_visit_is_over_is_not_kept() -> None:
    room = Room(Operator())
    epoch = room.facing.epoch
    room.facing.do(ForgetFace())
    assert not room.facing.keep(CardPhoto(1, True, bytearray(b"late")), epoch)
    room.match()
    assert room.matcher.compared == []


@pytest.mark.parametrize(
    ("authority", "operator", "may"),
    [
        ("authorised", Operator(), True),
        ("simulator", Operator(), False),
        ("authorised", None, False),
        ("simulator", None, False),
        ("aid", None, True),
        ("certified", None, True),
        (None, None, True),
    ],
)
def test_settings_name_only_an_authority_that_somebody_here_has(
    authority: Any, operator: Any, may: bool
) -> None:
    assert may_verify(authority, operator) is may
