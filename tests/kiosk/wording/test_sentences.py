"""What the catalogues say: every sentence the product asks for, in every language, and fit for a patient."""

from __future__ import annotations

import re

import pytest

from drivers.interface import FrontHint
from kiosk.coverage.services import ConsentItem
from kiosk.evidence.reasons import Reason
from kiosk.visit.form import FormField, Problem
from kiosk.visit.presenting import view_of
from kiosk.wording.catalogues import catalogue, for_staff, languages
from kiosk.wording.glyphs import can_show
from kiosk.wording.text import Span
from tests.support.face_pages import face_visits
from tests.support.phone_pages import phone_visits
from tests.support.road_pages import asked_of, notes_of, pages
from tests.support.sentences import all_sentences, plain, said


def words(text: str) -> list[str]:
    return text.split()


PAGES = words("""
    Welcome OutOfService ReadingCard ReadingCard.problem.card_unreadable ReadingCard.problem.not_my_number_card
    ReadingCard.reader_away ReadingCard.recheck ChoosingVerification EnteringPin EnteringPin.wrong
    EnteringPin.last_try EnteringPin.checking OfferingRegistration OfferingRegistration.again
    OfferingRegistration.sent AskingConsent AskingConsent.items LookingUp LookingUp.processing Confirmed
    Confirmed.public_assistance TakeCard.finished TakeCard.abandoned WaitingForStaff.called Finished Finished.staff
    Abandoned.timed_out Abandoned.card_removed Abandoned.card_changed Abandoned.closed_by_staff Abandoned.stopped
    Welcome.certified TakeCard.elsewhere
""")
CHOICES = words("""
    phone no_card paper companion retry pin pin.note call_staff_instead pin_last_try pin_forgotten register register_not
    consent_all consent_choose consent_none consent_yes consent_no next details try_again go_on_alone stop
    another_patient
""")
OTHERS = words("""
    Welcome.removed_early Welcome.phone AskingConsent.limit WaitingForStaff.reason.body consent.none_given
    detail.insurer detail.share detail.coverage_until detail.consent_given share.tenths share.by_age
    notice.certificate_expiring notice.certificate_expired_grace note.unshown
    frame.back frame.staff frame.display frame.language frame.continue frame.time_warning
    frame.time_warning.remaining frame.text_size frame.text_size.small frame.text_size.medium frame.text_size.large
    frame.text_size.extra_large frame.contrast frame.contrast.standard frame.contrast.high frame.simulated
    ReadingCardFront.confirm.title ReadingCardFront.confirm.body ReadingCardFront.mend.title ReadingCardFront.mend.body
    choice.front_right choice.front_mend choice.front_again
    waiting.goes_on waiting.long keypad.delete_one keypad.delete_all keypad.entered
    ticket.title ticket.number ticket.day ticket.next ticket.away ticket.not_a_bill ticket.simulated
""")
# Asked for by the rule book, the documents and the widgets: their own tests hold these.
HELD_ELSEWHERE = words("evidence remedy document refused contact declaration claim refund entry screen desk")
FACE = tuple(view_of(visit) for visit in face_visits())
PHONES = tuple(view_of(visit) for visit in phone_visits())
SHOWN = (*pages(), *FACE, *PHONES)
ROAD = {key for view in SHOWN for key in asked_of(view)}
CONTRACT = (
    {f"{page}.{part}" for page in PAGES for part in ("title", "body")}
    | {f"choice.{choice}" for choice in CHOICES}
    | {f"consent.{item}.{part}" for item in ConsentItem for part in ("name", "title", "body")}
    | {f"reason.{reason}.{part}" for reason in Reason for part in ("patient", "remedy", "staff")}
    | {f"language.{tag}" for tag in languages()}
    | {f"field.{field}.{part}" for field in FormField for part in ("title", "body", "name")}
    | {f"form.problem.{problem}" for problem in Problem}
    | {f"front_hint.{hint}" for hint in FrontHint}
    | set(OTHERS)
    | ROAD
)
NOTES = {key for view in SHOWN for key in notes_of(view)}  # that may stand beneath a choice

# At large sizes a title has two lines (screens of 218 mm): characters of a full width for ja, of a half for en.
TITLE_LENGTHS = {"ja": 24, "ja-easy": 26, "en": 48}
BODY_LENGTHS = {"ja": 90, "ja-easy": 120, "en": 180}

NOT_FOR_PATIENTS = {
    "ja": re.compile(
        "被保険者|保険者|照会|資格喪失|オンライン資格確認|端末|エラー|タイムアウト|失効|サーバ|システム|IC|PIN|QR|目視|職権|該当|"
        "医療扶助|生活保護|ログイン|アクセス|間違|誤り|誤っ|失敗|不正|違反|てしま|できなかった"
    ),
    "en": re.compile(
        r"\b(error|time-?out|authentica|verif|revoked|invalid|servers?|terminal|ex officio|public assistance|insured|"
        r"insurer|wrong|mistake|fail|incorrect|fault|you must|eligibility (?!certificate|notice))",
        re.IGNORECASE,
    ),
}
# What a patient must recognise on paper, card or screen.
PAPERS = re.compile(
    "資格確認書|資格情報のお知らせ|「医療保険の資格情報」|診察券|保険者番号|記号|番号|枝番|有効期限|券面事項入力補助用"
)


def is_title(key: str) -> bool:
    return key.endswith((".title", ".patient"))


@pytest.mark.parametrize("tag", languages())
def test_every_key_of_the_contract_exists_in_every_language(tag: str) -> None:
    wanted = {key for key in CONTRACT if not (tag == "ja-easy" and for_staff(key))}
    assert wanted - set(catalogue(tag).templates) == set()


