"""Receivers that die in the middle of a delivery, and a program that does: each visit is there exactly once by its key,
in every form and by every way in which visits leave the house."""

from __future__ import annotations

import csv
import io
import json
import os
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.eligibility import oqs
from kiosk.eligibility.https import tls_context
from kiosk.handoff import folder as folder_module
from kiosk.handoff.carrier import Carrier, Later, Outcome, Refused, Taken
from kiosk.handoff.courier import Courier
from kiosk.handoff.csv_rows import CsvRows
from kiosk.handoff.fhir_bundle import FhirBundle
from kiosk.handoff.fhir_check import problems
from kiosk.handoff.folder import FolderCarrier
from kiosk.handoff.https_post import HttpsCarrier
from kiosk.handoff.outbox import Backoff
from kiosk.handoff.outbox_memory import MemoryOutbox
from kiosk.handoff.parcel import Form, Parcel
from kiosk.handoff.queue_json import QueueJson
from kiosk.handoff.receiver import Receiver
from kiosk.handoff.xml import OqsXml
from kiosk.ledger import MemoryLedger
from tests.kiosk.handoff.test_oqs_xml import by_the_layout
from tests.support.fhir_store import FhirStore
from tests.support.handoff import CODE, FACILITY, HANAKO, TARO, Clock, answer, memory_ledger, visit_entries
from tests.support.webhook import WebHook

GIVEN = {"v1": answer(TARO), "v2": answer(HANAKO)}
FORMS: dict[str, Form] = {
    "xml": OqsXml(medical_institution_code=CODE),
    "face_result": OqsXml(medical_institution_code=CODE, file_name="face_result"),
    "fhir": FhirBundle(facility=FACILITY, medical_institution_code=CODE),
    "csv": CsvRows(),
    "json": QueueJson(),
}


def deliver_all(form: Form, carrier: Carrier, dies: Callable[[], Any] = lambda: None) -> MemoryLedger:
    """Two visits, as often as it takes; after each death of the program a new one goes on. Gives the ledger."""
    clock, ledger, outbox = Clock(), memory_ledger(), MemoryOutbox()
    receiver = Receiver(name="there", form=form, carrier=carrier)
    backoff = Backoff(first=timedelta(seconds=1), most=timedelta(seconds=1))
    for visit, answered in GIVEN.items():
        ledger.append(visit_entries(visit, clock.at, answered))
    outbox.since("there", clock.at)
    for _ in range(60):
        with suppress(Killed):
            Courier(ledger, outbox, [receiver], now=clock, backoff=backoff).run()
        dies()
        clock.go_on(minutes=5)
        if outbox.place().position and outbox.open_letters() == 0:
            Courier(ledger, outbox, [receiver], now=clock).run()
            return ledger
    raise AssertionError("it never came to an end")


def told_once(ledger: MemoryLedger) -> None:
    keys = [json.loads(one.payload)["key"] for one in ledger.entries() if one.type == "HandedOver"]  # type: ignore[arg-type]
    assert len(keys) == len(set(keys)) == len(GIVEN)


# ------------------------------------------------------------------------------- what lies in the folder


def holds_each_once(kind: str, folder: Path) -> None:
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert len(files) == len(GIVEN), sorted(files)
    _READS[kind](list(files.values()))


def _xml(files: list[bytes]) -> None:
    read = [oqs.parse_answer(content, asked_at=answer().asked_at) for content in files]
    assert sorted(map(repr, read)) == sorted(map(repr, GIVEN.values()))
    assert all(given in read for given in GIVEN.values())
    for content in files:
        by_the_layout(content)


def _fhir(files: list[bytes]) -> None:
    for content in files:
        assert problems(content) == []
    store = FhirStore()
    for content in files:
        store.take(content)
    assert len(store.of("Coverage")) == len(GIVEN)


