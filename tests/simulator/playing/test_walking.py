"""Whatever somebody holds, they come to the way that the rule book names first for exactly that."""

from __future__ import annotations

from itertools import chain, combinations
from typing import get_args

import pytest

from kiosk.evidence.case import Case, Facility
from kiosk.evidence.deciding import decide
from kiosk.evidence.loading import book
from kiosk.evidence.model import Document, Way
from kiosk.evidence.reasons import Reason
from simulator.playing.player import play
from simulator.scenarios import Scenario
from simulator.scenarios.scenario import Paper, PatientPart, VisitPart
from tests.support.visits import DAY

PAPERS: tuple[Paper, ...] = get_args(Paper)
HELD = list(chain.from_iterable(combinations(PAPERS, count) for count in range(len(PAPERS) + 1)))
WITHOUT_CARD = {"no_card": Reason.NO_CARD, "driving_licence": Reason.NOT_MY_NUMBER_CARD}
WITH_CARD = {
    "pin_locked": Reason.PIN_LOCKED,
    "damaged": Reason.CARD_UNREADABLE,
    "expired": Reason.CERTIFICATE_EXPIRED,
}


@pytest.mark.parametrize("persona", [*WITH_CARD, *WITHOUT_CARD])
def test_with_any_papers_the_first_way_of_the_rule_book_is_taken(persona: str) -> None:
    for held in HELD:
        result = play(Scenario(title="x", patient=PatientPart(persona=persona, has=held)))
        assert result.evidence == _first(persona, held), held
        assert result.failed == ()


def _first(persona: str, held: tuple[Paper, ...]) -> Way:
    card = {Document.CARD} if persona in WITH_CARD else set()
    case = Case(
        reason={**WITH_CARD, **WITHOUT_CARD}[persona],
        day=DAY,
        holds=frozenset({*map(Document, held), *card}),
        facility=Facility(face_check=False, staff_check=False, other_reader=False),
    )
    return next(way for way in decide(case, book()).ways if way not in book().electronic)


@pytest.mark.parametrize("persona", [*WITH_CARD, *WITHOUT_CARD])
def test_refused_again_and_again_everybody_comes_to_an_end_and_takes_no_way_twice(persona: str) -> None:
    result = play(
        Scenario(title="x", visit=VisitPart(staff="refuse"), patient=PatientPart(persona=persona, known=True))
    )
    assert result.outcome in ("declared", "self_pay")
    assert len(result.ways) == len(set(result.ways))
    assert set(result.ways) <= {way.value for way in Way}


def test_a_pupils_print_counts_on_a_school_trip_and_nowhere_else() -> None:
    pupil = PatientPart(persona="pupil", has=("portal_pdf",))
    trip = PatientPart(persona="pupil", has=("portal_pdf",), school_trip=True)
    assert play(Scenario(title="x", patient=trip)).evidence == Way.SCHOOL_TRIP_COPY
    assert play(Scenario(title="x", patient=pupil)).evidence == "card"