@pytest.mark.parametrize("tag", languages())
def test_no_language_has_a_key_that_nobody_asks_for(tag: str) -> None:
    own = {key for key in catalogue(tag).templates if key.partition(".")[0] not in HELD_ELSEWHERE}
    assert own - CONTRACT - NOTES == set()


@pytest.mark.parametrize("tag", languages())
def test_what_one_language_says_all_say(tag: str) -> None:
    japanese = {key for key in catalogue("ja").templates if not (tag == "ja-easy" and for_staff(key))}
    assert set(catalogue(tag).templates) ^ japanese == set()


@pytest.mark.parametrize("tag", languages())
def test_a_sentence_has_the_same_slots_in_every_language(tag: str) -> None:
    japanese = catalogue("ja").templates
    for key, template in catalogue(tag).templates.items():
        assert template.slots == japanese[key].slots, key


def test_every_sentence_can_be_said() -> None:
    for tag, key, _ in all_sentences():
        text = said(tag, key)
        assert text.plain.strip() == text.plain != ""
        assert not re.search(r"[{}｛｜｝]", text.plain + text.reading), (tag, key)


def test_no_catalogue_claims_a_review_that_nobody_made() -> None:
    assert [tag for tag in languages() if catalogue(tag).about.reviewed] == []


def test_titles_and_bodies_are_short_enough_to_stand_on_a_page() -> None:
    long = [
        (tag, key, len(plain(template)))
        for tag, key, template in all_sentences()
        if not for_staff(key)
        and len(plain(template)) > (TITLE_LENGTHS if is_title(key) else BODY_LENGTHS)[tag]
        and key != "language.ja-easy"
    ]
    assert long == []


def test_bodies_end_as_sentences_and_titles_and_choices_do_not() -> None:
    for tag, key, template in all_sentences():
        sentence = plain(template)
        if key.startswith("desk."):  # labels of a console are no sentences
            continue
        if (key.endswith((".remedy", ".body")) and not template.slots) or for_staff(key):
            assert sentence.endswith(("。", ".")), (tag, key)
        if is_title(key) or key.startswith("choice."):
            assert not sentence.endswith(("。", ".")), (tag, key)


def test_patients_meet_no_jargon_and_no_blame() -> None:
    met = [
        (tag, key, found[0])
        for tag, key, template in all_sentences()
        if not for_staff(key)
        and (found := NOT_FOR_PATIENTS["en" if tag == "en" else "ja"].search(PAPERS.sub("", plain(template))))
    ]
    assert met == []


def test_easy_japanese_has_furigana_over_every_kanji_and_words_apart() -> None:
    for key, template in catalogue("ja-easy").templates.items():
        bare = "".join(part.text for part in template.parts if isinstance(part, Span) and not part.ruby)
        assert not re.search(r"[\u3400-\u9fff々〆]", bare), key
        longest = max(len(word) for word in re.split(r"[ 、。・「」（）0-9-]", plain(template)))
        assert longest <= 12, (key, longest)


def test_furigana_is_kana_over_something_with_kanji() -> None:
    for tag, key, template in all_sentences():
        for part in template.parts:
            if isinstance(part, Span) and part.ruby:
                assert re.fullmatch(r"[ぁ-ゖー]+", part.ruby), (tag, key, part.ruby)
                assert re.search(r"[\u3400-\u9fff]", part.text), (tag, key, part.text)


def test_the_shipped_fonts_hold_every_character_of_every_sentence() -> None:
    missing = set()
    for tag, key, _ in all_sentences():
        text = said(tag, key)
        missing |= {(tag, key, c) for c in text.plain + text.reading if not can_show(c)}
    assert missing == set()


def test_english_needs_only_latin_letters_beside_names_of_japanese_papers() -> None:
    for key, template in catalogue("en").templates.items():
        if not for_staff(key) and key != "note.unshown" and not key.startswith(("language.", "frame.")):
            rest = PAPERS.sub("", plain(template))
            assert rest.isascii(), key


@pytest.mark.parametrize(
    ("key", "facts"),
    [
        ("reason.no_card.remedy", ("0120-95-0178",)),
        ("EnteringPin.body", ("{tries}",)),
        ("AskingConsent.body", ("変わりはありません", "もう一度お聞きします", "限り")),
        ("AskingConsent.limit", ("窓口でお申し出",)),
        ("reason.certificate_expired.remedy", ("市区町村の窓口",)),
        ("notice.certificate_expired_grace", ("見せられません", "{day}")),
        ("reason.school_trip.remedy", ("先生", "写し", "印刷")),
        ("reason.card_unreadable.remedy", ("カードと一緒に", "資格情報のお知らせ")),
        ("reason.name_mismatch.staff", ("断る理由になりません",)),
        ("reason.pin_locked.staff", ("暗証番号は聞かないで",)),
    ],
)
def test_what_the_rule_book_demands_is_said(key: str, facts: tuple[str, ...]) -> None:
    template = catalogue("ja").templates[key]
    sentence = "".join(p.text if isinstance(p, Span) else f"{{{p.name}}}" for p in template.parts)
    for fact in facts:
        assert fact in sentence


def test_nothing_on_the_patients_screen_tells_of_public_assistance() -> None:
    for tag in languages():
        for key in ("Confirmed.public_assistance.title", "Confirmed.public_assistance.body",
                    "reason.public_assistance.patient", "reason.public_assistance.remedy"):  # fmt: skip
            shown = said(tag, key).plain
            assert not re.search("扶助|保護|医療券|assistance|welfare|ticket", shown), (tag, key)
