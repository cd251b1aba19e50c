"""Visits with a result, as their records tell them, and receivers that are anything but reliable."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import msgspec
from msgspec.structs import replace

from kiosk.coverage.qualification import Answer, ResultOfQualificationConfirmation
from kiosk.coverage.services import Choice, ConsentItem
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.handoff.carrier import Outcome, Taken
from kiosk.handoff.notes import How
from kiosk.handoff.outbox import Draft, Outbox, Wish
from kiosk.handoff.outbox_memory import MemoryOutbox
from kiosk.handoff.outbox_sqlite import SqliteOutbox
from kiosk.handoff.parcel import Label, Parcel, label_of
from kiosk.handoff.settled import Consents, Declaration, Person, SettledVisit, Share
from kiosk.ledger import Entry, MemoryLedger, MemoryStore, Options, Record, SqliteLedger, stamp
from kiosk.ledger.keys import Keys
from kiosk.visit.form import FormField
from kiosk.visit.known import KnownPatient

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""10 in the morning in Japan."""
CODE = "1312345678"
FACILITY = "見本内科クリニック"
PDF = b"%PDF-1.7\n% a declaration for tests\n%%EOF\n"

TARO = ResultOfQualificationConfirmation(
    insured_card_classification="01",
    insurer_number="01319904",
    insured_card_symbol="２１７０００２３",
    insured_identification_number="１２３４５６７",
    insured_branch_number="01",
    personal_family_classification="1",
    name="山田　太郎",
    name_kana="ﾔﾏﾀﾞ ﾀﾛｳ",
    sex1="1",
    birthdate="19810520",
    address="架空県模型市見本町１丁目２番３号",
    post_number="1600023",
    qualification_date="20200401",
    insured_partial_contribution_ratio="030",
    insurer_name="全国健康保険協会　架空支部",
)
HANAKO = replace(
    TARO,
    insurer_number="131011",
    insured_card_symbol="見本－ア１２",
    insured_identification_number="００５６",
    insured_branch_number="2",
    personal_family_classification="2",
    name="髙橋　●子",
    name_kana="ﾀｶﾊｼ ﾊﾅｺ",
    sex1="2",
    birthdate="19551101",
    insurer_name="架空区",
    disqualification_date="20260401",
    insured_partial_contribution_ratio="020",
)


def answer(*results: ResultOfQualificationConfirmation, **changes: Any) -> Answer:
    told: dict[str, Any] = {
        "asked_at": "2026-03-02T00:59:00+00:00",
        "process_execution_time": "20260302095900",
        "qualification_confirmation_date": "20260302",
        "medical_institution_code": CODE,
        "segment_of_result": "1",
        "processing_result_status": "1",
        "qualification_validity": "1",
        "results": results or (TARO,),
    }
    return Answer(**(told | changes))


def confirmed(visit: str = "visit-1", **changes: Any) -> SettledVisit:
    """Yamada Taro, by card."""
    told: dict[str, Any] = {
        "visit": visit,
        "terminal": "A",
        "settled_at": stamp(NOW),
        "outcome": "confirmed",
        "reception_number": "A001",
        "patient_number": "001234",
        "person": Person(
            name="山田　太郎", kana="ヤマダ タロウ", birth_date="1981-05-20", sex="1",
            address=TARO.address, post_number="1600023",
        ),
        "answer": answer(),
        "share": Share(tenths=3, source="answer"),
        "consents": Consents(
            choices=((ConsentItem.CARE, Choice.AGREED), (ConsentItem.CHECKUPS, Choice.DECLINED)),
            wording_version="2026-03-01", language="ja",
        ),
    }  # fmt: skip
    return SettledVisit(**(told | changes))


def by_certificate() -> SettledVisit:
    """A certificate whose numbers were typed; nobody could be asked."""
    return confirmed(
        "visit-2",
        outcome="accepted_by_evidence",
        evidence=Way.CERTIFICATE,
        reason=Reason.NETWORK_FAULT,
        reception_number="A002",
        patient_number="",
        person=Person(kana="ミホン　ハナコ", birth_date="1955-11-01"),
        answer=None,
        paper=(
            (FormField.BIRTH_DATE, "1955-11-01"), (FormField.RATIO, "2"),
            (FormField.INSURER_NUMBER, "131011"), (FormField.SYMBOL, "見本12"),
            (FormField.NUMBER, "3456"), (FormField.BRANCH, "0"), (FormField.VALID_UNTIL, "2027-07-31"),
        ),
        share=Share(tenths=2, source="paper"),
        consents=None,
    )  # fmt: skip


def declared() -> SettledVisit:
    """A declaration with its PDF; which coverage she has is not known."""
    return confirmed(
        "visit-3",
        outcome="declared",
        evidence=Way.CARD_DECLARATION,
        reason=Reason.NO_RECORD,
        reception_number="A003",
        patient_number="",
        person=Person(name="見本　明美", kana="ミホン　アケミ", birth_date="1990-01-02", sex="2"),
        answer=None,
        share=Share(tenths=3, source="declared"),
        consents=None,
        declaration=Declaration(
            id="entry-9", pdf=PDF, answers=((FormField.CONTACT, "0300000000"), (FormField.RATIO, "3"))
        ),
    )


def paid_in_full() -> SettledVisit:
    """A visitor without any insurance card, in English."""
    return confirmed(
        "visit-4",
        outcome="self_pay",
        evidence=Way.SELF_PAY,
        reason=Reason.NO_CARD,
        reception_number="A004",
        patient_number="",
        person=Person(),
        answer=None,
        share=None,
        consents=None,
        language="en",
        simulated=True,
    )


