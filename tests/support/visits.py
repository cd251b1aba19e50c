"""Facts and events for tests of the pure core."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from drivers.interface import CardFacts, CertificateFacts, Revocation, Token
from kiosk.coverage.qualification import Answer, ResultOfQualificationConfirmation
from kiosk.coverage.services import Capability
from kiosk.visit import events as e
from kiosk.visit.effects import AnyEffect
from kiosk.visit.invariants import broken
from kiosk.visit.moment import Moment
from kiosk.visit.policy import Policy
from kiosk.visit.states import Visit
from kiosk.visit.step import new_terminal, step

DAY = date(2026, 11, 24)
WALL = int(datetime(2026, 11, 24, 0, 30, tzinfo=UTC).timestamp() * 1000)  # 09:30 in Japan
ALL = frozenset({Capability.BY_CARD, Capability.REGISTER, Capability.MEDICAL_CONSENT})
POLICY = Policy(capabilities=ALL, wording_version="test")


def moment(mono: int = 0) -> Moment:
    return Moment(mono=mono, wall=WALL + mono)


def certificate(
    sha256: str = "aa", days: int = 900, revocation: Revocation = Revocation.UNKNOWN
) -> CertificateFacts:
    end = datetime(2026, 11, 24, 14, 59, 59, tzinfo=UTC) + timedelta(days=days)
    return CertificateFacts(sha256, end - timedelta(days=1700), end, revocation, test=True)


def facts(tries: int | None = 3, **certificate_fields: Any) -> CardFacts:
    return CardFacts(Token.CARD, certificate(**certificate_fields), tries)


def coverage(birth: str = "19810405", **fields: Any) -> ResultOfQualificationConfirmation:
    values: dict[str, Any] = {
        "insurer_number": "01130012",
        "insurer_name": "架空健康保険",
        "name": "山田　太郎",
        "name_kana": "ﾔﾏﾀﾞ ﾀﾛｳ",
        "birthdate": birth,
        "qualification_date": "20200401",
        "insured_partial_contribution_ratio": "030",
    }
    return ResultOfQualificationConfirmation(**{**values, **fields})


def answer(validity: str = "1", *results: ResultOfQualificationConfirmation, **fields: Any) -> Answer:
    return Answer(
        asked_at="2026-11-24T00:30:00Z",
        segment_of_result=fields.pop("segment", "1"),
        processing_result_status="1",
        qualification_validity=validity,
        results=results or (coverage(),),
        **fields,
    )


class Table:
    """A terminal under test: feeds events, keeps effects, checks the invariants after every step."""

    def __init__(self, policy: Policy = POLICY) -> None:
        self.visit: Visit = new_terminal(policy, moment())
        self.now = 0
        self.count = 0
        self.effects: list[AnyEffect] = []
        self.last: tuple[AnyEffect, ...] = ()
        self.feed(e.ReaderChanged, available=True)

    def feed(self, kind: type[e.Event], after: int = 100, **fields: Any) -> Visit:
        self.now += after
        self.count += 1
        event = kind(id=f"e{self.count}", at=moment(self.now), **fields)
        before = self.visit
        self.visit, self.last = step(before, event)  # type: ignore[arg-type]
        self.effects += self.last
        breaches = broken(before, event, self.visit, self.last)  # type: ignore[arg-type]
        assert not breaches, breaches
        return self.visit

    @property
    def state(self) -> str:
        return type(self.visit.state).__name__

    def until_keypad(self, tries: int = 3, **certificate_fields: Any) -> Table:
        self.feed(e.CardInserted, insertion=1)
        self.feed(e.CardRead, insertion=1, facts=facts(tries, **certificate_fields))
        self.feed(e.PinChosen)
        return self

    def until_opening(self, **certificate_fields: Any) -> Table:
        self.until_keypad(**certificate_fields)
        self.feed(e.PinEntered, slot="s1")
        self.feed(e.PinVerified, insertion=1, certificate=certificate(**certificate_fields))
        return self

    def question(self) -> str:
        state = self.visit.state
        for field in ("question", "opening", "sent"):
            if value := getattr(state, field, ""):
                return str(value)
        raise AssertionError(f"{self.state} waits for no answer")

    def until_consent(self, birth_date: str = "1981-04-05", **certificate_fields: Any) -> Table:
        self.until_opening(**certificate_fields)
        self.feed(e.CardOpened, question=self.question(), registered=True, birth_date=birth_date)
        return self

    def until_lookup(self, **fields: Any) -> Table:
        self.until_consent(**fields)
        if self.state == "AskingConsent":
            self.feed(e.ConsentAllGiven)
        return self

    def until_confirmed(self, **fields: Any) -> Table:
        self.until_lookup(**fields)
        self.feed(e.Answered, question=self.question(), answer=answer())
        self.feed(e.NumberAssigned, number="A1")
        return self
