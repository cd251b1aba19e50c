"""The published page of the rule book."""

from __future__ import annotations

from pathlib import Path

from kiosk.evidence.loading import book
from kiosk.evidence.publish import document

PAGE = Path(__file__).parents[3] / "docs" / "rules.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == document(book()), "run make docs"


def test_the_page_has_every_rule_reason_and_source() -> None:
    page = PAGE.read_text(encoding="utf-8")
    made = book()
    for id in (*made.rules, *made.refusals, *made.reasons, *made.causes, *made.switches, *made.contacts):
        assert f"`{id}`" in page
