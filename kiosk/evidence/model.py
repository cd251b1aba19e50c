"""What the rule book consists of. Values only; ``book/*.toml`` holds them and ``loading.book()`` reads them.

Sources are marks: S0 to S4 the founding documents with their numbered answers, M a public notice beyond them,
``own`` a decision of this product (README.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

import msgspec

from kiosk.evidence.reasons import Reason


class BookError(Exception):
    """The rule book, or a facility's wish to change it, is wrong: names the entry and what is wrong with it."""


class Document(StrEnum):
    """What a patient can show or fill in. The ids are stable: they are stored and taken by commands."""

    CARD = "card"  # マイナ保険証
    SMARTPHONE = "smartphone"
    CERTIFICATE = "certificate"  # 資格確認書
    NOTICE = "notice"  # 資格情報のお知らせ
    PORTAL = "portal"  # マイナポータル screen
    PORTAL_PDF = "portal_pdf"
    NOTICE_COPY = "notice_copy"
    DECLARATION = "declaration"  # 被保険者資格申立書
    LEGACY_CARD = "legacy_card"  # 健康保険証
    ELDERLY_CARD = "elderly_card"  # 高齢受給者証
    LIMIT_CERTIFICATE = "limit_certificate"  # 限度額適用認定証


class Way(StrEnum):
    """How a visit can go on. The ids are stable: they are stored and printed by commands."""

    RETRY = "retry"
    REGISTER_HERE = "register_here"
    VERIFY_BY_FACE = "verify_by_face"
    VERIFY_BY_PIN = "verify_by_pin"
    VERIFY_BY_STAFF = "verify_by_staff"
    OTHER_READER = "other_reader"
    RECHECK_LATER = "recheck_later"
    CERTIFICATE = "certificate"
    CARD_PORTAL = "card_portal"
    CARD_NOTICE = "card_notice"
    LEGACY_CARD = "legacy_card"
    LEGACY_TOLERANCE = "legacy_tolerance"
    SCHOOL_TRIP_COPY = "school_trip_copy"
    KNOWN_DATA = "known_data"
    CARD_DECLARATION = "card_declaration"
    DECLARATION_EMERGENCY = "declaration_emergency"
    SELF_PAY = "self_pay"


class CardAtHand(StrEnum):
    """Whether a reason lets us think that a My Number Card is there, where nobody told."""

    PRESENT = "present"
    ABSENT = "absent"
    PERHAPS = "perhaps"


class Route(StrEnum):
    """How a 資格確認書 is got (S4#18, #19)."""

    APPLICATION = "application"
    EX_OFFICIO = "ex_officio"
    BY_CAUSE = "by_cause"
    NONE = "none"


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An entry of the book."""

    sources: tuple[str, ...]

    @property
    def source(self) -> str:
        return ", ".join(self.sources)


class Dated(Entry, frozen=True, kw_only=True):
    """``since`` (``from`` in the file) and ``until``: first and last visit date, None for no limit."""

    since: date | None = msgspec.field(default=None, name="from")
    until: date | None = None

    def on(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class Paper(Dated, frozen=True, kw_only=True):
    """A document: what it proves, and the fields that staff find on it. ``never``: what is never read off it."""

    japanese: str
    what: str
    alone: str
    valid: str
    fields: tuple[str, ...]
    back: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    holdable: bool = False


class Rule(Dated, frozen=True, kw_only=True):
    """One accepted way under one condition. ``checks``: sentences ``evidence.check.<id>`` for staff."""

    id: str
    way: Way
    what: str
    needs: tuple[Document, ...] = ()
    switch: str = ""
    checks: tuple[str, ...] = ()


class Refusal(Dated, frozen=True, kw_only=True):
    """Why a document at hand is not accepted. ``why``: the sentence ``refused.<why>``."""

    id: str
    document: Document
    why: str
    what: str


class Circumstances(Entry, frozen=True, kw_only=True):
    """What a reason means for the patient. ``remedies``: sentences ``remedy.<id>``."""

    seen: str
    retriable: bool = False
    card: CardAtHand = CardAtHand.PRESENT
    network_down: bool = False
    only_certificate: bool = False
    electronic: tuple[str, ...] = ()
    route: Route = Route.NONE
    remedies: tuple[str, ...]
    contacts: tuple[str, ...]


class Cause(Entry, frozen=True, kw_only=True):
    """What lies behind a reason. ``number``: as S4#6 counts, 0 elsewhere."""

    id: str
    reason: Reason
    number: int = 0
    route: Route
    what: str
    remedies: tuple[str, ...]


