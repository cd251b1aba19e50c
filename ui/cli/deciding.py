"""``uketsuke decide``: the rule book's answer for one case, or its whole table."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from kiosk.coverage.certificate_life import japanese_date
from kiosk.coverage.japanese_dates import Flaw, parse
from kiosk.coverage.share import Share
from kiosk.evidence.case import Case, CaseError, Facility
from kiosk.evidence.deciding import Decision, decide
from kiosk.evidence.loading import book
from kiosk.evidence.model import Book, Contact, Document
from kiosk.evidence.reasons import Reason
from kiosk.wording.catalogues import catalogue, languages
from ui.cli.problem import Problem

_LISTED = "uketsuke decide --table lists them all"


def add(name: str, commands: Any) -> None:
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help="what a reception may accept: the rule book's answer",
        usage=argparse.SUPPRESS,  # so that a mistake in the arguments is told in one line
        description="uketsuke decide --reason R [options]: what a reception may accept, and when",
    )
    parser.add_argument("--reason", metavar="R", help="why the card did not do, such as certificate_expired")
    parser.add_argument("--date", metavar="D", help="visit date (else today): 2026-11-24 or R8.11.24")
    parser.add_argument("--age", metavar="N", help="whole years")
    parser.add_argument("--birth", metavar="D", help="birth date, in place of the age")
    parser.add_argument("--known", action="store_true", help="seen here before, data on file")
    parser.add_argument("--companion", action="store_true", help="somebody helps the patient")
    parser.add_argument(
        "--changed", action="store_true", help="what is on file or printed is not so any more"
    )
    parser.add_argument("--left", action="store_true", help="the membership that the papers name has ended")
    parser.add_argument("--school-trip", action="store_true", help="a pupil with a teacher in charge")
    parser.add_argument("--offline", action="store_true", help="nothing can be asked now")
    parser.add_argument(
        "--has", metavar="LIST", help="at hand, with commas: card,notice … or none (else anything)"
    )
    parser.add_argument("--certificate-until", metavar="D", help="date printed on the 資格確認書")
    parser.add_argument("--cause", metavar="C", help="what lies behind the reason, such as lost")
    parser.add_argument("--insurer", metavar="NAME", default="", help="its own telephone lines are told")
    parser.add_argument(
        "--settings",
        type=Path,
        metavar="FILE",
        default=argparse.SUPPRESS,
        help="as that facility receives: the rules it turned, its contacts, its readers and service",
    )
    parser.add_argument("--table", action="store_true", help="every reason, for new and for known patients")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(act=run)


def run(options: argparse.Namespace) -> int:
    try:
        return _table(options) if options.table else _one(options)
    except CaseError as error:
        raise Problem(str(error)) from None


def _one(options: argparse.Namespace) -> int:
    if options.reason is None:
        raise Problem(f"--reason is missing; {_LISTED}")
    rules, facility = _here(options)
    decision = decide(_case(options, options.reason, facility, known=options.known), rules)
    if options.json:
        print(_json(as_json(decision) | _turned(options, facility)))
    else:
        print("\n".join(_lines(decision)))
    return 0


def _table(options: argparse.Namespace) -> int:
    """Every reason twice; ``--reason`` and ``--known`` narrow it."""
    rules, facility = _here(options)
    reasons = [options.reason] if options.reason is not None else list(rules.reasons)
    decisions = [
        decide(_case(options, reason, facility, known=known), rules)
        for reason in reasons
        for known in ((True,) if options.known else (False, True))
    ]
    if options.json:
        turned = _turned(options, facility)
        print(_json([{"known": one.case.known, **as_json(one), **turned} for one in decisions]))
        return 0
    print("| reason | patient | offered | refused |\n|---|---|---|---|")
    for one in decisions:
        refused = " ".join(refused.document for refused in one.refused)
        patient = "known" if one.case.known else "new"
        print(f"| {one.case.reason} | {patient} | {' '.join(one.ways)} | {refused} |")
    return 0


def _here(options: argparse.Namespace) -> tuple[Book, Facility]:
    """The book and the facility of the settings file that was named; as shipped, and able to do all, without one. No
    other settings are looked for: the answer depends on what was typed alone."""
    if options.settings is None:
        return book(), Facility()
    from ui.composing.policy import book_of, facility_of
    from ui.composing.services import capabilities_of
    from ui.settings import read_settings

    settings = read_settings(options.settings)
    return book_of(settings), facility_of(settings, capabilities_of(settings))


def _turned(options: argparse.Namespace, facility: Facility) -> dict[str, Any]:
    """What is told besides the decision where a facility's settings were named."""
    if options.settings is None:
        return {}
    return {
        "switched": [
            {"switch": one.switch, "on": one.on, "because": one.because} for one in facility.switched
        ]
    }


