"""The invariants see what they are there for (kiosk/visit/invariants.py): each is broken once, on purpose."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from drivers.interface import FaceHint
from kiosk.coverage.services import Choice, ConsentItem
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.visit import events as e
from kiosk.visit.effects import (
    AnyEffect,
    Ask,
    MatchFace,
    OpenCard,
    ReadCardText,
    ReadPhoto,
    Register,
    VerifyPin,
)
from kiosk.visit.invariants import CHECKED, broken
from kiosk.visit.presenting import view_of
from kiosk.visit.states import (
    CardInHand,
    Confirmed,
    FaceCheck,
    FillingDeclaration,
    Finished,
    ShowingNotice,
    Visit,
    Welcome,
)
from tests.support.arguments import PAPER
from tests.support.face_pages import AID, MATCH, OTHER
from tests.support.face_pages import PAGES as FACE
from tests.support.on_the_road import PAGES
from tests.support.phone_pages import LOST
from tests.support.phone_pages import PHONE_PAGES as PHONE
from tests.support.visits import FULL, TARO, Table, answer, certificate, facts, moment

ANY = e.TimePassed(id="e", at=moment())
SIGNED = e.FormSigned(id="e", at=moment(), signature="")
UNCHANGED = e.KnownUnchanged(id="e", at=moment())
READ = e.Acknowledged(id="e", at=moment())
MATCHED = e.FaceJudged(id="e", at=moment(), question="q", verdict=MATCH)
DOUBTED = e.FaceJudged(id="e", at=moment(), question="q", verdict=OTHER)
HINTED = e.FaceHinted(id="e", at=moment(), question="q", hint=FaceHint.MASK)
STAFF = e.StaffActed(id="e", at=moment(), action="accept")
SENT = e.CardFailed(id="e", at=moment(), insertion=1, failure=LOST)
LATE = e.AnswerCame(id="e", at=moment(), question="q", answer=answer())
LATE_NUMBERS = replace(LATE, paper=PAPER)


def ways() -> Visit:
    return PAGES["ways"]().visit


def matching() -> Visit:
    return FACE["face: matching"]().visit


def helping() -> Visit:
    return FACE["aid: matching, notice"]().visit


def by_face(visit: Visit) -> Visit:
    before = replace(visit, verified=None, verified_by="")
    return replace(before, verified=certificate(), verified_by="face")


def looking_up() -> Visit:
    return Table(FULL).until_lookup().visit


def accepted(way: Way) -> Visit:
    return replace(ways(), evidence=way, outcome="accepted_by_evidence")


def tolerated() -> Visit:
    day = date(2026, 7, 31)
    return Table(FULL, day).until_ways(Reason.PIN_LOCKED, day=day).visit


def unlocking(**fields: Any) -> Visit:
    return replace(
        ways(), state=FillingDeclaration(way=Way.CARD_DECLARATION, step="unlock", key="pin", **fields)
    )


CASES: dict[str, tuple[Visit, e.AnyEvent, Visit, tuple[AnyEffect, ...]]] = {
    "I1 an answer without a verified card": (
        ways(),
        ANY,
        replace(ways(), verified=None, answer=answer()),
        (),
    ),
    "I1 another certificate than the card's": (
        looking_up(),
        ANY,
        replace(looking_up(), card=CardInHand(1, facts(sha256="bb"))),
        (),
    ),
    "I1 a patient found by an answer of nobody": (
        ways(),
        ANY,
        replace(ways(), verified=None, fallback=replace(PAGES["ways"]().road, known=TARO, match="numbers")),
        (),
    ),
    "I2 asked for somebody who was not verified": (
        ways(),
        ANY,
        replace(ways(), verified=None),
        (OpenCard("q"),),
    ),
    "I2 confirmed without an answer": (looking_up(), ANY, replace(looking_up(), state=Confirmed()), ()),
    "I2 registered twice": (
        replace(looking_up(), register_question="q"),
        ANY,
        looking_up(),
        (Register("q"),),
    ),
    "I3 an item that was not agreed to": (
        looking_up(),
        ANY,
        looking_up(),
        (Ask("q", ((ConsentItem.LIMIT, Choice.AGREED),)),),
    ),
    "I4 a try of the PIN from elsewhere": (ways(), ANY, ways(), (VerifyPin(1, "s"),)),
    "I4 the last try of the text": (
        unlocking(tries_left=1, last_try=True),
        ANY,
        unlocking(tries_left=1),
        (ReadCardText(1, "pin", "s"),),
    ),
    "I4 a try of the text from elsewhere": (ways(), ANY, ways(), (ReadCardText(1, "pin", "s"),)),
    "I4 a try of 照合番号B from elsewhere": (ways(), ANY, ways(), (ReadPhoto(1, "s"),)),
    "I4 the last try of 照合番号B": (
        FACE["face: last number"]().visit,
        ANY,
        FACE["face: last number"]().visit,
        (ReadPhoto(1, "s"),),
    ),
    "I4 a PIN for a phone that nobody has looked at": (
        PHONE["phone: looked at"]().visit,
        ANY,
        PHONE["phone: looked at"]().visit,
        (VerifyPin(2, "s1"),),
    ),
    "I4 a PIN for a phone that has left": (
        PHONE["phone: in the hand"]().visit,
        ANY,
        PHONE["phone: in the hand"]().visit,
        (VerifyPin(1, "s1"),),
    ),
    "I4 digits that were sent wait for another try": (
        PHONE["phone: verifying"]().visit,
        SENT,
        PHONE["phone: lost before the PIN was sent"]().visit,
        (),
    ),
    "I8 a page without an end": (ways(), ANY, replace(ways(), deadline=None), ()),
    "I9 a form on the last page": (ways(), ANY, replace(ways(), state=Finished()), ()),
    "I9 an answer on the first": (looking_up(), ANY, replace(looking_up(), state=Welcome()), ()),
    "I11 accepted by nobody": (ways(), ANY, accepted(Way.CERTIFICATE), ()),
    "I11 a paper by the patient's own word": (ways(), SIGNED, accepted(Way.CERTIFICATE), ()),
    "I11 data on file by a signature": (ways(), SIGNED, accepted(Way.KNOWN_DATA), ()),
    "I11 a declaration by a nod": (ways(), READ, accepted(Way.CARD_DECLARATION), ()),
    "I11 full payment as unchanged": (ways(), UNCHANGED, accepted(Way.SELF_PAY), ()),
    "I11 what the book does not offer": (ways(), STAFF, accepted(Way.LEGACY_CARD), ()),
    "I12 verified by a match that only helps staff": (helping(), MATCHED, by_face(helping()), ()),
    "I12 verified by a face where no face counts": (
        replace(matching(), policy=AID),
        MATCHED,
        by_face(replace(matching(), policy=AID)),
        (),
    ),
    "I12 verified by a face with doubt": (matching(), DOUBTED, by_face(matching()), ()),
    "I12 verified by a hint": (matching(), HINTED, by_face(matching()), ()),
    "I12 verified by nobody knows what": (
        matching(),
        MATCHED,
        replace(by_face(matching()), verified_by=""),
        (),
    ),
    "I12 evidence by a look": (helping(), MATCHED, replace(helping(), evidence=Way.CARD_NOTICE), ()),
    "I12 a result of a higher authority": (
        matching(),
        ANY,
        replace(matching(), face_check=FaceCheck("authorised", "verify")),
        (),
    ),
    "I12 a proof where the look only helps": (helping(), ANY, helping(), (MatchFace("q", 1, "aa"),)),
    "I12 a proof where no face counts": (
        replace(matching(), policy=AID),
        ANY,
        replace(matching(), policy=AID),
        (MatchFace("q", 1, "aa"),),
    ),
    "I12 a proof of another card's holder": (matching(), ANY, matching(), (MatchFace("q", 1, "bb"),)),
    "I12 a comparison with a card that is gone": (matching(), ANY, matching(), (MatchFace("q", 7),)),
    "I11 what was to be looked up": (
        tolerated(),
        STAFF,
        replace(tolerated(), evidence=Way.LEGACY_TOLERANCE),
        (),
    ),
    "I13 another's answer": (ways(), LATE, replace(ways(), answer=LATE.answer), ()),
    "I13 a second answer": (
        replace(ways(), asked=("q",), answer=answer("2")),
        LATE,
        replace(ways(), answer=LATE.answer),
        (),
    ),
    "I13 over what was signed": (
        replace(accepted(Way.CARD_DECLARATION), outcome="declared"),
        LATE,
        replace(ways(), answer=LATE.answer),
        (),
    ),
    "I13 accepted by numbers": (ways(), LATE_NUMBERS, accepted(Way.CERTIFICATE), ()),
}


@pytest.mark.parametrize("name", CASES)
def test_a_broken_rule_is_found(name: str) -> None:
    before, event, after, effects = CASES[name]
    assert any(found.startswith(name.split()[0]) for found in broken(before, event, after, effects))


def test_a_page_without_a_way_on_is_found() -> None:
    bare = replace(view_of(ways()), options=(), staff=False, deadline=None)
    assert [found.split()[0] for found in broken(ways(), ANY, ways(), (), bare)] == ["I10"]


def test_each_rule_is_broken_here() -> None:
    assert {name.split()[0] for name in CASES} | {"I10"} == set(CHECKED)


@pytest.mark.parametrize(
    ("event", "way"),
    [
        (STAFF, Way.CERTIFICATE),
        (SIGNED, Way.CARD_DECLARATION),
        (UNCHANGED, Way.KNOWN_DATA),
        (READ, Way.SELF_PAY),
    ],
)
def test_what_the_book_leaves_to_them_breaks_nothing(event: e.AnyEvent, way: Way) -> None:
    assert broken(ways(), event, accepted(way), ()) == []


def test_where_a_person_looks_no_end_is_needed() -> None:
    shown = replace(ways(), state=ShowingNotice(), deadline=None)
    assert broken(ways(), ANY, shown, ()) == []