def _csv(files: list[bytes]) -> None:
    rows = [list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")))) for content in files]
    assert sorted(row["受付ID"] for one in rows for row in one) == sorted(GIVEN)


def _json(files: list[bytes]) -> None:
    assert sorted(json.loads(content)["visit"]["id"] for content in files) == sorted(GIVEN)


_READS = {"xml": _xml, "face_result": _xml, "fhir": _fhir, "csv": _csv, "json": _json}


# ------------------------------------------------------------- a folder, and a program that dies anywhere


class Killed(BaseException):
    """The power went."""


class DyingDisk:
    """The calls to the system that a delivery makes; the power goes before one of them, or in the middle of a write.
    From then on nothing is done any more, not even tidying up."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, left: int) -> None:
        self._left = left
        self.dead = False
        self.died = False
        for name in ("link", "unlink", "rename", "fsync", "lstat"):
            monkeypatch.setattr(os, name, self._mortal(getattr(os, name)))
        monkeypatch.setattr(folder_module, "open", self._open, raising=False)

    def start_again(self) -> None:
        self.dead = False

    def _point(self) -> None:
        if self.dead:
            raise Killed
        if self._left == 0:
            self.dead = self.died = True
        self._left -= 1
        if self.dead:
            raise Killed

    def _mortal(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def mortal(*arguments: Any, **named: Any) -> Any:
            self._point()
            return call(*arguments, **named)

        return mortal

    def _open(self, path: Path, mode: str) -> Any:
        file = path.open(mode)
        whole = file.write

        def write(content: bytes) -> int:
            try:
                self._point()
            except Killed:
                whole(content[: len(content) // 2])
                file.flush()
                raise
            return whole(content)

        return _Written(file, write)


class _Written:
    def __init__(self, file: Any, write: Callable[[bytes], int]) -> None:
        self._file, self.write = file, write

    def __enter__(self) -> _Written:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


@pytest.mark.parametrize("links", [True, False], ids=["links", "share without links"])
@pytest.mark.parametrize("kind", sorted(FORMS))
def test_a_program_that_dies_at_any_call_leaves_each_visit_once_in_the_folder(
    tmp_path: Path, kind: str, links: bool
) -> None:
    point, died = 0, True
    while died:
        folder = tmp_path / str(point)
        folder.mkdir()
        with pytest.MonkeyPatch.context() as monkeypatch:
            if not links:
                monkeypatch.setattr(os, "link", _no_links)
            disk = DyingDisk(monkeypatch, point)
            ledger = deliver_all(FORMS[kind], FolderCarrier(folder), disk.start_again)
        holds_each_once(kind, folder)
        told_once(ledger)
        point, died = point + 1, disk.died
    assert point > 10


def _no_links(*_arguments: object) -> None:
    raise PermissionError(1, "no links here")


class LeavingShare(FolderCarrier):
    """A share that goes away before or after it has the file."""

    def __init__(self, folder: Path, moods: Iterator[str]) -> None:
        super().__init__(folder)
        self._moods = moods

    def deliver(self, parcel: Parcel, key: str, now: Any) -> Outcome:
        mood = next(self._moods, "well")
        if mood == "gone":
            return Later("no_folder")
        outcome = super().deliver(parcel, key, now)
        return Later("folder_eio") if mood == "gone after" else outcome


@pytest.mark.parametrize("kind", sorted(FORMS))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moods=st.lists(st.sampled_from(["gone", "gone after", "well"]), max_size=8))
def test_a_share_that_comes_and_goes_has_each_visit_once(
    tmp_path_factory: pytest.TempPathFactory, kind: str, moods: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("share")
    told_once(deliver_all(FORMS[kind], LeavingShare(folder, iter(moods))))
    holds_each_once(kind, folder)


# ------------------------------------------------------------------------- a web hook and a FHIR server

MOODS = st.lists(st.sampled_from(["hang_up", "forget", 503, 429, "well"]), max_size=6)
"""Dies before it has the visit, after, or says that it cannot now."""


@pytest.fixture(scope="module")
def hook() -> Iterator[WebHook]:
    with WebHook() as hook:
        yield hook


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moods=MOODS)
def test_a_web_hook_that_dies_anywhere_has_each_visit_once(hook: WebHook, moods: list[int | str]) -> None:
    hook.script.clear()
    hook.kept.clear()
    hook.script.extend(0 if mood == "well" else mood for mood in moods)
    carrier = HttpsCarrier(hook.url, tls_context(hook.tls), secret=None, conflict_taken=True, deadline_s=10)
    try:
        told_once(deliver_all(QueueJson(), carrier))
    finally:
        carrier.close()
    assert sorted(json.loads(body)["visit"]["id"] for body in hook.kept.values()) == sorted(GIVEN)
    assert {json.loads(body)["key"] for body in hook.kept.values()} == set(hook.kept)


class Chart:
    """A FHIR server that dies before a transaction or after it: it never does half of one."""

    def __init__(self, moods: list[int | str]) -> None:
        self.store = FhirStore()
        self._moods = deque(moods)

    def deliver(self, parcel: Parcel, _key: str, _now: Any) -> Outcome:
        mood = self._moods.popleft() if self._moods else "well"
        assert problems(parcel.content) == []
        if mood == "hang_up":
            return Later("no_reply")
        if isinstance(mood, int):
            return Later(f"http_{mood}")
        self.store.take(parcel.content)
        return Later("no_reply") if mood == "forget" else Taken()

    def close(self) -> None:
        pass


@settings(max_examples=30, deadline=None)
@given(moods=MOODS)
def test_a_fhir_server_that_dies_anywhere_has_each_visit_once_though_it_knows_no_keys(
    moods: list[int | str],
) -> None:
    chart, undisturbed = Chart(moods), Chart([])
    told_once(deliver_all(FORMS["fhir"], chart))
    deliver_all(FORMS["fhir"], undisturbed)
    assert chart.store.resources == undisturbed.store.resources
    assert len(chart.store.of("Coverage")) == len(GIVEN)
    assert len(chart.store.of("Patient")) == len(GIVEN)


def test_the_store_of_these_tests_would_see_a_visit_that_comes_twice() -> None:
    """A bundle that made its coverage instead of putting it would be there twice."""
    store = FhirStore()
    made = {"resourceType": "Coverage"}
    entry = {"request": {"method": "POST", "url": "Coverage"}, "resource": made}
    for _ in range(2):
        store.take(json.dumps({"type": "transaction", "entry": [entry]}).encode())
    assert len(store.of("Coverage")) == 2


# ------------------------------------------------------------------------------- what is not taken at all


@pytest.mark.parametrize("kind", sorted(FORMS))
def test_what_a_receiver_refuses_and_then_takes_comes_under_its_one_key(kind: str) -> None:
    keys: list[str] = []

    class Shut:
        def deliver(self, _parcel: Parcel, key: str, _now: Any) -> Outcome:
            keys.append(key)
            return Refused("http_403") if len(keys) <= len(GIVEN) else Taken()

        def close(self) -> None:
            pass

    clock, ledger, outbox = Clock(), memory_ledger(), MemoryOutbox()
    for visit, answered in GIVEN.items():
        ledger.append(visit_entries(visit, clock.at, answered))
    outbox.since("there", clock.at)
    courier = Courier(ledger, outbox, [Receiver(name="there", form=FORMS[kind], carrier=Shut())], now=clock)
    courier.run()
    for status in courier.needing_person():
        wanted = json.dumps({"receiver": status.receiver, "key": status.key}).encode()
        ledger.request(status.visit, "handoff_again", wanted, "staff:sato")
    courier.run()
    assert len(keys) == 2 * len(GIVEN)
    assert len(set(keys)) == len(GIVEN)
    told_once(ledger)