class Switch(Entry, frozen=True, kw_only=True):
    """A rule that a facility may turn. ``on``: as shipped."""

    on: bool
    what: str


class Hours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    days: str
    opens: str
    closes: str


class Contact(Dated, frozen=True, kw_only=True):
    """Whom to ask. ``insurer``: for members of that insurer only. ``any_time``: what is answered outside the hours.
    ``name`` and ``hours_in_words``: of a facility's own line, which has no sentences in the catalogues."""

    id: str
    what: str
    phone: str = ""
    hours: tuple[Hours, ...] = ()
    any_time: str = ""
    languages: tuple[str, ...] = ()
    insurer: str = ""
    name: str = ""
    hours_in_words: str = ""

    @property
    def name_key(self) -> str | None:
        """The sentence that names it; None where ``name`` does."""
        return None if self.name else f"contact.{self.id}.name"

    @property
    def hours_key(self) -> str | None:
        """The sentence that tells its hours; None where it has none, or ``hours_in_words``."""
        return f"contact.{self.id}.hours" if self.hours else None


class Fee(Entry, frozen=True, kw_only=True):
    """What may be told of costs, as of a day; only where ``switch`` is on. ``share_yen`` is of a share of 3割."""

    id: str
    switch: str
    what: str
    cost_yen: int
    share_yen: int
    as_of: date


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """The whole rule book. Ways are offered in the order of ``ways``, refusals asked in that of ``refusals``."""

    documents: Mapping[Document, Paper]
    ways: tuple[Way, ...]
    electronic: frozenset[Way]
    rules: Mapping[str, Rule]
    refusals: Mapping[str, Refusal]
    reasons: Mapping[Reason, Circumstances]
    causes: Mapping[str, Cause]
    switches: Mapping[str, Switch]
    contacts: Mapping[str, Contact]
    fees: Mapping[str, Fee]

    @property
    def holdable(self) -> tuple[Document, ...]:
        """What a patient can name as being at hand."""
        return tuple(id for id, paper in self.documents.items() if paper.holdable)

    def causes_of(self, reason: Reason) -> tuple[Cause, ...]:
        return tuple(cause for cause in self.causes.values() if cause.reason is reason)

    def wording_keys(self) -> frozenset[str]:
        """Every key that the catalogues must hold for this book, besides those of the reasons."""
        return frozenset(
            {f"evidence.{way}.{part}" for way in self.ways for part in ("name", "needs")}
            | {f"evidence.{way}.why" for way in self.ways if way not in self.electronic}
            | {f"evidence.check.{check}" for rule in self.rules.values() for check in rule.checks}
            | {f"document.{document}.name" for document in self.documents}
            | {f"refused.{refusal.why}" for refusal in self.refusals.values()}
            | {f"remedy.{remedy}" for remedy in self._remedies()}
            | {f"evidence.fee.{fee}" for fee in self.fees}
            | {
                key
                for contact in self.contacts.values()
                for key in (contact.name_key, contact.hours_key)
                if key
            }
        )

    def _remedies(self) -> frozenset[str]:
        told = [remedy for reason in self.reasons.values() for remedy in reason.remedies]
        told += [remedy for cause in self.causes.values() for remedy in cause.remedies]
        return frozenset(told) | frozenset(CERTIFICATE_REMEDIES.values()) | {COMPANION_REMEDY}


CERTIFICATE_REMEDIES: dict[Route, str] = {
    Route.APPLICATION: "certificate_by_application",
    Route.EX_OFFICIO: "certificate_ex_officio",
    Route.BY_CAUSE: "certificate_by_cause",
}
COMPANION_REMEDY = "certificate_for_companions"
