"""The bench in small: several terminals, visits, staff, a killed server and a cut network at once."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.bench.hub import measure
from tests.bench.hub_world import Plan


def test_nothing_is_lost_or_doubled_and_every_request_has_its_one_answer() -> None:
    plan = Plan(terminals=6, visits_per_s=3, seconds=5, kills=1, cuts=1, visit_s=1.0, asked=0.5, seed=7)
    with tempfile.TemporaryDirectory(prefix="uk-load-") as folder:
        rows = {row.id: row for row in measure(Path(folder), plan)}
    assert {name: rows[name].value for name in ("hub.lost", "hub.doubled", "hub.wrong")} == {
        "hub.lost": 0, "hub.doubled": 0, "hub.wrong": 0,
    }, rows  # fmt: skip
    told = rows["hub.lost"].details
    assert (told["server_killed"], told["network_cut"]) == (1, 1)
    assert isinstance(told["visits"], int)
    assert told["visits"] > 5
    assert rows["hub.wrong"].details["verified"] == "ok"
    assert rows["hub.wrong"].details["requests"]
