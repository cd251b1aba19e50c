"""What the ledger gets of a step: the event's own data, without what would recognise or verify a person."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.interface import CardText, FaceDoubt, FaceHint, FaceVerdict, Failure, Fault
from kiosk.coverage.services import Choice, ConsentItem
from kiosk.evidence.model import Document, Way
from kiosk.evidence.reasons import Reason
from kiosk.reception.recording import entry_of, payload_of, stamp
from kiosk.visit import events as e
from kiosk.visit.form import FormField
from kiosk.visit.known import KnownPatient
from kiosk.visit.moment import Moment
from kiosk.visit.states import Visit
from kiosk.visit.table import EVENTS
from tests.support.readings import reading
from tests.support.visits import Table, answer, certificate, facts, moment

FINGERPRINT = "f00d" * 16
KNOWN = KnownPatient(patient_number="00123", name_kana="ハクシ ハナコ", birth_date="1981-04-05")
FIELDS: dict[type[e.Event], dict[str, Any]] = {
    e.ReaderChanged: {"available": True},
    e.CardInserted: {"insertion": 1},
    e.CardRemoved: {"insertion": 1},
    e.CardRead: {"insertion": 1, "facts": facts(sha256=FINGERPRINT)},
    e.CardFailed: {"insertion": 1, "failure": Failure(Fault.CARD_MUTE, True, "no ATR")},
    e.PinVerified: {"insertion": 1, "certificate": certificate(FINGERPRINT)},
    e.PinRefused: {"insertion": 1, "tries_left": 2},
    e.LanguageChosen: {"language": "en"},
    e.TextSizeChosen: {"text_size": "large"},
    e.ContrastChosen: {"contrast": "high"},
    e.WayChosen: {"way": "no_card"},
    e.PinEntered: {"slot": "slot-1"},
    e.ConsentItemDecided: {"item": ConsentItem.CARE, "choice": Choice.AGREED},
    e.CardOpened: {"question": "q", "registered": True, "birth_date": "1981-04-05"},
    e.Answered: {"question": "q", "answer": answer()},
    e.AnswerCame: {"question": "q", "answer": answer()},
    e.AskFailed: {"question": "q", "reason": Reason.NETWORK_FAULT, "code": "HTTP 500"},
    e.Registered: {"question": "q"},
    e.NumberAssigned: {"number": "A001"},
    e.TicketPrinted: {"number": "A001", "ok": True},
    e.StaffActed: {"action": "handled", "staff": "sato"},
    e.TextTriesTold: {"insertion": 1, "key": "pin", "tries_left": 3},
    e.CardTextRead: {
        "insertion": 1,
        "text": CardText("白紙　花子", "架空市１－２－３", date(1981, 4, 5), "2"),
    },
    e.TextRefused: {"insertion": 1, "tries_left": 2},
    e.EvidenceChosen: {"way": Way.CERTIFICATE},
    e.NoCardChosen: {"cause": "lost"},
    e.CompanionChosen: {"kind": "companion"},
    e.TripDocumentChosen: {"document": Document.NOTICE_COPY},
    e.CodeScanned: {"text": "ABC-123"},
    e.FieldAnswered: {"field": FormField.KANA, "value": "ハクシ ハナコ"},
    e.FieldSkipped: {"field": FormField.NAME},
    e.FieldChosen: {"field": FormField.NAME},
    e.FormBegun: {"source": "hand"},
    e.TextKeyChosen: {"key": "number_b"},
    e.FormSigned: {"signature": "10,10 20,20"},
    e.FaceResultArrived: {"result": reading()},
    e.PhotoTriesTold: {"insertion": 1, "tries_left": 10},
    e.PhotoRead: {"insertion": 1, "genuine": True},
    e.PhotoRefused: {"insertion": 1, "tries_left": 9},
    e.CameraChanged: {"available": False},
    e.FaceHinted: {"question": "q", "hint": FaceHint.MASK},
    e.FaceJudged: {"question": "q", "verdict": FaceVerdict(FaceDoubt.FLAT, 4, False, 5)},
    e.FaceFailed: {"question": "q", "failure": Failure.of(Fault.CAMERA_GONE)},
    e.FrontFailed: {"failure": Failure.of(Fault.CAMERA_GONE)},
    e.PatientFound: {"question": "q", "patient": KNOWN, "match": "numbers"},
}
REDUCED = (
    e.CardRead,
    e.PinVerified,
    e.PinEntered,
    e.CardTextRead,
    e.FormSigned,
    e.PatientFound,
    e.FaceResultArrived,
    e.FaceJudged,
    e.AnswerCame,
)
KEPT_ASIDE = {"insertion", "facts", "certificate", "slot"}


def event_of(kind: type[e.Event]) -> e.AnyEvent:
    return cast(e.AnyEvent, kind(id="e1", at=moment(1_234), **FIELDS.get(kind, {})))


def visit() -> Visit:
    return Table().until_consent().visit


def decoded(payload: bytes) -> dict[str, Any]:
    return cast(dict[str, Any], msgspec.json.decode(payload))


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
def test_every_event_can_be_recorded_and_says_who_caused_it(kind: type[e.Event]) -> None:
    event = event_of(kind)
    entry = entry_of(visit(), event, visit(), simulated=True)
    assert (entry.type, entry.state, entry.simulated) == (kind.__name__, "AskingConsent", True)
    assert entry.actor == ("staff:sato" if kind is e.StaffActed else event.actor)
    assert (entry.id, entry.mono_ms, entry.visit) == ("e1", 1_234, visit().id)
    assert isinstance(decoded(entry.payload), dict)


def test_of_a_face_steps_are_kept_and_by_whose_word_and_not_how_many_pictures_it_took() -> None:
    judged = [
        payload_of(
            e.FaceJudged(id="e1", at=moment(), question="q", verdict=FaceVerdict(None, 5, True, frames)),
            visit(),
        )
        for frames in (5, 9)
    ]
    assert judged[0] == judged[1]
    assert decoded(judged[0]) == {"authority": None, "doubt": None, "likeness": 5, "turned": True}


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
def test_what_an_event_carries_is_kept_but_for_what_recognises_a_card(kind: type[e.Event]) -> None:
    kept = decoded(payload_of(event_of(kind), visit()))
    if kind not in REDUCED:
        own = set(kind.__struct_fields__) - set(e.Event.__struct_fields__)
        assert set(kept) >= own
    assert FINGERPRINT not in str(kept)
    assert "slot" not in str(kept)


def test_of_a_card_the_token_its_tries_and_the_certificates_end_are_kept() -> None:
    kept = decoded(payload_of(event_of(e.CardRead), visit()))
    assert set(kept) == {"token", "pin_tries_left", "certificate_ends"}
    without = cast(e.AnyEvent, e.CardRead(id="e", at=moment(), insertion=1, facts=facts(None)))
    assert decoded(payload_of(without, visit()))["pin_tries_left"] is None


def test_of_a_verification_only_what_the_issuer_says_is_kept() -> None:
    assert decoded(payload_of(event_of(e.PinVerified), visit())) == {"revocation": "unknown"}


def test_of_entered_digits_nothing_is_kept() -> None:
    assert payload_of(event_of(e.PinEntered), visit()) == b"{}"


def test_a_consent_is_kept_with_what_was_read_and_in_which_language() -> None:
    table = Table().until_consent()
    table.feed(e.ConsentAllGiven)
    kept = decoded(payload_of(event_of(e.ConsentAllGiven), table.visit))
    assert kept == {
        "consents": {
            "care": "agreed", "operations": "agreed", "checkups": "agreed", "specific_diseases": "agreed",
        },
        "wording_version": "test",
        "language": "ja",
    }  # fmt: skip


def test_payloads_are_written_with_sorted_keys() -> None:
    payload = payload_of(event_of(e.AskFailed), visit())
    assert list(decoded(payload)) == sorted(decoded(payload))


@given(st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_an_instant_is_spelt_in_utc_with_milliseconds(at: datetime) -> None:
    wall = int(at.timestamp() * 1000)
    told = stamp(Moment(mono=0, wall=wall))
    assert len(told) == len("2026-03-01T00:12:33.123Z")
    assert round(datetime.fromisoformat(told).timestamp() * 1000) == wall


def test_what_the_card_told_of_its_holder_and_the_signature_stand_on_the_paper_only() -> None:
    for kind in (e.CardTextRead, e.FormSigned, e.PatientFound):
        kept = payload_of(event_of(kind), visit()).decode()
        assert not any(word in kept for word in ("白紙", "架空市", "1981", "10,10", "ハクシ"))


def test_who_was_found_is_kept_by_their_number_alone() -> None:
    kept = decoded(payload_of(event_of(e.PatientFound), visit()))
    assert kept == {"question": "q", "patient_number": "00123", "match": "numbers"}
