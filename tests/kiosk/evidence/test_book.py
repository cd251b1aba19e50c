"""The book itself: both sides of every rule, every source, every sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from importlib import resources
from typing import Any

import pytest

from kiosk.coverage.services import Capability
from kiosk.evidence import conditions
from kiosk.evidence.case import Case, CaseError, Facility, Switched
from kiosk.evidence.deciding import decide, switched_on
from kiosk.evidence.loading import assemble, book
from kiosk.evidence.model import BookError, Document, Entry, Way
from kiosk.evidence.reasons import RETRIABLE, Reason
from kiosk.wording.catalogues import catalogue, languages
from tests.support.patients import individual_number

TODAY = date(2026, 11, 24)
MARK = re.compile(
    "S0|S1#([1-9]|1[0-5])[①-⑤]?|S2 (1\\([12]\\)|2\\([12]\\)|table)|S3 (はじめに|§[1-8])|"
    "S4#([1-9]|[12][0-9]|3[0-3])([①-⑫]|(?<=16)[A-G])?|M|own"
)


def files() -> dict[str, str]:
    folder = resources.files("kiosk.evidence") / "book"
    return {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}


def entries() -> list[Entry]:
    made = book()
    tables: tuple[Any, ...] = (
        made.documents,
        made.rules,
        made.refusals,
        made.reasons,
        made.causes,
        made.switches,
        made.contacts,
        made.fees,
    )
    return [entry for table in tables for entry in table.values()]


def test_the_ways_stand_in_the_order_of_acceptance() -> None:
    assert [str(way) for way in book().ways] == [
        "retry", "register_here", "verify_by_face", "verify_by_pin", "verify_by_staff", "other_reader",
        "recheck_later", "certificate", "card_portal", "card_notice", "legacy_card", "legacy_tolerance",
        "school_trip_copy", "known_data", "card_declaration", "declaration_emergency", "self_pay",
    ]  # fmt: skip


def test_every_rule_has_a_condition_and_every_condition_a_rule() -> None:
    assert set(book().rules) == set(conditions.ACCEPTS)
    assert set(book().refusals) == set(conditions.REFUSES)
    assert {rule.way for rule in book().rules.values()} == set(Way)


def test_a_rule_without_condition_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(conditions.ACCEPTS, "self_pay")
    with pytest.raises(BookError, match="rules: not on both sides: self_pay"):
        assemble(files())


def test_a_condition_without_rule_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(conditions.REFUSES, "invented", conditions.old_card_ended)
    with pytest.raises(BookError, match="refusals: not on both sides: invented"):
        assemble(files())


def replace(file: str, old: str, new: str) -> dict[str, str]:
    told = files()
    assert old in told[file]
    return told | {file: told[file].replace(old, new, 1)}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda: {k: v for k, v in files().items() if k != "fees.toml"}, "fees.toml"),
        (lambda: replace("rules.toml", 'needs = ["card"]', 'needs = ["smartphone"]'), "retry_card: needs"),
        (lambda: replace("rules.toml", 'needs = ["card"]', 'needs = ["passport"]'), "passport"),
        (lambda: replace("rules.toml", 'switch = "known_data', 'switch = "other_data'), "switch"),
        (lambda: replace("rules.toml", '"self_pay",', ""), "ways: not on both sides: self_pay"),
        (lambda: replace("reasons.toml", '["register_here"]', '["self_pay"]'), "electronic"),
        (lambda: replace("reasons.toml", '"municipality"]', '"town_hall"]'), "town_hall"),
        (lambda: replace("reasons.toml", "[reason.maintenance]", "[reason.holidays]"), "holidays"),
        (lambda: replace("contacts.toml", "until = 2026-02-27", "untl = 2026-02-27"), "untl"),
    ],
)
def test_a_book_that_does_not_fit_together_is_refused(
    change: Callable[[], dict[str, str]], said: str
) -> None:
    with pytest.raises(BookError, match=said):
        assemble(change())


def test_every_entry_names_its_sources() -> None:
    for entry in entries():
        assert entry.sources
        for mark in entry.sources:
            assert MARK.fullmatch(mark), mark


def test_an_entry_ends_after_it_begins() -> None:
    for entry in (*book().rules.values(), *book().refusals.values(), *book().contacts.values()):
        assert not (entry.since and entry.until) or entry.since <= entry.until


def test_what_may_be_tried_again_is_what_the_visit_lets_be_tried_again() -> None:
    assert {reason for reason, one in book().reasons.items() if one.retriable} == RETRIABLE


def test_every_reason_says_what_helps_and_whom_to_ask() -> None:
    for reason, one in book().reasons.items():
        assert one.remedies, reason
        assert one.contacts, reason


@pytest.mark.parametrize("tag", languages())
def test_every_sentence_of_the_book_is_there_and_no_other(tag: str) -> None:
    groups = ("evidence.", "document.", "refused.", "remedy.", "contact.")
    here = {key for key in catalogue(tag).templates if key.startswith(groups)}
    assert here == book().wording_keys()


@pytest.mark.parametrize("tag", languages())
def test_names_are_short_and_the_rest_are_sentences(tag: str) -> None:
    longest = {"ja": 28, "ja-easy": 30, "en": 52}[tag]
    for key in sorted(book().wording_keys()):
        text = catalogue(tag).sentence(key).plain
        if key.endswith(".name"):
            assert len(text) <= longest, key
            assert not text.endswith(("。", ".")), key
        elif not key.endswith(".hours"):
            assert text.endswith(("。", ".")), key


def test_sentences_of_the_dated_rules_name_their_days() -> None:
    last, end = book().rules["legacy_card"].until, book().rules["legacy_tolerance"].until
    assert last is not None
    assert end is not None
    for tag, days in (("ja", ("{0.year}年{0.month}月{0.day}日",) * 2), ("en", ("{0:%-d %B %Y}",) * 2)):
        assert days[0].format(last) in catalogue(tag).sentence("evidence.legacy_card.why").plain
        assert days[1].format(end) in catalogue(tag).sentence("evidence.legacy_tolerance.why").plain
        over = catalogue(tag).sentence("refused.old_card_ended").plain
        assert days[0].format(last) in over
        assert days[1].format(end) in over


@pytest.mark.parametrize("tag", languages())
def test_sentences_of_telephone_lines_name_their_hours(tag: str) -> None:
    for id, contact in book().contacts.items():
        told = [
            f"{int(h)}:{m}"
            for one in contact.hours
            for h, m in (t.split(":") for t in (one.opens, one.closes))
        ]
        if told:
            said = catalogue(tag).sentence(f"contact.{id}.hours").plain
            assert all(time in said for time in told), (tag, id)


def test_a_switch_is_turned_with_a_reason_or_not_at_all() -> None:
    with pytest.raises(BookError, match="gives its reason"):
        Switched(switch="known_data_without_card", on=True, because="  ")
    number = individual_number()
    with pytest.raises(BookError, match="looks like an individual number") as refused:
        Switched(switch="known_data_without_card", on=True, because=f"like {number}")
    assert number not in str(refused.value)
    unknown = Facility(switched=(Switched(switch="everything", on=True, because="easier"),))
    with pytest.raises(BookError, match="no switch is called 'everything'"):
        decide(Case(reason=Reason.NO_CARD, day=TODAY, facility=unknown), book())


def test_the_last_turn_of_a_switch_counts() -> None:
    turns = tuple(Switched(switch="known_data_without_card", on=on, because="x") for on in (True, False))
    case = Case(reason=Reason.NO_CARD, day=TODAY, facility=Facility(switched=turns))
    assert "known_data_without_card" not in switched_on(case, book())


@pytest.mark.parametrize(
    "told",
    [
        {"age": 70, "birth": date(1956, 1, 1)},
        {"birth": date(2026, 11, 25)},
        {"age": -1},
        {"age": 151},
    ],
)
def test_a_case_that_contradicts_itself_is_refused(told: dict[str, Any]) -> None:
    with pytest.raises(CaseError):
        Case(reason=Reason.NO_CARD, day=TODAY, **told)


def test_a_cause_of_another_reason_is_refused() -> None:
    with pytest.raises(CaseError, match="there are: none"):
        decide(Case(reason=Reason.INVALID, day=TODAY, cause="lost"), book())


def test_what_a_reception_can_do_decides_the_electronic_ways() -> None:
    def ways(**told: Any) -> tuple[Way, ...]:
        case = Case(reason=Reason.NOT_REGISTERED, day=TODAY, facility=Facility(**told))
        return decide(case, book()).ways

    assert Way.REGISTER_HERE in ways()
    assert Way.REGISTER_HERE not in ways(capabilities=frozenset({Capability.BY_CARD}))
    lonely = Case(reason=Reason.READER_FAULT, day=TODAY, facility=Facility(other_reader=False))
    assert Way.OTHER_READER not in decide(lonely, book()).ways
    deaf = Case(reason=Reason.SERVICE_ERROR, day=TODAY, facility=Facility(capabilities=frozenset()))
    assert Way.RECHECK_LATER not in decide(deaf, book()).ways


@pytest.mark.parametrize(
    ("unable", "way"),
    [(Facility(face_check=False), Way.VERIFY_BY_FACE), (Facility(staff_check=False), Way.VERIFY_BY_STAFF)],
    ids=["face", "staff"],
)
@pytest.mark.parametrize("reason", Reason)
def test_a_check_that_proves_nothing_here_is_offered_for_no_reason(
    reason: Reason, unable: Facility, way: Way
) -> None:
    offered = decide(Case(reason=reason, day=TODAY), book()).ways
    left = decide(Case(reason=reason, day=TODAY, facility=unable), book()).ways
    assert left == tuple(one for one in offered if one is not way)


def test_staff_check_where_their_look_counts() -> None:
    reasons = {r for r in Reason if Way.VERIFY_BY_STAFF in decide(Case(reason=r, day=TODAY), book()).ways}
    assert reasons == {r for r, one in book().reasons.items() if "staff_check" in one.electronic}
    assert reasons


def test_a_document_that_nobody_can_hold_out_is_in_no_rule() -> None:
    unheld = set(Document) - set(book().holdable)
    assert not [rule.id for rule in book().rules.values() if unheld & set(rule.needs)]
