"""The papers as the console draws them: every rule's fields, and those that are never read."""

from __future__ import annotations

import pytest

from kiosk.evidence.loading import book
from kiosk.evidence.model import Document, Rule
from ui.staff.papers import _CARD_FRONT, _LOOKED_AT, drawn
from ui.staff.words import Words

WITH_PAPERS = [rule for rule in book().rules.values() if rule.needs]
CHECKS = {check for rule in book().rules.values() for check in rule.checks}
NOT_OF_A_FIELD = {"no_my_number", "teacher", "nothing_changed", "staff_accept", "refund_slip"}
"""Checks about people, or about what is not to be read."""


def test_every_check_of_the_book_is_known_to_be_about_fields_or_not() -> None:
    assert set(_LOOKED_AT) | NOT_OF_A_FIELD == CHECKS
    assert set(_LOOKED_AT) & NOT_OF_A_FIELD == set()


def test_every_part_that_a_check_looks_for_is_a_field_of_some_paper() -> None:
    fields = {field for paper in book().documents.values() for field in paper.fields} | set(_CARD_FRONT)
    for check, parts in _LOOKED_AT.items():
        for part in parts:
            assert any(part in field for field in fields), (check, part)


@pytest.mark.parametrize("rule", WITH_PAPERS, ids=lambda rule: rule.id)
def test_a_rule_s_papers_are_drawn_whole_with_its_marks_counted_through(rule: Rule) -> None:
    papers = [(document, book().documents[document]) for document in rule.needs]
    pictures = drawn(papers, [f"evidence.check.{check}" for check in rule.checks], Words("ja"))
    assert [one.document for one in pictures] == list(rule.needs)
    for (document, paper), picture in zip(papers, pictures, strict=True):
        shown = [field.name for field in picture.fields if not field.never]
        assert shown == list(_CARD_FRONT if document is Document.CARD else paper.fields)
        assert [field.name for field in picture.fields if field.never] == list(paper.never)
    marks = [field.number for one in pictures for field in one.fields if field.number]
    assert marks == list(range(1, len(marks) + 1))
    assert bool(marks) is bool(set(rule.checks) & set(_LOOKED_AT))


def test_what_is_never_read_is_never_marked() -> None:
    for rule in WITH_PAPERS:
        papers = [(document, book().documents[document]) for document in rule.needs]
        for one in drawn(papers, [f"evidence.check.{check}" for check in CHECKS], Words("en")):
            assert not any(field.number for field in one.fields if field.never)
