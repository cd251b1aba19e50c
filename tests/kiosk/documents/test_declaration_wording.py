"""The sentences of the papers: every one that is asked for in every language, and none that nobody asks for."""

from __future__ import annotations

from importlib import resources

import pytest

from kiosk.documents.declaration import Cause, Writer
from kiosk.visit.form import InsuranceKind
from kiosk.wording.catalogues import catalogue, languages


def words(text: str) -> list[str]:
    return text.split()


ITEMS = words(
    "name kana birth_date sex address contact kind insurer_name workplace share cause writer signature"
)
PLAIN = words(
    "statement as_known no_number own_layout signed_on_screen ratio companion_name companion_relation"
)
EXPLAINED = words("title purpose share tell keep")
REFUND = words("title today keep where name back ask not_a_receipt")
CONTRACT = (
    {f"declaration.{key}" for key in PLAIN}
    | {f"declaration.item.{item}" for item in ITEMS}
    | {f"declaration.explain.{part}" for part in EXPLAINED}
    | {f"declaration.sex.{sex}" for sex in ("male", "female")}
    | {f"declaration.kind.{kind}" for kind in InsuranceKind}
    | {f"declaration.cause.{cause}" for cause in Cause}
    | {f"declaration.writer.{writer}" for writer in Writer}
    | {f"refund.{part}" for part in REFUND}
)


@pytest.mark.parametrize("tag", languages())
def test_every_language_has_the_sentences_of_the_papers_and_no_others(tag: str) -> None:
    own = {key for key in catalogue(tag).templates if key.startswith(("declaration.", "refund.", "claim."))}
    assert own == CONTRACT


def test_the_form_shows_every_sentence_that_is_written_for_it() -> None:
    folder = resources.files("kiosk.documents") / "templates"
    form = (folder / "declaration.typ").read_text(encoding="utf-8")
    unused = [
        key
        for key in CONTRACT
        if key.startswith("declaration.")
        and key != "declaration.ratio"
        and f'{key.rpartition(".")[2]}"' not in form
    ]
    assert unused == []


def test_the_words_that_staff_look_for_are_on_the_form_in_every_form_of_japanese() -> None:
    for tag in ("ja", "ja-easy"):
        for kind, word in (("employees", "社保"), ("national", "国保"), ("late_elderly", "後期高齢者医療")):
            assert word in catalogue(tag).sentence(f"declaration.kind.{kind}").plain
        assert catalogue(tag).sentence("declaration.kind.unknown").plain == "わからない"


@pytest.mark.parametrize("tag", languages())
def test_what_a_patient_must_know_is_explained(tag: str) -> None:
    share = catalogue(tag).sentence("declaration.explain.share").plain
    assert all(tenths in share for tenths in "123")
    assert "70" in share
    assert "12" in catalogue(tag).sentence("declaration.no_number").plain
