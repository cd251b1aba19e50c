"""What a certified face-recognition reader says of somebody who used it: by what means it verified them, what they
consented to there, and the answer of the national system that it fetched.

The layout of such a result is that of every answer. Where it tells the means of verification is in no public
document, so that is found only where a facility's settings name the place. Source: ``kiosk/eligibility/README.md``.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from kiosk.coverage.certificate_life import JAPAN
from kiosk.coverage.exchange_codes import ConsentFlag, known
from kiosk.coverage.exchange_values import exchange_time
from kiosk.coverage.qualification import Answer, Part, ResultOfQualificationConfirmation
from kiosk.coverage.services import Choice, ConsentItem


class Method(StrEnum):
    """How the reader knew the card's holder."""

    FACE = "face"
    PIN = "pin"
    VISUAL = "visual"  # 目視: staff of the facility compared the face with the card's photograph
    NOT_TOLD = "not_told"  # nor could it be read: ``method_code`` has what stood there


class ReaderError(StrEnum):
    """The two error codes of certified readers that a public source tells. Any other is shown as received."""

    CARD_NOT_RECOGNISED = "001"  # マイナンバーカードの認識不可
    NOT_MY_NUMBER_CARD = "002"  # マイナンバーカード以外


class Consent(Part, frozen=True, kw_only=True):
    """One consent as the reader asked for it. ``element`` is its official name in snake_case without its ending,
    ``flag`` and the times are as received."""

    element: str
    item: ConsentItem
    flag: str
    time: str = ""
    available_until: str = ""

    @property
    def code(self) -> ConsentFlag | None:
        """None for a code that is in no known table."""
        return known(ConsentFlag, self.flag)

    @property
    def at(self) -> datetime | None:
        """When it was given, in Japanese time; None where that was not told, or cannot be read."""
        found = exchange_time(self.time)
        return found.replace(tzinfo=JAPAN) if found is not None else None


_ELEMENTS: dict[str, ConsentItem] = {
    "pharmacists_info": ConsentItem.CARE,
    "diagnosis_info": ConsentItem.CARE,
    "operation_info": ConsentItem.OPERATIONS,
    "specific_health_checkups_info": ConsentItem.CHECKUPS,
    "specific_diseases_certificate_related": ConsentItem.SPECIFIC_DISEASES,
    "limit_application_certificate_related": ConsentItem.LIMIT,
}


class Reading(Part, frozen=True, kw_only=True):
    """One use of a certified reader. ``id``: a hash of the result's name and bytes. ``at``: the time in its name.
    ``desk``: where the reader stands, as the settings call it; "" where they do not tell. ``method_code``: what the
    result said of the means, as received."""

    id: str
    at: datetime
    desk: str = ""
    method: Method = Method.NOT_TOLD
    method_code: str = ""


class FaceResult(Reading, frozen=True, kw_only=True):
    """A result that a certified reader left."""

    answer: Answer

    @property
    def reading(self) -> Reading:
        """Without what was answered."""
        return Reading(
            id=self.id, at=self.at, desk=self.desk, method=self.method, method_code=self.method_code
        )

    @property
    def consents(self) -> tuple[Consent, ...]:
        return consents_of(self.answer)

    @property
    def decided(self) -> tuple[tuple[ConsentItem, Choice], ...]:
        """What was agreed to or declined at the reader, for each item on which all that was sent agrees. What has
        expired, could not be obtained, or has an unknown code is no decision."""
        return tuple(
            (item, choice)
            for item in ConsentItem
            if (choice := _decision([one for one in self.consents if one.item is item])) is not None
        )

    @property
    def error(self) -> ReaderError | None:
        """Why the reader could not begin; None for every other failure, and where there is none."""
        if self.answer.failure is None or self.answer.results:
            return None
        return known(ReaderError, self.answer.failure[0])

    @property
    def tells_of_a_person(self) -> bool:
        """Whether somebody was verified: what is only an error belongs to nobody."""
        return bool(self.answer.results) or (
            not self.answer.failed and bool(self.answer.qualification_validity)
        )


def consents_of(answer: Answer) -> tuple[Consent, ...]:
    """Every consent of every coverage, as received; none of it is judged."""
    return tuple(consent for one in answer.results for consent in _of_one(one))


def _of_one(result: ResultOfQualificationConfirmation) -> list[Consent]:
    return [
        Consent(
            element=element,
            item=item,
            flag=flag,
            time=getattr(result, f"{element}_cons_time"),
            available_until=getattr(result, f"{element}_available_time", ""),
        )
        for element, item in _ELEMENTS.items()
        if (flag := getattr(result, f"{element}_cons_flg"))
    ]


_CHOICES = {ConsentFlag.GIVEN: Choice.AGREED, ConsentFlag.NONE: Choice.DECLINED}


def _decision(told: list[Consent]) -> Choice | None:
    said = {_CHOICES.get(one.code) if one.code is not None else None for one in told}
    return said.pop() if len(said) == 1 else None
