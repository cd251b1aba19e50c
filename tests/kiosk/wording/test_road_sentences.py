"""What the pages of the fallback say: true for whoever stands there, and short enough beside a keyboard."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from kiosk.evidence.loading import book
from kiosk.visit.form import FormField, Problem
from kiosk.visit.presenting import view_of
from kiosk.visit.states import FillingDeclaration, FormStep, Road, StaffVerifying
from kiosk.wording.catalogues import catalogue, languages
from tests.support.road_pages import LED_ON, asked_of, pages, ways
from tests.support.sentences import all_sentences, plain, said

# Beside a keyboard a question has half a page, and a button has two lines.
QUESTION_LENGTHS = {"ja": 20, "ja-easy": 24, "en": 40}
HINT_LENGTHS = {"ja": 50, "ja-easy": 70, "en": 96}
CHOICE_LENGTHS = {"ja": 18, "ja-easy": 24, "en": 36}
NOTE_LENGTHS = {"ja": 24, "ja-easy": 32, "en": 48}
LABEL_LENGTHS = {"ja": 12, "ja-easy": 16, "en": 26}

STAFF_WILL_COME = {
    "ja": "係員が|係員を呼びました|係員にお任せ",
    "ja-easy": "係の 人が|係の 人を 呼びました|係の 人に 頼",
    "en": "[Ss]taff will|called staff|[Ss]taff show|ask staff",
}
FOR_THE_CLAIM = {
    "ja": "保険への請求",
    "ja-easy": "保険の ところに お金を もらう ために",
    "en": "claim to your insurance",
}


def sentences(tag: str, pattern: str) -> list[tuple[str, str]]:
    """Key and what stands in the catalogue, of every key that matches as a whole."""
    found = [
        (key, plain(template))
        for t, key, template in all_sentences()
        if t == tag and re.fullmatch(pattern, key)
    ]
    assert found
    return found


def test_the_tour_of_the_road_calls_at_every_page_of_it() -> None:
    assert {page.__name__ for page in get_args(Road)} <= {view.state for view in pages()}
    shapes = {view.variant.partition(".")[0] for view in pages() if view.state == FillingDeclaration.__name__}
    assert {step for step in get_args(FormStep) if step not in ("tries", "question")} <= shapes


@pytest.mark.parametrize("tag", languages())
def test_no_page_of_the_road_lacks_a_sentence(tag: str) -> None:
    lacking = {(view.state, view.variant, key) for view in pages() for key in asked_of(view)
               if key not in catalogue(tag).templates}  # fmt: skip
    assert lacking == set()


@pytest.mark.parametrize("tag", languages())
@pytest.mark.parametrize(
    ("pattern", "lengths"),
    [
        (r"field\.\w+\.title", QUESTION_LENGTHS),
        (r"field\.\w+\.body", HINT_LENGTHS),
        (r"form\.problem\.\w+", HINT_LENGTHS),
        (r"field\.\w+\.name", LABEL_LENGTHS),
        (r"choice\.\w+", CHOICE_LENGTHS),
        (r"choice\.\w+\.note", NOTE_LENGTHS),
    ],
)
def test_what_stands_beside_keys_and_on_buttons_is_short(
    tag: str, pattern: str, lengths: dict[str, int]
) -> None:
    assert [(key, len(text)) for key, text in sentences(tag, pattern) if len(text) > lengths[tag]] == []


@pytest.mark.parametrize("tag", languages())
def test_choices_and_labels_do_not_end_as_sentences_and_problems_do(tag: str) -> None:
    labels = [f"field.{field}.name" for field in FormField] + ["field.left_out", "detail.ask_there"]
    labels += [key for key, _ in sentences(tag, r"choice\..*|field\.\w+\.\w+") if not key.endswith(".body")]
    assert [key for key in labels if said(tag, key).plain.endswith(("。", "."))] == []
    problems = [f"form.problem.{problem}" for problem in Problem]
    problems += ["FillingDeclaration.problem.locked", "FillingDeclaration.problem.unreadable"]
    problems += ["ChoosingEvidence.refused", "IdentifyingKnown.missed"]
    assert [key for key in problems if not said(tag, key).plain.endswith(("。", "."))] == []


@pytest.mark.parametrize("tag", languages())
def test_nobody_is_promised_where_the_patient_is_shown_the_ways(tag: str) -> None:
    """A person comes when one is called, and to the pages where something is shown to a person."""
    keys = [f"reason.{reason}.{part}" for reason in LED_ON for part in ("patient", "remedy")]
    keys += ["ChoosingEvidence.refused", "FillingDeclaration.source.body", "ExplainingNoCard.body"]
    keys += ["Companion.body", "ExplainingSelfPay.body"]
    assert [key for key in keys if re.search(STAFF_WILL_COME[tag], said(tag, key).plain)] == []


@pytest.mark.parametrize("tag", languages())
def test_whoever_waits_for_staff_is_told_so(tag: str) -> None:
    waiting = [view for view in pages() if view.state == StaffVerifying.__name__]
    assert len({view.variant for view in waiting}) > 1
    for view in waiting:
        words = " ".join(said(tag, sentence.key).plain for sentence in (view.title, *view.body))
        assert re.search("係員|係の 人|[Ss]taff", words), view.variant


@pytest.mark.parametrize("tag", languages())
@pytest.mark.parametrize(
    "page", ["FillingDeclaration.source", "StaffVerifying.on_paper", "ConfirmingKnownData"]
)
def test_what_is_declared_is_said_to_be_used_for_the_claim(tag: str, page: str) -> None:
    assert FOR_THE_CLAIM[tag] in said(tag, f"{page}.body").plain


@pytest.mark.parametrize("tag", languages())
@pytest.mark.parametrize("page", ["unlock.number_b", "unlock.number_b.wrong"])
def test_the_numbers_printed_on_the_card_are_named_in_their_order(tag: str, page: str) -> None:
    parts = {
        "ja": ("生年月日6けた", "550217", "有効期限の年4けた", "写真の下の4けた"),
        "ja-easy": ("生まれた 日の 6つ", "550217", "年の 4つ", "写真の 下の 4つ"),
        "en": ("birth date", "550217", "4-digit year", "4 digits below the photo"),
    }[tag]
    words = said(tag, f"FillingDeclaration.{page}.body").plain
    places = [words.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize("tag", languages())
def test_before_a_secret_of_the_card_the_tries_are_told(tag: str) -> None:
    asking = [view for view in pages() if view.variant.startswith(("unlock", "last_try"))]
    assert len({view.variant for view in asking}) == 5
    for view in asking:
        told = [s for s in (view.title, *view.body) if "tries" in catalogue(tag).templates[s.key].slots]
        assert told, view.variant


@pytest.mark.parametrize("tag", languages())
def test_a_lost_card_comes_with_the_line_that_stops_it(tag: str) -> None:
    shown = next(view for view in pages() if view.variant == "lost")
    assert "0120-95-0178" in said(tag, shown.body[0].key).plain
    assert book().contacts["my_number_dial"].phone in [detail.value for detail in shown.details]


@pytest.mark.parametrize("tag", languages())
def test_not_knowing_is_an_answer(tag: str) -> None:
    unknown = said(tag, "choice.not_known").plain
    assert said(tag, "field.insurance_kind.unknown").plain == unknown
    assert re.search("わからない|do not know", unknown)
    assert re.search(
        "わかる ?ところだけ|only what you know", said(tag, "FillingDeclaration.source.body").plain
    )


@pytest.mark.parametrize("tag", languages())
def test_a_reason_that_leads_on_says_what_can_be_done_today(tag: str) -> None:
    """Beneath each title something to do stands before the ways."""
    can = {
        "ja": "方法|ください|使えます",
        "ja-easy": "方法|ください|使えます",
        "en": "way|[Pp]lease|can use|can check in",
    }
    for view in {visit.reason: view_of(visit) for visit in ways()}.values():
        words = " ".join(said(tag, sentence.key).plain for sentence in view.body)
        assert re.search(can[tag], words), view.title.key


@pytest.mark.parametrize(
    ("key", "facts"),
    [
        ("StaffVerifying.on_paper.body", ("わかるところだけ", "マイナンバーは書かないで")),
        ("Finished.declared.body", ("用紙を、窓口に", "保険の番号がわかったら")),
        ("Finished.self_pay.body", ("全額", "払い戻しの案内", "領収書")),
        ("ExplainingSelfPay.body", ("勤務先など", "負担分を除いた", "領収書")),
        ("ShowingNotice.body", ("マイナンバーカード", "一緒に")),
        ("ShowingPortal.body", ("マイナポータル", "マイナンバーカードと一緒に")),
        ("SchoolTrip.body", ("先生の立ち会い", "カードがなくても")),
        ("field.ratio.body", ("3割", "小学校に入る前の方は2割", "70歳以上の方などは1割から3割")),
        ("FillingDeclaration.key.body", ("別の番号",)),
        ("FillingDeclaration.last_try.body", ("使えなくなります", "番号を使わなくても")),
    ],
)
def test_what_the_sources_demand_is_said(key: str, facts: tuple[str, ...]) -> None:
    for fact in facts:
        assert fact in said("ja", key).plain
