"""Facts, events and people for tests of the pure core."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from drivers.interface import CardFacts, CardText, CertificateFacts, Revocation, Token
from kiosk.coverage.qualification import Answer, ResultOfQualificationConfirmation
from kiosk.coverage.services import Capability
from kiosk.evidence.model import Way
from kiosk.evidence.reasons import Reason
from kiosk.visit import events as e
from kiosk.visit.acts import Act, event_of
from kiosk.visit.effects import AnyEffect
from kiosk.visit.form import Form, FormField
from kiosk.visit.invariants import broken
from kiosk.visit.known import KnownPatient
from kiosk.visit.moment import Moment
from kiosk.visit.policy import Policy
from kiosk.visit.presenting import view_of
from kiosk.visit.states import Fallback, Outcome, Visit
from kiosk.visit.step import new_terminal, step
from kiosk.visit.views import VisitView

DAY = date(2026, 11, 24)
WALL = int(datetime(2026, 11, 24, 0, 30, tzinfo=UTC).timestamp() * 1000)  # 09:30 in Japan
ALL = frozenset({Capability.BY_CARD, Capability.REGISTER, Capability.MEDICAL_CONSENT})
POLICY = Policy(capabilities=ALL, wording_version="test")
FULL = Policy(capabilities=ALL | {Capability.BY_NUMBERS}, wording_version="test", patient_file=True)
"""Everything that a visit may need on the other ways."""

NUMBERS = {
    FormField.INSURER_NUMBER: "06130017",
    FormField.SYMBOL: "12-34",
    FormField.NUMBER: "00567",
    FormField.BRANCH: "01",
    FormField.BIRTH_DATE: "1981-04-05",
    FormField.VALID_UNTIL: "2029-12-01",
}
"""What is printed on a 資格確認書."""

DECLARED = {
    FormField.KANA: "ヤマダ タロウ",
    FormField.NAME: "山田　太郎",
    FormField.BIRTH_DATE: "1981-04-05",
    FormField.SEX: "1",
    FormField.ADDRESS: "架空市見本町1-2-3",
    FormField.CONTACT: "0312345678",
    FormField.INSURANCE_KIND: "employees",
    FormField.INSURER_NAME: "架空健康保険組合",
    FormField.WORKPLACE: "見本商事",
    FormField.RATIO: "3",
    FormField.COMPANION_NAME: "山田　花子",
    FormField.COMPANION_RELATION: "妻",
}
"""What somebody answers to the questions of the declaration."""

TARO = KnownPatient(
    patient_number="1234",
    name_kana="ヤマダ タロウ",
    birth_date="1981-04-05",
    insurer_number="06130017",
    insurer_name="架空健康保険組合",
    insured_card_symbol="12-34",
    insured_identification_number="00567",
    insured_branch_number="01",
)
TEXT = CardText("山田　太郎", "架空市見本町1-2-3", date(1981, 4, 5), "1")


def moment(mono: int = 0, day: date = DAY) -> Moment:
    return Moment(mono=mono, wall=WALL + (day - DAY).days * 86_400_000 + mono)


def certificate(
    sha256: str = "aa", days: int = 900, revocation: Revocation = Revocation.UNKNOWN, day: date = DAY
) -> CertificateFacts:
    end = datetime(day.year, day.month, day.day, 14, 59, 59, tzinfo=UTC) + timedelta(days=days)
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

    def __init__(self, policy: Policy = POLICY, day: date = DAY) -> None:
        self.day = day
        self.visit: Visit = new_terminal(policy, moment(day=day))
        self.now = 0
        self.count = 0
        self.effects: list[AnyEffect] = []
        self.last: tuple[AnyEffect, ...] = ()
        self.feed(e.ReaderChanged, available=True)

    def feed(self, kind: type[e.Event], /, after: int = 100, **fields: Any) -> Visit:
        self.now += after
        self.count += 1
        return self._step(kind(id=f"e{self.count}", at=moment(self.now, self.day), **fields))

    def act(self, act: Act, after: int = 100) -> Visit:
        """As a screen sends it."""
        self.now += after
        self.count += 1
        return self._step(event_of(act, f"e{self.count}", moment(self.now, self.day)))

    def _step(self, event: e.Event) -> Visit:
        before = self.visit
        self.visit, self.last = step(before, event)  # type: ignore[arg-type]
        self.effects += self.last
        breaches = broken(before, event, self.visit, self.last)  # type: ignore[arg-type]
        assert not breaches, breaches
        return self.visit

    @property
    def state(self) -> str:
        return type(self.visit.state).__name__

    @property
    def view(self) -> VisitView:
        return view_of(self.visit)

    @property
    def options(self) -> list[str]:
        return [option.id for option in self.view.options]

    @property
    def road(self) -> Fallback:
        assert self.visit.fallback is not None
        return self.visit.fallback

    def touch(self, option: str) -> Visit:
        """What a finger does."""
        acts = [one.act for one in self.view.options if one.id == option]
        assert acts, f"{self.state} offers {self.options}, not {option}"
        return self.act(acts[0])

    def result(self) -> tuple[Outcome | None, Way | None]:
        """How the visit ended, and by which evidence."""
        return self.visit.outcome, self.visit.evidence

    def of(self, kind: type[Any]) -> list[Any]:
        """The effects of that kind, of the whole visit."""
        return [effect for effect in self.effects if isinstance(effect, kind)]

    # ------------------------------------------------------------------------------------ the main path

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
        for field in ("question", "opening", "sent", "asked"):
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

    # ---------------------------------------------------------------------------------- the other ways

    def until_ways(self, reason: Reason = Reason.NETWORK_FAULT, **fields: Any) -> Table:
        """The service fails for this reason; the card lies there, and its holder is verified."""
        self.until_opening(**fields)
        self.feed(e.AskFailed, question=self.question(), reason=reason)
        if self.state == "OfferingRegistration":
            self.touch("register_not")
        return self

    def without_card(self, cause: str = "forgotten") -> Table:
        self.touch("no_card")
        self.touch(f"no_card_{cause}")
        self.touch("show_ways")
        return self

    def ways(self) -> list[str]:
        """All ways that are offered, page after page, and back to the first."""
        assert self.state == "ChoosingEvidence"
        found: list[str] = []
        while True:
            page = [one.removeprefix("way_") for one in self.options if one.startswith("way_")]
            if page[0] in found:
                return found
            found += page
            if "more_ways" not in self.options:
                return found
            self.touch("more_ways")

    def take(self, way: Way | str) -> Table:
        """The way, on whichever page of the list it stands."""
        assert way in self.ways()
        while f"way_{way}" not in self.options:
            self.touch("more_ways")
        self.touch(f"way_{way}")
        return self

    def staff(self, action: str, way: Way | None = None, **told: Any) -> Table:
        self.feed(e.StaffActed, action=action, staff="suzuki", way=way, **told)
        return self

    def answer_field(self, value: str) -> Table:
        """Answers the question that the page asks."""
        view = self.view
        assert view.field is not None, f"{self.state} asks nothing"
        self.feed(e.FieldAnswered, field=view.field.field, value=value)
        return self

    def fill(self, values: dict[FormField, str]) -> Table:
        """Answers the questions as long as there are answers for them."""
        while (field := self.view.field) is not None and field.field in values:
            before = self.visit
            self.answer_field(values[field.field])
            assert self.visit is not before, f"{field.field}: {values[field.field]!r} was not taken"
        return self

    def until_summary(self, way: Way = Way.CARD_DECLARATION) -> Table:
        """A declaration typed by hand, all of it."""
        self.take(way)
        if way is Way.DECLARATION_EMERGENCY:
            self.staff("accept")
        self.touch("form_hand")
        return self.fill(DECLARED)

    def until_known(self) -> Table:
        """Found by 診察券 number and birth date, and seen by staff."""
        self.take(Way.KNOWN_DATA)
        self.fill({FormField.PATIENT_NUMBER: TARO.patient_number, FormField.BIRTH_DATE: TARO.birth_date})
        self.feed(e.PatientFound, question=self.question(), patient=TARO, match="card_number")
        return self.staff("accept")

    def number(self, number: str = "A1") -> Table:
        """The shell gives the number that an accepted visit asks for."""
        self.feed(e.NumberAssigned, number=number)
        return self


def form(values: dict[FormField, str]) -> Form:
    """These answers, as a form keeps them."""
    return Form(tuple((field, values[field]) for field in FormField if field in values))