FOUR = {
    "confirmed": confirmed,
    "by_certificate": by_certificate,
    "declared": declared,
    "paid_in_full": paid_in_full,
}
KNOWN = KnownPatient(
    patient_number="77", name_kana="ミホン　ジロウ", name="見本　次郎", birth_date="1970-07-07",
    insurer_number="06319917", insurer_name="見本健康保険組合", insured_card_symbol="１２－３４",
    insured_identification_number="0056789", insured_branch_number="02", partial_contribution_ratio=3,
)  # fmt: skip


def label(settled: SettledVisit, revision: int = 1) -> Label:
    return label_of(settled, "test", b"content", revision, "" if revision == 1 else "the-one-before")


# ------------------------------------------------------------------------------------- ledgers and records


def memory_ledger(process: str = "kiosk", store: MemoryStore | None = None) -> MemoryLedger:
    made = store or MemoryStore(keys=Keys(bytes(32), bytes(32)))
    return MemoryLedger(Options(terminal="A", process=process), made)


def entry(
    visit: str, type: str, state: str = "", at: datetime = NOW, *, simulated: bool = False, **payload: Any
) -> Entry:
    return Entry(
        visit=visit,
        id=f"{visit}.{type}.{at.timestamp()}.{state}",
        type=type,
        at=stamp(at),
        mono_ms=0,
        actor="system",
        state=state,
        simulated=simulated,
        payload=msgspec.json.encode(payload, enc_hook=str),
    )


def visit_entries(visit: str = "v1", at: datetime = NOW, given: Answer | None = None) -> list[Entry]:
    """A visit by card, as the reception records it."""
    told = {"birth_date": "1981-05-20", "consents": [["care", "agreed"]]}
    done = told | {"name": "山田　太郎", "kana": "ﾔﾏﾀﾞ ﾀﾛｳ", "outcome": "confirmed", "share": 3}
    found = given or answer()
    consents: dict[str, Any] = {"consents": {"care": "agreed"}, "wording_version": "w1", "language": "ja"}
    return [
        entry(visit, "CardInserted", "ReadingCard", at),
        entry(visit, "ConsentAllGiven", "LookingUp", at, desk=told, **consents),
        entry(visit, "Answered", "Confirmed", at, question="q1", answer=found, desk=done),
        entry(visit, "NumberAssigned", "Confirmed", at, number="A001", desk=done | {"number": "A001"}),
        entry(visit, "Acknowledged", "TakeCard", at, desk={"outcome": "confirmed", "number": "A001"}),
    ]


def records(*entries: Entry) -> list[Record]:
    ledger = memory_ledger()
    ledger.append(list(entries))
    return list(ledger.entries())


# --------------------------------------------------------------------------------------------- outboxes


class OutboxKit(Protocol):
    """One outbox; ``open`` twice leads to the same letters."""

    def open(self) -> Outbox: ...
    def finish(self) -> None: ...


class MemoryOutboxes:
    def __init__(self) -> None:
        self._outbox = MemoryOutbox()

    def open(self) -> Outbox:
        return self._outbox

    def finish(self) -> None:
        self._outbox.close()


class SqliteOutboxes:
    def __init__(self, folder: Path) -> None:
        self.folder, self.ledger = folder / "handoff", folder / "ledger"
        SqliteLedger(self.ledger, Options(terminal="A")).close()
        self._opened: list[SqliteOutbox] = []

    def open(self) -> SqliteOutbox:
        outbox = SqliteOutbox(self.folder, self.ledger, busy_ms=200)
        self._opened.append(outbox)
        return outbox

    def finish(self) -> None:
        for outbox in self._opened:
            outbox.close()


def draft(visit: str = "v1", receiver: str = "chart", revision: int = 1, **changes: Any) -> Draft:
    told: dict[str, Any] = {
        "visit": visit,
        "number": "A001",
        "receiver": receiver,
        "revision": revision,
        "key": f"key-{visit}-{receiver}-{revision}",
        "digest": f"{visit}{revision}".encode(),
        "parcel": Parcel(f"{visit}.json", "application/json", b'{"name": "Yamada"}'),
    }
    return Draft(**(told | changes))


def wish(key: str, how: How = "again", id: str = "wish-1", **changes: Any) -> Wish:
    told: dict[str, Any] = {"visit": "v1", "receiver": "chart", "actor": "staff:sato"}
    return Wish(id=id, key=key, how=how, **(told | changes))


class Clock:
    """Goes on only when told."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def go_on(self, **time: float) -> None:
        self.at += timedelta(**time)


class Shelf:
    """A receiver that knows visits by key, as README.md asks. ``arrived``: every delivery, repeated ones too."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.arrived: list[str] = []

    def deliver(self, parcel: Parcel, key: str, now: datetime) -> Outcome:
        self.arrived.append(key)
        assert self.kept.setdefault(key, parcel.content) == parcel.content, "a key came with other content"
        return Taken()

    def close(self) -> None:
        pass


class Answers:
    """Says what it is told to say, then that it takes everything."""

    def __init__(self, *outcomes: Outcome) -> None:
        self._outcomes: Iterator[Outcome] = iter(outcomes)
        self.parcels: list[Parcel] = []
        self.keys: list[str] = []

    def deliver(self, parcel: Parcel, key: str, now: datetime) -> Outcome:
        self.parcels.append(parcel)
        self.keys.append(key)
        return next(self._outcomes, Taken())

    def close(self) -> None:
        pass
