"""Never a dead end: the whole product of cases, against the table as it is written down, and beyond it."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.coverage.services import Capability
from kiosk.evidence.case import Case, Facility, Switched
from kiosk.evidence.deciding import Decision, decide
from kiosk.evidence.loading import book
from kiosk.evidence.model import CardAtHand, Document, Way
from kiosk.evidence.publish import changes
from kiosk.evidence.reasons import Reason
from kiosk.wording.catalogues import catalogue, languages

CARD = Document.CARD
HOLDABLE = book().holdable
HOLDINGS: tuple[frozenset[Document] | None, ...] = (
    None,
    frozenset(),
    *(frozenset({document}) for document in HOLDABLE),
    *(frozenset({CARD, document}) for document in HOLDABLE if document is not CARD),
    frozenset(HOLDABLE),
)
DAYS = tuple(
    sorted({day - timedelta(days=back) for day in (*changes(book()), date(2026, 4, 1)) for back in (0, 1)})
)
DOWN = frozenset({Reason.NETWORK_FAULT, Reason.SERVICE_FAULT, Reason.MAINTENANCE})


def accepted_by_the_table(case: Case) -> list[Way]:
    """The order of acceptance written a second time, by hand, for a case whose holdings are told (and with the
    rules that a facility may switch as shipped)."""
    held = case.holds
    assert held is not None
    card, up = CARD in held, case.reason not in DOWN
    rows = (
        (Way.CERTIFICATE, Document.CERTIFICATE in held),
        (Way.CARD_PORTAL, card and Document.PORTAL in held),
        (Way.CARD_NOTICE, card and Document.NOTICE in held),
        (
            Way.LEGACY_CARD,
            Document.LEGACY_CARD in held and case.day <= date(2025, 12, 1) and not case.changed,
        ),
        (
            Way.LEGACY_TOLERANCE,
            Document.LEGACY_CARD in held
            and date(2025, 12, 2) <= case.day <= date(2026, 7, 31)
            and up
            and not case.changed,
        ),
        (
            Way.SCHOOL_TRIP_COPY,
            case.reason is Reason.SCHOOL_TRIP and bool(held & {Document.PORTAL_PDF, Document.NOTICE_COPY}),
        ),
        (Way.KNOWN_DATA, case.known and not case.changed and card),
        (Way.CARD_DECLARATION, card and (not case.known or case.changed)),
        (Way.DECLARATION_EMERGENCY, not card),
        (Way.SELF_PAY, True),
    )
    return [way for way, accepted in rows if accepted]


def check(decision: Decision) -> None:
    """What holds in every case."""
    ways, case = decision.ways, decision.case
    order = [book().ways.index(way) for way in ways]
    assert order == sorted(set(order)), "in order, none twice"
    assert ways[-1] is Way.SELF_PAY, "never a dead end"
    possible = case.holds
    if possible is None:
        absent = book().reasons[case.reason].card is CardAtHand.ABSENT
        possible = frozenset(HOLDABLE) - ({CARD} if absent else set())
    assert all(possible.issuperset(offer.rule.needs) for offer in decision.offered), "only what is possible"
    for entry in (*(o.rule for o in decision.offered), *(r.refusal for r in decision.refused)):
        assert entry.on(case.day)
        assert entry.sources
    if CARD in possible:
        assert {Way.KNOWN_DATA, Way.CARD_DECLARATION} & set(ways), "with the card nobody is left with paying"
    left = [one.document for one in decision.refused]
    assert len(left) == len(set(left))
    assert set(left) <= possible - {CARD}
    used = {document for offer in decision.offered for document in offer.rule.needs}
    unexplained = possible - used - set(left) - {CARD, Document.PORTAL_PDF, Document.NOTICE_COPY}
    assert not unexplained, "what is at hand is accepted, or refused with a reason"
    assert all(contact.on(case.day) for contact in decision.contacts)
    assert decision.contacts
    assert decision.remedy_keys


def sentences(decision: Decision) -> list[str]:
    return [
        decision.patient_key,
        decision.remedy_key,
        decision.staff_key,
        *decision.remedy_keys,
        *(f"evidence.{way}.{part}" for way in decision.ways for part in ("name", "needs")),
        *(f"evidence.check.{check}" for offer in decision.offered for check in offer.rule.checks),
        *(refused.why_key for refused in decision.refused),
        *(f"contact.{contact.id}.name" for contact in decision.contacts),
    ]


def test_every_reason_and_every_patient_ends_in_an_accepted_way(capsys: pytest.CaptureFixture[str]) -> None:
    ends: Counter[str] = Counter()
    keys: set[str] = set()
    for reason, known, changed, companion, holds, day in product(
        Reason, (False, True), (False, True), (False, True), HOLDINGS, DAYS
    ):
        case = Case(reason=reason, day=day, known=known, changed=changed, companion=companion, holds=holds)
        decision = decide(case, book())
        check(decision)
        accepted = [way for way in decision.ways if way not in book().electronic]
        if holds is not None:
            assert accepted == accepted_by_the_table(case)
        ends[accepted[0]] += 1
        keys |= set(sentences(decision))
    for tag, key in product(languages(), keys):
        assert catalogue(tag).sentence(key).plain, (tag, key)
    cases = sum(ends.values())
    told = len(languages())
    with capsys.disabled():
        print(
            f"\n{cases} cases ({len(Reason)} reasons × first/known × unchanged/changed × alone/companion × "
            f"{len(HOLDINGS)} holdings × {len(DAYS)} days), in {told} languages {cases * told}; "
            f"first accepted way: {', '.join(f'{way} {count}' for way, count in ends.most_common())}"
        )
    assert cases == len(Reason) * 8 * len(HOLDINGS) * len(DAYS)
    assert set(ends) == set(Way) - book().electronic - {Way.SELF_PAY}


SWITCHES = st.lists(
    st.builds(
        Switched, switch=st.sampled_from(sorted(book().switches)), on=st.booleans(), because=st.just("why")
    ),
    max_size=4,
).map(tuple)
FACILITIES = st.builds(
    Facility,
    capabilities=st.frozensets(st.sampled_from(Capability)),
    face_check=st.booleans(),
    staff_check=st.booleans(),
    other_reader=st.booleans(),
    switched=SWITCHES,
)
CASES = st.builds(
    Case,
    reason=st.sampled_from(Reason),
    day=st.dates(date(2024, 9, 1), date(2035, 12, 31)),
    age=st.none() | st.integers(0, 110),
    known=st.booleans(),
    companion=st.booleans(),
    school_trip=st.booleans(),
    changed=st.booleans(),
    member=st.booleans(),
    holds=st.none() | st.frozensets(st.sampled_from(HOLDABLE)),
    certificate_until=st.none() | st.dates(date(2024, 12, 2), date(2036, 1, 1)),
    network_up=st.none() | st.booleans(),
    facility=FACILITIES,
)


@given(CASES)
def test_whatever_a_facility_switches_and_a_patient_holds_there_is_a_way(case: Case) -> None:
    check(decide(case, book()))


@given(CASES, st.sampled_from(HOLDABLE))
def test_holding_more_never_closes_a_way_but_the_one_for_those_without_a_card(
    case: Case, more: Document
) -> None:
    if case.holds is None:
        return
    richer = Case(
        **{name: getattr(case, name) for name in case.__struct_fields__} | {"holds": case.holds | {more}}
    )
    lost = set(decide(case, book()).ways) - set(decide(richer, book()).ways)
    without_card = {Way.DECLARATION_EMERGENCY, Way.KNOWN_DATA}
    assert lost <= (without_card if more is CARD else set())


@given(CASES)
def test_the_same_case_gets_the_same_answer(case: Case) -> None:
    assert decide(case, book()) == decide(case, book())


@given(CASES)
def test_what_is_told_to_be_held_is_never_offered_more_than_what_is_not_told(case: Case) -> None:
    untold = Case(**{name: getattr(case, name) for name in case.__struct_fields__} | {"holds": None})
    everything = Case(
        **{name: getattr(case, name) for name in case.__struct_fields__} | {"holds": frozenset(HOLDABLE)}
    )
    without_card = {Way.DECLARATION_EMERGENCY}
    assert set(decide(untold, book()).ways) - without_card <= set(decide(everything, book()).ways)
