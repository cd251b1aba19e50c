"""Writes the rule book as a page: ``python -m kiosk.evidence.publish > docs/rules.md``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from kiosk.evidence.case import Case
from kiosk.evidence.deciding import decide
from kiosk.evidence.loading import book
from kiosk.evidence.model import Book, Contact, Dated, Entry, Route

_INTRODUCTION = """# What a reception may accept, and when

Written from the rule book (`kiosk/evidence/book`) by `make docs`; `make check` fails if it is not up to date. The
conditions are the functions of the same names in `kiosk/evidence/conditions.py`. Every date is a visit date in
Asia/Tokyo, first and last day included. `uketsuke decide` answers for one case.

Sources: **S0** to **S4** are the founding documents with their numbered answers (`kiosk/evidence/README.md`), **M** a
public notice beyond them, **own** a decision of this product.
"""

Row = Sequence[str]


def document(rules: Book) -> str:
    """The whole page in Markdown."""
    sections = (
        ("Documents", _documents(rules)),
        ("Ways, in the order in which they are offered", _rules(rules)),
        ("What is refused, and why", _refusals(rules)),
        ("Reasons", _reasons(rules)),
        ("What comes out", _outcomes(rules)),
        ("Causes behind a reason, and who gets a 資格確認書 how", _causes(rules)),
        ("Dates on which a rule changes", _dates(rules)),
        ("What a facility may switch", _switches(rules)),
        ("Contacts", _contacts(rules)),
        ("Fees", _fees(rules)),
    )
    parts = [_INTRODUCTION]
    for title, lines in sections:
        parts += [f"## {title}", "", *lines, ""]
    return "\n".join(parts)


def _table(head: Row, rows: Iterable[Row]) -> Iterator[str]:
    yield _line(head)
    yield "|" + "---|" * len(head)
    for row in rows:
        yield _line(row)


def _line(cells: Row) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _codes(names: Iterable[str]) -> str:
    return " ".join(f"`{name}`" for name in names)


def _period(entry: Dated) -> str:
    since = f"from {entry.since}" if entry.since else ""
    until = f"until {entry.until}" if entry.until else ""
    return f"{since} {until}".strip()


def _documents(rules: Book) -> Iterator[str]:
    yield from _table(
        ("id", "document", "alone enough", "valid", "fields (never read)", "sources"),
        (
            (
                f"`{id}`",
                f"{paper.japanese}: {paper.what}",
                paper.alone,
                paper.valid,
                "、".join((*paper.fields, *(f"裏 {field}" for field in paper.back)))
                + (f" (never: {'、'.join(paper.never)})" if paper.never else ""),
                paper.source,
            )
            for id, paper in rules.documents.items()
        ),
    )


def _rules(rules: Book) -> Iterator[str]:
    yield "For each way the first rule that holds is named. " + (
        f"{_codes(rule for rule in rules.ways if rule in rules.electronic)} still end electronically, where the reason "
        "allows them."
    )
    yield ""
    ordered = sorted(rules.rules.values(), key=lambda rule: rules.ways.index(rule.way))
    yield from _table(
        ("way", "rule", "needs", "when", "dates", "switch", "sources"),
        (
            (
                f"{rules.ways.index(rule.way) + 1} `{rule.way}`",
                f"`{rule.id}`",
                _codes(rule.needs),
                rule.what,
                _period(rule),
                _codes([rule.switch] if rule.switch else []),
                rule.source,
            )
            for rule in ordered
        ),
    )


def _refusals(rules: Book) -> Iterator[str]:
    yield from _table(
        ("document", "rule", "because", "dates", "sources"),
        (
            (f"`{one.document}`", f"`{one.id}`", one.what, _period(one), one.source)
            for one in rules.refusals.values()
        ),
    )


def _reasons(rules: Book) -> Iterator[str]:
    yield from _table(
        (
            "reason",
            "seen as",
            "retriable",
            "card",
            "electronic rules",
            "資格確認書",
            "remedies",
            "contacts",
            "sources",
        ),
        (
            (
                f"`{reason}`",
                one.seen,
                "yes" if one.retriable else "",
                str(one.card),
                _codes(one.electronic),
                "" if one.route is Route.NONE else one.route.replace("_", " "),
                _codes(one.remedies),
                _codes(one.contacts),
                one.source,
            )
            for reason, one in rules.reasons.items()
        ),
    )


def _outcomes(rules: Book) -> Iterator[str]:
    day = max(changes(rules))
    yield f"On {day}, with nothing told about what the patient has at hand. For a patient whose data are on file"
    yield "(known) and have not changed, `known_data` takes the place of `card_declaration`."
    yield ""
    yield from _table(
        ("reason", "offered to somebody new"),
        (
            (f"`{reason}`", _codes(decide(Case(reason=reason, day=day), rules).ways))
            for reason in rules.reasons
        ),
    )


def _causes(rules: Book) -> Iterator[str]:
    yield from _table(
        ("reason", "S4#6", "cause", "what", "資格確認書", "remedies", "sources"),
        (
            (
                f"`{cause.reason}`",
                str(cause.number or ""),
                f"`{cause.id}`",
                cause.what,
                cause.route.replace("_", " "),
                _codes(cause.remedies),
                cause.source,
            )
            for cause in rules.causes.values()
        ),
    )


def changes(rules: Book) -> tuple[date, ...]:
    """The first days of every period between two changes of the book, in order."""
    entries: list[Dated] = [*rules.rules.values(), *rules.refusals.values(), *rules.contacts.values()]
    firsts = {entry.since for entry in entries if entry.since}
    return tuple(sorted(firsts | {entry.until + timedelta(days=1) for entry in entries if entry.until}))


def _dates(rules: Book) -> Iterator[str]:
    named: list[tuple[str, Dated]] = [
        *(("accepts", rule) for rule in rules.rules.values()),
        *(("refuses", refusal) for refusal in rules.refusals.values()),
        *(("contact", contact) for contact in rules.contacts.values()),
    ]
    rows = [(kind, entry) for kind, entry in named if _period(entry)]
    yield from _table(
        ("rule", "from", "until", "sources"),
        (
            (f"{kind} `{_id(entry)}`", str(entry.since or ""), str(entry.until or ""), entry.source)
            for kind, entry in rows
        ),
    )


def _id(entry: Entry) -> str:
    return str(getattr(entry, "id", ""))


def _switches(rules: Book) -> Iterator[str]:
    yield from _table(
        ("switch", "as shipped", "what", "sources"),
        ((f"`{id}`", "on" if one.on else "off", one.what, one.source) for id, one in rules.switches.items()),
    )


def _contacts(rules: Book) -> Iterator[str]:
    yield from _table(
        ("contact", "telephone", "hours", "dates", "languages", "for", "sources"),
        (
            (
                f"`{id}`",
                one.phone,
                _hours(one),
                _period(one),
                " ".join(one.languages),
                one.what + (f" (members of {one.insurer})" if one.insurer else ""),
                one.source,
            )
            for id, one in rules.contacts.items()
        ),
    )


def _hours(contact: Contact) -> str:
    spans = [f"{one.days.replace('_', ' ')} {one.opens}-{one.closes}" for one in contact.hours]
    return ", ".join(spans + ([f"{contact.any_time} at any time"] if contact.any_time else []))


def _fees(rules: Book) -> Iterator[str]:
    yield from _table(
        ("fee", "what", "cost", "share of 3割", "as of", "sources"),
        (
            (
                f"`{id}`",
                fee.what,
                f"{fee.cost_yen} yen",
                f"about {fee.share_yen} yen",
                str(fee.as_of),
                fee.source,
            )
            for id, fee in rules.fees.items()
        ),
    )


if __name__ == "__main__":
    print(document(book()), end="")