def as_json(decision: Decision) -> dict[str, Any]:
    """The decision as `decide --json` prints it. ``patient`` is the reason and what to do today, in every language;
    ``staff``, ``remedy`` and ``why`` are Japanese."""
    say = catalogue("ja").sentence
    return {
        "reason": decision.case.reason,
        "date": decision.case.day.isoformat(),
        "retriable": decision.retriable,
        "patient": {tag: _to_patient(decision, tag) for tag in languages()},
        "staff": say(decision.staff_key).plain,
        "remedy": "".join(say(key).plain for key in decision.remedy_keys),
        "contacts": [_contact(contact) for contact in decision.contacts],
        "offered": [
            {"id": offer.way, "rule": offer.rule.id, "source": offer.rule.source}
            for offer in decision.offered
        ],
        "refused": [
            {
                "id": one.document,
                "why": say(one.why_key).plain,
                "rule": one.refusal.id,
                "source": one.refusal.source,
            }
            for one in decision.refused
        ],
    }


def _to_patient(decision: Decision, tag: str) -> str:
    return "\n".join(
        catalogue(tag).sentence(key).plain for key in (decision.patient_key, decision.remedy_key)
    )


def _contact(contact: Contact) -> dict[str, Any]:
    say = catalogue("ja").sentence
    return {
        "id": contact.id,
        "name": say(contact.name_key).plain if contact.name_key else contact.name,
        "phone": contact.phone,
        "hours": say(contact.hours_key).plain if contact.hours_key else contact.hours_in_words,
        "languages": list(contact.languages),
    }


def _lines(decision: Decision) -> list[str]:
    say = catalogue("ja").sentence
    told = as_json(decision)
    lines = [
        f"{decision.case.reason}  {decision.case.day}  {'may be tried again' if decision.retriable else ''}"
    ]
    for tag, text in told["patient"].items():
        lines += _labelled(tag, text.splitlines())
    lines += _labelled("staff", [told["staff"]])
    lines += _labelled("remedy", [say(key).plain for key in decision.remedy_keys])
    lines += _labelled(
        "contacts", [f"{c['name']} {c['phone']} {c['hours']}".strip() for c in told["contacts"]]
    )
    if decision.share is not None:
        lines += _labelled("share", [_share(decision.share)])
    lines += ["", "Offered, in this order"]
    for place, offer in enumerate(decision.offered, 1):
        lines.append(
            f"{place:3} {offer.way:22} {say(offer.name_key)}  [{offer.rule.id}: {offer.rule.source}]"
        )
        lines += [f"{'':26} ・{say(f'evidence.check.{check}')}" for check in offer.rule.checks]
    if decision.refused:
        lines += ["", "Not accepted"]
    for one in decision.refused:
        lines.append(f"  - {one.document:22} {say(one.why_key)}  [{one.refusal.id}: {one.refusal.source}]")
    if decision.case.facility.switched:
        lines += ["", "Turned by this facility"]
    for turned in decision.case.facility.switched:
        lines.append(f"  - {turned.switch:32} {'on' if turned.on else 'off':4} {turned.because}")
    return lines


def _labelled(label: str, texts: list[str]) -> list[str]:
    return [f"  {label if place == 0 else '':9} {text}" for place, text in enumerate(texts)]


def _share(share: Share) -> str:
    others = " or ".join(f"{tenths}/10" for tenths in share.alternatives)
    return f"{share.tenths}/10 preselected" + (f", perhaps {others}" if others else "") + "; staff confirm"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


# ------------------------------------------------------------------------------------------------- arguments


def _case(options: argparse.Namespace, reason: str, facility: Facility, *, known: bool) -> Case:
    return Case(
        reason=_reason(reason),
        day=_day("--date", options.date) if options.date is not None else _today(),
        birth=_day("--birth", options.birth) if options.birth is not None else None,
        age=_age(options.age) if options.age is not None else None,
        known=known,
        companion=options.companion,
        school_trip=options.school_trip,
        changed=options.changed,
        member=not options.left,
        holds=_holds(options.has) if options.has is not None else None,
        certificate_until=_expiry(options.certificate_until),
        network_up=False if options.offline else None,
        cause=options.cause or "",
        insurer=options.insurer,
        facility=facility,
    )


def _reason(text: str) -> Reason:
    try:
        return Reason(text)
    except ValueError:
        raise Problem(f"--reason: there is no reason {text!r}; {_LISTED}") from None


def _day(option: str, text: str, *, counted_on: bool = False) -> date:
    day = parse(text, counted_on=counted_on)
    if isinstance(day, Flaw):
        raise Problem(f"{option}: {text!r} is not a day like 2026-11-24 or R8.11.24 ({day})")
    return day


def _expiry(text: str | None) -> date | None:
    return None if text is None else _day("--certificate-until", text, counted_on=True)


def _today() -> date:
    return japanese_date(datetime.now(UTC))


def _age(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise Problem(f"--age: {text!r} is not a number of whole years")
    return int(text)


def _holds(text: str) -> frozenset[Document]:
    words = [word.strip() for word in text.split(",")]
    if words == ["none"]:
        return frozenset()
    holdable = {str(document): document for document in book().holdable}
    unknown = [word for word in words if word not in holdable]
    if unknown:
        raise Problem(
            f"--has: {', '.join(map(repr, unknown))} is not one of {', '.join(holdable)}, or none alone"
        )
    return frozenset(holdable[word] for word in words)
