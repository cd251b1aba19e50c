"""The figures of a day in words, as tables for paper and spreadsheet. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from kiosk.desk.deliveries import Handed
from kiosk.desk.report import DailyReport, Faces, Path, Times
from kiosk.documents.daily_report import DailyReportPaper, Table
from kiosk.evidence.model import Way
from kiosk.wording.catalogues import Catalogue, catalogue

_HANDED = (Handed.DONE, Handed.BY_HAND, Handed.WAITING, Handed.NEEDS_PERSON)
_USES = {"verify": "本人確認", "aid": "参考"}
_RESULTS = {"same": "同じ人", "doubted": "認められない", "failed": "照合できず"}
_COUNT = ("項目", "件数")
_TIMES = ("回数", "中央値（秒）", "95％（秒）")


def paper_of(report: DailyReport, facility: str, today: date) -> DailyReportPaper:
    """``today``: a report of the running day is provisional."""
    return DailyReportPaper(
        facility=facility,
        day=report.day,
        tables=_tables(report, catalogue("ja")),
        provisional=report.day >= today,
        simulated=report.simulated,
    )


def _tables(report: DailyReport, words: Catalogue) -> tuple[Table, ...]:
    if not (report.visits or report.voided):
        return ()
    return (
        _counts("受付", _summary(report)),
        _counts("結果", ((_say(words, f"desk.outcome.{one}"), count) for one, count in report.outcomes)),
        _counts("受付の方法", ((_path(words, path), count) for path, count in report.paths)),
        Table(title="時間", columns=("区間", *_TIMES), rows=tuple(_spans(report))),
        _counts(
            "表示した理由", ((_say(words, f"reason.{one}.patient"), count) for one, count in report.reasons),
            note="1件の受付で複数の理由があれば、それぞれに数えます。",
        ),
        _counts("時間帯（受付の開始）", ((f"{hour}時", count) for hour, count in report.hours)),
        Table(
            title="画面ごとの時間",
            columns=("画面", *_TIMES),
            rows=tuple((_say(words, f"desk.state.{page}"), *_row(times)) for page, times in report.pages),
        ),
        Table(
            title="カードリーダーごとの不具合",
            columns=("端末・内容", "回数"),
            rows=tuple(
                (f"{terminal}　{_say(words, f'desk.fault.{fault}')}", str(count))
                for terminal, fault, count in report.failures
            ),
        ),
        _counts("再照会", _rechecks(report)),
        _counts(
            "顔の照合と、だれの判定か", ((_face(words, one), one.count) for one in report.faces),
            note="「参考」の照合は、本人確認になりません。",
        ),
        Table(
            title="連携先への引き渡し",
            columns=("連携先", *(_say(words, f"desk.handed.{state}") for state in _HANDED)),
            rows=tuple(
                (one.receiver, *(str(getattr(one, state)) for state in _HANDED)) for one in report.deliveries
            ),
            note="無効にした受付も数えます（取り消しも連携先に伝えるため）。",
        ),
    )  # fmt: skip


def _counts(title: str, rows: Iterable[tuple[str, int]], note: str = "") -> Table:
    return Table(
        title=title, columns=_COUNT, rows=tuple((name, str(count)) for name, count in rows), note=note
    )


def _summary(report: DailyReport) -> tuple[tuple[str, int], ...]:
    return (
        ("受付", report.visits),
        ("まだ終わっていない受付", report.open),
        ("途中で切れた受付", report.interrupted),
        ("引き継いだ受付", report.taken_over),
        ("無効にした受付（件数に入れない）", report.voided),
    )


def _rechecks(report: DailyReport) -> tuple[tuple[str, int], ...]:
    counted = report.rechecks
    return (
        ("その場で照会できなかった受付", counted.unasked),
        ("照会し直した受付", counted.asked),
        ("あとから回答が届いた受付", counted.answered),
        ("回答が受付の内容と違った受付", counted.changed),
        ("回答を待っている受付", counted.waiting),
    )


def _spans(report: DailyReport) -> Iterable[tuple[str, ...]]:
    for name, times in (("開始から結果まで", report.whole), ("呼び出しから対応まで", report.help)):
        if times is not None:
            yield (name, *_row(times))


def _row(times: Times) -> tuple[str, str, str]:
    return str(times.count), _seconds(times.median), _seconds(times.p95)


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds / 1000:.1f}"


def _path(words: Catalogue, path: Path) -> str:
    match path:
        case Way():
            return _say(words, f"evidence.{path}.name")
        case "card":
            return "マイナ保険証"
        case "handed_to_staff" | "abandoned":
            return _say(words, f"desk.outcome.{path}")
        case "open":
            return "受付中"


def _face(words: Catalogue, one: Faces) -> str:
    authority = _say(words, f"desk.face.authority.{one.authority}")
    return f"{authority}・{_USES[one.purpose]}・{_RESULTS[one.result]}"


def _say(words: Catalogue, key: str) -> str:
    """A state or fault of a later version is told by its own name."""
    found = words.find(key)
    return key.rsplit(".", 1)[-1] if found is None else found.plain
