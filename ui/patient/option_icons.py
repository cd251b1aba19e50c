"""Which picture a choice carries; choices that are not here are words alone."""

from __future__ import annotations

_OF_OPTIONS = {
    "pin": "pin", "call_staff_instead": "staff", "phone": "phone", "no_card": "no_card",
    "companion": "companion", "register": "register", "register_not": "register_not",
    "consent_all": "consent_all", "consent_choose": "consent_choose", "consent_none": "consent_none",
    "consent_yes": "consent_yes", "consent_no": "consent_none", "pin_last_try": "pin",
    "pin_forgotten": "forgotten", "another_patient": "people", "retry": "again", "try_again": "again",
    "stop": "stop", "go_on_alone": "go_on",
    "face": "face", "face_instead": "face", "pin_instead": "pin", "look_again": "again",
    "type_number_b": "number_b", "read_number_b": "number_b", "number_b_last_try": "number_b",
    "number_b_again": "again",
    # the other ways
    "way_retry": "again", "way_register_here": "register", "way_verify_by_pin": "pin", "way_verify_by_face": "face",
    "way_verify_by_staff": "staff_look", "way_other_reader": "other_reader", "way_certificate": "certificate",
    "way_card_portal": "card_portal", "way_card_notice": "card_notice", "way_legacy_card": "legacy_card",
    "way_legacy_tolerance": "legacy_card", "way_school_trip_copy": "school", "way_known_data": "known_data",
    "way_card_declaration": "form", "way_declaration_emergency": "staff", "way_self_pay": "self_pay",
    "other_ways": "ways", "more_ways": "next_page", "more_answers": "next_page", "show_ways": "go_on",
    "no_card_lost": "lost", "no_card_renewing": "renewing", "no_card_never_had": "never_had",
    "no_card_returned": "returned", "no_card_forgotten": "left_at_home", "no_card_unusable": "no_card",
    "paper": "ways",
    "with_companion": "companion", "with_school_trip": "school",
    "trip_portal_pdf": "portal_print", "trip_notice_copy": "notice_copy",
    "type_numbers": "type_numbers", "known_same": "same", "known_changed": "changed",
    # the declaration
    "form_card": "form_card", "form_hand": "form_hand", "form_paper": "form_paper", "form_go_on": "go_on",
    "form_right": "go_on", "form_hand_instead": "form_hand", "text_key_pin": "pin",
    "text_key_number_b": "number_b", "text_last_try": "pin", "pay_in_full": "go_on", "cannot_sign": "form",
}  # fmt: skip


def icon_of(option: str) -> str:
    """The picture of the choice of this id, "" for none."""
    icon = _OF_OPTIONS.get(option)
    return f"icon.{icon}" if icon else ""
